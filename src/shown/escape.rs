//! Bytes to visible text.

use super::hazard::{is_hazard, is_mark, is_odd_space, is_plain, is_plain_byte};
use super::{Glyphs, Mode, Place, Shown};
use std::borrow::Cow;
use std::fmt::Write;
use unicode_segmentation::UnicodeSegmentation;

/// Marks that may stand on one character.
pub(super) const MARKS: usize = 2;
/// Bytes of what shares a cell: scripts join whole syllables.
const CLUSTER: usize = 31;
/// Marks too many that are spelled out in a table before the others are only counted.
const SPELLED: usize = 2;

/// The bytes as text that cannot harm. Printable ASCII is borrowed.
///
/// In [`Place::Detail`] with [`Glyphs::Unicode`], [`unshow`](super::unshow) turns it back.
pub fn show(raw: &(impl AsRef<[u8]> + ?Sized), mode: Mode) -> Shown<'_> {
    let raw = raw.as_ref();
    if is_plain(raw)
        && let Ok(text) = str::from_utf8(raw)
    {
        return Shown { text: Cow::Borrowed(text), hazards: Vec::new() };
    }
    let mut escaper = Escaper { shown: Shown::default(), mode, backslashes: 0, marks: MARKS };
    for chunk in raw.utf8_chunks() {
        escaper.valid(chunk.valid());
        for byte in chunk.invalid() {
            escaper.spell(format_args!("\\x{byte:02x}"));
        }
    }
    escaper.shown
}

/// What fits in so many cells, with an ellipsis if that is not all. The work is bounded by the
/// cells, not by the bytes, so that a value of megabytes costs nothing.
pub fn show_within(raw: &(impl AsRef<[u8]> + ?Sized), mode: Mode, cells: usize) -> Shown<'_> {
    // A cell holds at most a character with its marks.
    const MOST: usize = 4 * (1 + MARKS);
    let raw = raw.as_ref();
    let most = cells.saturating_add(2).saturating_mul(MOST);
    if raw.len() <= most {
        let shown = show(raw, mode);
        let fits = shown.as_str().len() <= cells || shown.width() <= cells;
        return if fits { shown } else { shown.cut(cells, mode.glyphs) };
    }
    let mut end = most;
    while end > most - 4 && raw[end] & 0xc0 == 0x80 {
        end -= 1;
    }
    show(&raw[..end], mode).cut(cells, mode.glyphs)
}

struct Escaper<'a> {
    shown: Shown<'a>,
    mode: Mode,
    /// Backslashes of the raw text that the shown text ends in.
    backslashes: usize,
    /// Marks on the last character; as many as may be, if there is none to stand on.
    marks: usize,
}

impl Escaper<'_> {
    fn valid(&mut self, text: &str) {
        let mut rest = text;
        loop {
            rest = self.run(rest);
            let Some(grapheme) = rest.graphemes(true).next() else { return };
            self.grapheme(grapheme, rest);
            rest = &rest[grapheme.len()..];
        }
    }

    /// Takes printable ASCII at once, except a last character that marks may follow.
    fn run<'b>(&mut self, text: &'b str) -> &'b str {
        let bytes = text.as_bytes();
        let plain = bytes.iter().take_while(|byte| is_plain_byte(**byte)).count();
        let marked = bytes.get(plain).is_some_and(|byte| !byte.is_ascii());
        let count = if marked { plain.saturating_sub(1) } else { plain };
        let (run, rest) = text.split_at(count);
        if !run.is_empty() {
            if self.backslashes > 0 && reads_as_escape(text) {
                self.double();
            }
            self.shown.push(run, false);
            self.backslashes = 0;
            self.marks = 0;
        }
        rest
    }

    /// One cluster; `rest` is the text from it on.
    fn grapheme(&mut self, grapheme: &str, rest: &str) {
        let mut flood = 0;
        let mut cluster = 0;
        for (nth, c) in grapheme.chars().enumerate() {
            if c < ' ' || c == '\x7f' {
                self.control(c as u8);
            } else if c == '\\' {
                self.shown.push("\\", false);
                self.backslashes += 1;
                self.marks = 0;
            } else if is_odd_space(c) && self.mode.place == Place::Table {
                self.plain(' ', rest);
            } else if is_hazard(c)
                || is_odd_space(c)
                || self.only_ascii(c)
                || (nth == 0 && is_mark(c))
            {
                self.code(c);
            } else if nth == 0 {
                self.plain(c, rest);
                cluster = c.len_utf8();
            } else if !is_mark(c) && cluster + c.len_utf8() <= CLUSTER {
                self.joined(c, 0);
                cluster += c.len_utf8();
            } else if self.marks < MARKS && cluster + c.len_utf8() <= CLUSTER {
                self.joined(c, self.marks + 1);
                cluster += c.len_utf8();
            } else {
                cluster = 1;
                flood += 1;
                if flood <= SPELLED || self.mode.place == Place::Detail {
                    self.code(c);
                }
            }
        }
        if flood > SPELLED && self.mode.place == Place::Table {
            let ellipsis = self.mode.glyphs.ellipsis();
            self.spell(format_args!("{ellipsis}+{}", flood - SPELLED));
        }
    }

    fn only_ascii(&self, c: char) -> bool {
        self.mode.glyphs == Glyphs::Ascii && !c.is_ascii()
    }

    fn plain(&mut self, c: char, rest: &str) {
        // Behind backslashes, this would read as one of our own.
        if self.backslashes > 0 && reads_as_escape(rest) {
            self.double();
        }
        self.shown.push(c.encode_utf8(&mut [0; 4]), false);
        self.backslashes = 0;
        self.marks = 0;
    }

    /// A character that joins the one before it in a cell.
    fn joined(&mut self, c: char, marks: usize) {
        self.shown.push(c.encode_utf8(&mut [0; 4]), false);
        self.backslashes = 0;
        self.marks = marks;
    }

    fn control(&mut self, byte: u8) {
        let picture = if byte == 0x7f { '\u{2421}' } else { picture(byte) };
        match self.mode.glyphs {
            Glyphs::Unicode => self.shown.push(picture.encode_utf8(&mut [0; 4]), true),
            Glyphs::Ascii => {
                let caret = ['^', char::from(byte ^ 0x40)];
                self.shown.push(&String::from_iter(caret), true);
            }
        }
        self.backslashes = 0;
        self.marks = MARKS;
    }

    fn code(&mut self, c: char) {
        self.spell(format_args!("\\u{{{:x}}}", u32::from(c)));
    }

    fn spell(&mut self, escape: std::fmt::Arguments<'_>) {
        self.double();
        let mut text = String::with_capacity(10);
        let _ = text.write_fmt(escape);
        self.shown.push(&text, true);
        self.backslashes = 0;
        self.marks = MARKS;
    }

    fn double(&mut self) {
        for _ in 0..std::mem::take(&mut self.backslashes) {
            self.shown.push("\\", false);
        }
    }
}

/// The picture of a C0 control.
fn picture(byte: u8) -> char {
    char::from_u32(0x2400 + u32::from(byte)).unwrap_or('\u{2421}')
}

/// Whether a backslash before this text would make it one of our escapes.
pub(super) fn reads_as_escape(text: &str) -> bool {
    match text.as_bytes() {
        [b'u', b'{', ..] => true,
        [b'x', digit, ..] => digit.is_ascii_hexdigit(),
        _ => false,
    }
}

/// Where shown text is to be cut that should be cut at `end`, a boundary of characters: before the
/// escape that `end` lies in, since half of one reads as something else.
pub fn before_escape(text: &str, end: usize) -> usize {
    // The longest is `\u{10ffff}`.
    const LONGEST: usize = 10;
    let begin = text[..end].trim_end_matches(|c: char| c == '{' || c.is_ascii_alphanumeric());
    let before = begin.trim_end_matches('\\');
    let is_escape = before.len() < begin.len() && reads_as_escape(&text[begin.len()..]);
    if !is_escape || end - begin.len() >= LONGEST {
        // Between backslashes that are doubled, too.
        let run = &text[text[..end].trim_end_matches('\\').len()..];
        let rest = run.trim_start_matches('\\');
        let is_parted = text[..end].ends_with('\\') && reads_as_escape(rest);
        return if is_parted { text.len() - run.len() } else { end };
    }
    let length = match text.as_bytes()[begin.len()] {
        b'x' => 3,
        _ => text[begin.len()..].find('}').map_or(LONGEST, |at| at + 1),
    };
    if end < begin.len() + length { before.len() } else { end }
}
