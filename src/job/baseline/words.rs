//! A baseline in words, for the screen and for who has none. Each number says of what it is one.

use super::{Baseline, Baselines, Much, Share, Variety};
use crate::event::{counted, grouped, size};

/// New values that are named.
const NAMED: usize = 3;

impl Baselines {
    /// What was not counted; `None` if all was.
    pub fn rest(&self) -> Option<String> {
        let left = counted(self.left as u64, "other value", "other values");
        (self.left > 0).then(|| format!("{left} of what it is about not counted here"))
    }
}

impl Baseline {
    /// All of it in short: since when it is known, how much of it there is in an hour of the alarm and
    /// usually, and how much of it is new. A day is told where it is not that of the alarm.
    pub fn line(&self) -> String {
        let is_new = self.before.is_some_and(|before| before.events.sum == 0);
        let usual = |much: fn(&Share) -> Much, number: fn(u64) -> String| {
            let usual = match self.before.as_ref().map(much) {
                None => "unknown".to_owned(),
                Some(usual) if usual.sum == 0 => "none".to_owned(),
                Some(usual) => number(usual.median),
            };
            // Of what is new nothing is usual, which goes without saying.
            if is_new { String::new() } else { format!(" (usual {usual})") }
        };
        let Share { events, bytes, .. } = &self.during;
        let mut parts = vec![self.since(is_new)];
        let rate = counted(events.median, "event", "events");
        parts.push(format!("{rate}/h{}", usual(|share| share.events, grouped)));
        if !is_new && self.before.is_some() {
            parts.push(match self.kinds.iter().map(|kind| kind.new.len()).sum::<usize>() {
                0 => "nothing new".to_owned(),
                new => format!("{} new", grouped(new as u64)),
            });
        }
        if self.before.iter().chain([&self.during]).any(|share| share.bytes.sum > 0) {
            parts.push(format!("{}/h{}", size(bytes.median), usual(|share| share.bytes, size)));
        }
        parts.join(", ")
    }

    fn since(&self, is_new: bool) -> String {
        let Some((first, _)) = self.seen else { return self.seen() };
        let (first, alarm) = (first.to_rfc3339(0), self.hours.0.to_rfc3339(0));
        let [first_day, alarm_day] = [&first, &alarm].map(|at| at.split_once('T'));
        let since = if is_new { "new since" } else { "since" };
        match first_day {
            Some((day, time)) if alarm_day.is_some_and(|(alarm, _)| alarm == day) => {
                format!("{since} {}Z", time.chars().take(5).collect::<String>())
            }
            Some((day, _)) => format!("{since} {day}"),
            None => format!("{since} {first}"),
        }
    }

    /// What is usual of it, below its field and value.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.seen()];
        lines.push(self.before());
        let during = match self.during.hours {
            1 => "in the hour of the alarm".to_owned(),
            hours => format!("in the {} hours of the alarm", grouped(hours)),
        };
        lines.push(format!("{during}: {}", share(&self.during)));
        // Of what was not there before, all is new.
        let is_known = self.before.is_some_and(|before| before.events.sum > 0);
        lines.extend(self.kinds.iter().filter_map(|kind| variety(kind, is_known)));
        lines
    }

    fn seen(&self) -> String {
        let events = counted(self.events, "event", "events");
        let timeless = match self.timeless {
            0 => String::new(),
            number => format!(", {} without a time", grouped(number)),
        };
        match self.seen {
            Some((first, last)) => {
                let [first, last] = [first, last].map(|at| at.to_rfc3339(0));
                format!("{events}{timeless}, first {first}, last {last}")
            }
            None => format!("{events}{timeless}"),
        }
    }

    fn before(&self) -> String {
        let at = self.hours.0.to_rfc3339(0);
        let Some(before) = &self.before else {
            return format!("nothing is known to be usual: its logs do not go back before {at}");
        };
        let hours = match before.hours {
            1 => format!("in the hour before {at} that its logs go back"),
            hours => format!("in the {} hours before {at} that its logs go back", grouped(hours)),
        };
        match before.events.sum {
            0 => format!("{hours}: no event, it is new"),
            _ => format!("{hours}: {}", share(before)),
        }
    }
}

/// Such as `12 events in 4 of them, the median of those 3, the most 5`.
fn share(share: &Share) -> String {
    let events = counted(share.events.sum, "event", "events");
    let mut text = format!("{events}{}", hours(&share.events, share.hours, grouped));
    if share.bytes.sum > 0 {
        let bytes = hours(&share.bytes, share.hours, size);
        text = format!("{text}; {} sent{bytes}", size(share.bytes.sum));
    }
    text
}

/// How a sum is spread over hours; nothing of a single one.
fn hours(much: &Much, hours: u64, number: impl Fn(u64) -> String) -> String {
    match much.active {
        _ if hours <= 1 => String::new(),
        0 => String::new(),
        1 => " in 1 of them".to_owned(),
        active => format!(
            " in {} of them, the median of those {}, the most {}",
            grouped(active),
            number(much.median),
            number(much.most)
        ),
    }
}

/// Such as `event: 5 in those, 4 of them new: A, B, C and 1 more; 3 before`; nothing of what its events
/// do not say.
fn variety(kind: &Variety, is_known: bool) -> Option<String> {
    let Variety { field, before, during, new } = kind;
    if *during == 0 {
        return None;
    }
    let during = grouped(*during as u64);
    if !is_known {
        return Some(format!("  {field}: {during} in those: {}", named(new)));
    }
    let before = grouped(*before as u64);
    let new = match new.len() {
        0 => "none of them new".to_owned(),
        number => format!("{} of them new: {}", grouped(number as u64), named(new)),
    };
    Some(format!("  {field}: {during} in those, {new}; {before} before"))
}

fn named(values: &[String]) -> String {
    let some: Vec<&str> = values.iter().take(NAMED).map(String::as_str).collect();
    match values.len().saturating_sub(NAMED) {
        0 => some.join(", "),
        more => format!("{} and {} more", some.join(", "), grouped(more as u64)),
    }
}
