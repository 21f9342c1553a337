//! Values of a column as rows have them: whole numbers as such, all else as the text that stands in
//! the line with all that belongs to it, such as `"action":"ACCEPT",`.

use super::damaged;
use super::schema::Leaf;
use super::shape::Shape;
use crate::event::{Entries, Reason, ReasonKind};
use memchr::memchr;
use std::ops::Range;
use std::sync::Arc;

/// Bytes of the values of one column that are held at a time.
const MOST: usize = 128 << 20;

#[derive(Debug)]
pub(super) struct Fragments {
    pub(super) leaf: Arc<Leaf>,
    kept: Kept,
}

#[derive(Debug)]
enum Kept {
    Numbers(Vec<i64>),
    Members(Members),
}

#[derive(Debug, Default)]
struct Members {
    text: String,
    /// Those that were added since the last time they were [settled](Self::settle).
    fresh: Vec<u8>,
    /// Where each begins and the one before it ends.
    bounds: Vec<u32>,
    /// Whether there ever was an escape in one.
    has_escapes: bool,
}

impl Fragments {
    pub(super) fn new(leaf: Arc<Leaf>) -> Self {
        let kept = if leaf.is_number {
            Kept::Numbers(Vec::new())
        } else {
            Kept::Members(Members { bounds: vec![0], ..Members::default() })
        };
        Self { leaf, kept }
    }

    pub(super) fn count(&self) -> u32 {
        match &self.kept {
            Kept::Numbers(numbers) => numbers.len() as u32,
            Kept::Members(members) => members.bounds.len() as u32 - 1,
        }
    }

    /// Bytes that are held.
    pub(super) fn bytes(&self) -> usize {
        self.bytes_before(self.count())
    }

    /// Bytes of those before this one.
    pub(super) fn bytes_before(&self, place: u32) -> usize {
        match &self.kept {
            Kept::Numbers(_) => place as usize * size_of::<i64>(),
            Kept::Members(Members { bounds, .. }) => {
                bounds.get(place as usize).map_or(0, |bound| *bound as usize)
            }
        }
    }

    pub(super) fn capacity(&self) -> usize {
        match &self.kept {
            Kept::Numbers(numbers) => numbers.capacity() * size_of::<i64>(),
            Kept::Members(Members { text, fresh, bounds, .. }) => {
                text.capacity() + fresh.capacity() + bounds.capacity() * size_of::<u32>()
            }
        }
    }

    /// Where a value within another stands, none of which is kept as a number.
    #[inline]
    pub(super) fn span(&self, place: u32) -> Range<u32> {
        let Kept::Members(Members { bounds, .. }) = &self.kept else { return 0..0 };
        let place = place as usize;
        match bounds.get(place..place + 2) {
            Some(&[from, to]) => from..to,
            _ => 0..0,
        }
    }

    /// What stands there.
    #[inline]
    pub(super) fn text(&self, span: &Range<u32>) -> &str {
        let Kept::Members(Members { text, .. }) = &self.kept else { return "" };
        text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// All of them.
    pub(super) fn entries(&self) -> Entries<'_> {
        match &self.kept {
            Kept::Numbers(numbers) => Entries::Numbers(numbers),
            Kept::Members(Members { text, bounds, .. }) => Entries::Members { text, bounds },
        }
    }

    /// Whether the text of a value may have an escape in it.
    pub(super) fn has_escapes(&self) -> bool {
        matches!(&self.kept, Kept::Members(Members { has_escapes: true, .. }))
    }

    /// Values that were added can be had from now on.
    pub(super) fn settle(&mut self) {
        if let Kept::Members(members) = &mut self.kept {
            members.settle();
        }
    }

    /// Adds so many integers.
    pub(super) fn ints(
        &mut self,
        count: usize,
        values: impl Iterator<Item = i64>,
    ) -> Result<(), Reason> {
        let Kept::Numbers(numbers) = &mut self.kept else {
            for value in values {
                self.put(|shape, out| shape.int(value, out))?;
            }
            return Ok(());
        };
        if numbers.len().saturating_add(count) > MOST / size_of::<i64>() {
            return Err(too_large());
        }
        let shape = self.leaf.shape;
        numbers.extend(values.take(count).map(|value| shape.whole(value)));
        Ok(())
    }

    /// Adds a value that can be told.
    pub(super) fn put(&mut self, write: impl FnOnce(Shape, &mut Vec<u8>)) -> Result<(), Reason> {
        self.add(|shape, out| {
            write(shape, out);
            true
        })
    }

    /// Adds a value that is no whole number; `write` says whether it can be told.
    pub(super) fn add(
        &mut self,
        write: impl FnOnce(Shape, &mut Vec<u8>) -> bool,
    ) -> Result<(), Reason> {
        match &mut self.kept {
            Kept::Members(members) => members.add(&self.leaf, write),
            Kept::Numbers(_) => Err(damaged("it has values that are no numbers")),
        }
    }

    /// Forgets these many values from this one on.
    pub(super) fn forget(&mut self, from: u32, count: u32) {
        if count == 0 {
            return;
        }
        let (from, to) = (from as usize, (from + count) as usize);
        match &mut self.kept {
            Kept::Numbers(numbers) => {
                numbers.drain(from..to);
            }
            Kept::Members(members) => members.forget(from, to),
        }
    }
}

impl Members {
    /// That what was added is text, and whether escapes are in it, is found out for many at once.
    fn settle(&mut self) {
        self.has_escapes = self.has_escapes || memchr(b'\\', &self.fresh).is_some();
        match std::str::from_utf8(&self.fresh) {
            Ok(text) => self.text.push_str(text),
            // Nothing else is ever written; the bounds stay right in any case.
            Err(_) => self.text.extend(std::iter::repeat_n(' ', self.fresh.len())),
        }
        self.fresh.clear();
    }

    fn add(
        &mut self,
        leaf: &Leaf,
        write: impl FnOnce(Shape, &mut Vec<u8>) -> bool,
    ) -> Result<(), Reason> {
        let fresh = &mut self.fresh;
        let start = fresh.len();
        fresh.extend_from_slice(leaf.key.as_bytes());
        let is_told = write(leaf.shape, fresh);
        if !is_told {
            fresh.truncate(start);
            fresh.extend_from_slice(leaf.absent.as_bytes());
        } else if leaf.is_name {
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
            return Err(too_large());
        }
        self.bounds.push(length as u32);
        Ok(())
    }

    fn forget(&mut self, from: usize, to: usize) {
        let (start, end) = (self.bounds[from], self.bounds[to]);
        self.text.replace_range(start as usize..end as usize, "");
        self.bounds.drain(from + 1..=to);
        for bound in &mut self.bounds[from + 1..] {
            *bound -= end - start;
        }
    }
}

fn too_large() -> Reason {
    let detail = format!("its values take more than {MOST} bytes at a time");
    Reason::new(ReasonKind::Size, detail)
}
