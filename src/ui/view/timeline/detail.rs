//! The record under the cursor: its standing and origin, then a JSON tree that folds, or its
//! labelled fields, or its own bytes.

use super::header::header;
use crate::event::grouped;
use crate::event::{spell, unlabel};
use crate::store::{Cell, RowRef, Segment};
use crate::ui::action::Action;
use crate::ui::model::Model;
use crate::ui::pen::Pen;
use crate::ui::theme::{Glyph, Role};
use crate::ui::widget::tree::{self, Leaf, Line};
use crate::ui::wrap::wrapped;
use ratatui::layout::Rect;
use serde_json::Value;
use std::collections::BTreeSet;

/// Bytes of a record shown as text, at most.
const MAX_RAW: usize = 1 << 20;

#[derive(Debug, Default)]
pub(super) struct Detail {
    at: Option<RowRef>,
    value: Option<Value>,
    lines: Vec<Line>,
    folded: BTreeSet<String>,
    cursor: usize,
    top: usize,
    raw: bool,
    /// Columns that the lines were made for.
    width: usize,
}

impl Detail {
    /// Takes the newest record of the model, if it is of another row or the pane's width changed.
    pub(super) fn refresh(&mut self, model: &Model) {
        let Some(record) = model.read_record() else {
            (self.at, self.value) = (None, None);
            self.lines.clear();
            return;
        };
        self.at = self.at.map(|at| model.now(at));
        let is_other = self.at != Some(record.at);
        // Less the mark of the cursor and the border.
        let width = usize::from(model.panes().detail.width.saturating_sub(4)).max(16);
        if Some(record.at) != model.cursor.at || !(is_other || self.width != width) {
            return;
        }
        if is_other {
            self.at = Some(record.at);
            self.cursor = 0;
            self.top = 0;
            self.value = record.own().and_then(|raw| serde_json::from_slice(raw).ok());
        }
        self.width = width;
        self.fill(model);
    }

    fn fill(&mut self, model: &Model) {
        let record = model.read_record();
        let raw = record.and_then(|record| record.raw.as_deref().ok());
        let all = |own: &[u8]| match record {
            Some(record) if record.is_head() => record.length,
            _ => own.len() as u64,
        };
        self.lines = match (&self.value, record.and_then(|record| record.own())) {
            _ if self.raw && raw.is_some() => {
                let raw = raw.unwrap_or_default();
                raw_lines(raw, all(raw), self.width)
            }
            (Some(value), _) if value.is_object() || value.is_array() => {
                let mut lines = telling(model);
                lines.extend(tree::lines(value, &self.folded));
                lines
            }
            (_, raw) => {
                let mut lines =
                    model.read_row().map_or(Vec::new(), |(_, segment, row)| fields(segment, row));
                if let Some(raw) = raw {
                    lines.push(head("record"));
                    lines.extend(raw_lines(raw, all(raw), self.width));
                }
                lines
            }
        };
        self.cursor = self.cursor.min(self.lines.len().saturating_sub(1));
    }

    /// Does what the action says within `height` lines; `false` if it is none of ours.
    pub(super) fn act(&mut self, action: Action, height: usize) -> bool {
        let last = self.lines.len().saturating_sub(1);
        match action {
            Action::Up => self.cursor = self.cursor.saturating_sub(1),
            Action::Down => self.cursor = (self.cursor + 1).min(last),
            Action::PageUp => self.cursor = self.cursor.saturating_sub(height),
            Action::PageDown => self.cursor = (self.cursor + height).min(last),
            Action::HalfPageUp => self.cursor = self.cursor.saturating_sub(height / 2),
            Action::HalfPageDown => self.cursor = (self.cursor + height / 2).min(last),
            Action::Top => self.cursor = 0,
            Action::Bottom => self.cursor = last,
            Action::Fold => self.fold(true),
            Action::Unfold => self.fold(false),
            Action::Open => {
                let folded = self.lines.get(self.cursor).is_some_and(|line| line.folded);
                self.fold(!folded);
            }
            Action::FoldAll => self.fold_all(),
            Action::ShowRaw => {
                self.raw = !self.raw;
                self.at = None;
            }
            _ => return false,
        }
        if self.cursor < self.top {
            self.top = self.cursor;
        } else if self.cursor >= self.top + height {
            self.top = self.cursor + 1 - height;
        }
        true
    }

    /// Whether the lines have to be made anew.
    fn fold(&mut self, fold: bool) {
        let Some(line) = self.lines.get(self.cursor) else { return };
        if line.leaf != Leaf::Branch || line.folded == fold {
            // Folding a leaf goes to what holds it.
            if fold && let Some(parent) = self.parent() {
                self.cursor = parent;
            }
            return;
        }
        if fold {
            self.folded.insert(line.id.clone());
        } else {
            self.folded.remove(&line.id);
        }
        self.relist();
    }

    fn parent(&self) -> Option<usize> {
        let depth = self.lines.get(self.cursor)?.depth;
        (0..self.cursor).rev().find(|&index| self.lines[index].depth < depth)
    }

    fn fold_all(&mut self) {
        let branches = self.lines.iter().filter(|line| line.leaf == Leaf::Branch);
        let ids: Vec<String> = branches.map(|line| line.id.clone()).collect();
        if self.folded.is_empty() {
            self.folded.extend(ids);
        } else {
            self.folded.clear();
        }
        self.relist();
    }

    fn relist(&mut self) {
        if let Some(value) = &self.value
            && !self.raw
        {
            let kept = self.lines.iter().take_while(|line| line.id.starts_with('#')).count();
            self.lines.truncate(kept);
            self.lines.extend(tree::lines(value, &self.folded));
        }
        self.cursor = self.cursor.min(self.lines.len().saturating_sub(1));
    }

    /// The field and value under the cursor. A value that a column has too is named by that
    /// column, so that one filter reaches every format and no record has to be read.
    pub(super) fn pointed(&self, model: &Model) -> Option<(String, String)> {
        let line = self.lines.get(self.cursor)?;
        if line.leaf == Leaf::Branch || line.path.is_empty() {
            return None;
        }
        let (_, segment, row) = model.read_row()?;
        let field = column_of(segment, row, line).unwrap_or_else(|| line.path.clone());
        Some((field, line.text.clone()))
    }

    pub(super) fn draw(&self, model: &Model, area: Rect, focused: bool, pen: &mut Pen<'_>) {
        let title = if self.raw { "record, as it is in the file" } else { "record" };
        let path =
            if focused { self.lines.get(self.cursor).map(|line| line.path.as_str()) } else { None };
        let title = path.filter(|path| !path.is_empty()).map_or(title.to_owned(), |path| {
            format!("{title} {} {path}", pen.theme.glyph(Glyph::Separator))
        });
        // The record follows the cursor once it rests; until then it is the one before.
        let stale = self.at != model.cursor.at && model.cursor.at.is_some();
        let title =
            if stale { format!("{title}{}", pen.theme.glyph(Glyph::Ellipsis)) } else { title };
        pen.rule(area, &title, focused);
        if model.cursor.at.is_none() {
            return;
        }
        let header = header(model);
        let mut y = area.y + 1;
        for (label, text, role) in &header {
            let room = area.width.saturating_sub(11);
            // What went wrong is read to its end; the rest is cut.
            let whole = *label == "problem";
            let lines = if whole { wrapped(text, usize::from(room)) } else { vec![text.as_str()] };
            for (index, line) in lines.into_iter().enumerate() {
                if y >= area.bottom() {
                    return;
                }
                pen.text(area.x + 1, y, 9, if index == 0 { label } else { "" }, Role::Muted);
                if matches!(*label, "from" | "problem") {
                    pen.named(area.x + 10, y, room, line, *role);
                } else {
                    pen.text(area.x + 10, y, room, line, *role);
                }
                y += 1;
            }
        }
        let height = usize::from(area.bottom().saturating_sub(y));
        let top =
            if self.cursor >= self.top + height { self.cursor + 1 - height } else { self.top };
        for (index, line) in self.lines.iter().enumerate().skip(top).take(height) {
            let is_cursor = focused && index == self.cursor;
            let label = label(model, line);
            draw_line(pen, Rect { y, height: 1, ..area }, (line, label.as_deref()), is_cursor);
            y += 1;
        }
    }
}

/// What the owner calls the value of a line.
fn label(model: &Model, line: &Line) -> Option<String> {
    let is_value = line.leaf != Leaf::Branch && !line.path.is_empty();
    let names = &model.alarms.raised.known.names;
    is_value.then(|| names.label(&line.text)).flatten().map(|label| format!("  ({label})"))
}

/// A line, and what stands behind its value: where there is no room for both, that has a third of it,
/// but for the line of the cursor, whose value is read whole.
fn draw_line(pen: &mut Pen<'_>, area: Rect, (line, label): (&Line, Option<&str>), is_cursor: bool) {
    if is_cursor {
        pen.glyph(area.x, area.y, Glyph::Cursor, Role::RowCursor);
    }
    let mut x = area.x + 1 + (line.depth * 2).min(area.width / 2);
    let right = area.right();
    if line.leaf == Leaf::Branch {
        let glyph = if line.folded { Glyph::FoldClosed } else { Glyph::FoldOpen };
        x += pen.glyph(x, area.y, glyph, Role::JsonPunctuation) + 1;
    } else {
        x += 2;
    }
    let room = |x: u16| right.saturating_sub(x);
    let key = if line.id.starts_with("#head") { Role::Title } else { Role::JsonKey };
    x += pen.text(x, area.y, room(x).min(area.width * 2 / 3), &line.label, key);
    if !line.label.is_empty() {
        x += 1;
    }
    let role = match line.leaf {
        Leaf::String => Role::JsonString,
        Leaf::Number => Role::JsonNumber,
        Leaf::Word => Role::JsonWord,
        Leaf::Branch => Role::JsonPunctuation,
    };
    if let Some(label) = label {
        let whole = room(x);
        let most = if is_cursor { 0 } else { whole / 3 };
        let held = pen.columns(label).min(most);
        let used = styled(pen, line, (x, area.y, whole - held), (role, is_cursor));
        pen.text(x + used, area.y, room(x + used), label, Role::Muted);
    } else {
        styled(pen, line, (x, area.y, room(x)), (role, is_cursor));
    }
}

/// Draws the text of a line; the columns used.
fn styled(
    pen: &mut Pen<'_>,
    line: &Line,
    (x, y, room): (u16, u16, u16),
    (role, is_cursor): (Role, bool),
) -> u16 {
    let mut style = pen.theme.style(role);
    if is_cursor {
        style = style.patch(pen.theme.style(Role::RowCursor));
    }
    if line.id.starts_with(RAW) {
        pen.bytes(x, y, room, &unlabel(&line.text), style)
    } else {
        pen.bytes(x, y, room, line.text.as_bytes(), style)
    }
}

fn head(title: &str) -> Line {
    Line {
        depth: 0,
        path: String::new(),
        id: format!("#head.{title}"),
        label: title.to_owned(),
        text: String::new(),
        leaf: Leaf::Word,
        folded: false,
    }
}

/// What the columns say in the shared vocabulary; above the record's own words.
fn telling(model: &Model) -> Vec<Line> {
    let Some((_, segment, row)) = model.read_row() else { return Vec::new() };
    let wanted = ["event", "principal", "src.ip", "outcome", "code", "resource"];
    let mut lines: Vec<Line> = fields(segment, row)
        .into_iter()
        .filter(|line| wanted.contains(&line.path.as_str()))
        .collect();
    lines.push(head("record"));
    lines
}

/// Every field of the row, under its name in filters.
fn fields(segment: &Segment, row: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut push = |path: &str, text: String, leaf: Leaf| {
        lines.push(Line {
            depth: 0,
            path: path.to_owned(),
            id: format!("#{path}.{}", lines.len()),
            label: path.to_owned(),
            text,
            leaf,
            folded: false,
        });
    };
    if let Some(time) = segment.time(row) {
        push("time", time.to_rfc3339(), Leaf::Word);
    }
    for (slot, field) in segment.fields() {
        match segment.column(slot).get(row) {
            Cell::Absent => {}
            Cell::List(items) => {
                items.into_iter().for_each(|item| push(&field.name, item.to_owned(), Leaf::String));
            }
            cell @ (Cell::Int(_) | Cell::Float(_)) => {
                push(&field.name, cell.to_string(), Leaf::Number);
            }
            cell => push(&field.name, cell.to_string(), Leaf::String),
        }
    }
    lines
}

/// Begins the identity of lines that hold spelled bytes.
const RAW: &str = "#raw.";

/// The record's bytes as lines of this width, with how many of `all` those are if not all. Text is cut
/// before it is made harmless, which is done where it is drawn; until then bytes that are no text are
/// spelled.
fn raw_lines(raw: &[u8], all: u64, width: usize) -> Vec<Line> {
    let raw = &raw[..raw.len().min(MAX_RAW)];
    let text = spell(raw);
    let line = |(index, text): (usize, &str)| Line {
        depth: 0,
        path: String::new(),
        id: format!("{RAW}{index}"),
        label: String::new(),
        text: text.to_owned(),
        leaf: Leaf::Word,
        folded: false,
    };
    let shown = raw.len() as u64;
    let of =
        (shown < all).then(|| head(&format!("{} bytes of {} shown", grouped(shown), grouped(all))));
    of.into_iter().chain(wrapped(&text, width).into_iter().enumerate().map(line)).collect()
}

fn column_of(segment: &Segment, row: usize, line: &Line) -> Option<String> {
    let mut fields = segment.fields();
    let same = |cell: Cell<'_>| match cell {
        Cell::Absent => false,
        Cell::List(items) => items.into_iter().any(|item| item == line.text),
        cell => cell.to_string() == line.text,
    };
    // The path itself, then any shared field with the same value.
    let exact = fields.find(|(_, field)| field.name == line.path);
    let shared = || {
        let telling = |name: &str| crate::event::fields::SHARED.iter().any(|f| f.name == name);
        let value = |slot| segment.column(slot).get(row);
        segment.fields().find(|(slot, field)| telling(&field.name) && same(value(*slot)))
    };
    let (_, field) = exact.or_else(shared)?;
    let role = field.role;
    Some(match role {
        crate::event::Role::Ip => "ip".to_owned(),
        _ => field.name.clone().into_owned(),
    })
}

#[cfg(test)]
mod tests;
