//! The thread that writes the workspace: the journal, the draft, where the analyst is.
//!
//! **An entry is in the journal before the screen says so.** It is brought to the disk at once,
//! and until then the state says `Saving`. An entry that cannot be written stays in memory, is
//! told, and is tried again; it counts as if it were written, since what is ordered next builds
//! upon it. When the session ends first, it goes into a file beside the journal.

mod acquiring;
mod keeping;
mod pins;
mod writer;

use super::Notify;
use super::exhibit::Pinner;
pub use super::order::{MAX_ROWS, Order, Rows, Subject, Typed};
use crate::case::{CaseState, Opened, What};
use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, Sender, unbounded};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use writer::Writer;

/// How safe the analyst's work is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saved {
    /// On the disk.
    Yes,
    /// Written; the disk has not said yet that it is there.
    Saving,
    /// So many entries are not on the disk, for this reason.
    No { entries: usize, problem: String },
    /// Nothing can be written: the workspace is open for reading only, for this reason.
    ReadOnly(String),
}

/// What became of the analyst's work when the session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It is on the disk.
    Saved,
    /// What the journal did not take lies in a file beside it, for the next session.
    Aside,
    /// What the journal did not take was in memory alone.
    Lost,
    /// The disk did not answer in time.
    Unknown,
}

/// The case as it stands.
#[derive(Debug, Clone)]
pub struct Desk {
    /// With the entries that could not be written yet.
    pub state: Arc<CaseState>,
    pub saved: Saved,
    /// What the case is read from.
    pub sources: Vec<String>,
    /// What the last order did, in words; new with each order.
    pub said: Option<Arc<String>>,
    /// How many orders of the analyst were carried out, in this session.
    pub carried_out: u64,
}

/// The writer's handle. Dropping it ends the session in the journal.
#[derive(Debug)]
pub struct Scribe {
    orders: Option<Sender<Order>>,
    desk: Arc<ArcSwap<Desk>>,
    done: Receiver<Ended>,
    thread: Option<JoinHandle<()>>,
}

/// Who writes.
#[derive(Debug, Clone)]
pub struct Author {
    pub who: String,
    pub host: String,
}

impl Scribe {
    /// Takes over an opened workspace and notes that a session began with these `sources`.
    pub fn start(
        opened: Opened,
        author: Author,
        sources: Vec<String>,
        pinner: Pinner,
        notify: Notify,
    ) -> std::io::Result<Self> {
        let state = opened.state();
        let saved = match &opened.journal {
            Some(_) => Saved::Yes,
            None => Saved::ReadOnly(opened.workspace.mode().to_string()),
        };
        let desk = Desk {
            state: Arc::new(state),
            saved,
            sources: opened.workspace.info().sources.clone(),
            said: None,
            carried_out: 0,
        };
        let desk = Arc::new(ArcSwap::from_pointee(desk));
        let (orders, receiver) = unbounded();
        let (finished, done) = crossbeam_channel::bounded(1);
        let mut writer = Writer::new(opened, author, pinner, notify, Arc::clone(&desk));
        let thread = std::thread::Builder::new().name("journal".to_owned()).spawn(move || {
            let version = env!("CARGO_PKG_VERSION").to_owned();
            let start = What::SessionStart { version, sources, mode: "screen".to_owned() };
            writer.write(start, None);
            writer.acquire();
            writer.run(&receiver);
            writer.acquire();
            writer.write(What::SessionEnd, None);
            let _ = finished.send(writer.leave());
        })?;
        Ok(Self { orders: Some(orders), desk, done, thread: Some(thread) })
    }

    pub fn order(&self, order: Order) {
        if let Some(orders) = &self.orders {
            // The thread ends only when this handle does.
            let _ = orders.send(order);
        }
    }

    pub fn desk(&self) -> Arc<Desk> {
        self.desk.load_full()
    }

    /// A way to send orders that outlives a borrow of the handle.
    pub fn sender(&self) -> Option<Sender<Order>> {
        self.orders.clone()
    }

    /// Ends the session and waits, at most this long, until everything is on the disk.
    pub fn close(&mut self, wait: Duration) -> Ended {
        if let Some(orders) = self.orders.take() {
            let _ = orders.send(Order::End);
        }
        let Ok(ended) = self.done.recv_timeout(wait) else { return Ended::Unknown };
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        ended
    }
}

impl Drop for Scribe {
    fn drop(&mut self) {
        self.close(Duration::from_secs(5));
    }
}

#[cfg(test)]
mod tests;
