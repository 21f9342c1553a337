//! Reads an object, and keeps of it what verification needs.

use super::address::{self, Named};
use super::content::{Content, Packing, Reader};
use super::digest::{self, Digest};
use super::metadata::{self, Metadata};
use super::objects::Seen;
use super::stops::Mentions;
use std::sync::Arc;

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

#[derive(Clone, Copy)]
enum Current {
    Log,
    Digest,
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
                Named::Log(_) => Current::Log,
                Named::Digest(_) => Current::Digest,
            })
        };
        self.current.is_some()
    }

    /// Takes in the next bytes, as they are stored.
    pub fn feed(&mut self, stored: &[u8]) {
        let Self { reader, mentions, held, current } = self;
        match current {
            Some(Current::Log) => reader.feed(stored, &mut |bytes| mentions.feed(bytes)),
            Some(Current::Digest) => reader.feed(stored, &mut |bytes| {
                hold(held, bytes, digest::LONGEST);
            }),
            Some(Current::Metadata) => hold(held, stored, metadata::LONGEST),
            None => {}
        }
    }

    /// What the object is although its bytes could not be read to their end.
    pub fn unread(&mut self) -> Option<Seen> {
        self.mentions.finish();
        let content = Content::UNREAD;
        Some(match self.current.take()? {
            Current::Log => Seen::Log { content, mentions: false, stops: Box::default() },
            Current::Digest => Seen::Digest { content, digest: Err("it could not be read".into()) },
            Current::Metadata => Seen::Metadata(Box::default()),
        })
    }

    /// What the object was.
    pub fn finish(&mut self, path: &str) -> Option<Seen> {
        let Self { reader, mentions, held, current } = self;
        Some(match current.take()? {
            Current::Log => {
                let content = reader.finish(&mut |bytes| mentions.feed(bytes));
                Seen::Log { content, mentions: mentions.finish(), stops: Box::default() }
            }
            Current::Digest => {
                let content = reader.finish(&mut |bytes| hold(held, bytes, digest::LONGEST));
                let unpacked = !path.ends_with(address::PACKED);
                let digest = read_digest(&content, unpacked, held);
                Seen::Digest { content, digest: digest.map(Arc::new).map_err(String::into) }
            }
            Current::Metadata => Seen::Metadata(Box::new(Metadata::read(held))),
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
