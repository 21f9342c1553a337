//! Columns of ids: nearly every row another, so no dictionary. UUIDs are kept as numbers.

use super::Bits;
use super::dict::Strings;
use std::fmt::Write;

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
                let hex = format!("{uuid:032x}");
                let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
                f.write_str(parts[0])?;
                parts[1..].iter().try_for_each(|part| {
                    f.write_char('-')?;
                    f.write_str(part)
                })
            }
        }
    }
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

    /// The rows whose id is this UUID.
    pub fn select_uuid(&self, wanted: u128) -> Bits {
        if self.uuids.is_empty() {
            return Bits::none(self.len);
        }
        Bits::from_slice(&self.uuids, |uuid| uuid == wanted)
    }

    /// The rows for which the test holds of the id's text.
    pub fn select(&self, mut test: impl FnMut(&str) -> bool) -> Bits {
        let mut written = String::with_capacity(36);
        Bits::from_fn(self.len, |row| match self.get(row) {
            None => false,
            Some(Id::Text(id)) => test(id),
            Some(id) => {
                written.clear();
                // Writing to a string cannot fail.
                let _ = write!(written, "{id}");
                test(&written)
            }
        })
    }

    pub fn heap(&self) -> usize {
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
        assert_eq!(ids.select_uuid(uuid).iter().collect::<Vec<_>>(), [1]);
        assert_eq!(ids.select(|id| id.starts_with('O')).iter().collect::<Vec<_>>(), [2]);
    }
}
