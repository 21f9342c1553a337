//! What the keys do that mean the same in every view.

use super::{App, as_steps};
use crate::job::scribe::Order;
use crate::ui::action::Action;
use crate::ui::message::{Effect, Tone};
use crate::ui::view::code::CodePrompt;
use crate::ui::view::filter::FilterLine;
use crate::ui::view::help::Help;
use crate::ui::view::note::NoteEditor;
use crate::ui::view::picker::Picker;
use crate::ui::view::problems::Problems;
use crate::ui::view::prompt::{Prompt, Purpose};
use crate::ui::view::{Asked, Base, Step};

impl App {
    pub(super) fn act_global(&mut self, action: Action) -> Vec<Step> {
        match action {
            Action::Quit => self.quit(),
            Action::Escape => {
                self.model.say(Tone::Info, self.quit_hint());
                Vec::new()
            }
            Action::Help => {
                let help = Help::new(self.contexts(), self.view_ref().hints());
                vec![Step::Push(Box::new(help))]
            }
            Action::Palette => vec![Step::Push(Box::new(Picker::palette(&self.contexts())))],
            Action::GiveCode => self.give_code(),
            Action::Problems => vec![Step::Push(Box::new(Problems::default()))],
            Action::Suspend => vec![Step::Effect(Effect::Suspend)],
            Action::Redraw => vec![Step::Effect(Effect::Redraw)],
            Action::Undo => vec![Step::Effect(Effect::Order(Order::Undo))],
            Action::Redo => vec![Step::Effect(Effect::Order(Order::Redo))],
            Action::ViewTimeline => vec![Step::Show(Base::Timeline)],
            Action::ViewAlarms => vec![Step::Show(Base::Alarms)],
            Action::ViewIntegrity => vec![Step::Show(Base::Integrity)],
            Action::ViewCase => vec![Step::Show(Base::Case)],
            Action::ViewSources => vec![Step::Show(Base::Sources)],
            Action::NextView | Action::PreviousView => vec![Step::Show(self.neighbour(action))],
            Action::CancelJob => vec![Step::Effect(Effect::CancelLoad)],
            Action::EditFilter => vec![Step::Push(Box::new(FilterLine::new(&self.model)))],
            Action::ClearFilter => as_steps(self.model.set_filter("")),
            Action::AddNote | Action::EditNoteExternal if !self.model.can_write() => Vec::new(),
            Action::AddNote => vec![Step::Push(Box::new(self.note_editor()))],
            Action::EditNoteExternal => vec![
                Step::Push(Box::new(self.note_editor())),
                Step::Effect(Effect::Edit(String::new())),
            ],
            Action::SaveRows => self.save_rows(),
            Action::GoToTime => vec![Step::Push(Box::new(Prompt::new(Purpose::GoToTime)))],
            Action::CopyCommand => self.copy_command(),
            Action::ToggleMouse => self.toggle_mouse(),
            other => {
                self.say_idle(other);
                Vec::new()
            }
        }
    }

    /// A note is about records only where they are seen.
    fn note_editor(&self) -> NoteEditor {
        match self.base {
            Base::Timeline => NoteEditor::new(&self.model),
            _ => NoteEditor::about_the_case(),
        }
    }

    fn give_code(&mut self) -> Vec<Step> {
        let Some(wanted) = self.model.code.clone() else {
            self.model.say(Tone::Info, "nothing waits for a code of an MFA device");
            return Vec::new();
        };
        vec![Step::Push(Box::new(CodePrompt::new(wanted)))]
    }

    /// Rows that nobody knows are not saved: the file would say that there are none.
    fn save_rows(&mut self) -> Vec<Step> {
        if let Some(problem) = self.model.answer.as_ref().and_then(|it| it.problem.clone()) {
            self.model.say(Tone::Error, format!("no answer to save: {problem}"));
            return Vec::new();
        }
        vec![Step::Push(Box::new(Prompt::new(Purpose::SaveRows)))]
    }

    fn toggle_mouse(&mut self) -> Vec<Step> {
        self.has_mouse = !self.has_mouse;
        let text = if self.has_mouse {
            "the mouse points here; with shift, most terminals select text as before"
        } else {
            "the mouse is the terminal's"
        };
        self.model.say(Tone::Info, text);
        vec![Step::Effect(Effect::LetMouse(self.has_mouse))]
    }

    /// An action without anything to work on, by its key and what it would do.
    fn say_idle(&mut self, action: Action) {
        let contexts = self.contexts();
        let keymap = &self.model.look.keymap;
        let key = keymap.hint(action, &contexts).map_or(String::new(), |key| format!("{key}: "));
        let text = format!("{key}\"{}\" has nothing to work on here", action.help());
        let text = keymap.hinted(&text, &contexts, &[(Action::Help, "shows the keys that do")]);
        self.model.say(Tone::Info, text);
    }

    fn neighbour(&self, action: Action) -> Base {
        let order = [Base::Timeline, Base::Alarms, Base::Integrity, Base::Case, Base::Sources];
        let at = order.iter().position(|&base| base == self.base).unwrap_or(0);
        let step = if action == Action::NextView { 1 } else { order.len() - 1 };
        order[(at + step) % order.len()]
    }

    fn copy_command(&self) -> Vec<Step> {
        let query = &self.model.filter.query;
        let text = crate::query::command(query, &self.model.case.arguments);
        vec![Step::Effect(Effect::Copy { what: "the command", text })]
    }

    fn quit(&mut self) -> Vec<Step> {
        if self.model.case.is_unsaved() {
            let text = "NOT SAVED work would be lost; leave? (y/n)".to_owned();
            return vec![Step::Ask(Asked { text, yes: Effect::Quit, no: "staying" })];
        }
        vec![Step::Effect(Effect::Quit)]
    }

    pub(super) fn quit_hint(&self) -> String {
        let contexts = self.contexts();
        let hints = [(Action::Quit, "leaves trailcase")];
        self.model.look.keymap.hinted("this is the top", &contexts, &hints)
    }
}
