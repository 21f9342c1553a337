//! Columns while they grow: values are written row by row, then sealed in another order. Memory
//! is kept from one segment to the next.

mod distinct;
mod known;

use super::dict::Values;
use super::ids::{Ids, parse_uuid};
use super::segment::{ASSUMED, NO_TIME};
use super::{Bits, Column, Numbers};
use crate::event::{Entry, FieldDef, Kind, Time, Value, fields};
use distinct::{Addresses, Lists, Texts};
use std::net::IpAddr;

/// A growing column. It is as long as the last row that has a value; sealing fills what is
/// missing. Rows are written in order; only the last one may be written again or abandoned.
pub(super) enum Growing {
    Text(Texts),
    List(Lists),
    Ip(Addresses),
    Int(Vec<i64>, Presence),
    Float(Vec<f64>, Presence),
    Time(Vec<i64>, Vec<i64>, Presence),
    Id(GrowingIds),
}

/// Which rows have a value.
pub(super) type Presence = Vec<bool>;

impl Growing {
    pub(super) fn new(field: &FieldDef) -> Self {
        match field.kind {
            _ if field.many => Self::List(Lists::of(field.name == fields::RESOURCE.name)),
            Kind::Str => Self::Text(Texts::default()),
            Kind::Id => Self::Id(GrowingIds::default()),
            Kind::Int => Self::Int(Vec::new(), Vec::new()),
            Kind::Float => Self::Float(Vec::new(), Vec::new()),
            Kind::Ip => Self::Ip(Addresses::default()),
            Kind::Time => Self::Time(Vec::new(), Vec::new(), Vec::new()),
        }
    }

    /// Writes the value of row `row`; an earlier value of the same row is replaced, in lists
    /// joined. The answer is how many bytes of text it added; `None`: the value does not fit the
    /// column's kind.
    #[inline]
    pub(super) fn put(&mut self, row: usize, value: Value<'_>) -> Option<usize> {
        match (self, value) {
            (Self::Text(texts), Value::Str(text)) => return Some(texts.put(row, text.as_bytes())),
            (Self::List(lists), Value::Str(text)) => return Some(lists.put(row, text)),
            (Self::List(lists), Value::Ip(address)) => {
                return Some(lists.put(row, &text_of(address)));
            }
            (Self::Id(ids), Value::Str(text)) => return Some(ids.put(row, text)),
            (Self::Ip(addresses), Value::Ip(address)) => addresses.put(row, address),
            (Self::Int(values, presence), Value::Int(number)) => {
                set(values, row, number, 0);
                set(presence, row, true, false);
            }
            (Self::Float(values, presence), Value::Float(number)) => {
                set(values, row, number, 0.0);
                set(presence, row, true, false);
            }
            (Self::Float(values, presence), Value::Int(number)) => {
                set(values, row, number as f64, 0.0);
                set(presence, row, true, false);
            }
            (Self::Time(at, digits, presence), Value::Time(time)) => {
                set(at, row, time.at.0, 0);
                set(digits, row, i64::from(time.digits), 0);
                set(presence, row, true, false);
            }
            _ => return None,
        }
        Some(0)
    }

    /// Remembers that the value that was written last is this entry.
    pub(super) fn learn(&mut self, entry: Entry) {
        match self {
            Self::Text(texts) => texts.learn(entry),
            Self::Ip(addresses) => addresses.learn(entry),
            _ => {}
        }
    }

    /// Writes an entry that was written before; `false` if that is not known.
    #[inline]
    pub(super) fn put_again(&mut self, row: usize, entry: Entry) -> bool {
        match self {
            Self::Text(texts) => texts.put_again(row, entry),
            Self::Ip(addresses) => addresses.put_again(row, entry),
            _ => false,
        }
    }

    /// Forgets what was written of row `row`.
    pub(super) fn abandon(&mut self, row: usize) {
        match self {
            Self::Text(texts) => texts.abandon(row),
            Self::List(lists) => lists.abandon(row),
            Self::Ip(addresses) => addresses.abandon(row),
            Self::Int(values, presence) => {
                values.truncate(row);
                presence.truncate(row);
            }
            Self::Float(values, presence) => {
                values.truncate(row);
                presence.truncate(row);
            }
            Self::Time(at, digits, presence) => {
                at.truncate(row);
                digits.truncate(row);
                presence.truncate(row);
            }
            Self::Id(ids) => ids.abandon(row),
        }
    }

    /// Takes the first `len` rows out, in the given order, and leaves the column empty.
    pub(super) fn seal(&mut self, len: usize, order: Option<&[u16]>) -> Column {
        match self {
            Self::Text(texts) => texts.seal(len, order, Values::Text),
            Self::List(lists) => lists.seal(len, order),
            Self::Ip(addresses) => addresses.seal(len, order),
            Self::Int(values, ..) | Self::Time(values, ..) if values.is_empty() => {
                Column::Absent { len }
            }
            Self::Float(values, _) if values.is_empty() => Column::Absent { len },
            Self::Int(values, presence) => {
                let values = Numbers::pack(&arrange(values, len, 0, order));
                Column::Int { values, present: seal_presence(presence, len, order) }
            }
            Self::Float(values, presence) => {
                let values = arrange(values, len, 0.0, order).into();
                Column::Float { values, present: seal_presence(presence, len, order) }
            }
            Self::Time(at, digits, presence) => Column::Time {
                at: Numbers::pack(&arrange(at, len, 0, order)),
                digits: Numbers::pack(&arrange(digits, len, 0, order)),
                present: seal_presence(presence, len, order),
            },
            Self::Id(ids) => ids.seal(len, order),
        }
    }
}

/// An address as it is written. Most are of four numbers, which take less without a formatter.
fn text_of(address: IpAddr) -> String {
    let IpAddr::V4(address) = address else { return address.to_string() };
    let mut text = String::with_capacity("255.255.255.255.".len());
    for octet in address.octets() {
        text.push_str(itoa::Buffer::new().format(octet));
        text.push('.');
    }
    text.pop();
    text
}

#[inline]
fn set<T: Clone>(values: &mut Vec<T>, row: usize, value: T, filler: T) {
    if values.len() > row {
        values[row] = value;
    } else {
        if values.len() < row {
            values.resize(row, filler);
        }
        values.push(value);
    }
}

/// The values in order, filled up to `len`; what they were taken from is left empty.
pub(super) fn arrange<T: Copy>(
    values: &mut Vec<T>,
    len: usize,
    filler: T,
    order: Option<&[u16]>,
) -> Vec<T> {
    values.resize(len, filler);
    let arranged = match order {
        None => values.clone(),
        Some(order) => order.iter().map(|&row| values[usize::from(row)]).collect(),
    };
    values.clear();
    arranged
}

fn seal_presence(presence: &mut Presence, len: usize, order: Option<&[u16]>) -> Option<Bits> {
    let presence = arrange(presence, len, false, order);
    if presence.iter().all(|&has| has) { None } else { Some(Bits::from_slice(&presence, |h| h)) }
}

/// Ids: UUIDs as numbers, 0 for none; others as text, by ascending row.
#[derive(Default)]
pub(super) struct GrowingIds {
    uuids: Vec<u128>,
    odd: Vec<(u16, String)>,
}

impl GrowingIds {
    #[inline]
    fn put(&mut self, row: usize, text: &str) -> usize {
        self.abandon(row);
        let uuid = parse_uuid(text);
        set(&mut self.uuids, row, uuid.unwrap_or(0), 0);
        if uuid.is_some() {
            return 0;
        }
        self.odd.push((row as u16, text.to_owned()));
        text.len()
    }

    #[inline]
    fn abandon(&mut self, row: usize) {
        self.uuids.truncate(row);
        if self.odd.last().is_some_and(|&(last, _)| usize::from(last) == row) {
            self.odd.pop();
        }
    }

    fn seal(&mut self, len: usize, order: Option<&[u16]>) -> Column {
        if self.uuids.is_empty() {
            return Column::Absent { len };
        }
        let uuids = arrange(&mut self.uuids, len, 0, order);
        let mut odd = std::mem::take(&mut self.odd);
        if let Some(order) = order
            && !odd.is_empty()
        {
            let mut place = vec![0u16; len];
            for (to, &from) in order.iter().enumerate() {
                place[usize::from(from)] = to as u16;
            }
            for (row, _) in &mut odd {
                *row = place[usize::from(*row)];
            }
            odd.sort_unstable_by_key(|&(row, _)| row);
        }
        Column::Ids(Ids::new(uuids, &odd, len))
    }
}

/// Times of the rows themselves, apart from the columns because every segment is sorted by them.
#[derive(Default)]
pub(super) struct RowTimes {
    pub(super) at: Vec<i64>,
    pub(super) digits: Vec<i64>,
}

impl RowTimes {
    pub(super) fn push(&mut self, time: Option<Time>, zone_assumed: bool) {
        self.at.push(time.map_or(NO_TIME, |time| time.at.0));
        let assumed = if zone_assumed { ASSUMED } else { 0 };
        self.digits.push(time.map_or(0, |time| i64::from(time.digits) | assumed));
    }
}
