//! The program in a real terminal: what it shows, what it sends, and what it leaves behind.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

#[cfg(feature = "aws")]
mod asking;
mod bench;
#[cfg(feature = "aws")]
mod codes;
mod damage;
mod demo;
mod empty_root;
#[allow(dead_code, clippy::disallowed_methods, reason = "a server of other tests")]
#[path = "../aws/fake.rs"]
mod fake;
mod fetched;
mod follow;
mod full_disk;
mod hanging_disk;
mod keeping;
mod killing;
mod mouse;
mod odd_terminals;
mod own;
mod places;
mod proving;
#[allow(dead_code, clippy::disallowed_methods, reason = "a proxy of other tests")]
#[path = "../aws/proxy.rs"]
mod proxy;
mod session;
mod traffic;
mod travel;
mod triage;
mod watching;
mod ways_out;
mod work;
mod zones;

use session::Session;

#[test]
fn the_help_is_plain_text() {
    let mut session = Session::trailcase(&["--help"], &[], (80, 24));
    assert_eq!(session.wait_exit(), 0);
    session.assert_left_clean();
}
