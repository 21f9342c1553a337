//! Windows that slide along: never cut at the edge of a minute or an hour.

use std::ops::Range;

/// Where there are at least `least` of these times, which ascend, within `span` nanoseconds, both
/// ends included: each range is as many windows as reach into each other.
pub(super) fn bursts(times: &[i64], span: i64, least: usize) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let (mut from, mut to) = (0, 0);
    while to < times.len() {
        // What happened at one instant came together.
        let now = times[to];
        while to < times.len() && times[to] == now {
            to += 1;
        }
        while times[from] < now.saturating_sub(span) {
            from += 1;
        }
        if to - from < least.max(1) {
            continue;
        }
        match found.last_mut() {
            Some(before) if before.end > from => before.end = to,
            _ => found.push(from..to),
        }
    }
    found
}

/// The most of these times within one such window.
pub(super) fn most(times: &[i64], span: i64) -> usize {
    let mut from = 0;
    let counts = times.iter().enumerate().map(|(at, now)| {
        while times[from] < now.saturating_sub(span) {
            from += 1;
        }
        at + 1 - from
    });
    counts.max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every window that ends at an event, one by one.
    fn naive(times: &[i64], span: i64, least: usize) -> Vec<bool> {
        let mut inside = vec![false; times.len()];
        for end in times {
            let of: Vec<usize> = (0..times.len())
                .filter(|at| times[*at] <= *end && times[*at] >= end.saturating_sub(span))
                .collect();
            if of.len() >= least {
                for at in of {
                    inside[at] = true;
                }
            }
        }
        inside
    }

    proptest! {
        #[test]
        fn bursts_are_the_windows_that_hold_enough(
            mut times in prop::collection::vec(-50_i64..50, 0..40),
            span in 0_i64..20,
            least in 1_usize..6,
        ) {
            times.sort_unstable();
            let bursts = bursts(&times, span, least);
            let mut inside = vec![false; times.len()];
            for burst in &bursts {
                prop_assert!(most(&times[burst.clone()], span) >= least);
                for at in burst.clone() {
                    inside[at] = true;
                }
            }
            prop_assert_eq!(&inside, &naive(&times, span, least));
            prop_assert!(bursts.windows(2).all(|pair| pair[0].end <= pair[1].start));
        }
    }

    #[test]
    fn the_ends_of_time_are_no_trouble() {
        let times = [i64::MIN, i64::MIN, 0, i64::MAX - 1];
        assert_eq!(bursts(&times, 10, 2), vec![0..2]);
        assert!(bursts(&[], 10, 1).is_empty());
        assert_eq!(most(&times, 10), 2);
    }
}
