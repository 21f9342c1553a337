//! Rows that have in a column what the row before them has: the same levels, and values at the same
//! places. Equal values at two places pass for others, which costs time and nothing else.

use super::Column;

impl Column {
    /// Whether the next row has the very values that the last one has, which was told.
    pub(in super::super) fn is_again(&mut self) -> bool {
        if self.leaf().repeated > 0 {
            return self.is_list_again();
        }
        let Some(last) = self.level.checked_sub(1) else { return false };
        let defined = self.defined;
        let is_there = match (self.defines.get(last), self.defines.get(self.level)) {
            (None, _) => true,
            (Some(last), Some(next)) if last == next => *last == defined,
            _ => return false,
        };
        self.again = (1, usize::from(is_there));
        !is_there || self.is_value_again()
    }

    /// Whether the next value is the last one.
    fn is_value_again(&self) -> bool {
        let last = self.value.checked_sub(1).and_then(|last| self.places.get(last));
        last.is_some() && last == self.places.get(self.value)
    }

    fn is_list_again(&mut self) -> bool {
        let (at, defined) = (self.level, self.defined);
        let told = self.repeats.get(..at).unwrap_or_default();
        let Some(from) = told.iter().rposition(|level| *level == 0) else { return false };
        let next = at..at + (at - from);
        let is_same = |all: &[u32]| all.get(next.clone()).is_some_and(|row| *row == all[from..at]);
        let goes_on = self.repeats.get(next.end).is_some_and(|level| *level > 0);
        // A list may always be empty, so there are levels of both kinds.
        if goes_on || !is_same(&self.repeats) || !is_same(&self.defines) {
            return false;
        }
        let row = &self.defines[from..at];
        let values = row.iter().filter(|level| **level == defined).count();
        self.again = (next.len(), values);
        let last =
            self.value.checked_sub(values).and_then(|from| self.places.get(from..self.value));
        last.is_some() && last == self.places.get(self.value..self.value + values)
    }

    /// Passes over the next row, which is the same as the last.
    pub(in super::super) fn pass_again(&mut self) {
        let (levels, values) = self.again;
        self.level += levels;
        self.value += values;
        self.rows += u32::from(self.leaf().repeated > 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::unpack::parquet::footer::Chunk;
    use crate::source::unpack::parquet::schema::Leaf;
    use crate::source::unpack::parquet::shape::{Physical, Shape};
    use proptest::prelude::*;
    use std::sync::Arc;

    /// One row: for each of its elements its level, and the place of its value.
    type Row = Vec<(u32, u32)>;

    fn column(rows: &[Row], defined: u32, repeated: u32) -> Column {
        let leaf = Leaf {
            path: String::new(),
            physical: Physical::Int32,
            shape: Shape::Int,
            defined,
            repeated,
            key: String::new(),
            absent: "null,",
            is_name: false,
            is_number: false,
            is_within: true,
        };
        let mut chunk = Chunk::default();
        chunk.physical = leaf.physical.number();
        let mut column = Column::new(Arc::new(leaf), &chunk).unwrap();
        for row in rows {
            for (index, (level, place)) in row.iter().enumerate() {
                if repeated > 0 {
                    column.repeats.push(u32::from(index > 0));
                }
                if defined > 0 {
                    column.defines.push(*level);
                }
                if *level == defined {
                    column.places.push(*place);
                }
            }
        }
        column
    }

    fn tell(column: &mut Column, row: &Row) {
        for (level, _) in row {
            column.value += usize::from(*level == column.leaf().defined);
            column.pass();
        }
    }

    proptest! {
        #[test]
        fn a_row_is_again_what_the_last_is_if_all_of_it_is(
            rows in prop::collection::vec(prop::collection::vec((0u32..3, 0u32..2), 1..4), 1..30),
            defined in 0u32..3,
            repeated in 0u32..2,
        ) {
            let defined = defined.max(repeated);
            let cut = |row: &Row| -> Row {
                let row = row.iter().map(|(level, place)| ((*level).min(defined), *place));
                // Of what is missing there is no value.
                let row = row.map(|(level, place)| (level, if level < defined { 0 } else { place }));
                row.take(if repeated > 0 { usize::MAX } else { 1 }).collect()
            };
            let rows: Vec<Row> = rows.iter().map(cut).collect();
            let mut column = column(&rows, defined, repeated);
            let mut before: Option<&Row> = None;
            for row in &rows {
                let is_again = column.is_again();
                prop_assert_eq!(is_again, before == Some(row));
                if is_again {
                    column.pass_again();
                } else {
                    tell(&mut column, row);
                }
                prop_assert!(repeated == 0 || column.end_row());
                before = Some(row);
            }
            prop_assert_eq!(column.value, column.places.len());
        }
    }
}
