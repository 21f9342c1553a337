//! Undo and redo against the plain meaning of them: the state as it was.

use super::*;
use crate::case::{Spot, sample};
use proptest::prelude::*;

fn push(state: &mut CaseState, who: &str, what: What) {
    let seq = state.entries().len() as u64 + 1;
    let entry = Entry { who: who.to_owned(), ..sample::entry(seq, what) };
    state.apply(Arc::new(entry));
}

fn step() -> impl Strategy<Value = What> {
    let on = proptest::collection::vec(0u64..4, 0..3).prop_map(|numbers| sample::on(&numbers));
    let (note, tag, text) = (1u64..4, "[ab]", "[a-c]{0,2}");
    prop_oneof![
        (note.clone(), text, on.clone()).prop_map(|(note, text, on)| What::NoteAdd {
            note,
            text,
            on,
            alarms: Vec::new()
        }),
        (note.clone(), text).prop_map(|(note, text)| What::NoteEdit { note, text }),
        note.prop_map(|note| What::NoteRemove { note }),
        (tag, on.clone()).prop_map(|(tag, on)| What::TagAdd { tag, on }),
        (tag, on.clone()).prop_map(|(tag, on)| What::TagRemove { tag, on }),
        on.clone().prop_map(|on| What::BookmarkAdd { on }),
        on.prop_map(|on| What::BookmarkRemove { on }),
    ]
}

fn any_entry() -> impl Strategy<Value = What> {
    let other = proptest::sample::select(sample::one_of_each());
    let of = 0u64..30;
    prop_oneof![
        6 => step(),
        1 => other,
        2 => of.clone().prop_map(|of| What::Undo { of }),
        1 => of.prop_map(|of| What::Redo { of }),
    ]
}

proptest! {
    #[test]
    fn undoing_each_in_reverse_gives_each_earlier_state(
        before in proptest::collection::vec(any_entry(), 0..20),
        steps in proptest::collection::vec(step(), 1..20),
    ) {
        let mut state = CaseState::default();
        for what in before {
            push(&mut state, "before", what);
        }
        let mut past = vec![state.work().clone()];
        for what in steps {
            push(&mut state, "alice", what);
            past.push(state.work().clone());
        }
        for earlier in past.iter().rev().skip(1) {
            let of = state.next_undo("alice").map(|entry| entry.seq).unwrap();
            push(&mut state, "alice", What::Undo { of });
            prop_assert_eq!(state.work(), earlier);
        }
        prop_assert_eq!(state.next_undo("alice"), None);
        for later in past.iter().skip(1) {
            let of = state.next_redo("alice").map(|entry| entry.seq).unwrap();
            push(&mut state, "alice", What::Redo { of });
            prop_assert_eq!(state.work(), later);
        }
        prop_assert_eq!(state.next_redo("alice"), None);
    }

    #[test]
    fn folding_all_is_applying_each(all in proptest::collection::vec(any_entry(), 0..30)) {
        let mut state = CaseState::default();
        for what in all {
            push(&mut state, "alice", what);
        }
        prop_assert_eq!(CaseState::fold(state.entries().to_vec()), state);
    }
}

#[test]
fn a_new_step_ends_what_could_be_done_again() {
    let mut state = CaseState::default();
    push(&mut state, "alice", What::BookmarkAdd { on: sample::on(&[1]) });
    push(&mut state, "alice", What::Undo { of: 1 });
    assert!(state.next_redo("alice").is_some());
    assert!(state.is_undone(0));
    push(&mut state, "alice", What::Filter { text: "x".to_owned() });
    assert!(state.next_redo("alice").is_some(), "a filter is no step");
    push(&mut state, "alice", What::BookmarkAdd { on: sample::on(&[2]) });
    assert_eq!(state.next_redo("alice"), None);
    assert_eq!(state.work().marked().count(), 1);
}

#[test]
fn people_undo_their_own() {
    let mut state = CaseState::default();
    push(&mut state, "alice", What::BookmarkAdd { on: sample::on(&[1]) });
    push(&mut state, "bob", What::BookmarkAdd { on: sample::on(&[2]) });
    assert_eq!(state.next_undo("alice").map(|entry| entry.seq), Some(1));
    push(&mut state, "alice", What::Undo { of: 1 });
    assert_eq!(state.next_undo("alice"), None);
    assert_eq!(state.next_redo("bob"), None);
    push(&mut state, "bob", What::BookmarkAdd { on: sample::on(&[3]) });
    assert_eq!(state.next_redo("alice").map(|entry| entry.seq), Some(1));
}

#[test]
fn the_sample_adds_up() {
    let mut state = CaseState::default();
    for what in sample::one_of_each() {
        push(&mut state, "alice", what);
    }
    let work = state.work();
    let note = &work.notes()[&(0, 1)];
    assert_eq!((note.text.as_str(), note.on.len()), ("First seen here", 2));
    assert_eq!(note.edited.as_ref().map(|(at, _)| *at), Some(sample::at(7)));
    assert_eq!(work.notes().len(), 1);
    assert_eq!(state.next_note(), 3, "the number of a removed note stays used");
    assert_eq!(work.tags(), BTreeMap::from([("exfil", 1)]));
    assert_eq!(work.sources(), ["/evidence"]);
    assert_eq!(work.filters().collect::<Vec<_>>(), ["ip:198.51.100.7 \"a b\""]);
    let first = sample::exhibit(1);
    let marked = work.marks(&first.spot()).unwrap();
    assert!(marked.tags.contains("exfil") && marked.notes.contains(&(0, 1)) && !marked.bookmark);
    assert_eq!(work.marks(&Spot { offset: 1, ..first.spot() }), None);
    let bookmarks: Vec<_> = work.marked().filter(|marked| marked.bookmark).collect();
    assert_eq!(bookmarks[0].exhibit.object, "/evidence/capture.zip");
    assert_eq!(bookmarks.len(), 1);
    assert_eq!(state.open_session(), None);
    assert_eq!(state.kinds()["verdict"], 1);
}

#[test]
fn a_session_without_an_end_is_told() {
    let start = sample::one_of_each().swap_remove(0);
    let mut state = CaseState::default();
    push(&mut state, "alice", start);
    push(&mut state, "alice", What::Filter { text: "x".to_owned() });
    assert_eq!(state.open_session().map(|entry| entry.seq), Some(1));
    push(&mut state, "alice", What::SessionEnd);
    assert_eq!(state.open_session(), None);
}

#[test]
fn notes_that_were_given_one_number_are_all_there() {
    let add = |note, text: &str| What::NoteAdd {
        note,
        text: text.to_owned(),
        on: sample::on(&[1]),
        alarms: Vec::new(),
    };
    let mut state = CaseState::default();
    let made = [add(6, "a"), add(6, "b"), add(6, "c"), add(7, "d"), add(u64::MAX, "e")];
    for what in made.into_iter().chain([add(u64::MAX, "f")]) {
        push(&mut state, "alice", what);
    }
    let notes = |state: &CaseState| -> Vec<(NoteId, String)> {
        state.work().notes().values().map(|note| (note.id, note.text.clone())).collect()
    };
    let numbered = [(1, "f"), (6, "a"), (7, "b"), (8, "c"), (9, "d"), (u64::MAX, "e")];
    assert_eq!(notes(&state), numbered.map(|(note, text)| (note, text.to_owned())));
    let marked = state.work().marks(&sample::exhibit(1).spot()).unwrap();
    assert_eq!(marked.notes.len(), 6);
    assert_eq!(state.next_note(), 2);
    assert_eq!(CaseState::fold(state.entries().to_vec()), state);
    // Each is changed and taken back by the number that it is shown with.
    push(&mut state, "alice", What::NoteEdit { note: 8, text: "better".to_owned() });
    push(&mut state, "alice", What::NoteRemove { note: 6 });
    push(&mut state, "alice", What::Undo { of: 2 });
    let numbered = [(1, "f"), (8, "better"), (9, "d"), (u64::MAX, "e")];
    assert_eq!(notes(&state), numbered.map(|(note, text)| (note, text.to_owned())));
}
