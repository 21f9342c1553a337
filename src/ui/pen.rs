//! The only way to put text on the screen: whatever is written goes through
//! [`show`](crate::shown::show) first, so that hostile bytes arrive as visible text in the style
//! of a hazard.

use super::theme::{Glyph, Role, Theme};
use crate::event::unlabel;
use crate::shown::{Mode, Place, show};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Draws into a buffer with a theme. Coordinates outside the buffer are ignored.
pub struct Pen<'a> {
    pub buf: &'a mut Buffer,
    pub theme: &'a Theme,
}

impl<'a> Pen<'a> {
    pub fn new(buf: &'a mut Buffer, theme: &'a Theme) -> Self {
        Self { buf, theme }
    }

    fn mode(&self) -> Mode {
        let glyphs = match self.theme.glyphs() {
            super::terminal::Glyphs::Unicode => crate::shown::Glyphs::Unicode,
            super::terminal::Glyphs::Ascii => crate::shown::Glyphs::Ascii,
        };
        Mode { place: Place::Table, glyphs }
    }

    /// Columns that the text takes where nothing cuts it.
    pub fn columns(&self, text: &str) -> u16 {
        u16::try_from(show(text, self.mode()).width()).unwrap_or(u16::MAX)
    }

    /// Writes text at a place, cut to `width` columns with an ellipsis. Returns the columns used.
    pub fn text(&mut self, x: u16, y: u16, width: u16, text: &str, role: Role) -> u16 {
        self.styled(x, y, width, text, self.theme.style(role))
    }

    /// As [`Self::text`], of text with names of objects in it, whose bytes are spelled once.
    pub fn named(&mut self, x: u16, y: u16, width: u16, text: &str, role: Role) -> u16 {
        self.bytes(x, y, width, &unlabel(text), self.theme.style(role))
    }

    /// As [`Self::text`], in a style of its own.
    pub fn styled(&mut self, x: u16, y: u16, width: u16, text: &str, style: Style) -> u16 {
        self.bytes(x, y, width, text.as_bytes(), style)
    }

    /// As [`Self::styled`], of bytes that need not be UTF-8.
    pub fn bytes(&mut self, x: u16, y: u16, width: u16, text: &[u8], style: Style) -> u16 {
        let area = self.buf.area;
        if y < area.top() || y >= area.bottom() || x >= area.right() || width == 0 {
            return 0;
        }
        let width = width.min(area.right() - x);
        let shown = show(text, self.mode());
        let shown = shown.truncate(usize::from(width), self.mode().glyphs);
        let hazard = self.theme.style(Role::Hazard);
        let mut column = 0u16;
        for (piece, is_hazard) in shown.pieces() {
            let style = if is_hazard { style.patch(hazard) } else { style };
            for symbol in piece.graphemes(true) {
                let cells = symbol.width() as u16;
                if cells == 0 || column + cells > width {
                    continue;
                }
                self.buf[(x + column, y)].set_symbol(symbol).set_style(style);
                for rest in 1..cells {
                    self.buf[(x + column + rest, y)].reset();
                }
                column += cells;
            }
        }
        column
    }

    /// Writes text that ends at column `right` (not included); what does not fit into `width` is
    /// cut. Returns the columns used.
    pub fn right(&mut self, right: u16, y: u16, width: u16, text: &str, role: Role) -> u16 {
        let cells = self.columns(text).min(width);
        let x = right.saturating_sub(cells);
        self.text(x, y, cells, text, role)
    }

    /// Writes several texts one after the other; each with its role. Returns the columns used.
    pub fn line(&mut self, x: u16, y: u16, width: u16, parts: &[(&str, Role)]) -> u16 {
        let mut used = 0;
        for (text, role) in parts {
            used += self.text(x + used, y, width.saturating_sub(used), text, *role);
        }
        used
    }

    pub fn glyph(&mut self, x: u16, y: u16, glyph: Glyph, role: Role) -> u16 {
        let text = self.theme.glyph(glyph).to_owned();
        self.text(x, y, 2, &text, role)
    }

    /// Gives a whole area a style, and keeps what is written there.
    pub fn paint(&mut self, area: Rect, role: Role) {
        let style = self.theme.style(role);
        self.buf.set_style(area.intersection(self.buf.area), style);
    }

    /// Empties an area.
    pub fn clear(&mut self, area: Rect) {
        let area = area.intersection(self.buf.area);
        let style = self.theme.style(Role::Text);
        for y in area.top()..area.bottom() {
            for x in area.left()..area.right() {
                self.buf[(x, y)].reset();
                self.buf[(x, y)].set_style(style);
            }
        }
    }

    /// A horizontal line with a title in it, over the full width of the area's first row.
    pub fn rule(&mut self, area: Rect, title: &str, focused: bool) {
        let role = if focused { Role::BorderFocus } else { Role::Border };
        let line = self.theme.glyph(Glyph::Horizontal).to_owned();
        for x in area.left()..area.right() {
            self.text(x, area.top(), 1, &line, role);
        }
        if !title.is_empty() && area.width > 4 {
            let title_role = if focused { Role::BorderFocus } else { Role::Title };
            self.text(area.left() + 1, area.top(), 1, " ", role);
            let used = self.text(area.left() + 2, area.top(), area.width - 4, title, title_role);
            self.text(area.left() + 2 + used, area.top(), 1, " ", role);
        }
    }

    /// A box around an area, with a title; returns what is inside.
    pub fn frame(&mut self, area: Rect, title: &str, focused: bool) -> Rect {
        if area.width < 2 || area.height < 2 {
            return Rect::default();
        }
        let role = if focused { Role::BorderFocus } else { Role::Border };
        self.rule(area, title, focused);
        let bottom = Rect { y: area.bottom() - 1, height: 1, ..area };
        self.rule(bottom, "", focused);
        for y in area.top() + 1..area.bottom() - 1 {
            self.glyph(area.left(), y, Glyph::Vertical, role);
            self.glyph(area.right() - 1, y, Glyph::Vertical, role);
        }
        let corners = [
            (area.left(), area.top(), Glyph::TopLeft),
            (area.right() - 1, area.top(), Glyph::TopRight),
            (area.left(), area.bottom() - 1, Glyph::BottomLeft),
            (area.right() - 1, area.bottom() - 1, Glyph::BottomRight),
        ];
        for (x, y, glyph) in corners {
            self.glyph(x, y, glyph, role);
        }
        Rect { x: area.x + 1, y: area.y + 1, width: area.width - 2, height: area.height - 2 }
    }
}
