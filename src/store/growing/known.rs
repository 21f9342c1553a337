//! Codes of values that are entries of a dictionary, so that one that comes again is not looked for.

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
    pub(super) fn code(&self, entry: Entry) -> Option<u16> {
        let is_same = entry.dictionary == self.dictionary;
        let code = self.codes.get(entry.place as usize).filter(|_| is_same);
        code.copied().filter(|code| *code > 0)
    }

    pub(super) fn learn(&mut self, entry: Entry, code: u16) {
        if entry.place >= MOST {
            return;
        }
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
        self.codes[place] = code;
    }

    pub(super) fn clear(&mut self) {
        self.dictionary = 0;
        self.codes.clear();
        self.others = 0;
    }
}
