//! Loading from end to end: here is what makes small evidence and loads it, and what is read once.

mod again;
mod copies;
mod streams;
mod tables;
mod zones;

use super::*;
use crate::event::Records;
use crate::source::packed::{gz, tar};
use crate::source::{Files, Input, Limits, Listed, Locator, Stamp};
use crate::store::Selection;
use crossbeam_channel::bounded;
use std::ops::ControlFlow;

const RECORD: &str = r#"{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/alice","accountId":"111122223333"},"eventTime":"2026-03-04T10:00:00Z","eventSource":"s3.amazonaws.com","eventName":"ListBuckets","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.10","userAgent":"aws-cli/2","requestParameters":null,"responseElements":null,"eventID":"ID","eventType":"AwsApiCall","recipientAccountId":"111122223333"}"#;

pub(super) fn records(ids: std::ops::Range<u32>) -> String {
    let id = |n: u32| format!("c01bfe95-0d2a-4f6e-9a51-{n:012x}");
    let each: Vec<String> =
        ids.map(|n| RECORD.replace("\"ID\"", &format!("\"{}\"", id(n)))).collect();
    format!(r#"{{"Records":[{}]}}"#, each.join(","))
}

fn load(folder: &std::path::Path) -> (Arc<Store>, Arc<Evidence>) {
    load_with(folder, Options { threads: 2, ..Options::default() })
}

pub(super) fn load_with(folder: &std::path::Path, options: Options) -> (Arc<Store>, Arc<Evidence>) {
    let source: Arc<dyn Source> = Arc::new(Files::new(folder.to_str().unwrap()).unwrap());
    let store = Arc::new(Store::new());
    let evidence = Arc::new(Evidence::new(Arc::clone(&store), Limits::default()));
    let load = Load::start(
        vec![source],
        Arc::clone(&store),
        Arc::clone(&evidence),
        options,
        Notify::nobody(),
    );
    load.unwrap().wait();
    (store, evidence)
}

#[test]
fn every_record_can_be_read_again_wherever_it_lies() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    write("a.json", records(0..3).as_bytes());
    write("b.dat", &gz(records(3..6).as_bytes()));
    let inner = tar(&[("deep.json.gz", &gz(records(6..8).as_bytes()))]);
    write("c.bin", &gz(&tar(&[("x/y.json", records(8..9).as_bytes()), ("in.tar", &inner)])));
    write("d.json", records(0..3).as_bytes());
    let (store, evidence) = load(folder.path());
    let snapshot = store.snapshot();
    let rows = Selection::all(&snapshot).window(0, 100);
    assert_eq!(rows.len(), 9);
    for at in rows {
        let segment = snapshot.segment(at);
        let row = usize::from(at.row);
        let raw = evidence.read(&segment.origin(row)).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&raw).unwrap();
        assert_eq!(json["eventID"], segment.value(row, "id").to_string());
    }
    let paths: Vec<String> = store
        .ledger()
        .all()
        .iter()
        .map(|o| o.path[folder.path().to_str().unwrap().len()..].to_owned())
        .collect();
    assert_eq!(
        paths,
        [
            "/a.json",
            "/b.dat",
            "/c.bin",
            "/c.bin!x/y.json",
            "/c.bin!in.tar",
            "/c.bin!in.tar!deep.json.gz",
            "/d.json"
        ]
    );
    let totals = store.ledger().totals();
    assert_eq!(totals.states[&State::Read], 6);
    assert_eq!(totals.states[&State::Skipped], 1, "the second copy of a.json");
    assert_eq!((totals.counts.records, totals.counts.parsed), (9, 9));
}

#[test]
fn a_changed_file_is_told_and_its_bytes_are_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json");
    std::fs::write(&path, records(0..1)).unwrap();
    let (store, evidence) = load(folder.path());
    let snapshot = store.snapshot();
    let origin = snapshot.segments[0].origin(0);
    std::fs::write(&path, records(1..3)).unwrap();
    let error = evidence.read(&origin).unwrap_err();
    assert!(matches!(error, crate::event::RecordsError::Changed { .. }), "{error}");
}
