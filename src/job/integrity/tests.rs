use super::*;
use crate::event::Reason;
use crate::job::{Evidence, Load, Options};
use crate::source::{self, Amount, Cause, Elsewhere, End, Input, Item, Limits, Listed, News, Past};
use crate::verify::manifest::Outcome;
use crate::verify::{Kind, Verdict};
use sha2::Digest;
use std::ops::ControlFlow;
use std::sync::atomic::AtomicU64;

const DIGEST: &str =
    "111122223333_CloudTrail-Digest_eu-west-1_t_eu-west-1_20260304T110000Z.json.gz";

/// A session of one folder.
struct World {
    folder: tempfile::TempDir,
    sources: Arc<ArcSwap<Vec<Arc<dyn Source>>>>,
    load: Load,
    told: Receiver<()>,
    integrity: Integrity,
}

impl World {
    fn of(files: &[(&str, &str)]) -> Self {
        Self::with(files, |source| source)
    }

    fn with(files: &[(&str, &str)], wrap: impl FnOnce(Box<dyn Source>) -> Box<dyn Source>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let name = folder.path().display().to_string();
        let source = source::open(&name, &source::Means::default()).unwrap();
        let source: Arc<dyn Source> = Arc::from(wrap(source));
        let store = Arc::new(Store::new());
        let evidence = Arc::new(Evidence::new(Arc::clone(&store), Limits::default()));
        let (tell, told) = bounded(1);
        let (wake, woken) = bounded(1);
        let news = wake.clone();
        let notify = Notify::new(move |_| {
            let _ = (tell.try_send(()), news.try_send(()));
        });
        let sources = vec![source];
        let options = Options { threads: 1, ..Options::default() };
        let load =
            Load::start(sources.clone(), Arc::clone(&store), evidence, options, notify.clone())
                .unwrap();
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
        Self { folder, sources, load, told, integrity }
    }

    /// Waits until what is published is as wanted.
    fn wait(&self, wanted: impl Fn(&Verified) -> bool) {
        let until = Instant::now() + Duration::from_mins(1);
        while !wanted(&self.integrity.now()) {
            assert!(Instant::now() < until, "{:?}", self.integrity.now());
            let _ = self.told.recv_timeout(Duration::from_millis(200));
        }
    }
}

#[test]
fn a_verdict_goes_with_the_evidence_that_it_is_about() {
    let world = World::of(&[(DIGEST, "{}")]);
    world.wait(|now| now.report.as_ref().is_some_and(|report| !report.is_empty()));
    world.sources.store(Arc::new(Vec::new()));
    let name = world.folder.path().display().to_string();
    world.load.remove(&name);
    world.wait(|now| now.report.is_none());
}

const LOG: &str = "{\"time\":\"2026-03-04T10:00:00Z\"}\n";

/// `LOG` is as the manifest says; the other is not.
const SUMS: &str = "\
    2e6bd7e59d0a4bea6a1ed0c5e6e1a5a5b1f3d5a1e7b9e2b7cf2f8d1f2c3b4a59  b.json\n\
    SHA  a.json\n";

#[test]
fn manifests_are_compared_with_and_without_digests() {
    let sha256 = crate::event::hex::encode(&sha2::Sha256::digest(LOG));
    let sums = SUMS.replace("SHA", &sha256);
    let files = [("a.json", LOG), ("b.json", LOG), ("SHA256SUMS", &*sums), (DIGEST, "{}")];
    for with in [&files[..3], &files[..]] {
        let world = World::of(with);
        world.wait(|now| !now.about.manifests.is_empty());
        let now = world.integrity.now();
        let [checked] = &*now.about.manifests else { panic!("{now:?}") };
        let counts = [Outcome::Matches, Outcome::Differs].map(|one| checked.counts.of(one));
        assert_eq!(counts, [1, 1]);
        let report = now.report.as_ref().unwrap();
        assert_eq!((now.stage, report.is_empty()), (Stage::Over, with.len() == 3));
        assert_eq!(now.about.verdict(report), Verdict::Invalid);
        // What was removed is no longer told of.
        world.sources.store(Arc::new(Vec::new()));
        let name = world.folder.path().display().to_string();
        world.load.remove(&name);
        world.wait(|now| now.about.manifests.is_empty() && now.report.is_none());
    }
}

/// A folder that says what it had, and how often it was asked.
struct Remembering(Box<dyn Source>, Arc<AtomicU64>);

impl Source for Remembering {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn list(&self, cancel: &Cancel, emit: &mut dyn FnMut(Listed) -> ControlFlow<()>) {
        self.0.list(cancel, emit);
    }

    fn open(&self, item: &Item, cancel: &Cancel) -> Result<Input, Reason> {
        self.0.open(item, cancel)
    }

    fn reopen(&self, item: &Item) -> Result<Input, Reason> {
        self.0.reopen(item)
    }

    fn elsewhere(&self) -> Option<&dyn Elsewhere> {
        Some(self)
    }
}

impl Elsewhere for Remembering {
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

    fn watch(&self, _: &Cancel, _: &mut dyn FnMut(News)) -> Result<(), Reason> {
        Ok(())
    }

    fn past(
        &self,
        _: &Cancel,
        emit: &mut dyn FnMut(Past) -> ControlFlow<()>,
    ) -> Result<(), Reason> {
        self.1.fetch_add(1, Ordering::Relaxed);
        let (path, key) = (format!("x/{DIGEST}"), DIGEST.to_owned());
        let end = End::Deleted(None, Cause::NoRule);
        let _ = emit(Past { path, key, end, versions: Vec::new() });
        Ok(())
    }
}

#[test]
fn sources_are_asked_once_what_they_had_with_and_without_digests() {
    for files in [&[("a.json", LOG)][..], &[("a.json", LOG), (&DIGEST.replace("T11", "T12"), "{}")]]
    {
        let asked = Arc::<AtomicU64>::default();
        let world = World::with(files, |source| Box::new(Remembering(source, Arc::clone(&asked))));
        let is_told = |now: &Verified| {
            let report = now.report.as_ref().filter(|_| now.stage == Stage::Over);
            report.is_some_and(|report| {
                report.findings.iter().any(|one| one.kind == Kind::ObjectDeleted)
            })
        };
        world.wait(is_told);
        assert_eq!(world.integrity.now().chart.is_some(), files.len() == 2);
        assert_eq!(world.integrity.now().about.facts.len(), 1);
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        world.integrity.again();
        let until = Instant::now() + Duration::from_mins(1);
        while asked.load(Ordering::Relaxed) < 2 {
            assert!(Instant::now() < until);
            let _ = world.told.recv_timeout(Duration::from_millis(200));
        }
        world.wait(is_told);
    }
}

/// A folder of whose files the bytes are those of another file as soon as that is there, though
/// stamps are what they were: as after writing below the file system.
struct Swapped(Box<dyn Source>, PathBuf);

impl Source for Swapped {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn list(&self, cancel: &Cancel, emit: &mut dyn FnMut(Listed) -> ControlFlow<()>) {
        self.0.list(cancel, emit);
    }

    fn open(&self, item: &Item, cancel: &Cancel) -> Result<Input, Reason> {
        std::fs::File::open(&self.1).map(Input::File).or_else(|_| self.0.open(item, cancel))
    }

    fn reopen(&self, item: &Item) -> Result<Input, Reason> {
        self.0.reopen(item)
    }
}

#[test]
fn who_orders_it_has_everything_read_again_whatever_its_stamp() {
    let dir = tempfile::tempdir().unwrap();
    let other = dir.path().join("other");
    let world = World::with(&[(DIGEST, "{}")], |source| Box::new(Swapped(source, other.clone())));
    let holds = |now: &Verified, text: &str| {
        let report = now.report.as_ref().filter(|_| now.stage == Stage::Over);
        let sha256 = <[u8; 32]>::from(sha2::Sha256::digest(text));
        report.is_some_and(|report| report.digests.iter().any(|digest| digest.sha256 == sha256))
    };
    world.wait(|now| holds(now, "{}"));
    std::fs::write(&other, "[]").unwrap();
    world.integrity.again();
    world.wait(|now| holds(now, "[]"));
}
