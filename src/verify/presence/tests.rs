use super::*;
use crate::event::{Frame, Place as Spot, Sink, Time, Value, Window};
use crate::format::{Service, formats};
use crate::store::{Batch, NewObject, Store};

const A: &str = "111122223333";
const B: &str = "444455556666";
const HERE: &str = "eu-central-1";
const THERE: &str = "us-east-1";
const MINUTE: i64 = Timestamp::MINUTE;

/// Events of a format at a minute, with fields.
type Event<'a> = (&'a str, Option<i64>, Vec<(&'a str, &'a str)>);

fn snapshot(events: &[Event<'_>]) -> Arc<Snapshot> {
    let store = Store::new();
    let new = NewObject { path: "a".into(), parent: None, order: 0, bytes: 0 };
    let id = store.ledger().open(new);
    let mut batch = Batch::new(&store, Window::default());
    batch.begin(id, 0);
    for (number, (format, minute, fields)) in (1..).zip(events) {
        let format = formats().iter().find(|known| known.schema().id == *format).unwrap();
        let schema = format.schema();
        let row = batch.row(schema);
        if let Some(minute) = minute {
            row.time(Time::new(Timestamp(minute * MINUTE), 0));
        }
        for (name, value) in fields {
            row.put(schema.slot(name).unwrap(), Value::Str(value));
        }
        let frame = Frame::new(number, 1, Spot::Index(number));
        let _ = batch.commit(schema, frame, &[0]);
        // Runs of several segments lie over each other.
        if number % 7 == 0 {
            batch.flush();
        }
    }
    batch.flush();
    store.snapshot()
}

fn at<'a>(account: &'a str, region: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("account", account), ("region", region)]
}

fn given(covered: &[Covered]) -> Given<'_> {
    Given { covered, periods: &Period::USUAL, now: Timestamp(i64::MAX) }
}

fn found(events: &[Event<'_>], covered: &[Covered]) -> Presence {
    look(&snapshot(events), &given(covered), &Cancel::new()).unwrap()
}

/// A trail that is silent from minute 90 to 300, and then for the last ten hours.
fn trail<'a>() -> Vec<Event<'a>> {
    let minutes = (0..=90).chain(300..=320);
    let mut events: Vec<Event<'_>> =
        minutes.map(|minute| ("cloudtrail", Some(minute), at(A, HERE))).collect();
    events.push(("syslog", Some(920), Vec::new()));
    events
}

#[test]
fn a_lane_is_a_format_in_a_place() {
    let mut events = trail();
    events.push(("cloudtrail", Some(910), at(A, THERE)));
    events.push(("cloudtrail", Some(5), at(B, THERE)));
    events.push(("cloudtrail", None, at("not an account", "Mars")));
    let presence = found(&events, &[]);
    let lanes: Vec<_> = presence
        .lanes
        .iter()
        .map(|lane| {
            let place = (lane.place.account.as_deref(), lane.place.region.as_deref());
            (&*lane.format, place, lane.events, lane.untimed)
        })
        .collect();
    assert_eq!(
        lanes,
        [
            ("cloudtrail", (None, None), 1, 1),
            ("cloudtrail", (Some(A), Some(HERE)), 112, 0),
            ("cloudtrail", (Some(A), Some(THERE)), 1, 0),
            ("cloudtrail", (Some(B), Some(THERE)), 1, 0),
            ("syslog", (None, None), 1, 0),
        ]
    );
    let lane = &presence.lanes[1];
    assert_eq!((lane.hours, lane.empty_hours), (3, 3));
    assert_eq!((lane.usual, lane.span), (Some(MINUTE), Some((0, 320 * MINUTE))));
    let gap = Gap { from: 90 * MINUTE, to: 300 * MINUTE, basis: Basis::Inferred };
    assert_eq!(lane.gaps, [gap]);
    assert_eq!(lane.end.map(|end| end.state), Some(EndState::Silent));
    assert_eq!(presence.lanes[2].end.map(|end| end.state), Some(EndState::NotYetDelivered));
    assert_eq!(presence.newest, Some(Timestamp(920 * MINUTE)));
}

#[test]
fn digests_prove_what_is_empty_and_say_what_they_do_not_cover() {
    let span = |from: i64, to: i64, proof| Covered {
        account: A.to_owned(),
        region: HERE.to_owned(),
        from: Timestamp(from * MINUTE),
        to: Timestamp(to * MINUTE),
        proof,
    };
    let basis = |covered: &[Covered]| {
        let presence = found(&trail(), covered);
        let lane = &presence.lanes[0];
        (lane.gaps[0].basis, lane.proven_hours)
    };
    let whole = [
        span(60, 120, Proof::Verified),
        span(180, 240, Proof::Empty),
        span(120, 180, Proof::Empty),
        span(240, 360, Proof::Verified),
    ];
    assert_eq!(basis(&whole), (Basis::ProvenEmpty, 3));
    assert_eq!(basis(&whole[..3]), (Basis::NotCovered, 1), "what came after the hour is missing");
    let mut missing = whole.clone();
    missing[2].proof = Proof::LogMissing;
    assert_eq!(basis(&missing), (Basis::LogMissing, 2), "it may be what is not there");
    missing[2] = span(360, 420, Proof::LogMissing);
    assert_eq!(basis(&missing).0, Basis::NotCovered, "of what came after all of the gap");
    let late = [span(60, 314, Proof::Verified)];
    assert_eq!(basis(&late).0, Basis::NotCovered, "it may have come in the last minute");
    assert_eq!(basis(&[span(60, 360, Proof::NotCovered)]), (Basis::NotCovered, 0));
    let mut other = whole.clone();
    for span in &mut other {
        THERE.clone_into(&mut span.region);
    }
    assert_eq!(basis(&other), (Basis::Inferred, 0));
}

#[test]
fn a_clock_that_runs_ahead_makes_nobody_silent() {
    let mut events = trail();
    events.push(("syslog", Some(10_000_000), Vec::new()));
    let snapshot = snapshot(&events);
    let mut given = given(&[]);
    given.now = Timestamp(1000 * MINUTE);
    let presence = look(&snapshot, &given, &Cancel::new()).unwrap();
    assert_eq!(presence.newest, Some(Timestamp(920 * MINUTE)));
    assert_eq!(presence.lanes[1].ahead, 1);
    // A host whose clock stands in 1970 is wrong about all of it.
    given.now = Timestamp(-1);
    let presence = look(&snapshot, &given, &Cancel::new()).unwrap();
    assert_eq!(presence.newest, Some(Timestamp(10_000_000 * MINUTE)));
}

fn standing(presence: &Presence, region: &str, service: Service) -> Standing {
    let place = Place { account: Some(A.to_owned()), region: Some(region.to_owned()) };
    let one = presence.expected.iter().find(|one| one.place == place).unwrap();
    one.sources.iter().find(|found| found.service == service).unwrap().standing
}

fn call<'a>(minute: i64, event: &'a str, target: &'a str, outcome: &'a str) -> Event<'a> {
    let at =
        if event.contains("FlowLogs") { "ec2.amazonaws.com" } else { "cloudtrail.amazonaws.com" };
    let mut fields = called(A, HERE, at);
    fields.extend([("event", event), ("outcome", outcome), ("principal", "mallory")]);
    fields.push(("requestParameters.name", target));
    ("cloudtrail", Some(minute), fields)
}

fn called<'a>(account: &'a str, region: &'a str, source: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("account", account), ("region", region), ("event.source", source)]
}

#[test]
fn what_should_be_there_is_present_absent_or_somewhere() {
    let mut events = trail();
    events.push(("guardduty", Some(900), at(A, THERE)));
    events.push(("vpc_flow", Some(900), vec![("account", A)]));
    let presence = found(&events, &[]);
    assert_eq!(presence.expected.len(), 2, "what names less than others is no place");
    assert_eq!(standing(&presence, HERE, Service::CloudTrail), Standing::Present);
    assert_eq!(standing(&presence, THERE, Service::CloudTrail), Standing::Absent);
    assert_eq!(standing(&presence, THERE, Service::GuardDuty), Standing::Present);
    assert_eq!(standing(&presence, HERE, Service::GuardDuty), Standing::Absent);
    assert_eq!(standing(&presence, HERE, Service::FlowLogs), Standing::Unplaced);
    let config = standing(&presence, HERE, Service::Config);
    assert_eq!(config == Standing::NotRead, !Service::Config.is_read());
}

#[test]
fn who_switched_off_what_and_whether_it_is_on_again() {
    let mut events = trail();
    events.extend([
        call(310, "StopLogging", "arn:aws:cloudtrail:eu-central-1:1:trail/main", "success"),
        call(311, "StopLogging", "other", "denied"),
        call(312, "StopLogging", "other", "denied"),
        call(313, "DeleteFlowLogs", "-", "success"),
        call(314, "StartLogging", "other", "success"),
        call(315, "StartLogging", "main", "denied"),
        call(316, "UpdateTrail", "main", "success"),
        call(317, "DescribeTrails", "main", "success"),
        call(319, "StartLogging", "main", "success"),
    ]);
    let presence = found(&events, &[]);
    let told: Vec<_> = presence
        .switched
        .iter()
        .map(|one| {
            let again = one.again.as_ref().and_then(|again| again.time);
            (one.event, one.times, one.is_off(), again.map(|time| time.at.0 / MINUTE))
        })
        .collect();
    assert_eq!(
        told,
        [
            ("StopLogging", 1, false, Some(319)),
            ("StopLogging", 2, false, None),
            ("DeleteFlowLogs", 1, true, None),
            ("UpdateTrail", 1, false, None),
        ]
    );
    assert_eq!(presence.switched[0].by.as_deref(), Some("mallory"));
    assert_eq!(standing(&presence, HERE, Service::FlowLogs), Standing::SwitchedOff);
    assert_eq!(standing(&presence, HERE, Service::CloudTrail), Standing::Present);
}

#[test]
fn attempts_do_not_hide_what_succeeded() {
    let names: Vec<String> = (0..20_010).map(|number| format!("no-such-{number}")).collect();
    let mut events: Vec<Event<'_>> =
        names.iter().map(|name| call(1, "StopLogging", name, "denied")).collect();
    events.push(call(2, "StopLogging", "main", "success"));
    let presence = found(&events, &[]);
    assert_eq!(presence.more_switched, 10);
    assert_eq!(presence.switched.iter().filter(|one| one.is_off()).count(), 1);
}

#[test]
fn accounts_of_principals_alone_are_told_apart() {
    let mut events = trail();
    for account in [A, B, B] {
        let mut fields = at(A, HERE);
        fields.push(("principal.account", account));
        events.push(("cloudtrail", Some(1), fields));
    }
    let stranger = Stranger { account: B.to_owned(), events: 2 };
    assert_eq!(found(&events, &[]).strangers, [stranger]);
}

#[test]
fn how_far_back_it_reaches_is_counted_from_the_newest() {
    let days = |days: i64| Some(days * 24 * 60);
    let events: [Event<'_>; 3] = [
        ("cloudtrail", days(0), at(A, HERE)),
        ("syslog", days(20), Vec::new()),
        ("syslog", days(100), Vec::new()),
    ];
    let retention = found(&events, &[]).retention.unwrap();
    assert_eq!(retention.whole.missing, [0, 265 * Timestamp::DAY]);
    assert_eq!(retention.formats["syslog"].missing[0], 10 * Timestamp::DAY);
    assert_eq!(found(&[], &[]).retention, None);
}

#[test]
fn it_can_be_called_off() {
    let cancel = Cancel::new();
    cancel.cancel();
    assert!(look(&snapshot(&trail()), &given(&[]), &cancel).is_none());
}
