//! The report in Markdown with tables, made harmless.

use super::{tallies, time, title, totals, weights};
use crate::event::unlabel;
use crate::shown::{Glyphs, Mode, Place, show};
use crate::verify::manifest::{self, Checked};
use crate::verify::{LIMITS, Length, Report};

/// The report as one text.
pub fn markdown(report: &Report, manifests: &[Checked]) -> String {
    let mut lines = vec![
        "# Integrity of the logs".to_owned(),
        String::new(),
        format!("**{}**: {}", report.verdict, weights(report)),
        String::new(),
        "| | found | valid | invalid | unverifiable | missing |".to_owned(),
        "|---|---:|---:|---:|---:|---:|".to_owned(),
    ];
    for (name, tally) in tallies(report) {
        lines.push(format!(
            "| {name} | {} | {} | {} | {} | {} |",
            tally.found, tally.valid, tally.invalid, tally.unverifiable, tally.missing
        ));
    }
    lines.extend([String::new(), "## Time".to_owned()]);
    for (number, scope) in report.scopes.iter().enumerate() {
        let (from, to) = scope.window;
        lines.extend([String::new(), format!("### {}", cell(&title(scope))), String::new()]);
        lines.push(format!("{} to {}:", time(from), time(to)));
        lines.push(String::new());
        let covers = totals(report, number).into_iter();
        lines.extend(covers.map(|(cover, length)| format!("- {cover}: {}", Length(length))));
    }
    if !report.findings.is_empty() {
        lines.extend([
            String::new(),
            "## Findings".to_owned(),
            String::new(),
            "| severity | kind | object or time | what it is |".to_owned(),
            "|---|---|---|---|".to_owned(),
        ]);
        lines.extend(report.findings.iter().map(|finding| {
            let about = match (&finding.key, finding.span) {
                (Some(key), _) => cell(key),
                (None, Some((from, to))) => format!("{} to {}", time(from), time(to)),
                (None, None) => String::new(),
            };
            let (severity, kind) = (finding.severity, finding.kind);
            format!("| {severity} | {kind} | {about} | {} |", cell(&finding.detail))
        }));
    }
    if !manifests.is_empty() {
        lines.extend([String::new(), "## Manifests".to_owned(), String::new()]);
        lines.extend(manifest::text(manifests).iter().map(|line| format!("- {}", cell(line))));
    }
    lines.extend([
        String::new(),
        "## What a chain of digests cannot show".to_owned(),
        String::new(),
    ]);
    lines.extend(LIMITS.iter().map(|limit| format!("- {limit}")));
    lines.push(String::new());
    lines.join("\n")
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
