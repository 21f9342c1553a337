//! What a wide screen has room for besides: how much else the event's values occur in what is
//! selected on the axis, and what was noted.

use crate::event::{Time, counted};
use crate::ui::action::Action;
use crate::ui::keymap::Context;
use crate::ui::model::Model;
use crate::ui::pen::Pen;
use crate::ui::theme::Role;
use crate::ui::view::note::headline;
use crate::ui::widget::lanes::grouped;
use crate::ui::widget::table::short_principal;
use ratatui::layout::Rect;

pub(super) fn draw(model: &Model, area: Rect, pen: &mut Pen<'_>) {
    pen.rule(area, "case", false);
    let x = area.x + 1;
    let width = area.width.saturating_sub(2);
    let mut y = area.y + 1;
    let work = model.case.state().work();
    let bottom = area.bottom();
    let mut line = |pen: &mut Pen<'_>, text: &str, role: Role| {
        if y < bottom {
            pen.text(x, y, width, text, role);
            y += 1;
        }
    };
    let notes = work.notes();
    line(
        pen,
        &format!(
            "{}, {}",
            counted(notes.len() as u64, "note", "notes"),
            counted(work.marked().count() as u64, "marked record", "marked records")
        ),
        Role::Header,
    );
    for note in notes.values().rev().take(12) {
        let time = note.on.first().and_then(|exhibit| model.case.time_of(exhibit));
        line(pen, &time.map_or("case".to_owned(), Time::to_rfc3339), Role::Muted);
        line(pen, &format!("  {}", headline(&note.text)), Role::RowMark);
    }
    if notes.is_empty() {
        let contexts = [Context::Timeline, Context::Global];
        if let Some(key) = model.look.keymap.hint(Action::AddNote, &contexts) {
            line(pen, &format!("{key} writes a note on the event"), Role::Placeholder);
        }
    }
    if let Some(answer) = model.answer.as_ref().filter(|answer| answer.problem.is_none()) {
        line(pen, "", Role::Text);
        line(pen, "events selected, by source", Role::Header);
        for (index, lane) in answer.lanes.iter().enumerate() {
            let failed: usize = lane.lane.failed.iter().sum();
            let text = format!("{:<12}{:>11}", lane.lane.format, grouped(lane.selected as u64));
            line(pen, &text, Role::source(index));
            if failed > 0 {
                let text = format!("  {} failed or denied in view", grouped(failed as u64));
                line(pen, &text, Role::OutcomeFailure);
            }
        }
    }
    if let Some((_, segment, row)) = model.read_row() {
        let principal = segment.value(row, "principal").to_string();
        if !principal.is_empty() {
            line(pen, "", Role::Text);
            line(pen, "principal", Role::Header);
            line(pen, short_principal(&principal), Role::Text);
            for name in ["principal.kind", "key", "session", "role", "account", "region"] {
                let value = segment.value(row, name).to_string();
                if !value.is_empty() {
                    line(pen, &format!("{name} {value}"), Role::Muted);
                }
            }
        }
    }
}
