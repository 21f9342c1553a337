//! A record says what became of an alarm on the way, what stands for it, whose it is, what is hidden
//! and what nobody looked at.

use crate::bench::Bench;
use crate::record::run;
use crate::triage::case;
use serde_json::{Value, json};
use trailcase::record::incident::WRITERS;

fn done(bench: &Bench, arguments: &[&str]) -> String {
    let said = run(bench, arguments);
    assert_eq!(said.code, 0, "{arguments:?}: {}", said.err);
    said.out
}

fn record(bench: &Bench) -> Value {
    serde_json::from_str(&done(bench, &["record", "--format", "json"])).unwrap()
}

/// The two alarms of the case, the gravest first.
fn two(bench: &Bench) -> [Value; 2] {
    let all = done(bench, &["alarms", "list", "--format", "jsonl"]);
    let all: Vec<Value> = all.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    all.try_into().unwrap()
}

fn text<'a>(of: &'a Value, name: &str) -> &'a str {
    of[name].as_str().unwrap_or_default()
}

#[test]
fn the_way_to_a_verdict_and_who_has_it_are_in_the_record() {
    let (bench, _) = case();
    let [one, other] = two(&bench);
    let name = text(&one, "fingerprint");
    let close = |verdict, reason| {
        done(&bench, &["alarms", "close", name, "--verdict", verdict, "--reason", reason]);
    };
    close("false-positive", "our own move");
    done(&bench, &["alarms", "reopen", name, "--reason", "nobody moved"]);
    done(&bench, &["alarms", "assign", name, "--owner", "Petra Quint"]);
    close("tp-impact", "it was them");
    let told = record(&bench);
    let alarm = &told["alarms"][0];
    assert_eq!((&alarm["owner"], &alarm["into"]), (&json!("Petra Quint"), &json!(null)));
    let history: Vec<[&Value; 3]> = alarm["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| ["verdict", "reason", "owner"].map(|name| &it[name]))
        .collect();
    let wanted = [
        [json!("false-positive"), json!("our own move"), json!(null)],
        [json!(null), json!("nobody moved"), json!(null)],
        [json!(null), json!(null), json!("Petra Quint")],
        [json!("tp-impact"), json!("it was them"), json!(null)],
    ];
    assert_eq!(history, wanted.each_ref().map(<[_; 3]>::each_ref));
    // What nobody looked at has its name.
    let (undecided, rest) = (&told["undecided"], text(&other, "fingerprint"));
    assert_eq!(
        (&undecided["total"], &undecided["alarms"][0]["fingerprint"]),
        (&json!(1), &json!(rest))
    );
    for format in ["md", "html"] {
        let page = done(&bench, &["record", "--format", format]);
        for wanted in ["our own move", "nobody moved", "Petra Quint", rest, text(&other, "title")] {
            assert!(page.contains(wanted), "{format}: {wanted} is not in {page}");
        }
    }
    for writer in WRITERS {
        let out = done(&bench, &["record", "--format", writer.id, "--redact"]);
        assert!(!out.contains("Petra"), "{}: {out}", writer.id);
    }
}

#[test]
fn what_stands_for_an_alarm_and_what_is_hidden_are_in_the_record() {
    let (bench, _) = case();
    let [one, other] = two(&bench);
    let (name, into) = (text(&one, "fingerprint"), text(&other, "fingerprint"));
    done(&bench, &["alarms", "merge", name, "--into", into, "--reason", "the same hand"]);
    let rule = ["alarms", "suppress", "--rule", text(&other, "rule"), "--until", "30d"];
    done(&bench, &[&rule[..], &["--reason", "our scanner", "--owner", "Petra Quint"]].concat());
    let told = record(&bench);
    let alarms = told["alarms"].as_array().unwrap();
    let of = |name: &str| alarms.iter().find(|it| it["fingerprint"] == name).unwrap();
    let title = text(&other, "title");
    let stands = json!({"fingerprint": into, "title": title, "reason": "the same hand"});
    assert_eq!((&of(name)["state"], &of(name)["into"]), (&json!("merged"), &stands));
    // What stands for another is told, although nobody spoke of it.
    assert_eq!((&of(into)["state"], &of(into)["history"]), (&json!("suppressed"), &json!([])));
    let hidden = &told["suppressions"][0];
    assert_eq!(
        ["title", "owner", "reason"].map(|name| &hidden[name]),
        [&json!(title), &json!("Petra Quint"), &json!("our scanner")]
    );
    assert!(text(hidden, "who").starts_with("uid "), "{hidden}");
    assert_eq!(
        (&hidden["hides"]["total"], &hidden["hides"]["alarms"][0]["fingerprint"]),
        (&json!(1), &json!(into))
    );
    assert_eq!(told["undecided"]["total"], 0);
    for format in ["md", "html"] {
        let page = done(&bench, &["record", "--format", format]);
        for wanted in ["the same hand", "our scanner", "Suppressions in force", "Petra Quint"] {
            assert!(page.contains(wanted), "{format}: {wanted} is not in {page}");
        }
    }
    for format in ["csv", "stix", "timesketch", "brief", "opsitem", "security-ir"] {
        let said = run(&bench, &["record", "--format", format]);
        assert!(said.err.contains("suppressions"), "{format}: {}", said.err);
    }
}
