//! Rows that have in a column what the row before them has: the same levels, and values at the same
//! places. Equal values at two places pass for others, which costs time and nothing else.

use super::Column;

impl Column {
    /// For each of the rows behind this one that is not what the one before it is, takes that back.
    /// Of a column that is in no list.
    pub(in super::super) fn mark_again(&self, first: usize, again: &mut [bool]) {
        let rows = self.slots.get(first..).unwrap_or_default();
        for (again, two) in again.iter_mut().zip(rows.array_windows()) {
            let [before, row] = two;
            *again &= before == row;
        }
    }

    /// Whether the next row of a column in lists has the very values that the last one has, which
    /// was told.
    pub(in super::super) fn is_list_again(&mut self) -> bool {
        let at = self.level;
        let told = self.repeats.get(..at).unwrap_or_default();
        let Some(from) = told.iter().rposition(|level| *level == 0) else { return false };
        let next = at..at + (at - from);
        let is_same = |all: &[u32]| all.get(next.clone()).is_some_and(|row| *row == all[from..at]);
        let goes_on = self.repeats.get(next.end).is_some_and(|level| *level > 0);
        self.again = at - from;
        !goes_on && is_same(&self.repeats) && is_same(&self.slots)
    }

    /// Passes over the next row, which is the same as the last.
    pub(in super::super) fn pass_again(&mut self) {
        self.level += self.again;
        self.rows += 1;
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
        column.find();
        column
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
            let mut again = vec![true; rows.len() - 1];
            column.mark_again(0, &mut again);
            for (at, row) in rows.iter().enumerate() {
                let is_same = at > 0 && rows[at - 1] == *row;
                if repeated == 0 {
                    prop_assert_eq!(at > 0 && again[at - 1], is_same);
                    prop_assert_eq!(column.next(at).is_some(), row[0].0 == defined);
                    continue;
                }
                prop_assert_eq!(column.is_list_again(), is_same);
                if is_same {
                    column.pass_again();
                } else {
                    for _ in row {
                        column.pass();
                    }
                }
                prop_assert!(column.end_row());
            }
            prop_assert_eq!(column.level, if repeated > 0 { column.slots.len() } else { 0 });
        }
    }
}
