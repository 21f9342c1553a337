//! Which column of a flow log holds what.

#[allow(clippy::wildcard_imports, reason = "the slots of fifty fields")]
use super::*;
use memchr::{memchr_iter, memmem::Finder};
use std::net::IpAddr;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Text(usize),
    Number(usize),
    /// Text in which bytes stand as `%XX`.
    Tag(usize),
    Source,
    Target,
    PacketSource,
    PacketTarget,
    Start,
    End,
    Action,
    Status,
    Bytes,
    Direction,
    /// Not known, or not needed.
    Other,
}

/// Every column in the order in which the versions added them, which is also the order of the
/// default layouts.
const DOCUMENTED: [(&str, Column); 54] = [
    ("version", Column::Number(VERSION)),
    ("account-id", Column::Text(ACCOUNT)),
    ("interface-id", Column::Text(INTERFACE)),
    ("srcaddr", Column::Source),
    ("dstaddr", Column::Target),
    ("srcport", Column::Number(SRC_PORT)),
    ("dstport", Column::Number(DST_PORT)),
    ("protocol", Column::Number(PROTOCOL)),
    ("packets", Column::Number(PACKETS)),
    ("bytes", Column::Bytes),
    ("start", Column::Start),
    ("end", Column::End),
    ("action", Column::Action),
    ("log-status", Column::Status),
    ("vpc-id", Column::Text(VPC)),
    ("subnet-id", Column::Text(SUBNET)),
    ("instance-id", Column::Text(INSTANCE)),
    ("tcp-flags", Column::Number(TCP_FLAGS)),
    ("type", Column::Text(TYPE)),
    ("pkt-srcaddr", Column::PacketSource),
    ("pkt-dstaddr", Column::PacketTarget),
    ("region", Column::Text(REGION)),
    ("az-id", Column::Text(AZ)),
    ("sublocation-type", Column::Text(SUBLOCATION_TYPE)),
    ("sublocation-id", Column::Text(SUBLOCATION)),
    ("pkt-src-aws-service", Column::Text(SRC_SERVICE)),
    ("pkt-dst-aws-service", Column::Text(DST_SERVICE)),
    ("flow-direction", Column::Direction),
    ("traffic-path", Column::Number(PATH)),
    ("ecs-cluster-arn", Column::Text(ECS_CLUSTER_ARN)),
    ("ecs-cluster-name", Column::Text(ECS_CLUSTER)),
    ("ecs-container-instance-arn", Column::Text(ECS_INSTANCE_ARN)),
    ("ecs-container-instance-id", Column::Text(ECS_INSTANCE)),
    ("ecs-container-id", Column::Text(ECS_CONTAINER)),
    ("ecs-second-container-id", Column::Text(ECS_SECOND)),
    ("ecs-service-name", Column::Text(ECS_SERVICE)),
    ("ecs-task-definition-arn", Column::Text(ECS_DEFINITION)),
    ("ecs-task-arn", Column::Text(ECS_TASK_ARN)),
    ("ecs-task-id", Column::Text(ECS_TASK)),
    ("reject-reason", Column::Text(CODE)),
    ("resource-id", Column::Text(RESOURCE_ID)),
    ("encryption-status", Column::Number(ENCRYPTION)),
    ("instance-tag", Column::Tag(INSTANCE_TAG)),
    ("instance-tag-2", Column::Tag(INSTANCE_TAG_2)),
    ("interface-tag", Column::Tag(INTERFACE_TAG)),
    ("interface-tag-2", Column::Tag(INTERFACE_TAG_2)),
    ("asg-tag", Column::Tag(ASG_TAG)),
    ("asg-tag-2", Column::Tag(ASG_TAG_2)),
    ("interface-type", Column::Text(INTERFACE_TYPE)),
    ("next-hop-interface-id", Column::Text(NEXT_INTERFACE)),
    ("next-hop-subnet-id", Column::Text(NEXT_SUBNET)),
    ("next-hop-az-id", Column::Text(NEXT_AZ)),
    ("next-hop-vpc-id", Column::Text(NEXT_VPC)),
    ("next-hop-interface-type", Column::Text(NEXT_TYPE)),
];

/// The column of this name, written with hyphens or underscores.
pub(super) fn named(name: &str) -> Option<Column> {
    let name = name.trim_matches('"');
    let same = |known: &str| {
        known.len() == name.len()
            && known.bytes().zip(name.bytes()).all(|(a, b)| a == b || a == b'-' && b == b'_')
    };
    DOCUMENTED.iter().find(|(known, _)| same(known)).map(|(_, column)| *column)
}

/// Words of which every header has one, in the name of a column.
const HEADER_SIGNS: [&str; 6] =
    ["srcaddr", "dstaddr", "log-status", "log_status", "interface-", "interface_"];

static SIGNS: LazyLock<[Finder<'static>; 6]> = LazyLock::new(|| HEADER_SIGNS.map(Finder::new));

/// How letters and what parts them may be spelled in an envelope.
static SPELLED: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\\u00"));

/// Whether there may be a header in this record, in whatever envelope.
pub(super) fn may_be_header(record: &[u8]) -> bool {
    let named = |sign: &Finder<'_>| sign.find_iter(record).any(|at| is_column(&record[at..]));
    let spelled = |at: usize| {
        let after = record.get(at + 4..at + 6);
        matches!(
            after,
            Some([b'5' | b'6' | b'7', _] | b"09" | [b'2', b'0' | b'2' | b'C' | b'c' | b'D' | b'd'])
        )
    };
    SIGNS.iter().any(named) || SPELLED.find_iter(record).any(spelled)
}

/// Whether what begins within a name may be one among others: the name of a JSON member has a
/// colon behind it.
fn is_column(rest: &[u8]) -> bool {
    let letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let end = rest.iter().position(|byte| !letter(byte)).unwrap_or(rest.len());
    let behind = rest[end..].iter().find(|byte| !matches!(byte, b'"' | b'\\'));
    behind != Some(&b':')
}

/// Whether there may be a header in this record, or one that tells the layout by its values, in
/// whatever envelope: behind a blank such a one has its interface, or one of its two times.
pub(super) fn may_tell_layout(record: &[u8]) -> bool {
    let tells = |blank: usize| {
        let value = &record[blank + 1..];
        let is_time = || {
            let digits = value.iter().take_while(|byte| byte.is_ascii_digit()).count();
            digits == 10 && matches!(value.get(10), None | Some(b' ' | b'"' | b'\\'))
        };
        value.starts_with(b"eni-") || value.starts_with(b"1") && is_time()
    };
    may_be_header(record) || memchr_iter(b' ', record).any(tells)
}

/// The columns of a log, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) columns: Vec<Column>,
    /// Runs of blanks part columns, unless it is a comma or a tab.
    pub(super) separator: char,
}

impl Layout {
    /// Reads a header line.
    pub(super) fn header(line: &str) -> Option<Self> {
        if !has_sign(line) {
            return None;
        }
        let separator = [',', '\t'].into_iter().find(|mark| line.contains(*mark)).unwrap_or(' ');
        let names: Vec<&str> = split(line, separator).collect();
        let known: Vec<Option<Column>> = names.iter().map(|name| named(name)).collect();
        let found = known.iter().flatten().count();
        let signed =
            names.iter().zip(&known).any(|(name, column)| column.is_some() && has_sign(name));
        if found < 3 || found * 2 < names.len() || !signed || line.contains("tgw-id") {
            return None;
        }
        let columns = known.into_iter().map(|column| column.unwrap_or(Column::Other)).collect();
        Some(Self { columns, separator })
    }

    /// The default layout, if this record is in it.
    pub(super) fn default_of(record: &str) -> Option<Self> {
        let mut parts = split(record, ' ');
        let version: u8 = parts.next()?.parse().ok()?;
        let account = parts.next()?;
        let account =
            account == "unknown" || (6..=12).contains(&account.len()) && is_digits(account);
        let interface = parts.next()?.starts_with("eni-");
        let mut ends = || parts.next().is_some_and(|end| end == "-" || is_address(end));
        let ends = ends() && ends();
        let rest = parts.count();
        if (2..=20).contains(&version) && account && interface && ends && rest >= 9 {
            let columns = DOCUMENTED.iter().map(|(_, column)| *column).take(rest + 5).collect();
            return Some(Self { columns, separator: ' ' });
        }
        None
    }

    /// Tells the columns of a log without header from the values in its records: two addresses,
    /// two times close together and a verdict or state are the least.
    pub(super) fn guessed(records: &[&str]) -> Option<Self> {
        records.iter().find_map(|record| Self::guessed_one(record))
    }

    fn guessed_one(record: &str) -> Option<Self> {
        let values: Vec<&str> = split(record, ' ').take(DOCUMENTED.len()).collect();
        let mut columns: Vec<Column> = values.iter().map(|value| by_value(value)).collect();
        let count = |wanted: Column| columns.iter().filter(|column| **column == wanted).count();
        let (ends, times) = (count(Column::Source), count(Column::Start));
        let stated = count(Column::Action) + count(Column::Status);
        if !(ends == 2 || ends == 4) || times != 2 || stated == 0 {
            return None;
        }
        let order = [Column::Source, Column::Target, Column::PacketSource, Column::PacketTarget];
        let mut order = order.into_iter();
        let mut last = 0;
        for (at, column) in columns.iter_mut().enumerate() {
            if *column == Column::Source {
                *column = order.next().unwrap_or(Column::Other);
                last = if *column == Column::Target { at } else { last };
            }
        }
        let starts: Vec<usize> =
            (0..values.len()).filter(|at| columns[*at] == Column::Start).collect();
        let time = |at: usize| values[at].parse::<u64>().unwrap_or(0);
        if time(starts[1]).wrapping_sub(time(starts[0])) > 3600 {
            return None;
        }
        columns[starts[1]] = Column::End;
        guess_numbers(&values, &mut columns, last);
        Some(Self { columns, separator: ' ' })
    }
}

/// Plain numbers after the destination are taken in the documented order: ports, protocol, then
/// packets and bytes, the larger being the bytes.
fn guess_numbers(values: &[&str], columns: &mut [Column], after: usize) {
    let free = |at: &usize| columns[*at] == Column::Other && values[*at].parse::<u64>().is_ok();
    let numbers: Vec<usize> = (after + 1..values.len()).filter(free).take(5).collect();
    let [source, target, protocol, packets, bytes] = numbers[..] else {
        return;
    };
    let value = |at: usize| values[at].parse::<u64>().unwrap_or(u64::MAX);
    if value(source) > 65_535 || value(target) > 65_535 || value(protocol) > 255 {
        return;
    }
    columns[source] = Column::Number(SRC_PORT);
    columns[target] = Column::Number(DST_PORT);
    columns[protocol] = Column::Number(PROTOCOL);
    let swapped = value(packets) > value(bytes);
    let (packets, bytes) = if swapped { (bytes, packets) } else { (packets, bytes) };
    columns[packets] = Column::Number(PACKETS);
    columns[bytes] = Column::Bytes;
}

/// What a value alone says of its column. Every address is `Source` and every time `Start`; their
/// order tells the rest.
fn by_value(value: &str) -> Column {
    match value {
        "ACCEPT" | "REJECT" => Column::Action,
        "OK" | "NODATA" | "SKIPDATA" => Column::Status,
        "ingress" | "egress" => Column::Direction,
        "IPv4" | "IPv6" | "EFA" => Column::Text(TYPE),
        _ if value.starts_with("eni-") => Column::Text(INTERFACE),
        _ if value.starts_with("vpc-") => Column::Text(VPC),
        _ if value.starts_with("subnet-") => Column::Text(SUBNET),
        _ if value.starts_with("i-") => Column::Text(INSTANCE),
        _ if is_account(value) => Column::Text(ACCOUNT),
        _ if value.len() == 10 && value.starts_with('1') && is_digits(value) => Column::Start,
        _ if is_address(value) => Column::Source,
        _ => Column::Other,
    }
}

fn has_sign(text: &str) -> bool {
    HEADER_SIGNS.iter().any(|sign| text.contains(sign))
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && is_digits(text)
}

fn is_address(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok()
}

/// The values of a line.
pub(super) fn split(line: &str, separator: char) -> impl Iterator<Item = &str> {
    line.split(separator).filter(move |part| separator != ' ' || !part.is_empty())
}
