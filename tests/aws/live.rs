//! What comes into a log group or a bucket while somebody follows.

use super::program::CREDENTIALS;
use super::proxy::{Fate, Proxy};
use super::server::Server;
use super::tail::Tail;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use trailcase::event::{Cancel, Timestamp};
use trailcase::source::aws::Settings;
use trailcase::source::{Aws, Item, Listed, Locator, Means, News, Source, Vault, open};

/// What a person waits for at most.
const PATIENCE: Duration = Duration::from_mins(1);

const GROUP: &str = "audit";
const LOGS: &str = "logs://audit";

/// One source that is watched.
struct Watched {
    cancel: Cancel,
    news: Receiver<News>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.cancel.cancel();
        self.thread.take().unwrap().join().unwrap();
    }
}

fn source(name: &str, endpoint: &str, folder: PathBuf) -> Box<dyn Source> {
    let endpoint = Some(endpoint.to_owned());
    let aws = Aws::new(Settings { profile: None, region: Some("us-east-1".to_owned()), endpoint });
    let means = Means { aws, vault: Vault::at(folder), ..Means::default() };
    open(name, &means).unwrap()
}

/// Fetches what there is, and gives all lines of all objects.
fn fetched(source: &dyn Source) -> Vec<String> {
    let mut items = Vec::new();
    source.list(&Cancel::new(), &mut |listed| {
        match listed {
            Listed::Item(item) => items.push(item),
            Listed::Left { reason, .. } => panic!("{reason}"),
        }
        std::ops::ControlFlow::Continue(())
    });
    let lines = items.iter().flat_map(|item| {
        let trailcase::source::Input::File(file) = source.open(item, &Cancel::new()).unwrap()
        else {
            panic!("is no file")
        };
        std::io::read_to_string(file).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
    });
    lines.collect()
}

fn watch(source: Box<dyn Source>) -> Watched {
    let (sender, news) = channel();
    let cancel = Cancel::new();
    let until = cancel.clone();
    let thread = std::thread::spawn(move || {
        // It ends by being called off.
        let _ = source.elsewhere().unwrap().watch(&until, &mut |one| sender.send(one).unwrap());
    });
    Watched { cancel, news, thread: Some(thread) }
}

impl Watched {
    /// The object that is told of.
    fn item(&self) -> Item {
        let until = Instant::now() + PATIENCE;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if let News::Item(item) = self.news.recv_timeout(left).unwrap() {
                return item;
            }
        }
    }
}

/// The file's lines, once there are so many of them.
fn lines(item: &Item, count: usize) -> Vec<String> {
    let Locator::File { path, .. } = &item.locator else { panic!("is no file") };
    let until = Instant::now() + PATIENCE;
    loop {
        let text = std::fs::read_to_string(path).unwrap();
        if text.lines().count() >= count {
            return text.lines().map(str::to_owned).collect();
        }
        assert!(Instant::now() < until, "{text}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn event(text: &str) -> Vec<(i64, String)> {
    vec![(Timestamp::now().0 / 1_000_000, text.to_owned())]
}

fn has(lines: &[String], text: &str) -> usize {
    lines.iter().filter(|line| line.contains(&format!("\"{text}\""))).count()
}

/// What was there, what came while it was watched, and what came between, each once; and the next
/// session has the same.
fn nothing_twice_and_nothing_missing(server: &Server, endpoint: &str) {
    server.group(GROUP);
    server.tell(GROUP, "a", &event("before"));
    let folder = tempfile::tempdir().unwrap();
    let vault = || folder.path().join("evidence");
    let before = source(LOGS, endpoint, vault());
    assert_eq!(has(&fetched(&*before), "before"), 1);
    server.tell(GROUP, "b", &event("between"));
    let watched = watch(before);
    let item = watched.item();
    server.tell(GROUP, "c", &event("meanwhile"));
    let lines = lines(&item, 2);
    for (text, count) in [("before", 0), ("between", 1), ("meanwhile", 1)] {
        assert_eq!(has(&lines, text), count, "{text}: {lines:?}");
    }
    drop(watched);
    let all = fetched(&*source(LOGS, endpoint, vault()));
    for text in ["before", "between", "meanwhile"] {
        assert_eq!(has(&all, text), 1, "{text}: {all:?}");
    }
}

/// Runs the test in a process of its own, which has credentials. Whether this is that process.
fn has_credentials(test: &str) -> bool {
    if std::env::var_os(CREDENTIALS[0].0).is_some_and(|key| key == CREDENTIALS[0].1) {
        return true;
    }
    let program = std::env::current_exe().unwrap();
    let done = Command::new(program).args([test, "--exact"]).envs(CREDENTIALS).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
    false
}

#[test]
fn a_live_tail_is_written_down() {
    if !has_credentials("live::a_live_tail_is_written_down") {
        return;
    }
    let Some(server) = Server::start_ministack() else { return };
    let proxy = Proxy::start(server.port, |_, _| Fate::Pass);
    nothing_twice_and_nothing_missing(&server, &proxy.endpoint);
    assert!(proxy.asked("StartLiveTail") > 0);
}

#[test]
fn where_live_tail_is_refused_new_events_are_asked_for() {
    if !has_credentials("live::where_live_tail_is_refused_new_events_are_asked_for") {
        return;
    }
    let Some(server) = Server::start() else { return };
    let denied = "{\"__type\":\"AccessDeniedException\",\"message\":\"User is not authorized\"}";
    let proxy = Proxy::start(server.port, move |line, _| {
        if line.contains("StartLiveTail") { Fate::Say(400, denied) } else { Fate::Pass }
    });
    nothing_twice_and_nothing_missing(&server, &proxy.endpoint);
    assert_eq!(proxy.asked("StartLiveTail"), 1);
}

/// What a session leaves out is asked for as soon as it says that it did; nothing comes twice.
#[test]
fn what_a_live_tail_leaves_out_is_asked_for() {
    if !has_credentials("live::what_a_live_tail_leaves_out_is_asked_for") {
        return;
    }
    let (tail, endpoint) = Tail::start();
    let folder = tempfile::tempdir().unwrap();
    let watched = watch(source(LOGS, &endpoint, folder.path().join("evidence")));
    tail.wait_for("StartLiveTail");
    tail.wait_for("FilterLogEvents");
    let now = Timestamp::now().0 / 1_000_000;
    tail.tell(now, &[("shown", false), ("left", true), ("shown too", false)]);
    let item = watched.item();
    let lines = lines(&item, 3);
    tail.tell(now + 1, &[("later", false)]);
    let lines = [lines, self::lines(&item, 4)].concat();
    for (text, count) in [("shown", 2), ("left", 2), ("shown too", 2), ("later", 1)] {
        assert_eq!(has(&lines, text), count, "{text}: {lines:?}");
    }
    assert_eq!(tail.asked("StartLiveTail").len(), 1);
}

/// The events of a group of another account, which this one is linked to, are that account's.
#[test]
fn a_group_of_a_linked_account_is_asked_for_by_its_arn() {
    const LINKED: &str = "arn:aws:logs:us-east-1:999988887777:log-group:audit";
    if !has_credentials("live::a_group_of_a_linked_account_is_asked_for_by_its_arn") {
        return;
    }
    let (tail, endpoint) = Tail::start();
    tail.tell(Timestamp::now().0 / 1_000_000, &[("before", true)]);
    let folder = tempfile::tempdir().unwrap();
    let name = format!("logs://{LINKED}:log-stream:a");
    let before = source(&name, &endpoint, folder.path().join("evidence"));
    assert_eq!(has(&fetched(&*before), "before"), 1);
    let watched = watch(before);
    tail.wait_for("StartLiveTail");
    drop(watched);
    let asked = &tail.asked("DescribeLogGroups")[0];
    assert_eq!(asked["includeLinkedAccounts"], true);
    assert_eq!(asked["accountIdentifiers"], serde_json::json!(["999988887777"]));
    assert_eq!(asked["logGroupNamePrefix"], "audit");
    for asked in tail.asked("FilterLogEvents") {
        assert_eq!(asked["logGroupIdentifier"], LINKED);
        assert_eq!(asked["logStreamNamePrefix"], "a");
        assert!(asked["logGroupName"].is_null(), "{asked}");
    }
    let asked = &tail.asked("StartLiveTail")[0];
    assert_eq!(asked["logGroupIdentifiers"], serde_json::json!([LINKED]));
    assert_eq!(asked["logStreamNamePrefixes"], serde_json::json!(["a"]));
}

/// Credentials of a file that end, are renewed there, and are taken from there.
#[test]
fn credentials_that_end_are_waited_for_and_told_once() {
    if std::env::var_os("AWS_SHARED_CREDENTIALS_FILE").is_none() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("credentials");
        let mut inside = Command::new(std::env::current_exe().unwrap());
        inside.args(["live::credentials_that_end_are_waited_for_and_told_once", "--exact"]);
        inside.env("AWS_SHARED_CREDENTIALS_FILE", file).env("AWS_EC2_METADATA_DISABLED", "true");
        inside.env_remove("AWS_ACCESS_KEY_ID").env("HOME", folder.path());
        let done = inside.output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
        return;
    }
    let Some(server) = Server::start() else { return };
    server.bucket("logs");
    server.put("logs", "a", b"{\"message\":\"a\"}\n");
    let ended = "<Error><Code>ExpiredToken</Code><Message>No</Message></Error>";
    let over = Arc::new(AtomicBool::new(false));
    let is_over = Arc::clone(&over);
    let proxy = Proxy::start_with(server.port, move |(head, _), _| {
        if head.contains("AKIAIOSFODNN7OLD0000") && is_over.load(Ordering::Relaxed) {
            Fate::Say(400, ended)
        } else {
            Fate::Pass
        }
    });
    let sign_in = |key: &str| {
        let text = format!("[default]\naws_access_key_id={key}\naws_secret_access_key=b\n");
        std::fs::write(std::env::var_os("AWS_SHARED_CREDENTIALS_FILE").unwrap(), text).unwrap();
    };
    sign_in("AKIAIOSFODNN7OLD0000");
    let folder = tempfile::tempdir().unwrap();
    let before = source("s3://logs", &proxy.endpoint, folder.path().join("evidence"));
    assert_eq!(fetched(&*before).len(), 1);
    over.store(true, Ordering::Relaxed);
    let watched = watch(before);
    let News::Said(said) = watched.news.recv_timeout(PATIENCE).unwrap() else {
        panic!("an object")
    };
    let wanted = "it is tried again: the credentials have expired: renew them";
    assert!(said.contains(wanted), "{said}");
    server.put("logs", "b", b"{\"message\":\"b\"}\n");
    sign_in("AKIAIOSFODNN7NEW0000");
    let News::Item(item) = watched.news.recv_timeout(PATIENCE).unwrap() else {
        panic!("told again")
    };
    assert_eq!(&*item.path, "s3://logs/b");
}

/// The service is away when following begins.
#[test]
fn a_service_that_is_away_is_waited_for() {
    if !has_credentials("live::a_service_that_is_away_is_waited_for") {
        return;
    }
    let Some(server) = Server::start() else { return };
    server.group(GROUP);
    let away = "{\"__type\":\"ServiceUnavailable\",\"message\":\"away\"}";
    let proxy = Proxy::start(server.port, move |line, before| {
        if line.contains("DescribeLogGroups") && before < 4 {
            Fate::Say(503, away)
        } else {
            Fate::Pass
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let watched = watch(source(LOGS, &proxy.endpoint, folder.path().join("evidence")));
    let News::Said(said) = watched.news.recv_timeout(PATIENCE).unwrap() else {
        panic!("an object")
    };
    assert!(said.contains("it is tried again"), "{said}");
    server.tell(GROUP, "a", &event("meanwhile"));
    assert_eq!(has(&lines(&watched.item(), 1), "meanwhile"), 1);
}

#[test]
fn an_object_that_appears_is_told_once() {
    if !has_credentials("live::an_object_that_appears_is_told_once") {
        return;
    }
    let Some(server) = Server::start() else { return };
    server.bucket("logs");
    server.put("logs", "AWSLogs/a", b"{\"message\":\"a\"}\n");
    let folder = tempfile::tempdir().unwrap();
    let before = source("s3://logs", &server.endpoint(), folder.path().join("evidence"));
    assert_eq!(fetched(&*before).len(), 1);
    let watched = watch(before);
    server.put("logs", "AWSLogs/b", b"{\"message\":\"b\"}\n");
    assert_eq!(&*watched.item().path, "s3://logs/AWSLogs/b");
    assert!(watched.news.try_recv().is_err());
}
