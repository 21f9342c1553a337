//! Sources elsewhere, each watched by a thread of its own: what is new in them is loaded, and what a
//! person has to know is told.

use super::Ground;
use crate::event::{Cancel, ReasonKind};
use crate::job::Notice;
use crate::source::{News, Source};
use std::collections::HashMap;
use std::sync::Arc;
use std::thread::JoinHandle;

/// Those that are watched, by name. Dropping them ends that and waits.
#[derive(Default)]
pub(super) struct Watching(HashMap<String, Watched>);

struct Watched {
    cancel: Cancel,
    thread: Option<JoinHandle<()>>,
}

impl Watching {
    /// Begins to watch sources that came, and leaves those that went.
    pub(super) fn look(&mut self, ground: &Ground) {
        let sources = ground.sources.load();
        self.0.retain(|name, _| sources.iter().any(|source| source.name() == name));
        for source in sources.iter().filter(|source| source.elsewhere().is_some()) {
            if !self.0.contains_key(source.name()) {
                self.0.insert(source.name().to_owned(), Watched::start(source, ground));
            }
        }
    }
}

impl Watched {
    fn start(source: &Arc<dyn Source>, ground: &Ground) -> Self {
        let cancel = Cancel::new();
        let (source, ground, until) = (Arc::clone(source), ground.clone(), cancel.clone());
        let watch = move || {
            let mut news = |news| match news {
                News::Item(item) => {
                    ground.deliveries.expect(&item.path);
                    ground.load.pick(vec![(Arc::clone(&source), item)]);
                }
                News::Said(text) => say(&ground, text),
            };
            if let Some(far) = source.elsewhere()
                && let Err(reason) = far.watch(&until, &mut news)
                && reason.kind != ReasonKind::Cancelled
            {
                say(&ground, format!("{}: is not followed any more: {reason}", source.name()));
            }
        };
        let thread = std::thread::Builder::new().name("watch".to_owned()).spawn(watch);
        Self { cancel, thread: thread.ok() }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.cancel.cancel();
        if let Some(thread) = self.thread.take() {
            // One that panicked has nothing more to say.
            let _ = thread.join();
        }
    }
}

fn say(ground: &Ground, text: String) {
    ground.load.say(text);
    ground.notify.tell(Notice::Loaded);
}
