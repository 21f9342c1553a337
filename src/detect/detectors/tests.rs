use super::*;
use crate::detect::Estate;
use crate::event::{
    Cancel, FieldDef, Frame, Kind, Place, Role, Schema, Sink, Time, Timestamp, Value, Window,
    fields,
};
use crate::query::Sought;
use crate::store::{Batch, NewObject, RowRef, Store};
use crate::verify::{Finding, Kind as Wrong, Scope, Severity};
use proptest::prelude::*;
use std::sync::LazyLock;

mod baselines;
mod boundary;

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
            let frame = Frame::new(number, 1, Place::Index(number));
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

fn requests(many: usize) -> Vec<Event> {
    let fields = [("principal", ALICE), ("src.ip", "192.0.2.1"), ("event", "GetObject")];
    let mut events: Vec<Event> =
        (0..300).map(|minute| event(minute * MINUTE + 7, &fields)).collect();
    events.extend((0..many).map(|at| event(240 * MINUTE + 11 + at as i64, &fields)));
    events
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
    let rows = detector("logs-touched").unwrap().wanted(&calls, &Given::default()).unwrap().0;
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
    let known: std::collections::BTreeSet<&String> = found.found[0].findings.iter().collect();
    assert_eq!(known.len(), 2, "each is told from the other");
}

#[test]
fn a_hole_in_a_chain_names_the_chain() {
    let span = (Timestamp(1), Timestamp(2));
    let hole = |scope| Finding {
        kind: Wrong::CoverageHole,
        severity: Severity::Error,
        key: None,
        span: Some(span),
        scope,
        detail: "2 h".into(),
    };
    let chain = |trail: Option<&str>| Scope {
        trail: trail.map(str::to_owned),
        account: "111122223333".to_owned(),
        region: "eu-west-1".to_owned(),
        organization: None,
        window: span,
    };
    let (findings, chains) = ([hole(Some(1)), hole(None)], [chain(None), chain(Some("audit"))]);
    let given = Given { verified: Some(&findings), chains: &chains, ..Given::default() };
    let found = ask("log-integrity", &snapshot(&[], 1), &given, &Said::new());
    let named = [("resource", "audit"), ("account", "111122223333"), ("region", "eu-west-1")];
    assert_eq!(found.found[0].named, named.map(|(field, value)| (field, value.to_owned())));
}

const ACCOUNTS: &str = "accounts = [\"111122223333\"]";

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
