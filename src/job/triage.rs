//! What triage has in common wherever it is done: until when, what a person raises, what a
//! suppression hides, and how all of it is said.

mod fit;
mod manual;
mod shared;

use super::queue::Line;
use crate::case::{Alarms, Kept, MANUAL, State, Suppression, Ticket};
use crate::detect::detectors::detector;
use crate::event::moment::{Near, read};
use crate::event::{Time, Timestamp};
use crate::record::incident::{self, means::Steps};

pub use fit::{Unfit, unfit};
pub use manual::{Manual, moment};
pub use shared::Shared;

/// How long a suppression lasts that says nothing of it.
pub const SUPPRESSED: &str = "30d";

/// Fields by which alarms are about the same.
pub const SHARED: [&str; 4] = ["principal", "key", "src.ip", "resource"];

/// Fields that say who or what an alarm is about, the most telling first.
const ABOUT: [&str; 4] = ["principal", "src.ip", "resource", "account"];

/// A length of time from now on, as [`length`] has it, or a time.
///
/// # Errors
/// It is no time, or one that is over; the text says so.
pub fn until(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    let near = Near { here: now, span: (now, now) };
    let text = text.trim();
    let distance = nanos(text.strip_prefix('+').unwrap_or(text));
    let time = match distance {
        Some(distance) => Some(now.saturating_add(distance)),
        None => read(text, near),
    };
    match time {
        Some(time) if time > now => Ok(time),
        Some(_) => Err(format!("{text} is over; name a time that comes")),
        None => Err(format!(
            "{text} is no time; try 4h or 2d from now on ({UNITS}), or a time such as 2026-03-04"
        )),
    }
}

/// How lengths of time are written, wherever one is asked for.
const UNITS: &str = "a number and s, m, h, d or w";

/// What such a length comes to.
fn nanos(text: &str) -> Option<i64> {
    let units = [
        ('s', Timestamp::SECOND),
        ('m', Timestamp::MINUTE),
        ('h', Timestamp::HOUR),
        ('d', Timestamp::DAY),
        ('w', 7 * Timestamp::DAY),
    ];
    units.iter().find_map(|(unit, nanos)| {
        let number = text.strip_suffix(*unit)?;
        let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
        number.parse::<i64>().ok().filter(|_| is_number)?.checked_mul(*nanos)
    })
}

/// A length of time such as `84h` or `3d`, in nanoseconds: a number of seconds, minutes, hours, days
/// or weeks.
///
/// # Errors
/// It is none; the text says so.
pub fn length(text: &str) -> Result<i64, String> {
    let text = text.trim();
    let found = nanos(text).filter(|nanos| *nanos > 0);
    found.ok_or_else(|| format!("{text} is no length of time; try 84h, 3d or 1w ({UNITS})"))
}

/// A length of time for people: its two largest units.
pub fn length_text(nanos: i64) -> String {
    let seconds = nanos.max(0) / Timestamp::SECOND;
    let minutes = seconds / 60;
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    match (days, hours) {
        (0, 0) if seconds > 0 && minutes == 0 => format!("{seconds} s"),
        (0, 0) => format!("{minutes} min"),
        (0, _) => format!("{hours} h {minutes} min"),
        _ => format!("{days} d {hours} h"),
    }
}

/// How long it took on average until alarms were taken and closed that somebody said something of, in
/// lines. Of what is raised now, it counts from what is now the first event.
pub fn means(queue: &[Line], alarms: &Alarms) -> Vec<String> {
    let kept = queue.iter().filter_map(|line| Some((line, alarms.get(&line.ticket.fingerprint)?)));
    let steps = kept.map(|(line, kept)| Steps {
        first: line.ticket.first.as_deref().and_then(Time::parse_rfc3339),
        acknowledged: kept.acknowledged().map(|at| Time::new(at, 3)),
        closed: kept.closed().map(|said| Time::new(said.at, 3)),
    });
    let steps: Vec<Steps> = steps.collect();
    incident::means::means(&steps).iter().map(|(name, text)| format!("{name}: {text}")).collect()
}

/// Alarms that nobody would see because of this suppression: those of which nobody said anything.
pub fn hidden<'a>(
    queue: &'a [Line],
    what: &'a Suppression,
) -> impl Iterator<Item = &'a Line> + use<'a> {
    let is_untouched = |line: &&Line| matches!(line.state, State::New | State::Suppressed);
    queue.iter().filter(is_untouched).filter(|line| what.hides(&line.ticket))
}

/// Whether an alarm would come to stand for itself, if `into` stood for it.
pub fn is_circle(alarms: &Alarms, fingerprint: &str, into: &str) -> bool {
    let mut at = into;
    for _ in 0..=alarms.kept().count() {
        if at == fingerprint {
            return true;
        }
        let kept = alarms
            .get(at)
            .filter(|kept| alarms.state(&kept.ticket, Timestamp(i64::MAX)) == State::Merged);
        let Some(next) = kept.and_then(|kept| kept.into.as_deref()) else { return false };
        at = next;
    }
    true
}

/// Who or what an alarm is about, as field and value.
pub fn about(ticket: &Ticket) -> Option<(&str, &str)> {
    let whom = ticket.whom.as_ref().map(|(field, whom)| (field.as_str(), whom.as_str()));
    whom.or_else(|| {
        ABOUT.iter().find_map(|field| {
            let value = ticket.entities.get(*field)?.first()?;
            Some((*field, value.as_str()))
        })
    })
}

/// Alarms about the same as this one, with the field and the value; [`Shared`] is quicker for several.
pub fn related<'a>(
    ticket: &'a Ticket,
    queue: &'a [Line],
) -> Vec<(&'a Line, &'static str, &'a str)> {
    let others = queue.iter().filter(|other| other.ticket.fingerprint != ticket.fingerprint);
    let shared = |other: &'a Line| {
        let (field, value) = shared(ticket, &other.ticket)?;
        Some((other, field, value))
    };
    others.filter_map(shared).collect()
}

/// What two alarms are both about.
fn shared<'a>(one: &'a Ticket, other: &Ticket) -> Option<(&'static str, &'a str)> {
    SHARED.iter().find_map(|field| {
        let values = one.entities.get(*field)?;
        let value = values.iter().find(|value| other.is_about(field, value))?;
        Some((*field, value.as_str()))
    })
}

/// Where an alarm stands, and who has it.
pub fn standing(line: &Line, kept: Option<&Kept>) -> String {
    let owner = kept.and_then(|kept| kept.owner.as_deref());
    let owner = owner.map_or(String::new(), |owner| format!(", {owner} has it"));
    format!("{}{owner}", line.state)
}

/// Who wrote the rule or the detector, and under which licence; or which product found it, or who raised it.
pub fn by(ticket: &Ticket) -> String {
    let what = if detector(&ticket.rule).is_some() { "detector" } else { "rule" };
    match (ticket.author.as_str(), ticket.licence.as_str()) {
        ("", _) => format!("{what} {} by nobody named", ticket.rule),
        (author, "") => format!("{} by {author}", ticket.rule),
        (author, licence) => format!("{what} {} by {author} ({licence})", ticket.rule),
    }
}

/// How many events or findings, from when to when.
pub fn span(ticket: &Ticket) -> String {
    if let (MANUAL, Some(at)) = (ticket.rule.as_str(), &ticket.first) {
        return format!("raised by hand, of {at}");
    }
    let events = ticket.size();
    match (&ticket.first, &ticket.last) {
        (Some(first), Some(last)) if first == last => format!("{events} at {first}"),
        (Some(first), Some(last)) => format!("{events} from {first} to {last}"),
        _ => events,
    }
}

#[cfg(test)]
mod tests;
