//! What was loaded against what was acquired: a record says of each object what it was, and also
//! what the record itself was made from, if that is not the same.

use super::{Acquired, Acquisition, Found, Standing, hashing, look};
use crate::event::Cancel;
use crate::job::evidence::{Again, Evidence};
use crate::store::Store;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// An object that is not what was acquired, or was read as something else in between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// All that it ever was; the first is what was acquired.
    pub was: Vec<Acquisition>,
    /// It still begins with all of that.
    pub has_grown: bool,
}

/// What became of evidence since it was acquired.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Those that changed, by their paths.
    pub objects: HashMap<String, Change>,
    /// What was acquired and is not among what was loaded, by path.
    pub missing: Vec<(String, Acquisition)>,
    /// What was acquired and could not be read whole now, by path, as it was acquired.
    pub unread: HashMap<String, Acquisition>,
    /// Why not all is known of what was acquired.
    pub problems: Vec<String>,
}

/// What changed of outermost objects that were read whole. Those whose hash is another are read once
/// more, on as many threads (0: as many as there are processors), to tell a log that has only grown;
/// **what cannot be read again counts as changed**.
pub fn changes(acquired: &Acquired, store: &Store, evidence: &Evidence, threads: usize) -> Changes {
    let (mut objects, mut tasks) = (HashMap::new(), Vec::new());
    let all = store.ledger().all();
    let unread = all.iter().filter(|object| object.sha256.is_none() && object.parent.is_none());
    let unread = unread.filter_map(|object| {
        Some((object.path.to_string(), acquired.was(&object.path).first()?.clone()))
    });
    let unread: HashMap<String, Acquisition> = unread.collect();
    for object in &all {
        let (Some(now), None) = (object.sha256, object.parent) else { continue };
        let was = acquired.was(&object.path);
        if was.iter().all(|was| was.sha256 == now) {
            continue;
        }
        objects.insert(object.path.to_string(), Change { was: was.to_vec(), has_grown: false });
        if let Some(Again::Item { source, item }) = evidence.find(object.id).map(|at| at.again) {
            tasks.push(((source, Arc::unwrap_or_clone(item)), object.bytes));
        }
    }
    let work = |(source, item): Found, meter: &hashing::Meter<'_>| {
        look(&*source, &item, acquired.was(&item.path), meter)
    };
    // Without a thread all of them count as changed.
    let _ = hashing::each(tasks, threads, &Cancel::new(), work, &mut |compared, _| {
        let Some(compared) = compared else { return };
        let Some(change) = objects.get_mut(&compared.path) else { return };
        // One that is the same was met whole by now, after it had grown from another.
        change.has_grown = matches!(compared.standing, Standing::Longer(_) | Standing::Same);
    });
    let met: HashSet<&str> = all.iter().map(|object| &*object.path).collect();
    let missing = acquired.without(&met);
    let missing =
        missing.filter_map(|path| Some((path.clone(), acquired.was(path).first()?.clone())));
    let mut missing: Vec<(String, Acquisition)> = missing.collect();
    missing.sort_by(|one, other| one.0.cmp(&other.0));
    Changes { objects, missing, unread, problems: acquired.problems.clone() }
}
