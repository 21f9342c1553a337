//! The report on integrity: what verification found out, as JSON, text and Markdown.

mod facts;
mod file;
mod json;
mod markdown;
mod text;

pub use file::{Form, file};
pub use json::{Document, json};
pub use markdown::markdown;
pub use text::text;

use crate::event::{Facts, Timestamp};
use crate::verify::manifest::{self, Checked};
use crate::verify::{Cover, Length, Named, Report, Scope, Severity, Tally, Verdict};
use std::sync::Arc;

/// What a report is about, besides what was found.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// The case that it is of, if there is one.
    pub case: Option<String>,
    /// What people call the sources that were verified.
    pub sources: Vec<String>,
    /// What was asked about, where not everything was.
    pub since: Option<Timestamp>,
    pub until: Option<Timestamp>,
    /// When it was verified.
    pub at: Timestamp,
    pub manifests: Arc<[Checked]>,
    /// What sources say of themselves.
    pub facts: Arc<[Facts]>,
}

impl About {
    /// The verdict on everything.
    pub fn verdict(&self, report: &Report) -> Verdict {
        match manifest::verdict(&self.manifests) {
            verdict if self.manifests.is_empty() => report.verdict.max(verdict),
            // Whoever has nothing but manifests asks about those.
            verdict if report.is_idle() => verdict,
            verdict => report.verdict.max(verdict),
        }
    }

    /// The verdict and why, in one line.
    pub fn headline(&self, report: &Report) -> String {
        let wrong = |checked: &&Checked| checked.verdict() == self.verdict(report);
        let manifests = match (self.manifests.len(), self.manifests.iter().filter(wrong).count()) {
            (0, _) => None,
            (1, _) => Some(format!("1 manifest: {}", manifest::verdict(&self.manifests))),
            (many, _) if self.verdict(report) == Verdict::Valid => {
                Some(format!("{many} manifests"))
            }
            (many, count) => Some(format!("{count} of {many} manifests")),
        };
        let said = match (manifests, report.is_idle()) {
            (Some(manifests), true) => manifests,
            (Some(manifests), false) => format!("{}; {manifests}", weights(report)),
            (None, _) => weights(report),
        };
        format!("{}: {said}", self.verdict(report))
    }

    /// What stands in the head of a report, name by name.
    fn head(&self, report: &Report) -> Vec<(&'static str, String)> {
        let end = |at: Option<Timestamp>, else_: &str| at.map_or(else_.to_owned(), time);
        let asked = match (self.since, self.until) {
            (None, None) => "all that the evidence spans".to_owned(),
            (since, until) => {
                format!("{} to {}", end(since, "its beginning"), end(until, "its end"))
            }
        };
        let used: Vec<&str> = report.pems.keys().map(String::as_str).collect();
        let keys = match (report.keys, used.as_slice()) {
            (0, _) if !report.digests.is_empty() => {
                "none were named, so that no signature could be checked".to_owned()
            }
            (known, []) => format!("{known} known"),
            (known, used) => format!("{known} known; signatures are right by {}", used.join(", ")),
        };
        let mut head = vec![
            ("evidence", self.sources.join(", ")),
            ("asked about", asked),
            ("public keys", keys),
            ("verified at", time(self.at)),
            ("verified by", concat!("trailcase ", env!("CARGO_PKG_VERSION")).to_owned()),
        ];
        head.splice(0..0, self.case.clone().map(|case| ("case", case)));
        head
    }
}

/// `2 errors, 1 warning, 3 notes`: how many findings there are of each severity.
pub fn weights(report: &Report) -> String {
    if report.is_empty() {
        return "nothing was verified; by their names there are no digests and no log files of \
                CloudTrail"
            .to_owned();
    }
    if report.is_idle() {
        return "nothing was verified; nothing of the evidence lies in what was asked about"
            .to_owned();
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

/// Time of a scope's window in each state, longest first; of what the chain covers also what is
/// known of the log files.
fn totals(report: &Report, scope: usize) -> Vec<(Cover, String)> {
    let total = |cover: &Cover| {
        let spans =
            report.coverage.iter().filter(|span| span.scope == scope && span.cover == *cover);
        let mut total = (*cover, 0, Named::default());
        for span in spans {
            total.1 += span.to.0 - span.from.0;
            total.2.add(span.logs);
        }
        total
    };
    let mut totals: Vec<(Cover, i64, Named)> =
        Cover::ALL.iter().map(total).filter(|(_, length, _)| *length > 0).collect();
    totals.sort_by_key(|(_, length, _)| -length);
    let words = |(cover, length, logs): (Cover, i64, Named)| {
        let length = Length(length);
        let text = match logs.named {
            0 => length.to_string(),
            _ => format!("{length}: {}", logs.words()),
        };
        (cover, text)
    };
    totals.into_iter().map(words).collect()
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
