//! What one workspace holds.

use crate::case::{CheckReport, DiskUse, Workspaces, check as look};
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::cli::session::time_text;
use crate::cli::status::Status;
use crate::event::{Window, counted};

pub(super) fn run(
    workspaces: &Workspaces,
    name: &str,
    console: &mut Console,
) -> Result<Status, CliError> {
    let info = workspaces.info(name)?;
    let folder = workspaces.dir.join(name);
    let report = look(&folder)?;
    console.line(&format!("name     {}", info.name))?;
    console.line(&format!("folder   {}", folder.display()))?;
    console.line(&format!("created  {}", info.created.to_rfc3339(0)))?;
    console.line(&format!("disk     {}", super::parts(&DiskUse::of(&folder))))?;
    console.line(&format!("zone     {}", info.settings.zone.as_deref().unwrap_or("UTC")))?;
    if info.settings.versions {
        console.line("reads    former versions too")?;
    }
    if let Some(edges) = fetched(info.settings.window()) {
        console.line(&format!("fetched  what happened {edges}"))?;
    }
    let (windows, zones) = (info.settings.windows(), info.settings.zones());
    for source in &info.sources {
        console.line(&format!("source   {source}"))?;
        if let Some(window) = windows.get(source) {
            let edges = fetched(*window).unwrap_or_else(|| "at any time".to_owned());
            console.line(&format!("  fetched  what happened {edges}"))?;
        }
        if let Some(zone) = zones.get(source) {
            console.line(&format!("  zone     {zone}"))?;
        }
    }
    entries(&report, console)?;
    findings(&report, console)
}

/// The edges of a window, for people, if it has any.
fn fetched(window: Window) -> Option<String> {
    let edges = [("from", window.from), ("before", window.to)];
    let edges =
        edges.iter().filter_map(|(word, at)| Some(format!("{word} {}", time_text(at.as_ref()?.0))));
    let edges: Vec<String> = edges.collect();
    (!edges.is_empty()).then(|| edges.join(" and "))
}

pub(super) fn entries(report: &CheckReport, console: &mut Console) -> Result<(), CliError> {
    if let Some(hold) = &report.hold {
        let (at, who) = (hold.at.to_rfc3339(0), &hold.who);
        console.line(&format!("hold     since {at}, by {who}: {}", hold.reason))?;
    }
    console.line(&format!("entries  {}", report.entries))?;
    for (kind, count) in &report.kinds {
        console.line(&format!("  {kind:<16} {count}"))?;
    }
    if !report.head.is_empty() {
        console.line(&format!("head     {}", report.head))?;
    }
    for (file, entries, head) in &report.chains {
        let entries = counted(*entries as u64, "entry", "entries");
        console.line(&format!("chain    {file}  {entries}  head {head}"))?;
    }
    for conflict in &report.conflicts {
        console.line(&format!("conflict {}", conflict.about))?;
        for version in &conflict.versions {
            console.line(&format!("  {}", version.words()))?;
        }
    }
    Ok(())
}

pub(super) fn findings(report: &CheckReport, console: &mut Console) -> Result<Status, CliError> {
    for finding in &report.findings {
        console.line(&format!("{}: {finding}", finding.kind))?;
    }
    Ok(if report.is_sound() { Status::Done } else { Status::Wrong })
}
