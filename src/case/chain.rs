//! The hash chain of a journal: how an entry becomes a line, and reading lines back while
//! checking that nobody changed one.
//!
//! A line is `{"seq":…,"at":…,"who":…,"host":…,"what":…,…,"prev":"…","hash":"…"}`. `hash` is the
//! SHA-256 of the line's bytes before `,"hash":`; `prev` is the hash of the line before, in the
//! first line the SHA-256 of the workspace's id. So one line can be checked with `sha256sum`.

use super::digest::{is_hex, sha256_hex};
use super::{Entry, Finding, FindingKind, Seq, Strand};
use crate::shown::spelled;
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, Read};
use std::sync::Arc;

/// Longest line written and read. A longer one is no entry of ours, and is not held in memory.
pub(super) const MAX_LINE: usize = 64 << 20;

const HASH: &[u8] = b",\"hash\":\"";
const END: &[u8] = b"\"}";
const DIGITS: usize = 64;

#[derive(Serialize)]
struct Written<'a> {
    #[serde(flatten)]
    entry: &'a Entry,
    prev: &'a str,
}

/// What the first entry of a workspace follows.
pub(super) fn genesis(id: &str) -> String {
    sha256_hex(id.as_bytes())
}

/// The line of this entry, with its line feed, and its hash. Nothing in it hides or reorders, for
/// people look at journals without this program.
pub(super) fn encode(entry: &Entry, prev: &str) -> serde_json::Result<(Vec<u8>, String)> {
    let mut line = spelled(serde_json::to_string(&Written { entry, prev })?).into_bytes();
    line.pop();
    let hash = sha256_hex(&line);
    line.extend_from_slice(HASH);
    line.extend_from_slice(hash.as_bytes());
    line.extend_from_slice(END);
    line.push(b'\n');
    Ok((line, hash))
}

/// The hash that a line states, and the bytes it is of.
pub(super) fn split(line: &[u8]) -> Option<(&[u8], &str)> {
    let rest = line.strip_suffix(END)?;
    let (rest, hash) = rest.split_at_checked(rest.len().checked_sub(DIGITS)?)?;
    let hash = std::str::from_utf8(hash).ok().filter(|hash| is_hex(hash.as_bytes()))?;
    Some((rest.strip_suffix(HASH)?, hash))
}

/// How the journal ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// With a line feed, or empty.
    Whole,
    /// With a whole entry whose line feed is missing.
    Unended,
    /// In the middle of an entry; so many bytes are no entry.
    Torn(u64),
}

/// A journal as read.
#[derive(Debug)]
pub(super) struct Chain {
    /// Everything that could be read, also where a finding names it.
    pub(super) entries: Vec<Arc<Entry>>,
    /// The hash that each of `entries` states.
    pub(super) hashes: Vec<String>,
    pub(super) findings: Vec<Finding>,
    /// Hash of the last entry.
    pub(super) head: String,
    pub(super) next: Seq,
    /// Bytes up to the end of the last entry that is not torn.
    pub(super) good: u64,
    pub(super) end: End,
    lines: u64,
    follow: Follow,
}

/// What the next line's `prev` has to be.
#[derive(Debug)]
enum Follow {
    Hash(String),
    /// After a changed line: what it states or what its bytes give, for either may be what was
    /// changed, and the line after it is not to blame.
    Either(String, String),
    /// After a line that is no entry.
    Anything,
}

impl Follow {
    fn allows(&self, prev: &str) -> bool {
        match self {
            Self::Hash(hash) => hash == prev,
            Self::Either(one, other) => one == prev || other == prev,
            Self::Anything => true,
        }
    }
}

impl Chain {
    /// Reads to the end; fails only if the reader does. Memory is that of the entries and of one
    /// line of at most `MAX_LINE` bytes.
    pub(super) fn read(mut reader: impl BufRead, id: &str) -> io::Result<Self> {
        let head = genesis(id);
        let mut chain = Self {
            entries: Vec::new(),
            hashes: Vec::new(),
            findings: Vec::new(),
            follow: Follow::Hash(head.clone()),
            head,
            next: 1,
            good: 0,
            end: End::Whole,
            lines: 0,
        };
        let mut line = Vec::new();
        loop {
            line.clear();
            let size = next_line(&mut reader, &mut line)?;
            if size == 0 {
                return Ok(chain);
            }
            chain.lines += 1;
            if line.pop_if(|byte| *byte == b'\n').is_some() {
                chain.line(&line);
            } else if line.len() > MAX_LINE {
                chain.unreadable("it is longer than any entry");
            } else if !chain.last(&line) {
                return Ok(chain);
            }
            chain.good += size;
        }
    }

    /// The bytes after the last line feed; `false` if they are torn.
    fn last(&mut self, line: &[u8]) -> bool {
        if split(line).is_some_and(|(body, hash)| sha256_hex(body) == hash) {
            self.end = End::Unended;
            self.line(line);
            return true;
        }
        // An interrupted write leaves the beginning of an entry. A whole entry with anything
        // behind it was not left by one.
        let mut values =
            serde_json::Deserializer::from_slice(line).into_iter::<serde::de::IgnoredAny>();
        if matches!(values.next(), Some(Ok(_))) {
            self.line(line);
            return true;
        }
        let size = line.len() as u64;
        self.end = End::Torn(size);
        let text = format!("writing it was interrupted; {size} bytes are no entry");
        self.finding(FindingKind::Torn, self.next, text);
        false
    }

    fn line(&mut self, line: &[u8]) {
        let Some((body, stated)) = split(line) else {
            return self.unreadable("it does not end with its hash");
        };
        let computed = sha256_hex(body);
        let entry = serde_json::from_slice::<Entry>(line);
        let seq = entry.as_ref().map_or(self.next, |entry| entry.seq);
        if computed == stated {
            if let Some((kind, text)) = self.wrong(line, &entry) {
                self.finding(kind, seq, text);
            }
            self.follow = Follow::Hash(computed);
        } else {
            let text = "its bytes do not match its hash: it was changed after it was written";
            self.finding(FindingKind::Hash, seq, text);
            self.follow = Follow::Either(stated.to_owned(), computed);
        }
        stated.clone_into(&mut self.head);
        self.next = seq.saturating_add(1);
        if let Ok(entry) = entry {
            self.entries.push(Arc::new(entry.without(&["prev", "hash"])));
            self.hashes.push(self.head.clone());
        }
    }

    /// What is wrong with an entry whose bytes are those that were hashed.
    fn wrong(
        &self,
        line: &[u8],
        entry: &serde_json::Result<Entry>,
    ) -> Option<(FindingKind, String)> {
        let unreadable = |error: &serde_json::Error| {
            Some((FindingKind::Unreadable, format!("it cannot be read ({error})")))
        };
        match (entry, serde_json::from_slice::<Prev<'_>>(line)) {
            (_, Err(error)) => unreadable(&error),
            (_, Ok(line)) if !self.follow.allows(&line.prev) => {
                let text = "it does not follow the entry before it: an entry was replaced, removed or moved";
                Some((FindingKind::Prev, text.to_owned()))
            }
            (Err(error), _) => unreadable(error),
            (Ok(entry), _)
                if entry.seq != self.next && !matches!(self.follow, Follow::Anything) =>
            {
                Some((FindingKind::Seq, format!("its number should be {}", self.next)))
            }
            _ => None,
        }
    }

    fn unreadable(&mut self, why: &str) {
        self.finding(FindingKind::Unreadable, self.next, why);
        self.follow = Follow::Anything;
        self.next = self.next.saturating_add(1);
    }

    fn finding(&mut self, kind: FindingKind, seq: Seq, text: impl Into<String>) {
        self.findings.push(Finding::at(kind, self.lines, seq, text));
    }

    /// What can be told of it without the file.
    pub(super) fn into_strand(self) -> Strand {
        Strand { head: self.head, entries: self.entries, hashes: self.hashes }
    }

    pub(super) fn is_damaged(&self) -> bool {
        self.findings.iter().any(|finding| finding.kind.is_damage())
    }
}

#[derive(Deserialize)]
struct Prev<'a> {
    #[serde(borrow)]
    prev: std::borrow::Cow<'a, str>,
}

/// Reads one line with its line feed, or its first `MAX_LINE + 1` bytes if it is longer; returns
/// how many bytes it has in the file.
fn next_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<u64> {
    let limit = MAX_LINE as u64 + 1;
    let mut size = reader.by_ref().take(limit).read_until(b'\n', line)? as u64;
    if size == limit && line.last() != Some(&b'\n') {
        size += reader.skip_until(b'\n')? as u64;
    }
    Ok(size)
}

/// What shows that a journal of a workspace of this id, with these bytes, is not what was written: empty if it
/// is. What a crash leaves is no damage.
pub fn damage(journal: &[u8], id: &str) -> Vec<String> {
    let chain = match Chain::read(journal, id) {
        Ok(chain) => chain,
        Err(error) => return vec![error.to_string()],
    };
    let found = chain.findings.iter().filter(|finding| finding.kind.is_damage());
    found.map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests;
