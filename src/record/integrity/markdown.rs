//! The report in Markdown with tables, made harmless.

use super::{tallies, time, title, totals, weights};
use crate::event::unlabel;
use crate::shown::{Glyphs, Mode, Place, show};
use crate::verify::manifest::{self, Checked};
use crate::verify::{LIMITS, Length, Report};
use std::io::{self, Write};

/// Writes the report; `case` is the name of the case that it is of, if there is one.
pub fn markdown(
    report: &Report,
    manifests: &[Checked],
    case: Option<&str>,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "# Integrity of the logs\n")?;
    if let Some(case) = case {
        writeln!(out, "Case: {}\n", cell(case))?;
    }
    writeln!(out, "**{}**: {}\n", report.verdict, weights(report))?;
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
        writeln!(out, "{} to {}:\n", time(from), time(to))?;
        for (cover, length) in totals(report, number) {
            writeln!(out, "- {cover}: {}", Length(length))?;
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
    if !manifests.is_empty() {
        writeln!(out, "\n## Manifests\n")?;
        for line in manifest::text(manifests) {
            writeln!(out, "- {}", cell(&line))?;
        }
    }
    writeln!(out, "\n## What a chain of digests cannot show\n")?;
    LIMITS.iter().try_for_each(|limit| writeln!(out, "- {limit}"))
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
