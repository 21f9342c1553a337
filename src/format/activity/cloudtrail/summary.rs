//! Records that stand for many calls: aggregated events sum up five minutes of them, Insights tell
//! to whom an unusual number of them is attributed.
//!
//! Source: the CloudTrail user guide, "CloudTrail record contents for aggregated events" and
//! "CloudTrail record contents for Insights events".

use super::levels as note;
#[allow(clippy::wildcard_imports, reason = "the slots of a hundred fields")]
use super::*;
use crate::event::Value;
use crate::event::paired;
use crate::format::members::Values;
use serde::Deserialize;
use std::borrow::Cow;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Summary<'a> {
    #[serde(borrow)]
    primary_dimension: Option<Dimension<'a>>,
    #[serde(borrow, default)]
    details: Vec<Dimension<'a>>,
}

#[derive(Deserialize)]
struct Dimension<'a> {
    #[serde(borrow)]
    dimension: Cow<'a, str>,
    #[serde(borrow, default)]
    statistics: Vec<Statistic<'a>>,
}

#[derive(Deserialize)]
struct Statistic<'a> {
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
    value: Option<f64>,
}

#[derive(Deserialize)]
struct Attribution<'a> {
    #[serde(borrow)]
    attribute: Cow<'a, str>,
    #[serde(borrow, default)]
    insight: Vec<Attributed<'a>>,
}

#[derive(Deserialize)]
struct Attributed<'a> {
    #[serde(borrow)]
    value: Option<Cow<'a, str>>,
}

/// Puts what such a record names; of any other there is nothing.
pub(super) fn put(values: &mut Values<'_, '_>) {
    if let Some(raw) = values.note(note::SUMMARY).map(str::to_owned)
        && let Ok(summary) = serde_json::from_str::<Summary<'_>>(&paired(&raw))
    {
        if let Some(first) = &summary.primary_dimension {
            put_primary(values, first);
        }
        for Dimension { dimension, statistics } in &summary.details {
            for name in statistics.iter().filter_map(|one| one.name.as_deref()) {
                put_one(values, dimension, name);
            }
        }
    }
    if let Some(raw) = values.note(note::ATTRIBUTIONS).map(str::to_owned)
        && let Ok(attributions) = serde_json::from_str::<Vec<Attribution<'_>>>(&paired(&raw))
    {
        for Attribution { attribute, insight } in &attributions {
            for name in insight.iter().filter_map(|one| one.value.as_deref()) {
                put_one(values, attribute, name);
            }
        }
    }
}

/// What the calls are summed up by, and how many there are.
fn put_primary(values: &mut Values<'_, '_>, first: &Dimension<'_>) {
    let Dimension { dimension, statistics } = first;
    values.text(SUM_OVER, dimension);
    let names: Vec<&str> = statistics.iter().filter_map(|one| one.name.as_deref()).collect();
    // Of several calls none is the event.
    match (&**dimension, &*names) {
        ("eventName", [name]) => values.text(EVENT, name),
        ("userIdentity", [name]) => values.text(PRINCIPAL, name),
        _ => {}
    }
    for name in names {
        put_one(values, dimension, name);
    }
    let count: f64 = statistics.iter().filter_map(|one| one.value).sum();
    values.row.put(COUNT, Value::Int(count as i64));
}

fn put_one(values: &mut Values<'_, '_>, dimension: &str, name: &str) {
    let slot = match dimension {
        "eventName" => SUM_EVENT,
        "resourceARN" => RESOURCE,
        "userIdentity" | "userIdentityArn" => SUM_PRINCIPAL,
        "sourceIpAddress" | "sourceIPAddress" => SUM_IP,
        "userAgent" => SUM_AGENT,
        // Calls without an error are counted under this word.
        "errorCode" | "errorCodes" if name != "null" => SUM_ERROR,
        _ => return,
    };
    values.text(slot, name);
}
