//! Reading such a file, which may come from anybody: nothing is written but where the names that an
//! export uses lead, nothing is larger than it may be, and every hash has to agree.

use super::packing::Hashing;
use super::{Part, SUMS, sums};
use crate::case::{CaseError, files};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

/// Members of a file at most.
const MEMBERS: usize = 4 << 20;
/// Longest name of a member, in bytes: the longest path that Linux knows.
const NAME: u64 = 4096;
/// How many times larger than the file what it holds may be, if it is larger than `FREE`.
const RATIO: u64 = 1000;
const FREE: u64 = 1 << 30;
/// Room that is left on the disk.
const SPARE: u64 = 64 << 20;
const SUMS_BYTES: u64 = 1 << 30;

/// Unpacks the file into an empty folder, and checks the hash of every member.
pub(in crate::case) fn unpack(from: &Path, to: &Path) -> Result<(), CaseError> {
    let file = File::open(from).map_err(CaseError::at(from))?;
    let about = file.metadata().map_err(CaseError::at(from))?;
    let strange = |detail: String| CaseError::NotExport { path: from.to_owned(), detail };
    if !about.is_file() {
        return Err(strange("is not a file".to_owned()));
    }
    let room = rustix::fs::statvfs(to).map_err(|error| CaseError::at(to)(error.into()))?;
    let room = room.f_bavail.saturating_mul(room.f_frsize).saturating_sub(SPARE);
    let zstd = zstd::Decoder::new(BufReader::with_capacity(1 << 18, file))
        .map_err(|error| strange(error.to_string()))?;
    let unpacking = Unpacking {
        from: from.to_owned(),
        to: to.to_owned(),
        left: about.len().saturating_mul(RATIO).max(FREE),
        room,
        hashes: BTreeMap::new(),
        sums: None,
    };
    unpacking.run(tar::Archive::new(zstd))
}

struct Unpacking {
    from: PathBuf,
    to: PathBuf,
    /// Bytes that may still come, and for which there is room.
    left: u64,
    room: u64,
    hashes: BTreeMap<Vec<u8>, String>,
    sums: Option<Vec<u8>>,
}

impl Unpacking {
    fn run(mut self, mut archive: tar::Archive<impl Read>) -> Result<(), CaseError> {
        let broken = |from: &Path, error: &io::Error| CaseError::NotExport {
            path: from.to_owned(),
            detail: format!("is no export of a workspace, or was cut off ({error})"),
        };
        let entries = archive.entries().map_err(|error| broken(&self.from, &error))?.raw(true);
        let mut long = None;
        for member in entries {
            let mut member = member.map_err(|error| broken(&self.from, &error))?;
            let kind = member.header().entry_type();
            if kind.is_gnu_longname() {
                let mut name = Vec::new();
                (&mut member)
                    .take(NAME + 2)
                    .read_to_end(&mut name)
                    .map_err(|error| broken(&self.from, &error))?;
                while name.pop_if(|byte| *byte == 0).is_some() {}
                long = Some(name);
                continue;
            }
            let name = long.take().unwrap_or_else(|| member.path_bytes().into_owned());
            let part = Part::of(&name).filter(|_| kind.is_file() && name.len() as u64 <= NAME);
            let Some(part) = part.filter(|_| self.sums.is_none()) else {
                let name = crate::event::label(&name);
                return Err(self.strange(format!("holds {name}, which no export writes there")));
            };
            let time = member.header().mtime().ok().filter(|_| part == Part::Bulk);
            self.member(&name, part, &mut member)?;
            if let Some(time) = time {
                self.date(&name, time);
            }
        }
        // Behind the members are the end of the archive and the file's own checksum.
        let mut rest = archive.into_inner().take(FREE);
        io::copy(&mut rest, &mut io::sink()).map_err(|error| broken(&self.from, &error))?;
        self.compare()
    }

    fn member(&mut self, name: &[u8], part: Part, reader: &mut impl Read) -> Result<(), CaseError> {
        if self.hashes.contains_key(name) || self.hashes.len() >= MEMBERS {
            let name = crate::event::label(name);
            return Err(self.strange(format!("holds {name} twice, or too many members")));
        }
        let limit = match part {
            Part::Small(limit) => limit,
            Part::Sums => SUMS_BYTES,
            Part::Chain | Part::Bulk => u64::MAX,
        };
        let limit = limit.min(self.left).min(self.room);
        let mut reader = Hashing::new(reader.take(limit.saturating_add(1)));
        if part == Part::Sums {
            let mut text = Vec::new();
            reader.read_to_end(&mut text).map_err(|error| self.broken(&error))?;
            self.sums = Some(text);
        } else {
            self.write(name, &mut reader)?;
        }
        let (hash, bytes) = reader.end();
        if bytes > limit {
            return Err(self.too_large(name));
        }
        self.left -= bytes;
        self.room -= bytes;
        if part != Part::Sums {
            self.hashes.insert(name.to_vec(), hash);
        }
        Ok(())
    }

    fn write(&self, name: &[u8], reader: &mut impl Read) -> Result<(), CaseError> {
        let path = self.to.join(OsStr::from_bytes(name));
        if let Some(folder) = path.parent() {
            files::make_folder(folder).map_err(CaseError::at(folder))?;
        }
        let mut file = files::private()
            .write(true)
            .create_new(true)
            .open(&path)
            .map_err(CaseError::at(&path))?;
        let mut piece = vec![0; 1 << 16];
        loop {
            match reader.read(&mut piece).map_err(|error| self.broken(&error))? {
                0 => break,
                read => file.write_all(&piece[..read]).map_err(CaseError::at(&path))?,
            }
        }
        file.sync_data().map_err(CaseError::at(&path))
    }

    /// A copy stays as old as it was. Where that cannot be kept, it is as new as the import.
    fn date(&self, name: &[u8], seconds: u64) {
        let time = UNIX_EPOCH.checked_add(Duration::from_secs(seconds));
        let file = File::options().append(true).open(self.to.join(OsStr::from_bytes(name)));
        if let (Some(time), Ok(file)) = (time, file) {
            let _ = file.set_modified(time);
        }
    }

    /// Whether the hashes are those that the file states, for every member and no other.
    fn compare(mut self) -> Result<(), CaseError> {
        let Some(sums) = self.sums.take() else {
            return Err(self.strange(format!("has no {SUMS}: it is cut off, or no export")));
        };
        for line in sums.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let Some((stated, name)) = sums::parse(line) else {
                return Err(self.altered(format!("its {SUMS} has a line that is none")));
            };
            let shown = crate::event::label(&name);
            match self.hashes.remove(&name) {
                None => return Err(self.altered(format!("{shown} is missing"))),
                Some(hash) if hash != stated => {
                    return Err(self.altered(format!("{shown} is not what was exported")));
                }
                Some(_) => {}
            }
        }
        match self.hashes.keys().next() {
            Some(name) => {
                let shown = crate::event::label(name);
                Err(self.altered(format!("{shown} was added to it")))
            }
            None => Ok(()),
        }
    }

    fn too_large(&self, name: &[u8]) -> CaseError {
        let name = crate::event::label(name);
        let why = if self.room <= self.left {
            "than there is room on this disk"
        } else {
            "than it may be"
        };
        self.strange(format!("{name} is larger {why}"))
    }

    fn broken(&self, error: &io::Error) -> CaseError {
        self.strange(format!("is cut off or damaged ({error})"))
    }

    fn strange(&self, detail: String) -> CaseError {
        CaseError::NotExport { path: self.from.clone(), detail }
    }

    fn altered(&self, detail: String) -> CaseError {
        CaseError::Altered { path: self.from.clone(), detail }
    }
}
