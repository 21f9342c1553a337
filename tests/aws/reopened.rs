//! A workspace that is opened again: what was fetched is there before the service has answered, and
//! is then confirmed, completed, read anew or taken out.

use super::program::alone;
use super::proxy::{Fate, Proxy};
use super::server::Server;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use trailcase::job::shelf::Place;
use trailcase::job::{Evidence, Load, Notify, Options};
use trailcase::source::{Aws, Limits, Means, Source, Vault, aws, open};
use trailcase::store::Store;

/// So many records, which say this.
fn log(message: &str, count: usize) -> Vec<u8> {
    let line = |number: usize| {
        format!("{{\"time\":\"2026-03-04T10:00:00Z\",\"message\":\"{message} {number}\"}}\n")
    };
    (0..count).map(line).collect::<String>().into_bytes()
}

struct Session {
    store: Arc<Store>,
    load: Load,
    news: crossbeam_channel::Receiver<()>,
}

impl Session {
    /// Loads as the screen does.
    fn start(endpoint: &str, folder: &Path) -> Self {
        let settings =
            aws::Settings { endpoint: Some(endpoint.to_owned()), ..aws::Settings::default() };
        let vault = Vault::at(folder.to_owned());
        let means = Means { aws: Aws::new(settings), vault, ..Means::default() };
        let source: Arc<dyn Source> = Arc::from(open("s3://logs", &means).unwrap());
        let store = Arc::new(Store::new());
        let evidence = Arc::new(Evidence::new(Arc::clone(&store), Limits::default()));
        let (sender, news) = crossbeam_channel::bounded(1);
        let notify = Notify::new(move |_| {
            let _ = sender.try_send(());
        });
        let shelf = Some(Place { folder: folder.join("segments"), writable: true });
        let options = Options { means, shelf, watched: true, ..Options::default() };
        let load = Load::start(vec![source], Arc::clone(&store), evidence, options, notify);
        Self { store, load: load.unwrap(), news }
    }

    fn events(&self) -> u64 {
        self.store.snapshot().visible() as u64
    }

    fn wait_for(&self, events: u64) {
        while self.events() != events {
            self.news.recv().unwrap();
        }
    }

    fn wait_for_rest(&self) {
        while !self.load.progress().is_over() {
            self.news.recv().unwrap();
        }
    }

    /// Paths of the objects that are there.
    fn objects(&self) -> Vec<String> {
        let objects = self.store.ledger().all();
        let there = objects.iter().filter(|object| !object.gone);
        let mut paths: Vec<String> = there.map(|object| object.path.to_string()).collect();
        paths.sort();
        paths
    }
}

#[test]
fn rows_are_there_before_the_service_answers_and_each_object_once() {
    if alone("reopened::rows_are_there_before_the_service_answers_and_each_object_once") {
        return;
    }
    let Some(server) = Server::start() else { return };
    server.bucket("logs");
    for (name, count) in [("changed", 10), ("gone", 20), ("same", 30)] {
        server.put("logs", name, &log(name, count));
    }
    let folder = tempfile::tempdir().unwrap();
    let first = Session::start(&server.endpoint(), folder.path());
    first.wait_for(60);
    first.wait_for_rest();
    drop(first);
    server.put("logs", "changed", &log("anew", 1));
    server.put("logs", "new", &log("new", 2));
    server.delete("logs", "gone");

    // The service answers when it is let.
    let gate = Arc::new((Mutex::new(false), Condvar::new()));
    let (waits, is_asked) = (Arc::clone(&gate), Arc::new(AtomicBool::new(false)));
    let asked = Arc::clone(&is_asked);
    let proxy = Proxy::start(server.port, move |_, _| {
        asked.store(true, Ordering::Relaxed);
        let mut is_open = waits.0.lock().unwrap();
        while !*is_open {
            is_open = waits.1.wait(is_open).unwrap();
        }
        Fate::Pass
    });
    let again = Session::start(&proxy.endpoint, folder.path());
    again.wait_for(60);
    assert!(!again.load.progress().is_over());
    *gate.0.lock().unwrap() = true;
    gate.1.notify_all();
    again.wait_for(33);
    again.wait_for_rest();
    assert!(is_asked.load(Ordering::Relaxed));
    assert_eq!(again.objects(), ["s3://logs/changed", "s3://logs/new", "s3://logs/same"]);
    assert_eq!((proxy.asked("GET /logs/same"), proxy.asked("GET /logs/new")), (0, 1));
    let told = again.load.differences().join("\n");
    assert!(told.contains("s3://logs/changed") && told.contains("s3://logs/gone"), "{told}");
    assert!(!told.contains("s3://logs/same"), "{told}");
}

#[test]
fn without_the_service_what_was_fetched_stays_and_that_is_told() {
    if alone("reopened::without_the_service_what_was_fetched_stays_and_that_is_told") {
        return;
    }
    let Some(server) = Server::start() else { return };
    server.bucket("logs");
    server.put("logs", "a", &log("a", 10));
    let folder = tempfile::tempdir().unwrap();
    let first = Session::start(&server.endpoint(), folder.path());
    first.wait_for(10);
    first.wait_for_rest();
    drop((first, server));
    let nowhere = format!("http://127.0.0.1:{}", super::server::free_port());
    let again = Session::start(&nowhere, folder.path());
    again.wait_for(10);
    again.wait_for_rest();
    assert_eq!(
        (again.events(), again.objects()),
        (10, vec!["s3://logs".into(), "s3://logs/a".into()])
    );
    assert!(again.load.differences().is_empty());
}
