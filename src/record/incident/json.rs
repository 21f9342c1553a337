//! The record as JSON: the whole model, by the JSON Schema that is published with the program
//! (draft 2020-12). All other files say less.

use super::page::UNMEASURED;
use super::text::json_pretty;
use super::{Incident, Written};
use serde_json::{Value, json};

/// The JSON Schema of this file.
pub const SCHEMA: &str = include_str!("../incident.schema.json");

/// What the file says it is.
const FORMAT: &str = "trailcase-incident";
const VERSION: u64 = 1;

pub(super) fn write(incident: &Incident) -> Written {
    let mut document = json!({
        "format": FORMAT,
        "version": VERSION,
        "time_zone": "UTC",
        "clock_offsets": UNMEASURED,
    });
    // Plain data with texts as names: there is nothing that could not be written.
    let body = serde_json::to_value(incident).unwrap_or(Value::Null);
    if let (Value::Object(document), Value::Object(body)) = (&mut document, body) {
        document.extend(body);
    }
    Written { bytes: json_pretty(&document).into_bytes(), left_out: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::incident::{Clock, html, markdown};

    #[test]
    fn json_markdown_and_html_tell_of_zones_and_clocks() {
        let clock = Clock { source: "app-1".to_owned(), zone: "+02:00".to_owned(), records: 311 };
        let incident = Incident { clocks: vec![clock], ..Incident::default() };
        for written in [write(&incident), markdown::write(&incident), html::write(&incident)] {
            let text = String::from_utf8(written.bytes).unwrap();
            for told in [UNMEASURED, "UTC", "+02:00", "app-1", "311"] {
                assert!(text.contains(told), "{told}: {text}");
            }
        }
    }
}
