//! A filter made ready to run: names, values and expressions compiled once, then asked of every
//! segment ([`Filter::bits`]) or of one row ([`Filter::matches`]).

use super::ast::{Expr, Field, Mark, Node, Op, Query, Term, Window};
use super::list::{Doubt, Lists, MissingList};
use super::number::Amount;
use super::terms;
use super::values::Values;
use crate::event::{ObjectId, Paths};
use crate::store::{Bits, Segment, Selection, Snapshot};
use regex::bytes::Regex;
use std::fmt::Write;
use std::sync::Arc;

/// What others know about rows: standings, alarms, notes, tags, and where they are from.
pub trait Marks: Sync {
    /// The path of an evidence object.
    fn object(&self, _: ObjectId) -> Option<Arc<str>> {
        None
    }

    /// Says each text that the mark has on this row; nothing if the row is not marked.
    fn each(&self, segment: &Segment, row: usize, mark: Mark, say: &mut dyn FnMut(&str));

    /// The rows with a text for which the test holds. Whoever knows marks by another way than
    /// row by row can do better than this.
    fn rows(&self, segment: &Segment, mark: Mark, test: &mut dyn FnMut(&str) -> bool) -> Bits {
        Bits::from_fn(segment.len(), |row| {
            let mut found = false;
            self.each(segment, row, mark, &mut |text| found = found || test(text));
            found
        })
    }
}

/// Nothing was found out about any row.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoMarks;

impl Marks for NoMarks {
    fn each(&self, _: &Segment, _: usize, _: Mark, _: &mut dyn FnMut(&str)) {}

    fn rows(&self, segment: &Segment, _: Mark, _: &mut dyn FnMut(&str) -> bool) -> Bits {
        Bits::none(segment.len())
    }
}

/// A compiled filter. Cheap to share; it holds no data of any segment.
#[derive(Debug)]
pub struct Filter {
    pub(super) root: Test,
}

/// [`Expr`], compiled.
#[derive(Debug)]
pub(super) enum Test {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Leaf(Box<Leaf>),
}

#[derive(Debug)]
pub(super) enum Leaf {
    Is(Field, Values),
    /// Rows whose mark is one of these; `yes` and `no` say whether there is a mark at all.
    Mark {
        mark: Mark,
        yes: bool,
        no: bool,
        values: Values,
    },
    Compare(Field, Op, Amount),
    When(Field, Vec<Window>),
    Has(Vec<Field>),
    Bytes(Regex),
}

impl Leaf {
    /// Whether only the record's own bytes can answer for every row.
    pub(super) fn needs_records(&self) -> bool {
        match self {
            Self::Bytes(_) => true,
            Self::Is(field, _) | Self::Compare(field, ..) => field.may_be_member(),
            Self::Has(fields) => fields.iter().any(Field::may_be_member),
            _ => false,
        }
    }
}

impl Filter {
    /// Compiles the enabled terms of a query.
    ///
    /// # Errors
    /// The first list that is not among `lists`.
    pub fn new(query: &Query, lists: &Lists) -> Result<Self, MissingList> {
        Ok(Self { root: compile(&query.node(), lists)? })
    }

    /// Whether every row passes without a look.
    pub fn is_all(&self) -> bool {
        matches!(&self.root, Test::All(tests) if tests.is_empty())
    }

    /// Whether columns alone may leave rows undecided.
    pub fn needs_records(&self) -> bool {
        self.leaves().into_iter().any(Leaf::needs_records)
    }

    /// Whether records of this snapshot have to be asked: a name may be a column of all formats that are
    /// there, and a member in others.
    pub fn reads(&self, snapshot: &Snapshot) -> bool {
        let schemas = || snapshot.segments.iter().map(|segment| &**segment.schema());
        let is_member = |field: &Field| {
            matches!(field, Field::Path(_))
                || field.may_be_member() && schemas().any(|schema| field.member(schema).is_some())
        };
        self.leaves().into_iter().any(|leaf| match leaf {
            Leaf::Bytes(_) => true,
            Leaf::Is(field, _) | Leaf::Compare(field, ..) => is_member(field),
            Leaf::Has(fields) => fields.iter().any(is_member),
            Leaf::Mark { .. } | Leaf::When(..) => false,
        })
    }

    /// What its lists say that could not be taken for a value.
    pub fn doubts(&self) -> impl Iterator<Item = &Doubt> {
        self.leaves().into_iter().flat_map(|leaf| match leaf {
            Leaf::Is(_, values) | Leaf::Mark { values, .. } => values.doubts(),
            _ => &[],
        })
    }

    fn leaves(&self) -> Vec<&Leaf> {
        let (mut open, mut leaves) = (vec![&self.root], Vec::new());
        while let Some(test) = open.pop() {
            match test {
                Test::All(tests) | Test::Any(tests) => open.extend(tests.iter().rev()),
                Test::Not(test) => open.push(test),
                Test::Leaf(leaf) => leaves.push(&**leaf),
            }
        }
        leaves
    }

    /// The rows that pass. If the filter needs records, the rows that may pass.
    pub fn bits(&self, segment: &Segment, marks: &dyn Marks) -> Bits {
        self.root.bits(segment, marks, true)
    }

    /// What columns alone can say of the rows.
    pub fn bounds(&self, segment: &Segment, marks: &dyn Marks) -> Bounds {
        let possible = self.root.bits(segment, marks, true);
        let certain = if self.needs_records() {
            self.root.bits(segment, marks, false)
        } else {
            possible.clone()
        };
        Bounds { certain, possible }
    }

    /// Whether a row passes; `raw` is its record, asked only for what is no column.
    pub fn matches(
        &self,
        segment: &Segment,
        row: usize,
        marks: &dyn Marks,
        record: Record<'_>,
    ) -> bool {
        self.root.matches(&super::row::Asked { segment, row, marks, record })
    }

    /// The visible rows of a snapshot that pass, or may pass.
    pub fn select(&self, snapshot: &Arc<Snapshot>, marks: &dyn Marks) -> Selection {
        Selection::new(snapshot, |number| {
            (!self.is_all()).then(|| self.bits(&snapshot.segments[number].for_a_pass(), marks))
        })
    }
}

/// Rows between two bounds: those in `possible` and not in `certain` need their records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounds {
    /// These pass, whatever their records say.
    pub certain: Bits,
    /// No others can pass.
    pub possible: Bits,
}

impl Bounds {
    /// The rows whose records have to be read.
    pub fn open(&self) -> Bits {
        self.possible.clone().and_not(&self.certain)
    }

    /// Bytes of the records that have to be read, to be said beforehand.
    pub fn cost(&self, segment: &Segment) -> u64 {
        self.open().iter().map(|row| u64::from(segment.origin(row).length)).sum()
    }
}

/// A record's bytes, and who can find a nested member in them.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    pub raw: &'a [u8],
    /// What is around the record, where that is not in its bytes; from the outermost inwards.
    pub around: &'a [Arc<str>],
    pub paths: &'a dyn Paths,
}

impl<'a> Record<'a> {
    /// A record that stands in its bytes as it is.
    pub fn new(raw: &'a [u8], paths: &'a dyn Paths) -> Self {
        Self { raw, around: &[], paths }
    }

    /// What the path reaches: around the record, or else in it.
    pub fn members(&self, path: &str) -> Vec<String> {
        let texts = self.around.iter().map(|text| text.as_bytes()).chain([self.raw]);
        let mut found = texts.map(|text| self.paths.at(text, path));
        found.find(|found| !found.is_empty()).unwrap_or_default()
    }

    pub(super) fn fits(&self, regex: &Regex) -> bool {
        regex.is_match(self.raw) || self.around.iter().any(|text| regex.is_match(text.as_bytes()))
    }
}

fn compile(node: &Node, lists: &Lists) -> Result<Test, MissingList> {
    let all =
        |nodes: &[Node]| nodes.iter().map(|node| compile(node, lists)).collect::<Result<_, _>>();
    Ok(match &node.expr {
        Expr::And(nodes) => Test::All(all(nodes)?),
        Expr::Or(nodes) => Test::Any(all(nodes)?),
        Expr::Not(node) => Test::Not(Box::new(compile(node, lists)?)),
        Expr::Term(term) => leaf(term, lists)?,
    })
}

fn leaf(term: &Term, lists: &Lists) -> Result<Test, MissingList> {
    Ok(Test::Leaf(Box::new(match term {
        Term::Is { field: Field::Mark(mark), values } => {
            let values = Values::new(values, lists)?;
            Leaf::Mark { mark: *mark, yes: values.text("yes"), no: values.text("no"), values }
        }
        Term::Is { field, values } => Leaf::Is(field.clone(), Values::new(values, lists)?),
        Term::Compare { field, op, number } => Leaf::Compare(field.clone(), *op, number.value),
        Term::When { field, spans, .. } => {
            Leaf::When(field.clone(), spans.iter().map(|when| when.window).collect())
        }
        Term::Has(fields) => Leaf::Has(fields.clone()),
        Term::Text(text) => return Ok(search(&free_text(text))),
        Term::Regex(body) => return Ok(search(body)),
    })))
}

/// A search of the record's bytes. The parser has compiled the same text before; one that cannot
/// be compiled finds nothing.
fn search(body: &str) -> Test {
    terms::regex(body)
        .map_or_else(|_| Test::Any(Vec::new()), |regex| Test::Leaf(Box::new(Leaf::Bytes(regex))))
}

/// Free text as an expression. ASCII letters match either case of themselves alone, so that
/// plain words are found at the speed of memory; others fold as Unicode's simple folding says.
fn free_text(text: &str) -> String {
    let mut body = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|c: char| c.is_ascii() != first.is_ascii()).unwrap_or(rest.len());
        let flags = if first.is_ascii() { "i-u" } else { "i" };
        // Writing to a string cannot fail.
        let _ = write!(body, "(?{flags}:{})", regex::escape(&rest[..end]));
        rest = &rest[end..];
    }
    body
}
