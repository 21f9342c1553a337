//! Lines as `sha256sum`, `md5sum` and their like write them, and as the BSDs' `sha256` does.
//!
//! Source: GNU coreutils manual, "md5 invocation" and "cksum output modes". A backslash before the
//! line means that line feeds, carriage returns and backslashes of the name are spelled `\n`, `\r`
//! and `\\`; with `-z` lines end in a zero byte instead of a line feed, and no name is escaped.

use super::algorithm::Algorithm;
use super::entries::{Said, unhex};
use crate::event::unescaped;

/// What a line is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    /// Blank or a remark.
    Nothing,
    Said(Said),
    Bad(&'static str),
}

/// How the lines of a manifest are to be read, by its name and the remarks before its first line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Style {
    /// They say that it is of BLAKE2 or BLAKE3, whose bare hashes are as long as
    /// those of SHA-512 or SHA-256.
    pub is_blake: bool,
    /// The manifest's name says nothing of an algorithm, so that bare hashes are of the usual one of
    /// their length, which is a guess.
    pub is_guess: bool,
    /// As `-z` has it: a zero byte ends a line.
    pub is_zero: bool,
}

/// The line, without its end.
pub(super) fn line(line: &[u8], style: Style) -> Line {
    if line.trim_ascii().is_empty() || line.starts_with(b"#") || line.starts_with(b";") {
        return Line::Nothing;
    }
    let (odd, rest) = match line.strip_prefix(b"\\") {
        Some(rest) if !style.is_zero => (true, rest),
        _ => (false, line),
    };
    let bare = bare(rest).map(|(algorithm, hash, name)| {
        let known = Some(algorithm).filter(|_| !style.is_blake);
        (known, hash, name)
    });
    let is_guess = style.is_guess && bare.is_some();
    let Some((algorithm, hash, name)) = bare.or_else(|| tagged(rest)) else {
        return Line::Bad("it is no hash with a name");
    };
    let Some(name) = (if odd { unescaped(name) } else { Some(name.to_vec()) }) else {
        return Line::Bad("its name has a backslash that stands for nothing");
    };
    let hashes = match algorithm {
        Some(algorithm) if algorithm.size() == hash.len() => vec![(algorithm, hash)],
        Some(_) => return Line::Bad("its hash is not as long as those of the algorithm it names"),
        None => Vec::new(),
    };
    Line::Said(Said { name, size: None, hashes, is_guess })
}

type Parts<'a> = (Option<Algorithm>, Vec<u8>, &'a [u8]);

/// `HASH  NAME` or `HASH *NAME`, or with one blank, as the BSDs' tools write it with `-r`. That is
/// also how `git log` writes commits, whose names are as long as hashes of SHA-1, and how S3 writes
/// access logs, whose owners' ids are as long as those of SHA-256.
fn bare(line: &[u8]) -> Option<(Algorithm, Vec<u8>, &[u8])> {
    let digits = line.iter().position(|byte| !byte.is_ascii_hexdigit())?;
    let (hash, rest) = line.split_at(digits);
    let algorithm = Algorithm::of_digits(digits)?;
    let is_other = |name: &[u8]| algorithm == Algorithm::Sha1 || is_access(name);
    let one_blank = || rest.strip_prefix(b" ").filter(|name| !is_other(name));
    let two = rest.strip_prefix(b"  ").or_else(|| rest.strip_prefix(b" *"));
    Some((algorithm, unhex(hash)?, two.or_else(one_blank)?))
}

/// Whether this goes on as a line of an access log of S3 does behind the owner: with the bucket and
/// a time such as `[04/Mar/2026:10:42:02 +0000]`.
fn is_access(rest: &[u8]) -> bool {
    let time = rest.split(|byte| *byte == b' ').nth(1);
    time.and_then(|time| time.get(..13)).is_some_and(|time| {
        time[0] == b'[' && time[3] == b'/' && time[7] == b'/' && time[12] == b':'
    })
}

/// `SHA256 (NAME) = HASH`, or as OpenSSL has it `SHA256(NAME)= HASH`.
fn tagged(line: &[u8]) -> Option<Parts<'_>> {
    let open = memchr::memchr(b'(', line)?;
    let named = line[..open].strip_suffix(b" ").unwrap_or(&line[..open]);
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'/' | b'_');
    if named.is_empty() || named.len() > 24 || !named.iter().all(is_name) {
        return None;
    }
    // The name may have parentheses too: the last that can be is its end.
    let rest = &line[open + 1..];
    let close = memchr::memmem::rfind(rest, b")")?;
    let hash = rest[close + 1..].trim_ascii_start().strip_prefix(b"=")?.trim_ascii();
    let hash = unhex(hash).filter(|hash| hash.len() >= 16)?;
    Some((Algorithm::named(named), hash, &rest[..close]))
}

/// A hash with nothing else on the line.
pub(super) fn alone(line: &[u8]) -> Option<(Algorithm, Vec<u8>)> {
    let hash = unhex(line.trim_ascii())?;
    Some((Algorithm::of_digits(hash.len() * 2)?, hash))
}
