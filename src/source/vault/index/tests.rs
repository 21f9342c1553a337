use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn acquired(address: &str, content: usize, at: usize) -> Acquired {
    Acquired {
        address: address.to_owned(),
        etag: String::new(),
        version: None,
        bytes: 1,
        sha256: format!("{content:064x}"),
        modified: None,
        fetched: format!("{at:08}"),
        form: None,
        lock: None,
        metadata: BTreeMap::new(),
    }
}

/// An index in a folder of its own.
fn made() -> (tempfile::TempDir, Index) {
    let folder = tempfile::tempdir().unwrap();
    let index = Index::open(folder.path().join("objects.jsonl"));
    (folder, index)
}

/// What it tells of, line by line.
fn told(index: &Index) -> Vec<Acquired> {
    let text = fs::read(&index.path).unwrap();
    text.split(|byte| *byte == b'\n').filter_map(Acquired::parse).collect()
}

#[test]
fn the_same_found_again_and_again_is_told_by_its_first_and_its_last_time() {
    let (_folder, mut index) = made();
    let was = acquired("logs://audit/a", 1, 0);
    index.add(&was).unwrap();
    for at in 1..3 * FEW {
        index.add(&acquired("logs://audit/a", 2, at)).unwrap();
        index.add(&acquired(&format!("logs://audit/{}", at % 7), 3, at)).unwrap();
    }
    let told = told(&index);
    assert!(told.len() < 3 * FEW, "{}", told.len());
    // What it held before is history, and so is since when it holds what it does.
    assert_eq!(told[0], was);
    assert_eq!(told[1], acquired("logs://audit/a", 2, 1));
    let last = acquired("logs://audit/a", 2, 3 * FEW - 1);
    for index in [&index, &Index::open(index.path.clone())] {
        assert_eq!(index.get("logs://audit/a"), Some(last.clone()));
        assert_eq!(index.below("logs://audit/").len(), 8);
    }
}

#[test]
fn what_differs_is_never_left_out() {
    let (_folder, mut index) = made();
    for at in 0..4 * FEW {
        index.add(&acquired("logs://audit/a", at, at)).unwrap();
    }
    assert_eq!(told(&index).len(), 4 * FEW);
}

#[test]
fn a_line_that_was_cut_short_takes_no_other_with_it() {
    let (_folder, mut index) = made();
    index.add(&acquired("s3://logs/a", 1, 1)).unwrap();
    let mut file = OpenOptions::new().append(true).open(&index.path).unwrap();
    file.write_all(b"{\"address\":\"s3://lo").unwrap();
    index.add(&acquired("s3://logs/b", 2, 2)).unwrap();
    for index in [&index, &Index::open(index.path.clone())] {
        assert!(index.get("s3://logs/a").is_some() && index.get("s3://logs/b").is_some());
    }
}

#[test]
fn sessions_add_to_one_index_whoever_writes_it_anew() {
    let (_folder, mut index) = made();
    index.add(&acquired("s3://logs/a", 1, 0)).unwrap();
    let mut other = Index::open(index.path.clone());
    for at in 0..2 * FEW {
        index.add(&acquired("s3://logs/b", 2, at)).unwrap();
    }
    other.add(&acquired("s3://logs/c", 3, 0)).unwrap();
    assert!(["a", "b", "c"].iter().all(|name| other.get(&format!("s3://logs/{name}")).is_some()));
    assert_eq!(Index::open(index.path.clone()).below("s3://").len(), 3);
}

proptest! {
    /// What is known of an address is what was said last of it.
    #[test]
    fn it_knows_what_a_map_would(said in prop::collection::vec((0..5_u8, 0..4_usize), 0..40)) {
        let (_folder, mut index) = made();
        let mut map = BTreeMap::new();
        for (at, (name, content)) in said.into_iter().enumerate() {
            let one = acquired(&format!("s3://logs/{name}"), content, at);
            index.add(&one).unwrap();
            map.insert(one.address.clone(), one);
        }
        prop_assert_eq!(index.below("s3://logs/"), map.values().cloned().collect::<Vec<_>>());
        let again = Index::open(index.path.clone());
        for (address, one) in &map {
            prop_assert_eq!(again.get(address), Some(one.clone()));
        }
    }
}
