//! What a record leaves open and its envelope, or the name of its object, knows.

use crate::event::{Row, Schema, Time, Value};
use crate::format::envelope::Fallback;

/// Names of what a [`Fallback`] may fill.
const OPEN: [&str; 6] = ["account", "region", "instance", "interface", "host", "resource"];

/// Their slots.
pub(super) type Open = [Option<usize>; OPEN.len()];

pub(super) fn open(schema: &Schema) -> Open {
    OPEN.map(|name| schema.slot(name))
}

/// A row that notices what its decoder leaves open, so that the envelope can fill it.
pub(super) struct Filled<'r> {
    row: &'r mut dyn Row,
    timed: bool,
    open: Open,
}

impl<'r> Filled<'r> {
    pub(super) fn new(row: &'r mut dyn Row, open: Open) -> Self {
        Self { row, timed: false, open }
    }

    pub(super) fn fill(&mut self, fallback: &Fallback) {
        if let (false, Some(time)) = (self.timed, fallback.time) {
            self.row.time(time);
        }
        let Fallback { account, region, instance, interface, host, resource, .. } = fallback;
        let known = [account, region, instance, interface, host, resource];
        for (slot, text) in self.open.into_iter().zip(known) {
            if let (Some(slot), Some(text)) = (slot, text) {
                self.row.put(slot, Value::Str(text));
            }
        }
    }
}

impl Row for Filled<'_> {
    fn time(&mut self, time: Time) {
        self.timed = true;
        self.row.time(time);
    }

    fn zone_assumed(&mut self) {
        self.row.zone_assumed();
    }

    fn put(&mut self, slot: usize, value: Value<'_>) {
        for open in &mut self.open {
            if *open == Some(slot) {
                *open = None;
            }
        }
        self.row.put(slot, value);
    }
}
