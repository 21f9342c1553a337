//! The report as one JSON document.

use super::time;
use crate::verify::{Finding, Report, Span, Tally};
use serde_json::{Value, json as object};

/// `{"verdict", "counts", "findings", "coverage"}`; times in RFC 3339, absent ones null.
pub fn json(report: &Report) -> Value {
    let counts = &report.counts;
    let findings: Vec<Value> = report.findings.iter().map(finding).collect();
    let coverage: Vec<Value> = report.coverage.iter().map(|one| span(report, one)).collect();
    let mut logs = tally(&counts.logs);
    logs["unlisted"] = counts.unlisted.into();
    object!({
        "verdict": report.verdict.as_str(),
        "counts": {
            "digests": tally(&counts.digests),
            "backfill": tally(&counts.backfill),
            "logs": logs,
        },
        "findings": findings,
        "coverage": coverage,
    })
}

fn tally(tally: &Tally) -> Value {
    object!({
        "found": tally.found,
        "valid": tally.valid,
        "invalid": tally.invalid,
        "unverifiable": tally.unverifiable,
        "missing": tally.missing,
    })
}

fn finding(finding: &Finding) -> Value {
    let (from, to) = finding.span.unzip();
    object!({
        "kind": finding.kind.as_str(),
        "severity": finding.severity.as_str(),
        "key": finding.key,
        "from": from.map(time),
        "to": to.map(time),
        "detail": finding.detail,
    })
}

fn span(report: &Report, span: &Span) -> Value {
    let scope = report.scopes.get(span.scope);
    object!({
        "trail": scope.and_then(|scope| scope.trail.as_deref()),
        "account": scope.map(|scope| scope.account.as_str()),
        "region": scope.map(|scope| scope.region.as_str()),
        "from": time(span.from),
        "to": time(span.to),
        "state": span.cover.as_str(),
    })
}
