//! The keys of made-up evidence, and how `ListPublicKeys` would tell of them.
//!
//! The two private keys beside this file sign nothing but what this program makes up, and everybody
//! may have them. They are files and not made when they are needed, so that the demo comes out the
//! same each time and begins at once. As DER and not as text, so that nobody who looks for leaked
//! keys is called by them. Made by `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 |
//! openssl pkcs8 -topk8 -nocrypt -outform DER`.

use super::hex;
use crate::event::Timestamp;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use md5::{Digest as _, Md5};
use serde_json::{Value, json};
use std::io;

const FIRST: &[u8] = include_bytes!("made-up-evidence-only-first.pk8");
const SECOND: &[u8] = include_bytes!("made-up-evidence-only-second.pk8");

/// A key that signs digests, as if it were CloudTrail's in some Region.
#[derive(Debug)]
pub struct Signer {
    pair: KeyPair,
    fingerprint: String,
    from: Timestamp,
    until: Timestamp,
}

impl Signer {
    /// The key that made-up evidence is signed with, said to be valid for this time.
    pub fn first(from: Timestamp, until: Timestamp) -> io::Result<Self> {
        Self::new(FIRST, from, until)
    }

    /// Another one, for evidence in which keys change.
    pub fn second(from: Timestamp, until: Timestamp) -> io::Result<Self> {
        Self::new(SECOND, from, until)
    }

    /// The RSA key of a PKCS#8 file.
    pub fn new(pkcs8: &[u8], from: Timestamp, until: Timestamp) -> io::Result<Self> {
        let pair = KeyPair::from_pkcs8(pkcs8).map_err(io::Error::other)?;
        let fingerprint = hex(&Md5::digest(pair.public_key().as_ref()));
        Ok(Self { pair, fingerprint, from, until })
    }

    /// The public key as CloudTrail gives it out: PKCS#1 in DER.
    pub fn public_key(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    /// By what digests name the key: the MD5 of the public key's bytes, in hex.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The signature in hex.
    pub fn sign(&self, text: &str) -> io::Result<String> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature)
            .map_err(io::Error::other)?;
        Ok(hex(&signature))
    }
}

/// What `aws cloudtrail list-public-keys` says.
pub fn public_keys_json(signers: &[&Signer]) -> String {
    let seconds = |at: Timestamp| at.0 as f64 / Timestamp::SECOND as f64;
    let key = |signer: &&Signer| {
        json!({
            "Value": base64(signer.public_key()),
            "ValidityStartTime": seconds(signer.from),
            "ValidityEndTime": seconds(signer.until),
            "Fingerprint": signer.fingerprint,
        })
    };
    let list = json!({ "PublicKeyList": signers.iter().map(key).collect::<Vec<Value>>() });
    format!("{list:#}\n")
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let bits =
            (0..3).fold(0, |bits, at| bits << 8 | three.get(at).map_or(0, |b| usize::from(*b)));
        for at in 0..4 {
            let letter = LETTERS[bits >> (18 - 6 * at) & 63];
            text.push(if at > three.len() { '=' } else { char::from(letter) });
        }
    }
    text
}
