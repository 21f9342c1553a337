//! The end of a Parquet file, which says what its columns are and where they lie.

use super::store::Store;
use super::thrift::{Broken, Read, TRUE, Thrift};
use super::{cut, damaged};
use crate::event::{Reason, ReasonKind};

/// Bytes of a footer, at most: that of a file of a thousand columns and as many groups of rows
/// has fewer.
const LONGEST: u64 = 64 << 20;

/// Elements of a schema, at most.
const ELEMENTS: u64 = 100_000;

/// What the file ends with: the length of the footer, and four letters.
const TAIL: u64 = 8;

/// An element of the schema, which is a tree that was flattened in its own order.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub(super) name: String,
    /// Nothing for a group.
    pub(super) physical: Option<i64>,
    pub(super) length: i64,
    pub(super) repetition: i64,
    pub(super) children: i64,
    pub(super) converted: Option<i64>,
    pub(super) scale: i64,
    pub(super) logical: Logical,
}

/// What values mean, as far as the newer way of saying so was used.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Logical {
    /// Which of the kinds of the format it is; none is 0.
    pub(super) kind: i16,
    pub(super) scale: i64,
    pub(super) is_utc: bool,
    /// 1, 2, 3: thousandths, millionths, billionths.
    pub(super) unit: i16,
    pub(super) is_signed: bool,
    pub(super) bits: i64,
}

/// Where the pages of one column of one group of rows lie.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Chunk {
    pub(super) physical: i64,
    pub(super) codec: i64,
    pub(super) values: i64,
    data: i64,
    dictionary: i64,
    is_elsewhere: bool,
    is_encrypted: bool,
}

/// A group of rows.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) chunks: Vec<Chunk>,
    pub(super) rows: i64,
}

/// The footer, whose groups are read one after the other as they are wanted: there may be many.
pub(super) struct Footer {
    bytes: Vec<u8>,
    at: usize,
    /// Groups that were not read so far.
    left: u64,
    /// All groups.
    pub(super) groups: u64,
    pub(super) schema: Vec<Element>,
}

impl Footer {
    pub(super) fn read(store: &Store<'_>) -> Result<Self, Reason> {
        let size = store.size();
        let mut tail = Vec::new();
        store.read(size.saturating_sub(TAIL), TAIL, &mut tail)?;
        match tail.last_chunk::<4>() {
            Some(b"PAR1") if size >= TAIL + 4 => {}
            Some(b"PARE") => return Err(encrypted("all of it")),
            _ => {
                return Err(cut(
                    "it has no footer, which stands at the end and says where everything is",
                ));
            }
        }
        let length = u64::from(u32::from_le_bytes([tail[0], tail[1], tail[2], tail[3]]));
        if length > size - TAIL - 4 {
            return Err(damaged("its footer is said to be longer than the file"));
        }
        if length > LONGEST {
            let detail = format!("its footer has more than {LONGEST} bytes");
            return Err(Reason::new(ReasonKind::Size, detail));
        }
        let mut bytes = Vec::new();
        store.read(size - TAIL - length, length, &mut bytes)?;
        Self::parse(bytes).map_err(|_| damaged("its footer makes no sense"))
    }

    fn parse(bytes: Vec<u8>) -> Read<Self> {
        let (mut schema, mut left, mut at) = (Vec::new(), 0, None);
        let mut thrift = Thrift::new(&bytes, 0);
        let read = thrift.fields(&mut |thrift, id, kind| match id {
            2 => {
                let count = thrift.structs(kind)?;
                if count > ELEMENTS {
                    return Err(Broken::Wrong);
                }
                for _ in 0..count {
                    schema.push(element(thrift)?);
                }
                Ok(true)
            }
            4 => {
                left = thrift.structs(kind)?;
                at = Some(thrift.at);
                // Nothing behind the groups is needed.
                Err(Broken::Short)
            }
            _ => Ok(false),
        });
        let Some(at) = at else {
            return read.and(Err(Broken::Wrong));
        };
        Ok(Self { bytes, at, left, groups: left, schema })
    }

    /// The next group of rows, of which each has so many columns.
    pub(super) fn next(&mut self, columns: usize) -> Option<Result<Group, Reason>> {
        self.left = self.left.checked_sub(1)?;
        let mut thrift = Thrift::new(&self.bytes, self.at);
        let group = group(&mut thrift, columns);
        self.at = thrift.at;
        if group.is_err() {
            self.left = 0;
        }
        Some(group.map_err(|_| damaged("its footer makes no sense from here on")))
    }
}

impl Chunk {
    /// Where its first page begins.
    pub(super) fn start(&self) -> Result<u64, Reason> {
        if self.is_encrypted {
            return Err(encrypted("this part"));
        }
        if self.is_elsewhere {
            let detail = "it lies in another file, which is not looked for";
            return Err(Reason::new(ReasonKind::Unsupported, detail));
        }
        let has_dictionary = self.dictionary > 0 && self.dictionary < self.data;
        let start = if has_dictionary { self.dictionary } else { self.data };
        u64::try_from(start).map_err(|_| damaged("it begins before the file"))
    }
}

fn encrypted(what: &str) -> Reason {
    let detail =
        format!("{what}, and no key is asked for here; decrypt it, and open what comes out");
    Reason::new(ReasonKind::Encrypted, detail)
}

fn element(thrift: &mut Thrift<'_>) -> Read<Element> {
    let mut element = Element::default();
    thrift.fields(&mut |thrift, id, kind| {
        let mut number = 0;
        match id {
            1 => {
                thrift.int(kind, &mut number)?;
                element.physical = Some(number);
                Ok(true)
            }
            2 => thrift.int(kind, &mut element.length),
            3 => thrift.int(kind, &mut element.repetition),
            4 => {
                element.name = String::from_utf8_lossy(thrift.binary(kind)?).into_owned();
                Ok(true)
            }
            5 => thrift.int(kind, &mut element.children),
            6 => {
                thrift.int(kind, &mut number)?;
                element.converted = Some(number);
                Ok(true)
            }
            7 => thrift.int(kind, &mut element.scale),
            10 => thrift.within(kind, &mut |thrift, id, kind| {
                element.logical.kind = id;
                thrift.within(kind, &mut |thrift, id, kind| logical(thrift, id, kind, &mut element))
            }),
            _ => Ok(false),
        }
    })?;
    Ok(element)
}

/// A member of what says what values mean.
fn logical(thrift: &mut Thrift<'_>, id: i16, kind: u8, element: &mut Element) -> Read<bool> {
    let logical = &mut element.logical;
    match (logical.kind, id) {
        (5, 1) => thrift.int(kind, &mut logical.scale),
        (7 | 8, 1) => {
            logical.is_utc = kind == TRUE;
            Ok(true)
        }
        (7 | 8, 2) => thrift.within(kind, &mut |_, id, _| {
            logical.unit = id;
            Ok(false)
        }),
        (10, 1) => thrift.int(kind, &mut logical.bits),
        (10, 2) => {
            logical.is_signed = kind == TRUE;
            Ok(true)
        }
        _ => Ok(false),
    }
}

fn group(thrift: &mut Thrift<'_>, columns: usize) -> Read<Group> {
    let mut group = Group::default();
    thrift.fields(&mut |thrift, id, kind| match id {
        1 => {
            if thrift.structs(kind)? != columns as u64 {
                return Err(Broken::Wrong);
            }
            for _ in 0..columns {
                group.chunks.push(chunk(thrift)?);
            }
            Ok(true)
        }
        3 => thrift.int(kind, &mut group.rows),
        _ => Ok(false),
    })?;
    if group.chunks.len() == columns { Ok(group) } else { Err(Broken::Wrong) }
}

fn chunk(thrift: &mut Thrift<'_>) -> Read<Chunk> {
    let mut chunk = Chunk::default();
    thrift.fields(&mut |thrift, id, kind| match id {
        1 => {
            chunk.is_elsewhere = true;
            Ok(false)
        }
        3 => thrift.within(kind, &mut |thrift, id, kind| match id {
            1 => thrift.int(kind, &mut chunk.physical),
            4 => thrift.int(kind, &mut chunk.codec),
            5 => thrift.int(kind, &mut chunk.values),
            9 => thrift.int(kind, &mut chunk.data),
            11 => thrift.int(kind, &mut chunk.dictionary),
            _ => Ok(false),
        }),
        8 => {
            chunk.is_encrypted = true;
            Ok(false)
        }
        _ => Ok(false),
    })?;
    Ok(chunk)
}
