//! Times in a record's files: RFC 3339 in UTC, as exact as they are known; `null` if not stated.

use crate::event::{Time, Timestamp};
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

/// How long it is from one time to another, in its two largest units.
pub(super) fn lasted(from: Time, to: Time) -> String {
    length(to.at.0.saturating_sub(from.at.0))
}

/// Nanoseconds for people.
pub(super) fn length(nanos: i64) -> String {
    let seconds = nanos.max(0) / Timestamp::SECOND;
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min {} s", seconds % 60),
        (0, ..) => format!("{hours} h {minutes} min"),
        _ => format!("{days} d {hours} h"),
    }
}

/// Milliseconds since 1970.
pub(super) fn millis(at: Time) -> i64 {
    at.at.0.div_euclid(1_000_000)
}

/// Microseconds since 1970.
pub(super) fn micros(at: Time) -> i64 {
    at.at.0.div_euclid(1000)
}
