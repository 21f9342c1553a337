//! The buckets that whoever asks has.
//!
//! `ListBuckets`: "Amazon S3 API Reference".

use crate::event::layout::Level;
use crate::event::{Cancel, Reason, label};
use crate::source::aws::policy::LIST_BUCKETS;
use crate::source::aws::{Asked, Failure};
use crate::source::{Choice, Choices, Kind, Means};
use aws_sdk_s3::config::Builder;
use aws_sdk_s3::types::Bucket;
use aws_sdk_s3::{Client, primitives::DateTime};

/// Names that are asked for at one time.
const PAGE: i32 = 1_000;

pub(in crate::source) fn buckets(means: &Means, cancel: &Cancel) -> Result<Choices, Reason> {
    let asked = async {
        let config = means.aws.config().await?;
        let is_other = means.aws.has_endpoint();
        let client = Client::from_conf(Builder::from(&config).force_path_style(is_other).build());
        let answer = client.list_buckets().max_buckets(PAGE).send().await.map_err(|error| {
            let asked = Asked { permission: LIST_BUCKETS, on: super::SCHEME };
            means.aws.note(Failure::of(&error).reason(asked))
        })?;
        let more = answer.continuation_token.is_some();
        let all = answer.buckets.unwrap_or_default().iter().filter_map(choice).collect();
        Ok(Choices { below: super::SCHEME.to_owned(), kind: Kind::Bucket, all, objects: 0, more })
    };
    means.aws.wait(cancel, Box::pin(asked))
}

fn choice(bucket: &Bucket) -> Option<Choice> {
    let name = bucket.name()?;
    let made = bucket.creation_date().and_then(day).map(|day| format!("made {day}"));
    let region = bucket.bucket_region().map(str::to_owned);
    Some(Choice {
        name: label(name.as_bytes()),
        part: name.to_owned(),
        level: Level::Folder,
        last: None,
        bytes: None,
        about: region.into_iter().chain(made).collect::<Vec<_>>().join(", "),
    })
}

fn day(at: &DateTime) -> Option<String> {
    let at = crate::event::Timestamp::from_millis(at.to_millis().ok()?)?;
    Some(at.to_rfc3339(0)[..10].to_owned())
}
