//! What was decided stands until somebody says otherwise with a reason, and nothing disappears by a
//! step that was meant otherwise.

use crate::bench::{Bench, Said};
use crate::triage::{CASE, case, run};
use serde_json::{Value, json};
use trailcase::case::Workspaces;

fn done(bench: &Bench, arguments: &[&str]) -> Said {
    let said = run(bench, arguments);
    assert_eq!(said.code, 0, "{arguments:?}: {}", said.err);
    said
}

fn list(bench: &Bench) -> Vec<Value> {
    done(bench, &["list", "--format", "jsonl"]).json()
}

fn text(alarm: &Value, name: &str) -> String {
    alarm[name].as_str().unwrap().to_owned()
}

fn entries(all: &Workspaces) -> usize {
    all.open(CASE).unwrap().state().entries().len()
}

#[test]
fn no_step_opens_a_closed_alarm_but_a_reason() {
    let (bench, all) = case();
    let found: Vec<String> = list(&bench).iter().map(|it| text(it, "fingerprint")).collect();
    let [one, other] = &found[..] else { panic!("{found:?}") };
    done(&bench, &["close", one, "--verdict", "tp-impact", "--reason", "it was them"]);
    let before = entries(&all);
    let same = ["--reason", "the same"];
    for arguments in [
        vec!["ack", one],
        vec!["investigate", one],
        vec!["wait", one],
        vec!["snooze", one, "--until", "2h"],
        vec!["escalate", one],
        // All of them take it, or none.
        vec!["ack", other, one],
        [&["merge", one, "--into", other], &same[..]].concat(),
        // What is open does not disappear into what is closed.
        [&["merge", other, "--into", one], &same[..]].concat(),
    ] {
        let said = run(&bench, &arguments);
        assert_eq!(said.code, 2, "{arguments:?}: {}", said.err);
        let wanted = format!("alarm {one} is closed as tp-impact by uid ");
        assert!(said.err.contains(&wanted), "{arguments:?}: {}", said.err);
    }
    assert_eq!(entries(&all), before);
    let stands = list(&bench);
    let closed = stands.iter().find(|it| it["fingerprint"] == **one).unwrap();
    assert_eq!(
        (&closed["verdict"], &closed["reason"]),
        (&json!("tp-impact"), &json!("it was them"))
    );
    done(&bench, &["reopen", one, "--reason", "it was not"]);
    done(&bench, &["ack", one]);
}

#[test]
fn what_stands_for_an_alarm_and_why_is_said() {
    let (bench, _) = case();
    let all = list(&bench);
    let (one, other) = (text(&all[0], "fingerprint"), text(&all[1], "fingerprint"));
    let said = run(&bench, &["merge", &one, "--into", &other]);
    assert!(said.code == 2 && said.err.contains("--reason"), "{}", said.err);
    let said = run(&bench, &["merge", &one, "--into", &other, "--reason", " "]);
    assert!(said.code == 2 && said.err.contains("nothing is written"), "{}", said.err);
    done(&bench, &["merge", &one, "--into", &other, "--reason", "the same hand"]);
    let said = done(&bench, &["show", &one]);
    let title = text(&all[1], "title");
    let wanted = format!("stands for it: alarm {other} ({title}): the same hand\n");
    assert!(said.out.contains(&wanted), "{}", said.out);
    let sheet = &done(&bench, &["show", &one, "--format", "json"]).json()[0];
    assert_eq!((&sheet["into"], &sheet["merge_reason"]), (&json!(other), &json!("the same hand")));
    // What is merged stands for nothing.
    let suppressed =
        ["suppress", "--rule", &text(&all[1], "rule"), "--reason", "r", "--until", "2d"];
    let said = run(&bench, &["merge", &other, "--into", &one, "--reason", "r"]);
    assert!(said.code == 2 && said.err.contains("is merged into"), "{}", said.err);
    done(&bench, &["reopen", &one, "--reason", "another hand"]);
    done(&bench, &suppressed);
    let said = run(&bench, &["merge", &one, "--into", &other, "--reason", "r"]);
    assert!(said.code == 2 && said.err.contains("is suppressed, and what"), "{}", said.err);
}

#[test]
fn a_suppression_names_its_rule_as_people_see_it_and_hides_networks_and_patterns() {
    let (bench, all) = case();
    let alarms = list(&bench);
    let refused = alarms.iter().find(|it| text(it, "title").starts_with("Many calls")).unwrap();
    let (id, title) = (text(refused, "rule"), text(refused, "title"));
    let out = done(&bench, &["rules"]).out;
    assert!(out.contains(&format!(" {id}  by trailcase\n")), "{id}: {out}");
    assert!(done(&bench, &["list"]).out.contains(&id));
    let preview = |rule: &str, about: &str| {
        let all = ["suppress", "--rule", rule, "--about", about, "--reason", "r", "--until", "2d"];
        run(&bench, &[&all[..], &["--preview"]].concat())
    };
    for (about, hidden) in [
        ("src.ip=203.0.113.0/24", 1),
        ("src.ip=203.0.114.0/24", 0),
        ("src.ip=203.0.*", 1),
        ("principal=*", 1),
        ("principal=nobody*", 0),
    ] {
        for rule in [&id[..], &id[..8], &title[..]] {
            let said = preview(rule, about);
            assert_eq!(said.code, 0, "{rule} {about}: {}", said.err);
            assert_eq!(said.out.lines().count(), hidden, "{rule} {about}: {}", said.out);
        }
    }
    let said = preview(&id, "src.ip=203.0.113.0/240");
    assert!(said.code == 2 && said.err.contains("is no network"), "{}", said.err);
    let about = ["--about", "src.ip=203.0.113.0/24"];
    let suppress = ["suppress", "--rule", &title, "--reason", "r", "--until", "4s"];
    done(&bench, &[&suppress[..], &about].concat());
    let suppressions = || all.open(CASE).unwrap().state().work().alarms().suppressions().len();
    assert_eq!(suppressions(), 1);
    done(&bench, &[&["unsuppress", "--rule", &id[..8]], &about[..]].concat());
    assert_eq!(suppressions(), 0);
    // The name of a rule's file, of one that raised nothing here.
    assert_eq!(preview("credential_scanner", "src.ip=203.0.113.9").code, 0);
}
