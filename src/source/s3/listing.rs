//! Listing: in the order of the keys, which is that of their bytes, and some pages at one time.

use super::walk::{After, Branch, Keyed, Page, Part, Wanted};
use super::{Place, archive, pages};
use crate::event::layout::{self, Need};
use crate::event::{Cancel, Reason, ReasonKind, State, Timestamp, Window, label};
use crate::source::Listed;
use aws_sdk_s3::types::{Object, ObjectStorageClass};
use std::collections::VecDeque;
use std::future::Future;
use std::ops::ControlFlow;
use std::sync::Arc;
use tokio::task::JoinHandle;

/// Pages that are asked for at one time.
const AT_ONCE: usize = 8;

/// What a listing is made of, and how a page of it is asked for.
pub(super) trait Pages: 'static {
    type Entry: Keyed + Send + 'static;

    fn ask(
        place: &Place,
        branch: &Branch,
    ) -> impl Future<Output = Result<Page<Self::Entry>, Reason>> + Send;
}

/// Objects as they are now.
struct Plain;

impl Pages for Plain {
    type Entry = Object;

    async fn ask(place: &Place, branch: &Branch) -> Result<Page, Reason> {
        pages::ask(place, branch).await
    }
}

/// What is met on the way.
pub(super) enum Met<T> {
    Entry(T),
    /// A folder that the window does not need.
    Left(String, Need),
}

/// Lists everything below the prefix that the window needs. An error is about all that was not
/// listed.
pub(super) fn list(
    place: &Arc<Place>,
    window: Window,
    cancel: &Cancel,
    emit: &mut dyn FnMut(Listed) -> ControlFlow<()>,
) -> Result<(), Reason> {
    let (mut left, mut found) = (LeftOut::new(window), false);
    go::<Plain>(place, window, cancel, &mut |met| {
        found = true;
        let listed = match met {
            Met::Entry(object) => Some(listed(place, &object, None)),
            Met::Left(folder, need) => left.tell(place, &folder, need),
        };
        listed.map_or(ControlFlow::Continue(()), &mut *emit)
    })?;
    let none = || Reason::new(ReasonKind::NotFound, "no key there begins so");
    if found || cancel.is_cancelled() { Ok(()) } else { Err(none()) }
}

/// Hands over everything below the prefix in the order of the keys, as long as that is wanted.
pub(super) fn go<P: Pages>(
    place: &Arc<Place>,
    window: Window,
    cancel: &Cancel,
    take: &mut dyn FnMut(Met<P::Entry>) -> ControlFlow<()>,
) -> Result<(), Reason> {
    // Who asks, and where, is found out once and not by all at one time.
    place.aws.wait(cancel, Box::pin(place.client()))?;
    let wanted = Wanted { scope: &place.address.scope, window };
    let first = Branch::of(wanted.scope.literal(), After::Start, wanted);
    let mut walk = Walk::<P> { place, steps: VecDeque::new() };
    walk.insert(first)?;
    while let Some(step) = walk.steps.pop_front() {
        let met = match step {
            Step::Part(Part::Object(object)) => Met::Entry(object),
            Step::Part(Part::Left(folder, need)) => Met::Left(folder, need),
            Step::Part(Part::Branch(_)) => continue,
            Step::Asked(branch, page) => {
                walk.insert(branch.parts(page.answer(place, cancel)?, wanted))?;
                continue;
            }
        };
        if cancel.is_cancelled() || take(met).is_break() {
            return Ok(());
        }
    }
    Ok(())
}

/// What is still to be listed, in the order of the keys: of what is next some is asked for already.
struct Walk<'a, P: Pages> {
    place: &'a Arc<Place>,
    steps: VecDeque<Step<P::Entry>>,
}

enum Step<T> {
    Part(Part<T>),
    Asked(Branch, Asking<T>),
}

impl<P: Pages> Walk<'_, P> {
    /// Puts these before all others, and asks for the pages that will be needed next.
    fn insert(&mut self, parts: Vec<Part<P::Entry>>) -> Result<(), Reason> {
        for part in parts.into_iter().rev() {
            self.steps.push_front(Step::Part(part));
        }
        let handle = self.place.aws.handle()?;
        let is_page = |step: &&mut Step<P::Entry>| {
            matches!(step, Step::Part(Part::Branch(_)) | Step::Asked(..))
        };
        for step in self.steps.iter_mut().filter(is_page).take(AT_ONCE) {
            if let Step::Part(Part::Branch(branch)) = step {
                let (place, branch) = (Arc::clone(self.place), branch.clone());
                let asked = branch.clone();
                let task = handle.spawn(async move { P::ask(&place, &asked).await });
                *step = Step::Asked(branch, Asking(task));
            }
        }
        Ok(())
    }
}

/// A page on its way; nobody asks for it any more once this is gone.
struct Asking<T>(JoinHandle<Result<Page<T>, Reason>>);

impl<T> Drop for Asking<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl<T> Asking<T> {
    fn answer(mut self, place: &Place, cancel: &Cancel) -> Result<Page<T>, Reason> {
        let broken = |_| Err(Reason::new(ReasonKind::Io, "asking for it broke off"));
        place.aws.wait(cancel, async { (&mut self.0).await.unwrap_or_else(broken) })
    }
}

/// Folders of dates that the window does not need: told once for all before it, and once for all
/// after it, below each account, service and Region.
pub(super) struct LeftOut {
    window: Window,
    /// What stands before the dates, and which of both was told.
    told: (String, [bool; 2]),
}

impl LeftOut {
    pub(super) fn new(window: Window) -> Self {
        Self { window, told: Default::default() }
    }

    pub(super) fn tell(&mut self, place: &Place, folder: &str, need: Need) -> Option<Listed> {
        let undated = layout::undated(folder);
        if self.told.0 != undated {
            self.told = (undated.to_owned(), [false; 2]);
        }
        let told = &mut self.told.1[usize::from(need == Need::After)];
        if std::mem::replace(told, true) {
            return None;
        }
        let at = |at: Option<Timestamp>| at.map(|at| at.to_rfc3339(0)).unwrap_or_default();
        let detail = match need {
            Need::After => format!(
                "this and what was delivered later was not fetched, for it is too late to hold what \
                 happened before {}: a later --until brings it",
                at(self.window.to)
            ),
            _ => format!(
                "this and what was delivered earlier was not fetched, for it is too early to hold \
                 what happened from {} on: an earlier --since brings it",
                at(self.window.from)
            ),
        };
        let key = label(folder.as_bytes());
        let (path, reason) =
            (place.address.path(&key), Reason::new(ReasonKind::OutsideWindow, detail));
        Some(Listed::Left { path, key, bytes: None, state: State::Skipped, reason })
    }
}

/// `version`: which former version of the object this is.
pub(super) fn listed(place: &Place, object: &Object, version: Option<&str>) -> Listed {
    let key = object.key().unwrap_or_default();
    let bytes = object.size().and_then(|size| u64::try_from(size).ok()).unwrap_or(0);
    let modified = object.last_modified().and_then(|at| i64::try_from(at.as_nanos()).ok());
    let etag = object.e_tag().unwrap_or_default();
    let item = place.item((key, version), etag, bytes, modified.map(Timestamp));
    match unfit(place, object, version) {
        None => Listed::Item(item),
        Some((state, reason)) => {
            let (path, key) = (item.path.to_string(), item.key.to_string());
            Listed::Left { path, key, bytes: item.bytes, state, reason }
        }
    }
}

/// Why an object cannot be read as it is.
fn unfit(place: &Place, object: &Object, version: Option<&str>) -> Option<(State, Reason)> {
    let key = object.key().unwrap_or_default();
    if key.ends_with('/') && object.size().is_none_or(|bytes| bytes <= 0) {
        let reason = Reason::new(ReasonKind::Empty, "only stands for a folder");
        return Some((State::Skipped, reason));
    }
    let class = object.storage_class()?;
    let is_frozen = matches!(class, ObjectStorageClass::Glacier | ObjectStorageClass::DeepArchive);
    let restore = object.restore_status();
    let is_restored = restore.is_some_and(|status| status.restore_expiry_date().is_some());
    if !is_frozen || is_restored {
        return None;
    }
    if restore.is_some_and(|status| status.is_restore_in_progress() == Some(true)) {
        let detail = "is being restored from the archive: read the source again when it is there";
        return Some((State::Failed, Reason::new(ReasonKind::Unsupported, detail)));
    }
    let frozen = archive::frozen(&place.address.bucket, (key, version), Some(class.as_str()), None);
    Some((State::Failed, frozen))
}
