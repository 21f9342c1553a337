//! The coverage ledger: every evidence object, what became of it, and how many records it gave.
//!
//! **`records = parsed + unparsed + duplicate + out_of_range`, for every object, always.**

mod object;

pub use object::{Contents, Counts, MAX_REMARKS, NewObject, Object};

use super::Chunks;
use crate::event::{ObjectId, Reason, ReasonKind, Schema, State, Zone};
use object::add_format;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// What is said of an event that has no place on the axis; unparsed records say more themselves.
const NO_TIME: &str = "an event without a time that could be read, which stands at the end";

/// What reading a piece of an object yields.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    pub counts: Counts,
    pub inflated: u64,
    pub formats: Vec<(Arc<Schema>, u64)>,
    pub span: Option<(i64, i64)>,
    /// Records whose times name no zone.
    pub zone_assumed: u64,
    /// Zones that times name and that may be several: the offset of the first, and how many.
    pub unclear: BTreeMap<&'static str, (u64, u64)>,
    pub remarks: Vec<Reason>,
    /// Offset of the first event without a time, and how many there are: a log may have nothing
    /// else, so it is told once, not for each.
    pub untimed: Option<(u64, u64)>,
}

impl Tally {
    pub fn is_empty(&self) -> bool {
        self.counts == Counts::default() && self.inflated == 0 && self.remarks.is_empty()
    }

    pub fn see_time(&mut self, at: i64) {
        self.span = Some(self.span.map_or((at, at), |(a, b)| (a.min(at), b.max(at))));
    }

    pub fn see_event(&mut self, schema: &Arc<Schema>) {
        self.counts.events += 1;
        add_format(&mut self.formats, schema, 1);
    }
}

/// Sums over all objects.
#[derive(Debug, Clone, Default)]
pub struct Totals {
    pub objects: u64,
    pub bytes: u64,
    pub inflated: u64,
    pub counts: Counts,
    /// Objects by state; those still to be read are not among them.
    pub states: HashMap<State, u64>,
    /// Objects with bytes that may be records and were not read, or not yet.
    pub missed: u64,
    /// Objects taken over from an earlier session that were not hashed again yet.
    pub unchecked: u64,
    pub span: Option<(i64, i64)>,
    /// Records whose times name no zone, by the zone they were read in.
    pub zones: BTreeMap<Zone, u64>,
}

/// All objects of a session, in the order in which they were met.
#[derive(Debug, Default)]
pub struct Ledger {
    objects: RwLock<Chunks<Object>>,
    /// The reason that was given last: what holds of one often holds of very many.
    given: Mutex<Option<Arc<Reason>>>,
}

impl Ledger {
    fn read(&self) -> RwLockReadGuard<'_, Chunks<Object>> {
        self.objects.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Chunks<Object>> {
        self.objects.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn open(&self, new: NewObject) -> ObjectId {
        let mut objects = self.write();
        let id = ObjectId(objects.len() as u32);
        if let Some(parent) = new.parent.and_then(|parent| objects.get_mut(parent.0 as usize)) {
            parent.members += 1;
        }
        objects.push(Object::new(id, new));
        id
    }

    /// An object of an earlier session is still what it was: takes over all that was found out
    /// about it but its names and its place in the listing.
    pub fn restore(&self, id: ObjectId, was: Object) {
        if let Some(object) = self.write().get_mut(id.0 as usize) {
            object.restore(was);
        }
    }

    /// The object has been hashed again and is what it was.
    pub fn checked(&self, id: ObjectId) {
        if let Some(object) = self.write().get_mut(id.0 as usize) {
            object.unchecked = false;
        }
    }

    /// Adds what was read of an object.
    pub fn add(&self, id: ObjectId, tally: Tally) {
        let mut objects = self.write();
        let Some(object) = objects.get_mut(id.0 as usize) else { return };
        object.counts.add(&tally.counts);
        object.inflated += tally.inflated;
        object.zone_assumed += tally.zone_assumed;
        for (schema, events) in &tally.formats {
            add_format(&mut object.formats, schema, *events);
        }
        if let Some((first, last)) = tally.span {
            object.span =
                Some(object.span.map_or((first, last), |(a, b)| (a.min(first), b.max(last))));
        }
        for remark in tally.remarks {
            object.remark(remark, 1);
        }
        for (name, (offset, times)) in tally.unclear {
            let detail =
                format!("{name} is the name of several zones; read as if a time named none");
            object.remark(Reason::new(ReasonKind::Zone, detail).at(offset), times);
        }
        if let Some((offset, times)) = tally.untimed {
            object.remark(Reason::new(ReasonKind::NoTime, NO_TIME).at(offset), times);
        }
    }

    /// The reason, as it was given before if it was that.
    fn shared(&self, reason: Reason) -> Arc<Reason> {
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        match &*given {
            Some(given) if **given == reason => Arc::clone(given),
            _ => Arc::clone(given.insert(Arc::new(reason))),
        }
    }

    /// The object's times that name no zone are read in this one.
    pub fn read_in(&self, id: ObjectId, zone: Zone) {
        let mut objects = self.write();
        let object = objects.get_mut(id.0 as usize).filter(|object| object.zone != zone);
        if let Some(object) = object {
            object.zone = zone;
        }
    }

    /// An object's reading ended.
    pub fn close(&self, id: ObjectId, state: State, reason: Option<Reason>) {
        let reason = reason.map(|reason| self.shared(reason));
        if let Some(object) = self.write().get_mut(id.0 as usize) {
            object.state = Some(state);
            object.reason = reason;
        }
    }

    /// Where the object came from says what keeps it from being deleted there.
    pub fn lock(&self, id: ObjectId, said: String) {
        if let Some(object) = self.write().get_mut(id.0 as usize) {
            object.lock = Some(said.into());
        }
    }

    /// The outermost object was acquired whole: its hash and true size.
    pub fn acquired(&self, id: ObjectId, sha256: [u8; 32], bytes: u64) {
        if let Some(object) = self.write().get_mut(id.0 as usize) {
            object.sha256 = Some(sha256);
            object.bytes = bytes;
        }
    }

    /// The object was read as far as it goes, and more may come. While it grows it has no hash:
    /// what is marked in it must be found again whatever comes.
    pub fn growing(&self, id: ObjectId, bytes: u64, reason: Reason) {
        if let Some(object) = self.write().get_mut(id.0 as usize) {
            object.state = Some(State::Growing);
            object.reason = Some(Arc::new(reason));
            object.sha256 = None;
            object.bytes = bytes;
        }
    }

    /// A row turned out to be there already. Tallies arrive before their rows, so it is counted.
    pub(super) fn duplicate(&self, id: ObjectId, schema: &Arc<Schema>) {
        if let Some(object) = self.write().get_mut(id.0 as usize) {
            object.counts.events = object.counts.events.saturating_sub(1);
            object.counts.parsed = object.counts.parsed.saturating_sub(1);
            object.counts.duplicate += 1;
            let format = object.formats.iter_mut().find(|(known, _)| known.id == schema.id);
            if let Some((_, count)) = format {
                *count = count.saturating_sub(1);
            }
        }
    }

    /// A row that was taken for a duplicate stands in the table after all.
    pub(super) fn no_duplicate(&self, id: ObjectId, schema: &Arc<Schema>) {
        if let Some(object) = self.write().get_mut(id.0 as usize) {
            object.counts.events += 1;
            object.counts.parsed += 1;
            object.counts.duplicate = object.counts.duplicate.saturating_sub(1);
            add_format(&mut object.formats, schema, 1);
        }
    }

    /// These objects and their members are no longer among the evidence. Their numbers stay
    /// taken. Returns all of them.
    pub(super) fn retract(&self, ids: &[ObjectId]) -> HashSet<ObjectId> {
        let mut family: HashSet<ObjectId> = ids.iter().copied().collect();
        // Members come behind what they are members of.
        for object in self.write().iter_mut() {
            if object.parent.is_some_and(|parent| family.contains(&parent)) {
                family.insert(object.id);
            }
            object.gone |= family.contains(&object.id);
        }
        family
    }

    /// The object and its members are the same as another: they give no records.
    pub(super) fn forget(&self, id: ObjectId, reason: &Reason) -> Vec<ObjectId> {
        let reason = self.shared(reason.clone());
        let mut objects = self.write();
        // Members come behind what they are members of.
        let is_alone = objects[id.0 as usize].members == 0;
        let behind = if is_alone { 0..0 } else { id.0 + 1..objects.len() as u32 };
        let members = behind.map(ObjectId).filter(|&member| descends(&objects, member, id));
        let family: Vec<ObjectId> = std::iter::once(id).chain(members).collect();
        for member in &family {
            let object = &mut objects[member.0 as usize];
            object.forget();
            object.state = Some(State::Skipped);
            object.reason = Some(Arc::clone(&reason));
        }
        family
    }

    pub fn len(&self) -> usize {
        self.read().len()
    }

    pub fn is_empty(&self) -> bool {
        self.read().is_empty()
    }

    pub fn get(&self, id: ObjectId) -> Option<Object> {
        self.read().get(id.0 as usize).cloned()
    }

    pub fn path(&self, id: ObjectId) -> Option<Arc<str>> {
        self.read().get(id.0 as usize).map(|object| Arc::clone(&object.path))
    }

    /// Whether the object is no longer among the evidence.
    pub fn is_gone(&self, id: ObjectId) -> bool {
        self.read().get(id.0 as usize).is_none_or(|object| object.gone)
    }

    /// The object of this path.
    pub fn find(&self, path: &str) -> Option<ObjectId> {
        let objects = self.read();
        let found = objects.iter().find(|object| !object.gone && &*object.path == path);
        found.map(|object| object.id)
    }

    /// The objects of these paths, in one pass.
    pub fn find_all<'a>(&self, paths: &HashSet<&'a str>) -> HashMap<&'a str, ObjectId> {
        let objects = self.read();
        let known = objects
            .iter()
            .filter(|object| !object.gone)
            .filter_map(|object| paths.get(&*object.path).map(|path| (*path, object.id)));
        known.collect()
    }

    /// Bytes and SHA-256 of outermost objects, as acquired, by their paths.
    pub fn hashes(&self) -> HashMap<Arc<str>, (u64, [u8; 32])> {
        let objects = self.read();
        let hash = |object: &Object| {
            let sha256 = object.sha256.filter(|_| !object.gone)?;
            Some((Arc::clone(&object.path), (object.bytes, sha256)))
        };
        objects.iter().filter_map(hash).collect()
    }

    /// Path, SHA-256 and bytes of each outermost object that was acquired whole, in the order in
    /// which they were met; also of those that are no longer among the evidence.
    pub fn acquisitions(&self) -> Vec<(Arc<str>, [u8; 32], u64)> {
        let objects = self.read();
        let whole = objects.iter().filter(|object| object.parent.is_none());
        let whole = whole
            .filter_map(|object| Some((Arc::clone(&object.path), object.sha256?, object.bytes)));
        whole.collect()
    }

    /// The outermost object that this one is, or is a member of.
    pub fn outermost(&self, id: ObjectId) -> Option<Object> {
        let objects = self.read();
        let mut object = objects.get(id.0 as usize)?;
        while let Some(parent) = object.parent {
            object = objects.get(parent.0 as usize)?;
        }
        Some(object.clone())
    }

    /// Every object, in the order of the listing, archives before their members.
    pub fn all(&self) -> Vec<Object> {
        let mut objects: Vec<Object> =
            self.read().iter().filter(|object| !object.gone).cloned().collect();
        objects.sort_by_key(|object| object.order);
        objects
    }

    /// The objects that the test wants, in the order of the listing, without copying them.
    pub fn ids(&self, wanted: impl Fn(&Object) -> bool) -> Vec<ObjectId> {
        let objects = self.read();
        let found = objects.iter().filter(|object| !object.gone && wanted(object));
        let mut ids: Vec<(u64, ObjectId)> = found.map(|object| (object.order, object.id)).collect();
        ids.sort_unstable();
        ids.into_iter().map(|(_, id)| id).collect()
    }

    pub fn totals(&self) -> Totals {
        let objects = self.read();
        let mut totals = Totals::default();
        for object in objects.iter().filter(|object| !object.gone) {
            totals.objects += 1;
            totals.bytes += object.bytes;
            totals.inflated += object.inflated;
            totals.counts.add(&object.counts);
            if object.zone_assumed > 0 {
                *totals.zones.entry(object.zone).or_default() += object.zone_assumed;
            }
            totals.unchecked += u64::from(object.unchecked);
            totals.missed += u64::from(object.is_missed());
            if let Some(state) = object.state {
                *totals.states.entry(state).or_default() += 1;
            }
            if let Some((first, last)) = object.span {
                let span = totals.span.map_or((first, last), |(a, b)| (a.min(first), b.max(last)));
                totals.span = Some(span);
            }
        }
        totals
    }
}

impl Ledger {
    /// How many records have times that name no zone, by the zone they were read in, of outermost
    /// objects of these paths and of what is in them.
    pub fn zones(&self, is_wanted: impl Fn(&str) -> bool) -> BTreeMap<Zone, u64> {
        let mut zones = BTreeMap::new();
        let objects = self.read();
        for object in objects.iter().filter(|object| !object.gone && object.zone_assumed > 0) {
            let mut outermost = object;
            while let Some(parent) = outermost.parent {
                outermost = &objects[parent.0 as usize];
            }
            if is_wanted(&outermost.path) {
                *zones.entry(object.zone).or_default() += object.zone_assumed;
            }
        }
        zones
    }

    /// Events of the object and all that is in it.
    pub fn events_in(&self, id: ObjectId) -> u64 {
        let objects = self.read();
        let mine = objects.iter().filter(|o| o.id == id || descends(&objects, o.id, id));
        mine.map(|object| object.counts.events).sum()
    }
}

fn descends(objects: &Chunks<Object>, mut member: ObjectId, from: ObjectId) -> bool {
    while let Some(parent) = objects[member.0 as usize].parent {
        if parent == from {
            return true;
        }
        member = parent;
    }
    false
}
