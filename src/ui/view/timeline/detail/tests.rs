//! What stands in a line, and how much of it.

use super::*;
use crate::shown::{Mode, show};
use crate::ui::settings::Places;
use crate::ui::terminal::{Depth, Glyphs};
use crate::ui::theme::Theme;
use ratatui::buffer::Buffer;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

#[test]
fn a_label_has_room_by_the_columns_that_it_takes() {
    let (theme, _) = Theme::load("dark", Depth::Indexed, Glyphs::Unicode, &Places::default());
    let area = Rect::new(0, 0, 40, 1);
    let text = "a long value that has no room beside its label".to_owned();
    let line = Line { text, ..head("") };
    // Four columns in two characters, and one column in three.
    for label in ["  (\u{6771}\u{4eac})", "  (e\u{301}\u{302})"] {
        let mut buf = Buffer::empty(area);
        draw_line(&mut Pen::new(&mut buf, &theme), area, (&line, Some(label)), false);
        let row: String = buf.content().iter().map(ratatui::buffer::Cell::symbol).collect();
        let shown = show(label, Mode::TABLE);
        // The cells behind a wide symbol are blank.
        let cells =
            |symbol: &str| symbol.to_owned() + &" ".repeat(symbol.width().saturating_sub(1));
        let shown: String = shown.as_str().graphemes(true).map(cells).collect();
        assert!(row.ends_with(&shown), "{row:?} {shown:?}");
    }
}

#[test]
fn of_a_record_that_is_not_all_here_it_is_said_how_much_is_shown() {
    let first = |raw: &[u8], all| raw_lines(raw, all, 80)[0].label.clone();
    assert_eq!(first(b"abc", 3), "");
    assert_eq!(first(b"abc", 9_437_192), "3 bytes of 9,437,192 shown");
    let long = vec![b'x'; MAX_RAW + 1];
    assert_eq!(first(&long, long.len() as u64), "1,048,576 bytes of 1,048,577 shown");
    assert_eq!(raw_lines(b"abc", 4, 80)[1].text, "abc");
}
