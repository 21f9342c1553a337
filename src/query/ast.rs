//! What a filter says, as plain data: terms joined by and, or and not, each with its place in
//! the text it was read from.

use crate::event::classes::words;
use crate::event::{Role, Schema, Timestamp};
use std::ops::Range;

/// Bytes of the filter's text.
pub type Span = Range<usize>;

/// A filter as typed: its top-level terms, which can be switched off one by one.
///
/// All enabled terms must hold; a filter without any lets every row through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// The text the filter was read from; spans point into it.
    pub text: String,
    pub terms: Vec<TopTerm>,
}

/// One of the terms that stand next to each other at the top of a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopTerm {
    pub node: Node,
    pub enabled: bool,
}

impl Query {
    /// The enabled terms as one expression.
    pub fn node(&self) -> Node {
        let enabled = self.terms.iter().filter(|term| term.enabled);
        Node::and(enabled.map(|term| term.node.clone()).collect())
    }

    /// Every term of the enabled part, whatever it is nested in.
    pub fn leaves(&self) -> Vec<&Term> {
        let mut found = Vec::new();
        let mut open: Vec<&Node> =
            self.terms.iter().filter(|term| term.enabled).map(|term| &term.node).collect();
        while let Some(node) = open.pop() {
            match &node.expr {
                Expr::And(nodes) | Expr::Or(nodes) => open.extend(nodes),
                Expr::Not(node) => open.push(node),
                Expr::Term(term) => found.push(term),
            }
        }
        found
    }

    /// Every field that the enabled terms ask about.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.leaves().into_iter().flat_map(|term| match term {
            Term::Is { field, .. } | Term::Compare { field, .. } | Term::When { field, .. } => {
                std::slice::from_ref(field)
            }
            Term::Has(fields) => fields,
            Term::Text(_) | Term::Regex(_) => &[],
        })
    }

    /// What the one who typed it may have meant otherwise: free text that holds what stands for any
    /// text elsewhere.
    pub fn advice(&self) -> Option<&'static str> {
        let star = |term: &Term| matches!(term, Term::Text(text) if text.contains('*'));
        let advice = "* is a character in free text; for any text write /a.*b/";
        self.leaves().into_iter().any(star).then_some(advice)
    }

    /// The names behind `@` in the enabled terms: lists that the caller has to load.
    pub fn lists(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self
            .leaves()
            .into_iter()
            .filter_map(|term| if let Term::Is { values, .. } = term { Some(values) } else { None })
            .flatten()
            .filter_map(|value| match value {
                Operand::List { name, .. } => Some(&**name),
                Operand::Pattern(_) => None,
            })
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// What the enabled top-level times leave together, for people to see; `None` if no time is
    /// asked for.
    pub fn window(&self) -> Option<Window> {
        let asked = self.terms.iter().filter(|term| term.enabled).filter_map(|term| {
            match &term.node.expr {
                Expr::Term(Term::When { field: Field::Time, spans, .. }) => match &spans[..] {
                    [one] => Some(one.window),
                    _ => None,
                },
                _ => None,
            }
        });
        asked.reduce(Window::and)
    }
}

/// A part of a filter. Equality is of meaning: spans do not count.
#[derive(Debug, Clone, Eq)]
pub struct Node {
    pub expr: Expr,
    pub span: Span,
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.expr == other.expr
    }
}

/// No `And` stands directly in an `And`, no `Or` in an `Or`, and an `Or` has two parts or more:
/// [`Node::and`] and [`Node::or`] see to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    /// All of them; everything, if there are none.
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    Term(Term),
}

impl Node {
    pub fn term(term: Term, span: Span) -> Self {
        Self { expr: Expr::Term(term), span }
    }

    pub fn not(node: Self, span: Span) -> Self {
        Self { expr: Expr::Not(Box::new(node)), span }
    }

    /// All of these; of one, the one itself.
    pub fn and(nodes: Vec<Self>) -> Self {
        Self::join(nodes, Expr::And, |expr| match expr {
            Expr::And(inner) => Ok(inner),
            other => Err(other),
        })
    }

    /// Any of these; of one, the one itself. Of none: all rows, as an empty filter.
    pub fn or(nodes: Vec<Self>) -> Self {
        Self::join(nodes, Expr::Or, |expr| match expr {
            Expr::Or(inner) => Ok(inner),
            other => Err(other),
        })
    }

    fn join(
        nodes: Vec<Self>,
        make: fn(Vec<Self>) -> Expr,
        open: fn(Expr) -> Result<Vec<Self>, Expr>,
    ) -> Self {
        let start = nodes.first().map_or(0, |node| node.span.start);
        let end = nodes.last().map_or(0, |node| node.span.end);
        let mut flat = Vec::with_capacity(nodes.len());
        for Self { expr, span } in nodes {
            match open(expr) {
                Ok(inner) => flat.extend(inner),
                Err(expr) => flat.push(Self { expr, span }),
            }
        }
        let expr = match flat.len() {
            0 => Expr::And(flat),
            1 => flat.remove(0).expr,
            _ => make(flat),
        };
        Self { expr, span: start..end }
    }
}

/// One question about a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Term {
    /// `field:value`: any value of the field is any of these.
    Is { field: Field, values: Vec<Operand> },
    /// `bytes>10MB`
    Compare { field: Field, op: Op, number: Number },
    /// `time:10:30..11:10`, `time_end>=2026-03-04`: the instant lies in any of these windows.
    When { field: Field, op: Op, spans: Vec<When> },
    /// `has:code`: any of these fields is there.
    Has(Vec<Field>),
    /// `"free text"`: the record's bytes contain it, whatever the case.
    Text(String),
    /// `/re/`: the record's bytes match.
    Regex(String),
}

/// What a term asks about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// The column of this name, in every format that has it.
    Column(String),
    /// Every column of the role: `ip`, `principal`, `resource`.
    Role(Role),
    /// `bytes.in` and `bytes.out` together.
    Bytes,
    /// Every text, id and address column.
    Any,
    /// The format's id.
    Format,
    /// The path of the evidence object that the row comes from.
    Object,
    /// The event's time.
    Time,
    /// What was found out about the row.
    Mark(Mark),
    /// A member of the record that is no column, such as `requestParameters.bucketName`.
    Path(String),
}

impl Field {
    /// The path under which records of this schema have it, if it is no column there.
    pub(super) fn member(&self, schema: &Schema) -> Option<&str> {
        match self {
            Self::Path(path) => Some(path),
            Self::Column(name) if schema.is_open() && is_path(name) => {
                schema.slot(name).is_none().then_some(name)
            }
            _ => None,
        }
    }

    /// Whether there may be records that have it as a member.
    pub(super) fn may_be_member(&self) -> bool {
        match self {
            Self::Path(_) => true,
            Self::Column(name) => is_path(name),
            _ => false,
        }
    }
}

/// Whether a column is called as the member that it comes from, such as `userIdentity.arn`: names of
/// our own have no capitals in front of the first dot.
fn is_path(name: &str) -> bool {
    name.split_once('.').is_some_and(|(first, _)| first.contains(|c: char| c.is_ascii_uppercase()))
}

words! {
    /// What others found out about a row; they say it through [`Marks`](super::Marks).
    Mark {
        /// The integrity standing.
        Verified = "verified",
        Alarm = "alarm",
        Note = "note",
        Tag = "tag",
        Chain = "chain",
        Hazard = "hazard",
    }
}

words! {
    Op {
        Is = ":",
        Over = ">",
        From = ">=",
        Under = "<",
        UpTo = "<=",
    }
}

/// What a field is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operand {
    Pattern(Pattern),
    /// `@FILE`: each line of the list is a value, read as what the field can hold.
    List {
        name: String,
        sort: Sort,
    },
}

/// What the values of a field have to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    Text,
    /// A text without spaces, such as a key or a host.
    Word,
    Domain,
    Number,
    Size,
    Address,
    Time,
}

/// Text with wildcards: the literal parts between the `*`. One part alone is plain text; only
/// the first and the last part may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    pub parts: Vec<String>,
}

impl Pattern {
    pub fn literal(text: impl Into<String>) -> Self {
        Self { parts: vec![text.into()] }
    }

    /// The text, if there is no wildcard in it.
    pub fn as_literal(&self) -> Option<&str> {
        if let [text] = &self.parts[..] { Some(text) } else { None }
    }
}

/// A number as typed, with its unit, and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    pub text: String,
    pub value: super::number::Amount,
}

/// A time as typed, and the window it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    pub text: String,
    pub window: Window,
}

/// Instants from `from` up to, not including, `to`. `i64::MIN` and `i64::MAX` are open ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    pub from: Timestamp,
    pub to: Timestamp,
}

impl Window {
    pub const ALL: Self = Self { from: Timestamp(i64::MIN), to: Timestamp(i64::MAX) };
    /// What `last2h` is while no event is loaded.
    pub const NONE: Self = Self { from: Timestamp(i64::MAX), to: Timestamp(i64::MIN) };

    pub fn holds(self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }

    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { from: self.from.max(other.from), to: self.to.min(other.to) }
    }
}

/// What relative times are counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Now {
    /// The newest event loaded so far.
    pub newest: Option<Timestamp>,
}
