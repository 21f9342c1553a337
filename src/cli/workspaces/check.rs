//! Whether a workspace is whole: its journal, colleagues' chains, its files, copies of what cannot
//! be read again, and, if asked, the evidence itself.

use super::evidence;
use super::show::{entries, findings};
use crate::case::{
    CaseError, CheckReport, FindingKind, HEAD_DIGITS, Info, Workspaces, check as look,
};
use crate::cli::args::{Check, Common};
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::cli::session::size;
use crate::cli::status::Status;
use crate::job::spool::{self, Checked, Standing};
use std::path::Path;

/// Digits of a SHA-256.
const DIGITS: usize = 64;

pub(super) fn run(
    common: &Common,
    workspaces: &Workspaces,
    args: &Check,
    console: &mut Console,
) -> Result<Status, CliError> {
    let name = &args.name;
    for head in &args.head {
        is_head(head)?;
    }
    // A damaged description is a finding; that there is no such workspace is not.
    if let Err(error @ (CaseError::NoWorkspace { .. } | CaseError::Name(_))) = workspaces.info(name)
    {
        return Err(error.into());
    }
    let mut report = look(&workspaces.dir.join(name))?;
    entries(&report, console)?;
    heads(&args.head, &mut report, console)?;
    for broken in report.breaks() {
        let (file, line) = (&broken.file, broken.line.unwrap_or_default());
        console.line(&match line {
            0 | 1 => format!("broken   {file}, from its first line on"),
            line => {
                format!("broken   {file} line {line}; what stands before it is as it was written")
            }
        })?;
    }
    copies(&workspaces.cache(name)?, &mut report, console)?;
    let missing = is_pipe_missing(workspaces, name)?;
    if missing {
        console.line("copy     none of - : what came through the pipe is not here")?;
    }
    let sources = workspaces.info(name).map(|info| info.sources).unwrap_or_default();
    let standing = evidence::check(common, workspaces, args, &sources, &report, console)?;
    console.line(match (report.is_sound(), standing) {
        (false, _) => "DAMAGED",
        (true, Status::Wrong) => "sound, but the EVIDENCE is not what was acquired",
        (true, Status::Partial) => "sound, but not all EVIDENCE could be compared",
        (true, _) => "sound",
    })?;
    let status = findings(&report, console)?.max(standing);
    // What is there may be sound.
    Ok(if missing { status.max(Status::Partial) } else { status })
}

fn is_head(digits: &str) -> Result<(), CliError> {
    let is_hash = (HEAD_DIGITS..=DIGITS).contains(&digits.len())
        && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    if is_hash {
        return Ok(());
    }
    let text = format!(
        "--head {digits:?}: give the {DIGITS} hexadecimal digits that stood behind `head`, or the \
         first {HEAD_DIGITS} or more of them"
    );
    Err(CliError::usage(text))
}

/// Looks for hashes that were written down.
fn heads(
    heads: &[String],
    report: &mut CheckReport,
    console: &mut Console,
) -> Result<(), CliError> {
    for head in heads {
        if let Some(anchor) = report.anchor(head) {
            let (file, seq, later) = (anchor.file, anchor.seq, anchor.later);
            let so_far = if seq == 0 {
                format!("the beginning of {file}")
            } else {
                format!("entry {seq} of {file}, and {later} came after it")
            };
            console.line(&format!("anchor   {} is {so_far}", anchor.hash))?;
        } else {
            let text = format!(
                "{head} is the hash of no entry: entries were cut off the end since it was \
                 written down, or the journal was written anew; compare with a copy of the \
                 workspace"
            );
            report.add(FindingKind::Head, text);
        }
    }
    Ok(())
}

/// Whether the case is read from a pipe of which there is no copy.
fn is_pipe_missing(workspaces: &Workspaces, name: &str) -> Result<bool, CliError> {
    let has_pipe = |info: Info| info.sources.iter().any(|source| source == "-");
    let copy = spool::kept(&workspaces.cache(name)?);
    Ok(copy.is_none() && workspaces.info(name).is_ok_and(has_pipe))
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
