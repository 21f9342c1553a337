//! What a column within a member of the row says, told one by one: of a column in lists what is
//! next, of any other what a row has.

use super::Column;

/// Places that there may be; above them is what is missing.
const PLACES: u32 = u32::MAX >> 1;

/// What stands for a value that is missing at this level, so that rows can be compared.
fn missing(level: u32) -> u32 {
    !level
}

impl Column {
    /// Finds out where what is decoded stands.
    pub(super) fn find(&mut self) {
        let Self { defines, places, slots, spans, fragments, .. } = self;
        let defined = fragments.leaf.defined;
        slots.clear();
        spans.clear();
        if places.is_empty() {
            slots.extend(defines.iter().map(|level| missing(*level)));
            spans.resize(slots.len(), 0..0);
            return;
        }
        if defined == 0 || places.len() == defines.len() {
            slots.extend_from_slice(places);
        } else {
            let mut places = places.iter();
            slots.extend(defines.iter().map(|level| match places.as_slice() {
                [place, ..] if *level == defined => {
                    places.next();
                    *place
                }
                _ => missing(*level),
            }));
        }
        spans.extend(slots.iter().map(|slot| fragments.span(*slot)));
    }

    pub(in super::super) fn is_in_list(&self) -> bool {
        self.is_in_list
    }

    fn at(&self, row: usize) -> usize {
        if self.is_in_list { self.level } else { row }
    }

    /// The level at which the next value is, or is missing.
    pub(in super::super) fn level(&self, row: usize) -> u32 {
        self.defines.get(self.at(row)).copied().unwrap_or(0)
    }

    /// Of which list the next value is another element; 0 if it is in the next row.
    pub(in super::super) fn repeats(&self) -> u32 {
        self.repeats.get(self.level).copied().unwrap_or(0)
    }

    /// Passes over what is missing, in a list.
    pub(in super::super) fn pass(&mut self) {
        if let Some(level) = self.repeats.get(self.level) {
            self.rows += u32::from(*level == 0);
            self.level += 1;
        }
    }

    /// Passes over so many rows of a column that is in no list.
    pub(in super::super) fn pass_rows(&mut self, rows: usize) {
        self.level += rows;
    }

    /// The next value, if it is not missing: its place, and what stands in a line of it.
    #[inline]
    pub(in super::super) fn next(&mut self, row: usize) -> Option<(u32, &str)> {
        let at = self.at(row);
        if self.is_in_list {
            self.pass();
        }
        let (slot, span) = (*self.slots.get(at)?, self.spans.get(at)?);
        (slot <= PLACES).then(|| (slot, self.fragments.text(span)))
    }

    /// Of a column in lists: whether just one row of it was told since the last time.
    pub(in super::super) fn end_row(&mut self) -> bool {
        std::mem::take(&mut self.rows) == 1 && self.repeats() == 0
    }
}
