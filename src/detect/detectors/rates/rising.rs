//! Whether one series of requests rises, against what was before in it, and the curves of it.

use crate::detect::detectors::curves::{Averages, Curves, Spread, Steps};
use crate::detect::detectors::series::Point;
use crate::event::{Timestamp, grouped};
use std::collections::BTreeSet;

#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    pub(super) steps: Steps,
    pub(super) sigmas: f64,
    pub(super) z: f64,
    pub(super) least: u64,
    pub(super) history: f64,
    /// `None`: nothing is said of those with less history.
    pub(super) alone: Option<f64>,
}

/// What became of one series.
#[derive(Debug, PartialEq)]
pub(super) enum Judged {
    Usual,
    /// It became many before anybody knew what was usual.
    Young,
    /// The minutes in which it rose, and the one that stands out most.
    Rose(BTreeSet<i64>, Peak),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Peak {
    pub(super) minute: i64,
    pub(super) rate: f64,
    pub(super) z: f64,
    /// Of the minutes before.
    mean: f64,
    history: f64,
    fast: f64,
    difference: f64,
    histogram: f64,
    /// The histogram in its own standard deviations.
    sigmas: f64,
}

impl Peak {
    fn is_alone(&self, settings: &Settings) -> bool {
        self.history < settings.history
    }

    /// What it was compared with, and what came of it.
    pub(super) fn against(&self, settings: &Settings) -> String {
        if self.is_alone(settings) {
            let alone = settings.alone.unwrap_or_default();
            return format!(
                "(at least {}); {:.0} a minute on the average of {} minutes (at least {alone}), with \
                 {} minutes before, which are too few to compare (at least {})",
                settings.least,
                self.fast,
                settings.steps.fast,
                grouped(self.history as u64),
                settings.history,
            );
        }
        format!(
            "(at least {}); z-score {:.1} (at least {}) against a mean of {:.2} in the {} minutes \
             before; MACD {:.1} is {:.1} above its signal, {:.1} times what is usual (at least {})",
            settings.least,
            self.z,
            settings.z,
            self.mean,
            grouped(self.history as u64),
            self.difference,
            self.histogram,
            self.sigmas,
            settings.sigmas,
        )
    }
}

/// What the histogram is said to spread by at least: single requests move it by less.
const CHANCE: f64 = 0.5;

/// `points` ascend; a minute without one has no request.
pub(super) fn judged(points: &[Point], settings: &Settings) -> Judged {
    if points.iter().all(|(_, rate)| *rate < settings.least) {
        return Judged::Usual;
    }
    let mut averages = Averages::new(settings.steps);
    let (mut rates, mut histograms) = (Spread::default(), Spread::default());
    let (mut rose, mut best, mut young) = (BTreeSet::new(), None::<Peak>, false);
    let mut before: Option<i64> = None;
    for (minute, count) in points {
        let quiet = before.map_or(0, |before| minute.abs_diff(before) - 1);
        let known = histograms.number();
        averages.quiet(quiet, |averages| histograms.add(averages.histogram()));
        histograms.add_zeros(quiet - (histograms.number() - known) as u64);
        rates.add_zeros(quiet);
        before = Some(*minute);
        let rate = *count as f64;
        averages.step(rate);
        let (mean, history) = (rates.mean(), rates.number());
        // A few requests by chance are no spread, and neither is none at all.
        let deviation = rates.deviation().max(mean.sqrt()).max(1.0);
        let z = (rate - mean) / deviation;
        let sigmas = averages.histogram() / histograms.deviation().max(CHANCE);
        let is_much = *count >= settings.least;
        let is_high = is_much && z >= settings.z && sigmas >= settings.sigmas;
        rates.add(rate);
        histograms.add(averages.histogram());
        let is_known = history >= settings.history;
        // One minute of many is no habit: what is much for anybody goes on for some.
        let is_alone = is_much && settings.alone.is_some_and(|alone| averages.fast >= alone);
        young |= is_high && !is_known;
        if !(if is_known { is_high } else { is_alone }) {
            continue;
        }
        rose.insert(*minute);
        let (difference, histogram) = (averages.difference(), averages.histogram());
        let (minute, fast) = (*minute, averages.fast);
        let peak = Peak { minute, rate, z, mean, history, fast, difference, histogram, sigmas };
        // What stands out from something stands out more than what is much by itself.
        let rank =
            |peak: &Peak| if peak.is_alone(settings) { (false, peak.fast) } else { (true, peak.z) };
        if best.is_none_or(|best| rank(&peak) > rank(&best)) {
            best = Some(peak);
        }
    }
    match best {
        Some(peak) => Judged::Rose(rose, peak),
        None if young => Judged::Young,
        None => Judged::Usual,
    }
}

/// Minutes before and after the one that stands out.
const AROUND: (i64, i64) = (120, 60);

/// The curves around this minute, no longer than the series.
pub(super) fn curves(points: &[Point], steps: Steps, peak: i64) -> Curves {
    let ends = points.first().zip(points.last()).map_or((0, 0), |(first, last)| (first.0, last.0));
    let from = peak.saturating_sub(AROUND.0).max(ends.0);
    let to = peak.saturating_add(AROUND.1).min(ends.1);
    let start = Timestamp(from.saturating_mul(Timestamp::MINUTE));
    let place = peak.saturating_sub(from) as usize;
    let step = Timestamp::MINUTE;
    let mut curves = Curves { start, step, steps, peak: place, ..Curves::default() };
    let mut averages = Averages::new(steps);
    let earlier = points.partition_point(|(minute, _)| *minute < from);
    let mut before: Option<i64> = None;
    for (minute, count) in &points[..earlier] {
        averages.quiet(before.map_or(0, |before| minute.abs_diff(before) - 1), |_| {});
        averages.step(*count as f64);
        before = Some(*minute);
    }
    averages.quiet(before.map_or(0, |before| from.abs_diff(before) - 1), |_| {});
    let mut later = points[earlier..].iter().peekable();
    for minute in from..=to {
        let here = later.next_if(|(of, _)| *of == minute);
        let rate = here.map_or(0.0, |(_, count)| *count as f64);
        averages.step(rate);
        curves.rate.push(rate);
        curves.fast.push(averages.fast);
        curves.slow.push(averages.slow);
        curves.signal.push(averages.signal);
    }
    curves
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SETTINGS: Settings = Settings {
        steps: Steps { fast: 12.0, slow: 26.0, signal: 9.0 },
        sigmas: 3.0,
        z: 6.0,
        least: 30,
        history: 60.0,
        alone: None,
    };

    /// A request a minute, and many in one.
    fn steady(many: u64) -> Vec<Point> {
        (0..200).map(|minute| (minute, if minute == 150 { many } else { 1 })).collect()
    }

    #[test]
    fn what_is_many_for_one_is_usual_for_another() {
        let Judged::Rose(minutes, peak) = judged(&steady(40), &SETTINGS) else { panic!() };
        assert_eq!((minutes.into_iter().collect::<Vec<_>>(), peak.minute), (vec![150], 150));
        assert!((peak.mean - 1.0).abs() < 1e-9 && (peak.z - 39.0).abs() < 1e-9, "{peak:?}");
        assert_eq!(judged(&steady(29), &SETTINGS), Judged::Usual, "fewer than the least");
        let busy: Vec<Point> = (0..200).map(|minute| (minute, 100 + minute as u64 % 7)).collect();
        assert_eq!(judged(&busy[60..], &SETTINGS), Judged::Young, "its beginning");
        let settings = Settings { history: 1.0, ..SETTINGS };
        let grown: Vec<Point> = busy.iter().map(|(minute, rate)| (*minute, rate / 30)).collect();
        assert_eq!(judged(&grown, &settings), Judged::Usual);
        assert_eq!(judged(&[(0, 500)], &SETTINGS), Judged::Young);
    }

    #[test]
    fn of_whom_little_is_known_only_what_is_much_for_anybody_is_told() {
        let settings = Settings { alone: Some(120.0), ..SETTINGS };
        let of = |rates: &[u64]| {
            let points: Vec<Point> = (0..).zip(rates.iter().copied()).collect();
            match judged(&points, &settings) {
                Judged::Rose(minutes, peak) => Some((minutes.len(), peak.minute)),
                _ => None,
            }
        };
        assert_eq!(of(&[300; 30]), Some((27, 29)), "from the fourth minute on");
        assert_eq!(of(&[300; 600]).map(|(minutes, _)| minutes), Some(57), "later it is usual");
        assert_eq!(of(&[700]), None, "one minute of many is a page with pictures");
        assert_eq!(of(&[100; 30]), None);
        // What rises from what is known stands out more.
        let both = [[300; 30].as_slice(), &[1; 400], &[3000], &[1; 9]].concat();
        assert_eq!(of(&both).map(|(_, peak)| peak), Some(430));
    }

    #[test]
    fn curves_are_those_around_the_peak() {
        let curves = curves(&steady(40), SETTINGS.steps, 150);
        assert_eq!(curves.start, Timestamp(30 * Timestamp::MINUTE));
        assert_eq!(curves.rate.len(), 170);
        assert_eq!((curves.rate[119], curves.rate[120]), (1.0, 40.0));
        assert_eq!((curves.peak, curves.time(120)), (120, Timestamp(150 * Timestamp::MINUTE)));
        assert!(curves.fast[120] > curves.slow[120] && curves.signal[120] > 0.0);
        // Times as far apart as they can be are no series of minutes.
        let points = [(-150_000_000, 1), (0, 40), (150_000_000, 1)];
        assert_eq!(super::curves(&points, SETTINGS.steps, 0).rate.len(), 181);
        assert!(matches!(judged(&points, &SETTINGS), Judged::Rose(..)));
    }

    proptest! {
        #[test]
        fn minutes_left_out_are_minutes_without_requests(
            rates in prop::collection::vec(prop_oneof![Just(0_u64), 0..80_u64], 1..300),
        ) {
            let all: Vec<Point> = rates.iter().enumerate().map(|(at, n)| (at as i64, *n)).collect();
            let first = all.iter().position(|(_, rate)| *rate > 0).unwrap_or(0);
            let some: Vec<Point> = all[first..].iter().copied().filter(|(_, n)| *n > 0).collect();
            match (judged(&all[first..], &SETTINGS), judged(&some, &SETTINGS)) {
                (Judged::Rose(one, _), Judged::Rose(other, _)) => prop_assert_eq!(one, other),
                (one, other) => prop_assert_eq!(one, other),
            }
        }
    }
}
