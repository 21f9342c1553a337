//! Workspaces as files: what leaves arrives, what was changed on the way is refused, two people's
//! work becomes one case, and what is deleted is deleted whole or not at all.

mod refused;

use crate::bench::{Bench, Said, read};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use trailcase::case::{Action, CaseState, Opened, Settings, What, Workspaces, sha256_hex};
use trailcase::event::Timestamp;

fn cases(bench: &Bench, person: &str) -> Workspaces {
    Workspaces::new(bench.path(person))
}

/// A workspace of these sources with a note.
fn case(bench: &Bench, person: &str, sources: &[String]) -> Workspaces {
    let all = cases(bench, person);
    let made = all.create("break-in", sources.to_vec(), Settings::default(), Timestamp(0));
    let mut opened = made.unwrap();
    note(&mut opened, person, 1, add("first seen at ten"));
    all
}

fn add(text: &str) -> What {
    What::NoteAdd { note: 1, text: text.to_owned(), on: Vec::new(), alarms: Vec::new() }
}

fn edit(text: &str) -> What {
    What::NoteEdit { note: 1, text: text.to_owned() }
}

fn note(opened: &mut Opened, who: &str, second: i64, what: What) {
    let at = Timestamp((1_772_618_400 + second) * Timestamp::SECOND);
    let action = Action { at, who: who.to_owned(), host: "bastion-1".to_owned(), what };
    opened.write(&action).unwrap();
}

fn work(bench: &Bench, person: &str, arguments: &[&str]) -> Said {
    let folder = bench.path(person).display().to_string();
    let all = [&["workspace"], arguments, &["--workspace-dir", &folder]].concat();
    bench.run(&all)
}

fn state(all: &Workspaces) -> CaseState {
    all.open("break-in").unwrap().state()
}

/// Names below a folder, with what is hidden.
fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(below(&path));
        }
        found.push(path);
    }
    found.sort();
    found
}

#[test]
fn what_leaves_arrives_as_it_was() {
    let bench = Bench::with_trail();
    let alice = case(&bench, "alice", &[bench.evidence()]);
    let cache = alice.cache("break-in").unwrap();
    // While another test forks, its child holds the lock, and who opens may not make folders.
    fs::create_dir_all(&cache).unwrap();
    fs::write(cache.join("stdin-1-2.stream"), "what came through a pipe").unwrap();
    fs::write(cache.join("deep-1.zst"), "what can be read again").unwrap();
    let then = SystemTime::UNIX_EPOCH + Duration::from_secs(1_772_625_601);
    let copy = fs::File::options().append(true).open(cache.join("stdin-1-2.stream")).unwrap();
    copy.set_modified(then).unwrap();
    let said = work(&bench, "alice", &["export", "break-in", "-o", "case.tar.zst"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    let head = alice.list().unwrap()[0].head.clone().unwrap();
    assert!(said.out.contains(&format!("head     {head}")), "{}", said.out);
    let bytes = read(bench.path("case.tar.zst"));
    let hash = sha256_hex(&bytes);
    assert!(said.out.contains(&hash), "{}", said.out);

    // The same again gives the same bytes, and nothing is overwritten.
    let said = work(&bench, "alice", &["export", "break-in", "-o", "again.tar.zst"]);
    assert_eq!((said.code, read(bench.path("again.tar.zst")) == bytes), (0, true));
    let said = work(&bench, "alice", &["export", "break-in", "-o", "case.tar.zst", "--evidence"]);
    assert!(said.code == 2 && said.err.contains("is there already"), "{}", said.err);
    assert_eq!(read(bench.path("case.tar.zst")), bytes);

    let said = work(&bench, "bob", &["import", "case.tar.zst"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("sound"), "{}", said.out);
    let bob = cases(&bench, "bob");
    assert_eq!(state(&bob), state(&alice));
    assert_eq!(bob.info("break-in").unwrap().sources, [bench.evidence()]);
    let copy = bench.path("bob/break-in/cache/stdin-1-2.stream");
    assert_eq!(fs::metadata(&copy).unwrap().modified().unwrap(), then, "it gives times their year");
    assert_eq!(read(copy), b"what came through a pipe");
    assert!(!bench.path("bob/break-in/cache/deep-1.zst").exists());
    // It is here already.
    let said = work(&bench, "bob", &["import", "case.tar.zst"]);
    assert!(said.code == 0 && said.err.contains("has all of it already"), "{}", said.err);
    let said = work(&bench, "bob", &["import", "case.tar.zst", "--name", "copy"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let said = work(&bench, "bob", &["import", "case.tar.zst"]);
    assert!(said.code == 2 && said.err.contains("break-in, copy"), "{}", said.err);
    assert!(
        below(&bench.path("bob")).iter().all(|path| !path.to_str().unwrap().contains("/.trail"))
    );
}

#[test]
fn the_list_of_evidence_goes_along_and_the_evidence_if_asked() {
    let bench = Bench::with_trail();
    bench.write("deep/er/line\nfeed.log", b"one\n");
    case(&bench, "alice", &[bench.evidence(), bench.path("nothing").display().to_string()]);
    let said = work(&bench, "alice", &["export", "break-in", "--manifest", "-o", "m.tar.zst"]);
    assert!(said.code == 3 && said.err.contains("nothing: no such file"), "{}", said.err);
    assert!(said.out.contains("evidence 3 objects listed"), "{}", said.out);
    let said = work(&bench, "alice", &["export", "break-in", "--evidence", "-o", "e.tar.zst"]);
    assert_eq!(said.code, 3, "{}", said.err);

    // Who has no trailcase has tar and sha256sum.
    let inside = bench.path("inside");
    fs::create_dir(&inside).unwrap();
    let tar = zstd::Decoder::new(fs::File::open(bench.path("e.tar.zst")).unwrap()).unwrap();
    tar::Archive::new(tar).unpack(&inside).unwrap();
    let checked = std::process::Command::new("sha256sum")
        .args(["--check", "--strict", "--quiet", "SHA256SUMS"])
        .current_dir(&inside)
        .output()
        .unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    let manifest: serde_json::Value =
        serde_json::from_slice(&read(inside.join("manifest.json"))).unwrap();
    let objects = manifest["objects"].as_array().unwrap();
    assert_eq!(objects.len(), 3);
    for object in objects.iter().filter(|object| object["left"].is_null()) {
        let bytes = read(inside.join(object["member"].as_str().unwrap()));
        let hash = sha256_hex(&bytes);
        assert_eq!(
            (object["sha256"].as_str(), object["bytes"].as_u64()),
            (Some(&*hash), Some(bytes.len() as u64))
        );
    }
    assert_eq!(fs::read_to_string(inside.join("SHA256SUMS")).unwrap().lines().count(), 5);

    // Elsewhere the evidence is not where it was.
    fs::rename(bench.path("evidence"), bench.path("gone")).unwrap();
    let said = work(&bench, "bob", &["import", "e.tar.zst"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let folder = bench.path("bob").display().to_string();
    let said = bench.run(&[
        "query",
        "-w",
        "break-in",
        "--workspace-dir",
        &folder,
        "event:CreateUser",
        "--count",
    ]);
    assert_eq!((said.out.as_str(), said.code), ("1\n", 3), "{}", said.err);
    let said = work(&bench, "bob", &["show", "break-in"]);
    assert!(said.out.contains("evidence "), "{}", said.out);
    let said = work(&bench, "carol", &["import", "m.tar.zst"]);
    assert_eq!(said.code, 0, "{}", said.err);
}

#[test]
fn sources_that_overlap_travel_once() {
    let bench = Bench::new();
    let file = bench.write("logs/auth.log", b"one");
    let logs = bench.evidence();
    case(&bench, "alice", &[logs.clone(), file, format!("{logs}/")]);
    let said = work(&bench, "alice", &["export", "break-in", "--evidence", "-o", "all.tar.zst"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert!(said.out.contains("evidence 1 object listed"), "{}", said.out);
    let file = bench.path("all.tar.zst").display().to_string();
    let said = work(&bench, "bob", &["import", &file]);
    assert_eq!(said.code, 0, "{}", said.err);
    let there = cases(&bench, "bob").info("break-in").unwrap().sources;
    assert_eq!(there.len(), 3);
    assert!(there.iter().all(|source| Path::new(source).exists()), "{there:?}");
}

#[test]
fn a_journal_that_ends_in_no_hash_is_exported_all_the_same() {
    let bench = Bench::with_trail();
    let alice = case(&bench, "alice", &[bench.evidence()]);
    let journal = alice.dir.join("break-in/journal.jsonl");
    let mut text = fs::read(&journal).unwrap();
    let end = text.len() - 3;
    text[end - 64..end].copy_from_slice(format!("/{}/", "é".repeat(31)).as_bytes());
    fs::write(&journal, text).unwrap();
    let said = work(&bench, "alice", &["export", "break-in"]);
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(said.out.contains("unreadable: "), "{}", said.out);
}

#[test]
fn two_peoples_work_becomes_one_case() {
    let bench = Bench::with_trail();
    let alice = case(&bench, "alice", &[bench.evidence()]);
    work(&bench, "alice", &["export", "break-in", "-o", "1.tar.zst"]);
    work(&bench, "bob", &["import", "1.tar.zst"]);
    let bob = cases(&bench, "bob");
    note(&mut alice.open("break-in").unwrap(), "alice", 5, edit("seen at nine"));
    let mut theirs = bob.open("break-in").unwrap();
    note(&mut theirs, "bob", 6, edit("seen at eight"));
    note(
        &mut theirs,
        "bob",
        7,
        What::NoteAdd { note: 2, text: "from bob".to_owned(), on: Vec::new(), alarms: Vec::new() },
    );
    drop(theirs);
    work(&bench, "bob", &["export", "break-in", "-o", "2.tar.zst"]);

    let said = work(&bench, "alice", &["import", "2.tar.zst"]);
    assert!(said.code == 0 && said.err.contains("a colleague's chain more"), "{}", said.err);
    assert!(said.err.contains("1 conflicts"), "{}", said.err);
    let said = work(&bench, "alice", &["show", "break-in"]);
    for part in ["conflict note 1", "here: seen at nine", "chain: seen at eight", "  chain_add "] {
        assert!(said.out.contains(part), "{part}: {}", said.out);
    }
    let notes = |all: &Workspaces| -> Vec<(usize, String)> {
        let state = state(all);
        state.work().notes().values().map(|note| (note.chain, note.text.clone())).collect()
    };
    let both = [(0, "seen at eight".to_owned()), (1, "from bob".to_owned())];
    assert_eq!(notes(&alice), both);

    // A newer export of the same chain takes the place of the older.
    note(&mut bob.open("break-in").unwrap(), "bob", 9, edit("seen at seven"));
    work(&bench, "bob", &["export", "break-in", "-o", "3.tar.zst"]);
    assert_eq!(work(&bench, "alice", &["import", "3.tar.zst"]).code, 0);
    assert_eq!(fs::read_dir(bench.path("alice/break-in/chains")).unwrap().count(), 1);
    assert_eq!(notes(&alice)[0].1, "seen at seven");
    let said = work(&bench, "alice", &["import", "2.tar.zst"]);
    assert!(said.err.contains("has all of it already"), "{}", said.err);

    // Who has seen both settles it.
    note(&mut alice.open("break-in").unwrap(), "alice", 20, edit("seen at seven, says bob"));
    assert_eq!(state(&alice).conflicts(), []);

    // What goes on from there has all of it, whoever looks.
    work(&bench, "alice", &["export", "break-in", "-o", "4.tar.zst"]);
    work(&bench, "carol", &["import", "4.tar.zst"]);
    assert_eq!(notes(&cases(&bench, "carol")), notes(&alice));
    assert_eq!(work(&bench, "bob", &["import", "4.tar.zst"]).code, 0);
    let texts = |all: &Workspaces| {
        let mut texts: Vec<String> = notes(all).into_iter().map(|(_, text)| text).collect();
        texts.sort();
        texts
    };
    assert_eq!(texts(&bob), texts(&alice));
    assert_eq!(work(&bench, "bob", &["check", "break-in"]).code, 0);

    // A chain that was changed is told, and what is ours stays open for work.
    let chain = &below(&bench.path("alice/break-in/chains"))[0];
    let text = fs::read_to_string(chain).unwrap().replace("from bob", "from eve");
    fs::write(chain, text).unwrap();
    let said = work(&bench, "alice", &["check", "break-in"]);
    assert!(
        said.code == 1 && said.out.contains("DAMAGED") && said.out.contains("hash: chains/"),
        "{}",
        said.out
    );
}

#[test]
fn a_chain_that_was_written_elsewhere_can_stand_beside_ours() {
    let bench = Bench::with_trail();
    case(&bench, "alice", &[bench.evidence()]);
    case(&bench, "bob", &["/elsewhere".to_owned()]);
    work(&bench, "bob", &["export", "break-in", "-o", "bob.tar.zst"]);
    let said = work(&bench, "alice", &["import", "bob.tar.zst"]);
    assert!(said.code == 2 && said.err.contains("is another case"), "{}", said.err);
    let said = work(&bench, "alice", &["import", "bob.tar.zst", "--into", "break-in"]);
    assert!(said.code == 0 && said.err.contains("/elsewhere"), "{}", said.err);
    assert_eq!(state(&cases(&bench, "alice")).work().notes().len(), 2);
    assert_eq!(work(&bench, "alice", &["check", "break-in"]).code, 0);
    let held = cases(&bench, "alice").open("break-in").unwrap();
    let said = work(&bench, "alice", &["import", "bob.tar.zst", "--into", "break-in"]);
    assert!(said.code == 2 && said.err.contains("writes to it"), "{}", said.err);
    drop(held);
}

#[test]
fn a_check_reads_the_copies_of_what_cannot_be_read_again() {
    let bench = Bench::with_trail();
    let alice = case(&bench, "alice", &[bench.evidence()]);
    let said = work(&bench, "alice", &["check", "break-in"]);
    assert!(said.code == 0 && !said.out.contains("copy "), "{}", said.out);
    let cache = alice.cache("break-in").unwrap();
    fs::create_dir_all(&cache).unwrap();
    // As the first version wrote them, and one whose end is lost.
    fs::write(cache.join("stdin-1-2.stream"), "what came through a pipe").unwrap();
    let said = work(&bench, "alice", &["check", "break-in"]);
    assert_eq!(said.code, 0, "{}", said.out);
    let line = "copy     cache/stdin-1-2.stream  24 B  of an older version; no hash\n";
    assert!(said.out.contains(line) && said.out.contains("\nsound\n"), "{}", said.out);
    fs::write(cache.join("pipe-1-2.zst"), "no copy at all").unwrap();
    let said = work(&bench, "alice", &["check", "break-in"]);
    assert_eq!(said.code, 1, "{}", said.out);
    assert!(said.out.contains("\nDAMAGED\n"), "{}", said.out);
    assert!(said.out.contains("copy: cache/pipe-1-2.zst: what follows its first"), "{}", said.out);

    case(&bench, "carol", &["-".to_owned()]);
    let said = work(&bench, "carol", &["check", "break-in"]);
    assert!(said.code == 3 && said.out.contains("copy     none of - :"), "{}", said.out);
}

#[test]
fn what_is_held_or_in_use_is_not_deleted() {
    let bench = Bench::with_trail();
    let alice = case(&bench, "alice", &[bench.evidence()]);
    let said = work(&bench, "alice", &["delete", "break-in"]);
    assert!(said.code == 2 && said.err.contains("--yes"), "{}", said.err);
    let open = alice.open("break-in").unwrap();
    for arguments in [&["delete", "break-in", "--yes"][..], &["hold", "break-in", "--reason", "x"]]
    {
        let said = work(&bench, "alice", arguments);
        assert!(said.code == 2 && said.err.contains("writes to it"), "{}", said.err);
    }
    drop(open);
    assert_eq!(work(&bench, "alice", &["hold", "break-in", "--reason", " "]).code, 2);
    assert_eq!(work(&bench, "alice", &["release", "break-in", "--reason", "x"]).code, 2);
    assert_eq!(work(&bench, "alice", &["hold", "break-in", "--reason", "claim 7"]).code, 0);
    assert_eq!(work(&bench, "alice", &["hold", "break-in", "--reason", "again"]).code, 2);
    assert!(work(&bench, "alice", &["list"]).out.contains("legal hold"));
    assert!(work(&bench, "alice", &["show", "break-in"]).out.contains(": claim 7"));
    let said = work(&bench, "alice", &["delete", "break-in", "--yes"]);
    assert!(said.code == 2 && said.err.contains("legal hold (claim 7"), "{}", said.err);
    assert_eq!(work(&bench, "alice", &["release", "break-in", "--reason", "settled"]).code, 0);

    // What a deletion or an import that was killed left is no workspace, and goes with the next.
    fs::create_dir(bench.path("alice/.trailcase-dead")).unwrap();
    assert_eq!(work(&bench, "alice", &["list"]).lines().len(), 1);
    let said = work(&bench, "alice", &["delete", "break-in", "--yes"]);
    assert!(
        said.code == 0 && said.err.contains("removed the workspace break-in: "),
        "{}",
        said.err
    );
    assert_eq!(below(&bench.path("alice")), [] as [PathBuf; 0]);
    assert!(bench.path("evidence/trail.json").exists());
    for name in ["break-in", "../evidence"] {
        assert_eq!(work(&bench, "alice", &["delete", name, "--yes"]).code, 2);
    }
}

#[test]
fn a_workspace_is_made_without_a_screen() {
    let bench = Bench::with_trail();
    let create = |arguments: &[&str]| {
        bench.run(&[&["--workspace-dir", "cases", "workspace", "create"], arguments].concat())
    };
    assert_eq!(create(&["made", "evidence", "evidence"]).code, 0);
    let all = Workspaces::new(bench.path("cases"));
    assert_eq!(all.info("made").unwrap().sources, [bench.evidence()]);
    for (arguments, why) in [
        (&["made"][..], "exists already"),
        (&["other", "nothing"], "no such file or folder"),
        (&["other", "-"], "standard input"),
        (&["../other"], "name"),
    ] {
        let said = create(arguments);
        assert!(said.code == 2 && said.err.contains(why), "{arguments:?}: {}", said.err);
    }
    assert_eq!(all.list().unwrap().len(), 1);
}

#[test]
fn sources_come_and_go() {
    let bench = Bench::with_trail();
    let more = bench.write("../more/b.json", &read(bench.path("evidence/trail.json")));
    let alice = case(&bench, "alice", &[bench.evidence()]);
    let sources = || alice.info("break-in").unwrap().sources;
    assert_eq!(work(&bench, "alice", &["add-source", "break-in", "more", "evidence"]).code, 0);
    let folder = bench.path("more").display().to_string();
    assert_eq!(sources(), [bench.evidence(), folder.clone()]);
    assert_eq!(work(&bench, "alice", &["add-source", "break-in", "nothing"]).code, 2);
    assert_eq!(work(&bench, "alice", &["add-source", "break-in", "-"]).code, 2);
    let said = work(&bench, "alice", &["remove-source", "break-in", &more]);
    assert!(said.code == 2 && said.err.contains(&folder), "{}", said.err);
    assert_eq!(
        work(&bench, "alice", &["remove-source", "break-in", "evidence", &bench.evidence()]).code,
        0
    );
    assert_eq!(sources().join(" "), folder);
    assert_eq!(work(&bench, "alice", &["remove-source", "break-in", &folder]).code, 0);
    let kinds = ["source_add", "source_remove", "source_remove"];
    let opened = alice.open("break-in").unwrap();
    let wrote: Vec<&str> = opened.own.entries.iter().map(|entry| entry.what.kind()).collect();
    assert_eq!(wrote[1..], kinds);
    let said = work(&bench, "alice", &["add-source", "break-in", "more"]);
    assert!(said.code == 2 && said.err.contains("writes to it"), "{}", said.err);
}
