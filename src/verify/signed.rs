//! Whose keys it takes to check the digests of the evidence: the Regions that signed them, and when.

use super::address::{self, DigestName, Named};
use super::metadata;
use super::objects::{Objects, Seen};
use crate::event::{Time, Timestamp};
use std::collections::BTreeMap;

/// From when to when digests of a Region were signed, with room around it: a digest is signed some
/// time after its end, and keys are changed in between.
pub type Signed = BTreeMap<String, (Timestamp, Timestamp)>;

const BEFORE: i64 = Timestamp::HOUR;
const AFTER: i64 = 2 * Timestamp::HOUR;

/// Looks at the digests among what was read. One that is none signed nothing.
pub fn signed(objects: &Objects) -> Signed {
    let mut all = Signed::new();
    for object in objects.iter() {
        let found = match &object.seen {
            Seen::Digest { digest: Ok(digest), .. } => {
                name(&object.path).map(|name| (name.region, digest.end))
            }
            // A backfill digest is signed when it is made, long after its time.
            Seen::Metadata(about) => metadata::object_of(&object.path)
                .and_then(name)
                .zip(about.generated.as_deref().and_then(Time::parse_rfc3339).map(|time| time.at))
                .map(|(name, at)| (name.region, at)),
            _ => None,
        };
        let Some((region, at)) = found else { continue };
        let (from, to) = (at.0.saturating_sub(BEFORE), at.0.saturating_add(AFTER));
        let span = all.entry(region.to_owned()).or_insert((Timestamp(from), Timestamp(to)));
        *span = (span.0.min(Timestamp(from)), span.1.max(Timestamp(to)));
    }
    all
}

fn name(path: &str) -> Option<DigestName<'_>> {
    match address::read(path)?.named {
        Named::Digest(name) => Some(name),
        Named::Log(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::content::Content;
    use crate::verify::digest::Digest;
    use crate::verify::{Object, metadata::Metadata};
    use std::sync::Arc;

    fn object(path: &str, seen: Seen) -> Object {
        Object { path: path.into(), key_at: 0, outer_end: path.len() as u32, sha256: None, seen }
    }

    #[test]
    fn regions_are_known_with_the_time_of_their_digests() {
        let path = |region: &str, stamp: &str, end: &str| {
            format!(
                "/e/b/AWSLogs/111122223333/CloudTrail-Digest/{region}/2026/03/04/111122223333_\
                 CloudTrail-Digest_{region}_trail_eu-west-1_{stamp}{end}"
            )
        };
        let at = |text: &str| Time::parse_rfc3339(text).unwrap().at;
        let digest = |end: &str| {
            let text = format!(
                r#"{{"awsAccountId":"111122223333","digestStartTime":"2026-03-04T00:00:00Z",
                "digestEndTime":"{end}","digestS3Bucket":"b","digestS3Object":"k",
                "digestPublicKeyFingerprint":"ab","digestSignatureAlgorithm":"SHA256withRSA",
                "previousDigestSignature":null,"logFiles":[]}}"#
            );
            let digest = Ok(Arc::new(Digest::read(text.as_bytes()).unwrap()));
            Seen::Digest { content: Content::UNREAD, digest }
        };
        let wrong = Seen::Digest { content: Content::UNREAD, digest: Err("x".into()) };
        let generated = Some("2026-03-09T00:00:00Z".to_owned());
        let late = Seen::Metadata(Box::new(Metadata { generated, ..Metadata::default() }));
        let found = signed(&Objects::new(vec![
            object(
                &path("eu-west-1", "20260304T020000Z", ".json.gz"),
                digest("2026-03-04T02:00:00Z"),
            ),
            object(
                &path("eu-west-1", "20260304T010000Z", ".json.gz"),
                digest("2026-03-04T01:00:00Z"),
            ),
            object(
                &path("us-east-1", "20260304T010000Z", ".json.gz"),
                digest("2026-03-04T01:00:00Z"),
            ),
            object(&path("us-east-1", "20260304T010000Z", "_backfill.json.gz.meta.json"), late),
            object(&path("ap-east-1", "20260304T010000Z", ".json.gz"), wrong),
        ]));
        let wanted = [
            ("eu-west-1", "2026-03-04T00:00:00Z", "2026-03-04T04:00:00Z"),
            ("us-east-1", "2026-03-04T00:00:00Z", "2026-03-09T02:00:00Z"),
        ];
        let wanted = wanted.map(|(region, from, to)| (region.to_owned(), (at(from), at(to))));
        assert_eq!(found, Signed::from(wanted));
    }
}
