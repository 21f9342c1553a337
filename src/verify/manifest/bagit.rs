//! `BagIt`: a folder with `bagit.txt`, its payload below `data/`, and manifests of the payload and
//! of the other files.
//!
//! Source: RFC 8493. Names are relative to the bag's folder; in them `%0A`, `%0D` and `%25` stand
//! for a line feed, a carriage return and `%`.

use super::algorithm::Algorithm;
use super::entries::{Said, unhex};
use super::sums::Line;

/// The file that makes a folder a bag.
pub const DECLARATION: &str = "bagit.txt";
/// The file with the payload's size.
pub const INFO: &str = "bag-info.txt";
/// The file that names what is to be fetched from elsewhere.
pub const FETCH: &str = "fetch.txt";
/// The folder of the payload.
pub const PAYLOAD: &str = "data/";

/// Whether each manifest has to name all of the payload, as from version 1.0 on; nothing if these
/// are no first bytes of a declaration.
pub fn is_strict(head: &[u8]) -> Option<bool> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let version = head.strip_prefix(b"BagIt-Version:")?.trim_ascii_start();
    Some(!version.starts_with(b"0."))
}

/// Of a manifest's name: whether it is of the payload, and the algorithm if it is known.
pub(super) fn manifest(name: &str) -> Option<(bool, Option<Algorithm>)> {
    let name = name.strip_suffix(".txt")?;
    let (is_payload, algorithm) = match name.strip_prefix("tag") {
        Some(rest) => (false, rest.strip_prefix("manifest-")?),
        None => (true, name.strip_prefix("manifest-")?),
    };
    Some((is_payload, Algorithm::named(algorithm.as_bytes())))
}

/// A line of a manifest of this algorithm.
pub(super) fn line(line: &[u8], algorithm: Option<Algorithm>) -> Line {
    if line.trim_ascii().is_empty() {
        return Line::Nothing;
    }
    let Some(space) = line.iter().position(|byte| matches!(byte, b' ' | b'\t')) else {
        return Line::Bad("it is no hash with a name");
    };
    let (hash, name) = (unhex(&line[..space]), line[space..].trim_ascii_start());
    // As `md5sum -b` writes it; no name of a bag begins so.
    let name = name.strip_prefix(b"*").unwrap_or(name).to_vec();
    let hashes = match (algorithm, hash) {
        (Some(algorithm), Some(hash)) if hash.len() == algorithm.size() => vec![(algorithm, hash)],
        (None, Some(_)) => Vec::new(),
        _ => return Line::Bad("its hash is not one of the algorithm in the manifest's name"),
    };
    Line::Said(Said { name, hashes, ..Said::default() })
}

/// The name that one of a manifest stands for.
pub(super) fn unescaped(name: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(name.len());
    let mut rest = name;
    while let Some(at) = memchr::memchr(b'%', rest) {
        plain.extend_from_slice(&rest[..at]);
        let byte = match rest.get(at + 1..at + 3).map(<[u8]>::to_ascii_uppercase).as_deref() {
            Some(b"0A") => Some(b'\n'),
            Some(b"0D") => Some(b'\r'),
            Some(b"25") => Some(b'%'),
            _ => None,
        };
        plain.push(byte.unwrap_or(b'%'));
        rest = &rest[at + if byte.is_some() { 3 } else { 1 }..];
    }
    plain.extend_from_slice(rest);
    plain
}

/// Bytes and files of the payload, as `bag-info.txt` states them.
pub fn oxum(info: &[u8]) -> Option<(u64, u64)> {
    let lines = info.split(|byte| matches!(byte, b'\n' | b'\r'));
    let mut value = lines.filter_map(|line| {
        let (label, value) = line.split_at_checked(12)?;
        label.eq_ignore_ascii_case(b"payload-oxum").then_some(value)?.strip_prefix(b":")
    });
    let value = std::str::from_utf8(value.next_back()?.trim_ascii()).ok()?;
    let (bytes, files) = value.split_once('.')?;
    Some((bytes.parse().ok()?, files.parse().ok()?))
}

/// The names in `fetch.txt` as they stand there, whose lines are `URL LENGTH NAME` with any blanks
/// between them. Nothing is ever fetched.
pub fn fetched(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let rest = |text: &'_ [u8]| {
        let end = text.iter().position(|byte| matches!(byte, b' ' | b'\t'))?;
        Some(end + text[end..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count())
    };
    let lines = text.split(|byte| matches!(byte, b'\n' | b'\r'));
    lines.filter_map(move |line| {
        let behind = &line[rest(line)?..];
        let name = behind[rest(behind)?..].trim_ascii_end();
        (!name.is_empty()).then_some(name)
    })
}
