//! Columns while they grow: values are written row by row, then sealed in another order. Memory
//! is kept from one segment to the next.

use super::dict::{Codes, Dict, Strings, Values, push_item};
use super::ids::{Ids, parse_uuid};
use super::{Bits, Column, Numbers};
use crate::event::{FieldDef, Kind, Time, Timestamp, Value};
use foldhash::fast::RandomState;
use hashbrown::HashTable;
use std::hash::{BuildHasher, Hasher};
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
            _ if field.many => Self::List(Lists::default()),
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
                return Some(lists.put(row, &address.to_string()));
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
    /// The row that added the newest distinct string. If it is written again or abandoned, so is
    /// the string: there are never more codes than rows, as often as a record may repeat a member.
    adder: Option<usize>,
}

impl Texts {
    #[inline]
    fn put(&mut self, row: usize, text: &[u8]) -> usize {
        self.abandon(row);
        let before = self.text.len();
        let code = if self.last > 0 && self.bytes(self.last) == text {
            self.last
        } else {
            self.intern(row, text)
        };
        set(&mut self.codes, row, code, 0);
        self.text.len() - before
    }

    fn intern(&mut self, row: usize, text: &[u8]) -> u16 {
        let hash = self.hash(text);
        let found = self.table.find(hash, |&(h, code)| h == hash && self.bytes(code) == text);
        let code = if let Some(&(_, code)) = found {
            code
        } else {
            self.text.extend_from_slice(text);
            self.ends.push(self.text.len() as u32);
            self.adder = Some(row);
            // A segment has at most 65,535 rows, so there are codes enough.
            let code = self.ends.len() as u16;
            self.table.insert_unique(hash, (hash, code), |&(hash, _)| hash);
            code
        };
        self.last = code;
        code
    }

    fn hash(&self, text: &[u8]) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        hasher.write(text);
        hasher.finish()
    }

    #[inline]
    fn abandon(&mut self, row: usize) {
        if self.codes.len() > row {
            self.codes.truncate(row);
            if self.adder == Some(row) {
                self.forget_newest();
            }
        }
    }

    #[cold]
    fn forget_newest(&mut self) {
        let code = self.ends.len() as u16;
        let hash = self.hash(self.bytes(code));
        if let Ok(entry) = self.table.find_entry(hash, |&(_, other)| other == code) {
            entry.remove();
        }
        self.text.truncate(self.text.len() - self.bytes(code).len());
        self.ends.pop();
        self.last = 0;
        self.adder = None;
    }

    #[inline]
    fn bytes(&self, code: u16) -> &[u8] {
        let index = usize::from(code) - 1;
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        &self.text[start..self.ends[index] as usize]
    }

    fn seal(&mut self, len: usize, order: Option<&[u16]>, kind: fn(Strings) -> Values) -> Column {
        let column = if self.codes.is_empty() {
            Column::Absent { len }
        } else {
            Column::Dict(Dict {
                codes: Codes::pack(&arrange(&mut self.codes, len, 0, order)),
                values: kind(Strings::new(&self.text, &self.ends)),
            })
        };
        self.text.clear();
        self.ends.clear();
        self.table.clear();
        self.last = 0;
        self.adder = None;
        column
    }
}

/// Distinct lists, as [`push_item`] writes them.
#[derive(Default)]
pub(super) struct Lists {
    texts: Texts,
    /// The list being written, and its row.
    staged: Vec<u8>,
    row: usize,
}

impl Lists {
    fn put(&mut self, row: usize, item: &str) -> usize {
        let added = if self.row == row { 0 } else { self.settle() };
        self.row = row;
        push_item(&mut self.staged, item);
        added
    }

    /// The list in hand is complete.
    fn settle(&mut self) -> usize {
        if self.staged.is_empty() {
            return 0;
        }
        let added = self.texts.put(self.row, &self.staged);
        self.staged.clear();
        added
    }

    fn abandon(&mut self, row: usize) {
        if self.row == row {
            self.staged.clear();
        }
    }

    fn seal(&mut self, len: usize, order: Option<&[u16]>) -> Column {
        self.settle();
        self.row = 0;
        self.texts.seal(len, order, Values::Lists)
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
    adder: Option<usize>,
}

impl Addresses {
    #[inline]
    fn put(&mut self, row: usize, address: IpAddr) {
        self.abandon(row);
        let code = if self.last > 0 && self.list[usize::from(self.last) - 1] == address {
            self.last
        } else {
            self.intern(row, address)
        };
        set(&mut self.codes, row, code, 0);
    }

    fn intern(&mut self, row: usize, address: IpAddr) -> u16 {
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
            self.adder = Some(row);
            code
        };
        self.last = code;
        code
    }

    #[inline]
    fn abandon(&mut self, row: usize) {
        if self.codes.len() > row {
            self.codes.truncate(row);
            if self.adder == Some(row) {
                self.forget_newest();
            }
        }
    }

    #[cold]
    fn forget_newest(&mut self) {
        let code = self.list.len() as u16;
        let hash = self.hasher.hash_one(self.list[usize::from(code) - 1]);
        if let Ok(entry) = self.table.find_entry(hash, |&other| other == code) {
            entry.remove();
        }
        self.list.pop();
        self.last = 0;
        self.adder = None;
    }

    fn seal(&mut self, len: usize, order: Option<&[u16]>) -> Column {
        let list = std::mem::take(&mut self.list);
        self.table.clear();
        self.last = 0;
        self.adder = None;
        if self.codes.is_empty() {
            return Column::Absent { len };
        }
        let codes = Codes::pack(&arrange(&mut self.codes, len, 0, order));
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
