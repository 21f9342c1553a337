//! Worker threads that drive sources, formats, the store and the filter, and tell the screen.
//!
//! Data is published where readers find the newest (`ArcSwap`, atomics); only tiny notices are
//! sent, and a notice that finds the channel full is not missed: the reader has not looked yet
//! and will see the newest. **Nothing here waits for the screen.**

pub mod acquired;
pub mod alarmed;
pub mod answer;
pub mod baseline;
pub mod bundling;
pub mod choosing;
pub mod cutting;
mod decided;
pub mod detecting;
mod direct;
pub mod evidence;
pub mod examine;
pub mod exhibit;
mod follow;
pub mod gathering;
pub mod hashing;
pub mod history;
pub mod integrity;
pub mod lists;
pub mod load;
pub mod lookup;
pub mod manifests;
pub mod marks;
pub mod naming;
pub mod order;
pub mod paper;
pub mod plan;
pub mod progress;
pub mod proving;
pub mod public_keys;
pub mod question;
pub mod queue;
pub mod raising;
pub mod reading;
pub mod reviewing;
pub mod scanning;
pub mod scribe;
pub mod search;
pub mod session;
pub mod shelf;
pub mod spool;
pub mod taking;
mod threads;
pub mod triage;
mod walking;
mod watch;
mod zones;

pub use answer::{Answer, Axis, FormatLane, HowFar, Watched};
pub use evidence::Evidence;
pub use follow::{Deliveries, Delivery};
pub use integrity::{Integrity, Standings, Verified};
pub use load::{Load, Options};
pub use lookup::{Lookup, Task};
pub use order::{Order, Rows, Subject, Typed};
pub use plan::Plan;
pub use progress::{Held, Progress, Report, Transfer, Why};
pub use reading::{Matter, Reading};
pub use scribe::{Author, Desk, Ended, Saved, Scribe};
pub use search::{Question, Search};
pub use session::Session;
pub use zones::Zones;

/// Whether both are the same thing, and not only alike.
pub(crate) fn is_same<T>(old: Option<&std::sync::Arc<T>>, new: Option<&std::sync::Arc<T>>) -> bool {
    match (old, new) {
        (None, None) => true,
        (Some(old), Some(new)) => std::sync::Arc::ptr_eq(old, new),
        _ => false,
    }
}

/// Something is worth another look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// Rows or ledger entries were added, or the load ended.
    Loaded,
    /// A new answer to the filter.
    Selected,
    /// The journal is on disk, or is not.
    Journal,
    /// A piece of other work ended.
    Done,
}

/// Tells whoever waits; cheap to clone.
#[derive(Clone)]
pub struct Notify(std::sync::Arc<dyn Fn(Notice) + Send + Sync>);

impl Notify {
    pub fn new(tell: impl Fn(Notice) + Send + Sync + 'static) -> Self {
        Self(std::sync::Arc::new(tell))
    }

    /// For those who do not wait.
    pub fn nobody() -> Self {
        Self::new(|_| {})
    }

    pub fn tell(&self, notice: Notice) {
        (self.0)(notice);
    }
}

impl std::fmt::Debug for Notify {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Notify")
    }
}
