//! Asking for one page of a listing.
//!
//! `ListObjectsV2`: "Amazon S3 API Reference".

use super::Place;
use super::walk::{After, Branch, Page};
use crate::event::Reason;
use crate::source::aws::policy::LIST_BUCKET;
use crate::source::aws::{Asked, Failure};
use aws_sdk_s3::types::OptionalObjectAttributes;

pub(super) async fn ask(place: &Place, branch: &Branch) -> Result<Page, Reason> {
    let client = place.client().await?;
    let token = match &branch.after {
        After::Token(token) => Some(token.clone()),
        After::Start | After::Key(_) => None,
    };
    let asked = client
        .list_objects_v2()
        .bucket(&place.address.bucket)
        .prefix(&branch.prefix)
        .set_delimiter(branch.by_folder.then(|| "/".to_owned()))
        .set_start_after(branch.start_after())
        .set_continuation_token(token)
        .optional_object_attributes(OptionalObjectAttributes::RestoreStatus);
    let page = place.patience.ask(|| asked.clone().send()).await.map_err(|error| {
        let on = place.address.path("");
        Failure::of(&error).reason(Asked { permission: LIST_BUCKET, on: &on })
    })?;
    let folders = page.common_prefixes.unwrap_or_default();
    Ok(Page {
        objects: page.contents.unwrap_or_default(),
        folders: folders.into_iter().filter_map(|folder| folder.prefix).collect(),
        next: page.next_continuation_token.filter(|_| page.is_truncated == Some(true)),
    })
}
