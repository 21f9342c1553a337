//! What a person asks of a service before anything is fetched: what there is to choose among, and
//! how much it would be. Of each, only the newest question is answered.

use crate::event::{Cancel, Reason, State, Timestamp, Window};
use crate::source::{self, Listed, Means};
use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub use crate::source::{Amount, Choice, Choices, Kind, start};

/// Time between two words on how far counting is.
const EVERY: Duration = Duration::from_millis(250);

/// What there is to choose among below an address, or why that is not known.
#[derive(Debug, Clone)]
pub struct Offer {
    pub address: String,
    pub choices: Result<Arc<Choices>, Reason>,
    /// When that was so.
    pub at: Timestamp,
}

/// What it would take to fetch some sources, as far as it is counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Estimate {
    pub sources: Vec<String>,
    /// Of which time.
    pub window: Window,
    /// What would be fetched.
    pub amount: Amount,
    /// Objects that are at hand already.
    pub kept: u64,
    /// Objects that cannot be fetched as they are.
    pub unfit: u64,
    /// Nothing more is counted.
    pub is_over: bool,
    /// Why not all of it is counted.
    pub problem: Option<String>,
}

/// Asks on threads of its own.
#[derive(Debug)]
pub(super) struct Choosing {
    means: Means,
    asking: Cancel,
    counting: Cancel,
}

impl Choosing {
    pub(super) fn new(means: Means) -> Self {
        Self { means, asking: Cancel::new(), counting: Cancel::new() }
    }

    /// Asks what lies below the address; the answer is told, and told again as it grows.
    pub(super) fn choose(
        &mut self,
        address: String,
        tell: impl Fn(Offer) + Send + 'static,
    ) -> io::Result<()> {
        self.stop();
        let (means, cancel) = (self.means.clone(), self.asking.clone());
        let ask = move || {
            let offer = |choices| Offer { address: address.clone(), choices, at: Timestamp::now() };
            let asked = source::choose(&address, &means, &cancel, &mut |choices| {
                if !cancel.is_cancelled() {
                    tell(offer(Ok(Arc::new(choices))));
                }
            });
            if let (Err(reason), false) = (asked, cancel.is_cancelled()) {
                tell(offer(Err(reason)));
            }
        };
        std::thread::Builder::new().name("choose".to_owned()).spawn(ask).map(drop)
    }

    /// Nobody waits for an answer any more.
    pub(super) fn stop(&mut self) {
        for cancel in [&mut self.asking, &mut self.counting] {
            std::mem::take(cancel).cancel();
        }
    }

    /// Lists sources and counts what would be fetched of this time; nothing of it is.
    pub(super) fn count(
        &mut self,
        sources: Vec<String>,
        window: Window,
        tell: impl Fn(Estimate) + Send + 'static,
    ) -> io::Result<()> {
        std::mem::take(&mut self.counting).cancel();
        let cancel = self.counting.clone();
        let means = Means { most: u64::MAX, ..self.means.clone().within(window) };
        let count = move || {
            let mut estimate = Estimate { sources, window, ..Estimate::default() };
            for name in estimate.sources.clone() {
                estimate.add(&name, &means, &cancel, &tell);
            }
            estimate.is_over = true;
            if !cancel.is_cancelled() {
                tell(estimate);
            }
        };
        std::thread::Builder::new().name("count".to_owned()).spawn(count).map(drop)
    }
}

impl Estimate {
    fn add(&mut self, name: &str, means: &Means, cancel: &Cancel, tell: &impl Fn(Self)) {
        let source = match source::open(name, means) {
            Ok(source) => source,
            Err(error) => return self.problem = Some(error.to_string()),
        };
        let mut said = Instant::now();
        source.list(cancel, &mut |listed| {
            match listed {
                Listed::Item(item) if item.locator.is_elsewhere() => {
                    self.amount.add(&item);
                }
                Listed::Item(_) => self.kept += 1,
                Listed::Left { state: State::Failed, path, reason, .. } if path == name => {
                    self.problem = Some(reason.to_string());
                }
                Listed::Left { state: State::Failed, .. } => self.unfit += 1,
                Listed::Left { .. } => {}
            }
            if said.elapsed() >= EVERY {
                said = Instant::now();
                tell(self.clone());
            }
            if cancel.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
    }
}
