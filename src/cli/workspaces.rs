//! `trailcase workspace`: which there are, what one holds, and whether it is whole.

use super::args::{Common, Workspace as Args};
use super::console::Console;
use super::error::CliError;
use super::home;
use super::status::Status;
use crate::case::{CheckReport, Workspaces, check};

pub(super) fn run(common: &Common, args: &Args, console: &mut Console) -> Result<Status, CliError> {
    let workspaces = home::workspaces(common)?;
    match args {
        Args::List => list(&workspaces, console),
        Args::Show { name } => show(&workspaces, name, console),
        Args::Check { name } => verdict(&workspaces, name, console),
    }
}

fn list(workspaces: &Workspaces, console: &mut Console) -> Result<Status, CliError> {
    let all = workspaces.list()?;
    if all.is_empty() {
        let folder = workspaces.dir.display();
        console.tell(&format!(
            "no workspaces in {folder}; `trailcase open SOURCE -w NAME` starts one"
        ));
    }
    let width = all.iter().map(|one| one.name.len()).max().unwrap_or(0);
    let mut status = Status::Done;
    for one in all {
        let changed = one.changed.map_or_else(|| "-".to_owned(), |at| at.to_rfc3339(0));
        let entries = one.entries;
        let holder = one.holder.map(|holder| format!("  in use by {holder}")).unwrap_or_default();
        let sources = one.sources.join(" ");
        let line =
            format!("{:<width$}  {changed:<20}  {entries} entries{holder}  {sources}", one.name);
        console.line(line.trim_end())?;
        if let Some(problem) = one.problem {
            console.tell(&format!("the workspace {}: {problem}", one.name));
            status = status.max(Status::Partial);
        }
    }
    Ok(status)
}

fn show(workspaces: &Workspaces, name: &str, console: &mut Console) -> Result<Status, CliError> {
    let info = workspaces.info(name)?;
    let folder = workspaces.dir.join(name);
    let report = check(&folder)?;
    console.line(&format!("name     {}", info.name))?;
    console.line(&format!("folder   {}", folder.display()))?;
    console.line(&format!("created  {}", info.created.to_rfc3339(0)))?;
    console.line(&format!("zone     {}", info.settings.zone.as_deref().unwrap_or("UTC")))?;
    for source in &info.sources {
        console.line(&format!("source   {source}"))?;
    }
    entries(&report, console)?;
    findings(&report, console)
}

fn verdict(workspaces: &Workspaces, name: &str, console: &mut Console) -> Result<Status, CliError> {
    // A damaged description is a finding; that there is no such workspace is not.
    if let Err(
        error @ (crate::case::CaseError::NoWorkspace { .. } | crate::case::CaseError::Name(_)),
    ) = workspaces.info(name)
    {
        return Err(error.into());
    }
    let report = check(&workspaces.dir.join(name))?;
    entries(&report, console)?;
    console.line(if report.is_sound() { "sound" } else { "DAMAGED" })?;
    findings(&report, console)
}

fn entries(report: &CheckReport, console: &mut Console) -> Result<(), CliError> {
    console.line(&format!("entries  {}", report.entries))?;
    for (kind, count) in &report.kinds {
        console.line(&format!("  {kind:<16} {count}"))?;
    }
    if !report.head.is_empty() {
        console.line(&format!("head     {}", report.head))?;
    }
    Ok(())
}

fn findings(report: &CheckReport, console: &mut Console) -> Result<Status, CliError> {
    for finding in &report.findings {
        console.line(&format!("{}: {finding}", finding.kind))?;
    }
    Ok(if report.is_sound() { Status::Done } else { Status::Wrong })
}
