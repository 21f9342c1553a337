//! What is usual of whom an alarm is about, for programs.

use crate::event::Timestamp;
use crate::job::baseline::{Baseline, Baselines, Much, Share, Variety};
use serde_json::{Map, Value, json};

/// Everything that was counted. Times are RFC 3339, hours whole ones.
pub(super) fn json(counted: &Baselines) -> Value {
    json!({
        "not_counted": counted.left,
        "values": counted.all.iter().map(one).collect::<Vec<Value>>(),
    })
}

fn one(one: &Baseline) -> Value {
    let time = |at: Timestamp| at.to_rfc3339(0);
    let varieties = one.kinds.iter().map(|Variety { field, before, during, new }| {
        ((*field).to_owned(), json!({"before": before, "during": during, "new": new}))
    });
    json!({
        "field": one.field,
        "value": one.value,
        "events": one.events,
        "without_time": one.timeless,
        "first": one.seen.map(|(first, _)| time(first)),
        "last": one.seen.map(|(_, last)| time(last)),
        "alarm_from": time(one.hours.0),
        "alarm_to": time(one.hours.1),
        "before": one.before.as_ref().map(share),
        "during": share(&one.during),
        "different": Value::Object(varieties.collect::<Map<String, Value>>()),
    })
}

fn share(share: &Share) -> Value {
    json!({
        "hours": share.hours,
        "events": much(&share.events),
        "bytes_sent": much(&share.bytes),
    })
}

fn much(much: &Much) -> Value {
    json!({
        "hours": much.active, "sum": much.sum, "median": much.median, "most": much.most,
    })
}
