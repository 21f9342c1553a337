use super::*;
use crate::job::{Evidence, Load, Options};
use crate::source::{self, Limits};

const DIGEST: &str =
    "111122223333_CloudTrail-Digest_eu-west-1_t_eu-west-1_20260304T110000Z.json.gz";

/// Waits until what is published is as wanted.
fn wait(integrity: &Integrity, told: &Receiver<()>, wanted: impl Fn(&Verified) -> bool) {
    let until = Instant::now() + Duration::from_mins(1);
    while !wanted(&integrity.now()) {
        assert!(Instant::now() < until, "{:?}", integrity.now());
        let _ = told.recv_timeout(Duration::from_millis(200));
    }
}

#[test]
fn a_verdict_goes_with_the_evidence_that_it_is_about() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(DIGEST), "{}").unwrap();
    let source: Arc<dyn Source> =
        Arc::from(source::open(&folder.path().display().to_string()).unwrap());
    let store = Arc::new(Store::new());
    let evidence = Arc::new(Evidence::new(Arc::clone(&store), Limits::default()));
    let (tell, told) = bounded(1);
    let (wake, woken) = bounded(1);
    let news = wake.clone();
    let notify = Notify::new(move |_| {
        let _ = (tell.try_send(()), news.try_send(()));
    });
    let sources = vec![Arc::clone(&source)];
    let options = Options { threads: 1, ..Options::default() };
    let load = Load::start(sources.clone(), Arc::clone(&store), evidence, options, notify.clone());
    let load = load.unwrap();
    let ground = Ground {
        sources: Arc::new(ArcSwap::from_pointee(sources)),
        store,
        progress: Arc::clone(load.progress()),
        keys: folder.path().join("no keys"),
        threads: 1,
        notify,
    };
    let sources = Arc::clone(&ground.sources);
    let integrity = Integrity::start(ground, (wake, woken)).unwrap();
    wait(&integrity, &told, |now| now.report.as_ref().is_some_and(|report| !report.is_empty()));
    sources.store(Arc::new(Vec::new()));
    load.remove(source.name());
    wait(&integrity, &told, |now| now.report.is_none());
}
