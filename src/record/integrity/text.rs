//! The report as plain text, made harmless.

use super::{About, facts, tallies, time, title, totals};
use crate::event::unlabel;
use crate::shown::{Glyphs, Mode, Place, show};
use crate::verify::manifest;
use crate::verify::{Finding, LIMITS, Report, Severity};
use std::io::{self, Write};

/// Writes the report in lines.
pub fn text(report: &Report, about: &About, glyphs: Glyphs, out: &mut dyn Write) -> io::Result<()> {
    let mode = Mode { place: Place::Table, glyphs };
    let mut line = |line: &str| writeln!(out, "{}", show(&*unlabel(line), mode).as_str());
    line(&about.headline(report))?;
    line("")?;
    for (name, value) in about.head(report) {
        line(&format!("{name:<17}{value}"))?;
    }
    if !report.is_empty() {
        digests(report, &mut line)?;
    }
    manifest::text(&about.manifests).iter().try_for_each(|text| line(text))?;
    if !about.facts.is_empty() {
        line("")?;
    }
    facts::lines(&about.facts).iter().try_for_each(|text| line(text))
}

fn digests(report: &Report, line: &mut dyn FnMut(&str) -> io::Result<()>) -> io::Result<()> {
    for (name, tally) in tallies(report) {
        if tally.found + tally.missing > 0 || name != "backfill digests" {
            line(&format!(
                "{name:<17}{} found: {} valid, {} invalid, {} unverifiable; {} missing",
                tally.found, tally.valid, tally.invalid, tally.unverifiable, tally.missing
            ))?;
        }
    }
    for (number, scope) in report.scopes.iter().enumerate() {
        let (from, to) = scope.window;
        line("")?;
        line(&title(scope))?;
        line(&format!("  {} to {}, of which by digests:", time(from), time(to)))?;
        for (cover, what) in totals(report, number) {
            line(&format!("  {:<15}{what}", cover.as_str()))?;
        }
    }
    if !report.findings.is_empty() {
        line("")?;
    }
    // Findings that say the same of many objects stand together.
    let alike = |one: &Finding, next: &Finding| one.kind == next.kind && one.detail == next.detail;
    for group in report.findings.chunk_by(alike) {
        tell(group, line)?;
    }
    line("")?;
    line("What a chain of digests cannot show:")?;
    LIMITS.iter().try_for_each(|limit| line(&format!("  {limit}")))
}

/// Findings of one kind and one detail.
fn tell(group: &[Finding], line: &mut dyn FnMut(&str) -> io::Result<()>) -> io::Result<()> {
    let Some(first) = group.first() else { return Ok(()) };
    let severity = match first.severity {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
        Severity::Info => "note",
    };
    let many = if group.len() > 1 { format!(" ({} of them)", group.len()) } else { String::new() };
    line(&format!("{severity:<8}{}{many}", first.kind))?;
    line(&format!("        {}", first.detail))?;
    for finding in group {
        match (&finding.key, finding.span) {
            (Some(key), _) => line(&format!("        {key}"))?,
            (None, Some((from, to))) => line(&format!("        {} to {}", time(from), time(to)))?,
            (None, None) => {}
        }
    }
    Ok(())
}
