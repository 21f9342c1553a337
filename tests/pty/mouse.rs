//! The mouse, which is the terminal's until it is asked for.

use crate::bench::{Bench, LOADED};
use vt100::MouseProtocolMode;

/// A press of the left button at a cell, counted from 1, as terminals report it.
fn press(x: u16, y: u16) -> String {
    format!("\x1b[<0;{x};{y}M")
}

fn release(x: u16, y: u16) -> String {
    format!("\x1b[<0;{x};{y}m")
}

fn drag(x: u16, y: u16) -> String {
    format!("\x1b[<32;{x};{y}M")
}

#[test]
fn it_points_scrolls_and_brushes_when_it_is_let_in() {
    let bench = Bench::new();
    let mut session = bench.start(&["open", "evidence", "-w", "case", "--mouse"], &[]);
    session.wait_for(LOADED);
    session.wait_for("row 1 of 120");
    assert_eq!(session.screen().mouse_protocol_mode(), MouseProtocolMode::ButtonMotion);
    // Two lines on top, one lane, the axis, the head of the table: the first row is the sixth.
    session.send(&press(20, 10));
    session.wait_for("row 5 of 120");
    session.send("\x1b[<65;20;10M");
    session.wait_for("row 8 of 120");
    session.send("\x1b[<64;20;10M");
    session.wait_for("row 5 of 120");
    // The end of the lane, and from its beginning to its middle.
    session.send(&(press(88, 3) + &release(88, 3)));
    session.wait_for("row 120 of 120");
    session.send(&(press(13, 3) + &drag(30, 3) + &drag(50, 4) + &release(50, 4)));
    session.wait_for("row 60 of 120");
    session.wait_for("keeps only these events");
    session.send("f");
    session.wait_for("/ time:2026-03-04T10:00");
    // A second click on a row opens it; the record is in the pane beside the table.
    session.send("C");
    session.wait_for("of 120");
    session.send(&(press(20, 8) + &release(20, 8) + &press(20, 8) + &release(20, 8)));
    session.wait_for("whole screen");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    session.assert_left_clean();
}

#[test]
fn it_is_the_terminals_until_it_is_asked_for_and_after_every_way_out() {
    let bench = Bench::new();
    let mut session = bench.open();
    assert_eq!(session.screen().mouse_protocol_mode(), MouseProtocolMode::None);
    session.send("gm");
    session.wait_for("the mouse points here");
    assert_eq!(session.screen().mouse_protocol_mode(), MouseProtocolMode::ButtonMotion);
    session.signal(rustix::process::Signal::TERM);
    session.wait_exit();
    session.assert_left_clean();
}
