//! Loading: sources named on the command line or kept in a workspace, read to their end.

use super::args::Common;
use super::console::Console;
use super::error::CliError;
use super::home;
use super::memory;
use crate::case::Settings;
use crate::event::{Cancel, Reason, ReasonKind, State, Timestamp};
use crate::event::{Window, noun};
use crate::job::lookup::newest_event;
use crate::job::shelf::Place;
use crate::job::{Evidence, Load, Notify, Options, Standings, Zones, spool};
use crate::query::window;
use crate::query::{Now, ast::Op, ast::Window as Span};
use crate::source::{self, Input, Item, Limits, Listed, Means, Source, SourceError};
use crate::store::Store;
use crate::verify::Report;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A load shorter than this shows no progress.
const PATIENCE: Duration = Duration::from_secs(1);

/// Time between two lines of progress.
const EVERY: Duration = Duration::from_millis(250);

/// Where events come from, and how they are read.
#[derive(Debug, Clone, Default)]
pub(super) struct Origin {
    pub(super) sources: Vec<String>,
    /// The arguments that name them, for a command that does the same again.
    pub(super) named: Vec<String>,
    pub(super) zones: Zones,
    pub(super) window: Window,
    pub(super) means: Means,
    /// The workspace's folder for copies: its standard input is that of an earlier session.
    cache: Option<PathBuf>,
    /// The workspace's folder for events as they were read.
    segments: Option<PathBuf>,
    /// What the workspace has fetched, unless something else is asked for.
    kept: Window,
    /// The texts of `--since` and `--until`.
    edges: [Option<String>; 2],
    /// The one of them that counts from the newest event, as long as that is not known.
    relative: Option<&'static str>,
}

impl Origin {
    /// `window` are the texts of `--since` and `--until`.
    pub(super) fn new(
        common: &Common,
        sources: Vec<String>,
        workspace: Option<&str>,
        (since, until): (Option<&str>, Option<&str>),
    ) -> Result<Self, CliError> {
        let means = home::means(common, None);
        let mut origin = Self { named: sources.clone(), sources, means, ..Self::default() };
        let mut settings = Settings::default();
        if let Some(name) = workspace {
            let workspaces = home::workspaces(common)?;
            let info = workspaces.info(name)?;
            origin.cache = Some(workspaces.cache(name)?);
            origin.means = home::means_of(common, workspaces.evidence(name)?, &info.settings);
            origin.segments = Some(workspaces.segments(name)?);
            if info.sources.is_empty() {
                let text = format!("the workspace {name} has no sources; name them as arguments");
                return Err(CliError::usage(text));
            }
            origin.sources = info.sources;
            origin.named = vec!["-w".to_owned(), name.to_owned()];
            origin.kept = info.settings.window();
            settings = info.settings;
        }
        origin.zones = home::zones(common, &settings)?;
        origin.edges = [since, until].map(|text| text.map(str::to_owned));
        origin.resolve(Now::default())?;
        let once = origin.sources.iter().find(|source| origin.can_be_read_once(source));
        if let (Some(flag), Some(source)) = (origin.relative, once) {
            let text = format!(
                "{flag} counts from the newest event, which is known when all is read, and \
                 {source} can be read only once; name the day, such as 2026-03-04T10:30"
            );
            return Err(CliError::usage(text));
        }
        for (flag, text) in [("--since", since), ("--until", until)] {
            origin.named.extend(text.map(|text| format!("{flag}={text}")));
        }
        Ok(origin)
    }

    /// Whether this is standard input or a pipe.
    fn can_be_read_once(&self, source: &str) -> bool {
        if source == "-" {
            return self.cache.is_none();
        }
        let about = std::fs::metadata(source::path_of(source));
        about.is_ok_and(|about| !about.is_file() && !about.is_dir())
    }

    pub(super) fn open(&self, source: &str) -> Result<Arc<dyn Source>, CliError> {
        match &self.cache {
            Some(folder) if source == "-" => Ok(earlier(source, folder)),
            _ => open(source, &self.means),
        }
    }

    /// Whether a pipe was not read to its end in the session that read it.
    pub(super) fn is_cut_off(&self) -> bool {
        let folder = self.cache.as_ref().filter(|_| self.sources.iter().any(|one| one == "-"));
        folder.and_then(|folder| spool::kept(folder)).is_some_and(|kept| !kept.whole)
    }

    /// Sets the window. It stays open if an edge counts from the newest event and there is none.
    fn resolve(&mut self, now: Now) -> Result<(), CliError> {
        let [since, until] = &self.edges;
        let span = |flag, text: &Option<String>, op| {
            text.as_deref().map(|text| edge(flag, text, op, now)).transpose()
        };
        let from = span("--since", since, Op::From)?;
        let to = span("--until", until, Op::Under)?;
        let ends = [("--since", from), ("--until", to)];
        let relative = ends.into_iter().find(|(_, span)| *span == Some(Span::NONE));
        self.relative = relative.map(|(flag, _)| flag);
        self.window = match self.relative {
            Some(_) => Window::default(),
            None => Window { from: from.map(|span| span.from), to: to.map(|span| span.to) },
        };
        if self.window.is_open() {
            self.means.window = self.kept;
        } else {
            self.means = self.means.clone().within(self.window);
        }
        Ok(())
    }
}

/// One end of the time that is loaded, or nothing if it needs the newest event.
fn edge(flag: &str, text: &str, op: Op, now: Now) -> Result<Span, CliError> {
    window::parse(text, op, now).map_err(|why| CliError::usage(format!("{flag} {text:?}: {why}")))
}

/// Everything that the sources held.
pub(super) struct Session {
    pub(super) store: Arc<Store>,
    pub(super) evidence: Arc<Evidence>,
    /// What is proven of objects, if that was asked for.
    pub(super) standings: Arc<Standings>,
    /// The report that they are from.
    pub(super) report: Option<Arc<Report>>,
    /// What happened outside of it was left out.
    pub(super) window: Window,
}

impl Session {
    /// Reads the sources to their end. One that is not there is an object that failed.
    ///
    /// A window that counts from the newest event takes a first reading to find that.
    pub(super) fn load(
        common: &Common,
        origin: &mut Origin,
        console: &Console,
    ) -> Result<Self, CliError> {
        home::who(home::is_any_elsewhere(&origin.sources), &origin.means, console);
        if origin.relative.is_some() {
            let whole = Self::read(common, origin, console)?;
            origin.resolve(Now { newest: newest_event(&whole.store.snapshot()) })?;
        }
        Self::read(common, origin, console)
    }

    fn read(common: &Common, origin: &Origin, console: &Console) -> Result<Self, CliError> {
        if origin.sources.is_empty() {
            return Err(SourceError::Empty.into());
        }
        let sources = origin.sources.iter().map(|argument| origin.open(argument));
        let sources = sources.collect::<Result<Vec<_>, _>>()?;
        let sources = spool::with_copies(sources, origin.cache.as_deref());
        let store = Arc::new(Store::new());
        let evidence = Arc::new(Evidence::new(Arc::clone(&store), Limits::default()));
        let options = Options {
            threads: common.jobs.map_or(0, usize::from),
            memory: memory::for_events(common.memory),
            window: origin.window,
            zones: origin.zones.clone(),
            spool: None,
            means: origin.means.clone(),
            shelf: origin.segments.clone().map(|folder| Place { folder, writable: false }),
            // The same evidence gives the same rows, however slowly it comes.
            watched: false,
        };
        let (sender, notices) = crossbeam_channel::bounded(1);
        let notify = Notify::new(move |_| {
            // A full channel wakes the reader all the same.
            let _ = sender.try_send(());
        });
        let load = Load::start(sources, Arc::clone(&store), Arc::clone(&evidence), options, notify)
            .map_err(CliError::Threads)?;
        let mut due = Instant::now() + PATIENCE;
        let mut shown = false;
        while !load.progress().is_over() {
            let _ = notices.recv_timeout(EVERY);
            if console.is_watched() && Instant::now() >= due {
                console.progress(&progress(&load));
                due = Instant::now() + EVERY;
                shown = true;
            }
        }
        for difference in load.differences() {
            console.tell(&difference);
        }
        load.wait();
        if shown {
            console.progress("");
        }
        let window = origin.window;
        Ok(Self { store, evidence, standings: Arc::default(), report: None, window })
    }
}

fn progress(load: &Load) -> String {
    let report = load.progress().report(Instant::now());
    let left = report.left.map(|left| format!(", about {} s left", left.as_secs().max(1)));
    let mut line = format!(
        "{} of {}{} {}, {} read, {}/s{}",
        report.done_objects,
        report.listed_objects,
        if report.listing { "+" } else { "" },
        noun(report.listed_objects, "object", "objects"),
        size(report.inflated),
        size(report.rate as u64),
        left.unwrap_or_default()
    );
    let transfer = report.transfer;
    if transfer.waiting + transfer.coming > 0 {
        let (came, coming) = (size(transfer.bytes), transfer.coming);
        line = format!("{line}; {came} fetched, {coming} on the way");
    }
    // A longer line would be broken in two, and not be wiped.
    transfer.held.map_or(line, |held| held.to_string())
}

/// Bytes for people, in decimal units.
pub(super) fn size(bytes: u64) -> String {
    let units = [("GB", 1e9), ("MB", 1e6), ("kB", 1e3)];
    let bytes_exact = bytes as f64;
    match units.iter().find(|(_, unit)| bytes_exact >= *unit) {
        Some((name, unit)) => format!("{:.1} {name}", bytes_exact / unit),
        None => format!("{bytes} B"),
    }
}

/// The instant in the fewest digits that state it.
pub(super) fn time_text(nanos: i64) -> String {
    let digits = [0, 3, 6].into_iter().find(|&digits| nanos % 10i64.pow(9 - digits) == 0);
    Timestamp(nanos).to_rfc3339(digits.unwrap_or(9) as u8)
}

pub(super) fn open(argument: &str, means: &Means) -> Result<Arc<dyn Source>, CliError> {
    match source::open(argument, means) {
        Ok(source) => Ok(Arc::from(source)),
        Err(SourceError::NotFound { .. }) => {
            let reason = Reason::new(ReasonKind::NotFound, "no such file or folder");
            Ok(Arc::new(Absent { argument: argument.to_owned(), reason }))
        }
        Err(SourceError::Permission { .. }) => {
            let reason = Reason::new(ReasonKind::Permission, "no permission to read it");
            Ok(Arc::new(Absent { argument: argument.to_owned(), reason }))
        }
        Err(SourceError::Io { message, .. }) => {
            let reason = Reason::new(ReasonKind::Io, message);
            Ok(Arc::new(Absent { argument: argument.to_owned(), reason }))
        }
        Err(error) => Err(error.into()),
    }
}

/// The pipe of an earlier session, from its copy in the workspace.
fn earlier(source: &str, folder: &Path) -> Arc<dyn Source> {
    if let Some(kept) = spool::kept(folder) {
        return kept.source(source);
    }
    let detail = "what came through a pipe cannot be read a second time, and the workspace has no \
                  copy of it; name - without the workspace to read another";
    let reason = Reason::new(ReasonKind::NotFound, detail);
    Arc::new(Absent { argument: source.to_owned(), reason })
}

/// A source that is not there or may not be read: the ledger says so, and the others are read.
struct Absent {
    argument: String,
    reason: Reason,
}

impl Source for Absent {
    fn name(&self) -> &str {
        &self.argument
    }

    fn list(&self, _: &Cancel, emit: &mut dyn FnMut(Listed) -> ControlFlow<()>) {
        let _ = emit(Listed::Left {
            path: self.argument.clone(),
            key: self.argument.clone(),
            bytes: None,
            state: State::Failed,
            reason: self.reason.clone(),
        });
    }

    fn open(&self, _: &Item, _: &Cancel) -> Result<Input, Reason> {
        Err(self.reason.clone())
    }

    fn reopen(&self, _: &Item) -> Result<Input, Reason> {
        Err(self.reason.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_name_a_day() {
        let edge = |flag, text, op| edge(flag, text, op, Now::default());
        let from = edge("--since", "2026-03-04", Op::From).ok();
        assert_eq!(
            from.map(|span| time_text(span.from.0)).as_deref(),
            Some("2026-03-04T00:00:00Z")
        );
        let to = edge("--until", "2026-03-04T10:30", Op::Under).ok();
        assert_eq!(to.map(|span| time_text(span.to.0)).as_deref(), Some("2026-03-04T10:30:00Z"));
        for text in ["10:30", "last2h"] {
            assert_eq!(edge("--since", text, Op::From).ok(), Some(Span::NONE), "{text}");
        }
        for text in ["noon", "", "10:30..11:30"] {
            assert!(edge("--since", text, Op::From).is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_for_people() {
        assert_eq!(size(999), "999 B");
        assert_eq!(size(12_600_000_000), "12.6 GB");
        assert_eq!(time_text(1_500_000_000), "1970-01-01T00:00:01.500Z");
        assert_eq!(time_text(-1), "1969-12-31T23:59:59.999999999Z");
    }
}
