//! The report in Markdown with tables, made harmless.

use super::{About, facts, tallies, time, title, totals};
use crate::event::unlabel;
use crate::shown::{Glyphs, Mode, Place, show};
use crate::verify::manifest;
use crate::verify::{LIMITS, Report};
use std::io::{self, Write};

/// Writes the report.
pub fn markdown(report: &Report, about: &About, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# Integrity of the logs\n")?;
    writeln!(out, "**{}**\n", cell(&about.headline(report)))?;
    for (name, value) in about.head(report) {
        writeln!(out, "- {name}: {}", cell(&value))?;
    }
    if !report.is_empty() {
        digests(report, out)?;
    }
    if !about.manifests.is_empty() {
        writeln!(out, "\n## Manifests\n")?;
        for line in manifest::text(&about.manifests) {
            writeln!(out, "- {}", cell(&line))?;
        }
    }
    if !about.facts.is_empty() {
        writeln!(out, "\n## What the sources say of themselves\n")?;
        for line in facts::lines(&about.facts) {
            let indent = if line.starts_with(' ') { "  " } else { "" };
            writeln!(out, "{indent}- {}", cell(line.trim_start()))?;
        }
    }
    if report.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## What a chain of digests cannot show\n")?;
    LIMITS.iter().try_for_each(|limit| writeln!(out, "- {limit}"))
}

fn digests(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n## Digests and log files\n")?;
    writeln!(out, "| | found | valid | invalid | unverifiable | missing |")?;
    writeln!(out, "|---|---:|---:|---:|---:|---:|")?;
    for (name, tally) in tallies(report) {
        writeln!(
            out,
            "| {name} | {} | {} | {} | {} | {} |",
            tally.found, tally.valid, tally.invalid, tally.unverifiable, tally.missing
        )?;
    }
    writeln!(out, "\n## Time")?;
    for (number, scope) in report.scopes.iter().enumerate() {
        let (from, to) = scope.window;
        writeln!(out, "\n### {}\n", cell(&title(scope)))?;
        writeln!(out, "{} to {}, of which by digests:\n", time(from), time(to))?;
        for (cover, what) in totals(report, number) {
            writeln!(out, "- {}: {what}", cell(cover.as_str()))?;
        }
    }
    if !report.findings.is_empty() {
        writeln!(out, "\n## Findings\n")?;
        writeln!(out, "| severity | kind | object or time | what it is |")?;
        writeln!(out, "|---|---|---|---|")?;
    }
    for finding in &report.findings {
        let about = match (&finding.key, finding.span) {
            (Some(key), _) => cell(key),
            (None, Some((from, to))) => format!("{} to {}", time(from), time(to)),
            (None, None) => String::new(),
        };
        let (severity, kind) = (finding.severity, finding.kind);
        writeln!(out, "| {severity} | {kind} | {about} | {} |", cell(&finding.detail))?;
    }
    Ok(())
}

/// Text for a cell or a heading: nothing in it is markup.
pub(super) fn cell(text: &str) -> String {
    let mode = Mode { place: Place::Table, glyphs: Glyphs::Unicode };
    let shown = show(&*unlabel(text), mode).into_owned();
    let mut safe = String::with_capacity(shown.as_str().len());
    for c in shown.as_str().chars() {
        match c {
            '<' => safe.push_str("&lt;"),
            '&' => safe.push_str("&amp;"),
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '#' | '~' | '!' | '$' => {
                safe.push('\\');
                safe.push(c);
            }
            c => safe.push(c),
        }
    }
    // No address becomes a link by itself.
    safe.replace("://", ":\u{200b}//").replace('@', "&#64;")
}
