//! Objects that were taken over from an earlier session are hashed again while nothing is to be
//! read: that size and times are what they were does not prove that the bytes are.

use super::{Shared, Work};
use crate::event::{Cancel, ObjectId, Reason, ReasonKind};
use crate::job::evidence::Again;
use crate::source::Input;
use sha2::{Digest, Sha256};
use std::io::{self, Read};

/// Bytes between two looks at whether to go on.
const PIECE: usize = 1 << 20;

/// What became of looking at an object's bytes again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Check {
    Same,
    /// They are others, and what is to be told of that.
    Other(Option<Reason>),
    /// It cannot be read now. What was read of it stays.
    Unknown,
    /// Something else is to be done first.
    Stopped,
}

impl Shared {
    pub(super) fn check(&self, id: ObjectId, stop: &dyn Fn() -> bool) -> Check {
        let object = self.store.ledger().get(id).filter(|object| !object.gone);
        let Some(sha256) = object.and_then(|object| object.sha256) else { return Check::Unknown };
        let again = self.evidence.find(id).map(|located| located.again);
        let Some(Again::Item { source, item }) = again else { return Check::Unknown };
        let input: Box<dyn Read> = match source.reopen(&item) {
            Ok(Input::File(file)) => Box::new(file),
            Ok(Input::Stream(stream)) => stream,
            // It has other times by now, as any file may.
            Err(reason) if reason.kind == ReasonKind::Changed => return Check::Other(None),
            Err(_) => return Check::Unknown,
        };
        match hash(input, stop) {
            Ok(Some(now)) if now == sha256 => Check::Same,
            Ok(Some(_)) => {
                let detail = "its bytes are not those that were read in an earlier session, though \
                              its size and times are the same; they were read again";
                Check::Other(Some(Reason::new(ReasonKind::Changed, detail)))
            }
            Ok(None) => Check::Stopped,
            Err(_) => Check::Unknown,
        }
    }
}

/// Whether the first bytes of an object have this hash; nothing if finding out was called off.
pub(super) fn begins(work: &Work, bytes: u64, sha256: [u8; 32], cancel: &Cancel) -> Option<bool> {
    let Ok(Input::File(file)) = work.source.reopen(&work.item) else { return Some(false) };
    match hash(Box::new(file.take(bytes)), &|| cancel.is_cancelled()) {
        Ok(found) => Some(found? == sha256),
        Err(_) => Some(false),
    }
}

/// SHA-256 (FIPS 180-4) of what is left to read; nothing if it was stopped.
fn hash(mut input: Box<dyn Read>, stop: &dyn Fn() -> bool) -> io::Result<Option<[u8; 32]>> {
    let mut hash = Sha256::new();
    let mut piece = vec![0; PIECE];
    while !stop() {
        match input.read(&mut piece) {
            Ok(0) => return Ok(Some(hash.finalize().into())),
            Ok(count) => hash.update(&piece[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}
