//! What was loaded against what was acquired: a record says of each object what it was, and also
//! what the record itself was made from, if that is not the same.

use super::{Acquired, Acquisition, Found, Standing, hashing, look};
use crate::event::Cancel;
use crate::job::evidence::{Again, Evidence};
use crate::store::Store;
use std::collections::HashMap;
use std::sync::Arc;

/// An object that is not what was acquired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What it is not any more.
    pub was: Acquisition,
    /// It still begins with that.
    pub has_grown: bool,
}

/// Those that changed, by their paths.
pub type Changes = HashMap<String, Change>;

/// What changed of outermost objects that were read whole. Those whose hash is another are read once
/// more, on as many threads (0: as many as there are processors), to tell a log that has only grown;
/// **what cannot be read again counts as changed**.
pub fn changes(acquired: &Acquired, store: &Store, evidence: &Evidence, threads: usize) -> Changes {
    let (mut changes, mut tasks) = (Changes::new(), Vec::new());
    for object in store.ledger().all() {
        let (Some(now), None) = (object.sha256, object.parent) else { continue };
        let was = acquired.objects.get(&*object.path).map_or(&[][..], Vec::as_slice);
        let Some(first) = was.iter().find(|was| was.sha256 != now) else { continue };
        let change = Change { was: first.clone(), has_grown: false };
        changes.insert(object.path.to_string(), change);
        if let Some(Again::Item { source, item }) = evidence.find(object.id).map(|at| at.again) {
            tasks.push(((source, Arc::unwrap_or_clone(item)), object.bytes));
        }
    }
    let work = |(source, item): Found, meter: &hashing::Meter<'_>| {
        let was = acquired.objects.get(&*item.path).map_or(&[][..], Vec::as_slice);
        look(&*source, &item, was, meter)
    };
    // Without a thread all of them count as changed.
    let _ = hashing::each(tasks, threads, &Cancel::new(), work, &mut |compared, _| {
        let Some(compared) = compared else { return };
        let Some(change) = changes.get_mut(&compared.path) else { return };
        match (compared.standing, compared.was.into_iter().next()) {
            (Standing::Longer(_), Some(was)) => *change = Change { was, has_grown: true },
            (Standing::Differs(..), Some(was)) => change.was = was,
            // One that was met whole by now, after it had grown from another.
            (Standing::Same, _) => change.has_grown = true,
            _ => {}
        }
    });
    changes
}
