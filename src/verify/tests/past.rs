//! What sources had, and what digests say of it.

use super::*;
use crate::source::{Cause, End, Past, Version};

const ROOT: &str = "buckets/trail-bucket/";

impl World {
    /// Judges with what was there before; all objects lie below the bucket.
    fn judge_with(&self, past: &[Past], former: Vec<Object>) -> Report {
        let mut keys = Keys::default();
        keys.read(self.keys.as_bytes()).unwrap();
        let key_at = ROOT.len() as u32;
        let mut objects: Vec<Object> = self.objects();
        for object in &mut objects {
            object.key_at = key_at;
        }
        objects.extend(former);
        let (since, until) = (Some(self.since), Some(self.until));
        judge(&Question { objects: &Objects::new(objects), past, keys: &keys, since, until })
    }
}

fn version(path: &str) -> String {
    format!("{path}?versionId=1")
}

fn deleted(path: &str, days: i64, cause: Cause) -> Past {
    let (written, at) = (at("2026-03-04T06:00:00Z"), at("2026-06-04T06:00:00Z"));
    let at = at.saturating_add(days * Timestamp::DAY);
    Past {
        path: path.to_owned(),
        key: path.strip_prefix(ROOT).unwrap().to_owned(),
        end: End::Deleted(Some(at), cause),
        versions: vec![Version { path: version(path), written: Some(written) }],
    }
}

/// The object as a former version of itself.
fn former(path: &str, bytes: &[u8]) -> Object {
    let object = object(&mut Examiner::default(), path, bytes).unwrap();
    let Seen::Log { content, .. } = object.seen else { panic!("no log") };
    let (path, of_end) = (version(path), path.len() as u32);
    let (outer_end, key_at) = (path.len() as u32, ROOT.len() as u32);
    let seen = Seen::Former { content, of_end };
    Object { path: path.into(), key_at, outer_end, sha256: None, seen }
}

fn only(report: &Report) -> (&'static str, Severity, &str) {
    let [finding] = report.findings.as_slice() else { panic!("{:?}", report.findings) };
    (finding.kind.as_str(), finding.severity, &finding.detail)
}

#[test]
fn a_log_that_is_missing_is_found_again_by_its_hash() {
    let mut world = World::clean(4);
    let path = world.log(2);
    let bytes = world.files.remove(&path).unwrap();
    let past = [deleted(&path, 0, Cause::NoRule)];
    let report = world.judge_with(&past, vec![]);
    let (kind, severity, detail) = only(&report);
    assert_eq!((kind, severity), ("log_missing", Severity::Error));
    assert!(detail.ends_with("--versions brings it in"), "{detail}");

    let report = world.judge_with(&past, vec![former(&path, &bytes)]);
    let (_, _, detail) = only(&report);
    assert!(detail.ends_with(&format!("as it was delivered it is {}", version(&path))), "{detail}");
    // Its rows are proven, and it counts for no file that is there.
    assert_eq!(report.log(&version(&path)).unwrap().standing, Standing::Verified);
    assert_eq!((report.counts.logs.found, report.counts.logs.missing), (5, 1));
    let logs = report.digests.iter().flat_map(|digest| report.logs_of(digest));
    let of_it: Vec<_> = logs.filter(|log| path.ends_with(&log.key)).map(|log| log.path).collect();
    assert_eq!(of_it, [None, Some(&version(&path).into())]);

    let report = world.judge_with(&past, vec![former(&path, &gzip(b"{\"Records\":[]}"))]);
    let (_, _, detail) = only(&report);
    assert!(detail.ends_with("no former version is what its digest names"), "{detail}");
    assert_eq!(report.log(&version(&path)).unwrap().standing, Standing::Modified);
}

#[test]
fn what_nobody_misses_is_told_by_who_could_have_deleted_it() {
    let world = World::clean(4);
    let newest = world.digest(3);
    let rule = || Cause::Rule("\"x\"".to_owned());
    let judged = |path: &str, days, cause| {
        let report = world.judge_with(&[deleted(path, days, cause)], vec![]);
        let (kind, severity, _) = only(&report);
        assert_eq!(kind, "object_deleted");
        (severity, report.verdict)
    };
    assert_eq!(judged(&newest, 0, Cause::NoRule), (Severity::Error, Verdict::Invalid));
    assert_eq!(judged(&newest, 0, Cause::Unknown), (Severity::Warning, Verdict::Incomplete));
    assert_eq!(judged(&newest, 0, rule()), (Severity::Info, Verdict::Valid));
    assert_eq!(judged(&newest, -30, rule()), (Severity::Warning, Verdict::Incomplete));
    let other = format!("{ROOT}elb.log.gz");
    assert_eq!(judged(&other, 0, Cause::NoRule), (Severity::Warning, Verdict::Incomplete));
}

#[test]
fn what_is_not_asked_about_is_not_told_and_nothing_is_not_valid() {
    let world = World::clean(4);
    let early = world.digest(0).replace("2026/03/04", "2026/02/04").replace("20260304", "20260204");
    let past = [deleted(&early, 0, Cause::NoRule)];
    assert_eq!(world.judge_with(&past, vec![]).findings, []);
    let rule = deleted(&world.digest(0), 0, Cause::Rule(String::new()));
    let empty = World { files: BTreeMap::new(), ..world };
    assert_eq!(empty.judge_with(&[rule], vec![]).verdict, Verdict::Incomplete);
}
