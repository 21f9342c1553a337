//! What must hold for all text, and the spelling of each kind.

use super::*;
use proptest::prelude::*;

const ASCII_TABLE: Mode = Mode { place: Place::Table, glyphs: Glyphs::Ascii };
const ASCII_DETAIL: Mode = Mode { place: Place::Detail, glyphs: Glyphs::Ascii };
const MODES: [Mode; 4] = [Mode::TABLE, Mode::DETAIL, ASCII_TABLE, ASCII_DETAIL];

#[test]
fn each_kind_has_its_spelling() {
    for (raw, table, detail, ascii) in [
        ("a\x1b[2J", "a␛[2J", "a␛[2J", "a^[[2J"),
        ("ok\r\n\t\0\x7f", "ok␍␊␉␀␡", "ok␍␊␉␀␡", "ok^M^J^I^@^?"),
        ("\u{9b}1", "\\u{9b}1", "\\u{9b}1", "\\u{9b}1"),
        ("a\u{202e}b", "a\\u{202e}b", "a\\u{202e}b", "a\\u{202e}b"),
        (
            "al\u{378}\u{d7ff}ice",
            "al\\u{378}\\u{d7ff}ice",
            "al\\u{378}\\u{d7ff}ice",
            "al\\u{378}\\u{d7ff}ice",
        ),
        ("a\u{a0}b", "a b", "a\\u{a0}b", "a b"),
        ("\\u{202e}", "\\\\u{202e}", "\\\\u{202e}", "\\\\u{202e}"),
        ("C:\\users \\", "C:\\users \\", "C:\\users \\", "C:\\users \\"),
        ("\\x4 \\xz", "\\\\x4 \\xz", "\\\\x4 \\xz", "\\\\x4 \\xz"),
        ("é", "é", "é", "\\u{e9}"),
        ("␛", "\\u{241b}", "\\u{241b}", "\\u{241b}"),
        ("e\u{301}", "e\u{301}", "e\u{301}", "e\\u{301}"),
        ("क्ष्य", "क्ष्य", "क्ष्य", "\\u{915}\\u{94d}\\u{937}\\u{94d}\\u{92f}"),
    ] {
        assert_eq!(show(raw, Mode::TABLE).as_str(), table);
        assert_eq!(show(raw, Mode::DETAIL).as_str(), detail);
        assert_eq!(show(raw, ASCII_TABLE).as_str(), ascii);
    }
    assert_eq!(show(b"\xff\xc0\x9b", Mode::TABLE).as_str(), "\\xff\\xc0\\x9b");
}

#[test]
fn floods_of_marks_are_counted_in_a_table() {
    let flood = format!("a{}b", "\u{301}".repeat(5000));
    assert_eq!(show(&flood, Mode::TABLE).as_str(), "a\u{301}\u{301}\\u{301}\\u{301}…+4996b");
    assert_eq!(unshow(show(&flood, Mode::DETAIL).as_str()), flood.as_bytes());
}

#[test]
fn plain_text_is_borrowed_and_hazards_are_marked() {
    assert!(matches!(show("AssumeRole", Mode::TABLE).text, Cow::Borrowed(_)));
    let shown = show("a\x1b\u{202e}\\u{41}b", Mode::DETAIL);
    let pieces: Vec<_> = shown.pieces().collect();
    assert_eq!(pieces, [("a", false), ("␛\\u{202e}", true), ("\\\\u{41}b", false)]);
    assert_eq!(Shown::from("literal").pieces().collect::<Vec<_>>(), [("literal", false)]);
    assert_eq!(Shown::default().pieces().count(), 0);
    assert!(has_hazard(b"a\x1b") && has_hazard(b"\xff") && has_hazard("\u{a0}".as_bytes()));
    assert!(!has_hazard(b"a\\x41") && !has_hazard("día".as_bytes()) && !has_hazard(b""));
}

#[test]
fn truncation_keeps_to_the_cells() {
    let cut = |raw, cells| show(raw, Mode::TABLE).truncate(cells, Glyphs::Unicode).to_string();
    assert_eq!(cut("AssumeRole", 10), "AssumeRole");
    assert_eq!(cut("AssumeRole", 7), "Assume…");
    assert_eq!(cut("日本語", 4), "日…");
    assert_eq!(cut("abc", 0), "");
    let ascii = show("AssumeRole", ASCII_TABLE).truncate(7, Glyphs::Ascii).to_string();
    assert_eq!(ascii, "Assu...");
    let long = "A".repeat(10 << 20);
    assert_eq!(show_within(&long, Mode::TABLE, 5).as_str(), "AAAA…");
    assert_eq!(show_within("AAAAA", Mode::TABLE, 5).as_str(), "AAAAA");
    assert_eq!(show_within("AAAAAA", Mode::TABLE, 5).as_str(), "AAAA…");
}

/// Asserts what holds for whatever is shown.
fn check(raw: &[u8]) {
    for mode in MODES {
        let shown = show(raw, mode);
        let text = shown.as_str();
        assert!(!text.chars().any(|c| c.is_control() || hazardous(c)), "{raw:?} {text:?}");
        assert!(mode.glyphs == Glyphs::Unicode || text.is_ascii(), "{raw:?} {text:?}");
        assert_eq!(shown.pieces().map(|(piece, _)| piece).collect::<String>(), text);
        for (piece, _) in shown.pieces() {
            for grapheme in piece.graphemes(true) {
                assert!(grapheme.len() <= 32, "{raw:?} {grapheme:?}");
                assert!(grapheme.width() > 0, "{raw:?} {grapheme:?}");
            }
        }
        for cells in [0, 1, 2, 3, 7] {
            assert!(shown.truncate(cells, mode.glyphs).width() <= cells);
            assert!(show_within(raw, mode, cells).width() <= cells);
        }
    }
    assert_eq!(unshow(show(raw, Mode::DETAIL).as_str()), raw);
}

/// A second, plain list of what must never come out; pictures are ours.
fn hazardous(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{10ffff}' | '\u{3164}' | '\u{a0}')
}

#[test]
fn hostile_strings_are_harmless() {
    for raw in hostile::STRINGS {
        check(raw);
    }
}

#[test]
fn every_character_is_harmless_alone_and_on_a_letter() {
    for c in (0..=0x10_ffff).filter_map(char::from_u32).filter(|c| u32::from(*c) < 0x32000) {
        let raw = format!("{c}a{c}");
        let shown = show(&raw, Mode::DETAIL);
        assert_eq!(unshow(shown.as_str()), raw.as_bytes());
        for (piece, _) in shown.pieces() {
            assert!(piece.graphemes(true).all(|g| g.width() > 0), "{raw:?} {piece:?}");
        }
    }
}

proptest! {
    #[test]
    fn what_is_cut_reads_as_the_beginning(raw in "[\\\\ux{}0-9a\u{1b}\u{202e}é]{0,24}", at in 0_usize..80) {
        let shown = show(&raw, Mode::DETAIL);
        let text = shown.as_str();
        let end = text.floor_char_boundary(at);
        let cut = before_escape(text, end);
        prop_assert!(cut <= end);
        let bytes = unshow(&text[..cut]);
        prop_assert!(raw.as_bytes().starts_with(&bytes), "{text:?} at {end}: {cut}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_harmless_and_come_back(raw in proptest::collection::vec(any::<u8>(), 0..60)) {
        check(&raw);
    }

    #[test]
    fn any_text_is_harmless_and_comes_back(raw in "\\PC{0,20}[\\\\ux{0-9a}\u{301}\u{1100}\u{93e}\u{94d}\u{915}\u{202e}\u{241b}\x1b]{0,40}") {
        check(raw.as_bytes());
    }

    #[test]
    fn unshow_takes_anything(text in any::<String>()) {
        unshow(&text);
        unshow(&format!("\\{text}"));
    }
}

#[test]
fn no_escape_is_cut_in_two() {
    for (text, cuts) in [
        ("a\\x1fb", [(1, 1), (2, 1), (3, 1), (4, 1), (5, 5)].as_slice()),
        ("a\\u{202e}b", &[(2, 1), (3, 1), (4, 1), (8, 1), (9, 9), (10, 10)]),
        ("a\\\\x41", &[(2, 1), (3, 1), (4, 1), (6, 6)]),
        ("C:\\dir\\ux", &[(3, 3), (5, 5), (7, 7), (8, 8)]),
        ("plain", &[(0, 0), (3, 3), (5, 5)]),
        ("\\u{aaaaaaaaaaaaaaa", &[(4, 0), (15, 15)]),
    ] {
        for (end, safe) in cuts {
            assert_eq!(before_escape(text, *end), *safe, "{text} at {end}");
        }
    }
}
