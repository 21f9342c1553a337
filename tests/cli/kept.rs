//! Hashes that a workspace keeps between commands about alarms: when they are used, when not, and
//! who does not use them.

use crate::bench::Said;
use crate::verify::Evidence;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;
use trailcase::case::{Settings, Workspaces, sha256_hex};
use trailcase::event::Timestamp;

/// Evidence in a workspace that has the keys, long enough after it was written that no file could
/// change without another time.
struct Case {
    evidence: Evidence,
    workspaces: Workspaces,
}

impl Case {
    fn new() -> Self {
        let evidence = Evidence::new();
        let workspaces = Workspaces::new(evidence.bench.path("cases"));
        let sources = vec![evidence.bench.evidence()];
        drop(workspaces.create("case", sources, Settings::default(), Timestamp(0)).unwrap());
        let keys = workspaces.public_keys("case").unwrap();
        fs::create_dir_all(&keys).unwrap();
        fs::copy(evidence.bench.path("keys.json"), keys.join("keys.json")).unwrap();
        let case = Self { evidence, workspaces };
        settle();
        case
    }

    fn run(&self, command: &[&str]) -> Said {
        let cases = self.evidence.bench.path("cases").display().to_string();
        self.evidence.bench.run(&[command, &["--workspace-dir", &cases]].concat())
    }

    /// What is said of hashes, and how many alarms there are of what digests show.
    fn list(&self) -> (String, usize) {
        let said = self.run(&["alarms", "list", "-w", "case", "--format", "jsonl"]);
        let told = said.err.lines().filter(|line| line.contains("hashe"));
        let told: Vec<&str> = told.collect();
        let alarms = said.json().into_iter().filter(|alarm| alarm["rule"] == "log-integrity");
        (told.join("\n"), alarms.count())
    }

    fn file(&self) -> PathBuf {
        self.workspaces.segments("case").unwrap().join("hashes")
    }
}

fn settle() {
    std::thread::sleep(Duration::from_millis(2100));
}

/// Whether that so many log files were not hashed again is all that is told.
fn is_told(told: &str, logs: &str) -> bool {
    let begin =
        format!("trailcase: {logs} not hashed again: size, times and inode are what they were ");
    let end = "Z or later; `trailcase verify` hashes everything";
    told.lines().count() == 1 && told.starts_with(&begin) && told.ends_with(end)
}

#[test]
fn the_next_command_about_alarms_hashes_what_is_new_or_changed() {
    let case = Case::new();
    assert_eq!(case.list(), (String::new(), 0));
    let (told, alarms) = case.list();
    assert!(is_told(&told, "6 log files were") && alarms == 0, "{told}");
    // Others hash everything.
    let query = ["query", "-w", "case", "verified:yes", "--count"];
    for command in [&query[..], &["record", "-w", "case"]] {
        let said = case.run(command);
        assert!(said.code == 0 && !said.err.contains("hashed"), "{}", said.err);
    }
    case.evidence.alter(&case.evidence.logs[3]);
    let (told, alarms) = case.list();
    assert!(is_told(&told, "5 log files were") && alarms == 1, "{told}");
    settle();
    let (told, alarms) = case.list();
    assert!(is_told(&told, "5 log files were") && alarms == 1, "{told}");
    // By now it is old enough.
    let (told, alarms) = case.list();
    assert!(is_told(&told, "6 log files were") && alarms == 1, "{told}");
}

#[test]
fn a_log_that_is_changed_after_the_alarm_was_closed_opens_it_again() {
    let case = Case::new();
    let table = || case.run(&["alarms", "list", "-w", "case"]).out;
    case.evidence.alter(&case.evidence.logs[3]);
    let said = case.run(&["alarms", "list", "-w", "case", "--format", "jsonl"]);
    let alarms = said.json().into_iter();
    let mut alarms = alarms.filter(|alarm| alarm["rule"] == "log-integrity");
    let alarm = alarms.next().unwrap()["fingerprint"].as_str().unwrap().to_owned();
    let why = ["--verdict", "test", "--reason", "a drill"];
    let close = || {
        let said = case.run(&[&["alarms", "close", "-w", "case", &alarm], &why[..]].concat());
        assert_eq!(said.code, 0, "{}", said.err);
    };
    close();
    assert!(!table().contains(&alarm));
    case.evidence.alter(&case.evidence.logs[4]);
    let open = table();
    assert!(open.contains(&alarm) && open.contains(", 1 finding since"), "{open}");
    close();
    assert!(!table().contains(&alarm));
    // As many files as before, and another change.
    let folder = case.evidence.bench.path("evidence");
    let [other, log] = [0, 4].map(|number: usize| folder.join(&case.evidence.logs[number]));
    fs::copy(other, log).unwrap();
    assert!(table().contains(", 1 finding since"));
}

#[test]
fn a_damaged_file_of_hashes_is_told_and_made_again() {
    let case = Case::new();
    case.list();
    let file = case.file();
    let whole = fs::read(&file).unwrap();
    fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    let (told, alarms) = case.list();
    assert!(told.ends_with("/hashes: it is damaged; log files are hashed anew"), "{told}");
    assert_eq!(alarms, 0);
    assert!(is_told(&case.list().0, "6 log files were"));
    // Another workspace cannot use it.
    let json = case.evidence.bench.path("cases/case/workspace.json");
    let text = fs::read_to_string(&json).unwrap();
    let id = case.workspaces.info("case").unwrap().id;
    fs::write(&json, text.replace(&id, &"0".repeat(32))).unwrap();
    let said = case.run(&["alarms", "rules", "-w", "case"]);
    assert!(!said.err.contains("not hashed again"), "{}", said.err);
}

/// What the cache cannot guard against, and what is there for that: whoever can write into the
/// workspace as the analyst can say anything of a file, and `verify` does not listen.
#[test]
fn who_forges_the_file_of_hashes_deceives_the_alarms_and_not_verify() {
    let case = Case::new();
    case.list();
    let content = |text: &str, log: &str| {
        let line = text.lines().find(|line| line.contains(log)).unwrap();
        line.split("\"content\":\"").nth(1).unwrap()[..64].to_owned()
    };
    let log = &case.evidence.logs[3];
    let honest = content(&fs::read_to_string(case.file()).unwrap(), log);
    case.evidence.alter(log);
    settle();
    assert_eq!(case.list().1, 1);
    let text = fs::read_to_string(case.file()).unwrap();
    let forged = text[..text.len() - 64].replace(&content(&text, log), &honest);
    // It takes the sum as well.
    fs::write(case.file(), format!("{forged}{}", &text[text.len() - 64..])).unwrap();
    assert_eq!(case.list().1, 1);
    fs::write(case.file(), format!("{forged}{}", sha256_hex(forged.as_bytes()))).unwrap();
    let (told, alarms) = case.list();
    assert!(is_told(&told, "6 log files were") && alarms == 0, "{told}");
    let evidence = case.evidence.bench.evidence();
    let said = case.evidence.bench.run(&["verify", &evidence, "--public-keys", "keys.json"]);
    assert!(said.code == 1 && said.out.contains("log_modified"), "{}", said.out);
    let query = ["query", "-w", "case", "verified:modified", "--count"];
    assert_eq!(case.run(&query).out, "1\n");
}
