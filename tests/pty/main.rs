//! The program in a real terminal: what it shows, what it sends, and what it leaves behind.

mod demo;
mod session;
mod ways_out;

use session::Session;

#[test]
fn the_help_is_plain_text() {
    let mut session = Session::trailcase(&["--help"], &[], (80, 24));
    assert_eq!(session.wait_exit(), 0);
    session.assert_left_clean();
}
