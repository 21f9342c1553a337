//! Where the program runs and reads: standard input, homes, workspaces, settings.

use crate::bench::{Bench, gzip, three, trail, zip};
use trailcase::case::{Action, Settings, What, Workspaces};
use trailcase::event::Timestamp;

#[test]
fn standard_input_is_a_source() {
    let bench = Bench::new();
    let plain = trail(&three());
    for bytes in [plain.clone(), gzip(&plain), zip(&[("t.json", &plain)])] {
        let said = bench.pipe(&["query", "-", "event:GetUser", "--count"], &bytes);
        assert_eq!((said.out.as_str(), said.code), ("2\n", 0), "{}", said.err);
        let arguments =
            ["query", "-", "value-2", "--format", "jsonl", "--fields", "raw,origin.object"];
        let said = bench.pipe(&arguments, &bytes);
        let events = said.json();
        assert_eq!(events.len(), 1, "records of a pipe can be read again");
        assert!(events[0]["raw"].as_str().unwrap().contains("value-2"));
        assert!(events[0]["origin.object"].as_str().unwrap().starts_with('-'));
    }
    assert_eq!(bench.pipe(&["query", "-", "--count"], b"").out, "0\n");
    let said = bench.pipe(&["query", "-", "--since", "last1h"], &plain);
    assert!(said.code == 2 && said.err.contains("read only once; name the day"), "{}", said.err);
}

#[test]
fn nobody_needs_a_home_to_ask() {
    let bench = Bench::with_trail();
    let evidence = bench.evidence();
    let mut command = bench.command(&["query", &evidence, "--count"]);
    let output = command.env_clear().output().unwrap();
    assert_eq!((output.stdout.as_slice(), output.status.code()), (&b"3\n"[..], Some(0)));
    let output = bench.command(&["doctor"]).env_clear().output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8(output.stdout).unwrap().contains("HOME is not set"));
}

#[test]
fn workspaces_are_listed_shown_checked_and_asked() {
    let bench = Bench::with_trail();
    let folder = bench.path("cases");
    let dir = folder.display().to_string();
    let run = |arguments: &[&str]| bench.run(&[arguments, &["--workspace-dir", &dir]].concat());
    assert_eq!(run(&["workspace", "list"]).code, 0);
    let settings = Settings { zone: Some("+01:00".to_owned()), ..Settings::default() };
    let workspaces = Workspaces::new(&folder);
    let opened = workspaces.create("case-1", vec![bench.evidence()], settings, Timestamp(0));
    let what = What::SessionEnd;
    let (who, host) = ("alice".to_owned(), "bastion-1".to_owned());
    opened.unwrap().write(&Action { at: Timestamp(0), who, host, what }).unwrap();
    let said = run(&["workspace", "list"]);
    assert!(
        said.out.starts_with("case-1 ") && said.out.contains(&bench.evidence()),
        "{}",
        said.out
    );
    let said = run(&["workspace", "show", "case-1"]);
    assert!(said.code == 0 && said.out.contains("zone     +01:00"), "{}", said.out);
    assert!(!said.out.contains("fetched "), "{}", said.out);
    let said = run(&["workspace", "check", "case-1"]);
    assert!(said.code == 0 && said.out.contains("\nsound\n"), "{}", said.out);
    let said = run(&["query", "-w", "case-1", "-event:GetUser", "--count"]);
    assert_eq!((said.out.as_str(), said.code), ("1\n", 0), "{}", said.err);
    assert_eq!(run(&["coverage", "-w", "case-1"]).code, 0);
    let said = run(&["query", "-w", "case-2", "--count"]);
    assert!(said.code == 2 && said.err.contains("there is no workspace case-2"), "{}", said.err);

    std::fs::write(folder.join("case-1/journal.jsonl"), "{\"seq\":1}\n").unwrap();
    let said = run(&["workspace", "check", "case-1"]);
    assert!(said.code == 1 && said.out.contains("DAMAGED"), "{}", said.out);
    std::fs::write(folder.join("case-1/workspace.json"), "{").unwrap();
    assert_eq!(run(&["workspace", "check", "case-1"]).code, 1);
    assert_eq!(run(&["query", "-w", "case-1", "--count"]).code, 1);
    let said = run(&["workspace", "list"]);
    assert!(said.code == 3 && said.out.starts_with("case-1 "), "{} {}", said.code, said.out);
    assert!(said.err.contains("the workspace case-1: "), "{}", said.err);
    assert_eq!(run(&["workspace", "show", "../home"]).code, 2);
}

#[test]
fn a_workspace_is_asked_for_the_copy_of_its_pipe_and_not_for_the_keyboard() {
    let bench = Bench::new();
    let folder = bench.path("cases");
    let dir = folder.display().to_string();
    let opened = Workspaces::new(&folder)
        .create("case-1", vec!["-".to_owned()], Settings::default(), Timestamp(0))
        .unwrap();
    let cache = opened.workspace.cache().unwrap();
    drop(opened);
    let ask = |arguments: &[&str]| {
        let all = [arguments, &["-w", "case-1", "--workspace-dir", &dir]].concat();
        bench.run(&all)
    };
    let said = ask(&["query", "--count"]);
    assert!(said.code == 4 && said.err.contains("has no copy of it"), "{}", said.err);
    let copy = cache.join("stdin-1-2.part");
    std::fs::write(&copy, gzip(&trail(&three()))).unwrap();
    let said = ask(&["query", "value-2", "--format", "jsonl", "--fields", "raw,origin.object"]);
    assert!(said.code == 3 && said.err.contains("not read to its end"), "{}", said.err);
    std::fs::rename(&copy, cache.join("stdin-1-2.stream")).unwrap();
    let said = ask(&["query", "value-2", "--format", "jsonl", "--fields", "raw,origin.object"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    let events = said.json();
    assert_eq!(events.len(), 1);
    assert!(events[0]["raw"].as_str().unwrap().contains("value-2"));
    assert!(events[0]["origin.object"].as_str().unwrap().starts_with('-'));
    // A copy can be read twice.
    let said = ask(&["query", "--count", "--since", "last1d"]);
    assert_eq!((said.out.as_str(), said.code), ("3\n", 0), "{}", said.err);
    assert_eq!(ask(&["coverage"]).code, 0);
}

#[test]
fn settings_are_listed_shown_and_checked() {
    let bench = Bench::new();
    for kind in ["keymap", "theme"] {
        let names = bench.run(&[kind, "list"]);
        assert!(names.lines().len() >= 2, "{}", names.out);
        for line in names.lines() {
            let name = line.split_whitespace().next().unwrap();
            let said = bench.run(&[kind, "show", name]);
            assert!(said.code == 0 && said.lines().len() > 20, "{kind} {name}: {}", said.err);
        }
        assert_eq!(bench.run(&[kind, "show", "none-such"]).code, 2);
        assert_eq!(bench.run(&[kind, "check", "none-such"]).code, 2);
        std::fs::write(bench.path("bad.toml"), "schema = 1\nname = \"bad\"\ncolour = 3\n").unwrap();
        let said = bench.run(&[kind, "check", "bad.toml"]);
        assert_eq!(said.code, 2);
        assert!(said.out.contains("bad.toml:3:1"), "{}", said.out);
    }
    std::fs::write(bench.path("good.toml"), "schema = 1\nname = \"good\"\ninherits = \"vim\"\n")
        .unwrap();
    let said = bench.run(&["keymap", "check", "good.toml"]);
    assert_eq!((said.out.as_str(), said.code), ("good.toml: no mistakes\n", 0));
}

#[test]
fn formats_are_listed_shown_and_recognised() {
    let bench = Bench::with_trail();
    let names = bench.run(&["formats", "list"]);
    for line in names.lines() {
        let said = bench.run(&["formats", "show", line.split_whitespace().next().unwrap()]);
        assert!(said.code == 0 && said.out.contains("outcome"), "{line}");
    }
    for (name, delay) in [("cloudtrail", "usually 5 min, up to 15 min"), ("syslog", "unknown")] {
        let said = bench.run(&["formats", "show", name]);
        assert!(said.out.contains(&format!("delay       {delay}\n")), "{}", said.out);
    }
    let said = bench.run(&["formats", "show", "cloudtrial"]);
    assert!(said.code == 2 && said.err.contains("did you mean cloudtrail?"), "{}", said.err);
    let said = bench.run(&["formats", "check", "evidence/trail.json"]);
    assert_eq!((said.out.as_str(), said.code), ("evidence/trail.json: cloudtrail 3 (read)\n", 0));
}

#[test]
fn the_program_says_what_it_is() {
    let bench = Bench::new();
    let said = bench.run(&["--version"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert_eq!(said.out, concat!("trailcase ", env!("CARGO_PKG_VERSION"), "\n"));
    for command in ["query", "coverage", "formats", "keymap", "theme", "workspace", "doctor"] {
        let said = bench.run(&[command, "--help"]);
        assert!(said.code == 0 && said.out.contains("Usage"), "{command}");
    }
    let said = bench.run(&["doctor"]);
    for part in ["version", "TERM=xterm", "Unicode (LANG=C.UTF-8)", "processors", "memory"] {
        assert!(said.out.contains(part), "{part}: {}", said.out);
    }
}
