//! Compressed streams, one after the other, as one: for the codecs whose decoders read from a
//! reader.

use super::budget::{Budget, Flow};
use super::window::{Pull, Window};
use crate::event::{Reason, ReasonKind};
use std::io::{self, BufRead, ErrorKind, Read};

/// Bytes asked of a decoder at once: what a read wrote before it failed is lost with it, so that
/// this much is lost before a fault.
const PIECE: usize = 4 << 10;

/// The decoder of one stream.
pub(super) trait Stream<'a, 'b>: Read + Sized {
    const NAME: &'static str;
    /// What each stream begins with.
    const MAGIC: &'static [u8];
    /// Whether streams tell where they end; if not, one goes on to the end of the input.
    const ENDS: bool = true;

    /// Starts at the magic.
    fn begin(below: Below<'a, 'b>) -> Self;
    fn below(&self) -> &Below<'a, 'b>;
    /// After the end of the stream: the input, of which nothing behind the stream is taken.
    fn end(self) -> Below<'a, 'b>;
}

/// The compressed bytes, as a decoder reads them.
pub(super) struct Below<'a, 'b> {
    input: &'a mut Window<'b>,
    budget: &'a Budget<'a>,
    taken: u64,
    /// The decoder was told that there is no more.
    ended: bool,
    /// Why it was given an error.
    fault: Option<Reason>,
}

pub(super) struct Streams<'a, 'b, S> {
    stage: Option<Stage<'a, 'b, S>>,
    budget: &'a Budget<'a>,
    flow: Flow,
    /// Streams begun.
    begun: u64,
    fault: Option<Reason>,
}

enum Stage<'a, 'b, S> {
    Between(Below<'a, 'b>),
    Within(Box<S>),
}

impl<'a, 'b, S: Stream<'a, 'b>> Streams<'a, 'b, S> {
    pub(super) fn new(input: &'a mut Window<'b>, budget: &'a Budget<'a>) -> Self {
        let below = Below { input, budget, taken: 0, ended: false, fault: None };
        let stage = Some(Stage::Between(below));
        Self { stage, budget, flow: Flow::default(), begun: 0, fault: None }
    }

    fn read(&mut self, into: &mut [u8]) -> Result<usize, Reason> {
        loop {
            match self.stage.take() {
                None => return Ok(0),
                Some(Stage::Between(below)) => self.stage = self.next(below)?.map(Stage::Within),
                Some(Stage::Within(mut stream)) => {
                    let result = stream.read(into);
                    self.flow.taken = stream.below().taken;
                    match result {
                        Ok(0) if S::ENDS && stream.below().ended => return Err(self.truncated()),
                        Ok(0) => self.stage = Some(Stage::Between(stream.end())),
                        Ok(count) => {
                            self.stage = Some(Stage::Within(stream));
                            return Ok(count);
                        }
                        Err(error) => return Err(self.reason(&error, stream.below())),
                    }
                }
            }
        }
    }

    /// Starts the next stream, if there is one. Zeros between and after streams are padding.
    fn next(&mut self, below: Below<'a, 'b>) -> Result<Option<Box<S>>, Reason> {
        loop {
            self.budget.check_cancel()?;
            let head = below.input.peek(S::MAGIC.len());
            let known = head.len().min(S::MAGIC.len());
            if head.is_empty() {
                return below.input.fill().map(|_| None);
            }
            if head[..known] == S::MAGIC[..known] {
                break;
            }
            let zeros = below.input.fill()?.iter().take_while(|byte| **byte == 0).count();
            if zeros == 0 {
                let detail = format!(
                    "what follows the {0} data is not {0}; all before it was read",
                    S::NAME
                );
                return Err(Reason::new(ReasonKind::Corrupt, detail).at(self.flow.given));
            }
            below.input.consume(zeros);
        }
        self.begun += 1;
        let limit = self.budget.limits.members;
        if self.begun > limit {
            let detail = format!("has more than {limit} {} streams", S::NAME);
            return Err(Reason::new(ReasonKind::Members, detail).at(self.flow.given));
        }
        Ok(Some(Box::new(S::begin(below))))
    }

    /// Why a decoder failed.
    fn reason(&self, error: &io::Error, below: &Below<'_, '_>) -> Reason {
        if let Some(fault) = &below.fault {
            return fault.clone();
        }
        if below.ended {
            return self.truncated();
        }
        let (kind, what) = match error.kind() {
            ErrorKind::Unsupported => (ReasonKind::Unsupported, "has"),
            _ => (ReasonKind::Corrupt, "is damaged:"),
        };
        let detail = format!("the {} data {what} {error}", S::NAME);
        Reason::new(kind, detail).at(self.flow.given)
    }

    fn truncated(&self) -> Reason {
        let detail = format!("the {} data ends in the middle", S::NAME);
        Reason::new(ReasonKind::Truncated, detail).at(self.flow.given)
    }
}

impl<'a, 'b, S: Stream<'a, 'b>> Pull for Streams<'a, 'b, S> {
    fn pull(&mut self, into: &mut [u8]) -> Result<usize, Reason> {
        let mut given = 0;
        while self.fault.is_none() && given < into.len() {
            let end = into.len().min(given + PIECE);
            match self.read(&mut into[given..end]) {
                Ok(0) => break,
                Ok(count) => {
                    given += count;
                    self.fault = self.budget.inflated(&mut self.flow, count).err();
                }
                Err(reason) => self.fault = Some(reason),
            }
        }
        match &self.fault {
            Some(reason) if given == 0 => Err(reason.clone()),
            _ => Ok(given),
        }
    }
}

impl BufRead for Below<'_, '_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match self.budget.check_cancel().and_then(|()| self.input.fill()) {
            Ok(bytes) => {
                self.ended = bytes.is_empty();
                Ok(bytes)
            }
            Err(reason) => {
                self.fault = Some(reason);
                Err(ErrorKind::Other.into())
            }
        }
    }

    fn consume(&mut self, count: usize) {
        self.input.consume(count);
        self.taken += count as u64;
    }
}

impl Read for Below<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(into)?;
        self.consume(count);
        Ok(count)
    }
}
