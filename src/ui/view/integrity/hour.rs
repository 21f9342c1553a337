//! What is known of one cell of the grid: its spans of time, what was found, and its digests with
//! the log files that they name.

use super::sheet::Line;
use super::state;
use crate::event::{Timestamp, hex, noun};
use crate::job::integrity::{Cell, Chart, State, time_of};
use crate::ui::theme::{Glyph, Role};
use crate::verify::address::file_name;
use crate::verify::{
    Cover, DigestReport, Kind, Length, Link, LogReport, Proven, Report, Severity, Span,
};

/// Log files of one digest, and findings and digests of one cell, that are listed one by one.
const MOST: usize = 500;

pub(super) fn lines(chart: &Chart, row: usize, cell: Cell) -> Vec<Line> {
    let whole = cell.1.saturating_sub(cell.0) <= Timestamp::HOUR;
    let mut lines = spans(&chart.report, row, cell, whole);
    let (digests, of_digests) = chart.digests(row, cell, MOST);
    let digests = digests.into_iter().filter_map(|at| Some((at, chart.report.digests.get(at)?)));
    let digests: Vec<(usize, &DigestReport)> = digests.collect();
    // What is about the only one there is needs no name.
    let only = if let [(_, digest)] = digests.as_slice() { Some(&*digest.key) } else { None };
    let (findings, of_findings) = chart.findings(row, cell, MOST);
    lines.extend(findings.iter().flat_map(|number| finding(chart, *number, only)));
    lines.extend(more(
        findings.len(),
        of_findings,
        ("finding, which the list of all has", "findings, which the list of all has"),
    ));
    if digests.is_empty() {
        lines.push(Line::new(without(&chart.report, row), Role::Muted));
    }
    for &(number, digest) in &digests {
        if whole || !is_plain(digest) {
            lines.extend(self::digest(chart, number, digest));
        } else {
            lines.push(in_short(digest));
        }
    }
    lines.extend(more(digests.len(), of_digests, ("digest", "digests")));
    lines
}

/// What is not listed of so many.
fn more(listed: usize, all: usize, (one, several): (&str, &str)) -> Option<Line> {
    let left = all.checked_sub(listed).filter(|left| *left > 0)?;
    Some(Line::new(format!("and {left} more {}", noun(left as u64, one, several)), Role::Muted))
}

/// `2026-03-04 09:53:10`.
pub(super) fn time(at: i64) -> String {
    let text = Timestamp(at).to_rfc3339(0);
    format!("{} {}", text.get(..10).unwrap_or_default(), text.get(11..19).unwrap_or_default())
}

/// `2026-03-04 09:53:10 to 10:53:10`: the day is said again only if it is another.
pub(super) fn times((from, to): Cell) -> String {
    let (first, last) = (time(from), time(to));
    let same = first.get(..10) == last.get(..10);
    format!("{first} to {}", if same { last.get(11..).unwrap_or_default() } else { &last })
}

/// What is known of the time; of more than an hour, what is in order only by how long it is.
fn spans(report: &Report, row: usize, cell: Cell, whole: bool) -> Vec<Line> {
    let first = report.coverage.partition_point(|span| (span.scope, span.to.0) <= (row, cell.0));
    let here = report.coverage[first..].iter();
    let here = here.take_while(|span| span.scope == row && span.from.0 < cell.1);
    let (mut lines, mut sums) = (Vec::new(), [(Cover::Verified, 0), (Cover::Empty, 0)]);
    for span in here {
        let (from, to) = (span.from.0.max(cell.0), span.to.0.min(cell.1));
        let sum = sums.iter_mut().find(|(cover, _)| *cover == span.cover && !whole);
        if let Some((_, sum)) = sum {
            *sum += to - from;
            continue;
        }
        let state = State::of_cover(span.cover);
        let text = format!("{}: {}", times((from, to)), said(span));
        lines.push(Line::new(text, state::role(state)).glyph(state::glyph(state)));
    }
    let sums = sums.into_iter().filter(|(_, sum)| *sum > 0);
    lines.extend(sums.map(|(cover, sum)| {
        let state = State::of_cover(cover);
        let text = format!("{} in all: {}", Length(sum), cover.meaning());
        Line::new(text, state::role(state)).glyph(state::glyph(state))
    }));
    lines
}

/// What is meant; where logs are not what they should be, how many of how many.
fn said(span: &Span) -> String {
    match span.cover {
        Cover::LogModified | Cover::LogMissing => span.words(),
        cover => cover.meaning().to_owned(),
    }
}

/// Whether nothing about a digest has to be looked at.
fn is_plain(digest: &DigestReport) -> bool {
    digest.proven != Proven::No
        && matches!(digest.link, Link::Linked | Link::Start)
        && digest.logs.iter().all(|log| log.fault.is_none())
}

fn in_short(digest: &DigestReport) -> Line {
    let logs = match digest.logs.len() {
        0 => "nothing delivered".to_owned(),
        1 => "1 log file, which is right".to_owned(),
        many => format!("{many} log files, all right"),
    };
    let text = format!("digest of {}: proven, linked; {logs}", times(time_of(digest)));
    Line::new(text, Role::Muted).glyph(Glyph::Verified)
}

/// What stands in place of digests.
fn without(report: &Report, row: usize) -> &'static str {
    match report.scopes.get(row) {
        Some(scope) if scope.trail.is_none() => {
            "no digest of this account and Region is among the evidence: copy them with the logs"
        }
        _ => "no digest of this trail is about this time: nothing in it can be proven by one",
    }
}

/// The word, glyph and role of a severity.
pub(super) const fn weight(severity: Severity) -> (&'static str, Glyph, Role) {
    match severity {
        Severity::Error => ("error", Glyph::Modified, Role::Error),
        Severity::Warning => ("warning", Glyph::High, Role::Warning),
        Severity::Info => ("note", Glyph::Info, Role::Muted),
    }
}

fn finding(chart: &Chart, number: usize, only: Option<&str>) -> Vec<Line> {
    let Some(finding) = chart.report.findings.get(number) else { return Vec::new() };
    let (word, glyph, role) = weight(finding.severity);
    let text = format!("{word} {}: {}", finding.kind, finding.detail);
    let object = finding.key.as_ref().and_then(|key| chart.strays.get(key).cloned());
    let mut lines = vec![Line::new(text, role).glyph(glyph).object(object.clone())];
    if let Some(key) = finding.key.as_deref().filter(|key| Some(*key) != only) {
        lines.push(Line::new(format!("  {}", file_name(key)), Role::Muted).object(object));
    }
    lines
}

fn digest(chart: &Chart, number: usize, digest: &DigestReport) -> Vec<Line> {
    let backfill = if digest.backfill { "backfill digest" } else { "digest" };
    let chain = if digest.linked || digest.backfill { "" } else { ", not on the chain" };
    let head = format!("{backfill} of {}{chain}", times(time_of(digest)));
    let mut lines = vec![Line::new(head, Role::Header)];
    lines.push(Line::new(format!("in the evidence: {}", digest.path), Role::Text));
    if !digest.path.ends_with(&digest.key) {
        let bucket = digest.bucket.as_deref().unwrap_or("?");
        lines.push(Line::new(format!("in S3: s3://{bucket}/{}", digest.key), Role::Text));
    }
    let (proven, role) = match digest.proven {
        Proven::Signature => ("yes, by the signature in its metadata", Role::StandingVerified),
        Proven::Quoted => {
            ("yes, by the signature that the digest after it quotes", Role::StandingVerified)
        }
        Proven::Hash => {
            ("yes, by its hash, which an authentic digest after it names", Role::StandingVerified)
        }
        Proven::No => ("no", Role::Warning),
    };
    lines.push(Line::new(format!("proven: {proven}"), role));
    lines.push(key(chart, number, digest));
    lines.push(link(digest));
    lines.push(Line::new(format!("sha256 {}", hex::encode(&digest.sha256)), Role::Muted));
    lines.extend(logs(&chart.report, digest));
    lines
}

/// The key that signed it, and what is known of that.
fn key(chart: &Chart, number: usize, digest: &DigestReport) -> Line {
    let Some(fingerprint) = &digest.fingerprint else {
        return Line::new("signed with: unknown, since it cannot be read", Role::Warning);
    };
    let (known, role) = match chart.key(number) {
        _ if chart.report.keys == 0 => ("not known", Role::Warning),
        Some(Kind::DigestKeyUnknown) => ("not known", Role::Warning),
        Some(Kind::DigestKeyUnreadable) => ("known, and no RSA key", Role::Warning),
        Some(Kind::DigestKeyExpired) => ("known, and not in use at that time", Role::Error),
        Some(Kind::DigestSignatureInvalid) => {
            ("known, and the signature is not by it", Role::Error)
        }
        Some(Kind::DigestSignatureUnavailable) => {
            ("known, and the signature is missing", Role::Warning)
        }
        _ if digest.proven == Proven::No => {
            ("not looked for, since something else is wrong with the digest", Role::Warning)
        }
        _ => ("known, and in use at that time", Role::Text),
    };
    Line::new(format!("signed with key {fingerprint}: {known}"), role)
}

fn link(digest: &DigestReport) -> Line {
    let before = digest.previous.as_deref().map(file_name).unwrap_or_default();
    let (word, role) = match digest.link {
        Link::Linked => ("linked, its hash is right", Role::Text),
        Link::Missing => ("missing from the evidence", Role::Error),
        Link::Broken => ("there, and not what this one says", Role::Error),
        Link::Start => return Line::new("digest before: none, the chain starts here", Role::Text),
        Link::Unknown => ("not compared, since this one is not proven", Role::Warning),
    };
    Line::new(format!("digest before: {word}: {before}"), role)
}

/// A count of the log files, then each; those with something wrong first.
fn logs(report: &Report, digest: &DigestReport) -> Vec<Line> {
    let (logs, proven) = (report.logs_of(digest), digest.proven != Proven::No);
    let count = digest.logs.len();
    if count == 0 {
        return vec![Line::new("log files: none was delivered, says the digest", Role::Muted)];
    }
    let missing = digest.logs.iter().filter(|log| log.is_missing()).count();
    let wrong = digest.logs.iter().filter(|log| log.fault.is_some()).count() - missing;
    let text = format!(
        "log files: {count} listed: {} present, {missing} missing, {wrong} with something wrong",
        count - missing,
    );
    let role = if missing + wrong > 0 { Role::Error } else { Role::Text };
    let mut lines = vec![Line::new(text, role)];
    let order = logs.clone().filter(|log| log.fault.is_some());
    let order = order.chain(logs.filter(|log| log.fault.is_none()));
    lines.extend(order.take(MOST).map(|one| log(&one, proven)));
    lines.extend(more(MOST.min(count), count, ("log file", "log files")));
    lines
}

fn log(log: &LogReport<'_>, proven: bool) -> Line {
    let (word, state) = match log.fault {
        // It is what a digest says of which nobody knows whether it may be believed.
        None if !proven => ("as listed", State::Unverifiable),
        Some(fault) if !proven && fault != Kind::LogMissing => ("differs", State::Unverifiable),
        None => ("right", State::Verified),
        Some(Kind::LogMissing) => ("missing", State::Missing),
        Some(Kind::LogModified) => ("modified", State::Wrong),
        Some(Kind::LogFormat) => ("damaged", State::Wrong),
        Some(Kind::LogTrailingData) => ("appended to", State::Wrong),
        Some(Kind::LogGzipDamaged) => ("right, gzip damaged", State::Verified),
        Some(Kind::LogNotGzip) => ("right, unpacked", State::Verified),
        Some(_) => ("not provable", State::Unverifiable),
    };
    let text = format!("{word:<9} {}", file_name(&log.key));
    Line::new(text, state::role(state)).glyph(state::glyph(state)).object(log.path.cloned())
}
