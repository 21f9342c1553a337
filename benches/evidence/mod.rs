//! What the benchmarks ask questions of: generated evidence, loaded as the program loads it.

use std::path::Path;
use std::sync::Arc;
use trailcase::job::{Evidence, Load, Notify, Options};
use trailcase::source::{self, Limits};
use trailcase::store::{Snapshot, Store};

/// How many events are measured: as `TRAILCASE_BENCH_EVENTS` says, else `usual`; `few` where
/// nothing is measured but that the benchmark still runs.
pub(crate) fn size(usual: u64, few: u64) -> u64 {
    if !std::env::args().any(|argument| argument == "--bench") {
        return few;
    }
    let asked = std::env::var("TRAILCASE_BENCH_EVENTS").ok();
    asked.map_or(usual, |text| text.replace('_', "").parse().unwrap())
}

/// Loads everything below a folder on all processors.
pub(crate) fn load(dir: &Path) -> Arc<Snapshot> {
    load_on(dir, 0)
}

/// Loads everything below a folder on so many threads; 0 means as many as there are processors.
pub(crate) fn load_on(dir: &Path, threads: usize) -> Arc<Snapshot> {
    with_records(dir, threads).0
}

/// The same, with the way back to records.
pub(crate) fn with_records(dir: &Path, threads: usize) -> (Arc<Snapshot>, Arc<Evidence>) {
    let store = Arc::new(Store::new());
    let evidence = Arc::new(Evidence::new(Arc::clone(&store), Limits::default()));
    let source = Arc::from(source::open(dir.to_str().unwrap(), &source::Means::default()).unwrap());
    let options = Options { threads, ..Options::default() };
    let given = (Arc::clone(&store), Arc::clone(&evidence));
    Load::start(vec![source], given.0, given.1, options, Notify::nobody()).unwrap().wait();
    (store.snapshot(), evidence)
}
