//! Columns of text with few distinct values: each distinct value once, and a code for each row.

mod stored;

use super::Bits;
use std::net::IpAddr;
use std::ops::Range;

/// A code for each row: 0 is absent, `n` is the dictionary's entry `n - 1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Codes {
    Const { code: u16, len: usize },
    U8(Box<[u8]>),
    U16(Box<[u16]>),
}

impl Codes {
    pub fn pack(codes: &[u16]) -> Self {
        let highest = codes.iter().fold(0, |highest, code| highest.max(*code));
        let first = codes.first().copied().unwrap_or(0);
        if codes.iter().all(|&code| code == first) {
            Self::Const { code: first, len: codes.len() }
        } else if highest <= 0xff {
            Self::U8(codes.iter().map(|&code| code as u8).collect())
        } else {
            Self::U16(codes.into())
        }
    }

    pub fn len(&self) -> usize {
        match self {
            Self::Const { len, .. } => *len,
            Self::U8(codes) => codes.len(),
            Self::U16(codes) => codes.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn get(&self, row: usize) -> u16 {
        match self {
            Self::Const { code, .. } => *code,
            Self::U8(codes) => u16::from(codes[row]),
            Self::U16(codes) => codes[row],
        }
    }

    /// The rows whose code is wanted; `wanted[code]` for every code, 0 included.
    pub fn select(&self, wanted: &[bool]) -> Bits {
        let is = |code: usize| wanted.get(code).copied().unwrap_or(false);
        match self {
            Self::Const { code, len } => {
                if is(usize::from(*code)) {
                    Bits::all(*len)
                } else {
                    Bits::none(*len)
                }
            }
            Self::U8(codes) => {
                let mut hits = wanted.iter().enumerate().filter(|(_, wanted)| **wanted);
                match (hits.next(), hits.next()) {
                    (None, _) => Bits::none(codes.len()),
                    // One value: a comparison of bytes, which becomes vector code.
                    (Some((only, _)), None) => {
                        Bits::from_slice(codes, |code| usize::from(code) == only)
                    }
                    _ => {
                        let table: [bool; 256] = std::array::from_fn(is);
                        Bits::from_slice(codes, |code| table[usize::from(code)])
                    }
                }
            }
            Self::U16(codes) => {
                let mut hits = wanted.iter().enumerate().filter(|(_, wanted)| **wanted);
                match (hits.next(), hits.next()) {
                    (None, _) => Bits::none(codes.len()),
                    (Some((only, _)), None) => {
                        Bits::from_slice(codes, |code| usize::from(code) == only)
                    }
                    _ => Bits::from_slice(codes, |code| is(usize::from(code))),
                }
            }
        }
    }

    fn highest(&self) -> u16 {
        match self {
            Self::Const { code, .. } => *code,
            Self::U8(codes) => u16::from(codes.iter().copied().max().unwrap_or(0)),
            Self::U16(codes) => codes.iter().copied().max().unwrap_or(0),
        }
    }
}

/// The distinct values of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Values {
    Text(Strings),
    Ip(Box<[IpAddr]>),
    /// Each entry is a list of texts (addresses too, in their usual form), as written by
    /// [`push_item`].
    Lists(Strings),
}

/// Many strings in one piece of memory.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Strings {
    text: Box<[u8]>,
    ends: Box<[u32]>,
}

impl Strings {
    pub fn new(text: &[u8], ends: &[u32]) -> Self {
        Self { text: text.into(), ends: ends.into() }
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    pub fn bytes(&self, index: usize) -> &[u8] {
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        &self.text[start..self.ends[index] as usize]
    }

    /// The text; builders only ever write whole strings, so the fallback is never seen.
    pub fn get(&self, index: usize) -> &str {
        std::str::from_utf8(self.bytes(index)).unwrap_or_default()
    }
}

/// Appends an item to an encoded list: its length in four bytes, then its text.
pub fn push_item(list: &mut Vec<u8>, item: &str) {
    list.extend_from_slice(&(item.len() as u32).to_le_bytes());
    list.extend_from_slice(item.as_bytes());
}

/// The items of an encoded list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Items<'a>(&'a [u8]);

impl Items<'_> {
    /// Whether these bytes of the encoded list lie in one item.
    fn hold(&self, at: &Range<usize>) -> bool {
        let (mut start, mut rest) = (0, self.0);
        while let Some((length, more)) = rest.split_first_chunk::<4>() {
            let length = u32::from_le_bytes(*length) as usize;
            start += 4;
            if at.start < start + length {
                return at.start >= start && at.end <= start + length;
            }
            start += length;
            rest = more.get(length..).unwrap_or_default();
        }
        false
    }
}

impl<'a> IntoIterator for Items<'a> {
    type Item = &'a str;
    type IntoIter = ItemsIter<'a>;

    fn into_iter(self) -> ItemsIter<'a> {
        ItemsIter(self.0)
    }
}

/// Goes through the items of a list.
#[derive(Debug)]
pub struct ItemsIter<'a>(&'a [u8]);

impl<'a> Iterator for ItemsIter<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let (length, rest) = self.0.split_first_chunk::<4>()?;
        let (item, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        self.0 = rest;
        std::str::from_utf8(item).ok()
    }
}

/// What was found in many texts that stand one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// In bytes; may reach from one text into the next.
    pub at: Range<usize>,
    /// Whether a text passes for having this in it.
    pub enough: bool,
}

/// A dictionary column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dict {
    pub codes: Codes,
    pub values: Values,
}

impl Dict {
    /// Number of distinct values; some may no longer have a row.
    pub fn distinct(&self) -> usize {
        match &self.values {
            Values::Text(texts) | Values::Lists(texts) => texts.len(),
            Values::Ip(addresses) => addresses.len(),
        }
    }

    /// The rows for which the test holds of the value; the test is asked once a distinct value.
    /// Rows without the value are never among them.
    pub fn select(&self, mut test: impl FnMut(Entry<'_>) -> bool) -> Bits {
        let mut wanted = vec![false; self.distinct() + 1];
        for index in 0..self.distinct() {
            wanted[index + 1] = test(self.entry(index));
        }
        self.codes.select(&wanted)
    }

    /// As [`Self::select`], where texts that pass are among those that `find` points into: it
    /// is given all texts, one after the other, and a byte to begin at. The test is asked of these
    /// alone (of all values, if they are addresses).
    pub fn select_found(
        &self,
        find: impl Fn(&[u8], usize) -> Option<Found>,
        mut test: impl FnMut(Entry<'_>) -> bool,
    ) -> Bits {
        let (texts, lists) = match &self.values {
            Values::Text(texts) => (texts, false),
            Values::Lists(texts) => (texts, true),
            Values::Ip(_) => return self.select(test),
        };
        let mut wanted = vec![false; self.distinct() + 1];
        let (mut index, mut end) = (0, 0);
        while let Some(found) = find(&texts.text, end) {
            while texts.ends[index] as usize <= found.at.start {
                index += 1;
            }
            end = texts.ends[index] as usize;
            let whole = || {
                let entry = texts.bytes(index);
                let before = end - entry.len();
                let at = found.at.start - before..found.at.end - before;
                at.end <= entry.len() && (!lists || Items(entry).hold(&at))
            };
            wanted[index + 1] = found.enough && whole() || test(self.entry(index));
        }
        self.codes.select(&wanted)
    }

    /// The distinct value of this index (a code less one).
    pub fn entry(&self, index: usize) -> Entry<'_> {
        match &self.values {
            Values::Text(texts) => Entry::Text(texts.get(index)),
            Values::Ip(addresses) => Entry::Ip(addresses[index]),
            Values::Lists(lists) => Entry::List(Items(lists.bytes(index))),
        }
    }
}

/// One distinct value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry<'a> {
    Text(&'a str),
    Ip(IpAddr),
    List(Items<'a>),
}
