//! Made-up incidents: a full one, a hostile one, an empty one and a huge one.

use serde_json::Value;
use std::collections::BTreeMap;
use trailcase::case::{Raw, sha256_hex};
use trailcase::event::{Standing, Time, Verdict};
use trailcase::record::incident::{
    Action, Affected, Alarm, Clock, Count, Coverage, Deadline, Decision, Exhibit, Incident,
    Indicator, IndicatorKind, Mention, Mentions, Note, Notification, Object, Person, Position,
    Query, Rule, Scope, Severity, Span, StandIn, Status, Suppression, Times, Tlp, Tool, Workspace,
};
use trailcase::shown::hostile;

/// A note on the alarm; every format has to say it.
pub(crate) const NOTE: &str = "Asked Dana: she did not make this key & has \"no\" idea who <did>.";

#[allow(clippy::unnecessary_wraps, reason = "as members take it")]
fn time(text: &str) -> Option<Time> {
    Some(Time::parse_rfc3339(text).unwrap())
}

#[allow(clippy::unnecessary_wraps, reason = "as members take it")]
fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn list(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn exhibit(minute: u64, event: &str, outcome: &str) -> Exhibit {
    let raw = format!(
        r#"{{"eventTime":"2026-03-04T10:{minute:02}:02Z","eventName":"{event}","userIdentity":{{"arn":"arn:aws:iam::111122223333:user/dana","userName":"dana"}},"sourceIPAddress":"203.0.113.7"}}"#
    );
    Exhibit {
        inside: None,
        within: Vec::new(),
        time: time(&format!("2026-03-04T10:{minute:02}:02.5Z")),
        zone: some("+02:00"),
        source: some("s3://logs-111122223333/AWSLogs"),
        format: some("cloudtrail"),
        event: some(event),
        principal: some("arn:aws:iam::111122223333:user/dana"),
        address: some("203.0.113.7"),
        outcome: some(outcome),
        resource: list(&["arn:aws:iam::111122223333:user/backup"]),
        account: some("111122223333"),
        region: some("us-east-1"),
        message: None,
        object: "AWSLogs/111122223333/CloudTrail/us-east-1/a.json.gz".to_owned(),
        member: None,
        offset: 12 + minute,
        length: raw.len() as u64,
        line: None,
        index: Some(minute),
        sha256: Some(sha256_hex(b"object")),
        record_sha256: Some(sha256_hex(raw.as_bytes())),
        standing: Some(Standing::Verified),
        tags: list(&["persistence"]),
        raw: Some(Raw(raw.into_bytes())),
        redacted: false,
    }
}

fn note(text: &str) -> Note {
    Note {
        number: Some(1),
        at: time("2026-03-04T11:20:00.000Z"),
        who: some("kim"),
        text: text.to_owned(),
        exhibits: vec![1],
    }
}

fn alarm() -> Alarm {
    let entities =
        [("principal", "arn:aws:iam::111122223333:user/dana"), ("src.ip", "203.0.113.7")];
    let entities = entities.iter().map(|(field, value)| ((*field).to_owned(), list(&[value])));
    Alarm {
        fingerprint: "0123456789abcdef".to_owned(),
        rule: Rule {
            id: some("4db60cc0-36fb-42b7-9b58-a5b53019fb74"),
            version: some("2025/10/01"),
            title: some("Access key made for another user"),
            author: some("A. Author"),
            licence: some("DRL 1.1"),
        },
        severity: Some(Severity::High),
        first: time("2026-03-04T10:01:02.5Z"),
        last: time("2026-03-04T10:03:02.5Z"),
        count: 3,
        findings: None,
        entities: entities.collect::<BTreeMap<_, _>>(),
        why: some("event:CreateAccessKey -outcome:denied"),
        state: some("closed"),
        into: Some(StandIn {
            fingerprint: "fedcba9876543210".to_owned(),
            title: some("Key used from outside"),
            reason: some("It is the same call."),
        }),
        owner: some("Dana Roe"),
        verdict: Some(Verdict::TpImpact),
        reason: some("The key was used from outside."),
        who: some("kim"),
        at: time("2026-03-04T12:00:00.000Z"),
        acknowledged: time("2026-03-04T10:50:00.000Z"),
        closed: time("2026-03-04T12:00:00.000Z"),
        history: vec![
            Decision {
                at: time("2026-03-04T11:00:00.000Z"),
                who: some("lee"),
                did: "closed as false-positive: We thought it ours.".to_owned(),
                verdict: Some(Verdict::FalsePositive),
                reason: some("We thought it ours."),
                owner: None,
            },
            Decision {
                at: time("2026-03-04T11:10:00.000Z"),
                who: some("kim"),
                did: "given to Ute Ort".to_owned(),
                owner: some("Ute Ort"),
                ..Decision::default()
            },
        ],
        notes: vec![note(NOTE)],
        disagreement: vec![Position {
            who: some("lee"),
            at: time("2026-03-04T11:50:00.000Z"),
            own: false,
            did: "closed as false-positive: The key is ours.".to_owned(),
            verdict: Some(Verdict::FalsePositive),
            reason: some("The key is ours."),
        }],
        exhibits: vec![1, 2],
    }
}

fn mention() -> Mention {
    Mention {
        fingerprint: "00112233445566ff".to_owned(),
        rule: alarm().rule,
        severity: Some(Severity::Low),
        first: time("2026-03-04T10:01:02.5Z"),
        last: None,
        count: 0,
        findings: Some(2),
    }
}

fn suppression() -> Suppression {
    let about = ("principal".to_owned(), "arn:aws:iam::111122223333:user/scanner".to_owned());
    Suppression {
        rule: "7de01287-ed8f-54c7-a19b-db21c05b6ca9".to_owned(),
        title: some("A tool that tries found keys"),
        about: [about].into(),
        owner: some("Vera Wild"),
        reason: some("It is our scanner."),
        until: time("2026-04-03T12:00:00.000Z"),
        who: some("kim"),
        at: time("2026-03-04T12:00:00.000Z"),
        hides: Mentions { total: 1, alarms: vec![mention()] },
    }
}

fn indicators() -> Vec<Indicator> {
    let one = |kind, value: &str| Indicator {
        kind,
        value: value.to_owned(),
        remark: some("Seen in three records."),
        first: time("2026-03-04T10:01:02Z"),
        last: None,
    };
    vec![
        one(IndicatorKind::Address, "203.0.113.7"),
        one(IndicatorKind::Address, "198.51.100.0/24"),
        one(IndicatorKind::Address, "2001:db8::7"),
        one(IndicatorKind::Domain, "evil.example"),
        one(IndicatorKind::Url, "https://evil.example/a?b='c'"),
        one(IndicatorKind::Email, "mallory@evil.example"),
        one(IndicatorKind::Sha256, &sha256_hex(b"tool")),
        one(IndicatorKind::Principal, "arn:aws:iam::111122223333:user/backup"),
        one(IndicatorKind::AccessKey, "AKIAIOSFODNN7EXAMPLE"),
        one(IndicatorKind::UserAgent, "aws-cli/2.0 \\ 'x'"),
        one(IndicatorKind::Resource, "arn:aws:s3:::payroll"),
        one(IndicatorKind::Other, "tools named like the victim's"),
    ]
}

fn found() -> Incident {
    let evidence = Object {
        path: "AWSLogs/111122223333/CloudTrail/us-east-1/a.json.gz".to_owned(),
        sha256: Some(sha256_hex(b"object")),
        bytes: Some(1_234_567),
        read_sha256: Some(sha256_hex(b"another object")),
        read_bytes: Some(1_234_568),
        standing: Some(Standing::Verified),
        state: some("read"),
        remark: None,
    };
    let span = Span {
        of: "CloudTrail, 111122223333, us-east-1".to_owned(),
        from: time("2026-03-04T09:00:00Z"),
        to: time("2026-03-04T09:30:00Z"),
        state: "gap".to_owned(),
        meaning: some("a gap, after which the chain starts anew"),
    };
    Incident {
        exhibits: vec![
            exhibit(1, "CreateAccessKey", "success"),
            exhibit(2, "ListBuckets", "denied"),
            exhibit(3, "GetObject", "success"),
        ],
        indicators: indicators(),
        alarms: vec![alarm()],
        suppressions: vec![suppression()],
        undecided: Mentions { total: 70, alarms: vec![mention(); 3] },
        evidence: vec![evidence],
        coverage: Coverage {
            counts: vec![Count { what: "records parsed".to_owned(), count: 2900 }],
            spans: vec![span],
            remarks: list(&["No data events were recorded for the bucket payroll."]),
        },
        queries: vec![Query { text: "principal:dana event:*Key*".to_owned() }],
        ..Incident::default()
    }
}

/// An incident of which everything is stated.
pub(crate) fn full() -> Incident {
    Incident {
        number: Some(7),
        title: some("Access key made by a stolen session"),
        severity: Some(Severity::High),
        tlp: Some(Tlp::AmberStrict),
        status: Some(Status::Containment),
        verdict: Some(Verdict::TpImpact),
        reason: some("A key was made and objects were read."),
        summary: some("A session of dana was taken over.\n\nWith it a key for backup was made."),
        scope: Scope {
            accounts: list(&["111122223333"]),
            regions: list(&["us-east-1", "moon-1"]),
            services: list(&["iam.amazonaws.com", "s3.amazonaws.com"]),
            principals: list(&["arn:aws:iam::111122223333:user/dana"]),
            addresses: list(&["203.0.113.7"]),
            resources: list(&["arn:aws:s3:::payroll"]),
            labels: list(&["arn:aws:s3:::payroll: wages, class pii"]),
        },
        workspace: Workspace {
            name: some("payroll"),
            id: some("6f9b1f0e-0f4e-4b8e-9a63-1f1f2f3f4f5f"),
            head: Some(sha256_hex(b"head")),
            entries: Some(42),
        },
        tool: Tool { name: "trailcase".to_owned(), version: "0.1.0".to_owned() },
        as_of: time("2026-03-04T13:00:00.000Z"),
        ..worked(found())
    }
}

/// What people did about it.
fn worked(found: Incident) -> Incident {
    let person = |name: &str, role: &str, contact: &str| Person {
        name: name.to_owned(),
        role: some(role),
        contact: some(contact),
    };
    Incident {
        people: vec![
            person("Kim Ito", "incident lead", "kim@example.com"),
            person("Dana Roe", "owner of the account", "by phone"),
        ],
        times: Times {
            occurred: time("2026-03-04T10:01:02.5Z"),
            detected: time("2026-03-04T10:42:00Z"),
            acknowledged: time("2026-03-04T10:50:00Z"),
            contained: time("2026-03-04T12:10:00Z"),
            closed: None,
        },
        clocks: vec![Clock { source: "app-1".to_owned(), zone: "+02:00".to_owned(), records: 311 }],
        notes: vec![note("Second line follows.\n* not a list\nhttps://evil.example/ and a|b")],
        actions: vec![Action {
            at: time("2026-03-04T12:10:00Z"),
            who: some("kim"),
            what: "The key AKIAIOSFODNN7EXAMPLE was made inactive.".to_owned(),
        }],
        lessons: list(&["Sessions of the console should end after an hour."]),
        notification: Some(notification()),
        ..found
    }
}

fn notification() -> Notification {
    let deadline = Deadline {
        whom: "Amazon, security@example.com".to_owned(),
        hours: Some(24),
        due: time("2026-03-05T10:42:00Z"),
        done: None,
    };
    Notification {
        affected: vec![Affected { kind: "payroll rows".to_owned(), count: Some(1200) }],
        first_exposure: time("2026-03-04T10:03:02Z"),
        last_exposure: time("2026-03-04T12:10:00Z"),
        deadlines: vec![deadline],
    }
}

/// The full incident with hostile text in every place for text, from this one on.
pub(crate) fn hostile(from: usize) -> Incident {
    let mut all = hostile::STRINGS.iter().cycle().skip(from);
    let mut incident =
        with_texts(&mut || String::from_utf8_lossy(all.next().unwrap()).into_owned());
    for exhibit in &mut incident.exhibits {
        exhibit.raw = Some(Raw(hostile::STRINGS.concat()));
    }
    incident
}

/// The full incident with other texts wherever there is one.
pub(crate) fn with_texts(next: &mut dyn FnMut() -> String) -> Incident {
    let mut tree = serde_json::to_value(full()).unwrap();
    spoil("", &mut tree, next);
    serde_json::from_value(tree).unwrap()
}

fn spoil(name: &str, value: &mut Value, next: &mut dyn FnMut() -> String) {
    // Words of closed lists and times are no place for text.
    const KEPT: [&str; 16] = [
        "severity", "tlp", "status", "verdict", "standing", "kind", "as_of", "at", "first", "last",
        "due", "done", "from", "to", "time", "raw",
    ];
    match value {
        Value::String(text) if !KEPT.contains(&name) && Time::parse_rfc3339(text).is_none() => {
            *text = next();
        }
        Value::Array(values) => values.iter_mut().for_each(|it| spoil(name, it, next)),
        Value::Object(members) => members.iter_mut().for_each(|(name, it)| spoil(name, it, next)),
        _ => {}
    }
}

/// An incident with ten thousand exhibits and very long notes.
pub(crate) fn huge() -> Incident {
    let long = "All work and no play. ".repeat(1000)[..20_000].to_owned();
    let exhibits = (0..10_000).map(|nth| exhibit(1 + nth % 59, "GetObject", "success"));
    let mut exhibits: Vec<Exhibit> = exhibits.collect();
    exhibits[0].raw = Some(Raw(long.clone().into_bytes()));
    let mut alarms = vec![Alarm { notes: vec![note(&long); 3], ..alarm() }; 300];
    alarms[0].exhibits = (1..=10_000).collect();
    let texts =
        |count: u64| (0..count).map(|nth| format!("{:012}", nth + 100_000_000_000)).collect();
    Incident {
        title: some(&"A very long title ".repeat(200)),
        summary: some(&long),
        exhibits,
        alarms,
        notes: vec![note(&long); 5],
        scope: Scope { accounts: texts(500), principals: texts(5000), ..Scope::default() },
        ..full()
    }
}

/// An incident of which nothing is stated.
pub(crate) fn empty() -> Incident {
    Incident::default()
}
