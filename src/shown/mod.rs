//! Hostile text made visible: logs are written by attackers, and nothing of a log reaches a
//! screen or a report but through here.
//!
//! What could move a cursor, reorder text or hide is spelled out (`␛`, `\u{202e}`, `\xff`), and
//! the spelling can be turned back into the bytes.

mod escape;
mod hazard;
#[doc(hidden)]
pub mod hostile;
mod json;
mod unshow;

pub use escape::{before_escape, show, show_within};
pub use hazard::{has_hazard, is_blank};
pub use json::spelled;
pub use unshow::unshow;

use std::borrow::Cow;
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Where text is to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Place {
    /// One line among others: odd spaces are shown as spaces, floods of marks are counted.
    #[default]
    Table,
    /// Exact: every byte can be told from what is shown.
    Detail,
}

/// What the terminal can draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Glyphs {
    #[default]
    Unicode,
    /// Only ASCII: everything else is spelled out.
    Ascii,
}

impl Glyphs {
    pub const fn ellipsis(self) -> &'static str {
        match self {
            Self::Unicode => "…",
            Self::Ascii => "...",
        }
    }
}

/// How text is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mode {
    pub place: Place,
    pub glyphs: Glyphs,
}

impl Mode {
    pub const TABLE: Self = Self { place: Place::Table, glyphs: Glyphs::Unicode };
    pub const DETAIL: Self = Self { place: Place::Detail, glyphs: Glyphs::Unicode };
}

/// Text that is safe to put on a screen. Made by [`show`], or from the program's own literals.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shown<'a> {
    text: Cow<'a, str>,
    /// Bytes of `text` that were produced in place of something hazardous; in order, apart.
    hazards: Vec<Range<usize>>,
}

impl From<&'static str> for Shown<'static> {
    fn from(literal: &'static str) -> Self {
        Self { text: Cow::Borrowed(literal), hazards: Vec::new() }
    }
}

impl Shown<'_> {
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Whether something hazardous was spelled out.
    pub fn has_hazard(&self) -> bool {
        !self.hazards.is_empty()
    }

    /// The text in pieces, each with whether it was produced in place of something hazardous.
    pub fn pieces(&self) -> impl Iterator<Item = (&str, bool)> {
        let mut at = 0;
        let mut hazards = self.hazards.iter().peekable();
        std::iter::from_fn(move || {
            let (end, hazard) = match hazards.peek() {
                _ if at == self.text.len() => return None,
                Some(next) if next.start == at => (next.end, true),
                Some(next) => (next.start, false),
                None => (self.text.len(), false),
            };
            if hazard {
                hazards.next();
            }
            let piece = &self.text[at..end];
            at = end;
            Some((piece, hazard))
        })
    }

    /// Graphemes with their cells. Pieces are cut up apart, as they are drawn apart.
    fn cells(&self) -> impl Iterator<Item = (&str, bool, usize)> {
        self.pieces().flat_map(|(piece, hazard)| {
            piece.graphemes(true).map(move |grapheme| (grapheme, hazard, grapheme.width()))
        })
    }

    /// Cells that the text takes on a terminal.
    pub fn width(&self) -> usize {
        if self.text.is_ascii() {
            return self.text.len();
        }
        self.cells().map(|(_, _, cells)| cells).sum()
    }

    /// The text in at most so many cells, with an ellipsis in the place of what does not fit.
    #[must_use]
    pub fn truncate(&self, cells: usize, glyphs: Glyphs) -> Shown<'_> {
        if self.text.len() <= cells || self.width() <= cells {
            return Shown { text: Cow::Borrowed(&self.text), hazards: self.hazards.clone() };
        }
        self.cut(cells, glyphs)
    }

    /// So much of the text as fits, and an ellipsis in any case.
    fn cut<'b>(&self, cells: usize, glyphs: Glyphs) -> Shown<'b> {
        let ellipsis = match glyphs.ellipsis() {
            short if short.width() <= cells => short,
            short => short.get(..cells).unwrap_or_default(),
        };
        let mut left = cells - ellipsis.width();
        let mut cut = Shown::default();
        for (grapheme, hazard, width) in self.cells() {
            if width > left {
                break;
            }
            left -= width;
            cut.push(grapheme, hazard);
        }
        cut.push(ellipsis, false);
        cut
    }

    /// An own copy, free of what it was made from.
    pub fn into_owned(self) -> Shown<'static> {
        Shown { text: Cow::Owned(self.text.into_owned()), hazards: self.hazards }
    }

    fn push(&mut self, text: &str, hazard: bool) {
        let start = self.text.len();
        let all = self.text.to_mut();
        all.push_str(text);
        let end = all.len();
        match self.hazards.last_mut() {
            _ if !hazard => {}
            Some(last) if last.end == start => last.end = end,
            _ => self.hazards.push(start..end),
        }
    }
}

impl std::fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests;
