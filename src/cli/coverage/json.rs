//! The ledger as one JSON document.

use super::{Account, named, presence, zones};
use crate::case::hex;
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::cli::session::time_text;
use crate::event::{ObjectId, Reason, State};
use crate::shown::{Mode, Place, show};
use crate::store::{Counts, Object};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::Arc;

pub(super) fn print(account: &Account, console: &mut Console) -> Result<(), CliError> {
    let paths: HashMap<ObjectId, Arc<str>> =
        account.objects.iter().map(|object| (object.id, Arc::clone(&object.path))).collect();
    let objects: Vec<Value> = account.objects.iter().map(|one| object(one, &paths)).collect();
    let mut document = Map::new();
    document.insert("objects".to_owned(), objects.into());
    document.insert("total".to_owned(), total(account));
    document
        .extend(account.named.as_ref().map(|found| ("fields".to_owned(), named::document(found))));
    if let Some(found) = &account.presence {
        document.insert("gaps".to_owned(), presence::gaps(found));
    }
    document.extend(account.told(presence::document).map(|told| ("presence".to_owned(), told)));
    let text = Value::Object(document).to_string();
    if console.width().is_some() {
        let shown = show(&text, Mode { place: Place::Detail, glyphs: console.glyphs() });
        return console.exact(shown.as_str().as_bytes());
    }
    console.exact(text.as_bytes())
}

fn object(object: &Object, paths: &HashMap<ObjectId, Arc<str>>) -> Value {
    let formats: Map<String, Value> = object
        .formats
        .iter()
        .filter(|(_, events)| *events > 0)
        .map(|(schema, events)| (schema.id.to_string(), (*events).into()))
        .collect();
    let mut all = Map::new();
    let mut put = |name: &str, value: Value| all.insert(name.to_owned(), value);
    put("object", (*object.path).into());
    put("parent", object.parent.and_then(|id| paths.get(&id)).map(|path| &**path).into());
    put("sha256", object.sha256.map(|sum| hex(&sum)).into());
    put("bytes", object.bytes.into());
    put("inflated", object.inflated.into());
    put("formats", formats.into());
    counts(&mut all, &object.counts);
    let mut put = |name: &str, value: Value| all.insert(name.to_owned(), value);
    put("state", object.state.map_or("failed", State::as_str).into());
    put("reason", object.reason.as_deref().map(reason).into());
    let remarks: Vec<Value> = object
        .remarks
        .iter()
        .map(|(remark, times)| json!({"reason": reason(remark), "times": times}))
        .collect();
    put("remarks", remarks.into());
    let zone = (object.zone_assumed > 0).then(|| object.zone.to_string());
    put("zone_assumed", zone.into());
    put("times_without_zone", object.zone_assumed.into());
    if let Some(lock) = &object.lock {
        put("object_lock", (**lock).into());
    }
    all.into()
}

fn reason(reason: &Reason) -> Value {
    json!({"kind": reason.kind.as_str(), "detail": reason.detail, "offset": reason.offset})
}

fn counts(into: &mut Map<String, Value>, counts: &Counts) {
    for (name, number) in [
        ("events", counts.events),
        ("records", counts.records),
        ("parsed", counts.parsed),
        ("unparsed", counts.unparsed),
        ("duplicate", counts.duplicate),
        ("out_of_range", counts.out_of_range),
    ] {
        into.insert(name.to_owned(), number.into());
    }
}

fn total(account: &Account) -> Value {
    let totals = &account.totals;
    let formats: Map<String, Value> =
        account.formats.iter().map(|(id, events)| (id.clone(), (*events).into())).collect();
    let mut all = Map::new();
    all.insert("objects".to_owned(), totals.objects.into());
    all.insert("bytes".to_owned(), totals.bytes.into());
    all.insert("inflated".to_owned(), totals.inflated.into());
    all.insert("formats".to_owned(), formats.into());
    counts(&mut all, &totals.counts);
    for state in State::ALL {
        let objects = totals.states.get(state).copied().unwrap_or_default();
        all.insert(state.as_str().to_owned(), objects.into());
    }
    let (first, last) = totals.span.unzip();
    all.insert("time_first".to_owned(), first.map(time_text).into());
    all.insert("time_last".to_owned(), last.map(time_text).into());
    all.insert("zone_assumed".to_owned(), zones(&totals.zones).into());
    all.insert("times_without_zone".to_owned(), totals.zones.values().sum::<u64>().into());
    all.into()
}
