//! What the analysts said of the incident itself.

use super::Given;
use crate::case::{Facet, What};
use crate::event::{Time, Timestamp};
use crate::record::incident::{
    Action, Affected, Deadline, Incident, Notification, Person, Severity, Status, Tlp,
};

/// Takes what was said and not undone; the last word counts.
pub(super) fn take(given: &Given<'_>, incident: &mut Incident) {
    let entries = given.state.entries().iter().enumerate();
    for (_, entry) in entries.filter(|(position, _)| !given.state.is_undone(*position)) {
        if let What::Incident { facet, text } = &entry.what {
            say(incident, (*facet, text), (entry.at, &entry.who));
        }
    }
}

fn say(incident: &mut Incident, (facet, text): (Facet, &str), (at, who): (Timestamp, &str)) {
    let text = text.trim();
    let whole = || (!text.is_empty()).then(|| text.to_owned());
    let time = || Time::parse_rfc3339(text);
    let mut told = |change: fn(&mut Notification) -> &mut Option<Time>| {
        *change(incident.notification.get_or_insert_default()) = time();
    };
    match facet {
        Facet::Number => incident.number = text.parse().ok().or(incident.number),
        Facet::Title => incident.title = whole(),
        Facet::Severity => incident.severity = Severity::parse(text),
        Facet::Tlp => incident.tlp = Tlp::parse(text),
        Facet::Status => incident.status = Status::parse(text),
        Facet::Summary => incident.summary = whole(),
        Facet::Occurred => incident.times.occurred = time(),
        Facet::Detected => incident.times.detected = time(),
        Facet::Acknowledged => incident.times.acknowledged = time(),
        Facet::Contained => incident.times.contained = time(),
        Facet::Closed => incident.times.closed = time(),
        Facet::FirstExposure => told(|notification| &mut notification.first_exposure),
        Facet::LastExposure => told(|notification| &mut notification.last_exposure),
        Facet::Person => incident.people.push(person(text)),
        Facet::Action => {
            let (at, who) = (Some(Time::new(at, 3)), Some(who.to_owned()));
            incident.actions.push(Action { at, who, what: text.to_owned() });
        }
        Facet::Lesson => incident.lessons.extend(whole()),
        Facet::Affected => {
            incident.notification.get_or_insert_default().affected.push(affected(text));
        }
        Facet::Deadline => {
            incident.notification.get_or_insert_default().deadlines.push(deadline(text));
        }
    }
}

/// `NAME, ROLE`.
fn person(text: &str) -> Person {
    let (name, role) = text.split_once(',').map_or((text, None), |(name, role)| (name, Some(role)));
    let role = role.map(|role| role.trim().to_owned()).filter(|role| !role.is_empty());
    Person { name: name.trim().to_owned(), role, contact: None }
}

/// `COUNT KIND`.
fn affected(text: &str) -> Affected {
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    match first.replace([',', '_'], "").parse::<u64>() {
        Ok(count) if !rest.trim().is_empty() => {
            Affected { kind: rest.trim().to_owned(), count: Some(count) }
        }
        _ => Affected { kind: text.to_owned(), count: None },
    }
}

/// `TIME WHOM`, or `24h WHOM` from when it was detected.
fn deadline(text: &str) -> Deadline {
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    let rest = rest.trim();
    let hours = first.strip_suffix('h').and_then(|hours| hours.parse::<u64>().ok());
    let due = Time::parse_rfc3339(first);
    if rest.is_empty() || hours.is_none() && due.is_none() {
        return Deadline { whom: text.to_owned(), ..Deadline::default() };
    }
    Deadline { whom: rest.to_owned(), hours, due, done: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_sentences_become_fields_and_others_stay_whole() {
        let anna = person("Anna Berg, incident lead");
        assert_eq!(
            (anna.name.as_str(), anna.role.as_deref()),
            ("Anna Berg", Some("incident lead"))
        );
        assert_eq!(person("Anna").role, None);
        let records = affected("1,204 customer addresses");
        assert_eq!((records.kind.as_str(), records.count), ("customer addresses", Some(1204)));
        assert_eq!(affected("some orders").count, None);
        let amazon = deadline("24h Amazon");
        assert_eq!((amazon.whom.as_str(), amazon.hours), ("Amazon", Some(24)));
        let told = deadline("2026-03-05T10:00:00Z the data protection officer");
        assert!(told.due.is_some() && told.whom == "the data protection officer");
        assert_eq!(deadline("the owner").whom, "the owner");
    }
}
