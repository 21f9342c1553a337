//! Reading an object from anywhere within it, without passing what lies before: a file as it
//! lies, or what a spool holds of the object.

use super::Evidence;
use super::spool::{Pieces, Run};
use crate::event::{ObjectId, Reason, ReasonKind, RecordsError};
use crate::source::Input;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;

/// Bytes of a file that are read at once.
const PIECE: usize = 1 << 20;

/// How bytes of an object are come by directly.
#[derive(Debug, Clone)]
pub(super) enum Direct {
    /// The object is a file that is no container.
    File,
    /// From a byte of it on it is in a spool.
    Run(Run),
}

impl Direct {
    pub(super) fn is_file(&self) -> bool {
        matches!(self, Self::File)
    }

    /// The bytes of the object that can be come by directly.
    pub(super) fn reach(&self) -> Range<u64> {
        match self {
            Self::File => 0..u64::MAX,
            Self::Run(Run { spool, from, .. }) if spool.fault().is_none() => *from..u64::MAX,
            Self::Run(Run { spool, at, from }) => {
                *from..from.saturating_add(spool.length().saturating_sub(*at))
            }
        }
    }
}

/// Reads here and there, and remembers what it read last.
pub(super) struct DirectReader<'a> {
    evidence: &'a Evidence,
    file: Option<(ObjectId, File)>,
    /// A piece of the file, and where in the file it begins.
    piece: (u64, Vec<u8>),
    pieces: Option<Pieces>,
}

impl<'a> DirectReader<'a> {
    pub(super) fn new(evidence: &'a Evidence) -> Self {
        Self { evidence, file: None, piece: (0, Vec::new()), pieces: None }
    }

    /// Some bytes of the object from this one on; none if there are no more. About `wanted` bytes
    /// are of use.
    pub(super) fn at(
        &mut self,
        id: ObjectId,
        offset: u64,
        wanted: usize,
    ) -> Result<&[u8], RecordsError> {
        let evidence = self.evidence;
        let direct = evidence.find(id).and_then(|located| located.direct);
        let read = match direct {
            Some(Direct::File) => self.of_file(id, offset, wanted),
            Some(Direct::Run(run)) => self
                .of_run(&run, offset)
                .map_err(|error| Reason::new(ReasonKind::Io, error.to_string())),
            None => Err(Reason::new(ReasonKind::Vanished, "was not read in this session")),
        };
        read.map_err(|reason| evidence.error(id, &reason))
    }

    fn of_run(&mut self, run: &Run, offset: u64) -> io::Result<&[u8]> {
        let pieces = self.pieces.take().filter(|pieces| pieces.is_of(&run.spool));
        let pieces = self.pieces.insert(pieces.unwrap_or_else(|| Pieces::new(run.spool.clone())));
        match offset.checked_sub(run.from) {
            Some(offset) => pieces.at(run.at + offset),
            None => Ok(&[]),
        }
    }

    fn of_file(&mut self, id: ObjectId, offset: u64, wanted: usize) -> Result<&[u8], Reason> {
        let io = |error: io::Error| Reason::new(ReasonKind::Io, error.to_string());
        if self.file.as_ref().is_none_or(|(open, _)| *open != id) {
            let gone = || Reason::new(ReasonKind::Vanished, "was not read in this session");
            let located = self.evidence.find(id).ok_or_else(gone)?;
            let Input::File(file) = located.again.open()? else {
                return Err(Reason::new(ReasonKind::Unsupported, "is no longer a file"));
            };
            self.file = Some((id, file));
            self.piece.1.clear();
        }
        let (begin, bytes) = &mut self.piece;
        let skip = offset.checked_sub(*begin).filter(|skip| *skip < bytes.len() as u64);
        if let (None, Some((_, file))) = (skip, &self.file) {
            *begin = offset;
            bytes.resize(wanted.clamp(4096, PIECE), 0);
            let count = read_at(file, bytes, offset).map_err(io)?;
            bytes.truncate(count);
        }
        Ok(&bytes[skip.unwrap_or(0) as usize..])
    }
}

fn read_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
    loop {
        match file.read_at(bytes, offset) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}
