//! How long what comes into a source elsewhere is on its way: from the event to where it is written,
//! and from there to here.

use crate::event::Timestamp;
use crate::store::Object;
use arc_swap::ArcSwap;
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The way of the newest event that came while a source was followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    pub event: Timestamp,
    /// When its object was written there. Unknown of what grows.
    pub written: Option<Timestamp>,
    /// When it was in the table.
    pub came: Timestamp,
}

/// Those of all sources that are followed, by name.
#[derive(Debug, Default)]
pub struct Deliveries {
    newest: ArcSwap<BTreeMap<String, Delivery>>,
    /// Paths of objects that are new and were not seen in the table so far.
    awaited: Mutex<HashSet<String>>,
}

impl Deliveries {
    pub fn now(&self) -> Arc<BTreeMap<String, Delivery>> {
        self.newest.load_full()
    }

    /// An object of this path is new; it will be loaded.
    pub(super) fn expect(&self, path: &str) {
        self.awaited().insert(path.to_owned());
    }

    /// Whether an object is one of those, the first time that is asked.
    pub(super) fn is_expected(&self, path: &str) -> bool {
        self.awaited().remove(path)
    }

    fn awaited(&self) -> MutexGuard<'_, HashSet<String>> {
        self.awaited.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An object has come, or what was appended to one. What is older than what came before says
    /// nothing of the newest.
    pub(super) fn see(&self, source: &str, object: &Object, written: Option<Timestamp>) {
        let Some((_, last)) = object.span else { return };
        let (event, came) = (Timestamp(last), Timestamp::now());
        let known = self.newest.load();
        if known.get(source).is_some_and(|known| known.event >= event) {
            return;
        }
        let mut all = (**known).clone();
        all.insert(source.to_owned(), Delivery { event, written, came });
        self.newest.store(Arc::new(all));
    }
}

impl std::fmt::Display for Delivery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { event, written, came } = *self;
        write!(f, "newest event {}", event.to_rfc3339(0))?;
        match written {
            Some(written) => {
                write!(f, ", written there {}", later(event, written))?;
                write!(f, ", here {} after that", lasting(came.0.saturating_sub(written.0)))
            }
            None => write!(f, ", here {}", later(event, came)),
        }
    }
}

/// `4 min 10 s later`. Clocks differ.
fn later(from: Timestamp, to: Timestamp) -> String {
    let nanos = to.0.saturating_sub(from.0);
    let word = if nanos < 0 { "earlier" } else { "later" };
    format!("{} {word}", lasting(nanos.saturating_abs()))
}

fn lasting(nanos: i64) -> String {
    let seconds = nanos / Timestamp::SECOND;
    match (seconds / 3_600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_of_an_event_is_told_in_its_parts() {
        let at = |seconds: i64| Timestamp((1_772_618_400 + seconds) * Timestamp::SECOND);
        let delivery = Delivery { event: at(0), written: Some(at(250)), came: at(262) };
        let told = "newest event 2026-03-04T10:00:00Z, written there 4 min 10 s later, here 12 s \
                    after that";
        assert_eq!(delivery.to_string(), told);
        let delivery = Delivery { written: None, came: at(-3), ..delivery };
        assert!(delivery.to_string().ends_with(", here 3 s earlier"), "{delivery}");
        let delivery = Delivery { came: at(7_300), ..delivery };
        assert!(delivery.to_string().ends_with(", here 2 h 1 min later"), "{delivery}");
    }
}
