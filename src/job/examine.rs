//! Reads what digests are about, on several threads, each object once.

mod second;

use crate::event::{Cancel, Reason, ReasonKind};
use crate::source::{self, Item, Limits, Listed, Locator, Outcome, Source, Stamp, Visit};
use crate::verify::{self, Examiner, Object, Seen, concerns};
use crossbeam_channel::{Receiver, bounded};
use std::collections::HashMap;
use std::io;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Objects listed ahead of the readers.
const AHEAD: usize = 1024;

/// What was read.
#[derive(Debug, Default)]
pub struct Examined {
    /// By the path of the outermost object.
    kept: HashMap<String, Kept>,
    /// What could not be read, by path, with the reason.
    pub unread: Vec<(String, Reason)>,
    pub cancelled: bool,
}

/// What was found in one outermost object, as long as it is what it was.
#[derive(Debug)]
struct Kept {
    stamp: Option<Stamp>,
    objects: Vec<Object>,
}

impl Examined {
    /// All objects, in the order of their paths.
    pub fn objects(&self) -> Vec<Object> {
        sorted(self.kept.values().flat_map(|kept| kept.objects.iter().cloned()).collect())
    }

    /// The same, for who needs nothing else.
    pub fn into_objects(self) -> Vec<Object> {
        sorted(self.kept.into_values().flat_map(|kept| kept.objects).collect())
    }
}

fn sorted(mut objects: Vec<Object>) -> Vec<Object> {
    objects.sort_unstable_by(|one, other| one.path.cmp(&other.path));
    objects
}

/// What is to be examined.
pub struct Matter<'a> {
    pub sources: &'a [Arc<dyn Source>],
    /// Of these only what belongs to digests.
    pub metadata: &'a [Arc<dyn Source>],
    /// Whether an object of this path may hold others; what is neither of concern nor an archive
    /// is not opened.
    pub may_hold: &'a (dyn Fn(&str) -> bool + Sync),
    /// At least one.
    pub threads: usize,
}

/// Counts that others may look at meanwhile.
#[derive(Debug, Default)]
pub struct Counted {
    pub objects: AtomicU64,
    /// As stored.
    pub bytes: AtomicU64,
}

/// Reads all objects of the sources that verification has to do with; those that were read
/// `before` and are still what they were, as files tell it, are not read again. An error means that
/// no thread could be started.
pub fn examine(
    matter: &Matter<'_>,
    before: Examined,
    counted: &Counted,
    cancel: &Cancel,
) -> io::Result<Examined> {
    let mut before = before.kept;
    let mut failed = None;
    let found = Mutex::new(Examined::default());
    let (sender, receiver) = bounded::<(Arc<dyn Source>, Item)>(AHEAD);
    std::thread::scope(|scope| {
        for number in 0..matter.threads.max(1) {
            let (receiver, found) = (receiver.clone(), &found);
            let worker = Worker { counted, cancel, limits: Limits::default() };
            let started = std::thread::Builder::new()
                .name(format!("verify-{number}"))
                .spawn_scoped(scope, move || worker.run(&receiver, found));
            // With fewer threads it takes longer.
            if let (Err(error), 0) = (started, number) {
                failed = Some(error);
                return;
            }
        }
        drop(receiver);
        let all = matter.sources.iter().map(|source| (source, false));
        let metadata = matter.metadata.iter().map(|source| (source, true));
        for (source, only_metadata) in all.chain(metadata) {
            source.list(cancel, &mut |listed| {
                let item = match listed {
                    Listed::Item(item) => item,
                    Listed::Left { path, reason, .. } => {
                        lock(&found).unread.push((path, reason));
                        return ControlFlow::Continue(());
                    }
                };
                let is_sidecar = verify::metadata::is_sidecar(&item.key);
                let wanted = concerns(&item.path) || (matter.may_hold)(&item.path);
                if only_metadata && !is_sidecar || !wanted {
                    return ControlFlow::Continue(());
                }
                if let Some((path, kept)) = before.remove_entry(&item.path)
                    && kept.stamp.is_some()
                    && kept.stamp == stamp(&item)
                {
                    lock(&found).kept.insert(path, kept);
                    return ControlFlow::Continue(());
                }
                match sender.send((Arc::clone(source), item)) {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(_) => ControlFlow::Break(()),
                }
            });
        }
        drop(sender);
    });
    if let Some(error) = failed {
        return Err(error);
    }
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.unread.sort_by(|one, other| one.0.cmp(&other.0));
    found.cancelled = cancel.is_cancelled();
    Ok(found)
}

fn lock(found: &Mutex<Examined>) -> std::sync::MutexGuard<'_, Examined> {
    found.lock().unwrap_or_else(PoisonError::into_inner)
}

fn stamp(item: &Item) -> Option<Stamp> {
    match &item.locator {
        Locator::File { stamp, .. } => Some(*stamp),
        _ => None,
    }
}

struct Worker<'a> {
    counted: &'a Counted,
    cancel: &'a Cancel,
    limits: Limits,
}

impl Worker<'_> {
    fn run(&self, work: &Receiver<(Arc<dyn Source>, Item)>, found: &Mutex<Examined>) {
        let mut examiner = Examiner::default();
        for (source, item) in work {
            if self.cancel.is_cancelled() {
                continue;
            }
            let (objects, unread) = self.read(&*source, &item, &mut examiner);
            self.counted.objects.fetch_add(objects.len() as u64, Ordering::Relaxed);
            self.counted.bytes.fetch_add(item.bytes.unwrap_or(0), Ordering::Relaxed);
            let mut found = lock(found);
            // What could not be read is tried again the next time, and told again.
            let stamp = stamp(&item).filter(|_| unread.is_empty());
            found.unread.extend(unread);
            if !objects.is_empty() {
                let kept = Kept { stamp, objects };
                found.kept.insert(item.path, kept);
            }
        }
    }

    /// Reads one outermost object.
    fn read(
        &self,
        source: &dyn Source,
        item: &Item,
        examiner: &mut Examiner,
    ) -> (Vec<Object>, Vec<(String, Reason)>) {
        let key_at = item.path.strip_suffix(&item.key).map_or(0, str::len);
        let mut pass = Pass {
            item,
            key_at,
            examiner,
            current: String::new(),
            objects: Vec::new(),
            unread: Vec::new(),
        };
        if !matches!(item.locator, Locator::File { .. }) {
            let once = "can be read only once, and is not verified; name a file or a folder";
            pass.lost(Reason::new(ReasonKind::Unsupported, once));
            return (pass.objects, pass.unread);
        }
        let input = match source.open(item) {
            Ok(input) => input,
            Err(reason) => {
                pass.lost(reason);
                return (pass.objects, pass.unread);
            }
        };
        let unpacked = source::members(input, &self.limits, self.cancel, &mut pass);
        let is_told = pass.unread.last().is_some_and(|(path, _)| *path == item.path);
        if let Some((_, reason)) = unpacked.outcome.filter(|_| !is_told) {
            pass.unread.push((item.path.clone(), reason));
        }
        let Pass { mut objects, unread, .. } = pass;
        for object in &mut objects {
            object.sha256 = unpacked.sha256;
        }
        second::look(source, item, (&self.limits, self.cancel), &mut objects);
        (objects, unread)
    }
}

/// Hands what is in one outermost object to the examiner.
struct Pass<'a> {
    item: &'a Item,
    key_at: usize,
    examiner: &'a mut Examiner,
    /// Path of the leaf that is being read.
    current: String,
    objects: Vec<Object>,
    unread: Vec<(String, Reason)>,
}

impl Pass<'_> {
    fn path(&self, member: Option<&str>) -> String {
        match member {
            Some(member) => format!("{}!{member}", self.item.path),
            None => self.item.path.clone(),
        }
    }

    fn add(&mut self, path: String, seen: Option<Seen>) {
        self.objects.extend(seen.map(|seen| Object {
            path: path.into(),
            key_at: self.key_at,
            sha256: None,
            seen,
        }));
    }

    fn lost(&mut self, reason: Reason) {
        if self.examiner.begin(&self.item.path) {
            let seen = self.examiner.unread();
            self.add(self.item.path.clone(), seen);
        }
        self.unread.push((self.item.path.clone(), reason));
    }
}

impl Visit for Pass<'_> {
    fn archive(&mut self, _: Option<&str>, _: source::Access) {}

    fn as_stored(&mut self, member: Option<&str>) -> bool {
        concerns(&self.path(member))
    }

    fn begin(&mut self, member: Option<&str>) -> ControlFlow<()> {
        self.current = self.path(member);
        if self.examiner.begin(&self.current) {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    }

    fn data(&mut self, bytes: &[u8]) -> ControlFlow<()> {
        self.examiner.feed(bytes);
        ControlFlow::Continue(())
    }

    fn end(&mut self, _: u64, outcome: Outcome) {
        let path = std::mem::take(&mut self.current);
        let seen = match outcome {
            None => self.examiner.finish(&path),
            Some((_, reason)) => {
                self.unread.push((path.clone(), reason));
                self.examiner.unread()
            }
        };
        self.add(path, seen);
    }

    fn left(&mut self, member: &str, _: crate::event::State, reason: Reason) {
        let path = self.path(Some(member));
        if self.examiner.begin(&path) {
            let seen = self.examiner.unread();
            self.add(path.clone(), seen);
            self.unread.push((path, reason));
        }
    }
}

#[cfg(test)]
mod tests;
