//! Times that name no zone, in the one that their source is in; also in later sessions.

use super::streams::Slow;
use super::*;
use crate::job::Zones;
use std::collections::BTreeMap;
use std::io::Write;

const SYSLOG: &str = "\
Mar  4 10:00:00 web sshd[812]: Accepted publickey for alice from 192.0.2.10 port 50022 ssh2
Mar  4 10:00:05 web sshd[812]: pam_unix(sshd:session): session opened for user alice(uid=1000)
";

/// Times of these name their zone, and those of the last line cannot be trusted to.
const ZONED: &str = "\
{\"time\":\"2026-03-04T10:00:00+01:00\",\"level\":\"info\",\"msg\":\"one\"}
{\"time\":\"2026-03-04T10:00:01Z\",\"level\":\"info\",\"msg\":\"two\"}
";
const BROKEN: &str = "\
{\"time\":\"2026-03-04T10:00:00Z\",\"level\":\"info\",\"msg\":\"one\"}
{\"time\":\"2026-03-04T10:00:01\",\"level\":\"info\",\"msg\":\"tw
";

struct World {
    folder: tempfile::TempDir,
}

/// What is there once a load has come to rest.
struct Loaded {
    load: Load,
    store: Arc<Store>,
}

impl World {
    fn new() -> Self {
        let world = Self { folder: tempfile::tempdir().unwrap() };
        for name in ["one", "two"] {
            std::fs::create_dir(world.folder.path().join(name)).unwrap();
        }
        world.write("one/trail.json", records(0..3).as_bytes());
        world.write("one/auth.log", SYSLOG.as_bytes());
        world.write("one/zoned.jsonl", ZONED.as_bytes());
        world.write("one/broken.jsonl", BROKEN.as_bytes());
        world.write(
            "one/old.tar.gz",
            &gz(&tar(&[("auth.log", SYSLOG.replace("web", "old").as_bytes())])),
        );
        world.write("two/auth.log", SYSLOG.replace("web", "db").as_bytes());
        world
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.folder.path().join(name);
        let file = std::fs::File::create(&path).unwrap();
        (&file).write_all(bytes).unwrap();
        // Syslog's year is that of its file.
        let day = std::time::UNIX_EPOCH + Duration::from_secs(1_775_000_000);
        file.set_modified(day).unwrap();
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn load(&self, zones: &[(&str, &str)]) -> Loaded {
        let zone = |(name, zone): &(&str, &str)| (self.path(name), Zone::parse(zone).unwrap());
        let zones = Zones::new(Zone::UTC, zones.iter().map(zone).collect::<BTreeMap<_, _>>());
        let open =
            |name: &str| -> Arc<dyn Source> { Arc::new(Files::new(&self.path(name)).unwrap()) };
        let place = Place { folder: self.folder.path().join("segments"), writable: true };
        let options = Options { threads: 2, zones, shelf: Some(place), ..Options::default() };
        Loaded::start(vec![open("one"), open("two")], options)
    }
}

impl Loaded {
    fn start(sources: Vec<Arc<dyn Source>>, options: Options) -> Self {
        let store = Arc::new(Store::new());
        let evidence = Arc::new(Evidence::new(Arc::clone(&store), Limits::default()));
        let load =
            Load::start(sources, Arc::clone(&store), evidence, options, Notify::nobody()).unwrap();
        let loaded = Self { load, store };
        loaded.rest();
        loaded
    }

    fn rest(&self) {
        while !self.load.progress().is_over() {
            std::thread::yield_now();
        }
    }

    /// Where each row is, and when; whether its zone was assumed.
    fn rows(&self) -> Vec<String> {
        let snapshot = self.store.snapshot();
        let row = |at: crate::store::RowRef| {
            let (segment, row) = (snapshot.segment(at), usize::from(at.row));
            let path = self.store.ledger().path(segment.origin(row).object).unwrap();
            let name = path.rsplitn(3, '/').take(2).collect::<Vec<_>>();
            let name = name.into_iter().rev().collect::<Vec<_>>().join("/");
            let time = segment.time(row).map(crate::event::Time::to_rfc3339).unwrap_or_default();
            let assumed = if segment.is_zone_assumed(row) { " assumed" } else { "" };
            format!("{name} {time}{assumed}")
        };
        let mut rows: Vec<String> =
            Selection::all(&snapshot).window(0, 100).into_iter().map(row).collect();
        rows.sort();
        rows
    }

    fn id(&self, end: &str) -> ObjectId {
        self.store.ledger().ids(|object| object.path.ends_with(end))[0]
    }

    fn zones(&self) -> Vec<(String, u64)> {
        let zones = self.store.ledger().totals().zones;
        zones.into_iter().map(|(zone, times)| (zone.to_string(), times)).collect()
    }

    fn inflated(&self) -> u64 {
        self.load.progress().report(Instant::now()).inflated
    }
}

const IN_UTC: [&str; 13] = [
    "one/auth.log 2026-03-04T10:00:00Z assumed",
    "one/auth.log 2026-03-04T10:00:05Z assumed",
    "one/broken.jsonl 2026-03-04T10:00:00Z",
    "one/broken.jsonl 2026-03-04T10:00:01Z",
    "one/old.tar.gz!auth.log 2026-03-04T10:00:00Z assumed",
    "one/old.tar.gz!auth.log 2026-03-04T10:00:05Z assumed",
    "one/trail.json 2026-03-04T10:00:00Z",
    "one/trail.json 2026-03-04T10:00:00Z",
    "one/trail.json 2026-03-04T10:00:00Z",
    "one/zoned.jsonl 2026-03-04T09:00:00Z",
    "one/zoned.jsonl 2026-03-04T10:00:01Z",
    "two/auth.log 2026-03-04T10:00:00Z assumed",
    "two/auth.log 2026-03-04T10:00:05Z assumed",
];

/// The same where the first source is two hours ahead.
fn two_hours_ahead() -> Vec<String> {
    let row = |row: &str| {
        let is_broken = row == "one/broken.jsonl 2026-03-04T10:00:01Z";
        let moves = row.starts_with("one/") && row.ends_with(" assumed") || is_broken;
        if moves { row.replace("T10:", "T08:") } else { row.to_owned() }
    };
    let mut rows: Vec<String> = IN_UTC.into_iter().map(row).collect();
    rows.sort();
    rows
}

#[test]
fn a_source_is_read_in_another_zone_and_all_else_stays() {
    let world = World::new();
    let loaded = world.load(&[]);
    assert_eq!(loaded.rows(), IN_UTC);
    assert_eq!(loaded.zones(), [("UTC".to_owned(), 6)]);
    let stays = ["one/trail.json", "one/zoned.jsonl", "two/auth.log"];
    let before = stays.map(|end| loaded.id(end));
    let read = loaded.inflated();
    loaded.load.set_zone(&world.path("one"), Zone::parse("+2").unwrap());
    loaded.rest();
    assert_eq!(loaded.rows(), two_hours_ahead());
    assert_eq!(loaded.zones(), [("UTC".to_owned(), 2), ("+02:00".to_owned(), 4)]);
    assert_eq!(stays.map(|end| loaded.id(end)), before, "they were not read again");
    assert!(loaded.inflated() > read);
    let counts = loaded.store.ledger().totals().counts;
    assert_eq!((counts.events, counts.records), (13, 13));
    assert_eq!(loaded.load.differences(), Vec::<String>::new(), "the evidence is what it was");
    // Saying it once more costs nothing.
    let read = loaded.inflated();
    loaded.load.set_zone(&world.path("one"), Zone::parse("+02:00").unwrap());
    loaded.rest();
    assert_eq!((loaded.rows(), loaded.inflated()), (two_hours_ahead(), read));
}

#[test]
fn the_next_session_takes_over_what_was_read_in_the_same_zone_and_nothing_else() {
    let world = World::new();
    let loaded = world.load(&[]);
    loaded.load.set_zone(&world.path("one"), Zone::parse("+02:00").unwrap());
    loaded.rest();
    drop(loaded);
    let next = world.load(&[("one", "+02:00")]);
    assert_eq!((next.rows(), next.inflated()), (two_hours_ahead(), 0));
    assert_eq!(next.zones(), [("UTC".to_owned(), 2), ("+02:00".to_owned(), 4)]);
    drop(next);
    let next = world.load(&[]);
    assert_eq!(next.rows(), IN_UTC);
    let all = 2 * SYSLOG.len() + BROKEN.len();
    assert_eq!(next.inflated(), all as u64, "only what has such times was read");
    drop(next);
    // What the other source holds was never read again.
    let next = world.load(&[("two", "-05:30")]);
    assert_eq!(next.inflated(), SYSLOG.len() as u64 - 2);
    assert_eq!(next.zones(), [("-05:30".to_owned(), 2), ("UTC".to_owned(), 4)]);
}

#[test]
fn what_came_through_a_pipe_is_read_again_from_its_copy() {
    let (pen, sent) = bounded(1);
    pen.send(SYSLOG).unwrap();
    drop(pen);
    let pipe: Arc<dyn Source> = Arc::new(Slow(Mutex::new(Some(sent))));
    let name = pipe.name().to_owned();
    let loaded = Loaded::start(vec![pipe], Options::default());
    let hours = |loaded: &Loaded| -> Vec<String> {
        let rows = loaded.rows();
        rows.iter().map(|row| row.split_once('T').unwrap().1[..2].to_owned()).collect()
    };
    assert_eq!(hours(&loaded), ["10", "10"]);
    loaded.load.set_zone(&name, Zone::parse("-01:00").unwrap());
    loaded.rest();
    assert_eq!(hours(&loaded), ["11", "11"]);
}
