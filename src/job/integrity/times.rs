//! Many times of many things, and which of them are about a given one.

use super::chart::Cell;

/// Things by their numbers, with the time that each is about.
#[derive(Debug, Default)]
pub(super) struct Times {
    /// By their beginnings.
    all: Vec<(Cell, u32)>,
    /// Of each and those before it, the last end.
    reach: Vec<i64>,
    /// All ends, in order.
    ends: Vec<i64>,
}

impl Times {
    pub(super) fn add(&mut self, cell: Cell, number: u32) {
        self.all.push((cell, number));
    }

    /// Makes ready for questions, once nothing more is added.
    pub(super) fn settle(&mut self) {
        self.all.sort_unstable();
        self.all.dedup();
        let later = |last: &mut i64, (cell, _): &(Cell, u32)| {
            *last = cell.1.max(*last);
            Some(*last)
        };
        self.reach = self.all.iter().scan(i64::MIN, later).collect();
        self.ends = self.all.iter().map(|(cell, _)| cell.1).collect();
        self.ends.sort_unstable();
    }

    /// The lowest numbers of what is about this time, so many at most; and how many there are.
    pub(super) fn within(&self, (from, to): Cell, most: usize) -> (Vec<usize>, usize) {
        let first = self.reach.partition_point(|end| *end <= from);
        let last = self.all.partition_point(|((begin, _), _)| *begin < to);
        let over = self.ends.partition_point(|end| *end <= from);
        let some = self.all.get(first..last).unwrap_or_default();
        let about = some.iter().filter(|((_, end), _)| *end > from).map(|(_, number)| *number);
        let mut numbers: Vec<u32> = about.collect();
        if most < numbers.len() {
            numbers.select_nth_unstable(most);
            numbers.truncate(most);
        }
        numbers.sort_unstable();
        (numbers.into_iter().map(|number| number as usize).collect(), last.saturating_sub(over))
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
            for (number, (begin, length)) in (0..).zip(&all) {
                times.add((*begin, begin + length), number);
            }
            times.settle();
            let cell = (from, from + length);
            let about = |(begin, length): &(i64, i64)| *begin < cell.1 && cell.0 < begin + length;
            let wanted = all.iter().enumerate().filter(|(_, one)| about(one));
            let wanted: Vec<usize> = wanted.map(|(number, _)| number).collect();
            let (found, count) = times.within(cell, most);
            prop_assert_eq!(count, wanted.len());
            prop_assert_eq!(&found[..], &wanted[..most.min(wanted.len())]);
        }
    }
}
