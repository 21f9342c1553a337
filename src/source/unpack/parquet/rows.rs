//! A group of rows, put together from its columns.

use super::column::Column;
use super::footer::Group;
use super::schema::Schema;
use super::written::Written;
use super::{Source, damaged};
use crate::event::{Cells, Reason, ReasonKind, Table};
use std::sync::Arc;

/// Rows that are decoded at a time.
const ROWS: usize = 1024;

/// Bytes that the columns of a group hold at a time, at most.
const HELD: usize = 1 << 30;

/// Bytes of a row, at most.
pub(super) const LONGEST: usize = 64 << 20;

/// Bytes of groups, lists and maps that are written at a time.
const WRITTEN: usize = 256 << 10;

/// A group of rows. Columns that are members of the row itself are handed on as they are; what
/// has columns within it is written out row by row.
pub(super) struct Rows {
    columns: Vec<Column>,
    /// Which of them are in lists.
    lists: Vec<usize>,
    /// Rows that were not lined up so far.
    pub(super) left: u64,
    /// Rows that are decoded, and how many of them were lined up.
    decoded: usize,
    told: usize,
    /// What is written of the members that have columns within them.
    written: Vec<Written>,
    /// The lengths of the lines of the rows that are lined up.
    lengths: Vec<usize>,
    /// Why no row follows those.
    fault: Option<Reason>,
}

impl Rows {
    pub(super) fn new(group: &Group, schema: &Schema) -> Result<Self, Reason> {
        let mut columns = Vec::new();
        for (leaf, chunk) in schema.leaves.iter().zip(&group.chunks) {
            let column = Column::new(Arc::clone(leaf), chunk);
            columns.push(column.map_err(|reason| of_column(&leaf.path, reason))?);
        }
        let left = u64::try_from(group.rows).map_err(|_| damaged("it has less than no rows"))?;
        let lists = (0..columns.len()).filter(|at| schema.leaves[*at].repeated > 0).collect();
        let written = schema.root.iter().filter(|node| !node.is_leaf());
        Ok(Self {
            columns,
            lists,
            left,
            decoded: 0,
            told: 0,
            written: written.map(|_| Written::default()).collect(),
            lengths: Vec::new(),
            fault: None,
        })
    }

    /// Lines up the next rows, at least one. The answer is how many of them are too long, and
    /// empty.
    pub(super) fn line_up(
        &mut self,
        schema: &Schema,
        source: &mut Source<'_>,
    ) -> Result<usize, Reason> {
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        if self.decoded == self.told {
            self.decode(source)?;
        }
        let rows = self.write(schema)?;
        for column in &mut self.columns {
            if !column.leaf().is_within {
                column.line_up(rows);
            } else if !column.is_in_list() {
                column.pass_rows(rows);
            }
        }
        (self.told, self.left) = (self.told + rows, self.left - rows as u64);
        let mut lengths = std::mem::take(&mut self.lengths);
        lengths.clear();
        lengths.resize(rows, 0);
        self.cells(schema).for_each(|cells| cells.measure(&mut lengths));
        let mut too_long = 0;
        for length in &mut lengths {
            *length = Table::length_of(*length);
            if *length > LONGEST {
                (*length, too_long) = (0, too_long + 1);
            }
        }
        self.lengths = lengths;
        Ok(too_long)
    }

    /// For each member of the rows that are lined up, what they have of it.
    pub(super) fn cells<'a>(
        &'a self,
        schema: &'a Schema,
    ) -> impl Iterator<Item = Cells<'a>> + use<'a> {
        let mut written = self.written.iter();
        schema.root.iter().zip(&schema.names).filter_map(move |(node, names)| {
            if node.is_leaf() {
                return Some(self.columns[node.first].cells());
            }
            Some(written.next()?.cells(&node.key, names))
        })
    }

    /// The lengths of their lines.
    pub(super) fn lengths(&self) -> &[usize] {
        &self.lengths
    }

    /// Writes what has columns within it, of as many of the decoded rows as there is room for,
    /// and as are good. The answer is how many that are.
    fn write(&mut self, schema: &Schema) -> Result<usize, Reason> {
        let ready = self.decoded - self.told;
        if self.written.is_empty() {
            return Ok(ready);
        }
        let nodes = schema.root.iter().zip(&schema.names).filter(|(node, _)| !node.is_leaf());
        for ((node, names), written) in nodes.zip(&mut self.written) {
            written.begin(node, names.len(), &self.columns, self.told..self.decoded);
        }
        let mut bytes = 0;
        for row in 0..ready {
            let nodes = schema.root.iter().filter(|node| !node.is_leaf());
            for (node, written) in nodes.zip(&mut self.written) {
                bytes += written.add(node, &mut self.columns, self.told + row);
            }
            if let Err(reason) = self.end_row() {
                if row == 0 {
                    return Err(reason);
                }
                self.fault = Some(reason);
                return Ok(row);
            }
            if bytes >= WRITTEN {
                return Ok(row + 1);
            }
        }
        Ok(ready)
    }

    fn end_row(&mut self) -> Result<(), Reason> {
        for at in &self.lists {
            let column = &mut self.columns[*at];
            if !column.end_row() {
                let reason = damaged("it has another opinion on where a row ends");
                return Err(of_column(&column.leaf().path, reason));
            }
        }
        Ok(())
    }

    fn decode(&mut self, source: &mut Source<'_>) -> Result<(), Reason> {
        source.budget.check_cancel()?;
        let mut rows = ROWS.min(usize::try_from(self.left).unwrap_or(ROWS));
        let mut held = 0;
        for column in &mut self.columns {
            let filled = column.fill(rows, self.told, source).and_then(|count| {
                held += column.held();
                if held > HELD {
                    let detail = format!("its columns need more than {HELD} bytes at a time");
                    return Err(Reason::new(ReasonKind::Size, detail));
                }
                if count == 0 {
                    Err(damaged("it has fewer rows than it is said to"))
                } else {
                    Ok(count)
                }
            });
            rows = filled.map_err(|reason| of_column(&column.leaf().path, reason))?;
        }
        (self.decoded, self.told) = (rows, 0);
        Ok(())
    }
}

fn of_column(path: &str, mut reason: Reason) -> Reason {
    if reason.kind != ReasonKind::Cancelled {
        reason.detail = format!("column {path}: {}", reason.detail);
    }
    reason
}
