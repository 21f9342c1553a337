use super::*;
use crate::case::{CaseState, Entry, Ticket, What};
use crate::detect::Known;
use crate::event::Verdict;
use crate::job::queue::{Told, queue};
use std::sync::Arc;

fn tickets() -> [Arc<Ticket>; 3] {
    ["a", "b", "c"].map(|name| {
        let (fingerprint, severity) = (name.to_owned(), "low".to_owned());
        Arc::new(Ticket { fingerprint, severity, ..Ticket::default() })
    })
}

/// One entry a second.
fn said(all: Vec<What>) -> CaseState {
    let entry = |(seq, what): (i64, What)| {
        let (who, host) = ("al".to_owned(), "b".to_owned());
        let at = Timestamp(seq * Timestamp::SECOND);
        Arc::new(Entry { seq: seq.unsigned_abs(), at, who, host, what })
    };
    CaseState::fold((1..).zip(all).map(entry))
}

fn step(on: &Arc<Ticket>, step: Step) -> What {
    What::Triage { on: vec![Arc::clone(on)], step }
}

fn close(on: &Arc<Ticket>) -> What {
    step(on, Step::Close { verdict: Verdict::Test, reason: "r".to_owned() })
}

fn reviewed(all: &[Arc<Ticket>], case: &CaseState, seen: Seen) -> Review {
    let told = |ticket: &Arc<Ticket>| Told {
        ticket: Arc::clone(ticket),
        asset: None,
        questions: Vec::new(),
    };
    let told: Vec<Told> = all.iter().map(told).collect();
    let queue = queue(&told, case.work().alarms(), &Known::default(), Timestamp(9));
    review(&queue, case.work(), seen, "fine")
}

#[test]
fn a_review_counts_what_is_open_and_what_nobody_touched() {
    let all = tickets();
    let tick = Step::Tick { question: "Who?".to_owned(), on: true };
    let case = said(vec![close(&all[0]), step(&all[1], Step::Ack), step(&all[2], tick)]);
    let span = Some((0, Timestamp::SECOND));
    let found = reviewed(&all, &case, Seen { span, ..Seen::default() });
    assert_eq!((found.alarms, found.open, found.closed), (3, 2, 1));
    assert_eq!(found.to.as_deref(), Some("1970-01-01T00:00:01Z"));
    assert_eq!((found.untouched, found.left), (1, vec!["c".to_owned()]));
}

#[test]
fn each_alarm_is_in_one_of_the_counts() {
    let all = tickets();
    let until = Timestamp(i64::MAX);
    let merge = Step::Merge { into: "c".to_owned(), reason: String::new() };
    let case = said(vec![step(&all[0], Step::Snooze { until }), step(&all[1], merge)]);
    let found = reviewed(&all, &case, Seen::default());
    assert_eq!((found.alarms, found.open, found.snoozed, found.merged), (3, 1, 1, 1));
}

#[test]
fn what_was_open_at_the_last_review_wants_a_word() {
    let all = tickets();
    let review = reviewed(&all, &said(Vec::new()), Seen::default());
    assert_eq!(review.untouched, 3);
    let mut entries = vec![What::Review(review)];
    assert_eq!(Duty::of(said(entries.clone()).work()).undocumented, 3);
    entries.extend([close(&all[0]), step(&all[1], Step::Ack)]);
    assert_eq!(Duty::of(said(entries.clone()).work()).undocumented, 1);
    entries.push(close(&all[2]));
    assert_eq!(Duty::of(said(entries).work()).undocumented, 0);
    // Those that a review has no room to name are not forgotten.
    let many = Review { untouched: 5, left: vec!["a".to_owned()], ..Review::default() };
    assert_eq!(Duty::of(said(vec![What::Review(many), close(&all[0])]).work()).undocumented, 4);
}

#[test]
fn a_review_of_a_part_does_not_count_unless_it_goes_on() {
    let part = |outside: u64, since: Option<&str>, until: Option<&str>, note: &str| {
        What::Review(Review {
            outside,
            since: since.map(str::to_owned),
            until: until.map(str::to_owned),
            to: Some("2026-03-04T10:00:00Z".to_owned()),
            note: note.to_owned(),
            ..Review::default()
        })
    };
    let last = |entries: &[What]| {
        let case = said(entries.to_vec());
        let duty = Duty::of(case.work());
        let note = |it: Option<&(Timestamp, String, Review)>| it.map(|it| it.2.note.clone());
        (note(duty.last), note(duty.part))
    };
    let some = |note: &str| Some(note.to_owned());
    let second = part(9, Some("2026-03-04T10:00:00Z"), Some("2026-03-04T10:00:01Z"), "second");
    assert_eq!(last(std::slice::from_ref(&second)), (None, some("second")));
    let all = part(0, None, None, "all");
    assert_eq!(last(&[all.clone(), second]), (some("all"), some("second")));
    let on = part(9, Some("2026-03-04T10:00:00Z"), None, "on");
    assert_eq!(last(&[all.clone(), on]), (some("on"), None));
    let gap = part(9, Some("2026-03-04T10:00:01Z"), None, "gap");
    assert_eq!(last(&[all.clone(), gap]), (some("all"), some("gap")));
    // Where the window left nothing out it was all there is.
    let wide = part(0, Some("2020-01-01T00:00:00Z"), Some("2030-01-01T00:00:00Z"), "wide");
    assert_eq!(last(&[all, wide]), (some("wide"), None));
    assert_eq!(last(&[]), (None, None));
}
