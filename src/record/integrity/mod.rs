//! The report on integrity: what verification found out, as JSON, text and Markdown.

mod file;
mod json;
mod markdown;
mod text;

pub use file::{Form, file};
pub use json::json;
pub use markdown::markdown;
pub use text::text;

use crate::event::Timestamp;
use crate::verify::{Cover, Report, Scope, Severity, Tally};

/// `2 errors, 1 warning, 3 notes`: how many findings there are of each severity.
pub fn weights(report: &Report) -> String {
    if report.is_empty() {
        return "there is nothing of CloudTrail to verify".to_owned();
    }
    let names = [
        (Severity::Error, "error", "errors"),
        (Severity::Warning, "warning", "warnings"),
        (Severity::Info, "note", "notes"),
    ];
    // They are sorted by it, and may be many.
    let count = |severity| {
        let up_to = report.findings.partition_point(|one| one.severity >= severity);
        up_to - report.findings.partition_point(|one| one.severity > severity)
    };
    let words = names.into_iter().filter_map(|(severity, one, many)| match count(severity) {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {many}")),
    });
    let words: Vec<String> = words.collect();
    if words.is_empty() { "nothing to remark".to_owned() } else { words.join(", ") }
}

/// What is counted, with its tally and the name of the things.
fn tallies(report: &Report) -> [(&'static str, Tally); 3] {
    let counts = &report.counts;
    [("digests", counts.digests), ("backfill digests", counts.backfill), ("log files", counts.logs)]
}

/// Time of a scope's window in each state, longest first.
fn totals(report: &Report, scope: usize) -> Vec<(Cover, i64)> {
    let total = |cover: &Cover| {
        let spans =
            report.coverage.iter().filter(|span| span.scope == scope && span.cover == *cover);
        (*cover, spans.map(|span| span.to.0 - span.from.0).sum())
    };
    let mut totals: Vec<(Cover, i64)> =
        Cover::ALL.iter().map(total).filter(|(_, length)| *length > 0).collect();
    totals.sort_by_key(|(_, length)| -length);
    totals
}

/// Whole seconds: digests know no others.
fn time(at: Timestamp) -> String {
    at.to_rfc3339(0)
}

/// `trail main, account 111122223333, eu-west-1`.
pub fn title(scope: &Scope) -> String {
    let trail =
        scope.trail.as_deref().map_or("no trail".to_owned(), |name| format!("trail {name}"));
    let organization = scope.organization.as_deref();
    let organization = organization.map_or(String::new(), |id| format!(", organization {id}"));
    format!("{trail}, account {}, {}{organization}", scope.account, scope.region)
}
