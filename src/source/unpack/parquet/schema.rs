//! What the rows of a Parquet file look like: a tree, whose leaves are the columns.

use super::damaged;
use super::footer::Element;
use super::shape::{Physical, Shape, quoted};
use crate::event::{Name, Reason, ReasonKind};
use std::sync::Arc;

/// Groups within each other.
const DEEPEST: usize = 60;

/// Bytes of a column's path that are kept.
const PATH: usize = 200;

/// Columns of one file, at most.
const COLUMNS: usize = 20_000;

const REQUIRED: i64 = 0;
const REPEATED: i64 = 2;

/// One column.
#[derive(Debug)]
pub(super) struct Leaf {
    /// For people.
    pub(super) path: String,
    pub(super) physical: Physical,
    pub(super) shape: Shape,
    /// The level of a value that is there.
    pub(super) defined: u32,
    /// Lists around it.
    pub(super) repeated: u32,
    /// What stands before a value: its name, if it is a member of an object.
    pub(super) key: String,
    /// What stands in place of one that cannot be told.
    pub(super) absent: &'static str,
    /// It is the key of a map: its values are names.
    pub(super) is_name: bool,
    /// It is a member of the row itself, and its values are whole numbers.
    pub(super) is_number: bool,
    /// It is within a member of the row.
    pub(super) is_within: bool,
}

/// A part of a row.
#[derive(Debug)]
pub(super) struct Node {
    /// Its name, if it is a member of an object.
    pub(super) key: String,
    /// What stands in its place if it is not there.
    pub(super) absent: &'static str,
    /// The level from which on it is there.
    pub(super) defined: u32,
    /// The place of its name, or of that of the list that it is in, within the member.
    pub(super) name: u32,
    /// The columns within it.
    pub(super) first: usize,
    pub(super) end: usize,
    /// Whether one of those is in lists.
    pub(super) has_lists: bool,
    pub(super) kind: Kind,
}

impl Node {
    /// Whether it is a column itself.
    pub(super) fn is_leaf(&self) -> bool {
        matches!(self.kind, Kind::Leaf)
    }

    /// Numbers the names within it, which stand behind the others; its own has this place.
    fn name_within(&mut self, place: u32, names: &mut Vec<Name>) {
        self.name = place;
        match &mut self.kind {
            // The names in a map are no part of the schema.
            Kind::Leaf | Kind::Map(..) => {}
            Kind::List(_, element) => element.name_within(place, names),
            Kind::Group(nodes) => {
                for node in nodes {
                    names.push(Name { key: node.key.clone(), around: place });
                    node.name_within(names.len() as u32 - 1, names);
                }
            }
        }
    }
}

#[derive(Debug)]
pub(super) enum Kind {
    Leaf,
    Group(Vec<Node>),
    /// With the level from which on it has an element, and that on which it goes on.
    List(Within, Box<Node>),
    /// Its first column is the keys.
    Map(Within, Option<Box<Node>>),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Within {
    pub(super) defined: u32,
    pub(super) repeated: u32,
}

#[derive(Debug)]
pub(super) struct Schema {
    pub(super) root: Vec<Node>,
    /// For each of those, its name and the names within it.
    pub(super) names: Vec<Vec<Name>>,
    pub(super) leaves: Vec<Arc<Leaf>>,
}

/// What an element stands in.
#[derive(Clone, Copy)]
struct Around {
    defined: u32,
    repeated: u32,
    depth: usize,
    part: Part,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Member,
    Element,
    Name,
}

struct Builder<'a> {
    elements: std::slice::Iter<'a, Element>,
    leaves: Vec<Arc<Leaf>>,
    path: Vec<&'a str>,
}

impl Schema {
    pub(super) fn new(elements: &[Element]) -> Result<Self, Reason> {
        let mut builder =
            Builder { elements: elements.iter(), leaves: Vec::new(), path: Vec::new() };
        let root = builder.elements.next().ok_or_else(|| damaged("it has no schema"))?;
        let around = Around { defined: 0, repeated: 0, depth: 0, part: Part::Member };
        let mut root = builder.members(root, around)?;
        let names = root.iter_mut().map(|node| {
            let mut names = vec![Name { key: node.key.clone(), around: 0 }];
            node.name_within(0, &mut names);
            names
        });
        Ok(Self { names: names.collect(), root, leaves: builder.leaves })
    }
}

impl<'a> Builder<'a> {
    fn next(&mut self) -> Result<&'a Element, Reason> {
        self.elements.next().ok_or_else(|| damaged("its schema ends in the middle"))
    }

    fn members(&mut self, group: &Element, around: Around) -> Result<Vec<Node>, Reason> {
        let mut nodes = Vec::new();
        for _ in 0..group.children {
            let element = self.next()?;
            nodes.extend(self.node(element, Around { part: Part::Member, ..around })?);
        }
        Ok(nodes)
    }

    /// `None` if there is no column in it.
    fn node(&mut self, element: &'a Element, around: Around) -> Result<Option<Node>, Reason> {
        self.path.push(&element.name);
        let node = self.shaped(element, around);
        self.path.pop();
        node
    }

    fn shaped(&mut self, element: &'a Element, around: Around) -> Result<Option<Node>, Reason> {
        let first = self.leaves.len();
        if element.repetition == REPEATED {
            // A list that is never missing.
            let within = Within { defined: around.defined + 1, repeated: around.repeated + 1 };
            let inner = Around { part: Part::Element, ..around.inside(within) };
            let Some(node) = self.plain(element, inner)? else { return Ok(None) };
            let kind = Kind::List(within, Box::new(node));
            return Ok(Some(self.made(element, around, first, kind)));
        }
        let own = u32::from(element.repetition != REQUIRED);
        self.plain(element, Around { defined: around.defined + own, ..around })
    }

    /// The element as such; `around` has its own level.
    fn plain(&mut self, element: &'a Element, around: Around) -> Result<Option<Node>, Reason> {
        if around.depth >= DEEPEST {
            let detail = format!("it has groups nested deeper than {DEEPEST}");
            return Err(Reason::new(ReasonKind::Nested, detail));
        }
        let first = self.leaves.len();
        let kind = if element.physical.is_some() && element.children <= 0 {
            self.leaf(element, around)?;
            Some(Kind::Leaf)
        } else if element.is_map() && element.children == 1 {
            self.map(around)?
        } else if element.is_list() && element.children == 1 {
            self.list(element, around)?
        } else {
            let inner = Around { depth: around.depth + 1, ..around };
            Some(Kind::Group(self.members(element, inner)?))
        };
        let is_empty = self.leaves.len() == first;
        Ok(kind.filter(|_| !is_empty).map(|kind| self.made(element, around, first, kind)))
    }

    fn made(&self, element: &Element, around: Around, first: usize, kind: Kind) -> Node {
        let (key, absent) = around.part.dress(&element.name);
        let has_lists = self.leaves[first..].iter().any(|leaf| leaf.repeated > 0);
        let (defined, end) = (around.defined, self.leaves.len());
        Node { key, absent, defined, name: 0, first, end, has_lists, kind }
    }

    fn leaf(&mut self, element: &Element, around: Around) -> Result<(), Reason> {
        if self.leaves.len() >= COLUMNS {
            let detail = format!("it has more than {COLUMNS} columns");
            return Err(Reason::new(ReasonKind::Size, detail));
        }
        let physical = Physical::of(element)?;
        let shape = Shape::of(element, physical);
        let (key, absent) = around.part.dress(&element.name);
        let is_within = around.depth > 0 || around.repeated > 0;
        self.leaves.push(Arc::new(Leaf {
            path: shortened(&self.path),
            physical,
            shape,
            defined: around.defined,
            repeated: around.repeated,
            key,
            absent,
            is_name: around.part == Part::Name,
            is_number: !is_within && shape.is_whole(),
            is_within,
        }));
        Ok(())
    }

    /// A list has a repeated group around its elements, or in older files is without one.
    fn list(&mut self, list: &Element, around: Around) -> Result<Option<Kind>, Reason> {
        let inner = self.next()?;
        if inner.repetition != REPEATED {
            let inner = self.node(inner, Around { part: Part::Member, ..around.deeper() })?;
            return Ok(inner.map(|node| Kind::Group(vec![node])));
        }
        let within = Within { defined: around.defined + 1, repeated: around.repeated + 1 };
        let inside = Around { part: Part::Element, ..around.inside(within) };
        let is_older = inner.children != 1
            || inner.name == "array"
            || inner.name.strip_suffix("_tuple") == Some(&list.name);
        let element = if is_older {
            self.path.push(&inner.name);
            let element = self.plain(inner, inside);
            self.path.pop();
            element?
        } else {
            let element = self.next()?;
            self.node(element, inside)?
        };
        Ok(element.map(|element| Kind::List(within, Box::new(element))))
    }

    /// Of a map whose keys are no plain values its entries are told as a list.
    fn map(&mut self, around: Around) -> Result<Option<Kind>, Reason> {
        let entry = self.next()?;
        let within = Within { defined: around.defined + 1, repeated: around.repeated + 1 };
        let inside = Around { part: Part::Element, ..around.inside(within) };
        let is_plain = |key: &Element| {
            key.physical.is_some() && key.children <= 0 && key.repetition != REPEATED
        };
        let has_names = self.elements.as_slice().first().is_some_and(is_plain);
        if entry.repetition != REPEATED || !(1..=2).contains(&entry.children) || !has_names {
            let node = if entry.repetition == REPEATED {
                self.plain(entry, inside)?.map(|node| Kind::List(within, Box::new(node)))
            } else {
                let node = self.node(entry, Around { part: Part::Member, ..around.deeper() })?;
                node.map(|node| Kind::Group(vec![node]))
            };
            return Ok(node);
        }
        let key = self.next()?;
        self.node(key, Around { part: Part::Name, ..inside })?;
        let value = if entry.children == 2 {
            let value = self.next()?;
            self.node(value, inside)?.map(Box::new)
        } else {
            None
        };
        Ok(Some(Kind::Map(within, value)))
    }
}

/// The path for people, no longer than a line: each column has its own.
fn shortened(path: &[&str]) -> String {
    let mut text = String::new();
    for name in path {
        if !text.is_empty() {
            text.push('.');
        }
        text.push_str(&name[..name.floor_char_boundary(PATH)]);
        if text.len() >= PATH {
            text.truncate(text.floor_char_boundary(PATH));
            break;
        }
    }
    text
}

impl Around {
    fn deeper(self) -> Self {
        Self { depth: self.depth + 1, ..self }
    }

    fn inside(self, within: Within) -> Self {
        Self { defined: within.defined, repeated: within.repeated, ..self.deeper() }
    }
}

impl Part {
    fn dress(self, name: &str) -> (String, &'static str) {
        match self {
            Self::Member => {
                let mut key = Vec::new();
                quoted(name, &mut key);
                key.push(b':');
                (String::from_utf8_lossy(&key).into_owned(), "")
            }
            Self::Element => (String::new(), "null,"),
            Self::Name => (String::new(), "\"\":"),
        }
    }
}

impl Element {
    fn is_map(&self) -> bool {
        self.logical.kind == 2 || matches!(self.converted, Some(1 | 2))
    }

    fn is_list(&self) -> bool {
        self.logical.kind == 3 || self.converted == Some(3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_maps_within_each_other_end_somewhere() {
        // A list, and a map.
        for converted in [3, 1] {
            let group = || Element {
                name: "array".to_owned(),
                repetition: REPEATED,
                children: 1,
                converted: Some(converted),
                ..Element::default()
            };
            let mut elements: Vec<Element> = (0..100_000).map(|_| group()).collect();
            elements.push(Element { physical: Some(1), ..Element::default() });
            let reason = Schema::new(&elements).map(|_| ()).unwrap_err();
            assert_eq!(reason.kind, ReasonKind::Nested);
        }
    }

    #[test]
    fn a_path_is_kept_as_far_as_a_line_shows_it() {
        assert_eq!(shortened(&["a", "b.c"]), "a.b.c");
        let long = "é".repeat(PATH);
        assert!(shortened(&[&long, "b"]).len() <= PATH && shortened(&["b", &long]).len() <= PATH);
    }
}
