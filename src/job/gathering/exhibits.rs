//! The records that somebody marked, as the timeline of an incident.

use super::Given;
use crate::case::{Exhibit as Kept, Marked};
use crate::event::scope::source_of;
use crate::event::{Place, Standing, Time};
use crate::job::proving::subject;
use crate::record::incident::Exhibit;
use crate::record::proof::proof;
use crate::store::{Cell, RowRef, Snapshot};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Every marked record, in the order of time; those without a time last.
pub(super) fn all(given: &Given<'_>) -> Vec<Exhibit> {
    let snapshot = given.store.snapshot();
    let marked = given.state.work().marked();
    let mut all: Vec<Exhibit> = marked.map(|marked| one(given, &snapshot, marked)).collect();
    all.sort_by(|one, other| {
        let key = |it: &Exhibit| (it.time.is_none(), it.time.map(|time| time.at));
        key(one)
            .cmp(&key(other))
            .then_with(|| (&one.object, one.offset).cmp(&(&other.object, other.offset)))
    });
    all
}

fn one(given: &Given<'_>, snapshot: &Snapshot, marked: &Marked) -> Exhibit {
    let kept = &*marked.exhibit;
    let work = given.state.work();
    let notes = marked.notes.iter().filter_map(|key| work.notes().get(key));
    let (line, index) = match kept.place {
        Place::Line(line) => (Some(line), None),
        Place::Index(index) => (None, Some(index)),
    };
    let has_bytes = !kept.raw.0.is_empty() || kept.length == 0;
    let mut exhibit = Exhibit {
        time: kept.time.as_deref().and_then(Time::parse_rfc3339),
        zone: kept.zone.clone(),
        source: source_of(given.sources, &kept.object).cloned(),
        format: Some(kept.format.clone()),
        message: Some(kept.summary.clone()),
        object: kept.object.clone(),
        member: kept.member.clone(),
        offset: kept.offset,
        length: kept.length,
        line,
        index,
        sha256: kept.sha256.clone(),
        record_sha256: Some(kept.record_sha256.clone()),
        tags: marked.tags.iter().cloned().collect(),
        notes: notes.map(|note| note.text.clone()).collect(),
        raw: has_bytes.then(|| kept.raw.clone()),
        ..Exhibit::default()
    };
    if let Some(at) = row(given, snapshot, &exhibit) {
        describe(given, snapshot, at, &mut exhibit);
    }
    exhibit
}

/// The record's row in the evidence that is loaded, if it is among it.
fn row(given: &Given<'_>, snapshot: &Snapshot, exhibit: &Exhibit) -> Option<RowRef> {
    let object = given.store.ledger().find(&exhibit.path())?;
    snapshot.segments.iter().enumerate().find_map(|(number, segment)| {
        let rows = segment.rows_of(|id| id == object)?;
        let row = rows.iter().find(|&row| segment.origin(row).offset == exhibit.offset)?;
        Some(RowRef { segment: number as u32, row: row as u16 })
    })
}

/// Takes what the columns say of a row.
fn describe(given: &Given<'_>, snapshot: &Snapshot, at: RowRef, exhibit: &mut Exhibit) {
    let segment = snapshot.segment(at);
    let row = usize::from(at.row);
    let text = |field: &str| {
        let cell = segment.value(row, field);
        (!cell.is_absent()).then(|| cell.to_string())
    };
    // The zone of its source may be another since somebody marked it.
    exhibit.time = segment.time(row).or(exhibit.time);
    let object = segment.origin(row).object;
    let zone = || given.store.ledger().get(object).map(|object| object.zone.to_string());
    exhibit.zone = if segment.is_zone_assumed(row) { zone() } else { None };
    exhibit.event = text("event");
    exhibit.principal = text("principal");
    exhibit.address = text("src.ip");
    exhibit.account = text("account");
    exhibit.region = text("region");
    exhibit.outcome = Some(segment.outcome(row).as_str().to_owned());
    exhibit.resource = match segment.value(row, "resource") {
        Cell::List(items) => items.into_iter().map(str::to_owned).collect(),
        Cell::Absent => Vec::new(),
        cell => vec![cell.to_string()],
    };
    exhibit.standing = Some(given.standings.of(object));
}

/// The numbers, from 1, of records among the exhibits.
pub(super) fn numbers(records: &[Arc<Kept>], exhibits: &[Exhibit]) -> Vec<u64> {
    let is = |kept: &Kept, it: &Exhibit| {
        it.object == kept.object && it.member == kept.member && it.offset == kept.offset
    };
    let place = |kept: &Arc<Kept>| exhibits.iter().position(|it| is(kept, it));
    records.iter().filter_map(place).map(|place| place as u64 + 1).collect()
}

/// What columns of these names say of the exhibits, by name: also of records that have no members.
pub(super) fn values(
    given: &Given<'_>,
    exhibits: &[Exhibit],
    fields: &[String],
) -> Vec<(String, String)> {
    let snapshot = given.store.snapshot();
    let rows = exhibits.iter().filter_map(|exhibit| row(given, &snapshot, exhibit));
    let mut values = BTreeSet::new();
    for at in rows {
        let segment = snapshot.segment(at);
        for field in fields {
            let texts = match segment.value(usize::from(at.row), field) {
                Cell::Absent => Vec::new(),
                Cell::List(items) => items.into_iter().map(str::to_owned).collect(),
                cell => vec![cell.to_string()],
            };
            values.extend(texts.into_iter().map(|text| (field.clone(), text)));
        }
    }
    values.into_iter().collect()
}

/// A page for each exhibit whose log file is verified, with which others can check that, by name.
pub(super) fn proofs(given: &Given<'_>, exhibits: &[Exhibit]) -> Vec<(String, Vec<u8>)> {
    let Some(report) = given.report else { return Vec::new() };
    let snapshot = given.store.snapshot();
    let width = exhibits.len().to_string().len().max(3);
    let page = |(nth, exhibit): (usize, &Exhibit)| {
        let raw = exhibit.raw.as_ref().filter(|_| exhibit.standing == Some(Standing::Verified))?;
        let at = row(given, &snapshot, exhibit)?;
        let segment = snapshot.segment(at);
        let subject = subject(given.store.ledger(), segment, usize::from(at.row), &raw.0)?;
        Some((format!("{:0width$}.md", nth + 1), proof(report, &subject).into_bytes()))
    };
    exhibits.iter().enumerate().filter_map(page).collect()
}
