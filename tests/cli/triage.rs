//! What is decided about alarms without a screen: each command one entry of the journal, and every
//! list says what became of it.

use crate::alarms::{event, evidence};
use crate::bench::{Bench, Said};
use serde_json::{Value, json};
use std::fs;
use trailcase::case::{Action, CaseState, Opened, Review, Settings, State, Step, What, Workspaces};
use trailcase::event::{Timestamp, Verdict};

pub(crate) const CASE: &str = "break-in";

/// A bench with a workspace of evidence that raises two alarms of one principal.
pub(crate) fn case() -> (Bench, Workspaces) {
    let bench = Bench::new();
    let evidence = bench.write("events.jsonl", evidence().as_bytes());
    let all = Workspaces::new(bench.path("cases"));
    drop(all.create(CASE, vec![evidence], Settings::default(), Timestamp(0)).unwrap());
    (bench, all)
}

/// `trailcase alarms` with the workspace.
pub(crate) fn run(bench: &Bench, arguments: &[&str]) -> Said {
    let folder = bench.path("cases").display().to_string();
    let place = ["-w", CASE, "--workspace-dir", folder.as_str()];
    bench.run(&[&["alarms"], arguments, &place].concat())
}

fn done(bench: &Bench, arguments: &[&str]) -> Said {
    let said = run(bench, arguments);
    assert_eq!(said.code, 0, "{arguments:?}: {}", said.err);
    said
}

fn list(bench: &Bench, more: &[&str]) -> Vec<Value> {
    done(bench, &[&["list", "--format", "jsonl"], more].concat()).json()
}

/// The fingerprint of the alarm whose title begins so.
fn fingerprint(bench: &Bench, title: &str) -> String {
    let all = list(bench, &[]);
    let is_it = |alarm: &&Value| alarm["title"].as_str().unwrap().starts_with(title);
    all.iter().find(is_it).unwrap()["fingerprint"].as_str().unwrap().to_owned()
}

fn state(all: &Workspaces) -> CaseState {
    all.open(CASE).unwrap().state()
}

fn write(opened: &mut Opened, at: Timestamp, what: What) {
    let (who, host) = ("bob".to_owned(), "bastion-1".to_owned());
    opened.write(&Action { at, who, host, what }).unwrap();
}

#[test]
#[allow(clippy::too_many_lines, reason = "one way through all states")]
fn each_step_is_an_entry_and_lists_say_where_alarms_stand() {
    let (bench, all) = case();
    let (deleted, refused) = (fingerprint(&bench, "Logs were"), fingerprint(&bench, "Many calls"));
    let said = done(&bench, &["ack", &deleted[..6]]);
    assert!(
        said.err.contains("Logs were deleted, or no longer written: acknowledged"),
        "{}",
        said.err
    );
    done(&bench, &["assign", &deleted, "--owner", "alice"]);
    let alarm = &list(&bench, &[])[0];
    let stands = ["state", "owner", "verdict", "reason"].map(|name| alarm[name].clone());
    assert_eq!(stands, [json!("acked"), json!("alice"), json!(null), json!(null)]);
    assert!(alarm["priority"].is_u64() && alarm["raised"] == true);

    // One reason for all of them; what is named twice is closed once.
    done(
        &bench,
        &[
            "close",
            &deleted,
            &refused,
            &deleted,
            "--verdict",
            "benign-authorised",
            "--reason",
            "our move",
        ],
    );
    let case = state(&all);
    let entry = case.entries().last().unwrap();
    let What::Triage { on, step } = &entry.what else { panic!("{entry:?}") };
    let reason = "our move".to_owned();
    assert_eq!(*step, Step::Close { verdict: Verdict::BenignAuthorised, reason });
    let kept: Vec<&str> = on.iter().map(|ticket| ticket.fingerprint.as_str()).collect();
    assert_eq!(kept, [deleted.as_str(), &refused]);
    assert_eq!((on[1].count, on[1].author.as_str()), (12, "trailcase"));
    assert_eq!(on[0].entities["src.ip"], ["203.0.113.9"]);

    // Done ones are told in number, and listed when they are asked for.
    let said = done(&bench, &["list"]);
    assert_eq!(said.out, "");
    assert!(said.err.contains("2 done ones are not listed; --all lists them too"), "{}", said.err);
    let said = done(&bench, &["list", "--all"]);
    assert!(said.out.contains("closed, alice has it"), "{}", said.out);
    assert!(said.out.contains("    benign-authorised: our move\n"), "{}", said.out);
    assert_eq!(done(&bench, &["list", "--state", "closed"]).out, said.out);
    assert_eq!(list(&bench, &["--state", "new"]).len(), 0);
    assert_eq!(list(&bench, &[]).len(), 2);
    // Without the case, nothing was decided.
    let evidence = bench.evidence();
    let said = bench.run(&["alarms", "list", &evidence, "--format", "jsonl"]);
    assert!(said.json().iter().all(|alarm| alarm["state"] == "new" && alarm["owner"].is_null()));

    let reason = ["--verdict", "test", "--reason", "\u{200b}\u{feff}"];
    let said = run(&bench, &[&["close", &deleted], &reason[..]].concat());
    assert!(said.code == 2 && said.err.contains("nothing is written"), "{}", said.err);
    let reopen = ["reopen", deleted.as_str(), "--reason", "it was not"];
    done(&bench, &reopen);
    let said = run(&bench, &reopen);
    assert!(said.code == 2 && said.err.contains("is open already"), "{}", said.err);
    done(&bench, &["escalate", &deleted]);
    done(&bench, &["reopen", &refused, "--reason", "so was this"]);
    let same = ["--reason", "the same hand"];
    done(&bench, &[&["merge", &refused, &deleted, "--into", &deleted], &same[..]].concat());
    done(&bench, &["snooze", &deleted, "--until", "2d"]);
    let states =
        |alarm: &Value| (alarm["title"].as_str().unwrap()[..4].to_owned(), alarm["state"].clone());
    let found: Vec<_> = list(&bench, &[]).iter().map(states).collect();
    assert_eq!(
        found,
        [("Logs".to_owned(), json!("snoozed")), ("Many".to_owned(), json!("merged"))]
    );
    for (command, wanted) in [("investigate", "investigating"), ("wait", "waiting")] {
        done(&bench, &[command, &deleted]);
        assert_eq!(list(&bench, &["--state", wanted]).len(), 1);
    }
    let said = run(&bench, &[&["merge", &deleted, "--into", &refused], &same[..]].concat());
    assert!(said.code == 2 && said.err.contains("is merged into"), "{}", said.err);
}

#[test]
#[allow(clippy::too_many_lines, reason = "a table of mistakes")]
fn what_cannot_be_meant_is_refused_with_the_right_word_and_nothing_is_written() {
    let (bench, all) = case();
    let deleted = fingerprint(&bench, "Logs were");
    let mut wrong = deleted.clone();
    wrong.replace_range(3..4, "x");
    let close = |verdict| ["close", deleted.as_str(), "--verdict", verdict, "--reason", "r"];
    let nothing = ["close", &deleted, "--verdict", "test", "--reason", " "];
    let suppress = |rule, about, until| {
        ["suppress", "--rule", rule, "--about", about, "--reason", "r", "--until", until]
    };
    let rule = list(&bench, &[])[0]["rule"].as_str().unwrap().to_owned();
    let mistyped = format!("{rule}x");
    let before = state(&all).entries().len();
    for (arguments, wanted) in [
        (&["ack", wrong.as_str()][..], format!("did you mean \"{deleted}\"?")),
        (&["ack", ""], "there is no alarm \"\" here".to_owned()),
        (&close("benign-authorized"), "benign-authorised".to_owned()),
        (&close("nonsense"), "[possible values: tp-impact".to_owned()),
        (&nothing, "--reason TEXT".to_owned()),
        (&["snooze", &deleted, "--until", "soon"], "soon is no time; try 4h".to_owned()),
        (&["snooze", &deleted, "--until", "2020-01-01"], "2020-01-01 is over".to_owned()),
        (
            &["merge", &deleted, "--into", &deleted, "--reason", "r"],
            "another that stands for them".to_owned(),
        ),
        (&["tick", &deleted, "--question", "99"], "question".to_owned()),
        (&["list", "--state", "akced"], "acked".to_owned()),
        (&["list", "--filter", "verified:yes"], "nothing is verified here".to_owned()),
        (&["list", "--filter", "src.ip:("], "the filter:".to_owned()),
        (&["raise", "--severity", "hihg", "--title", "t"], "high".to_owned()),
        (&suppress(&mistyped, "principal=x", "2d"), format!("did you mean \"{rule}\"?")),
        (&suppress(&rule, "pincipal=x", "2d"), "did you mean \"principal\"?".to_owned()),
        (&suppress(&rule, "principal", "2d"), "is not FIELD=VALUE".to_owned()),
        (&suppress(&rule, "principal=x", "yesterday"), "is no time".to_owned()),
        (&["unsuppress", "--rule", &rule], "no suppression of".to_owned()),
        (&["review", "--every", "often"], "often is no length of time; try 84h".to_owned()),
        (&["review", "--every", "0s"], "s, m, h, d or w".to_owned()),
    ] {
        let said = run(&bench, arguments);
        assert_eq!(said.code, 2, "{arguments:?}: {}", said.err);
        assert!(said.err.contains(&wanted), "{arguments:?}: {}", said.err);
        assert_eq!(said.out, "", "{arguments:?}");
    }
    // What is decided is kept somewhere.
    for arguments in [
        &["ack", "ab"][..],
        &["note", "ab", "--text", "-"],
        &["raise", "--severity", "low", "--title", "t"],
        &["suppressions"],
        &["review", "--check"],
    ] {
        let said = bench.run(&[&["alarms"], arguments].concat());
        assert!(
            said.code == 2 && said.err.contains("name it with -w"),
            "{arguments:?}: {}",
            said.err
        );
    }
    assert_eq!(state(&all).entries().len(), before);
    // Who writes to it is named.
    let holder = all.open(CASE).unwrap();
    let said = run(&bench, &["ack", &deleted]);
    let wanted = format!("process {} on ", std::process::id());
    assert!(said.code == 2 && said.err.contains(&wanted), "{}", said.err);
    // Reading is for everybody.
    done(&bench, &["list"]);
    drop(holder);
    done(&bench, &["ack", &deleted]);
}

#[test]
fn a_suppression_says_what_it_hides() {
    let (bench, all) = case();
    let refused = fingerprint(&bench, "Many calls");
    let rule = list(&bench, &[])[1]["rule"].as_str().unwrap().to_owned();
    let of = |about: &'static str, preview: bool| {
        let mut all = vec!["suppress", "--rule", &rule, "--about", about];
        all.extend(["--reason", "our scanner", "--until", "30d", "--owner", "soc"]);
        if preview { [all, vec!["--preview"]].concat() } else { all }
    };
    let before = state(&all).entries().len();
    let said = done(&bench, &of("src.ip=203.0.113.9", true));
    assert!(said.out.starts_with(&refused) && said.out.lines().count() == 1, "{}", said.out);
    assert!(said.err.contains("1 alarm would be hidden") && said.err.contains("not written"));
    let said = done(&bench, &of("src.ip=203.0.113.99", true));
    assert!(said.out.is_empty() && said.err.contains("0 alarms would be hidden"), "{}", said.err);
    assert_eq!(state(&all).entries().len(), before);

    let said = done(&bench, &of("src.ip=203.0.113.9", false));
    assert!(said.err.contains("1 alarm hidden by it now"), "{}", said.err);
    assert_eq!(list(&bench, &["--state", "suppressed"])[0]["fingerprint"], refused);
    let said = done(&bench, &["list"]);
    assert!(!said.out.contains(&refused) && said.err.contains("1 done one is not listed"));
    // One that is over hides nothing.
    let mut opened = all.open(CASE).unwrap();
    let kept = opened.state().work().alarms().suppressions()[0].clone();
    let (about, owner) = (None, String::new());
    let over = trailcase::case::Suppression { about, owner, until: Timestamp(1), ..kept };
    write(&mut opened, Timestamp(0), What::Suppress(over));
    drop(opened);
    let said = done(&bench, &["suppressions", "--format", "jsonl"]);
    let told = said.json();
    let about = json!({"field": "src.ip", "value": "203.0.113.9"});
    let by = |name: &str| told.iter().find(|it| it["owner"] == name).unwrap();
    assert_eq!((&by("soc")["about"], &by("soc")["hides"]), (&about, &json!(1)));
    assert_eq!((&by("bob")["over"], &by("bob")["hides"]), (&json!(true), &json!(0)));
    let said = done(&bench, &["suppressions"]);
    assert!(said.out.contains("hides 1 alarm, until") && said.out.contains("soc: our scanner"));
    assert!(said.err.contains("2 suppressions, 1 of them over"), "{}", said.err);

    let said = run(&bench, &["unsuppress", "--rule", &rule, "--about", "src.ip=203.0.113.8"]);
    assert!(said.code == 2 && said.err.contains("src.ip 203.0.113.9"), "{}", said.err);
    done(&bench, &["unsuppress", "--rule", &rule, "--about", "src.ip=203.0.113.9"]);
    assert_eq!(list(&bench, &["--state", "suppressed"]).len(), 0);
}

#[test]
fn everything_about_an_alarm_is_shown() {
    let (bench, all) = case();
    let deleted = fingerprint(&bench, "Logs were");
    let folder = bench.path("cases").display().to_string();
    let note = ["alarms", "note", &deleted, "--text", "-", "-w", CASE, "--workspace-dir", &folder];
    let said = bench.pipe(&note, b"who asked for it?\nnobody\x1b[2J\n");
    assert_eq!(said.code, 0, "{}", said.err);
    done(&bench, &["tick", &deleted, "--question", "1"]);
    done(&bench, &["raise", "--severity", "high", "--title", "the bank called \u{1b}[31m"]);
    done(&bench, &["close", &deleted, "--verdict", "tp-impact", "--reason", "it was them"]);

    let said = done(&bench, &["show", &deleted[..5]]);
    let events = bench.path("evidence/events.jsonl").display().to_string();
    for wanted in [
        "Logs were deleted, or no longer written\n",
        "closed, uid ",
        "tp-impact: it was them\n",
        "why: ",
        "by trailcase (MIT OR Apache-2.0)\n",
        "1 event at 2026-03-04T10:00:05Z\n",
        "  src.ip     203.0.113.9\n",
        "to find out\n  1 [x] ",
        "\nnotes\n  note 1 by uid ",
        "    who asked for it?\n    nobody␛[2J\n",
        "\nhistory\n",
        ": closed as tp-impact: it was them\n",
        "\n1 alarm about the same\n",
        "\nits events\n  2026-03-04T10:00:05Z cloudtrail",
        &format!("    {events}, line "),
    ] {
        assert!(said.out.contains(wanted), "{wanted:?} is not in\n{}", said.out);
    }
    let sheet = &done(&bench, &["show", &deleted, "--format", "json"]).json()[0];
    assert_eq!(sheet["checklist"][0]["answered"], true);
    assert_eq!(sheet["notes"][0]["text"], "who asked for it?\nnobody\u{1b}[2J");
    assert_eq!(sheet["history"].as_array().unwrap().len(), 2);
    assert_eq!(sheet["related"][0]["field"], "principal");
    assert_eq!(sheet["events"][0]["time"], "2026-03-04T10:00:05Z");
    assert_eq!((&sheet["verdict"], &sheet["news"]), (&json!("tp-impact"), &json!(0)));
    // Off again.
    done(&bench, &["tick", &deleted, "--question", "1", "--off"]);
    assert!(done(&bench, &["show", &deleted]).out.contains("  1 [ ] "));

    // What a person raised is among them, and nothing of it reaches a terminal.
    let raised = fingerprint(&bench, "the bank called");
    for arguments in [&["list", "--all"][..], &["show", &raised], &["ack", &raised]] {
        let said = done(&bench, arguments);
        assert!(!said.out.contains('\u{1b}') && !said.err.contains('\u{1b}'), "{arguments:?}");
    }
    let kept = state(&all).work().alarms().get(&raised).cloned().unwrap();
    assert!(kept.by_hand && kept.ticket.severity == "high" && kept.ticket.rule == "manual");
    let said = run(&bench, &["tick", &raised, "--question", "1"]);
    assert!(said.code == 2 && said.err.contains("is not raised on this evidence"), "{}", said.err);

    // Sources do for looking.
    let evidence = bench.evidence();
    let said = bench.run(&["alarms", "show", &evidence, &deleted]);
    assert!(said.code == 0 && said.out.contains("\nnew\n"), "{}{}", said.out, said.err);
}

#[test]
fn what_is_gone_from_the_evidence_is_decided_about_all_the_same() {
    let (bench, all) = case();
    let (deleted, refused) = (fingerprint(&bench, "Logs were"), fingerprint(&bench, "Many calls"));
    done(&bench, &["ack", &deleted, &refused]);
    bench.write("events.jsonl", event(1, "DescribeFlowLogs", &json!({})).as_bytes());
    let said = done(&bench, &["list"]);
    let told = "not raised on the evidence that is loaded now";
    assert_eq!(said.out.matches(told).count(), 2, "{}", said.out);
    let gone = &list(&bench, &[])[0];
    assert_eq!(
        (&gone["raised"], &gone["events"], &gone["count"]),
        (&json!(false), &json!([]), &json!(1))
    );
    done(&bench, &["close", &refused, "--verdict", "insufficient-data", "--reason", "gone"]);
    let case = state(&all);
    let alarms = case.work().alarms();
    let kept = alarms.get(&refused).unwrap();
    assert_eq!((kept.ticket.count, kept.closed_with.as_ref().map(|it| it.count)), (12, Some(12)));
    assert_eq!(alarms.state(&kept.ticket, Timestamp::now()), State::Closed);
    assert!(done(&bench, &["show", &deleted]).out.contains(told));

    // More of what was closed is news.
    let evidence = evidence()
        + &event(302, "RunInstances", &json!({"errorCode": "Client.UnauthorizedOperation"}));
    bench.write("events.jsonl", evidence.as_bytes());
    let said = done(&bench, &["list"]);
    assert!(
        said.out.contains("closed, uid ") && said.out.contains(", 1 event since"),
        "{}",
        said.out
    );
    // Sources that are not there any more.
    fs::remove_file(bench.path("evidence/events.jsonl")).unwrap();
    done(&bench, &["escalate", &deleted]);
    assert_eq!(run(&bench, &["list"]).code, 4);
}

#[test]
fn alarms_are_narrowed_by_the_events_that_pass_a_filter() {
    let (bench, _) = case();
    let titles = |filter: &str| -> Vec<String> {
        let found = list(&bench, &["--filter", filter]);
        found.iter().map(|alarm| alarm["title"].as_str().unwrap()[..4].to_owned()).collect()
    };
    done(&bench, &["raise", "--severity", "low", "--title", "Call"]);
    assert_eq!(titles("event:DeleteFlowLogs"), ["Logs"]);
    assert_eq!(titles("outcome:denied"), ["Many"]);
    assert_eq!(titles("src.ip:203.0.113.0/24"), ["Logs", "Many"]);
    assert_eq!(titles("alarm:no"), Vec::<String>::new());
    let deleted = fingerprint(&bench, "Logs");
    assert_eq!(titles(&format!("alarm:{deleted}")), ["Logs"]);
    assert_eq!(titles("-event:DeleteFlowLogs -event:RunInstances"), Vec::<String>::new());
}

#[test]
fn a_query_narrows_by_alarms_once_the_rules_were_asked() {
    let (bench, _) = case();
    let evidence = bench.path("evidence/events.jsonl").display().to_string();
    let query = |more: &[&str]| bench.run(&[&["query", &evidence], more].concat());
    let count = |filter: &str| {
        let said = query(&[filter, "--count"]);
        assert_eq!(said.code, 0, "{filter}: {}", said.err);
        said.out.trim().parse::<usize>().unwrap()
    };
    let events = |title: &str| -> usize {
        let all = list(&bench, &[]);
        let is_it = |alarm: &&Value| alarm["title"].as_str().unwrap().starts_with(title);
        all.iter().find(is_it).unwrap()["events"].as_array().unwrap().len()
    };
    let (deleted, refused) = (fingerprint(&bench, "Logs were"), fingerprint(&bench, "Many calls"));
    assert_eq!(count(&format!("alarm:{deleted}")), events("Logs were"));
    assert_eq!(count(&format!("alarm:{refused}")), events("Many calls"));
    assert_eq!(count("alarm:yes") + count("alarm:no"), count(""));
    assert_eq!(count("alarm:yes"), events("Logs were") + events("Many calls"));
    assert_eq!(count("alarm:yes event:DeleteFlowLogs"), 1);
    // The same of a workspace, whose rules and estate are asked.
    let folder = bench.path("cases").display().to_string();
    let place = ["-w", CASE, "--workspace-dir", folder.as_str()];
    let said = bench.run(&[&["query", "alarm:yes", "--count"], &place[..]].concat());
    assert_eq!(said.out.trim(), count("alarm:yes").to_string(), "{}", said.err);
    let rules = bench.path("nowhere").display().to_string();
    let said = query(&["alarm:yes", "--rules", &rules]);
    assert!(said.code == 2 && said.err.contains("no such file or folder"), "{}", said.err);
    let said = query(&["event:DeleteFlowLogs", "--rules", &rules]);
    assert!(said.code == 2 && said.err.contains("does not ask alarm:"), "{}", said.err);
}

#[test]
fn the_rate_is_shown_with_its_averages() {
    let bench = Bench::new();
    let minute = |at: i64| Timestamp((29_535_360 + at) * Timestamp::MINUTE);
    let many = |at: i64| if at == 100 { 90 } else { 1 };
    let all = (0..120).flat_map(|at| (0..many(at)).map(move |n| (at, n)));
    let lines = all.zip(0..).map(|((at, n), number)| {
        let time = Timestamp(minute(at).0 + n * Timestamp::SECOND / 2).to_rfc3339(0);
        event(number, "GetObject", &json!({"eventTime": time}))
    });
    let lines: String = lines.collect();
    let path = bench.write("events.jsonl", lines.as_bytes());
    let all = bench.run(&["alarms", "list", &path, "--format", "jsonl"]).json();
    let rate = all.iter().find(|alarm| alarm["rule"] == "request-rate").unwrap();
    let id = rate["fingerprint"].as_str().unwrap();
    let said = bench.run(&["alarms", "show", &path, id]);
    assert!(said.out.contains("120 minutes from 20"), "{}", said.out);
    assert!(said.out.contains("fast: average over 12 minutes; slow: over 26;"), "{}", said.out);
    assert!(said.out.contains("z-score ") && said.out.contains("      90    "), "{}", said.out);
    let sheet = &bench.run(&["alarms", "show", &path, id, "--format", "json"]).json()[0];
    let curves = &sheet["curves"];
    for name in ["count", "fast", "slow", "signal"] {
        assert_eq!(curves[name].as_array().unwrap().len(), 120, "{name}");
    }
    assert_eq!((&curves["count"][100], &curves["step_seconds"]), (&json!(90.0), &json!(60)));
    assert_eq!(curves["z_at"], minute(100).to_rfc3339(0));
}

#[test]
fn what_a_person_raises_has_a_time_and_is_about_somebody() {
    let (bench, _) = case();
    let told =
        ["--at", "2026-03-04T09:00", "--about", "principal=alice", "--about", "src.ip=203.0.113.7"];
    let called = [&["raise", "--severity", "low", "--title", "she called"][..], &told].concat();
    let of = done(&bench, &called).out;
    let said = done(&bench, &["show", of.trim()]);
    assert!(said.out.contains("raised by hand, of 2026-03-04T09:00:00"), "{}", said.out);
    assert!(said.out.contains("  src.ip     203.0.113.7\n"), "{}", said.out);
    for (wrong, why) in
        [("colour=red", "is none of what alarms are about"), ("alice", "is not FIELD")]
    {
        let said = run(&bench, &["raise", "--severity", "low", "--title", "t", "--about", wrong]);
        assert!(said.code == 2 && said.err.contains(why), "{}", said.err);
    }
}

#[test]
fn a_review_that_is_late_is_told() {
    let (bench, all) = case();
    let deleted = fingerprint(&bench, "Logs were");
    let all_of_it = list(&bench, &[]);
    let other = all_of_it.iter().map(|alarm| alarm["fingerprint"].as_str().unwrap());
    let other = { other }.find(|it| *it != deleted).unwrap().to_owned();
    let said = run(&bench, &["review", "--check"]);
    assert_eq!((said.code, said.out.as_str()), (1, "last review: none\n"));
    assert!(said.err.contains("never reviewed; they are to be every 3 d 12 h"), "{}", said.err);
    let mut opened = all.open(CASE).unwrap();
    let hours = |hours: i64| Timestamp(Timestamp::now().0 - hours * Timestamp::HOUR);
    write(
        &mut opened,
        hours(100),
        What::Review(Review { alarms: 7, open: 3, ..Review::default() }),
    );
    drop(opened);
    let before = state(&all).entries().len();
    let said = run(&bench, &["review", "--check"]);
    assert!(
        said.code == 1 && said.out.contains("4 d 4 h ago, by bob, 3 of 7 alarms open"),
        "{}",
        said.out
    );
    assert_eq!(run(&bench, &["review", "--check", "--every", "5d"]).code, 0);
    assert_eq!(state(&all).entries().len(), before);

    done(&bench, &["close", &deleted, "--verdict", "test", "--reason", "an exercise"]);
    let said = done(&bench, &["review", "--note", "all is well"]);
    assert!(said.err.contains("the last review is 4 d 4 h ago"), "{}", said.err);
    let wanted = "reviewed 2026-03-04T10:00:05Z to 2026-03-04T10:05:01Z: 2 alarms, 1 open, 1 closed, 0 suppressed";
    assert!(said.out.contains(wanted), "{}", said.out);
    // From the first event in March until now; who closes it has it from then on.
    for what in ["to acknowledge", "to close"] {
        let start = format!("of alarms that somebody decided about: mean time {what}: ");
        let mean = said.out.lines().find_map(|line| line.strip_prefix(&start)).unwrap();
        let (time, of) = mean.split_once(", ").unwrap();
        assert!(time.contains(" d "), "{mean}");
        assert_eq!(of, "from the first event of each; known of 1 of 1 alarm");
    }
    assert!(
        said.out.contains(": mean time of work on an alarm: 0 s, from the ack"),
        "{}",
        said.out
    );
    let case = state(&all);
    let (_, who, review) = case.work().alarms().reviews.last().unwrap();
    assert!(who.starts_with("uid ") && review.note == "all is well" && review.open == 1);
    // One is left without a word of it.
    let wanted = "1 alarm is open without a word of what was found out";
    assert!(said.err.contains(wanted), "{}", said.err);
    let said = run(&bench, &["review", "--check"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains(wanted), "{}", said.err);
    assert!(said.out.contains("1 of 2 alarms open: all is well"), "{}", said.out);
    done(&bench, &["note", &other, "--text", "asked the owner"]);
    let said = run(&bench, &["review", "--check"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    // A second of it is no review of it.
    let second = ["--since", "2026-03-04T10:00:04Z", "--until", "2026-03-04T10:00:06Z"];
    let said = done(&bench, &[&["review"][..], &second].concat());
    assert!(said.err.contains("a review of a part counts only if"), "{}", said.err);
    let said = run(&bench, &["review", "--check"]);
    assert!(said.out.contains("all is well\nsince then a part of the time"), "{}", said.out);
}

#[test]
fn a_question_says_what_the_alarm_does_not_name_and_asks_for_what_it_does() {
    let bench = Bench::new();
    let evidence = bench.write("events.jsonl", evidence().as_bytes());
    let rule = bench.write(
        "own.yml",
        b"title: Somebody asked\nid: a1\nlogsource: {product: aws, service: cloudtrail}\n\
          detection: {s: {eventName: DescribeFlowLogs}, condition: s}\nlevel: low\nquestions:\n  \
          - 'Whose key is it: key:\"{key}\"'\n  - 'From where: ip:\"{src.ip}\"'\n",
    );
    let of = ["--rules", rule.as_str()];
    let all =
        bench.run(&[&["alarms", "list", "--format", "jsonl", &evidence], &of[..]].concat()).json();
    let alarm = all.iter().find(|alarm| alarm["title"] == "Somebody asked").unwrap();
    let fingerprint = alarm["fingerprint"].as_str().unwrap();
    let show = |more: &[&str]| {
        bench.run(&[&["alarms", "show", &evidence, fingerprint], &of[..], more].concat())
    };
    let said = show(&[]).out;
    for wanted in [
        "  1 [ ] Whose key is it (the alarm names no key)\n",
        "  2 [ ] From where: ip:\"203.0.113.9\"\n",
    ] {
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
    let checklist = &show(&["--format", "json"]).json()[0]["checklist"];
    assert_eq!(
        checklist[0],
        json!({"question": "Whose key is it", "answered": false, "lacks": ["key"]})
    );
    assert_eq!(checklist[1]["lacks"], json!([]));
}

#[test]
fn what_is_usual_of_whom_an_alarm_is_about_is_shown() {
    let bench = Bench::new();
    let calls = [
        ("04T10", "DescribeFlowLogs"),
        ("04T11", "DescribeFlowLogs"),
        ("04T13", "DescribeVpcs"),
        ("05T12", "DeleteFlowLogs"),
    ];
    let at = |hour: &str| json!({"eventTime": format!("2026-03-{hour}:00:00Z")});
    let lines: Vec<String> =
        (1..).zip(calls).map(|(id, (hour, name))| event(id, name, &at(hour))).collect();
    let evidence = bench.write("events.jsonl", lines.concat().as_bytes());
    let all = bench.run(&["alarms", "list", "--format", "jsonl", &evidence]).json();
    let alarm =
        all.iter().find(|alarm| alarm["title"].as_str().unwrap().starts_with("Logs were")).unwrap();
    let fingerprint = alarm["fingerprint"].as_str().unwrap();
    let said = bench.run(&["alarms", "show", &evidence, fingerprint]);
    for wanted in [
        "\nwhat is usual of them\n  principal  arn:aws:iam::",
        "    4 events, first 2026-03-04T10:00:00Z, last 2026-03-05T12:00:00Z\n",
        "    in the 26 hours before 2026-03-05T12:00:00Z that its logs go back: 3 events in 3 of them, \
         the median of those 1, the most 1\n",
        "    in the hour of the alarm: 1 event\n",
        "      event: 1 in those, 1 of them new: DeleteFlowLogs; 2 before\n",
        "      src.ip: 1 in those, none of them new; 1 before\n",
    ] {
        assert!(said.out.contains(wanted), "{wanted:?}: {}{}", said.out, said.err);
    }
    let sheet =
        &bench.run(&["alarms", "show", &evidence, fingerprint, "--format", "json"]).json()[0];
    let one = &sheet["baselines"]["values"][0];
    assert_eq!(
        (&one["field"], &one["events"], &one["alarm_from"]),
        (&json!("principal"), &json!(4), &json!("2026-03-05T12:00:00Z"))
    );
    assert_eq!(
        one["before"],
        json!({
            "hours": 26,
            "events": {"hours": 3, "sum": 3, "median": 1, "most": 1},
            "bytes_sent": {"hours": 0, "sum": 0, "median": 0, "most": 0},
        })
    );
    assert_eq!(one["different"]["event"]["new"], json!(["DeleteFlowLogs"]));
    assert_eq!(sheet["baselines"]["not_counted"], 0);
}
