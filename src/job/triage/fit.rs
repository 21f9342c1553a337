//! Steps that do not fit where an alarm stands: they would take back in silence what somebody decided.

use super::is_circle;
use crate::case::{Alarms, Kept, State, Step};
use crate::job::queue::Line;

/// Why a step is not taken on an alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// Somebody closed it, so that it is opened again with a reason first.
    Closed(String),
    /// The alarm that is to stand for others is none that anybody would see.
    Hidden(String),
    /// Nothing there is to be opened again.
    Open,
    /// What is to stand for it is merged into it already.
    Circle,
}

impl Unfit {
    /// Why, as what is said of an alarm: `it` or its name.
    pub fn words(&self, alarm: &str) -> String {
        match self {
            Self::Closed(how) => format!("{alarm} is {how}; reopen it with a reason first"),
            Self::Hidden(how) => {
                format!("{alarm} is {how}, and what is merged into it would be seen by nobody")
            }
            Self::Open => format!("{alarm} is open already"),
            Self::Circle => {
                format!("{alarm} is merged into one of them already, or into what stands for it")
            }
        }
    }
}

/// The first alarm that the step does not fit, by its fingerprint, and why. All of them take a step,
/// or none does.
pub fn unfit<'a>(
    step: &'a Step,
    on: &[&'a Line],
    (alarms, queue): (&Alarms, &[Line]),
) -> Option<(&'a str, Unfit)> {
    let kept = |line: &Line| alarms.get(&line.ticket.fingerprint);
    let of = |line: &'a Line, why| Some((line.ticket.fingerprint.as_str(), why));
    match step {
        Step::Reopen { .. } => {
            let open = on.iter().find(|line| line.state.is_open())?;
            of(open, Unfit::Open)
        }
        Step::Ack
        | Step::Investigate
        | Step::Wait
        | Step::Escalate
        | Step::Snooze { .. }
        | Step::Merge { .. } => {
            let closed = on.iter().find_map(|line| Some((line, decided(kept(line)?)?)));
            if let Some((line, how)) = closed {
                return of(line, Unfit::Closed(how));
            }
            let Step::Merge { into, .. } = step else { return None };
            let target = queue.iter().find(|line| line.ticket.fingerprint == *into)?;
            if let Some(how) = hidden(target, kept(target)) {
                return Some((into, Unfit::Hidden(how)));
            }
            let mut on = on.iter().map(|line| line.ticket.fingerprint.as_str());
            on.any(|it| is_circle(alarms, it, into)).then_some((into.as_str(), Unfit::Circle))
        }
        // A verdict takes the place of another in sight of it; the others leave it as it is.
        Step::Close { .. } | Step::Assign { .. } | Step::Tick { .. } => None,
    }
}

/// How an alarm was closed that nobody opened again, also if it sleeps now: as what and by whom.
fn decided(kept: &Kept) -> Option<String> {
    let (verdict, _) = kept.verdict.as_ref()?;
    let is_close = |said: &&crate::case::Said| matches!(said.step, Step::Close { .. });
    let who = kept.history.iter().rev().find(is_close).map_or("", |said| said.who.as_str());
    Some(format!("closed as {verdict} by {who}"))
}

/// Why nobody would see an alarm, if nobody would.
fn hidden(line: &Line, kept: Option<&Kept>) -> Option<String> {
    if let Some(how) = kept.and_then(decided) {
        return Some(how);
    }
    let into = kept.and_then(|kept| kept.into.as_deref());
    match (line.state, into) {
        (State::Merged, Some(into)) => Some(format!("merged into {into}")),
        (state, _) if state.is_open() => None,
        (state, _) => Some(state.to_string()),
    }
}
