//! The screen as a state machine: messages in, effects out. Nothing here touches the world.

mod news;

use super::action::Action;
use super::keymap::{Context, Key, Matched};
use super::layout::SMALLEST;
use super::message::{Effect, Message, Tone};
use super::model::Model;
use super::mouse::{Gesture, Mouse};
use super::pen::Pen;
use super::theme::Role;
use super::view::case::CaseView;
use super::view::filter::FilterLine;
use super::view::help::Help;
use super::view::note::NoteEditor;
use super::view::picker::Picker;
use super::view::problems::Problems;
use super::view::prompt::{Prompt, Purpose};
use super::view::sources::SourcesView;
use super::view::timeline::Timeline;
use super::view::{Asked, Base, Step, View, typed_text};
use super::widget::chrome;
use crate::case::Draft;
use crate::job::scribe::Order;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// The whole screen.
pub struct App {
    pub model: Model,
    base: Base,
    timeline: Timeline,
    case: CaseView,
    sources: SourcesView,
    /// What lies over the base view, the topmost last.
    over: Vec<Box<dyn View>>,
    /// Keys of a chord typed so far, and what they could become.
    chord: Vec<Key>,
    next: Vec<(Key, Option<Action>)>,
    /// The mouse is ours.
    has_mouse: bool,
    /// The next key answers this.
    asked: Option<Asked>,
}

impl App {
    pub fn new(model: Model) -> Self {
        Self {
            model,
            base: Base::Timeline,
            timeline: Timeline::default(),
            case: CaseView::default(),
            sources: SourcesView::default(),
            over: Vec::new(),
            chord: Vec::new(),
            next: Vec::new(),
            has_mouse: false,
            asked: None,
        }
    }

    pub fn base(&self) -> Base {
        self.base
    }

    pub fn show(&mut self, base: Base) {
        self.base = base;
    }

    /// Goes on with a note that was being typed when the last session ended.
    pub fn resume_note(&mut self, draft: Draft) {
        self.over.push(Box::new(NoteEditor::resume(draft)));
        self.model.say(Tone::Warning, "this note was being typed when the last session ended");
    }

    /// Whether a chord has begun, so that its continuations are to be shown after a while.
    pub fn chord_pending(&self) -> bool {
        !self.chord.is_empty()
    }

    /// The chord took too long.
    pub fn forget_chord(&mut self) {
        self.chord.clear();
        self.next.clear();
    }

    /// The view that has the keys, and the model.
    fn split(&mut self) -> (&mut dyn View, &mut Model) {
        let view: &mut dyn View = match (self.over.last_mut(), self.base) {
            (Some(view), _) => view.as_mut(),
            (None, Base::Timeline) => &mut self.timeline,
            (None, Base::Case) => &mut self.case,
            (None, Base::Sources) => &mut self.sources,
        };
        (view, &mut self.model)
    }

    fn view_ref(&self) -> &dyn View {
        match self.over.last() {
            Some(view) => view.as_ref(),
            None => self.base_ref(),
        }
    }

    fn base_ref(&self) -> &dyn View {
        match self.base {
            Base::Timeline => &self.timeline,
            Base::Case => &self.case,
            Base::Sources => &self.sources,
        }
    }

    pub fn contexts(&self) -> Vec<Context> {
        let mut contexts = self.view_ref().contexts().to_vec();
        contexts.push(Context::Global);
        contexts
    }

    /// Takes in a message; what comes back is to be done outside.
    pub fn update(&mut self, message: Message) -> Vec<Effect> {
        let steps = match message {
            Message::Key(key) => self.key(key),
            Message::Paste(text) => self.paste(&text),
            Message::Mouse(mouse) => self.point(mouse),
            Message::Resize(width, height) => {
                self.model.look.area = Rect::new(0, 0, width, height);
                self.model.scroll();
                vec![Step::Effect(self.model.ask())]
            }
            other => self.hear(&other),
        };
        self.carry_out(steps)
    }

    fn key(&mut self, key: Key) -> Vec<Step> {
        if let Some(asked) = self.asked.take() {
            return match key.typed() {
                Some('y' | 'Y') => vec![Step::Effect(asked.yes)],
                _ => {
                    self.model.say(Tone::Info, asked.no);
                    Vec::new()
                }
            };
        }
        self.model.notice = None;
        self.model.cursor.moved = true;
        self.chord.push(key);
        let contexts = self.contexts();
        match self.model.look.keymap.resolve(&contexts, &self.chord) {
            Matched::Pending(next) => {
                self.next = next;
                Vec::new()
            }
            Matched::Action(action) => {
                self.forget_chord();
                self.act(action)
            }
            Matched::NotFound => {
                let first = self.chord.len() == 1;
                let chord = Key::chord_text(&self.chord);
                self.forget_chord();
                if let (true, Some(text)) = (first, typed_text(key)) {
                    let (view, model) = self.split();
                    if let Some(steps) = view.typed(&text, model) {
                        return steps;
                    }
                }
                let text = format!("{chord} does nothing here");
                let hints = [(Action::Help, "shows the keys")];
                let text = self.model.look.keymap.hinted(&text, &contexts, &hints);
                self.model.say(Tone::Info, text);
                Vec::new()
            }
        }
    }

    /// The mouse goes to the topmost view; where that has no use for it, the wheel moves as the keys
    /// up and down do, but for where they would change what is typed.
    fn point(&mut self, mouse: Mouse) -> Vec<Step> {
        if self.asked.is_some() {
            return Vec::new();
        }
        let (view, model) = self.split();
        if let Some(steps) = view.point(mouse, model) {
            return steps;
        }
        let is_typing = view.contexts().contains(&Context::Text);
        match mouse.gesture {
            Gesture::WheelUp if !is_typing => self.act(Action::Up),
            Gesture::WheelDown if !is_typing => self.act(Action::Down),
            _ => Vec::new(),
        }
    }

    /// Pasted text is data: it goes to where text is typed, and else to the filter line.
    fn paste(&mut self, text: &str) -> Vec<Step> {
        if self.asked.is_some() {
            return Vec::new();
        }
        let (view, model) = self.split();
        if let Some(steps) = view.typed(text, model) {
            return steps;
        }
        let mut line = FilterLine::new(model);
        model.say(Tone::Info, "pasted into the filter");
        let steps = line.typed(text, model).unwrap_or_default();
        self.over.push(Box::new(line));
        steps
    }

    /// Does what an action's key would do.
    pub fn perform(&mut self, action: Action) -> Vec<Effect> {
        let steps = self.act(action);
        self.carry_out(steps)
    }

    fn act(&mut self, action: Action) -> Vec<Step> {
        let (view, model) = self.split();
        match view.act(action, model) {
            Some(steps) => steps,
            None => self.act_global(action),
        }
    }

    fn act_global(&mut self, action: Action) -> Vec<Step> {
        match action {
            Action::Quit => self.quit(),
            Action::Escape => {
                self.model.say(Tone::Info, self.quit_hint());
                Vec::new()
            }
            Action::Help => vec![Step::Push(Box::new(Help::new(self.contexts())))],
            Action::Palette => vec![Step::Push(Box::new(Picker::palette(&self.contexts())))],
            Action::Problems => vec![Step::Push(Box::new(Problems::default()))],
            Action::Suspend => vec![Step::Effect(Effect::Suspend)],
            Action::Redraw => vec![Step::Effect(Effect::Redraw)],
            Action::Undo => vec![Step::Effect(Effect::Order(Order::Undo))],
            Action::Redo => vec![Step::Effect(Effect::Order(Order::Redo))],
            Action::ViewTimeline => vec![Step::Show(Base::Timeline)],
            Action::ViewAlarms => {
                self.not_yet("alarms; GuardDuty's findings are events: format:guardduty", &[])
            }
            Action::ViewIntegrity => {
                let hint = (Action::ViewSources, "shows the hash of every object");
                self.not_yet("digest chains", &[hint])
            }
            Action::ViewCase => vec![Step::Show(Base::Case)],
            Action::ViewSources => vec![Step::Show(Base::Sources)],
            Action::NextView | Action::PreviousView => vec![Step::Show(self.neighbour(action))],
            Action::CancelJob => vec![Step::Effect(Effect::CancelLoad)],
            Action::EditFilter => vec![Step::Push(Box::new(FilterLine::new(&self.model)))],
            Action::ClearFilter => as_steps(self.model.set_filter("")),
            Action::AddNote | Action::EditNoteExternal if !self.model.can_write() => Vec::new(),
            Action::AddNote => vec![Step::Push(Box::new(NoteEditor::new(&self.model)))],
            Action::EditNoteExternal => vec![
                Step::Push(Box::new(NoteEditor::new(&self.model))),
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

    fn not_yet(&mut self, what: &str, hints: &[(Action, &str)]) -> Vec<Step> {
        let text = format!("this version does not know {what}");
        let text = self.model.look.keymap.hinted(&text, &self.contexts(), hints);
        self.model.say(Tone::Info, text);
        Vec::new()
    }

    fn neighbour(&self, action: Action) -> Base {
        let order = [Base::Timeline, Base::Case, Base::Sources];
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

    fn quit_hint(&self) -> String {
        let contexts = self.contexts();
        let hints = [(Action::Quit, "leaves trailcase")];
        self.model.look.keymap.hinted("this is the top", &contexts, &hints)
    }

    fn carry_out(&mut self, steps: Vec<Step>) -> Vec<Effect> {
        let mut effects = Vec::new();
        let mut open: std::collections::VecDeque<Step> = steps.into();
        while let Some(step) = open.pop_front() {
            match step {
                Step::Effect(effect) => {
                    if let Effect::Order(order) = &effect {
                        self.model.case.ordered += u64::from(order.is_work());
                    }
                    effects.push(effect);
                }
                Step::Push(view) => self.over.push(view),
                Step::Close => {
                    self.over.pop();
                }
                Step::Show(base) => {
                    self.over.clear();
                    self.base = base;
                }
                Step::Act(action) => open.extend(self.act(action)),
                Step::Ask(asked) => self.asked = Some(asked),
            }
        }
        self.model.is_covered = !self.over.is_empty();
        effects
    }

    pub fn draw(&self, buf: &mut Buffer) {
        let area = self.model.look.area.intersection(buf.area);
        let mut pen = Pen::new(buf, &self.model.look.theme);
        pen.clear(area);
        if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
            chrome::too_small(&mut pen, area, &self.quit_hint());
            return;
        }
        let frame = self.model.frame();
        chrome::tabs(&mut pen, frame.tabs, &self.model, self.base);
        chrome::query(&mut pen, frame.query, &self.model);
        chrome::advice(&mut pen, frame.query, frame.advice, &self.model);
        self.base_ref().draw(&self.model, frame.body, &mut pen);
        for view in &self.over {
            view.draw(&self.model, frame.body, &mut pen);
        }
        if self.chord.is_empty() {
            let hints = self.view_ref().hints();
            chrome::hints(&mut pen, frame.hints, &self.model, hints, &self.contexts());
        } else {
            chrome::continuations(&mut pen, frame.body, frame.hints, &self.chord, &self.next);
        }
        match &self.asked {
            // Whatever else is to be said waits: the next key answers what is read here.
            Some(asked) => chrome::question(&mut pen, frame.status, &asked.text),
            None => chrome::status(&mut pen, frame.status, &self.model, self.base),
        }
    }

    /// Where the terminal's cursor belongs, if text is typed.
    pub fn caret(&self) -> Option<(u16, u16)> {
        let area = self.model.look.area;
        if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
            return None;
        }
        self.view_ref().caret(&self.model, self.model.frame().body)
    }
}

fn as_steps(effects: Vec<Effect>) -> Vec<Step> {
    effects.into_iter().map(Step::Effect).collect()
}

/// Style of a message on the last line.
pub fn tone_role(tone: Tone) -> Role {
    match tone {
        Tone::Info => Role::Text,
        Tone::Good => Role::Success,
        Tone::Warning => Role::Warning,
        Tone::Error => Role::Error,
    }
}
