//! Many times of many things, and which of them are about a given one.

use super::chart::Cell;

/// Things by their numbers, with the times that each is about.
#[derive(Debug, Default)]
pub(super) struct Times {
    /// By their numbers.
    all: Vec<(Cell, u32)>,
    /// By their beginnings.
    sorted: Vec<(Cell, u32)>,
    /// Of each of those and the ones before it, the last end.
    reach: Vec<i64>,
    /// All ends, in order.
    ends: Vec<i64>,
}

impl Times {
    /// Numbers do not get lower.
    pub(super) fn add(&mut self, cell: Cell, number: u32) {
        self.all.push((cell, number));
    }

    /// Makes ready for questions, once nothing more is added.
    pub(super) fn settle(&mut self) {
        self.sorted.clone_from(&self.all);
        self.sorted.sort_unstable();
        let later = |last: &mut i64, (cell, _): &(Cell, u32)| {
            *last = cell.1.max(*last);
            Some(*last)
        };
        self.reach = self.sorted.iter().scan(i64::MIN, later).collect();
        self.ends = self.all.iter().map(|(cell, _)| cell.1).collect();
        self.ends.sort_unstable();
    }

    /// The lowest numbers of what is about this time, so many at most; and how many there are.
    pub(super) fn within(&self, (from, to): Cell, most: usize) -> (Vec<usize>, usize) {
        let first = self.reach.partition_point(|end| *end <= from);
        let last = self.sorted.partition_point(|((begin, _), _)| *begin < to);
        let over = self.ends.partition_point(|end| *end <= from);
        let about = |((begin, end), number): &(Cell, u32)| {
            (*begin < to && from < *end).then_some(*number as usize)
        };
        // Of very many not all are put in order for the few that are wanted.
        if last.saturating_sub(over) > most.saturating_mul(16) {
            let (mut numbers, mut count, mut before) = (Vec::new(), 0, None);
            for number in self.all.iter().filter_map(about) {
                if before.replace(number) != Some(number) {
                    count += 1;
                    numbers.extend((count <= most).then_some(number));
                }
            }
            return (numbers, count);
        }
        let some = self.sorted.get(first..last).unwrap_or_default();
        let mut numbers: Vec<usize> = some.iter().filter_map(about).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let count = numbers.len();
        numbers.truncate(most);
        (numbers, count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_about_a_time_is_found(
            all in proptest::collection::vec((0i64..40, 0i64..40), 0..30),
            from in 0i64..40, length in 1i64..20, most in 0usize..10,
        ) {
            let mut times = Times::default();
            // One thing may be about two times.
            for (number, (begin, length)) in (0..).zip(&all) {
                times.add((*begin, begin + length), number / 2);
            }
            times.settle();
            let cell = (from, from + length);
            let about = |(begin, length): &(i64, i64)| *begin < cell.1 && cell.0 < begin + length;
            let wanted = all.iter().enumerate().filter(|(_, one)| about(one));
            let mut wanted: Vec<usize> = wanted.map(|(number, _)| number / 2).collect();
            wanted.dedup();
            let (found, count) = times.within(cell, most);
            prop_assert_eq!(count, wanted.len());
            prop_assert_eq!(&found[..], &wanted[..most.min(wanted.len())]);
        }
    }
}
