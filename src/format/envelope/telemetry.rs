//! `OpenTelemetry`'s logs as JSON: records in scopes in resources, each level an array that may
//! have many, and text in the body of a record.
//!
//! Source: the OpenTelemetry protocol, `opentelemetry/proto/logs/v1/logs.proto` and the
//! specification of its JSON encoding; the semantic conventions of resources.

use super::kinds::{instant, members, text};
use super::{Around, Fallback, Peeled};
use crate::event::paired;
use crate::format::Probe;
use crate::format::probe::Filter;
use serde_json::Value;
use std::borrow::Cow;
use std::sync::LazyLock;

/// Arrays of records or of what holds them.
const LEVELS: [&str; 3] = ["resourceLogs", "scopeLogs", "logRecords"];

/// Names of which each of these has one.
const SIGNS: [&str; 5] =
    ["resourceLogs", "scopeLogs", "logRecords", "timeUnixNano", "observedTimeUnixNano"];

static NAMES: LazyLock<Filter> = LazyLock::new(|| Filter::of(SIGNS));

/// Opens one level: what holds records stands for itself and what its resource says, a record for
/// the text of its body.
pub(super) fn peel<'a>(probe: &Probe<'a>) -> Option<Peeled<'a>> {
    if !probe.may_have_any(*NAMES) {
        return None;
    }
    if LEVELS.iter().any(|name| probe.raw(name).is_some_and(is_many)) {
        let fallback = probe.raw("resource").and_then(resource).unwrap_or_default();
        let whole = Peeled::plain(Cow::Borrowed(probe.record));
        return Some(Peeled { fallback, ..whole });
    }
    let mut times = SIGNS[3..].iter().filter_map(|name| probe.raw(name));
    let first = times.next()?;
    // A time that is not known is 0.
    let raw = if first.trim_matches('"') == "0" { times.next()? } else { first };
    let body = members(probe.raw("body")?, ["stringValue"])[0]?;
    let at = body.as_ptr().addr().wrapping_sub(probe.record.as_ptr().addr());
    let at = Some(at..at.wrapping_add(body.len()));
    let fallback = Fallback { time: instant(raw), ..Fallback::default() };
    Some(Peeled { fallback, around: Around::Copy, at, ..Peeled::plain(text(body)?) })
}

/// Whether the array has an object.
fn is_many(array: &str) -> bool {
    array.strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with('{'))
}

/// What the attributes of a resource say of all its records.
fn resource(raw: &str) -> Option<Fallback> {
    let resource: Value = serde_json::from_str(&paired(raw)).ok()?;
    let attributes = resource.get("attributes")?.as_array()?;
    let said = |name: &str| {
        let named = attributes.iter().find(|one| one["key"] == name)?;
        named["value"]["stringValue"].as_str().filter(|text| !text.is_empty()).map(str::to_owned)
    };
    Some(Fallback {
        account: said("cloud.account.id"),
        region: said("cloud.region"),
        host: said("host.name"),
        instance: said("host.id").filter(|id| id.starts_with("i-")),
        ..Fallback::default()
    })
}
