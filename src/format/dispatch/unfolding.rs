//! An envelope of many records within a record.

use super::{Ask, Dispatch, Whole, beside, limits};
use crate::event::{Place, Reason, Sink};
use crate::format::envelope::Head;
use crate::format::frame::{Frames, Item, Json, Take};
use crate::format::{Match, Probe, text};
use std::ops::ControlFlow;

/// Offers the records of an envelope, one by one.
pub(super) struct Unfolding<'d, 'a> {
    dispatch: &'d mut Dispatch,
    ask: Ask<'a>,
    whole: Whole<'a>,
    sink: &'d mut dyn Sink,
    head: Head,
    /// Records so far.
    position: u64,
    /// What came of the last record; nothing before the first that anybody was sure of.
    found: Option<ControlFlow<()>>,
    /// Members that stand beside the records.
    around: Vec<Reason>,
}

impl<'d, 'a> Unfolding<'d, 'a> {
    pub(super) fn new(
        dispatch: &'d mut Dispatch,
        ask: Ask<'a>,
        whole: Whole<'a>,
        sink: &'d mut dyn Sink,
    ) -> Self {
        let (head, around) = (Head::default(), Vec::new());
        Self { dispatch, ask, whole, sink, head, position: 0, found: None, around }
    }

    /// Unfolds what has its records in this member. `None`: it has none, or nobody is as sure of
    /// the first as is asked.
    pub(super) fn unfold(mut self, payload: &str, member: &'static str) -> Option<ControlFlow<()>> {
        let mut frames = Frames::Json(Box::new(Json::new(Some(member))));
        if frames.push(payload.as_bytes(), &mut self).is_continue() {
            frames.finish(&mut self);
        }
        // Where they are no records, nothing stands beside them.
        for reason in self.around.into_iter().filter(|_| self.found.is_some()) {
            self.sink.remark(reason);
        }
        if self.found.is_some()
            && let Some(reason) = limits::apart(self.position, self.whole)
        {
            self.sink.remark(reason);
        }
        self.found
    }

    /// Where the record in hand is.
    fn here(&self) -> Whole<'a> {
        self.whole.inside(|inner| inner.then(self.position))
    }

    fn offer(&mut self, probe: Probe<'_>) -> Option<ControlFlow<()>> {
        let ask = Ask { head: &self.head, fallback: &self.head.fallback, ..self.ask };
        let probe = probe.timed(ask.fallback.time.is_some());
        self.dispatch.offer(&probe, ask, self.here(), self.sink)
    }

    /// Goes on after a record of which this came, or nothing.
    fn pass(&mut self, read: Option<ControlFlow<()>>, reason: &str) -> ControlFlow<()> {
        if read.is_none() && self.found.is_none() && self.ask.least > Match::Maybe {
            return ControlFlow::Break(());
        }
        let flow = read.unwrap_or_else(|| {
            self.dispatch.unparsed(reason, self.ask.fallback, self.here(), self.sink)
        });
        self.found = Some(flow);
        flow
    }
}

/// Why a record without a fault is not read.
const UNKNOWN: &str = "no format recognises it";

impl Take for Unfolding<'_, '_> {
    fn take(&mut self, item: Item<'_>) -> ControlFlow<()> {
        match item {
            Item::Around { length, members, .. } => {
                self.around.push(beside(length, &members));
                ControlFlow::Continue(())
            }
            Item::Head(bytes) => {
                self.head = Head::read(bytes);
                let own = std::mem::take(&mut self.head.fallback);
                self.head.fallback = own.over(self.ask.fallback);
                ControlFlow::Continue(())
            }
            Item::Record(record) => {
                self.position += 1;
                let text = text::of(record.bytes);
                let read = match record.fault {
                    None => self.offer(Probe::new(&text)),
                    Some(_) => None,
                };
                self.pass(read, record.fault.unwrap_or(UNKNOWN))
            }
        }
    }

    fn read(&mut self, text: &str, _: u64, _: Place) -> Option<(usize, ControlFlow<()>)> {
        let probe = Probe::first(text)?;
        let length = probe.record.len();
        self.position += 1;
        let read = self.offer(probe);
        Some((length, self.pass(read, UNKNOWN)))
    }
}
