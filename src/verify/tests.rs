//! Made-up chains, sound and tampered with, judged from memory.

mod astray;
mod past;

use super::signing::{Chain, LogFile, Signer, Trail, public_keys_json};
use super::*;
use crate::event::{Standing, Time, Timestamp};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::Arc;

fn at(text: &str) -> Timestamp {
    Time::parse_rfc3339(text).unwrap().at
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// Evidence by path, and what is known besides.
#[derive(Clone)]
struct World {
    files: BTreeMap<String, Vec<u8>>,
    keys: String,
    since: Timestamp,
    until: Timestamp,
}

const HOUR: i64 = Timestamp::HOUR;

fn signer() -> Signer {
    Signer::first(at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")).unwrap()
}

fn trail() -> Trail {
    Trail {
        bucket: "trail-bucket".to_owned(),
        prefix: None,
        organization: None,
        account: "111122223333".to_owned(),
        region: "eu-west-1".to_owned(),
        home: "us-east-1".to_owned(),
        name: "main_trail".to_owned(),
    }
}

impl World {
    /// Some hours with two logs each, but for the second, which is empty.
    fn clean(hours: i64) -> Self {
        Self::of(&trail(), hours, None)
    }

    /// `stop`: the hour after which logging was off for three hours.
    fn of(trail: &Trail, hours: i64, stop: Option<i64>) -> Self {
        let (signer, since) = (signer(), at("2026-03-04T05:29:07Z"));
        let mut chain = Chain::begin(trail.clone(), since);
        let keys = public_keys_json(&[&signer]);
        let mut world = Self { files: BTreeMap::new(), keys, since, until: since };
        let mut start = since;
        for hour in 0..hours {
            let end = start.saturating_add(HOUR);
            let mut named = Vec::new();
            for log in 0..if hour == 1 { 0 } else { 2 } {
                let minute = start.saturating_add(Timestamp::MINUTE * (20 + 25 * log));
                let event = if stop == Some(hour) && log == 1 { "StopLogging" } else { "GetUser" };
                let text = format!(
                    r#"{{"Records":[{{"eventTime":"{}","eventName":"{event}","userIdentity":{{"arn":"mallory"}},"requestParameters":{{"name":"main_trail"}}}}]}}"#,
                    minute.to_rfc3339(0)
                );
                let key = trail.log_key(minute, &format!("Made{hour:06}Up{log:04}"));
                named.push(LogFile::of(key.clone(), text.as_bytes()));
                world.put(&key, gzip(text.as_bytes()));
            }
            let digest = chain.digest(&signer, end, &named).unwrap();
            world.put(&format!("{}.meta.json", digest.key), digest.head_object().into_bytes());
            world.put(&digest.key, digest.gzip);
            start = end;
            if stop == Some(hour) {
                start = end.saturating_add(3 * HOUR);
                chain.restart(start);
            }
        }
        world.until = start;
        world
    }

    fn put(&mut self, key: &str, bytes: Vec<u8>) {
        self.put_in("trail-bucket", key, bytes);
    }

    fn put_in(&mut self, bucket: &str, key: &str, bytes: Vec<u8>) {
        self.files.insert(format!("buckets/{bucket}/{key}"), bytes);
    }

    fn objects(&self) -> Vec<Object> {
        let mut examiner = Examiner::default();
        self.files.iter().filter_map(|(path, bytes)| object(&mut examiner, path, bytes)).collect()
    }

    fn judge(&self) -> Report {
        self.judge_these(self.objects())
    }

    fn judge_these(&self, objects: Vec<Object>) -> Report {
        let mut keys = Keys::default();
        if !self.keys.is_empty() {
            assert_eq!(keys.read(self.keys.as_bytes()), Ok(vec![]));
        }
        let (since, until) = (Some(self.since), Some(self.until));
        judge(&Question { objects: &Objects::new(objects), past: &[], keys: &keys, since, until })
    }

    /// With what is missing below this path left out on purpose.
    fn judge_without(&self, left_out: &str) -> Report {
        let left_out = left_out.to_owned();
        let mut keys = Keys::default();
        keys.read(self.keys.as_bytes()).unwrap();
        let is_left_out = Arc::new(move |path: &str| path.contains(&left_out));
        let objects = &Objects::new(self.objects()).leaving_out(is_left_out);
        let (since, until) = (Some(self.since), Some(self.until));
        judge(&Question { objects, past: &[], keys: &keys, since, until })
    }

    /// The path of a digest, counted from 0.
    fn digest(&self, number: usize) -> String {
        self.nth("CloudTrail-Digest_", number)
    }

    fn log(&self, number: usize) -> String {
        self.nth("CloudTrail_", number)
    }

    fn nth(&self, what: &str, number: usize) -> String {
        let mut all = self.files.keys().filter(|path| path.contains(what) && is_packed(path));
        all.nth(number).unwrap().clone()
    }

    fn change(&mut self, path: &str, change: impl Fn(&str) -> String) {
        let mut reader = content::Reader::default();
        let mut text = Vec::new();
        reader.feed(&self.files[path], &mut |bytes| text.extend_from_slice(bytes));
        let changed = change(std::str::from_utf8(&text).unwrap());
        self.files.insert(path.to_owned(), gzip(changed.as_bytes()));
    }
}

fn is_packed(path: &str) -> bool {
    path.strip_suffix(address::PACKED).is_some()
}

fn object(examiner: &mut Examiner, path: &str, bytes: &[u8]) -> Option<Object> {
    if !examiner.begin(path) {
        return None;
    }
    examiner.feed(bytes);
    let mut seen = examiner.finish(path)?;
    if let Seen::Log { content, stops, mentions: true, .. } = &mut seen {
        let mut reader = content::Reader::default();
        let mut text = Vec::new();
        reader.feed(bytes, &mut |bytes| text.extend_from_slice(bytes));
        *stops = read_stops(&text, content).into();
    }
    let (key_at, outer_end) = ("buckets/".len() as u32, path.len() as u32);
    Some(Object { path: path.into(), key_at, outer_end, sha256: None, seen })
}

/// Kinds with the file's name.
fn told(report: &Report) -> BTreeSet<(String, String)> {
    let name = |finding: &Finding| {
        let key = finding.key.as_deref().unwrap_or_default();
        (finding.kind.to_string(), address::file_name(key).to_owned())
    };
    report.findings.iter().map(name).collect()
}

fn kinds(report: &Report) -> Vec<&'static str> {
    let kinds: BTreeSet<&str> = report.findings.iter().map(|one| one.kind.as_str()).collect();
    kinds.into_iter().collect()
}

#[test]
fn what_was_left_out_on_purpose_is_not_missed() {
    let mut world = World::clean(3);
    let log = world.log(2);
    world.files.remove(&log);
    assert_eq!(world.judge().verdict, Verdict::Invalid);
    let (_, name) = log.rsplit_once('/').unwrap();
    let report = world.judge_without(name);
    assert_eq!((report.verdict, report.counts.logs.missing), (Verdict::Valid, 0));
    assert_eq!(world.judge_without("another").verdict, Verdict::Invalid);
}

#[test]
fn a_sound_chain_is_valid_and_covers_its_time() {
    let report = World::clean(4).judge();
    assert_eq!(report.findings, []);
    assert_eq!(report.verdict, Verdict::Valid);
    assert_eq!((report.counts.digests.valid, report.counts.logs.valid), (4, 6));
    let covers: Vec<Cover> = report.coverage.iter().map(|span| span.cover).collect();
    assert_eq!(covers, [Cover::Verified, Cover::Empty, Cover::Verified]);
    assert!(report.logs().all(|(_, log)| log.standing == Standing::Verified));
    assert!(report.digests.iter().all(|digest| digest.proven == Proven::Signature));
    let links: Vec<Link> = report.digests.iter().map(|digest| digest.link).collect();
    assert_eq!(links, [Link::Start, Link::Linked, Link::Linked, Link::Linked]);
}

#[test]
fn an_hour_is_verified_only_if_its_logs_are_what_its_digest_names() {
    let covers = |report: &Report| -> Vec<&str> {
        report.coverage.iter().map(|span| span.cover.as_str()).collect()
    };
    let mut world = World::clean(4);
    let (missing, altered) = (world.log(0), world.log(4));
    world.files.remove(&missing);
    world.change(&altered, |text| text.replace("GetUser", "PutUser"));
    let report = world.judge();
    assert_eq!(covers(&report), ["log_missing", "empty", "verified", "log_modified"]);
    let words: Vec<String> = report.coverage.iter().map(Span::words).collect();
    assert_eq!(
        words,
        [
            "digest chain unbroken; 1 of 2 log files missing",
            "digest chain unbroken; no log file was delivered, as the digests say",
            "digest chain unbroken; all 2 log files are what the digests name",
            "digest chain unbroken; 1 of 2 log files modified",
        ]
    );
    // Both, and what was only unpacked.
    let other = world.log(4);
    world.files.remove(&other);
    assert_eq!(
        world.judge().coverage.last().map(Span::words).as_deref(),
        Some("digest chain unbroken; 1 of 2 log files modified, 1 missing")
    );
    let mut world = World::clean(1);
    let log = world.log(0);
    let (_, name) = log.rsplit_once('/').unwrap();
    world.files.remove(&log);
    let report = world.judge_without(name);
    assert_eq!(covers(&report), ["verified"]);
    let words = "digest chain unbroken; 1 of 2 log files left out on purpose";
    assert_eq!(report.coverage[0].words(), words);
}

type Tamper = fn(&mut World);

/// What is done to a sound chain, and what is told then.
const TAMPERED: &[(Tamper, Verdict, &[&str])] = &[
    (|w| drop(w.files.remove(&w.log(2))), Verdict::Invalid, &["log_missing"]),
    (
        |w| w.change(&w.log(2), |text| text.replace("mallory", "alice")),
        Verdict::Invalid,
        &["log_modified"],
    ),
    (
        |w| w.files.get_mut(&w.log(2)).unwrap().extend(b"x"),
        Verdict::Invalid,
        &["log_trailing_data"],
    ),
    (
        |w| assert!(w.files.get_mut(&w.log(2)).unwrap().pop().is_some()),
        Verdict::Incomplete,
        &["log_gzip_damaged"],
    ),
    (|w| w.files.get_mut(&w.log(2)).unwrap().truncate(30), Verdict::Invalid, &["log_format"]),
    (|w| w.files.get_mut(&w.log(2)).unwrap().clear(), Verdict::Invalid, &["log_format"]),
    (
        |w| {
            let injected = w.log(2).replace("Made", "Fake");
            w.files.insert(injected, gzip(b"{}"));
        },
        Verdict::Invalid,
        &["log_unlisted"],
    ),
    (
        |w| drop(w.files.remove(&w.digest(2))),
        Verdict::Invalid,
        &["coverage_hole", "digest_missing", "log_unverifiable"],
    ),
    (
        |w| drop(w.files.remove(&w.digest(4))),
        Verdict::Incomplete,
        &["log_unverifiable", "tail_uncovered"],
    ),
    (
        |w| drop(w.files.remove(&w.digest(0))),
        Verdict::Invalid,
        &[
            "coverage_hole",
            // What starts at the window's edge lacks nothing within it; this one starts later.
            "digest_missing",
            "log_unverifiable",
        ],
    ),
    (
        |w| w.change(&w.digest(2), |text| text.replace("SHA-256", "SHA-1")),
        Verdict::Invalid,
        &[
            "coverage_hole",
            "digest_prev_hash_mismatch",
            "digest_signature_invalid",
            "log_unverifiable",
        ],
    ),
    (
        |w| {
            let bytes = w.files.get_mut(&w.digest(2)).unwrap();
            bytes.extend(b"\0");
        },
        Verdict::Incomplete,
        &["digest_trailing_data"],
    ),
    (
        |w| {
            let path = format!("{}.meta.json", w.digest(2));
            w.files.insert(path, br#"{"Metadata":{"signature":"00"}}"#.to_vec());
        },
        Verdict::Incomplete,
        &["digest_metadata_signature_mismatch"],
    ),
    (
        |w| drop(w.files.remove(&format!("{}.meta.json", w.digest(2)))),
        Verdict::Valid,
        &["digest_metadata_missing"],
    ),
    (
        |w| drop(w.files.remove(&format!("{}.meta.json", w.digest(4)))),
        Verdict::Incomplete,
        &["digest_signature_unavailable", "log_unverifiable", "tail_uncovered"],
    ),
    (
        |w| w.keys.clear(),
        Verdict::Invalid,
        &["digest_key_unknown", "log_unverifiable", "tail_uncovered"],
    ),
    (
        |w| w.keys = w.keys.replace("1798761600", "1770000000"),
        Verdict::Invalid,
        &["digest_key_expired"],
    ),
    (
        |w| {
            let (from, to) = (w.digest(2), w.digest(2).replace("_main_trail_", "_other_"));
            let bytes = w.files.remove(&from).unwrap();
            w.files.insert(to, bytes);
        },
        Verdict::Invalid,
        &["coverage_hole", "digest_missing", "digest_moved", "log_unverifiable", "tail_uncovered"],
    ),
];

#[test]
fn each_kind_of_tampering_is_told_by_name() {
    for (number, (tamper, verdict, expected)) in TAMPERED.iter().enumerate() {
        let mut world = World::clean(5);
        tamper(&mut world);
        let report = world.judge();
        assert_eq!(kinds(&report), *expected, "{number}: {:#?}", report.findings);
        assert_eq!(report.verdict, *verdict, "{number}");
    }
}

#[test]
fn what_is_no_key_is_told_apart_from_no_key() {
    let mut world = World::clean(3);
    let at = world.keys.find("MII").unwrap();
    world.keys.replace_range(at..at + 8, "AAAAAAAA");
    let report = world.judge();
    assert!(kinds(&report).contains(&"digest_key_unreadable"), "{:#?}", report.findings);
    assert_eq!(report.verdict, Verdict::Invalid);
}

#[test]
fn a_restart_is_plausible_if_somebody_stopped_logging() {
    let mut world = World::of(&trail(), 4, Some(2));
    let report = world.judge();
    assert_eq!((report.verdict, kinds(&report)), (Verdict::Valid, vec!["logging_gap"]));
    assert!(report.findings[0].detail.contains("StopLogging of the trail main_trail by mallory"));
    // A log that was altered says nothing.
    world.change(&world.log(3), |text| text.replace("mallory", "nobody"));
    let report = world.judge();
    let gap = report.findings.iter().find(|finding| finding.kind == Kind::LoggingGap).unwrap();
    assert_eq!(gap.severity, Severity::Warning);
}

#[test]
fn a_whole_copy_under_another_name_is_judged_by_its_own_addresses() {
    let mut world = World::clean(3);
    let moved = |path: &String| path.replace("trail-bucket", "copy-of-it");
    world.files = world.files.iter().map(|(path, b)| (moved(path), b.clone())).collect();
    let report = world.judge();
    assert_eq!((report.verdict, kinds(&report)), (Verdict::Incomplete, vec!["bucket_renamed"]));
    // Without folders for buckets, or begun further down, nothing is renamed.
    for from in ["buckets/copy-of-it/", "buckets/copy-of-it/AWSLogs/"] {
        let cut = |path: &String| path.replace(from, "buckets/");
        let mut world = world.clone();
        world.files = world.files.iter().map(|(path, b)| (cut(path), b.clone())).collect();
        let report = world.judge();
        assert_eq!((report.verdict, kinds(&report)), (Verdict::Valid, vec![]), "{from}");
    }
}

#[test]
fn copies_without_folders_or_compression_are_found_by_name() {
    let mut world = World::clean(3);
    let flat = |path: &String| format!("buckets/{}", address::file_name(path));
    world.files = world.files.iter().map(|(path, b)| (flat(path), b.clone())).collect();
    assert_eq!(told(&world.judge()), BTreeSet::new());
    let mut world = World::clean(3);
    for path in world.files.keys().filter(|path| is_packed(path)).cloned().collect::<Vec<_>>() {
        let mut reader = content::Reader::default();
        let mut text = Vec::new();
        reader.feed(&world.files.remove(&path).unwrap(), &mut |b| text.extend_from_slice(b));
        world.files.insert(path.trim_end_matches(".gz").to_owned(), text);
    }
    let report = world.judge();
    assert_eq!((report.verdict, kinds(&report)), (Verdict::Incomplete, vec!["log_not_gzip"]));
}

#[test]
fn two_trails_in_one_folder_vouch_for_each_others_logs() {
    let mut world = World::clean(4);
    let other = World::of(&Trail { name: "second".to_owned(), ..trail() }, 4, None);
    world.files.extend(other.files);
    let report = world.judge();
    assert_eq!((report.verdict, report.scopes.len()), (Verdict::Valid, 2));
    // The digests of both, or of one, name the same logs; a hole in one is no hole in the other.
    let path = world.digest(2);
    world.files.remove(&path);
    assert_eq!(kinds(&world.judge()), ["coverage_hole", "digest_missing"]);
}

/// For every byte of every object: after a change either what is in it is the same, or the verdict
/// or the counts are others.
#[test]
fn no_changed_byte_goes_unnoticed() {
    let world = World::clean(3);
    let objects = world.objects();
    let clean = world.judge_these(objects.clone());
    assert_eq!(clean.verdict, Verdict::Valid);
    let (mut examiner, mut differ) = (Examiner::default(), 0);
    for (number, before) in objects.iter().enumerate() {
        let bytes = &world.files[&*before.path];
        if metadata::is_sidecar(&before.path) {
            continue;
        }
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << (at % 8);
            let mut objects = objects.clone();
            objects[number] = object(&mut examiner, &before.path, &changed).unwrap();
            if same_content(&objects[number], before) {
                continue;
            }
            let report = world.judge_these(objects);
            let same = (report.verdict, report.counts) == (clean.verdict, clean.counts);
            assert!(!same, "{}: byte {at}", before.path);
            differ += 1;
        }
    }
    assert!(differ > 1000, "{differ}");
}

fn same_content(one: &Object, other: &Object) -> bool {
    match (&one.seen, &other.seen) {
        (Seen::Log { content: one, .. }, Seen::Log { content: other, .. })
        | (Seen::Digest { content: one, .. }, Seen::Digest { content: other, .. }) => one == other,
        _ => false,
    }
}

type Trick = Box<dyn Fn(&str) -> String>;

#[test]
fn hostile_digests_are_findings() {
    let deep = format!("{{\"a\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let absurd = |text: &str| text.replace("2026-03-04T07:29:07Z", "9999-99-99T99:99:99Z");
    let backwards = |text: &str| text.replace("2026-03-04T07:29:07Z", "2026-03-04T09:29:07Z");
    let tricks: [(&str, Trick); 9] = [
        ("digest_signature_invalid", Box::new(backwards)),
        ("digest_format", Box::new(|_| String::new())),
        ("digest_format", Box::new(|_| "[]".to_owned())),
        ("digest_format", Box::new(move |_| deep.clone())),
        ("digest_format", Box::new(absurd)),
        ("digest_format", Box::new(|text| text.replace("\"logFiles\":[", "\"logFiles\":[1,"))),
        (
            "digest_format",
            Box::new(|text| text.replace("\"awsAccountId\":\"", "\"awsAccountId\":[\"")),
        ),
        ("digest_moved", Box::new(|text| text.replace("\"AWSLogs/", "\"../../../etc/AWSLogs/"))),
        (
            "digest_signature_invalid",
            Box::new(|text| text.replace(r#""hashValue":""#, r#""hashValue":"\u001b[2J"#)),
        ),
    ];
    for (expected, trick) in tricks {
        let mut world = World::clean(4);
        let path = world.digest(2);
        world.change(&path, |text| trick(text));
        let report = world.judge();
        assert!(kinds(&report).contains(&expected), "{expected}: {:#?}", report.findings);
        assert_eq!(report.verdict, Verdict::Invalid);
    }
}

#[test]
fn a_digest_of_very_many_logs_is_judged_whole() {
    let (signer, trail, since) = (signer(), trail(), at("2026-03-04T05:00:00Z"));
    let log =
        |number: usize| LogFile::of(trail.log_key(since, &format!("Many{number:012}")), b"{}");
    let logs: Vec<LogFile> = (0..50_000).map(log).collect();
    let mut world = World::clean(0);
    world.keys = public_keys_json(&[&signer]);
    let mut chain = Chain::begin(trail.clone(), since);
    let digest = chain.digest(&signer, since.saturating_add(HOUR), &logs).unwrap();
    world.put(&format!("{}.meta.json", digest.key), digest.head_object().into_bytes());
    world.put(&digest.key, digest.gzip);
    world.put(&logs[7].key, gzip(b"{}"));
    (world.since, world.until) = (since, since.saturating_add(HOUR));
    let report = world.judge();
    assert_eq!((report.counts.logs.missing, report.counts.logs.valid), (49_999, 1));
    assert_eq!(report.findings.len(), 49_999);
}
