//! Which column of a flow log of VPCs holds what, and how records tell it by themselves.

use super::flow::{Column, Layout, begun, documented, may_be_stated, separator, split};
#[allow(clippy::wildcard_imports, reason = "the slots of fifty fields")]
use super::*;
use crate::event::layout::is_region;
use crate::format::numbers::address;
use memchr::memmem;

documented! {
    "version" => Column::Number(VERSION),
    "accountid" => Column::Account,
    "interfaceid" => Column::Text(INTERFACE),
    "srcaddr" => Column::Source,
    "dstaddr" => Column::Target,
    "srcport" => Column::Number(SRC_PORT),
    "dstport" => Column::Number(DST_PORT),
    "protocol" => Column::Number(PROTOCOL),
    "packets" => Column::Number(PACKETS),
    "bytes" => Column::Bytes,
    "start" => Column::Start,
    "end" => Column::End,
    "action" => Column::Action,
    "logstatus" => Column::Status,
    "vpcid" => Column::Text(VPC),
    "subnetid" => Column::Text(SUBNET),
    "instanceid" => Column::Text(INSTANCE),
    "tcpflags" => Column::Number(TCP_FLAGS),
    "type" => Column::Text(TYPE),
    "pktsrcaddr" => Column::PacketSource,
    "pktdstaddr" => Column::PacketTarget,
    "region" => Column::Text(REGION),
    "azid" => Column::Text(AZ),
    "sublocationtype" => Column::Text(SUBLOCATION_TYPE),
    "sublocationid" => Column::Text(SUBLOCATION),
    "pktsrcawsservice" => Column::Text(SRC_SERVICE),
    "pktdstawsservice" => Column::Text(DST_SERVICE),
    "flowdirection" => Column::Direction,
    "trafficpath" => Column::Number(PATH),
    "ecsclusterarn" => Column::Text(ECS_CLUSTER_ARN),
    "ecsclustername" => Column::Text(ECS_CLUSTER),
    "ecscontainerinstancearn" => Column::Text(ECS_INSTANCE_ARN),
    "ecscontainerinstanceid" => Column::Text(ECS_INSTANCE),
    "ecscontainerid" => Column::Text(ECS_CONTAINER),
    "ecssecondcontainerid" => Column::Text(ECS_SECOND),
    "ecsservicename" => Column::Text(ECS_SERVICE),
    "ecstaskdefinitionarn" => Column::Text(ECS_DEFINITION),
    "ecstaskarn" => Column::Text(ECS_TASK_ARN),
    "ecstaskid" => Column::Text(ECS_TASK),
    "rejectreason" => Column::Text(CODE),
    "resourceid" => Column::Text(RESOURCE_ID),
    "encryptionstatus" => Column::Number(ENCRYPTION),
    "instancetag" => Column::Tag(0),
    "instancetag2" => Column::Tag(1),
    "interfacetag" => Column::Tag(2),
    "interfacetag2" => Column::Tag(3),
    "asgtag" => Column::Tag(4),
    "asgtag2" => Column::Tag(5),
    "interfacetype" => Column::Text(INTERFACE_TYPE),
    "nexthopinterfaceid" => Column::Text(NEXT_INTERFACE),
    "nexthopsubnetid" => Column::Text(NEXT_SUBNET),
    "nexthopazid" => Column::Text(NEXT_AZ),
    "nexthopvpcid" => Column::Text(NEXT_VPC),
    "nexthopinterfacetype" => Column::Text(NEXT_TYPE),
    ;
    // Flow logs of transit gateways.
    "tgwid" => Column::Foreign,
    "tgwattachmentid" => Column::Foreign,
}

/// The default layout, if this record is in it.
pub(super) fn default_of(record: &str) -> Option<Layout> {
    let (width, separator) = default_width(record)?;
    let columns = DOCUMENTED.iter().copied().take(width).collect();
    Some(Layout { columns, separator, least: None })
}

/// How many columns of the default layout this record has, and what parts them.
pub(super) fn default_width(record: &str) -> Option<(usize, u8)> {
    if !record.trim_start_matches(['"', ' ']).starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let separator = separator(record);
    let mut parts = split(record, separator);
    let version: u8 = parts.next()?.parse().ok()?;
    let account = parts.next()?;
    let account = account == "unknown" || (6..=12).contains(&account.len()) && is_digits(account);
    let interface = parts.next()?.starts_with("eni-");
    let mut ends = || parts.next().is_some_and(|end| end == "-" || is_address(end));
    let ends = ends() && ends();
    let rest = parts.count();
    let is_default = (2..=20).contains(&version) && account && interface && ends && rest >= 9;
    is_default.then_some((rest + 5, separator))
}

/// Tells the columns of a log without header from the values in its records: two addresses,
/// two times close together and a verdict or state are the least.
pub(super) fn guessed(record: &str) -> Option<Layout> {
    // Of lines that are something else, few get farther than this.
    if !may_be_stated(record.as_bytes()) || is_of_gateway(record.as_bytes()) {
        return None;
    }
    let separator = separator(record);
    let values = || split(record, separator).take(DOCUMENTED.len());
    let is_stated =
        |value: &str| matches!(value, "ACCEPT" | "REJECT" | "OK" | "NODATA" | "SKIPDATA");
    if !values().any(is_stated) {
        return None;
    }
    let values: Vec<&str> = values().collect();
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
    let starts: Vec<usize> = (0..values.len()).filter(|at| columns[*at] == Column::Start).collect();
    let time = |at: usize| values[at].parse::<u64>().unwrap_or(0);
    if time(starts[1]).wrapping_sub(time(starts[0])) > 3600 {
        return None;
    }
    columns[starts[1]] = Column::End;
    guess_numbers(&values, &mut columns, last);
    Some(Layout { columns, separator, least: None })
}

/// Whether it is of a flow log of transit gateways, in which there are interfaces too: a column
/// that names a gateway or an attachment. What an envelope calls `tgw-east` is no such column.
pub(super) fn is_of_gateway(record: &[u8]) -> bool {
    let names_one = |value: &[u8]| {
        let id = value.strip_prefix(b"tgw-").map(|id| id.strip_prefix(b"attach-").unwrap_or(id));
        id.and_then(|id| id.get(..8)).is_some_and(|id| id.iter().all(u8::is_ascii_hexdigit))
    };
    // Nearly no record of a VPC has that word at all.
    memmem::find(record, b"tgw-").is_some()
        && (names_one(record) || begun(record).any(|(_, value)| names_one(value)))
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
        _ if is_account(value) => Column::Account,
        _ if is_region(value) => Column::Text(REGION),
        _ if is_zone(value) => Column::Text(AZ),
        _ if value.len() == 10 && value.starts_with('1') && is_digits(value) => Column::Start,
        _ if is_address(value) => Column::Source,
        _ => Column::Other,
    }
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && is_digits(text)
}

/// `euw1-az2`.
fn is_zone(text: &str) -> bool {
    text.split_once("-az").is_some_and(|(region, zone)| {
        (3..=6).contains(&region.len()) && (1..=2).contains(&zone.len()) && is_digits(zone)
    })
}

fn is_address(text: &str) -> bool {
    address(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "eni-0a1b2c3d4e5f60718 10.0.0.1 10.0.0.2 443 50000 6 1 40 1772620860 \
                        1772620919 ACCEPT OK";

    #[test]
    fn columns_tell_gateways_and_not_what_is_around_them() {
        for (mine, other) in [("", "tgw-0a1b2c3d4e5f60718"), ("tgw-east", "tgw-attach-0a1b2c3d4")] {
            for around in
                [r#"{"logGroup":"/flow/tgw-east","message":"LINE"}"#, "LINE", "[\"x\",\"LINE\"]"]
            {
                let record = |column: &str| around.replace("LINE", &format!("{LINE} {column}"));
                assert!(!is_of_gateway(record(mine).as_bytes()), "{mine} {around}");
                assert!(is_of_gateway(record(other).as_bytes()), "{other} {around}");
            }
        }
        assert!(guessed(&format!("{LINE} tgw-east")).is_some());
        assert!(guessed(&format!("tgw-0a1b2c3d4e5f60718 {LINE}")).is_none());
    }
}
