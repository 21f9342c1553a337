//! The loop: keys and news in, the app's effects carried out, a frame drawn when something
//! changed. Nothing is sent to the terminal while nothing happens.

mod choosing;
mod effects;
mod files;
mod integrity;
mod paper;
mod proof;
mod record;
mod sources;

use super::action::Action;
use super::app::App;
use super::message::{Effect, Message, Tone};
use super::model::Follow;
use super::place::{Place as Here, place};
use super::terminal::{Input, Terminal, TerminalError};
use crate::case::{What, Workspace};
use crate::event::CodeWanted;
use crate::job::answer::Answer;
use crate::job::baseline::Baselines;
use crate::job::lookup::{Record, Task, Values};
use crate::job::naming::OfSources;
use crate::job::public_keys::Place;
use crate::job::raising::Raised;
use crate::job::scribe::{Desk, Order, Typed};
use crate::job::{Author, Delivery, Ended, Evidence, Report, Session, Standings, Verified};
use crate::store::{Selection, Store};
use crossbeam_channel::{Receiver, never, select, unbounded};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often the draft and the place are kept.
const KEEP_EVERY: Duration = Duration::from_secs(1);

/// Longest wait for the journal when leaving.
const LEAVE_WAIT: Duration = Duration::from_secs(10);

/// What rows are written from.
pub struct Written {
    pub store: Arc<Store>,
    pub evidence: Arc<Evidence>,
    /// What is proven of them.
    pub standings: Arc<Standings>,
    pub selection: Selection,
}

/// Writes the selected rows to a file; gives the number of rows.
pub type Saver = Arc<dyn Fn(&Written, &Path) -> Result<u64, String> + Send + Sync>;

/// The note being typed, where the way out through a signal finds it too.
pub type SharedDraft = Arc<Mutex<Option<Typed>>>;

/// What the loop needs besides the app.
pub struct World {
    pub terminal: Terminal,
    pub session: Session,
    /// Who is at work.
    pub author: Author,
    /// Where names of files to save are meant from.
    pub from: PathBuf,
    /// Its folder is for the editor's file, and for copies that a terminal cannot take.
    pub workspace: Workspace,
    pub saver: Saver,
    /// Let the mouse in from the start.
    pub mouse: bool,
    pub draft: SharedDraft,
    /// Addresses at which the person is to choose what is opened.
    pub choose: Vec<String>,
    /// Keys that are to be taken, as a person named them.
    pub public_keys: Vec<String>,
}

/// What was last seen of everything that is published.
#[derive(Default)]
struct Seen {
    answer: Option<Arc<Answer>>,
    record: Option<Arc<Record>>,
    values: Option<Arc<Values>>,
    named: Option<Arc<OfSources>>,
    baselines: Option<Arc<Baselines>>,
    desk: Option<Arc<Desk>>,
    deliveries: Option<Arc<BTreeMap<String, Delivery>>>,
    verified: Option<Arc<Verified>>,
    raised: Option<Arc<Raised>>,
    load: Option<Report>,
    /// The code that AWS waits for.
    code: Option<CodeWanted>,
    version: u64,
}

struct Loop {
    world: World,
    app: App,
    seen: Seen,
    told: (crossbeam_channel::Sender<Message>, Receiver<Message>),
    dirty: bool,
    /// When the draft and the place are to be kept.
    keep_at: Option<Instant>,
    chord_at: Option<Instant>,
    /// The record to be read, when, and since when one is waited for.
    resting: Option<(Task, Instant, Instant)>,
    kept: Option<Here>,
    /// Keys that CloudTrail is asked for when it is known which.
    keys_wanted: Vec<Place>,
    /// The note being typed is not as it was kept last.
    draft_changed: bool,
    over: bool,
}

/// What is there when the person has left.
pub struct Left {
    /// With its figures.
    pub terminal: Terminal,
    pub ended: Ended,
    pub desk: Arc<Desk>,
}

/// Runs the screen until the person leaves.
pub fn run(world: World, app: App) -> Result<Left, TerminalError> {
    let mut running = Loop {
        world,
        app,
        seen: Seen::default(),
        told: unbounded(),
        dirty: true,
        keep_at: None,
        chord_at: None,
        resting: None,
        kept: None,
        keys_wanted: Vec::new(),
        draft_changed: false,
        over: false,
    };
    running.draw()?;
    let named = running.world.session.scribe.desk().sources.clone();
    sources::who(&running.world, &named, &running.told.0);
    let mut effects = vec![running.app.model.ask()];
    if running.app.model.follow != Follow::No {
        effects.push(Effect::Follow);
    }
    effects.extend(running.world.public_keys.drain(..).map(Effect::AddPublicKeys));
    let choose = std::mem::take(&mut running.world.choose);
    effects.extend(running.app.choose(choose));
    if running.world.mouse {
        effects.extend(running.app.perform(Action::ToggleMouse));
        running.app.model.notice = None;
    }
    running.carry_out(effects)?;
    while !running.over {
        running.turn()?;
    }
    let ended = running.leave();
    let World { terminal, session, .. } = running.world;
    Ok(Left { terminal, ended, desk: session.scribe.desk() })
}

impl Loop {
    /// Waits for something, takes in everything that is there, and draws once.
    fn turn(&mut self) -> Result<(), TerminalError> {
        let inputs = self.world.terminal.inputs().clone();
        let woken = self.world.session.woken().clone();
        let told = self.told.1.clone();
        let alarm = self.alarm();
        let mut messages = Vec::new();
        select! {
            recv(inputs) -> input => match input {
                Ok(input) => self.input(input, &mut messages)?,
                Err(_) => self.over = true,
            },
            recv(woken) -> _ => self.look(&mut messages),
            recv(told) -> message => {
                messages.extend(message);
                self.look(&mut messages);
            }
            recv(alarm) -> _ => {}
        }
        for message in messages {
            self.update(message)?;
        }
        // A burst of keys is one frame.
        while let Ok(input) = inputs.try_recv() {
            let mut messages = Vec::new();
            self.input(input, &mut messages)?;
            for message in messages {
                self.update(message)?;
            }
        }
        self.alarms();
        if self.dirty && !self.over {
            self.draw()?;
        }
        Ok(())
    }

    fn alarm(&self) -> Receiver<Instant> {
        let rest = self.resting.as_ref().map(|(_, at, _)| *at);
        let next = self.keep_at.into_iter().chain(self.chord_at).chain(rest).min();
        next.map_or_else(never, crossbeam_channel::at)
    }

    fn alarms(&mut self) {
        let now = Instant::now();
        if self.chord_at.is_some_and(|at| at <= now) {
            self.chord_at = None;
            self.app.forget_chord();
            self.dirty = true;
        }
        if let Some((task, _, _)) = self.resting.take_if(|(_, at, _)| *at <= now) {
            self.world.session.lookup.look_up(task);
        }
        if self.keep_at.is_some_and(|at| at <= now) {
            self.keep_at = None;
            self.keep();
        }
    }

    fn input(&mut self, input: Input, messages: &mut Vec<Message>) -> Result<(), TerminalError> {
        match input {
            Input::Key(key) => messages.push(Message::Key(key)),
            Input::Paste(text) => messages.push(Message::Paste(text)),
            Input::Mouse(mouse) => messages.push(Message::Mouse(mouse)),
            Input::Resize(width, height) => messages.push(Message::Resize(width, height)),
            Input::Suspend => self.suspend()?,
        }
        Ok(())
    }

    /// Turns what is newly published into messages.
    fn look(&mut self, messages: &mut Vec<Message>) {
        let session = &self.world.session;
        let version = session.store.snapshot().version;
        if version != self.seen.version {
            self.seen.version = version;
            session.search.refresh();
        }
        let report = session.load.progress().report(Instant::now());
        let was_over = self.seen.load.is_some_and(|old| old.over);
        let held = self.seen.load.and_then(|old| old.transfer.held);
        // What is asked while nothing loads may have to wait too.
        if !was_over || !report.over || held != report.transfer.held {
            self.seen.load = Some(report);
            messages.push(Message::Loaded(report));
            if report.over && !was_over {
                self.note_load();
            }
        }
        for difference in self.world.session.load.differences() {
            messages.push(Message::Told(Tone::Warning, difference));
        }
        let session = &self.world.session;
        fresh(&mut self.seen.answer, session.search.answer(), Message::Answer, messages);
        fresh(&mut self.seen.record, session.lookup.record(), Message::Record, messages);
        fresh(&mut self.seen.values, session.lookup.values(), Message::Values, messages);
        fresh(&mut self.seen.named, session.lookup.named(), Message::Named, messages);
        fresh(&mut self.seen.baselines, session.lookup.baselines(), Message::Baselines, messages);
        fresh(&mut self.seen.desk, Some(session.scribe.desk()), Message::Desk, messages);
        let deliveries = Some(session.deliveries());
        fresh(&mut self.seen.deliveries, deliveries, Message::Deliveries, messages);
        let verified = Some(session.integrity.now());
        fresh(&mut self.seen.verified, verified, Message::Verified, messages);
        let raised = Some(session.raising.now());
        fresh(&mut self.seen.raised, raised, Message::Raised, messages);
        integrity::ask_cloudtrail(self);
        sources::look_for_code(self, messages);
    }

    /// What the load came to goes into the journal.
    fn note_load(&self) {
        let totals = self.world.session.store.ledger().totals();
        let counts = totals.counts;
        let fact = What::Load(crate::case::Totals {
            objects: totals.objects,
            records: counts.records,
            parsed: counts.parsed,
            unparsed: counts.unparsed,
            duplicate: counts.duplicate,
            out_of_range: counts.out_of_range,
        });
        self.world.session.scribe.order(Order::Fact(fact));
        self.world.session.scribe.order(Order::Acquired);
    }

    fn update(&mut self, message: Message) -> Result<(), TerminalError> {
        self.dirty = true;
        let effects = self.app.update(message);
        self.chord_at = self
            .app
            .chord_pending()
            .then(|| Instant::now() + self.app.model.look.keymap.chord_timeout);
        self.keep_at.get_or_insert_with(|| Instant::now() + KEEP_EVERY);
        self.carry_out(effects)
    }

    /// Keeps the draft and the place, if they changed.
    fn keep(&mut self) {
        if std::mem::take(&mut self.draft_changed) {
            let draft = self.world.draft.lock().unwrap_or_else(PoisonError::into_inner).clone();
            self.world.session.scribe.order(Order::Draft(draft));
        }
        let place = place(&self.app);
        if self.kept.as_ref() != Some(&place)
            && let Ok(value) = serde_json::to_value(&place)
        {
            self.world.session.scribe.order(Order::View(value));
            self.kept = Some(place);
        }
    }

    fn suspend(&mut self) -> Result<(), TerminalError> {
        self.keep();
        if let Err(error) = self.world.terminal.suspend() {
            match error {
                TerminalError::NoShell => self.tell(Tone::Warning, error.to_string()),
                other => return Err(other),
            }
        }
        self.dirty = true;
        let size = self.world.terminal.size();
        self.update(Message::Resize(size.width, size.height))
    }

    fn draw(&mut self) -> Result<(), TerminalError> {
        self.dirty = false;
        let size = self.world.terminal.size();
        let area = ratatui::layout::Rect::new(0, 0, size.width, size.height);
        self.app.model.look.area = area;
        let app = &self.app;
        self.world.terminal.draw(|frame| {
            app.draw(frame.buffer_mut());
            if let Some((x, y)) = app.caret() {
                frame.set_cursor_position((x, y));
            }
        })?;
        Ok(())
    }

    fn leave(&mut self) -> Ended {
        self.keep();
        self.world.session.load.cancel();
        self.world.session.scribe.close(LEAVE_WAIT)
    }
}

/// A message if `new` is another than was seen last.
fn fresh<T>(
    seen: &mut Option<Arc<T>>,
    new: Option<Arc<T>>,
    message: fn(Arc<T>) -> Message,
    messages: &mut Vec<Message>,
) {
    let Some(new) = new else { return };
    if seen.as_ref().is_none_or(|old| !Arc::ptr_eq(old, &new)) {
        *seen = Some(Arc::clone(&new));
        messages.push(message(new));
    }
}
