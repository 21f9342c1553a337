//! Public keys of CloudTrail, as `aws cloudtrail list-public-keys` prints them, and signatures.
//!
//! A key is known by its fingerprint: the MD5 of its DER bytes as listed. That is no anchor of
//! trust: trust in a file of keys comes from how it was got.

use crate::event::{Time, Timestamp, base64, hex};
use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256};
use md5::{Digest, Md5};
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;

/// A file of keys that is longer is none.
pub const LONGEST: u64 = 16 << 20;

/// The keys that signatures are checked with.
#[derive(Debug, Default)]
pub struct Keys {
    by_fingerprint: HashMap<String, Vec<Key>>,
}

/// One key, for as long as it was used.
#[derive(Debug)]
struct Key {
    /// `None`: the bytes are no RSA key of at least 2048 bits.
    parsed: Option<ParsedPublicKey>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

/// What a key says of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// No key of this fingerprint is known.
    Unknown,
    /// There is one, but it is no RSA key.
    Unreadable,
    Wrong,
    Right,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    #[error("is not what list-public-keys prints: {0}")]
    Shape(String),
    #[error("has no key in it")]
    Empty,
}

#[derive(Deserialize)]
struct File {
    #[serde(alias = "publicKeyList", alias = "PublicKeys")]
    #[serde(rename = "PublicKeyList")]
    keys: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "Value", alias = "value")]
    value: String,
    #[serde(rename = "ValidityStartTime", alias = "validityStartTime", default)]
    from: Value,
    #[serde(rename = "ValidityEndTime", alias = "validityEndTime", default)]
    to: Value,
    #[serde(rename = "Fingerprint", alias = "fingerprint", default)]
    fingerprint: Option<String>,
}

impl Keys {
    /// Takes in a file; gives a sentence for each key in it that is not taken.
    pub fn read(&mut self, bytes: &[u8]) -> Result<Vec<String>, KeysError> {
        let file: File =
            serde_json::from_slice(bytes).map_err(|error| KeysError::Shape(error.to_string()))?;
        if file.keys.is_empty() {
            return Err(KeysError::Empty);
        }
        Ok(file.keys.iter().filter_map(|entry| self.add(entry).err()).collect())
    }

    fn add(&mut self, entry: &Entry) -> Result<(), String> {
        let named = entry.fingerprint.as_deref().unwrap_or("");
        let der = base64::decode(entry.value.trim())
            .ok_or_else(|| format!("the key {named} is no base64 and is not used"))?;
        let own = hex::encode(&Md5::digest(&der));
        let parsed = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &der).ok();
        let is_own = named.is_empty() || named.eq_ignore_ascii_case(&own);
        if !is_own && parsed.is_some() {
            return Err(format!(
                "the key {named} is not used: its own fingerprint is {own}, so the file was changed"
            ));
        }
        let time = |value: &Value, which: &str| match value {
            Value::Null => Ok(None),
            _ => instant(value)
                .map(Some)
                .ok_or_else(|| format!("the key {own} is not used: its {which} is no time")),
        };
        let key = Key {
            parsed,
            from: time(&entry.from, "ValidityStartTime")?,
            to: time(&entry.to, "ValidityEndTime")?,
        };
        // What is no key proves nothing under any name, and is looked for under the one it has.
        let name = if is_own { own } else { named.to_ascii_lowercase() };
        self.by_fingerprint.entry(name).or_default().push(key);
        Ok(())
    }

    pub fn is_empty(&self) -> bool {
        self.by_fingerprint.is_empty()
    }

    pub fn len(&self) -> usize {
        self.by_fingerprint.len()
    }

    fn of(&self, fingerprint: &str) -> &[Key] {
        let keys = self.by_fingerprint.get(&fingerprint.to_ascii_lowercase());
        keys.map_or(&[], Vec::as_slice)
    }

    /// Checks RSASSA-PKCS1-v1_5 with SHA-256; the signature in hexadecimal digits.
    pub fn check(&self, fingerprint: &str, message: &[u8], signature: &str) -> Checked {
        let keys = self.of(fingerprint);
        if keys.is_empty() {
            return Checked::Unknown;
        }
        let mut readable = keys.iter().filter_map(|key| key.parsed.as_ref()).peekable();
        if readable.peek().is_none() {
            return Checked::Unreadable;
        }
        let right = hex::decode(signature)
            .is_some_and(|bytes| readable.any(|key| key.verify_sig(message, &bytes).is_ok()));
        if right { Checked::Right } else { Checked::Wrong }
    }

    /// Whether there is a key of this fingerprint, and whether it is one.
    pub fn readable(&self, fingerprint: &str) -> Option<bool> {
        let keys = self.of(fingerprint);
        (!keys.is_empty()).then(|| keys.iter().any(|key| key.parsed.is_some()))
    }

    /// Whether a key of this fingerprint was used at the time.
    pub fn valid_at(&self, fingerprint: &str, at: Timestamp) -> bool {
        self.of(fingerprint)
            .iter()
            .any(|key| key.from.is_none_or(|from| from <= at) && key.to.is_none_or(|to| at <= to))
    }

    /// The time for which a key of this fingerprint is listed.
    pub fn validity(&self, fingerprint: &str) -> Option<(Option<Timestamp>, Option<Timestamp>)> {
        self.of(fingerprint).first().map(|key| (key.from, key.to))
    }

    /// The key as PEM, for other tools; `None` if it is unknown or no key.
    pub fn pem(&self, fingerprint: &str) -> Option<String> {
        let key = self.of(fingerprint).iter().find_map(|key| key.parsed.as_ref())?;
        let text = base64::encode(&subject_public_key_info(key.as_ref()));
        let lines: Vec<&str> =
            (0..text.len()).step_by(64).map(|at| &text[at..(at + 64).min(text.len())]).collect();
        Some(format!(
            "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
            lines.join("\n")
        ))
    }
}

/// The encoding that tools expect in a file: that of RFC 5280, section 4.1, whichever of the two
/// that are in use the key came in.
fn subject_public_key_info(der: &[u8]) -> Vec<u8> {
    /// The algorithm `rsaEncryption` without parameters (RFC 8017, appendix A.1).
    const RSA: [u8; 15] =
        [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
    if der.windows(RSA.len()).take(16).any(|window| window == RSA) {
        return der.to_vec();
    }
    let mut bits = vec![0];
    bits.extend_from_slice(der);
    let mut body = RSA.to_vec();
    body.extend(tagged(0x03, &bits));
    tagged(0x30, &body)
}

/// A value in DER with its tag and length.
fn tagged(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = value.len().to_be_bytes();
    let length = &length[value.len().leading_zeros() as usize / 8..];
    let mut der = vec![tag];
    if value.len() > 127 {
        der.push(0x80 | length.len() as u8);
    }
    der.extend_from_slice(length);
    der.extend_from_slice(value);
    der
}

/// Seconds since 1970 as a number or in quotes, or RFC 3339.
fn instant(value: &Value) -> Option<Timestamp> {
    let seconds = |seconds: f64| {
        let plain = seconds.is_finite() && seconds.abs() < 1e10;
        plain.then(|| Timestamp::from_seconds(seconds as i64))?
    };
    match value {
        Value::Number(number) => seconds(number.as_f64()?),
        Value::String(text) => match text.parse() {
            Ok(number) => seconds(number),
            Err(_) => Time::parse_rfc3339(text).map(|time| time.at),
        },
        _ => None,
    }
}
