//! Which records a filter has to read: the rows that columns leave open, object by object, in
//! the order in which answers are wanted.

use crate::event::ObjectId;
use crate::store::{Bits, RowRef, Snapshot};

/// The rows of one object whose records are to be read.
#[derive(Debug, Clone)]
pub struct Planned {
    pub id: ObjectId,
    pub rows: Vec<RowRef>,
    /// Inflated bytes up to the end of the last of these records.
    pub bytes: u64,
    /// Nanoseconds from the nearest of these rows to where answers are wanted first.
    away: u64,
}

/// Objects in the order in which they are to be read: eight bytes for each row.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    pub objects: Vec<Planned>,
}

impl Plan {
    /// Plans to read the rows that `open` gives for each segment, without those that are hidden.
    ///
    /// Whoever looks at a part of the table wants the hits there first: objects are read in the
    /// order of how close in time their rows come to `near`, which is the first row of all if
    /// none is named.
    pub fn new<'a>(
        snapshot: &Snapshot,
        open: impl Fn(usize) -> Option<&'a Bits>,
        near: Option<RowRef>,
    ) -> Self {
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
        by_id.retain(|object| !object.rows.is_empty());
        by_id.sort_by_key(|object| object.away);
        Self { objects: by_id }
    }

    /// Plans to read these rows.
    pub fn of(snapshot: &Snapshot, rows: &[RowRef]) -> Self {
        let mut wanted: Vec<Bits> =
            snapshot.segments.iter().map(|segment| Bits::none(segment.len())).collect();
        for at in rows {
            wanted[at.segment as usize].set(usize::from(at.row));
        }
        Self::new(snapshot, |number| wanted.get(number), None)
    }

    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// Records to read.
    pub fn records(&self) -> usize {
        self.objects.iter().map(|object| object.rows.len()).sum()
    }

    /// Inflated bytes to read.
    pub fn bytes(&self) -> u64 {
        self.objects.iter().map(|object| object.bytes).sum()
    }
}

impl Planned {
    fn empty(id: ObjectId) -> Self {
        Self { id, rows: Vec::new(), bytes: 0, away: u64::MAX }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Frame, Place, Schema, Sink, Time, Timestamp, Value, fields};
    use crate::store::{Batch, NewObject, Selection, Store, Window};
    use std::sync::Arc;

    /// Three objects of two events each, an hour apart from object to object; the second event of
    /// the first object is in the third once more.
    fn store() -> Store {
        let store = Store::new();
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
        let snapshot = store().snapshot();
        let all: Vec<Bits> = snapshot.segments.iter().map(|s| Bits::all(s.len())).collect();
        let plan = |near| Plan::new(&snapshot, |number| all.get(number), near);
        let ids = |plan: &Plan| plan.objects.iter().map(|o| o.id.0).collect::<Vec<_>>();
        assert_eq!(ids(&plan(None)), [0, 1, 2]);
        let rows = Selection::all(&snapshot).window(0, 9);
        assert_eq!(ids(&plan(rows.last().copied())), [2, 1, 0]);
        assert_eq!(ids(&plan(rows.get(2).copied())), [1, 0, 2]);
        let plan = plan(None);
        assert_eq!((plan.records(), plan.bytes()), (5, 17 + 17 + 7));
        assert_eq!(Plan::of(&snapshot, &rows).records(), 5);
        assert!(Plan::new(&snapshot, |_| None, None).is_empty());
    }
}
