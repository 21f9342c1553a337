//! Writes chains of digests as CloudTrail does, over evidence that is made up: for the demo, for
//! tests and for benchmarks. What is signed and how it lies in a bucket is the CloudTrail user
//! guide's word, see [`super`]; nothing here is shared with what verifies, so that one does not
//! repeat the other's mistakes.

mod keys;

pub use keys::{Signer, public_keys_json};

use crate::event::Timestamp;
use flate2::{Compression, GzBuilder};
use md5::Md5;
use memchr::memmem;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::io::{self, Write as _};

/// Where a trail writes what happens in one account and Region.
#[derive(Debug, Clone)]
pub struct Trail {
    pub bucket: String,
    /// What stands before `AWSLogs`, without the slash between them.
    pub prefix: Option<String>,
    /// `o-…`, for the trail of an organization.
    pub organization: Option<String>,
    /// The account whose events these are, and the Region in which they happened.
    pub account: String,
    pub region: String,
    /// The Region in which the trail was made.
    pub home: String,
    pub name: String,
}

impl Trail {
    /// The key of a log file that was written at this time; `unique` is a name's last part, of 16
    /// letters and digits.
    pub fn log_key(&self, at: Timestamp, unique: &str) -> String {
        let (account, region) = (&self.account, &self.region);
        let c = at.civil();
        format!(
            "{}/{account}_CloudTrail_{region}_{:04}{:02}{:02}T{:02}{:02}Z_{unique}.json.gz",
            self.folder("CloudTrail", at),
            c.year,
            c.month,
            c.day,
            c.hour,
            c.minute
        )
    }

    /// The key of the digest that ends at this time.
    pub fn digest_key(&self, end: Timestamp, backfill: bool) -> String {
        let Self { account, region, home, name, .. } = self;
        let c = end.civil();
        format!(
            "{}/{account}_CloudTrail-Digest_{region}_{name}_{home}_{:04}{:02}{:02}T{:02}{:02}{:02}Z{}.json.gz",
            self.folder("CloudTrail-Digest", end),
            c.year,
            c.month,
            c.day,
            c.hour,
            c.minute,
            c.second,
            if backfill { "_backfill" } else { "" }
        )
    }

    fn folder(&self, kind: &str, at: Timestamp) -> String {
        let mut path = String::new();
        for part in self.prefix.iter().map(String::as_str).chain(["AWSLogs"]) {
            let _ = write!(path, "{part}/");
        }
        if let Some(organization) = &self.organization {
            let _ = write!(path, "{organization}/");
        }
        let c = at.civil();
        let (account, region) = (&self.account, &self.region);
        let _ = write!(path, "{account}/{kind}/{region}/{:04}/{:02}/{:02}", c.year, c.month, c.day);
        path
    }
}

/// A log file as a digest names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFile {
    pub key: String,
    /// The SHA-256 of the uncompressed bytes, in hex.
    pub hash: String,
    /// The times of the oldest and of the newest event, as they are written.
    pub span: Option<(String, String)>,
}

impl LogFile {
    /// The log file of this key with these uncompressed bytes.
    pub fn of(key: impl Into<String>, bytes: &[u8]) -> Self {
        Self { key: key.into(), hash: sha256(bytes), span: span(bytes) }
    }
}

/// The oldest and the newest `eventTime`; all are written alike, so that texts compare as times.
fn span(bytes: &[u8]) -> Option<(String, String)> {
    const MEMBER: &[u8] = b"\"eventTime\":\"";
    let time = |at: usize| {
        let text = &bytes[at + MEMBER.len()..];
        std::str::from_utf8(&text[..memchr::memchr(b'"', text)?]).ok()
    };
    let mut times = memmem::find_iter(bytes, MEMBER).filter_map(time);
    let first = times.next()?;
    let (oldest, newest) =
        times.fold((first, first), |(oldest, newest), time| (oldest.min(time), newest.max(time)));
    Some((oldest.to_owned(), newest.to_owned()))
}

/// A digest, ready to be put into a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedDigest {
    pub bucket: String,
    pub key: String,
    /// What is hashed and signed.
    pub text: String,
    /// The object's bytes.
    pub gzip: Vec<u8>,
    /// In hex. It lies beside the object, in its metadata.
    pub signature: String,
    /// When a backfill digest was made.
    pub generated: Option<Timestamp>,
}

impl SignedDigest {
    /// What `aws s3api head-object` says of the object.
    pub fn head_object(&self) -> String {
        let mut metadata =
            json!({ "signature": self.signature, "signature-algorithm": "SHA256withRSA" });
        if let Some(generated) = self.generated {
            metadata["backfill-generation-timestamp"] = generated.to_rfc3339(0).into();
        }
        let head = json!({
            "AcceptRanges": "bytes",
            "ContentLength": self.gzip.len(),
            "ETag": format!("\"{}\"", hex(&Md5::digest(&self.gzip))),
            "ContentEncoding": "gzip",
            "ContentType": "application/json",
            "Metadata": metadata,
        });
        format!("{head:#}\n")
    }
}

/// A chain of digests as it grows.
#[derive(Debug, Clone)]
pub struct Chain {
    trail: Trail,
    /// Where the next digest begins.
    from: Timestamp,
    previous: Option<Previous>,
}

/// What a digest says of its predecessor.
#[derive(Debug, Clone)]
struct Previous {
    bucket: String,
    key: String,
    hash: String,
    signature: String,
}

impl Chain {
    /// Logging begins.
    pub fn begin(trail: Trail, from: Timestamp) -> Self {
        Self { trail, from, previous: None }
    }

    /// Logging was off and is on again: the next digest has no predecessor.
    pub fn restart(&mut self, from: Timestamp) {
        (self.from, self.previous) = (from, None);
    }

    /// From the next digest on everything goes into another bucket.
    pub fn move_to(&mut self, bucket: impl Into<String>) {
        self.trail.bucket = bucket.into();
    }

    /// From the next digest on it is a trail of this organization.
    pub fn belong_to(&mut self, organization: impl Into<String>) {
        self.trail.organization = Some(organization.into());
    }

    /// The digest of what was delivered since the last one, which may be nothing.
    pub fn digest(
        &mut self,
        signer: &Signer,
        until: Timestamp,
        logs: &[LogFile],
    ) -> io::Result<SignedDigest> {
        let digest = self.sign(signer, (self.from, until), logs, None)?;
        self.from = until;
        self.previous = Some(Previous {
            bucket: digest.bucket.clone(),
            key: digest.key.clone(),
            hash: sha256(digest.text.as_bytes()),
            signature: digest.signature.clone(),
        });
        Ok(digest)
    }

    /// A digest made later, of logs that the digest of their hour did not name. It stands alone.
    pub fn backfill(
        &self,
        signer: &Signer,
        span: (Timestamp, Timestamp),
        logs: &[LogFile],
        generated: Timestamp,
    ) -> io::Result<SignedDigest> {
        let alone = Self { previous: None, ..self.clone() };
        alone.sign(signer, span, logs, Some(generated))
    }

    fn sign(
        &self,
        signer: &Signer,
        (start, end): (Timestamp, Timestamp),
        logs: &[LogFile],
        generated: Option<Timestamp>,
    ) -> io::Result<SignedDigest> {
        let (bucket, end) = (self.trail.bucket.clone(), (end, end.to_rfc3339(0)));
        let key = self.trail.digest_key(end.0, generated.is_some());
        let said = |what: fn(&Previous) -> &str| self.previous.as_ref().map(what);
        let before = said(|previous| &previous.signature);
        let newest = logs.iter().filter_map(|log| log.span.as_ref()).map(|span| &span.1).max();
        let oldest = logs.iter().filter_map(|log| log.span.as_ref()).map(|span| &span.0).min();
        let text = json!({
            "awsAccountId": self.trail.account,
            "digestStartTime": start.to_rfc3339(0),
            "digestEndTime": end.1,
            "digestS3Bucket": bucket,
            "digestS3Object": key,
            "digestPublicKeyFingerprint": signer.fingerprint(),
            "digestSignatureAlgorithm": "SHA256withRSA",
            "newestEventTime": newest,
            "oldestEventTime": oldest,
            "previousDigestS3Bucket": said(|previous| &previous.bucket),
            "previousDigestS3Object": said(|previous| &previous.key),
            "previousDigestHashValue": said(|previous| &previous.hash),
            "previousDigestHashAlgorithm": said(|_| "SHA-256"),
            "previousDigestSignature": before,
            "logFiles": logs.iter().map(|log| named(&bucket, log)).collect::<Vec<_>>(),
        })
        .to_string();
        let signature = signer.sign(&to_sign(&end.1, &bucket, &key, &text, before))?;
        let gzip = gzip(text.as_bytes())?;
        Ok(SignedDigest { bucket, key, text, gzip, signature, generated })
    }
}

/// A log file as an element of `logFiles`.
fn named(bucket: &str, log: &LogFile) -> Value {
    json!({
        "s3Bucket": bucket,
        "s3Object": log.key,
        "hashValue": log.hash,
        "hashAlgorithm": "SHA-256",
        "newestEventTime": log.span.as_ref().map(|span| &span.1),
        "oldestEventTime": log.span.as_ref().map(|span| &span.0),
    })
}

/// The four lines that are signed.
fn to_sign(end: &str, bucket: &str, key: &str, text: &str, before: Option<&str>) -> String {
    format!("{end}\n{bucket}/{key}\n{}\n{}", sha256(text.as_bytes()), before.unwrap_or("null"))
}

/// No time and no name in the header: the same bytes each time.
fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut gzip = GzBuilder::new().write(Vec::new(), Compression::default());
    gzip.write_all(bytes)?;
    gzip.finish()
}

fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests;
