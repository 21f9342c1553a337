//! Bytes to the terminal: what a slow line has to carry.

use crate::bench::Bench;
use crate::session::Session;
use std::time::Duration;
use trailcase::cli::demo;

/// End of a synchronized frame.
const FRAME_END: &[u8] = b"\x1b[?2026l";

/// The demo's evidence, small, on a screen of 120x36.
fn demo() -> Session {
    let bench = Bench::new();
    demo::write(&bench.path("demo"), &demo::Size::SMALL).unwrap();
    let mut session = bench.sized(&["open", "demo"], &[], (120, 36));
    session.wait_for("loaded; ");
    session.wait_for("row 1 of ");
    // The last thing that comes by itself: what rules say once verification is over.
    session.wait_for("2 Alarms 27");
    session.settle();
    assert_eq!(session.sent_within(Duration::from_secs(2)), 0, "bytes while idle");
    session
}

/// The bytes of the frames that these keys cause, until the position is told.
fn bytes_of(session: &mut Session, keys: &str, position: &str) -> usize {
    let before = session.log().len();
    session.send(keys);
    session.wait_for(position);
    session.settle();
    session.log().len() - before
}

#[test]
fn little_is_sent() {
    let mut session = demo();
    let before = session.log().len();
    session.send("\x1b[6~");
    session.wait_until("another page", |session| !session.screen_text().contains("row 1 of "));
    session.settle();
    let page = session.log().len() - before;
    assert!((1000..=7000).contains(&page), "{page} bytes for a page");
    bytes_of(&mut session, "\x1b[H", "row 1 of ");
    let mut steps = Vec::new();
    for row in 2..8 {
        let before = session.log().len();
        session.send("\x1b[B");
        session.wait_for(&format!("row {row} of "));
        session.settle();
        // The row first; its record, once the cursor rests, is a frame of its own.
        let frames = &session.log()[before..];
        let end = frames.windows(FRAME_END.len()).position(|bytes| bytes == FRAME_END).unwrap();
        steps.push(end + FRAME_END.len());
    }
    assert!(steps.iter().all(|&bytes| bytes <= 150), "{steps:?} bytes for a step");
    bytes_of(&mut session, "\x1b[H", "row 1 of ");
    assert_eq!(bytes_of(&mut session, "\x1b[A", "row 1 of "), 0, "a key that changes nothing");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    session.assert_left_clean();
}
