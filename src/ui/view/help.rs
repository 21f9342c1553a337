//! The keys that work here, those of the view below first, made from the live keymap; and a few
//! words about the timeline, which come first in it.

use super::{Step, View};
use crate::event::counted;
use crate::ui::action::{Action, Area};
use crate::ui::keymap::{Context, Keymap};
use crate::ui::model::Model;
use crate::ui::pen::Pen;
use crate::ui::theme::Role;
use ratatui::layout::Rect;

/// What the screen shows, for the first time at it.
const ABOUT: &[&str] = &[
    "Lanes: one row for each source over one time axis. A bar is the logarithm of",
    "the number of events, a low line is none, a dot is time of which this source",
    "knows nothing. Bars in the colour of failure: far more failed than usual.",
    "Table: all events in the order of time, in UTC. Left and right choose the",
    "column that f (only), x (not) and v (values) act on. Text in the colour of",
    "hazard stands for bytes that were made harmless.",
    "In front of a row: ! denied, or a finding of high severity; * failed, or of",
    "medium severity; - a finding of low severity; a pen where you wrote a note.",
    "Filter: event:Get*  -event:Describe*  ip:10.0.0.0/8  outcome:denied",
    "principal:*alice*  key:AKIA*  time:10:30..11:10  time:last2h  bytes>10MB",
    "event:(A or B)  \"text in the record\"  /regular expression/  tag:yes",
    "Every step is kept: Backspace goes back to the filter and the row before.",
];

/// Keys or nothing, and what stands beside them.
type Line = (String, String, Role);

#[derive(Debug)]
pub struct Help {
    contexts: Vec<Context>,
    /// What the view below hints at, in its own words.
    hints: &'static [(Action, &'static str)],
    top: usize,
}

impl Help {
    pub fn new(contexts: Vec<Context>, hints: &'static [(Action, &'static str)]) -> Self {
        Self { contexts, hints, top: 0 }
    }

    fn lines(&self, keymap: &Keymap) -> Vec<Line> {
        let text = |text: &&str| (String::new(), (*text).to_owned(), Role::Text);
        let about: Vec<Line> = ABOUT.iter().map(text).collect();
        let keys = self.keys(keymap);
        // They are about what is on the screen, or about what is not.
        if self.contexts.contains(&Context::Timeline) {
            return [about, vec![empty()], keys].concat();
        }
        [keys, vec![empty(), header("the timeline")], about].concat()
    }

    /// Sections of keys: what is the view's own, then the others by what they are for.
    fn keys(&self, keymap: &Keymap) -> Vec<Line> {
        let own = self.own(keymap);
        let line = |action: Action, help: &str| -> Option<Line> {
            let keys = keymap.keys_for(action, &self.contexts);
            (!keys.is_empty()).then(|| (keys.join(" "), help.to_owned(), Role::Text))
        };
        let here = own.iter().filter_map(|(action, help)| line(*action, help)).collect();
        let of = |area: &Area| {
            let actions = Action::ALL.iter().filter(|action| action.area() == *area);
            let others = actions.filter(|action| own.iter().all(|(own, _)| own != *action));
            (area.as_str(), others.filter_map(|action| line(*action, action.help())).collect())
        };
        let sections = std::iter::once(("in this view", here)).chain(Area::ALL.iter().map(of));
        let sections = sections.filter(|(_, lines): &(_, Vec<Line>)| !lines.is_empty());
        let sections = sections.enumerate().flat_map(|(number, (name, lines))| {
            let apart = (number > 0).then(empty);
            apart.into_iter().chain([header(name)]).chain(lines)
        });
        sections.collect()
    }

    /// What the view hints at, and what has a key in it alone. The list of all actions speaks of the
    /// timeline; what they do in another view is better said by its hints.
    fn own(&self, keymap: &Keymap) -> Vec<(Action, &'static str)> {
        let is_timeline = self.contexts.contains(&Context::Timeline);
        let said = |(action, hint): &(Action, &'static str)| {
            (*action, if is_timeline { action.help() } else { hint })
        };
        let mut own: Vec<(Action, &'static str)> = self.hints.iter().map(said).collect();
        let is_own = |context| context != Context::Global && self.contexts.contains(&context);
        for (context, _, action) in keymap.bindings() {
            if is_own(context) && own.iter().all(|(known, _)| *known != action) {
                own.push((action, action.help()));
            }
        }
        own
    }
}

fn empty() -> Line {
    (String::new(), String::new(), Role::Text)
}

fn header(text: &str) -> Line {
    (String::new(), text.to_owned(), Role::Header)
}

impl View for Help {
    fn contexts(&self) -> &'static [Context] {
        &[Context::List]
    }

    fn hints(&self) -> &'static [(Action, &'static str)] {
        &[(Action::PageDown, "on"), (Action::Palette, "find by name"), (Action::Escape, "close")]
    }

    fn act(&mut self, action: Action, model: &mut Model) -> Option<Vec<Step>> {
        let page = usize::from(model.frame().body.height.saturating_sub(2)).max(1);
        let last = self.lines(&model.look.keymap).len().saturating_sub(page);
        match action {
            Action::Up => self.top = self.top.saturating_sub(1),
            Action::Down => self.top = (self.top + 1).min(last),
            Action::PageUp | Action::HalfPageUp => self.top = self.top.saturating_sub(page),
            Action::PageDown | Action::HalfPageDown => self.top = (self.top + page).min(last),
            Action::Top => self.top = 0,
            Action::Bottom => self.top = last,
            Action::Escape | Action::Help | Action::Open => return Some(vec![Step::Close]),
            Action::Palette => return Some(vec![Step::Close, Step::Act(Action::Palette)]),
            Action::Quit => return None,
            _ => {}
        }
        Some(Vec::new())
    }

    fn draw(&self, model: &Model, body: Rect, pen: &mut Pen<'_>) {
        pen.clear(body);
        let title = format!("keys ({} keymap)", model.look.keymap.name);
        let inside = pen.frame(body, &title, true);
        let lines = self.lines(&model.look.keymap);
        let key_width = 24.min(inside.width / 3);
        for (row, (keys, text, role)) in
            lines.iter().skip(self.top).take(usize::from(inside.height)).enumerate()
        {
            let y = inside.y + row as u16;
            if keys.is_empty() {
                pen.text(inside.x + 1, y, inside.width - 2, text, *role);
            } else {
                pen.text(inside.x + 1, y, key_width, keys, Role::HintKey);
                let x = inside.x + 2 + key_width;
                pen.text(x, y, inside.right().saturating_sub(x), text, *role);
            }
        }
        let more = lines.len().saturating_sub(self.top + usize::from(inside.height));
        if more > 0 {
            let text = format!(" {} ", counted(more as u64, "more line", "more lines"));
            pen.right(body.right() - 2, body.bottom() - 1, 24, &text, Role::Muted);
        }
    }
}
