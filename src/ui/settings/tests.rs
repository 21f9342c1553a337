//! Which files are found, and which are refused.

use super::*;
use std::fs;
use std::os::unix::fs::PermissionsExt;

fn folder_with(name: &str, text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("themes")).unwrap();
    fs::write(folder.path().join("themes").join(name), text).unwrap();
    folder
}

fn find(places: &Places, name: &str, below: usize) -> (Option<Found>, Vec<Problem>) {
    let mut problems = Vec::new();
    (places.find(Kind::Theme, name, below, &mut problems), problems)
}

#[test]
fn a_users_file_hides_the_built_in_one_and_can_still_reach_it() {
    let folder = folder_with("dark.toml", "mine");
    let places = Places::with(vec![folder.path().to_owned()]);
    let (found, problems) = find(&places, "dark", usize::MAX);
    let found = found.unwrap();
    assert_eq!((found.text.as_str(), found.layer, problems), ("mine", 1, vec![]));
    assert_eq!(find(&places, "dark", found.layer).0.unwrap().layer, 0);
    assert_eq!(find(&places, "dark", 0).0, None);
}

#[test]
fn a_name_is_never_a_path() {
    for name in ["", "../dark", "a/b", "/etc/passwd", "Dark", "dark.toml", &"a".repeat(41)] {
        let (found, problems) = find(&Places::default(), name, usize::MAX);
        assert_eq!((found, problems.len()), (None, 1), "{name}");
    }
}

#[test]
fn files_that_cannot_be_trusted_are_skipped_and_told() {
    let folder = folder_with("open.toml", "x");
    let path = folder.path().join("themes/open.toml");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
    let places = Places::with(vec![folder.path().to_owned()]);
    let (found, problems) = find(&places, "open", usize::MAX);
    assert_eq!(found, None);
    assert!(problems[0].to_string().contains("everybody may write"), "{}", problems[0]);

    fs::write(folder.path().join("themes/big.toml"), vec![b'#'; 256 * 1024 + 1]).unwrap();
    assert!(find(&places, "big", usize::MAX).1[0].message.contains("larger than 256 KiB"));
    fs::write(folder.path().join("themes/odd.toml"), b"a = \"\xff\"").unwrap();
    assert!(find(&places, "odd", usize::MAX).1[0].message.contains("byte 5"));
}

#[test]
fn names_are_those_built_in_and_those_in_folders() {
    let folder = folder_with("mine.toml", "");
    fs::write(folder.path().join("themes/Not A Name.toml"), "").unwrap();
    let names = Places::with(vec![folder.path().to_owned()]).names(Kind::Theme);
    assert!(names.contains(&"mine".to_owned()) && names.contains(&"dark".to_owned()));
    assert!(names.is_sorted() && !names.iter().any(|name| name.contains(' ')));
}

#[test]
fn what_is_not_toml_is_told_with_its_place() {
    let (document, _) = Document::parse("x.toml", "a = 1\nb = = 2\nc = \"open\n");
    let problems = document.finish();
    assert!(problems.iter().all(|problem| problem.fatal));
    assert_eq!(problems[0].place.unwrap().0, 2);
    assert!(problems.len() >= 2, "all are told: {problems:?}");
}
