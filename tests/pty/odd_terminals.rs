//! Terminals, environments and sizes that are not what one would like.

use crate::bench::{Bench, LOADED};
use crate::session::Session;

#[test]
fn a_dumb_terminal_is_refused_with_a_hint() {
    let bench = Bench::new();
    let mut session = bench.start(&["open", "evidence"], &[("TERM", "dumb")]);
    assert_eq!(session.wait_exit(), 2);
    session.wait_for("use `trailcase query`");
    session.assert_left_clean();
}

#[test]
fn without_a_terminal_the_hint_is_the_same() {
    let bench = Bench::new();
    let mut session = bench.shell("\"$0\" open evidence | cat", &[]);
    session.wait_for("use `trailcase query`");
    assert_eq!(session.wait_exit(), 0);
    session.assert_left_clean();
}

#[test]
fn a_tiny_screen_says_so_and_can_be_left() {
    let bench = Bench::new();
    let mut session = bench.sized(&["open", "evidence"], &[], (20, 5));
    session.wait_for("60x16 needed, now");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    session.assert_left_clean();
}

#[test]
fn a_home_that_cannot_be_written_to_is_named() {
    let bench = Bench::new();
    let nowhere = [("HOME", "/dev/null"), ("XDG_DATA_HOME", "/dev/null/data")];
    let mut session = bench.start(&["open", "evidence"], &nowhere);
    assert_ne!(session.wait_exit(), 0);
    session.wait_for("/dev/null/data/trailcase/workspaces");
    session.assert_left_clean();
}

#[test]
fn nobody_needs_a_home_who_names_a_folder() {
    let bench = Bench::new();
    let unset = "unset HOME XDG_DATA_HOME XDG_CONFIG_HOME XDG_STATE_HOME XDG_CACHE_HOME; ";
    let open = "\"$0\" open evidence --workspace-dir cases -w case";
    let mut session = bench.shell(&format!("{unset}{open}"), &[]);
    session.wait_for(LOADED);
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    assert!(bench.path("cases/case/journal.jsonl").exists());
}

#[test]
fn a_plain_locale_gets_plain_characters() {
    let bench = Bench::new();
    for locale in ["C", "POSIX", ""] {
        let mut session = bench.start(&["open", "evidence"], &[("LANG", locale)]);
        session.wait_for("120 of 120 events");
        session.send("\r\x1b[C");
        session.wait_for("userIdentity");
        assert!(session.log().is_ascii(), "{}", session.screen_text());
        session.send("Q");
        assert_eq!(session.wait_exit(), 0);
    }
}

fn has_colour(session: &Session) -> bool {
    let (rows, columns) = session.screen().size();
    let cells = (0..rows.get()).flat_map(|row| (0..columns.get()).map(move |column| (row, column)));
    cells.into_iter().filter_map(|(row, column)| session.screen().cell(row, column)).any(|cell| {
        (cell.fgcolor(), cell.bgcolor()) != (vt100::Color::Default, vt100::Color::Default)
    })
}

#[test]
fn colours_are_left_out_when_asked() {
    let bench = Bench::new();
    for (environment, coloured) in [(vec![("NO_COLOR", "1")], false), (vec![], true)] {
        let mut session = bench.start(&["open", "evidence"], &environment);
        session.wait_for("120 of 120 events");
        assert_eq!(has_colour(&session), coloured, "{environment:?}");
        session.send("Q");
        assert_eq!(session.wait_exit(), 0);
    }
}

#[test]
fn a_storm_of_sizes_ends_in_a_right_screen() {
    let bench = Bench::new();
    let mut session = bench.open();
    for step in 0..20u16 {
        session.resize((40 + step * 7, 10 + step * 2));
    }
    session.resize((120, 36));
    session.wait_until("whole screen", |session| {
        let text = session.screen_text();
        let last = text.lines().last().unwrap_or_default().trim_end();
        text.lines().count() == 36 && last.ends_with("row 1 of 120")
    });
    session.settle();
    let above = |session: &Session| session.screen().rows(0, 120).take(35).collect::<Vec<_>>();
    let stormy = above(&session);
    session.send("\x0c");
    let painted = session.frames();
    session.wait_until("another frame", |session| session.frames() > painted);
    session.settle();
    assert_eq!(above(&session), stormy, "painting everything changes nothing");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    session.assert_left_clean();
}

#[test]
fn suspended_and_brought_back() {
    let bench = Bench::new();
    let script = "\"$0\" open evidence -w case; code=$?; echo left $code; exit $code";
    let mut session = bench.shell(script, &[]);
    session.wait_for(LOADED);
    let pid = {
        let shell = session.pid();
        let path = format!("/proc/{shell}/task/{shell}/children");
        std::fs::read_to_string(path).unwrap().trim().parse::<u32>().unwrap()
    };
    session.send("\x1a");
    session.wait_until("stopped program", |_| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.contains(") T ")
    });
    session.wait_until("main screen", |session| !session.screen().alternate_screen());
    session.assert_left_clean();
    crate::session::signal_to(pid, rustix::process::Signal::CONT);
    session.wait_for("120 of 120 events");
    session.send("Q");
    session.wait_for("left 0");
}
