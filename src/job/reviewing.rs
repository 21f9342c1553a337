//! The duty to look through alarms: twice a week or as often as is said, all of them, and none left without
//! a word of what was found out.

use super::queue::Line;
use crate::case::{Kept, Review, State, Step, Work};
use crate::event::{Time, Timestamp, Window};

/// How often alarms are to be looked through, if nobody says otherwise: twice a week.
pub const CADENCE: &str = "84h";

/// Fingerprints that a review keeps: more are only counted.
const LEFT: usize = 1000;

/// What a review looks at.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seen {
    /// Of the first and the last event, in nanoseconds since 1970.
    pub span: Option<(i64, i64)>,
    pub window: Window,
    /// Events that the window leaves out.
    pub outside: u64,
}

/// What there is to see of all alarms of the queue.
pub fn review(queue: &[Line], work: &Work, seen: Seen, note: &str) -> Review {
    let count = |is: &dyn Fn(&Line) -> bool| queue.iter().filter(|line| is(line)).count() as u64;
    let in_state = |state| count(&|line| line.state == state && !line.is_open());
    let time = |at: Timestamp| at.to_rfc3339(0);
    let untouched = queue.iter().filter(|line| line.is_open() && is_untouched(line, work));
    let left = untouched.clone().take(LEFT).map(|line| line.ticket.fingerprint.clone());
    Review {
        from: seen.span.map(|(first, _)| time(Timestamp(first))),
        to: seen.span.map(|(_, last)| time(Timestamp(last))),
        alarms: queue.len() as u64,
        open: count(&Line::is_open),
        closed: in_state(State::Closed),
        suppressed: in_state(State::Suppressed),
        snoozed: in_state(State::Snoozed),
        merged: in_state(State::Merged),
        outside: seen.outside,
        since: seen.window.from.map(time),
        until: seen.window.to.map(time),
        untouched: untouched.clone().count() as u64,
        left: left.collect(),
        note: note.to_owned(),
    }
}

/// What came since it was closed nobody has said anything of either.
fn is_untouched(line: &Line, work: &Work) -> bool {
    let kept = work.alarms().get(&line.ticket.fingerprint);
    line.news > 0 || kept.is_none_or(|kept| !is_said_of(kept, work, Timestamp(i64::MIN)))
}

/// Whether somebody decided or noted something after this time. A tick alone says nothing.
fn is_said_of(kept: &Kept, work: &Work, after: Timestamp) -> bool {
    let mut steps = kept.history.iter().filter(|said| !matches!(said.step, Step::Tick { .. }));
    let mut notes = kept.notes.iter().filter_map(|key| work.notes().get(key));
    steps.any(|said| said.at > after) || notes.any(|note| note.created > after)
}

/// How the duty stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty<'a> {
    /// The last review of everything that no review before it was of: when, by whom, what.
    pub last: Option<&'a (Timestamp, String, Review)>,
    /// One after that, of a part of the time only.
    pub part: Option<&'a (Timestamp, String, Review)>,
    /// Alarms that were open then, and of which nobody has said anything to this day.
    pub undocumented: u64,
}

impl<'a> Duty<'a> {
    pub fn of(work: &'a Work) -> Self {
        let mut all: Vec<&(Timestamp, String, Review)> = work.alarms().reviews.iter().collect();
        all.sort_by_key(|(at, ..)| *at);
        let mut last: Option<&(Timestamp, String, Review)> = None;
        let mut part = None;
        for review in all {
            if is_whole(&review.2, last.and_then(|(_, _, last)| last.to.as_deref())) {
                (last, part) = (Some(review), None);
            } else {
                part = Some(review);
            }
        }
        Self { last, part, undocumented: last.map_or(0, |last| undocumented(last, work)) }
    }
}

/// Whether nothing was left out but what came before the end of the review before.
fn is_whole(review: &Review, reached: Option<&str>) -> bool {
    let time = |text: &str| Time::parse_rfc3339(text).map(|time| time.at);
    let begins = review.since.as_deref().and_then(time);
    let goes_on = begins.zip(reached.and_then(time)).is_some_and(|(begins, end)| begins <= end);
    review.outside == 0 || goes_on && review.until.is_none()
}

fn undocumented((at, _, review): &(Timestamp, String, Review), work: &Work) -> u64 {
    let is_left = |fingerprint: &&String| {
        work.alarms().get(fingerprint).is_none_or(|kept| !is_said_of(kept, work, *at))
    };
    let unnamed = review.untouched.saturating_sub(review.left.len() as u64);
    unnamed + review.left.iter().filter(is_left).count() as u64
}

#[cfg(test)]
mod tests;
