//! `trailcase verify`: what is proven about the evidence.

mod keys;
mod rows;

use keys::Named;
pub(super) use rows::{Hashes, of_session};

use super::args::{Common, ReportFormat, Trust, Verify as Args};
use super::console::Console;
use super::error::CliError;
use super::status::Status;
use super::{home, session};
use crate::event::{Cancel, Timestamp, counted};
use crate::job::examine::{Counted, Examined, Matter, examine};
use crate::job::hashing::Far;
use crate::job::history::History;
use crate::job::manifests::{How, check};
use crate::query::{Now, ast::Op, window};
use crate::record::integrity::{self, About};
use crate::shown::{Mode, Place, show};
use crate::source::{Means, Once, Source, is_elsewhere, typed};
use crate::verify::manifest::Checked;
use crate::verify::{Keys, Question, Report, Verdict, judge};
use std::io;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Time between two lines of progress.
const EVERY: Duration = Duration::from_millis(500);

pub(super) fn run(common: &Common, args: &Args, console: &mut Console) -> Result<Status, CliError> {
    let mut keys = Keys::default();
    let named_keys = Named::read(&args.trust.public_keys, &mut keys, console)?;
    let (since, until) = edges(args.window.since.as_deref(), args.window.until.as_deref())?;
    let means = home::means(common, None);
    let open = |path: &std::ffi::OsString| {
        let source = session::open(&typed(path), &means)?;
        // Digests and manifests are looked for by themselves.
        let is_asked = is_elsewhere(source.name());
        Ok::<_, CliError>(if is_asked { Arc::new(Once::new(source)) } else { source })
    };
    let sources: Vec<_> = args.sources.iter().map(open).collect::<Result<_, _>>()?;
    let metadata = metadata(&args.trust, &means)?;
    let named: Vec<String> = sources.iter().map(|source| source.name().to_owned()).collect();
    let is_asked = args.trust.is_elsewhere() || home::is_any_elsewhere(&named);
    home::who(is_asked, &means, console);
    let Read { examined, manifests, history } =
        read(&sources, &metadata, (threads(common), common.versions), console)?;
    for (path, reason) in &examined.unread {
        console.tell(&format!("{path}: {reason}"));
    }
    let is_whole = examined.unread.is_empty();
    let objects = &examined.objects;
    named_keys.fetch(objects, &means.aws, &mut keys, console);
    let question = Question { objects, past: &history.past, keys: &keys, since, until };
    let report = judge(&question);
    let about = About {
        case: None,
        sources: sources.iter().map(|source| source.name().to_owned()).collect(),
        since,
        until,
        at: Timestamp::now(),
        manifests: manifests.into(),
        facts: history.facts,
    };
    print(&report, &about, args.format, console)?;
    named_keys.tell_if_none(&keys, &report, console);
    Ok(match about.verdict(&report) {
        _ if objects.is_empty() && !is_whole && report.findings.is_empty() => Status::Nothing,
        Verdict::Invalid => Status::Wrong,
        Verdict::Valid if is_whole => Status::Done,
        Verdict::Valid | Verdict::Incomplete => Status::Partial,
    })
}

/// Opens the folders of metadata. Evidence may have come without, and then what is missing shows in
/// the verdict; so one that is not there is told like what else cannot be read.
pub(super) fn metadata(trust: &Trust, means: &Means) -> Result<Vec<Arc<dyn Source>>, CliError> {
    let open = |path: &std::path::PathBuf| session::open(&typed(path.as_os_str()), means);
    trust.metadata.iter().map(open).collect()
}

/// What was read and asked.
struct Read {
    examined: Examined,
    manifests: Vec<Checked>,
    history: History,
}

/// Reads what digests are about, and meanwhile looks for manifests, such as SHA256SUMS, compares
/// the files with them, and asks the sources what they had.
fn read(
    sources: &[Arc<dyn Source>],
    metadata: &[Arc<dyn Source>],
    (threads, versions): (usize, bool),
    console: &Console,
) -> Result<Read, CliError> {
    let far = Mutex::new(Far::default());
    std::thread::scope(|scope| {
        let (done, over) = crossbeam_channel::bounded::<()>(0);
        let far = &far;
        let manifests = scope.spawn(move || {
            let how = How { threads, known: &|_| None };
            let found = check(sources, &how, &Cancel::default(), &mut |now| {
                *far.lock().unwrap_or_else(PoisonError::into_inner) = now;
            });
            drop(done);
            found
        });
        let ask = || History::ask(sources, &Cancel::default());
        // Listing former versions tells what ended, so that it is not asked for beside that.
        let history = (!versions).then(|| scope.spawn(ask));
        let matter = Matter { sources, metadata, may_hold: &|_| true, threads };
        let examined = watched(&matter, &Examined::default(), console);
        let mut shown = false;
        while over.recv_timeout(EVERY) == Err(crossbeam_channel::RecvTimeoutError::Timeout) {
            let far = *far.lock().unwrap_or_else(PoisonError::into_inner);
            if console.is_watched() && far.of_bytes > far.bytes {
                let (read, all) = (session::size(far.bytes), session::size(far.of_bytes));
                console.progress(&format!("{read} of {all} compared with manifests"));
                shown = true;
            }
        }
        if shown {
            console.progress("");
        }
        let panicked = |_| Err(io::Error::other("comparing with manifests broke off"));
        let manifests = manifests.join().unwrap_or_else(panicked).map_err(CliError::Threads)?;
        let panicked = |_| CliError::Threads(io::Error::other("asking the sources broke off"));
        let history = history.map_or_else(|| Ok(ask()), |asked| asked.join().map_err(panicked))?;
        Ok(Read { examined: examined?, manifests, history })
    })
}

/// Reading threads: as many as were asked for, or as there are processors.
pub(super) fn threads(common: &Common) -> usize {
    let processors = || std::thread::available_parallelism().map_or(1, usize::from);
    common.jobs.map_or_else(processors, usize::from)
}

/// Both ends of a window that does not count from anything.
pub(super) fn edges(
    since: Option<&str>,
    until: Option<&str>,
) -> Result<(Option<Timestamp>, Option<Timestamp>), CliError> {
    let since = since.map(|text| edge("--since", text)).transpose()?;
    let until = until.map(|text| edge("--until", text)).transpose()?;
    if since.is_some_and(|since| until.is_some_and(|until| until < since)) {
        return Err(CliError::usage("--since is after --until, so that nothing lies between"));
    }
    Ok((since, until))
}

/// One end of the window; there is no newest event here that it could count from.
fn edge(flag: &str, text: &str) -> Result<Timestamp, CliError> {
    let op = if flag == "--since" { Op::From } else { Op::Under };
    let span = window::parse(text, op, Now::default())
        .map_err(|why| CliError::usage(format!("{flag} {text:?}: {why}")))?;
    let at = if flag == "--since" { span.from } else { span.to };
    if span == crate::query::ast::Window::NONE {
        let text = format!("{flag} {text:?}: name a day or a time, such as 2026-03-04T10:30");
        return Err(CliError::usage(text));
    }
    Ok(at)
}

/// Reads but for what was read before, with a line of progress if somebody sees it.
pub(super) fn watched(
    matter: &Matter<'_>,
    before: &Examined,
    console: &Console,
) -> Result<Examined, CliError> {
    let (so_far, cancel) = (Counted::default(), Cancel::default());
    if !console.is_watched() {
        return examine(matter, before, &so_far, &cancel).map_err(CliError::Threads);
    }
    std::thread::scope(|scope| {
        let (done, over) = crossbeam_channel::bounded::<()>(0);
        let so_far = &so_far;
        let work = scope.spawn(move || {
            let found = examine(matter, before, so_far, &cancel);
            drop(done);
            found
        });
        let mut shown = false;
        while over.recv_timeout(EVERY) == Err(crossbeam_channel::RecvTimeoutError::Timeout) {
            let (objects, bytes) =
                (so_far.objects.load(Ordering::Relaxed), so_far.bytes.load(Ordering::Relaxed));
            let objects = counted(objects, "object", "objects");
            console.progress(&format!("{objects} examined, {}", session::size(bytes)));
            shown = true;
        }
        if shown {
            console.progress("");
        }
        let panicked = || Err(io::Error::other("verification broke off"));
        work.join().unwrap_or_else(|_| panicked()).map_err(CliError::Threads)
    })
}

fn print(
    report: &Report,
    about: &About,
    format: ReportFormat,
    console: &mut Console,
) -> Result<(), CliError> {
    let glyphs = console.glyphs();
    let written = match format {
        ReportFormat::Text => integrity::text(report, about, glyphs, console.writer()),
        ReportFormat::Markdown => integrity::markdown(report, about, console.writer()),
        ReportFormat::Json => json(&integrity::json(report, about), console),
    };
    written.map_err(CliError::Output)
}

/// Exact for programs, harmless where somebody looks.
fn json(document: &integrity::Document<'_>, console: &mut Console) -> io::Result<()> {
    if console.width().is_some() {
        let mode = Mode { place: Place::Detail, glyphs: console.glyphs() };
        let text = serde_json::to_string(document)?;
        return writeln!(console.writer(), "{}", show(&text, mode).as_str());
    }
    serde_json::to_writer(&mut *console.writer(), document)?;
    writeln!(console.writer())
}
