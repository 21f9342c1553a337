//! What is held of a file while it grows, and what of it is new.

use crate::event::{Frame, Reason, Row, Schema, Sink};
use crate::format::Feed;
use crate::job::spool::Spool;
use crate::store::Batch;
use sha2::Sha256;
use std::fs::File;
use std::ops::ControlFlow;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

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
    pub(super) fn is_same(&self, read: u64) -> std::io::Result<bool> {
        let mut last = vec![0; self.last.len()];
        match self.file.read_exact_at(&mut last, read - self.last.len() as u64) {
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(false),
            read => read.map(|()| last == self.last),
        }
    }
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
