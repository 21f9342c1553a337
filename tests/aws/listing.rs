//! What is listed of a bucket in the layout of AWS: the dates that a window needs, the folders that an
//! address names, and folders at one time.

use super::program::{run, text};
use super::proxy::{Fate, Proxy};
use super::server::Server;
use serde_json::Value;
use trailcase::case::{Settings, Workspaces};
use trailcase::event::{Time, Timestamp, Window};

const TRAIL: &str = "AWSLogs/111122223333/CloudTrail";

/// A log of one record at this time that says this.
fn log(time: &str, message: &str) -> Vec<u8> {
    format!("{{\"time\":\"{time}\",\"message\":\"{message}\"}}\n").into_bytes()
}

/// A log for each day of February 2026, of two Regions.
fn put_february(server: &Server, bucket: &str) {
    server.bucket(bucket);
    let days = ["eu-west-1", "us-east-1"].iter().flat_map(|region| {
        (1..=28).map(move |day| {
            let key = format!("{TRAIL}/{region}/2026/02/{day:02}/a.json");
            (key, log(&format!("2026-02-{day:02}T10:00:00Z"), region))
        })
    });
    server.put_all(bucket, days);
}

fn day(text: &str) -> Timestamp {
    Time::parse_rfc3339(&format!("{text}T00:00:00Z")).unwrap().at
}

fn window<'a>(since: &'a str, until: &'a str) -> [&'a str; 4] {
    ["--since", since, "--until", until]
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

#[test]
fn dates_outside_of_the_window_are_neither_listed_nor_fetched() {
    let Some(server) = Server::start() else { return };
    put_february(&server, "logs");
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    let sources = vec!["s3://logs/AWSLogs/".to_owned()];
    let workspaces = Workspaces::new(folder.path());
    drop(workspaces.create("case", sources, Settings::default(), Timestamp(0)).unwrap());
    let proxy = Proxy::start(server.port, |_, _| Fate::Pass);
    let query = |since: &str, until: &str| {
        let arguments = ["query", "-w", "case", "--count", "--workspace-dir", place];
        run(&proxy.endpoint, &[&arguments[..], &window(since, until)].concat())
    };
    let output = query("2026-02-10", "2026-02-12");
    assert_eq!(text(&output.stdout).trim(), "4");
    let told = text(&output.stderr);
    assert!(told.contains("4 ranges of dates outside of the window were not fetched"), "{told}");
    assert_eq!(output.status.code(), Some(0));
    // The day after may hold what happened on the last.
    assert_eq!(proxy.asked("a.json"), 2 * 3);
    let asked = |day: &str| proxy.asked(&format!("2026%2F02%2F{day}%2F"));
    assert_eq!(["09", "10", "12", "13"].map(asked), [0, 2, 2, 0]);
    // Another window brings what is missing, and nothing that is there.
    assert_eq!(text(&query("2026-02-09", "2026-02-12").stdout).trim(), "6");
    assert_eq!(proxy.asked("a.json"), 2 * 4);
    // The ledger says which.
    let arguments = ["coverage", "s3://logs/AWSLogs/", "--format", "json"];
    let window = window("2026-02-10", "2026-02-12");
    let coverage = json(&run(&proxy.endpoint, &[&arguments[..], &window].concat()).stdout);
    let left = coverage["objects"].as_array().unwrap().iter();
    let left: Vec<&Value> = left.filter(|object| object["state"] == "skipped").collect();
    let paths: Vec<&str> = left.iter().map(|object| object["object"].as_str().unwrap()).collect();
    let folder = |region: &str, day: &str| format!("s3://logs/{TRAIL}/{region}/2026/02/{day}/");
    let regions = ["eu-west-1", "us-east-1"];
    let wanted = regions.iter().flat_map(|region| ["01", "13"].map(|day| folder(region, day)));
    assert_eq!(paths, wanted.collect::<Vec<_>>());
    let reason = &left[0]["reason"];
    assert_eq!(reason["kind"], "outside_window");
    assert!(
        reason["detail"].as_str().unwrap().contains("an earlier --since brings it"),
        "{reason}"
    );
}

/// The window that a workspace remembers.
#[test]
fn a_workspace_fetches_what_it_was_told_to() {
    let Some(server) = Server::start() else { return };
    put_february(&server, "logs");
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    let mut settings = Settings::default();
    settings.set_window(Window { from: Some(day("2026-02-27")), to: None });
    let sources = vec!["s3://logs".to_owned()];
    drop(Workspaces::new(folder.path()).create("case", sources, settings, Timestamp(0)).unwrap());
    let count = |more: &[&str]| {
        let arguments = ["query", "-w", "case", "--count", "--workspace-dir", place];
        let output = run(&server.endpoint(), &[&arguments[..], more].concat());
        text(&output.stdout).trim().to_owned()
    };
    assert_eq!(count(&[]), "4");
    assert_eq!(count(&["--since", "2026-02-26"]), "6");
    assert_eq!(count(&[]), "4");
}

/// More than a page in several folders; and again without anything of the kind.
#[test]
fn folders_are_listed_at_one_time_and_in_the_order_of_their_keys() {
    let Some(server) = Server::start() else { return };
    server.bucket("logs");
    let key = |number: usize| {
        let (region, day) = (["eu-west-1", "us-east-1"][number % 2], number / 2 % 2 + 1);
        format!("o/{TRAIL}/{region}/2026/03/{day:02}/{number:04}.json")
    };
    let empty = |key: String| (key, Vec::new());
    server.put_all("logs", (0..4600).map(key).chain(["a".into(), "z".into()]).map(empty));
    let proxy = Proxy::start(server.port, |_, _| Fate::Pass);
    let output = run(&proxy.endpoint, &["coverage", "s3://logs", "--format", "json"]);
    let coverage = json(&output.stdout);
    let objects = coverage["objects"].as_array().unwrap().iter();
    let found: Vec<&str> = objects.map(|object| object["object"].as_str().unwrap()).collect();
    let mut wanted: Vec<String> = (0..4600).map(key).chain(["a".into(), "z".into()]).collect();
    wanted.sort();
    let wanted: Vec<String> = wanted.iter().map(|key| format!("s3://logs/{key}")).collect();
    assert_eq!(found, wanted);
    let day = |day| proxy.asked(&format!("us-east-1%2F2026%2F03%2F{day}%2F"));
    assert!(day("02") >= 2, "{} requests for the last day", day("02"));
    assert!(proxy.asked("list-type=2") < 25, "{} requests", proxy.asked("list-type=2"));
}

#[test]
fn verification_lists_a_bucket_once() {
    let Some(server) = Server::start() else { return };
    put_february(&server, "logs");
    let proxy = Proxy::start(server.port, |_, _| Fate::Pass);
    run(&proxy.endpoint, &["verify", "s3://logs"]);
    assert_eq!(proxy.asked("list-type=2"), 1);
}

#[test]
fn an_address_may_name_some_of_the_folders() {
    let Some(server) = Server::start() else { return };
    server.bucket("logs");
    let accounts = ["111122223333", "444455556666", "777788889999"];
    let services = ["CloudTrail/eu-west-1", "CloudTrail/us-east-1", "GuardDuty/eu-west-1"];
    let keys = accounts.iter().flat_map(|account| {
        services.iter().map(move |service| {
            let name = format!("{account} {service}");
            let key = format!("AWSLogs/{account}/{service}/2026/02/03/a.json");
            (key, log("2026-02-03T10:00:00Z", &name))
        })
    });
    server.put_all("logs", keys);
    let proxy = Proxy::start(server.port, |_, _| Fate::Pass);
    let address = "s3://logs/AWSLogs/{111122223333,777788889999}/*/eu-*/";
    let out = run(&proxy.endpoint, &["query", address, "--by", "message"]);
    let mut found: Vec<&str> = text(&out.stdout).lines().collect();
    found.sort_unstable();
    let wanted = ["111122223333 CloudTrail/eu-west-1", "111122223333 GuardDuty/eu-west-1"];
    let others = ["777788889999 CloudTrail/eu-west-1", "777788889999 GuardDuty/eu-west-1"];
    let wanted = wanted.iter().chain(&others).map(|name| format!("1\t{name}"));
    assert_eq!(found, wanted.collect::<Vec<_>>());
    assert_eq!(proxy.asked("444455556666"), 0);
    assert_eq!(proxy.asked("us-east-1"), 0);
    let some = "s3://logs/AWSLogs/{111122223333,1}/*/eu-*/";
    let some = run(&proxy.endpoint, &["query", some, "--count"]);
    assert_eq!((text(&some.stdout).trim(), some.status.code()), ("2", Some(3)));
    let told = "s3://logs/AWSLogs/1/: failed: no key there begins so, which the address names";
    assert!(text(&some.stderr).contains(told), "{}", text(&some.stderr));
    let none = run(&proxy.endpoint, &["query", "s3://logs/AWSLogs/{1,2}/", "--count"]);
    assert!(text(&none.stderr).contains("no key there begins so"), "{}", text(&none.stderr));
}
