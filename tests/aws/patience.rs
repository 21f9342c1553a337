//! What busy services and lost networks keep: it is waited for, who looks on sees it, and it can be
//! called off.

use super::program::{alone, run, text};
use super::proxy::{Fate, Proxy};
use super::server::Server;
use std::io::Read;
use std::sync::OnceLock;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};
use trailcase::event::{Cancel, ReasonKind};
use trailcase::source::aws::Settings;
use trailcase::source::{Aws, Input, Item, Listed, Means, Source, Why, open};

const SLOW_DOWN: Fate =
    Fate::Say(503, "<Error><Code>SlowDown</Code><Message>Reduce</Message></Error>");

/// What a person waits for at most.
const PATIENCE: Duration = Duration::from_mins(1);

fn log(name: &str) -> Vec<u8> {
    format!("{{\"time\":\"2026-03-04T10:00:00Z\",\"message\":\"{name}\"}}\n").into_bytes()
}

fn bucket() -> Option<Server> {
    let server = Server::start()?;
    server.bucket("logs");
    for name in ["busy/a", "busy/b", "c", "d"] {
        server.put("logs", name, &log(name));
    }
    Some(server)
}

/// A part of the bucket is asked too often for a while, which costs no other part anything.
#[test]
fn a_prefix_that_is_throttled_comes_later() {
    let Some(server) = bucket() else { return };
    let proxy = Proxy::start(server.port, |line, before| {
        if line.starts_with("GET /logs/busy/") && before < 6 { SLOW_DOWN } else { Fate::Pass }
    });
    let output = run(&proxy.endpoint, &["query", "s3://logs", "--count"]);
    assert_eq!(text(&output.stdout).trim(), "4", "{}", text(&output.stderr));
    assert_eq!((output.status.code(), proxy.asked("GET /logs/c")), (Some(0), 1));
}

/// For longer than the SDK tries, nothing gets through, once objects are on their way.
#[test]
fn a_network_that_is_lost_and_comes_back_costs_nothing() {
    let Some(server) = bucket() else { return };
    let lost = OnceLock::new();
    let proxy = Proxy::start(server.port, move |line, _| {
        if line.starts_with("GET /logs/busy/b") {
            lost.get_or_init(Instant::now);
        }
        let is_lost = |at: &Instant| at.elapsed() < Duration::from_secs(3);
        if lost.get().is_some_and(is_lost) { Fate::Cut(0) } else { Fate::Pass }
    });
    let output = run(&proxy.endpoint, &["query", "s3://logs", "--count"]);
    assert_eq!(text(&output.stdout).trim(), "4", "{}", text(&output.stderr));
    assert_eq!(output.status.code(), Some(0));
    assert!(proxy.asked("GET /logs/busy/b") > 4);
}

fn items(source: &dyn Source) -> Vec<Item> {
    let mut items = Vec::new();
    source.list(&Cancel::new(), &mut |listed| {
        match listed {
            Listed::Item(item) => items.push(item),
            Listed::Left { reason, .. } => panic!("{reason}"),
        }
        std::ops::ControlFlow::Continue(())
    });
    items
}

/// Who looks on sees what is waited for, and calls it off at once.
#[test]
fn waiting_is_seen_and_called_off() {
    if alone("patience::waiting_is_seen_and_called_off") {
        return;
    }
    let Some(server) = bucket() else { return };
    let proxy = Proxy::start(server.port, |line, _| {
        if line.starts_with("GET /logs/busy/") { SLOW_DOWN } else { Fate::Pass }
    });
    let endpoint = Some(proxy.endpoint.clone());
    let aws = Aws::new(Settings { profile: None, region: Some("us-east-1".to_owned()), endpoint });
    let means = Means { aws: aws.clone(), ..Means::default() };
    let source = open("s3://logs", &means).unwrap();
    let items = items(&*source);
    let (cancel, (sender, told)) = (Cancel::new(), channel());
    let traffic = aws.traffic().clone();
    aws.traffic().wake(move || {
        if let Some(held) = traffic.now().held.filter(|held| held.requests == 2) {
            let _ = sender.send(held);
        }
    });
    for item in &items {
        source.elsewhere().unwrap().ahead(item, &cancel);
    }
    let held = told.recv_timeout(PATIENCE).unwrap();
    assert_eq!((held.service, held.why), ("S3", Why::Throttled));
    // The others are there meanwhile.
    for item in &items[2..] {
        assert!(source.open(item, &cancel).is_ok());
    }
    let now = aws.traffic().now();
    assert_eq!((now.objects, now.coming, now.waiting), (2, 2, 0));
    let begun = Instant::now();
    cancel.cancel();
    let reason = source.open(&items[0], &cancel).err().unwrap();
    assert_eq!(reason.kind, ReasonKind::Cancelled);
    assert!(begun.elapsed() < Duration::from_millis(200), "{:?}", begun.elapsed());
}

/// A large object comes by several requests at one time; what broke off is taken up where it ended,
/// and what is not what its checksum says is no evidence.
#[test]
fn a_large_object_comes_in_parts_and_whole() {
    if alone("patience::a_large_object_comes_in_parts_and_whole") {
        return;
    }
    let Some(server) = Server::start() else { return };
    server.bucket("logs");
    let bytes: Vec<u8> = (0..17_000_000_u32).flat_map(u32::to_le_bytes).collect();
    server.put("logs", "large", &bytes);
    let fetch = |proxy: &Proxy| {
        let endpoint = Some(proxy.endpoint.clone());
        let region = Some("us-east-1".to_owned());
        let aws = Aws::new(Settings { profile: None, region, endpoint });
        let source = open("s3://logs", &Means { aws, ..Means::default() }).unwrap();
        let item = items(&*source).remove(0);
        source.open(&item, &Cancel::new()).map(|input| {
            let Input::File(mut file) = input else { panic!("is no file") };
            let mut came = Vec::new();
            file.read_to_end(&mut came).unwrap();
            came
        })
    };
    let proxy = Proxy::start(server.port, |line, before| match before {
        3 if line.starts_with("GET /logs/large") => Fate::Cut(1_000_000),
        _ => Fate::Pass,
    });
    assert!(fetch(&proxy).unwrap() == bytes);
    assert_eq!(proxy.asked("GET /logs/large"), 10);
    assert_eq!(proxy.asked_with("GET /logs/large", "range: bytes=0-8388607"), 1);
    let proxy = Proxy::start(server.port, |line, before| match before {
        3 if line.starts_with("GET /logs/large") => Fate::Damage,
        _ => Fate::Pass,
    });
    let reason = fetch(&proxy).unwrap_err();
    assert!(reason.detail.contains("checksum mismatch"), "{reason}");
}
