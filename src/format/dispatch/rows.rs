//! Rows of a table whose columns the object's own decoder can read: their lines are not written
//! and read again. What it does not know what to do with is read as a line like any other.

use super::{Dispatch, Known, LONGEST, Taker, loaded};
use crate::event::{Frame, Sink, Table};
use crate::format::frame::Json;
use std::ops::ControlFlow;

impl Dispatch {
    /// Reads rows of a table as if their lines were next. `None`: it has to be given their lines.
    pub(in crate::format) fn table(
        &mut self,
        table: &Table<'_>,
        frames: &mut Json,
        sink: &mut dyn Sink,
    ) -> Option<ControlFlow<()>> {
        let main = self.own().filter(|_| self.has_records())?;
        let loaded = loaded(&mut self.decoders, main, &self.context, &self.choice);
        if !loaded.decoder.learn(table) {
            return None;
        }
        let is_raw = sink.wants_raw(&loaded.schema);
        let mut raw = Vec::new();
        for (at, length) in table.lengths().iter().enumerate() {
            let place = frames.next_row().filter(|_| (1..=LONGEST).contains(length));
            let read = place.and_then(|(offset, place)| {
                let frame = Frame::new(offset, *length as u32, place);
                raw.clear();
                self.row(table, at, frame, is_raw.then_some(&mut raw), sink)
            });
            let flow = if let Some(flow) = read {
                frames.pass_row(*length);
                flow
            } else {
                raw.clear();
                table.write(at, &mut raw);
                raw.push(b'\n');
                frames.push(&raw, &mut Taker { dispatch: self, sink })
            };
            if flow.is_break() {
                return Some(flow);
            }
        }
        Some(ControlFlow::Continue(()))
    }

    /// Lets the object's own format read a row; `raw` is where its line is written, if somebody
    /// wants that.
    fn row(
        &mut self,
        table: &Table<'_>,
        at: usize,
        frame: Frame,
        raw: Option<&mut Vec<u8>>,
        sink: &mut dyn Sink,
    ) -> Option<ControlFlow<()>> {
        let main = self.own()?;
        let known = Known { envelope: &self.head.fallback, key: &self.key };
        let loaded = loaded(&mut self.decoders, main, &self.context, &self.choice);
        let row = sink.row(&loaded.schema);
        if !loaded.decode(known, row, |decoder, row| decoder.decode_row(table, at, row)) {
            sink.abandon(&loaded.schema);
            return None;
        }
        let raw = raw.map(|raw| {
            table.write(at, raw);
            &**raw
        });
        let flow = sink.commit(&loaded.schema, frame, raw.unwrap_or_default());
        self.records += 1;
        Some(flow)
    }
}

#[cfg(test)]
mod tests;
