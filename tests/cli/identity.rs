//! By which names rules are told apart, and with them what is decided about their alarms.

use crate::triage::{case, run};
use serde_json::{Value, json};
use std::fs;

#[test]
fn rules_that_are_called_the_same_are_decided_about_one_by_one() {
    let (bench, _) = case();
    let rule = |title: &str, more: &str| {
        format!(
            "title: {title}\n{more}logsource: {{product: aws, service: cloudtrail}}\n\
             detection: {{s: {{eventName: DescribeFlowLogs}}, condition: s}}\n"
        )
    };
    bench.write("rules/a/own.yml", format!("{}---\n{}", rule("A", ""), rule("B", "")).as_bytes());
    bench.write("rules/b/own.yml", rule("A", "").as_bytes());
    let rules = bench.path("evidence/rules").display().to_string();
    let of = |more: &[&str]| run(&bench, &[more, &["--rules", &rules]].concat());
    let known = || -> Vec<(String, String, String)> {
        let said = of(&["list", "--format", "jsonl"]);
        assert_eq!(said.code, 0, "{}", said.err);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let one = |it: Value| (text(&it["rule"]), text(&it["fingerprint"]), text(&it["state"]));
        let mut all: Vec<_> = said.json().into_iter().map(one).collect();
        all.retain(|(rule, ..)| rule.starts_with("own") || rule.starts_with('x'));
        all.sort();
        all
    };
    let names = |all: &[(String, String, String)]| -> Vec<String> {
        all.iter().map(|(rule, _, state)| format!("{rule} is {state}")).collect()
    };
    let all = known();
    assert_eq!(names(&all), ["own: A is new", "own: A (2) is new", "own: B is new"]);
    let said = of(&["close", &all[1].1, "--verdict", "test", "--reason", "a drill"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let suppress = ["suppress", "--rule", "own: B", "--reason", "noise", "--until", "2d"];
    let said = of(&suppress);
    assert!(said.code == 0 && said.err.contains("1 alarm hidden"), "{}", said.err);
    assert_eq!(names(&known()), ["own: A is new", "own: A (2) is closed", "own: B is suppressed"]);
    // The same of one id, which is told; the first keeps what was decided.
    bench.write("rules/c.yml", rule("C", "id: x\n").as_bytes());
    let (_, fingerprint, _) = known().pop().unwrap();
    bench.write("rules/d.yml", rule("D", "id: x\n").as_bytes());
    let said = of(&["list", "--format", "jsonl"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("rules/d.yml: a rule in "), "{}", said.err);
    let ids = said.json().into_iter().filter(|it| it["fingerprint"] == *fingerprint);
    assert_eq!(ids.map(|it| it["title"].clone()).collect::<Vec<_>>(), [json!("C")]);
    assert!(said.json().iter().any(|it| it["rule"] == "x: D"));
    // A file that is named twice is one rule.
    let file = bench.path("evidence/rules/c.yml").display().to_string();
    fs::remove_file(bench.path("evidence/rules/d.yml")).unwrap();
    assert_eq!(of(&["list", "--rules", &file]).code, 0);
}
