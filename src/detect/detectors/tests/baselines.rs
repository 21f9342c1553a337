//! What is told of whoever does more than is usual of them, or other than that.

use super::*;

#[test]
fn a_rate_that_rises_has_curves_and_the_events_of_its_minutes() {
    let found = answer("request-rate", &requests(60), "");
    let who: Vec<_> = found.found.iter().map(|one| [&*one.who[0], &*one.who[1]]).collect();
    assert_eq!(
        who,
        [[ALICE, "principal"], ["192.0.2.1", "address"], ["GetObject of cloudtrail", "call"]]
    );
    let first = &found.found[0];
    assert_eq!(first.events.len(), 61);
    assert!(
        first.why.starts_with(
            "61 requests of the principal arn:aws:iam::111122223333:user/alice in the minute of \
             1970-01-01T04:00:00Z (at least 30); z-score 60.0 (at least 6) against a mean of 1.00 in the 240 minutes before"
        ),
        "{}",
        first.why
    );
    let curves = first.curves.as_ref().unwrap();
    assert_eq!(curves.start, Timestamp(120 * MINUTE));
    assert_eq!((curves.step, curves.rate[120]), (MINUTE, 61.0));
    assert!(curves.fast[120] > curves.slow[120]);
    assert!(answer("request-rate", &requests(20), "").found.is_empty());
    let dull = "[detectors.request-rate]\nleast = 100";
    assert!(answer("request-rate", &requests(60), dull).found.is_empty());
}

#[test]
fn much_is_told_of_whoever_took_it() {
    let take = |hour: i64, bytes: u64| {
        event(hour * HOUR, &[("principal", ALICE), ("bytes.out", &bytes.to_string())])
    };
    let mut events: Vec<Event> = (0..20).map(|hour| take(hour, 1_000_000)).collect();
    events.push(take(15, 400_000_000));
    events.push(take(15, 100_000_000));
    for hour in 0..9 {
        let bytes = if hour == 4 { 900_000_000 } else { 2_000_000 };
        events.push(flow(hour * HOUR, "10.0.0.5", "198.51.100.9", bytes));
        events.push(flow(hour * HOUR, "10.0.0.5", "10.0.0.6", bytes));
    }
    let found = answer("retrieval-volume", &events, "");
    let who: Vec<_> = found.found.iter().map(|one| (&*one.who[0], one.events.len())).collect();
    assert_eq!(who, [("198.51.100.9", 1), (ALICE, 3)]);
    assert!(
        found.found[1]
            .why
            .starts_with("arn:aws:iam::111122223333:user/alice got 501 MB in the hour of 1970-01-01T15:00:00Z (at least 100 MB"),
        "{}",
        found.found[1].why
    );
    assert_eq!(
        found.left_out,
        ["1 address left out: of our own networks, or private where none are named"]
    );
    // Who says which networks are theirs is believed.
    let found = answer("retrieval-volume", &events, "networks = [\"198.51.100.0/24\"]");
    let who: Vec<_> = found.found.iter().map(|one| &*one.who[0]).collect();
    assert_eq!(who, ["10.0.0.6", ALICE]);
}

#[test]
fn what_was_refused_was_not_taken() {
    let ended = |outcome: &str, hour: i64, bytes: u64| {
        let mut one = flow(hour * HOUR, "10.0.0.5", "198.51.100.9", bytes);
        one.fields.last_mut().unwrap().1 = outcome.to_owned();
        one
    };
    let usual: Vec<Event> = (0..9).map(|hour| ended("success", hour, 2_000_000)).collect();
    let found = |more: &[Event]| {
        let found = answer("retrieval-volume", &[&usual, more].concat(), "").found;
        found.iter().map(|one| one.events.len()).collect::<Vec<_>>()
    };
    assert!(found(&[ended("denied", 4, 900_000_000)]).is_empty());
    assert!(found(&[ended("failure", 4, 900_000_000)]).is_empty());
    let taken = ended("success", 4, 900_000_000);
    assert_eq!(found(&[taken.clone(), ended("denied", 4, 9)]), [2], "with that of the hour");
    // Those of a transit gateway, and some of interfaces, never say whether they were let through.
    assert_eq!(found(&[ended("unknown", 4, 900_000_000)]), [2]);
}

#[test]
fn what_has_no_time_or_nobody_is_counted() {
    let by = |at: i64, more: &[(&'static str, &str)]| {
        event(at, &[&[("principal", ALICE), ("src.ip", "192.0.2.1")], more].concat())
    };
    let timeless = |event: Event| Event { at: None, ..event };
    let left_out = |id: &str, events: &[Event]| {
        let mut left = answer(id, events, "").left_out;
        left.retain(|told| told.contains("left out: no"));
        left
    };
    let requests = [
        by(1, &[("event", "GetObject")]),
        by(2, &[]),
        event(3, &[("event", "GetObject"), ("principal", ALICE)]),
        event(4, &[("event", "GetObject"), ("src.ip", "192.0.2.1")]),
        event(5, &[("event", "GetObject"), ("src.ip", "192.0.2.1")]),
        timeless(by(6, &[])),
        timeless(event(7, &[])),
    ];
    assert_eq!(
        left_out("request-rate", &requests),
        [
            "2 requests left out: no principal",
            "1 request left out: no address",
            "1 request left out: no call",
            "2 requests left out: no time",
        ]
    );
    let taken = [
        by(1, &[("bytes.out", "5")]),
        by(2, &[("bytes.out", "0")]),
        event(3, &[("bytes.out", "5")]),
        event(4, &[]),
        timeless(by(5, &[("bytes.out", "5")])),
        timeless(by(6, &[])),
    ];
    assert_eq!(
        left_out("retrieval-volume", &taken),
        ["1 event left out: nobody who took it", "1 event left out: no time"]
    );
    let service = [("principal.kind", "aws_service")];
    let asked = [
        by(1, &[]),
        event(2, &[("src.ip", "192.0.2.1")]),
        event(3, &service),
        timeless(by(4, &[])),
        timeless(by(5, &service)),
    ];
    assert_eq!(
        left_out("first-seen", &asked),
        ["1 event left out: no principal", "1 event left out: no time"]
    );
}

#[test]
fn what_is_new_is_one_alarm_a_principal_and_kind() {
    let at = |hour: i64, region: &str, address: &str| {
        event(hour * HOUR, &[("principal", ALICE), ("region", region), ("src.ip", address)])
    };
    let mut events: Vec<Event> = (0..60).map(|hour| at(hour, "eu-west-1", "192.0.2.1")).collect();
    events.push(at(20, "eu-west-2", "192.0.2.1"));
    events.push(at(50, "us-east-1", "192.0.2.1"));
    events.push(at(55, "sa-east-1", "192.0.2.1"));
    events.push(at(57, "us-east-1", "198.51.100.7"));
    let found = answer("first-seen", &events, "");
    assert_eq!(
        whys(&found),
        [
            "2 Regions not used before 1970-01-02T05:30:00Z: us-east-1, sa-east-1",
            "1 address not used before 1970-01-02T05:30:00Z: 198.51.100.7"
        ]
    );
    assert_eq!(found.found[0].events.len(), 2);
    let few = answer("first-seen", &events, "[detectors.first-seen]\nleast = 100");
    assert_eq!(
        few.left_out,
        ["1 principal left out: fewer than 100 events, or less than 12 hours to learn from"]
    );
}

#[test]
fn services_are_no_principals_and_hide_none() {
    let at = |hour: i64, principal: &str, kind: &str, region: &str| {
        let by = [("principal", principal), ("principal.kind", kind)];
        event(hour * HOUR, &[&by[..], &[("region", region)]].concat())
    };
    let user = |hour, region| at(hour, ALICE, "iam_user", region);
    let mut events: Vec<Event> = (0..60).map(|hour| user(hour, "eu-west-1")).collect();
    // A service acts for somebody before they come there themselves.
    events.push(at(10, ALICE, "aws_service", "us-east-1"));
    events.push(user(50, "us-east-1"));
    events.push(at(5, "config.amazonaws.com", "aws_service", "eu-west-1"));
    let nobody = [("principal", "arn:aws:iam::111122223333:user/late"), ("region", "x")];
    events.push(Event { at: None, ..event(0, &nobody) });
    let found = answer("first-seen", &events, "");
    assert_eq!(whys(&found), ["1 Region not used before 1970-01-02T05:30:00Z: us-east-1"]);
    let strange = found.left_out.iter().filter(|told| told.contains("principal"));
    assert_eq!(strange.count(), 0, "{:?}", found.left_out);
}
