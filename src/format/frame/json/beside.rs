//! What stands among JSON values and is none: lines of text, runs of zero bytes.

use super::Json;
use super::piece::Piece;
use crate::format::frame::{Take, zeros};
use memchr::memchr;
use std::ops::ControlFlow;

impl Json {
    pub(super) fn text(&mut self, piece: &mut Piece<'_>, take: &mut dyn Take) -> ControlFlow<()> {
        match memchr(b'\n', &piece.bytes[piece.at..]) {
            Some(found) => {
                piece.at += found;
                self.end(piece, piece.at, None, take)
            }
            None => {
                piece.at = piece.bytes.len();
                ControlFlow::Continue(())
            }
        }
    }

    pub(super) fn zeros(&mut self, piece: &mut Piece<'_>, take: &mut dyn Take) -> ControlFlow<()> {
        piece.at += zeros(&piece.bytes[piece.at..]);
        if piece.at == piece.bytes.len() {
            return ControlFlow::Continue(());
        }
        // What follows begins as if its line did.
        self.last = b'\n';
        self.end(piece, piece.at, None, take)
    }
}
