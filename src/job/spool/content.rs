//! What a spool holds at one moment, and reading any of it: what is on the disk already, what is
//! on its way there, and what a frame is being gathered from.

use super::block::{FRAME, Frame, Mark, Marks};
use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Shared by whoever writes and all who read.
#[derive(Debug)]
pub(super) struct Content {
    pub(super) file: File,
    state: Mutex<State>,
    /// Where leaves begin, of a file of an earlier session.
    leaves: HashMap<String, Leaf>,
    /// How an earlier session ended the file.
    pub(super) ended: Option<[u8; 32]>,
}

/// The part of a leaf that is kept: its bytes from `from` on, which begin at `at`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Leaf {
    pub(super) at: u64,
    pub(super) from: u64,
}

#[derive(Debug, Default)]
struct State {
    /// On the disk, in the order of the content.
    frames: Vec<Frame>,
    /// On their way to the disk: what follows the last frame.
    waiting: VecDeque<Arc<Vec<u8>>>,
    /// What follows those.
    gathered: Vec<u8>,
    /// Why nothing more is written.
    fault: Option<Arc<str>>,
}

/// Bytes of the content that lie together.
#[derive(Debug, Default)]
pub(super) struct Piece {
    pub(super) at: u64,
    pub(super) bytes: Vec<u8>,
}

impl Piece {
    /// What there is from this byte of the content on.
    pub(super) fn from(&self, position: u64) -> Option<&[u8]> {
        let skip = usize::try_from(position.checked_sub(self.at)?).ok()?;
        self.bytes.get(skip..).filter(|rest| !rest.is_empty())
    }
}

impl Content {
    pub(super) fn empty(file: File) -> Self {
        Self { file, state: Mutex::default(), leaves: HashMap::new(), ended: None }
    }

    /// What an earlier session wrote, as far as it is good. Frames are looked at when they are
    /// read.
    pub(super) fn of_file(file: File) -> io::Result<Self> {
        let mut state = State::default();
        let (mut leaves, mut ended) = (HashMap::new(), None);
        let mut marks = Marks::new(&file)?;
        let mut next = marks.next()?.filter(|mark| *mark == Mark::Version);
        while let Some(mark) = next {
            match mark {
                Mark::Frame(frame) if frame.at == state.on_disk() => state.frames.push(frame),
                Mark::Frame(_) => break,
                Mark::Leaf { at, from, label } => {
                    leaves.entry(label).or_insert(Leaf { at, from });
                }
                Mark::End { length, sha256 } => {
                    ended = (length == state.on_disk() && marks.is_at_end()).then_some(sha256);
                }
                Mark::Version => {}
            }
            next = marks.next()?;
        }
        Ok(Self { file, state: Mutex::new(state), leaves, ended })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn leaf(&self, label: &str) -> Option<Leaf> {
        self.leaves.get(label).copied()
    }

    /// The name that a file was shown by, in the copy of one that was followed.
    pub(super) fn label(&self) -> Option<&str> {
        self.leaves.keys().next().map(String::as_str)
    }

    /// Bytes that can be read.
    pub(super) fn length(&self) -> u64 {
        self.lock().length()
    }

    pub(super) fn fault(&self) -> Option<Arc<str>> {
        self.lock().fault.clone()
    }

    /// The piece that this byte of the content lies in, or nothing if it is not there.
    pub(super) fn piece(&self, position: u64) -> io::Result<Option<Piece>> {
        let frame = {
            let state = self.lock();
            let on_disk = state.on_disk();
            if position >= on_disk {
                return Ok(state.unwritten(on_disk, position));
            }
            state.frames[state.frames.partition_point(|frame| frame.at <= position) - 1]
        };
        let at = frame.at;
        match frame.read(&self.file)? {
            Some(bytes) => Ok(Some(Piece { at, bytes })),
            None => Err(io::Error::new(io::ErrorKind::InvalidData, "the copy is damaged")),
        }
    }

    /// Gathers bytes; gives what is ready to be written, if that is enough of them.
    pub(super) fn gather(&self, bytes: &mut &[u8]) -> Option<Arc<Vec<u8>>> {
        let mut state = self.lock();
        if state.fault.is_some() {
            *bytes = &[];
            return None;
        }
        let room = FRAME - state.gathered.len();
        let (now, later) = bytes.split_at(room.min(bytes.len()));
        state.gathered.extend_from_slice(now);
        *bytes = later;
        if state.gathered.len() == FRAME { state.ready() } else { None }
    }

    /// Gives what is gathered, however little.
    pub(super) fn ready(&self) -> Option<Arc<Vec<u8>>> {
        self.lock().ready()
    }

    /// The oldest of what was waiting is on the disk.
    pub(super) fn written(&self, frame: Frame) {
        let mut state = self.lock();
        state.frames.push(frame);
        state.waiting.pop_front();
    }

    /// Nothing more is written, and what was not is gone.
    pub(super) fn fail(&self, fault: &str) {
        let mut state = self.lock();
        state.fault = Some(fault.into());
        state.waiting.clear();
        state.gathered = Vec::new();
    }
}

impl State {
    fn on_disk(&self) -> u64 {
        self.frames.last().map_or(0, |frame| frame.at + u64::from(frame.inflated))
    }

    fn length(&self) -> u64 {
        let waiting: usize = self.waiting.iter().map(|block| block.len()).sum();
        self.on_disk() + (waiting + self.gathered.len()) as u64
    }

    fn ready(&mut self) -> Option<Arc<Vec<u8>>> {
        if self.gathered.is_empty() {
            return None;
        }
        let block = Arc::new(std::mem::take(&mut self.gathered));
        self.waiting.push_back(Arc::clone(&block));
        Some(block)
    }

    fn unwritten(&self, mut at: u64, position: u64) -> Option<Piece> {
        let waiting = self.waiting.iter().map(|block| &**block);
        for block in waiting.chain(std::iter::once(&self.gathered)) {
            let next = at + block.len() as u64;
            if position < next {
                return Some(Piece { at, bytes: block.clone() });
            }
            at = next;
        }
        None
    }
}
