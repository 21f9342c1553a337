//! Values of a column as they stand in a row: their text with all that belongs to it, such as
//! `"bytes":840,`.

use super::schema::Leaf;
use super::shape::Shape;
use crate::event::{Cells, Reason, ReasonKind};
use std::sync::Arc;

/// Bytes of the values of one column that are held at a time.
const MOST: usize = 128 << 20;

#[derive(Debug)]
pub(super) struct Fragments {
    pub(super) leaf: Arc<Leaf>,
    text: String,
    /// Those that were added since the last time they were [settled](Self::settle).
    fresh: Vec<u8>,
    /// Where each begins and the one before it ends.
    bounds: Vec<u32>,
}

impl Fragments {
    pub(super) fn new(leaf: Arc<Leaf>) -> Self {
        Self { leaf, text: String::new(), fresh: Vec::new(), bounds: vec![0] }
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
        self.text.capacity() + self.fresh.capacity() + self.bounds.capacity() * 4
    }

    pub(super) fn get(&self, place: u32) -> &str {
        let place = place as usize;
        match self.bounds.get(place..place + 2) {
            Some(&[from, to]) => self.text.get(from as usize..to as usize).unwrap_or_default(),
            _ => "",
        }
    }

    /// All of them, for rows of which each has the one at its place.
    pub(super) fn cells<'a>(&'a self, places: &'a [u32]) -> Cells<'a> {
        Cells { key: &self.leaf.key, text: &self.text, bounds: &self.bounds, places }
    }

    /// Values that were added can be had from now on. That they are text is found out for many at
    /// once.
    pub(super) fn settle(&mut self) {
        match std::str::from_utf8(&self.fresh) {
            Ok(text) => self.text.push_str(text),
            // Nothing else is ever written; the bounds stay right in any case.
            Err(_) => self.text.extend(std::iter::repeat_n(' ', self.fresh.len())),
        }
        self.fresh.clear();
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
        let fresh = &mut self.fresh;
        let start = fresh.len();
        fresh.extend_from_slice(self.leaf.key.as_bytes());
        let is_told = write(self.leaf.shape, fresh);
        if !is_told {
            fresh.truncate(start);
            fresh.extend_from_slice(self.leaf.absent.as_bytes());
        } else if self.leaf.is_name {
            if fresh.get(start) != Some(&b'"') {
                fresh.insert(start, b'"');
                fresh.push(b'"');
            }
            fresh.push(b':');
        } else {
            fresh.push(b',');
        }
        let length = self.text.len() + fresh.len();
        if length > MOST {
            let detail = format!("its values take more than {MOST} bytes at a time");
            return Err(Reason::new(ReasonKind::Size, detail));
        }
        self.bounds.push(length as u32);
        Ok(())
    }

    /// Forgets these many values from this one on.
    pub(super) fn forget(&mut self, from: u32, count: u32) {
        if count == 0 {
            return;
        }
        let (from, to) = (from as usize, (from + count) as usize);
        let (start, end) = (self.bounds[from], self.bounds[to]);
        self.text.replace_range(start as usize..end as usize, "");
        self.bounds.drain(from + 1..=to);
        for bound in &mut self.bounds[from + 1..] {
            *bound -= end - start;
        }
    }
}
