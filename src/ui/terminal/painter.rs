//! Draws cells with as few bytes as it can: one bracketed frame, one write, and nothing at all
//! when nothing changed.

use super::pen::Pen;
use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// Synchronized output (mode 2026): the terminal shows the frame when it is complete. Terminals
/// that do not know the mode ignore it.
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";
const HIDE: &[u8] = b"\x1b[?25l";
const SHOW: &[u8] = b"\x1b[?25h";

/// A ratatui backend over any writer; `size` says how large the screen is now.
pub(super) struct Painter<W: Write> {
    out: W,
    size: Box<dyn Fn() -> Size + Send>,
    /// The frame being made, without its brackets.
    frame: Vec<u8>,
    pen: Pen,
    /// Where the terminal's cursor is; `None` if that depends on the terminal.
    at: Option<Position>,
    visible: bool,
    wanted: Option<Position>,
    /// Where the cursor was left visible by the frame before.
    shown: Option<Position>,
    pub(super) bytes: u64,
    pub(super) writes: u64,
}

impl<W: Write> Painter<W> {
    /// The terminal is expected to be as `enter` leaves it: cleared, plain pen, hidden cursor.
    pub(super) fn new(out: W, size: Box<dyn Fn() -> Size + Send>) -> Self {
        Self {
            out,
            size,
            frame: Vec::with_capacity(64 * 1024),
            pen: Pen::PLAIN,
            at: None,
            visible: false,
            wanted: None,
            shown: None,
            bytes: 0,
            writes: 0,
        }
    }

    /// Forgets what is known of the terminal, after something else has drawn on it. It must have
    /// been set up again.
    pub(super) fn forget(&mut self) {
        self.pen = Pen::PLAIN;
        self.at = None;
        self.visible = false;
        self.shown = None;
    }

    /// Bytes that are no part of a frame.
    pub(super) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            match self.out.write(rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => {
                    self.writes += 1;
                    self.bytes += count as u64;
                    rest = &rest[count..];
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.out.flush()
    }

    #[cfg(test)]
    pub(super) fn out_mut(&mut self) -> &mut W {
        &mut self.out
    }

    fn move_to(&mut self, to: Position) {
        if self.at == Some(to) {
            return;
        }
        let line = self.at.filter(|at| at.y == to.y && to.x > at.x);
        let text = match (line.map(|at| to.x - at.x), to) {
            (Some(1), _) => "\x1b[C".to_owned(),
            (Some(gap), _) => format!("\x1b[{gap}C"),
            (None, Position { x: 0, y: 0 }) => "\x1b[H".to_owned(),
            (None, Position { x: 0, y }) => format!("\x1b[{}H", y + 1),
            (None, Position { x, y }) => format!("\x1b[{};{}H", y + 1, x + 1),
        };
        self.frame.extend_from_slice(text.as_bytes());
        self.at = Some(to);
    }

    fn put(&mut self, to: Position, cell: &Cell, width: u16) {
        self.move_to(to);
        let pen = Pen::of(cell);
        pen.change_from(self.pen, &mut self.frame);
        self.pen = pen;
        self.frame.extend_from_slice(cell.symbol().as_bytes());
        // After the last column the cursor waits or wraps, and terminals disagree about the
        // width of whatever is not one plain character: what follows says its place again.
        let sure =
            cell.symbol().width() == 1 && cell.symbol().chars().count() == 1 && to.x + 1 < width;
        self.at = sure.then(|| Position::new(to.x + 1, to.y));
    }
}

impl<W: Write> Backend for Painter<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let width = (self.size)().width;
        for (x, y, cell) in content {
            self.put(Position::new(x, y), cell, width);
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.wanted = None;
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.wanted.or(self.at).unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.wanted = Some(position.into());
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        Pen::PLAIN.change_from(self.pen, &mut self.frame);
        self.pen = Pen::PLAIN;
        self.frame.extend_from_slice(b"\x1b[2J");
        Ok(())
    }

    fn clear_region(&mut self, _: ClearType) -> io::Result<()> {
        // A full-screen terminal never asks for less.
        self.clear()
    }

    fn size(&self) -> io::Result<Size> {
        Ok((self.size)())
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: (self.size)(), pixels: Size::default() })
    }

    /// Sends the frame, if there is anything in it.
    fn flush(&mut self) -> io::Result<()> {
        let wanted = self.wanted;
        if self.frame.is_empty() && wanted == self.shown {
            return Ok(());
        }
        if let Some(position) = wanted {
            self.move_to(position);
        }
        let mut bytes = Vec::with_capacity(self.frame.len() + 32);
        bytes.extend_from_slice(BEGIN);
        if self.visible {
            bytes.extend_from_slice(HIDE);
        }
        bytes.append(&mut self.frame);
        self.visible = wanted.is_some();
        if self.visible {
            bytes.extend_from_slice(SHOW);
        }
        bytes.extend_from_slice(END);
        self.shown = wanted;
        self.send(&bytes)
    }
}
