//! Everything that works behind one screen, and one way to be woken: whoever is woken looks at
//! all that is published, so that no notice can be missed.

use super::exhibit::Pinner;
use super::lookup::Lookup;
use super::scribe::{Author, Scribe};
use super::{Evidence, Load, Notice, Notify, Options, Search};
use crate::case::Opened;
use crate::source::{Limits, Source};
use crate::store::Store;
use crossbeam_channel::{Receiver, bounded};
use std::io;
use std::sync::Arc;

/// What is loaded, and the threads that serve the screen.
#[derive(Debug)]
pub struct Session {
    pub store: Arc<Store>,
    pub evidence: Arc<Evidence>,
    pub search: Search,
    pub lookup: Lookup,
    pub scribe: Scribe,
    pub load: Load,
    woken: Receiver<()>,
}

impl Session {
    /// Opens the case and begins to load. `arguments` are the sources as they were named.
    pub fn start(
        sources: Vec<Arc<dyn Source>>,
        arguments: Vec<String>,
        opened: Opened,
        author: Author,
        options: Options,
    ) -> io::Result<Self> {
        let (sender, woken) = bounded(1);
        let notify = Notify::new(move |_: Notice| {
            // Full means that the screen is about to look anyway.
            let _ = sender.try_send(());
        });
        let store = Arc::new(Store::new());
        let evidence = Arc::new(Evidence::new(Arc::clone(&store), Limits::default()));
        let pinner = Pinner::new(Arc::clone(&store), Arc::clone(&evidence));
        let (shared, threads) = (Arc::clone(&store), options.threads);
        let search = Search::start(shared, Arc::clone(&evidence), threads, notify.clone())?;
        let lookup = Lookup::start(Arc::clone(&evidence), notify.clone())?;
        let scribe = Scribe::start(opened, author, arguments, pinner, notify.clone())?;
        let options = Options { watched: true, ..options };
        let load =
            Load::start(sources, Arc::clone(&store), Arc::clone(&evidence), options, notify)?;
        Ok(Self { store, evidence, search, lookup, scribe, load, woken })
    }

    /// Gives a unit whenever something new was published.
    pub fn woken(&self) -> &Receiver<()> {
        &self.woken
    }
}
