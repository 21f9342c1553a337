//! What is changed of a workspace without a screen: its sources, and legal holds. Each change is an
//! entry of the journal before anything else.

use crate::case::{Info, Opened, What, Workspaces};
use crate::cli::args::Common;
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::cli::screen::absolute;
use crate::cli::status::Status;
use crate::cli::{home, journal};
use crate::event::Window;
use crate::source::{self, Means};
use std::ffi::OsString;

/// Makes a workspace of sources that are there, or of none yet. Nothing of them is read.
pub(super) fn create(
    common: &Common,
    workspaces: &Workspaces,
    name: &str,
    named: &[OsString],
) -> Result<Status, CliError> {
    let mut sources: Vec<String> = Vec::new();
    for source in met(named)? {
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    home::made(workspaces, common, name, sources, Window::default())?;
    Ok(Status::Done)
}

/// Sources by their absolute paths, each of which is there.
fn met(named: &[OsString]) -> Result<Vec<String>, CliError> {
    let sources: Vec<String> = named.iter().map(|one| absolute(&source::typed(one))).collect();
    for source in &sources {
        if source == "-" {
            let text =
                "- is standard input, which only `trailcase open` reads; name a file or folder";
            return Err(CliError::usage(text));
        }
        source::open(source, &Means::default())?;
    }
    Ok(sources)
}

/// A workspace that this process may write to, and whom its changes are told.
pub(super) struct Change<'a> {
    name: &'a str,
    opened: Opened,
    console: &'a Console,
}

impl<'a> Change<'a> {
    pub(super) fn of(
        workspaces: &Workspaces,
        name: &'a str,
        console: &'a Console,
    ) -> Result<Self, CliError> {
        Ok(Self { name, opened: journal::open(workspaces, name)?, console })
    }

    pub(super) fn hold(mut self, why: &str) -> Result<Status, CliError> {
        let name = self.name;
        if let Some(hold) = self.opened.state().hold() {
            let (reason, who) = (hold.reason, hold.who);
            let text =
                format!("the workspace {name} is under legal hold already ({reason}, by {who})");
            return Err(CliError::usage(text));
        }
        self.write(What::Hold { reason: reason(why)? })?;
        let text = format!("the workspace {name} is under legal hold and cannot be deleted");
        self.console.tell(&text);
        Ok(Status::Done)
    }

    pub(super) fn release(mut self, why: &str) -> Result<Status, CliError> {
        let name = self.name;
        if self.opened.state().hold().is_none() {
            return Err(CliError::usage(format!("the workspace {name} is under no legal hold")));
        }
        self.write(What::Release { reason: reason(why)? })?;
        self.console.tell(&format!("the legal hold of the workspace {name} is ended"));
        Ok(Status::Done)
    }

    pub(super) fn add(mut self, named: &[OsString]) -> Result<Status, CliError> {
        let mut sources = self.sources();
        for source in met(named)? {
            if sources.contains(&source) {
                self.console.tell(&format!("{source} is a source of {} already", self.name));
                continue;
            }
            self.write(What::SourceAdd { source: source.clone() })?;
            sources.push(source);
        }
        self.keep(sources)
    }

    pub(super) fn remove(mut self, named: &[OsString]) -> Result<Status, CliError> {
        let mut sources = self.sources();
        let mut gone = Vec::new();
        for named in named {
            let typed = source::typed(named);
            // As it is listed, or as a path from here.
            let is_it = |source: &&String| **source == typed || **source == absolute(&typed);
            let Some(source) = sources.iter().find(is_it) else {
                let text = format!(
                    "{typed} is no source of {}; these are: {}",
                    self.name,
                    if sources.is_empty() { "none".to_owned() } else { sources.join(" ") }
                );
                return Err(CliError::usage(text));
            };
            if !gone.contains(source) {
                gone.push(source.clone());
            }
        }
        for source in gone {
            self.write(What::SourceRemove { source: source.clone() })?;
            sources.retain(|other| *other != source);
        }
        if sources.is_empty() {
            self.console.tell(&format!("the workspace {} has no sources now", self.name));
        }
        self.keep(sources)
    }

    fn sources(&self) -> Vec<String> {
        self.opened.workspace.info().sources.clone()
    }

    /// Writes an entry; returns when it is on the disk.
    fn write(&mut self, what: What) -> Result<(), CliError> {
        journal::write(&mut self.opened, what)
    }

    /// Changes what the next session loads.
    fn keep(mut self, sources: Vec<String>) -> Result<Status, CliError> {
        let Info { sources: before, mut settings, .. } = self.opened.workspace.info().clone();
        for gone in before.iter().filter(|source| !sources.contains(source)) {
            settings.forget(gone);
        }
        self.opened.workspace.set_info(sources, settings)?;
        Ok(Status::Done)
    }
}

fn reason(why: &str) -> Result<String, CliError> {
    match why.trim() {
        "" => Err(CliError::usage("say why with --reason TEXT")),
        reason => Ok(reason.to_owned()),
    }
}
