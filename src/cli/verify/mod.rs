//! `trailcase verify`: what is proven about the evidence.

mod rows;

pub(super) use rows::of_session;

use super::args::{Common, ReportFormat, Trust, Verify as Args};
use super::console::Console;
use super::error::CliError;
use super::status::Status;
use super::{home, session};
use crate::event::{Cancel, Timestamp, counted};
use crate::job::examine::{Counted, Examined, Matter, examine};
use crate::job::hashing::Far;
use crate::job::integrity::read_file;
use crate::job::manifests::{How, check};
use crate::query::{Now, ast::Op, window};
use crate::record::integrity::{self, About};
use crate::shown::{Mode, Place, show};
use crate::source::{Means, Once, Source, is_elsewhere, typed};
use crate::verify::manifest::Checked;
use crate::verify::{Keys, KeysError, Question, Report, Verdict, judge};
use std::io;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Time between two lines of progress.
const EVERY: Duration = Duration::from_millis(500);

/// What to do without keys.
pub(super) const NO_KEYS: &str = "no public keys were named, so that no signature could be checked; \
     save them with `aws cloudtrail list-public-keys --region REGION --start-time T --end-time T` \
     and name the file with --public-keys";

pub(super) fn run(common: &Common, args: &Args, console: &mut Console) -> Result<Status, CliError> {
    let mut keys = Keys::default();
    read_keys(&args.trust.public_keys, &mut keys, console)?;
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
    home::who(&named, &means, console);
    let (examined, manifests) = read(&sources, &metadata, threads(common), console);
    let (examined, manifests) = (examined?, manifests?);
    for (path, reason) in &examined.unread {
        console.tell(&format!("{path}: {reason}"));
    }
    let is_whole = examined.unread.is_empty();
    let objects = &examined.objects;
    let question = Question { objects, keys: &keys, since, until };
    let report = judge(&question);
    let about = About {
        case: None,
        sources: sources.iter().map(|source| source.name().to_owned()).collect(),
        since,
        until,
        at: Timestamp::now(),
        manifests: manifests.into(),
    };
    print(&report, &about, args.format, console)?;
    if keys.is_empty() && !report.digests.is_empty() {
        console.tell(NO_KEYS);
    }
    Ok(match about.verdict(&report) {
        _ if objects.is_empty() && !is_whole => Status::Nothing,
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

/// Reads what digests are about, and meanwhile looks for manifests, such as SHA256SUMS, and compares
/// the files with them.
fn read(
    sources: &[Arc<dyn Source>],
    metadata: &[Arc<dyn Source>],
    threads: usize,
    console: &Console,
) -> (Result<Examined, CliError>, Result<Vec<Checked>, CliError>) {
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
        let examined = watched(sources, metadata, threads, console);
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
        (examined, manifests.join().unwrap_or_else(panicked).map_err(CliError::Threads))
    })
}

/// Reading threads: as many as were asked for, or as there are processors.
pub(super) fn threads(common: &Common) -> usize {
    let processors = || std::thread::available_parallelism().map_or(1, usize::from);
    common.jobs.map_or_else(processors, usize::from)
}

/// Reads files of public keys. One that cannot be read is a mistake: whoever names it wants it.
pub(super) fn read_keys(
    files: &[std::path::PathBuf],
    all: &mut Keys,
    console: &Console,
) -> Result<(), CliError> {
    for file in files {
        let name = file.display();
        let bytes = read_file(file)
            .map_err(|error| CliError::usage(format!("--public-keys {name}: {error}")))?;
        match all.read(&bytes) {
            Ok(left) => left.iter().for_each(|why| console.tell(&format!("{name}: {why}"))),
            // That is what it prints of a time in which nothing was signed.
            Err(error @ KeysError::Empty) => {
                console.tell(&format!("--public-keys {name}: {error}"));
            }
            Err(error) => {
                return Err(CliError::usage(format!(
                    "--public-keys {name}: {error}; save the keys with `aws cloudtrail \
                     list-public-keys`"
                )));
            }
        }
    }
    Ok(())
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

/// Reads, with a line of progress if somebody sees it.
pub(super) fn watched(
    sources: &[Arc<dyn Source>],
    metadata: &[Arc<dyn Source>],
    threads: usize,
    console: &Console,
) -> Result<Examined, CliError> {
    let (so_far, cancel) = (Counted::default(), Cancel::default());
    let matter = Matter { sources, metadata, may_hold: &|_| true, threads };
    if !console.is_watched() {
        return examine(&matter, &Examined::default(), &so_far, &cancel).map_err(CliError::Threads);
    }
    std::thread::scope(|scope| {
        let (done, over) = crossbeam_channel::bounded::<()>(0);
        let (so_far, matter) = (&so_far, &matter);
        let work = scope.spawn(move || {
            let found = examine(matter, &Examined::default(), so_far, &cancel);
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
