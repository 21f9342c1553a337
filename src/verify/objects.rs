//! What the evidence holds that digests are about: logs, digests, and the metadata of digests.

use super::address::{self, DigestName, LogName, Named};
use super::content::{Content, Packing, Reader};
use super::digest::{self, Digest};
use super::metadata::{self, Metadata};
use super::stops::{Mentions, Stop};
use std::sync::Arc;

/// An object of the evidence as it was read.
#[derive(Debug, Clone)]
pub struct Object {
    /// What people and output call it, as the ledger does.
    pub path: Arc<str>,
    /// Where its name below the source's root begins in `path`.
    pub key_at: usize,
    /// SHA-256 of the outermost object as acquired, which this is or is a member of.
    pub sha256: Option<[u8; 32]>,
    pub seen: Seen,
}

/// What was found in it.
#[derive(Debug, Clone)]
pub enum Seen {
    Log {
        name: LogName,
        content: Content,
        /// It may be worth a second look for [`Stop`]s.
        mentions: bool,
        stops: Vec<Stop>,
    },
    Digest {
        name: DigestName,
        content: Content,
        /// What it says, or why it is none.
        digest: Result<Arc<Digest>, String>,
    },
    Metadata(Metadata),
}

impl Object {
    /// Its name below the source's root.
    pub fn key(&self) -> &str {
        self.path.get(self.key_at..).unwrap_or(&self.path)
    }
}

/// Whether an object of this path is to be examined, and read as it is stored.
pub fn concerns(path: &str) -> bool {
    metadata::is_sidecar(path) || address::read(path).is_some()
}

/// Takes in one object after the other.
#[derive(Default)]
pub struct Examiner {
    reader: Reader,
    mentions: Mentions,
    /// Content of a digest or of metadata.
    held: Vec<u8>,
    current: Option<Current>,
}

enum Current {
    Log(LogName),
    Digest(DigestName),
    Metadata,
}

impl Examiner {
    /// Begins an object; `false` if its name says that it is of no concern.
    pub fn begin(&mut self, path: &str) -> bool {
        self.reader.again();
        self.held.clear();
        self.current = if metadata::is_sidecar(path) {
            Some(Current::Metadata)
        } else {
            address::read(path).map(|address| match address.named {
                Named::Log(name) => Current::Log(name),
                Named::Digest(name) => Current::Digest(name),
            })
        };
        self.current.is_some()
    }

    /// Takes in the next bytes, as they are stored.
    pub fn feed(&mut self, stored: &[u8]) {
        let Self { reader, mentions, held, current } = self;
        match current {
            Some(Current::Log(_)) => reader.feed(stored, &mut |bytes| mentions.feed(bytes)),
            Some(Current::Digest(_)) => reader.feed(stored, &mut |bytes| {
                hold(held, bytes, digest::LONGEST);
            }),
            Some(Current::Metadata) => hold(held, stored, metadata::LONGEST),
            None => {}
        }
    }

    /// What the object is although its bytes could not be read to their end.
    pub fn unread(&mut self) -> Option<Seen> {
        self.mentions.finish();
        Some(match self.current.take()? {
            Current::Log(name) => {
                Seen::Log { name, content: Content::UNREAD, mentions: false, stops: Vec::new() }
            }
            Current::Digest(name) => Seen::Digest {
                name,
                content: Content::UNREAD,
                digest: Err("it could not be read".to_owned()),
            },
            Current::Metadata => Seen::Metadata(Metadata::default()),
        })
    }

    /// What the object was.
    pub fn finish(&mut self, path: &str) -> Option<Seen> {
        let Self { reader, mentions, held, current } = self;
        Some(match current.take()? {
            Current::Log(name) => {
                let content = reader.finish(&mut |bytes| mentions.feed(bytes));
                Seen::Log { name, content, mentions: mentions.finish(), stops: Vec::new() }
            }
            Current::Digest(name) => {
                let content = reader.finish(&mut |bytes| hold(held, bytes, digest::LONGEST));
                let unpacked = !path.ends_with(address::PACKED);
                let digest = read_digest(&content, unpacked, held).map(Arc::new);
                Seen::Digest { name, content, digest }
            }
            Current::Metadata => Seen::Metadata(Metadata::read(held)),
        })
    }
}

fn hold(held: &mut Vec<u8>, bytes: &[u8], longest: u64) {
    if held.len() as u64 <= longest {
        held.extend_from_slice(bytes);
    }
}

fn read_digest(content: &Content, unpacked: bool, held: &[u8]) -> Result<Digest, String> {
    if content.bytes > digest::LONGEST {
        return Err(format!("it is longer than {} bytes", digest::LONGEST));
    }
    match content.packing {
        Packing::Gzip | Packing::Trailing => Digest::read(held),
        Packing::Plain if unpacked => Digest::read(held),
        Packing::Plain => Err("it is not gzip".to_owned()),
        Packing::Unread => Err("it could not be read".to_owned()),
        Packing::TrailerDamaged | Packing::Broken => {
            Err("its gzip data is damaged or cut off".to_owned())
        }
    }
}
