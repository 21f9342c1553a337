//! What a loading thread writes into: rows of many objects and formats, sealed into segments and
//! appended to the store as they fill.

use super::{Builder, Segment, Store, Tally};
use crate::event::{Frame, ObjectId, Reason, Row, Schema, Sink, Window};
use foldhash::quality::FixedState;
use std::hash::BuildHasher;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Rows after which the first segments are sealed, so that something is on screen at once; each
/// next one may be twice as large.
const FIRST_SEAL: usize = 1024;

/// Time after which rows are shown, however few.
const PATIENCE: Duration = Duration::from_millis(400);

/// Each time that few rows are shown early, the next are kept back so much longer: an input that
/// gives a line now and then for days must not become as many segments.
const KEPT_BACK: Duration = Duration::from_millis(10);

/// Records looked at between two looks at the clock.
const CLOCK_EVERY: u64 = 512;

/// The sink of one loading thread.
pub struct Batch<'a> {
    store: &'a Store,
    hasher: FixedState,
    window: Window,
    builders: Vec<Builder>,
    /// The builder of the last row: the next is most often of the same schema.
    current: usize,
    object: ObjectId,
    order: u64,
    tally: Tally,
    seal_at: usize,
    last_seal: Instant,
    commits: u64,
    /// How often few rows were shown early.
    rests: u32,
    /// Few rows come at a time, for as long as somebody looks.
    is_live: bool,
    /// The record of the last row, and its hash.
    hashed: Option<(Frame, u64)>,
}

impl<'a> Batch<'a> {
    pub fn new(store: &'a Store, window: Window) -> Self {
        Self {
            store,
            hasher: store.hasher(),
            window,
            builders: Vec::new(),
            current: 0,
            object: ObjectId(0),
            order: 0,
            tally: Tally::default(),
            seal_at: FIRST_SEAL,
            last_seal: Instant::now(),
            commits: 0,
            rests: 0,
            is_live: false,
            hashed: None,
        }
    }

    /// For rows that come a few at a time, for as long as somebody looks: they are merged later.
    pub fn live(store: &'a Store, window: Window) -> Self {
        Self { is_live: true, ..Self::new(store, window) }
    }

    fn append(&self, segment: Segment) {
        if self.is_live { self.store.append_small(segment) } else { self.store.append(segment) }
    }

    /// The rows that follow come from this object, at this position in the listing.
    pub fn begin(&mut self, object: ObjectId, order: u64) {
        self.flush_tally();
        self.object = object;
        self.order = order;
        self.hashed = None;
    }

    /// A hash of the record's bytes. Many rows may be of one record, and one record of many bytes.
    fn hash(&mut self, frame: Frame, raw: &[u8]) -> u64 {
        match self.hashed {
            Some((known, hash)) if known == frame => hash,
            _ => {
                let hash = self.hasher.hash_one(raw);
                self.hashed = Some((frame, hash));
                hash
            }
        }
    }

    /// So many inflated bytes of the object have been read.
    pub fn inflated(&mut self, bytes: u64) {
        self.tally.inflated += bytes;
    }

    /// Brings the ledger up to date.
    pub fn flush_tally(&mut self) {
        if !self.tally.is_empty() {
            self.store.ledger().add(self.object, std::mem::take(&mut self.tally));
        }
    }

    /// Forgets rows that were begun and not committed, after a decoder broke off.
    pub fn recover(&mut self) {
        self.builders.iter_mut().for_each(Builder::abandon);
    }

    /// Seals and appends everything.
    pub fn flush(&mut self) {
        self.flush_tally();
        let sealed: Vec<Segment> = self.builders.iter_mut().filter_map(Builder::seal).collect();
        for segment in sealed {
            self.append(segment);
        }
        self.last_seal = Instant::now();
    }

    /// Seals and appends what waits while little comes; `true` if it did.
    pub fn rest(&mut self) -> bool {
        let waits = self.builders.iter().any(|builder| !builder.is_empty());
        if !waits || self.last_seal.elapsed() < KEPT_BACK * self.rests {
            self.flush_tally();
            return false;
        }
        self.rests += 1;
        self.flush();
        true
    }

    #[inline]
    fn builder(&mut self, schema: &Arc<Schema>) -> &mut Builder {
        let known =
            self.builders.get(self.current).is_some_and(|b| Arc::ptr_eq(b.schema(), schema));
        if !known {
            self.turn_to(schema);
        }
        &mut self.builders[self.current]
    }

    #[cold]
    fn turn_to(&mut self, schema: &Arc<Schema>) {
        let position = self.builders.iter().position(|b| Arc::ptr_eq(b.schema(), schema));
        self.current = position.unwrap_or_else(|| {
            self.builders.push(Builder::new(schema));
            self.builders.len() - 1
        });
    }

    fn seal_if_due(&mut self) {
        let builder = &self.builders[self.current];
        if builder.len() >= self.seal_at || builder.is_full() {
            // The ledger must know of rows before the store finds duplicates among them.
            self.flush_tally();
            if let Some(segment) = self.builders[self.current].seal() {
                self.append(segment);
            }
            self.seal_at = (self.seal_at * 2).min(super::segment::MAX_ROWS);
        }
        self.commits += 1;
        if self.commits.is_multiple_of(CLOCK_EVERY) && self.last_seal.elapsed() > PATIENCE {
            // While segments are still small, waiting rows are shown; later, full segments come
            // often enough and small ones would only make every question slower.
            if self.seal_at < super::segment::MAX_ROWS {
                self.flush();
            } else {
                self.flush_tally();
                self.last_seal = Instant::now();
            }
        }
    }
}

impl Sink for Batch<'_> {
    fn row(&mut self, schema: &Arc<Schema>) -> &mut dyn Row {
        self.builder(schema)
    }

    fn commit(&mut self, schema: &Arc<Schema>, frame: Frame, raw: &[u8]) -> ControlFlow<()> {
        let (object, order, window) = (self.object, self.order, self.window);
        let is_compared = self.builder(schema).is_compared();
        let content = if is_compared { self.hash(frame, raw) } else { 0 };
        let builder = &mut self.builders[self.current];
        let time = builder.staged_time();
        let zone_assumed = builder.staged_zone_assumed();
        let zone_unclear = builder.staged_zone_unclear();
        let records = u64::from(builder.staged_records());
        let inside = window.is_open() || window.holds(time.map(|time| time.at));
        if inside {
            builder.commit(object, order, frame, content);
        } else {
            builder.abandon();
        }
        self.tally.counts.records += records;
        self.tally.zone_assumed += if zone_assumed { records } else { 0 };
        if let Some(name) = zone_unclear {
            self.tally.unclear.entry(name).or_insert((frame.offset, 0)).1 += records;
        }
        if !inside {
            self.tally.counts.out_of_range += records;
            return ControlFlow::Continue(());
        }
        if let Some(time) = time {
            self.tally.see_time(time.at.0);
        }
        self.tally.see_event(schema);
        if schema.id == "unparsed" {
            self.tally.counts.unparsed += records;
        } else {
            self.tally.counts.parsed += records;
            if time.is_none() {
                self.tally.untimed.get_or_insert((frame.offset, 0)).1 += 1;
            }
        }
        self.seal_if_due();
        ControlFlow::Continue(())
    }

    fn wants_raw(&mut self, schema: &Arc<Schema>) -> bool {
        self.builder(schema).is_compared()
    }

    fn abandon(&mut self, schema: &Arc<Schema>) {
        self.builder(schema).abandon();
    }

    fn remark(&mut self, reason: Reason) {
        self.tally.remarks.push(reason);
    }
}
