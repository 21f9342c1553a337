//! JSON that comes where records do and is none: what proves log files, and what notifies of them.

use super::Probe;
use super::frame::DEEPEST;
use super::scan::{Broken, Scan};
use super::text;
use crate::event::ReasonKind;
use memchr::memmem::{self, Finder};
use std::borrow::Cow;
use std::sync::LazyLock;

/// As much of a record as is looked at.
const SAMPLE: usize = 4096;

/// Words of which one is in whatever proves log files.
static PROOFS: LazyLock<[Finder<'static>; 3]> =
    LazyLock::new(|| ["digestStartTime", "ublicKeyList", "signature-algorithm"].map(Finder::new));

/// What notifies of S3 objects has one of these; behind the name in an ARN there is a colon.
static NOTICES: LazyLock<[Finder<'static>; 2]> =
    LazyLock::new(|| ["aws:s3\"", "aws:s3\\\""].map(Finder::new));

/// What this is, if it is no record.
pub(super) fn look(bytes: &[u8]) -> Option<(ReasonKind, &'static str)> {
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    // Most records have none of these and need no closer look.
    if PROOFS.iter().any(|sign| sign.find(sample).is_some())
        && let Some(what) = proof(&text::of(sample))
    {
        return Some((ReasonKind::Digest, what));
    }
    let notifies = NOTICES.iter().any(|sign| sign.find(sample).is_some()) && notifies(sample);
    notifies.then_some((ReasonKind::Notification, "notifies of S3 objects and holds none"))
}

/// Whether this is what SNS sends to whoever is to get a topic's messages, and who has to confirm
/// that, or that they are wanted no more. What has any other member is a record.
///
/// Source: the SNS developer guide, "HTTP/HTTPS subscription confirmation JSON format".
pub(super) fn confirms(probe: &Probe<'_>) -> bool {
    const NAMES: [&str; 10] = [
        "Type",
        "MessageId",
        "Token",
        "TopicArn",
        "Message",
        "SubscribeURL",
        "Timestamp",
        "SignatureVersion",
        "Signature",
        "SigningCertURL",
    ];
    let kind = || probe.text("Type");
    probe.is_object()
        && probe.has_all(&["SubscribeURL", "TopicArn", "Token"])
        && kind().is_some_and(|kind| {
            matches!(&*kind, "SubscriptionConfirmation" | "UnsubscribeConfirmation")
        })
        && probe.names().iter().all(|name| NAMES.contains(&&**name))
}

/// What of a trail's proofs this is. The members decide, on the outermost level: a record in which
/// somebody has put the same words deeper down stays one.
fn proof(sample: &str) -> Option<&'static str> {
    let mut found = Vec::new();
    let mut scan = Scan::new(sample);
    if scan.peek() == Some(b'{') {
        // What is cut off, or broken, is what it is as far as it goes.
        let _ = names(&mut scan, DEEPEST, &mut found);
    }
    let has = |names: &[&str]| names.iter().all(|name| found.iter().any(|found| found == name));
    if has(&["digestStartTime", "digestEndTime"]) {
        Some("a CloudTrail digest: it proves log files and holds no events")
    } else if has(&["ContentLength", "Metadata", "signature", "signature-algorithm"]) {
        Some("the signature of a CloudTrail digest, as S3 keeps it: it proves log files")
    } else if has(&["PublicKeyList"]) || has(&["publicKeyList"]) {
        Some("public keys of CloudTrail: they prove digests, which prove log files")
    } else {
        None
    }
}

/// The names of an object's members; those within `Metadata` too.
fn names<'a>(
    scan: &mut Scan<'a>,
    room: usize,
    found: &mut Vec<Cow<'a, str>>,
) -> Result<(), Broken> {
    let room = scan.open(room)?;
    let mut first = true;
    while let Some(name) = scan.key(first)? {
        first = false;
        let within = name == "Metadata" && scan.peek() == Some(b'{');
        found.push(name);
        if within {
            names(scan, room, found)?;
        } else {
            scan.skip(room)?;
        }
    }
    Ok(())
}

/// Whether this is a notification of S3. It says so at its beginning; elsewhere the words are part
/// of a record.
fn notifies(sample: &[u8]) -> bool {
    let head: Vec<u8> = sample.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let find = |needle: &str| memmem::find(&head, needle.as_bytes());
    let start = ["\"Records\":[{", "\\\"Records\\\":[{"].into_iter().find_map(find).unwrap_or(0);
    let near = &head[start..head.len().min(start + 120)];
    let source = ["\"eventSource\":\"aws:s3\"", "\\\"eventSource\\\":\\\"aws:s3\\\""];
    head.starts_with(b"{")
        && source.iter().any(|needle| memmem::find(near, needle.as_bytes()).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> Option<ReasonKind> {
        look(text.as_bytes()).map(|(kind, _)| kind)
    }

    #[test]
    fn what_proves_log_files_is_known_by_its_members() {
        let digest =
            r#"{"awsAccountId":"1","digestStartTime":"a","digestEndTime":"b","logFiles":["#;
        let head = r#"{
            "AcceptRanges": "bytes", "ContentLength": 712, "ContentType": "application/json",
            "Metadata": {"signature": "92eb", "signature-algorithm": "SHA256withRSA"}
        }"#;
        for text in [digest, head, r#"{"PublicKeyList":[{"Value":"#, r#"{"publicKeyList": []}"#] {
            assert_eq!(kind(text), Some(ReasonKind::Digest), "{text}");
        }
    }

    #[test]
    fn the_same_words_deeper_down_make_no_proof() {
        for text in [
            r#"{"eventName":"x","requestParameters":{"digestStartTime":"a","digestEndTime":"b"}}"#,
            r#"{"msg":"\"digestStartTime\":1,\"digestEndTime\":2"}"#,
            r#"{"ContentLength":1,"tags":{"Metadata":{"signature":"a","signature-algorithm":"b"}}}"#,
            r#"{"response":{"PublicKeyList":[]}}"#,
            r#"[{"digestStartTime":"a","digestEndTime":"b"}]"#,
        ] {
            assert_eq!(kind(text), None, "{text}");
        }
    }
}
