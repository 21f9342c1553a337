//! Some readers for one thing after the other, and for what may never end readers of its own.

use super::parts::Table;
use super::{AHEAD, Reader, Shared, Work};
use crate::event::{Cancel, ObjectId, Reason, ReasonKind, State};
use crossbeam_channel::{Receiver, SendError, Sender, bounded, unbounded};
use std::sync::Arc;
use std::thread::JoinHandle;

/// Starts readers for what `list` sends, and waits until they have read it.
pub(super) fn crew(shared: &Shared, cancel: &Cancel, list: impl FnOnce(&Sender<Work>)) {
    let (sender, receiver) = bounded(AHEAD);
    let table = Table::new(shared.threads);
    std::thread::scope(|scope| {
        let start = |number| {
            let (receiver, table) = (receiver.clone(), table.clone());
            let reader = Reader::new(shared, cancel.clone());
            std::thread::Builder::new()
                .name(format!("read-{number}"))
                .spawn_scoped(scope, move || reader.read_all(&receiver, table))
                .ok()
        };
        let readers: Vec<_> = (0..shared.threads).filter_map(start).collect();
        drop((receiver, table));
        list(&sender);
        drop(sender);
        for reader in readers {
            // One that panicked has said so in the ledger.
            let _ = reader.join();
        }
    });
}

impl Shared {
    /// Hands an object to the readers.
    pub(super) fn send(&self, work: Work, sender: &Sender<Work>, cancel: &Cancel) {
        if let Some(far) = work.source.elsewhere() {
            far.ahead(&work.item, cancel);
        }
        if let Err(SendError(work)) = sender.send(work) {
            // Readers drain the channel even when cancelled, so there is none.
            self.unread(work.id, work.item.bytes);
        }
    }

    fn unread(&self, id: ObjectId, bytes: Option<u64>) {
        let reason = Reason::new(ReasonKind::Io, "there is no thread to read it with");
        self.store.ledger().close(id, State::Failed, Some(reason));
        self.progress.done(bytes);
    }
}

/// Pipes and the like, which may be silent for hours and may never end: each has a crew of its
/// own, so that nothing else waits for it. Dropping them waits for their end.
pub(super) struct Streams {
    /// Those that are being read.
    open: usize,
    threads: Vec<JoinHandle<()>>,
    ended: Sender<()>,
    over: Receiver<()>,
}

impl Streams {
    pub(super) fn new() -> Self {
        let (ended, over) = unbounded();
        Self { open: 0, threads: Vec::new(), ended, over }
    }

    pub(super) fn read(&mut self, shared: &Arc<Shared>, cancel: &Cancel, work: Work) {
        let (id, bytes) = (work.id, work.item.bytes);
        let (ours, cancel, ended) = (Arc::clone(shared), cancel.clone(), self.ended.clone());
        let read = move || {
            crew(&ours, &cancel, |sender| ours.send(work, sender, &cancel));
            // Nobody listens once everything is left.
            let _ = ended.send(());
        };
        match std::thread::Builder::new().name("stream".to_owned()).spawn(read) {
            Ok(thread) => {
                self.open += 1;
                self.threads.push(thread);
            }
            Err(_) => shared.unread(id, bytes),
        }
    }

    /// Whether any is being read.
    pub(super) fn any(&self) -> bool {
        self.open > 0
    }

    /// Gives a unit for each that has ended.
    pub(super) fn over(&self) -> &Receiver<()> {
        &self.over
    }

    /// The end of one has been heard of.
    pub(super) fn end(&mut self) {
        self.open = self.open.saturating_sub(1);
    }
}

impl Drop for Streams {
    fn drop(&mut self) {
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}
