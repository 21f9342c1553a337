//! The evidence of an incident: every object with its hash, and what is covered and what is not.

use super::Given;
use crate::case::{State, Version, hex};
use crate::event::scope::source_of;
use crate::event::{Standing, Time, Timestamp, Zone, counted};
use crate::job::acquired::Change;
use crate::record::incident::{Clock, Count, Coverage, Object, Span};

/// Outermost objects, and members of archives that were not read whole, in the order in which they
/// were listed.
pub(super) fn objects(given: &Given<'_>) -> Vec<Object> {
    let ledger = given.store.ledger();
    let is_told = |object: &crate::store::Object| object.parent.is_none() || object.is_missed();
    let all = ledger.all().into_iter().filter(is_told);
    all.map(|object| {
        let standing = given.standings.of(object.id);
        let told = Object {
            path: object.path.to_string(),
            sha256: object.sha256.map(|hash| hex(&hash)),
            bytes: object.parent.is_none().then_some(object.bytes),
            standing: (!given.standings.is_empty()).then_some(standing),
            state: object.state.map(|state| state.as_str().to_owned()),
            remark: object.reason.as_ref().map(ToString::to_string),
            ..Object::default()
        };
        let change = object.parent.is_none().then(|| given.changes.get(&*object.path)).flatten();
        change.map_or(told.clone(), |change| changed(told, change))
    })
    .collect()
}

/// An object with the hash that it had when it was acquired, and beside that the one of what the
/// record was made from.
fn changed(told: Object, change: &Change) -> Object {
    let read = told.sha256.as_deref().unwrap_or_default();
    let bytes = counted(told.bytes.unwrap_or_default(), "byte", "bytes");
    let how = if change.has_grown {
        "grown since it was acquired, and still begins with that"
    } else {
        "changed since it was acquired"
    };
    let text = format!("{how}: this record was made from {bytes} with the SHA-256 {read}");
    Object {
        sha256: Some(hex(&change.was.sha256)),
        bytes: change.was.bytes,
        remark: Some(told.remark.map_or(text.clone(), |before| format!("{text}; {before}"))),
        read_sha256: told.sha256,
        read_bytes: told.bytes,
        ..told
    }
}

/// As what times that name no zone were read, of each source that has some.
pub(super) fn clocks(given: &Given<'_>) -> Vec<Clock> {
    let ledger = given.store.ledger();
    let of = |source: &String| {
        let zones = ledger.zones(|path| source_of(given.sources, path) == Some(source));
        let source = source.clone();
        let clock = move |(zone, records): (Zone, u64)| Clock {
            source: source.clone(),
            zone: zone.to_string(),
            records,
        };
        zones.into_iter().map(clock).collect::<Vec<_>>()
    };
    given.sources.iter().flat_map(of).collect()
}

/// The ledger's numbers, the spans of time that digests cover, and what a reader has to know.
pub(super) fn coverage(given: &Given<'_>) -> Coverage {
    let totals = given.store.ledger().totals();
    let counts = totals.counts;
    let numbers = [
        ("objects", totals.objects),
        ("records", counts.records),
        ("records parsed", counts.parsed),
        ("records unparsed", counts.unparsed),
        ("records that are there twice", counts.duplicate),
        ("records outside of the time asked for", counts.out_of_range),
        ("events", counts.events),
    ];
    let count = |(what, count): (&str, u64)| Count { what: what.to_owned(), count };
    Coverage {
        counts: numbers.into_iter().map(count).collect(),
        spans: spans(given),
        remarks: remarks(given, totals.missed),
    }
}

fn spans(given: &Given<'_>) -> Vec<Span> {
    let Some(report) = given.report else { return Vec::new() };
    let time = |at: Timestamp| Some(Time::new(at, 0));
    let span = |span: &crate::verify::Span| {
        let scope = report.scopes.get(span.scope);
        let of = scope.map_or_else(String::new, |scope| {
            let trail = scope.trail.as_deref().unwrap_or("no trail");
            format!("{trail}, account {}, {}", scope.account, scope.region)
        });
        let (from, to) = (time(span.from), time(span.to));
        Span { of, from, to, state: span.cover.as_str().to_owned() }
    };
    report.coverage.iter().map(span).collect()
}

fn remarks(given: &Given<'_>, missed: u64) -> Vec<String> {
    let mut remarks = Vec::new();
    if missed > 0 {
        let objects = counted(missed, "object was", "objects were");
        remarks.push(format!("{objects} not read whole; the evidence manifest says why"));
    }
    let changed = given.changes.values().filter(|change| !change.has_grown).count() as u64;
    if changed > 0 {
        let objects = counted(changed, "object was", "objects were");
        remarks.push(format!(
            "{objects} changed since acquired; the evidence manifest has both hashes"
        ));
    }
    if given.report.is_none() {
        remarks.push("no digests were verified for this record".to_owned());
    }
    let modified = given.store.ledger().ids(|object| {
        object.parent.is_none() && given.standings.of(object.id) == Standing::Modified
    });
    if !modified.is_empty() {
        let objects = counted(modified.len() as u64, "object is", "objects are");
        remarks.push(format!("{objects} not what the digests name"));
    }
    let alarms = given.state.work().alarms();
    let raised = given.raised.told.iter().map(|told| &told.ticket);
    // Of what somebody only wrote a note on, the record tells.
    let raised = raised.filter(|ticket| alarms.get(&ticket.fingerprint).is_none());
    let state = |state: State| {
        raised.clone().filter(|ticket| alarms.state(ticket, given.at()) == state).count() as u64
    };
    let (new, hidden) = (state(State::New), state(State::Suppressed));
    if new > 0 {
        let told = counted(new, "alarm was raised that nobody", "alarms were raised that nobody");
        remarks.push(format!("{told} has decided about; they are not in this record"));
    }
    if hidden > 0 {
        let told = counted(hidden, "alarm is", "alarms are");
        remarks.push(format!("{told} hidden by suppressions"));
    }
    // Of alarms it is told there.
    for conflict in given.state.conflicts().iter().filter(|it| it.alarm.is_none()) {
        let each: Vec<String> = conflict.versions.iter().map(Version::words).collect();
        let each = each.join("; ");
        remarks.push(format!("journals contradict each other about {}: {each}", conflict.about));
    }
    remarks.extend(given.raised.problems.iter().cloned());
    remarks
}
