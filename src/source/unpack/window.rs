//! A window on a stream: lookahead without copying, and one reused buffer per layer.

use crate::event::Reason;

/// A layer that bytes are pulled from.
pub(super) trait Pull {
    /// Writes the next bytes to the front of `into`; 0 means the end. After an error, only errors
    /// follow.
    fn pull(&mut self, into: &mut [u8]) -> Result<usize, Reason>;
}

/// The buffer begins small, for the sake of folders of small files, and doubles up to what fits a
/// core's cache.
const FIRST: usize = 32 << 10;
const LARGEST: usize = 256 << 10;

pub(super) struct Window<'a> {
    layer: &'a mut dyn Pull,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// How the layer ended, once it has.
    over: Option<Result<(), Reason>>,
}

impl<'a> Window<'a> {
    pub(super) fn new(layer: &'a mut dyn Pull) -> Self {
        Self { layer, buffer: Vec::new(), start: 0, end: 0, over: None }
    }

    /// At least `count` bytes, if the stream still has them; fewer at its end or fault.
    /// `count` is at most [`FIRST`].
    pub(super) fn peek(&mut self, count: usize) -> &[u8] {
        while self.end - self.start < count && self.over.is_none() {
            self.more();
        }
        &self.buffer[self.start..self.end]
    }

    /// The next bytes; none at the end. A fault is reported when all bytes before it are consumed.
    pub(super) fn fill(&mut self) -> Result<&[u8], Reason> {
        while self.start == self.end {
            match &self.over {
                Some(Ok(())) => break,
                Some(Err(reason)) => return Err(reason.clone()),
                None => self.more(),
            }
        }
        Ok(&self.buffer[self.start..self.end])
    }

    pub(super) fn consume(&mut self, count: usize) {
        self.start = (self.start + count).min(self.end);
    }

    fn more(&mut self) {
        if self.start == self.end {
            let was_full = self.end == self.buffer.len();
            (self.start, self.end) = (0, 0);
            if was_full && self.buffer.len() < LARGEST {
                self.buffer.resize((self.buffer.len() * 2).max(FIRST), 0);
            }
        } else if self.end == self.buffer.len() {
            self.buffer.copy_within(self.start.., 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        match self.layer.pull(&mut self.buffer[self.end..]) {
            Ok(0) => self.over = Some(Ok(())),
            Ok(count) => self.end += count,
            Err(reason) => self.over = Some(Err(reason)),
        }
    }
}
