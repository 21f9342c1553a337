//! Values of a column as they stand in a row: their text with all that belongs to it, such as
//! `"bytes":840,`.

use super::schema::Leaf;
use super::shape::Shape;
use crate::event::{Reason, ReasonKind};
use std::sync::Arc;

/// Bytes of the values of one column that are held at a time.
const MOST: usize = 128 << 20;

#[derive(Debug)]
pub(super) struct Fragments {
    pub(super) leaf: Arc<Leaf>,
    text: Vec<u8>,
    /// Where each begins and the one before it ends.
    bounds: Vec<u32>,
}

impl Fragments {
    pub(super) fn new(leaf: Arc<Leaf>) -> Self {
        Self { leaf, text: Vec::new(), bounds: vec![0] }
    }

    pub(super) fn count(&self) -> u32 {
        self.bounds.len() as u32 - 1
    }

    /// Bytes that are held.
    pub(super) fn bytes(&self) -> usize {
        self.text.len()
    }

    /// Bytes of those before this one.
    pub(super) fn bytes_before(&self, place: u32) -> usize {
        self.bounds.get(place as usize).map_or(0, |bound| *bound as usize)
    }

    pub(super) fn capacity(&self) -> usize {
        self.text.capacity() + self.bounds.capacity() * 4
    }

    pub(super) fn get(&self, place: u32) -> &[u8] {
        let place = place as usize;
        match self.bounds.get(place..place + 2) {
            Some(&[from, to]) => &self.text[from as usize..to as usize],
            _ => b"",
        }
    }

    /// Adds a value that can be told.
    pub(super) fn put(&mut self, write: impl FnOnce(Shape, &mut Vec<u8>)) -> Result<(), Reason> {
        self.add(|shape, out| {
            write(shape, out);
            true
        })
    }

    /// Adds a value; `write` says whether it can be told.
    pub(super) fn add(
        &mut self,
        write: impl FnOnce(Shape, &mut Vec<u8>) -> bool,
    ) -> Result<(), Reason> {
        let start = self.text.len();
        self.text.extend_from_slice(&self.leaf.key);
        let is_told = write(self.leaf.shape, &mut self.text);
        if !is_told {
            self.text.truncate(start);
            self.text.extend_from_slice(self.leaf.absent);
        } else if self.leaf.is_name {
            if self.text.get(start) != Some(&b'"') {
                self.text.insert(start, b'"');
                self.text.push(b'"');
            }
            self.text.push(b':');
        } else {
            self.text.push(b',');
        }
        if self.text.len() > MOST {
            let detail = format!("its values take more than {MOST} bytes at a time");
            return Err(Reason::new(ReasonKind::Size, detail));
        }
        self.bounds.push(self.text.len() as u32);
        Ok(())
    }

    /// Forgets these many values from this one on.
    pub(super) fn forget(&mut self, from: u32, count: u32) {
        if count == 0 {
            return;
        }
        let (from, to) = (from as usize, (from + count) as usize);
        let (start, end) = (self.bounds[from], self.bounds[to]);
        self.text.drain(start as usize..end as usize);
        self.bounds.drain(from + 1..=to);
        for bound in &mut self.bounds[from + 1..] {
            *bound -= end - start;
        }
    }
}
