//! How choices are drawn: columns side by side, the last with what the service says of each, and
//! below them what would be opened, of what time, and how much that is.

use super::Choose;
use super::column::{Column, Found, Line};
use crate::event::{Timestamp, Window, noun};
use crate::job::choosing::{Choice, Estimate};
use crate::ui::action::Action;
use crate::ui::keymap::Context;
use crate::ui::model::Model;
use crate::ui::pen::Pen;
use crate::ui::theme::{Glyph, Role};
use crate::ui::view::sources::tail;
use crate::ui::widget::chrome::size;
use crate::ui::widget::lanes::grouped;
use ratatui::layout::Rect;

/// Lines below the columns.
const FOOT: u16 = 4;

/// Columns of what is chosen are so wide, with a space behind each.
const NARROW: u16 = 10;
const WIDE: u16 = 24;

/// The column that has the keys is no narrower.
const ACTIVE: u16 = 34;

/// What stands before the lines of the foot.
const LABEL: u16 = 9;

/// Of the column that has the keys: what is picked, a time, and bytes.
const TICK: u16 = 6;
const TIME: u16 = 17;
const BYTES: u16 = 10;

pub(super) fn draw(view: &Choose, model: &Model, body: Rect, pen: &mut Pen<'_>) {
    pen.clear(body);
    let inside = pen.frame(body, &format!("choose what to fetch: {}", view.named), true);
    let columns = Rect { height: inside.height.saturating_sub(FOOT), ..inside };
    let Some((active, before)) = view.columns.split_last() else { return };
    let mut x = columns.x;
    for column in &before[hidden(before, columns.width)..] {
        let area = Rect { x, width: narrow(column), ..columns };
        draw_narrow(pen, area, column);
        x += area.width + 1;
    }
    draw_active(pen, Rect { x, width: columns.right() - x, ..columns }, active);
    draw_foot(view, model, foot(inside), pen);
}

/// Where text is typed.
pub(super) fn caret(view: &Choose, body: Rect) -> (u16, u16) {
    let inside =
        Rect { x: body.x + 1, y: body.y + 1, width: body.width - 2, height: body.height - 2 };
    let foot = foot(inside);
    match &view.dates {
        Some(field) => {
            let (_, column) = field.visible(foot.width.saturating_sub(LABEL + 2));
            (foot.x + 1 + LABEL + column, foot.y + 2)
        }
        None => {
            let (_, column) = view.column().typed.visible(foot.width.saturating_sub(LABEL + 2));
            (foot.x + 1 + LABEL + column, foot.y)
        }
    }
}

fn foot(inside: Rect) -> Rect {
    let height = FOOT.min(inside.height);
    Rect { y: inside.bottom() - height, height, ..inside }
}

fn narrow(column: &Column) -> u16 {
    let lengths = column.choices().map(|choices| {
        choices.all.iter().map(|choice| choice.name.chars().count() as u16).max().unwrap_or(0)
    });
    (lengths.unwrap_or(0) + 4).max(column.title().chars().count() as u16).clamp(NARROW, WIDE)
}

/// How many of the columns before the last have no room.
fn hidden(before: &[Column], width: u16) -> usize {
    let mut room = width.saturating_sub(ACTIVE);
    let fits = |column: &&Column| {
        let wide = narrow(column) + 1;
        let is_room = wide <= room;
        room = room.saturating_sub(wide);
        is_room
    };
    before.len() - before.iter().rev().take_while(fits).count()
}

fn draw_narrow(pen: &mut Pen<'_>, area: Rect, column: &Column) {
    pen.text(area.x + 1, area.y, area.width - 1, &column.title(), Role::Muted);
    let lines = column.lines();
    let sight = column.cursor().sight(lines.len(), usize::from(area.height.saturating_sub(1)));
    let top = sight.start;
    for (at, line) in lines.iter().enumerate().take(sight.end).skip(top) {
        let y = area.y + 1 + (at - top) as u16;
        let is_cursor = at == column.cursor().0;
        let (name, is_picked) = named(column, *line);
        let role = if is_cursor || is_picked { Role::Text } else { Role::Muted };
        if is_cursor {
            pen.glyph(area.x, y, Glyph::Cursor, Role::Muted);
        }
        pen.text(area.x + 1, y, 1, if is_picked { "x" } else { "" }, Role::Success);
        pen.text(area.x + 3, y, area.width.saturating_sub(3), name, role);
    }
}

/// What a line is called, and whether it is picked.
fn named(column: &Column, line: Line) -> (&str, bool) {
    let choice = |at: usize| column.choices().and_then(|choices| choices.all.get(at));
    match line {
        Line::All => ("all of them", false),
        Line::One(at) => {
            choice(at).map_or(("", false), |one| (one.name.as_str(), column.is_picked(one)))
        }
    }
}

fn draw_active(pen: &mut Pen<'_>, area: Rect, column: &Column) {
    let title = column.title();
    pen.text(area.x + 1, area.y, area.width - 1, &title, Role::Header);
    let Some(choices) = column.choices() else {
        let (text, role) = match &column.found {
            Found::Failed(reason) => (reason.to_string(), Role::Error),
            Found::Waits | Found::There(_) => {
                ("asking what there is".to_owned(), Role::Placeholder)
            }
        };
        let below = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
        crate::ui::widget::paragraph::draw(pen, below, &[(text, role)]);
        return;
    };
    let has_last = choices.all.iter().any(|choice| choice.last.is_some());
    let has_bytes = choices.all.iter().any(|choice| choice.bytes.is_some());
    let lines = column.lines();
    if lines.is_empty() {
        let text =
            if choices.all.is_empty() { "nothing to choose" } else { "nothing is called so" };
        pen.text(area.x + 2, area.y + 1, area.width.saturating_sub(2), text, Role::Placeholder);
        return;
    }
    let sides = Sides::new(area, &choices.all, has_last, has_bytes);
    sides.head(pen, area.y);
    let sight = column.cursor().sight(lines.len(), usize::from(area.height.saturating_sub(1)));
    let top = sight.start;
    for (at, line) in lines.iter().enumerate().take(sight.end).skip(top) {
        let y = area.y + 1 + (at - top) as u16;
        let (name, is_picked) = named(column, *line);
        let is_cursor = at == column.cursor().0;
        let role = if is_cursor { Role::RowCursor } else { Role::Text };
        if is_cursor {
            pen.glyph(area.x, y, Glyph::Cursor, Role::RowCursor);
        }
        if let Line::One(at) = line {
            pen.text(area.x + 2, y, 3, if is_picked { "[x]" } else { "[ ]" }, role);
            sides.draw(pen, y, &choices.all[*at]);
        }
        pen.text(area.x + TICK, y, sides.name, name, role);
    }
}

/// Where what the service says of a choice is drawn.
struct Sides {
    /// Columns for the name.
    name: u16,
    last: Option<u16>,
    /// Where bytes end.
    bytes: Option<u16>,
    about: (u16, u16),
}

impl Sides {
    fn new(area: Rect, all: &[Choice], has_last: bool, has_bytes: bool) -> Self {
        let longest = |text: fn(&Choice) -> &str| {
            all.iter().map(|choice| text(choice).chars().count() as u16).max().unwrap_or(0)
        };
        let (names, about) = (longest(|choice| &choice.name), longest(|choice| &choice.about));
        let room = area.width.saturating_sub(TICK);
        let beside = u16::from(has_last) * TIME + u16::from(has_bytes) * BYTES;
        // The name first, then when something happened, and what else is said as far as it goes.
        let name =
            names.max(11).min(room.saturating_sub(beside + about.min(20) + 2).max(16)).min(room);
        let mut x = area.x + TICK + name + 1;
        let last = (has_last && x + TIME <= area.right()).then_some(x);
        x += last.map_or(0, |_| TIME);
        let bytes = (has_bytes && x + BYTES <= area.right()).then_some(x + BYTES - 1);
        x += bytes.map_or(0, |_| BYTES);
        Self { name, last, bytes, about: (x, area.right().saturating_sub(x)) }
    }

    fn head(&self, pen: &mut Pen<'_>, y: u16) {
        if let Some(x) = self.last {
            pen.text(x, y, TIME, "newest event", Role::Header);
        }
        if let Some(right) = self.bytes {
            pen.right(right, y, BYTES - 1, "stored", Role::Header);
        }
    }

    fn draw(&self, pen: &mut Pen<'_>, y: u16, choice: &Choice) {
        if let (Some(x), Some(last)) = (self.last, choice.last) {
            pen.text(x, y, TIME - 1, &minute(last), Role::Muted);
        }
        if let (Some(right), Some(bytes)) = (self.bytes, choice.bytes) {
            pen.right(right, y, BYTES - 1, &size(bytes), Role::Muted);
        }
        let (x, width) = self.about;
        pen.text(x, y, width, &choice.about, Role::Muted);
    }
}

fn draw_foot(view: &Choose, model: &Model, area: Rect, pen: &mut Pen<'_>) {
    let room = area.width.saturating_sub(LABEL + 2);
    let x = area.x + 1;
    let mut y = area.y;
    let mut line = |pen: &mut Pen<'_>, label: &str, text: &str, role| {
        pen.text(x, y, LABEL, label, Role::HintKey);
        pen.text(x + LABEL, y, room, text, role);
        y += 1;
    };
    match view.column().typed.text() {
        "" => line(pen, "narrow", "type a part of a name", Role::Placeholder),
        typed => line(pen, "narrow", typed, Role::Text),
    }
    let ellipsis = model.look.theme.glyph(Glyph::Ellipsis);
    let sources = view.sources();
    let opens = match sources.as_slice() {
        [] => "nothing so far".to_owned(),
        [one] => tail(one, usize::from(room), ellipsis),
        several => format!("{} sources: {}", several.len(), several.join(" ")),
    };
    line(pen, "opens", &opens, Role::Text);
    match &view.dates {
        Some(field) => {
            let (range, _) = field.visible(room);
            line(pen, "of", field.text().get(range).unwrap_or_default(), Role::Text);
        }
        None => line(pen, "of", &told(view.window), Role::Text),
    }
    let counted = view
        .estimate
        .as_ref()
        .filter(|estimate| estimate.sources == sources && estimate.window == view.window);
    match counted {
        Some(estimate) => {
            let role = if estimate.problem.is_some() { Role::Error } else { Role::Text };
            line(pen, "fetches", &self::counted(estimate), role);
        }
        None => {
            let key = model.look.keymap.hint(Action::Estimate, &[Context::Choose]);
            let text = key.map_or_else(String::new, |key| format!("not counted; {key} counts it"));
            line(pen, "fetches", &text, Role::Placeholder);
        }
    }
}

/// What would be fetched, and how sure that is.
fn counted(estimate: &Estimate) -> String {
    let Estimate { amount, kept, unfit, is_over, .. } = estimate;
    if let Some(problem) = &estimate.problem {
        return problem.clone();
    }
    let counted = |count: &u64, one: &str, many: &str| {
        (*count > 0).then(|| format!("{} {}", grouped(*count), noun(*count, one, many)))
    };
    let parts = [
        Some(amount.to_string()),
        counted(kept, "is here already", "are here already"),
        counted(unfit, "cannot be fetched as it is", "cannot be fetched as they are"),
    ];
    let far = if *is_over { "" } else { "counting: " };
    format!("{far}{}", parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

/// A window for people.
fn told(window: Window) -> String {
    match (window.from, window.to) {
        (None, None) => "all of the time".to_owned(),
        (Some(from), None) => format!("what happened from {} on", minute(from)),
        (None, Some(to)) => format!("what happened before {}", minute(to)),
        (Some(from), Some(to)) => {
            format!("what happened from {} to {}", minute(from), minute(to))
        }
    }
}

/// A window as it can be typed.
pub(super) fn typed(window: Window) -> String {
    let edge = |at: Option<Timestamp>| at.map(|at| at.to_rfc3339(0)).unwrap_or_default();
    if window.is_open() {
        String::new()
    } else {
        format!("{}..{}", edge(window.from), edge(window.to))
    }
}

fn minute(at: Timestamp) -> String {
    let text = at.to_rfc3339(0);
    text.get(..16).unwrap_or(&text).replace('T', " ")
}
