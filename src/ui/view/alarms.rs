//! Alarms: the queue of what somebody has to look at, and beside it all that helps to decide.

mod acts;
mod curves;
mod named;
mod queue;
pub mod saying;
mod sheet;
mod verdict;

use super::{Step, View};
use crate::job::queue::Line;
use crate::ui::action::Action;
use crate::ui::keymap::Context;
use crate::ui::message::Effect;
use crate::ui::model::Model;
use crate::ui::pen::Pen;
use crate::ui::widget::list::ListCursor;
use ratatui::layout::Rect;
use sheet::Sheet;
use std::collections::BTreeSet;

/// From this width on the sheet stands beside the queue, and else below it.
const WIDE: u16 = 100;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Pane {
    #[default]
    Queue,
    Sheet,
}

#[derive(Debug, Default)]
pub struct AlarmsView {
    pane: Pane,
    cursor: ListCursor,
    /// The alarm under the cursor: it stays there, whatever comes before it.
    at: Option<String>,
    /// What nobody has to look at is listed too.
    all: bool,
    /// Alarms that the next step is about, by fingerprint; none: the one under the cursor.
    picked: BTreeSet<String>,
    sheet: Sheet,
    /// Positions in the model's queue of the lines that are listed, as it was when somebody looked.
    listed: Vec<usize>,
    /// The filter that was left to follow something into the timeline, and the one put there.
    followed: Option<(String, String)>,
}

impl AlarmsView {
    /// Finds out which lines are listed.
    fn list(&mut self, model: &Model) {
        let alarms = &model.alarms;
        let lines = alarms.queue.iter().zip(&alarms.sifted).enumerate();
        let is_listed = |(line, sifted): (&Line, &bool)| *sifted && (self.all || line.is_open());
        let places = lines.filter(|(_, both)| is_listed(*both)).map(|(place, _)| place);
        self.listed = places.collect();
    }

    fn line<'a>(&self, model: &'a Model) -> Option<&'a Line> {
        model.alarms.queue.get(*self.listed.get(self.cursor.within(self.listed.len()))?)
    }

    /// Somebody looks, or what they look at has changed: there may be thousands of alarms, so that
    /// nothing is done for them while nobody does.
    pub fn look(&mut self, model: &mut Model) {
        model.sift();
        if !self.picked.is_empty() {
            let queue = model.alarms.queue.iter();
            let known: BTreeSet<&str> = queue.map(|line| &*line.ticket.fingerprint).collect();
            self.picked.retain(|picked| known.contains(picked.as_str()));
        }
        self.settle(model);
    }

    /// Puts the cursor on its alarm again, or where that was if it is not listed any more.
    fn settle(&mut self, model: &Model) {
        self.list(model);
        let queue = &model.alarms.queue;
        let is_it = |place: &usize| Some(&queue[*place].ticket.fingerprint) == self.at.as_ref();
        if let Some(row) = self.listed.iter().position(is_it) {
            self.cursor = ListCursor(row);
        }
        self.cursor = ListCursor(self.cursor.within(self.listed.len()));
        self.moved(model);
        self.sheet.refresh(self.line(model), model);
        self.fit(model);
    }

    /// Cuts the sheet for the screen, as large as that is now.
    pub fn fit(&mut self, model: &Model) {
        let (_, side) = self.areas(model.frame().body);
        self.sheet.fit(side.width);
    }

    /// What has to be counted for the sheet, if it was not asked for yet.
    pub fn wanted(&self, model: &mut Model) -> Option<Effect> {
        let wanted = model.alarms.wanted(self.line(model)?)?;
        let asked = Some((wanted.fingerprint.clone(), wanted.snapshot.version));
        if model.alarms.baseline_asked == asked {
            return None;
        }
        model.alarms.baseline_asked = asked;
        Some(Effect::LookUpBaseline(wanted))
    }

    /// The alarm that the cursor is on is the one it stays on.
    fn moved(&mut self, model: &Model) {
        let now = self.line(model).map(|line| line.ticket.fingerprint.clone());
        if now != self.at {
            self.sheet.top();
        }
        self.at = now;
    }

    /// Puts back the filter that was left to follow something, if nobody changed it since.
    pub fn come_back(&mut self, model: &mut Model) -> Vec<Effect> {
        match self.followed.take() {
            Some((left, put)) if model.filter.query.text == put => model.set_filter(&left),
            _ => Vec::new(),
        }
    }

    /// Where the queue and the sheet are.
    fn areas(&self, body: Rect) -> (Rect, Rect) {
        if body.width >= WIDE {
            let width = body.width * 9 / 20;
            let side = Rect { x: body.x + width, width: body.width - width, ..body };
            return (Rect { width, ..body }, side);
        }
        // What is short leaves its room to what is long.
        let lines = self.listed.len().min(usize::from(body.height)).max(2) as u16 + 1;
        let most = if self.pane == Pane::Sheet { body.height / 4 } else { body.height / 2 };
        let height = lines.min(most.max(3)).min(body.height);
        let below = Rect { y: body.y + height, height: body.height - height, ..body };
        (Rect { height, ..body }, below)
    }
}

impl View for AlarmsView {
    fn contexts(&self) -> &'static [Context] {
        match self.pane {
            Pane::Queue => &[Context::Alarms],
            Pane::Sheet => &[Context::Detail, Context::Alarms],
        }
    }

    fn hints(&self) -> &'static [(Action, &'static str)] {
        match self.pane {
            Pane::Queue => &[
                (Action::AckAlarm, "ack"),
                (Action::CloseAlarm, "close"),
                (Action::CloseAlike, "as before"),
                (Action::AddNote, "note"),
                (Action::Bookmark, "exhibit"),
                (Action::IncludeValue, "follow"),
                (Action::EscalateAlarm, "incident"),
                (Action::Open, "its events"),
                (Action::NextPane, "sheet"),
                (Action::Undo, "undo"),
                (Action::SnoozeAlarm, "snooze"),
                (Action::ShowDone, "done ones"),
            ],
            Pane::Sheet => &[
                (Action::Open, "go there"),
                (Action::TickQuestion, "answered"),
                (Action::Bookmark, "exhibit"),
                (Action::NextPane, "queue"),
                (Action::WidenAround, "wider"),
                (Action::NarrowAround, "narrower"),
                (Action::Unfold, "details"),
                (Action::AddNote, "note"),
                (Action::CloseAlarm, "close"),
            ],
        }
    }

    fn act(&mut self, action: Action, model: &mut Model) -> Option<Vec<Step>> {
        let steps = self.move_or_act(action, model);
        self.settle(model);
        steps
    }

    fn draw(&self, model: &Model, body: Rect, pen: &mut Pen<'_>) {
        let (list, side) = self.areas(body);
        self.draw_queue(model, list, pen);
        self.sheet.draw(side, self.pane == Pane::Sheet, pen);
    }
}

impl AlarmsView {
    fn move_or_act(&mut self, action: Action, model: &mut Model) -> Option<Vec<Step>> {
        if self.pane == Pane::Sheet
            && let Some(steps) = self.act_in_sheet(action, model)
        {
            return Some(steps);
        }
        if self.cursor.act(action, self.listed.len()) {
            self.moved(model);
            return Some(Vec::new());
        }
        self.act_on_alarms(action, model)
    }
}
