//! One question reaches every source: `ip:`, `principal:` and `event:` find the records of every
//! format that name such a thing, and find as many as there are.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use trailcase::event::{Role, Schema};
use trailcase::format::formats;

/// The questions, and the role of the fields that each of them asks; `None`: the field itself.
const QUESTIONS: [(&str, Option<Role>); 3] =
    [("ip", Some(Role::Ip)), ("principal", Some(Role::Principal)), ("event", None)];

/// Formats whose records do not name such a thing at all.
const SILENT: &[(&str, &[&str])] = &[
    ("alb", &["principal"]),
    ("alb_health", &["principal"]),
    ("aws_config", &["principal"]),
    ("billing_dbr", &["ip"]),
    ("clb", &["principal"]),
    ("cloudfront_realtime", &["principal"]),
    ("cloudwatch_alarm", &["ip", "principal"]),
    ("cur", &["ip"]),
    ("eb_healthd", &["principal", "event"]),
    ("ecs", &["principal"]),
    ("eks_control", &["ip", "principal", "event"]),
    ("inspector", &["principal"]),
    ("lambda", &["ip", "principal"]),
    ("nlb", &["principal"]),
    ("opensearch_slow", &["ip", "principal"]),
    ("plain", &["event"]),
    ("r53_public", &["principal"]),
    ("redshift_activity", &["ip"]),
    ("redshift_user", &["ip"]),
    ("resolver", &["principal"]),
    ("ssm", &["ip"]),
    ("tgw_flow", &["principal"]),
    ("unparsed", &["ip", "principal", "event"]),
    ("vpc_flow", &["principal"]),
    ("waf", &["principal"]),
];

/// Values of one field that are asked for.
const VALUES: usize = 3;

fn folder(format: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(format)
}

fn query(format: &str, filter: &str, more: &[&str]) -> String {
    let workspaces = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_trailcase"))
        .arg("query")
        .arg(folder(format))
        .arg(filter)
        .args(more)
        .arg("--workspace-dir")
        .arg(workspaces.path())
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 3)), "{format} {filter}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// The texts of a value: a field that may hold many is an array.
fn texts(value: &serde_json::Value) -> Vec<String> {
    match value {
        serde_json::Value::Array(items) => items.iter().flat_map(texts).collect(),
        serde_json::Value::String(text) => vec![text.clone()],
        other => vec![other.to_string()],
    }
}

/// The rows of the format, each with the values of all fields that the question asks.
fn rows(schema: &Schema, question: &str, role: Option<Role>) -> Vec<BTreeSet<String>> {
    let output = query(&schema.id, &format!("format:{}", schema.id), &["--format", "jsonl"]);
    let names: Vec<&str> = schema
        .fields
        .iter()
        .filter(|field| role.map_or(field.name == question, |role| field.role == role))
        .map(|field| &*field.name)
        .collect();
    let row = |line: &str| {
        let row: BTreeMap<String, serde_json::Value> = serde_json::from_str(line).unwrap();
        names.iter().filter_map(|name| row.get(*name)).flat_map(texts).collect()
    };
    output.lines().map(row).collect()
}

/// The value as it has to be written to mean itself alone.
fn literal(value: &str) -> String {
    let escaped = value.replace('\\', "\\\\").replace('"', "\\\"").replace('*', "\\*");
    format!("\"{escaped}\"")
}

#[test]
fn the_three_questions_work_in_every_format() {
    let mut wrong = Vec::new();
    for format in formats() {
        let schema = format.schema();
        for (question, role) in QUESTIONS {
            let rows = rows(schema, question, role);
            assert!(!rows.is_empty(), "{}: no rows", schema.id);
            let values: BTreeSet<&String> = rows.iter().flatten().collect();
            let silent =
                SILENT.iter().find(|(id, _)| *id == schema.id).map_or(&[][..], |(_, of)| of);
            if silent.contains(&question) != values.is_empty() {
                wrong.push(format!("{}: {} values for {question}:", schema.id, values.len()));
            }
            for value in values.into_iter().take(VALUES) {
                let filter = format!("format:{} {question}:{}", schema.id, literal(value));
                let found = query(&schema.id, &filter, &["--count"]);
                let same = |row: &&BTreeSet<String>| {
                    row.iter().any(|other| other.eq_ignore_ascii_case(value))
                };
                let expected = rows.iter().filter(same).count();
                if found.trim() != expected.to_string() {
                    wrong.push(format!("{filter}: {} of {expected}", found.trim()));
                }
            }
        }
    }
    let known: Vec<&str> = formats().iter().map(|format| &*format.schema().id).collect();
    wrong.extend(
        SILENT.iter().filter(|(id, _)| !known.contains(id)).map(|(id, _)| format!("{id}: none")),
    );
    assert!(wrong.is_empty(), "{wrong:#?}");
}
