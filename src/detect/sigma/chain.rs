//! Events of one rule after the other: when the latest chain of all of them began.
//!
//! Times of few digits and of many stand beside each other. One event is later than another only if it
//! is so in the digits that both have: of one second there is no order.

use super::Hit;

/// Most digits of a second that a time has.
const DIGITS: usize = 9;

/// Chains that end with the events of one rule whose times have equally many digits.
#[derive(Debug, Clone, Default)]
struct Ends {
    /// Nanoseconds, ascending.
    times: Vec<i64>,
    /// Of each the latest beginning of a chain that ends there or before.
    began: Vec<i64>,
}

/// What is known of the events so far.
#[derive(Debug)]
pub(super) struct Chains {
    /// By rule, in their order, and by digits.
    ends: Vec<[Ends; DIGITS + 1]>,
}

impl Chains {
    /// Of so many rules.
    pub(super) fn new(rules: usize) -> Self {
        Self { ends: vec![<[Ends; DIGITS + 1]>::default(); rules] }
    }

    /// Takes the next event in the order of time; those of one instant in any order.
    pub(super) fn add(&mut self, hit: &Hit) {
        let time = hit.time.at.0;
        let digits = usize::from(hit.time.digits).min(DIGITS);
        let began = match hit.rule.checked_sub(1) {
            None => Some(time),
            Some(before) => {
                let classes = self.ends[before].iter().enumerate();
                let latest = classes.filter_map(|(other, ends)| {
                    let unit = 10_i64.pow((DIGITS - digits.min(other)) as u32);
                    let first = time.div_euclid(unit).saturating_mul(unit);
                    let certain = ends.times.partition_point(|end| *end < first);
                    certain.checked_sub(1).map(|last| ends.began[last])
                });
                latest.max()
            }
        };
        if let Some(began) = began {
            let ends = &mut self.ends[hit.rule][digits];
            ends.times.push(time);
            let latest = ends.began.last().map_or(began, |before| began.max(*before));
            ends.began.push(latest);
        }
    }

    /// When the latest chain of all rules began, in nanoseconds.
    pub(super) fn began(&self) -> Option<i64> {
        let last = self.ends.last()?;
        last.iter().filter_map(|ends| ends.began.last().copied()).max()
    }
}
