//! The values of a page, in each of the ways in which they are written.

use super::damaged;
use super::delta::Delta;
use super::fragments::Fragments;
use super::hybrid::{Hybrid, short};
use super::schema::Leaf;
use super::shape::{Physical, Shape, real};
use crate::event::{Reason, ReasonKind};
use std::ops::Range;

#[derive(Debug)]
pub(super) enum Values {
    /// Places in the dictionary.
    Places(Hybrid),
    Plain(Range<usize>),
    /// True or false.
    Flags(Hybrid),
    Delta(Delta),
    /// Lengths, and behind all of them the bytes.
    Lengths(Delta, Range<usize>),
    /// Of how many bytes of the one before each begins, the lengths of the rest, the rest.
    Prefixed {
        prefixes: Delta,
        lengths: Delta,
        rest: Range<usize>,
        last: Vec<u8>,
    },
    /// The first bytes of all values, then the second of all.
    Split {
        start: usize,
        count: usize,
        given: usize,
    },
}

impl Values {
    pub(super) fn none() -> Self {
        Self::Plain(0..0)
    }

    pub(super) fn new(
        encoding: i64,
        physical: Physical,
        page: &[u8],
        range: Range<usize>,
    ) -> Result<Self, Reason> {
        use Physical::{Bool, Bytes, Fixed, Int32, Int64};
        if range.is_empty() {
            return Ok(Self::Plain(range));
        }
        let start = range.start;
        match (encoding, physical) {
            (2 | 8, _) => {
                let width = u32::from(page[start]);
                Hybrid::new(start + 1..range.end, width).map(Self::Places)
            }
            (0, Bool) => Ok(Self::Flags(Hybrid::packed(range, 1))),
            (0, _) => Ok(Self::Plain(range)),
            (3, Bool) => Hybrid::new(prefixed(page, &range)?, 1).map(Self::Flags),
            (5, Int32 | Int64) => Delta::new(page, range).map(Self::Delta),
            (6, Bytes) => {
                let (lengths, at) = delta(page, range.clone())?;
                Ok(Self::Lengths(lengths, at..range.end))
            }
            (7, Bytes | Fixed(_)) => {
                let (prefixes, at) = delta(page, range.clone())?;
                let (lengths, at) = delta(page, at..range.end)?;
                let rest = at..range.end;
                Ok(Self::Prefixed { prefixes, lengths, rest, last: Vec::new() })
            }
            (9, _) if let Some(width @ 1..) = physical.width() => {
                Ok(Self::Split { start, count: range.len() / width, given: 0 })
            }
            _ => {
                let detail = format!(
                    "its values are written in a way (encoding {encoding}) that \
                                      is not read here"
                );
                Err(Reason::new(ReasonKind::Unsupported, detail))
            }
        }
    }

    /// Adds the next values, and their places among all.
    pub(super) fn take(
        &mut self,
        page: &[u8],
        count: usize,
        fragments: &mut Fragments,
        places: &mut Vec<u32>,
    ) -> Result<(), Reason> {
        let first = fragments.count();
        match self {
            Self::Places(hybrid) => return hybrid.take(page, count, places),
            Self::Plain(range) => plain(page, range, count, fragments)?,
            Self::Flags(hybrid) => {
                let mut flags = Vec::new();
                hybrid.take(page, count, &mut flags)?;
                for flag in flags {
                    let word: &[u8] = if flag == 0 { b"false" } else { b"true" };
                    fragments.put(|_, out| out.extend_from_slice(word))?;
                }
            }
            Self::Delta(delta) => {
                let mut numbers = Vec::new();
                delta.take(page, count, &mut numbers)?;
                let is_short = fragments.leaf.physical == Physical::Int32;
                let whole = |number| if is_short { i64::from(number as i32) } else { number };
                fragments.ints(count, numbers.into_iter().map(whole))?;
            }
            Self::Lengths(lengths, rest) => {
                for length in numbers(lengths, page, count)? {
                    let bytes = next(page, rest, length)?;
                    fragments.add(|shape, out| shape.bytes(bytes, out))?;
                }
            }
            Self::Prefixed { prefixes, lengths, rest, last } => {
                let prefixes = numbers(prefixes, page, count)?;
                for (prefix, length) in prefixes.into_iter().zip(numbers(lengths, page, count)?) {
                    let prefix = usize::try_from(prefix).ok().filter(|kept| *kept <= last.len());
                    last.truncate(prefix.ok_or_else(|| damaged("a value begins as none did"))?);
                    last.extend_from_slice(next(page, rest, length)?);
                    fragments.add(|shape, out| shape.bytes(last, out))?;
                }
            }
            Self::Split { start, count: all, given } => {
                let width = fragments.leaf.physical.width().unwrap_or(1);
                if *given + count > *all {
                    return Err(short());
                }
                let mut value = Vec::with_capacity(width);
                for index in *given..*given + count {
                    value.clear();
                    value.extend((0..width).map(|byte| page[*start + byte * *all + index]));
                    fixed(&value, fragments)?;
                }
                *given += count;
            }
        }
        fragments.settle();
        places.extend(first..fragments.count());
        Ok(())
    }
}

impl Leaf {
    /// The level of every list around it, and of every part that may be missing, in bits.
    pub(super) fn widths(&self) -> (u32, u32) {
        let width = |level: u32| u32::BITS - level.leading_zeros();
        (width(self.repeated), width(self.defined))
    }
}

/// What stands behind its own length.
pub(super) fn prefixed(page: &[u8], range: &Range<usize>) -> Result<Range<usize>, Reason> {
    let bytes = page.get(range.clone()).and_then(|bytes| bytes.first_chunk::<4>());
    let length = u32::from_le_bytes(*bytes.ok_or_else(short)?) as usize;
    let start = range.start + 4;
    let end = start.checked_add(length).filter(|end| *end <= range.end).ok_or_else(short)?;
    Ok(start..end)
}

fn delta(page: &[u8], range: Range<usize>) -> Result<(Delta, usize), Reason> {
    let delta = Delta::new(page, range)?;
    let end = delta.end(page)?;
    Ok((delta, end))
}

fn numbers(delta: &mut Delta, page: &[u8], count: usize) -> Result<Vec<i64>, Reason> {
    let mut numbers = Vec::new();
    delta.take(page, count, &mut numbers)?;
    Ok(numbers)
}

fn next<'a>(page: &'a [u8], rest: &mut Range<usize>, length: i64) -> Result<&'a [u8], Reason> {
    let length = usize::try_from(length).ok().filter(|length| *length <= rest.len());
    let start = rest.start;
    rest.start += length.ok_or_else(short)?;
    Ok(&page[start..rest.start])
}

fn plain(
    page: &[u8],
    range: &mut Range<usize>,
    count: usize,
    fragments: &mut Fragments,
) -> Result<(), Reason> {
    let Some(width) = fragments.leaf.physical.width() else {
        for _ in 0..count {
            let value = prefixed(page, range)?;
            range.start = value.end;
            fragments.add(|shape, out| shape.bytes(&page[value], out))?;
        }
        return Ok(());
    };
    let all = width.checked_mul(count).and_then(|all| i64::try_from(all).ok());
    let bytes = next(page, range, all.ok_or_else(short)?)?;
    match fragments.leaf.physical {
        Physical::Int32 => {
            let (numbers, _) = bytes.as_chunks();
            fragments.ints(count, numbers.iter().map(|four| i32::from_le_bytes(*four).into()))
        }
        Physical::Int64 => {
            let (numbers, _) = bytes.as_chunks();
            fragments.ints(count, numbers.iter().map(|eight| i64::from_le_bytes(*eight)))
        }
        _ if width == 0 => (0..count).try_for_each(|_| fixed(&[], fragments)),
        _ => bytes.chunks_exact(width).try_for_each(|value| fixed(value, fragments)),
    }
}

/// Adds a value of a type whose values all have the same number of bytes.
fn fixed(bytes: &[u8], fragments: &mut Fragments) -> Result<(), Reason> {
    match (fragments.leaf.physical, bytes.first_chunk::<4>(), bytes.first_chunk::<8>()) {
        (Physical::Int32, Some(four), _) => {
            let number = i64::from(i32::from_le_bytes(*four));
            fragments.ints(1, std::iter::once(number))
        }
        (Physical::Int64, _, Some(eight)) => {
            let number = i64::from_le_bytes(*eight);
            fragments.ints(1, std::iter::once(number))
        }
        (Physical::Float, Some(four), _) => {
            fragments.add(|_, out| real(f32::from_le_bytes(*four), out))
        }
        (Physical::Double, _, Some(eight)) => {
            fragments.add(|_, out| real(f64::from_le_bytes(*eight), out))
        }
        _ => fragments.add(|shape: Shape, out| shape.bytes(bytes, out)),
    }
}
