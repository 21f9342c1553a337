//! What somebody who is not root may not read or write: said by name, with the right end.

use crate::bench::{Bench, Said, said, three, trail};
use serde_json::Value;
use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;

/// The account that owns nothing.
const NOBODY: u32 = 65534;

/// A bench that somebody who is not root looks at. What was shut is opened at the end.
struct Guarded {
    bench: Bench,
    program: PathBuf,
    shut: Vec<PathBuf>,
}

impl Guarded {
    fn new() -> Self {
        let bench = Bench::with_trail();
        // Where the program was built, others may not be allowed to go.
        let program = bench.path("trailcase");
        std::fs::copy(env!("CARGO_BIN_EXE_trailcase"), &program).unwrap();
        set_permissions(bench.path("."), Permissions::from_mode(0o755)).unwrap();
        Self { bench, program, shut: Vec::new() }
    }

    /// Takes everybody's permissions but these.
    fn shut(&mut self, name: &str, mode: u32) {
        let path = self.bench.path(name);
        set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        self.shut.push(path);
    }

    fn run(&self, arguments: &[&str]) -> Said {
        let like = self.bench.command(arguments);
        let mut command = std::process::Command::new(&self.program);
        command.args(arguments).env_clear();
        command.envs(like.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.current_dir(self.bench.path(".")).stdin(std::process::Stdio::null());
        // Root may read everything; anybody else is held back already.
        if rustix::process::geteuid().is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        said(command.output().unwrap())
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        for path in &self.shut {
            let _ = set_permissions(path, Permissions::from_mode(0o755));
        }
    }
}

#[test]
fn what_may_not_be_read_has_failed_and_the_rest_is_read() {
    let mut guarded = Guarded::new();
    for name in ["shut.json", "closed/a.json", "listed/b.json"] {
        guarded.bench.write(name, &trail(&three()[..1]));
    }
    guarded.shut("evidence/shut.json", 0o000);
    guarded.shut("evidence/closed", 0o000);
    guarded.shut("evidence/listed", 0o644);
    let ledger = guarded.run(&["coverage", "evidence", "--format", "json"]);
    assert_eq!(ledger.code, 3, "{}", ledger.err);
    let all: Value = serde_json::from_str(&ledger.out).unwrap();
    let objects = all["objects"].as_array().unwrap();
    let told: Vec<_> = objects
        .iter()
        .map(|object| {
            let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
            (text(&object["object"]), text(&object["state"]), text(&object["reason"]["kind"]))
        })
        .collect();
    let expected = [
        ("evidence/closed/", "failed", "permission"),
        ("evidence/listed/b.json", "failed", "permission"),
        ("evidence/shut.json", "failed", "permission"),
        ("evidence/trail.json", "read", "-"),
    ];
    assert_eq!(told, expected.map(|(name, state, why)| (name.into(), state.into(), why.into())));
    let said = guarded.run(&["query", "evidence", "--count"]);
    assert_eq!((said.out.as_str(), said.code), ("3\n", 3));
    for name in ["closed/", "listed/b.json", "shut.json"] {
        let line = format!("evidence/{name}: failed: no permission to read it");
        assert!(said.err.contains(&line), "{}", said.err);
    }
}

#[test]
fn nothing_that_may_be_read_is_nothing_at_all() {
    let mut guarded = Guarded::new();
    guarded.bench.write("closed/a.json", &trail(&three()));
    guarded.shut("evidence/closed", 0o000);
    guarded.shut("evidence/trail.json", 0o000);
    for source in ["evidence/trail.json", "evidence/closed", "evidence/closed/a.json"] {
        let said = guarded.run(&["query", source, "--count"]);
        assert_eq!((said.out.as_str(), said.code), ("0\n", 4), "{source}: {}", said.err);
        assert!(said.err.contains("failed: no permission to read it"), "{}", said.err);
        let said = guarded.run(&["coverage", source, "--format", "json"]);
        let all: Value = serde_json::from_str(&said.out).unwrap();
        assert_eq!(all["objects"][0]["reason"]["kind"], "permission", "{source}");
    }
    for (arguments, why) in [
        (["query", "evidence", "ip:@evidence/trail.json"], "no permission to read it"),
        (["keymap", "check", "evidence/trail.json"], "ermission denied"),
    ] {
        let said = guarded.run(&arguments);
        assert!(said.code == 2 && said.err.contains(why), "{arguments:?}: {}", said.err);
    }
}

#[test]
fn a_folder_of_workspaces_that_is_closed_is_not_an_empty_one() {
    let mut guarded = Guarded::new();
    std::fs::create_dir_all(guarded.bench.path("cases/case-1")).unwrap();
    guarded.shut("cases", 0o000);
    for arguments in [["workspace", "list"], ["workspace", "show"], ["workspace", "check"]] {
        let mut arguments = arguments.to_vec();
        if arguments[1] != "list" {
            arguments.push("case-1");
        }
        arguments.extend(["--workspace-dir", "cases"]);
        let said = guarded.run(&arguments);
        assert!(said.err.contains("ermission denied"), "{arguments:?}: {}", said.err);
        assert_eq!(said.code, 4, "{arguments:?}");
    }
    guarded.shut("home", 0o555);
    let said = guarded.run(&["doctor"]);
    assert!(said.out.contains("cannot be written (Permission denied"), "{}", said.out);
    assert!(!said.out.contains("made when needed"), "{}", said.out);
    let said = guarded.run(&["query", "evidence", "--count"]);
    assert_eq!((said.out.as_str(), said.code), ("3\n", 0), "{}", said.err);
}

#[test]
fn rules_that_may_not_be_read_are_told() {
    let mut guarded = Guarded::new();
    for name in ["rules/shut/a.yml", "rules/listed/b.yml"] {
        guarded.bench.write(name, b"title: t\n");
    }
    guarded.shut("evidence/rules/shut", 0o000);
    guarded.shut("evidence/rules/listed", 0o644);
    let said = guarded.run(&["alarms", "list", "evidence/trail.json", "--rules", "evidence/rules"]);
    assert_eq!(said.code, 2, "{}", said.err);
    for name in ["rules/shut", "rules/listed/b.yml"] {
        assert!(said.err.contains(&format!("evidence/{name}: cannot be read")), "{}", said.err);
    }
}
