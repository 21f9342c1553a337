use super::*;
use crate::case::{CaseState, Entry, Step, What};
use crate::detect::Known;
use crate::event::{Time, Verdict};
use crate::job::queue::{Told, queue};
use proptest::prelude::*;
use std::sync::Arc;

fn at(text: &str) -> Timestamp {
    Time::parse_rfc3339(text).unwrap().at
}

fn ticket(fingerprint: &str, rule: &str, principal: &str) -> Arc<Ticket> {
    Arc::new(Ticket {
        fingerprint: fingerprint.to_owned(),
        rule: rule.to_owned(),
        severity: "low".to_owned(),
        entities: [("principal".to_owned(), vec![principal.to_owned()])].into(),
        ..Ticket::default()
    })
}

fn told(ticket: &Arc<Ticket>) -> Told {
    Told { ticket: Arc::clone(ticket), asset: None, questions: Vec::new() }
}

fn said(all: Vec<What>) -> CaseState {
    let entry = |(seq, what): (usize, What)| {
        let (who, host) = ("al".to_owned(), "b".to_owned());
        Arc::new(Entry { seq: seq as u64 + 1, at: Timestamp(seq as i64), who, host, what })
    };
    CaseState::fold(all.into_iter().enumerate().map(entry))
}

#[test]
fn a_time_that_comes_is_a_distance_or_a_time() {
    let now = at("2026-03-04T10:00:00Z");
    for (text, expected) in [
        ("4h", "2026-03-04T14:00:00Z"),
        (" 2d ", "2026-03-06T10:00:00Z"),
        ("30m", "2026-03-04T10:30:00Z"),
        ("4s", "2026-03-04T10:00:04Z"),
        ("1w", "2026-03-11T10:00:00Z"),
        ("+1h", "2026-03-04T11:00:00Z"),
        ("2026-03-05", "2026-03-05T00:00:00Z"),
        ("2026-03-05T01:02Z", "2026-03-05T01:02:00Z"),
    ] {
        assert_eq!(
            until(text, now).map(|time| time.to_rfc3339(0)).as_deref(),
            Ok(expected),
            "{text}"
        );
    }
    for (text, why) in [
        ("2026-03-01", "is over"),
        ("-1h", "is over"),
        ("0d", "is over"),
        ("soon", "is no time"),
        ("", "is no time"),
        ("4x", "is no time"),
    ] {
        assert!(until(text, now).is_err_and(|told| told.contains(why)), "{text}");
    }
}

#[test]
fn lengths_are_read_and_said() {
    for (text, nanos, words) in [
        ("84h", 84 * Timestamp::HOUR, "3 d 12 h"),
        ("3d", 3 * Timestamp::DAY, "3 d 0 h"),
        ("1w", 7 * Timestamp::DAY, "7 d 0 h"),
        ("90m", 90 * Timestamp::MINUTE, "1 h 30 min"),
        ("5m", 5 * Timestamp::MINUTE, "5 min"),
        ("1s", Timestamp::SECOND, "1 s"),
        ("90s", 90 * Timestamp::SECOND, "1 min"),
    ] {
        assert_eq!((length(text), length_text(nanos).as_str()), (Ok(nanos), words), "{text}");
    }
    for text in ["", "84", "h", "-3d", "0h", "9999999999999d", "3y", "+3d", "84 h"] {
        assert!(length(text).is_err(), "{text}");
    }
    assert_eq!(length(crate::job::reviewing::CADENCE), Ok(84 * Timestamp::HOUR));
    assert!(until(SUPPRESSED, Timestamp(0)).is_ok());
}

#[test]
fn what_a_person_raises_is_never_the_same_twice() {
    let raised = |title: &str, entries: usize, time: &str| {
        Manual::read(&format!("high {title}"), at(time)).unwrap().ticket(entries, at(time))
    };
    let one = raised("call", 3, "2026-03-04T10:00:00Z");
    assert_eq!(
        (one.fingerprint.len(), one.rule.as_str(), one.severity.as_str()),
        (16, MANUAL, "high")
    );
    assert_eq!(one.first.as_deref(), Some("2026-03-04T10:00:00.000Z"));
    for other in [
        raised("call", 4, "2026-03-04T10:00:00Z"),
        raised("call", 3, "2026-03-04T10:00:01Z"),
        raised("mail", 3, "2026-03-04T10:00:00Z"),
    ] {
        assert_ne!(one.fingerprint, other.fingerprint);
    }
}

#[test]
fn a_suppression_counts_what_nobody_touched() {
    let all = [
        ticket("a", "r", "x"),
        ticket("b", "r", "x"),
        ticket("c", "r", "y"),
        ticket("d", "s", "x"),
    ];
    let close = Step::Close { verdict: Verdict::Test, reason: "r".to_owned() };
    let case = said(vec![
        What::Triage { on: vec![Arc::clone(&all[0])], step: close },
        What::Triage { on: vec![Arc::clone(&all[3])], step: Step::Ack },
    ]);
    let queue = queue(
        &all.iter().map(told).collect::<Vec<_>>(),
        case.work().alarms(),
        &Known::default(),
        Timestamp(9),
    );
    let of = |about: Option<(&str, &str)>| {
        let about = about.map(|(field, value)| (field.to_owned(), value.to_owned()));
        let (owner, reason) = (String::new(), String::new());
        let pattern = false;
        let until = Timestamp(0);
        let what = Suppression { rule: "r".to_owned(), about, pattern, owner, reason, until };
        hidden(&queue, &what).map(|line| line.ticket.fingerprint.clone()).collect::<Vec<_>>()
    };
    // What somebody decided about one counts for more.
    assert_eq!(of(None), ["b", "c"]);
    assert_eq!(of(Some(("principal", "x"))), ["b"]);
    assert_eq!(of(Some(("principal", "z"))), Vec::<String>::new());
    let related = related(&all[0], &queue).into_iter();
    let related: Vec<_> =
        related.map(|(line, field, _)| (line.ticket.fingerprint.clone(), field)).collect();
    assert_eq!(related, [("b".to_owned(), "principal"), ("d".to_owned(), "principal")]);
}

#[test]
fn alarms_are_about_the_same_if_a_value_is_the_same() {
    let ticket = |field: &str, value: &str| Ticket {
        entities: [(field.to_owned(), vec!["x".to_owned(), value.to_owned()])].into(),
        ..Ticket::default()
    };
    let one = ticket("principal", "alice");
    assert_eq!(shared(&one, &ticket("principal", "alice")), Some(("principal", "x")));
    assert_eq!(shared(&one, &ticket("event", "alice")), None);
    assert_eq!(about(&ticket("resource", "b")), Some(("resource", "x")));
    assert_eq!(about(&ticket("event", "b")), None);
}

#[test]
fn no_alarm_comes_to_stand_for_itself() {
    let all = ["a", "b", "c"].map(|name| ticket(name, "r", "x"));
    let merge = |from: usize, into: &str| What::Triage {
        on: vec![Arc::clone(&all[from])],
        step: Step::Merge { into: into.to_owned(), reason: String::new() },
    };
    let case = said(vec![merge(0, "b"), merge(1, "c")]);
    let alarms = case.work().alarms();
    for (from, into, is) in
        [("c", "a", true), ("c", "b", true), ("a", "a", true), ("a", "c", false), ("d", "a", false)]
    {
        assert_eq!(is_circle(alarms, from, into), is, "{from} {into}");
    }
    // One that stands for itself again leads nowhere.
    let reopen = Step::Reopen { reason: "r".to_owned() };
    let undone = What::Triage { on: vec![Arc::clone(&all[1])], step: reopen };
    let case = said(vec![merge(0, "b"), merge(1, "c"), undone]);
    assert!(!is_circle(case.work().alarms(), "c", "a"));
}

proptest! {
    #[test]
    fn any_text_is_a_time_that_comes_or_none(text in "\\PC{0,20}|[0-9smhdTZ:+-]{0,20}") {
        let now = at("2026-03-04T10:00:00Z");
        if let Ok(time) = until(&text, now) {
            prop_assert!(time > now);
        }
        if let Ok(nanos) = length(&text) {
            prop_assert!(nanos > 0);
        }
    }
}

#[test]
fn what_was_decided_is_not_taken_back_in_silence() {
    let all = ["a", "b", "c", "d", "e"].map(|name| ticket(name, "r", "x"));
    let on = |place: usize, step: Step| What::Triage { on: vec![Arc::clone(&all[place])], step };
    let close = || Step::Close { verdict: Verdict::Test, reason: "ours".to_owned() };
    let merge = |into: &str| Step::Merge { into: into.to_owned(), reason: "same".to_owned() };
    let case = said(vec![
        on(0, close()),
        on(1, Step::Ack),
        // What sleeps after it was closed is closed all the same.
        on(2, close()),
        on(2, Step::Snooze { until: Timestamp(500) }),
        on(3, merge("b")),
    ]);
    let (alarms, told) = (case.work().alarms(), all.each_ref().map(told));
    let queue = queue(&told, alarms, &Known::default(), Timestamp(9));
    let line = |name: &str| queue.iter().find(|it| it.ticket.fingerprint == name).unwrap();
    let fit = |step: &Step, names: &[&str]| {
        let lines: Vec<&Line> = names.iter().map(|name| line(name)).collect();
        let found = unfit(step, &lines, (alarms, &queue));
        found.map(|(name, why)| why.words(name))
    };
    for step in [Step::Ack, Step::Investigate, Step::Wait, Step::Escalate, merge("b")] {
        for (names, wanted) in [
            (&["a"][..], Some("a is closed as test by al; reopen it with a reason first")),
            (&["e", "a"], Some("a is closed as test by al; reopen it with a reason first")),
            (&["c"], Some("c is closed as test by al; reopen it with a reason first")),
            (&["e"], None),
        ] {
            assert_eq!(fit(&step, names).as_deref(), wanted, "{step:?} {names:?}");
        }
    }
    // All that has to be said of it is said in these.
    for step in [close(), Step::Reopen { reason: "r".to_owned() }] {
        assert_eq!(fit(&step, &["a"]), None);
    }
    for (into, wanted) in [
        ("a", "a is closed as test by al, and what"),
        ("c", "c is closed as test by al, and what"),
        ("d", "d is merged into b, and what is merged into it would be seen by nobody"),
    ] {
        assert!(fit(&merge(into), &["e"]).is_some_and(|told| told.starts_with(wanted)), "{into}");
    }
    assert_eq!(fit(&merge("b"), &["e"]), None);
}

#[test]
fn nothing_is_merged_into_what_a_suppression_hides() {
    let all = [ticket("a", "r", "x"), ticket("b", "s", "x")];
    let (about, owner, reason) = (None, "o".to_owned(), "r".to_owned());
    let (rule, until) = ("r".to_owned(), Timestamp(500));
    let what = Suppression { rule, about, pattern: false, owner, reason, until };
    let case = said(vec![What::Suppress(what)]);
    let alarms = case.work().alarms();
    let queue = queue(&all.each_ref().map(told), alarms, &Known::default(), Timestamp(9));
    let other = queue.iter().find(|it| it.ticket.fingerprint == "b").unwrap();
    let step = Step::Merge { into: "a".to_owned(), reason: "r".to_owned() };
    let found = unfit(&step, &[other], (alarms, &queue)).map(|(_, why)| why.words("it"));
    assert!(found.is_some_and(|told| told.starts_with("it is suppressed, and what is merged")));
}

proptest! {
    #[test]
    fn a_suppression_compares_as_the_filter_does(
        pattern in prop::sample::select(vec![
            "*", "10.1.*", "10.1.0.0/16", "10.1.2.3", "10.1.2.0-10.1.2.9", "2001:db8::/32", "a*c",
            "A*C", r"a\*c", "*b*b*", "0.0.0.0/0", "10.1.0.0/33", "**", "é*",
        ]),
        value in "(10\\.1\\.2\\.[0-9]{1,2}|2001:DB8::[1-9]|[aAbBc*É]{0,5})",
    ) {
        let about = Some(("src.ip".to_owned(), pattern.to_owned()));
        let (owner, reason, until) = (String::new(), String::new(), Timestamp(0));
        let what = Suppression { rule: "r".to_owned(), about, pattern: true, owner, reason, until };
        let mut ticket = Ticket { rule: "r".to_owned(), ..Ticket::default() };
        ticket.entities.insert("src.ip".to_owned(), vec![value.clone()]);
        let sought = crate::query::Sought::new([pattern]);
        prop_assert_eq!(what.hides(&ticket), sought.holds(&value), "{} {}", pattern, value);
    }
}
