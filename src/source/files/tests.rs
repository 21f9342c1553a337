//! Folders made for the purpose: order, links, special files, permissions, vanishing.

use super::*;
use crate::event::State;
use proptest::prelude::*;
use std::ffi::OsStr;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use tempfile::TempDir;

fn list(files: &Files) -> Vec<Listed> {
    let mut all = Vec::new();
    files.list(&Cancel::new(), &mut |listed| {
        all.push(listed);
        ControlFlow::Continue(())
    });
    all
}

fn source(folder: &TempDir) -> Files {
    Files::new(folder.path().to_str().unwrap()).unwrap()
}

/// Keys, with the reason behind those that are left.
fn keys(files: &Files) -> Vec<String> {
    let name = |listed| match listed {
        Listed::Item(item) => item.key.to_string(),
        Listed::Left { key, reason, .. } => format!("{key} {}", reason.kind),
    };
    list(files).into_iter().map(name).collect()
}

fn write(folder: &TempDir, key: &str) {
    let path = folder.path().join(key);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, key).unwrap();
}

fn items(files: &Files) -> Vec<Item> {
    let item = |listed| match listed {
        Listed::Item(item) => Some(item),
        Listed::Left { .. } => None,
    };
    list(files).into_iter().filter_map(item).collect()
}

#[test]
fn keys_come_in_byte_order_and_paths_join_with_one_slash() {
    let folder = TempDir::new().unwrap();
    for key in ["a/b", "a.log", "a-1", "a/b.c/d", "a0", "B"] {
        write(&folder, key);
    }
    let expected = ["B", "a-1", "a.log", "a/b", "a/b.c/d", "a0"];
    assert_eq!(keys(&source(&folder)), expected);
    let argument = format!("{}/", folder.path().display());
    let item = items(&Files::new(&argument).unwrap()).swap_remove(3);
    assert_eq!(*item.path, format!("{argument}a/b"));
    assert_eq!(item.bytes, Some(3));
    let Ok(Input::File(mut file)) = source(&folder).open(&item, &Cancel::new()) else {
        panic!("no file")
    };
    let mut text = String::new();
    file.read_to_string(&mut text).unwrap();
    assert_eq!(text, "a/b");
}

#[test]
fn a_file_is_a_source_of_one() {
    let folder = TempDir::new().unwrap();
    write(&folder, "a.log");
    let argument = format!("{}/a.log", folder.path().display());
    let items = items(&Files::new(&argument).unwrap());
    assert_eq!(items.len(), 1);
    assert_eq!((&*items[0].path, &*items[0].key), (argument.as_str(), "a.log"));
}

#[test]
fn links_are_followed_inside_once_and_never_outside() {
    let folder = TempDir::new().unwrap();
    let outside = TempDir::new().unwrap();
    write(&outside, "secret");
    write(&folder, "real/one");
    let link = |to: &Path, key: &str| symlink(to, folder.path().join(key)).unwrap();
    link(&outside.path().join("secret"), "out-file");
    link(outside.path(), "out-folder");
    link(Path::new("real/one"), "in-file");
    link(Path::new("real"), "in-folder");
    link(Path::new("real"), "in-folder-2");
    link(Path::new(".."), "real/up");
    link(Path::new("nowhere"), "dangling");
    link(Path::new("self"), "self");
    let expected = [
        "dangling symlink",
        "in-file",
        "in-folder-2/one",
        "in-folder-2/up/ symlink",
        "in-folder/ symlink",
        "out-file symlink",
        "out-folder symlink",
        "real/one",
        "real/up/ symlink",
        "self symlink",
    ];
    assert_eq!(keys(&source(&folder)), expected);
    // What is told of a link later is told of the file, too.
    let files = source(&folder);
    let linked = items(&files).remove(0);
    assert_eq!(files.refresh(&linked), Some(linked));
    let root = folder.path().join("root");
    fs::create_dir(&root).unwrap();
    link(&root, "root-link");
    fs::write(root.join("x"), "x").unwrap();
    let linked = Files::new(folder.path().join("root-link").to_str().unwrap()).unwrap();
    assert_eq!(keys(&linked), ["x"]);
}

#[test]
fn special_files_are_left_but_a_pipe_argument_is_a_stream() {
    let folder = TempDir::new().unwrap();
    let pipe = folder.path().join("pipe");
    let mode = Mode::RUSR | Mode::WUSR;
    rustix::fs::mknodat(CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
    assert_eq!(keys(&source(&folder)), ["pipe special_file"]);
    let files = Files::new(pipe.to_str().unwrap()).unwrap();
    assert!(matches!(items(&files)[0].locator, Locator::Pipe(_)));
    let null = Files::new("/dev/null").unwrap();
    assert!(matches!(null.open(&items(&null)[0], &Cancel::new()), Ok(Input::Stream(_))));
}

#[test]
fn names_that_are_no_text_are_spelled_and_still_open() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join(OsStr::from_bytes(b"a\xff.log")), "x").unwrap();
    let files = source(&folder);
    let item = items(&files).remove(0);
    assert_eq!(&*item.key, "a\\xff.log");
    assert!(files.open(&item, &Cancel::new()).is_ok());
}

#[test]
fn what_changes_after_listing_is_said() {
    let folder = TempDir::new().unwrap();
    let outside = TempDir::new().unwrap();
    write(&outside, "secret");
    for key in ["gone", "swapped", "piped"] {
        write(&folder, key);
    }
    let files = source(&folder);
    let listed = items(&files);
    for item in &listed {
        fs::remove_file(folder.path().join(&*item.key)).unwrap();
    }
    symlink(outside.path().join("secret"), folder.path().join("swapped")).unwrap();
    fs::create_dir(folder.path().join("piped")).unwrap();
    let kinds =
        listed.iter().map(|item| files.open(item, &Cancel::new()).err().map(|reason| reason.kind));
    let expected = [ReasonKind::Vanished, ReasonKind::Special, ReasonKind::Symlink].map(Some);
    assert_eq!(kinds.collect::<Vec<_>>(), expected);
    fs::remove_dir_all(folder.path()).unwrap();
    let left = list(&files);
    assert!(
        matches!(&left[..], [Listed::Left { state: State::Failed, reason, key, .. }]
            if reason.kind == ReasonKind::NotFound && key.is_empty()),
        "{left:?}"
    );
}

#[test]
fn what_may_not_be_read_is_said() {
    if rustix::process::geteuid().is_root() {
        eprintln!("skipped: root may read everything; tests/cli/permissions.rs is somebody else");
        return;
    }
    let folder = TempDir::new().unwrap();
    write(&folder, "closed/a");
    write(&folder, "b");
    let shut = |key: &str| {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o000);
        fs::set_permissions(folder.path().join(key), mode).unwrap();
    };
    shut("closed");
    shut("b");
    let files = source(&folder);
    assert_eq!(keys(&files), ["b", "closed/ permission"]);
    let reason = files.open(&items(&files)[0], &Cancel::new()).err().unwrap();
    assert_eq!(reason.kind, ReasonKind::Permission);
}

#[test]
fn listing_stops_when_told() {
    let folder = TempDir::new().unwrap();
    for key in ["a", "b", "c"] {
        write(&folder, key);
    }
    let cancel = Cancel::new();
    let mut seen = 0;
    source(&folder).list(&cancel, &mut |_| {
        seen += 1;
        cancel.cancel();
        ControlFlow::Continue(())
    });
    assert_eq!(seen, 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn any_tree_is_listed_in_the_order_of_its_keys(
        keys in proptest::collection::btree_set("[a-c.!0]{0,2}[a0](/[a-c.!0]{0,2}[b!]){0,3}", 0..20)
    ) {
        let folder = TempDir::new().unwrap();
        for key in &keys {
            let path = folder.path().join(key);
            if fs::create_dir_all(path.parent().unwrap()).is_ok() {
                let _ = fs::write(path, "");
            }
        }
        let listed: Vec<_> =
            items(&source(&folder)).into_iter().map(|item| item.key.to_string()).collect();
        let mut sorted = listed.clone();
        sorted.sort_unstable();
        prop_assert_eq!(&listed, &sorted);
        prop_assert!(listed.iter().all(|key| keys.contains(key)));
    }
}
