//! What comes into a source elsewhere.

use super::*;
use crate::source::{Amount, Elsewhere, Input, Item, Listed, News};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock};

/// A folder that is taken for elsewhere, and what is new there.
struct Far {
    files: Files,
    news: Mutex<Receiver<News>>,
    is_away: AtomicBool,
}

impl Far {
    fn new(files: Files, news: Receiver<News>, is_away: bool) -> Arc<Self> {
        Arc::new(Self { files, news: Mutex::new(news), is_away: AtomicBool::new(is_away) })
    }
}

impl Source for Far {
    fn name(&self) -> &str {
        self.files.name()
    }

    fn list(&self, cancel: &Cancel, emit: &mut dyn FnMut(Listed) -> ControlFlow<()>) {
        self.files.list(cancel, emit);
    }

    fn open(&self, item: &Item, cancel: &Cancel) -> Result<Input, Reason> {
        if self.is_away.load(Ordering::Relaxed) {
            return Err(Reason::new(ReasonKind::Io, "it did not answer in time"));
        }
        self.files.open(item, cancel)
    }

    fn reopen(&self, item: &Item) -> Result<Input, Reason> {
        self.files.reopen(item)
    }

    fn elsewhere(&self) -> Option<&dyn Elsewhere> {
        Some(self)
    }
}

impl Elsewhere for Far {
    fn at_hand(&self) -> Vec<Item> {
        Vec::new()
    }

    fn leaves_out(&self, _: &str) -> bool {
        false
    }

    fn ahead(&self, _: &Item, _: &Cancel) {}

    fn rest(&self) -> Amount {
        Amount::default()
    }

    fn lift(&self) {}

    fn watch(&self, cancel: &Cancel, news: &mut dyn FnMut(News)) -> Result<(), Reason> {
        let told = self.news.lock().unwrap();
        while !cancel.is_cancelled() {
            if let Ok(one) = told.recv_timeout(Duration::from_millis(20)) {
                news(one);
            }
        }
        Ok(())
    }
}

#[test]
fn an_object_that_is_written_anew_takes_the_place_of_what_it_was_and_that_is_told() {
    let (tell, news) = bounded(8);
    let bench = Bench::over(&[("a.log", &lines(0..2)), ("b.log", &line(9))], |files| {
        vec![Far::new(files, news, false)]
    });
    bench.wait_for([0, 1, 9].into_iter());
    assert!(bench.deliveries.now().is_empty());
    let was = bench.object("a.log");
    std::fs::write(bench.path("a.log"), lines(4..5)).unwrap();
    Files::new(bench.path("a.log").to_str().unwrap()).unwrap().list(
        &Cancel::new(),
        &mut |listed| {
            let Listed::Item(item) = listed else { panic!("it cannot be read") };
            tell.send(News::Item(item)).unwrap();
            ControlFlow::Continue(())
        },
    );
    bench.wait_for([4, 9].into_iter());
    bench.settle();
    let (now, remarks) = (bench.object("a.log"), bench.remarks("a.log"));
    assert_eq!((now.order, now.state), (was.order, Some(State::Read)));
    assert!(remarks.contains("was written anew since it was read"), "{remarks}");
    let told = bench.load.differences().join("\n");
    assert!(told.contains("a.log: is not what was read before; SHA-256 was"), "{told}");
    // How long that took is known.
    bench.wait_until("it was seen to come", |bench| !bench.deliveries.now().is_empty());
    let delivery = *bench.deliveries.now().values().next().unwrap();
    assert_eq!(Some(delivery.event.0), now.span.map(|(_, last)| last));
    assert!(delivery.written.unwrap() <= delivery.came);
}

#[test]
fn what_failed_is_asked_for_again_while_its_source_is_followed() {
    let (far, (_tell, news)) = (OnceLock::new(), bounded(1));
    let bench = Bench::over(&[("a.log", &lines(0..2))], |files| {
        let far = far.get_or_init(|| Far::new(files, news, true));
        vec![Arc::clone(far) as Arc<_>]
    });
    bench.settle();
    assert_eq!(bench.object("a.log").state, Some(State::Failed));
    let far = far.get().unwrap();
    far.is_away.store(false, Ordering::Relaxed);
    bench.load.refresh(far.name());
    bench.wait_for(0..2);
}
