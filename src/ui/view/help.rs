//! The keys that work here, made from the live keymap, and a few words about the screen.

use super::{Step, View};
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

#[derive(Debug)]
pub struct Help {
    contexts: Vec<Context>,
    top: usize,
}

impl Help {
    pub fn new(contexts: Vec<Context>) -> Self {
        Self { contexts, top: 0 }
    }

    fn lines(&self, keymap: &Keymap) -> Vec<(String, String, Role)> {
        let mut lines: Vec<(String, String, Role)> =
            ABOUT.iter().map(|text| (String::new(), (*text).to_owned(), Role::Text)).collect();
        for area in Area::ALL {
            let actions = Action::ALL.iter().filter(|action| action.area() == *area);
            let mut bound: Vec<(String, String, Role)> = actions
                .filter_map(|&action| {
                    let keys = keymap.keys_for(action, &self.contexts);
                    (!keys.is_empty())
                        .then(|| (keys.join(" "), action.help().to_owned(), Role::Text))
                })
                .collect();
            if !bound.is_empty() {
                lines.push((String::new(), String::new(), Role::Text));
                lines.push((String::new(), area.as_str().to_owned(), Role::Header));
                lines.append(&mut bound);
            }
        }
        lines
    }
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
            let text = format!(" {more} more lines ");
            pen.right(body.right() - 2, body.bottom() - 1, 24, &text, Role::Muted);
        }
    }
}
