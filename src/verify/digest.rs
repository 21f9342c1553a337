//! A digest file: what it says of itself, of the digest before it, and of the logs of its time.

use crate::event::{Time, Timestamp, hex};
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// What CloudTrail signs with, and hashes with.
pub const SIGNATURE: &str = "SHA256withRSA";
pub const HASH: &str = "SHA-256";

/// Bytes of one digest without compression; one of a million logs has less.
pub const LONGEST: u64 = 1 << 30;

/// What a digest file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    pub account: String,
    pub start: Timestamp,
    pub end: Timestamp,
    /// The end as written, which is what is signed.
    pub end_text: String,
    pub bucket: String,
    pub object: String,
    /// Of the key that signs it.
    pub fingerprint: String,
    pub algorithm: String,
    /// `None`: the chain starts here.
    pub previous: Option<Previous>,
    /// As written; part of what is signed.
    pub previous_signature: Option<String>,
    pub logs: Vec<Listed>,
}

/// The digest before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Previous {
    pub bucket: String,
    pub object: String,
    /// Of its bytes without compression.
    pub hash: Option<String>,
    pub algorithm: Option<String>,
}

/// A log file that a digest names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Most logs of a digest have it in common.
    folder: Arc<Folder>,
    /// The rest of the key.
    name: Box<str>,
    /// Of its bytes without compression; `None` if the digest has no SHA-256 of it.
    pub hash: Option<[u8; 32]>,
    pub is_sha256: bool,
}

#[derive(Debug, PartialEq, Eq)]
struct Folder {
    bucket: Box<str>,
    /// The beginning of the key, with the slash at its end.
    path: Box<str>,
}

impl Listed {
    pub fn bucket(&self) -> &str {
        &self.folder.bucket
    }

    pub fn key(&self) -> String {
        format!("{}{}", self.folder.path, self.name)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    aws_account_id: String,
    digest_start_time: String,
    digest_end_time: String,
    #[serde(rename = "digestS3Bucket")]
    bucket: String,
    #[serde(rename = "digestS3Object")]
    object: String,
    digest_public_key_fingerprint: String,
    digest_signature_algorithm: String,
    #[serde(rename = "previousDigestS3Bucket", default)]
    previous_bucket: Option<String>,
    #[serde(rename = "previousDigestS3Object", default)]
    previous_object: Option<String>,
    #[serde(default)]
    previous_digest_hash_value: Option<String>,
    #[serde(default)]
    previous_digest_hash_algorithm: Option<String>,
    #[serde(deserialize_with = "present")]
    previous_digest_signature: Option<String>,
    #[serde(deserialize_with = "listed")]
    log_files: Vec<Listed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Log<'a> {
    #[serde(rename = "s3Bucket", borrow)]
    bucket: Cow<'a, str>,
    #[serde(rename = "s3Object", borrow)]
    object: Cow<'a, str>,
    #[serde(borrow)]
    hash_value: Cow<'a, str>,
    #[serde(borrow)]
    hash_algorithm: Cow<'a, str>,
}

/// May be null, but not absent.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(deserializer)
}

impl Digest {
    /// Reads the content of a digest file; the error is a sentence for people.
    pub fn read(content: &[u8]) -> Result<Self, String> {
        let file: File = serde_json::from_slice(content).map_err(|error| {
            let text = error.to_string();
            // What serde quotes comes from the file; it is kept short.
            format!(
                "it is not what a digest looks like: {}",
                text.chars().take(200).collect::<String>()
            )
        })?;
        let time = |text: &str, which: &str| {
            let time = Time::parse_rfc3339(text).map(|time| time.at);
            time.ok_or_else(|| format!("its {which} is no time"))
        };
        let start = time(&file.digest_start_time, "digestStartTime")?;
        let end = time(&file.digest_end_time, "digestEndTime")?;
        let previous = match (file.previous_bucket, file.previous_object) {
            (Some(bucket), Some(object)) => Some(Previous {
                bucket,
                object,
                hash: file.previous_digest_hash_value,
                algorithm: file.previous_digest_hash_algorithm,
            }),
            (None, None) => None,
            _ => return Err("it names half of the digest before it".to_owned()),
        };
        Ok(Self {
            account: file.aws_account_id,
            start,
            end,
            end_text: file.digest_end_time,
            bucket: file.bucket,
            object: file.object,
            fingerprint: file.digest_public_key_fingerprint,
            algorithm: file.digest_signature_algorithm,
            previous,
            previous_signature: file.previous_digest_signature,
            logs: file.log_files,
        })
    }

    /// What is signed: four lines without an end.
    pub fn signed(&self, sha256: &[u8; 32]) -> String {
        format!(
            "{}\n{}/{}\n{}\n{}",
            self.end_text,
            self.bucket,
            self.object,
            hex::encode(sha256),
            self.previous_signature.as_deref().unwrap_or("null")
        )
    }
}

/// Takes in one log after the other: a digest may name a million.
fn listed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Listed>, D::Error> {
    deserializer.deserialize_seq(Logs)
}

struct Logs;

impl<'de> Visitor<'de> for Logs {
    type Value = Vec<Listed>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of log files")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut logs: A) -> Result<Self::Value, A::Error> {
        let mut found: Vec<Listed> = Vec::new();
        while let Some(Log { bucket, object, hash_value, hash_algorithm }) = logs.next_element()? {
            let (path, name) = object.split_at(object.rfind('/').map_or(0, |at| at + 1));
            let before = found.last().map(|log| &log.folder);
            let folder = match before.filter(|it| *it.path == *path && *it.bucket == *bucket) {
                Some(folder) => Arc::clone(folder),
                None => Arc::new(Folder { bucket: (&*bucket).into(), path: path.into() }),
            };
            found.push(Listed {
                folder,
                name: name.into(),
                hash: hex::decode(&hash_value).and_then(|hash| hash.try_into().ok()),
                is_sha256: hash_algorithm == HASH,
            });
        }
        found.shrink_to_fit();
        Ok(found)
    }
}
