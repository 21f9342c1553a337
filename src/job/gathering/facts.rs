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
            let deadlines = &mut incident.notification.get_or_insert_default().deadlines;
            add(deadlines, deadline(text));
        }
    }
}

/// `NAME, ROLE, MAIL`; what has an `@` is the address, wherever it stands.
fn person(text: &str) -> Person {
    let mut parts = text.split(',').map(str::trim);
    let name = parts.next().unwrap_or_default().to_owned();
    let (contact, role): (Vec<&str>, Vec<&str>) =
        parts.filter(|part| !part.is_empty()).partition(|part| part.contains('@'));
    let some = |parts: &[&str]| (!parts.is_empty()).then(|| parts.join(", "));
    Person { name, role: some(&role), contact: some(&contact) }
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

/// Adds a deadline. What is said again of somebody takes the place of what was said before, as far as
/// it says something.
fn add(deadlines: &mut Vec<Deadline>, new: Deadline) {
    let known = deadlines.iter_mut().find(|it| it.whom.to_lowercase() == new.whom.to_lowercase());
    match known {
        Some(known) => {
            if new.hours.is_some() || new.due.is_some() {
                (known.hours, known.due) = (new.hours, new.due);
            }
            known.done = new.done.or(known.done);
        }
        None => deadlines.push(new),
    }
}

/// What is due so many hours from when it was detected, if that is known.
pub(super) fn due(incident: &mut Incident) {
    let Some(detected) = incident.times.detected else { return };
    let deadlines = incident.notification.iter_mut().flat_map(|it| &mut it.deadlines);
    for deadline in deadlines.filter(|it| it.due.is_none()) {
        deadline.due = deadline.hours.and_then(|hours| {
            let nanos = i64::try_from(hours).ok()?.checked_mul(Timestamp::HOUR)?;
            Some(Time { at: Timestamp(detected.at.0.checked_add(nanos)?), ..detected })
        });
    }
}

/// `TIME WHOM`, or `24h WHOM` from when it was detected; `, told TIME` behind it once that is done.
fn deadline(text: &str) -> Deadline {
    let told = text.rsplit_once(", told ");
    let told = told.and_then(|(rest, at)| Some((rest.trim(), Time::parse_rfc3339(at.trim())?)));
    let (text, done) = told.map_or((text, None), |(rest, at)| (rest, Some(at)));
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    let rest = rest.trim();
    let hours = first.strip_suffix('h').and_then(|hours| hours.parse::<u64>().ok());
    let due = Time::parse_rfc3339(first);
    if rest.is_empty() || hours.is_none() && due.is_none() {
        return Deadline { whom: text.to_owned(), done, ..Deadline::default() };
    }
    Deadline { whom: rest.to_owned(), hours, due, done }
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
        assert_eq!((person("Anna").role, anna.contact), (None, None));
        let kim = person("Kim Ito, kim@example.com, owner, on leave");
        assert_eq!(kim.contact.as_deref(), Some("kim@example.com"));
        assert_eq!(kim.role.as_deref(), Some("owner, on leave"));
        let records = affected("1,204 customer addresses");
        assert_eq!((records.kind.as_str(), records.count), ("customer addresses", Some(1204)));
        assert_eq!(affected("some orders").count, None);
        let amazon = deadline("24h Amazon");
        assert_eq!((amazon.whom.as_str(), amazon.hours), ("Amazon", Some(24)));
        let told = deadline("2026-03-05T10:00:00Z the data protection officer");
        assert!(told.due.is_some() && told.whom == "the data protection officer");
        assert_eq!(deadline("the owner").whom, "the owner");
    }

    #[test]
    fn hours_count_from_detection_and_what_is_told_is_not_told_twice() {
        let mut incident = Incident::default();
        incident.times.detected = Time::parse_rfc3339("2026-03-04T10:42:00Z");
        let say = |text: &str, incident: &mut Incident| {
            say(incident, (Facet::Deadline, text), (Timestamp(0), "anna"));
        };
        say("24h Amazon", &mut incident);
        say("the owner", &mut incident);
        due(&mut incident);
        let times = |incident: &Incident| -> Vec<[Option<String>; 2]> {
            let deadlines = &incident.notification.as_ref().unwrap().deadlines;
            deadlines
                .iter()
                .map(|it| [it.due, it.done].map(|at| at.map(Time::to_rfc3339)))
                .collect()
        };
        let at = |text: &str| Some(text.to_owned());
        let amazon = at("2026-03-05T10:42:00Z");
        assert_eq!(times(&incident), [[amazon.clone(), None], [None, None]]);
        say("amazon, told 2026-03-04T12:00:00Z", &mut incident);
        assert_eq!(times(&incident), [[amazon, at("2026-03-04T12:00:00Z")], [None, None]]);
        // A length that no time has is none.
        say("999999999999999h Court", &mut incident);
        due(&mut incident);
        assert_eq!(times(&incident)[2], [None, None]);
    }
}
