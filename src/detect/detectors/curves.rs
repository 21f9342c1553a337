//! A rate and its moving averages: whether more and more is asked for than before.
//!
//! Moving averages as Appel's MACD has them: of n steps, the newest weighs 2/(n+1). The difference
//! between a fast one and a slow one says how quickly the rate grows; its own average is the signal,
//! and what the difference is above that is the histogram.

use crate::event::{Timestamp, counted, grouped};

/// A rate over time, with what it was compared with; as many values of each.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Curves {
    /// Whose requests, such as `principal arn:...`.
    pub of: String,
    pub start: Timestamp,
    /// Nanoseconds from one value to the next.
    pub step: i64,
    pub rate: Vec<f64>,
    pub fast: Vec<f64>,
    pub slow: Vec<f64>,
    /// The average of the difference between the two.
    pub signal: Vec<f64>,
    pub steps: Steps,
    /// The value that stands out most.
    pub peak: usize,
    /// Of that one: standard deviations above the mean of those before.
    pub z: f64,
}

/// Steps of the averages.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Steps {
    pub fast: f64,
    pub slow: f64,
    pub signal: f64,
}

impl Curves {
    /// The time of a value.
    pub fn time(&self, place: usize) -> Timestamp {
        Timestamp(self.start.0.saturating_add(self.step.saturating_mul(place as i64)))
    }

    /// What is drawn, in lines; and the z-score, which is no curve.
    pub fn words(&self) -> [String; 3] {
        let Steps { fast, slow, signal } = self.steps;
        let (count, end) = (self.rate.len() as u64, self.time(self.rate.len()));
        [
            format!(
                "requests a minute of the {}: {} from {} to {}",
                self.of,
                counted(count, "minute", "minutes"),
                self.start.to_rfc3339(0),
                end.to_rfc3339(0),
            ),
            format!(
                "fast: average over {fast} minutes; slow: over {slow}; signal: average over {signal} \
                 minutes of fast less slow"
            ),
            format!(
                "z-score {:.1}: the {} requests in the minute of {} are so many standard deviations \
                 above the mean of the minutes before",
                self.z,
                grouped(self.rate.get(self.peak).copied().unwrap_or_default() as u64),
                self.time(self.peak).to_rfc3339(0),
            ),
        ]
    }

    /// The count and the three curves, by name.
    pub fn each(&self) -> [(&'static str, &[f64]); 4] {
        [
            ("count", &self.rate),
            ("fast", &self.fast),
            ("slow", &self.slow),
            ("signal", &self.signal),
        ]
    }
}

/// The highest of each of so many parts of the values, which are as long as each other; no more
/// parts than values.
pub fn highest(values: &[f64], parts: usize) -> Vec<f64> {
    let parts = parts.min(values.len());
    let part = |at: usize| {
        let (from, to) = (at * values.len() / parts, (at + 1) * values.len() / parts);
        values[from..to].iter().copied().fold(f64::NEG_INFINITY, f64::max)
    };
    (0..parts).map(part).collect()
}

/// After so many steps of silence times [`Steps::slow`] nothing is left of what was before.
const FORGOTTEN: f64 = 40.0;

/// The averages as they are after some steps; before the first one there was silence.
#[derive(Debug, Clone, Copy)]
pub(super) struct Averages {
    steps: Steps,
    pub(super) fast: f64,
    pub(super) slow: f64,
    pub(super) signal: f64,
}

impl Averages {
    pub(super) fn new(steps: Steps) -> Self {
        Self { steps, fast: 0.0, slow: 0.0, signal: 0.0 }
    }

    pub(super) fn step(&mut self, rate: f64) {
        let weight = |steps: f64| 2.0 / (steps + 1.0);
        self.fast += weight(self.steps.fast) * (rate - self.fast);
        self.slow += weight(self.steps.slow) * (rate - self.slow);
        self.signal += weight(self.steps.signal) * (self.difference() - self.signal);
    }

    pub(super) fn difference(&self) -> f64 {
        self.fast - self.slow
    }

    pub(super) fn histogram(&self) -> f64 {
        self.difference() - self.signal
    }

    /// So many steps of silence, each handed over as long as it makes any difference.
    pub(super) fn quiet(&mut self, steps: u64, mut each: impl FnMut(&Self)) {
        let slowest = self.steps.slow.max(self.steps.fast).max(self.steps.signal);
        let felt = steps.min((slowest * FORGOTTEN) as u64);
        for _ in 0..felt {
            self.step(0.0);
            each(self);
        }
        if felt < steps {
            *self = Self::new(self.steps);
        }
    }
}

/// How values were spread, of which many may be 0.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spread {
    number: f64,
    sum: f64,
    squares: f64,
}

impl Spread {
    pub(super) fn add(&mut self, value: f64) {
        self.number += 1.0;
        self.sum += value;
        self.squares += value * value;
    }

    pub(super) fn add_zeros(&mut self, number: u64) {
        self.number += number as f64;
    }

    pub(super) fn number(&self) -> f64 {
        self.number
    }

    pub(super) fn mean(&self) -> f64 {
        if self.number > 0.0 { self.sum / self.number } else { 0.0 }
    }

    /// The standard deviation.
    pub(super) fn deviation(&self) -> f64 {
        if self.number == 0.0 {
            return 0.0;
        }
        (self.squares / self.number - self.mean() * self.mean()).max(0.0).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// As it is defined: each value weighs (1-a) times as much as the one after it.
    fn naive(rates: &[f64], steps: f64) -> f64 {
        let weight = 2.0 / (steps + 1.0);
        let ages = rates.iter().rev().enumerate();
        ages.map(|(age, rate)| weight * (1.0 - weight).powi(age as i32) * rate).sum()
    }

    const STEPS: Steps = Steps { fast: 12.0, slow: 26.0, signal: 9.0 };

    #[test]
    fn nothing_high_is_lost_where_there_is_little_room() {
        let values: Vec<f64> = (0..10).map(f64::from).collect();
        assert_eq!(highest(&values, 3), [2.0, 5.0, 9.0]);
        assert_eq!(highest(&values, 40), values);
        assert_eq!(highest(&values, 0), [] as [f64; 0]);
        assert_eq!(highest(&[], 4), [] as [f64; 0]);
    }

    proptest! {
        #[test]
        fn averages_are_what_their_definition_says(
            rates in prop::collection::vec(0_u32..1000, 0..80),
        ) {
            let rates: Vec<f64> = rates.into_iter().map(f64::from).collect();
            let mut averages = Averages::new(STEPS);
            let mut differences = Vec::new();
            for rate in &rates {
                averages.step(*rate);
                differences.push(averages.difference());
            }
            for (one, other) in [
                (averages.fast, naive(&rates, STEPS.fast)),
                (averages.slow, naive(&rates, STEPS.slow)),
                (averages.signal, naive(&differences, STEPS.signal)),
            ] {
                prop_assert!((one - other).abs() < 1e-6, "{one} {other}");
            }
        }

        #[test]
        fn silence_is_as_many_steps_of_nothing(rate in 0_u32..100_000, quiet in 0_u64..3000) {
            let mut one = Averages::new(STEPS);
            one.step(f64::from(rate));
            let mut other = one;
            one.quiet(quiet, |_| {});
            (0..quiet).for_each(|_| other.step(0.0));
            prop_assert!((one.fast - other.fast).abs() < 1e-6);
            prop_assert!((one.slow - other.slow).abs() < 1e-6);
            prop_assert!((one.signal - other.signal).abs() < 1e-6);
        }

        #[test]
        fn a_spread_is_that_of_all_values(
            values in prop::collection::vec(0_u32..1000, 1..40), zeros in 0_u64..40,
        ) {
            let mut spread = Spread::default();
            for value in &values {
                spread.add(f64::from(*value));
            }
            spread.add_zeros(zeros);
            let mut all: Vec<f64> = values.into_iter().map(f64::from).collect();
            all.extend((0..zeros).map(|_| 0.0));
            let mean = all.iter().sum::<f64>() / all.len() as f64;
            let square: f64 = all.iter().map(|value| (value - mean).powi(2)).sum();
            prop_assert!((spread.mean() - mean).abs() < 1e-6);
            let deviation = (square / all.len() as f64).sqrt();
            prop_assert!((spread.deviation() - deviation).abs() < 1e-4);
        }
    }
}
