//! The commands that need a screen: making or opening the workspace, and giving the screen its
//! world.

mod asked;
mod before;
mod demo;
mod opening;
mod unsaved;

use super::alarms::{estate, rules};
use super::args::{ColorChoice, Common, FetchWindow, Glyphs};
use super::console::Console;
use super::error::CliError;
use super::home;
use super::memory;
use super::session;
use crate::case::{Draft, Mode, Opened, What as Fact, Workspace};
use crate::event::{Window, label};
use crate::job::public_keys::{KeyFile, KeyFileError};
use crate::job::raising::Matter;
use crate::job::scribe::{Order, Typed};
use crate::job::shelf::Place as Shelf;
use crate::job::{Author, Options, Session, lists, spool};
use crate::source::{Source, path_of};
use crate::ui::app::App;
use crate::ui::keymap::Keymap;
use crate::ui::message::Tone;
use crate::ui::model::{Case, Look, Model};
use crate::ui::run::{SharedDraft, World, run as run_screen};
use crate::ui::settings::{Places, Problem};
use crate::ui::terminal::{self, Capability, OnExit, Terminal, TerminalError};
use crate::ui::theme::Theme;
use before::Before;
use opening::open_workspace;
use ratatui::layout::Rect;
use std::cell::RefCell;
use std::io::IsTerminal;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long a signal waits for the journal.
const LAST_WORDS: Duration = Duration::from_millis(400);

/// What the screen shall begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// The list of workspaces.
    Pick,
    Open {
        sources: Vec<String>,
        workspace: Option<String>,
        /// Files whose values are to be watched for.
        indicators: Vec<String>,
        /// Keys to verify with from now on: files, and what CloudTrail is to be asked for.
        public_keys: Vec<PathBuf>,
        follow: bool,
        window: FetchWindow,
    },
    Demo,
}

/// Runs the screen until the person leaves it. `problems` are told there.
pub(super) fn run(
    common: &Common,
    what: What,
    problems: Vec<Problem>,
) -> Result<ExitCode, CliError> {
    // Whether there is a terminal is known before anything is made or started.
    let capability = screenable(common)?;
    match what {
        What::Pick => pick(common, capability, problems),
        What::Open { sources, workspace, indicators, public_keys, follow, window } => {
            let window = opening::window(&window)?;
            let watched = indicators.iter().map(|list| watched(list)).collect::<Result<_, _>>()?;
            let (files, asked) = asked::named(public_keys);
            let keys =
                files.iter().map(|path| KeyFile::read(path).map_err(|error| no_keys(&error)));
            let keys: Vec<KeyFile> = keys.collect::<Result<_, _>>()?;
            let workspaces = home::workspaces(common)?;
            let reads_stdin = sources.iter().any(|source| source == "-");
            let known = workspace.as_ref().and_then(|name| workspaces.info(name).ok());
            let known = known.map(|info| info.sources).unwrap_or_default();
            let (sources, choose) = opening::parted(sources, &known, window);
            let how = (common, !choose.is_empty());
            let (opened, sources) = open_workspace(&workspaces, &sources, workspace, window, how)?;
            let mut facts: Vec<Fact> = watched;
            for (file, path) in keys.iter().zip(&files) {
                file.keep(&opened.workspace)?;
                facts.push(file.fact(absolute(&path.to_string_lossy())));
            }
            let stage = Stage::enter(capability, problems)?;
            let public_keys = asked;
            let stage = Stage { facts, follow, public_keys, choose, window, reads_stdin, ..stage };
            show(common, opened, &sources, stage)
        }
        What::Demo => demo::run(common, capability, problems),
    }
}

/// The entry for a list of indicators to watch for.
fn watched(list: &str) -> Result<Fact, CliError> {
    let list = absolute(list);
    match lists::sha256(&list) {
        Ok(sha256) => Ok(Fact::WatchAdd { list, sha256 }),
        Err(error) => Err(CliError::usage(error.to_string())),
    }
}

fn no_keys(error: &KeyFileError) -> CliError {
    CliError::usage(format!("--public-keys {error}"))
}

/// The path from the root, so that the workspace can be opened from anywhere.
pub(super) fn absolute(source: &str) -> String {
    if source == "-" || source.contains("://") {
        return source.to_owned();
    }
    let Ok(path) = std::path::absolute(path_of(source)) else { return source.to_owned() };
    // Without a slash at the end, so that one folder has one name.
    label(path.components().as_path().as_os_str().as_bytes())
}

fn capability(common: &Common) -> Option<Capability> {
    let depth = match common.color {
        ColorChoice::Auto => None,
        ColorChoice::Never | ColorChoice::Mono => Some(terminal::Depth::Mono),
        ColorChoice::Sixteen => Some(terminal::Depth::Sixteen),
        ColorChoice::Indexed => Some(terminal::Depth::Indexed),
        ColorChoice::Truecolor => Some(terminal::Depth::Truecolor),
    };
    let glyphs = common.glyphs.map(|glyphs| match glyphs {
        Glyphs::Unicode => terminal::Glyphs::Unicode,
        Glyphs::Ascii => terminal::Glyphs::Ascii,
    });
    Capability::of_environment(depth, glyphs)
}

fn look(common: &Common, capability: &Capability) -> (Look, Vec<Problem>) {
    let places = Places::of_system();
    let keymap = common.keymap.as_deref().unwrap_or("default");
    let theme = common.theme.as_deref().unwrap_or("dark");
    let (keymap, mut problems) = Keymap::load(keymap, &places);
    let (theme, more) = Theme::load(theme, capability.depth, capability.glyphs, &places);
    problems.extend(more);
    (Look { area: Rect::default(), theme, keymap }, problems)
}

/// What the terminal can show, or why it can show nothing.
fn screenable(common: &Common) -> Result<Capability, CliError> {
    let refused = |error: TerminalError| CliError::usage(error.to_string());
    if !std::io::stdout().is_terminal() {
        return Err(refused(TerminalError::NoTerminal));
    }
    capability(common).ok_or_else(|| refused(TerminalError::Dumb))
}

/// The terminal, which is taken once, whatever is shown on it one after the other: a second
/// taker would share the keys with the first, and a signal would end the program for both.
struct Stage {
    terminal: Terminal,
    capability: Capability,
    /// Set as soon as there is something to lose.
    last_words: Arc<Mutex<Option<OnExit>>>,
    /// Where the person is: names of files to save are meant from here.
    from: PathBuf,
    /// What is wrong with the person's own files.
    problems: Vec<Problem>,
    /// What the case is to watch for, and the keys that are believed, besides those it knows.
    facts: Vec<Fact>,
    /// Files that grow are followed from the beginning.
    follow: bool,
    /// What CloudTrail is to be asked for, as it was named.
    public_keys: Vec<String>,
    /// Addresses of which the person chooses what is opened.
    choose: Vec<String>,
    /// What is fetched, if that was said now; else it is as the workspace remembers it.
    window: Option<Window>,
    /// Standard input was named now, and is not the pipe of an earlier session.
    reads_stdin: bool,
    /// Gone when the screen is, however it ends.
    temporary: Option<PathBuf>,
}

impl Stage {
    fn enter(capability: Capability, problems: Vec<Problem>) -> Result<Self, CliError> {
        let last_words = Arc::new(Mutex::new(None::<OnExit>));
        let words = Arc::clone(&last_words);
        let on_exit = Box::new(move || {
            let words = words.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(words) = words {
                words();
            }
        });
        let terminal = Terminal::enter(Some(&capability), on_exit)
            .map_err(|error| CliError::usage(error.to_string()))?;
        let from = std::env::current_dir().unwrap_or_default();
        Ok(Self {
            terminal,
            capability,
            last_words,
            from,
            problems,
            facts: Vec::new(),
            public_keys: Vec::new(),
            choose: Vec::new(),
            follow: false,
            window: None,
            reads_stdin: false,
            temporary: None,
        })
    }
}

/// Shows a workspace until the person leaves.
fn show(
    common: &Common,
    opened: Opened,
    sources: &[String],
    stage: Stage,
) -> Result<ExitCode, CliError> {
    let Stage { terminal, capability, last_words: words, from, mut problems, .. } = stage;
    let Stage { facts, follow, public_keys, choose, reads_stdin, temporary, window, .. } = stage;
    let (look, more) = look(common, &capability);
    problems.extend(more);
    let workspace = opened.workspace.clone();
    let before = Before::of(&opened, reads_stdin);
    let (matter, told) = matter(&opened.workspace)?;
    let session = start(common, opened, sources, (window, reads_stdin), matter)?;
    let known = session.scribe.desk();
    let is_new = |fact: &Fact| match fact {
        Fact::WatchAdd { list, .. } => !known.state.work().watched().contains(list),
        fact => !known.state.entries().iter().any(|entry| entry.what == *fact),
    };
    for fact in facts.into_iter().filter(is_new) {
        session.scribe.order(Order::Fact(fact));
    }
    let draft = SharedDraft::default();
    let on_exit = last_words(&session, &draft, workspace.clone(), temporary);
    *words.lock().unwrap_or_else(PoisonError::into_inner) = Some(on_exit);
    let case = Case {
        ordered: 0,
        window: session.window(),
        zones: session.zones(),
        name: workspace.info().name.clone(),
        desk: session.scribe.desk(),
        arguments: vec!["-w".to_owned(), workspace.info().name.clone()],
    };
    let mut model = Model::new(look, Arc::clone(&session.store), case);
    let size = terminal.size();
    model.look.area = Rect::new(0, 0, size.width, size.height);
    let mut app = App::new(model);
    before.put_back(&mut app, &problems);
    for text in told {
        app.model.say(Tone::Warning, text);
    }
    if follow {
        app.model.begin_to_follow();
    }
    let saver = Arc::new(super::query::save);
    let mouse = common.mouse;
    let author = author();
    let world = World {
        terminal,
        session,
        author,
        from,
        workspace,
        saver,
        mouse,
        draft,
        choose,
        public_keys,
    };
    let left = run_screen(world, app).map_err(|error| CliError::usage(error.to_string()))?;
    statistics(common, &left.terminal)?;
    // What is said from here on is read where the screen was.
    drop(left.terminal);
    Ok(unsaved::tell(left.ended, &left.desk, &Console::new(common)).into())
}

/// Begins to load.
fn start(
    common: &Common,
    opened: Opened,
    sources: &[String],
    (window, reads_stdin): (Option<Window>, bool),
    matter: Matter,
) -> Result<Session, CliError> {
    let workspace = &opened.workspace;
    let settings = &workspace.info().settings;
    let means = home::means_of(common, workspace.evidence(), settings);
    // What is said now holds for all of them.
    let means = match window {
        Some(window) => means.within(window),
        None => means,
    };
    let options = Options {
        threads: common.jobs.map_or(0, usize::from),
        memory: memory::for_events(common.memory),
        zones: home::zones(common, settings)?,
        spool: workspace.cache().ok(),
        means,
        shelf: Some(Shelf {
            folder: workspace.segments(),
            writable: *workspace.mode() == Mode::Writer,
        }),
        ..Options::default()
    };
    let found = sources.iter().filter_map(|source| {
        let is_over = source == "-" && !reads_stdin;
        if is_over {
            again(workspace, source).map(Ok)
        } else {
            Some(session::open(source, &options.means))
        }
    });
    let found = found.collect::<Result<Vec<_>, _>>()?;
    let found = spool::with_copies(found, options.spool.as_deref());
    let matter = Arc::new(matter);
    Session::start(found, sources.to_vec(), opened, author(), options, matter)
        .map_err(CliError::Threads)
}

/// What alarms are raised by: rules, and what is whose. What is wrong with either is left out, and
/// told on the screen.
fn matter(workspace: &Workspace) -> Result<(Matter, Vec<String>), CliError> {
    let told = RefCell::new(Vec::new());
    let tell = |text: &str| told.borrow_mut().push(text.to_owned());
    let (rules, _) = rules::load(&[], &tell)?;
    let known = estate::read(&workspace.path().join(estate::FILE), false, &tell)?;
    let matter = Matter { rules, estate: known.estate, lists: known.lists };
    Ok((matter, told.into_inner()))
}

/// The pipe of an earlier session, from its copy in the workspace.
fn again(workspace: &Workspace, source: &str) -> Option<Arc<dyn Source>> {
    let kept = spool::kept(&workspace.cache().ok()?)?;
    Some(kept.source(source))
}

/// What a signal still has done: the draft and the journal reach the disk.
fn last_words(
    session: &Session,
    draft: &SharedDraft,
    workspace: Workspace,
    temporary: Option<PathBuf>,
) -> OnExit {
    let orders = session.scribe.sender();
    let draft = Arc::clone(draft);
    Box::new(move || {
        let Some(orders) = orders else { return };
        let typed = draft.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if typed.is_some() {
            let _ = orders.send(Order::Draft(typed.clone()));
        }
        let (done, wait) = crossbeam_channel::bounded(1);
        let _ = orders.send(Order::Flush(done));
        if wait.recv_timeout(LAST_WORDS).is_err()
            && let Some(Typed { text, .. }) = typed
        {
            // The journal's thread may be waiting for the disk. What the text is about was kept
            // with it a second ago, if it is that old.
            let before = workspace.load_draft().ok().flatten().unwrap_or_default();
            let _ = workspace.save_draft(&Draft { text, ..before });
        }
        if let Some(folder) = temporary {
            let _ = std::fs::remove_dir_all(folder);
        }
    })
}

fn statistics(common: &Common, terminal: &Terminal) -> Result<(), CliError> {
    let Some(path) = &common.stats else { return Ok(()) };
    std::fs::File::create(path)
        .and_then(|mut file| terminal.statistics().write_jsonl(&mut file))
        .map_err(|error| CliError::usage(format!("{}: {error}", path.display())))
}

/// Who is at work, for the journal.
pub(super) fn author() -> Author {
    let who =
        ["SUDO_USER", "USER", "LOGNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    let who = who.unwrap_or_else(|| format!("uid {}", rustix::process::getuid().as_raw()));
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    Author { who, host }
}

fn pick(
    common: &Common,
    capability: Capability,
    problems: Vec<Problem>,
) -> Result<ExitCode, CliError> {
    let workspaces = home::workspaces(common)?;
    let list = workspaces.list()?;
    if list.is_empty() {
        return Err(CliError::usage(
            "there are no workspaces yet; start one with `trailcase open FOLDER`, or look at `trailcase demo`",
        ));
    }
    let mut stage = Stage::enter(capability, problems)?;
    let (look, _) = look(common, &stage.capability);
    let chosen = crate::ui::pick::pick(&mut stage.terminal, look, &list)
        .map_err(|error| CliError::usage(error.to_string()))?;
    let Some(name) = chosen else { return Ok(ExitCode::SUCCESS) };
    let (opened, sources) = open_workspace(&workspaces, &[], Some(name), None, (common, false))?;
    show(common, opened, &sources, stage)
}
