//! How instants stand in the files of a workspace: RFC 3339 in UTC with milliseconds.

use crate::event::{Time, Timestamp};
use serde::{Deserialize, Deserializer, Serializer, de::Error};

const MILLISECOND: i64 = 1_000_000;

/// The instant as the file will give it back.
pub(super) fn rounded(at: Timestamp) -> Timestamp {
    at.saturating_add(-at.0.rem_euclid(MILLISECOND))
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
pub(super) fn serialize<S: Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&at.to_rfc3339(3))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(from)?;
    match Time::parse_rfc3339(&text) {
        Some(time) => Ok(time.at),
        None => Err(D::Error::custom(format!("{text:?} is not an RFC 3339 time"))),
    }
}
