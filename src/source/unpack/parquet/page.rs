//! What stands before the bytes of a page.

use super::store::Store;
use super::thrift::{Broken, FALSE, Thrift};
use super::{cut, damaged};
use crate::event::Reason;

/// Bytes that are looked at for it: usually, and at most. Statistics may make it long.
const FIRST: u64 = 256;
const LONGEST: u64 = 16 << 20;

/// Bytes and values of a page, at most.
const BYTES: i64 = 128 << 20;
const VALUES: i64 = 1 << 26;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Data,
    /// Data with its levels outside the compression.
    Data2,
    Dictionary,
    Other,
}

#[derive(Debug)]
pub(super) struct Page {
    pub(super) kind: Kind,
    pub(super) inflated: usize,
    pub(super) stored: u64,
    pub(super) crc: Option<u32>,
    pub(super) values: usize,
    pub(super) encoding: i64,
    /// Whether levels of lists, and of what may be missing, are packed in the way that nobody
    /// writes any more. Many say so of those that they have not.
    pub(super) is_ancient: [bool; 2],
    /// Bytes of the levels of [`Kind::Data2`], of which those of lists come first.
    pub(super) repetition: usize,
    pub(super) definition: usize,
    pub(super) is_compressed: bool,
    /// Bytes of what stands before it.
    pub(super) head: u64,
}

/// As it is written.
#[derive(Default)]
struct Header {
    kind: i64,
    inflated: i64,
    stored: i64,
    crc: Option<i64>,
    values: i64,
    encoding: i64,
    levels: [i64; 2],
    lengths: [i64; 2],
    is_plain: bool,
}

impl Page {
    /// Reads what stands before the page that begins here.
    pub(super) fn read(store: &Store<'_>, at: u64, room: &mut Vec<u8>) -> Result<Self, Reason> {
        let rest = store.size().saturating_sub(at);
        let mut length = FIRST.min(rest);
        loop {
            store.read(at, length, room)?;
            let mut thrift = Thrift::new(room, 0);
            match header(&mut thrift) {
                Ok(header) => return Self::of(&header, thrift.at as u64),
                Err(Broken::Short) if length < rest.min(LONGEST) => {
                    length = (length * 8).min(rest);
                }
                Err(Broken::Short) => return Err(cut("it ends before a page does")),
                Err(Broken::Wrong) => {
                    return Err(damaged("what stands before a page makes no sense"));
                }
            }
        }
    }

    fn of(header: &Header, head: u64) -> Result<Self, Reason> {
        let within = |number: i64, most: i64, what: &str| {
            let good = usize::try_from(number).ok().filter(|_| number <= most);
            good.ok_or_else(|| damaged(format!("a page is said to have {number} {what}")))
        };
        let kind = match header.kind {
            0 => Kind::Data,
            2 => Kind::Dictionary,
            3 => Kind::Data2,
            _ => Kind::Other,
        };
        let inflated = within(header.inflated, BYTES, "bytes")?;
        let [repetition, definition] = header.lengths.map(|length| within(length, BYTES, "bytes"));
        let is_ancient = header.levels.map(|encoding| kind == Kind::Data && encoding == 4);
        Ok(Self {
            kind,
            inflated,
            stored: within(header.stored, i64::from(i32::MAX), "bytes")? as u64,
            crc: header.crc.map(|crc| crc as u32),
            values: within(header.values, VALUES, "values")?,
            encoding: header.encoding,
            is_ancient,
            repetition: repetition?,
            definition: definition?,
            is_compressed: !header.is_plain,
            head,
        })
    }
}

fn header(thrift: &mut Thrift<'_>) -> Result<Header, Broken> {
    let mut header = Header::default();
    thrift.fields(&mut |thrift, id, kind| match id {
        1 => thrift.int(kind, &mut header.kind),
        2 => thrift.int(kind, &mut header.inflated),
        3 => thrift.int(kind, &mut header.stored),
        4 => thrift.int(kind, header.crc.insert(0)),
        5 => thrift.within(kind, &mut |thrift, id, kind| match id {
            1 => thrift.int(kind, &mut header.values),
            2 => thrift.int(kind, &mut header.encoding),
            3 => thrift.int(kind, &mut header.levels[1]),
            4 => thrift.int(kind, &mut header.levels[0]),
            _ => Ok(false),
        }),
        7 => thrift.within(kind, &mut |thrift, id, kind| match id {
            1 => thrift.int(kind, &mut header.values),
            2 => thrift.int(kind, &mut header.encoding),
            _ => Ok(false),
        }),
        8 => thrift.within(kind, &mut |thrift, id, kind| match id {
            1 => thrift.int(kind, &mut header.values),
            4 => thrift.int(kind, &mut header.encoding),
            5 => thrift.int(kind, &mut header.lengths[1]),
            6 => thrift.int(kind, &mut header.lengths[0]),
            7 => {
                header.is_plain = kind == FALSE;
                Ok(true)
            }
            _ => Ok(false),
        }),
        _ => Ok(false),
    })?;
    Ok(header)
}
