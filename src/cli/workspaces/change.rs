//! What is changed of a workspace without a screen: its sources, and legal holds. Each change is an
//! entry of the journal before anything else.

use crate::case::{Action, CaseError, Mode, Opened, What, Workspaces};
use crate::cli::args::{Reasoned, Sources};
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::cli::screen::{absolute, author};
use crate::cli::status::Status;
use crate::event::Timestamp;
use crate::job::Author;
use crate::source;

pub(super) fn hold(
    workspaces: &Workspaces,
    args: &Reasoned,
    console: &Console,
) -> Result<Status, CliError> {
    let mut opened = writable(workspaces, &args.name)?;
    if let Some(hold) = opened.state().hold() {
        let (name, reason, who) = (&args.name, hold.reason, hold.who);
        let text = format!("the workspace {name} is under legal hold already ({reason}, by {who})");
        return Err(CliError::usage(text));
    }
    write(&mut opened, What::Hold { reason: reason(args)? })?;
    console.tell(&format!("the workspace {} is under legal hold and cannot be deleted", args.name));
    Ok(Status::Done)
}

pub(super) fn release(
    workspaces: &Workspaces,
    args: &Reasoned,
    console: &Console,
) -> Result<Status, CliError> {
    let mut opened = writable(workspaces, &args.name)?;
    if opened.state().hold().is_none() {
        let text = format!("the workspace {} is under no legal hold", args.name);
        return Err(CliError::usage(text));
    }
    write(&mut opened, What::Release { reason: reason(args)? })?;
    console.tell(&format!("the legal hold of the workspace {} is ended", args.name));
    Ok(Status::Done)
}

fn reason(args: &Reasoned) -> Result<String, CliError> {
    match args.reason.trim() {
        "" => Err(CliError::usage("say why with --reason TEXT")),
        reason => Ok(reason.to_owned()),
    }
}

pub(super) fn add(
    workspaces: &Workspaces,
    args: &Sources,
    console: &Console,
) -> Result<Status, CliError> {
    let mut opened = writable(workspaces, &args.name)?;
    let mut sources = opened.workspace.info().sources.clone();
    let named: Vec<String> = args.sources.iter().map(|one| absolute(&source::typed(one))).collect();
    for source in &named {
        if source == "-" {
            let text =
                "- is standard input, which only `trailcase open` reads; name a file or folder";
            return Err(CliError::usage(text));
        }
        source::open(source)?;
    }
    for source in named {
        if sources.contains(&source) {
            console.tell(&format!("{source} is a source of {} already", args.name));
            continue;
        }
        write(&mut opened, What::SourceAdd { source: source.clone() })?;
        sources.push(source);
    }
    keep(&mut opened, sources)?;
    Ok(Status::Done)
}

pub(super) fn remove(
    workspaces: &Workspaces,
    args: &Sources,
    console: &Console,
) -> Result<Status, CliError> {
    let mut opened = writable(workspaces, &args.name)?;
    let mut sources = opened.workspace.info().sources.clone();
    let mut gone = Vec::new();
    for named in &args.sources {
        let typed = source::typed(named);
        // As it is listed, or as a path from here.
        let is_it = |source: &&String| **source == typed || **source == absolute(&typed);
        let Some(source) = sources.iter().find(is_it) else {
            let text = format!(
                "{typed} is no source of {}; these are: {}",
                args.name,
                if sources.is_empty() { "none".to_owned() } else { sources.join(" ") }
            );
            return Err(CliError::usage(text));
        };
        if !gone.contains(source) {
            gone.push(source.clone());
        }
    }
    for source in gone {
        write(&mut opened, What::SourceRemove { source: source.clone() })?;
        sources.retain(|other| *other != source);
    }
    if sources.is_empty() {
        console.tell(&format!("the workspace {} has no sources now", args.name));
    }
    keep(&mut opened, sources)?;
    Ok(Status::Done)
}

/// The workspace, if this process may write to it.
fn writable(workspaces: &Workspaces, name: &str) -> Result<Opened, CliError> {
    let opened = workspaces.open(name)?;
    if *opened.workspace.mode() == Mode::Writer {
        return Ok(opened);
    }
    let (name, mode) = (name.to_owned(), opened.workspace.mode().to_string());
    Err(CaseError::Busy { name, mode }.into())
}

/// Writes an entry; returns when it is on the disk.
fn write(opened: &mut Opened, what: What) -> Result<(), CliError> {
    let Author { who, host } = author();
    opened.write(&Action { at: Timestamp::now(), who, host, what })?;
    Ok(())
}

/// Changes what the next session loads.
fn keep(opened: &mut Opened, sources: Vec<String>) -> Result<(), CliError> {
    let settings = opened.workspace.info().settings.clone();
    Ok(opened.workspace.set_info(sources, settings)?)
}
