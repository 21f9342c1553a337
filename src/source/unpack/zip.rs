//! zip: entry by entry, as the central directory lists them. Nothing is extracted, and neither
//! the sizes nor the names that the archive declares are believed.

mod beside;

use super::budget::{Budget, Flow};
use super::window::Pull;
use crate::event::{Reason, ReasonKind, State};
use beside::Bounds;
use std::io::{self, Read, Seek, SeekFrom};
use zip::read::{Config, ZipFile, ZipFileEntry};
use zip::result::ZipError;
use zip::unstable::read::{ZipIterable, ZipIterableFiles};
use zip::{SUPPORTED_COMPRESSION_METHODS, ZipReadOptions};

/// How the complaint begins if the end of an archive, which says where its members are listed, is
/// not there or not whole.
const NO_END: [&str; 2] = ["Could not find EOCD", "Unexpected end of"];

/// An archive that can be sought in.
pub(super) struct Zip<R: Read + Seek> {
    archive: ZipIterable<R>,
    size: u64,
}

/// One pass over the entries.
pub(super) struct Pass<'a, R: Read + Seek> {
    files: &'a mut ZipIterableFiles<R>,
    budget: &'a Budget<'a>,
    /// Bytes of the whole archive.
    size: u64,
    /// What all entries together unfold to: entries that overlap are each small for their size.
    all: Flow,
    bounds: Bounds,
}

/// What reading an entry comes to.
pub(super) enum Zipped<'a, R: Read> {
    Data(Box<Entry<'a, R>>),
    Left(State, Reason),
}

/// An entry's inflated bytes.
pub(super) struct Entry<'a, R: Read> {
    file: ZipFile<'a, R>,
    own: Flow,
    all: &'a mut Flow,
    budget: &'a Budget<'a>,
    fault: Option<Reason>,
}

impl<R: Read + Seek> Zip<R> {
    pub(super) fn new(mut reader: R) -> Result<Self, Reason> {
        let size = reader.seek(SeekFrom::End(0)).map_err(|error| reason(&error.into()))?;
        let archive = ZipIterable::try_new(reader, Config::default());
        Ok(Self { archive: archive.map_err(|error| unopened(&error))?, size })
    }

    pub(super) fn entries<'a>(&'a mut self, budget: &'a Budget<'a>) -> Result<Pass<'a, R>, Reason> {
        let all = Flow { taken: self.size, given: 0 };
        let files = self.archive.files().map_err(|error| reason(&error))?;
        Ok(Pass { files, budget, size: self.size, all, bounds: Bounds::default() })
    }
}

impl<R: Read + Seek> Pass<'_, R> {
    /// The next entry of the central directory; folders and repeated names too. Behind the last,
    /// fails if the archive holds more than it listed.
    pub(super) fn next(&mut self) -> Result<Option<ZipFileEntry<'static>>, Reason> {
        let entry = self.files.next().transpose().map_err(|error| reason(&error))?;
        match &entry {
            Some(entry) => self.bounds.take_in(entry),
            None => self.bounds.check(self.files.reader_mut())?,
        }
        Ok(entry)
    }

    pub(super) fn open(&mut self, entry: ZipFileEntry<'static>) -> Zipped<'_, R> {
        let left = |state, kind, detail| Zipped::Left(state, Reason::new(kind, detail));
        if entry.encrypted() {
            let detail = "encrypted, and no password is asked for here; unpack the archive with its \
                          password (7z x), and open what comes out";
            return left(State::Failed, ReasonKind::Encrypted, detail);
        }
        if entry.is_symlink() {
            return left(State::Skipped, ReasonKind::Symlink, "a symbolic link");
        }
        if !SUPPORTED_COMPRESSION_METHODS.contains(&entry.compression()) {
            let detail = "packed in a way that is not known here; unpack the archive first (7z x)";
            return left(State::Skipped, ReasonKind::Unsupported, detail);
        }
        // More than the archive has cannot be taken in, whatever the entry declares.
        let taken = entry.compressed_size().min(self.size);
        match entry.with_reader(self.files.reader_mut(), ZipReadOptions::new()) {
            Ok(file) => Zipped::Data(Box::new(Entry {
                file,
                own: Flow { taken, given: 0 },
                all: &mut self.all,
                budget: self.budget,
                fault: None,
            })),
            Err(error) => {
                let reason = reason(&error);
                let state = match reason.kind {
                    ReasonKind::Unsupported => State::Skipped,
                    _ => State::Failed,
                };
                Zipped::Left(state, reason)
            }
        }
    }
}

impl<R: Read> Entry<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> Result<usize, Reason> {
        loop {
            self.budget.check_cancel()?;
            match self.file.read(into) {
                Ok(count) => return Ok(count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(reason(&error.into())),
            }
        }
    }
}

impl<R: Read> Pull for Entry<'_, R> {
    fn pull(&mut self, into: &mut [u8]) -> Result<usize, Reason> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        match self.read(into) {
            Ok(count) => {
                let own = self.budget.inflated(&mut self.own, count);
                let all = self.budget.ratio(self.all, count);
                self.fault = own.and(all).err();
                Ok(count)
            }
            Err(reason) => {
                self.fault = Some(reason.clone());
                Err(reason)
            }
        }
    }
}

/// Why an archive cannot be opened.
fn unopened(error: &ZipError) -> Reason {
    match error {
        ZipError::InvalidArchive(what) if NO_END.iter().any(|start| what.starts_with(start)) => {
            let detail = "the zip archive has no list of its members, which stands at its end: it \
                          was cut off, or is part of a larger one; zip -FF or 7z x may recover \
                          members";
            Reason::new(ReasonKind::Truncated, detail)
        }
        _ => reason(error),
    }
}

fn reason(error: &ZipError) -> Reason {
    match error {
        ZipError::Io(error) if error.raw_os_error().is_some() => {
            Reason::new(ReasonKind::Io, format!("reading failed: {error}"))
        }
        ZipError::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            Reason::new(ReasonKind::Truncated, "the zip archive ends in the middle")
        }
        ZipError::UnsupportedArchive(what) => {
            let detail = format!("{what}; unpack it first");
            Reason::new(ReasonKind::Unsupported, detail)
        }
        _ => Reason::new(ReasonKind::Corrupt, format!("the zip archive is damaged: {error}")),
    }
}
