//! The evidence of an incident: every object with its hash, and what is covered and what is not.

use super::Given;
use crate::case::{State, Version, hex};
use crate::event::scope::{holds, source_of};
use crate::event::{Standing, Time, Timestamp, Zone, counted};
use crate::job::acquired::Change;
use crate::record::incident::{Clock, Count, Coverage, Object, Span};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The state of an object that was acquired, or in which a record was marked, and is not there any
/// more; and of one of which that is not known.
const GONE: &str = "gone";
const NOT_READ: &str = "not_read";

/// Outermost objects, and members of archives that were not read whole, in the order in which they
/// were listed; then those that were acquired and are gone.
pub(super) fn objects(given: &Given<'_>) -> Vec<Object> {
    let ledger = given.store.ledger();
    let is_told = |object: &crate::store::Object| object.parent.is_none() || object.is_missed();
    let all = ledger.all();
    let told = all.iter().filter(|object| is_told(object)).map(|object| {
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
        let told = as_acquired(given, object, told);
        let change =
            object.parent.is_none().then(|| given.changes.objects.get(&*object.path)).flatten();
        change.map_or(told.clone(), |change| changed(told, change))
    });
    let mut objects: Vec<Object> = told.collect();
    objects.extend(missing(given, &all));
    objects
}

/// An object that could not be read, with the hash that it had when it was acquired.
fn as_acquired(given: &Given<'_>, object: &crate::store::Object, told: Object) -> Object {
    let was = given.changes.unread.get(&*object.path);
    let Some(was) = was.filter(|_| object.parent.is_none()) else { return told };
    let says = "its hash is that of when it was acquired";
    let remark = told.remark.map_or_else(|| says.to_owned(), |why| format!("{why}; {says}"));
    let sha256 = Some(hex(&was.sha256));
    Object { sha256, bytes: was.bytes, remark: Some(remark), ..told }
}

/// An object with the hash that it had when it was acquired, and beside that the one of what the
/// record was made from, and of what was read of it at another time.
fn changed(told: Object, change: &Change) -> Object {
    let Some((first, later)) = change.was.split_first() else { return told };
    let read = told.sha256.clone().unwrap_or_default();
    let bytes = counted(told.bytes.unwrap_or_default(), "byte", "bytes");
    let is_first = hex(&first.sha256) == read;
    let how = if change.has_grown {
        "grown since it was acquired, and still begins with that"
    } else {
        "changed since it was acquired"
    };
    let mut remarks = Vec::new();
    if !is_first {
        remarks.push(format!("{how}: this record was made from {bytes} with the SHA-256 {read}"));
    }
    let others = later.iter().filter(|was| hex(&was.sha256) != read);
    remarks.extend(others.filter(|_| is_first || !change.has_grown).map(|was| {
        format!("after it was acquired it was also read with the SHA-256 {}", hex(&was.sha256))
    }));
    remarks.extend(told.remark.clone());
    Object {
        sha256: Some(hex(&first.sha256)),
        bytes: first.bytes.or(told.bytes.filter(|_| is_first)),
        remark: Some(remarks.join("; ")).filter(|text| !text.is_empty()),
        read_sha256: told.sha256.clone().filter(|_| !is_first),
        read_bytes: told.bytes.filter(|_| !is_first),
        ..told
    }
}

/// What was acquired and is not among what this record was made from: of the sources as they are
/// now, and whatever a record was marked in.
fn missing(given: &Given<'_>, all: &[crate::store::Object]) -> Vec<Object> {
    let marked = given.state.work().marked();
    let marked: HashMap<&str, Option<&String>> =
        marked.map(|it| (&*it.exhibit.object, it.exhibit.sha256.as_ref())).collect();
    let loaded: HashSet<&str> = all.iter().map(|object| &*object.path).collect();
    let known = given.changes.missing.iter().filter(|(path, _)| {
        source_of(given.sources, path).is_some() || marked.contains_key(path.as_str())
    });
    let mut missing: BTreeMap<&str, Object> = known
        .map(|(path, was)| {
            let sha256 = Some(hex(&was.sha256));
            (
                path.as_str(),
                Object { path: path.clone(), sha256, bytes: was.bytes, ..Object::default() },
            )
        })
        .collect();
    // One that grew when a record was marked in it was never acquired whole.
    for (path, sha256) in marked.into_iter().filter(|(path, _)| !loaded.contains(path)) {
        missing.entry(path).or_insert_with(|| Object {
            path: path.to_owned(),
            sha256: sha256.cloned(),
            ..Object::default()
        });
    }
    let told = |object: Object| {
        let (state, why) = why_missing(given, all, &object.path);
        Object { state: Some(state.to_owned()), remark: Some(why.to_owned()), ..object }
    };
    missing.into_values().map(told).collect()
}

/// What became of an object that was not met, in a word and in a sentence.
fn why_missing(
    given: &Given<'_>,
    all: &[crate::store::Object],
    path: &str,
) -> (&'static str, &'static str) {
    let Some(source) = source_of(given.sources, path) else {
        return (GONE, "it is in no source of the workspace any more");
    };
    let is_closed = |object: &crate::store::Object| {
        object.is_missed() && &*object.path != path && holds(&object.path, path)
    };
    if all.iter().any(is_closed) {
        return (NOT_READ, "what it lies in could not be read");
    }
    if crate::job::session::is_elsewhere(source) {
        return (NOT_READ, "it is not among what was fetched: outside of that time, or gone");
    }
    (GONE, "it was acquired, and its source does not have it any more")
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
pub(super) fn coverage(given: &Given<'_>, objects: &[Object]) -> Coverage {
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
        remarks: remarks(given, totals.missed, objects),
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
        let state = span.cover.as_str().to_owned();
        Span { of, from, to, state, meaning: Some(span.words()) }
    };
    report.coverage.iter().map(span).collect()
}

fn remarks(given: &Given<'_>, missed: u64, objects: &[Object]) -> Vec<String> {
    let mut remarks = of_objects(given, missed, objects);
    remarks.extend(damaged(given.damage));
    remarks.extend(given.changes.problems.iter().cloned());
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
    remarks.extend(undecided(given));
    // Of alarms it is told there.
    for conflict in given.state.conflicts().iter().filter(|it| it.alarm.is_none()) {
        let each: Vec<String> = conflict.versions.iter().map(Version::words).collect();
        let each = each.join("; ");
        remarks.push(format!("journals contradict each other about {}: {each}", conflict.about));
    }
    remarks.extend(given.raised.problems.iter().cloned());
    remarks
}

/// What the evidence is not.
fn of_objects(given: &Given<'_>, missed: u64, objects: &[Object]) -> Vec<String> {
    let mut remarks = Vec::new();
    if missed > 0 {
        let objects = counted(missed, "object was", "objects were");
        remarks.push(format!("{objects} not read whole; the evidence manifest says why"));
    }
    let is_changed = |it: &&Object| {
        let change = given.changes.objects.get(&it.path);
        it.read_sha256.is_some() && change.is_some_and(|change| !change.has_grown)
    };
    let changed = objects.iter().filter(is_changed).count() as u64;
    if changed > 0 {
        let objects = counted(changed, "object was", "objects were");
        remarks.push(format!(
            "{objects} changed since acquired; the evidence manifest has both hashes"
        ));
    }
    let count =
        |state: &str| objects.iter().filter(|it| it.state.as_deref() == Some(state)).count() as u64;
    if count(GONE) > 0 {
        let told =
            counted(count(GONE), "object that was acquired is", "objects that were acquired are");
        remarks.push(format!("{told} gone; the evidence manifest names what is"));
    }
    if count(NOT_READ) > 0 {
        let told = counted(count(NOT_READ), "object", "objects");
        remarks.push(format!("{told} acquired before, and not read for this record"));
    }
    remarks
}

/// That the journal is not what was written.
fn damaged(damage: &[String]) -> Option<String> {
    let (first, more) = damage.split_first()?;
    let more = match more.len() as u64 {
        0 => String::new(),
        more => format!(", and {}", counted(more, "more fault", "more faults")),
    };
    Some(format!(
        "THE JOURNAL IS DAMAGED, and what this record says of notes and decisions may be forged: \
         {first}{more}"
    ))
}

/// Alarms of which the record does not tell.
fn undecided(given: &Given<'_>) -> Vec<String> {
    let mut remarks = Vec::new();
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
        remarks.push(format!("{told} has decided about; of these this record has the names"));
    }
    if hidden > 0 {
        let told = counted(hidden, "alarm is", "alarms are");
        remarks.push(format!("{told} hidden by suppressions"));
    }
    remarks
}
