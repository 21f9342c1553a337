//! Filters on one row: the plain meaning of every term. Decides the rows that columns leave
//! open, and checks the column evaluation in tests.

use super::ast::{Field, Mark, Op, Window};
use super::eval::columns;
use super::filter::{Leaf, Marks, Record, Test};
use super::number::Amount;
use super::values::Values;
use crate::event::{Standing, Timestamp};
use crate::store::{Cell, Id, Segment};

/// The row that is asked about.
pub(super) struct Asked<'a> {
    pub(super) segment: &'a Segment,
    pub(super) row: usize,
    pub(super) marks: &'a dyn Marks,
    pub(super) record: Record<'a>,
}

impl Test {
    pub(super) fn matches(&self, asked: &Asked<'_>) -> bool {
        match self {
            Self::All(tests) => tests.iter().all(|test| test.matches(asked)),
            Self::Any(tests) => tests.iter().any(|test| test.matches(asked)),
            Self::Not(test) => !test.matches(asked),
            Self::Leaf(leaf) => asked.answer(leaf),
        }
    }
}

impl Asked<'_> {
    fn answer(&self, leaf: &Leaf) -> bool {
        match leaf {
            Leaf::Bytes(regex) => self.record.fits(regex),
            Leaf::Mark { mark, yes, no, values } => {
                let (mut listed, mut marked) = (false, false);
                self.marks.each(self.segment, self.row, *mark, &mut |text| {
                    listed = listed || values.text(text);
                    marked = marked || is_mark(*mark, text);
                });
                listed || *yes && marked || *no && !marked
            }
            Leaf::Is(field, values) if self.is_member(field) => {
                self.members(field).iter().any(|text| values.text(text))
            }
            Leaf::Is(field, values) => match field {
                Field::Format => values.text(&self.segment.schema().id),
                Field::Object => {
                    let object = self.segment.origin(self.row).object;
                    self.marks.object(object).is_some_and(|path| values.text(&path))
                }
                Field::Bytes => self.bytes().is_some_and(|sum| values.number(sum)),
                _ => self.cells(field).any(|(cell, addresses)| equals(cell, values, addresses)),
            },
            Leaf::Compare(field, op, amount) if self.is_member(field) => {
                self.members(field).iter().any(|text| ordered_text(*op, text, *amount))
            }
            Leaf::Compare(field, op, amount) => match field {
                Field::Bytes => self.bytes().is_some_and(|sum| ordered(*op, sum, *amount)),
                _ => self.cells(field).any(|(cell, _)| compares(cell, *op, *amount)),
            },
            Leaf::When(field, windows) => windows.iter().any(|window| self.lies_in(field, *window)),
            Leaf::Has(fields) => fields.iter().any(|field| self.has(field)),
        }
    }

    fn cells<'b>(&'b self, field: &'b Field) -> impl Iterator<Item = (Cell<'b>, bool)> {
        columns(field, self.segment).map(|(column, addresses)| (column.get(self.row), addresses))
    }

    /// Whether the record itself has to be asked.
    fn is_member(&self, field: &Field) -> bool {
        field.member(self.segment.schema()).is_some()
    }

    fn members(&self, field: &Field) -> Vec<String> {
        let path = field.member(self.segment.schema());
        path.map_or_else(Vec::new, |path| self.record.members(path))
    }

    fn bytes(&self) -> Option<Amount> {
        sum(self.cells(&Field::Bytes).map(|(cell, _)| cell))
    }

    fn lies_in(&self, field: &Field, window: Window) -> bool {
        match field {
            Field::Time => self.segment.time(self.row).is_some_and(|time| window.holds(time.at)),
            _ => self.cells(field).any(|(cell, _)| match cell {
                Cell::Time(time) => window.holds(Timestamp(time.at.0)),
                _ => false,
            }),
        }
    }

    fn has(&self, field: &Field) -> bool {
        match field {
            _ if self.is_member(field) => !self.members(field).is_empty(),
            Field::Format | Field::Object => true,
            Field::Time => self.segment.time(self.row).is_some(),
            Field::Mark(mark) => {
                let mut marked = false;
                self.marks.each(self.segment, self.row, *mark, &mut |text| {
                    marked = marked || is_mark(*mark, text);
                });
                marked
            }
            _ => self.cells(field).any(|(cell, _)| !cell.is_absent()),
        }
    }
}

/// Whether this text of a mark means yes: any does, but only one standing is `verified`.
pub(super) fn is_mark(mark: Mark, text: &str) -> bool {
    mark != Mark::Verified || text == Standing::Verified.as_str()
}

/// Whether the cell, or an item in it, is one of the values.
pub(super) fn equals(cell: Cell<'_>, values: &Values, addresses: bool) -> bool {
    match cell {
        Cell::Absent => false,
        Cell::Text(text) if addresses => values.address_text(text),
        Cell::Text(text) | Cell::Id(Id::Text(text)) => values.text(text),
        Cell::Id(Id::Uuid(uuid)) => values.uuid(uuid),
        Cell::Int(number) => values.number(Amount::Int(number)),
        Cell::Float(number) => !number.is_nan() && values.number(Amount::Float(number)),
        Cell::Ip(address) => values.address(address),
        Cell::Time(time) => values.text(&time.to_rfc3339()),
        Cell::List(items) => items
            .into_iter()
            .any(|item| if addresses { values.address_text(item) } else { values.text(item) }),
    }
}

pub(super) fn compares(cell: Cell<'_>, op: Op, bound: Amount) -> bool {
    match cell {
        Cell::Int(number) => ordered(op, Amount::Int(number), bound),
        Cell::Float(number) => !number.is_nan() && ordered(op, Amount::Float(number), bound),
        Cell::Text(text) => ordered_text(op, text, bound),
        Cell::List(items) => items.into_iter().any(|item| ordered_text(op, item, bound)),
        _ => false,
    }
}

/// A text that is no number compares with none.
pub(super) fn ordered_text(op: Op, text: &str, bound: Amount) -> bool {
    Amount::parse(text).is_some_and(|number| ordered(op, number, bound))
}

pub(super) fn ordered(op: Op, number: Amount, bound: Amount) -> bool {
    match op {
        Op::Is => number == bound,
        Op::Over => number > bound,
        Op::From => number >= bound,
        Op::Under => number < bound,
        Op::UpTo => number <= bound,
    }
}

/// The sum of the whole numbers that are there; `None` if none is.
fn sum<'a>(cells: impl Iterator<Item = Cell<'a>>) -> Option<Amount> {
    let numbers = cells.filter_map(|cell| if let Cell::Int(n) = cell { Some(n) } else { None });
    numbers.reduce(i64::saturating_add).map(Amount::Int)
}
