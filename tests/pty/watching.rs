//! Lists of indicators whose events are marked, whatever the filter says.

use crate::bench::{Bench, LOADED};

#[test]
fn a_list_is_watched_for_jumped_to_remembered_and_dropped() {
    let bench = Bench::new();
    bench.write("bad.txt", "# seen before\nCreateUser07\nGetObject3*\nnothing.example\n");
    let mut session = bench.open();
    session.send("}");
    session.wait_for("nothing is watched for");
    session.send("Wnone.txt\r");
    session.wait_for("the list @");
    session.wait_for("no such file");
    session.send("Wbad.txt\r");
    session.wait_for("watching for ");
    session.wait_until("a lane of its own with 11 events", |session| {
        let text = session.screen_text();
        let lane = text.lines().find(|line| line.trim_start().starts_with("watched "));
        lane.is_some_and(|line| line.trim_end().ends_with(" 11"))
    });
    session.wait_for("\u{25ce}");
    session.send("}");
    session.wait_for("row 8 of 120");
    session.send("}");
    session.wait_for("row 91 of 120");
    session.send("{");
    session.wait_for("row 8 of 120");
    // Only those that the filter leaves are counted.
    session.send("/event:Create*\r");
    session.wait_until("1 of them", |session| {
        let text = session.screen_text();
        text.lines().any(|line| {
            line.trim_start().starts_with("watched ") && line.trim_end().ends_with(" 1")
        })
    });
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);

    let mut session = bench.again();
    session.wait_for(" watched ");
    session.send("Wbad.txt\r");
    session.wait_for("no longer watching for ");
    session.wait_until("the lane is gone", |session| {
        !session.screen_text().lines().any(|line| line.trim_start().starts_with("watched "))
    });
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    let journal = bench.read(&Bench::in_case("journal.jsonl"));
    assert!(journal.contains("\"what\":\"watch_add\"") && journal.contains("watch_remove"));
}

#[test]
fn a_list_is_named_on_the_command_line() {
    let bench = Bench::new();
    bench.write("bad.txt", "203.0.113[.]0/24\n");
    let open = ["open", "evidence", "-w", "case", "--indicators"];
    let mut session = bench.start(&[&open[..], &["none.txt"]].concat(), &[]);
    assert_eq!(session.wait_exit(), 2);
    let mut session = bench.start(&[&open[..], &["bad.txt"]].concat(), &[]);
    session.wait_for(LOADED);
    session.wait_until("all are watched", |session| {
        let text = session.screen_text();
        text.lines().any(|line| {
            line.trim_start().starts_with("watched ") && line.trim_end().ends_with(" 120")
        })
    });
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    session.assert_left_clean();
}
