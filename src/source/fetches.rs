//! Objects that have to be fetched before they are read: some at a time, beginning when they are
//! listed, so that readers seldom wait. What is on its way is on the disk, not in memory.

use super::aws::{Aws, unless};
use super::traffic::OnWay;
use super::vault::Vault;
use super::{Input, Item, Locator};
use crate::event::{Cancel, Reason, ReasonKind};
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;

/// Where objects are fetched from.
pub(super) trait Far: Send + Sync + 'static {
    fn aws(&self) -> &Aws;

    fn vault(&self) -> &Vault;

    /// The item once it is in the vault.
    fn kept(&self, item: &Item) -> Option<Item>;

    /// Brings an object, as it was listed, into the vault, and counts what comes.
    fn fetch(&self, item: &Item, way: &OnWay) -> impl Future<Output = Result<(), Reason>> + Send;
}

/// Objects that were asked for ahead: nothing for one that is on its way, and why one did not come,
/// which is taken away by whoever reads it. Those that came are in the vault and not here, and who
/// calls off does not ask.
type Ahead = HashMap<(Arc<str>, Locator), Option<Reason>>;

pub(super) struct Fetches<F> {
    place: Arc<F>,
    ahead: Arc<(Mutex<Ahead>, Condvar)>,
    room: Arc<Semaphore>,
}

impl<F: Far> Fetches<F> {
    /// So many objects are fetched at one time.
    pub(super) fn new(place: Arc<F>, at_once: usize) -> Self {
        Self { place, ahead: Arc::default(), room: Arc::new(Semaphore::new(at_once)) }
    }

    /// Begins to fetch an object that will be read soon.
    pub(super) fn ahead(&self, item: &Item, cancel: &Cancel) {
        let Ok(handle) = self.place.aws().handle() else { return };
        let (place, ahead, room) =
            (Arc::clone(&self.place), Arc::clone(&self.ahead), Arc::clone(&self.room));
        let (item, cancel, key) = (item.clone(), cancel.clone(), key(item));
        lock(&ahead.0).insert(key.clone(), None);
        handle.spawn(async move {
            let way = place.aws().traffic().expect(item.bytes);
            let fetched = unless(
                &cancel,
                Box::pin(async {
                    // Nobody closes it.
                    let _permit = room.acquire().await;
                    way.begin();
                    place.fetch(&item, &way).await
                }),
            );
            match fetched.await {
                Err(reason) if reason.kind != ReasonKind::Cancelled => {
                    lock(&ahead.0).insert(key, Some(reason));
                }
                _ => {
                    lock(&ahead.0).remove(&key);
                }
            }
            ahead.1.notify_all();
        });
    }

    /// Opens an object that is in the vault, or will be.
    pub(super) fn open(&self, item: &Item, cancel: &Cancel) -> Result<Input, Reason> {
        if item.locator.is_elsewhere() {
            self.get(item, cancel)?;
        }
        self.reopen(item)
    }

    /// Opens an object that is in the vault.
    pub(super) fn reopen(&self, item: &Item) -> Result<Input, Reason> {
        let kept = self.place.kept(item);
        self.place.vault().open(&kept.as_ref().unwrap_or(item).locator)
    }

    /// Waits until the object is in the vault.
    fn get(&self, item: &Item, cancel: &Cancel) -> Result<(), Reason> {
        let ((ahead, changed), key) = (&*self.ahead, key(item));
        let mut known = lock(ahead);
        while let Some(state) = known.get(&key) {
            if state.is_some() {
                return known.remove(&key).flatten().map_or(Ok(()), Err);
            }
            let waited = changed.wait_timeout(known, Duration::from_millis(50));
            known = waited.unwrap_or_else(PoisonError::into_inner).0;
            if cancel.is_cancelled() {
                return Err(Reason::new(ReasonKind::Cancelled, "fetching it was called off"));
            }
        }
        drop(known);
        if self.place.kept(item).is_some() {
            return Ok(());
        }
        let way = self.place.aws().traffic().expect(item.bytes);
        way.begin();
        self.place.aws().wait(cancel, Box::pin(self.place.fetch(item, &way)))
    }
}

/// Another version of an object is another.
fn key(item: &Item) -> (Arc<str>, Locator) {
    (Arc::clone(&item.path), item.locator.clone())
}

fn lock(ahead: &Mutex<Ahead>) -> std::sync::MutexGuard<'_, Ahead> {
    ahead.lock().unwrap_or_else(PoisonError::into_inner)
}
