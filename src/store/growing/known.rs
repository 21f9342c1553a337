//! Codes of values that are entries of a dictionary, so that one that comes again is not looked for.

use super::set;
use crate::event::Entry;

/// Entries that are remembered, at most.
const MOST: u32 = 1 << 20;

/// Those of one dictionary. Few columns take from several at a time.
#[derive(Default)]
pub(super) struct Known {
    dictionary: u64,
    /// By place; 0 for what is not known.
    codes: Vec<u16>,
    /// Entries of others that came since.
    others: usize,
}

impl Known {
    #[inline]
    fn code(&self, entry: Entry) -> Option<u16> {
        let is_same = entry.dictionary == self.dictionary;
        let code = self.codes.get(entry.place as usize).filter(|_| is_same);
        code.copied().filter(|code| *code > 0)
    }

    /// Gives the row the entry's code; `false` if that is not known, or the row has one already,
    /// which is to be forgotten first.
    #[inline]
    pub(super) fn put_again(&self, codes: &mut Vec<u16>, row: usize, entry: Entry) -> bool {
        let code = self.code(entry).filter(|_| codes.len() <= row);
        if let Some(code) = code {
            set(codes, row, code, 0);
        }
        code.is_some()
    }

    /// The last of these codes is the entry's.
    pub(super) fn learn(&mut self, entry: Entry, codes: &[u16]) {
        let Some(code) = codes.last().filter(|_| entry.place < MOST) else { return };
        if entry.dictionary != self.dictionary {
            self.others += 1;
            // To begin anew takes as long as there are codes.
            if self.others <= self.codes.len() {
                return;
            }
            self.clear();
            self.dictionary = entry.dictionary;
        }
        let place = entry.place as usize;
        if place >= self.codes.len() {
            self.codes.resize(place + 1, 0);
        }
        self.codes[place] = *code;
    }

    pub(super) fn clear(&mut self) {
        self.dictionary = 0;
        self.codes.clear();
        self.others = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{FieldDef, Kind, Role, Value};
    use crate::store::growing::Growing;
    use proptest::prelude::*;
    use std::net::Ipv4Addr;

    /// Entries of two dictionaries, some of which have the same value.
    fn value_of(entry: Entry) -> u32 {
        (entry.dictionary as u32 * 3 + entry.place) % 7
    }

    proptest! {
        #[test]
        fn a_column_is_the_same_with_entries_and_without(
            parts in prop::collection::vec(
                prop::collection::vec(
                    (prop::collection::vec((1u64..3, 0u32..6), 0..3), prop::bool::weighted(0.2)),
                    0..40,
                ),
                1..3,
            ),
            kind in prop::sample::select(vec![Kind::Str, Kind::Ip]),
        ) {
            let field = FieldDef::new("a", kind, Role::Text, "");
            let (mut plain, mut known) = (Growing::new(&field), Growing::new(&field));
            for rows in parts {
                let mut row = 0;
                for (entries, is_abandoned) in rows {
                    for (dictionary, place) in entries {
                        let entry = Entry { dictionary, place };
                        let text = value_of(entry).to_string();
                        let value = match kind {
                            Kind::Ip => Value::Ip(Ipv4Addr::from(value_of(entry)).into()),
                            _ => Value::Str(&text),
                        };
                        plain.put(row, value);
                        if !known.put_again(row, entry) {
                            known.put(row, value);
                            known.learn(entry);
                        }
                    }
                    if is_abandoned {
                        plain.abandon(row);
                        known.abandon(row);
                    } else {
                        row += 1;
                    }
                }
                let (plain, known) = (plain.seal(row, None), known.seal(row, None));
                for row in 0..row {
                    let (plain, known) = (plain.get(row), known.get(row));
                    prop_assert_eq!(format!("{plain:?}"), format!("{known:?}"));
                }
            }
        }
    }
}
