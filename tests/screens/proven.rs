//! A verdict on three days of a made-up trail in two Regions, with all that can be wrong in the
//! first: digests that are missing, a time without logging, a changed log, one that is missing, and
//! one that no digest names.

use std::sync::Arc;
use trailcase::event::Timestamp;
use trailcase::job::Verified;
use trailcase::ui::message::Message;
use trailcase::verify::signing::{Chain, LogFile, Signer, Trail, public_keys_json};
use trailcase::verify::{Examiner, Keys, Object, Objects, Question, Report, Verdict, judge};

const HOME: &str = "eu-central-1";
const ROOT: &str = "evidence/";

/// The end of the hour `number`, counted from 2026-03-02T00:53:10Z.
fn end(number: i64) -> Timestamp {
    Timestamp(1_772_412_790_000_000_000).saturating_add(number * Timestamp::HOUR)
}

/// What is read of an object.
fn object(key: &str, bytes: &[u8]) -> Object {
    let path = format!("{ROOT}{key}");
    let mut examiner = Examiner::default();
    assert!(examiner.begin(&path));
    examiner.feed(bytes);
    let seen = examiner.finish(&path).unwrap();
    let outer_end = path.len() as u32;
    Object { path: path.into(), key_at: ROOT.len() as u32, outer_end, sha256: None, seen }
}

/// A log as it is found, unpacked, if it is; and as its digest names it.
fn log(trail: &Trail, number: i64, minute: i64) -> (Option<Object>, LogFile) {
    let at = end(number).saturating_add((minute - 53) * Timestamp::MINUTE);
    let key = trail.log_key(at, &format!("{number:04}aBcDeFgH{minute:04}"));
    let (content, found) = match (trail.region.as_str(), number, minute) {
        (HOME, 12, 25) => ("{}", Some("{\"Records\":[]}")),
        (HOME, 42, 45) => ("{}", None),
        _ => ("{}", Some("{}")),
    };
    let found = found.map(|found| object(&key, &gzip(found.as_bytes())));
    (found, LogFile::of(key, content.as_bytes()))
}

fn gzip(content: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(content).unwrap();
    packed.finish().unwrap()
}

/// Logs, digests and their metadata in one Region.
fn region(signer: &Signer, region: &str, hours: i64) -> Vec<Object> {
    let trail = Trail {
        bucket: "logs".to_owned(),
        prefix: None,
        organization: None,
        account: "111122223333".to_owned(),
        region: region.to_owned(),
        home: HOME.to_owned(),
        name: "org-main".to_owned(),
    };
    let mut chain = Chain::begin(trail.clone(), end(0));
    let mut objects = Vec::new();
    // The other Region has digests to the end.
    for number in 1..=if region == HOME { hours - 2 } else { hours } {
        if region == HOME && (50..=54).contains(&number) {
            chain.restart(end(number));
            continue;
        }
        let minutes: &[i64] = if number % 5 == 0 { &[] } else { &[5, 25, 45] };
        let logs = minutes.iter().map(|minute| log(&trail, number, *minute));
        let (found, named): (Vec<_>, Vec<_>) = logs.unzip();
        let digest = chain.digest(signer, end(number), &named).unwrap();
        if region != HOME || !(30..=32).contains(&number) {
            objects.extend(found.into_iter().flatten());
            objects.push(object(&digest.key, &digest.gzip));
            let metadata = digest.head_object();
            objects.push(object(&format!("{}.meta.json", digest.key), metadata.as_bytes()));
        }
    }
    if region == HOME {
        objects.extend(log(&trail, 60, 17).0);
    }
    objects
}

pub(crate) fn report() -> Report {
    of(74)
}

fn of(hours: i64) -> Report {
    let signer = Signer::first(end(-72), end(720)).unwrap();
    let mut keys = Keys::default();
    assert_eq!(keys.read(public_keys_json(&[&signer]).as_bytes()), Ok(vec![]));
    let objects = [HOME, "eu-west-1"].into_iter().flat_map(|name| region(&signer, name, hours));
    let objects = Objects::new(objects.collect());
    let until = Some(end(hours));
    let report = judge(&Question { objects: &objects, past: &[], keys: &keys, since: None, until });
    assert_eq!((report.scopes.len(), report.digests.len() as i64), (2, 2 * hours - 10));
    assert_eq!(report.verdict, Verdict::Invalid);
    report
}

/// The same with a month behind it in which all is well.
pub(crate) fn month() -> Report {
    of(30 * 24)
}

/// The news that this is what verification found out.
pub(crate) fn news(report: Report) -> Message {
    Message::Verified(Arc::new(Verified::of(Arc::new(report))))
}
