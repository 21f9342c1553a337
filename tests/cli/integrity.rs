//! Whether a case is still what it was: with `workspace check`, and with nothing but the tools of
//! any system.

use crate::bench::{Bench, Said, gzip, three, trail};
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use trailcase::case::{Action, Settings, What, Workspaces};
use trailcase::event::Timestamp;
use trailcase::job::exhibit::Pinner;
use trailcase::job::scribe::{Author, Ended, Scribe};
use trailcase::job::shelf::Place;
use trailcase::job::{Evidence, Load, Notify, Options};
use trailcase::source::{Files, Limits};
use trailcase::store::Store;

const NAME: &str = "break-in";

/// The folder of workspaces where the README has it.
fn cases(bench: &Bench) -> PathBuf {
    bench.path("home/.local/share/trailcase/workspaces")
}

/// A workspace with so many notes.
fn case(bench: &Bench, notes: u64) -> Workspaces {
    let all = Workspaces::new(cases(bench));
    let sources = vec![bench.evidence()];
    let made = all.create(NAME, sources, Settings::default(), Timestamp(0));
    let mut opened = made.unwrap();
    for note in 1..=notes {
        let text = format!("note {note}: \"é\" \\ %s\n,\"hash\":\"");
        let what = What::NoteAdd { note, text, on: Vec::new(), alarms: Vec::new() };
        let at = Timestamp(1_772_618_400 * Timestamp::SECOND);
        let (who, host) = ("alice".to_owned(), "bastion-1".to_owned());
        opened.write(&Action { at, who, host, what }).unwrap();
    }
    all
}

/// Reads the evidence once, as a session of the screen does.
fn read(bench: &Bench, all: &Workspaces) {
    let store = Arc::new(Store::new());
    let evidence = Arc::new(Evidence::new(Arc::clone(&store), Limits::default()));
    let pinner = Pinner::new(Arc::clone(&store), Arc::clone(&evidence));
    let author = Author { who: "alice".to_owned(), host: "bastion-1".to_owned() };
    let (opened, sources) = (all.open(NAME).unwrap(), vec![bench.evidence()]);
    let mut scribe = Scribe::start(opened, author, sources, pinner, Notify::nobody()).unwrap();
    read_only(bench, all, store, evidence);
    assert_eq!(scribe.close(Duration::from_mins(1)), Ended::Saved);
}

/// The same by a build that kept no receipts, or one that was killed before it did.
fn read_only(bench: &Bench, all: &Workspaces, store: Arc<Store>, evidence: Arc<Evidence>) {
    let shelf = Some(Place { folder: all.segments(NAME).unwrap(), writable: true });
    let options = Options { shelf, ..Options::default() };
    let source = Arc::new(Files::new(&bench.evidence()).unwrap());
    Load::start(vec![source], store, evidence, options, Notify::nobody()).unwrap().wait();
}

fn check(bench: &Bench, options: &[&str]) -> Said {
    bench.run(&[&["workspace", "check", NAME], options].concat())
}

fn head(said: &Said) -> String {
    let line = said.out.lines().find_map(|line| line.strip_prefix("head     "));
    line.expect("a head").to_owned()
}

/// What the README's commands say of the workspace.
fn by_hand(bench: &Bench) -> String {
    let readme = include_str!("../../README.md");
    let blocks = readme.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let script = blocks.into_iter().find(|block| block.contains("| xargs sha256sum")).unwrap();
    let mut shell = Command::new("sh");
    let output = shell.args(["-c", script]).env("HOME", bench.path("home")).output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    String::from_utf8(output.stdout).unwrap()
}

/// Changes the lines of the journal.
fn change(bench: &Bench, change: impl FnOnce(&mut Vec<String>)) {
    let path = cases(bench).join(NAME).join("journal.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    change(&mut lines);
    fs::write(path, lines.join("\n") + "\n").unwrap();
}

/// As after a disk that lost what was written, or somebody who wants it forgotten.
#[test]
fn an_empty_journal_is_not_sound() {
    let bench = Bench::with_trail();
    case(&bench, 2);
    fs::write(cases(&bench).join(NAME).join("journal.jsonl"), "").unwrap();
    let said = check(&bench, &[]);
    assert!(said.code == 1 && said.out.contains("\nDAMAGED\n"), "{}", said.out);
    let told = "missing: journal.jsonl is empty, and every session begins with an entry";
    assert!(said.out.contains(told) && said.out.contains("put it back"), "{}", said.out);
}

type Change = fn(&mut Vec<String>);

#[test]
fn the_first_broken_entry_is_named_by_us_and_by_sha256sum_alone() {
    let changes: [(Change, usize); 6] = [
        (|lines| lines[4] = lines[4].replace("note 5", "note 6"), 5),
        (|lines| lines[4] = lines[4].replace("\"hash\":\"", "\"hasi\":\""), 5),
        (|lines| drop(lines.remove(6)), 7),
        (|lines| drop(lines.remove(0)), 1),
        (|lines| lines.swap(2, 3), 3),
        (|lines| lines.insert(8, lines[7].clone()), 9),
    ];
    for (number, (apply, line)) in changes.into_iter().enumerate() {
        let bench = Bench::with_trail();
        case(&bench, 12);
        let said = check(&bench, &[]);
        assert_eq!(said.code, 0, "{}", said.out);
        assert_eq!(by_hand(&bench), format!("OK: 12 entries, head {}\n", head(&said)));
        change(&bench, apply);
        assert_eq!(by_hand(&bench), format!("BROKEN at line {line}\n"), "change {number}");
        let said = check(&bench, &[]);
        assert_eq!(said.code, 1, "change {number}: {}", said.out);
        let broken = match line {
            1 => "broken   journal.jsonl, from its first line on\n".to_owned(),
            _ => format!("broken   journal.jsonl line {line}; what stands before it"),
        };
        assert!(said.out.contains(&broken), "change {number}: {}", said.out);
        let finding = format!(": journal.jsonl line {line} (entry ");
        assert!(said.out.contains(&finding), "change {number}: {}", said.out);
    }
}

#[test]
fn a_cut_end_is_found_by_the_head_that_was_written_down() {
    let bench = Bench::with_trail();
    case(&bench, 3);
    let early = head(&check(&bench, &[]));
    change(&bench, |lines| drop(lines.pop()));
    let said = check(&bench, &[]);
    assert!(said.code == 0 && said.out.contains("\nsound\n"), "{}", said.out);
    let now = head(&said);
    let said = check(&bench, &["--head", &early]);
    assert!(said.code == 1 && said.out.contains("DAMAGED"), "{}", said.out);
    assert!(said.out.contains(&format!("head: {early} is the hash of no entry")), "{}", said.out);
    let said = check(&bench, &["--head", &now[..12], "--head", &now.to_uppercase()]);
    let anchor = format!("anchor   {now} is entry 2 of journal.jsonl, and 0 came after it\n");
    assert!(said.code == 0 && said.out.matches(&anchor).count() == 2, "{}", said.out);
    for wrong in ["", "0123456789a", "none", &"0".repeat(65)] {
        let said = check(&bench, &["--head", wrong]);
        assert!(said.code == 2 && said.err.contains("the first 12 or more"), "{}", said.err);
    }
}

#[test]
fn the_evidence_is_compared_if_that_is_asked_for() {
    let bench = Bench::with_trail();
    bench.write("b.log", b"2026-03-04T10:00:00Z level=info msg=hello\n");
    let all = case(&bench, 1);
    let said = check(&bench, &["--evidence"]);
    let none = "evidence 0 objects, 0 B: 0 as acquired, 0 differ, 0 gone, 0 unread\n";
    assert!(said.code == 0 && said.out.contains(none), "{}", said.out);
    read(&bench, &all);
    let said = check(&bench, &[]);
    assert!(said.code == 0 && said.out.contains("evidence 2 objects, "), "{}", said.out);
    assert!(said.out.contains("; not read again: --evidence does\n"), "{}", said.out);
    let said = check(&bench, &["--evidence"]);
    assert!(said.code == 0 && said.out.contains(": 2 as acquired, 0 differ"), "{}", said.out);

    let before = trail(&three());
    let after = String::from_utf8(before.clone()).unwrap().replace("GetUser", "PutUser");
    bench.write("trail.json", after.as_bytes());
    assert_eq!(check(&bench, &[]).code, 0);
    let said = check(&bench, &["--evidence"]);
    assert_eq!(said.code, 1, "{}", said.out);
    let [now, then] = [after.as_bytes(), &before].map(trailcase::case::sha256_hex);
    let line = format!(
        "trail.json: now {now} ({0} B), as acquired {then} ({0} B, entry 3 of the journal)\n",
        before.len()
    );
    assert!(said.out.contains(&line), "{}", said.out);
    let verdict = "\nsound, but the EVIDENCE is not what was acquired\n";
    assert!(said.out.contains(verdict), "{}", said.out);

    bench.write("trail.json", &before);
    fs::remove_file(bench.path("evidence/b.log")).unwrap();
    let said = check(&bench, &["--evidence"]);
    assert_eq!(said.code, 3, "{}", said.out);
    assert!(said.out.contains("\ngone: ") && said.out.contains("1 gone"), "{}", said.out);
    let verdict = "\nsound, but not all EVIDENCE could be compared\n";
    assert!(said.out.contains(verdict), "{}", said.out);
}

#[test]
fn a_file_that_was_named_itself_and_is_deleted_is_gone() {
    let bench = Bench::with_trail();
    let (dir, named) = (cases(&bench), bench.path("evidence/trail.json"));
    let made = ["workspace", "create", NAME, named.to_str().unwrap()];
    assert_eq!(bench.run(&made).code, 0);
    let said = bench.run(&["alarms", "review", "-w", NAME]);
    assert_eq!(said.code, 0, "{}", said.err);
    let before = ["alarms", "review", "-w", NAME, "--until", "2020-01-01"];
    let said = bench.run(&before);
    assert!(said.code == 2 && said.err.contains("nothing to review"), "{}", said.err);
    // What was decided without a screen has its evidence written down, too.
    let opened = Workspaces::new(dir).open(NAME).unwrap();
    let kinds: Vec<&str> = opened.own.entries.iter().map(|entry| entry.what.kind()).collect();
    assert_eq!(kinds, ["acquire", "review"]);
    drop(opened);
    let said = check(&bench, &["--evidence"]);
    assert!(said.code == 0 && said.out.contains("1 as acquired"), "{}", said.out);
    fs::remove_file(named).unwrap();
    let said = check(&bench, &["--evidence"]);
    assert_eq!(said.code, 3, "{}", said.out);
    assert!(said.out.contains("1 gone, 0 unread"), "{}", said.out);
}

#[test]
fn a_record_has_the_acquired_hash_of_what_changed_since_and_says_what_it_is_made_from() {
    let bench = Bench::with_trail();
    bench.write("a.log", b"2026-03-04T10:00:00Z level=info msg=hello\n");
    let all = case(&bench, 1);
    read(&bench, &all);
    let before = trail(&three());
    let after = String::from_utf8(before.clone()).unwrap().replace("GetUser", "PutUserNow");
    bench.write("trail.json", after.as_bytes());
    let grown =
        b"2026-03-04T10:00:00Z level=info msg=hello\n2026-03-04T10:00:01Z level=info msg=x\n";
    bench.write("a.log", grown);
    let [now, then] = [after.as_bytes(), &before].map(trailcase::case::sha256_hex);
    let (size, text) = (after.len(), "changed since it was acquired: this record was made from");
    // A session of the screen that reads what it is now does not make that what was acquired.
    for _ in 0..2 {
        let said = bench.run(&["record", "-w", NAME, "--format", "json"]);
        let record: serde_json::Value = serde_json::from_str(&said.out).unwrap();
        let of = |end: &str| {
            let mut all = record["evidence"].as_array().unwrap().iter();
            all.find(|it| it["path"].as_str().unwrap().ends_with(end)).unwrap().clone()
        };
        let it = of("trail.json");
        assert_eq!((&it["sha256"], &it["bytes"]), (&then.clone().into(), &before.len().into()));
        assert_eq!((&it["read_sha256"], &it["read_bytes"]), (&now.clone().into(), &size.into()));
        assert!(it["remark"].as_str().unwrap().starts_with(text), "{it}");
        let remarks = record["coverage"]["remarks"].to_string();
        assert!(remarks.contains("1 object was changed since acquired"), "{remarks}");
        let it = of("a.log");
        assert_eq!((&it["bytes"], &it["read_bytes"]), (&42.into(), &grown.len().into()));
        assert!(it["remark"].as_str().unwrap().starts_with("grown since it was acquired"), "{it}");
        for format in ["md", "html", "ocsf"] {
            let said = bench.run(&["record", "-w", NAME, "--format", format]);
            for wanted in [text, &now, &then] {
                assert!(said.out.contains(wanted), "{format}, {wanted}: {}", said.out);
            }
        }
        read(&bench, &all);
    }
    let folder = bench.path("b");
    let said = bench.run(&["record", "-w", NAME, "--bundle", "-o", folder.to_str().unwrap()]);
    assert_eq!(said.code, 0, "{}", said.err);
    let manifest = fs::read_to_string(folder.join("manifest.json")).unwrap();
    assert!([text, &now, &then].iter().all(|it| manifest.contains(*it)), "{manifest}");
    let mut sums = Command::new("sha256sum");
    sums.args(["--check", "--strict", "--quiet", "SHA256SUMS"]).current_dir(&folder);
    assert!(sums.status().unwrap().success());

    // It is again what it was.
    bench.write("trail.json", &before);
    let said = bench.run(&["record", "-w", NAME]);
    assert!(!said.out.contains("changed since"), "{}", said.out);
    let also = format!("after it was acquired it was also read with the SHA-256 {now}");
    assert!(said.out.contains(&also), "{}", said.out);
}

/// A member behind the end of what is packed is read like the rest, and was never acquired.
#[test]
fn what_is_packed_does_not_grow() {
    let bench = Bench::with_trail();
    let packed = gzip(&trail(&three()));
    bench.write("trail.json.gz", &packed);
    let line = "2026-03-04T10:00:00Z level=info msg=hello\n";
    bench.write("a.log", line.as_bytes());
    let all = case(&bench, 1);
    read(&bench, &all);
    bench.write("trail.json.gz", &[&packed[..], &gzip(&trail(&three()))].concat());
    bench.write("a.log", format!("{line}more\n").as_bytes());
    let said = check(&bench, &["--evidence"]);
    let told = said.out.contains("\ndiffers: ") && said.out.contains("trail.json.gz: now");
    assert!(told, "{}", said.out);
    assert!(said.out.contains("a.log: 5 B follow what was acquired"), "{}", said.out);
    assert!(said.out.contains("1 the same and longer, 1 differs"), "{}", said.out);
}

/// Who looks elsewhere has not compared.
#[test]
fn evidence_that_no_source_leads_to_is_not_sound() {
    let bench = Bench::with_trail();
    let all = case(&bench, 1);
    read(&bench, &all);
    let other = bench.path("other");
    fs::create_dir(&other).unwrap();
    let file = cases(&bench).join(NAME).join("workspace.json");
    let text = fs::read_to_string(&file).unwrap();
    let other = other.display().to_string();
    fs::write(&file, text.replace(&bench.evidence(), &other)).unwrap();
    let said = check(&bench, &["--evidence"]);
    assert!(said.code == 3 && said.out.contains("1 in no source"), "{}", said.out);
}

/// The shelf is a cache: it may be deleted, and a session that finds nothing of use in it drops it.
#[test]
fn what_was_acquired_outlives_the_shelf() {
    let bench = Bench::with_trail();
    let all = case(&bench, 1);
    read(&bench, &all);
    let before = trail(&three());
    let text = String::from_utf8(before.clone()).unwrap();
    let [middle, after] = ["PutUser", "CutUser"].map(|name| text.replace("GetUser", name));
    bench.write("trail.json", middle.as_bytes());
    read(&bench, &all);
    fs::remove_dir_all(all.segments(NAME).unwrap()).unwrap();
    let [first, second, now] =
        [&before, middle.as_bytes(), after.as_bytes()].map(trailcase::case::sha256_hex);
    for (content, sha256) in [(&middle, &second), (&after, &now)] {
        bench.write("trail.json", content.as_bytes());
        let said = check(&bench, &["--evidence"]);
        assert_eq!(said.code, 1, "{}", said.out);
        let size = before.len();
        let line = format!(
            "trail.json: now {sha256} ({size} B), as acquired {first} ({size} B, entry 3 of the \
             journal); later read as {second} ({size} B, entry 6 of the journal)\n"
        );
        assert!(said.out.contains(&line), "{line}{}", said.out);
        let said = bench.run(&["record", "-w", NAME, "--format", "json"]);
        let record: serde_json::Value = serde_json::from_str(&said.out).unwrap();
        let it = &record["evidence"][0];
        assert_eq!(
            (&it["sha256"], &it["read_sha256"]),
            (&first.clone().into(), &sha256.clone().into())
        );
        let told = it["remark"].as_str().unwrap().contains(&second);
        assert!(told, "{it}");
    }
}

/// What nothing but the shelf of an earlier build knows is in the journal before the shelf drops it.
#[test]
fn a_workspace_of_an_earlier_build_hands_on_what_its_shelf_knows() {
    let bench = Bench::with_trail();
    let all = case(&bench, 1);
    let store = Arc::new(Store::new());
    let evidence = Arc::new(Evidence::new(Arc::clone(&store), Limits::default()));
    read_only(&bench, &all, store, evidence);
    let before = trail(&three());
    let after = String::from_utf8(before.clone()).unwrap().replace("GetUser", "PutUser");
    bench.write("trail.json", after.as_bytes());
    let first = trailcase::case::sha256_hex(&before);
    let told = |entry: &str| {
        let said = check(&bench, &["--evidence"]);
        assert_eq!(said.code, 1, "{}", said.out);
        let line = format!("as acquired {first} ({} B{entry})", before.len());
        assert!(said.out.contains(&line), "{line}: {}", said.out);
    };
    told("");
    read(&bench, &all);
    told(", entry 3 of the journal");
    fs::remove_dir_all(all.segments(NAME).unwrap()).unwrap();
    told(", entry 3 of the journal");
}
