//! The counts against what each row says, whatever is hidden, gone or of which source.

use super::*;
use crate::event::{FieldDef, Outcome, Role};
use crate::job::load::Options;
use crate::job::{Evidence, Load, Notify};
use crate::source::{Files, Limits, Source};
use crate::store::{Cell, Selection, Store};
use std::fs;

const TRAIL: &str = r#"{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/alice","accountId":"111122223333"},"eventTime":"2026-03-04T10:00:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.10","userAgent":"aws-cli/2","requestParameters":{"bucketName":"prod"},"responseElements":null,"eventID":"c01bfe95-0d2a-4f6e-9a51-0000000000ID","eventType":"AwsApiCall","recipientAccountId":"111122223333"}"#;

const LINES: &str = "\
Mar  4 10:00:00 web sshd[812]: Accepted publickey for alice from 192.0.2.10 port 50022 ssh2
Mar  4 10:00:01 web kernel: something of no matter
Mar  4 10:00:02 web sshd[813]: Failed password for invalid user bob from 198.51.100.7 port 50023 ssh2
";

fn trail(ids: std::ops::Range<u32>) -> String {
    let each: Vec<String> = ids.map(|id| TRAIL.replace("ID\",", &format!("{id:02}\","))).collect();
    format!(r#"{{"Records":[{}]}}"#, each.join(","))
}

struct World {
    _folder: tempfile::TempDir,
    sources: Vec<String>,
    store: Arc<Store>,
    load: Load,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        fs::create_dir(path("one")).unwrap();
        fs::write(path("one/a.json"), trail(0..5)).unwrap();
        // Two of these are there already.
        fs::write(path("one/b.json"), trail(3..9)).unwrap();
        fs::write(path("one/auth.log"), LINES).unwrap();
        fs::write(path("two.log"), LINES.replace("web", "db")).unwrap();
        let sources = vec![path("one"), path("two.log")];
        let open = |name: &String| -> Arc<dyn Source> { Arc::new(Files::new(name).unwrap()) };
        let store = Arc::new(Store::new());
        let evidence = Arc::new(Evidence::new(Arc::clone(&store), Limits::default()));
        let all = sources.iter().map(open).collect();
        let (options, nobody) = (Options::default(), Notify::nobody());
        let load = Load::start(all, Arc::clone(&store), evidence, options, nobody).unwrap();
        let world = Self { _folder: folder, sources, store, load };
        world.rest();
        world
    }

    fn rest(&self) {
        while !self.load.progress().is_over() {
            std::thread::yield_now();
        }
    }

    fn count(&self, naming: &mut Naming) -> (OfSources, usize) {
        let mut looked_at = 0;
        let stop = || {
            looked_at += 1;
            false
        };
        let (snapshot, ledger) = (self.store.snapshot(), self.store.ledger());
        (naming.count(&snapshot, ledger, &self.sources, stop).unwrap(), looked_at)
    }

    /// The same, row by row and field by field.
    fn naive(&self) -> BTreeMap<String, Named> {
        let (snapshot, ledger) = (self.store.snapshot(), self.store.ledger());
        let mut found: BTreeMap<String, Named> =
            self.sources.iter().map(|source| (source.clone(), Named::default())).collect();
        for at in Selection::all(&snapshot).window(0, 1000) {
            let (segment, row) = (snapshot.segment(at), usize::from(at.row));
            let path = ledger.outermost(segment.origin(row).object).unwrap().path;
            let named = found.get_mut(source_of(&self.sources, &path).unwrap()).unwrap();
            named.events += 1;
            let has = |is: &dyn Fn(&FieldDef) -> bool| {
                let mut fields = segment.fields().filter(|(_, field)| is(field));
                u64::from(fields.any(|(slot, _)| segment.column(slot).get(row) != Cell::Absent))
            };
            named.of[0] += has(&|field| field.role == Role::Principal);
            named.of[1] += has(&|field| field.role == Role::Ip && field.name != "dst.ip");
            named.of[2] += has(&|field| field.role == Role::Event);
            named.of[3] += has(&|field| field.role == Role::Resource);
            named.of[4] += u64::from(segment.time(row).is_some());
            named.of[5] += u64::from(segment.outcome(row) != Outcome::Unknown);
        }
        found
    }

    fn agrees(&self, found: &OfSources) {
        let all = found.sources.iter().map(|(name, of)| (name.clone(), of.all));
        assert_eq!(all.collect::<BTreeMap<_, _>>(), self.naive());
        for OfSource { all, formats } in found.sources.values() {
            let mut sum = Named::default();
            for named in formats.values() {
                sum.add(named);
            }
            assert_eq!(sum, *all);
        }
    }
}

#[test]
fn counts_are_what_the_rows_say_and_segments_are_counted_once() {
    let world = World::new();
    let mut naming = Naming::default();
    let (found, first) = world.count(&mut naming);
    assert!(first > 0);
    world.agrees(&found);
    let one = &found.sources[&world.sources[0]];
    assert_eq!(one.all.events, 12, "9 calls and 3 lines: {one:#?}");
    assert_eq!(one.formats["cloudtrail"].of, [9, 9, 9, 9, 9, 9]);
    assert_eq!(one.formats["syslog"].of[..2], [2, 2]);
    let known: Vec<&str> = found.limits.keys().map(String::as_str).collect();
    assert_eq!(known, ["cloudtrail", "syslog"], "what they cannot show, once each");
    assert_eq!(world.count(&mut naming), (found, 0));
    // What stood for two of the others' records goes.
    let ledger = world.store.ledger();
    let gone = ledger.ids(|object| object.path.ends_with("a.json"));
    fs::remove_file(&*ledger.path(gone[0]).unwrap()).unwrap();
    world.load.refresh(&world.sources[0]);
    world.rest();
    let (found, _) = world.count(&mut naming);
    world.agrees(&found);
    assert_eq!(found.sources[&world.sources[0]].formats["cloudtrail"].events, 6);
}

#[test]
fn counting_stops_when_it_is_told_and_goes_on_where_it_was() {
    let world = World::new();
    let (snapshot, ledger) = (world.store.snapshot(), world.store.ledger());
    let all = world.count(&mut Naming::default()).0;
    let mut naming = Naming::default();
    let mut rounds = 0;
    let found = loop {
        let mut left = 1;
        let stop = || {
            left -= 1;
            left < 0
        };
        match naming.count(&snapshot, ledger, &world.sources, stop) {
            Some(found) => break found,
            None => rounds += 1,
        }
        assert!(rounds < 100);
    };
    assert!(rounds > 0);
    assert_eq!(found, all);
}
