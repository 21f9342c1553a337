//! A workspace with everything that works behind a screen, and a loop that waits for it all:
//! what is on the screen after a step does not depend on who was quicker.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use trailcase::case::{Settings, Workspaces};
use trailcase::cli::demo;
use trailcase::detect::Ruleset;
use trailcase::event::{Timestamp, Window};
use trailcase::job::raising::{Matter, Pass};
use trailcase::job::{Author, Options, Order, Saved, Session, Task};
use trailcase::source::Files;
use trailcase::ui::action::Action;
use trailcase::ui::app::App;
use trailcase::ui::keymap::{Key, Keymap};
use trailcase::ui::message::{Effect, Message};
use trailcase::ui::model::{Case, Look, Model};
use trailcase::ui::settings::Places;
use trailcase::ui::terminal::{Depth, Glyphs};
use trailcase::ui::theme::Theme;

const DEADLINE: Duration = Duration::from_secs(20);

pub(crate) struct Stage {
    pub(crate) app: App,
    session: Session,
    seen: Seen,
    /// Effects that are for the world outside.
    outside: Vec<Effect>,
    /// The field whose values were asked for and have not come yet.
    awaited: Option<String>,
    awaits_named: bool,
    _workspaces: TempDir,
}

/// Addresses of what was last seen: enough to know whether there is something new.
#[derive(Default)]
struct Seen {
    version: u64,
    answer: usize,
    record: usize,
    values: usize,
    named: usize,
    baselines: usize,
    desk: usize,
    load_over: bool,
    raised: usize,
}

/// The demo's evidence, small; the same for all tests, below the working directory so that its
/// name is the same everywhere.
pub(crate) fn demo_evidence() -> &'static str {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let evidence = folder.path().join("evidence");
        demo::write(&evidence, &demo::Size::SMALL).unwrap();
        std::env::set_current_dir(folder.path()).unwrap();
        folder
    });
    "evidence"
}

impl Stage {
    /// The demo on a screen of this size in the dark theme.
    pub(crate) fn demo(size: (u16, u16)) -> Self {
        Self::of(demo_evidence(), size)
    }

    /// Other evidence, likewise.
    pub(crate) fn of(source: &str, size: (u16, u16)) -> Self {
        Self::new(source, size, "dark", Depth::Truecolor, Glyphs::Unicode)
    }

    pub(crate) fn new(
        source: &str,
        (width, height): (u16, u16),
        theme: &str,
        depth: Depth,
        glyphs: Glyphs,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let workspaces = Workspaces::new(folder.path());
        let sources = vec![source.to_owned()];
        let created = workspaces.create("case", sources.clone(), Settings::default(), Timestamp(0));
        let opened = created.unwrap();
        let author = Author { who: "anna".to_owned(), host: "bastion".to_owned() };
        let files = Arc::new(Files::new(source).unwrap());
        let options = Options { threads: 2, ..Options::default() };
        let matter = Arc::new(Matter { rules: Ruleset::own(), ..Matter::default() });
        let session =
            Session::start(vec![files], sources, opened, author, options, matter).unwrap();
        let places = Places::with(Vec::new());
        let (theme, wrong) = Theme::load(theme, depth, glyphs, &places);
        assert!(wrong.is_empty(), "{wrong:?}");
        let (keymap, wrong) = Keymap::load("default", &places);
        assert!(wrong.is_empty(), "{wrong:?}");
        let look = Look { area: Rect::new(0, 0, width, height), theme, keymap };
        let arguments = vec!["-w".to_owned(), "case".to_owned()];
        let (name, desk) = ("case".to_owned(), session.scribe.desk());
        let (window, zones) = (Window::default(), session.zones());
        let case = Case { name, desk, arguments, window, zones, ordered: 0 };
        let app = App::new(Model::new(look, Arc::clone(&session.store), case));
        let mut stage = Self {
            app,
            session,
            seen: Seen::default(),
            outside: Vec::new(),
            awaited: None,
            awaits_named: false,
            _workspaces: folder,
        };
        let first = stage.app.model.ask();
        stage.carry_out(vec![first]);
        stage.settle();
        stage
    }

    /// Presses keys, named as keymap files name them, and waits for all they cause.
    pub(crate) fn keys(&mut self, keys: &str) -> &mut Self {
        self.press(keys);
        self.settle();
        self
    }

    /// Presses keys, and waits for nothing.
    pub(crate) fn press(&mut self, keys: &str) {
        for key in Key::parse_chord(keys).unwrap() {
            let effects = self.app.update(Message::Key(key));
            self.carry_out(effects);
        }
    }

    /// Types text and waits for all it causes.
    pub(crate) fn types(&mut self, text: &str) -> &mut Self {
        let effects = self.app.update(Message::Paste(text.to_owned()));
        self.carry_out(effects);
        self.settle();
        self
    }

    pub(crate) fn app(&mut self) -> &mut App {
        &mut self.app
    }

    /// Whether a source is to be taken out of the case.
    pub(crate) fn removes_a_source(&self) -> bool {
        self.outside.iter().any(|effect| matches!(effect, Effect::RemoveSource(_)))
    }

    /// What was asked of the world outside.
    pub(crate) fn outside(&self) -> &[Effect] {
        &self.outside
    }

    /// Does what an action's key would do, wherever it is bound.
    pub(crate) fn act(&mut self, action: Action) {
        let effects = self.app.perform(action);
        self.carry_out(effects);
    }

    /// Has something written into the journal, and waits for all it causes.
    pub(crate) fn order(&mut self, order: Order) {
        self.session.scribe.order(order);
        self.settle();
    }

    pub(crate) fn update(&mut self, message: Message) {
        let effects = self.app.update(message);
        self.carry_out(effects);
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Ask(question) => self.session.search.ask(question),
                Effect::LookUpRecord { snapshot, at } => {
                    self.session.lookup.look_up(Task::Record { snapshot, at });
                }
                Effect::LookUpValues { selection, field } => {
                    self.awaited = Some(field.clone());
                    self.session.lookup.look_up(Task::Values { selection, field });
                }
                Effect::LookUpNamed { sources } => {
                    self.awaits_named = true;
                    let store = Arc::clone(&self.session.store);
                    self.session.lookup.look_up(Task::Named { store, sources });
                }
                Effect::SetZone { source, zone } => {
                    self.session.set_zone(&source, zone);
                    self.seen.load_over = false;
                    self.session.scribe.order(Order::Zone { source, zone });
                }
                Effect::LookUpBaseline(wanted) => {
                    self.session.lookup.look_up(Task::Baseline(wanted));
                }
                Effect::Order(order) => self.session.scribe.order(order),
                other => self.outside.push(other),
            }
        }
    }

    /// Takes in what has been published.
    pub(crate) fn look(&mut self) {
        let session = &self.session;
        let mut messages = Vec::new();
        // Before the version: what is over has its last rows in the store.
        let report = session.load.progress().report(Instant::now());
        let version = session.store.snapshot().version;
        if version != self.seen.version {
            self.seen.version = version;
            session.search.refresh();
        }
        if !self.seen.load_over {
            self.seen.load_over = report.over;
            messages.push(Message::Loaded(report));
        }
        if let Some(answer) = session.search.answer()
            && is_new(&mut self.seen.answer, &answer)
        {
            messages.push(Message::Answer(answer));
        }
        if let Some(record) = session.lookup.record()
            && is_new(&mut self.seen.record, &record)
        {
            messages.push(Message::Record(record));
        }
        if let Some(values) = session.lookup.values()
            && is_new(&mut self.seen.values, &values)
        {
            self.awaited.take_if(|field| *field == values.field);
            messages.push(Message::Values(values));
        }
        if let Some(named) = session.lookup.named()
            && is_new(&mut self.seen.named, &named)
        {
            self.awaits_named &= named.version != version;
            messages.push(Message::Named(named));
        }
        if let Some(baselines) = session.lookup.baselines()
            && is_new(&mut self.seen.baselines, &baselines)
        {
            messages.push(Message::Baselines(baselines));
        }
        let raised = session.raising.now();
        if is_new(&mut self.seen.raised, &raised) {
            messages.push(Message::Raised(raised));
        }
        let desk = session.scribe.desk();
        if is_new(&mut self.seen.desk, &desk) {
            messages.push(Message::Desk(desk));
        }
        for message in messages {
            self.update(message);
        }
    }

    /// Waits until everything that was asked for is on the screen.
    pub(crate) fn settle(&mut self) {
        let end = Instant::now() + DEADLINE;
        loop {
            self.flush();
            self.look();
            if self.is_settled() {
                return;
            }
            assert!(Instant::now() < end, "it does not come to rest:\n{}", self.text());
            let _ = self.session.woken().recv_timeout(Duration::from_millis(20));
        }
    }

    /// Everything ordered is written.
    fn flush(&self) {
        let (done, wait) = crossbeam_channel::bounded(1);
        let order = Order::Flush(done);
        self.session.scribe.order(order);
        wait.recv_timeout(DEADLINE).unwrap();
    }

    fn is_settled(&self) -> bool {
        let model = &self.app.model;
        let loaded = model.load.is_some_and(|load| load.over);
        let answered = model.answer.as_ref().is_some_and(|answer| {
            answer.is_complete() && answer.selection.snapshot().version == self.seen.version
        });
        let looked_up =
            model.cursor.at.is_none_or(|at| model.record.as_ref().is_some_and(|r| r.at == at));
        let saved = matches!(model.case.desk.saved, Saved::Yes);
        let raised = &model.alarms.raised;
        let asked = raised.is_judged
            && raised.pass == Pass::Over
            && raised.snapshot.version == self.seen.version;
        loaded
            && answered
            && self.awaited.is_none()
            && !self.awaits_named
            && model.alarms.is_counted()
            && model.is_current()
            && looked_up
            && asked
            && saved
    }

    pub(crate) fn buffer(&self) -> Buffer {
        let mut buffer = Buffer::empty(self.app.model.look.area);
        self.app.draw(&mut buffer);
        buffer
    }

    pub(crate) fn text(&self) -> String {
        crate::picture::text(&self.buffer())
    }
}

/// Whether this is another thing than was last seen.
fn is_new<T>(seen: &mut usize, new: &Arc<T>) -> bool {
    let address = Arc::as_ptr(new).addr();
    std::mem::replace(seen, address) != address
}

/// A folder with these files.
pub(crate) fn folder(files: &[(&[u8], &[u8])]) -> (TempDir, PathBuf) {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(Path::new(std::ffi::OsStr::from_bytes(name)));
        std::fs::write(path, bytes).unwrap();
    }
    let path = folder.path().to_owned();
    (folder, path)
}
