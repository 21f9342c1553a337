//! Workspaces on a real disk: made, opened, torn, damaged, shared, and of the first version.

use super::*;
use crate::case::{
    Action, CaseState, Draft, Entry, Exhibit, FindingKind, JournalError, What, check, sample,
    sha256_hex,
};
use std::fs::File;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use tempfile::TempDir;

fn fresh() -> (TempDir, Workspaces, Opened) {
    let dir = tempfile::tempdir().unwrap();
    let all = Workspaces::new(dir.path().join("data/workspaces"));
    let sources = vec!["/evidence".to_owned()];
    let opened = all.create("case-1", sources, Settings::default(), sample::at(0)).unwrap();
    (dir, all, opened)
}

fn act(opened: &mut Opened, what: What) -> Arc<Entry> {
    let step = opened.journal.as_ref().map_or(0, Journal::next_seq);
    opened.journal.as_mut().unwrap().append(&sample::action(step, what)).unwrap()
}

fn fill(opened: &mut Opened) -> Vec<Arc<Entry>> {
    // The keys and the list that the sample names.
    opened.workspace.keep_public_keys(b"{}").unwrap();
    let lists = opened.workspace.path().join("acquired");
    files::make_folder(&lists).unwrap();
    files::replace(&lists.join(format!("{}.jsonl", sha256_hex(b""))), b"").unwrap();
    sample::one_of_each().into_iter().map(|what| act(opened, what)).collect()
}

#[test]
fn what_was_written_is_there_again() {
    let (_dir, all, mut opened) = fresh();
    assert_eq!(opened.workspace.mode(), &Mode::Writer);
    let wrote = fill(&mut opened);
    let journal = opened.journal.as_mut().unwrap();
    journal.sync().unwrap();
    let head = journal.head().to_owned();
    drop(opened);
    let mut again = all.open("case-1").unwrap();
    assert_eq!((&again.own.entries, &again.own.head, again.findings.len()), (&wrote, &head, 0));
    assert_eq!(act(&mut again, What::SessionEnd).seq, wrote.len() as u64 + 1);
    drop(again);
    assert_eq!(all.open("case-1").unwrap().own.entries.len(), wrote.len() + 1);
    assert_eq!(CaseState::fold(wrote.clone()).entries(), wrote);
}

#[test]
fn files_beside_the_journal_hide_and_reorder_nothing_either() {
    let dir = tempfile::tempdir().unwrap();
    let all = Workspaces::new(dir.path());
    let text = "a\u{9b}31m\u{202e}b\u{200b}c\u{7f}";
    let opened =
        all.create("case-1", vec![text.to_owned()], Settings::default(), sample::at(0)).unwrap();
    opened.workspace.save_view(&text).unwrap();
    opened.workspace.save_draft(&Draft { text: text.to_owned(), ..Draft::default() }).unwrap();
    let mut spelled = 0;
    for entry in fs::read_dir(dir.path().join("case-1")).unwrap().flatten() {
        let written = fs::read_to_string(entry.path()).unwrap();
        assert!(
            !written.lines().any(|line| crate::shown::has_hazard(line.as_bytes())),
            "{written}"
        );
        spelled += usize::from(written.contains(r"a\u009b31m\u202eb\u200bc\u007f"));
    }
    assert_eq!(spelled, 3);
    assert_eq!(opened.workspace.load_view::<String>().unwrap().as_deref(), Some(text));
    assert_eq!(opened.workspace.load_draft().unwrap().unwrap().text, text);
    drop(opened);
    assert_eq!(all.open("case-1").unwrap().workspace.info().sources, [text]);
}

#[test]
fn the_second_to_open_only_reads() {
    let (_dir, all, mut first) = fresh();
    let second = all.open("case-1").unwrap();
    let Mode::Held(holder) = second.workspace.mode() else { panic!("two writers") };
    assert_eq!(holder.pid, i32::try_from(std::process::id()).ok());
    assert!(second.journal.is_none());
    assert!(second.workspace.save_view(&1).is_err());
    assert!(second.workspace.clear_draft().is_err());
    assert_eq!(all.list().unwrap()[0].holder.as_ref(), Some(holder));
    act(&mut first, What::SessionEnd);
    assert_eq!(all.open("case-1").unwrap().own.entries.len(), 1);
    drop(first);
    assert_eq!(all.open("case-1").unwrap().workspace.mode(), &Mode::Writer);
    assert_eq!(all.list().unwrap()[0].holder, None);
}

#[test]
fn a_torn_line_is_set_aside_and_the_work_goes_on() {
    let (_dir, all, mut opened) = fresh();
    let wrote = fill(&mut opened);
    drop(opened);
    let folder = all.dir.join("case-1");
    for number in 1..3 {
        let mut file = File::options().append(true).open(folder.join(journal::FILE)).unwrap();
        file.write_all(b"{\"seq\":20,\"at\":\"20").unwrap();
        let opened = all.open("case-1").unwrap();
        assert_eq!(opened.workspace.mode(), &Mode::Writer);
        assert_eq!(opened.own.entries, wrote);
        assert_eq!(opened.findings[0].kind, FindingKind::Torn);
        let name = format!("journal.torn-{number}");
        assert!(opened.findings[0].to_string().ends_with(&name), "{}", opened.findings[0]);
        assert_eq!(fs::read(folder.join(name)).unwrap(), b"{\"seq\":20,\"at\":\"20");
    }
    let report = check(&folder).unwrap();
    assert!(report.is_sound());
    assert_eq!(report.findings.len(), 2);
    assert!(report.findings.iter().all(|finding| finding.kind == FindingKind::SetAside));
}

#[test]
fn an_entry_without_its_line_feed_is_kept() {
    let (_dir, all, mut opened) = fresh();
    let mut wrote = fill(&mut opened);
    drop(opened);
    let path = all.dir.join("case-1").join(journal::FILE);
    let file = File::options().write(true).open(&path).unwrap();
    file.set_len(file.metadata().unwrap().len() - 1).unwrap();
    let mut opened = all.open("case-1").unwrap();
    assert_eq!(opened.own.entries, wrote);
    wrote.push(act(&mut opened, What::SessionEnd));
    drop(opened);
    let again = all.open("case-1").unwrap();
    assert_eq!((again.own.entries, again.findings), (wrote, Vec::new()));
}

#[test]
fn a_damaged_journal_opens_for_reading_and_stays_as_it_is() {
    let (_dir, all, mut opened) = fresh();
    let wrote = fill(&mut opened);
    drop(opened);
    let path = all.dir.join("case-1").join(journal::FILE);
    let text = fs::read_to_string(&path).unwrap();
    let changed = text.replacen("alice", "mally", 1) + "{\"torn";
    fs::write(&path, &changed).unwrap();
    let opened = all.open("case-1").unwrap();
    assert_eq!(opened.workspace.mode(), &Mode::Damaged);
    assert!(opened.journal.is_none());
    assert_eq!(opened.own.entries.len(), wrote.len());
    assert_eq!((opened.findings[0].kind, opened.findings[0].seq), (FindingKind::Hash, Some(1)));
    assert_eq!(fs::read_to_string(&path).unwrap(), changed);
    let report = check(&all.dir.join("case-1")).unwrap();
    assert!(!report.is_sound());
    assert_eq!(report.entries, wrote.len());
    fs::remove_file(&path).unwrap();
    let opened = all.open("case-1").unwrap();
    assert_eq!(opened.findings[0].kind, FindingKind::Missing);
    assert_eq!(opened.workspace.mode(), &Mode::Damaged);
}

#[test]
fn a_journal_that_others_wrote_to_takes_no_more() {
    let (_dir, all, mut opened) = fresh();
    act(&mut opened, What::SessionEnd);
    let path = all.dir.join("case-1").join(journal::FILE);
    File::options().append(true).open(path).unwrap().write_all(b"x").unwrap();
    let action = Action { at: sample::at(9), ..sample::action(1, What::SessionEnd) };
    let error = opened.journal.as_mut().unwrap().append(&action).unwrap_err();
    assert!(matches!(error, JournalError::Changed { .. }), "{error}");
    assert_eq!(opened.journal.unwrap().next_seq(), 2);
}

#[test]
fn everything_is_private() {
    let (_dir, all, mut opened) = fresh();
    fill(&mut opened);
    let workspace = &opened.workspace;
    workspace.save_view(&"timeline").unwrap();
    workspace.save_draft(&Draft::default()).unwrap();
    assert!(workspace.cache().unwrap().is_dir());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&all.dir), 0o700);
    assert_eq!(mode(workspace.path()), 0o700);
    for found in fs::read_dir(workspace.path()).unwrap() {
        let path = found.unwrap().path();
        let expected = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode(&path), expected, "{}", path.display());
    }
    assert_eq!(check(workspace.path()).unwrap().findings, []);
    let open = fs::Permissions::from_mode(0o644);
    fs::set_permissions(workspace.path().join(journal::FILE), open).unwrap();
    let report = check(workspace.path()).unwrap();
    assert_eq!(report.findings[0].kind, FindingKind::Permissions);
    assert!(report.is_sound());
}

#[test]
fn views_and_drafts_come_back_and_damaged_ones_are_told() {
    let (_dir, _all, opened) = fresh();
    let workspace = opened.workspace;
    assert_eq!(workspace.load_view::<Vec<u8>>().unwrap(), None);
    workspace.save_view(&vec![1u8, 2]).unwrap();
    assert_eq!(workspace.load_view().unwrap(), Some(vec![1u8, 2]));
    fs::write(workspace.path().join("view.json"), "[1,").unwrap();
    let error = workspace.load_view::<Vec<u8>>().unwrap_err().to_string();
    assert!(error.contains("view.json") && error.contains("damaged"), "{error}");
    let draft = Draft {
        text: "half a sen".to_owned(),
        note: Some(3),
        on: sample::on(&[1]),
        ..Draft::default()
    };
    workspace.save_draft(&draft).unwrap();
    assert_eq!(workspace.load_draft().unwrap(), Some(draft));
    workspace.clear_draft().unwrap();
    workspace.clear_draft().unwrap();
    assert_eq!(workspace.load_draft().unwrap(), None);
}

#[test]
fn names_are_checked_suggested_and_taken_once() {
    let (_dir, all, opened) = fresh();
    let long = "x".repeat(65);
    for name in ["", ".", "..", ".hidden", "a/b", "a b", "é", "a\n", long.as_str()] {
        assert!(matches!(all.open(name), Err(CaseError::Name(_))), "{name:?}");
        let made = all.create(name, Vec::new(), Settings::default(), sample::at(0));
        assert!(matches!(made, Err(CaseError::Name(_))), "{name:?}");
    }
    let made = all.create("case-1", Vec::new(), Settings::default(), sample::at(0));
    assert!(matches!(made, Err(CaseError::Exists(_))));
    assert!(matches!(all.open("other"), Err(CaseError::NoWorkspace { .. })));
    let name = all.suggest_name(sample::at(0));
    assert_eq!(name, "case-2026-03-04");
    let second = all.create(&name, Vec::new(), Settings::default(), sample::at(0)).unwrap();
    assert_ne!(second.workspace.info().id, opened.workspace.info().id);
    assert_eq!(all.suggest_name(sample::at(0)), "case-2026-03-04-2");
}

#[test]
fn the_list_tells_of_each_also_of_broken_ones() {
    let (_dir, all, mut opened) = fresh();
    fill(&mut opened);
    files::make_new_folder(&all.dir.join("broken")).unwrap();
    fs::write(all.dir.join("a-file"), "").unwrap();
    let list = all.list().unwrap();
    let names: Vec<_> = list.iter().map(|summary| summary.name.as_str()).collect();
    assert_eq!(names, ["broken", "case-1"]);
    assert!(list[0].problem.as_ref().unwrap().contains("workspace.json"));
    let whole = &list[1];
    assert_eq!((whole.problem.as_ref(), whole.created), (None, Some(sample::at(0))));
    assert_eq!(whole.entries, sample::one_of_each().len() as u64);
    assert_eq!(whole.head.as_deref(), opened.journal.unwrap().head().get(..12));
    assert_eq!(whole.sources, ["/evidence"]);
    assert!(whole.changed.is_some());
    assert_eq!(Workspaces::new(all.dir.join("none")).list().unwrap(), []);
}

#[test]
fn settings_change_and_what_a_newer_version_wrote_stays() {
    let (_dir, all, opened) = fresh();
    let path = opened.workspace.path().join(workspace::FILE);
    drop(opened);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen('{', "{\"later\": [1],", 1)).unwrap();
    let mut opened = all.open("case-1").unwrap();
    let settings = Settings { zone: Some("+01:00".to_owned()), ..Settings::default() };
    opened.workspace.set_info(vec!["/b".to_owned()], settings).unwrap();
    drop(opened);
    let info = all.open("case-1").unwrap().workspace.info().clone();
    assert_eq!(info.settings.zone.as_deref(), Some("+01:00"));
    assert_eq!((info.sources, info.other["later"][0].as_u64()), (vec!["/b".to_owned()], Some(1)));

    fs::write(&path, text.replacen("\"format\": 1", "\"format\": 2", 1)).unwrap();
    assert!(matches!(all.open("case-1"), Err(CaseError::Newer { found: 2, .. })));
    fs::write(&path, "{").unwrap();
    assert!(matches!(all.open("case-1"), Err(CaseError::Info { .. })));
    assert_eq!(check(path.parent().unwrap()).unwrap().findings[0].kind, FindingKind::Info);
}

/// Never to be changed: what this says was written by the first version must open for ever.
#[test]
fn the_first_version_opens_for_ever() {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/workspace-v1");
    let dir = tempfile::tempdir().unwrap();
    let all = Workspaces::new(dir.path());
    let to = all.dir.join("sample");
    files::make_new_folder(&to).unwrap();
    for name in [workspace::FILE, journal::FILE] {
        fs::write(to.join(name), fs::read(from.join(name)).unwrap()).unwrap();
    }
    let opened = all.open("sample").unwrap();
    assert_eq!((opened.workspace.mode(), opened.findings.as_slice()), (&Mode::Writer, &[][..]));
    let info = opened.workspace.info();
    assert_eq!((info.format, info.id.as_str()), (1, sample::ID));
    assert_eq!(info.settings.zone.as_deref(), Some("+01:00"));

    let state = opened.state();
    assert_eq!(state.entries().len(), 19);
    assert_eq!(opened.own.head, "9dd1d44f03af294efb19b4fea73b278d3aee69a7b993c7db98d5a239a54f8626");
    let work = state.work();
    assert_eq!(work.notes()[&(0, 1)].text, "First seen here");
    assert_eq!(work.notes()[&(0, 1)].created, sample::at(6));
    assert_eq!(work.notes().len(), 1);
    assert_eq!(work.tags().into_iter().collect::<Vec<_>>(), [("exfil", 1)]);
    assert_eq!(work.sources(), ["/evidence"]);
    let marked: Vec<&Exhibit> = work.marked().map(|marked| marked.exhibit.as_ref()).collect();
    assert_eq!(marked.len(), 3);
    assert!(marked.iter().all(|exhibit| exhibit.is_intact()));
    assert_eq!(marked[2].raw.0, [0xff, 0x00, 0x80, b'"', b'\n']);
    assert_eq!(marked[0].sha256, Some(sha256_hex(b"trail")));
}

#[test]
fn a_record_that_was_hashed_otherwise_is_told() {
    let (_dir, all, mut opened) = fresh();
    let forged = Exhibit { record_sha256: sha256_hex(b"another"), ..sample::exhibit(1) };
    act(&mut opened, What::BookmarkAdd { on: vec![Arc::new(forged)] });
    drop(opened);
    let report = check(&all.dir.join("case-1")).unwrap();
    assert_eq!(report.findings.len(), 1, "the chain itself is whole");
    assert_eq!(report.findings[0].kind, FindingKind::Exhibit);
    assert!(!report.is_sound());
}

#[test]
fn public_keys_are_what_was_named_or_told() {
    let (_dir, workspaces, mut opened) = fresh();
    let path = opened.workspace.keep_public_keys(b"keys").unwrap();
    let (file, sha256) = ("/cases/keys.json".to_owned(), sha256_hex(b"keys"));
    act(&mut opened, What::KeysAdd { file, sha256, keys: 1 });
    fs::write(path.with_file_name("rest.json.new"), "left by a kill").unwrap();
    let found = || {
        let report = check(&workspaces.dir.join("case-1")).unwrap();
        let found = report.findings.iter().map(|one| (one.kind, one.kind.is_damage()));
        found.collect::<Vec<_>>()
    };
    assert_eq!(found(), []);
    fs::write(&path, "other keys").unwrap();
    assert_eq!(found(), [(FindingKind::PublicKeys, true), (FindingKind::NoPublicKeys, false)]);
    fs::remove_file(&path).unwrap();
    assert_eq!(found(), [(FindingKind::NoPublicKeys, false)]);
    // What cannot be read costs no other finding.
    fs::create_dir(&path).unwrap();
    assert_eq!(found(), [(FindingKind::PublicKeys, true), (FindingKind::NoPublicKeys, false)]);
    fs::remove_dir(&path).unwrap();
    fs::write(path.with_file_name("mine.json"), "{}").unwrap();
    assert_eq!(found()[0], (FindingKind::PublicKeys, true));
}
