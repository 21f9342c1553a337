//! How the frame goes through a damaged record and finds back to the next one.

use super::damage::{self, Damage, Step, Text};
use super::piece::Piece;
use super::{Json, Mode};
use crate::event::Place;
use crate::format::frame::Take;
use memchr::memchr_iter;
use std::ops::ControlFlow;

impl Json {
    /// Remembers how records begin.
    pub(super) fn learn(&mut self, record: &[u8]) {
        if self.first.is_empty() {
            self.first = damage::first_member(record).to_vec();
        }
    }

    /// From the next byte on the record in hand can be no good JSON.
    pub(super) fn damage(&mut self, piece: &Piece<'_>, text: Text) {
        if self.first.is_empty() {
            let here = &piece.bytes[piece.from..piece.at];
            let start = self.carry.bytes.iter().chain(here).take(damage::NEAR).copied();
            self.learn(&start.collect::<Vec<u8>>());
        }
        let (before, free) = self.before(piece);
        self.damage = Some(Damage::new(&self.first, &before[free..], self.last, text));
        self.mode = Mode::Damaged;
    }

    pub(super) fn damaged(
        &mut self,
        piece: &mut Piece<'_>,
        take: &mut dyn Take,
    ) -> ControlFlow<()> {
        while let Some(&byte) = piece.bytes.get(piece.at) {
            let outside = self.damage.as_ref().is_some_and(Damage::is_outside);
            if byte == b'[' && outside && self.is_member(piece) {
                return self.open(piece, take);
            }
            let Some(damage) = &mut self.damage else { break };
            match damage.step(byte, &mut self.nesting, self.base > 0) {
                Step::Inside => piece.at += 1,
                Step::Ended => return self.end(piece, piece.at, None, take),
                Step::EndedArray => {
                    let flow = self.end(piece, piece.at, None, take);
                    self.end_array(piece);
                    return flow;
                }
                Step::EndedBefore => return self.end_before(piece, take),
            }
        }
        ControlFlow::Continue(())
    }

    /// Ends the record in hand before the beginning of the next one, which the damage hid until
    /// now, and goes on with that.
    fn end_before(&mut self, piece: &mut Piece<'_>, take: &mut dyn Take) -> ControlFlow<()> {
        let seen = self.damage.as_ref().map_or(Vec::new(), |damage| damage.seen().to_vec());
        piece.at += 1;
        let here = piece.at - piece.from;
        let earlier = seen.len().saturating_sub(here);
        self.carry.shorten(earlier);
        let to = piece.at - (seen.len() - earlier);
        if self.tail {
            // An element begins here, so the array had not ended.
            self.base = 2;
        }
        let flow = self.end(piece, to, None, take);
        self.begin(piece, to);
        self.start.0 -= earlier as u64;
        if let Place::Line(line) = &mut self.start.1 {
            *line -= memchr_iter(b'\n', &seen[..earlier]).count() as u64;
        }
        self.carry.add(&seen[..earlier]);
        self.nesting.open(b'{');
        (self.last, self.mode) = (b'"', Mode::Record);
        flow
    }
}
