//! A workspace as one file: written, taken in; and its end.

use crate::case::{By, CaseError, Exported, Extent, Imported, Object, Target, Workspaces};
use crate::cli::args::{Common, Export, Import};
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::cli::home;
use crate::cli::screen::author;
use crate::cli::session::{self, size};
use crate::cli::status::Status;
use crate::event::counted;
use crate::event::{Cancel, State, Timestamp};
use crate::source::{Input, Item, Listed, Means, Source};
use std::cell::Cell;
use std::io::{BufRead, IsTerminal, Read};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Time between two lines of progress.
const EVERY: Duration = Duration::from_millis(250);

/// An object's path, and why it is not read.
type Left = (String, String);

/// An object of a source, or why it is left out.
type Found = (Arc<dyn Source>, Result<Item, Left>);

pub(super) fn export(
    common: &Common,
    workspaces: &Workspaces,
    args: &Export,
    console: &mut Console,
) -> Result<Status, CliError> {
    let sources = workspaces.info(&args.name)?.sources;
    let settings = workspaces.info(&args.name)?.settings;
    let means = home::means_of(common, workspaces.evidence(&args.name)?, &settings);
    let extent = match (args.evidence, args.manifest) {
        (true, _) => Extent::Evidence,
        (_, true) => Extent::Manifest,
        _ => Extent::Journal,
    };
    let (found, missing) = listed(&sources, &means)?;
    for (path, why) in &missing {
        console.tell(&format!("{path}: {why}"));
    }
    let shown = Cell::new(None::<Instant>);
    let watch = |path: &str| {
        let due = shown.get().is_none_or(|last| last.elapsed() >= EVERY);
        if due && console.is_watched() && extent == Extent::Evidence {
            console.progress(path);
            shown.set(Some(Instant::now()));
        }
    };
    let mut objects = found.into_iter().map(|(source, item)| object(source, item, &watch));
    let exported = workspaces.export(&args.name, args.output.as_deref(), extent, &mut objects);
    if shown.get().is_some() {
        console.progress("");
    }
    let status = told(&exported?, console)?;
    Ok(if missing.is_empty() { status } else { status.max(Status::Partial) })
}

/// What lies in the sources, and what of them could not be listed.
fn listed(sources: &[String], means: &Means) -> Result<(Vec<Found>, Vec<Left>), CliError> {
    let (mut all, mut missing) = (Vec::new(), Vec::new());
    // What came through a pipe is in the cache.
    for source in sources.iter().filter(|source| *source != "-") {
        let source = session::open(source, means)?;
        source.list(&Cancel::new(), &mut |listed| {
            let item = match listed {
                Listed::Item(item) => Ok(item),
                Listed::Left { path, state, reason, .. } => {
                    if state == State::Failed {
                        missing.push((path.clone(), reason.to_string()));
                    }
                    Err((path, reason.to_string()))
                }
            };
            all.push((Arc::clone(&source), item));
            ControlFlow::Continue(())
        });
    }
    Ok((all, missing))
}

fn object(source: Arc<dyn Source>, item: Result<Item, Left>, watch: &dyn Fn(&str)) -> Object<'_> {
    let item = match item {
        Ok(item) => item,
        Err((path, why)) => {
            let open = Box::new(|| Err("is left out".to_owned()));
            return Object { path, bytes: None, modified: None, left: Some(why), open };
        }
    };
    let (path, bytes, modified) = (item.path.to_string(), item.bytes, item.modified);
    let open = Box::new(move || {
        watch(&item.path);
        match source.reopen(&item) {
            Ok(Input::File(file)) => Ok(Box::new(file) as Box<dyn Read>),
            Ok(Input::Stream(_)) => Err("can be read only once".to_owned()),
            Err(reason) => Err(reason.to_string()),
        }
    });
    Object { path, bytes, modified, left: None, open }
}

/// Says what was exported, and how it ended.
fn told(exported: &Exported, console: &mut Console) -> Result<Status, CliError> {
    let Exported { path, bytes, sha256, entries, head, objects, .. } = exported;
    console.line(&format!("file     {}  {}", path.display(), size(*bytes)))?;
    console.line(&format!("sha256   {sha256}"))?;
    console.line(&format!("entries  {entries}"))?;
    console.line(&format!("head     {head}"))?;
    console.line(&format!("evidence {} listed", counted(*objects as u64, "object", "objects")))?;
    for finding in &exported.findings {
        console.line(&format!("{}: {finding}", finding.kind))?;
    }
    for (path, why) in &exported.left {
        console.tell(&format!("{path}: {why}; it is not in the file"));
    }
    for path in &exported.changed {
        console.tell(&format!("{path}: is not what it was when records of it were marked"));
    }
    let damaged = exported.findings.iter().any(|finding| finding.kind.is_damage());
    Ok(if damaged || !exported.changed.is_empty() {
        Status::Wrong
    } else if exported.left.is_empty() {
        Status::Done
    } else {
        Status::Partial
    })
}

pub(super) fn import(
    workspaces: &Workspaces,
    args: &Import,
    console: &mut Console,
) -> Result<Status, CliError> {
    let target = match (&args.name, &args.into) {
        (Some(name), _) => Target::New(name),
        (_, Some(name)) => Target::Into(name),
        _ => Target::Auto,
    };
    let author = author();
    let by = By { who: &author.who, host: &author.host, at: Timestamp::now() };
    let imported = workspaces.import(&args.file, target, by)?;
    let Imported { workspace, entries, head, chains, sources, .. } = &imported;
    console.line(&format!("name     {workspace}"))?;
    console.line(&format!("entries  {entries}"))?;
    console.line(&format!("head     {head}"))?;
    for finding in &imported.findings {
        console.line(&format!("{}: {finding}", finding.kind))?;
    }
    let damaged = imported.findings.iter().any(|finding| finding.kind.is_damage());
    console.line(if damaged { "DAMAGED" } else { "sound" })?;
    match (imported.is_new, chains) {
        (true, _) => console.tell(&format!("{workspace} is a workspace of its own")),
        (_, 0) => console.tell(&format!("{workspace} has all of it already")),
        (_, 1) => console.tell(&format!("{workspace} has a colleague's chain more")),
        (_, more) => console.tell(&format!("{workspace} has {more} colleagues' chains more")),
    }
    for sha256 in &imported.keys {
        console.tell(&if imported.is_new {
            format!(
                "public keys of SHA-256 {sha256} came with it and are believed from now on: compare \
                 them with what AWS says"
            )
        } else {
            format!("public keys of SHA-256 {sha256} came with it and are not taken over")
        });
    }
    if !imported.is_new && !sources.is_empty() {
        let sources = sources.join(" ");
        console.tell(&format!("the colleague's case has other sources too: {sources}"));
    }
    let conflicts = workspaces.open(workspace)?.state().conflicts().len();
    if conflicts > 0 {
        console.tell(&format!(
            "{conflicts} conflicts: `trailcase workspace show {workspace}` shows what each says"
        ));
    }
    Ok(if damaged { Status::Wrong } else { Status::Done })
}

pub(super) fn delete(
    workspaces: &Workspaces,
    name: &str,
    yes: bool,
    console: &Console,
) -> Result<Status, CliError> {
    if let Err(error @ (CaseError::NoWorkspace { .. } | CaseError::Name(_))) = workspaces.info(name)
    {
        return Err(error.into());
    }
    if !yes && !is_meant(name, console)? {
        console.tell(&format!("the workspace {name} stays"));
        return Ok(Status::Partial);
    }
    let used = workspaces.delete(name)?;
    console.tell(&format!("removed the workspace {name}: {}", super::parts(&used)));
    Ok(Status::Done)
}

/// Asks the person to type the name.
fn is_meant(name: &str, console: &Console) -> Result<bool, CliError> {
    if !std::io::stdin().is_terminal() {
        return Err(CliError::usage(format!(
            "deleting {name} removes its journal for good; say --yes, or do it on a terminal"
        )));
    }
    console.say(&format!(
        "This removes the notes, marks and journal of {name} for good. Type its name to go on:"
    ));
    let mut typed = String::new();
    let read = std::io::stdin().lock().take(256).read_line(&mut typed);
    Ok(read.is_ok() && typed.trim() == name)
}
