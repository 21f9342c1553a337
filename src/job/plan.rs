//! Which records a filter has to read: the rows that columns leave open, object by object, in
//! the order in which answers are wanted.

use super::Evidence;
use super::direct::Direct;
use crate::event::{ObjectId, Origin};
use crate::store::{Bits, RowRef, Snapshot};
use std::collections::{BTreeMap, HashMap};

/// What can be read from anywhere is read in parts of this many bytes, by several threads.
const PART: u64 = 8 << 20;

/// The rows of one object whose records are to be read.
#[derive(Debug, Clone)]
pub struct Planned {
    pub id: ObjectId,
    pub rows: Vec<RowRef>,
    /// Inflated bytes to read: up to the end of the last of these records, or from the first one
    /// to there if that is where reading can begin.
    pub bytes: u64,
    /// Inflated bytes of its outermost object that have to be passed to get to it.
    pub behind: Option<u64>,
    /// Nanoseconds from the nearest of these rows to where answers are wanted first.
    away: u64,
    /// Where the first of the records begins.
    first: u64,
}

/// What is read in one pass over an outermost object: that object itself, or members of it in the
/// order in which they lie there.
#[derive(Debug, Clone, Default)]
pub struct Pass {
    pub objects: Vec<Planned>,
    /// The records are come by without passing what lies before them.
    pub is_direct: bool,
    /// Inflated bytes to read.
    pub bytes: u64,
    away: u64,
}

/// Passes in the order in which they are to be made: eight bytes for each row.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    pub passes: Vec<Pass>,
}

impl Plan {
    /// Plans to read the rows that `open` gives for each segment, without those that are hidden.
    ///
    /// Whoever looks at a part of the table wants the hits there first: passes are made in the
    /// order of how close in time their rows come to `near`, which is the first row of all if
    /// none is named.
    pub fn new<'a>(
        evidence: &Evidence,
        snapshot: &Snapshot,
        open: impl Fn(usize) -> Option<&'a Bits>,
        near: Option<RowRef>,
    ) -> Self {
        let near = near.and_then(|at| {
            let segment = snapshot.segments.get(at.segment as usize)?;
            Some(segment.at(usize::from(at.row)))
        });
        let near = near.unwrap_or(i64::MIN);
        let mut positions: HashMap<Way, usize> = HashMap::new();
        let mut passes: Vec<Pass> = Vec::new();
        // Members lie in an archive in the order of their numbers.
        for object in objects(snapshot, open, near) {
            for (way, object) in object.ways(evidence, snapshot, near) {
                let position = *positions.entry(way).or_insert(passes.len());
                if position == passes.len() {
                    let is_direct = way.part.is_some();
                    passes.push(Pass { away: u64::MAX, is_direct, ..Pass::default() });
                }
                passes[position].add(object);
            }
        }
        passes.sort_by_key(|pass| pass.away);
        Self { passes }
    }

    /// Plans to read these rows.
    pub fn of(evidence: &Evidence, snapshot: &Snapshot, rows: &[RowRef]) -> Self {
        let mut wanted: Vec<Bits> =
            snapshot.segments.iter().map(|segment| Bits::none(segment.len())).collect();
        for at in rows {
            wanted[at.segment as usize].set(usize::from(at.row));
        }
        Self::new(evidence, snapshot, |number| wanted.get(number), None)
    }

    pub fn is_empty(&self) -> bool {
        self.passes.is_empty()
    }

    /// Objects to read from, members of archives each.
    pub fn objects(&self) -> usize {
        self.passes.iter().map(|pass| pass.objects.len()).sum()
    }

    /// Records to read.
    pub fn records(&self) -> usize {
        self.passes.iter().flat_map(|pass| &pass.objects).map(|object| object.rows.len()).sum()
    }

    /// Inflated bytes to read.
    pub fn bytes(&self) -> u64 {
        self.passes.iter().map(|pass| pass.bytes).sum()
    }
}

/// What is read in one pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Way {
    outermost: ObjectId,
    /// The part of what can be read from anywhere; `None`: from the front.
    part: Option<u64>,
}

impl Pass {
    fn add(&mut self, object: Planned) {
        self.bytes = match object.behind {
            Some(behind) => self.bytes.max(behind + object.bytes),
            None => self.bytes + object.bytes,
        };
        self.away = self.away.min(object.away);
        self.objects.push(object);
    }
}

/// The objects of the rows that are open, by their numbers, with these rows.
fn objects<'a>(
    snapshot: &Snapshot,
    open: impl Fn(usize) -> Option<&'a Bits>,
    near: i64,
) -> impl Iterator<Item = Planned> {
    // Numbers of objects are small and without gaps.
    let mut by_id: Vec<Planned> = Vec::new();
    for (number, segment) in snapshot.segments.iter().enumerate() {
        let Some(open) = open(number) else { continue };
        let hidden = snapshot.overlays[number].hidden.as_deref();
        for row in open.iter().filter(|&row| hidden.is_none_or(|hidden| !hidden.get(row))) {
            let origin = segment.origin(row);
            while by_id.len() <= origin.object.0 as usize {
                by_id.push(Planned::empty(ObjectId(by_id.len() as u32)));
            }
            let at = RowRef { segment: number as u32, row: row as u16 };
            by_id[origin.object.0 as usize].add(at, &origin, segment.at(row).abs_diff(near));
        }
    }
    by_id.into_iter().filter(|object| !object.rows.is_empty())
}

impl Planned {
    fn empty(id: ObjectId) -> Self {
        Self { id, rows: Vec::new(), bytes: 0, behind: None, away: u64::MAX, first: u64::MAX }
    }

    fn add(&mut self, at: RowRef, origin: &Origin, away: u64) {
        self.rows.push(at);
        self.bytes = self.bytes.max(origin.offset + u64::from(origin.length));
        self.first = self.first.min(origin.offset);
        self.away = self.away.min(away);
    }

    /// Shares the rows out among the ways to their records.
    fn ways(mut self, evidence: &Evidence, snapshot: &Snapshot, near: i64) -> Vec<(Way, Self)> {
        let Some(located) = evidence.find(self.id) else {
            return vec![(Way { outermost: self.id, part: None }, self)];
        };
        let outermost = located.outermost;
        self.behind = located.behind;
        let Some(direct) = located.direct else {
            return vec![(Way { outermost, part: None }, self)];
        };
        let reach = direct.reach();
        let begins = match &direct {
            Direct::File => 0,
            Direct::Run(run) => run.at,
        };
        let mut ways: BTreeMap<Option<u64>, Self> = BTreeMap::new();
        for &at in &self.rows {
            let segment = snapshot.segment(at);
            let origin = segment.origin(usize::from(at.row));
            let is_direct = reach.contains(&origin.offset);
            let part = is_direct.then(|| (begins + origin.offset - reach.start) / PART);
            let away = segment.at(usize::from(at.row)).abs_diff(near);
            let way = ways.entry(part).or_insert_with(|| {
                let behind = if is_direct { None } else { self.behind };
                Self { behind, ..Self::empty(self.id) }
            });
            way.add(at, &origin, away);
        }
        for (_, way) in ways.iter_mut().filter(|(part, _)| part.is_some()) {
            way.bytes -= way.first;
        }
        ways.into_iter().map(|(part, way)| (Way { outermost, part }, way)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Frame, Place, Schema, Sink, Time, Timestamp, Value, Window, fields};
    use crate::source::Limits;
    use crate::store::{Batch, NewObject, Selection, Store};
    use std::sync::Arc;

    /// Three objects of two events each, an hour apart from object to object; the second event of
    /// the first object is in the third once more.
    fn store() -> Arc<Store> {
        let store = Arc::new(Store::new());
        let schema =
            Arc::new(Schema { id: "t".into(), title: "T".into(), fields: vec![fields::ID] });
        let mut batch = Batch::new(&store, Window::default());
        for object in 0..3 {
            let path = format!("{object}.log").into();
            let new = NewObject { path, parent: None, order: object, bytes: 0 };
            batch.begin(store.ledger().open(new), object);
            for number in 0..2 {
                let id = if (object, number) == (2, 1) { 1 } else { object * 2 + number };
                let row = batch.row(&schema);
                let at = Timestamp(id as i64 / 2 * Timestamp::HOUR);
                row.time(Time::new(at, 0));
                row.put(0, Value::Str(&format!("id-{id}")));
                let frame = Frame::new(number * 10, 7, Place::Line(1));
                let _ = batch.commit(&schema, frame, format!("raw {id}").as_bytes());
            }
        }
        batch.flush();
        drop(batch);
        store
    }

    #[test]
    fn objects_come_in_the_order_of_how_near_they_are_and_hidden_rows_do_not_count() {
        let store = store();
        let evidence = Evidence::new(Arc::clone(&store), Limits::default());
        let snapshot = store.snapshot();
        let all: Vec<Bits> = snapshot.segments.iter().map(|s| Bits::all(s.len())).collect();
        let plan = |near| Plan::new(&evidence, &snapshot, |number| all.get(number), near);
        let ids =
            |plan: &Plan| plan.passes.iter().map(|pass| pass.objects[0].id.0).collect::<Vec<_>>();
        assert_eq!(ids(&plan(None)), [0, 1, 2]);
        let rows = Selection::all(&snapshot).window(0, 9);
        assert_eq!(ids(&plan(rows.last().copied())), [2, 1, 0]);
        assert_eq!(ids(&plan(rows.get(2).copied())), [1, 0, 2]);
        let plan = plan(None);
        assert_eq!((plan.records(), plan.bytes()), (5, 17 + 17 + 7));
        assert_eq!(Plan::of(&evidence, &snapshot, &rows).records(), 5);
        assert!(Plan::new(&evidence, &snapshot, |_| None, None).is_empty());
    }
}
