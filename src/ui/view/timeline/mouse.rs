//! The mouse on the timeline: a click goes to a row or a time, dragging along the axis brushes, the
//! wheel moves what it is over.

use super::{Timeline, axis};
use crate::ui::action::Action;
use crate::ui::message::Effect;
use crate::ui::model::Model;
use crate::ui::mouse::{Gesture, Mouse};
use crate::ui::view::{Step, steps};
use crate::ui::widget::{lanes, table};

/// Rows that the wheel moves at a time.
const NOTCH: usize = 3;

impl Timeline {
    pub(super) fn point(&mut self, mouse: Mouse, model: &mut Model) -> Option<Vec<Step>> {
        let panes = model.panes();
        match mouse.gesture {
            Gesture::Press if mouse.is_over(panes.lanes) => {
                self.pressed = bucket(mouse, model);
                model.time.brush = None;
                steps(self.pressed.map_or_else(Vec::new, |bucket| go_to_bucket(bucket, model)))
            }
            Gesture::Press if mouse.is_over(panes.table) => self.press_row(mouse, model),
            Gesture::Press if mouse.is_over(panes.detail) => self.act_move(Action::Open, model),
            Gesture::Press => Some(Vec::new()),
            Gesture::Drag => steps(self.drag(mouse, model)),
            Gesture::Release => {
                let brushed = self.pressed.take().is_some() && model.time.brush.is_some();
                if brushed {
                    axis::say_brushed(model, "brushed");
                }
                Some(Vec::new())
            }
            Gesture::WheelUp | Gesture::WheelDown => self.roll(mouse, model),
        }
    }

    /// A click on the row that has the cursor already opens it.
    fn press_row(&mut self, mouse: Mouse, model: &mut Model) -> Option<Vec<Step>> {
        let area = model.panes().table;
        // The first line is the head.
        let line = usize::from(mouse.y - area.y).checked_sub(1)?;
        let number = model.cursor.top + line;
        let answer = model.answer.clone()?;
        if number >= answer.selection.len() {
            return Some(Vec::new());
        }
        self.leave_detail(model);
        if number == model.cursor.number && model.cursor.moved {
            return self.act_move(Action::Open, model);
        }
        let columns = table::columns(area.width, super::shape(model, answer.selection.snapshot()));
        let x = mouse.x - area.x;
        if let Some((column, ..)) = columns.iter().find(|(_, at, width)| x <= at + width) {
            self.column = *column;
        }
        model.cursor.moved = true;
        steps(model.go_to(number))
    }

    /// Brushes whole columns, from the one where the button went down.
    fn drag(&self, mouse: Mouse, model: &mut Model) -> Vec<Effect> {
        let (Some(from), Some(to)) = (self.pressed, bucket(mouse, model)) else {
            return Vec::new();
        };
        let Some(answer) = model.answer.clone() else { return Vec::new() };
        let (axis, selection) = (answer.axis, &answer.selection);
        if to < from {
            model.time.brush = Some(axis.start(from + 1).saturating_sub(1));
            return go_to_bucket(to, model);
        }
        model.time.brush = Some(axis.start(from));
        // The last row of the column that the mouse is on.
        model.go_to(selection.before_time(axis.start(to + 1)).saturating_sub(1))
    }

    fn roll(&mut self, mouse: Mouse, model: &mut Model) -> Option<Vec<Step>> {
        let is_up = mouse.gesture == Gesture::WheelUp;
        if mouse.is_over(model.panes().detail) {
            let action = if is_up { Action::Up } else { Action::Down };
            let height = usize::from(model.panes().detail.height.saturating_sub(1)).max(1);
            (0..NOTCH).for_each(|_| {
                self.detail.act(action, height);
            });
            return Some(Vec::new());
        }
        model.cursor.moved = true;
        let at = model.cursor.number;
        steps(model.go_to(if is_up { at.saturating_sub(NOTCH) } else { at + NOTCH }))
    }
}

/// The column of the axis below the mouse, whatever line it is on.
fn bucket(mouse: Mouse, model: &Model) -> Option<usize> {
    lanes::bucket_at(model.panes().lanes, model.answer.as_ref()?.axis, mouse.x)
}

/// To the first row at the column's time or after it.
fn go_to_bucket(bucket: usize, model: &mut Model) -> Vec<Effect> {
    let Some(answer) = model.answer.clone() else { return Vec::new() };
    model.cursor.moved = true;
    model.go_to(answer.selection.before_time(answer.axis.start(bucket)))
}
