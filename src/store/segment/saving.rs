//! Segments in a pack: written once, opened again by the block of their directory.
//!
//! The directory holds what is always in memory, and the blocks of all other parts:
//! fingerprint of the schema, rows, times, digits, objects with their positions in the listing and
//! their rows, which of them each row comes from, offsets, which records within their bytes; then the blocks of lengths, places and
//! content hashes, and one for each column (of no length if no row has a value).

use super::super::bytes::{Input, Out, Stored};
use super::super::pack::{Block, Pack};
use super::super::part::{self, Part};
use super::super::{Column, Numbers};
use super::{Core, Known, MAX_ROWS, NO_TIME, Segment};
use crate::event::{ObjectId, Schema};
use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// A segment in a pack, before it is known which of its objects are still what they were.
pub struct Directory {
    rows: usize,
    schema: u64,
    times: Numbers,
    digits: Numbers,
    /// Each object by the number it had when the segment was written, and its rows.
    objects: Vec<(u32, u64)>,
    object: Numbers,
    offset: Numbers,
    inner: Numbers,
    blocks: Vec<Block>,
}

impl Segment {
    /// Writes the segment to the pack and keeps in memory what is asked for all the time. Returns
    /// the block by which [`Directory::read`] finds it again.
    ///
    /// # Errors
    /// The pack cannot be written to; nothing of the segment has been let go then.
    pub fn save(&mut self, pack: &Arc<Pack>) -> io::Result<Block> {
        let mut out = Out::default();
        let mut blocks = Vec::with_capacity(self.columns.len() + 3);
        let mut put = |out: &mut Out, write: &dyn Fn(&mut Out)| {
            let from = out.0.len();
            write(out);
            blocks.push(Block::of(&out.0[from..], from as u64));
        };
        put(&mut out, &|out| self.part(&self.length).write(out));
        put(&mut out, &|out| self.part(&self.place).write(out));
        put(&mut out, &|out| self.part(&self.content).write(out));
        for slot in 0..self.columns.len() {
            put(&mut out, &|out| match self.column(slot) {
                Column::Absent { .. } => {}
                column => column.write(out),
            });
        }
        let at = pack.append(&out.0)?;
        for block in &mut blocks {
            block.at += at;
        }
        let mut directory = Out::default();
        self.write_directory(&blocks, &mut directory);
        let own = Block::of(&directory.0, pack.append(&directory.0)?);
        self.put_down(&blocks, pack);
        Ok(own)
    }

    fn write_directory(&self, blocks: &[Block], out: &mut Out) {
        let Core { schema, times, digits, objects, object, offset, inner, .. } = &*self.core;
        out.number(self.len() as u64);
        out.number(fingerprint(schema));
        out.number(self.timed() as u64);
        times.write(out);
        digits.write(out);
        object.write(out);
        offset.write(out);
        inner.write(out);
        out.number(objects.len() as u64);
        let mut rows = vec![0u64; objects.len()];
        (0..self.len()).for_each(|row| rows[object.get(row) as usize] += 1);
        for (&(id, _), rows) in objects.iter().zip(rows) {
            out.number(u64::from(id.0));
            out.number(rows);
        }
        for block in blocks {
            out.number(block.at);
            out.number(u64::from(block.length) << 32 | u64::from(block.sum));
        }
    }

    fn put_down(&mut self, blocks: &[Block], pack: &Arc<Pack>) {
        let roomy = !pack.room().is_full();
        let [length, place, content, columns @ ..] = blocks else { return };
        self.length.put_down(*length, pack, roomy);
        self.place.put_down(*place, pack, roomy);
        self.content.put_down(*content, pack, false);
        for (part, block) in self.columns.iter_mut().zip(columns) {
            if block.length > 0 {
                let stays = roomy && part.loaded().is_some_and(|column| !column.is_bulky());
                part.put_down(*block, pack, stays);
            }
        }
        self.pack = Some(Arc::clone(pack));
    }

    /// Whether every part in the pack is what was written.
    pub fn is_intact(&self) -> bool {
        let Some(pack) = &self.pack else { return true };
        let parts = [self.length.block(), self.place.block(), self.content.block()];
        let columns = self.columns.iter().map(Part::block);
        parts.into_iter().chain(columns).flatten().all(|block| pack.read(block).is_ok())
    }
}

impl Directory {
    /// Reads the directory of a segment; `None` if these bytes are none.
    pub fn read(pack: &Pack, block: Block) -> Option<Self> {
        let bytes = pack.read(block).ok()?;
        let mut input = Input(&bytes);
        let rows = input.size().filter(|&rows| rows > 0 && rows <= MAX_ROWS)?;
        let schema = input.number()?;
        let dated = input.size().filter(|&dated| dated <= rows)?;
        let times = Numbers::read(&mut input, dated)?;
        let digits = Numbers::read(&mut input, rows)?;
        let object = Numbers::read(&mut input, rows)?;
        let offset = Numbers::read(&mut input, rows)?;
        let inner = Numbers::read(&mut input, rows)?;
        let count = input.size().filter(|&count| count <= rows)?;
        let entry =
            |input: &mut Input<'_>| Some((u32::try_from(input.number()?).ok()?, input.number()?));
        let objects = (0..count).map(|_| entry(&mut input)).collect::<Option<Vec<_>>>()?;
        let block = |input: &mut Input<'_>| {
            let (at, rest) = (input.number()?, input.number()?);
            Some(Block { at, length: (rest >> 32) as u32, sum: rest as u32 })
        };
        let mut blocks = Vec::new();
        while !input.0.is_empty() {
            blocks.push(block(&mut input)?);
        }
        let inside = object.between(0, count as i64 - 1).count() == rows;
        let ends = times.between(i64::MIN, NO_TIME - 1).count() == dated;
        (inside && ends).then_some(Self {
            rows,
            schema,
            times,
            digits,
            objects,
            object,
            offset,
            inner,
            blocks,
        })
    }

    /// The objects by the numbers they had, each with how many rows are here.
    pub fn objects(&self) -> &[(u32, u64)] {
        &self.objects
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The segment, with what its objects are called now and where they stand in the listing.
    /// Rows of objects that are not among these belong to [`ObjectId::GONE`].
    ///
    /// `None` if the schema is another by now, or the objects are no longer in the same order.
    pub fn open(
        self,
        pack: &Arc<Pack>,
        schema: &Arc<Schema>,
        known: &HashMap<u32, (ObjectId, u64)>,
    ) -> Option<Segment> {
        let [length, place, content, columns @ ..] = &*self.blocks else { return None };
        if self.schema != fingerprint(schema) || columns.len() != schema.fields.len() {
            return None;
        }
        let mut order = 0;
        let mut objects = Vec::with_capacity(self.objects.len());
        for (number, _) in &self.objects {
            let object = known.get(number).copied();
            let (id, at) = object.unwrap_or((ObjectId::GONE, order));
            if at < order {
                return None;
            }
            order = at;
            objects.push((id, at));
        }
        let column = |block: &Block| match block.length {
            0 => Part::here(Column::Absent { len: self.rows }),
            _ => Part::there(*block),
        };
        Some(Segment {
            columns: columns.iter().map(column).collect(),
            length: Part::there(*length),
            place: Part::there(*place),
            content: Part::there(*content),
            pack: Some(Arc::clone(pack)),
            shelved: None,
            core: Arc::new(Core {
                known: Known::of(schema),
                schema: Arc::clone(schema),
                times: self.times,
                digits: self.digits,
                objects: objects.into(),
                object: self.object,
                offset: self.offset,
                inner: self.inner,
                damaged: AtomicBool::new(false),
            }),
        })
    }
}

/// Tells schemas apart: the names and kinds of all fields, in order.
fn fingerprint(schema: &Schema) -> u64 {
    let mut text = schema.id.to_string();
    for field in &schema.fields {
        let more = format!(" {} {} {} {}", field.name, field.kind, field.many, field.revises);
        text.push_str(&more);
    }
    u64::from(crc32fast::hash(text.as_bytes())) << 32 | text.len() as u64
}

/// Rows of a segment that stand apart: written beside it, with a checksum.
pub fn save_bits(pack: &Pack, bits: &super::Bits) -> io::Result<Block> {
    let mut out = Out::default();
    bits.write(&mut out);
    Ok(Block::of(&out.0, pack.append(&out.0)?))
}

/// The inverse of [`save_bits`] for a segment of `rows` rows.
pub fn read_bits(pack: &Pack, block: Block, rows: usize) -> Option<super::Bits> {
    part::read(pack, block, rows)
}
