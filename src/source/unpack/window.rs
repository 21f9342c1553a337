//! A window on a stream: lookahead without copying, and one reused buffer per layer.

use crate::event::Reason;
use std::time::{Duration, Instant};

/// A stream that gives nothing for so long rests.
pub(super) const REST: Duration = Duration::from_millis(400);

/// A layer that bytes are pulled from.
pub(super) trait Pull {
    /// Writes the next bytes to the front of `into`; 0 means the end. After an error, only errors
    /// follow, unless it [goes on](Self::mend).
    fn pull(&mut self, into: &mut [u8]) -> Result<usize, Reason>;

    /// What follows damage is wanted, where reading can go on: who reads records may miss some, and
    /// is told so at the end. `true` if an error that was told may not be the end.
    fn mend(&mut self) -> bool {
        false
    }

    /// The same as `pull`, but `None` when nothing has come for a while. Only raw bytes know of that; the
    /// layers above them wait.
    fn pull_or_rest(&mut self, into: &mut [u8]) -> Result<Option<usize>, Reason> {
        self.pull(into).map(Some)
    }
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
    /// Nothing has come for a while, which nobody was told yet.
    rests: bool,
}

impl<'a> Window<'a> {
    pub(super) fn new(layer: &'a mut dyn Pull) -> Self {
        Self { layer, buffer: Vec::new(), start: 0, end: 0, over: None, rests: false }
    }

    /// At least `count` bytes, if the stream still has them; fewer at its end or fault.
    /// `count` is at most [`FIRST`].
    pub(super) fn peek(&mut self, count: usize) -> &[u8] {
        while self.end - self.start < count && self.over.is_none() {
            self.more(true);
        }
        &self.buffer[self.start..self.end]
    }

    /// The same, but fewer also when the stream is in no hurry to give more of them and there is a
    /// whole line: then it is no archive that began.
    pub(super) fn peek_or_rest(&mut self, count: usize) -> &[u8] {
        let mut first = None;
        while self.end - self.start < count && self.over.is_none() {
            if self.buffer[self.start..self.end].contains(&b'\n') {
                let first = first.get_or_insert_with(Instant::now);
                self.rests |= first.elapsed() >= REST;
                if self.rests {
                    break;
                }
            }
            self.more(false);
        }
        &self.buffer[self.start..self.end]
    }

    /// The next bytes; none at the end. A fault is reported when all bytes before it are consumed.
    pub(super) fn fill(&mut self) -> Result<&[u8], Reason> {
        while self.start == self.end {
            match &self.over {
                Some(Ok(())) => break,
                Some(Err(reason)) => return Err(reason.clone()),
                None => self.more(true),
            }
        }
        Ok(&self.buffer[self.start..self.end])
    }

    /// The same, but `None` when nothing has come for a while.
    pub(super) fn fill_or_rest(&mut self) -> Result<Option<&[u8]>, Reason> {
        while self.start == self.end && self.over.is_none() {
            if std::mem::take(&mut self.rests) {
                return Ok(None);
            }
            self.more(false);
        }
        self.fill().map(Some)
    }

    pub(super) fn consume(&mut self, count: usize) {
        self.start = (self.start + count).min(self.end);
    }

    /// Puts bytes that were consumed last back in front of those that come next.
    pub(super) fn unread(&mut self, bytes: &[u8]) {
        self.buffer.splice(..self.start, bytes.iter().copied());
        self.end = self.end - self.start + bytes.len();
        self.start = 0;
    }

    /// What follows damage is wanted.
    pub(super) fn mend(&mut self) {
        if self.layer.mend() {
            // What cannot be mended is told once more.
            self.over = self.over.take().filter(Result::is_ok);
        }
    }

    fn more(&mut self, waits: bool) {
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
        let into = &mut self.buffer[self.end..];
        let pulled =
            if waits { self.layer.pull(into).map(Some) } else { self.layer.pull_or_rest(into) };
        self.rests = matches!(pulled, Ok(None));
        match pulled {
            Ok(None) => {}
            Ok(Some(0)) => self.over = Some(Ok(())),
            Ok(Some(count)) => self.end += count,
            Err(reason) => self.over = Some(Err(reason)),
        }
    }
}
