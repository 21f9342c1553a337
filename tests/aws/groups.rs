//! Log groups: what is fetched of them, when, and what is said where it cannot be.

use super::program::{rows, run, text};
use super::proxy::{Fate, Proxy};
use super::server::{Server, free_port};
use serde_json::{Value, json};
use trailcase::case::{Settings, Workspaces};
use trailcase::event::Timestamp;

const MINUTE: i64 = 60_000;

fn now() -> i64 {
    Timestamp::now().0 / 1_000_000
}

/// So many events before this time, a second apart, the oldest first.
fn events(until: i64, count: usize, text: &str) -> Vec<(i64, String)> {
    let event = |number: usize| {
        let at = until - (count - number) as i64 * 1_000;
        (at, format!("{text} {number}"))
    };
    (0..count).map(event).collect()
}

fn trail(at: i64) -> String {
    let time = Timestamp::from_millis(at).unwrap().to_rfc3339(0);
    json!({
        "eventVersion": "1.08", "eventTime": time, "eventSource": "iam.amazonaws.com",
        "eventName": "CreateUser", "awsRegion": "us-east-1", "sourceIPAddress": "203.0.113.9",
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/alice"},
        "eventID": format!("00000000-0000-0000-0000-{at:012}"),
        "recipientAccountId": "111122223333",
    })
    .to_string()
}

fn count(endpoint: &str, arguments: &[&str]) -> String {
    let output = run(endpoint, &[&["query", "--count"], arguments].concat());
    text(&output.stdout).trim().to_owned()
}

/// Every event over pages, with its text and its time; and formats are found inside.
#[test]
fn all_events_of_a_group_are_rows() {
    let Some(server) = Server::start() else { return };
    server.group("/aws/audit");
    // They end where a cell of six hours does, so that no border parts them into what fits one page.
    let end = (now() - 90 * MINUTE) / (360 * MINUTE) * (360 * MINUTE);
    let told = events(end, 12_000, "hello \u{1b}[31m world");
    server.tell("/aws/audit", "app", &told);
    let calls: Vec<_> = (0..50).map(|number| end + number * 1_000).collect();
    let calls: Vec<_> = calls.into_iter().map(|at| (at, trail(at))).collect();
    server.tell("/aws/audit", "111122223333_CloudTrail_us-east-1", &calls);

    let proxy = Proxy::start(server.port, |_, _| Fate::Pass);
    let source = "logs:///aws/audit";
    let plain = run(&proxy.endpoint, &["query", source, "format:plain", "--format", "jsonl"]);
    let plain = rows(&plain);
    assert_eq!(plain.len(), told.len());
    for (row, (at, text)) in plain.iter().zip(&told) {
        assert_eq!(row["message"], *text);
        assert_eq!(row["time"], Timestamp::from_millis(*at).unwrap().to_rfc3339(3));
    }
    assert!(proxy.asked("FilterLogEvents") > 2);
    assert!(proxy.asked("nextToken") > 0, "there were no pages");
    assert_eq!(count(&proxy.endpoint, &[source, "event:CreateUser principal:*alice"]), "50");
    // What was fetched reads the same from a file.
    let raw = run(&proxy.endpoint, &["query", source, "--format", "jsonl", "--fields", "raw"]);
    let raw = text(&raw.stdout).lines().map(|line| {
        let row: Value = serde_json::from_str(line).unwrap();
        format!("{}\n", row["raw"].as_str().unwrap())
    });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.jsonl");
    std::fs::write(&file, raw.collect::<String>()).unwrap();
    let shared = |source: &str| {
        let fields = "time,format,event,principal,src.ip,message,id";
        let output =
            run(&proxy.endpoint, &["query", source, "--format", "jsonl", "--fields", fields]);
        text(&output.stdout).to_owned()
    };
    assert_eq!(shared(file.to_str().unwrap()), shared(source));
}

#[test]
fn only_the_time_that_is_asked_for_is_fetched() {
    let Some(server) = Server::start() else { return };
    server.group("audit");
    let end = now() - 90 * MINUTE;
    server.tell("audit", "old", &events(end - 600 * MINUTE, 100, "old"));
    server.tell("audit", "new", &events(end, 100, "new"));
    let proxy = Proxy::start(server.port, |_, _| Fate::Pass);
    let since = Timestamp::from_millis(end - 30 * MINUTE).unwrap().to_rfc3339(0);
    let output = run(&proxy.endpoint, &["coverage", "logs://audit", "--since", &since]);
    let told = text(&output.stdout);
    assert!(told.contains("plain        100") && told.contains("outside of the time"), "{told}");
    assert!(proxy.asked("FilterLogEvents") < 40);
}

/// A part of time without events is no object that could not be read: the answer is that there
/// were none.
#[test]
fn where_there_were_no_events_that_is_the_answer() {
    let Some(server) = Server::start() else { return };
    server.group("audit");
    server.tell("audit", "a", &events(now() - 90 * MINUTE, 10, "a"));
    let since = Timestamp::from_millis(now() - 600 * MINUTE).unwrap().to_rfc3339(0);
    let coverage = ["coverage", "logs://audit", "--since", &since];
    let output = run(&server.endpoint(), &[&coverage[..], &["--format", "json"]].concat());
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let objects = told["objects"].as_array().unwrap().iter();
    let silent: Vec<_> =
        objects.filter(|it| it["bytes"] == 0 && it["reason"]["kind"] == "empty").collect();
    assert!(!silent.is_empty(), "{told}");
    for object in silent {
        assert_eq!((&object["state"], &object["records"]), (&"read".into(), &0.into()));
        let detail = object["reason"]["detail"].as_str().unwrap();
        assert!(detail.starts_with("there were no events of this time"), "{detail}");
    }
    let output = run(&server.endpoint(), &coverage);
    let told = text(&output.stdout);
    assert!(!told.contains("there were no events") && !told.contains("not_a_log"), "{told}");
}

/// What a workspace has is not asked for again, and is there without the service.
#[test]
fn a_workspace_asks_only_for_what_may_be_new() {
    let Some(server) = Server::start() else { return };
    server.group("audit");
    server.tell("audit", "a", &events(now() - 180 * MINUTE, 500, "first"));
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    let workspaces = Workspaces::new(folder.path());
    let sources = vec!["logs://audit".to_owned()];
    drop(workspaces.create("case", sources, Settings::default(), Timestamp(0)).unwrap());
    let arguments = ["-w", "case", "--workspace-dir", place];
    let first = Proxy::start(server.port, |_, _| Fate::Pass);
    assert_eq!(count(&first.endpoint, &arguments), "500");
    assert!(first.asked("FilterLogEvents") > 5);
    server.tell("audit", "b", &events(now(), 20, "second"));
    let again = Proxy::start(server.port, |_, _| Fate::Pass);
    assert_eq!(count(&again.endpoint, &arguments), "520");
    let asked = again.asked("FilterLogEvents");
    assert!((1..=3).contains(&asked), "{asked}");
    let nowhere = format!("http://127.0.0.1:{}", free_port());
    let output = run(&nowhere, &[&["query", "--count"], &arguments[..]].concat());
    assert_eq!(text(&output.stdout).trim(), "520");
    assert!(text(&output.stderr).contains("fetched before"), "{}", text(&output.stderr));
    let index = folder.path().join("case/evidence/objects.jsonl");
    let index = std::fs::read_to_string(index).unwrap();
    assert!(index.lines().all(|line| line.contains("\"form\":\"re-serialised: ")), "{index}");
}

/// The service is asked less often when it asks for that, and gives all in the end.
#[test]
fn throttling_costs_time_and_no_events() {
    let Some(server) = Server::start() else { return };
    server.group("audit");
    server.tell("audit", "a", &events(now() - 90 * MINUTE, 500, "a"));
    let slow = "{\"__type\":\"ThrottlingException\",\"message\":\"Rate exceeded\"}";
    let proxy = Proxy::start(server.port, move |line, before| match before {
        0 | 1 if line.contains("FilterLogEvents") => Fate::Say(400, slow),
        _ => Fate::Pass,
    });
    let since = Timestamp::from_millis(now() - 120 * MINUTE).unwrap().to_rfc3339(0);
    assert_eq!(count(&proxy.endpoint, &["logs://audit", "--since", &since]), "500");
}

/// The group is told from the streams by what the service says there is.
#[test]
fn streams_behind_the_group() {
    let Some(server) = Server::start() else { return };
    server.group("/aws/eks/one");
    server.tell("/aws/eks/one", "kube-a", &events(now() - 90 * MINUTE, 5, "a"));
    for source in ["logs:///aws/eks/one/kube-", "logs:///aws/eks/one:kube-"] {
        let proxy = Proxy::start(server.port, |_, _| Fate::Pass);
        assert_eq!(count(&proxy.endpoint, &[source]), "5", "{source}");
        let asked = proxy.asked("\"logStreamNamePrefix\":\"kube-\"");
        assert!(asked > 0 && asked == proxy.asked("FilterLogEvents"), "{source}");
    }
    let proxy = Proxy::start(server.port, |_, _| Fate::Pass);
    let arn = "logs://arn:aws:logs:us-east-1:123456789012:log-group:/aws/eks/one:*";
    let _ = run(&proxy.endpoint, &["query", arn, "--count"]);
    let by =
        "\"logGroupIdentifier\":\"arn:aws:logs:us-east-1:123456789012:log-group:/aws/eks/one\"";
    assert!(proxy.asked(by) > 0);
}

#[test]
fn refusals_say_what_is_missing() {
    let Some(server) = Server::start() else { return };
    server.group("audit");
    server.tell("audit", "a", &events(now() - 90 * MINUTE, 5, "a"));
    let denied = "{\"__type\":\"AccessDeniedException\",\"message\":\"User is not authorized\"}";
    let refusing = |what: &'static str| {
        Proxy::start(server.port, move |line, _| {
            if line.contains(what) { Fate::Say(400, denied) } else { Fate::Pass }
        })
    };
    // Whoever may read a group may not always look around.
    let proxy = refusing("DescribeLogGroups");
    assert_eq!(count(&proxy.endpoint, &["logs://audit", "--since", "2026-01-01"]), "5");
    let proxy = refusing("FilterLogEvents");
    let output = run(&proxy.endpoint, &["query", "logs://audit"]);
    let told = text(&output.stderr);
    assert!(told.contains("this needs logs:FilterLogEvents on logs://audit"), "{told}");
    assert_eq!(output.status.code(), Some(4));
    let output = run(&server.endpoint(), &["query", "logs://none"]);
    let told = text(&output.stderr);
    let wanted = "logs://none: failed: there is no log group of this name: there are audit;";
    assert!(told.contains(wanted), "{told}");
    // A service that never comes to an end is left.
    let same = "{\"events\":[],\"nextToken\":\"again\"}";
    let proxy = Proxy::start(server.port, move |line, _| {
        if line.contains("FilterLogEvents") { Fate::Say(200, same) } else { Fate::Pass }
    });
    let output = run(&proxy.endpoint, &["query", "logs://audit"]);
    assert!(text(&output.stderr).contains("gave the same page again"), "{}", text(&output.stderr));
}
