//! What notes and descriptions of a bundle say in words.

use super::super::digest::moment;
use super::super::timeline::{entities, message};
use super::super::{Alarm, Exhibit, Note, Severity, StandIn};
use std::fmt::Write;

/// An exhibit: what happened, where the record lies, and what else is known of it.
pub(super) fn exhibit(it: &Exhibit) -> String {
    let about = [
        ("source", it.source.as_deref()),
        ("format", it.format.as_deref()),
        ("event", it.event.as_deref()),
        ("outcome", it.outcome.as_deref()),
        ("account", it.account.as_deref()),
        ("region", it.region.as_deref()),
        ("time read as", it.zone.as_deref()),
        ("resource", Some(&*it.resource.join(", "))),
        ("tags", Some(&*it.tags.join(", "))),
    ];
    let about = about.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let about: Vec<String> = about
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    let place = format!(
        "{}, {}, bytes {} to {}; SHA-256 of the record {}; integrity {}",
        it.path(),
        it.place().as_deref().unwrap_or("place not stated"),
        it.offset,
        it.offset.saturating_add(it.length),
        it.record_sha256.as_deref().unwrap_or("not stated"),
        it.standing.map_or("not stated", crate::event::Standing::as_str),
    );
    format!("{}\n{place}\n{}", message(it), about.join("; "))
}

/// An alarm, its rule, and what became of it.
pub(super) fn alarm(it: &Alarm) -> String {
    let stated = |text: Option<&str>| text.unwrap_or("not stated").to_owned();
    let rule = &it.rule;
    let mut text = format!(
        "Alarm: {}\nfingerprint {}; rule {}, version {}, by {}, licence {}\n\
         rests on: {}, from {} to {}\nseverity {}; state {}; verdict {}; by {}, {}\n\
         reason: {}\nacknowledged {}; closed {}\nabout {}",
        it.title(),
        it.fingerprint,
        stated(rule.id.as_deref()),
        stated(rule.version.as_deref()),
        stated(rule.author.as_deref()),
        stated(rule.licence.as_deref()),
        it.size(),
        moment(it.first),
        moment(it.last),
        stated(it.severity.map(Severity::as_str)),
        stated(it.state.as_deref()),
        stated(it.verdict.map(crate::event::Verdict::as_str)),
        stated(it.who.as_deref()),
        moment(it.at),
        stated(it.reason.as_deref()),
        moment(it.acknowledged),
        moment(it.closed),
        entities(it),
    );
    let more = [
        ("owner", it.owner.clone()),
        ("stands for it", it.into.as_ref().map(StandIn::words)),
        ("history", it.past()),
    ];
    for (name, told) in more {
        if let Some(told) = told {
            let _ = write!(text, "\n{name}: {told}");
        }
    }
    if let Some(disputed) = it.disputed() {
        let _ = write!(text, "\nopen disagreement: {disputed}");
    }
    if let Some(why) = &it.why {
        let _ = write!(text, "\nwhy: {why}");
    }
    text
}

/// A note, with its number and who wrote it.
pub(super) fn note(note: &Note) -> String {
    let number = note.number.map_or_else(String::new, |number| format!("note {number}, "));
    match &note.who {
        Some(who) => format!("{number}{who}: {}", note.text),
        None => format!("{number}{}", note.text),
    }
}
