//! What is exported and imported is the same case, whatever was done in it.

use super::*;
use crate::case::{CaseState, Extent, Settings, sample};
use proptest::prelude::*;

const BY: By<'_> = By { who: "bob", host: "bastion-2", at: Timestamp(0) };

fn workspaces(dir: &tempfile::TempDir, person: &str) -> Workspaces {
    Workspaces::new(dir.path().join(person))
}

/// Writes these, one a second from `from` on.
fn write(all: &Workspaces, who: &str, from: u64, what: &[What]) {
    let mut opened = all.open("case").unwrap();
    for (step, what) in what.iter().enumerate() {
        let action = sample::action(from + step as u64, what.clone());
        opened.write(&Action { who: who.to_owned(), ..action }).unwrap();
    }
}

fn state(all: &Workspaces) -> CaseState {
    let opened = all.open("case").unwrap();
    assert_eq!(opened.findings, []);
    opened.state()
}

fn export(all: &Workspaces, to: &Path) {
    all.export("case", Some(to), Extent::Journal, &mut std::iter::empty()).unwrap();
}

fn any_entries() -> impl Strategy<Value = Vec<What>> {
    let undo = (1u64..12).prop_map(|of| What::Undo { of });
    let one = prop_oneof![3 => proptest::sample::select(sample::one_of_each()), 1 => undo];
    proptest::collection::vec(one, 0..12)
}

/// What was said, whoever looks.
fn said(state: &CaseState) -> Vec<String> {
    let all = state.entries().iter().filter(|entry| entry.what.kind() != "chain_add");
    all.map(|entry| format!("{} {} {:?}", entry.seq, entry.who, entry.what)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn what_arrives_is_what_left(
        before in any_entries(), ours in any_entries(), theirs in any_entries(),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let (alice, bob) = (workspaces(&dir, "alice"), workspaces(&dir, "bob"));
        alice.create("case", Vec::new(), Settings::default(), sample::at(0)).unwrap();
        write(&alice, "alice", 0, &before);
        let file = |number: u32| dir.path().join(format!("{number}.tar.zst"));
        export(&alice, &file(1));
        bob.import(&file(1), Target::Auto, BY).unwrap();
        prop_assert_eq!(state(&bob), state(&alice));

        // Each goes on, and each takes in what the other did.
        write(&alice, "alice", 20, &ours);
        write(&bob, "bob", 26, &theirs);
        export(&alice, &file(2));
        export(&bob, &file(3));
        let came = alice.import(&file(3), Target::Auto, BY).unwrap();
        prop_assert_eq!(came.chains, usize::from(!theirs.is_empty()));
        bob.import(&file(2), Target::Auto, BY).unwrap();
        prop_assert_eq!(said(&state(&alice)), said(&state(&bob)));
        // Both chains travel on.
        export(&alice, &file(4));
        let carol = workspaces(&dir, "carol");
        carol.import(&file(4), Target::Auto, BY).unwrap();
        prop_assert_eq!(state(&carol), state(&alice));
        export(&carol, &file(5));
        prop_assert_eq!(
            fs::read(file(4)).unwrap() == fs::read(file(5)).unwrap(), true, "the same file again"
        );
    }
}

#[test]
fn who_is_still_importing_is_not_swept_away() {
    let dir = tempfile::tempdir().unwrap();
    let all = workspaces(&dir, "alice");
    files::make_folder(&all.dir).unwrap();
    let staging = all.staging().unwrap();
    all.sweep();
    assert!(staging.path.exists());
    let path = staging.path.clone();
    drop(staging);
    assert!(!path.exists());
}

/// Whoever makes a workspace of it is told which keys it believes; ours takes none over.
#[test]
fn public_keys_travel_under_their_hashes() {
    let dir = tempfile::tempdir().unwrap();
    let (alice, bob) = (workspaces(&dir, "alice"), workspaces(&dir, "bob"));
    let created = alice.create("case", Vec::new(), Settings::default(), sample::at(0)).unwrap();
    let file = |number: u32| dir.path().join(format!("{number}.tar.zst"));
    export(&alice, &file(1));
    bob.import(&file(1), Target::Auto, BY).unwrap();

    let kept = created.workspace.keep_public_keys(b"keys").unwrap();
    let name = kept.file_name().unwrap().to_str().unwrap();
    fs::write(kept.with_file_name("rest.json.new"), "left by a kill").unwrap();
    drop(created);
    export(&alice, &file(2));
    let came = bob.import(&file(2), Target::Auto, BY).unwrap();
    assert_eq!((came.is_new, came.keys.len()), (false, 1));
    assert!(!bob.public_keys("case").unwrap().exists());
    let came = bob.import(&file(2), Target::New("other"), BY).unwrap();
    assert_eq!(name, format!("{}.json", came.keys[0]));
    let there = bob.public_keys("other").unwrap().join(name);
    assert_eq!(fs::read(there).unwrap(), b"keys");

    fs::write(&kept, "keys of somebody else").unwrap();
    export(&alice, &file(3));
    let error = bob.import(&file(3), Target::New("third"), BY).unwrap_err().to_string();
    assert!(error.contains("under the name of others"), "{error}");
}
