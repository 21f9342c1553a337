//! What the app wants done outside of itself, carried out.

use super::files::{self, read_note, write_private};
use super::{Loop, Written, choosing, integrity, proof, record, sources};
use crate::case::What;
use crate::job::lists;
use crate::job::lookup::Task;
use crate::job::paper::sha256_of;
use crate::job::scribe::{Order, Typed};
use crate::store::Selection;
use crate::ui::message::{Effect, Message, Tone};
use crate::ui::terminal::TerminalError;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

/// How long the cursor rests on a row before its record is read: while it moves on, a slow line
/// is not filled with records that nobody looks at. A long walk shows one now and then.
const REST: Duration = Duration::from_millis(40);
const LONGEST_REST: Duration = Duration::from_millis(400);

impl Loop {
    pub(super) fn carry_out(&mut self, effects: Vec<Effect>) -> Result<(), TerminalError> {
        for effect in effects {
            let session = &self.world.session;
            match effect {
                Effect::Ask(question) => session.search.ask(question),
                Effect::LookUpRecord { snapshot, at } => {
                    let now = Instant::now();
                    let since = self.resting.as_ref().map_or(now, |(_, _, since)| *since);
                    let due = (now + REST).min(since + LONGEST_REST);
                    self.resting = Some((Task::Record { snapshot, at }, due, since));
                }
                Effect::LookUpValues { selection, field } => {
                    session.lookup.look_up(Task::Values { selection, field });
                }
                Effect::LookUpNamed { sources } => {
                    let store = Arc::clone(&session.store);
                    session.lookup.look_up(Task::Named { store, sources });
                }
                Effect::LookUpBaseline(wanted) => session.lookup.look_up(Task::Baseline(wanted)),
                Effect::Order(order) => self.order(order),
                Effect::Draft(typed) => self.draft(typed),
                Effect::CancelLoad => self.cancel_load(),
                Effect::Follow => self.follow(),
                Effect::Copy { what, text } => self.copy(what, &text),
                Effect::SaveRows { selection, path } => self.save(selection, &path),
                Effect::SaveProof { snapshot, at, path } => proof::save(self, snapshot, at, &path),
                Effect::SaveRecord { path } => record::save(self, &path),
                Effect::SaveReport { verified, path } => integrity::save(self, verified, &path),
                Effect::Propose(proposed) => files::propose(self, proposed),
                Effect::AddPublicKeys(name) => integrity::add_keys(self, &name),
                Effect::VerifyAgain => {
                    let text = "verifying again".to_owned();
                    self.update(Message::Verifying(Tone::Info, text))?;
                }
                Effect::Verify => self.world.session.integrity.again(),
                Effect::WatchList(path) => self.watch(&path),
                Effect::AddSource(name) => sources::add(self, &name, None),
                Effect::AddWithin { name, window } => sources::add(self, &name, Some(window)),
                Effect::Choose(address) => choosing::choose(self, address),
                Effect::ChooseNothing => self.world.session.choose_nothing(),
                Effect::Count { sources, window } => choosing::count(self, sources, window),
                Effect::AskForRest(source) => {
                    let rest = self.world.session.rest(&source);
                    self.update(Message::Rest { source, rest })?;
                }
                Effect::FetchRest(source) => self.world.session.fetch_rest(&source),
                Effect::RemoveSource(source) => sources::remove(&self.world, source),
                Effect::RereadSource(source) => sources::reread(self, &source),
                Effect::SetZone { source, zone } => sources::set_zone(&self.world, source, zone),
                Effect::GiveCode(code) => sources::give_code(self, code),
                Effect::ReadRefused => self.world.session.read_refused(),
                Effect::Edit(text) => self.edit(&text)?,
                Effect::LetMouse(on) => self.world.terminal.let_mouse(on)?,
                Effect::Suspend => self.suspend()?,
                Effect::Redraw => self.world.terminal.redraw()?,
                Effect::Quit => self.over = true,
            }
        }
        Ok(())
    }

    pub(super) fn tell(&self, tone: Tone, text: String) {
        // The receiver is ours.
        let _ = self.told.0.send(Message::Told(tone, text));
    }

    fn order(&mut self, order: Order) {
        let is_note = matches!(order, Order::Note(_));
        self.world.session.scribe.order(order);
        if is_note {
            // From here on whoever writes it cares for its draft too.
            self.hold_draft(None);
        }
    }

    fn draft(&mut self, typed: Option<Typed>) {
        if typed.is_none() {
            self.world.session.scribe.order(Order::Draft(None));
        }
        self.hold_draft(typed);
    }

    fn hold_draft(&mut self, typed: Option<Typed>) {
        self.draft_changed = typed.is_some();
        *self.world.draft.lock().unwrap_or_else(PoisonError::into_inner) = typed;
    }

    fn follow(&mut self) {
        if let Err(error) = self.world.session.follow() {
            self.tell(Tone::Error, format!("nothing is followed: no thread: {error}"));
        }
    }

    fn cancel_load(&self) {
        let session = &self.world.session;
        if session.search.stop() {
            let text = "the search stops; what was found stays, and another filter begins anew";
            self.tell(Tone::Warning, text.to_owned());
        } else if session.load.progress().is_over() {
            self.tell(Tone::Info, "nothing is loading, and nothing is searched".to_owned());
        } else {
            session.load.cancel();
            let text = "loading stops; what was read stays, and the ledger says what was not";
            self.tell(Tone::Warning, text.to_owned());
        }
    }

    fn copy(&mut self, what: &str, text: &str) {
        match self.world.terminal.copy(text) {
            Ok(()) => {
                let text = format!("sent {what} to the terminal's clipboard, {} bytes", text.len());
                self.tell(Tone::Good, text);
            }
            Err(error) => {
                let path = self.world.workspace.path().join("copied.txt");
                let wrote = write_private(&path, text.as_bytes());
                let text = match wrote {
                    Ok(()) => format!("{error}; it is in {}", path.display()),
                    Err(other) => format!("{error}; and {}: {other}", path.display()),
                };
                self.tell(Tone::Warning, text);
            }
        }
    }

    /// Saves rows on a thread of its own.
    fn save(&self, selection: Selection, path: &str) {
        let path = self.world.from.join(path);
        let session = &self.world.session;
        let written = Written {
            store: Arc::clone(&session.store),
            evidence: Arc::clone(&session.evidence),
            standings: Arc::clone(&session.integrity.now().standings),
            selection,
        };
        let saver = Arc::clone(&self.world.saver);
        let told = self.told.0.clone();
        let orders = session.scribe.sender();
        let work = move || {
            let message = match saver(&written, &path) {
                Ok(rows) => match sha256_of(&path) {
                    Ok(sha256) => {
                        let text = format!("saved to {}; events: {rows}", path.display());
                        let path = path.display().to_string();
                        let fact = What::Export { path, sha256, rows };
                        if let Some(orders) = orders {
                            let _ = orders.send(Order::Fact(fact));
                        }
                        Message::Told(Tone::Good, text)
                    }
                    Err(error) => {
                        let text = format!(
                            "{}: saved, but not in the journal, since it cannot be read back: {error}",
                            path.display()
                        );
                        Message::Told(Tone::Error, text)
                    }
                },
                Err(problem) => {
                    Message::Told(Tone::Error, format!("{}: {problem}", path.display()))
                }
            };
            let _ = told.send(message);
        };
        if let Err(error) = std::thread::Builder::new().name("save".to_owned()).spawn(work) {
            self.tell(Tone::Error, format!("the rows are not saved: {error}"));
        }
    }

    /// Begins or ends to watch for the values of a file.
    fn watch(&self, name: &str) {
        let path = self.world.from.join(name);
        let Some(list) = path.to_str().map(str::to_owned) else {
            return self.tell(Tone::Error, format!("{}: is no UTF-8 name", path.display()));
        };
        let scribe = &self.world.session.scribe;
        let fact = if scribe.desk().state.work().watched().contains(&list) {
            Ok(What::WatchRemove { list })
        } else {
            lists::sha256(&list).map(|sha256| What::WatchAdd { list, sha256 })
        };
        match fact {
            Ok(fact) => {
                self.tell(Tone::Good, fact.summary());
                scribe.order(Order::Fact(fact));
            }
            Err(error) => self.tell(Tone::Error, error.to_string()),
        }
    }

    fn edit(&mut self, text: &str) -> Result<(), TerminalError> {
        let path = self.world.workspace.path().join("note.md");
        let edited = write_private(&path, text.as_bytes())
            .map_err(|error| format!("{}: {error}", path.display()))
            .and_then(|()| self.world.terminal.edit(&path).map_err(|error| error.to_string()))
            .and_then(|()| read_note(&path));
        if edited.is_ok() {
            // Its text is a note now; a copy would only be found by others.
            let _ = std::fs::remove_file(&path);
        }
        self.world.terminal.redraw()?;
        self.update(Message::Edited(edited))
    }
}
