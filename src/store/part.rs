//! A part of a segment that may be in memory, in a pack, or both.

use super::bytes::{Blank, Input, Stored};
use super::pack::{Block, Pack};
use std::sync::OnceLock;

/// A value that is read from its block when it is asked for, and then stays.
#[derive(Debug)]
pub(super) struct Part<T> {
    value: OnceLock<T>,
    block: Option<Block>,
}

impl<T: Blank> Part<T> {
    pub(super) fn here(value: T) -> Self {
        Self { value: OnceLock::from(value), block: None }
    }

    pub(super) fn there(block: Block) -> Self {
        Self { value: OnceLock::new(), block: Some(block) }
    }

    pub(super) fn block(&self) -> Option<Block> {
        self.block
    }

    /// The value, if it is in memory.
    pub(super) fn loaded(&self) -> Option<&T> {
        self.value.get()
    }

    /// The value with one entry for each of `len` rows. If its bytes are lost, `fault` is called
    /// and what stands here is blank until somebody mends it.
    pub(super) fn get(&self, pack: Option<&Pack>, len: usize, fault: impl FnOnce()) -> &T {
        self.value.get_or_init(|| {
            let value = pack.zip(self.block).and_then(|(pack, block)| {
                let value: T = read(pack, block, len)?;
                pack.room().take(value.heap());
                Some(value)
            });
            value.unwrap_or_else(|| {
                fault();
                T::blank(len)
            })
        })
    }

    /// From now on the block holds the value too; it stays in memory if `stays`.
    pub(super) fn put_down(&mut self, block: Block, pack: &Pack, stays: bool) {
        match self.value.take() {
            Some(value) if stays => {
                pack.room().take(value.heap());
                self.value = OnceLock::from(value);
            }
            _ => {}
        }
        self.block = Some(block);
    }

    /// The same part, not in memory if it can be read again.
    pub(super) fn cold(&self) -> Option<Self> {
        Some(Self::there(self.block?))
    }

    /// Bytes in memory that could be read again.
    pub(super) fn spare(&self) -> usize {
        if self.block.is_none() { 0 } else { self.value.get().map_or(0, Stored::heap) }
    }

    /// Bytes in memory.
    pub(super) fn heap(&self) -> usize {
        self.value.get().map_or(0, Stored::heap)
    }
}

/// Reads a value from its block.
pub(super) fn read<T: Stored>(pack: &Pack, block: Block, len: usize) -> Option<T> {
    let bytes = pack.read(block).ok()?;
    let mut input = Input(&bytes);
    let value = T::read(&mut input, len)?;
    input.end(value)
}
