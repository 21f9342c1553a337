//! One flow record into one event.

use super::columns::{Column, ENOUGH, least};
use super::ends::Ends;
use super::{Flows, values};
use crate::event::{Class, Entry, Outcome, Row, Time, Value};
use crate::format::clock::Stamp;
use crate::format::members::Rule::{self, Note, Put, Skip};
use crate::format::members::Values;
use crate::format::names::{ROOM, bare};
use crate::format::numbers::{address, number};
use crate::format::{put_class, put_outcome};
use std::marker::PhantomData;
use std::net::IpAddr;

/// An address at an end of a flow.
pub(super) enum Address<'a> {
    Read(IpAddr),
    /// What this row of a table has.
    Of {
        ends: &'a Ends,
        at: usize,
        is_private: bool,
    },
}

impl Address<'_> {
    #[inline]
    fn put(&self, slot: usize, row: &mut dyn Row) {
        match self {
            Self::Read(address) => row.put(slot, Value::Ip(*address)),
            Self::Of { ends, at, .. } => ends.put(*at, slot, row),
        }
    }

    fn is_private(&self) -> bool {
        match self {
            Self::Read(address) => is_private(*address),
            Self::Of { is_private, .. } => *is_private,
        }
    }
}

/// What depends on several columns.
#[derive(Default)]
pub(super) struct Record<'a, F> {
    source: Option<Address<'a>>,
    target: Option<Address<'a>>,
    packet_source: Option<Address<'a>>,
    packet_target: Option<Address<'a>>,
    bytes: Option<i64>,
    action: Option<&'a str>,
    status: Option<&'a str>,
    direction: Option<&'a str>,
    /// The first column that counts lost packets, and counts some.
    lost: Option<&'static str>,
    /// The weight of columns that hold what they are for.
    known: usize,
    /// Columns that hold nothing.
    silent: usize,
    kind: PhantomData<F>,
}

impl<'a, F: Flows> Record<'a, F> {
    /// Takes the values of a line. The answer is how many columns it does not have.
    #[inline]
    pub(super) fn take_all(
        &mut self,
        columns: &[Column],
        values: impl Iterator<Item = &'a str>,
        row: &mut dyn Row,
    ) -> usize {
        let mut left = columns.len();
        for (column, value) in columns.iter().zip(values) {
            self.take(*column, value, row);
            left -= 1;
        }
        left
    }

    #[expect(clippy::inline_always, reason = "a call costs as much as what most columns need")]
    #[inline(always)]
    pub(super) fn take(&mut self, column: Column, value: &'a str, row: &mut dyn Row) {
        if matches!(value.as_bytes(), b"-" | b"") {
            self.silent += 1;
            return;
        }
        match column {
            Column::Account if value == "unknown" => {}
            Column::Text(slot) => row.put(slot, Value::Str(value)),
            Column::Account => row.put(F::SLOTS.account, Value::Str(value)),
            Column::Number(slot) => {
                if let Some(number) = number(value) {
                    row.put(slot, Value::Int(number));
                }
            }
            Column::Bytes => self.bytes = number(value).or(self.bytes),
            Column::Lost(nth) => {
                if let Some(number) = number(value) {
                    self.lose(nth, number, row);
                }
            }
            Column::Source | Column::Target | Column::PacketSource | Column::PacketTarget => {
                if let Some(address) = address(value) {
                    self.end(column, Address::Read(address));
                }
            }
            Column::Start | Column::End => self.time(column, values::time(value), row),
            Column::Action => {
                self.action = Some(value);
                self.known += usize::from(matches!(value, "ACCEPT" | "REJECT"));
            }
            Column::Status => {
                self.status = Some(value);
                row.put(F::SLOTS.status, Value::Str(value));
                self.known += 2 * usize::from(matches!(value, "OK" | "NODATA" | "SKIPDATA"));
            }
            Column::Direction => {
                self.direction = Some(value);
                row.put(F::SLOTS.direction, Value::Str(value));
            }
            Column::Tag(nth) => row.put(F::TAGS[nth], Value::Str(&values::unescaped(value))),
            Column::Foreign | Column::Other => {}
        }
    }

    /// The slot of a column whose text is for that alone.
    #[inline]
    pub(super) fn slot(column: Column) -> Option<usize> {
        match column {
            Column::Text(slot) => Some(slot),
            Column::Account => Some(F::SLOTS.account),
            _ => None,
        }
    }

    /// The same of an entry of a dictionary.
    #[inline]
    pub(super) fn take_entry(
        &mut self,
        column: Column,
        value: &'a str,
        entry: Option<Entry>,
        row: &mut dyn Row,
    ) {
        match (Self::slot(column), entry) {
            (Some(slot), Some(entry)) if !matches!(value, "-" | "" | "unknown") => {
                row.put_entry(slot, entry, Value::Str(value));
            }
            _ => self.take(column, value, row),
        }
    }

    /// Takes a number.
    #[inline]
    pub(super) fn count(&mut self, column: Column, number: i64, row: &mut dyn Row) {
        match column {
            Column::Number(slot) => row.put(slot, Value::Int(number)),
            Column::Bytes => self.bytes = Some(number),
            Column::Lost(nth) => self.lose(nth, number, row),
            Column::Start | Column::End => self.time(column, values::time_of(number), row),
            _ => {}
        }
    }

    fn lose(&mut self, nth: usize, packets: i64, row: &mut dyn Row) {
        let (slot, name) = F::LOST[nth];
        row.put(slot, Value::Int(packets));
        self.lost = self.lost.or((packets > 0).then_some(name));
    }

    #[inline]
    fn time(&mut self, column: Column, time: Option<Time>, row: &mut dyn Row) {
        let Some(time) = time else { return };
        match column {
            Column::Start => row.time(time),
            _ => row.put(F::SLOTS.end, Value::Time(time)),
        }
        self.known += 1;
    }

    /// Takes an address.
    #[inline]
    pub(super) fn end(&mut self, column: Column, address: Address<'a>) {
        let place = match column {
            Column::Source => &mut self.source,
            Column::Target => &mut self.target,
            Column::PacketSource => &mut self.packet_source,
            Column::PacketTarget => &mut self.packet_target,
            _ => return,
        };
        *place = Some(address);
        self.known += 1;
    }

    /// Whether it is a flow record, of which so many columns are not there, and whose values weigh
    /// so much at least if somebody has named them.
    pub(super) fn is_one(&self, missing: usize, least: Option<usize>) -> bool {
        let is_named = |least| self.known > 0 && self.known + self.silent >= least;
        (self.known >= ENOUGH || least.is_some_and(is_named))
            && (self.status.is_some() || self.action.is_some() || missing == 0)
    }

    pub(super) fn finish(&self, row: &mut dyn Row) {
        let slots = F::SLOTS;
        // By reference: whoever copies what was just written waits for it.
        let [source, target] = [&self.source, &self.target].map(Option::as_ref);
        let [packet_source, packet_target] =
            [&self.packet_source, &self.packet_target].map(Option::as_ref);
        let ends = [
            (slots.source, packet_source.or(source)),
            (slots.target, packet_target.or(target)),
            (slots.seen_source, packet_source.and(source)),
            (slots.seen_target, packet_target.and(target)),
        ];
        for (slot, address) in ends {
            if let Some(address) = address {
                address.put(slot, row);
            }
        }
        if let Some(bytes) = self.bytes {
            let slot = if self.is_received() { slots.received } else { slots.sent };
            row.put(slot, Value::Int(bytes));
        }
        if let Some(event) = self.action.or(self.status) {
            row.put(slots.event, Value::Str(event));
        }
        if let Some(lost) = self.lost {
            row.put(slots.code, Value::Str(lost));
        }
        put_class(row, slots.class, Class::Network);
        let outcome = match self.action {
            Some("ACCEPT") => Outcome::Success,
            Some("REJECT") => Outcome::Denied,
            _ if self.lost.is_some() => Outcome::Failure,
            _ => Outcome::Unknown,
        };
        put_outcome(row, slots.outcome, outcome);
    }

    fn is_received(&self) -> bool {
        match self.direction {
            Some("ingress") => true,
            Some("egress") => false,
            _ => {
                let private =
                    |end: &Option<Address<'_>>| end.as_ref().is_some_and(Address::is_private);
                // Who has chosen the ends of the packet alone has no other view of it.
                match (&self.source, &self.target) {
                    (None, None) => !private(&self.packet_source) && private(&self.packet_target),
                    _ => !private(&self.source) && private(&self.target),
                }
            }
        }
    }
}

pub(super) fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_private(),
        IpAddr::V6(v6) => v6.is_unique_local(),
    }
}

/// What of a record that is JSON is kept aside, and so is each column of lost packets and of tags.
const SPECIAL: [Column; 11] = [
    Column::Start,
    Column::End,
    Column::Source,
    Column::Target,
    Column::PacketSource,
    Column::PacketTarget,
    Column::Bytes,
    Column::Action,
    Column::Status,
    Column::Direction,
    Column::Account,
];
const FOREIGN: usize = SPECIAL.len();
const LOST: usize = FOREIGN + 1;
const TAGS: usize = LOST + 4;

/// Whether there are both ends of a flow among these columns.
pub(super) fn has_ends(columns: impl Iterator<Item = Column>) -> bool {
    let mut found = [false; 4];
    for column in columns {
        match column {
            Column::Source => found[0] = true,
            Column::Target => found[1] = true,
            Column::PacketSource => found[2] = true,
            Column::PacketTarget => found[3] = true,
            _ => {}
        }
    }
    found[0] && found[1] || found[2] && found[3]
}

/// Whether members of these columns make a record of flows: both ends, or one and what came of it.
pub(super) fn is_flow(mut columns: impl Iterator<Item = Column> + Clone) -> bool {
    let is_said = |column: Column| !column.is_end() && column.weight() > 0;
    has_ends(columns.clone()) || columns.clone().any(Column::is_end) && columns.any(is_said)
}

/// What a member of a record that is JSON is for.
pub(super) fn member<F: Flows>(key: &str) -> Rule {
    match F::named(bare(key, &mut { ROOM })) {
        None | Some(Column::Other) => Skip,
        Some(Column::Text(slot) | Column::Number(slot)) => Put(slot),
        Some(Column::Foreign) => Note(FOREIGN),
        Some(Column::Lost(nth)) => Note(LOST + nth),
        Some(Column::Tag(nth)) => Note(TAGS + nth),
        Some(special) => SPECIAL.iter().position(|column| *column == special).map_or(Skip, Note),
    }
}

pub(super) fn time(values: &Values<'_, '_>) -> Option<Stamp> {
    values.note(0).and_then(values::time).map(Stamp::utc)
}

pub(super) fn fill<F: Flows>(values: &mut Values<'_, '_>) -> bool {
    let (row, notes) = values.apart();
    let lost = (0..F::LOST.len()).map(Column::Lost).zip(LOST..);
    let tags = (0..F::TAGS.len()).map(Column::Tag).zip(TAGS..);
    let mut record = Record::<F>::default();
    for (column, note) in SPECIAL.into_iter().zip(0..).chain(lost).chain(tags) {
        if let Some(value) = &notes[note] {
            record.take(column, value, row);
        }
    }
    let named = SPECIAL.into_iter().zip(notes).filter(|(_, note)| note.is_some());
    let named = named.map(|(column, _)| column);
    let least = is_flow(named.clone()).then(|| least(named));
    let is_one = record.is_one(0, least) && notes[FOREIGN].is_none();
    if is_one {
        record.finish(row);
    }
    is_one
}
