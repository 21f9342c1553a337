//! Files of rules in which something is wrong: what is good in them runs, and the rest is listed.

use crate::alarms::event;
use crate::bench::{Bench, Said};
use serde_json::json;

const GOOD: &str = "title: good\nlogsource: {product: aws, service: cloudtrail}\n\
                    detection: {s: {eventName: GetObject}, condition: s}\n";

/// What is said of the rules of a file that holds these bytes.
fn said(bytes: &[u8]) -> Said {
    let bench = Bench::new();
    let evidence = bench.write("events.jsonl", event(1, "GetObject", &json!({})).as_bytes());
    bench.write("rules/some.yml", bytes);
    let rules = bench.path("evidence/rules").display().to_string();
    bench.run(&["alarms", "rules", &evidence, "--rules", &rules])
}

/// The line that says what became of a rule, and the one below it that says where it is.
fn told<'a>(said: &'a Said, title: &str) -> [&'a str; 2] {
    let mut lines = said.out.lines();
    let begin = format!(" {title}: ");
    let line = lines.find(|line| line.contains(&begin)).expect(&said.out);
    [line, lines.next().unwrap()]
}

#[test]
fn a_bad_document_does_not_lose_the_others_of_its_file() {
    let bad = [
        ("title: bad\nlogsource: {product: aws}\n", "bad", "document 2, line 5, column 1: a rule"),
        ("title: bad\ntitle: bad\n", "(no title)", "document 2, line 6, column 1: "),
        ("title: \"bad\ndetection: [\n", "(no title)", "document 2, line "),
    ];
    for (bad, title, why) in bad {
        let said = said(format!("{GOOD}---\n{bad}---\n{GOOD}").as_bytes());
        let [line, file] = told(&said, title);
        let wanted = format!("could not fire: rule defect: {why}");
        assert!(line.contains(&wanted), "{line}");
        assert!(file.contains("rules/some.yml"), "{file}");
        let good = said.out.matches("good: matched 1 of 1 evaluated").count();
        assert_eq!(good, 2, "{}", said.out);
        let left = format!("some.yml: {why}");
        assert!(said.code == 2 && said.err.contains(&left), "{}", said.err);
    }
}

#[test]
fn a_file_that_is_bad_altogether_is_listed_too() {
    for (bytes, why) in [
        (&b"hello"[..], "line 1, column 1: a rule needs a `title`"),
        (b"\xff\xfe\n", "is not UTF-8 from byte 0 on"),
        (b"title: [", "line "),
    ] {
        let said = said(bytes);
        let [line, file] = told(&said, "(no title)");
        let wanted = format!("could not fire: rule defect: {why}");
        assert!(line.contains(&wanted), "{line}");
        assert!(file.contains("rules/some.yml"), "{file}");
        assert_eq!(said.code, 2);
        let (able, all) = said.err.lines().last().unwrap().split_once(" of ").unwrap();
        assert!(able != all.split(' ').next().unwrap(), "{}", said.err);
    }
}

#[test]
fn a_rule_that_asks_for_what_is_not_known_says_that_it_is_a_defect() {
    let said = said(GOOD.replace("eventName", "eventName|kettle").as_bytes());
    let [line, _] = told(&said, "good");
    assert!(line.contains("could not fire: rule defect: s: "), "{line}");
}
