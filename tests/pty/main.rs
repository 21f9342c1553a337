//! The program in a real terminal: what it shows, what it sends, and what it leaves behind.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

#[cfg(feature = "aws")]
mod asking;
mod bench;
mod damage;
mod demo;
mod empty_root;
mod fetched;
mod follow;
mod full_disk;
mod hanging_disk;
mod keeping;
mod killing;
mod mouse;
mod odd_terminals;
mod places;
mod proving;
mod session;
mod traffic;
mod travel;
mod watching;
mod ways_out;
mod work;

use session::Session;

#[test]
fn the_help_is_plain_text() {
    let mut session = Session::trailcase(&["--help"], &[], (80, 24));
    assert_eq!(session.wait_exit(), 0);
    session.assert_left_clean();
}
