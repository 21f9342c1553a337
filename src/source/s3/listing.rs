//! Listing: page by page, in the order of the keys, which is that of their bytes.
//!
//! `ListObjectsV2`: "Amazon S3 API Reference".

use super::{Place, archive};
use crate::event::{Cancel, Reason, ReasonKind, State, Timestamp};
use crate::source::aws::policy::LIST_BUCKET;
use crate::source::aws::{Asked, Failure};
use crate::source::{Item, Listed};
use aws_sdk_s3::types::{Object, ObjectStorageClass, OptionalObjectAttributes};
use std::ops::ControlFlow;

/// Lists everything below the prefix. An error is about all that was not listed.
pub(super) fn list(
    place: &Place,
    cancel: &Cancel,
    emit: &mut dyn FnMut(Listed) -> ControlFlow<()>,
) -> Result<(), Reason> {
    let (mut after, mut found): (Option<String>, bool) = (None, false);
    loop {
        let (objects, next) = place.aws.wait(cancel, page(place, after.take()))?;
        found |= !objects.is_empty();
        for object in &objects {
            if cancel.is_cancelled() || emit(listed(place, object, None)).is_break() {
                return Ok(());
            }
        }
        match next {
            None if found => return Ok(()),
            None => return Err(Reason::new(ReasonKind::NotFound, "no key there begins so")),
            next => after = next,
        }
    }
}

/// One page, and what the next begins with.
async fn page(
    place: &Place,
    after: Option<String>,
) -> Result<(Vec<Object>, Option<String>), Reason> {
    let client = place.client().await?;
    let asked = client
        .list_objects_v2()
        .bucket(&place.address.bucket)
        .prefix(&place.address.prefix)
        .optional_object_attributes(OptionalObjectAttributes::RestoreStatus)
        .set_continuation_token(after)
        .send()
        .await;
    let page = asked.map_err(|error| {
        let on = place.address.path("");
        Failure::of(&error).reason(Asked { permission: LIST_BUCKET, on: &on })
    })?;
    let next = page.next_continuation_token.filter(|_| page.is_truncated == Some(true));
    Ok((page.contents.unwrap_or_default(), next))
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
            let Item { path, key, .. } = item;
            Listed::Left { path, key, state, reason }
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
