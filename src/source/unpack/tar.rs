//! tar: ustar, GNU and pax archives, member by member, from a stream. Header fields are decoded
//! by the `tar` crate; members are walked here, because names must be bounded and every oddity
//! must reach the ledger.

use super::sniff::is_tar;
use super::window::{Pull, Window};
use crate::event::{Reason, ReasonKind};
use tar::{EntryType, Header, PaxExtensions};

const BLOCK: usize = 512;
/// Longest header extension (a long name, pax records) that is believed.
const EXTENSION: u64 = 1 << 20;
const ZEROS: [u8; BLOCK] = [0; BLOCK];

pub(super) struct Member {
    pub(super) name: Vec<u8>,
    pub(super) what: What,
}

pub(super) enum What {
    /// To be pulled from the [`Tar`].
    File,
    Folder,
    Left(Reason),
}

pub(super) struct Tar<'a, 'b> {
    input: &'a mut Window<'b>,
    /// Bytes of the current member still to come, and of its padding.
    left: u64,
    padding: u64,
    offset: u64,
}

/// What extension headers say of the member that follows them.
#[derive(Default)]
struct Extended {
    name: Option<Vec<u8>>,
    size: Option<u64>,
    sparse: bool,
}

impl<'a, 'b> Tar<'a, 'b> {
    pub(super) fn new(input: &'a mut Window<'b>) -> Self {
        Self { input, left: 0, padding: 0, offset: 0 }
    }

    /// The next member, after whatever is left of the one before. `None` at the end of the
    /// archive; archives that follow each other are one.
    pub(super) fn next(&mut self) -> Result<Option<Member>, Reason> {
        let mut extended = Extended::default();
        loop {
            self.skip()?;
            let Some(header) = self.header()? else { return Ok(None) };
            let Ok(own) = header.entry_size() else {
                return Err(self.corrupt("a size that is no number"));
            };
            let kind = header.entry_type();
            if kind.is_gnu_longname() || kind.is_pax_local_extensions() {
                self.begin(own);
                let bytes = self.extension(own)?;
                extended.read(&bytes, kind);
                continue;
            }
            if kind.is_gnu_longlink() || kind.is_pax_global_extensions() {
                self.begin(own);
                continue;
            }
            self.begin(extended.size.unwrap_or(own));
            if kind == EntryType::GNUSparse {
                self.skip_sparse_map(&header)?;
                extended.sparse = true;
            }
            let name = extended.name.take().unwrap_or_else(|| header.path_bytes().into_owned());
            let what = what(kind, extended.sparse, &name);
            if let What::Folder | What::Left(_) = what
                && matches!(kind, EntryType::Link | EntryType::Symlink | EntryType::Directory)
            {
                // These have no data, whatever size they declare.
                (self.left, self.padding) = (0, 0);
            }
            return Ok(Some(Member { name, what }));
        }
    }

    fn begin(&mut self, size: u64) {
        self.left = size;
        self.padding = (BLOCK as u64 - size % BLOCK as u64) % BLOCK as u64;
    }

    fn skip(&mut self) -> Result<(), Reason> {
        self.discard(self.left)?;
        self.left = 0;
        // The last member's padding may be missing where nothing follows it.
        let padding = std::mem::take(&mut self.padding);
        self.discard(padding)
    }

    fn discard(&mut self, mut count: u64) -> Result<(), Reason> {
        while count > 0 {
            let have = self.input.fill()?.len() as u64;
            if have == 0 {
                return Err(self.truncated("the archive ends within a member"));
            }
            let part = have.min(count);
            self.take(part as usize);
            count -= part;
        }
        Ok(())
    }

    fn take(&mut self, count: usize) {
        self.input.consume(count);
        self.offset += count as u64;
    }

    /// The next header; `None` after the end mark, when only zeros follow.
    fn header(&mut self) -> Result<Option<Header>, Reason> {
        let mut ended = false;
        loop {
            let Some(block) = self.input.peek(BLOCK).first_chunk::<BLOCK>().copied() else {
                return self.last(ended).map(|()| None);
            };
            if block == ZEROS {
                ended = true;
                self.take(BLOCK);
            } else if is_tar(&block) {
                self.take(BLOCK);
                return Ok(Some(Header::from_byte_slice(&block).clone()));
            } else if ended {
                return Err(self.corrupt("what follows its end is not tar"));
            } else {
                return Err(self.corrupt("a member's header has a wrong checksum"));
            }
        }
    }

    /// Judges an end at less than a block, where the layers below may have ended badly too.
    fn last(&mut self, ended: bool) -> Result<(), Reason> {
        loop {
            let rest = self.input.fill()?;
            let count = rest.len();
            if count == 0 {
                break;
            }
            if ended && rest.iter().any(|byte| *byte != 0) {
                return Err(self.corrupt("what follows its end is not tar"));
            }
            self.take(count);
        }
        if !ended {
            return Err(self.truncated("the archive has no end mark; members may be missing"));
        }
        Ok(())
    }

    fn extension(&mut self, size: u64) -> Result<Vec<u8>, Reason> {
        if size > EXTENSION {
            return Err(self.corrupt("a header extension of more than 1 MiB"));
        }
        let mut bytes = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            match self.pull(&mut buffer)? {
                0 => return Ok(bytes),
                count => bytes.extend_from_slice(&buffer[..count]),
            }
        }
    }

    /// The map of an old GNU sparse file may go on in blocks of its own before the data.
    fn skip_sparse_map(&mut self, header: &Header) -> Result<(), Reason> {
        const GOES_ON: usize = 504;
        let mut goes_on = header.as_gnu().is_some_and(tar::GnuHeader::is_extended);
        while goes_on {
            goes_on = self.input.peek(BLOCK).get(GOES_ON).is_some_and(|flag| *flag == 1);
            self.discard(BLOCK as u64)?;
        }
        Ok(())
    }

    fn corrupt(&self, what: &str) -> Reason {
        let detail = format!("the tar archive is damaged: {what}");
        Reason::new(ReasonKind::Corrupt, detail).at(self.offset)
    }

    fn truncated(&self, what: &str) -> Reason {
        Reason::new(ReasonKind::Truncated, what).at(self.offset)
    }
}

impl Pull for Tar<'_, '_> {
    /// The current member's bytes.
    fn pull(&mut self, into: &mut [u8]) -> Result<usize, Reason> {
        if self.left == 0 {
            return Ok(0);
        }
        let bytes = self.input.fill()?;
        if bytes.is_empty() {
            return Err(self.truncated("the archive ends within this member"));
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX);
        let count = bytes.len().min(into.len()).min(most);
        into[..count].copy_from_slice(&bytes[..count]);
        self.take(count);
        self.left -= count as u64;
        Ok(count)
    }
}

impl Extended {
    fn read(&mut self, bytes: &[u8], kind: EntryType) {
        if kind.is_gnu_longname() {
            let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
            self.name = Some(bytes[..end].to_vec());
            return;
        }
        for record in PaxExtensions::new(bytes).flatten() {
            match record.key_bytes() {
                b"path" => self.name = Some(record.value_bytes().to_vec()),
                b"size" => self.size = record.value().ok().and_then(|value| value.parse().ok()),
                key if key.starts_with(b"GNU.sparse.") => self.sparse = true,
                _ => {}
            }
        }
    }
}

fn what(kind: EntryType, sparse: bool, name: &[u8]) -> What {
    let left = |kind, detail: &str| What::Left(Reason::new(kind, detail));
    match kind {
        _ if sparse => left(
            ReasonKind::Unsupported,
            "stored as a sparse file, which is not read; unpack the archive first (tar -x)",
        ),
        EntryType::Regular | EntryType::Continuous if name.ends_with(b"/") => What::Folder,
        EntryType::Regular | EntryType::Continuous => What::File,
        EntryType::Directory => What::Folder,
        EntryType::Symlink => left(ReasonKind::Symlink, "a symbolic link"),
        EntryType::Link => left(ReasonKind::Symlink, "a hard link to another member"),
        EntryType::Char | EntryType::Block | EntryType::Fifo => {
            left(ReasonKind::Special, "a device or pipe")
        }
        _ => left(ReasonKind::Unsupported, "a kind of member that is not known"),
    }
}
