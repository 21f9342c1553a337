//! What an archive holds besides the entries that its end counts: the count may be wrong, or be
//! meant to hide some, and another archive may lie in front.

use super::reason;
use crate::event::{Reason, ReasonKind};
use std::io::{self, Read, Seek, SeekFrom};
use zip::read::ZipFileEntry;

const LOCAL: &[u8] = b"PK\x03\x04";

/// What may follow the last entry of a central directory: its signature, or the end of the
/// archive in the new or the old way.
const AFTER: [&[u8]; 3] = [b"PK\x05\x05", b"PK\x06\x06", b"PK\x05\x06"];

/// Bytes of an entry in the central directory before its name, and where the lengths of name,
/// extra field and comment stand in them.
const FIXED: usize = 46;
const LENGTHS: std::ops::Range<usize> = 28..34;

/// The bounds of the entries that were gone through.
#[derive(Debug, Default)]
pub(super) struct Bounds {
    /// Where the first of them begins in the archive, and where the last stands in the central
    /// directory.
    seen: Option<(u64, u64)>,
}

impl Bounds {
    pub(super) fn take_in(&mut self, entry: &ZipFileEntry<'_>) {
        let (start, central) = (entry.header_start(), entry.central_header_start());
        let first = self.seen.map_or(start, |(first, _)| first.min(start));
        self.seen = Some((first, central));
    }

    /// Fails if there is more than the entries: all were gone through.
    pub(super) fn check(&self, reader: &mut (impl Read + Seek)) -> Result<(), Reason> {
        match self.look(reader) {
            Ok(None) => Ok(()),
            Ok(Some(what)) => Err(Reason::new(
                ReasonKind::Corrupt,
                format!("{what}; unpack it in another way, and open what comes out"),
            )),
            Err(error) => Err(reason(&error.into())),
        }
    }

    fn look(&self, reader: &mut (impl Read + Seek)) -> io::Result<Option<String>> {
        let Some((first, last)) = self.seen else {
            let hides = some(reader, 0, LOCAL.len())? == LOCAL;
            let text = "the zip archive holds members, and its end says that there are none";
            return Ok(hides.then(|| text.to_owned()));
        };
        let header = some(reader, last, FIXED)?;
        let lengths = header.get(LENGTHS).unwrap_or_default().chunks_exact(2);
        let lengths = lengths.map(|two| u64::from(two[0]) | u64::from(two[1]) << 8);
        let end = last + FIXED as u64 + lengths.sum::<u64>();
        let after = some(reader, end, 4)?;
        if !AFTER.contains(&&*after) {
            return Ok(Some("the zip archive lists more members than its end counts".to_owned()));
        }
        Ok((first > 0)
            .then(|| format!("{first} bytes, such as another archive, lie before the zip archive")))
    }
}

/// Up to `count` bytes from this one on.
fn some(reader: &mut (impl Read + Seek), at: u64, count: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(count);
    reader.seek(SeekFrom::Start(at))?;
    reader.take(count as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}
