//! Records that are cut on one thread and decoded on another.
//!
//! Where a record ends may depend on every byte before it, and that alone is found out in order.
//! What a record means depends on little: the head of its envelope, and what a decoder has
//! learned. A piece takes both along as they were at its first record. Whatever may change them
//! is read at once and in order, so pieces can be decoded in any order, and by anyone, and give
//! the rows that they would have given.

use super::{Dispatch, Head, Item, Loaded, Record, Take, loaded};
use crate::event::{Place, Sink};
use crate::format::envelope::hides;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Records after which a piece is full, however short they are.
const MOST: usize = 16 * 1024;

/// Records of one object, one after the other, that have been cut and not decoded.
pub struct Piece {
    dispatch: Dispatch,
    bytes: Vec<u8>,
    cuts: Vec<Cut>,
}

/// What is in a piece.
enum Cut {
    Head(Arc<Head>),
    Record(Mark),
}

/// A record without its bytes.
struct Mark {
    /// Where it ends in the piece; it begins where the one before ended.
    end: usize,
    offset: u64,
    length: u64,
    place: Place,
    fault: Option<&'static str>,
}

impl std::fmt::Debug for Piece {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Piece of {} bytes", self.bytes.len())
    }
}

impl Piece {
    fn new(dispatch: Dispatch) -> Self {
        Self { dispatch, bytes: Vec::new(), cuts: Vec::new() }
    }

    fn add(&mut self, record: &Record<'_>) {
        self.bytes.extend_from_slice(record.bytes);
        let &Record { offset, length, place, fault, .. } = record;
        self.cuts.push(Cut::Record(Mark { end: self.bytes.len(), offset, length, place, fault }));
    }

    /// Gives the rows. Breaks when the sink does.
    pub fn decode(mut self, sink: &mut dyn Sink) -> ControlFlow<()> {
        let mut from = 0;
        for cut in self.cuts {
            match cut {
                Cut::Head(head) => self.dispatch.head = head,
                Cut::Record(Mark { end, offset, length, place, fault }) => {
                    let bytes = &self.bytes[from..end];
                    from = end;
                    let record = Record { bytes, offset, length, place, fault };
                    self.dispatch.take(&Item::Record(record), sink)?;
                }
            }
        }
        ControlFlow::Continue(())
    }
}

/// The pieces of one object that have been cut and not been fetched.
#[derive(Default)]
pub(in crate::format) struct Cuttings {
    begun: Option<Piece>,
    whole: Vec<Piece>,
}

impl Cuttings {
    /// What comes next is in another piece.
    pub(in crate::format) fn part(&mut self) {
        self.whole.extend(self.begun.take());
    }

    /// The pieces that are whole, and the one that was begun if it has so many bytes.
    pub(in crate::format) fn fetch(&mut self, least: usize) -> Vec<Piece> {
        let full = |piece: &Piece| piece.bytes.len() >= least || piece.cuts.len() >= MOST;
        if self.begun.as_ref().is_some_and(full) {
            self.part();
        }
        std::mem::take(&mut self.whole)
    }

    pub(in crate::format) fn is_begun(&self) -> bool {
        self.begun.is_some()
    }
}

/// Puts records into pieces; what later ones may depend on is read at once.
pub(in crate::format) struct Cutter<'a> {
    pub(in crate::format) dispatch: &'a mut Dispatch,
    pub(in crate::format) cuttings: &'a mut Cuttings,
    pub(in crate::format) sink: &'a mut dyn Sink,
}

impl Take for Cutter<'_> {
    fn take(&mut self, item: Item<'_>) -> ControlFlow<()> {
        let Self { dispatch, cuttings, sink } = self;
        match &item {
            Item::Record(record) if dispatch.passes_over(record) => ControlFlow::Continue(()),
            Item::Record(record) if dispatch.may_learn(record) => {
                let (lessons, head) = (dispatch.lessons(), Arc::clone(&dispatch.head));
                let flow = dispatch.take(&item, *sink);
                if dispatch.lessons() != lessons || !Arc::ptr_eq(&dispatch.head, &head) {
                    cuttings.part();
                }
                flow
            }
            Item::Record(record) => {
                dispatch.leave_head(record.place);
                cuttings.begun.get_or_insert_with(|| Piece::new(dispatch.apart())).add(record);
                ControlFlow::Continue(())
            }
            Item::Head(_) => {
                let flow = dispatch.take(&item, *sink);
                if let Some(piece) = &mut cuttings.begun {
                    piece.cuts.push(Cut::Head(Arc::clone(&dispatch.head)));
                }
                flow
            }
            Item::Around { .. } => dispatch.take(&item, *sink),
        }
    }
}

impl Dispatch {
    /// Whether there was a record among what was read here.
    pub(in crate::format) fn has_records(&self) -> bool {
        self.records > 0
    }

    /// One that reads what comes next as this one would.
    fn apart(&self) -> Self {
        let again = |loaded: &Option<Loaded>| loaded.as_ref().map(Loaded::again);
        Self {
            context: self.context.clone(),
            choice: Arc::clone(&self.choice),
            decoders: self.decoders.iter().map(again).collect(),
            head: Arc::clone(&self.head),
            key: self.key.clone(),
            records: 0,
            passed: None,
        }
    }

    fn may_learn(&mut self, record: &Record<'_>) -> bool {
        let Self { decoders, context, choice, .. } = self;
        let mut all = 0..decoders.len();
        hides(record.bytes)
            || all.any(|format| {
                loaded(decoders, format, context, choice).decoder.may_learn(record.bytes)
            })
    }

    fn lessons(&self) -> u32 {
        self.decoders.iter().flatten().map(|loaded| loaded.decoder.lessons()).sum()
    }
}
