//! Everything that a bucket has of a key: the newest, former versions, and the marks of deletion.
//!
//! `ListObjectVersions`: "Amazon S3 API Reference". In a bucket without versioning it yields what a
//! plain listing does. A key may go on over pages, and what is deleted is told apart from what is
//! there, so that keys are put together here, one at a time.

use super::lifecycle::Rules;
use super::listing::{self, LeftOut, Met, Pages};
use super::walk::{After, Branch, END, Keyed, Page};
use super::{Place, version};
use crate::event::{Cancel, Reason, ReasonKind, Timestamp, Window, label};
use crate::source::aws::policy::LIST_VERSIONS;
use crate::source::aws::{Asked, Failure};
use crate::source::{Cause, End, Listed, Past, Version};
use aws_sdk_s3::operation::list_object_versions::ListObjectVersionsOutput;
use aws_sdk_s3::primitives::DateTime;
use aws_sdk_s3::types::{BucketVersioningStatus, Object, ObjectVersion, OptionalObjectAttributes};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{Arc, PoisonError};

/// One entry of a key.
#[derive(Debug, PartialEq)]
struct Entry {
    is_newest: bool,
    written: Option<Timestamp>,
    /// `None` where it is the mark that the key was deleted.
    object: Option<ObjectVersion>,
}

/// Keys with all that there is of them.
type Keys = BTreeMap<String, Vec<Entry>>;

/// A key with all that there is of it, the newest first.
struct Versions {
    key: String,
    entries: Vec<Entry>,
}

impl Keyed for Versions {
    fn key(&self) -> &str {
        &self.key
    }
}

/// A key whose newest is not all that there ever was, in few words: when each was written, and its
/// id where it is no mark, the newest first.
#[derive(Debug)]
pub(super) struct Ended {
    key: String,
    entries: Vec<(Option<Timestamp>, Option<Box<str>>)>,
}

/// Where a page ends.
type Marker = (Option<String>, Option<String>);

/// Tells of what was deleted or overwritten below the prefix.
///
/// Where former versions were listed as evidence, that listing has told already, and the bucket is
/// not asked again; but only once, for whoever asks anew wants to know what is so by now. Otherwise
/// it is asked here: a plain listing tells nothing of what is gone, and listing the versions instead
/// would let everybody wait for the first rows, for many times as many pages in a bucket that
/// expires what it holds, and takes a permission that reading does not need. A bucket that never had
/// versions is not listed again.
pub(super) fn past(
    place: &Arc<Place>,
    window: Window,
    cancel: &Cancel,
    emit: &mut dyn FnMut(Past) -> ControlFlow<()>,
) -> Result<(), Reason> {
    let listed = place.ended.lock().unwrap_or_else(PoisonError::into_inner).take();
    if listed.is_none() && place.aws.wait(cancel, Box::pin(never_versioned(place)))? {
        return Ok(());
    }
    let rules = place.aws.wait(cancel, Box::pin(Rules::ask(place)));
    let mut tell = |ended: &Ended| emit(to_past(place, ended, rules.as_ref()));
    if let Some(listed) = listed {
        let _ = listed.iter().any(|ended| cancel.is_cancelled() || tell(ended).is_break());
        return Ok(());
    }
    listing::go::<Versions>(place, window, cancel, &mut |met| match met {
        Met::Entry(versions) => ended(&versions).map_or(ControlFlow::Continue(()), |it| tell(&it)),
        Met::Left(..) => ControlFlow::Continue(()),
    })
}

/// Lists everything below the prefix that the window needs, former versions behind the newest.
pub(super) fn list(
    place: &Arc<Place>,
    window: Window,
    cancel: &Cancel,
    emit: &mut dyn FnMut(Listed) -> ControlFlow<()>,
) -> Result<(), Reason> {
    let (mut left, mut all) = (LeftOut::new(window), Vec::new());
    let (mut found, mut is_whole) = (false, true);
    listing::go::<Versions>(place, window, cancel, &mut |met| {
        found = true;
        let went_on = match met {
            Met::Left(folder, need) => match left.tell(place, &folder, need) {
                Some(listed) => emit(listed),
                None => ControlFlow::Continue(()),
            },
            Met::Entry(versions) => {
                all.extend(ended(&versions));
                each(place, &versions, emit)
            }
        };
        is_whole &= went_on.is_continue();
        went_on
    })?;
    if cancel.is_cancelled() || !is_whole {
        return Ok(());
    }
    *place.ended.lock().unwrap_or_else(PoisonError::into_inner) = Some(all);
    let none = || Reason::new(ReasonKind::NotFound, "no key there begins so, nor did one");
    if found { Ok(()) } else { Err(none()) }
}

fn each(
    place: &Place,
    versions: &Versions,
    emit: &mut dyn FnMut(Listed) -> ControlFlow<()>,
) -> ControlFlow<()> {
    for (number, entry) in versions.entries.iter().enumerate() {
        let Some(object) = &entry.object else { continue };
        let id = object.version_id().filter(|_| number > 0);
        emit(listing::listed(place, &plain(object), id))?;
    }
    ControlFlow::Continue(())
}

impl Pages for Versions {
    type Entry = Self;

    /// A key may go on over pages; here none does. The key that a page ends with is left for the
    /// next, unless there is no other in it.
    async fn ask(place: &Place, branch: &Branch) -> Result<Page<Self>, Reason> {
        let first = match &branch.after {
            After::Token(token) => Some(token.clone()),
            After::Start | After::Key(_) => branch.start_after(),
        };
        let (mut keys, mut folders) = (Keys::new(), Vec::new());
        let mut after: Marker = (first.clone(), None);
        loop {
            let mut answer = page(place, branch, after.clone()).await?;
            let is_last = answer.is_truncated != Some(true);
            let next = (answer.next_key_marker.take(), answer.next_version_id_marker.take());
            let common = answer.common_prefixes.take().into_iter().flatten();
            folders.extend(common.filter_map(|folder| folder.prefix));
            take(&mut keys, answer);
            let Some(marker) = next.0.clone().filter(|_| !is_last) else {
                if !is_last {
                    return Err(endless());
                }
                return Ok(whole(keys, folders, None, first));
            };
            if next == after {
                return Err(endless());
            }
            let open = keys.remove_entry(&marker);
            let last = keys.last_key_value().map(|(key, _)| key.clone());
            let folder = folders.last().map(|folder: &String| format!("{folder}{END}"));
            if let Some(token) = last.max(folder) {
                if first.as_ref().is_some_and(|first| token <= *first) {
                    return Err(endless());
                }
                return Ok(whole(keys, folders, Some(token), first));
            }
            keys.extend(open);
            after = next;
        }
    }
}

fn endless() -> Reason {
    Reason::new(ReasonKind::Io, "it says that there is more, and not where")
}

/// A page of whole keys, all behind the one that was named.
fn whole(
    mut keys: Keys,
    mut folders: Vec<String>,
    next: Option<String>,
    after: Option<String>,
) -> Page<Versions> {
    if let Some(after) = after {
        keys = keys.split_off(&after);
        keys.remove(&after);
        folders.retain(|folder| format!("{folder}{END}") > after);
    }
    let objects = keys.into_iter().map(|(key, mut entries)| {
        entries.sort_by_key(|entry| (!entry.is_newest, Reverse(entry.written)));
        Versions { key, entries }
    });
    Page { objects: objects.collect(), folders, next }
}

fn take(keys: &mut Keys, page: ListObjectVersionsOutput) {
    let versions = page.versions.into_iter().flatten().map(|object| {
        let (is_newest, written) = (object.is_latest == Some(true), at(object.last_modified()));
        let key = object.key.clone().unwrap_or_default();
        (key, Entry { is_newest, written, object: Some(object) })
    });
    let marks = page.delete_markers.into_iter().flatten().map(|mark| {
        let (is_newest, written) = (mark.is_latest == Some(true), at(mark.last_modified()));
        (mark.key.unwrap_or_default(), Entry { is_newest, written, object: None })
    });
    for (key, entry) in versions.chain(marks) {
        keys.entry(key).or_default().push(entry);
    }
}

fn at(time: Option<&DateTime>) -> Option<Timestamp> {
    time.and_then(|at| i64::try_from(at.as_nanos()).ok()).map(Timestamp)
}

async fn page(
    place: &Place,
    branch: &Branch,
    after: Marker,
) -> Result<ListObjectVersionsOutput, Reason> {
    let client = place.client().await?;
    let asked = client
        .list_object_versions()
        .bucket(&place.address.bucket)
        .prefix(&branch.prefix)
        .set_delimiter(branch.by_folder.then(|| "/".to_owned()))
        .optional_object_attributes(OptionalObjectAttributes::RestoreStatus)
        .set_key_marker(after.0)
        .set_version_id_marker(after.1);
    place.patience.ask(|| asked.clone().send()).await.map_err(|error| {
        let on = place.address.path("");
        Failure::of(&error).reason(Asked { permission: LIST_VERSIONS, on: &on })
    })
}

/// Whether the bucket says that it never had versions. If it says nothing, its listing does.
async fn never_versioned(place: &Place) -> Result<bool, Reason> {
    if place.address.is_access_point() {
        return Ok(false);
    }
    let client = place.client().await?;
    let asked = client.get_bucket_versioning().bucket(&place.address.bucket).send().await;
    Ok(asked.is_ok_and(|answer| {
        use BucketVersioningStatus::{Enabled, Suspended};
        !matches!(answer.status, Some(Enabled | Suspended))
    }))
}

/// What of a key is not, or not any more, what its name leads to; `None` where nothing ended.
fn ended(versions: &Versions) -> Option<Ended> {
    let Versions { key, entries } = versions;
    let (newest, former) = entries.split_first()?;
    if newest.object.is_some() && former.is_empty() || key.ends_with('/') {
        return None;
    }
    let id = |object: &ObjectVersion| object.version_id().unwrap_or_default().into();
    let entries = entries.iter().map(|entry| (entry.written, entry.object.as_ref().map(id)));
    Some(Ended { key: key.clone(), entries: entries.collect() })
}

/// What the newest is, or was, and what is behind it.
fn to_past(place: &Place, ended: &Ended, rules: Result<&Rules, &Reason>) -> Past {
    let Ended { key, entries } = ended;
    let name = label(key.as_bytes());
    let versions: Vec<Version> = entries
        .iter()
        .skip(1)
        .filter_map(|(written, id)| {
            let path = place.address.path(&version::name(&name, Some(id.as_deref()?)));
            Some(Version { path, written: *written })
        })
        .collect();
    let end = match entries.first() {
        Some((written, Some(_))) => End::Overwritten(*written),
        newest => {
            let at = newest.and_then(|(at, _)| *at);
            let written = versions.first().and_then(|version| version.written);
            let cause = match rules {
                Ok(rules) => rules.cause(key, written, at),
                Err(_) => Cause::Unknown,
            };
            End::Deleted(at, cause)
        }
    };
    let key = version::name(&name, None);
    Past { path: place.address.path(&key), key, end, versions }
}

/// As a plain listing tells of it.
fn plain(object: &ObjectVersion) -> Object {
    Object::builder()
        .set_key(object.key.clone())
        .set_e_tag(object.e_tag.clone())
        .set_size(object.size)
        .set_last_modified(object.last_modified)
        .set_storage_class(object.storage_class().map(|class| class.as_str().into()))
        .set_restore_status(object.restore_status.clone())
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_s3::types::DeleteMarkerEntry;

    fn version(key: &str, id: &str, at: i64, newest: bool) -> ObjectVersion {
        let time = DateTime::from_secs(at);
        let built = ObjectVersion::builder().key(key).version_id(id).last_modified(time);
        built.is_latest(newest).build()
    }

    fn mark(key: &str, at: i64, newest: bool) -> DeleteMarkerEntry {
        let time = DateTime::from_secs(at);
        DeleteMarkerEntry::builder().key(key).last_modified(time).is_latest(newest).build()
    }

    #[test]
    fn what_is_told_apart_is_put_together_by_key_the_newest_first() {
        let page = ListObjectVersionsOutput::builder()
            .versions(version("a", "1", 1, false))
            .versions(version("a", "2", 3, false))
            .versions(version("b", "3", 1, true))
            .delete_markers(mark("a", 2, false))
            .delete_markers(mark("a", 3, true))
            .build();
        let mut keys = Keys::new();
        take(&mut keys, page);
        let mut of_a = keys.remove("a").unwrap();
        of_a.sort_by_key(|entry| (!entry.is_newest, Reverse(entry.written)));
        let id = |entry: &Entry| Some(entry.object.as_ref()?.version_id()?.to_owned());
        let ids: Vec<_> = of_a.iter().map(id).collect();
        assert_eq!(ids, [None, Some("2".to_owned()), None, Some("1".to_owned())]);
        assert_eq!(keys["b"].len(), 1);
    }
}
