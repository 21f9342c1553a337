//! Growing columns that keep each distinct value once: text, lists of texts, addresses.

use super::known::Known;
use super::{arrange, set};
use crate::event::Entry as Told;
use crate::store::Column;
use crate::store::dict::{Codes, Dict, Strings, Values, push_item};
use foldhash::fast::RandomState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use std::hash::{BuildHasher, Hasher};
use std::net::IpAddr;

/// Distinct byte strings and a code for each row.
#[derive(Default)]
pub(in crate::store) struct Texts {
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
    /// Entries of dictionaries that are among them.
    known: Known,
}

impl Texts {
    #[inline]
    pub(super) fn put(&mut self, row: usize, text: &[u8]) -> usize {
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

    pub(super) fn learn(&mut self, entry: Told) {
        self.known.learn(entry, &self.codes);
    }

    #[inline]
    pub(super) fn put_again(&mut self, row: usize, entry: Told) -> bool {
        self.known.put_again(&mut self.codes, row, entry)
    }

    fn intern(&mut self, row: usize, text: &[u8]) -> u16 {
        let hash = self.hash(text);
        let (known, ends) = (&self.text, &self.ends);
        let same = |&(h, code): &(u64, u16)| h == hash && entry(known, ends, code) == text;
        let code = match self.table.entry(hash, same, |&(hash, _)| hash) {
            Entry::Occupied(found) => found.get().1,
            Entry::Vacant(place) => {
                // A segment has at most 65,535 rows, so there are codes enough.
                let code = self.ends.len() as u16 + 1;
                place.insert((hash, code));
                self.text.extend_from_slice(text);
                self.ends.push(self.text.len() as u32);
                self.adder = Some(row);
                code
            }
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
    pub(super) fn abandon(&mut self, row: usize) {
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
        self.known.clear();
    }

    #[inline]
    fn bytes(&self, code: u16) -> &[u8] {
        entry(&self.text, &self.ends, code)
    }

    pub(super) fn seal(
        &mut self,
        len: usize,
        order: Option<&[u16]>,
        kind: fn(Strings) -> Values,
    ) -> Column {
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
        self.known.clear();
        column
    }
}

/// The string of a code.
#[inline]
fn entry<'a>(text: &'a [u8], ends: &[u32], code: u16) -> &'a [u8] {
    let index = usize::from(code) - 1;
    let start = if index == 0 { 0 } else { ends[index - 1] as usize };
    &text[start..ends[index] as usize]
}

/// Distinct lists, as [`push_item`] writes them.
#[derive(Default)]
pub(in crate::store) struct Lists {
    texts: Texts,
    /// The list being written, and its row.
    staged: Vec<u8>,
    row: usize,
    /// What is in the list already is not put again.
    once: bool,
}

/// As much of a list as is looked through for an item.
const LOOKED: usize = 4096;

impl Lists {
    /// Lists that have each item once, if `once`; else in whatever order and as often as it came.
    pub(super) fn of(once: bool) -> Self {
        Self { once, ..Self::default() }
    }

    pub(super) fn put(&mut self, row: usize, item: &str) -> usize {
        let added = if self.row == row { 0 } else { self.settle() };
        self.row = row;
        if !(self.once && self.has(item)) {
            push_item(&mut self.staged, item);
        }
        added
    }

    fn has(&self, item: &str) -> bool {
        let mut rest = &self.staged[..];
        while let Some((length, more)) = rest.split_first_chunk::<4>()
            && self.staged.len() - rest.len() < LOOKED
        {
            let Some((known, after)) = more.split_at_checked(u32::from_le_bytes(*length) as usize)
            else {
                return false;
            };
            if known == item.as_bytes() {
                return true;
            }
            rest = after;
        }
        false
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

    pub(super) fn abandon(&mut self, row: usize) {
        if self.row == row {
            self.staged.clear();
        }
    }

    pub(super) fn seal(&mut self, len: usize, order: Option<&[u16]>) -> Column {
        self.settle();
        self.row = 0;
        self.texts.seal(len, order, Values::Lists)
    }
}

/// Distinct addresses and a code for each row.
#[derive(Default)]
pub(in crate::store) struct Addresses {
    codes: Vec<u16>,
    list: Vec<IpAddr>,
    table: HashTable<u16>,
    hasher: RandomState,
    last: u16,
    /// As in [`Texts`].
    adder: Option<usize>,
    known: Known,
}

impl Addresses {
    #[inline]
    pub(super) fn put(&mut self, row: usize, address: IpAddr) {
        self.abandon(row);
        let code = if self.last > 0 && self.list[usize::from(self.last) - 1] == address {
            self.last
        } else {
            self.intern(row, address)
        };
        set(&mut self.codes, row, code, 0);
    }

    pub(super) fn learn(&mut self, entry: Told) {
        self.known.learn(entry, &self.codes);
    }

    #[inline]
    pub(super) fn put_again(&mut self, row: usize, entry: Told) -> bool {
        self.known.put_again(&mut self.codes, row, entry)
    }

    fn intern(&mut self, row: usize, address: IpAddr) -> u16 {
        let (list, hasher) = (&self.list, &self.hasher);
        let hash = hash(hasher, address);
        let same = |&code: &u16| list[usize::from(code) - 1] == address;
        let rehash = |&code: &u16| self::hash(hasher, list[usize::from(code) - 1]);
        let code = match self.table.entry(hash, same, rehash) {
            Entry::Occupied(found) => *found.get(),
            Entry::Vacant(place) => {
                let code = self.list.len() as u16 + 1;
                place.insert(code);
                self.list.push(address);
                self.adder = Some(row);
                code
            }
        };
        self.last = code;
        code
    }

    #[inline]
    pub(super) fn abandon(&mut self, row: usize) {
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
        let hash = hash(&self.hasher, self.list[usize::from(code) - 1]);
        if let Ok(entry) = self.table.find_entry(hash, |&other| other == code) {
            entry.remove();
        }
        self.list.pop();
        self.last = 0;
        self.adder = None;
        self.known.clear();
    }

    pub(super) fn seal(&mut self, len: usize, order: Option<&[u16]>) -> Column {
        let list = self.list.as_slice().into();
        self.list.clear();
        self.table.clear();
        self.last = 0;
        self.adder = None;
        self.known.clear();
        if self.codes.is_empty() {
            return Column::Absent { len };
        }
        let codes = Codes::pack(&arrange(&mut self.codes, len, 0, order));
        Column::Dict(Dict { codes, values: Values::Ip(list) })
    }
}

/// A number is hashed sooner than the bytes of an address.
#[inline]
fn hash(hasher: &RandomState, address: IpAddr) -> u64 {
    match address {
        IpAddr::V4(v4) => hasher.hash_one(v4.to_bits()),
        IpAddr::V6(v6) => hasher.hash_one(v6.to_bits()),
    }
}
