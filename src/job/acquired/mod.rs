//! Evidence as it is now against what it was when it was acquired: files are read and hashed once
//! more.
//!
//! What they were, the journal proves: it has the hash of each list of what a session acquired, and
//! the hashes of the objects in which records were marked. The shelf, a cache, remembers what a
//! session read that was killed, or one of an earlier build, until the next one writes that down.
//! **A file has to be all that it was at any time**: what it was first is what was acquired, and
//! that a session read something else later is told beside it. A log that has only grown is what it
//! was: its first bytes have the hash.

mod changes;

pub use changes::{Change, Changes, changes};

use super::hashing::{self, Far, Meter};
use super::shelf::Memory;
use crate::case::{Custody, Receipt, Seq, came_along, segments_of, unhex};
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
    /// The first entry of the journal that says so.
    pub entry: Option<Seq>,
}

/// An object that is there, and where.
type Found = (Arc<dyn Source>, Item);

/// What the evidence of a workspace was.
#[derive(Debug, Clone, Default)]
pub struct Acquired {
    /// By path; the first is what was acquired, what later sessions read comes behind it.
    objects: HashMap<String, Vec<Acquisition>>,
    /// Lists that are not what the journal names: of what they said nothing is known.
    pub problems: Vec<String>,
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
    /// All that it ever was, the first first.
    pub was: Vec<Acquisition>,
    pub standing: Standing,
}

impl Acquired {
    /// What is known of the evidence of the workspace in this folder.
    pub fn of(folder: &Path, custody: &Custody<'_>) -> Self {
        let (receipts, findings) = custody.receipts(folder);
        let problems = findings.iter().map(ToString::to_string).collect();
        let mut all = Self { objects: HashMap::new(), problems };
        for (entry, receipt) in receipts {
            all.take(receipt, Some(entry));
        }
        for receipt in Memory::open(&segments_of(folder)).receipts() {
            all.take(receipt, None);
        }
        all.mark(custody);
        // What came through a pipe is compared where its copy is.
        all.objects.remove("-");
        let paths: Vec<String> = all.objects.keys().cloned().collect();
        for path in paths {
            if let Some(there) = came_along(folder, &path)
                && let Some(was) = all.objects.remove(&path)
            {
                // Sessions may have read it there too.
                let later = all.objects.remove(&there).unwrap_or_default();
                let new = |it: &Acquisition| was.iter().all(|was| was.sha256 != it.sha256);
                let later: Vec<Acquisition> = later.into_iter().filter(new).collect();
                all.objects.insert(there, [was, later].concat());
            }
        }
        all
    }

    fn take(&mut self, Receipt { path, sha256, bytes }: Receipt, entry: Option<Seq>) {
        let known = self.objects.entry(path).or_default();
        if known.iter().all(|known| known.sha256 != sha256) {
            known.push(Acquisition { sha256, bytes: Some(bytes), entry });
        }
    }

    /// A record that was marked says what its object was then. Where no list says so too, that was
    /// before everything that later entries say, and before all that the shelf remembers, which
    /// forgets the oldest first.
    fn mark(&mut self, custody: &Custody<'_>) {
        for marking in &custody.markings {
            let (Some(sha256), entry) = (unhex(marking.sha256), marking.entry) else { continue };
            let known = self.objects.entry(marking.object.to_owned()).or_default();
            if let Some(known) = known.iter_mut().find(|known| known.sha256 == sha256) {
                known.entry = Some(known.entry.map_or(entry, |said| said.min(entry)));
                continue;
            }
            let is_later = |it: &Acquisition| it.entry.is_none_or(|said| said > entry);
            let at = known.iter().position(is_later).unwrap_or(known.len());
            known.insert(at, Acquisition { sha256, bytes: None, entry: Some(entry) });
        }
    }

    /// All that an object ever was, the first first; nothing of one that was never read whole.
    pub fn was(&self, path: &str) -> &[Acquisition] {
        self.objects.get(path).map_or(&[], Vec::as_slice)
    }

    /// Those that are not called so by any of these.
    fn without<'a>(&'a self, met: &'a HashSet<&str>) -> impl Iterator<Item = &'a String> {
        let paths = self.objects.keys();
        paths.filter(|path| !met.contains(&***path) && !met.contains(without_number(path)))
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
            look(&*source, &item, self.was(&item.path), meter)
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
        let was = self.was(&path).to_vec();
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
        let met = met.iter().map(String::as_str).collect();
        let mut unmet: Vec<&String> = self.without(&met).collect();
        unmet.retain(|path| sources.iter().any(|source| holds(source.name(), path)));
        unmet.sort_unstable();
        let said = unmet.into_iter().map(|path| {
            let is_gone = |reason: &Reason| reason.kind == ReasonKind::NotFound;
            if left.get(path).is_some_and(is_gone) {
                return self.compared(path.clone(), Standing::Gone);
            }
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
    let standing = if !others.is_empty() {
        Standing::Differs(now, read)
    } else if met.iter().any(|was| was.sha256 == now) {
        Standing::Same
    } else {
        let size = met.iter().filter_map(|was| was.bytes).max().unwrap_or(read);
        Standing::Longer(read - size)
    };
    Compared { path, was: was.to_vec(), standing }
}

#[cfg(test)]
mod tests;
