//! Members of a row that have columns within them, written out row by row: levels say what is
//! missing, and where lists go on.

use super::column::Column;
use super::rows::LONGEST;
use super::schema::{Kind, Node, Within};
use crate::event::{self, Cells, Dictionary, Entries, Name, Nested};
use std::ops::Range;

/// Values within a member of one row that are told apart, at most.
const APART: usize = 1 << 16;

/// The cells of a member that has columns within it.
#[derive(Default)]
pub(super) struct Written {
    text: String,
    bounds: Vec<u32>,
    dictionaries: Vec<Dictionary>,
    values: Vec<event::Within>,
    firsts: Vec<u32>,
    places: Vec<u32>,
    /// For each row behind the first, whether the columns in no list have what the row before has.
    again: Vec<bool>,
    /// The columns in lists.
    lists: Vec<usize>,
}

impl Written {
    /// Begins anew, with a member in which there are so many names, for these of the decoded rows.
    pub(super) fn begin(
        &mut self,
        node: &Node,
        names: usize,
        columns: &[Column],
        rows: Range<usize>,
    ) {
        self.dictionaries.clear();
        self.dictionaries.resize(names, Dictionary::default());
        learn(node, columns, &mut self.dictionaries);
        self.text.clear();
        self.values.clear();
        for bounds in [&mut self.bounds, &mut self.firsts] {
            bounds.clear();
            bounds.push(0);
        }
        self.places.clear();
        self.again.clear();
        self.again.resize(rows.len().saturating_sub(1), true);
        self.lists.clear();
        for (at, column) in columns.iter().enumerate().take(node.end).skip(node.first) {
            if column.is_in_list() {
                self.lists.push(at);
            } else {
                column.mark_again(rows.start, &mut self.again);
            }
        }
    }

    /// Whether the next row has what the last one has: of what is nested much stays the same for a
    /// while.
    fn is_again(&self, columns: &mut [Column]) -> bool {
        let next = self.places.len().checked_sub(1).and_then(|last| self.again.get(last));
        next == Some(&true) && self.lists.iter().all(|at| columns[*at].is_list_again())
    }

    /// Writes what the next row, which has this place among the decoded ones, has of the member. The
    /// answer is how many bytes it has in the line.
    pub(super) fn add(&mut self, node: &Node, columns: &mut [Column], row: usize) -> usize {
        if self.is_again(columns) {
            self.lists.iter().for_each(|at| columns[*at].pass_again());
        } else {
            let Self { text, values, .. } = self;
            let (from, before) = (text.len(), values.len());
            let mut out = Out { row, limit: from + LONGEST, most: before + APART, text, values };
            out.value(node, columns);
            if out.values.len() == out.most {
                out.values.truncate(before);
                out.end_value(0, from + node.key.len(), Cells::NONE);
            }
            self.bounds.push(self.text.len() as u32);
            self.firsts.push(self.values.len() as u32);
        }
        let last = self.bounds.len().saturating_sub(2);
        self.places.push(last as u32);
        self.text.len() - self.bounds[last] as usize
    }

    /// What the rows have of the member, in which there are these names.
    pub(super) fn cells<'a>(&'a self, key: &'a str, names: &'a [Name]) -> Cells<'a> {
        let Self { text, bounds, dictionaries, values, firsts, places, .. } = self;
        let entries = Nested { text, bounds, names, dictionaries, values, firsts };
        let entries = Entries::Nested(entries);
        Cells { key, entries, dictionary: Dictionary::default(), places }
    }
}

/// Where a member is written.
struct Out<'w> {
    /// The place of the row among the decoded ones.
    row: usize,
    text: &'w mut String,
    values: &'w mut Vec<event::Within>,
    /// A row that is beyond it is gone through without a word.
    limit: usize,
    /// Values that there may be.
    most: usize,
}

impl Out<'_> {
    /// Ends an object or array, of which each part has ended with a comma.
    fn close(&mut self, bracket: &str) {
        if self.text.as_bytes().last() == Some(&b',') {
            self.text.truncate(self.text.len() - 1);
            self.text.push_str(bracket);
        } else {
            self.add(bracket);
        }
    }

    /// Appends the text, unless the row is beyond the limit.
    #[inline]
    fn add(&mut self, text: &str) {
        if self.text.len() <= self.limit {
            self.text.push_str(text);
        }
    }

    /// Remembers that what was written from here on, without the comma behind it, is a value.
    #[inline]
    fn end_value(&mut self, name: u32, from: usize, place: u32) {
        let to = self.text.len().saturating_sub(1);
        if from < to && self.values.len() < self.most {
            let (from, to) = (from as u32, to as u32);
            self.values.push(event::Within { name, from, to, place });
        }
    }

    /// Appends what the row has of this part, and a comma.
    #[inline]
    fn value(&mut self, node: &Node, columns: &mut [Column]) {
        if let Kind::Leaf = node.kind {
            let next = columns[node.first].next(self.row);
            let (place, member) = next.unwrap_or((Cells::NONE, node.absent));
            if !member.is_empty() {
                let from = self.text.len() + node.key.len();
                self.add(member);
                self.end_value(node.name, from, place);
            }
        } else {
            self.around(node, columns);
        }
    }

    /// The same of a part that has others within it; most parts have not, and are no call.
    #[inline(never)]
    fn around(&mut self, node: &Node, columns: &mut [Column]) {
        let from = self.text.len() + node.key.len();
        if columns[node.first].level(self.row) < node.defined {
            pass(node, columns);
            return self.add(node.absent);
        }
        self.add(&node.key);
        match &node.kind {
            Kind::Leaf => {}
            Kind::Group(nodes) => {
                self.add("{");
                for node in nodes {
                    self.value(node, columns);
                }
                self.close("}");
            }
            Kind::List(within, element) => {
                self.add("[");
                elements(node, *within, columns, |columns| self.value(element, columns));
                self.close("]");
            }
            Kind::Map(within, of_key) => {
                let before = self.values.len();
                self.add("{");
                elements(node, *within, columns, |columns| {
                    let key = columns[node.first].next(self.row);
                    self.add(key.map_or("\"\":", |(_, key)| key));
                    match of_key {
                        Some(node) => self.value(node, columns),
                        None => self.add("null,"),
                    }
                });
                self.close("}");
                self.values.truncate(before);
            }
        }
        self.add(",");
        if let Kind::Map(..) = node.kind {
            self.end_value(node.name, from, Cells::NONE);
        }
    }
}

fn elements(
    node: &Node,
    within: Within,
    columns: &mut [Column],
    mut tell: impl FnMut(&mut [Column]),
) {
    if columns[node.first].level(0) < within.defined {
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
    if node.has_lists {
        columns[node.first..node.end].iter_mut().for_each(Column::pass);
    }
}

/// Finds the dictionaries of the names within a part.
fn learn(node: &Node, columns: &[Column], dictionaries: &mut [Dictionary]) {
    match &node.kind {
        Kind::Leaf => {
            if let Some(dictionary) = dictionaries.get_mut(node.name as usize) {
                *dictionary = columns[node.first].known();
            }
        }
        Kind::Group(nodes) => nodes.iter().for_each(|node| learn(node, columns, dictionaries)),
        Kind::List(_, element) => learn(element, columns, dictionaries),
        Kind::Map(..) => {}
    }
}
