//! What is usual of whom an alarm is about: a line each, with the details below those that are
//! unfolded.

use super::super::named::short;
use super::{Entry, Part, Sheet, Target, labelled};
use crate::job::baseline::{Baseline, Baselines};
use crate::job::queue::Line;
use crate::ui::action::Action;
use crate::ui::keymap::Context;
use crate::ui::model::Model;
use crate::ui::theme::Role;

/// What the cursor stays on while lines below it come and go.
enum Anchor {
    /// A line by its number.
    Line(usize),
    /// The value of this number.
    Value(usize),
    /// So many lines before the end.
    End(usize),
}

impl Sheet {
    pub(super) fn usual(&mut self, line: &Line, model: &Model) {
        let counted = model.alarms.baselines(line);
        if counted.is_none() && model.alarms.wanted(line).is_none() {
            return;
        }
        let title = "what is usual of them";
        let Some(counted) = counted else {
            self.say(title, Role::Header);
            self.say("  being counted", Role::Muted);
            return;
        };
        let contexts = [Context::Detail, Context::Alarms, Context::Global];
        let hints = [(Action::Unfold, "shows the details"), (Action::FoldAll, "of all")];
        self.say(model.look.keymap.hinted(title, &contexts, &hints), Role::Header);
        let counted: &Baselines = counted;
        for (number, one) in counted.all.iter().enumerate() {
            self.one(number, one, model);
        }
        if let Some(rest) = counted.rest() {
            self.say(format!("  {rest}"), Role::Muted);
        }
    }

    fn one(&mut self, number: usize, one: &Baseline, model: &Model) {
        let names = &model.alarms.raised.known.names;
        let is_open = self.unfolded.contains(&key(one));
        let target = Target::Entity(one.field.to_owned(), one.value.clone());
        self.lines.push(Entry {
            target: Some(target),
            is_cut: true,
            part: Part::Usual { number, tail: one.line(), is_open },
            ..Entry::new(labelled(one.field, short(&one.value), names, &one.value), Role::Text)
        });
        if !is_open {
            return;
        }
        // The line may have had no room for the whole name.
        let name = labelled(one.field, &one.value, names, &one.value);
        for text in std::iter::once(name).chain(one.lines()) {
            let entry = Entry::new(format!("    {text}"), Role::Text);
            self.lines.push(Entry { part: Part::Detail(number), ..entry });
        }
    }

    /// Shows or hides the details of the value under the cursor, or of all; whether there are any.
    pub(in super::super) fn fold(
        &mut self,
        action: Action,
        line: Option<&Line>,
        model: &Model,
    ) -> bool {
        let counted = line.and_then(|line| model.alarms.baselines(line));
        let all = counted.map_or(&[][..], |counted| &counted.all);
        let anchor = self.anchor();
        if action == Action::FoldAll {
            let is_open = all.iter().any(|one| self.unfolded.contains(&key(one)));
            for one in all {
                self.set_open(one, !is_open);
            }
        } else {
            let Anchor::Value(number) = anchor else { return false };
            let Some(one) = all.get(number) else { return false };
            let was = self.unfolded.contains(&key(one));
            let open = match action {
                Action::Unfold => true,
                Action::Fold => false,
                _ => !was,
            };
            self.set_open(one, open);
        }
        self.made_of = None;
        self.refresh(line, model);
        self.cursor.0 = match anchor {
            Anchor::Line(number) => number,
            Anchor::End(left) => self.lines.len().saturating_sub(left),
            Anchor::Value(value) => {
                let value_of = |entry: &Entry| match entry.part {
                    Part::Usual { number, .. } => Some(number),
                    _ => None,
                };
                self.lines.iter().position(|entry| value_of(entry) == Some(value)).unwrap_or(0)
            }
        };
        !all.is_empty()
    }

    fn set_open(&mut self, one: &Baseline, open: bool) {
        if open {
            self.unfolded.insert(key(one));
        } else {
            self.unfolded.remove(&key(one));
        }
    }

    fn anchor(&self) -> Anchor {
        let cursor = self.cursor.within(self.lines.len());
        match self.lines.get(cursor).map(|entry| &entry.part) {
            Some(Part::Usual { number, .. } | Part::Detail(number)) => Anchor::Value(*number),
            _ => {
                let is_usual = |entry: &Entry| matches!(entry.part, Part::Usual { .. });
                let is_below = self.lines.iter().take(cursor).any(is_usual);
                if is_below { Anchor::End(self.lines.len() - cursor) } else { Anchor::Line(cursor) }
            }
        }
    }
}

/// What is unfolded stays so for other alarms about the same.
fn key(one: &Baseline) -> String {
    format!("{} {}", one.field, one.value)
}
