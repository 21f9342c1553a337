//! Every way out saves what has to be saved and puts the terminal back.

use crate::demo::{self, start};
use crate::session::{Session, signal_to};
use rustix::process::Signal;

fn saved(session: &Session) -> bool {
    session.home().join("saved").exists()
}

#[test]
fn leaving() {
    let mut session = start(&[]);
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    session.assert_left_clean();
    assert!(!saved(&session), "who leaves by himself saves by himself");
}

#[test]
fn signals() {
    for (signal, status) in
        [(Signal::HUP, 129), (Signal::INT, 130), (Signal::QUIT, 131), (Signal::TERM, 143)]
    {
        let mut session = start(&[]);
        session.signal(signal);
        assert_eq!(session.wait_exit(), status);
        session.assert_left_clean();
        assert!(saved(&session), "{signal:?}");
    }
}

#[test]
fn a_panic_is_told_harmlessly_after_the_screen_is_back() {
    let mut session = start(&[]);
    session.send("p");
    assert_ne!(session.wait_exit(), 0);
    session.assert_left_clean();
    assert!(session.screen_text().contains("on purpose \\u{1b}]0;title\\u{7}"));
}

#[test]
fn a_terminal_that_goes_away() {
    let mut session = start(&[]);
    session.hang_up();
    assert_eq!(session.wait_exit(), 129);
    assert!(saved(&session));
}

#[test]
fn stopping_and_coming_back() {
    let mut session = demo::start_below_a_shell();
    session.send("j");
    session.wait_for("moves 1");
    let text = session.screen_text();
    let pid = text.split_whitespace().skip_while(|word| *word != "pid").nth(1).unwrap();
    let pid: u32 = pid.parse().unwrap();
    session.send("\x1a");
    session.wait_until("stopped program", |_| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.contains(") T ")
    });
    session.wait_until("main screen", |session| !session.screen().alternate_screen());
    session.assert_left_clean();
    signal_to(pid, Signal::CONT);
    session.wait_for("back again");
    session.wait_for("moves 1");
    assert!(session.screen().alternate_screen());
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    session.assert_left_clean();
}
