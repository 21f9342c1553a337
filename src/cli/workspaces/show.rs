//! What one workspace holds, and whether it is whole.

use crate::case::{CaseError, CheckReport, DiskUse, FindingKind, Workspaces, check as look};
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::cli::session::size;
use crate::cli::status::Status;
use crate::job::spool::{self, Checked, Standing};
use std::path::Path;

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
    for source in &info.sources {
        console.line(&format!("source   {source}"))?;
    }
    entries(&report, console)?;
    findings(&report, console)
}

pub(super) fn check(
    workspaces: &Workspaces,
    name: &str,
    console: &mut Console,
) -> Result<Status, CliError> {
    // A damaged description is a finding; that there is no such workspace is not.
    if let Err(error @ (CaseError::NoWorkspace { .. } | CaseError::Name(_))) = workspaces.info(name)
    {
        return Err(error.into());
    }
    let mut report = look(&workspaces.dir.join(name))?;
    entries(&report, console)?;
    copies(&workspaces.cache(name)?, &mut report, console)?;
    let missing = is_pipe_missing(workspaces, name)?;
    if missing {
        console.line("copy     none of - : what came through the pipe is not here")?;
    }
    console.line(if report.is_sound() { "sound" } else { "DAMAGED" })?;
    let status = findings(&report, console)?;
    // What is there may be sound.
    Ok(if missing && status == Status::Done { Status::Partial } else { status })
}

/// Whether the case is read from a pipe of which there is no copy.
fn is_pipe_missing(workspaces: &Workspaces, name: &str) -> Result<bool, CliError> {
    let has_pipe = |info: crate::case::Info| info.sources.iter().any(|source| source == "-");
    let copy = spool::kept(&workspaces.cache(name)?);
    Ok(copy.is_none() && workspaces.info(name).is_ok_and(has_pipe))
}

fn entries(report: &CheckReport, console: &mut Console) -> Result<(), CliError> {
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
        console.line(&format!("chain    {file}  {entries} entries  head {head}"))?;
    }
    for conflict in &report.conflicts {
        console.line(&format!("conflict {}", conflict.about))?;
        for version in &conflict.versions {
            let (at, who) = (version.at.to_rfc3339(0), &version.who);
            let whose = if version.chain == 0 { "here" } else { "in a colleague's chain" };
            console.line(&format!("  {who}, {at}, {whose}: {}", version.text))?;
        }
    }
    Ok(())
}

/// Looks over the copies of what cannot be read again: they are evidence as the journal is work.
fn copies(folder: &Path, report: &mut CheckReport, console: &mut Console) -> Result<(), CliError> {
    let turn = |name: &str| {
        if console.is_watched() {
            console.progress(name);
        }
    };
    let checked = spool::check(folder, &mut { turn });
    if console.is_watched() {
        console.progress("");
    }
    let broken = |source| CaseError::Io { path: folder.to_owned(), source };
    for Checked { name, bytes, standing } in checked.map_err(broken)? {
        console.line(&format!("copy     cache/{name}  {}  {standing}", size(bytes)))?;
        if let Standing::Damaged(why) = standing {
            let text = format!("cache/{name}: {why}: put it back from a copy of the workspace");
            report.add(FindingKind::Copy, text);
        }
    }
    Ok(())
}

fn findings(report: &CheckReport, console: &mut Console) -> Result<Status, CliError> {
    for finding in &report.findings {
        console.line(&format!("{}: {finding}", finding.kind))?;
    }
    Ok(if report.is_sound() { Status::Done } else { Status::Wrong })
}
