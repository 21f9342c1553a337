//! The second net under hostile text. Everything drawn should have been made harmless long
//! before; what still is not plain is replaced here and counted, and a count is a mistake of ours.

use super::Glyphs;
use ratatui::buffer::Buffer;
use unicode_width::UnicodeWidthChar;

/// More marks than this on one character can fill a line with one cell.
const MAX_MARKS: usize = 3;

/// Replaces every cell that is not plain, and says how many there were.
pub(super) fn sweep(buffer: &mut Buffer, glyphs: Glyphs) -> u64 {
    let replacement = match glyphs {
        Glyphs::Unicode => "␦",
        Glyphs::Ascii => "?",
    };
    let mut slips = 0;
    for cell in &mut buffer.content {
        if !is_allowed(cell.symbol()) {
            cell.set_symbol(replacement);
            slips += 1;
        }
    }
    slips
}

fn is_allowed(symbol: &str) -> bool {
    if let [b' '..=b'~'] = symbol.as_bytes() {
        return true;
    }
    let mut chars = symbol.chars();
    let Some(first) = chars.next() else { return false };
    is_plain(first)
        && first.width().is_some_and(|width| width > 0)
        && chars.clone().count() <= MAX_MARKS
        && chars.all(|c| is_plain(c) && c.width() == Some(0))
}

/// Whether a character may reach a terminal: no control, nothing that reorders or hides text,
/// nothing without a meaning of its own.
pub fn is_plain(c: char) -> bool {
    !(c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{e000}'..='\u{f8ff}'
            | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{10ffff}')
        || u32::from(c) & 0xfffe == 0xfffe)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;

    #[test]
    fn hostile_cells_are_replaced_and_counted() {
        for symbol in [
            "\u{1b}",
            "\u{1b}[2J",
            "\u{7}",
            "\u{9b}",
            "\u{202e}",
            "\u{200b}",
            "a\u{200d}",
            "\u{feff}",
            "a\u{301}\u{301}\u{301}\u{301}",
            "ab",
            "",
            "\u{301}",
            "\n",
            "\u{e0041}",
            "\u{2066}",
            "\u{2028}",
            "☁\u{fe0f}",
            "\u{fffe}",
            "\u{e000}",
        ] {
            let mut buffer = Buffer::empty(Rect::new(0, 0, 2, 1));
            buffer[(1, 0)].set_symbol(symbol);
            assert_eq!(sweep(&mut buffer, Glyphs::Unicode), 1, "{symbol:?}");
            assert_eq!(buffer[(1, 0)].symbol(), "␦");
            assert_eq!(sweep(&mut buffer, Glyphs::Ascii), 0);
        }
    }

    #[test]
    fn what_people_write_passes() {
        for symbol in ["a", "é", "e\u{301}", "字", "▶", "█", "⣿", "ก\u{e49}", "␛", "🙂"]
        {
            assert!(is_allowed(symbol), "{symbol:?}");
        }
    }
}
