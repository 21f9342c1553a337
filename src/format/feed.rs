//! The entrance: the bytes of one innermost object in, its rows out.

use super::Context;
use super::detect::{self, Choice, Layout};
use super::dispatch::{Cutter, Cuttings, Dispatch, Piece, Taker};
use super::envelope::Head;
use super::frame::{Frames, zeros};
use crate::event::{Reason, ReasonKind, Sink, State, Table};
use memchr::memchr;
use std::borrow::Cow;
use std::ops::ControlFlow;

/// Bytes that are looked at before the format is settled.
const SAMPLE: usize = 64 * 1024;

static ZEROS: [u8; SAMPLE] = [0; SAMPLE];

/// Reads one object. Give it all bytes in order with [`push`](Self::push), in pieces of any size,
/// then call [`finish`](Self::finish). The rows do not depend on the pieces, unless it is told to
/// [`hurry`](Self::hurry), nor on which of the bytes are [`cut`](Self::cut) in place of pushed.
pub struct Feed {
    context: Context,
    stage: Stage,
}

enum Stage {
    Waiting(Held),
    Reading(Box<Reader>),
    Refused(State, Reason),
}

/// What has come while nothing is settled. What follows zero bytes decides, so those before all
/// else are only counted, however many they are.
#[derive(Default)]
struct Held {
    zeros: u64,
    bytes: Vec<u8>,
}

struct Reader {
    frames: Frames,
    dispatch: Dispatch,
    cuttings: Cuttings,
    /// Lines end with CR alone, as of old.
    old_ends: bool,
}

impl Feed {
    pub fn new(context: Context) -> Self {
        Self { context, stage: Stage::Waiting(Held::default()) }
    }

    /// Takes the next bytes. Breaks when the sink does; then nothing more may be pushed.
    pub fn push(&mut self, bytes: &[u8], sink: &mut dyn Sink) -> ControlFlow<()> {
        let Stage::Waiting(held) = &mut self.stage else {
            return self.read(bytes, sink);
        };
        let bytes = held.pass_zeros(bytes);
        let wanted = SAMPLE - held.bytes.len();
        if bytes.len() < wanted {
            held.bytes.extend_from_slice(bytes);
            return ControlFlow::Continue(());
        }
        let (first, rest) = bytes.split_at(wanted);
        let mut held = std::mem::take(held);
        if held.bytes.is_empty() {
            self.settle(first, false);
            self.read_zeros(held.zeros, sink)?;
            return self.read(bytes, sink);
        }
        held.bytes.extend_from_slice(first);
        self.settle(&held.bytes, false);
        self.read_held(&held, sink)?;
        self.read(rest, sink)
    }

    /// Whether most of its records could as well be decoded apart: what it is, is settled.
    pub fn is_settled(&self) -> bool {
        matches!(&self.stage, Stage::Reading(reader) if reader.dispatch.has_records())
    }

    /// Takes the next bytes of what is settled, and leaves most of their records to be decoded
    /// apart. They come with [`pieces`](Self::pieces).
    pub fn cut(&mut self, bytes: &[u8], sink: &mut dyn Sink) -> ControlFlow<()> {
        if !self.is_settled() {
            return self.push(bytes, sink);
        }
        let Stage::Reading(reader) = &mut self.stage else {
            return ControlFlow::Continue(());
        };
        let bytes = reader.ended(bytes);
        let Reader { frames, dispatch, cuttings, .. } = &mut **reader;
        frames.push(&bytes, &mut Cutter { dispatch, cuttings, sink })
    }

    /// The pieces that have been [`cut`](Self::cut): those that are ended, and the last one if it
    /// has at least so many bytes. They may be decoded in any order and on any thread.
    pub fn pieces(&mut self, least: usize) -> Vec<Piece> {
        match &mut self.stage {
            Stage::Reading(reader) => reader.cuttings.fetch(least),
            Stage::Refused(..) | Stage::Waiting(_) => Vec::new(),
        }
    }

    /// Whether a piece is begun, to which the next bytes belong.
    pub fn has_begun(&self) -> bool {
        matches!(&self.stage, Stage::Reading(reader) if reader.cuttings.is_begun())
    }

    /// Takes the next rows of a table as if their lines were pushed. `None` if it has to be given
    /// those, for it reads them or does not know so far whether it need not.
    pub fn table(&mut self, table: &Table<'_>, sink: &mut dyn Sink) -> Option<ControlFlow<()>> {
        let Stage::Reading(reader) = &mut self.stage else { return None };
        let Reader { frames: Frames::Json(frames), dispatch, cuttings, .. } = &mut **reader else {
            return None;
        };
        cuttings.part();
        dispatch.table(table, frames, sink)
    }

    /// Settles the format with what has come, if there is a whole record in it. What is no log by
    /// then may still be one when there is more of it.
    pub fn hurry(&mut self, sink: &mut dyn Sink) -> ControlFlow<()> {
        let Stage::Waiting(held) = &mut self.stage else {
            return ControlFlow::Continue(());
        };
        match detect::layout(&held.bytes, false, &self.context) {
            Layout::Log { frames, choice, head } if !choice.sample.is_empty() => {
                let held = std::mem::take(held);
                self.begin(frames, choice, *head, false);
                self.read_held(&held, sink)
            }
            Layout::Log { .. } | Layout::Refused(..) => ControlFlow::Continue(()),
        }
    }

    /// Gives what is whole of an object of which nothing has come for a while: a line that the
    /// next one might have gone on with is a record.
    pub fn rest(&mut self, sink: &mut dyn Sink) -> ControlFlow<()> {
        self.hurry(sink)?;
        match &mut self.stage {
            Stage::Reading(reader) => {
                let Reader { frames, dispatch, cuttings, .. } = &mut **reader;
                cuttings.part();
                frames.rest(&mut Taker { dispatch, sink })
            }
            Stage::Refused(..) | Stage::Waiting(_) => ControlFlow::Continue(()),
        }
    }

    /// Ends the object. `None`: it was read as a log, to its end. Otherwise what became of it.
    pub fn finish(&mut self, sink: &mut dyn Sink) -> Option<(State, Reason)> {
        if let Stage::Waiting(held) = &mut self.stage {
            let held = std::mem::take(held);
            if held.zeros > 0 && held.bytes.is_empty() {
                return Some(detect::only_zeros());
            }
            self.settle(&held.bytes, true);
            if self.read_held(&held, sink).is_break() {
                return None;
            }
        }
        match &mut self.stage {
            Stage::Refused(state, reason) => Some((*state, reason.clone())),
            Stage::Reading(reader) => reader.finish(sink),
            Stage::Waiting(_) => None,
        }
    }

    fn settle(&mut self, sample: &[u8], whole: bool) {
        let old_ends = has_old_ends(sample);
        let ended = if old_ends { ended(sample) } else { Cow::Borrowed(sample) };
        match detect::layout(&ended, whole, &self.context) {
            Layout::Refused(state, reason) => self.stage = Stage::Refused(state, reason),
            Layout::Log { frames, choice, head } => self.begin(frames, choice, *head, old_ends),
        }
    }

    fn begin(&mut self, frames: Frames, choice: Choice, head: Head, old_ends: bool) {
        let dispatch = Dispatch::new(self.context.clone(), choice, head);
        let cuttings = Cuttings::default();
        self.stage = Stage::Reading(Box::new(Reader { frames, dispatch, cuttings, old_ends }));
    }

    fn read_held(&mut self, held: &Held, sink: &mut dyn Sink) -> ControlFlow<()> {
        self.read_zeros(held.zeros, sink)?;
        self.read(&held.bytes, sink)
    }

    fn read_zeros(&mut self, mut count: u64, sink: &mut dyn Sink) -> ControlFlow<()> {
        while count > 0 {
            let zeros = &ZEROS[..count.min(SAMPLE as u64) as usize];
            self.read(zeros, sink)?;
            count -= zeros.len() as u64;
        }
        ControlFlow::Continue(())
    }

    fn read(&mut self, bytes: &[u8], sink: &mut dyn Sink) -> ControlFlow<()> {
        match &mut self.stage {
            Stage::Reading(reader) => {
                let bytes = reader.ended(bytes);
                let Reader { frames, dispatch, cuttings, .. } = &mut **reader;
                cuttings.part();
                frames.push(&bytes, &mut Taker { dispatch, sink })
            }
            Stage::Refused(..) | Stage::Waiting(_) => ControlFlow::Continue(()),
        }
    }
}

impl Held {
    /// Counts zero bytes that come before all else; the answer is what follows them.
    fn pass_zeros<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let count = if self.bytes.is_empty() { zeros(bytes) } else { 0 };
        self.zeros += count as u64;
        &bytes[count..]
    }
}

/// Whether lines end with CR alone, as on a Mac of old: there is no other end in all that is looked
/// at. Where there is one, CR is part of what a program draws over and over in a line.
fn has_old_ends(sample: &[u8]) -> bool {
    let before_last = sample.split_last().map_or(sample, |(_, before)| before);
    memchr(b'\r', before_last).is_some() && memchr(b'\n', sample).is_none()
}

/// The bytes with ends of lines that all know, each in the place of one.
fn ended(bytes: &[u8]) -> Cow<'_, [u8]> {
    let end = |byte: &u8| if *byte == b'\r' { b'\n' } else { *byte };
    bytes.iter().map(end).collect()
}

impl Reader {
    /// The next bytes, with ends of lines that frames know.
    fn ended<'a>(&mut self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        if !self.old_ends {
            return Cow::Borrowed(bytes);
        }
        // Whoever ends a line as others do means nothing by CR from there on.
        let Some(end) = memchr(b'\n', bytes) else { return ended(bytes) };
        self.old_ends = false;
        let (old, rest) = bytes.split_at(end);
        let mut bytes = ended(old).into_owned();
        bytes.extend_from_slice(rest);
        Cow::Owned(bytes)
    }

    fn finish(&mut self, sink: &mut dyn Sink) -> Option<(State, Reason)> {
        let Self { frames, dispatch, .. } = self;
        let cut = frames.finish(&mut Taker { dispatch, sink });
        if let Some(offset) = cut {
            let reason = Reason::new(ReasonKind::Truncated, "the object ends within a record");
            return Some((State::Partial, reason.at(offset)));
        }
        self.dispatch.no_log().map(|reason| (State::NotALog, reason))
    }
}
