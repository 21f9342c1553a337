//! A column of a sealed segment: one field's values, one for each row.

use super::dict::{Dict, Entry, Items};
use super::ids::{Id, Ids};
use super::{Bits, Numbers};
use crate::event::{Time, Timestamp};
use std::fmt;
use std::net::IpAddr;

/// One field of a segment. A column without a value in any row costs nothing.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    Absent { len: usize },
    Dict(Dict),
    Int { values: Numbers, present: Option<Bits> },
    Float { values: Box<[f64]>, present: Option<Bits> },
    Time { at: Numbers, digits: Numbers, present: Option<Bits> },
    Ids(Ids),
}

/// One value of one row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    Absent,
    Text(&'a str),
    Id(Id<'a>),
    Int(i64),
    Float(f64),
    Ip(IpAddr),
    Time(Time),
    List(Items<'a>),
}

impl Cell<'_> {
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

/// The value as text; the items of a list are joined by a comma and a space.
impl fmt::Display for Cell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => Ok(()),
            Self::Text(text) => f.write_str(text),
            Self::Id(id) => id.fmt(f),
            Self::Int(number) => number.fmt(f),
            Self::Float(number) => number.fmt(f),
            Self::Ip(address) => address.fmt(f),
            Self::Time(time) => f.write_str(&time.to_rfc3339()),
            Self::List(items) => items.into_iter().enumerate().try_for_each(|(index, item)| {
                if index > 0 {
                    f.write_str(", ")?;
                }
                f.write_str(item)
            }),
        }
    }
}

impl Column {
    pub fn len(&self) -> usize {
        match self {
            Self::Absent { len } => *len,
            Self::Dict(dict) => dict.codes.len(),
            Self::Int { values, .. } => values.len(),
            Self::Float { values, .. } => values.len(),
            Self::Time { at, .. } => at.len(),
            Self::Ids(ids) => ids.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn get(&self, row: usize) -> Cell<'_> {
        let has = |present: &Option<Bits>| present.as_ref().is_none_or(|bits| bits.get(row));
        match self {
            Self::Int { values, present } if has(present) => Cell::Int(values.get(row)),
            Self::Float { values, present } if has(present) => Cell::Float(values[row]),
            Self::Time { at, digits, present } if has(present) => {
                Cell::Time(Time::new(Timestamp(at.get(row)), digits.get(row) as u8))
            }
            Self::Dict(dict) => match dict.codes.get(row) {
                0 => Cell::Absent,
                code => match dict.entry(usize::from(code) - 1) {
                    Entry::Text(text) => Cell::Text(text),
                    Entry::Ip(address) => Cell::Ip(address),
                    Entry::List(items) => Cell::List(items),
                },
            },
            Self::Ids(ids) => ids.get(row).map_or(Cell::Absent, Cell::Id),
            _ => Cell::Absent,
        }
    }

    /// The rows that have a value.
    pub fn present(&self) -> Bits {
        match self {
            Self::Absent { len } => Bits::none(*len),
            Self::Dict(dict) => dict.select(|_| true),
            Self::Int { values, present } => {
                present.clone().unwrap_or_else(|| Bits::all(values.len()))
            }
            Self::Float { values, present } => {
                present.clone().unwrap_or_else(|| Bits::all(values.len()))
            }
            Self::Time { at, present, .. } => {
                present.clone().unwrap_or_else(|| Bits::all(at.len()))
            }
            Self::Ids(ids) => Bits::from_fn(ids.len(), |row| ids.get(row).is_some()),
        }
    }

    /// Bytes on the heap, without the bits of presence.
    pub fn heap(&self) -> usize {
        match self {
            Self::Absent { .. } => 0,
            Self::Dict(dict) => dict.heap(),
            Self::Int { values, .. } => values.heap(),
            Self::Float { values, .. } => values.len() * 8,
            Self::Time { at, digits, .. } => at.heap() + digits.heap(),
            Self::Ids(ids) => ids.heap(),
        }
    }
}
