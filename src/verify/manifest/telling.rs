//! What checking manifests came to, for people and for programs.

use super::algorithm::Algorithm;
use super::checked::{Checked, Found, Outcome, verdict};
use crate::event::counted;
use serde_json::{Map, Value, json};

/// What agreement shows and what it does not.
pub const AGREEMENT: &str = "a manifest that agrees shows that the files are what it says, not that \
                             nobody changed both: compare the manifest with one from elsewhere";

/// A line for each manifest and for each thing found. Names in it are labels.
pub fn text(all: &[Checked]) -> Vec<String> {
    let mut lines = Vec::new();
    for checked in all {
        let algorithms: Vec<&str> = checked.algorithms.iter().map(Algorithm::as_str).collect();
        let algorithms = if algorithms.is_empty() {
            String::new()
        } else {
            format!(", {}", algorithms.join(" "))
        };
        let (manifest, form) = (&checked.manifest, checked.form);
        lines.push(format!("manifest {manifest} ({form}{algorithms}): {}", counts(checked)));
        lines.extend(checked.found.iter().map(|found| format!("  {}", line(found))));
        if checked.more > 0 {
            lines.push(format!("  and {} more", checked.more));
        }
    }
    if !all.is_empty() {
        lines.push(format!("manifests: {}; {AGREEMENT}", verdict(all)));
    }
    lines
}

/// `12 match, 1 differs, 0 missing`.
pub fn counts(checked: &Checked) -> String {
    let count = |outcome: &Outcome| {
        let count = checked.counts.of(*outcome);
        let always = matches!(outcome, Outcome::Matches | Outcome::Differs | Outcome::Missing);
        (always || count > 0).then(|| match outcome {
            Outcome::Matches => counted(count, "matches", "match"),
            Outcome::Differs => counted(count, "differs", "differ"),
            Outcome::Unreadable => counted(count, "line unreadable", "lines unreadable"),
            other => format!("{count} {other}"),
        })
    };
    Outcome::ALL.iter().filter_map(count).collect::<Vec<_>>().join(", ")
}

fn line(found: &Found) -> String {
    let place = found.line.map(|line| format!("line {line}: ")).unwrap_or_default();
    let name = found.name.as_ref().or(found.object.as_ref());
    let name = name.map(|name| format!("{name}: ")).unwrap_or_default();
    // The object is worth saying where the name does not.
    let object = match (&found.name, &found.object) {
        (Some(name), Some(object)) if !object.ends_with(&**name) => format!(" ({object})"),
        _ => String::new(),
    };
    format!("{}: {place}{name}{}{object}", found.outcome, found.detail)
}

/// The same as one value: `{"verdict", "note", "manifests": [{"manifest", "form", "algorithms",
/// "verdict", "counts": {OUTCOME: n}, "findings": [{"outcome", "line", "name", "object",
/// "detail"}], "more"}]}`.
pub fn json(all: &[Checked]) -> Value {
    let manifests: Vec<Value> = all.iter().map(manifest).collect();
    json!({"verdict": verdict(all).as_str(), "note": AGREEMENT, "manifests": manifests})
}

fn manifest(checked: &Checked) -> Value {
    let counts = Outcome::ALL
        .iter()
        .map(|outcome| (outcome.as_str().to_owned(), Value::from(checked.counts.of(*outcome))));
    let counts: Map<String, Value> = counts.collect();
    let findings = checked.found.iter().map(|found| {
        json!({
            "outcome": found.outcome.as_str(),
            "line": found.line,
            "name": found.name,
            "object": found.object,
            "detail": found.detail,
        })
    });
    json!({
        "manifest": checked.manifest,
        "form": checked.form,
        "algorithms": checked.algorithms.iter().map(Algorithm::as_str).collect::<Vec<_>>(),
        "verdict": checked.verdict().as_str(),
        "counts": counts,
        "findings": findings.collect::<Vec<_>>(),
        "more": checked.more,
    })
}
