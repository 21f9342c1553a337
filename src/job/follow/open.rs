//! What is held of a file while it grows, and what of it is new.

use crate::event::{Cancel, Frame, Reason, Row, Schema, Sink};
use crate::format::Feed;
use crate::job::spool::Spool;
use crate::store::Batch;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io;
use std::ops::ControlFlow;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

/// Bytes read at once.
pub(super) const PIECE: usize = 256 << 10;

/// Bytes before the end that are compared each time, to see whether the file was written anew.
const COMPARED: usize = 256;

/// What is held of a file that grows.
pub(super) struct Open {
    pub(super) file: File,
    pub(super) feed: Feed,
    pub(super) hash: Sha256,
    pub(super) spool: Option<Spool>,
    /// Records that end up to here are in the table.
    pub(super) known: u64,
    /// The last bytes that were read.
    pub(super) last: Vec<u8>,
}

impl Open {
    pub(super) fn remember(&mut self, bytes: &[u8]) {
        self.last.extend_from_slice(&bytes[bytes.len().saturating_sub(COMPARED)..]);
        let surplus = self.last.len().saturating_sub(COMPARED);
        self.last.drain(..surplus);
    }

    /// Whether what was read last still stands there.
    pub(super) fn is_same(&self, read: u64) -> io::Result<bool> {
        let mut last = vec![0; self.last.len()];
        match self.file.read_exact_at(&mut last, read - self.last.len() as u64) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
            read => read.map(|()| last == self.last),
        }
    }
}

/// SHA-256 (FIPS 180-4) of a file's first bytes; nothing if that was called off.
pub(super) fn hash(file: &File, length: u64, cancel: &Cancel) -> io::Result<Option<[u8; 32]>> {
    let (mut hash, mut piece, mut at) = (Sha256::new(), vec![0; PIECE], 0);
    while at < length {
        if cancel.is_cancelled() {
            return Ok(None);
        }
        let most = usize::try_from(length - at).unwrap_or(PIECE).min(PIECE);
        let count = file.read_at(&mut piece[..most], at)?;
        if count == 0 {
            break;
        }
        hash.update(&piece[..count]);
        at += count as u64;
    }
    Ok(Some(hash.finalize().into()))
}

/// Passes records on that are not in the table yet.
pub(super) struct Passing<'r, 'b> {
    pub(super) batch: &'r mut Batch<'b>,
    pub(super) known: u64,
    pub(super) rows: u64,
}

impl Sink for Passing<'_, '_> {
    fn row(&mut self, schema: &Arc<Schema>) -> &mut dyn Row {
        self.batch.row(schema)
    }

    fn commit(&mut self, schema: &Arc<Schema>, frame: Frame, raw: &[u8]) -> ControlFlow<()> {
        if frame.offset + u64::from(frame.length) <= self.known {
            self.batch.abandon(schema);
            return ControlFlow::Continue(());
        }
        self.rows += 1;
        self.batch.commit(schema, frame, raw)
    }

    fn abandon(&mut self, schema: &Arc<Schema>) {
        self.batch.abandon(schema);
    }

    fn remark(&mut self, reason: Reason) {
        if reason.offset.is_none_or(|offset| offset >= self.known) {
            self.batch.remark(reason);
        }
    }
}
