//! The screen as a state machine: messages in, effects out. Nothing here touches the world.

mod global;
mod news;
mod services;

use super::action::Action;
use super::keymap::{Context, Key, Matched};
use super::layout::SMALLEST;
use super::message::{Effect, Message, Tone};
use super::model::Model;
use super::mouse::{Gesture, Mouse};
use super::pen::Pen;
use super::theme::Role;
use super::view::alarms::AlarmsView;
use super::view::case::CaseView;
use super::view::choose::Choose;
use super::view::filter::FilterLine;
use super::view::integrity::IntegrityView;
use super::view::note::NoteEditor;
use super::view::sources::{self, SourcesView};
use super::view::timeline::Timeline;
use super::view::{Asked, Base, Step, View, typed_text};
use super::widget::chrome;
use crate::case::Draft;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// The whole screen.
pub struct App {
    pub model: Model,
    base: Base,
    timeline: Timeline,
    alarms: AlarmsView,
    integrity: IntegrityView,
    case: CaseView,
    sources: SourcesView,
    /// What lies over the base view, the topmost last.
    over: Vec<Box<dyn View>>,
    /// Keys of a chord typed so far, and what they could become.
    chord: Vec<Key>,
    next: Vec<(Key, Option<Action>)>,
    /// The mouse is ours.
    has_mouse: bool,
    /// What was said last of a verification that found errors.
    verdict_said: String,
    /// What was said last of a verification that was ordered; the verdict takes its place.
    verifying_said: Option<String>,
    /// The next key answers this.
    asked: Option<Asked>,
}

impl App {
    pub fn new(model: Model) -> Self {
        Self {
            model,
            base: Base::Timeline,
            timeline: Timeline::default(),
            alarms: AlarmsView::default(),
            integrity: IntegrityView::default(),
            case: CaseView::default(),
            sources: SourcesView::default(),
            over: Vec::new(),
            chord: Vec::new(),
            next: Vec::new(),
            has_mouse: false,
            verdict_said: String::new(),
            verifying_said: None,
            asked: None,
        }
    }

    pub fn base(&self) -> Base {
        self.base
    }

    pub fn show(&mut self, base: Base) {
        self.base = base;
        self.look();
    }

    /// Somebody looks at a view of which nothing was done while nobody did.
    fn look(&mut self) {
        match self.base {
            Base::Alarms => self.alarms.look(&mut self.model),
            Base::Case => self.case.look(&self.model),
            _ => {}
        }
    }

    /// Goes on with a note that was being typed when the last session ended.
    pub fn resume_note(&mut self, draft: Draft) {
        self.over.push(Box::new(NoteEditor::resume(draft)));
        self.model.say(Tone::Warning, "this note was being typed when the last session ended");
    }

    /// Lets the person choose what is opened of these addresses.
    pub fn choose(&mut self, addresses: Vec<String>) -> Vec<Effect> {
        let steps = Choose::opening(addresses, &self.model);
        self.carry_out(steps)
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
            (None, Base::Alarms) => &mut self.alarms,
            (None, Base::Integrity) => &mut self.integrity,
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
            Base::Alarms => &self.alarms,
            Base::Integrity => &self.integrity,
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
                self.alarms.fit(&self.model);
                vec![Step::Effect(self.model.ask())]
            }
            other => self.hear(&other),
        };
        let mut effects = self.carry_out(steps);
        if self.base == Base::Sources {
            effects.extend(sources::wanted(&mut self.model));
        }
        if self.base == Base::Alarms {
            effects.extend(self.alarms.wanted(&mut self.model));
        }
        effects
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

    /// Whether what the next keys mean is settled: a view that came between would get them.
    fn has_the_keys(&self) -> bool {
        self.view_ref().is_typing() || self.asked.is_some() || self.chord_pending()
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
                    let came = self.base != base;
                    self.base = base;
                    if base == Base::Alarms && came {
                        self.model.requeue();
                        let back = self.alarms.come_back(&mut self.model);
                        open.extend(as_steps(back));
                    }
                    if came {
                        self.look();
                    }
                }
                Step::Act(action) => open.extend(self.act(action)),
                Step::Ask(asked) => self.asked = Some(asked),
                Step::GoTo(at) => {
                    let (view, model) = self.split();
                    view.go_to(at, model);
                }
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
