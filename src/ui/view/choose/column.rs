//! One level of what there is to choose among: narrowed by typing, with some of it picked.

use crate::event::layout::Level;
use crate::event::{Reason, noun};
use crate::job::choosing::{Choice, Choices, Kind, Offer};
use crate::ui::action::Action;
use crate::ui::field::Field;
use crate::ui::ranking::rank;
use crate::ui::widget::lanes::grouped;
use crate::ui::widget::list::ListCursor;
use std::collections::BTreeSet;
use std::sync::Arc;

#[derive(Debug)]
pub(super) struct Column {
    pub(super) address: String,
    pub(super) found: Found,
    /// What stands for what is picked in an address.
    picked: BTreeSet<String>,
    pub(super) typed: Field,
    /// Positions of choices that fit what is typed, best first.
    ranked: Vec<usize>,
    cursor: ListCursor,
}

#[derive(Debug)]
pub(super) enum Found {
    Waits,
    There(Arc<Choices>),
    Failed(Reason),
}

/// One line of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// All that there is, whatever it is.
    All,
    /// The choice at this position.
    One(usize),
}

impl Column {
    /// `begins`: what is typed already.
    pub(super) fn new(address: String, begins: &str) -> Self {
        Self {
            address,
            found: Found::Waits,
            picked: BTreeSet::new(),
            typed: Field::new(begins),
            ranked: Vec::new(),
            cursor: ListCursor::default(),
        }
    }

    /// Takes in what there is, if it is of here.
    pub(super) fn take(&mut self, offer: &Offer) -> bool {
        if offer.address != self.address {
            return false;
        }
        self.found = match &offer.choices {
            Ok(choices) => Found::There(Arc::clone(choices)),
            Err(reason) => Found::Failed(reason.clone()),
        };
        self.narrow();
        true
    }

    pub(super) fn choices(&self) -> Option<&Choices> {
        match &self.found {
            Found::There(choices) => Some(choices),
            Found::Waits | Found::Failed(_) => None,
        }
    }

    fn narrow(&mut self) {
        let Some(choices) = self.choices() else { return };
        let typed = self.typed.text();
        self.ranked = if typed.is_empty() {
            (0..choices.all.len()).collect()
        } else {
            let names = choices.all.iter().map(|choice| choice.name.as_str());
            rank(typed, names).into_iter().map(|ranked| ranked.index).collect()
        };
        self.cursor = ListCursor(self.cursor.within(self.lines().len()));
    }

    pub(super) fn lines(&self) -> Vec<Line> {
        // What is there alone is all that there is.
        let is_more = |choices: &Choices| choices.all.len() != 1 || choices.objects > 0;
        let is_whole = |choices: &Choices| choices.is_whole() && is_more(choices);
        let is_shown = self.typed.is_empty() && self.choices().is_some_and(is_whole);
        let all = is_shown.then_some(Line::All);
        all.into_iter().chain(self.ranked.iter().copied().map(Line::One)).collect()
    }

    /// Where the cursor is among the lines.
    pub(super) fn cursor(&self) -> ListCursor {
        self.cursor
    }

    fn line(&self) -> Option<Line> {
        let lines = self.lines();
        lines.get(self.cursor.within(lines.len())).copied()
    }

    pub(super) fn is_picked(&self, choice: &Choice) -> bool {
        self.picked.contains(&choice.part)
    }

    /// Picks the choice under the cursor, or leaves it; on the line of all, none is picked alone.
    pub(super) fn toggle(&mut self) {
        match (self.line(), self.choices()) {
            (Some(Line::One(at)), Some(choices)) => {
                let part = choices.all[at].part.clone();
                if !self.picked.remove(&part) {
                    self.picked.insert(part);
                }
                self.cursor.act(Action::Down, self.lines().len());
            }
            _ => self.picked.clear(),
        }
    }

    /// What is meant: what is picked, or the line of the cursor. Nothing stands for all.
    fn meant<'a>(&self, choices: &'a Choices) -> Vec<&'a Choice> {
        let picked: Vec<&Choice> =
            choices.all.iter().filter(|choice| self.is_picked(choice)).collect();
        match self.line() {
            Some(Line::One(at)) if picked.is_empty() => vec![&choices.all[at]],
            _ => picked,
        }
    }

    /// Whether something is meant.
    pub(super) fn means_something(&self) -> bool {
        self.line().is_some() || !self.picked.is_empty()
    }

    /// What would be opened.
    pub(super) fn sources(&self) -> Vec<String> {
        let choices = self.choices().filter(|_| self.means_something());
        choices.map(|choices| choices.sources(&self.meant(choices))).unwrap_or_default()
    }

    /// Where one goes on to choose.
    pub(super) fn inside(&self) -> Option<String> {
        let choices = self.choices().filter(|_| self.means_something())?;
        choices.inside(&self.meant(choices))
    }

    /// Where there is one folder and nothing beside it, nobody has to choose.
    pub(super) fn only(&self) -> Option<String> {
        let choices = self.choices()?;
        let [one] = choices.all.as_slice() else { return None };
        let is_date = matches!(one.level, Level::Year | Level::Month | Level::Day | Level::Hour);
        let is_only = choices.kind == Kind::Folder && choices.objects == 0 && !choices.more;
        (is_only && !is_date && self.typed.is_empty()).then(|| choices.inside(&[one]))?
    }

    /// Does what an action means within the column.
    pub(super) fn act(&mut self, action: Action) -> bool {
        let lines = self.lines().len();
        if self.cursor.act(action, lines) {
            return true;
        }
        let is_edited = self.typed.act(action);
        if is_edited {
            self.cursor = ListCursor::default();
            self.narrow();
        }
        is_edited
    }

    pub(super) fn typed(&mut self, text: &str) {
        self.typed.insert(text);
        self.cursor = ListCursor::default();
        self.narrow();
    }

    /// What is in it, and how many.
    pub(super) fn title(&self) -> String {
        let Some(choices) = self.choices() else { return String::new() };
        let count = choices.all.len() as u64;
        let (one, many) = match choices.kind {
            Kind::Bucket => ("bucket", "buckets"),
            Kind::Group => ("log group", "log groups"),
            Kind::Stream => ("stream", "streams"),
            Kind::Folder => match common(&choices.all) {
                Level::Organization => ("organization", "organizations"),
                Level::Account => ("account", "accounts"),
                Level::Service => ("service", "services"),
                Level::Region => ("Region", "Regions"),
                Level::Year => ("year", "years"),
                Level::Month => ("month", "months"),
                Level::Day => ("day", "days"),
                Level::Hour => ("hour", "hours"),
                Level::Folder => ("folder", "folders"),
            },
        };
        let more = if choices.more { "+" } else { "" };
        let mut title = format!("{}{more} {}", grouped(count), noun(count, one, many));
        if choices.objects > 0 {
            let objects = choices.objects;
            let here =
                format!(", {} {} here", grouped(objects), noun(objects, "object", "objects"));
            title.push_str(&here);
        }
        title
    }
}

/// What most of them stand for.
fn common(choices: &[Choice]) -> Level {
    let count = |level: Level| choices.iter().filter(|choice| choice.level == level).count();
    let levels = choices.iter().map(|choice| choice.level);
    levels.max_by_key(|level| count(*level)).unwrap_or(Level::Folder)
}
