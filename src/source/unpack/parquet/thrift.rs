//! Thrift's compact protocol, as far as a Parquet footer and page headers are written in it. What
//! is declared is not believed: every element takes at least one byte that is there.

/// Structures within each other that are passed over.
const DEEPEST: u32 = 32;

/// How values are written.
pub(super) const TRUE: u8 = 1;
pub(super) const FALSE: u8 = 2;
const BYTE: u8 = 3;
const INTS: std::ops::RangeInclusive<u8> = 4..=6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const MAP: u8 = 11;
const STRUCT: u8 = 12;
const UUID: u8 = 13;

/// Why something cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    /// The bytes end within it.
    Short,
    Wrong,
}

pub(super) type Read<T> = Result<T, Broken>;

pub(super) struct Thrift<'a> {
    bytes: &'a [u8],
    /// The next byte.
    pub(super) at: usize,
}

impl<'a> Thrift<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    /// Goes over a structure. What `take` does not read (it answers `false`) is passed over.
    pub(super) fn fields(
        &mut self,
        take: &mut dyn FnMut(&mut Self, i16, u8) -> Read<bool>,
    ) -> Read<()> {
        let mut id = 0i16;
        loop {
            let head = self.byte()?;
            let (delta, kind) = (head >> 4, head & 15);
            if kind == 0 {
                return Ok(());
            }
            id = match delta {
                0 => self.zigzag()? as i16,
                _ => id.wrapping_add(i16::from(delta)),
            };
            if !take(self, id, kind)? {
                self.skip(kind, DEEPEST)?;
            }
        }
    }

    /// A structure as the value of a field.
    pub(super) fn within(
        &mut self,
        kind: u8,
        take: &mut dyn FnMut(&mut Self, i16, u8) -> Read<bool>,
    ) -> Read<bool> {
        if kind != STRUCT {
            return Err(Broken::Wrong);
        }
        self.fields(take).map(|()| true)
    }

    pub(super) fn int(&mut self, kind: u8, into: &mut i64) -> Read<bool> {
        *into = match kind {
            BYTE => i64::from(self.byte()? as i8),
            kind if INTS.contains(&kind) => self.zigzag()?,
            _ => return Err(Broken::Wrong),
        };
        Ok(true)
    }

    pub(super) fn binary(&mut self, kind: u8) -> Read<&'a [u8]> {
        if kind != BINARY {
            return Err(Broken::Wrong);
        }
        let length = usize::try_from(self.varint()?).map_err(|_| Broken::Wrong)?;
        let end = self.at.checked_add(length).ok_or(Broken::Wrong)?;
        let bytes = self.bytes.get(self.at..end).ok_or(Broken::Short)?;
        self.at = end;
        Ok(bytes)
    }

    /// How many elements a list says it has, all of them structures.
    pub(super) fn structs(&mut self, kind: u8) -> Read<u64> {
        let (count, of) = self.list(kind)?;
        if of != STRUCT && count > 0 {
            return Err(Broken::Wrong);
        }
        Ok(count)
    }

    fn list(&mut self, kind: u8) -> Read<(u64, u8)> {
        if kind != LIST && kind != SET {
            return Err(Broken::Wrong);
        }
        let head = self.byte()?;
        let count = match head >> 4 {
            15 => self.varint()?,
            count => u64::from(count),
        };
        Ok((count, head & 15))
    }

    fn skip(&mut self, kind: u8, room: u32) -> Read<()> {
        let room = room.checked_sub(1).ok_or(Broken::Wrong)?;
        match kind {
            TRUE | FALSE => Ok(()),
            BYTE => self.pass(1),
            kind if INTS.contains(&kind) => self.varint().map(|_| ()),
            DOUBLE => self.pass(8),
            UUID => self.pass(16),
            BINARY => self.binary(kind).map(|_| ()),
            LIST | SET => {
                let (count, of) = self.list(kind)?;
                self.skip_all(count, of, room)
            }
            MAP => {
                let count = self.varint()?;
                let kinds = if count > 0 { self.byte()? } else { 0 };
                for _ in 0..count {
                    self.skip_all(1, kinds >> 4, room)?;
                    self.skip_all(1, kinds & 15, room)?;
                }
                Ok(())
            }
            STRUCT => self.fields(&mut |inner, _, kind| inner.skip(kind, room).map(|()| true)),
            _ => Err(Broken::Wrong),
        }
    }

    fn skip_all(&mut self, count: u64, of: u8, room: u32) -> Read<()> {
        for _ in 0..count {
            // In a list a truth value is a byte.
            if matches!(of, TRUE | FALSE) { self.pass(1) } else { self.skip(of, room) }?;
        }
        Ok(())
    }

    fn pass(&mut self, count: usize) -> Read<()> {
        self.at += count;
        if self.at > self.bytes.len() { Err(Broken::Short) } else { Ok(()) }
    }

    fn byte(&mut self) -> Read<u8> {
        let byte = *self.bytes.get(self.at).ok_or(Broken::Short)?;
        self.at += 1;
        Ok(byte)
    }

    fn varint(&mut self) -> Read<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 127) << shift;
            if byte < 128 {
                return Ok(value);
            }
        }
        Err(Broken::Wrong)
    }

    fn zigzag(&mut self) -> Read<i64> {
        self.varint().map(unzigzag)
    }
}

/// A signed number that was written so that small ones are short.
pub(super) fn unzigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}
