//! Several chains folded as one: nothing counts twice, nothing is lost, and the order in which
//! they came does not matter.

use super::*;
use crate::case::chain::Chain;
use crate::case::{Facet, Seq, Suppression, sample};
use proptest::prelude::*;

/// An entry of a chain: by whom, how many seconds after the start, and what.
type Made = (&'static str, u64, What);

fn strand(made: &[Made]) -> Strand {
    let entries = made.iter().enumerate().map(|(number, (who, step, what))| Entry {
        who: (*who).to_owned(),
        at: sample::at(*step),
        ..sample::entry(number as Seq + 1, what.clone())
    });
    let bytes = sample::chain(entries);
    let chain = Chain::read(&bytes[..], sample::ID).unwrap();
    assert_eq!(chain.findings, []);
    chain.into_strand()
}

fn add(note: NoteId, text: &str) -> What {
    What::NoteAdd { note, text: text.to_owned(), on: Vec::new(), alarms: Vec::new() }
}

fn edit(note: NoteId, text: &str) -> What {
    What::NoteEdit { note, text: text.to_owned() }
}

fn grown(base: &[Made], more: &[Made]) -> Vec<Made> {
    [base, more].concat()
}

fn texts(state: &CaseState) -> Vec<(usize, NoteId, &str, &str)> {
    let notes = state.work().notes().values();
    notes.map(|note| (note.chain, note.id, note.author.as_str(), note.text.as_str())).collect()
}

#[test]
fn what_both_begin_with_counts_once_and_the_rest_is_told_apart() {
    let base = [("alice", 0, add(1, "first")), ("alice", 1, What::SessionEnd)];
    let ours = strand(&grown(&base, &[("alice", 5, add(2, "ours")), ("alice", 6, edit(2, "o"))]));
    let theirs = strand(&grown(&base, &[("bob", 4, add(2, "theirs")), ("bob", 7, edit(2, "t"))]));
    let mut state = CaseState::of([&ours, &theirs]);
    assert_eq!(state.entries().len(), 6);
    assert_eq!(texts(&state), [(0, 1, "alice", "first"), (0, 2, "alice", "o"), (1, 2, "bob", "t")]);
    assert_eq!(state.conflicts(), []);
    let whose: Vec<usize> = (0..6).map(|at| state.chain_of(at)).collect();
    assert_eq!(whose, [0, 0, 1, 0, 0, 1]);
    assert_eq!(state.next_note(), 3);
    // What is undone by its number is our own.
    let of = state.next_undo("alice").unwrap().seq;
    assert_eq!(of, 4);
    let seq = 5;
    state.apply(Arc::new(sample::entry(seq, What::Undo { of })));
    assert_eq!(texts(&state)[1..], [(0, 2, "alice", "ours"), (1, 2, "bob", "t")]);
    assert_eq!(state.next_undo("bob"), None);
}

#[test]
fn what_chains_say_of_the_incident_and_of_alarms_is_told_where_it_differs() {
    let base = [("alice", 0, add(1, "first"))];
    let say = |text: &str| What::Incident { facet: Facet::Severity, text: text.to_owned() };
    let suppress = |reason: &str| {
        What::Suppress(Suppression { reason: reason.to_owned(), ..sample::suppression() })
    };
    let lesson = || What::Incident { facet: Facet::Lesson, text: "ask first".to_owned() };
    let ours =
        [("alice", 5, say("critical")), ("alice", 6, suppress("a job")), ("alice", 7, lesson())];
    let theirs = [("bob", 5, say("low")), ("bob", 6, suppress("a test")), ("bob", 7, lesson())];
    let state = CaseState::of([&strand(&grown(&base, &ours)), &strand(&grown(&base, &theirs))]);
    let about: Vec<&str> = state.conflicts().iter().map(|one| &*one.about).collect();
    let who = "arn:aws:iam::111122223333:user/u4";
    let suppression = format!("suppression of root_used, principal {who}");
    assert_eq!(about, ["incident, severity", suppression.as_str()]);
}

#[test]
fn an_entry_made_now_counts_as_it_will_when_the_case_is_opened_again() {
    let base = [("alice", 0, add(1, "first"))];
    let ahead = strand(&grown(&base, &[("bob", 900, edit(1, "from the future"))]));
    let mut made = grown(&base, &[("alice", 20, edit(1, "now"))]);
    let mut state = CaseState::of([&strand(&base), &ahead]);
    for seq in [2, 3, 4] {
        if seq > 2 {
            made.push(("alice", 20 + seq, add(seq, "more")));
        }
        let (who, step, what) = made[seq as usize - 1].clone();
        let entry = Entry { who: who.to_owned(), at: sample::at(step), ..sample::entry(seq, what) };
        state.apply(Arc::new(entry));
        assert_eq!(state, CaseState::of([&strand(&made), &ahead]));
    }
    assert_eq!(texts(&state)[0].3, "from the future");
    assert_eq!(state.conflicts().len(), 1);
}

#[test]
fn a_note_changed_by_both_is_a_conflict_until_one_has_seen_the_other() {
    let base = [("alice", 0, add(1, "first")), ("alice", 1, add(2, "second"))];
    let theirs = strand(&grown(
        &base,
        &[("bob", 4, edit(1, "t")), ("bob", 5, What::NoteRemove { note: 2 })],
    ));
    let mut made = grown(&base, &[("alice", 3, edit(1, "o")), ("alice", 9, edit(2, "kept"))]);
    let state = CaseState::of([&strand(&made), &theirs]);
    // The later counts, also where the earlier took the note away.
    assert_eq!(texts(&state), [(0, 1, "alice", "t"), (0, 2, "alice", "kept")]);
    let said: Vec<(&str, Vec<&str>)> = state
        .conflicts()
        .iter()
        .map(|one| (&*one.about, one.versions.iter().map(|version| &*version.text).collect()))
        .collect();
    assert_eq!(said, [("note 1", vec!["o", "t"]), ("note 2", vec!["kept", "removed"])]);

    made.push(("alice", 10, What::ChainAdd { head: theirs.head.clone(), entries: 4 }));
    assert_eq!(CaseState::of([&strand(&made), &theirs]).conflicts().len(), 2);
    made.push(("alice", 11, edit(1, "both")));
    let state = CaseState::of([&strand(&made), &theirs]);
    let left: Vec<&str> = state.conflicts().iter().map(|one| &*one.about).collect();
    assert_eq!(left, ["note 2"]);
    assert_eq!(texts(&state)[0].3, "both");
}

#[test]
fn a_step_undone_by_one_and_built_upon_by_the_other_is_a_conflict() {
    let base = [("alice", 0, add(1, "first"))];
    let ours = strand(&grown(&base, &[("alice", 3, What::Undo { of: 1 })]));
    let theirs = strand(&grown(&base, &[("bob", 4, edit(1, "better"))]));
    let state = CaseState::of([&ours, &theirs]);
    assert_eq!(texts(&state), []);
    assert_eq!(state.conflicts()[0].versions[1].text, "better");
}

#[test]
fn marks_and_holds_conflict_and_a_disputed_hold_is_in_force() {
    let tag = |on: bool| {
        let (tag, on_records) = ("exfil".to_owned(), sample::on(&[1]));
        if on {
            What::TagAdd { tag, on: on_records }
        } else {
            What::TagRemove { tag, on: on_records }
        }
    };
    let hold = || What::Hold { reason: "claim".to_owned() };
    let release = || What::Release { reason: "over".to_owned() };
    let base = [("alice", 0, tag(true)), ("alice", 1, hold())];
    let ours = strand(&grown(&base, &[("alice", 2, tag(false)), ("alice", 8, release())]));
    let theirs = strand(&grown(&base, &[("bob", 3, tag(true)), ("bob", 4, hold())]));
    let state = CaseState::of([&ours, &theirs]);
    let about: Vec<&str> = state.conflicts().iter().map(|one| &*one.about).collect();
    assert_eq!(about, ["tag exfil on ListBuckets from 198.51.100.7", "legal hold"]);
    assert_eq!(state.work().hold(), None);
    assert_eq!(state.hold().map(|hold| hold.reason).as_deref(), Some("claim"));
    // One that its own chain has ended is not the one that is in force.
    let own = What::Hold { reason: "own".to_owned() };
    let base = [("alice", 0, add(1, "first"))];
    let mine = strand(&grown(&base, &[("alice", 2, own)]));
    let theirs = strand(&grown(&base, &[("bob", 3, hold()), ("bob", 4, release())]));
    let state = CaseState::of([&mine, &theirs]);
    assert_eq!(state.hold().map(|hold| hold.reason).as_deref(), Some("own"));
    assert_eq!(CaseState::of([&ours]).hold(), None);
}

fn made() -> impl Strategy<Value = Made> {
    let note = 1u64..4;
    let what = prop_oneof![
        (note.clone(), "[a-c]{1,2}").prop_map(|(note, text)| add(note, &text)),
        (note.clone(), "[a-c]{1,2}").prop_map(|(note, text)| edit(note, &text)),
        note.prop_map(|note| What::NoteRemove { note }),
        (0u64..3).prop_map(|number| What::BookmarkAdd { on: sample::on(&[number]) }),
        (0u64..3).prop_map(|number| What::BookmarkRemove { on: sample::on(&[number]) }),
        (1u64..8).prop_map(|of| What::Undo { of }),
        (1u64..8).prop_map(|of| What::Redo { of }),
    ];
    (proptest::sample::select(vec!["alice", "bob", "carol"]), 0u64..9, what)
}

fn made_many(most: usize) -> impl Strategy<Value = Vec<Made>> {
    proptest::collection::vec(made(), 0..most)
}

/// What a state says, whatever the chains are numbered.
fn said(state: &CaseState) -> (Vec<Arc<Entry>>, Vec<String>, Vec<String>) {
    let mut notes: Vec<String> = state
        .work()
        .notes()
        .values()
        .map(|note| format!("{} {} {:?}", note.author, note.text, note.edited))
        .collect();
    notes.sort();
    let marked = state.work().marked();
    let marked = marked.map(|one| format!("{} {}", one.exhibit.offset, one.bookmark)).collect();
    (state.entries().to_vec(), notes, marked)
}

proptest! {
    #[test]
    fn the_order_in_which_chains_came_does_not_matter(
        base in made_many(6), one in made_many(6), two in made_many(6), three in made_many(6), deep in 0usize..6,
    ) {
        let ours = strand(&grown(&base, &one));
        // The third parts from the second, not from ours.
        let second = grown(&base, &two);
        let third = grown(&second[..deep.min(second.len())], &three);
        let (second, third) = (strand(&second), strand(&third));
        let state = CaseState::of([&ours, &second, &third]);
        let other = CaseState::of([&ours, &third, &second]);
        prop_assert_eq!(said(&state), said(&other));
        prop_assert_eq!(state.conflicts().len(), other.conflicts().len());
        // What is there twice, or is a part of what is there, adds nothing.
        let part = strand(&second_part(&base, &two));
        let more = CaseState::of([&ours, &second, &third, &part, &ours]);
        prop_assert_eq!(said(&state), said(&more));
    }

    #[test]
    fn every_entry_of_every_chain_is_there_once_and_in_its_order(
        base in made_many(6), one in made_many(6), two in made_many(6),
    ) {
        let (ours, theirs) = (strand(&grown(&base, &one)), strand(&grown(&base, &two)));
        let state = CaseState::of([&ours, &theirs]);
        for (branch, strand) in [&ours, &theirs].into_iter().enumerate() {
            let chain: Vec<&Arc<Entry>> = state.chain(branch).collect();
            prop_assert_eq!(chain, strand.entries.iter().collect::<Vec<_>>());
        }
        let same = ours.hashes.iter().zip(&theirs.hashes).take_while(|(a, b)| a == b).count();
        prop_assert_eq!(state.entries().len(), ours.entries.len() + theirs.entries.len() - same);
        prop_assert_eq!(state.family.parting(0, 1), same as Seq);
    }

    #[test]
    fn one_chain_is_itself(all in made_many(12)) {
        let strand = strand(&all);
        prop_assert_eq!(CaseState::of([&strand]), CaseState::fold(strand.entries.clone()));
    }
}

fn second_part(base: &[Made], two: &[Made]) -> Vec<Made> {
    let all = grown(base, two);
    all[..all.len() / 2].to_vec()
}
