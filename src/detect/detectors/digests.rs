//! What digests show to be wrong with the logs: files that were changed, that are missing, chains
//! that were broken.

use super::{Answer, Asked, Detector, Found, told};
use crate::detect::sigma::Level;
use crate::event::noun;
use crate::verify::{Finding, Kind, Scope, Severity};
use std::collections::BTreeMap;

pub(super) const DETECTOR: Detector = Detector {
    id: "log-integrity",
    rule: None,
    title: "Digests show that logs are not what they were",
    description: "A log was changed or is missing, or the chain of digests is broken.",
    level: Level::High,
    tags: &["attack.defense-evasion", "attack.t1565.001"],
    questions: &[
        "Which files are it, and what time are they of (trailcase verify)",
        "Was the copy made whole, or does the bucket have it (aws s3api head-object)",
        "Who changed who may write to the bucket: event:(PutBucketPolicy or DeleteBucketPolicy or PutBucketAcl)",
    ],
    version: "2026-11-28",
    parameters: &[],
    reads: None,
    run,
};

fn run(asked: &Asked<'_>) -> Answer {
    let Some(findings) = asked.given.verified else {
        return Answer::unable("digests were not verified here; --public-keys says with what");
    };
    let mut answer = Answer { evaluated: findings.len() as u64, ..Answer::default() };
    let mut kinds: BTreeMap<Kind, Vec<&Finding>> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.severity == Severity::Error) {
        kinds.entry(finding.kind).or_default().push(finding);
    }
    let others = findings.iter().filter(|finding| finding.severity != Severity::Error).count();
    answer.leave_out(others as u64, ("finding", "findings"), "proves nothing wrong");
    for (kind, findings) in kinds {
        let number = findings.len() as u64;
        let keys: Vec<&str> = findings.iter().filter_map(|one| one.key.as_deref()).collect();
        let first = findings.first().map_or("", |one| &*one.detail);
        let of = if keys.is_empty() {
            String::new()
        } else {
            format!(" of {}", told::some(keys.clone()))
        };
        let why = format!("{number} {} {kind}{of}: {first}", noun(number, "finding", "findings"));
        let spans = || findings.iter().filter_map(|one| one.span);
        let (first, last) = (spans().map(|span| span.0).min(), spans().map(|span| span.1).max());
        answer.found.push(Found {
            who: [kind.to_string(), String::new()],
            span: first.zip(last),
            named: findings.iter().flat_map(|one| named(one, asked.given.chains)).collect(),
            findings: findings.iter().map(|finding| known_by(finding)).collect(),
            why,
            ..Found::default()
        });
    }
    answer
}

/// The object that a finding is about, or the chain whose time it is about.
fn named(finding: &Finding, chains: &[Scope]) -> Vec<(&'static str, String)> {
    if let Some(key) = &finding.key {
        return vec![("resource", key.to_string())];
    }
    let Some(chain) = finding.scope.and_then(|number| chains.get(number)) else {
        return Vec::new();
    };
    let trail = chain.trail.iter().map(|trail| ("resource", trail.clone()));
    let place = [("account", chain.account.clone()), ("region", chain.region.clone())];
    trail.chain(place).collect()
}

/// What a finding is known by: the same object changed once more is another.
fn known_by(finding: &Finding) -> String {
    let Finding { kind, key, span, detail, .. } = finding;
    let span = span.map_or(String::new(), |(from, to)| format!("{} {}", from.0, to.0));
    format!("{kind}\0{}\0{span}\0{detail}", key.as_deref().unwrap_or_default())
}
