use super::*;
use crate::case::{CaseState, Facet, sample};
use proptest::prelude::*;

fn triage(numbers: &[u64], step: Step) -> What {
    What::Triage { on: numbers.iter().map(|number| sample::ticket(*number)).collect(), step }
}

fn close(verdict: Verdict) -> Step {
    Step::Close { verdict, reason: "because".to_owned() }
}

fn fold(all: &[What]) -> CaseState {
    let entries = all.iter().enumerate();
    let entry = |(at, what): (usize, &What)| Arc::new(sample::entry(at as u64 + 1, what.clone()));
    CaseState::fold(entries.map(entry))
}

fn state(case: &CaseState, number: u64, step: u64) -> State {
    case.work().alarms().state(&sample::ticket(number), sample::at(step))
}

#[test]
fn closing_needs_a_verdict_and_what_was_closed_can_be_opened_again() {
    let mut all = vec![triage(&[1, 2], Step::Ack), triage(&[1], close(Verdict::TpNoImpact))];
    let case = fold(&all);
    assert_eq!((state(&case, 1, 9), state(&case, 2, 9)), (State::Closed, State::Acked));
    assert_eq!(state(&case, 3, 9), State::New, "nothing was said of it");
    let kept = case.work().alarms().get("1").unwrap();
    assert_eq!(kept.verdict, Some((Verdict::TpNoImpact, "because".to_owned())));
    assert_eq!(kept.acknowledged(), Some(sample::at(1)));
    assert_eq!(kept.closed().unwrap().at, sample::at(2));
    assert_eq!(kept.owner.as_deref(), Some("alice"));

    all.push(triage(&[1], Step::Reopen { reason: "more of it".to_owned() }));
    let case = fold(&all);
    let kept = case.work().alarms().get("1").unwrap();
    assert_eq!(
        (state(&case, 1, 9), kept.verdict.as_ref(), kept.closed()),
        (State::Acked, None, None)
    );
    assert_eq!(kept.history.len(), 3, "what was said before stays");
}

#[test]
fn what_is_decided_takes_the_place_of_what_was_decided_before() {
    let close = close(Verdict::FalsePositive);
    for (after, stands) in [
        (Step::Escalate, State::Escalated),
        (Step::Investigate, State::Investigating),
        (Step::Merge { into: "2".to_owned(), reason: String::new() }, State::Merged),
    ] {
        let case = fold(&[triage(&[1], close.clone()), triage(&[1], after.clone())]);
        let kept = case.work().alarms().get("1").unwrap();
        assert_eq!((state(&case, 1, 9), kept.verdict.as_ref()), (stands, None), "{after:?}");
        assert_eq!((kept.closed_with.as_ref(), kept.closed()), (None, None), "{after:?}");
    }
    let merge = Step::Merge { into: "2".to_owned(), reason: "r".to_owned() };
    let case = fold(&[triage(&[1], merge), triage(&[1], Step::Ack)]);
    assert_eq!(case.work().alarms().get("1").unwrap().into, None);
}

#[test]
fn what_somebody_has_is_not_suppressed() {
    let assign = Step::Assign { owner: "carol".to_owned() };
    let suppress = What::Suppress(sample::suppression());
    let case = fold(&[triage(&[4], assign), suppress.clone()]);
    assert_eq!(state(&case, 4, 10), State::New);
    let reopen = Step::Reopen { reason: "it is another job".to_owned() };
    let case = fold(&[suppress, triage(&[4], reopen)]);
    assert_eq!(state(&case, 4, 10), State::Acked);
}

#[test]
fn undo_takes_a_step_back_and_leaves_what_was_said_before() {
    let all =
        [triage(&[1], Step::Ack), triage(&[1, 2], close(Verdict::Duplicate)), What::Undo { of: 2 }];
    let case = fold(&all);
    assert_eq!((state(&case, 1, 9), state(&case, 2, 9)), (State::Acked, State::New));
    assert!(case.work().alarms().get("2").is_none());
}

#[test]
fn what_is_snoozed_comes_back_as_it_was() {
    let until = sample::at(100);
    let all = [
        triage(&[1], Step::Investigate),
        triage(&[1], Step::Snooze { until: sample::at(50) }),
        triage(&[1], Step::Snooze { until }),
    ];
    let case = fold(&all);
    assert_eq!(state(&case, 1, 99), State::Snoozed);
    assert_eq!(state(&case, 1, 100), State::Investigating);
}

#[test]
fn a_suppression_hides_what_is_new_until_it_ends() {
    let mut all = vec![What::Suppress(sample::suppression()), triage(&[5], Step::Ack)];
    let case = fold(&all);
    assert_eq!(state(&case, 4, 10), State::Suppressed);
    assert_eq!(state(&case, 1, 10), State::New, "of somebody else");
    assert_eq!(state(&case, 4, 86_400), State::New, "it is over");
    all.push(triage(&[4], Step::Ack));
    assert_eq!(state(&fold(&all), 4, 10), State::Acked, "somebody has it");
    all.push(What::Undo { of: 3 });
    all.push(What::Unsuppress(sample::suppression()));
    assert_eq!(state(&fold(&all), 4, 10), State::New);
}

#[test]
fn who_suppresses_answers_for_it_unless_somebody_else_is_named() {
    let unnamed = Suppression { owner: String::new(), ..sample::suppression() };
    let case = fold(&[What::Suppress(unnamed)]);
    assert_eq!(case.work().alarms().suppressions()[0].owner, "alice");
}

#[test]
fn notes_on_alarms_come_and_go_with_them() {
    let note = |alarms| What::NoteAdd { note: 1, text: "t".to_owned(), on: Vec::new(), alarms };
    let mut all = vec![note(vec![sample::ticket(1), sample::ticket(2)])];
    let case = fold(&all);
    assert_eq!(case.work().notes()[&(0, 1)].alarms.len(), 2);
    assert_eq!(case.work().alarms().get("2").unwrap().notes, [(0, 1)].into());
    assert_eq!(state(&case, 2, 9), State::New, "a note decides nothing");
    all.push(What::NoteRemove { note: 1 });
    assert!(fold(&all).work().alarms().get("2").unwrap().notes.is_empty());
}

#[test]
fn of_an_incident_the_last_word_counts_unless_there_can_be_several() {
    let say = |facet, text: &str| What::Incident { facet, text: text.to_owned() };
    let case = fold(&[
        say(Facet::Title, "a"),
        say(Facet::Action, "one"),
        say(Facet::Title, "b"),
        say(Facet::Action, "two"),
    ]);
    let told: Vec<&str> = case.work().incident().iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(told, ["one", "b", "two"]);
}

proptest! {
    /// Undoing the last step of anything is as if it had never been made.
    #[test]
    fn an_undone_step_never_was(
        steps in proptest::collection::vec((1u64..4, 0usize..6), 1..12)
    ) {
        let step = |(number, kind): &(u64, usize)| triage(&[*number], match kind {
            0 => Step::Ack,
            1 => close(Verdict::Test),
            2 => Step::Reopen { reason: "r".to_owned() },
            3 => Step::Escalate,
            4 => Step::Snooze { until: sample::at(500) },
            _ => Step::Tick { question: "q".to_owned(), on: true },
        });
        let mut all: Vec<What> = steps.iter().map(step).collect();
        let before = fold(&all[..all.len() - 1]);
        let undone = all.len() as u64;
        all.push(What::Undo { of: undone });
        let after = fold(&all);
        prop_assert_eq!(after.work().alarms(), before.work().alarms());
    }
}
