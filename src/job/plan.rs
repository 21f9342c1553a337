//! Which records a filter has to read: the rows that columns leave open, object by object, in
//! the order in which answers are wanted.

use super::Evidence;
use crate::event::ObjectId;
use crate::store::{Bits, RowRef, Snapshot};
use std::collections::HashMap;

/// The rows of one object whose records are to be read.
#[derive(Debug, Clone)]
pub struct Planned {
    pub id: ObjectId,
    pub rows: Vec<RowRef>,
    /// Inflated bytes up to the end of the last of these records.
    pub bytes: u64,
    /// Inflated bytes of its outermost object that have to be passed to get to it.
    pub behind: Option<u64>,
    /// Nanoseconds from the nearest of these rows to where answers are wanted first.
    away: u64,
}

/// What is read in one pass over an outermost object: that object itself, or members of it in the
/// order in which they lie there.
#[derive(Debug, Clone, Default)]
pub struct Pass {
    pub objects: Vec<Planned>,
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
        let mut positions: HashMap<ObjectId, usize> = HashMap::new();
        let mut passes: Vec<Pass> = Vec::new();
        // Members lie in an archive in the order of their numbers.
        for mut object in objects(snapshot, open, near) {
            let way = evidence.find(object.id);
            object.behind = way.as_ref().and_then(|way| way.behind);
            let outermost = way.map_or(object.id, |way| way.outermost);
            let position = *positions.entry(outermost).or_insert(passes.len());
            if position == passes.len() {
                passes.push(Pass { away: u64::MAX, ..Pass::default() });
            }
            passes[position].add(object);
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
    near: Option<RowRef>,
) -> impl Iterator<Item = Planned> {
    let near = near.and_then(|at| {
        let segment = snapshot.segments.get(at.segment as usize)?;
        Some(segment.at(usize::from(at.row)))
    });
    let near = near.unwrap_or(i64::MIN);
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
            let object = &mut by_id[origin.object.0 as usize];
            object.rows.push(RowRef { segment: number as u32, row: row as u16 });
            object.bytes = object.bytes.max(origin.offset + u64::from(origin.length));
            object.away = object.away.min(segment.at(row).abs_diff(near));
        }
    }
    by_id.into_iter().filter(|object| !object.rows.is_empty())
}

impl Planned {
    fn empty(id: ObjectId) -> Self {
        Self { id, rows: Vec::new(), bytes: 0, behind: None, away: u64::MAX }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Frame, Place, Schema, Sink, Time, Timestamp, Value, fields};
    use crate::source::Limits;
    use crate::store::{Batch, NewObject, Selection, Store, Window};
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
                let frame = Frame { offset: number * 10, length: 7, place: Place::Line(1) };
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
