//! Records that are too long to be read: what their heads tell of them.

use super::{Dispatch, Whole, loaded};
use crate::event::{Row, Sink, Time, Value};
use crate::format::envelope::Fallback;
use crate::format::{DecodeError, Match, Probe, formats, text};
use std::ops::ControlFlow;

/// When a record was, as far as it was read.
#[derive(Default)]
struct When {
    time: Option<Time>,
    zone_assumed: bool,
}

impl Row for When {
    fn time(&mut self, time: Time) {
        self.time = Some(time);
    }

    fn zone_assumed(&mut self) {
        self.zone_assumed = true;
    }

    fn put(&mut self, _: usize, _: Value<'_>) {}
}

impl Dispatch {
    /// Keeps a record of which only the head is there, with its time and whose record it is, if the
    /// head says that.
    pub(super) fn too_long(
        &mut self,
        fault: &str,
        known: &Fallback,
        whole: Whole<'_>,
        sink: &mut dyn Sink,
    ) -> ControlFlow<()> {
        let head = text::of(whole.raw);
        let Some((format, when)) = self.head_of(&head) else {
            return self.unparsed(fault, known, whole, sink);
        };
        let reason = format!("{fault}; {} by its head", formats()[format].schema().id);
        let is_assumed = when.time.is_some() && when.zone_assumed;
        self.not_read(&reason, (when.time.or(known.time), is_assumed), whole, sink)
    }

    /// Who knows the head, and when that was.
    fn head_of(&mut self, head: &str) -> Option<(usize, When)> {
        let probe = Probe::new(head);
        let main = self.choice.main.map(|format| (Match::Maybe, format));
        let sure = self.sure_of(&probe, Match::Maybe);
        main.into_iter().chain(sure).find_map(|(sure, format)| {
            let loaded = loaded(&mut self.decoders, format, &self.context, &self.choice);
            let (mut when, mut decoder) = (When::default(), loaded.decoder.again());
            match decoder.decode(head, &mut when) {
                // Of columns that nobody knows the time is not one.
                Ok(_) | Err(DecodeError::Again) => {}
                Err(DecodeError::Broken { time, .. }) => when.time = time.or(when.time),
                Err(DecodeError::NotMine) => return None,
            }
            // What may be anything is told by its time alone.
            (sure >= Match::Likely || when.time.is_some()).then_some((format, when))
        })
    }
}
