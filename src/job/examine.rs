//! Reads what digests are about, on several threads, each object once.

mod examined;
mod kept;
mod second;

pub use examined::{Examined, Taken};
pub use kept::{Before, Kept};

use crate::event::{Cancel, Reason, ReasonKind, Timestamp};
use crate::source::{self, Item, Limits, Listed, Locator, Outcome, Source, Visit};
use crate::verify::address::{self, Address, Named};
use crate::verify::{self, Examiner, Object, Seen, concerns};
use crossbeam_channel::{Receiver, Sender, bounded};
use examined::{Found, Whole};
use std::collections::HashSet;
use std::io;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Objects listed ahead of the readers.
const AHEAD: usize = 1024;

/// What stands behind the name of a digest in that of its metadata.
const SIDECAR: &str = ".meta.json";

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
    before: &Examined,
    counted: &Counted,
    cancel: &Cancel,
) -> io::Result<Examined> {
    let mut failed = None;
    let found = Mutex::new(Found::default());
    let (sender, receiver) = bounded::<Work>(AHEAD);
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
        list(matter, before, (&sender, &found), cancel);
        drop(sender);
    });
    if let Some(error) = failed {
        return Err(error);
    }
    let found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    let sources = matter.sources.to_vec();
    let is_left_out = move |path: &str| {
        let mut far = sources.iter().filter_map(|source| source.elsewhere());
        far.any(|far| far.leaves_out(path))
    };
    let mut examined = found.examined(cancel.is_cancelled());
    examined.objects = examined.objects.leaving_out(Arc::new(is_left_out));
    Ok(examined)
}

/// Lists what there is, and hands on what has to be read. What lies in several of the sources
/// under one path is read once.
fn list(
    matter: &Matter<'_>,
    before: &Examined,
    (sender, found): (&Sender<Work>, &Mutex<Found>),
    cancel: &Cancel,
) {
    let mut listed_before: HashSet<Arc<str>> = HashSet::new();
    let all = matter.sources.iter().map(|source| (source, false));
    let beside = matter.metadata.iter().map(|source| (source, true));
    for (source, only_metadata) in all.chain(beside) {
        source.list(cancel, &mut |listed| {
            let item = match listed {
                Listed::Item(item) => item,
                Listed::Left { path, reason, .. } => {
                    lock(found).unread.push((path, reason));
                    return ControlFlow::Continue(());
                }
            };
            let is_sidecar = verify::metadata::is_sidecar(&item.key);
            let wanted = match former_of(&**source, &item) {
                Some(path) => is_log(path),
                None => concerns(&item.path) || (matter.may_hold)(&item.path),
            };
            if only_metadata && !is_sidecar || !wanted {
                return ControlFlow::Continue(());
            }
            let path = Arc::clone(&item.path);
            if !listed_before.insert(Arc::clone(&path)) {
                return ControlFlow::Continue(());
            }
            if let Some(whole) = before.still(&item) {
                let said = metadata(&**source, &item);
                let mut found = lock(found);
                found.take_over(before, whole, key_at(&item));
                found.objects.extend(said);
                return ControlFlow::Continue(());
            }
            if let Some(far) = source.elsewhere() {
                far.ahead(&item, cancel);
            }
            match sender.send(Work { source: Arc::clone(source), item, path }) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            }
        });
    }
}

/// The path of what this is a former version of.
fn former_of<'a>(source: &dyn Source, item: &'a Item) -> Option<&'a str> {
    source.elsewhere().and_then(|far| far.former(item))
}

/// Where the name of an object below its source's root begins in its path.
fn key_at(item: &Item) -> u32 {
    item.path.strip_suffix(&*item.key).map_or(0, str::len) as u32
}

fn is_log(path: &str) -> bool {
    matches!(address::read(path), Some(Address { named: Named::Log(_), .. }))
}

fn lock(found: &Mutex<Found>) -> std::sync::MutexGuard<'_, Found> {
    found.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An outermost object that has to be read.
struct Work {
    source: Arc<dyn Source>,
    item: Item,
    /// Its path, to be shared.
    path: Arc<str>,
}

/// What was found in one outermost object.
#[derive(Default)]
struct Of {
    objects: Vec<Object>,
    /// What could not be read of it.
    unread: Vec<(String, Reason)>,
    /// Of all its bytes, if they had to be read.
    sha256: Option<[u8; 32]>,
}

/// The same of an object that is a former version of another: it is that by its own path.
fn former(Of { objects, unread, sha256 }: Of, work: &Work) -> Of {
    let outer_end = work.path.len() as u32;
    let objects = objects.into_iter().filter_map(|object| {
        let Seen::Log { content, .. } = object.seen else { return None };
        let seen = Seen::Former { content, of_end: object.path.len() as u32 };
        Some(Object { path: Arc::clone(&work.path), outer_end, seen, ..object })
    });
    let told = unread.into_iter().map(|(_, reason)| (work.path.to_string(), reason));
    Of { objects: objects.collect(), unread: told.collect(), sha256 }
}

struct Worker<'a> {
    counted: &'a Counted,
    cancel: &'a Cancel,
    limits: Limits,
}

impl Worker<'_> {
    fn run(&self, work: &Receiver<Work>, found: &Mutex<Found>) {
        let mut examiner = Examiner::default();
        for work in work {
            if self.cancel.is_cancelled() {
                continue;
            }
            let at = Timestamp::now();
            let of = match former_of(&*work.source, &work.item) {
                Some(path) => former(self.read(&work, &path.into(), &mut examiner), &work),
                None => self.read(&work, &work.path, &mut examiner),
            };
            let Of { objects, unread, sha256 } = of;
            self.counted.objects.fetch_add(objects.len() as u64, Ordering::Relaxed);
            self.counted.bytes.fetch_add(work.item.bytes.unwrap_or(0), Ordering::Relaxed);
            let mut found = lock(found);
            // What could not be read is tried again the next time, and told again.
            let stamp = work.item.locator.stamp().filter(|_| unread.is_empty());
            let path = work.path;
            found.wholes.extend(stamp.map(|&stamp| Whole { path, stamp, sha256, at }));
            found.unread.extend(unread);
            found.objects.extend(objects);
        }
    }

    /// Reads one outermost object as what lies at this path.
    fn read(&self, work: &Work, path: &Arc<str>, examiner: &mut Examiner) -> Of {
        let Work { source, item, .. } = work;
        let mut pass = Pass {
            outer: path,
            key_at: key_at(item),
            examiner,
            current: Arc::clone(path),
            objects: Vec::new(),
            unread: Vec::new(),
        };
        if matches!(item.locator, Locator::Pipe(_) | Locator::Stdin) {
            let once = "can be read only once, and is not verified; name a file or a folder";
            pass.lost(Reason::new(ReasonKind::Unsupported, once));
            return pass.over(None);
        }
        let input = match source.open(item, self.cancel) {
            Ok(input) => input,
            Err(reason) => {
                pass.lost(reason);
                return pass.over(None);
            }
        };
        let unpacked = source::members(input, &self.limits, self.cancel, &mut pass);
        let is_told = pass.unread.last().is_some_and(|(told, _)| **told == *item.path);
        if let Some((_, reason)) = unpacked.outcome.filter(|_| !is_told) {
            pass.unread.push((item.path.to_string(), reason));
        }
        let mut of = pass.over(unpacked.sha256);
        for object in &mut of.objects {
            object.sha256 = unpacked.sha256;
        }
        of.objects.extend(metadata(&**source, item));
        second::look(&**source, item, (&self.limits, self.cancel), &mut of.objects);
        of
    }
}

/// What a service says of a digest, as if it lay beside it.
fn metadata(source: &dyn Source, item: &Item) -> Option<Object> {
    let Named::Digest(_) = address::read(&item.path)?.named else { return None };
    let bytes = source.elsewhere()?.metadata(item)?;
    let path = format!("{}{SIDECAR}", item.path);
    let mut examiner = Examiner::default();
    if !examiner.begin(&path) {
        return None;
    }
    examiner.feed(&bytes);
    let seen = examiner.finish(&path)?;
    let (key_at, outer_end) = (key_at(item), path.len() as u32);
    Some(Object { path: path.into(), key_at, outer_end, sha256: None, seen })
}

/// Hands what is in one outermost object to the examiner.
struct Pass<'a> {
    outer: &'a Arc<str>,
    key_at: u32,
    examiner: &'a mut Examiner,
    /// Path of the leaf that is being read.
    current: Arc<str>,
    objects: Vec<Object>,
    unread: Vec<(String, Reason)>,
}

impl Pass<'_> {
    fn path(&self, member: Option<&str>) -> Arc<str> {
        match member {
            Some(member) => format!("{}!{member}", self.outer).into(),
            None => Arc::clone(self.outer),
        }
    }

    fn add(&mut self, path: Arc<str>, seen: Option<Seen>) {
        self.objects.extend(seen.map(|seen| Object {
            path,
            key_at: self.key_at,
            outer_end: self.outer.len() as u32,
            sha256: None,
            seen,
        }));
    }

    fn over(self, sha256: Option<[u8; 32]>) -> Of {
        Of { objects: self.objects, unread: self.unread, sha256 }
    }

    fn lost(&mut self, reason: Reason) {
        if self.examiner.begin(self.outer) {
            let seen = self.examiner.unread();
            self.add(Arc::clone(self.outer), seen);
        }
        self.unread.push((self.outer.to_string(), reason));
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
        let path = Arc::clone(&self.current);
        let seen = match outcome {
            None => self.examiner.finish(&path),
            Some((_, reason)) => {
                self.unread.push((path.to_string(), reason));
                self.examiner.unread()
            }
        };
        self.add(path, seen);
    }

    fn left(&mut self, member: &str, _: crate::event::State, reason: Reason) {
        let path = self.path(Some(member));
        if self.examiner.begin(&path) {
            let seen = self.examiner.unread();
            self.unread.push((path.to_string(), reason));
            self.add(path, seen);
        }
    }
}

#[cfg(test)]
mod tests;
