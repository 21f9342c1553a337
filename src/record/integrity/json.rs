//! The report as one JSON document.

use super::{About, facts, time};
use crate::verify::manifest;
use crate::verify::{Counts, Finding, Named, Report, Span, Tally};
use serde::ser::{Serialize, Serializer};
use serde_json::Value;

/// `{"verdict", "counts", "findings", "coverage"}`; times in RFC 3339, absent ones null.
#[derive(serde::Serialize)]
pub struct Document<'a> {
    verdict: &'static str,
    counts: AllCounts,
    findings: Findings<'a>,
    coverage: Coverage<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    manifests: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_facts: Option<Value>,
    /// The case that it is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<&'a str>,
}

/// The report as a document, which is written piece by piece: there may be a million findings.
pub fn json<'a>(report: &'a Report, about: &'a About) -> Document<'a> {
    let manifests = &about.manifests;
    Document {
        verdict: about.verdict(report).as_str(),
        counts: AllCounts::of(&report.counts),
        findings: Findings(report),
        coverage: Coverage(report),
        manifests: (!manifests.is_empty()).then(|| manifest::json(manifests)),
        source_facts: (!about.facts.is_empty()).then(|| facts::json(&about.facts)),
        case: about.case.as_deref(),
    }
}

#[derive(serde::Serialize)]
struct AllCounts {
    digests: Count,
    backfill: Count,
    logs: Count,
}

#[derive(serde::Serialize)]
struct Count {
    found: u64,
    valid: u64,
    invalid: u64,
    unverifiable: u64,
    missing: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    unlisted: Option<u64>,
}

impl AllCounts {
    fn of(counts: &Counts) -> Self {
        let logs = Count { unlisted: Some(counts.unlisted), ..Count::of(&counts.logs) };
        Self { digests: Count::of(&counts.digests), backfill: Count::of(&counts.backfill), logs }
    }
}

impl Count {
    fn of(tally: &Tally) -> Self {
        let Tally { found, valid, invalid, unverifiable, missing } = *tally;
        Self { found, valid, invalid, unverifiable, missing, unlisted: None }
    }
}

struct Findings<'a>(&'a Report);

impl Serialize for Findings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.findings.iter().map(One::of))
    }
}

#[derive(serde::Serialize)]
struct One<'a> {
    kind: &'static str,
    severity: &'static str,
    key: Option<&'a str>,
    from: Option<String>,
    to: Option<String>,
    detail: &'a str,
}

impl<'a> One<'a> {
    fn of(finding: &'a Finding) -> Self {
        let (from, to) = finding.span.unzip();
        Self {
            kind: finding.kind.as_str(),
            severity: finding.severity.as_str(),
            key: finding.key.as_deref(),
            from: from.map(time),
            to: to.map(time),
            detail: &finding.detail,
        }
    }
}

struct Coverage<'a>(&'a Report);

impl Serialize for Coverage<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.coverage.iter().map(|span| Covered::of(self.0, span)))
    }
}

#[derive(serde::Serialize)]
struct Covered<'a> {
    trail: Option<&'a str>,
    account: Option<&'a str>,
    region: Option<&'a str>,
    from: String,
    to: String,
    state: &'static str,
    /// Of what digests on the chain cover.
    #[serde(skip_serializing_if = "Option::is_none")]
    logs: Option<Logs>,
}

/// The log files that the digests name.
#[derive(serde::Serialize)]
struct Logs {
    named: u64,
    modified: u64,
    missing: u64,
    unverifiable: u64,
    left_out: u64,
}

impl<'a> Covered<'a> {
    fn of(report: &'a Report, span: &Span) -> Self {
        let scope = report.scopes.get(span.scope);
        Self {
            trail: scope.and_then(|scope| scope.trail.as_deref()),
            account: scope.map(|scope| scope.account.as_str()),
            region: scope.map(|scope| scope.region.as_str()),
            from: time(span.from),
            to: time(span.to),
            state: span.cover.as_str(),
            logs: (span.logs.named > 0).then_some({
                let Named { named, modified, missing, unverifiable, left_out } = span.logs;
                Logs { named, modified, missing, unverifiable, left_out }
            }),
        }
    }
}
