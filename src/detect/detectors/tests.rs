use super::*;
use crate::detect::Estate;
use crate::event::{
    Cancel, FieldDef, Frame, Kind, Place, Role, Schema, Sink, Time, Timestamp, Value, Window,
    fields,
};
use crate::query::Sought;
use crate::store::{Batch, NewObject, RowRef, Store};
use crate::verify::{Finding, Kind as Wrong, Severity};
use proptest::prelude::*;
use std::sync::LazyLock;

const MINUTE: i64 = Timestamp::MINUTE;
const HOUR: i64 = Timestamp::HOUR;
const ALICE: &str = "arn:aws:iam::111122223333:user/alice";

const fn member(name: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Str, Role::Text, "")
}

fn schema(id: &'static str, fields: Vec<FieldDef>) -> Arc<Schema> {
    Arc::new(Schema { id: id.into(), title: id.into(), fields })
}

static TRAIL: LazyLock<Arc<Schema>> = LazyLock::new(|| {
    let mut all = vec![fields::EVENT, fields::EVENT_SOURCE, fields::CLASS, fields::OUTCOME];
    all.push(fields::CODE);
    all.extend([fields::PRINCIPAL, fields::PRINCIPAL_KIND, fields::PRINCIPAL_ACCOUNT]);
    all.extend([fields::ROLE, fields::KEY, fields::SRC_IP, fields::ACCOUNT, fields::REGION]);
    all.extend([fields::RESOURCE, fields::BYTES_OUT, fields::AGENT, member("readOnly")]);
    all.extend(["bucketName", "name", "trailName", "roleArn"].map(|name| match name {
        "bucketName" => member("requestParameters.bucketName"),
        "name" => member("requestParameters.name"),
        "trailName" => member("requestParameters.trailName"),
        _ => member("requestParameters.roleArn"),
    }));
    schema("cloudtrail", all)
});

static FLOWS: LazyLock<Arc<Schema>> = LazyLock::new(|| {
    let all = vec![fields::EVENT, fields::OUTCOME, fields::SRC_IP, fields::DST_IP];
    schema("vpc_flow", [all, vec![fields::BYTES_OUT, fields::ACCOUNT]].concat())
});

/// An event at a time in nanoseconds, with fields as text.
#[derive(Debug, Clone)]
struct Event {
    at: Option<i64>,
    schema: &'static LazyLock<Arc<Schema>>,
    fields: Vec<(&'static str, String)>,
}

fn event(at: i64, fields: &[(&'static str, &str)]) -> Event {
    let fields = fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    Event { at: Some(at), schema: &TRAIL, fields }
}

fn flow(at: i64, from: &str, to: &str, bytes: u64) -> Event {
    let bytes = bytes.to_string();
    let fields = [("src.ip", from), ("dst.ip", to), ("bytes.out", &*bytes), ("outcome", "success")];
    Event { schema: &FLOWS, ..event(at, &fields) }
}

/// The events in so many files, one after the other, as they come.
fn snapshot(events: &[Event], files: usize) -> Arc<Snapshot> {
    let store = Store::new();
    for (order, part) in events.chunks(events.len().div_ceil(files).max(1)).enumerate() {
        let new = NewObject {
            path: order.to_string().into(),
            parent: None,
            order: order as u64,
            bytes: 0,
        };
        let id = store.ledger().open(new);
        let mut batch = Batch::new(&store, Window::default());
        batch.begin(id, order as u64);
        for (number, event) in (1..).zip(part) {
            let schema: &Arc<Schema> = event.schema;
            let row = batch.row(schema);
            if let Some(at) = event.at {
                row.time(Time::new(Timestamp(at), 9));
            }
            for (name, value) in &event.fields {
                let slot = schema.slot(name).unwrap();
                match schema.fields[slot].kind {
                    Kind::Ip => row.put(slot, Value::Ip(value.parse().unwrap())),
                    Kind::Int => row.put(slot, Value::Int(value.parse().unwrap())),
                    _ => row.put(slot, Value::Str(value)),
                }
            }
            let frame = Frame { offset: number, length: 1, place: Place::Index(number) };
            let _ = batch.commit(schema, frame, &[0]);
        }
        batch.flush();
    }
    store.snapshot()
}

fn estate(text: &str) -> Estate {
    Estate::read("estate.toml", text).unwrap()
}

fn ask(id: &str, snapshot: &Arc<Snapshot>, given: &Given<'_>, said: &Said) -> Answer {
    detector(id).unwrap().answer(snapshot, (given, said), &Cancel::default())
}

/// What a detector says of these events, with an estate of this text.
fn answer(id: &str, events: &[Event], text: &str) -> Answer {
    let estate = estate(text);
    let given = Given { estate: Some(&estate), ..Given::default() };
    ask(id, &snapshot(events, 1), &given, &Said::new())
}

fn whys(answer: &Answer) -> Vec<&str> {
    answer.found.iter().map(|found| &*found.why).collect()
}

#[test]
fn detectors_say_what_they_are_and_what_they_lack() {
    let nothing = snapshot(&[], 1);
    for (place, detector) in DETECTORS.iter().enumerate() {
        assert!(DETECTORS[..place].iter().all(|other| other.id != detector.id));
        assert!(!detector.questions.is_empty() && !detector.tags.is_empty(), "{}", detector.id);
        for parameter in detector.parameters {
            assert!((parameter.from..=parameter.to).contains(&parameter.default));
        }
        let answer = ask(detector.id, &nothing, &Given::default(), &Said::new());
        assert!(answer.unable.is_some() && answer.found.is_empty(), "{}", detector.id);
    }
}

#[test]
fn canaries_are_found_wherever_they_stand() {
    let canaries = "canaries = [\"AKIAIOSFODNN7EXAMPLE\", \"arn:aws:s3:::acme-canary/*\", \
                    \"203.0.113.0/24\"]";
    let events = [
        event(1, &[("key", "AKIAIOSFODNN7EXAMPLE"), ("principal", ALICE)]),
        event(2, &[("key", "akiaiosfodnn7example")]),
        event(3, &[("resource", "arn:aws:s3:::acme-canary/plan.pdf"), ("src.ip", "203.0.113.7")]),
        event(4, &[("resource", "arn:aws:s3:::acme-canary")]),
    ];
    let answer = answer("canary", &events, canaries);
    assert_eq!(answer.evaluated, 4);
    let found: Vec<_> =
        answer.found.iter().map(|found| (&*found.who[0], found.events.len())).collect();
    assert_eq!(
        found,
        [("203.0.113.0/24", 1), ("AKIAIOSFODNN7EXAMPLE", 2), ("arn:aws:s3:::acme-canary/*", 1)]
    );
    assert!(answer.found[1].why.starts_with("2 events with AKIAIOSFODNN7EXAMPLE"));
}

#[test]
fn each_indicator_is_an_alarm_whatever_its_case() {
    let lists = [
        ("bad.txt".to_owned(), Sought::list("bad.txt", "198.51.100.0/30\nEvil.example\n")),
        ("more.txt".to_owned(), Sought::list("more.txt", "evil.example\n")),
    ];
    let given = Given { lists: &lists, ..Given::default() };
    let events = [
        event(1, &[("src.ip", "198.51.100.1"), ("event", "EVIL.example")]),
        event(2, &[("src.ip", "198.51.100.9"), ("event", "evil.EXAMPLE")]),
    ];
    let answer = ask("indicator", &snapshot(&events, 1), &given, &Said::new());
    assert_eq!(
        whys(&answer),
        [
            "1 event with 198.51.100.1, which is in bad.txt",
            "2 events with evil.example, which is in bad.txt, more.txt"
        ]
    );
}

fn failure(at: i64) -> Event {
    let fields = [("principal", ALICE), ("event.source", "ec2.amazonaws.com")];
    let more = [("outcome", "failure"), ("code", "Throttling")];
    event(at, &[fields, more].concat())
}

#[test]
fn bursts_of_errors_go_over_the_edge_of_a_window() {
    let settings = "[detectors.error-burst]\nleast = 4\nminutes = 5";
    let times = [290, 295, 299, 301, 2000, 2299, 2300, 2301, 9000];
    let mut events: Vec<Event> =
        times.iter().map(|second| failure(second * Timestamp::SECOND)).collect();
    events.push(Event { at: None, ..failure(0) });
    events.push(event(1, &[("outcome", "failure")]));
    let found = answer("error-burst", &events, settings);
    assert_eq!(found.evaluated, 11);
    assert_eq!(found.left_out, ["1 failure left out: no principal", "1 failure left out: no time"]);
    assert_eq!(
        whys(&found),
        [
            "up to 4 failed calls to ec2.amazonaws.com within 5 min, where 4 are many; 4 in 1 burst; \
          1970-01-01T00:04:50Z to 1970-01-01T00:05:01Z; codes: Throttling 4"
        ]
    );
    assert_eq!(found.found[0].who, [ALICE, "ec2.amazonaws.com"]);
    // What was refused is not asked about here.
    let refused: Vec<Event> =
        (0..9).map(|at| event(at, &[("principal", ALICE), ("outcome", "denied")])).collect();
    assert!(answer("error-burst", &refused, settings).found.is_empty());
    // At one instant, or at all: the same.
    let together = vec![failure(7); 4];
    assert_eq!(answer("error-burst", &together, settings).found[0].events.len(), 4);
}

/// One request a minute for five hours, and so many in one of them.
fn requests(many: usize) -> Vec<Event> {
    let fields = [("principal", ALICE), ("src.ip", "192.0.2.1"), ("event", "GetObject")];
    let mut events: Vec<Event> =
        (0..300).map(|minute| event(minute * MINUTE + 7, &fields)).collect();
    events.extend((0..many).map(|at| event(240 * MINUTE + 11 + at as i64, &fields)));
    events
}

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
fn whoever_touches_the_logs_is_told_unless_it_is_their_job() {
    let delivery = [("principal", "cloudtrail.amazonaws.com"), ("principal.kind", "aws_service")];
    let bucket = [("requestParameters.bucketName", "acme-logs"), ("resource", "acme-logs")];
    let trail = [("resource", "main"), ("event.source", "cloudtrail.amazonaws.com")];
    let by = [("principal", ALICE), ("account", "111122223333")];
    let events = [
        event(
            1,
            &[&delivery[..], &bucket, &[("event", "GetBucketAcl"), ("readOnly", "true")]].concat(),
        ),
        event(
            2,
            &[&by[..], &bucket, &[("event", "PutBucketPolicy"), ("readOnly", "false")]].concat(),
        ),
        event(
            3,
            &[&by[..], &bucket, &[("event", "GetBucketPolicy"), ("readOnly", "true")]].concat(),
        ),
        event(4, &[&by[..], &trail, &[("event", "UpdateTrail"), ("outcome", "denied")]].concat()),
        event(5, &[&by[..], &[("resource", "main"), ("event", "CreateRule")]].concat()),
    ];
    let snapshot = snapshot(&events, 1);
    let said = Said::from([(
        ("logs-touched", RowRef { segment: 0, row: 3 }),
        vec!["trail arn:aws:cloudtrail:eu-west-1:111122223333:trail/main".to_owned()],
    )]);
    let found = ask("logs-touched", &snapshot, &Given::default(), &said);
    assert_eq!(
        whys(&found),
        [
            "2 calls that write where logs are: acme-logs, main (calls: PutBucketPolicy 1, UpdateTrail 1; \
          outcomes: none 1, denied 1)"
        ]
    );
    assert_eq!(found.found[0].who, [ALICE, "111122223333"]);
    // What somebody named as a source is known too.
    let sources = ["s3://other-logs/AWSLogs/".to_owned()];
    let given = Given { sources: &sources, ..Given::default() };
    let events = [event(1, &[("principal", ALICE), ("resource", "arn:aws:s3:::other-logs/x.gz")])];
    let found = ask("logs-touched", &self::snapshot(&events, 1), &given, &Said::new());
    assert_eq!(found.found.len(), 1);
    // CloudTrail calls that set up a trail say more in their records.
    let set_up = |outcome| event(1, &[("event", "CreateTrail"), ("outcome", outcome)]);
    let calls = self::snapshot(&["success", "denied", "failure"].map(set_up), 1);
    let rows = detector("logs-touched").unwrap().wanted(&calls, &Given::default()).unwrap();
    assert_eq!(rows[0].iter().collect::<Vec<_>>(), [0], "what was refused set nothing up");
}

#[test]
fn a_silence_is_one_that_is_rare() {
    let at = |minute: i64| event(minute * MINUTE, &[("account", "111122223333")]);
    let steady = |from: i64| (from..from + 100).map(at);
    let once: Vec<Event> = steady(0).chain(steady(500)).collect();
    let found = answer("silence", &once, "");
    assert_eq!(
        whys(&found),
        ["no event of cloudtrail 111122223333  for 401 minutes, from 1970-01-01T01:39:00Z to \
          1970-01-01T08:20:00Z, where 1 are usual (401 times, at least 60); known from: inferred"]
    );
    assert_eq!(found.found[0].span, Some((Timestamp(99 * MINUTE), Timestamp(500 * MINUTE))));
    let nightly: Vec<Event> =
        steady(0).chain(steady(500)).chain(steady(1000)).chain(steady(1500)).collect();
    let found = answer("silence", &nightly, "");
    assert!(found.found.is_empty());
    assert_eq!(found.left_out, ["1 source left out: silent so long more often than a few times"]);
}

#[test]
fn what_digests_show_is_one_alarm_a_kind() {
    let finding = |kind, severity, key: &str| Finding {
        kind,
        severity,
        key: Some(key.into()),
        span: Some((Timestamp(1), Timestamp(2))),
        scope: None,
        detail: "its hash is another".into(),
    };
    let findings = [
        finding(Wrong::LogModified, Severity::Error, "a"),
        finding(Wrong::LogModified, Severity::Error, "b"),
        finding(Wrong::DigestKeyUnknown, Severity::Warning, "c"),
    ];
    let given = Given { verified: Some(&findings), ..Given::default() };
    let found = ask("log-integrity", &snapshot(&[], 1), &given, &Said::new());
    assert_eq!(whys(&found), ["2 findings log_modified of a, b: its hash is another"]);
    assert_eq!(found.evaluated, 3);
    assert_eq!(found.left_out, ["1 finding left out: proves nothing wrong"]);
    assert_eq!(found.found[0].named.len(), 2);
}

const ACCOUNTS: &str = "accounts = [\"111122223333\"]";

#[test]
fn the_boundary_is_crossed_in_both_directions() {
    let role = |account: &str| format!("arn:aws:iam::{account}:role/deploy");
    let of = |account: &'static str| ("principal.account", account);
    let events = [
        event(1, &[of("444455556666"), ("event", "AssumeRole"), ("outcome", "success")]),
        event(2, &[of("111122223333"), ("event", "GetObject")]),
        event(
            3,
            &[
                of("111122223333"),
                ("event", "AssumeRole"),
                ("requestParameters.roleArn", &role("777788889999")),
            ],
        ),
        event(
            4,
            &[
                of("111122223333"),
                ("event", "AssumeRole"),
                ("requestParameters.roleArn", &role("111122223333")),
            ],
        ),
        event(5, &[of("ANONYMOUS"), ("event", "GetObject")]),
    ];
    let found = answer("foreign-account", &events, ACCOUNTS);
    let who: Vec<_> = found.found.iter().map(|one| [&*one.who[0], &*one.who[1]]).collect();
    assert_eq!(who, [["444455556666", "came"], ["777788889999", "went"]]);
    assert_eq!(found.found[0].events.len(), 1);
}

#[test]
fn what_is_shared_with_strangers_is_told() {
    let share = |at, outcome| event(at, &[("event", "PutBucketPolicy"), ("outcome", outcome)]);
    let events = [share(1, "success"), share(2, "denied")];
    let snapshot = snapshot(&events, 1);
    let estate = estate(ACCOUNTS);
    let given = Given { estate: Some(&estate), ..Given::default() };
    let wanted = |given| detector("foreign-share").unwrap().wanted(&snapshot, given).unwrap();
    assert_eq!(wanted(&given)[0].iter().collect::<Vec<_>>(), [0]);
    assert!(!wanted(&Given::default())[0].any(), "nobody says which accounts are ours");
    let accounts = ["111122223333", "444455556666"].map(str::to_owned).to_vec();
    let said = Said::from([(("foreign-share", RowRef { segment: 0, row: 0 }), accounts)]);
    let found = ask("foreign-share", &snapshot, &given, &said);
    assert_eq!(found.found.len(), 1);
    assert!(found.found[0].why.starts_with("1 call names 444455556666"), "{:?}", whys(&found));
}

#[test]
fn writes_into_buckets_of_others_are_told() {
    let write = |bucket, outcome| {
        let what = [("event", "PutObject"), ("class", "data-write"), ("outcome", outcome)];
        event(1, &[&what[..], &[("requestParameters.bucketName", bucket)]].concat())
    };
    let events =
        [write("acme-data", "success"), write("other", "success"), write("third", "denied")];
    let found = answer("foreign-bucket", &events, "buckets = [\"acme-*\"]");
    assert_eq!(
        whys(&found),
        ["1 write into other, which is not among the buckets of estate.toml; calls: PutObject 1"]
    );
}

#[test]
fn egress_is_what_leaves_our_networks() {
    let settings = "networks = [\"10.0.0.0/8\"]\n[detectors.egress]\nmegabytes = 5";
    let events = [
        flow(1, "10.0.0.5", "198.51.100.9", 4_000_000),
        flow(2, "10.0.0.5", "198.51.100.10", 3_000_000),
        flow(3, "10.0.0.5", "10.0.0.6", 90_000_000),
        flow(4, "10.0.0.7", "198.51.100.9", 4_999_999),
        flow(5, "198.51.100.9", "10.0.0.5", 90_000_000),
    ];
    let found = answer("egress", &events, settings);
    assert_eq!(
        whys(&found),
        ["10.0.0.5 sent 7.00 MB (at least 5.00 MB) to 2 addresses outside of our networks: \
          198.51.100.9 4.00 MB, 198.51.100.10 3.00 MB"]
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

#[test]
fn what_detectors_name_comes_first_and_is_counted() {
    let resource = |number: usize| format!("r{number:02}");
    let events: Vec<Event> =
        (0..60).map(|at| event(at as i64, &[("resource", &resource(at))])).collect();
    let snapshot = snapshot(&events, 1);
    let alarm = |named: Vec<String>, events: u16| {
        let found = Found {
            named: named.into_iter().map(|name| ("resource", name)).collect(),
            events: (0..events).map(|row| RowRef { segment: 0, row }).collect(),
            ..Found::default()
        };
        let mut answers = vec![Answer::default(); DETECTORS.len()];
        answers[0].found.push(found);
        let findings = crate::detect::Findings { answers, ..Default::default() };
        crate::detect::alarms(&snapshot, &crate::detect::Ruleset::default(), &findings).remove(0)
    };
    let keys = |number: usize| (0..number).map(|key| format!("key{key:02}")).collect::<Vec<_>>();
    let many = alarm([keys(60), keys(60)].concat(), 0);
    assert_eq!(many.entities["resource"], keys(50));
    assert_eq!(many.totals["resource"], 60);
    let both = alarm([vec![resource(59)], keys(2)].concat(), 60);
    assert_eq!(both.entities["resource"][..4], ["r59", "key00", "key01", "r00"]);
    assert_eq!((both.entities["resource"].len(), both.totals["resource"]), (50, 62));
    assert!(alarm(keys(3), 2).totals.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn the_order_and_the_files_of_events_do_not_count(
        seed in 0_usize..1000, files in 1_usize..5,
    ) {
        let mut events = requests(60);
        events.extend((0..40).map(|at| failure(100 * MINUTE + at)));
        events.extend((0..9).map(|hour| {
            flow(hour * HOUR, "10.0.0.5", "198.51.100.9", if hour == 4 { 900_000_000 } else { 9 })
        }));
        let text = format!("{ACCOUNTS}\nnetworks = [\"10.0.0.0/8\"]\ncanaries = [\"192.0.2.1\"]");
        let estate = estate(&text);
        let given = Given { estate: Some(&estate), ..Given::default() };
        let sorted = snapshot(&events, 1);
        let length = events.len();
        // A permutation: 7919 is a prime that does not divide the number of events.
        let shuffled: Vec<Event> =
            (0..length).map(|at| events[(at * 7919 + seed) % length].clone()).collect();
        let shuffled = snapshot(&shuffled, files);
        for one in DETECTORS {
            let [one, other] = [&sorted, &shuffled].map(|snapshot| {
                let answer = one.answer(snapshot, (&given, &Said::new()), &Cancel::default());
                let told = answer.found.into_iter().map(|found| {
                    (found.who, found.why, found.events.len(), found.curves, found.span)
                });
                (answer.evaluated, answer.unable, answer.left_out, told.collect::<Vec<_>>())
            });
            prop_assert_eq!(one, other);
        }
    }
}
