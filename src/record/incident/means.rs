//! How long it took on average until somebody had an alarm, and until it was closed.

use super::moment::length;
use crate::event::{Time, counted};

/// When what happened to an alarm.
#[derive(Debug, Clone, Copy, Default)]
pub struct Steps {
    pub first: Option<Time>,
    pub acknowledged: Option<Time>,
    pub closed: Option<Time>,
}

/// What is measured, and the mean, with from when on it counts and of how many of these alarms it is
/// known; nothing of what is known of none. What came before the time it is counted from has no
/// length, as when there are earlier events than at that time.
pub fn means(alarms: &[Steps]) -> Vec<(&'static str, String)> {
    type Step = fn(&Steps) -> Option<Time>;
    let steps: [(&'static str, Step, Step, &str); 3] = [
        ("mean time to acknowledge", |it| it.first, |it| it.acknowledged, "first event"),
        ("mean time to close", |it| it.first, |it| it.closed, "first event"),
        ("mean time of work on an alarm", |it| it.acknowledged, |it| it.closed, "acknowledgement"),
    ];
    let mean = |(name, from, to, of): (&'static str, Step, Step, &str)| {
        let spans = alarms.iter().filter_map(|it| to(it)?.at.0.checked_sub(from(it)?.at.0));
        let spans: Vec<i64> = spans.filter(|nanos| *nanos >= 0).collect();
        if spans.is_empty() {
            return None;
        }
        let sum: i128 = spans.iter().map(|nanos| i128::from(*nanos)).sum();
        let mean = i64::try_from(sum / spans.len() as i128).unwrap_or(i64::MAX);
        let of_alarms = counted(alarms.len() as u64, "alarm", "alarms");
        let text = format!(
            "{}, from the {of} of each; known of {} of {of_alarms}",
            length(mean),
            spans.len()
        );
        Some((name, text))
    };
    steps.into_iter().filter_map(mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Timestamp;

    #[test]
    fn a_mean_says_from_when_on_and_of_how_many() {
        let time = |hour: i64| Some(Time::new(Timestamp(hour * Timestamp::HOUR), 3));
        let of = |first, acknowledged, closed| Steps { first, acknowledged, closed };
        let all = [
            of(time(0), time(1), time(5)),
            of(time(0), time(3), None),
            // Of events that came after somebody had taken it.
            of(time(9), time(8), None),
            Steps::default(),
        ];
        let told = [
            (
                "mean time to acknowledge",
                "2 h 0 min, from the first event of each; known of 2 of 4 alarms",
            ),
            (
                "mean time to close",
                "5 h 0 min, from the first event of each; known of 1 of 4 alarms",
            ),
            (
                "mean time of work on an alarm",
                "4 h 0 min, from the acknowledgement of each; known of 1 of 4 alarms",
            ),
        ];
        assert_eq!(means(&all), told.map(|(name, text)| (name, text.to_owned())));
        assert_eq!(means(&all[3..]), []);
    }
}
