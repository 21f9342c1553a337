//! Times in a record's files: RFC 3339 in UTC, as exact as they are known; `null` if not stated.

use crate::event::Time;
use serde::{Deserialize, Deserializer, Serializer, de::Error};

#[allow(clippy::ref_option, reason = "serde calls it with a reference")]
pub(super) fn serialize<S: Serializer>(at: &Option<Time>, to: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => to.serialize_some(&at.to_rfc3339()),
        None => to.serialize_none(),
    }
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Time>, D::Error> {
    let Some(text) = Option::<String>::deserialize(from)? else { return Ok(None) };
    match Time::parse_rfc3339(&text) {
        Some(time) => Ok(Some(time)),
        None => Err(D::Error::custom(format_args!("{text:?} is not an RFC 3339 time"))),
    }
}

/// The time for people.
pub(super) fn told(at: Option<Time>) -> Option<String> {
    at.map(Time::to_rfc3339)
}

/// Milliseconds since 1970.
pub(super) fn millis(at: Time) -> i64 {
    at.at.0.div_euclid(1_000_000)
}

/// Microseconds since 1970.
pub(super) fn micros(at: Time) -> i64 {
    at.at.0.div_euclid(1000)
}
