//! What is new in a bucket while somebody follows it: the folders of the newest dates are listed
//! again and again, and all folders where keys say no dates.

use super::{Place, listing};
use crate::event::{Cancel, Reason, ReasonKind, Timestamp, Window};
use crate::source::{Item, Listed, Locator, News};
use std::collections::HashMap;
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

/// So long ago the newest dates begin: for a listing that was missed, for clocks of this host and of
/// the service that differ, and for what is uploaded in parts, which is as old as its beginning.
const BACK: i64 = 2 * 3_600 * Timestamp::SECOND;

/// Tells objects that were written since it was `asked` for all there are, and that the window needs,
/// each once.
pub(super) fn watch(
    place: &Arc<Place>,
    (asked, wanted): (&AtomicI64, Window),
    cancel: &Cancel,
    news: &mut dyn FnMut(News),
) -> Result<(), Reason> {
    let (mut told, mut failed) = (HashMap::new(), false);
    let mut pause = EVERY;
    let mut since = Timestamp::now();
    if let all @ 1.. = asked.load(Ordering::Relaxed) {
        since = Timestamp(all);
    }
    while wait(pause, cancel) {
        let (now, begun) = (Timestamp::now(), Instant::now());
        // Where credentials came late, all there is was asked for once more.
        since = since.max(Timestamp(asked.load(Ordering::Relaxed)));
        let window = newest(wanted, since.min(now));
        // What is older is not new any more.
        told.retain(|_, modified| is_late(*modified, since));
        let listed = listing::list(place, window, cancel, &mut |listed| {
            if let Listed::Item(item) = listed
                && is_new(&item, since)
                && told.insert((item.path.clone(), item.locator.clone()), item.modified).is_none()
            {
                news(News::Item(item));
            }
            ControlFlow::Continue(())
        });
        match listed.map_err(|reason| place.aws.note(reason)) {
            Ok(()) => (since, failed) = (now, false),
            Err(reason) if reason.may_pass() || reason.kind == ReasonKind::NotFound => {
                if !std::mem::replace(&mut failed, true) {
                    news(News::away(&place.address.path(""), &reason));
                }
            }
            Err(reason) => return Err(reason),
        }
        pause = EVERY.max(begun.elapsed() * SHARE);
    }
    Ok(())
}

/// The part of the window that may hold what was written since.
fn newest(wanted: Window, since: Timestamp) -> Window {
    let from = since.saturating_add(-BACK);
    Window { from: Some(wanted.from.map_or(from, |wanted| wanted.max(from))), ..wanted }
}

/// Whether an object is not in the vault and was written after this time; of others it is known
/// that they were left.
fn is_new(item: &Item, since: Timestamp) -> bool {
    is_late(item.modified, since) && matches!(item.locator, Locator::S3 { .. })
}

fn is_late(modified: Option<Timestamp>, since: Timestamp) -> bool {
    modified.is_none_or(|at| at >= since.saturating_add(-BACK))
}

/// Whether to go on after so long.
fn wait(pause: Duration, cancel: &Cancel) -> bool {
    let until = Instant::now() + pause;
    while !cancel.is_cancelled() && Instant::now() < until {
        std::thread::sleep(LOOK);
    }
    !cancel.is_cancelled()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_outside_of_the_window_is_not_looked_for() {
        let (since, hour) =
            (Timestamp(10 * Timestamp::HOUR), |hours| Some(Timestamp(hours * Timestamp::HOUR)));
        let of = |from, to| newest(Window { from, to }, since);
        assert_eq!(of(None, None), Window { from: hour(8), to: None });
        assert_eq!(of(hour(1), hour(9)), Window { from: hour(8), to: hour(9) });
        assert_eq!(of(hour(9), hour(11)), Window { from: hour(9), to: hour(11) });
    }
}
