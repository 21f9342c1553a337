//! `doctor`: what it finds is said, judged and, where it would cost work, told to the shell.

use crate::bench::Bench;
use serde_json::Value;

/// The findings with this name.
fn named<'a>(all: &'a Value, what: &str) -> Vec<&'a Value> {
    let all = all["findings"].as_array().unwrap();
    all.iter().filter(|one| one["what"] == what).collect()
}

#[test]
fn json_says_what_the_text_says() {
    let bench = Bench::new();
    let said = bench.run(&["doctor", "--format", "json", "--memory", "64MB"]);
    assert_eq!(said.code, 0, "{}", said.out);
    let all: Value = serde_json::from_str(&said.out).unwrap();
    assert_ne!(all["worst"], "bad");
    for what in ["terminal", "colours", "size", "processors", "open files", "clock", "locks"] {
        let one = named(&all, what)[0];
        assert_eq!(one["judgement"], "ok", "{one}");
    }
    let memory = named(&all, "memory")[0]["found"].as_str().unwrap();
    assert!(memory.ends_with("; 64.0 MB for events"), "{memory}");
    let text = bench.run(&["doctor"]).out;
    for one in all["findings"].as_array().unwrap() {
        assert!(text.contains(one["what"].as_str().unwrap()), "{one}: {text}");
    }
    assert_eq!(std::fs::read_dir(bench.path("home")).unwrap().count(), 0, "nothing is left");
}

#[test]
fn no_place_for_a_workspace_is_bad_and_says_what_to_do() {
    let bench = Bench::new();
    let arguments = ["doctor", "--format", "json", "--workspace-dir", "/proc/here"];
    let said = bench.run(&arguments);
    assert_eq!(said.code, 2, "{}", said.out);
    let all: Value = serde_json::from_str(&said.out).unwrap();
    let place = named(&all, "workspaces")[0];
    assert!(place["found"].as_str().unwrap().contains("cannot be written"), "{place}");
    assert!(place["advice"].as_str().unwrap().contains("--workspace-dir"), "{place}");
    assert_eq!((&place["judgement"], &all["worst"]), (&"bad".into(), &"bad".into()));
}

#[test]
fn a_hostile_environment_is_shown_and_not_obeyed() {
    let bench = Bench::new();
    let output = bench.command(&["doctor"]).env("TERM", "x\u{1b}[2Jterm").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains('\u{1b}') && text.contains("term"), "{text}");
    let output = bench.command(&["doctor"]).env("TMUX", "/nowhere,1,0").env("PATH", "").output();
    let text = String::from_utf8(output.unwrap().stdout).unwrap();
    assert!(text.contains("warn  tmux         cannot be asked"), "{text}");
}

/// Ready to be pasted.
#[test]
fn the_policy_is_json_and_asks_for_nothing_that_writes() {
    let bench = Bench::new();
    let said = bench.run(&["doctor", "--iam-policy"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    let policy: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(policy["Statement"][0]["Action"][0], "s3:ListBucket");
    assert!(!said.out.contains("Put"));
}
