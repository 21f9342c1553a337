//! What is sent, read by a terminal, is what was drawn; and it is short.

use super::*;
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier, Style};
use std::cell::Cell as StdCell;
use std::num::NonZeroU16;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

#[derive(Default)]
struct Strange(Vec<String>);

impl vt100::Callbacks for Strange {
    fn unhandled_csi(
        &mut self,
        _: &mut vt100::Screen,
        i1: Option<u8>,
        _: Option<u8>,
        params: &[&[u16]],
        c: char,
    ) {
        if (i1, params) != (Some(b'?'), &[&[2026][..]][..]) {
            self.0.push(format!("csi {i1:?} {params:?} {c}"));
        }
    }
    fn unhandled_escape(&mut self, _: &mut vt100::Screen, _: Option<u8>, _: Option<u8>, b: u8) {
        self.0.push(format!("escape {b}"));
    }
    fn unhandled_control(&mut self, _: &mut vt100::Screen, b: u8) {
        self.0.push(format!("control {b}"));
    }
}

/// A screen, and a terminal that reads what it sends.
struct Pair {
    screen: Screen<Vec<u8>>,
    parser: vt100::Parser<Strange>,
    columns: Arc<AtomicU16>,
    rows: u16,
}

impl Pair {
    fn new(columns: u16, rows: u16) -> Self {
        let width = Arc::new(AtomicU16::new(columns));
        let asked = Arc::clone(&width);
        let size = Box::new(move || Size::new(asked.load(Ordering::SeqCst), rows));
        let one = |n| NonZeroU16::new(n).unwrap();
        Self {
            screen: Screen::new(Vec::new(), size, Glyphs::Unicode).unwrap(),
            parser: vt100::Parser::new_with_callbacks(
                one(rows),
                one(columns),
                0,
                Strange::default(),
            ),
            columns: width,
            rows,
        }
    }

    /// Draws, and returns the bytes that were sent.
    fn draw(&mut self, view: impl FnOnce(&mut Frame<'_>)) -> Vec<u8> {
        let stats = self.screen.draw(view).unwrap();
        let bytes = std::mem::take(self.screen.painter().out_mut());
        assert_eq!(stats.bytes, bytes.len() as u64);
        assert_eq!(stats.writes, u64::from(!bytes.is_empty()), "one write a frame");
        self.parser.process(&bytes);
        assert_eq!(self.parser.callbacks().0, Vec::<String>::new());
        bytes
    }

    fn compare(&self, buffer: &Buffer) {
        for y in 0..buffer.area.height {
            for x in 0..buffer.area.width {
                let (ours, theirs) = (&buffer[(x, y)], self.parser.screen().cell(y, x).unwrap());
                let text = if theirs.has_contents() { theirs.contents() } else { " " };
                assert_eq!(ours.symbol(), text, "{x},{y}");
                assert_eq!(colour(theirs.fgcolor()), index(ours.fg), "fg {x},{y}");
                assert_eq!(colour(theirs.bgcolor()), index(ours.bg), "bg {x},{y}");
                let mods = [
                    (Modifier::BOLD, theirs.bold()),
                    (Modifier::ITALIC, theirs.italic()),
                    (Modifier::UNDERLINED, theirs.underline()),
                    (Modifier::REVERSED, theirs.inverse()),
                ];
                for (modifier, has) in mods {
                    assert_eq!(ours.modifier.contains(modifier), has, "{modifier:?} {x},{y}");
                }
            }
        }
    }
}

fn colour(theirs: vt100::Color) -> String {
    match theirs {
        vt100::Color::Default => "default".to_owned(),
        vt100::Color::Idx(index) => index.to_string(),
        vt100::Color::Rgb(r, g, b) => format!("{r} {g} {b}"),
    }
}

fn index(ours: Color) -> String {
    match ours {
        Color::Reset => "default".to_owned(),
        Color::Indexed(index) => index.to_string(),
        Color::Rgb(r, g, b) => format!("{r} {g} {b}"),
        Color::Green => "2".to_owned(),
        Color::LightRed => "9".to_owned(),
        other => panic!("{other} is not among those tested"),
    }
}

fn any_colour() -> impl Strategy<Value = Color> {
    prop_oneof![
        3 => Just(Color::Reset),
        1 => Just(Color::Green),
        1 => Just(Color::LightRed),
        1 => (0..=255u8).prop_map(Color::Indexed),
        1 => any::<(u8, u8, u8)>().prop_map(|(r, g, b)| Color::Rgb(r, g, b)),
    ]
}

fn any_style() -> impl Strategy<Value = Style> {
    let mods = prop_oneof![
        Just(Modifier::empty()),
        Just(Modifier::BOLD),
        Just(Modifier::REVERSED | Modifier::BOLD),
        Just(Modifier::UNDERLINED | Modifier::ITALIC),
    ];
    (any_colour(), any_colour(), mods)
        .prop_map(|(fg, bg, mods)| Style::new().fg(fg).bg(bg).add_modifier(mods))
}

/// A text somewhere, in some style. Wide characters stand where they fit.
type Stroke = (u16, u16, String, Style);

fn strokes() -> impl Strategy<Value = Vec<Stroke>> {
    let text = "([a-z ▶█é─]{1,12}|字{1,3}|e\u{301}x)";
    prop::collection::vec((0..18u16, 0..6u16, text, any_style()), 0..8)
}

proptest! {
    #[test]
    fn the_terminal_shows_what_was_drawn(frames in prop::collection::vec(strokes(), 1..6)) {
        let mut pair = Pair::new(24, 6);
        for strokes in frames {
            let mut drawn = Buffer::default();
            pair.draw(|frame| {
                for (x, y, text, style) in &strokes {
                    frame.buffer_mut().set_stringn(*x, *y, text, usize::from(23 - x), *style);
                }
                // A wide character cut by a later stroke is nobody's business here.
                let buffer = frame.buffer_mut();
                for y in 0..6 {
                    for x in 0..23u16 {
                        if buffer[(x, y)].symbol() == "字" {
                            buffer[(x, y)].set_symbol("w");
                        }
                    }
                }
                drawn = buffer.clone();
            });
            pair.compare(&drawn);
        }
    }
}

#[test]
fn wide_characters_keep_their_neighbours_in_place() {
    let mut pair = Pair::new(20, 2);
    pair.draw(|frame| {
        frame.buffer_mut().set_string(0, 0, "a字b e\u{301}c", Style::new());
    });
    assert_eq!(pair.parser.screen().contents().trim_end(), "a字b e\u{301}c");
}

/// A table of rows as the timeline has them, with a mark before the cursor's row.
fn table(frame: &mut Frame<'_>, cursor: u16) {
    let area = frame.area();
    for y in 0..area.height {
        let row = format!("  10:42:{y:02}.113  AssumeRole  arn:aws:iam::111122223333:role/deploy");
        frame.buffer_mut().set_string(0, y, row, Style::new().fg(Color::Indexed(253)));
    }
    let bold = Style::new().fg(Color::Indexed(253)).add_modifier(Modifier::BOLD);
    frame.buffer_mut().set_string(0, cursor, "▶", bold);
    frame.buffer_mut().set_style(ratatui::layout::Rect::new(2, cursor, 12, 1), bold);
}

#[test]
fn an_unchanged_frame_sends_nothing_and_a_cursor_move_little() {
    let mut pair = Pair::new(120, 36);
    let first = pair.draw(|frame| table(frame, 3));
    assert!(first.starts_with(b"\x1b[?2026h") && first.ends_with(b"\x1b[?2026l"));
    assert_eq!(pair.draw(|frame| table(frame, 3)), b"");
    let moved = pair.draw(|frame| table(frame, 4));
    assert!(moved.len() <= 110, "{} bytes: {}", moved.len(), moved.escape_ascii());
    assert!(!moved.windows(4).any(|w| w == b"\x1b[2J"));
}

#[test]
fn a_page_of_full_rows_fits_a_slow_line() {
    let mut pair = Pair::new(120, 36);
    let page = |first: u32| {
        move |frame: &mut Frame<'_>| {
            for y in 0..36u16 {
                let row = first + u32::from(y);
                let number = row.wrapping_mul(2_654_435_761);
                let cells = [
                    (
                        2,
                        format!("10:{:02}:{:02}.{:03}", row / 60 % 60, row % 60, number % 1000),
                        103,
                    ),
                    (
                        16,
                        ["AssumeRole", "GetObject", "DescribeInstances"][number as usize % 3]
                            .to_owned(),
                        253,
                    ),
                    (
                        36,
                        format!(
                            "arn:aws:sts::111122223333:assumed-role/deploy/{:x}",
                            number % 4096
                        ),
                        253,
                    ),
                    (88, format!("198.51.100.{}", number >> 24), 74),
                    (106, ["success", "denied"][number as usize % 2].to_owned(), 209),
                ];
                for (x, text, colour) in cells {
                    frame.buffer_mut().set_string(
                        x,
                        y,
                        text,
                        Style::new().fg(Color::Indexed(colour)),
                    );
                }
            }
        }
    };
    let first = pair.draw(page(0)).len();
    let next = pair.draw(page(36)).len();
    assert!(first <= 7_000 && next <= 4_000, "{first} and {next} bytes");
}

#[test]
fn the_cursor_is_hidden_while_painting_and_moves_alone() {
    let mut pair = Pair::new(40, 4);
    let text = StdCell::new("ip");
    let field = |frame: &mut Frame<'_>| {
        frame.buffer_mut().set_string(0, 1, text.get(), Style::new());
        frame.set_cursor_position((text.get().len() as u16, 1));
    };
    pair.draw(field);
    assert_eq!(pair.parser.screen().cursor_position(), (1, 2));
    assert!(!pair.parser.screen().hide_cursor());
    assert_eq!(pair.draw(field), b"");
    text.set("ip:");
    let typed = pair.draw(field);
    assert_eq!(typed, b"\x1b[?2026h\x1b[?25l:\x1b[?25h\x1b[?2026l");
    assert_eq!(pair.parser.screen().cursor_position(), (1, 3));
    pair.draw(|frame| frame.buffer_mut().set_string(0, 1, "ip:", Style::new()));
    assert!(pair.parser.screen().hide_cursor());
}

#[test]
fn after_a_resize_everything_is_painted_again_in_one_frame() {
    let mut pair = Pair::new(40, 4);
    pair.draw(|frame| table(frame, 0));
    pair.columns.store(30, Ordering::SeqCst);
    let size = NonZeroU16::new(pair.rows).zip(NonZeroU16::new(30)).unwrap();
    pair.parser.set_size(size.0, size.1);
    let mut drawn = Buffer::default();
    pair.draw(|frame| {
        table(frame, 0);
        drawn = frame.buffer_mut().clone();
    });
    pair.compare(&drawn);
}

#[test]
fn hostile_cells_never_reach_the_terminal() {
    let mut pair = Pair::new(20, 2);
    let bytes = pair.draw(|frame| {
        let buffer = frame.buffer_mut();
        buffer[(0, 0)].set_symbol("\x1b]52;c;QUJD\x07");
        buffer[(1, 0)].set_symbol("\u{202e}");
        buffer[(2, 0)].set_symbol("\x1b");
    });
    assert_eq!(pair.screen.slips, 3);
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains("␦␦␦") && !text.contains("52;c") && !text.contains('\u{202e}'));
}

#[test]
fn a_full_screen_after_leaving_and_coming_back() {
    let mut pair = Pair::new(40, 4);
    pair.draw(|frame| table(frame, 1));
    pair.parser.process(b"\x1b[31m\x1b[2Jsomething else\x1b[m\x1b[?25l");
    pair.screen.painter().forget();
    pair.screen.clear().unwrap();
    let mut drawn = Buffer::default();
    pair.draw(|frame| {
        table(frame, 1);
        drawn = frame.buffer_mut().clone();
    });
    pair.compare(&drawn);
}
