//! The body of `CreateOpsItem` of AWS Systems Manager `OpsCenter`, as `aws ssm create-ops-item
//! --cli-input-json` takes it.
//!
//! Limits are those of the service's model and guide: `Title` 1,024, `Description` 2,048 (Markdown),
//! `Source` 128 characters; 20 KB for a value of `OperationalData`. A second item with the same
//! `/aws/dedup` is refused by the service, so that an incident has one.

use super::defang::{self, joined, line};
use super::digest::{self, Shares};
use super::room::{self, Sheet, cut, cut_bytes};
use super::text::json_pretty;
use super::{Alarm, Incident, Written, json};
use crate::event::{counted, hex};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::fmt::Write;

const TITLE: usize = 1024;
const DESCRIPTION: usize = 2048;
const VALUE: usize = 20_000;

const SHARES: Shares = Shares { summary: 500, note: 200, values: 6, exhibits: 6 };

pub(super) fn write(incident: &Incident) -> Written {
    let untold = digest::untold(incident);
    let mut sheet = Sheet::new(DESCRIPTION - EDGES, untold.line());
    digest::write(incident, SHARES, &mut sheet);
    let (text, mut left_out) = sheet.end();
    left_out.extend(untold.each());
    let mut data = Map::new();
    let mut put = |name: &str, kind: &str, value: String| {
        let (value, is_cut) = cut_bytes(&value, VALUE);
        if is_cut {
            left_out.push(format!("the end of {name}"));
        }
        if !value.trim().is_empty() {
            data.insert(name.to_owned(), serde_json::json!({ "Type": kind, "Value": value }));
        }
    };
    let uid = line(&incident.uid());
    put("/aws/dedup", "SearchableString", serde_json::json!({ "dedupString": uid }).to_string());
    put("incident", "SearchableString", uid);
    let record = hex::encode(&Sha256::digest(json::write(incident).bytes));
    put("record.json-sha256", "SearchableString", record);
    put("journal-head", "SearchableString", line(incident.workspace.head.as_deref().unwrap_or("")));
    put("alarms", "String", alarms(&incident.alarms));
    put("left-out", "String", left(incident, &untold.each()));
    let mut item = Map::new();
    item.insert("Title".to_owned(), Value::from(cut(&line(&incident.heading()), TITLE).0));
    item.insert("Description".to_owned(), Value::from(fenced(&text)));
    item.insert("Source".to_owned(), Value::from("trailcase"));
    item.insert("Category".to_owned(), Value::from("Security"));
    if let Some(severity) = incident.severity {
        item.insert("Severity".to_owned(), Value::from(severity.ops_item().to_string()));
        item.insert("Priority".to_owned(), Value::from(severity.ops_item()));
    }
    item.insert("OperationalData".to_owned(), Value::Object(data));
    Written { bytes: json_pretty(&Value::Object(item)).into_bytes(), left_out }
}

/// Units that the fence takes: line feeds and up to so many backticks at both ends.
const EDGES: usize = 2 * (FENCE + 1);
const FENCE: usize = 16;

/// The text as a block of code, since the console draws Markdown. A run of backticks that no fence
/// can be longer than is spelled with apostrophes.
fn fenced(text: &str) -> String {
    let text = text.replace(&"`".repeat(FENCE), &"'".repeat(FENCE));
    let mut fence = "```".to_owned();
    while text.contains(&fence) {
        fence.push('`');
    }
    debug_assert!(room::length(&fence) <= FENCE, "runs are shorter than that");
    format!("{fence}\n{text}\n{fence}")
}

/// Each alarm's notes in full, as far as a value holds them.
fn alarms(alarms: &[Alarm]) -> String {
    let mut text = String::new();
    for (nth, alarm) in alarms.iter().enumerate() {
        let _ = writeln!(text, "A{} {}", nth + 1, line(alarm.title()));
        for note in &alarm.notes {
            let _ = writeln!(text, "  note: {}", joined(&note.text));
        }
    }
    text
}

/// What the item has no place for at all.
fn left(incident: &Incident, untold: &[String]) -> String {
    format!(
        "This item is an extract. The whole record has {}, {} and {} of evidence; its SHA-256 is \
         record.json-sha256. Left out here: {}. {}",
        counted(incident.exhibits.len() as u64, "exhibit", "exhibits"),
        counted(incident.alarms.len() as u64, "alarm", "alarms"),
        counted(incident.evidence.len() as u64, "object", "objects"),
        untold.join("; "),
        defang::TOLD
    )
}
