//! What evidence was when it was read goes into the workspace: whatever is in none of its lists yet,
//! when a load comes to rest and when the session ends.
//!
//! A session that was killed left what it read on the shelf alone, and so did earlier builds: that
//! is written down first, before a load that finds nothing of use on the shelf drops it.

use super::super::shelf::Memory;
use super::writer::Writer;
use crate::case::{Opened, Receipt, segments_of};
use std::collections::HashSet;

/// What is known already.
#[derive(Debug, Default)]
pub(super) struct Acquiring {
    /// Paths and hashes in the lists; none before they were read.
    known: Option<HashSet<(String, [u8; 32])>>,
    /// What earlier sessions left, until it is in the lists.
    left: Vec<Receipt>,
    memory: Memory,
}

impl Acquiring {
    /// Of a workspace that is about to be used. What is on its shelf is opened, and read later.
    pub(super) fn new(opened: &Opened) -> Self {
        if opened.journal.is_none() {
            return Self::default();
        }
        let memory = Memory::open(&segments_of(opened.workspace.path()));
        Self { memory, ..Self::default() }
    }
}

impl Writer {
    /// Writes down what is not known yet. What cannot be written is tried the next time.
    pub(super) fn acquire(&mut self) {
        if self.journal.is_none() {
            return;
        }
        let mut known = self.acquiring.known.take().unwrap_or_else(|| {
            let state = &self.desk.load().state;
            state.custody().known(self.workspace.path())
        });
        let now = self.pinner.acquisitions().into_iter();
        let now =
            now.map(|(path, sha256, bytes)| Receipt { path: path.to_string(), sha256, bytes });
        let mut new = std::mem::take(&mut self.acquiring.left);
        new.extend(std::mem::take(&mut self.acquiring.memory).receipts());
        new.extend(now);
        new.retain(|it| known.insert(it.key()));
        match self.workspace.keep_receipts(&new) {
            Ok(facts) => {
                for what in facts {
                    self.write(what, None);
                }
            }
            Err(error) => {
                for it in &new {
                    known.remove(&it.key());
                }
                self.acquiring.left = new;
                self.say(format!("what the evidence was is not written down yet: {error}"));
            }
        }
        self.acquiring.known = Some(known);
    }
}
