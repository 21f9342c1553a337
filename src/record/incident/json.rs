//! The record as JSON: the whole model, by the JSON Schema that is published with the program
//! (draft 2020-12). All other files say less.

use super::text::json_pretty;
use super::{Incident, Written};
use serde_json::{Value, json};

/// The JSON Schema of this file.
pub const SCHEMA: &str = include_str!("../incident.schema.json");

/// What the file says it is.
const FORMAT: &str = "trailcase-incident";
const VERSION: u64 = 1;

pub(super) fn write(incident: &Incident) -> Written {
    let mut document = json!({ "format": FORMAT, "version": VERSION });
    // Plain data with texts as names: there is nothing that could not be written.
    let body = serde_json::to_value(incident).unwrap_or(Value::Null);
    if let (Value::Object(document), Value::Object(body)) = (&mut document, body) {
        document.extend(body);
    }
    Written { bytes: json_pretty(&document).into_bytes(), left_out: Vec::new() }
}
