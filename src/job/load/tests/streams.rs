//! What comes through a pipe: shown as it comes, and nothing else waits for it.

use super::*;

/// A stream that gives what it is sent, and rests in between.
pub(super) struct Slow(pub(super) Mutex<Option<Receiver<&'static str>>>);

struct Sent(Receiver<&'static str>);

impl std::io::Read for Sent {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self.0.recv_timeout(Duration::from_millis(20)) {
            Ok(text) => {
                buffer[..text.len()].copy_from_slice(text.as_bytes());
                Ok(text.len())
            }
            Err(crossbeam_channel::RecvTimeoutError::Timeout) => {
                Err(std::io::ErrorKind::Interrupted.into())
            }
            Err(crossbeam_channel::RecvTimeoutError::Disconnected) => Ok(0),
        }
    }
}

impl Source for Slow {
    fn name(&self) -> &'static str {
        "-"
    }

    fn list(&self, cancel: &Cancel, emit: &mut dyn FnMut(Listed) -> ControlFlow<()>) {
        crate::source::Stdin::new().list(cancel, emit);
    }

    fn open(&self, item: &Item, _: &Cancel) -> Result<Input, Reason> {
        let receiver = self.0.lock().unwrap().take();
        receiver
            .map(|sent| Input::Stream(Box::new(Sent(sent))))
            .ok_or(())
            .or_else(|()| self.reopen(item))
    }

    fn reopen(&self, _: &Item) -> Result<Input, Reason> {
        Err(Reason::new(ReasonKind::Unsupported, "can be read only once"))
    }
}

#[test]
fn what_a_stream_gave_is_shown_while_it_rests() {
    let (sender, receiver) = bounded(4);
    let (told, news) = bounded(1);
    let notify = Notify::new(move |_| {
        let _ = told.try_send(());
    });
    let store = Arc::new(Store::new());
    let evidence = Arc::new(Evidence::new(Arc::clone(&store), Limits::default()));
    let source: Arc<dyn Source> = Arc::new(Slow(Mutex::new(Some(receiver))));
    let options = Options { threads: 1, watched: true, ..Options::default() };
    let load = Load::start(vec![source], Arc::clone(&store), evidence, options, notify).unwrap();
    let wait_for = |rows: usize| {
        while store.snapshot().visible() < rows {
            news.recv_timeout(Duration::from_secs(20)).expect("rows are shown while it rests");
        }
        assert_eq!(store.snapshot().visible(), rows);
        assert_eq!(store.ledger().totals().counts.records, rows as u64);
    };
    let report = || load.progress().report(Instant::now());
    sender.send("{\"time\":\"2026-01-01T00:00:00Z\",\"message\":\"one\"}\n").unwrap();
    wait_for(1);
    assert!(report().streams && !report().over);
    sender.send("{\"time\":\"2026-01-01T00:00:01Z\",\"message\":\"two\"}\n{\"time\"").unwrap();
    wait_for(2);
    sender.send(":\"2026-01-01T00:00:02Z\",\"message\":\"three\"}\n").unwrap();
    wait_for(3);
    drop(sender);
    let progress = Arc::clone(load.progress());
    load.wait();
    assert!(!progress.report(Instant::now()).streams);
    assert_eq!(store.snapshot().visible(), 3);
    assert_eq!(store.ledger().totals().states[&State::Read], 1);
}

#[test]
fn a_silent_stream_holds_up_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for (name, ids) in [("one", 0..3), ("two", 3..5)] {
        std::fs::create_dir(path(name)).unwrap();
        std::fs::write(path(name).join("a.json"), records(ids)).unwrap();
    }
    let open = |name: &str| -> Arc<dyn Source> {
        Arc::new(Files::new(path(name).to_str().unwrap()).unwrap())
    };
    let (sender, receiver) = bounded(4);
    let (told, news) = bounded(1);
    let notify = Notify::new(move |_| {
        let _ = told.try_send(());
    });
    let store = Arc::new(Store::new());
    let evidence = Arc::new(Evidence::new(Arc::clone(&store), Limits::default()));
    let pipe: Arc<dyn Source> = Arc::new(Slow(Mutex::new(Some(receiver))));
    let options = Options { threads: 1, watched: true, ..Options::default() };
    let sources = vec![pipe, open("one")];
    let load = Load::start(sources, Arc::clone(&store), evidence, options, notify).unwrap();
    let progress = Arc::clone(load.progress());
    let wait_for = |rows: usize| {
        let given_up = Instant::now() + Duration::from_secs(20);
        while store.snapshot().visible() != rows || !progress.is_at_rest() {
            assert!(Instant::now() < given_up, "{rows}: {:?}", progress.report(Instant::now()));
            let _ = news.recv_timeout(Duration::from_millis(50));
        }
        let report = progress.report(Instant::now());
        assert!(report.streams && !report.over && !report.listing);
    };
    wait_for(3);
    load.open(vec![open("two")]);
    wait_for(5);
    std::fs::write(path("one").join("b.json"), records(5..6)).unwrap();
    load.refresh(open("one").name());
    wait_for(6);
    sender.send("{\"time\":\"2026-01-01T00:00:00Z\",\"message\":\"one\"}\n").unwrap();
    wait_for(7);
    drop(sender);
    load.wait();
    assert!(progress.is_over() && !progress.report(Instant::now()).streams);
    assert_eq!(store.snapshot().visible(), 7);
    assert_eq!(store.ledger().totals().states[&State::Read], 4);
}
