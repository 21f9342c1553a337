//! Everything that works behind one screen, and one way to be woken: whoever is woken looks at
//! all that is published, so that no notice can be missed.

use super::choosing::{Amount, Choosing, Estimate, Offer};
use super::exhibit::Pinner;
use super::follow::{Follow, Ground};
use super::integrity::{self, Integrity};
use super::lookup::Lookup;
use super::raising::{self, Matter, Raising};
use super::scribe::{Author, Scribe};
use super::{Delivery, Evidence, Load, Notice, Notify, Options, Search, Zones};
use crate::case::Opened;
use crate::event::{Cancel, Window, Zone};
use crate::source::{self, Aws, Elsewhere, Limits, Source, SourceError};
use crate::store::Store;
use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, bounded};
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// Whether an argument names something that does not lie on this host.
pub fn is_elsewhere(argument: &str) -> bool {
    source::is_elsewhere(argument)
}

/// What is loaded, and the threads that serve the screen.
#[derive(Debug)]
pub struct Session {
    pub store: Arc<Store>,
    pub evidence: Arc<Evidence>,
    pub search: Search,
    pub lookup: Lookup,
    pub scribe: Scribe,
    pub load: Arc<Load>,
    pub integrity: Integrity,
    pub raising: Raising,
    woken: Receiver<()>,
    follow: Option<Follow>,
    choosing: Choosing,
    ground: Ground,
}

impl Session {
    /// Opens the case and begins to load; when that comes to rest, the rules are asked. `arguments`
    /// are the sources as they were named.
    pub fn start(
        sources: Vec<Arc<dyn Source>>,
        arguments: Vec<String>,
        opened: Opened,
        author: Author,
        options: Options,
        matter: Arc<Matter>,
    ) -> io::Result<Self> {
        let (sender, woken) = bounded(1);
        let (wake, news) = bounded(1);
        let (verify, keys) = (wake.clone(), opened.workspace.public_keys());
        let (ring, heard) = bounded(1);
        let raise = ring.clone();
        let notify = Notify::new(move |notice: Notice| {
            // Full means that the screen is about to look anyway.
            let _ = sender.try_send(());
            if notice == Notice::Loaded {
                let _ = verify.try_send(());
            }
            if matches!(notice, Notice::Loaded | Notice::Done) {
                let _ = raise.try_send(());
            }
        });
        let store = Arc::new(Store::new());
        let evidence = Arc::new(Evidence::new(Arc::clone(&store), Limits::default()));
        let pinner = Pinner::new(Arc::clone(&store), Arc::clone(&evidence));
        let shared = (Arc::clone(&store), Arc::clone(&evidence));
        let search = Search::start(shared.0, shared.1, &options, notify.clone())?;
        let lookup = Lookup::start(Arc::clone(&evidence), notify.clone())?;
        let scribe = Scribe::start(opened, author, arguments, pinner, notify.clone())?;
        let options = Options { watched: true, ..options };
        let shared = (Arc::clone(&store), Arc::clone(&evidence));
        let load =
            Load::start(sources.clone(), shared.0, shared.1, options.clone(), notify.clone())?;
        let load = Arc::new(load);
        let ground = Ground {
            sources: Arc::new(ArcSwap::from_pointee(sources)),
            store: Arc::clone(&store),
            evidence: Arc::clone(&evidence),
            load: Arc::clone(&load),
            options,
            notify,
            cancel: Cancel::new(),
            deliveries: Arc::default(),
        };
        let integrity = Integrity::start(verifying(&ground, keys), (wake, news))?;
        let asking = asking(&ground, matter, integrity.reader());
        let raising = Raising::start(asking, (ring, heard))?;
        let choosing = Choosing::new(ground.options.means.clone());
        let follow = None;
        Ok(Self {
            store,
            evidence,
            search,
            lookup,
            scribe,
            load,
            integrity,
            raising,
            woken,
            follow,
            choosing,
            ground,
        })
    }

    /// From now on what is appended to files becomes rows, and files that appear are loaded.
    pub fn follow(&mut self) -> io::Result<()> {
        if self.follow.is_none() {
            self.follow = Some(Follow::start(self.ground.clone())?);
        }
        Ok(())
    }

    /// How long what comes into sources that are followed is on its way.
    pub fn deliveries(&self) -> Arc<BTreeMap<String, Delivery>> {
        self.ground.deliveries.now()
    }

    /// Begins to read another source, an absolute path; of this time, if that was said of it.
    pub fn add(&self, source: &str, window: Option<Window>) -> Result<(), SourceError> {
        let means = self.ground.options.means.clone();
        let means = match window {
            Some(window) => means.within(window),
            None => means,
        };
        let source: Arc<dyn Source> = Arc::from(source::open(source, &means)?);
        self.load.open(vec![Arc::clone(&source)]);
        let mut sources = (**self.ground.sources.load()).clone();
        sources.push(source);
        self.ground.sources.store(Arc::new(sources));
        Ok(())
    }

    /// Asks what there is to choose among below an address, and tells it as it becomes known. An
    /// earlier question is not answered any more.
    pub fn choose(
        &mut self,
        address: String,
        tell: impl Fn(Offer) + Send + 'static,
    ) -> io::Result<()> {
        self.choosing.choose(address, tell)
    }

    /// Nothing is to be chosen any more.
    pub fn choose_nothing(&mut self) {
        self.choosing.stop();
    }

    /// Counts what would be fetched of sources, and tells it as it counts.
    pub fn count(
        &mut self,
        sources: Vec<String>,
        window: Window,
        tell: impl Fn(Estimate) + Send + 'static,
    ) -> io::Result<()> {
        self.choosing.count(sources, window, tell)
    }

    /// Of what time sources that lie elsewhere are fetched, where nothing else is said of one.
    pub fn window(&self) -> Window {
        self.ground.options.means.window
    }

    /// Reads the sources again of which something is missing for want of credentials.
    pub fn read_refused(&self) {
        for source in self.ground.sources.load().iter() {
            if source.elsewhere().is_some() && self.load.wants_credentials(source.name()) {
                self.load.refresh(source.name());
            }
        }
    }

    /// The way to AWS.
    pub fn aws(&self) -> Aws {
        self.ground.options.means.aws.clone()
    }

    /// What was left of the source of this name for the limit on bytes.
    pub fn rest(&self, source: &str) -> Amount {
        let sources = self.ground.sources.load();
        let far = sources.iter().find(|one| one.name() == source).and_then(|one| one.elsewhere());
        far.map(Elsewhere::rest).unwrap_or_default()
    }

    /// Fetches what was left.
    pub fn fetch_rest(&self, source: &str) {
        for one in self.ground.sources.load().iter().filter(|one| one.name() == source) {
            if let Some(far) = one.elsewhere() {
                far.lift();
            }
        }
        self.load.refresh(source);
    }

    /// Takes out what came from the source of this name.
    pub fn remove(&self, source: &str) {
        let mut sources = (**self.ground.sources.load()).clone();
        sources.retain(|known| known.name() != source);
        self.ground.sources.store(Arc::new(sources));
        self.load.remove(source);
    }

    /// In which zone times are read that name none; what is said of a source counts here too.
    pub fn zones(&self) -> Zones {
        self.ground.options.zones.clone()
    }

    /// Times in the source of this name that name no zone are read in this one from now on.
    pub fn set_zone(&self, source: &str, zone: Zone) {
        self.load.set_zone(source, zone);
    }

    /// Reads what is new or changed in the source of this name, and takes out what is gone.
    pub fn refresh(&self, source: &str) {
        self.load.refresh(source);
    }

    /// Gives a unit whenever something new was published.
    pub fn woken(&self) -> &Receiver<()> {
        &self.woken
    }
}

/// How many threads work beside the screen, whose own work goes first.
fn beside() -> usize {
    let processors = std::thread::available_parallelism().map_or(2, usize::from);
    (processors / 2).max(1)
}

/// What is verified: the keys are in this folder.
fn verifying(ground: &Ground, keys: PathBuf) -> integrity::Ground {
    integrity::Ground {
        sources: Arc::clone(&ground.sources),
        store: Arc::clone(&ground.store),
        progress: Arc::clone(ground.load.progress()),
        keys,
        threads: beside(),
        notify: ground.notify.clone(),
    }
}

/// What rules are asked of.
fn asking(ground: &Ground, matter: Arc<Matter>, verified: raising::Proven) -> raising::Ground {
    raising::Ground {
        store: Arc::clone(&ground.store),
        evidence: Arc::clone(&ground.evidence),
        progress: Arc::clone(ground.load.progress()),
        matter,
        sources: Arc::clone(&ground.sources),
        verified,
        threads: beside(),
        notify: ground.notify.clone(),
    }
}
