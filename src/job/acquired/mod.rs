//! Evidence as it is now against what it was when it was acquired: files are read and hashed once
//! more.
//!
//! What they were is known from two places. The shelf remembers path, size and SHA-256 of every
//! object that was read whole; it is a cache, and nothing proves that nobody wrote in it. The
//! journal holds the hashes of the objects in which records were marked; they are in its chain.
//! **A file has to be what both say.** A log that has only grown is: its first bytes have the hash.

mod changes;

pub use changes::{Change, Changes, changes};

use super::hashing::{self, Far, Meter};
use super::shelf;
use crate::case::{Marking, Seq, unhex};
use crate::event::scope::holds;
use crate::event::{Cancel, Reason, ReasonKind};
use crate::source::{self, Item, Listed, Source};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

/// What an object was when it was acquired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acquisition {
    pub sha256: [u8; 32],
    /// Not known of what the journal alone remembers.
    pub bytes: Option<u64>,
    /// The first entry of the journal that marks a record of it as it was then.
    pub entry: Option<Seq>,
}

/// An object that is there, and where.
type Found = (Arc<dyn Source>, Item);

/// What the evidence of a workspace was.
#[derive(Debug, Clone, Default)]
pub struct Acquired {
    objects: HashMap<String, Vec<Acquisition>>,
}

/// What became of an object since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Its bytes have the hash.
    Same,
    /// What was acquired has the hash, and so many bytes follow it.
    Longer(u64),
    /// It has this hash and size now.
    Differs([u8; 32], u64),
    /// It is in none of the sources any more.
    Gone,
    Unread(Reason),
}

/// An object that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    pub path: String,
    /// What it is not any more; where it is what it was, what it is.
    pub was: Vec<Acquisition>,
    pub standing: Standing,
}

impl Acquired {
    /// What is remembered in a workspace's folder for segments and in its journal.
    pub fn of(segments: &Path, marked: &[Marking<'_>]) -> Self {
        // What a later session read takes the place of what an earlier one did.
        Self::remembered(segments, marked, |known, read| *known = vec![read])
    }

    /// The same with what the first session read of each object of those that the shelf remembers,
    /// whatever later ones did.
    pub fn first(segments: &Path, marked: &[Marking<'_>]) -> Self {
        Self::remembered(segments, marked, |known, read| {
            if known.is_empty() {
                known.push(read);
            }
        })
    }

    fn remembered(
        segments: &Path,
        marked: &[Marking<'_>],
        take: impl Fn(&mut Vec<Acquisition>, Acquisition),
    ) -> Self {
        let mut sizes = HashMap::new();
        let mut objects: HashMap<String, Vec<Acquisition>> = HashMap::new();
        for shelf::Remembered { path, sha256, bytes } in shelf::remembered(segments) {
            sizes.insert((path.clone(), sha256), bytes);
            let read = Acquisition { sha256, bytes: Some(bytes), entry: None };
            take(objects.entry(path).or_default(), read);
        }
        for Marking { object, sha256, entry } in marked {
            let Some(sha256) = unhex(sha256) else { continue };
            let known = objects.entry((*object).to_owned()).or_default();
            match known.iter_mut().find(|known| known.sha256 == sha256) {
                Some(known) => known.entry = known.entry.or(Some(*entry)),
                None => {
                    let bytes = sizes.get(&((*object).to_owned(), sha256)).copied();
                    known.push(Acquisition { sha256, bytes, entry: Some(*entry) });
                }
            }
        }
        // What came through a pipe is compared where its copy is.
        objects.remove("-");
        Self { objects }
    }

    pub fn len(&self) -> usize {
        self.objects.len()
    }

    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// Bytes, as far as they are known.
    pub fn bytes(&self) -> u64 {
        let newest = |was: &Vec<Acquisition>| was.first().and_then(|was| was.bytes);
        self.objects.values().filter_map(newest).sum()
    }

    /// Reads what lies in the sources and compares it, on as many threads (0: as many as there are
    /// processors). Each object is told once, as it is found, and how far it is also in between.
    /// Objects of what is no source any more are left out. An error means that no thread could be
    /// started.
    pub fn compare(
        &self,
        sources: &[Arc<dyn Source>],
        threads: usize,
        cancel: &Cancel,
        tell: &mut dyn FnMut(Option<Compared>, Far),
    ) -> io::Result<()> {
        let (tasks, unmet) = self.listed(sources, cancel);
        if cancel.is_cancelled() {
            // What was not listed is not gone.
            return Ok(());
        }
        let mut left: HashSet<String> =
            tasks.iter().map(|((_, item), _)| item.path.to_string()).collect();
        for compared in unmet {
            tell(Some(compared), Far::default());
        }
        let work = |(source, item): Found, meter: &Meter<'_>| {
            let was = self.objects.get(&*item.path).map_or(&[][..], Vec::as_slice);
            look(&*source, &item, was, meter)
        };
        let ended = hashing::each(tasks, threads, cancel, work, &mut |compared, far| {
            if let Some(compared) = &compared {
                left.remove(&compared.path);
            }
            tell(compared, far);
        });
        for path in left {
            let reason = Reason::new(ReasonKind::Io, "there was no thread to read it with");
            tell(Some(self.compared(path, Standing::Unread(reason))), Far::default());
        }
        ended
    }

    fn compared(&self, path: String, standing: Standing) -> Compared {
        let was = self.objects.get(&path).cloned().unwrap_or_default();
        Compared { path, was, standing }
    }

    /// What is to be read, with its size; and what can be said without reading anything.
    fn listed(
        &self,
        sources: &[Arc<dyn Source>],
        cancel: &Cancel,
    ) -> (Vec<(Found, u64)>, Vec<Compared>) {
        let (mut tasks, mut met) = (Vec::new(), HashSet::new());
        let (mut left, mut closed) = (HashMap::new(), Vec::new());
        for source in sources {
            source.list(cancel, &mut |listed| {
                match listed {
                    Listed::Item(item) => {
                        // Sources may overlap.
                        if self.objects.contains_key(&*item.path)
                            && met.insert(item.path.to_string())
                        {
                            let bytes = item.bytes.unwrap_or(0);
                            tasks.push(((Arc::clone(source), item), bytes));
                        }
                    }
                    // Itself, or what lies in it if it is a folder, can be there all the same.
                    Listed::Left { path, reason, .. } => {
                        if path.ends_with('/') || path == source.name() {
                            closed.push((path.clone(), reason.clone()));
                        }
                        left.insert(path, reason);
                    }
                }
                ControlFlow::Continue(())
            });
        }
        let mut unmet: Vec<&String> = self.objects.keys().collect();
        unmet.retain(|path| !met.contains(*path) && !met.contains(without_number(path)));
        unmet.retain(|path| sources.iter().any(|source| holds(source.name(), path)));
        unmet.sort_unstable();
        let said = unmet.into_iter().map(|path| {
            let folder = || closed.iter().find(|(folder, _)| holds(folder, path));
            let reason = left.get(path).or_else(|| folder().map(|(_, reason)| reason)).cloned();
            let reason = reason.or_else(|| outside(sources, path));
            let standing = reason.map_or(Standing::Gone, Standing::Unread);
            self.compared(path.clone(), standing)
        });
        let said = said.collect();
        (tasks, said)
    }
}

/// Why an object was not listed, if that is for the time that was asked for.
fn outside(sources: &[Arc<dyn Source>], path: &str) -> Option<Reason> {
    let far = sources.iter().filter_map(|source| source.elsewhere());
    let is_outside = far.into_iter().any(|far| far.leaves_out(path));
    let detail =
        "is outside of the time that is fetched: give --since and --until anew to compare it";
    is_outside.then(|| Reason::new(ReasonKind::OutsideWindow, detail))
}

/// The file's own path, of an object that a file became which was cut short while it was followed.
fn without_number(path: &str) -> &str {
    let number = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
    path.rsplit_once('#').filter(|(_, rest)| number(rest)).map_or(path, |(path, _)| path)
}

/// Reads the object once, and takes its hash at each size that it once had.
fn look(from: &dyn Source, item: &Item, was: &[Acquisition], meter: &Meter<'_>) -> Compared {
    let mut sizes: Vec<u64> = was.iter().filter_map(|was| was.bytes).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let (mut hash, mut read) = (Sha256::new(), 0_u64);
    let mut at_size: HashMap<u64, [u8; 32]> = HashMap::new();
    let mut sizes = sizes.into_iter().peekable();
    let mut head: Vec<u8> = Vec::new();
    let outcome = meter.read(from, item, |mut piece| {
        let wanted = source::PACKED_HEAD - head.len();
        head.extend_from_slice(&piece[..piece.len().min(wanted)]);
        while let Some(size) = sizes.next_if(|size| *size <= read + piece.len() as u64) {
            let (before, behind) = piece.split_at((size - read) as usize);
            hash.update(before);
            (read, piece) = (size, behind);
            at_size.insert(size, hash.clone().finalize().into());
        }
        hash.update(piece);
        read += piece.len() as u64;
    });
    let path = item.path.to_string();
    if let Err(reason) = outcome {
        return Compared { path, was: was.to_vec(), standing: Standing::Unread(reason) };
    }
    let now: [u8; 32] = hash.finalize().into();
    let begins =
        |was: &Acquisition| was.bytes.filter(|size| at_size.get(size) == Some(&was.sha256));
    // What is packed does not grow: something was put behind it.
    let grows = !source::begins_packed(&head);
    let is_met = |was: &&Acquisition| was.sha256 == now || grows && begins(was).is_some();
    let (met, others): (Vec<_>, Vec<_>) = was.iter().partition(is_met);
    let (was, standing) = if !others.is_empty() {
        (others, Standing::Differs(now, read))
    } else if met.iter().any(|was| was.sha256 == now) {
        (met, Standing::Same)
    } else {
        let size = met.iter().filter_map(|was| was.bytes).max().unwrap_or(read);
        (met, Standing::Longer(read - size))
    };
    Compared { path, was: was.into_iter().cloned().collect(), standing }
}

#[cfg(test)]
mod tests;
