//! Alarms that a person raises: a call, a mail, something that was seen elsewhere.

use crate::case::{MANUAL, Ticket, sha256_hex};
use crate::detect::ENTITIES;
use crate::detect::sigma::Level;
use crate::event::Timestamp;
use crate::event::moment::{Near, read};
use std::collections::BTreeMap;

/// What a person says of an alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manual {
    pub level: Level,
    pub title: String,
    /// When it was, if not now.
    pub at: Option<Timestamp>,
    /// Whom or what it is about: fields of [`ENTITIES`] with their values.
    pub about: BTreeMap<String, Vec<String>>,
}

impl Manual {
    /// `high principal=alice at=2026-03-04T10:00 call from the bank`: how grave, whom or what it is about, when it
    /// was, and what it is; all but the last may be left out.
    ///
    /// # Errors
    /// Nothing is said of what it is, or the time is none; the text says so.
    pub fn read(text: &str, now: Timestamp) -> Result<Self, String> {
        let mut rest = text.trim();
        let first = rest.split(' ').next().unwrap_or_default();
        let level = Level::parse(first);
        if level.is_some() {
            rest = rest[first.len()..].trim_start();
        }
        let level = level.unwrap_or(Level::Medium);
        let mut manual = Self { level, title: String::new(), at: None, about: BTreeMap::new() };
        while let Some((word, behind)) = rest.split_once(' ') {
            let Some((field, value)) = word.split_once('=') else { break };
            if field == "at" {
                manual.at = Some(moment(value, now)?);
            } else if ENTITIES.contains(&field) && !value.is_empty() {
                manual.about(field, value);
            } else {
                break;
            }
            rest = behind.trim_start();
        }
        if rest.is_empty() {
            return Err("say what happened, after how grave it is".to_owned());
        }
        rest.clone_into(&mut manual.title);
        Ok(manual)
    }

    /// Says that it is about this too.
    pub fn about(&mut self, field: &str, value: &str) {
        self.about.entry(field.to_owned()).or_default().push(value.to_owned());
    }

    /// The alarm, in a journal of so many entries: no two are the same.
    pub fn ticket(self, entries: usize, now: Timestamp) -> Ticket {
        let seed = format!("{entries}\0{}\0{}", now.to_rfc3339(3), self.title);
        let at = self.at.unwrap_or(now).to_rfc3339(3);
        Ticket {
            fingerprint: sha256_hex(seed.as_bytes()).chars().take(16).collect(),
            rule: MANUAL.to_owned(),
            title: self.title,
            severity: self.level.as_str().to_owned(),
            why: "a person raised it".to_owned(),
            first: Some(at.clone()),
            last: Some(at),
            entities: self.about,
            ..Ticket::default()
        }
    }
}

/// A time that is not to come: spelled out, or so long ago, `2h`.
///
/// # Errors
/// It is none, or one to come; the text says so.
pub fn moment(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    let near = Near { here: now, span: (now, now) };
    let is_step = text.starts_with(|c: char| c.is_ascii_digit())
        && text.ends_with(['s', 'm', 'h', 'd'])
        && !text.contains(['-', ':']);
    let time = if is_step { read(&format!("-{text}"), near) } else { read(text, near) };
    match time {
        Some(time) if time <= now => Ok(time),
        Some(_) => Err(format!("{text} is still to come; say when it happened")),
        None => Err(format!("{text} is no time; try 2026-03-04T10:00, or 2h for two hours ago")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Time;

    fn now() -> Timestamp {
        Time::parse_rfc3339("2026-03-04T12:00:00Z").unwrap().at
    }

    #[test]
    fn words_before_the_title_say_how_grave_whom_and_when() {
        let text = "high principal=alice src.ip=203.0.113.9 at=2026-03-04T10:00 call from a=b bank";
        let ticket = Manual::read(text, now()).unwrap().ticket(3, now());
        assert_eq!(
            (ticket.title.as_str(), ticket.severity.as_str()),
            ("call from a=b bank", "high")
        );
        assert!(ticket.is_about("principal", "alice") && ticket.is_about("src.ip", "203.0.113.9"));
        assert_eq!(ticket.first.as_deref(), Some("2026-03-04T10:00:00.000Z"));
        let plain = Manual::read("somebody phoned", now()).unwrap();
        assert_eq!((plain.level, plain.at, plain.about.len()), (Level::Medium, None, 0));
        let ago = Manual::read("low at=2h x=y happened", now()).unwrap();
        assert_eq!(ago.at, Some(Timestamp(now().0 - 2 * Timestamp::HOUR)));
        assert_eq!(ago.title, "x=y happened");
    }

    #[test]
    fn what_says_nothing_or_names_no_time_is_refused() {
        for (text, why) in [
            ("high", "say what happened"),
            ("", "say what happened"),
            ("low at=soon it", "is no time"),
            ("low at=2027-01-01 it", "still to come"),
        ] {
            assert!(Manual::read(text, now()).is_err_and(|told| told.contains(why)), "{text}");
        }
    }
}
