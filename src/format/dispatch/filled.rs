//! Rows that an envelope fills where their records are silent.

use crate::event::{Entry, Row, Schema, Time, Value};
use crate::format::envelope::Fallback;

/// Names of what a [`Fallback`] may fill; the last holds many.
const OPEN: [&str; 6] = ["account", "region", "instance", "interface", "host", "resource"];

/// Their slots.
pub(super) type Open = [Option<usize>; OPEN.len()];

pub(super) fn open(schema: &Schema) -> Open {
    OPEN.map(|name| schema.slot(name))
}

/// What is known of a record beside itself: its envelopes know better than the object's name.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) envelope: &'a Fallback,
    pub(super) key: &'a Fallback,
}

impl Known<'_> {
    pub(super) fn is_nothing(self) -> bool {
        self.envelope.is_empty() && self.key.is_empty()
    }
}

/// What goes into [`OPEN`].
fn texts(known: &Fallback) -> [&Option<String>; OPEN.len()] {
    let Fallback { time: _, account, region, instance, interface, host, resource, command: _ } =
        known;
    [account, region, instance, interface, host, resource]
}

/// A row that notices what its decoder leaves open.
pub(super) struct Filled<'r> {
    row: &'r mut dyn Row,
    timed: bool,
    open: Open,
}

impl<'r> Filled<'r> {
    pub(super) fn new(row: &'r mut dyn Row, open: Open) -> Self {
        Self { row, timed: false, open }
    }

    /// The decoder fills this slot itself.
    fn close(&mut self, slot: usize) {
        // There is room for more resources than the record itself names.
        let [single @ .., _] = &mut self.open;
        for open in single {
            if *open == Some(slot) {
                *open = None;
            }
        }
    }

    pub(super) fn fill(&mut self, known: Known<'_>) {
        if let (false, Some(time)) = (self.timed, known.envelope.time) {
            self.row.time(time);
        }
        let (envelope, key) = (texts(known.envelope), texts(known.key));
        for (slot, (better, other)) in self.open.into_iter().zip(envelope.into_iter().zip(key)) {
            if let (Some(slot), Some(text)) = (slot, better.as_ref().or(other.as_ref()))
                && !text.is_empty()
            {
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

    fn zone_unclear(&mut self, name: &'static str) {
        self.row.zone_unclear(name);
    }

    fn records(&mut self, count: u32) {
        self.row.records(count);
    }

    fn put(&mut self, slot: usize, value: Value<'_>) {
        self.close(slot);
        self.row.put(slot, value);
    }

    fn put_entry(&mut self, slot: usize, entry: Entry, value: Value<'_>) {
        self.close(slot);
        self.row.put_entry(slot, entry, value);
    }

    fn put_again(&mut self, slot: usize, entry: Entry) -> bool {
        let is_put = self.row.put_again(slot, entry);
        if is_put {
            self.close(slot);
        }
        is_put
    }
}
