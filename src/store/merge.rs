//! Small segments made into one: what comes a few rows a second, for days, must not become as many
//! segments as there are seconds, because every question goes through all of them.
//!
//! A segment never changes; so the merged one is another, and those that it is made of stay in
//! their places without rows. [`Moves`] says what became of each row, so that whoever knows one by
//! an older name still finds it.

use super::segment::Key;
use super::{Builder, Cell, RowRef, Segment};
use crate::event::{Frame, Origin, Row, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// A segment of fewer rows is small.
pub(super) const SMALL: usize = 8192;

/// Small segments of one schema, at most.
pub(super) const MOST: usize = 64;

/// What rows of segments that were merged are called now.
#[derive(Debug, Clone, Default)]
pub struct Moves {
    /// By the position of the old segment: that of the new one, and the row there for each row.
    to: HashMap<u32, (u32, Arc<[u16]>)>,
}

impl Moves {
    /// What the row is called now, whatever it was called before.
    pub fn now(&self, mut at: RowRef) -> RowRef {
        // Rows only ever move to segments further on, so this ends.
        while let Some((segment, rows)) = self.to.get(&at.segment) {
            let Some(&row) = rows.get(usize::from(at.row)) else { return at };
            at = RowRef { segment: *segment, row };
        }
        at
    }

    /// The rows of a segment are in this one now, each at this place.
    pub(super) fn add(&mut self, segment: u32, to: u32, rows: Vec<u16>) {
        self.to.insert(segment, (to, rows.into()));
    }
}

/// All rows of these segments, which have one schema, in one; and for each part where its rows
/// are. `None` if there is not one row.
pub(super) fn merge(parts: &[Arc<Segment>]) -> Option<(Segment, Vec<Vec<u16>>)> {
    let mut builder = Builder::new(parts.first()?.schema());
    let mut order: Vec<(Key, usize, usize)> = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        order.extend((0..part.len()).map(|row| (part.key(row), number, row)));
    }
    // Rows of one key keep the order they have now: that of their segments.
    order.sort_unstable();
    let mut moved: Vec<Vec<u16>> = parts.iter().map(|part| vec![0; part.len()]).collect();
    for (to, &(key, number, row)) in order.iter().enumerate() {
        copy(&parts[number], row, key, &mut builder);
        moved[number][row] = to as u16;
    }
    Some((builder.seal()?, moved))
}

fn copy(from: &Segment, row: usize, key: Key, builder: &mut Builder) {
    if let Some(time) = from.time(row) {
        builder.time(time);
        if from.is_zone_assumed(row) {
            builder.zone_assumed();
        }
    }
    for (slot, _) in from.fields() {
        match from.column(slot).get(row) {
            Cell::Absent => {}
            Cell::Text(text) => builder.put(slot, Value::Str(text)),
            Cell::Id(id) => builder.put(slot, Value::Str(&id.to_string())),
            Cell::Int(number) => builder.put(slot, Value::Int(number)),
            Cell::Float(number) => builder.put(slot, Value::Float(number)),
            Cell::Ip(address) => builder.put(slot, Value::Ip(address)),
            Cell::Time(time) => builder.put(slot, Value::Time(time)),
            Cell::List(items) => {
                for item in items {
                    builder.put(slot, Value::Str(item));
                }
            }
        }
    }
    let origin = from.origin(row);
    let Origin { offset, length, place, inner, .. } = origin;
    let frame = Frame { offset, length, place, inner };
    builder.commit(origin.object, key.object, frame, from.content(row));
}
