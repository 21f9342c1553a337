//! What the mouse does, while it is let in: the terminal keeps it for its own selection otherwise.

use ratatui::layout::{Position, Rect};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gesture {
    /// The left button goes down.
    Press,
    /// It is moved while down.
    Drag,
    Release,
    WheelUp,
    WheelDown,
}

/// A gesture at a cell of the screen, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mouse {
    pub gesture: Gesture,
    pub x: u16,
    pub y: u16,
}

impl Mouse {
    pub fn is_over(self, area: Rect) -> bool {
        area.contains(Position { x: self.x, y: self.y })
    }
}
