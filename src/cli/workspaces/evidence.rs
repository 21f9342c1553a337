//! The evidence of a workspace against what it was when it was acquired.

use crate::case::{CheckReport, Workspaces, hex};
use crate::cli::args::{Check, Common};
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::cli::home;
use crate::cli::session::{self, size};
use crate::cli::status::Status;
use crate::event::Cancel;
use crate::event::{counted, noun};
use crate::job::acquired::{Acquired, Acquisition, Compared, Standing};
use crate::job::hashing::Far;
use crate::job::spool;
use std::time::{Duration, Instant};

/// Time between two lines of progress.
const EVERY: Duration = Duration::from_millis(250);

/// How many objects came out how.
#[derive(Default)]
struct Counts {
    same: u64,
    longer: u64,
    differ: u64,
    gone: u64,
    unread: u64,
}

/// Says what is known of the evidence, and reads all of it again if that is asked for. What is found
/// wrong is told at once: the reading may take hours, and the reader may have to act.
pub(super) fn check(
    common: &Common,
    workspaces: &Workspaces,
    args: &Check,
    sources: &[String],
    report: &CheckReport,
    console: &mut Console,
) -> Result<Status, CliError> {
    let acquired = Acquired::of(&workspaces.path_of(&args.name)?, &report.custody());
    let known = format!(
        "{}, {}",
        counted(acquired.len() as u64, "object", "objects"),
        size(acquired.bytes())
    );
    if !args.evidence {
        if !acquired.is_empty() {
            console.line(&format!("evidence {known}; not read again: --evidence does"))?;
        }
        return Ok(Status::Done);
    }
    let settings = workspaces.info(&args.name)?.settings;
    let means = home::means_of(common, workspaces.evidence(&args.name)?, &settings);
    let named = sources.iter().filter(|source| *source != "-");
    let opened =
        named.map(|source| session::open(source, &means)).collect::<Result<Vec<_>, _>>()?;
    let opened = spool::with_copies(opened, Some(&workspaces.cache(&args.name)?));
    let threads = common.jobs.map_or(0, usize::from);
    let (mut counts, mut broken) = (Counts::default(), Ok(()));
    let (began, mut due) = (Instant::now(), Instant::now() + EVERY);
    let cancel = Cancel::new();
    let ended = acquired.compare(&opened, threads, &cancel, &mut |compared, far| {
        if let Some(text) = compared.and_then(|compared| counts.take(&compared)) {
            wipe(console);
            if let Err(error) = console.line(&text).and_then(|()| console.flush()) {
                broken = Err(error);
                cancel.cancel();
            }
        }
        if console.is_watched() && Instant::now() >= due {
            console.progress(&progress(far, began.elapsed()));
            due = Instant::now() + EVERY;
        }
    });
    wipe(console);
    broken?;
    ended.map_err(CliError::Threads)?;
    let Counts { same, longer, differ, gone, unread } = counts;
    let told = same + longer + differ + gone + unread;
    let elsewhere = (acquired.len() as u64).saturating_sub(told);
    let some = |count: u64, text: &str| {
        if count > 0 { format!(", {count} {text}") } else { String::new() }
    };
    console.line(&format!(
        "evidence {known}: {same} as acquired{}, {differ} {}, {gone} gone, {unread} unread{}",
        some(longer, "the same and longer"),
        noun(differ, "differs", "differ"),
        some(elsewhere, "in no source of the workspace any more, or parts of what was followed, and not looked at"),
    ))?;
    Ok(match (differ, gone + unread + elsewhere) {
        (0, 0) => Status::Done,
        (0, _) => Status::Partial,
        _ => Status::Wrong,
    })
}

fn wipe(console: &Console) {
    if console.is_watched() {
        console.progress("");
    }
}

fn progress(far: Far, elapsed: Duration) -> String {
    let rate = far.bytes as f64 / elapsed.as_secs_f64().max(0.001);
    let left = far.of_bytes.saturating_sub(far.bytes) as f64 / rate.max(1.0);
    format!(
        "evidence: {} of {}, {} of {}, {}/s, about {} s left",
        far.objects,
        counted(far.of_objects as u64, "object", "objects"),
        size(far.bytes),
        size(far.of_bytes),
        size(rate as u64),
        left as u64 + 1
    )
}

impl Counts {
    /// What is to be said of an object, if it is not what it was.
    fn take(&mut self, compared: &Compared) -> Option<String> {
        let Compared { path, was, standing } = compared;
        let before = was.iter().map(acquisition).collect::<Vec<_>>().join("; later read as ");
        match standing {
            Standing::Same => {
                self.same += 1;
                None
            }
            Standing::Longer(bytes) => {
                self.longer += 1;
                Some(format!("longer: {path}: {bytes} B follow what was acquired: {before}"))
            }
            Standing::Differs(sha256, bytes) => {
                self.differ += 1;
                let now = hex(sha256);
                Some(format!("differs: {path}: now {now} ({bytes} B), as acquired {before}"))
            }
            Standing::Gone => {
                self.gone += 1;
                Some(format!("gone: {path}: as acquired {before}"))
            }
            Standing::Unread(reason) => {
                self.unread += 1;
                Some(format!("unread: {path}: {reason}; as acquired {before}"))
            }
        }
    }
}

fn acquisition(was: &Acquisition) -> String {
    let sha256 = hex(&was.sha256);
    let size = was.bytes.map(|bytes| format!("{bytes} B"));
    let entry = was.entry.map(|entry| format!("entry {entry} of the journal"));
    let about = [size, entry].into_iter().flatten().collect::<Vec<_>>().join(", ");
    format!("{sha256} ({about})")
}
