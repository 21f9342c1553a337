//! Where each object of the ledger is, and reading its records again.

use super::direct::{Direct, DirectReader};
use super::spool::Spool;
use super::walking::Walk;
use crate::event::{Cancel, ObjectId, Origin, Reason, ReasonKind, Records, RecordsError};
use crate::source::{Input, Item, Limits, Source};
use crate::store::{Chunks, Store};
use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// Leaves up to this many inflated bytes are kept for a while after a record was read from them.
const KEEP_LEAF: u64 = 16 << 20;

/// Inflated bytes kept in all.
const KEEP_ALL: usize = 64 << 20;

/// How an outermost object is read again.
#[derive(Clone)]
pub(super) enum Again {
    Item { source: Arc<dyn Source>, item: Arc<Item> },
    Spool(Spool),
}

#[derive(Clone)]
pub(super) struct Located {
    pub(super) again: Again,
    pub(super) outermost: ObjectId,
    /// Label of the archive member, if it is one.
    pub(super) member: Option<Arc<str>>,
    /// Inflated bytes that lie before it and have to be passed to get there; `None` if it can be
    /// come by without.
    pub(super) behind: Option<u64>,
    /// How to get at its bytes without passing others, as far as that is known.
    pub(super) direct: Option<Direct>,
}

/// Finds the bytes of every object of the ledger.
pub struct Evidence {
    limits: Limits,
    located: RwLock<Chunks<Option<Located>>>,
    kept: Mutex<Kept>,
    store: Arc<Store>,
}

impl std::fmt::Debug for Evidence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Evidence")
    }
}

/// Walks to a single object.
struct One<'a> {
    data: &'a mut dyn FnMut(&[u8]) -> ControlFlow<()>,
    read: Option<Result<(), RecordsError>>,
}

impl Walk for One<'_> {
    fn begin(&mut self, _: usize) {}

    fn data(&mut self, bytes: &[u8]) -> ControlFlow<()> {
        (self.data)(bytes)
    }

    fn end(&mut self, _: usize, read: Result<(), RecordsError>) {
        self.read = Some(read);
    }
}

/// Leaves read lately, the newest last.
#[derive(Default)]
struct Kept {
    leaves: VecDeque<(ObjectId, Arc<Vec<u8>>)>,
    bytes: usize,
}

impl Evidence {
    /// `store` gives objects their names and sizes.
    pub fn new(store: Arc<Store>, limits: Limits) -> Self {
        Self { limits, located: RwLock::default(), kept: Mutex::default(), store }
    }

    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(super) fn locate(&self, id: ObjectId, located: Located) {
        let mut list = self.located.write().unwrap_or_else(PoisonError::into_inner);
        let index = id.0 as usize;
        while list.len() <= index {
            list.push(None);
        }
        list[index] = Some(located);
    }

    /// Numbers of objects are less than this.
    pub(super) fn len(&self) -> usize {
        self.located.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Its bytes, or some of them, can be come by directly.
    pub(super) fn reach(&self, id: ObjectId, direct: Direct) {
        let mut list = self.located.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(Some(located)) = list.get_mut(id.0 as usize) {
            located.direct = Some(direct);
        }
    }

    pub(super) fn find(&self, id: ObjectId) -> Option<Located> {
        let list = self.located.read().unwrap_or_else(PoisonError::into_inner);
        list.get(id.0 as usize)?.clone()
    }

    pub(super) fn name(&self, id: ObjectId) -> String {
        self.store.ledger().path(id).map_or_else(String::new, |path| path.to_string())
    }

    /// Why it was not read whole when it was loaded.
    pub(super) fn fault(&self, id: ObjectId) -> Option<ReasonKind> {
        Some(self.store.ledger().get(id)?.reason.as_ref()?.kind)
    }

    pub(super) fn error(&self, id: ObjectId, reason: &Reason) -> RecordsError {
        let object = self.name(id);
        if reason.kind == ReasonKind::Changed {
            RecordsError::Changed { object }
        } else {
            RecordsError::Unreadable { object, message: reason.to_string() }
        }
    }

    /// Reads an object from its first inflated byte, for as long as `data` wants. Fails if the
    /// object is no longer the one that was loaded.
    pub fn stream(
        &self,
        id: ObjectId,
        cancel: &Cancel,
        data: &mut dyn FnMut(&[u8]) -> ControlFlow<()>,
    ) -> Result<(), RecordsError> {
        let mut one = One { data, read: None };
        let unmet = self.walk(&[id], cancel, &mut one);
        one.read.unwrap_or_else(|| Err(self.error(id, &unmet)))
    }

    fn kept(&self, id: ObjectId) -> Option<Arc<Vec<u8>>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.leaves.iter().find(|(other, _)| *other == id).map(|(_, leaf)| Arc::clone(leaf))
    }

    fn keep(&self, id: ObjectId, leaf: &Arc<Vec<u8>>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.bytes += leaf.len();
        kept.leaves.push_back((id, Arc::clone(leaf)));
        while kept.bytes > KEEP_ALL {
            let Some((_, old)) = kept.leaves.pop_front() else { break };
            kept.bytes -= old.len();
        }
    }

    /// A record that can be come by directly; `None` if it cannot.
    fn read_direct(&self, origin: &Origin) -> Option<Result<Vec<u8>, RecordsError>> {
        let located = self.find(origin.object)?;
        located.direct.as_ref().filter(|direct| direct.reach().contains(&origin.offset))?;
        let mut reader = DirectReader::new(self);
        let mut raw = Vec::new();
        while raw.len() < origin.length as usize {
            let left = origin.length as usize - raw.len();
            match reader.at(origin.object, origin.offset + raw.len() as u64, left) {
                Ok([]) => return Some(Err(self.short(origin.object))),
                Ok(bytes) => raw.extend_from_slice(&bytes[..bytes.len().min(left)]),
                // A copy that is damaged is as good as none, unless it is all there is.
                Err(_) if located.can_do_without() => return None,
                Err(error) => return Some(Err(error)),
            }
        }
        Some(Ok(raw))
    }

    fn short(&self, id: ObjectId) -> RecordsError {
        let fault = self.find(id).and_then(|located| match located.again {
            Again::Spool(spool) => spool.fault(),
            Again::Item { .. } => None,
        });
        let message = fault.map_or_else(
            || "ends before this record".to_owned(),
            |fault| format!("can be read only once, and its copy ends before this record: {fault}"),
        );
        RecordsError::Unreadable { object: self.name(id), message }
    }

    fn read_leaf(&self, id: ObjectId) -> Result<Arc<Vec<u8>>, RecordsError> {
        let mut leaf = Vec::new();
        self.stream(id, &Cancel::new(), &mut |bytes| {
            leaf.extend_from_slice(bytes);
            ControlFlow::Continue(())
        })?;
        let leaf = Arc::new(leaf);
        self.keep(id, &leaf);
        Ok(leaf)
    }

    fn read_through(&self, origin: &Origin) -> Result<Vec<u8>, RecordsError> {
        let (start, end) = (origin.offset, origin.offset + u64::from(origin.length));
        let mut at = 0u64;
        let mut raw = Vec::new();
        self.stream(origin.object, &Cancel::new(), &mut |bytes| {
            let next = at + bytes.len() as u64;
            if next > start {
                let from = start.saturating_sub(at) as usize;
                let to = (end.min(next) - at) as usize;
                raw.extend_from_slice(&bytes[from..to]);
            }
            at = next;
            if at >= end { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        Ok(raw)
    }
}

impl Records for Evidence {
    fn read(&self, origin: &Origin) -> Result<Vec<u8>, RecordsError> {
        let short = || self.short(origin.object);
        let slice = |leaf: &[u8]| {
            let from = usize::try_from(origin.offset).ok()?;
            leaf.get(from..from.checked_add(origin.length as usize)?).map(<[u8]>::to_vec)
        };
        if let Some(leaf) = self.kept(origin.object) {
            return slice(&leaf).ok_or_else(short);
        }
        if let Some(read) = self.read_direct(origin) {
            return read;
        }
        let object = self.store.ledger().get(origin.object);
        let inflated = object.map_or(0, |object| object.inflated);
        // What is copied from some byte on lies where passing more than need be takes long.
        let is_copied = self.find(origin.object).is_some_and(|located| located.direct.is_some());
        if inflated <= KEEP_LEAF && !is_copied {
            return slice(&self.read_leaf(origin.object)?).ok_or_else(short);
        }
        let raw = self.read_through(origin)?;
        if raw.len() == origin.length as usize { Ok(raw) } else { Err(short()) }
    }
}

impl Located {
    /// Whether a spool holds nothing that could not be had without it.
    fn can_do_without(&self) -> bool {
        matches!((&self.again, &self.direct), (Again::Item { .. }, Some(Direct::Run(_))))
    }
}

impl Again {
    /// Opens the object, if it is still the one that was listed.
    pub(super) fn open(&self) -> Result<Input, Reason> {
        match self {
            Self::Spool(spool) => Ok(Input::Stream(spool.reader())),
            Self::Item { source, item } => source.reopen(item),
        }
    }
}
