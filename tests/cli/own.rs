//! Formats that users define: found in their configuration, used like those built in, and told
//! when they are wrong.

use crate::bench::{Bench, Said};
use std::path::Path;

/// The definition that the README shows, and the log it is for.
fn readme() -> (String, String) {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md"));
    let text = text.unwrap();
    let (_, section) = text.split_once("### Formats of your own\n").unwrap();
    let block = |begin: &str| {
        let (_, rest) = section.split_once(begin).unwrap();
        rest.split_once("```").unwrap().0.to_owned()
    };
    (block("```toml\n"), block("```\n"))
}

/// Writes a file of the user's configuration; gives its path.
fn define(bench: &Bench, name: &str, text: &str) -> String {
    let folder = bench.path("home/.config/trailcase/formats");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

/// What was said, without the folder of the test.
fn plain(bench: &Bench, said: &Said) -> String {
    let folder = bench.path("").display().to_string();
    format!("{}{}", said.out, said.err).replace(&folder, "")
}

fn snapshot(name: &str, text: &str) {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn the_readmes_definition_reads_the_readmes_log() {
    let bench = Bench::new();
    let (definition, log) = readme();
    let path = define(&bench, "orders.toml", &definition);
    bench.write("orders.log", log.as_bytes());
    let said = bench.run(&["formats", "check", &path]);
    let good = "orders.toml: a good definition; 2 examples read as it says\n";
    assert!(said.out.ends_with(good) && said.err.is_empty() && said.code == 0, "{}", said.out);

    let fields = "time,format,class,outcome,severity,event,principal,src.ip,orders.tenant,message";
    let said = bench.query(&["--format", "jsonl", "--fields", fields]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert_eq!(
        said.lines(),
        [
            r#"{"time":"2026-03-04T09:42:02.113Z","format":"orders","class":"auth","outcome":"success","severity":0,"event":"login","principal":"alice","src.ip":"203.0.113.7","orders.tenant":"blue","message":"signed in"}"#,
            r#"{"time":"2026-03-04T09:42:07.020Z","format":"orders","class":"data-read","outcome":"denied","severity":7,"event":"export","principal":"bob","src.ip":"203.0.113.66","orders.tenant":"blue","message":"not allowed\n  at Orders.export(Orders.java:17)"}"#,
            r#"{"time":"2026-03-04T09:43:00.000Z","format":"orders","class":"other","outcome":"unknown","severity":4,"message":"the pool is empty"}"#,
        ]
    );
    for (filter, count) in [
        ("orders.tenant:blue", "2\n"),
        ("ip:203.0.113.66", "1\n"),
        ("resource:blue outcome:denied", "1\n"),
        ("format:orders -has:orders.tenant", "1\n"),
        ("class:auth", "1\n"),
    ] {
        assert_eq!(bench.query(&[filter, "--count"]).out, count, "{filter}");
    }
    let said = bench.query(&["orders.tennant:blue", "--count"]);
    assert_eq!(said.code, 0, "a path that no record has: {}", said.err);
    let said = bench.run(&["formats", "list"]);
    assert!(said.out.starts_with("orders "), "{}", said.out);
    let said = bench.run(&["formats", "show", "orders"]);
    let row = said.lines().into_iter().find(|line| line.starts_with("orders.tenant ")).unwrap();
    assert!(row.contains("text") && row.contains("resource") && row.ends_with("orders they are"));
}

#[test]
fn every_mistake_is_told_with_its_place_and_the_right_word() {
    let bench = Bench::new();
    let text = r#"schema = 1
id = "cloudtrail"
title = "An application"
class = "authh"
tilte = "x"

[record]
patterns = ['^(?<at>\S+) (?<who>\w+ (?<what>.*)$']
begin = '^\d'

[time]
from = "at"
format = "%Y-%m-%d %H:%M:%Q"

[fields]
princpal = "who"

[fields.outcome]
from = "what"
map = { ok = "sucess" }

[fields."cloudtrail.tenant"]
from = "who"
kind = "txt"
role = "principle"
"#;
    let file = bench.write("mine.toml", text.as_bytes());
    let said = bench.run(&["formats", "check", &file]);
    assert_eq!(said.code, 2);
    snapshot("definition_mistakes", &plain(&bench, &said));

    let fixed = text
        .replace(r"(?<who>\w+ (", r"(?<who>\w+) (?<extra>\d+) (")
        .replace("begin = ", "begins = ")
        .replace("tilte = \"x\"\n", "")
        .replace("\"authh\"", "\"auth\"")
        .replace("\"cloudtrail", "\"mine")
        .replace("princpal", "principal")
        .replace("%Q", "%S")
        .replace("sucess", "success")
        .replace("txt", "text")
        .replace("principle", "principal")
        .replace("from = \"what\"", "from = \"waht\"");
    let examples = "[[examples]]\ntext = '2026 alice 1 ok'\nfields = { principal = 'bob', who = 'x' }\n\
                    [[examples]]\ntext = 'nothing'\n";
    let file = bench.write("mine.toml", format!("{fixed}{examples}").as_bytes());
    let said = bench.run(&["formats", "check", &file]);
    assert_eq!(said.code, 2);
    snapshot("definition_names", &plain(&bench, &said));
    let fixed = fixed.replace("waht", "what");
    let file = bench.write("mine.toml", format!("{fixed}{examples}").as_bytes());
    let said = bench.run(&["formats", "check", &file]);
    assert_eq!(said.code, 2);
    snapshot("definition_examples", &plain(&bench, &said));
}

#[test]
fn a_bad_definition_is_told_and_everything_else_is_read() {
    let bench = Bench::with_trail();
    let (definition, log) = readme();
    bench.write("orders.log", log.as_bytes());
    define(&bench, "a-good.toml", &definition);
    define(&bench, "b-twice.toml", &definition);
    define(
        &bench,
        "c-bad.toml",
        &definition.replace("\"other\"", "\"othr\"").replace("kind", "knd"),
    );
    define(&bench, ".hidden.toml", "x");
    define(&bench, "notes.txt", "x");
    let said = bench.query(&["--by", "format"]);
    assert_eq!((said.out.as_str(), said.code), ("3\tcloudtrail\n3\torders\n", 0));
    snapshot("definition_at_start", &plain(&bench, &said));
    let said = bench.run(&["doctor"]);
    assert!(said.out.contains("orders from ") && said.out.contains("c-bad.toml:"), "{}", said.out);
    // What reads no log says nothing of formats.
    assert_eq!(bench.run(&["keymap", "list"]).err, "");
}

/// What is wrong may be what tells a definition from a log.
#[test]
fn a_definition_that_is_broken_at_once_is_one_for_check() {
    let bench = Bench::with_trail();
    let file = bench.write("own.toml", b"schema = 1\nid = \"orders\n");
    let said = bench.run(&["formats", "check", &file]);
    assert_eq!(said.code, 2, "{}", said.out);
    assert!(
        said.err.contains("own.toml:2:") || said.out.contains("own.toml:2:"),
        "{}{}",
        said.out,
        said.err
    );
}

#[test]
fn a_log_is_still_a_log_for_check() {
    let bench = Bench::with_trail();
    let said = bench.run(&["formats", "check", &bench.write("trail.toml", b"{\"msg\":1}\n")]);
    assert!(said.out.contains("trail.toml: json_lines 1 (read)"), "{}", said.out);
    let said = bench.run(&["formats", "check", &bench.evidence()]);
    assert!(said.out.contains("trail.json: cloudtrail 3 (read)"), "{}", said.out);
}
