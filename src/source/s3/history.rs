//! Everything that a bucket has of a key: the newest, former versions, and the marks of deletion.
//!
//! `ListObjectVersions`: "Amazon S3 API Reference". In a bucket without versioning it yields what a
//! plain listing does. A key may go on over pages, and what is deleted is told apart from what is
//! there, so that keys are put together here, one at a time.

use super::lifecycle::Rules;
use super::{Place, listing, version};
use crate::event::{Cancel, Reason, ReasonKind, Timestamp, label};
use crate::source::aws::policy::LIST_VERSIONS;
use crate::source::aws::{Asked, Failure};
use crate::source::{Cause, End, Listed, Past, Version};
use aws_sdk_s3::operation::list_object_versions::ListObjectVersionsOutput;
use aws_sdk_s3::primitives::DateTime;
use aws_sdk_s3::types::{BucketVersioningStatus, Object, ObjectVersion, OptionalObjectAttributes};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// One entry of a key.
#[derive(Debug, PartialEq)]
struct Entry {
    is_newest: bool,
    written: Option<Timestamp>,
    /// `None` where it is the mark that the key was deleted.
    object: Option<ObjectVersion>,
}

/// Keys with all that there is of them, the newest first.
type Keys = BTreeMap<String, Vec<Entry>>;

/// Where a page ends.
type Marker = (Option<String>, Option<String>);

/// Tells of what was deleted or overwritten below the prefix.
pub(super) fn past(
    place: &Place,
    cancel: &Cancel,
    emit: &mut dyn FnMut(Past) -> ControlFlow<()>,
) -> Result<(), Reason> {
    if place.aws.wait(cancel, Box::pin(never_versioned(place)))? {
        return Ok(());
    }
    let rules = place.aws.wait(cancel, Box::pin(Rules::ask(place)));
    each(place, cancel, &mut |key, entries| match to_past(place, key, &entries, rules.as_ref()) {
        Some(past) => emit(past),
        None => ControlFlow::Continue(()),
    })
}

/// Lists everything below the prefix, former versions behind the newest.
pub(super) fn list(
    place: &Place,
    cancel: &Cancel,
    emit: &mut dyn FnMut(Listed) -> ControlFlow<()>,
) -> Result<(), Reason> {
    let mut found = false;
    each(place, cancel, &mut |_, entries| {
        found = true;
        for (number, entry) in entries.iter().enumerate() {
            let Some(object) = &entry.object else { continue };
            let id = object.version_id().filter(|_| number > 0);
            emit(listing::listed(place, &plain(object), id))?;
        }
        ControlFlow::Continue(())
    })?;
    if found || cancel.is_cancelled() {
        return Ok(());
    }
    Err(Reason::new(ReasonKind::NotFound, "no key there begins so, nor did one"))
}

/// Hands over each key when nothing more of it can come.
fn each(
    place: &Place,
    cancel: &Cancel,
    emit: &mut dyn FnMut(&str, Vec<Entry>) -> ControlFlow<()>,
) -> Result<(), Reason> {
    let (mut keys, mut after) = (Keys::new(), Marker::default());
    loop {
        let page = place.aws.wait(cancel, Box::pin(page(place, after.clone())))?;
        let is_last = page.is_truncated != Some(true);
        let next = (page.next_key_marker.clone(), page.next_version_id_marker.clone());
        take(&mut keys, page);
        // The key that a page ends with may go on.
        let open = next.0.as_ref().filter(|_| !is_last).and_then(|key| keys.remove_entry(key));
        let wanted = |key: &String| place.address.scope.has(key);
        for (key, mut entries) in
            std::mem::take(&mut keys).into_iter().filter(|(key, _)| wanted(key))
        {
            entries.sort_by_key(|entry| (!entry.is_newest, Reverse(entry.written)));
            if cancel.is_cancelled() || emit(&key, entries).is_break() {
                return Ok(());
            }
        }
        keys.extend(open);
        if is_last {
            return Ok(());
        }
        if next.0.is_none() || next == after {
            let detail = "it says that there is more, and not where";
            return Err(Reason::new(ReasonKind::Io, detail));
        }
        after = next;
    }
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

async fn page(place: &Place, after: Marker) -> Result<ListObjectVersionsOutput, Reason> {
    let client = place.client().await?;
    let asked = client
        .list_object_versions()
        .bucket(&place.address.bucket)
        .prefix(place.address.scope.literal())
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

/// What the newest is, or was, and what is behind it; `None` where nothing ended.
fn to_past(
    place: &Place,
    key: &str,
    entries: &[Entry],
    rules: Result<&Rules, &Reason>,
) -> Option<Past> {
    let (newest, former) = entries.split_first()?;
    if newest.object.is_some() && former.is_empty() || key.ends_with('/') {
        return None;
    }
    let name = label(key.as_bytes());
    let versions: Vec<Version> = former
        .iter()
        .filter_map(|entry| {
            let id = entry.object.as_ref()?.version_id().unwrap_or_default();
            let path = place.address.path(&version::name(&name, Some(id)));
            Some(Version { path, written: entry.written })
        })
        .collect();
    let end = match newest.object {
        Some(_) => End::Overwritten(newest.written),
        None => {
            let written = versions.first().and_then(|version| version.written);
            let cause = match rules {
                Ok(rules) => rules.cause(key, written, newest.written),
                Err(_) => Cause::Unknown,
            };
            End::Deleted(newest.written, cause)
        }
    };
    let key = version::name(&name, None);
    Some(Past { path: place.address.path(&key), key, end, versions })
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
