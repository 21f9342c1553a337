//! The segments of a workspace on disk: so that what was read in one session need not be read in
//! the next.
//!
//! Each session that reads something writes a pair of files into the workspace's `segments/`:
//! a pack (`0001.seg`) with the columns, and an index (`0001.idx`), one line for each segment and
//! for each object that was read whole. Both only grow, and neither is waited for. An object of an
//! earlier session is taken over if it is offered again with the same path, size, times and inode,
//! if no time in it would be read in another zone by now, and if every row it gave lies in a segment
//! of the pair; **what was cut off or damaged is as if it had never been written**, so a session
//! that was killed goes on where it was.
//!
//! It is a cache: it may be deleted at any time, and one that another build of this program wrote
//! is not used, because that may read the same bytes differently; nor is one of other definitions of
//! the user's own formats.

mod answers;
mod index;
mod memory;
mod offers;
mod pair;
mod schemas;
mod spill;
mod writer;

pub(super) use answers::{Answer, Answers};
pub(super) use memory::Memory;
pub(super) use offers::{Kept, Offers};
pub(super) use spill::Spill;
pub(super) use writer::{Writer, make_sure_of_space};

use crate::event::ObjectId;
use crate::format::editions;
use std::env::current_exe;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;

/// Where segments are put down.
#[derive(Debug, Clone)]
pub struct Place {
    /// The workspace's folder for segments.
    pub folder: PathBuf,
    /// Whether this process may write there.
    pub writable: bool,
}

/// An object that was met while an outermost object was read: that object itself, or a member.
#[derive(Debug, Clone, Copy)]
pub(super) struct Met {
    pub(super) id: ObjectId,
    /// Bytes that have to be passed to get to it, if it is a member that cannot be sought.
    pub(super) behind: Option<u64>,
    /// Its bytes lie in a file as they are.
    pub(super) is_plain: bool,
}

/// Tells builds of this program apart, which may read the same bytes differently: length and CRC-32
/// of its own file, and a CRC-32 of the definitions of the user's own formats, if there are any;
/// without one nothing can be taken over.
pub(super) fn build() -> String {
    let own = || -> io::Result<String> {
        let mut file = File::open("/proc/self/exe").or_else(|_| File::open(current_exe()?))?;
        let (mut sum, mut piece) = (crc32fast::Hasher::new(), vec![0; 1 << 20]);
        loop {
            match file.read(&mut piece)? {
                0 => break,
                count => sum.update(&piece[..count]),
            }
        }
        let program = format!("{:x}-{:08x}", file.metadata()?.len(), sum.finalize());
        let editions = editions();
        if editions.is_empty() {
            return Ok(program);
        }
        Ok(format!("{program}-{:08x}", crc32fast::hash(editions.as_bytes())))
    };
    own().unwrap_or_else(|_| format!("unknown-{:x}", std::process::id()))
}

/// The path, if it is that of a file: a pipe in its place would be waited for.
fn plain(path: PathBuf) -> Option<PathBuf> {
    std::fs::symlink_metadata(&path).is_ok_and(|about| about.is_file()).then_some(path)
}

/// The shelf of one session: what earlier ones left, and what this one adds.
pub(super) struct Shelf {
    pub(super) offers: Offers,
    pub(super) writer: Option<Arc<Writer>>,
}

impl Shelf {
    /// Opens what is there; a folder that cannot be used is an empty one. What cannot be written
    /// there is left to `spill`.
    pub(super) fn open(place: &Place, spill: Spill) -> Self {
        let build = build();
        let offers = Offers::open(place, &build, spill.room());
        let writer = place
            .writable
            .then(|| Writer::new(&place.folder, offers.next_number(), build, offers.seed(), spill));
        Self { offers, writer: writer.map(Arc::new) }
    }
}

#[cfg(test)]
mod tests;
