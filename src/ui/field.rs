//! A text field, of one line or of several: text, a cursor between characters, and what the typing
//! actions do.

use crate::ui::action::Action;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// More text than this is not taken, in bytes.
pub const MAX_LENGTH: usize = 64 * 1024;

/// What is said of it.
pub const FULL: &str = "cut: no more than 64 KiB of text can be typed or pasted here";

/// Text being typed. What is drawn has to be made harmless like any other text: pasted text may
/// hold anything but control characters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Field {
    text: String,
    /// A byte position between grapheme clusters.
    cursor: usize,
    /// Ends of lines are kept.
    lines: bool,
}

impl Field {
    /// A field of several lines. What is in it already may be longer than what can be typed.
    pub fn lines(text: &str) -> Self {
        let mut field = Self { lines: true, ..Self::default() };
        field.put(text);
        field
    }

    pub fn new(text: &str) -> Self {
        let mut field = Self::default();
        field.insert(text);
        field
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub const fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The cursor as a byte position in the text.
    pub const fn cursor(&self) -> usize {
        self.cursor
    }

    /// Replaces the text; the cursor goes to its end.
    pub fn set(&mut self, text: &str) {
        *self = Self::new(text);
    }

    /// Puts the cursor at this byte, or behind the symbol that it is in.
    pub fn go_to(&mut self, position: usize) {
        self.cursor = self.boundary_at(position.min(self.text.len()));
    }

    /// Replaces a range of bytes, as a completion does; the cursor goes behind what is new. A
    /// range that does not fit is cut to what does.
    pub fn replace(&mut self, range: std::ops::Range<usize>, text: &str) {
        let start = self.text.floor_char_boundary(range.start.min(self.text.len()));
        let end = self.text.floor_char_boundary(range.end.min(self.text.len())).max(start);
        self.text.replace_range(start..end, "");
        self.cursor = start;
        self.insert(text);
    }

    /// Types the text at the cursor. Control characters become spaces, and what would be too long
    /// is cut. In a field of one line, so do ends of lines; those at the end are left out.
    /// `false` if something was cut.
    pub fn insert(&mut self, text: &str) -> bool {
        let room = MAX_LENGTH.saturating_sub(self.text.len());
        let text = if self.lines { text } else { text.trim_end_matches(['\r', '\n']) };
        self.put(&text[..text.floor_char_boundary(room)]);
        text.len() <= room
    }

    fn put(&mut self, text: &str) {
        let end = if self.lines { '\n' } else { ' ' };
        let clean: String = text
            .replace("\r\n", "\n")
            .chars()
            .map(|c| match c {
                '\r' | '\n' => end,
                c if c.is_control() => ' ',
                c => c,
            })
            .collect();
        self.text.insert_str(self.cursor, &clean);
        self.cursor = self.boundary_at(self.cursor + clean.len());
    }

    /// Does what the action says; `false` if it is none of the field's, or changes nothing.
    pub fn act(&mut self, action: Action) -> bool {
        let before = (self.text.len(), self.cursor);
        match action {
            Action::CursorLeft => self.cursor = self.left(),
            Action::CursorRight => self.cursor = self.right(),
            Action::CursorWordLeft => self.cursor = self.word_left(),
            Action::CursorWordRight => self.cursor = self.word_right(),
            Action::CursorStart => self.cursor = self.line().start,
            Action::CursorEnd => self.cursor = self.line().end,
            Action::DeleteBack => self.delete(self.left(), self.cursor),
            Action::DeleteForward => self.delete(self.cursor, self.right()),
            Action::DeleteWord => self.delete(self.word_left(), self.cursor),
            Action::DeleteToStart => self.delete(self.line().start, self.cursor),
            Action::NewLine if self.lines => {
                self.insert("\n");
            }
            Action::DeleteToEnd => self.delete(self.cursor, self.line().end),
            _ => return false,
        }
        before != (self.text.len(), self.cursor)
    }

    /// The part of the text that is seen in a field of this many columns, as bytes, and the
    /// column of the cursor in it. The cursor is always seen; widths are those of plain text.
    pub fn visible(&self, columns: u16) -> (std::ops::Range<usize>, u16) {
        let columns = usize::from(columns.max(1));
        let mut start = self.cursor;
        let mut before = 0;
        // The cursor itself takes the last column at most.
        for (at, cluster) in self.text[..self.cursor].grapheme_indices(true).rev() {
            let width = cluster.width();
            if before + width > columns - 1 {
                break;
            }
            (start, before) = (at, before + width);
        }
        let mut end = self.cursor;
        let mut width = before;
        for cluster in self.text[self.cursor..].graphemes(true) {
            if width + cluster.width() > columns {
                break;
            }
            (end, width) = (end + cluster.len(), width + cluster.width());
        }
        (start..end, before as u16)
    }

    /// The line that the cursor is in, as bytes.
    fn line(&self) -> std::ops::Range<usize> {
        let start = self.text[..self.cursor].rfind('\n').map_or(0, |at| at + 1);
        let end =
            self.text[self.cursor..].find('\n').map_or(self.text.len(), |at| self.cursor + at);
        start..end
    }

    fn delete(&mut self, start: usize, end: usize) {
        self.text.replace_range(start..end, "");
        self.cursor = self.boundary_at(start);
    }

    /// The cluster boundary at or behind this position: what was joined around an edit may have
    /// become one cluster.
    fn boundary_at(&self, position: usize) -> usize {
        let mut ends = self.text.grapheme_indices(true).map(|(at, cluster)| at + cluster.len());
        if position == 0 { 0 } else { ends.find(|end| *end >= position).unwrap_or(self.text.len()) }
    }

    fn left(&self) -> usize {
        let before = self.text[..self.cursor].grapheme_indices(true).next_back();
        before.map_or(0, |(at, _)| at)
    }

    fn right(&self) -> usize {
        let next = self.text[self.cursor..].graphemes(true).next();
        self.cursor + next.map_or(0, str::len)
    }

    /// The start of the word before the cursor. A filter's `field:` is a word of its own.
    fn word_left(&self) -> usize {
        let before = self.text[..self.cursor].trim_end_matches(|c| !is_word(c));
        before
            .rfind(|c| !is_word(c))
            .map_or(0, |at| at + before[at..].chars().next().map_or(0, char::len_utf8))
    }

    fn word_right(&self) -> usize {
        let rest = &self.text[self.cursor..];
        let word = rest.find(is_word).unwrap_or(rest.len());
        let end = rest[word..].find(|c| !is_word(c)).map_or(rest.len(), |at| word + at);
        self.boundary_at(self.cursor + end)
    }
}

/// Combining marks belong to the word they stand in.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || unicode_width::UnicodeWidthChar::width(c) == Some(0)
}

#[cfg(test)]
mod tests;
