//! The index of the vault: a line for each time that something was acquired, and in memory nothing
//! but where the newest line of each address begins, for there may be very many.
//!
//! **What was acquired stays told.** A line is a receipt: what was got, when, and its hash. Whoever
//! has to stand up for the evidence is asked for each, also for those that a newer one took the
//! place of: their bytes are still there, and that they were others then may be what matters. So
//! nothing that says something of its own is dropped. What can become many without saying more are
//! receipts of one thing, as of the last hour of a log group, which is asked for anew each time and
//! found as it was. Of those the first and the last tell all there is: so it was from then until
//! then. When most lines are such, the index is written anew without those between, whole and in
//! the place of the old one, or not at all; there are never more than two lines for each thing that
//! is kept.

use super::Acquired;
use rustix::fs::{FlockOperation, flock};
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, BufRead, BufReader, BufWriter, Seek, SeekFrom, Write};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::PathBuf;

/// With less lines there is nothing to be gained.
const FEW: usize = 1_000;

/// Bytes that are read for a line at first; most have less.
const LINE: usize = 1 << 10;

#[derive(Debug)]
pub(super) struct Index {
    path: PathBuf,
    /// What the places are of; none while there is none.
    file: Option<File>,
    /// Where the newest line of an address begins, by the hash of the address: of two with the same
    /// hash the older is as good as not known, and is fetched again.
    newest: HashMap<u64, u64, foldhash::fast::RandomState>,
    /// Keyed, so that nobody makes names that get into each other's way.
    keys: RandomState,
    /// Addresses of what grew, or still does.
    grown: BTreeSet<String>,
    lines: usize,
    /// With so many lines it is no use to look for what can be left out.
    enough: usize,
}

impl Index {
    pub(super) fn open(path: PathBuf) -> Self {
        let mut index = Self {
            path,
            file: None,
            newest: HashMap::default(),
            keys: RandomState::new(),
            grown: BTreeSet::new(),
            lines: 0,
            enough: FEW,
        };
        index.file = File::open(&index.path).ok();
        index.look_through();
        index
    }

    /// What was said last of this address.
    pub(super) fn get(&self, address: &str) -> Option<Acquired> {
        let at = *self.newest.get(&self.keys.hash_one(address))?;
        self.line(at).filter(|found| found.address == address)
    }

    /// What was said last of every address that begins so, in their order.
    pub(super) fn below(&self, begin: &str) -> Vec<Acquired> {
        let mut below = Vec::new();
        each(self.file.as_ref(), &mut |at, line| {
            let is_newest = |one: &Acquired| self.newest.get(&self.key(one)) == Some(&at);
            let one = Acquired::parse(line).filter(|one| one.address.starts_with(begin));
            below.extend(one.filter(is_newest));
        });
        below.sort_unstable_by(|one, other| one.address.cmp(&other.address));
        below
    }

    /// The same of what grew, or still does.
    pub(super) fn grown(&self, begin: &str) -> Vec<Acquired> {
        let grown = self.grown.range(begin.to_owned()..);
        let grown = grown.take_while(|address| address.starts_with(begin));
        grown.filter_map(|address| self.get(address)).collect()
    }

    /// Adds a line. Other sessions may do so at the same time.
    pub(super) fn add(&mut self, acquired: &Acquired) -> io::Result<()> {
        let mut line = serde_json::to_vec(acquired)?;
        line.push(b'\n');
        let mut file = self.locked()?;
        if self.file.as_ref().is_none_or(|known| !is_one(known, &file)) {
            self.file = Some(file.try_clone()?);
            self.look_through();
        }
        // What was cut short must not take this line with it.
        if is_cut(&file)? {
            line.insert(0, b'\n');
        }
        let begin = usize::from(line[0] == b'\n') as u64;
        let written = file.write_all(&line).and_then(|()| file.stream_position());
        let _ = flock(&file, FlockOperation::Unlock);
        self.take(written? - line.len() as u64 + begin, acquired);
        if self.lines > self.enough && self.lines > 2 * self.newest.len() {
            // It stays what it is where that cannot be done.
            let _ = self.thin_out();
            self.enough = FEW.max(2 * self.lines);
        }
        Ok(())
    }

    fn key(&self, of: &Acquired) -> u64 {
        self.keys.hash_one(of.address.as_str())
    }

    fn take(&mut self, at: u64, acquired: &Acquired) {
        self.newest.insert(self.key(acquired), at);
        self.lines += 1;
        if acquired.is_growing() {
            self.grown.insert(acquired.address.clone());
        }
    }

    /// Reads all of it.
    fn look_through(&mut self) {
        (self.newest, self.grown, self.lines) = Default::default();
        let file = self.file.take();
        each(file.as_ref(), &mut |at, line| {
            if let Some(one) = Acquired::parse(line) {
                self.take(at, &one);
            }
        });
        self.file = file;
    }

    /// The index to write to, with what keeps others from putting another in its place.
    fn locked(&self) -> io::Result<File> {
        loop {
            let mut options = OpenOptions::new();
            let file = options.read(true).append(true).create(true).mode(0o600).open(&self.path)?;
            // Where files cannot be locked nobody puts another in its place.
            let _ = flock(&file, FlockOperation::LockShared);
            if self.is_there(&file) {
                return Ok(file);
            }
        }
    }

    /// Whether this is the index, and no other was put in its place.
    fn is_there(&self, file: &File) -> bool {
        fs::metadata(&self.path).is_ok_and(|there| {
            file.metadata().is_ok_and(|mine| (mine.dev(), mine.ino()) == (there.dev(), there.ino()))
        })
    }

    fn line(&self, at: u64) -> Option<Acquired> {
        let file = self.file.as_ref()?;
        let mut bytes = vec![0; LINE];
        let mut filled = 0;
        loop {
            let read = file.read_at(&mut bytes[filled..], at + filled as u64).ok()?;
            let end = memchr::memchr(b'\n', &bytes[filled..filled + read]).map(|end| filled + end);
            filled += read;
            if end.is_some() || read == 0 {
                return Acquired::parse(&bytes[..end.unwrap_or(filled)]);
            }
            if filled == bytes.len() {
                bytes.resize(2 * filled, 0);
            }
        }
    }

    /// Leaves out what says nothing of its own, if that is most of it.
    fn thin_out(&mut self) -> io::Result<()> {
        let mine = self.file.as_ref().ok_or(io::ErrorKind::NotFound)?.try_clone()?;
        let old = File::open(&self.path)?;
        flock(&old, FlockOperation::NonBlockingLockExclusive)?;
        if !self.is_there(&old) || !is_one(&mine, &old) {
            return Ok(());
        }
        let mut things: HashMap<[u8; 32], (u64, u64)> = HashMap::new();
        each(self.file.as_ref(), &mut |at, line| {
            // What is not understood is left as it is.
            if let Some(thing) = Acquired::parse(line).and_then(|one| thing(&one)) {
                things.entry(thing).or_insert((at, at)).1 = at;
            }
        });
        let kept: HashSet<u64> =
            things.into_values().flat_map(|(first, last)| [first, last]).collect();
        if 2 * kept.len() > self.lines {
            return Ok(());
        }
        let new = self.path.with_extension(format!("jsonl.new-{}", std::process::id()));
        let written = self.write_anew(&new, &kept).and_then(|()| fs::rename(&new, &self.path));
        if written.is_err() {
            let _ = fs::remove_file(&new);
            return written;
        }
        self.file = Some(File::open(&self.path)?);
        self.look_through();
        Ok(())
    }

    fn write_anew(&self, new: &PathBuf, kept: &HashSet<u64>) -> io::Result<()> {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(new)?;
        let (mut out, mut written) = (BufWriter::new(file), Ok(()));
        each(self.file.as_ref(), &mut |at, line| {
            if written.is_ok() && (kept.contains(&at) || Acquired::parse(line).is_none()) {
                written = out.write_all(line).and_then(|()| out.write_all(b"\n"));
            }
        });
        written?;
        out.into_inner()?.sync_all()
    }
}

/// Hands over each line with where it begins.
fn each(file: Option<&File>, take: &mut dyn FnMut(u64, &[u8])) {
    let Some(mut file) = file else { return };
    if file.seek(SeekFrom::Start(0)).is_err() {
        return;
    }
    let (mut reader, mut line, mut at) = (BufReader::new(file), Vec::new(), 0);
    while let Ok(length @ 1..) = reader.read_until(b'\n', &mut line) {
        take(at, line.strip_suffix(b"\n").unwrap_or(&line));
        at += length as u64;
        line.clear();
    }
}

/// What a line tells of, whenever that was acquired.
fn thing(of: &Acquired) -> Option<[u8; 32]> {
    let of = Acquired { fetched: String::new(), ..of.clone() };
    Some(Sha256::digest(serde_json::to_vec(&of).ok()?).into())
}

fn is_one(one: &File, other: &File) -> bool {
    match (one.metadata(), other.metadata()) {
        (Ok(one), Ok(other)) => (one.dev(), one.ino()) == (other.dev(), other.ino()),
        _ => false,
    }
}

/// Whether the last line has no end.
fn is_cut(file: &File) -> io::Result<bool> {
    let length = file.metadata()?.len();
    let mut last = [b'\n'];
    if length > 0 {
        file.read_exact_at(&mut last, length - 1)?;
    }
    Ok(last != *b"\n")
}

#[cfg(test)]
mod tests;
