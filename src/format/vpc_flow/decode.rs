//! One flow record into one event.

use super::columns::{Column, may_be_header, may_tell_layout, named, split};
#[allow(clippy::wildcard_imports, reason = "the slots of fifty fields")]
use super::*;
use crate::event::{Class, Outcome, Row, Time, Timestamp, Value};
use crate::format::frame::DEEPEST;
use crate::format::scan::{Broken, Scan};
use crate::format::{DecodeError, Decoded, put_class, put_outcome};
use std::net::IpAddr;

#[derive(Clone)]
pub(super) struct Reader {
    layout: Option<Layout>,
    lessons: u32,
    members: Members,
}

/// The names of members in the order in which JSON records have them, some of which each leaves
/// out, and what they mean.
#[derive(Clone, Default)]
struct Members(Vec<(Box<str>, Column)>);

/// What depends on several columns.
#[derive(Default)]
struct Flow<'a> {
    source: Option<IpAddr>,
    target: Option<IpAddr>,
    packet_source: Option<IpAddr>,
    packet_target: Option<IpAddr>,
    bytes: Option<i64>,
    action: Option<&'a str>,
    status: Option<&'a str>,
    direction: Option<&'a str>,
    known: usize,
}

impl Reader {
    pub(super) fn new(sample: &[String]) -> Self {
        let records: Vec<&str> = sample.iter().map(String::as_str).collect();
        let default = records.iter().find_map(|record| Layout::default_of(record));
        Self {
            layout: default.or_else(|| Layout::guessed(&records)),
            lessons: 0,
            members: Members::default(),
        }
    }

    fn learn(&mut self, layout: Layout) {
        self.layout = Some(layout);
        self.lessons += 1;
    }
}

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        if record.starts_with('{') {
            let (flow, length) =
                self.members.read(record, row).map_err(|_| DecodeError::NotMine)?;
            if flow.known < 4 || !record[length..].trim_ascii().is_empty() {
                return Err(DecodeError::NotMine);
            }
            flow.finish(row);
            return Ok(Decoded::Event);
        }
        if !record.starts_with(|first: char| first.is_ascii_digit())
            && let Some(layout) = Layout::header(record)
        {
            self.learn(layout);
            return Ok(Decoded::NotARecord);
        }
        if self.layout.is_none()
            && let Some(layout) = Layout::default_of(record).or_else(|| Layout::guessed(&[record]))
        {
            self.learn(layout);
        }
        let Some(layout) = &self.layout else {
            return Err(DecodeError::NotMine);
        };
        let mut flow = Flow::default();
        let mut columns = layout.columns.iter();
        for value in split(record, layout.separator) {
            let Some(column) = columns.next() else {
                break;
            };
            flow.take(*column, value, row);
        }
        let missing = columns.len();
        if flow.known < 4 || flow.status.is_none() && flow.action.is_none() && missing > 0 {
            return Err(DecodeError::NotMine);
        }
        flow.finish(row);
        Ok(Decoded::Event)
    }

    fn decode_first(&mut self, text: &str, row: &mut dyn Row) -> Option<usize> {
        if !text.starts_with('{') {
            return None;
        }
        let (flow, length) = self.members.read(text, row).ok()?;
        if flow.known < 4 {
            return None;
        }
        flow.finish(row);
        Some(length)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }

    fn may_learn(&self, record: &[u8]) -> bool {
        if self.layout.is_some() { may_be_header(record) } else { may_tell_layout(record) }
    }

    fn lessons(&self) -> u32 {
        self.lessons
    }
}

/// Firehose and query tools write records as JSON objects too, and so come the rows of tables.
impl Members {
    /// Reads the record that the text begins with; the answer has its length too.
    fn read<'a>(&mut self, text: &'a str, row: &mut dyn Row) -> Result<(Flow<'a>, usize), Broken> {
        let mut flow = Flow::default();
        let mut scan = Scan::new(text);
        scan.peek();
        let room = scan.open(DEEPEST)?;
        let (mut place, mut first) = (0, true);
        while let Some(name) = scan.key(first)? {
            first = false;
            let column = self.column(&mut place, &name);
            scan.peek();
            let start = scan.at();
            scan.skip(room)?;
            if column != Column::Other {
                flow.take(column, text[start..scan.at()].trim_matches('"'), row);
            }
        }
        Ok((flow, scan.at()))
    }

    /// What a member means that is at this place, or comes later; the place is then behind it.
    fn column(&mut self, place: &mut usize, name: &str) -> Column {
        const MOST: usize = 100;
        let mut later = self.0[*place..].iter();
        if let Some(passed) = later.position(|(known, _)| **known == *name) {
            *place += passed + 1;
            return self.0[*place - 1].1;
        }
        let column = named(name).unwrap_or(Column::Other);
        if self.0.len() < MOST {
            self.0.insert(*place, (name.into(), column));
            *place += 1;
        }
        column
    }
}

impl<'a> Flow<'a> {
    fn take(&mut self, column: Column, value: &'a str, row: &mut dyn Row) {
        if matches!(value, "-" | "" | "null") {
            return;
        }
        match column {
            Column::Text(slot) => row.put(slot, Value::Str(value)),
            Column::Number(slot) => {
                let Ok(number) = value.parse() else { return };
                row.put(slot, Value::Int(number));
            }
            Column::Tag(slot) => row.put(slot, Value::Str(&unescaped(value))),
            Column::Source => self.known += take_address(&mut self.source, value),
            Column::Target => self.known += take_address(&mut self.target, value),
            Column::PacketSource => self.known += take_address(&mut self.packet_source, value),
            Column::PacketTarget => self.known += take_address(&mut self.packet_target, value),
            Column::Start => {
                let Some(time) = seconds(value) else { return };
                row.time(time);
                self.known += 1;
            }
            Column::End => {
                let Some(time) = seconds(value) else { return };
                row.put(TIME_END, Value::Time(time));
                self.known += 1;
            }
            Column::Action => {
                self.action = Some(value);
                self.known += usize::from(matches!(value, "ACCEPT" | "REJECT"));
            }
            Column::Status => {
                self.status = Some(value);
                row.put(LOG_STATUS, Value::Str(value));
                self.known += 2 * usize::from(matches!(value, "OK" | "NODATA" | "SKIPDATA"));
            }
            Column::Bytes => self.bytes = value.parse().ok(),
            Column::Direction => {
                self.direction = Some(value);
                row.put(DIRECTION, Value::Str(value));
            }
            Column::Other => {}
        }
    }

    fn finish(&self, row: &mut dyn Row) {
        let source = self.packet_source.or(self.source);
        let target = self.packet_target.or(self.target);
        let seen_source = self.packet_source.and(self.source);
        let seen_target = self.packet_target.and(self.target);
        let addresses =
            [(SRC_IP, source), (DST_IP, target), (SEEN_SRC, seen_source), (SEEN_DST, seen_target)];
        for (slot, address) in addresses {
            if let Some(address) = address {
                row.put(slot, Value::Ip(address));
            }
        }
        if let Some(bytes) = self.bytes {
            row.put(if self.is_received() { BYTES_IN } else { BYTES_OUT }, Value::Int(bytes));
        }
        if let Some(event) = self.action.or(self.status) {
            row.put(EVENT, Value::Str(event));
        }
        put_class(row, CLASS, Class::Network);
        let outcome = match self.action {
            Some("ACCEPT") => Outcome::Success,
            Some("REJECT") => Outcome::Denied,
            _ => Outcome::Unknown,
        };
        put_outcome(row, OUTCOME, outcome);
    }

    fn is_received(&self) -> bool {
        match self.direction {
            Some("ingress") => true,
            Some("egress") => false,
            _ => {
                let private = |end: Option<IpAddr>| end.is_some_and(is_private);
                !private(self.source) && private(self.target)
            }
        }
    }
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_private(),
        IpAddr::V6(v6) => v6.is_unique_local(),
    }
}

fn take_address(place: &mut Option<IpAddr>, value: &str) -> usize {
    *place = value.parse().ok();
    usize::from(place.is_some())
}

fn seconds(value: &str) -> Option<Time> {
    let at = Timestamp::from_seconds(value.parse().ok()?)?;
    Some(Time::new(at, 0))
}

/// Text in which `%XX` stands for a byte.
fn unescaped(value: &str) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digit = |at: usize| after.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        if let (b'%', Some(high), Some(low)) = (*first, digit(0), digit(1)) {
            bytes.push((high * 16 + low) as u8);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    crate::format::text::of(&bytes).into_owned()
}
