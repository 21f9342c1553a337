//! The records that somebody marked, as the timeline of an incident.

use super::Given;
use crate::case::{Exhibit as Kept, Marked, hex};
use crate::event::scope::source_of;
use crate::event::{Inner, ObjectId, Place, Standing};
use crate::job::proving::subject;
use crate::record::incident::Exhibit;
use crate::record::proof::proof;
use crate::store::{Cell, RowRef, Snapshot, Store};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// The exhibits, and what is known of them beside.
pub(super) struct Told {
    /// In the order of time; those without a time last.
    pub(super) exhibits: Vec<Exhibit>,
    /// Of each the object it is in, if that is among the evidence that is loaded.
    pub(super) objects: Vec<Option<ObjectId>>,
    /// The services whose calls they are.
    pub(super) services: BTreeSet<String>,
}

/// Every marked record.
pub(super) fn all(given: &Given<'_>) -> Told {
    let snapshot = given.store.snapshot();
    let marked: Vec<&Marked> = given.state.work().marked().collect();
    let spots: Vec<Spot> = marked.iter().map(|marked| Spot::of_kept(&marked.exhibit)).collect();
    let rows = Rows::find(given.store, &snapshot, &spots);
    let mut services = BTreeSet::new();
    let mut all: Vec<(Exhibit, Option<ObjectId>)> = Vec::new();
    for (number, marked) in marked.into_iter().enumerate() {
        let mut exhibit = one(given, marked);
        if let Some(at) = rows.rows[number] {
            describe(given, &snapshot, at, &mut exhibit);
            let service = snapshot.segment(at).value(usize::from(at.row), "event.source");
            services.extend((!service.is_absent()).then(|| service.to_string()));
        }
        all.push((exhibit, rows.objects[number]));
    }
    all.sort_by(|(one, _), (other, _)| {
        let key = |it: &Exhibit| (it.time.is_none(), it.time.map(|time| time.at));
        key(one)
            .cmp(&key(other))
            .then_with(|| (&one.object, one.offset).cmp(&(&other.object, other.offset)))
            .then_with(|| one.within.cmp(&other.within))
    });
    let (exhibits, objects) = all.into_iter().unzip();
    Told { exhibits, objects, services }
}

fn one(given: &Given<'_>, marked: &Marked) -> Exhibit {
    let kept = &*marked.exhibit;
    let source = source_of(given.sources, &kept.object);
    // What is known now of the zone of a record that names none.
    let zone = given.zones.of(source.map_or("", |source| source));
    let (line, index) = match kept.place {
        Place::Line(line) => (Some(line), None),
        Place::Index(index) => (None, Some(index)),
    };
    let has_bytes = !kept.raw.0.is_empty() || kept.length == 0;
    Exhibit {
        time: kept.time_in(zone),
        zone: kept.zone.as_ref().map(|_| zone.to_string()),
        source: source.cloned(),
        format: Some(kept.format.clone()),
        message: Some(kept.summary.clone()),
        object: kept.object.clone(),
        member: kept.member.clone(),
        offset: kept.offset,
        length: kept.length,
        within: kept.within.clone(),
        line,
        index,
        sha256: kept.sha256.clone(),
        record_sha256: Some(kept.record_sha256.clone()),
        tags: marked.tags.iter().cloned().collect(),
        raw: has_bytes.then(|| kept.raw.clone()),
        inside: kept.inside.clone(),
        ..Exhibit::default()
    }
}

/// Where a record was when it was marked.
struct Spot {
    path: String,
    sha256: Option<String>,
    offset: u64,
    length: u64,
    within: Inner,
}

impl Spot {
    fn of_kept(it: &Kept) -> Self {
        let path = match &it.member {
            Some(member) => format!("{}!{member}", it.object),
            None => it.object.clone(),
        };
        let (sha256, within) = (it.sha256.clone(), Inner::at(&it.within));
        Self { path, sha256, offset: it.offset, length: it.length, within }
    }

    fn of(it: &Exhibit) -> Self {
        let (path, sha256, within) = (it.path(), it.sha256.clone(), Inner::at(&it.within));
        Self { path, sha256, offset: it.offset, length: it.length, within }
    }
}

/// Where records are in the evidence that is loaded.
struct Rows {
    objects: Vec<Option<ObjectId>>,
    rows: Vec<Option<RowRef>>,
}

impl Rows {
    /// Goes through the objects that are meant, each once. A record of an object that is not what
    /// it was when it was marked is not there any more.
    fn find(store: &Store, snapshot: &Snapshot, spots: &[Spot]) -> Self {
        let wanted: HashSet<&str> = spots.iter().map(|spot| spot.path.as_str()).collect();
        let known = store.ledger().find_all(&wanted);
        let is_same = |spot: &Spot, id: ObjectId| {
            let now = store.ledger().outermost(id).and_then(|object| object.sha256);
            match (&spot.sha256, now) {
                (Some(was), Some(now)) => *was == hex(&now),
                _ => true,
            }
        };
        let object = |spot: &Spot| known.get(spot.path.as_str()).copied();
        let objects: Vec<Option<ObjectId>> =
            spots.iter().map(|spot| object(spot).filter(|id| is_same(spot, *id))).collect();
        let mut places: HashMap<(ObjectId, u64, u64, Inner), Vec<usize>> = HashMap::new();
        for (number, object) in objects.iter().enumerate() {
            if let Some(object) = object {
                let Spot { offset, length, within, .. } = spots[number];
                let place = (*object, offset, length, within);
                places.entry(place).or_default().push(number);
            }
        }
        let meant: HashSet<ObjectId> = objects.iter().flatten().copied().collect();
        let mut rows = vec![None; spots.len()];
        for (segment, here) in snapshot.segments.iter().enumerate() {
            let Some(found) = here.rows_of(|id| meant.contains(&id)) else { continue };
            for row in found.iter() {
                let origin = here.origin(row);
                let length = u64::from(origin.length);
                let place = (origin.object, origin.offset, length, origin.inner.bare());
                for number in places.get(&place).into_iter().flatten() {
                    rows[*number] = Some(RowRef { segment: segment as u32, row: row as u16 });
                }
            }
        }
        Self { objects, rows }
    }
}

/// Takes what the columns say of a row.
fn describe(given: &Given<'_>, snapshot: &Snapshot, at: RowRef, exhibit: &mut Exhibit) {
    let segment = snapshot.segment(at);
    let row = usize::from(at.row);
    let text = |field: &str| {
        let cell = segment.value(row, field);
        (!cell.is_absent()).then(|| cell.to_string())
    };
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
    let is_known = !given.standings.is_empty();
    exhibit.standing = is_known.then(|| given.standings.of(segment.origin(row).object));
}

/// The numbers, from 1, of records among the exhibits.
pub(super) fn numbers(records: &[Arc<Kept>], exhibits: &[Exhibit]) -> Vec<u64> {
    let is = |kept: &Kept, it: &Exhibit| {
        (it.object == kept.object && it.member == kept.member)
            && (it.offset == kept.offset && it.within == kept.within)
    };
    let place = |kept: &Arc<Kept>| exhibits.iter().position(|it| is(kept, it));
    records.iter().filter_map(place).map(|place| place as u64 + 1).collect()
}

/// The rows of exhibits, as far as they are among the evidence.
fn rows(given: &Given<'_>, snapshot: &Snapshot, exhibits: &[Exhibit]) -> Vec<Option<RowRef>> {
    let spots: Vec<Spot> = exhibits.iter().map(Spot::of).collect();
    Rows::find(given.store, snapshot, &spots).rows
}

/// What columns of these names say of the exhibits, by name: also of records that have no members.
pub(super) fn values(
    given: &Given<'_>,
    exhibits: &[Exhibit],
    fields: &[String],
) -> Vec<(String, String)> {
    let snapshot = given.store.snapshot();
    let rows = rows(given, &snapshot, exhibits);
    let mut values = BTreeSet::new();
    for at in rows.into_iter().flatten() {
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
    let rows = rows(given, &snapshot, exhibits);
    let width = exhibits.len().to_string().len().max(3);
    let page = |(nth, exhibit): (usize, &Exhibit)| {
        let raw = exhibit.raw.as_ref().filter(|_| exhibit.standing == Some(Standing::Verified))?;
        let at = rows[nth]?;
        let segment = snapshot.segment(at);
        let subject = subject(given.store.ledger(), segment, usize::from(at.row), &raw.0)?;
        Some((format!("{:0width$}.md", nth + 1), proof(report, &subject).into_bytes()))
    };
    exhibits.iter().enumerate().filter_map(page).collect()
}
