//! What is copied while it is loaded: streams, which can be read only once, and what lies so deep
//! in an object that getting there again takes long.

use super::{Reader, Work};
use crate::event::{Reason, ReasonKind};
use crate::job::direct::Direct;
use crate::job::evidence::Again;
use crate::job::spool::{self, Of, Run, Spool};
use crate::source::{Input, Locator};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// Inflated bytes that are passed again to get at a record, at most: for a leaf that is alone in
/// its object or can be sought, and for members of an archive that can be read only from its
/// front.
const DEEP_ALONE: u64 = 16 << 20;
const DEEP_BEHIND: u64 = 8 << 20;

/// The same where inflating is slow.
const DEEP_SLOW: u64 = 512 << 10;

impl Reader<'_> {
    /// Opens an object; how it is opened again, and how its bytes are come by if it turns out to
    /// be no container. A stream of unknown size can be read only once.
    pub(super) fn open(&self, work: &Work) -> Result<(Input, Again, Option<Direct>), Reason> {
        let item = &work.item;
        let again = Again::Item { source: Arc::clone(&work.source), item: Arc::clone(item) };
        if let (Locator::Pipe(path), Some(_)) = (&item.locator, item.bytes)
            && let Ok(spool) = Spool::open(path.clone(), Of::Pipe)
        {
            // The copy that an earlier session made.
            if let Some(remark) = spool::remark(path) {
                self.tell(work, remark);
            }
            return Ok(copied(Input::Stream(spool.reader()), spool));
        }
        match work.source.open(item, &self.cancel)? {
            Input::File(file) => {
                let fetched = item.locator.is_elsewhere();
                let now = fetched.then(|| work.source.refresh(item)).flatten();
                let again = match now {
                    // What was fetched is a file from now on.
                    Some(item) => {
                        Again::Item { source: Arc::clone(&work.source), item: Arc::new(item) }
                    }
                    None => again,
                };
                Ok((Input::File(file), again, Some(Direct::File)))
            }
            Input::Stream(stream) if item.bytes.is_some() => {
                Ok((Input::Stream(stream), again, None))
            }
            Input::Stream(stream) => {
                let folder = self.shared.options.spool.as_deref();
                let of = if item.locator == Locator::Stdin { Of::Stdin } else { Of::Pipe };
                match Spool::create(folder, of, self.shared.progress.copied()) {
                    Ok(spool) => Ok(copied(Input::Stream(spool.tee(stream)), spool)),
                    Err(error) => {
                        self.tell(work, no_copy(&error.to_string()));
                        Ok((Input::Stream(stream), again, None))
                    }
                }
            }
        }
    }
}

fn copied(input: Input, spool: Spool) -> (Input, Again, Option<Direct>) {
    let run = Run { spool: spool.clone(), at: 0, from: 0 };
    (input, Again::Spool(spool), Some(Direct::Run(run)))
}

fn no_copy(why: &str) -> Reason {
    let detail = format!(
        "it can be read only once, and could not be copied to its end: {why}; records beyond the \
         copy cannot be shown or searched"
    );
    Reason::new(ReasonKind::Io, detail)
}

/// Ends the copy of a stream; the reason why it is not whole, if it is not.
pub(super) fn finish(again: &Again, sha256: Option<[u8; 32]>) -> Option<Reason> {
    let Again::Spool(spool) = again else { return None };
    spool.finish(sha256);
    spool.fault().map(|fault| no_copy(&fault))
}

/// Copies what lies deep in one outermost object.
#[derive(Debug)]
pub(super) struct Deep {
    /// Somebody will want to look at records again.
    wanted: bool,
    /// There was a layer of compression that takes long to inflate.
    is_slow: bool,
    folder: Option<PathBuf>,
    stored: Arc<AtomicU64>,
    spool: Option<Spool>,
    fault: Option<String>,
}

impl Deep {
    pub(super) fn new(wanted: bool, folder: Option<PathBuf>, stored: &Arc<AtomicU64>) -> Self {
        let stored = Arc::clone(stored);
        Self { wanted, is_slow: false, folder, stored, spool: None, fault: None }
    }

    /// Whether anything is copied.
    pub(super) fn is_wanted(&self) -> bool {
        self.wanted && self.fault.is_none()
    }

    pub(super) fn inflating(&mut self, is_slow: bool) {
        self.is_slow |= is_slow;
    }

    /// The next bytes of a leaf: from its byte `offset` on, with `behind` inflated bytes before
    /// the leaf that have to be passed to get there. `is_kept` tells whether this leaf is being
    /// copied already; a run is given where that begins.
    pub(super) fn take(
        &mut self,
        label: &str,
        (behind, offset): (Option<u64>, u64),
        bytes: &[u8],
        is_kept: bool,
    ) -> Option<Run> {
        let limit = match behind {
            _ if self.is_slow => DEEP_SLOW,
            Some(_) => DEEP_BEHIND,
            None => DEEP_ALONE,
        };
        let begins = limit.saturating_sub(behind.unwrap_or(0));
        let skip = begins.saturating_sub(offset);
        if !self.wanted || self.fault.is_some() || skip >= bytes.len() as u64 {
            return None;
        }
        let kept = &bytes[skip as usize..];
        if self.spool.is_none() {
            self.begin();
        }
        let spool = self.spool.as_ref()?;
        if is_kept {
            spool.add(kept);
            return None;
        }
        let run = spool.leaf(label, offset + skip)?;
        spool.add(kept);
        Some(run)
    }

    fn begin(&mut self) {
        match Spool::create(self.folder.as_deref(), Of::Deep, &self.stored) {
            Ok(spool) => self.spool = Some(spool),
            Err(error) => self.fault = Some(error.to_string()),
        }
    }

    /// Ends the copy; the reason why it is not whole, if it is not.
    pub(super) fn finish(&mut self, sha256: Option<[u8; 32]>) -> Option<Reason> {
        if let Some(spool) = self.spool.take() {
            spool.finish(sha256);
            self.fault = spool.fault().map(|fault| fault.to_string());
        }
        let fault = self.fault.take()?;
        let detail = format!(
            "what lies deep in it could not be copied: {fault}; its records are read through \
             all that lies before them, which takes longer"
        );
        Some(Reason::new(ReasonKind::Io, detail))
    }
}

impl Drop for Deep {
    fn drop(&mut self) {
        self.finish(None);
    }
}
