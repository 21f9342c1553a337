//! Alarms beside the screen: whenever loading comes to rest, the rules are asked of the evidence,
//! and what they find is published.

use super::alarmed::Alarmed;
use super::detecting::{Detected, detect};
use super::integrity::Stage;
use super::progress::Progress;
use super::queue::Told;
use super::{Evidence, Notice, Notify, Verified, is_same};
use crate::detect::{Alarm, DETECTORS, Estate, Given, Known, Ruleset, alarms};
use crate::event::Cancel;
use crate::query::Sought;
use crate::source::Source;
use crate::store::{Selection, Snapshot, Store};
use crate::verify::Report;
use crate::verify::presence::covered;
use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, Sender};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Shortest time between two passes while evidence goes on arriving; a pass that takes long is made
/// less often.
const PAUSE: Duration = Duration::from_secs(5);
const SHARE: u32 = 5;

/// How often the end of the session is looked for meanwhile.
const NEWS: Duration = Duration::from_millis(100);

/// How far the rules are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pass {
    /// Nothing was asked yet.
    #[default]
    Waiting,
    Running,
    Over,
}

/// What the rules found.
#[derive(Debug, Default)]
pub struct Raised {
    pub pass: Pass,
    /// What verification found is known to them, or there was nothing to verify.
    pub is_judged: bool,
    /// The evidence that was asked; the alarms' rows are its rows.
    pub snapshot: Arc<Snapshot>,
    /// The gravest first.
    pub alarms: Arc<Vec<Alarm>>,
    /// Which records raised them.
    pub alarmed: Arc<Alarmed>,
    /// What is told of each.
    pub told: Arc<Vec<Told>>,
    /// What is known of what they are about.
    pub known: Known,
    /// Every visible event, for what happened around one.
    pub events: Option<Selection>,
    /// How many rules were asked.
    pub rules: usize,
    /// What was left out, and why.
    pub problems: Vec<String>,
}

/// The thread that asks the rules. Dropping it cancels and waits.
#[derive(Debug)]
pub struct Raising {
    published: Arc<ArcSwap<Raised>>,
    wake: Option<Sender<()>>,
    cancel: Cancel,
    thread: Option<JoinHandle<()>>,
}

/// What alarms are raised by.
#[derive(Debug, Default)]
pub struct Matter {
    pub rules: Ruleset,
    /// What is whose, if somebody said so, and the lists that are named there.
    pub estate: Option<Estate>,
    pub lists: Vec<(String, Sought)>,
}

/// Asks what is proven.
pub(super) type Proven = Arc<dyn Fn() -> Arc<Verified> + Send + Sync>;

/// What the rules are asked of.
pub(super) struct Ground {
    pub(super) store: Arc<Store>,
    pub(super) evidence: Arc<Evidence>,
    pub(super) progress: Arc<Progress>,
    pub(super) matter: Arc<Matter>,
    /// What the sources are called, by now.
    pub(super) sources: Arc<ArcSwap<Vec<Arc<dyn Source>>>>,
    /// What is proven by now.
    pub(super) verified: Proven,
    pub(super) threads: usize,
    pub(super) notify: Notify,
}

impl Raising {
    /// A sender like `wake` is given to whoever tells of new evidence.
    pub(super) fn start(
        ground: Ground,
        (wake, woken): (Sender<()>, Receiver<()>),
    ) -> std::io::Result<Self> {
        let (published, cancel) = (Arc::new(ArcSwap::default()), Cancel::new());
        let worker = Worker {
            ground,
            published: Arc::clone(&published),
            cancel: cancel.clone(),
            last: None,
        };
        let thread = std::thread::Builder::new()
            .name("alarms".to_owned())
            .spawn(move || worker.run(&woken))?;
        Ok(Self { published, wake: Some(wake), cancel, thread: Some(thread) })
    }

    /// What is known now.
    pub fn now(&self) -> Arc<Raised> {
        self.published.load_full()
    }
}

impl Drop for Raising {
    fn drop(&mut self) {
        self.cancel.cancel();
        // Others hold senders too, so that the channel would not end.
        if let Some(wake) = self.wake.take() {
            let _ = wake.try_send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Worker {
    ground: Ground,
    published: Arc<ArcSwap<Raised>>,
    cancel: Cancel,
    /// What was published before: large ones are given up here, not on the screen's thread.
    last: Option<Arc<Raised>>,
}

/// What the rules were asked of last: the version of the store, and what verification had found.
type Asked = (u64, Option<Arc<Report>>);

impl Worker {
    fn run(mut self, woken: &Receiver<()>) {
        let mut last: Option<(Instant, Duration)> = None;
        let mut asked: Option<Asked> = None;
        while woken.recv().is_ok() {
            let wait = |(at, pause): (Instant, Duration)| pause.checked_sub(at.elapsed());
            while let Some(wait) = last.and_then(wait)
                && asked
                    .as_ref()
                    .is_none_or(|(_, proven)| is_same(proven.as_ref(), self.proven().as_ref()))
                && !self.cancel.is_cancelled()
            {
                // News are put together; what verification found is not waited with.
                let _ = woken.recv_timeout(wait.min(NEWS));
            }
            if self.cancel.is_cancelled() {
                return;
            }
            let (version, proven) = (self.ground.store.snapshot().version, self.proven());
            let is_known =
                |asked: &Asked| asked.0 == version && is_same(asked.1.as_ref(), proven.as_ref());
            if !asked.as_ref().is_some_and(is_known) && self.ground.progress.is_at_rest() {
                let began = Instant::now();
                self.pass();
                asked = Some((version, proven));
                last = Some((Instant::now(), PAUSE.max(began.elapsed() * SHARE)));
            }
            self.tell_if_judged(asked.as_ref());
        }
    }

    fn proven(&self) -> Option<Arc<Report>> {
        (self.ground.verified)().report.clone()
    }

    /// Once verification is over and the rules know what it found, nothing more comes of it.
    fn tell_if_judged(&mut self, asked: Option<&Asked>) {
        let stage = (self.ground.verified)().stage;
        let is_over = matches!(stage, Stage::Over | Stage::Comparing { .. });
        let judged = is_over
            && asked.is_some_and(|(_, proven)| is_same(proven.as_ref(), self.proven().as_ref()));
        let published = self.published.load_full();
        if published.pass == Pass::Over && judged != published.is_judged {
            self.publish(Raised { is_judged: judged, ..published.again() });
        }
    }

    fn pass(&mut self) {
        let before = self.published.load_full();
        self.publish(Raised { pass: Pass::Running, ..before.again() });
        let Ground { store, evidence, matter, threads, sources, verified, .. } = &self.ground;
        let rules = &matter.rules;
        let snapshot = store.snapshot();
        let sources = sources.load();
        let names: Vec<String> = sources.iter().map(|source| source.name().to_owned()).collect();
        let verified = verified();
        let covered = verified.report.as_deref().map_or_else(Vec::new, covered);
        let given = Given {
            estate: matter.estate.as_ref(),
            lists: &matter.lists,
            sources: &names,
            verified: verified.report.as_ref().map(|report| &*report.findings),
            chains: verified.report.as_ref().map_or(&[], |report| &*report.scopes),
            covered: &covered,
        };
        let raised = match detect(evidence, &snapshot, (rules, &given), *threads, &self.cancel) {
            Ok(_) if self.cancel.is_cancelled() => return,
            Ok(detected) => {
                let known = Known::new(matter.estate.as_ref(), &snapshot);
                Raised::new(store, &snapshot, (rules, known), &detected)
            }
            Err(error) => {
                let problems = vec![format!("no rule was asked: no thread: {error}")];
                Raised { pass: Pass::Over, problems, ..before.again() }
            }
        };
        self.publish(raised);
    }

    fn publish(&mut self, raised: Raised) {
        self.last = Some(self.published.swap(Arc::new(raised)));
        self.ground.notify.tell(Notice::Done);
    }
}

impl Raised {
    /// What rules found in the evidence of this snapshot.
    pub fn new(
        store: &Store,
        snapshot: &Arc<Snapshot>,
        (rules, known): (&Ruleset, Known),
        detected: &Detected,
    ) -> Self {
        let all = alarms(snapshot, rules, &detected.findings);
        let told = all.iter().map(|alarm| Told::new(alarm, rules, &known)).collect();
        Self {
            pass: Pass::Over,
            is_judged: false,
            events: Some(Selection::all(snapshot)),
            snapshot: Arc::clone(snapshot),
            alarmed: Arc::new(Alarmed::new(snapshot, &all)),
            alarms: Arc::new(all),
            told: Arc::new(told),
            known,
            rules: rules.rules.len() + rules.correlations.len() + DETECTORS.len(),
            problems: problems(store, detected),
        }
    }

    /// The same, to be told otherwise.
    fn again(&self) -> Self {
        Self {
            pass: self.pass,
            is_judged: self.is_judged,
            snapshot: Arc::clone(&self.snapshot),
            alarms: Arc::clone(&self.alarms),
            told: Arc::clone(&self.told),
            known: self.known.clone(),
            alarmed: Arc::clone(&self.alarmed),
            events: self.events.clone(),
            rules: self.rules,
            problems: self.problems.clone(),
        }
    }
}

/// Records that the rules could not be asked of.
fn problems(store: &Store, detected: &Detected) -> Vec<String> {
    let lost = detected.unread.iter().map(|lost| {
        let name = store.ledger().path(lost.object).unwrap_or_default();
        format!(
            "{name}: {} of its records not read again for rules: {}",
            lost.rows.len(),
            lost.error
        )
    });
    let unasked = (detected.unasked > 0).then(|| {
        format!("{} records are no JSON: rules that need one were not asked", detected.unasked)
    });
    lost.chain(unasked).collect()
}
