//! A made-up verdict: digests that were never signed, judged, and then told what is wrong with
//! them.

use serde_json::json;
use std::sync::Arc;
use trailcase::event::{Standing, Timestamp};
use trailcase::job::Verified;
use trailcase::ui::message::Message;
use trailcase::verify::{
    Counts, Cover, Examiner, Finding, Judged, Keys, Kind, Link, LogReport, Object, Proven,
    Question, Report, Severity, Span, Tally, Verdict, judge,
};

const ACCOUNT: &str = "111122223333";
const HOME: &str = "eu-central-1";

/// The end of the hour `number`, counted from 2026-03-02T00:53:10Z.
fn end(number: i64) -> Timestamp {
    Timestamp(1_772_412_790_000_000_000).saturating_add(number * Timestamp::HOUR)
}

fn stamp(at: Timestamp) -> String {
    at.to_rfc3339(0).replace(['-', ':'], "")
}

fn day(at: Timestamp) -> String {
    at.to_rfc3339(0)[..10].replace('-', "/")
}

fn digest_key(region: &str, number: i64) -> String {
    let at = end(number);
    let (day, stamp) = (day(at), stamp(at));
    format!(
        "AWSLogs/{ACCOUNT}/CloudTrail-Digest/{region}/{day}/\
         {ACCOUNT}_CloudTrail-Digest_{region}_org-main_{HOME}_{stamp}.json.gz"
    )
}

fn log_key(region: &str, number: i64, minute: i64) -> String {
    let at = end(number).saturating_add((minute - 53) * Timestamp::MINUTE);
    let (day, stamp) = (day(at), stamp(at));
    format!(
        "AWSLogs/{ACCOUNT}/CloudTrail/{region}/{day}/\
         {ACCOUNT}_CloudTrail_{region}_{}Z_{number:04}aBcDeFgH{minute:04}.json.gz",
        &stamp[..13]
    )
}

fn digest(region: &str, number: i64) -> Object {
    let key = digest_key(region, number);
    let path = format!("evidence/{}", key.trim_end_matches(".gz"));
    let content = json!({
        "awsAccountId": ACCOUNT,
        "digestStartTime": end(number - 1).to_rfc3339(0),
        "digestEndTime": end(number).to_rfc3339(0),
        "digestS3Bucket": "logs", "digestS3Object": key,
        "digestPublicKeyFingerprint": "0123456789abcdef0123456789abcdef",
        "digestSignatureAlgorithm": "SHA256withRSA",
        "previousDigestS3Bucket": "logs",
        "previousDigestS3Object": digest_key(region, number - 1),
        "previousDigestHashValue": "00", "previousDigestHashAlgorithm": "SHA-256",
        "previousDigestSignature": "00", "logFiles": [],
    });
    let mut examiner = Examiner::default();
    assert!(examiner.begin(&path));
    examiner.feed(content.to_string().as_bytes());
    let seen = examiner.finish(&path).unwrap();
    Object { path: path.into(), key_at: "evidence/".len(), sha256: None, seen }
}

/// The hours of each Region that have no digest.
fn is_there(region: &str, number: i64) -> bool {
    region != HOME || !matches!(number, 30..=32 | 50..=54)
}

/// Three days of two Regions with all that can be wrong in the first.
pub(crate) fn report() -> Report {
    let hours = |region: &'static str| (1..=72).filter(move |number| is_there(region, *number));
    let objects: Vec<Object> = [HOME, "eu-west-1"]
        .into_iter()
        .flat_map(|region| hours(region).map(move |number| digest(region, number)))
        .collect();
    let keys = Keys::default();
    let question = Question { objects: &objects, keys: &keys, since: None, until: None };
    let mut report = judge(&question);
    assert_eq!((report.scopes.len(), report.digests.len()), (2, 136));
    report.scopes[0].window.1 = end(74);
    for digest in &mut report.digests {
        let number = (digest.to.0 - end(0).0) / Timestamp::HOUR;
        (digest.proven, digest.linked, digest.link) = (Proven::Quoted, true, Link::Linked);
        let region = if digest.scope == 0 { HOME } else { "eu-west-1" };
        if number % 5 != 0 {
            digest.logs = [5, 25, 45].map(|minute| log(region, number, minute)).into();
        }
        if (digest.scope, number) == (0, 33) {
            digest.link = Link::Missing;
        }
    }
    report.coverage = coverage();
    let unlisted = log_key(HOME, 60, 17);
    report.logs.insert(
        format!("evidence/{unlisted}").into(),
        Judged {
            standing: Standing::Unlisted,
            fault: Some(Kind::LogUnlisted),
            digest: None,
            sha256: None,
            content: [0; 32],
        },
    );
    report.findings = findings(unlisted);
    report.verdict = Verdict::Invalid;
    report.keys = 2;
    let tally = |found, invalid, missing| Tally {
        found,
        valid: found - invalid,
        invalid,
        unverifiable: 0,
        missing,
    };
    report.counts = Counts {
        digests: tally(136, 0, 1),
        backfill: Tally::default(),
        logs: tally(330, 2, 1),
        unlisted: 1,
    };
    report
}

/// The same for a month, of whose hours nothing else is known.
pub(crate) fn month() -> Report {
    const HOURS: i64 = 30 * 24;
    let mut report = report();
    for scope in 0..2 {
        report.scopes[scope].window.1 = end(HOURS);
        let hours = (75..=HOURS).map(|number| Span {
            scope,
            from: end(number - 1),
            to: end(number),
            cover: if number % 9 == 0 { Cover::Empty } else { Cover::Verified },
        });
        report.coverage.extend(hours);
    }
    report.coverage.sort_by_key(|span| (span.scope, span.from));
    report
}

fn log(region: &str, number: i64, minute: i64) -> LogReport {
    let key = log_key(region, number, minute);
    let fault = match (region, number, minute) {
        (HOME, 12, 25) => Some(Kind::LogModified),
        (HOME, 40, 45) => Some(Kind::LogMissing),
        _ => None,
    };
    let path = (fault != Some(Kind::LogMissing)).then(|| format!("evidence/{key}").into());
    LogReport { key: key.into(), path, fault }
}

fn coverage() -> Vec<Span> {
    let covers = |scope: usize| {
        (1..=74).filter_map(move |number| {
            let cover = match (scope, number) {
                (0, 30..=32) => Cover::Hole,
                (0, 50..=54) => Cover::Gap,
                (0, 73..=74) => Cover::Tail,
                (_, 73..=74) => return None,
                _ if number % 5 == 0 => Cover::Empty,
                _ => Cover::Verified,
            };
            Some(Span { scope, from: end(number - 1), to: end(number), cover })
        })
    };
    covers(0).chain(covers(1)).collect()
}

fn findings(unlisted: String) -> Vec<Finding> {
    let object = |kind, key: String, detail: &str| Finding {
        kind,
        severity: Severity::Error,
        key: Some(key),
        span: None,
        scope: None,
        detail: detail.to_owned(),
    };
    let time = |kind, severity, (from, to), detail: &str| Finding {
        kind,
        severity,
        key: None,
        span: Some((end(from), end(to))),
        scope: Some(0),
        detail: detail.to_owned(),
    };
    let (error, warning) = (Severity::Error, Severity::Warning);
    vec![
        object(
            Kind::DigestMissing,
            digest_key(HOME, 32),
            "the digest of 2026-03-03T09:53:10Z names it as the one before, and it is not there",
        ),
        time(Kind::CoverageHole, error, (29, 32), "3 h that no digest of org-main covers"),
        object(Kind::LogMissing, log_key(HOME, 40, 45), "a digest names it, and it is not there"),
        object(
            Kind::LogModified,
            log_key(HOME, 12, 25),
            "its content is not what its digest names",
        ),
        object(Kind::LogUnlisted, unlisted, "no digest names it, although its time is covered"),
        time(Kind::LoggingGap, warning, (49, 54), "5 h before the chain starts anew"),
        time(Kind::TailUncovered, warning, (72, 74), "2 h at the end that no digest covers"),
    ]
}

/// The news that this is what verification found out.
pub(crate) fn news(report: Report) -> Message {
    Message::Verified(Arc::new(Verified::of(Arc::new(report))))
}
