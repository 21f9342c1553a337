//! What is new in a bucket while somebody follows it: the folders of the newest dates are listed
//! again and again, and all folders where keys say no dates.

use super::{Place, listing};
use crate::event::{Cancel, Reason, ReasonKind, Timestamp, Window};
use crate::source::{Item, Listed, Locator, News};
use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

/// Time between two listings; one that takes long is not made more often than this share of the
/// time.
const EVERY: Duration = Duration::from_secs(20);
const SHARE: u32 = 10;

/// Time between two looks at whether to go on.
const LOOK: Duration = Duration::from_millis(50);

/// So long ago the newest dates begin, for a listing that was missed.
const BACK: i64 = 2 * 3_600 * Timestamp::SECOND;

/// Clocks of this host and of the service may differ so much.
const SKEW: i64 = 60 * Timestamp::SECOND;

/// Tells objects that were written since it was `asked` for all there are, each once.
pub(super) fn watch(
    place: &Arc<Place>,
    asked: &AtomicI64,
    cancel: &Cancel,
    news: &mut dyn FnMut(News),
) -> Result<(), Reason> {
    let (mut told, mut failed) = (HashSet::new(), false);
    let mut pause = EVERY;
    let mut since = Timestamp::now();
    if let all @ 1.. = asked.load(Ordering::Relaxed) {
        since = Timestamp(all);
    }
    while wait(pause, cancel) {
        let (now, begun) = (Timestamp::now(), Instant::now());
        // Where credentials came late, all there is was asked for once more.
        since = since.max(Timestamp(asked.load(Ordering::Relaxed)));
        let window = Window { from: Some(Timestamp(since.0.min(now.0) - BACK)), to: None };
        let listed = listing::list(place, window, cancel, &mut |listed| {
            if let Listed::Item(item) = listed
                && is_new(&item, since)
                && told.insert((item.path.clone(), item.locator.clone()))
            {
                news(News::Item(item));
            }
            ControlFlow::Continue(())
        });
        match listed.map_err(|reason| place.aws.note(reason)) {
            Ok(()) => (since, failed) = (now, false),
            Err(reason) if reason.may_pass() || reason.kind == ReasonKind::NotFound => {
                if !std::mem::replace(&mut failed, true) {
                    let name = place.address.path("");
                    let what = "what is new is not known, and it is tried again";
                    news(News::Said(format!("{name}: {what}: {}", reason.detail)));
                }
            }
            Err(reason) => return Err(reason),
        }
        pause = EVERY.max(begun.elapsed() * SHARE);
    }
    Ok(())
}

/// Whether an object is not in the vault and was written after this time; of others it is known
/// that they were left.
fn is_new(item: &Item, since: Timestamp) -> bool {
    let is_late = item.modified.is_none_or(|at| at.0 >= since.0 - SKEW);
    is_late && matches!(item.locator, Locator::S3 { .. })
}

/// Whether to go on after so long.
fn wait(pause: Duration, cancel: &Cancel) -> bool {
    let until = Instant::now() + pause;
    while !cancel.is_cancelled() && Instant::now() < until {
        std::thread::sleep(LOOK);
    }
    !cancel.is_cancelled()
}
