//! Columns while they grow: values are written row by row, then sealed in another order.

use super::dict::{Codes, Dict, Strings, Values, push_item};
use super::ids::{Ids, parse_uuid};
use super::{Bits, Column, Numbers};
use crate::event::{FieldDef, Kind, Time, Timestamp, Value};
use foldhash::fast::RandomState;
use hashbrown::HashTable;
use std::hash::BuildHasher;
use std::net::IpAddr;

/// A growing column. It is as long as the last row that has a value; `pad` fills what is missing.
pub(super) enum Growing {
    Text(Texts),
    List { texts: Texts, staged: Vec<u8> },
    Ip(Addresses),
    Int(Vec<i64>, Presence),
    Float(Vec<f64>, Presence),
    Time(Vec<i64>, Vec<i64>, Presence),
    Id(Vec<Option<IdValue>>),
}

pub(super) enum IdValue {
    Uuid(u128),
    Text(String),
}

/// Which rows have a value.
pub(super) type Presence = Vec<bool>;

impl Growing {
    pub(super) fn new(field: &FieldDef) -> Self {
        match field.kind {
            _ if field.many => Self::List { texts: Texts::default(), staged: Vec::new() },
            Kind::Str => Self::Text(Texts::default()),
            Kind::Id => Self::Id(Vec::new()),
            Kind::Int => Self::Int(Vec::new(), Vec::new()),
            Kind::Float => Self::Float(Vec::new(), Vec::new()),
            Kind::Ip => Self::Ip(Addresses::default()),
            Kind::Time => Self::Time(Vec::new(), Vec::new(), Vec::new()),
        }
    }

    /// Writes the value of row `row`; an earlier value of the same row is replaced, in lists
    /// joined. Returns whether the value fits the column's kind.
    pub(super) fn put(&mut self, row: usize, value: Value<'_>) -> bool {
        match (self, value) {
            (Self::Text(texts), Value::Str(text)) => texts.put(row, text.as_bytes()),
            (Self::List { staged, .. }, Value::Str(text)) => push_item(staged, text),
            (Self::List { staged, .. }, Value::Ip(address)) => {
                push_item(staged, &address.to_string());
            }
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
            (Self::Id(ids), Value::Str(text)) => {
                let id =
                    parse_uuid(text).map_or_else(|| IdValue::Text(text.to_owned()), IdValue::Uuid);
                ids.truncate(row);
                ids.resize_with(row, || None);
                ids.push(Some(id));
            }
            _ => return false,
        }
        true
    }

    /// Ends row `row`: a list is complete, and new distinct values stay.
    pub(super) fn commit(&mut self, row: usize) {
        match self {
            Self::List { texts, staged } if !staged.is_empty() => {
                texts.put(row, staged);
                texts.kept = texts.ends.len();
                staged.clear();
            }
            Self::Text(texts) => texts.kept = texts.ends.len(),
            Self::Ip(addresses) => addresses.kept = addresses.list.len(),
            _ => {}
        }
    }

    /// Forgets what was written of row `row` and beyond.
    pub(super) fn abandon(&mut self, row: usize) {
        match self {
            Self::Text(texts) => {
                texts.codes.truncate(row);
                texts.roll_back();
            }
            Self::List { staged, .. } => staged.clear(),
            Self::Ip(addresses) => {
                addresses.codes.truncate(row);
                addresses.roll_back();
            }
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
            Self::Id(ids) => ids.truncate(row),
        }
    }

    /// Takes the first `len` rows out, in the given order, and leaves the column empty.
    pub(super) fn seal(&mut self, len: usize, order: Option<&[u16]>) -> Column {
        match self {
            Self::Text(texts) => texts.seal(len, order, Values::Text),
            Self::List { texts, .. } => texts.seal(len, order, Values::Lists),
            Self::Ip(addresses) => addresses.seal(len, order),
            Self::Int(values, presence) => {
                let (values, presence) = (std::mem::take(values), std::mem::take(presence));
                if values.is_empty() {
                    return Column::Absent { len };
                }
                let values = Numbers::pack(&arrange(values, len, 0, order));
                Column::Int { values, present: seal_presence(presence, len, order) }
            }
            Self::Float(values, presence) => {
                let (values, presence) = (std::mem::take(values), std::mem::take(presence));
                if values.is_empty() {
                    return Column::Absent { len };
                }
                let values = arrange(values, len, 0.0, order).into();
                Column::Float { values, present: seal_presence(presence, len, order) }
            }
            Self::Time(at, digits, presence) => {
                let (at, digits) = (std::mem::take(at), std::mem::take(digits));
                let presence = std::mem::take(presence);
                if at.is_empty() {
                    return Column::Absent { len };
                }
                Column::Time {
                    at: Numbers::pack(&arrange(at, len, 0, order)),
                    digits: Numbers::pack(&arrange(digits, len, 0, order)),
                    present: seal_presence(presence, len, order),
                }
            }
            Self::Id(ids) => seal_ids(std::mem::take(ids), len, order),
        }
    }
}

fn set<T: Clone>(values: &mut Vec<T>, row: usize, value: T, filler: T) {
    if values.len() > row {
        values[row] = value;
    } else {
        values.resize(row, filler);
        values.push(value);
    }
}

/// Fills up to `len` and puts the values in order.
fn arrange<T: Copy>(mut values: Vec<T>, len: usize, filler: T, order: Option<&[u16]>) -> Vec<T> {
    values.resize(len, filler);
    match order {
        None => values,
        Some(order) => order.iter().map(|&row| values[usize::from(row)]).collect(),
    }
}

fn seal_presence(presence: Presence, len: usize, order: Option<&[u16]>) -> Option<Bits> {
    let presence = arrange(presence, len, false, order);
    if presence.iter().all(|&has| has) { None } else { Some(Bits::from_slice(&presence, |h| h)) }
}

fn seal_ids(mut ids: Vec<Option<IdValue>>, len: usize, order: Option<&[u16]>) -> Column {
    if ids.iter().all(Option::is_none) {
        return Column::Absent { len };
    }
    ids.resize_with(len, || None);
    let mut uuids = vec![0; len];
    let mut odd = Vec::new();
    for (row, uuid) in uuids.iter_mut().enumerate() {
        let from = order.map_or(row, |order| usize::from(order[row]));
        match ids[from].take() {
            None => {}
            Some(IdValue::Uuid(value)) => *uuid = value,
            Some(IdValue::Text(text)) => odd.push((row as u16, text)),
        }
    }
    Column::Ids(Ids::new(uuids, &odd, len))
}

/// Distinct byte strings and a code for each row.
#[derive(Default)]
pub(super) struct Texts {
    codes: Vec<u16>,
    text: Vec<u8>,
    ends: Vec<u32>,
    /// Hash and code of every distinct string.
    table: HashTable<(u64, u16)>,
    hasher: RandomState,
    /// The code used last: logs repeat themselves, and comparing is cheaper than hashing.
    last: u16,
    /// Distinct strings of committed rows. Those beyond belong to the row being written, which
    /// may replace its value as often as its record repeats a member; only one is ever kept, so
    /// that there are never more codes than rows.
    kept: usize,
}

impl Texts {
    fn put(&mut self, row: usize, text: &[u8]) {
        self.roll_back();
        let code = self.intern(text);
        set(&mut self.codes, row, code, 0);
    }

    fn intern(&mut self, text: &[u8]) -> u16 {
        if self.last > 0 && self.bytes(self.last) == text {
            return self.last;
        }
        let hash = self.hasher.hash_one(text);
        let found = self.table.find(hash, |&(h, code)| h == hash && self.bytes(code) == text);
        let code = if let Some(&(_, code)) = found {
            code
        } else {
            self.text.extend_from_slice(text);
            self.ends.push(self.text.len() as u32);
            // A segment has at most 65,535 rows, so there are codes enough.
            let code = self.ends.len() as u16;
            self.table.insert_unique(hash, (hash, code), |&(hash, _)| hash);
            code
        };
        self.last = code;
        code
    }

    fn roll_back(&mut self) {
        while self.ends.len() > self.kept {
            let code = self.ends.len() as u16;
            let hash = self.hasher.hash_one(self.bytes(code));
            if let Ok(entry) = self.table.find_entry(hash, |&(_, other)| other == code) {
                entry.remove();
            }
            self.text.truncate(self.text.len() - self.bytes(code).len());
            self.ends.pop();
            self.last = 0;
        }
    }

    fn bytes(&self, code: u16) -> &[u8] {
        let index = usize::from(code) - 1;
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        &self.text[start..self.ends[index] as usize]
    }

    /// Memory that the next segment's size cannot be told from: bytes of distinct text.
    pub(super) fn weight(&self) -> usize {
        self.text.len()
    }

    fn seal(&mut self, len: usize, order: Option<&[u16]>, kind: fn(Strings) -> Values) -> Column {
        let codes = std::mem::take(&mut self.codes);
        let column = if codes.is_empty() {
            Column::Absent { len }
        } else {
            Column::Dict(Dict {
                codes: Codes::pack(&arrange(codes, len, 0, order)),
                values: kind(Strings::new(&self.text, &self.ends)),
            })
        };
        self.text.clear();
        self.ends.clear();
        self.table.clear();
        self.last = 0;
        self.kept = 0;
        column
    }
}

/// Distinct addresses and a code for each row.
#[derive(Default)]
pub(super) struct Addresses {
    codes: Vec<u16>,
    list: Vec<IpAddr>,
    table: HashTable<u16>,
    hasher: RandomState,
    last: u16,
    /// As in [`Texts`].
    kept: usize,
}

impl Addresses {
    fn put(&mut self, row: usize, address: IpAddr) {
        self.roll_back();
        let code = self.intern(address);
        set(&mut self.codes, row, code, 0);
    }

    fn intern(&mut self, address: IpAddr) -> u16 {
        if self.last > 0 && self.list[usize::from(self.last) - 1] == address {
            return self.last;
        }
        let hash = self.hasher.hash_one(address);
        let list = &self.list;
        let same = |&code: &u16| list[usize::from(code) - 1] == address;
        let code = if let Some(&code) = self.table.find(hash, same) {
            code
        } else {
            let code = list.len() as u16 + 1;
            let hasher = &self.hasher;
            let rehash = |&code: &u16| hasher.hash_one(list[usize::from(code) - 1]);
            self.table.insert_unique(hash, code, rehash);
            self.list.push(address);
            code
        };
        self.last = code;
        code
    }

    fn roll_back(&mut self) {
        while self.list.len() > self.kept {
            let code = self.list.len() as u16;
            let hash = self.hasher.hash_one(self.list[usize::from(code) - 1]);
            if let Ok(entry) = self.table.find_entry(hash, |&other| other == code) {
                entry.remove();
            }
            self.list.pop();
            self.last = 0;
        }
    }

    fn seal(&mut self, len: usize, order: Option<&[u16]>) -> Column {
        let codes = std::mem::take(&mut self.codes);
        let list = std::mem::take(&mut self.list);
        self.table.clear();
        self.last = 0;
        self.kept = 0;
        if codes.is_empty() {
            return Column::Absent { len };
        }
        let codes = Codes::pack(&arrange(codes, len, 0, order));
        Column::Dict(Dict { codes, values: Values::Ip(list.into()) })
    }
}

/// Times of the rows themselves, apart from the columns because every segment is sorted by them.
#[derive(Default)]
pub(super) struct RowTimes {
    pub(super) at: Vec<i64>,
    pub(super) digits: Vec<i64>,
}

/// What stands for "no time": such rows sort last.
const NO_TIME: i64 = i64::MAX;

impl RowTimes {
    pub(super) fn push(&mut self, time: Option<Time>) {
        self.at.push(time.map_or(NO_TIME, |time| time.at.0));
        self.digits.push(time.map_or(0, |time| i64::from(time.digits)));
    }
}

/// The time that a sorted number stands for.
pub(super) fn row_time(at: i64, digits: i64) -> Option<Time> {
    (at != NO_TIME).then(|| Time::new(Timestamp(at), digits as u8))
}
