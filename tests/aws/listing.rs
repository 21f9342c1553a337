//! What is listed of a bucket in the layout of AWS: the dates that a window needs, folders at one
//! time, and what lies below an address.

use super::program::{alone, run, text};
use super::proxy::{Fate, Proxy};
use super::server::Server;
use serde_json::Value;
use trailcase::case::{Settings, Workspaces};
use trailcase::event::layout::Level;
use trailcase::event::{Cancel, Time, Timestamp, Window};
use trailcase::source::aws;
use trailcase::source::{Aws, Means, s3};

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
fn what_lies_below_an_address_is_named_for_what_it_is() {
    if alone("listing::what_lies_below_an_address_is_named_for_what_it_is") {
        return;
    }
    let Some(server) = Server::start() else { return };
    server.bucket("logs");
    let org = "AWSLogs/o-ab12cd34ef/111122223333/CloudTrail/eu-west-1/2026/03/04/a.json";
    let hive = "AWSLogs/aws-account-id=444455556666/aws-service=vpcflowlogs/a";
    for key in [org, hive, "AWSLogs/readme", "other/b"] {
        server.put("logs", key, b"x");
    }
    let settings = aws::Settings { endpoint: Some(server.endpoint()), ..aws::Settings::default() };
    let means = Means { aws: Aws::new(settings), ..Means::default() };
    let below = |address: &str| s3::level(&means, address, &Cancel::new()).unwrap();
    let names = |address: &str| {
        let folders = below(address).folders.into_iter();
        folders.map(|folder| (folder.name, folder.level)).collect::<Vec<_>>()
    };
    let one = |name: &str, level| vec![(name.to_owned(), level)];
    assert_eq!(
        names("s3://logs"),
        [("AWSLogs".to_owned(), Level::Folder), ("other".to_owned(), Level::Folder)]
    );
    assert_eq!(
        names("s3://logs/AWSLogs/"),
        [
            ("444455556666".to_owned(), Level::Account),
            ("o-ab12cd34ef".to_owned(), Level::Organization)
        ]
    );
    assert_eq!(below("s3://logs/AWSLogs/").objects, 1);
    let mut address = "s3://logs/AWSLogs/o-ab12cd34ef/".to_owned();
    for (name, level) in [
        ("111122223333", Level::Account),
        ("CloudTrail", Level::Service),
        ("eu-west-1", Level::Region),
        ("2026", Level::Year),
        ("03", Level::Month),
        ("04", Level::Day),
    ] {
        assert_eq!(names(&address), one(name, level), "{address}");
        address = below(&address).folders.remove(0).address;
    }
    assert_eq!((below(&address).objects, below(&address).more), (1, false));
    let refused = s3::level(&means, "s3://nowhere/", &Cancel::new()).unwrap_err();
    assert!(refused.to_string().contains("there is no such bucket"), "{refused}");
}

#[test]
fn verification_lists_a_bucket_once() {
    let Some(server) = Server::start() else { return };
    put_february(&server, "logs");
    let proxy = Proxy::start(server.port, |_, _| Fate::Pass);
    run(&proxy.endpoint, &["verify", "s3://logs"]);
    assert_eq!(proxy.asked("list-type=2"), 1);
}
