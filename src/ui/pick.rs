//! The first screen without a command: which workspace to open.

use super::action::Action;
use super::keymap::{Context, Matched};
use super::layout::middle;
use super::model::Look;
use super::pen::Pen;
use super::terminal::{Input, Terminal, TerminalError};
use super::theme::{Glyph, Role};
use super::widget::chrome::size;
use super::widget::lanes::grouped;
use super::widget::list::ListCursor;
use crate::case::Summary;
use crate::event::noun;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Lets the person choose; `None` if they leave.
pub fn pick(
    terminal: &mut Terminal,
    look: Look,
    list: &[Summary],
) -> Result<Option<String>, TerminalError> {
    let mut picking = Picking { look, list, cursor: ListCursor::default() };
    loop {
        let size = terminal.size();
        picking.look.area = Rect::new(0, 0, size.width, size.height);
        terminal.draw(|frame| picking.draw(frame.buffer_mut()))?;
        let Ok(input) = terminal.inputs().recv() else { return Ok(None) };
        let Input::Key(key) = input else { continue };
        let contexts = [Context::List, Context::Global];
        let Matched::Action(action) = picking.look.keymap.resolve(&contexts, &[key]) else {
            continue;
        };
        match action {
            Action::Open | Action::Accept => {
                return Ok(list.get(picking.cursor.0).map(|summary| summary.name.clone()));
            }
            Action::Quit | Action::Escape => return Ok(None),
            other => {
                picking.cursor.act(other, list.len());
            }
        }
    }
}

struct Picking<'a> {
    look: Look,
    list: &'a [Summary],
    cursor: ListCursor,
}

impl Picking<'_> {
    fn draw(&self, buf: &mut Buffer) {
        let area = self.look.area.intersection(buf.area);
        let mut pen = Pen::new(buf, &self.look.theme);
        pen.clear(area);
        let frame = middle(area, 110, area.height.saturating_sub(2));
        let inside = pen.frame(frame, "trailcase: workspaces", true);
        let sight = self.cursor.sight(self.list.len(), usize::from(inside.height));
        let top = sight.start;
        for (index, summary) in self.list.iter().enumerate().take(sight.end).skip(top) {
            let y = inside.y + (index - top) as u16;
            draw_row(&mut pen, Rect { y, height: 1, ..inside }, summary, index == self.cursor.0);
        }
        let hint = |action| {
            self.look.keymap.hint(action, &[Context::List, Context::Global]).unwrap_or_default()
        };
        let text = format!(
            "{} opens, {} leaves; a new one: trailcase open FOLDER -w NAME",
            hint(Action::Open),
            hint(Action::Quit)
        );
        pen.text(area.x + 1, area.bottom().saturating_sub(1), area.width, &text, Role::HintText);
    }
}

fn draw_row(pen: &mut Pen<'_>, area: Rect, summary: &Summary, is_cursor: bool) {
    let role = if is_cursor { Role::RowCursor } else { Role::Text };
    if is_cursor {
        pen.glyph(area.x, area.y, Glyph::Cursor, Role::RowCursor);
    }
    let mut x = area.x + 2;
    let room = |x: u16| area.right().saturating_sub(x + 1);
    x += pen.text(x, area.y, 30, &summary.name, role).max(18) + 2;
    let changed = summary.changed.or(summary.created);
    let changed = changed.map_or(String::new(), |time| time.to_rfc3339(0).replace('T', " "));
    x += pen.text(x, area.y, room(x), changed.trim_end_matches('Z'), Role::Muted) + 2;
    let entries =
        format!("{} {}", grouped(summary.entries), noun(summary.entries, "entry", "entries"));
    x += pen.text(x, area.y, room(x), &entries, Role::Muted).max(13) + 2;
    x += pen.text(x, area.y, room(x), &size(summary.disk.total()), Role::Muted).max(8) + 2;
    if summary.hold {
        x += pen.text(x, area.y, room(x), "legal hold", Role::Warning) + 2;
    }
    if let Some(problem) = &summary.problem {
        pen.text(x, area.y, room(x), problem, Role::Error);
    } else if let Some(holder) = &summary.holder {
        pen.text(x, area.y, room(x), &format!("open: {holder}"), Role::Warning);
    } else {
        pen.text(x, area.y, room(x), &summary.sources.join(" "), Role::Muted);
    }
}
