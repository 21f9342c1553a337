//! A column of a sealed segment: one field's values, one for each row.

use super::bytes::{Blank, Input, Out, Stored};
use super::dict::{Dict, Entry, Items};
use super::ids::{Id, Ids};
use super::{Bits, Numbers};
use crate::event::{Time, Timestamp};
use std::fmt;
use std::net::IpAddr;

/// Columns that take more bytes a row hold ids, names of objects and the like: they are most of
/// what a segment takes, and are seldom asked for.
const SLIM: usize = 4;

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

    /// Whether it takes more than [`SLIM`] bytes a row.
    pub fn is_bulky(&self) -> bool {
        self.heap() > SLIM * self.len()
    }
}

impl Stored for Column {
    fn write(&self, out: &mut Out) {
        match self {
            Self::Absent { .. } => out.byte(0),
            Self::Dict(dict) => {
                out.byte(1);
                dict.write(out);
            }
            Self::Int { values, present } => {
                out.byte(2);
                values.write(out);
                present.write(out);
            }
            Self::Float { values, present } => {
                out.byte(3);
                out.array(values, f64::to_le_bytes);
                present.write(out);
            }
            Self::Time { at, digits, present } => {
                out.byte(4);
                at.write(out);
                digits.write(out);
                present.write(out);
            }
            Self::Ids(ids) => {
                out.byte(5);
                ids.write(out);
            }
        }
    }

    fn read(input: &mut Input<'_>, len: usize) -> Option<Self> {
        Some(match input.byte()? {
            0 => Self::Absent { len },
            1 => Self::Dict(Dict::read(input, len)?),
            2 => {
                Self::Int { values: Numbers::read(input, len)?, present: Option::read(input, len)? }
            }
            3 => Self::Float {
                values: input.array(f64::from_le_bytes).filter(|values| values.len() == len)?,
                present: Option::read(input, len)?,
            },
            4 => Self::Time {
                at: Numbers::read(input, len)?,
                digits: Numbers::read(input, len)?,
                present: Option::read(input, len)?,
            },
            5 => Self::Ids(Ids::read(input, len)?),
            _ => return None,
        })
    }

    fn heap(&self) -> usize {
        match self {
            Self::Absent { .. } => 0,
            Self::Dict(dict) => dict.heap(),
            Self::Int { values, present } => values.heap() + present.heap(),
            Self::Float { values, present } => values.len() * 8 + present.heap(),
            Self::Time { at, digits, present } => at.heap() + digits.heap() + present.heap(),
            Self::Ids(ids) => ids.heap(),
        }
    }
}

impl Blank for Column {
    fn blank(len: usize) -> Self {
        Self::Absent { len }
    }
}

/// Which rows have a value; nothing stands for all.
impl Stored for Option<Bits> {
    fn write(&self, out: &mut Out) {
        out.byte(u8::from(self.is_some()));
        if let Some(bits) = self {
            bits.write(out);
        }
    }

    fn read(input: &mut Input<'_>, len: usize) -> Option<Self> {
        Some(match input.byte()? {
            0 => None,
            _ => Some(Bits::read(input, len)?),
        })
    }

    fn heap(&self) -> usize {
        self.as_ref().map_or(0, Stored::heap)
    }
}
