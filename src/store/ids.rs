//! Columns of ids: nearly every row another, so no dictionary. UUIDs are kept as numbers.

use super::Bits;
use super::bytes::{Input, Out, Stored};
use super::dict::Strings;

/// One id for each row. Rows that have none, or one that is no UUID, are listed apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ids {
    /// 0 in rows without a UUID.
    uuids: Box<[u128]>,
    /// The rows whose id is text, ascending, and their texts.
    odd_rows: Box<[u16]>,
    odd: Strings,
    len: usize,
}

/// One id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Id<'a> {
    Uuid(u128),
    Text(&'a str),
}

impl std::fmt::Display for Id<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Uuid(uuid) => {
                f.write_str(std::str::from_utf8(&spell_uuid(*uuid)).map_err(|_| std::fmt::Error)?)
            }
        }
    }
}

/// Writes a UUID in its usual form; the inverse of [`parse_uuid`].
pub fn spell_uuid(uuid: u128) -> [u8; 36] {
    let mut text = [b'-'; 36];
    let digits = (0..36).filter(|at| ![8, 13, 18, 23].contains(at));
    for (digit, at) in digits.enumerate() {
        text[at] = b"0123456789abcdef"[(uuid >> (124 - 4 * digit)) as usize & 0xf];
    }
    text
}

/// Reads a UUID in its usual form: lower case, with hyphens. Any other spelling is text, so that
/// what is printed is what the record says.
pub fn parse_uuid(text: &str) -> Option<u128> {
    const NONE: u8 = 0xff;
    const DIGITS: [u8; 256] = {
        let mut digits = [NONE; 256];
        let mut value = 0;
        while value < 16 {
            digits[b"0123456789abcdef"[value as usize] as usize] = value;
            value += 1;
        }
        digits
    };
    let bytes: &[u8; 36] = text.as_bytes().try_into().ok()?;
    // Nearly every row has one or two: wrong bytes are gathered and judged once, at the end.
    let (mut value, mut wrong) = (0u128, 0u8);
    for (range, hyphen) in [(0..8, 8), (9..13, 13), (14..18, 18), (19..23, 23), (24..36, 0)] {
        let mut part = 0u64;
        let digits = range.len();
        for &byte in &bytes[range] {
            let digit = DIGITS[usize::from(byte)];
            wrong |= digit & 0xf0;
            part = part << 4 | u64::from(digit);
        }
        value = value << (4 * digits) | u128::from(part);
        wrong |= u8::from(hyphen > 0 && bytes[hyphen] != b'-');
    }
    if wrong != 0 {
        return None;
    }
    // The nil UUID stands for "none" in the column, so it is kept as text.
    (value != 0).then_some(value)
}

impl Ids {
    /// `odd` holds the texts, by ascending row.
    pub(super) fn new(uuids: Vec<u128>, odd: &[(u16, String)], len: usize) -> Self {
        let mut text = Vec::new();
        let mut ends = Vec::with_capacity(odd.len());
        for (_, id) in odd {
            text.extend_from_slice(id.as_bytes());
            ends.push(text.len() as u32);
        }
        let uuids = if uuids.iter().all(|&uuid| uuid == 0) { Vec::new() } else { uuids };
        Self {
            uuids: uuids.into(),
            odd_rows: odd.iter().map(|(row, _)| *row).collect(),
            odd: Strings::new(&text, &ends),
            len,
        }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn get(&self, row: usize) -> Option<Id<'_>> {
        match self.uuids.get(row) {
            Some(&uuid) if uuid != 0 => Some(Id::Uuid(uuid)),
            _ => self
                .odd_rows
                .binary_search(&(row as u16))
                .ok()
                .map(|index| Id::Text(self.odd.get(index))),
        }
    }

    /// The rows whose id passes the test for its kind.
    pub fn select(&self, uuid: impl Fn(u128) -> bool, mut text: impl FnMut(&str) -> bool) -> Bits {
        let mut rows = if self.uuids.is_empty() {
            Bits::none(self.len)
        } else {
            Bits::from_slice(&self.uuids, |id| id != 0 && uuid(id))
        };
        for (index, &row) in self.odd_rows.iter().enumerate() {
            if text(self.odd.get(index)) {
                rows.set(usize::from(row));
            }
        }
        rows
    }
}

impl Stored for Ids {
    fn write(&self, out: &mut Out) {
        out.array(&self.uuids, u128::to_le_bytes);
        out.array(&self.odd_rows, u16::to_le_bytes);
        self.odd.write(out);
    }

    fn read(input: &mut Input<'_>, len: usize) -> Option<Self> {
        let uuids = input.array(u128::from_le_bytes)?;
        let odd_rows = input.array(u16::from_le_bytes)?;
        let odd = Strings::read(input, odd_rows.len())?;
        let fits = uuids.is_empty() || uuids.len() == len;
        let inside = odd_rows.iter().all(|&row| usize::from(row) < len);
        (fits && inside && odd_rows.is_sorted()).then_some(Self { uuids, odd_rows, odd, len })
    }

    fn heap(&self) -> usize {
        self.uuids.len() * 16 + self.odd_rows.len() * 2 + self.odd.heap()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_usual_spelling_is_a_uuid() {
        let usual = "c01bfe95-0d2a-4f6e-9a51-7b7a0e0c1d2f";
        assert_eq!(
            parse_uuid(usual).map(|uuid| Id::Uuid(uuid).to_string()).as_deref(),
            Some(usual)
        );
        assert_eq!(parse_uuid(&usual.to_uppercase()), None);
        assert_eq!(parse_uuid("c01bfe950d2a4f6e9a517b7a0e0c1d2f"), None);
        assert_eq!(parse_uuid("00000000-0000-0000-0000-000000000000"), None);
        assert_eq!(parse_uuid("c01bfe95-0d2a-4f6e-9a51-7b7a0e0c1d2é"), None);
    }

    #[test]
    fn mixed_ids_are_all_kept() {
        let uuid = parse_uuid("c01bfe95-0d2a-4f6e-9a51-7b7a0e0c1d2f").unwrap();
        let ids = Ids::new(vec![0, uuid, 0], &[(2, "ODD".into())], 3);
        assert_eq!(ids.get(0), None);
        assert_eq!(ids.get(1), Some(Id::Uuid(uuid)));
        assert_eq!(ids.get(2), Some(Id::Text("ODD")));
        let rows = |bits: Bits| bits.iter().collect::<Vec<_>>();
        assert_eq!(rows(ids.select(|id| id == uuid, |_| false)), [1]);
        assert_eq!(rows(ids.select(|_| true, |id| id.starts_with('O'))), [1, 2]);
    }
}
