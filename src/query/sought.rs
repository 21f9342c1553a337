//! Values that are looked for anywhere in an event, as a filter's `any:` does: which rows have one,
//! and which of a row's values it is.

use super::ast::{Field, Operand, Sort};
use super::eval::{columns, equal};
use super::lex;
use super::list::{Doubt, Lists};
use super::row::equals;
use super::values::Values;
use crate::store::{Bits, Cell, Column, Segment};
use std::net::IpAddr;

/// Texts with wildcards, addresses and networks, as a filter reads them.
#[derive(Debug, Clone, Default)]
pub struct Sought(Values);

impl Sought {
    pub fn new<'a>(values: impl IntoIterator<Item = &'a str>) -> Self {
        let operands = values.into_iter().map(|value| Operand::Pattern(lex::pattern(value)));
        let operands: Vec<Operand> = operands.collect();
        // Without a list among them none can be missing.
        Self(Values::new(&operands, &Lists::default()).unwrap_or_default())
    }

    /// What a file of indicators says, one a line; see [`list`](super::list).
    pub fn list(name: &str, text: &str) -> Self {
        let mut lists = Lists::default();
        lists.add(name, text);
        let operand = Operand::List { name: name.to_owned(), sort: Sort::Text };
        Self(Values::new(&[operand], &lists).unwrap_or_default())
    }

    /// Lines of the list that cannot be taken for a value.
    pub fn doubts(&self) -> &[Doubt] {
        self.0.doubts()
    }

    /// Whether this text is one of the values; one that is an address is compared as one.
    pub fn holds(&self, text: &str) -> bool {
        self.0.address_text(text)
    }

    pub fn holds_address(&self, address: IpAddr) -> bool {
        self.0.address(address)
    }

    /// The rows that have one of the values in any text, id or address column.
    pub fn rows(&self, segment: &Segment) -> Bits {
        let none = Bits::none(segment.len());
        columns(&Field::Any, segment)
            .fold(none, |rows, (column, addresses)| rows.or(&equal(column, &self.0, addresses)))
    }

    /// Which values of a row are among them, as the row has them.
    pub fn found(&self, segment: &Segment, row: usize) -> Vec<String> {
        let mut found = Vec::new();
        let mut take = |cell: Cell<'_>, addresses: bool| match cell {
            Cell::List(items) => {
                let one = |item: &&str| {
                    if addresses { self.0.address_text(item) } else { self.0.text(item) }
                };
                found.extend(items.into_iter().filter(one).map(str::to_owned));
            }
            cell if equals(cell, &self.0, addresses) => found.push(cell.to_string()),
            _ => {}
        };
        columns(&Field::Any, segment)
            .for_each(|(column, addresses): (&Column, bool)| take(column.get(row), addresses));
        found.sort_unstable();
        found.dedup();
        found
    }
}
