//! The zone of one source, typed where its times are seen to be wrong.

use crate::bench::Bench;
use crate::session::Session;
use std::fs::{self, File};
use std::time::{Duration, SystemTime};

/// Two hosts' logs without zones, as two sources.
fn bench() -> Bench {
    let bench = Bench::new();
    fs::remove_dir_all(bench.path("evidence")).unwrap();
    for host in ["web", "db"] {
        let line = |n: u32| {
            format!(
                "Mar  4 10:00:{n:02} {host} sshd[812]: Accepted publickey for {host}{n} from \
                 192.0.2.10 port 50022 ssh2\n"
            )
        };
        let name = format!("{host}.log");
        bench.write(&name, &(0..5).map(line).collect::<String>());
        // Syslog's year is that of its file.
        let day = SystemTime::UNIX_EPOCH + Duration::from_secs(1_775_000_000);
        File::options().write(true).open(bench.path(&name)).unwrap().set_modified(day).unwrap();
    }
    bench
}

/// How many lines of the screen hold both.
fn rows(session: &Session, time: &str, who: &str) -> usize {
    let text = session.screen_text();
    text.lines().filter(|line| line.contains(time) && line.contains(who)).count()
}

fn wait_for_rows(session: &mut Session, web: &str, db: &str) {
    let what = format!("five rows of web at {web} and of db at {db}");
    session.wait_until(&what, |s| rows(s, web, " web") >= 5 && rows(s, db, " db") >= 5);
}

#[test]
fn a_source_is_read_in_the_zone_that_is_typed_and_still_is_when_it_is_opened_again() {
    let bench = bench();
    let arguments = ["open", "web.log", "db.log", "-w", "case"];
    let mut session = bench.sized(&arguments, &[], (140, 45));
    session.wait_for("row 1 of 10");
    wait_for_rows(&mut session, "10:00:0", "10:00:0");
    session.send("/principal:web3\r");
    session.wait_for("1 of 10 events");
    session.send("nthe first of it\r");
    session.wait_for("note 1 on 1 record");
    session.send("C");
    session.send("5");
    session.wait_for("5 times without zone read as UTC (assumed)");
    session.wait_for("its source names who 100%");
    session.send("ZEurope/Berlin\r");
    session.wait_for("give an offset such as +02:00");
    session.send("\x15+02:00\r");
    session.wait_for("web.log: times without a zone are read as +02:00");
    session.wait_for("its source: 5 times without zone read as +02:00 (assumed)");
    session.send("1");
    wait_for_rows(&mut session, "08:00:0", "10:00:0");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    session.assert_left_clean();
    assert!(bench.read(&Bench::in_case("workspace.json")).contains("\"+02:00\""));

    let mut session = bench.sized(&["open", "-w", "case"], &[], (140, 45));
    wait_for_rows(&mut session, "08:00:0", "10:00:0");
    session.send("5");
    session.wait_for("its source: 5 times without zone read as +02:00 (assumed)");
    session.send("1");
    session.send("/note:*first*\r");
    session.wait_for("1 of 10 events");
    session.wait_for("08:00:03");
    session.wait_for("the first of it");
    session.wait_for("+02:00 (assumed); the record names none");
    // What was marked is gone to where it stands by now.
    session.send("C4");
    session.wait_for("the first of it");
    session.send("\r");
    session.wait_for("row 4 of 10");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    session.assert_left_clean();
}
