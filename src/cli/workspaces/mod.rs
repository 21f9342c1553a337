//! `trailcase workspace`: which there are, what one holds, whether it is whole; how one travels
//! and is deleted, and what belongs to it.

mod change;
mod check;
mod evidence;
mod show;
mod travel;

use super::args::{Common, Made, Reasoned, Sources, Workspace as Args};
use super::console::Console;
use super::error::CliError;
use super::home;
use super::session::size;
use super::status::Status;
use crate::case::{DiskUse, Summary, Workspaces};
use crate::event::counted;
use change::Change;

pub(super) fn run(common: &Common, args: &Args, console: &mut Console) -> Result<Status, CliError> {
    let workspaces = home::workspaces(common)?;
    match args {
        Args::List => list(&workspaces, console),
        Args::Show { name } => show::run(&workspaces, name, console),
        Args::Check(args) => check::run(common, &workspaces, args, console),
        Args::Export(export) => travel::export(common, &workspaces, export, console),
        Args::Import(import) => travel::import(&workspaces, import, console),
        Args::Delete { name, yes } => travel::delete(&workspaces, name, *yes, console),
        Args::Hold(Reasoned { name, reason }) => {
            Change::of(&workspaces, name, console)?.hold(reason)
        }
        Args::Release(Reasoned { name, reason }) => {
            Change::of(&workspaces, name, console)?.release(reason)
        }
        Args::Create(Made { name, sources }) => change::create(common, &workspaces, name, sources),
        Args::AddSource(Sources { name, sources }) => {
            Change::of(&workspaces, name, console)?.add(sources)
        }
        Args::RemoveSource(Sources { name, sources }) => {
            Change::of(&workspaces, name, console)?.remove(sources)
        }
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
        console.line(line(&one, width).trim_end())?;
        if let Some(problem) = one.problem {
            console.tell(&format!("the workspace {}: {problem}", one.name));
            status = status.max(Status::Partial);
        }
    }
    Ok(status)
}

fn line(one: &Summary, width: usize) -> String {
    let changed = one.changed.map_or_else(|| "-".to_owned(), |at| at.to_rfc3339(0));
    let (entries, disk) = (counted(one.entries, "entry", "entries"), size(one.disk.total()));
    let hold = if one.hold { "  legal hold" } else { "" };
    let holder = one.holder.as_ref();
    let holder = holder.map(|holder| format!("  in use by {holder}")).unwrap_or_default();
    let sources = one.sources.join(" ");
    format!("{:<width$}  {changed:<20}  {entries}  {disk}{hold}{holder}  {sources}", one.name)
}

/// What the disk is used for: the parts that there are, and their sum.
fn parts(disk: &DiskUse) -> String {
    let all = [
        ("journal", disk.journal),
        ("cache", disk.cache),
        ("segments", disk.segments),
        ("evidence", disk.evidence),
        ("other", disk.other),
    ];
    let parts = all.into_iter().filter(|(_, bytes)| *bytes > 0);
    let parts: Vec<String> = parts.map(|(name, bytes)| format!("{name} {}", size(bytes))).collect();
    format!("{} ({})", size(disk.total()), parts.join(", "))
}
