//! A group of rows, put together from its columns: levels say what is missing, and where lists
//! go on.

use super::column::Column;
use super::footer::Group;
use super::schema::{Kind, Node, Schema, Within};
use super::{Source, damaged};
use crate::event::{Reason, ReasonKind};
use std::sync::Arc;

/// Rows that are decoded at a time.
const ROWS: usize = 1024;

/// Bytes that the columns of a group hold at a time, at most.
const HELD: usize = 1 << 30;

/// Bytes of a row, at most.
pub(super) const LONGEST: usize = 64 << 20;

pub(super) struct Rows {
    columns: Vec<Column>,
    /// Which of them are in lists.
    lists: Vec<usize>,
    /// Rows that were not told so far.
    pub(super) left: u64,
    /// Rows that are decoded, and how many of them were told.
    decoded: usize,
    told: usize,
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
        Ok(Self { columns, lists, left, decoded: 0, told: 0 })
    }

    /// Appends the next row and a line end; nothing but that if it is too long, of which the
    /// answer is `false`.
    pub(super) fn tell(
        &mut self,
        schema: &Schema,
        source: &mut Source<'_>,
        out: &mut Vec<u8>,
    ) -> Result<bool, Reason> {
        if self.decoded == self.told {
            self.decode(source)?;
        }
        let start = out.len();
        out.push(b'{');
        for node in &schema.root {
            value(node, &mut self.columns, out, start + LONGEST);
        }
        close(out, b'}', usize::MAX);
        (self.told, self.left) = (self.told + 1, self.left - 1);
        for at in &self.lists {
            let column = &mut self.columns[*at];
            if !column.end_row() {
                let reason = damaged("it has another opinion on where a row ends");
                return Err(of_column(&column.leaf().path, reason));
            }
        }
        let is_good = out.len() - start <= LONGEST;
        if !is_good {
            out.truncate(start);
        }
        out.push(b'\n');
        Ok(is_good)
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

/// Ends an object or array, of which each part has ended with a comma.
fn close(out: &mut Vec<u8>, bracket: u8, limit: usize) {
    match out.last_mut() {
        Some(last @ b',') => *last = bracket,
        _ => add(out, &[bracket], limit),
    }
}

/// Appends the text, unless the row is beyond the limit.
fn add(out: &mut Vec<u8>, text: &[u8], limit: usize) {
    if out.len() <= limit {
        out.extend_from_slice(text);
    }
}

/// Appends what the row has of this part, and a comma. A row that is beyond `limit` is gone
/// through without a word.
fn value(node: &Node, columns: &mut [Column], out: &mut Vec<u8>, limit: usize) {
    let column = &mut columns[node.first];
    if let Kind::Leaf = node.kind {
        add(out, column.next().unwrap_or(node.absent), limit);
        return;
    }
    let level = column.level();
    if level < node.defined {
        pass(node, columns);
        add(out, node.absent, limit);
        return;
    }
    add(out, &node.key, limit);
    match &node.kind {
        Kind::Leaf => {}
        Kind::Group(nodes) => {
            add(out, b"{", limit);
            for node in nodes {
                value(node, columns, out, limit);
            }
            close(out, b'}', limit);
        }
        Kind::List(within, element) => {
            add(out, b"[", limit);
            elements(node, *within, columns, |columns| value(element, columns, out, limit));
            close(out, b']', limit);
        }
        Kind::Map(within, of_key) => {
            add(out, b"{", limit);
            elements(node, *within, columns, |columns| {
                let key = columns[node.first].next().unwrap_or(b"\"\":");
                add(out, key, limit);
                match of_key {
                    Some(node) => value(node, columns, out, limit),
                    None => add(out, b"null,", limit),
                }
            });
            close(out, b'}', limit);
        }
    }
    add(out, b",", limit);
}

fn elements(
    node: &Node,
    within: Within,
    columns: &mut [Column],
    mut tell: impl FnMut(&mut [Column]),
) {
    if columns[node.first].level() < within.defined {
        return pass(node, columns);
    }
    loop {
        tell(columns);
        if columns[node.first].repeats() < within.repeated {
            return;
        }
    }
}

fn pass(node: &Node, columns: &mut [Column]) {
    columns[node.first..node.end].iter_mut().for_each(Column::pass);
}
