//! What the columns of a table are: those that have a common name go into the field that all
//! formats share, and each is kept under its own name too.

use super::shape::{Kind as Shapes, Shape};
use crate::event::{FieldDef, Kind, Role, Schema, fields};
use crate::format::formats;
use crate::format::generic::named::names::{self, Name};
use crate::format::generic::named::{
    CLASS, CODE, DURATION, FIELDS, ID, MESSAGE, OUTCOME, SEVERITY,
};
use std::borrow::Cow;
use std::sync::Arc;

/// Columns that are fields of their own; further ones are in the record alone.
const MOST: usize = 200;

/// Where the cells of a row go.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) shape: Shape,
    pub(super) schema: Arc<Schema>,
    pub(super) columns: Vec<Column>,
    /// Where the schema has the fields of records with names.
    slots: [Option<usize>; FIELDS.len()],
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Column {
    pub(super) name: Option<Name>,
    /// The field of its own name.
    pub(super) own: Option<usize>,
}

impl Layout {
    /// `None` if the lines are no table.
    pub(super) fn of(sample: &[String]) -> Option<Self> {
        Shape::of(sample).map(Self::new)
    }

    /// The layout of a table of this shape.
    pub(super) fn new(shape: Shape) -> Self {
        let names: Vec<Option<Name>> =
            shape.header.iter().map(|name| meaning(name, shape.kind)).collect();
        let mut making = Making { fields: Vec::new(), slots: [None; FIELDS.len()] };
        making.share(CLASS);
        making.share(OUTCOME);
        let slots: Vec<Option<usize>> = names.iter().map(|name| name.and_then(shared)).collect();
        slots.iter().flatten().for_each(|slot| making.share(*slot));
        // What has neither is told by its cells.
        making.share(MESSAGE);
        let mut columns = Vec::new();
        for (at, (title, name)) in shape.header.iter().zip(names).enumerate() {
            // What is all that a shared field of its name holds, and as it stands, is not kept twice.
            let alone = slots[at].filter(|slot| {
                let others = slots.iter().filter(|other| **other == Some(*slot));
                others.count() == 1 && matches!(FIELDS[*slot].kind, Kind::Str | Kind::Id)
            });
            let own = (at < MOST).then(|| making.own(title, at, alone)).flatten();
            columns.push(Column { name, own });
        }
        let schema = Schema { id: "csv".into(), title: "Tables".into(), fields: making.fields };
        match schema.shared() {
            Some(schema) => Self { shape, schema, columns, slots: making.slots },
            // Too many kinds of tables: no column is a field of its own.
            None => {
                let columns = columns.into_iter().map(|column| Column { own: None, ..column });
                let slots = std::array::from_fn(Some);
                let schema = Arc::clone(&super::SCHEMA);
                Self { shape, schema, columns: columns.collect(), slots }
            }
        }
    }

    pub(super) fn slot(&self, shared: usize) -> Option<usize> {
        self.slots[shared]
    }
}

/// The field that all formats share into which a column of this name goes.
fn shared(name: Name) -> Option<usize> {
    match name {
        Name::Field(slot) => Some(slot),
        Name::Status | Name::Error => Some(CODE),
        Name::Level => Some(SEVERITY),
        Name::Duration(_) => Some(DURATION),
        Name::Time(_) | Name::Result | Name::Success => None,
    }
}

/// What a column's name stands for.
fn meaning(title: &str, kind: Shapes) -> Option<Name> {
    match (names::of(title), kind) {
        // Numbers of rows are no ids of events.
        (Some(Name::Field(ID)), _) if title.eq_ignore_ascii_case("id") => None,
        (Some(Name::Duration(None)), Shapes::Zeek) => {
            Some(Name::Duration(Some(names::Unit::Seconds)))
        }
        (name, _) => name,
    }
}

struct Making {
    fields: Vec<FieldDef>,
    slots: [Option<usize>; FIELDS.len()],
}

impl Making {
    fn share(&mut self, slot: usize) {
        if self.slots[slot].is_none() {
            self.slots[slot] = Some(self.fields.len());
            self.fields.push(FIELDS[slot].clone());
        }
    }

    /// Makes a field of a column's own name; `None` if the shared field that it fills `alone` has
    /// that name.
    fn own(&mut self, title: &str, at: usize, alone: Option<usize>) -> Option<usize> {
        let clean = cleaned(title, at);
        if alone.is_some_and(|slot| FIELDS[slot].name == clean) {
            return None;
        }
        let is = |name: &str| self.fields.iter().any(|field| field.name.eq_ignore_ascii_case(name));
        let is_taken =
            |name: &str| fields::RESERVED.iter().any(|taken| taken.eq_ignore_ascii_case(name));
        let known = formats()
            .iter()
            .flat_map(|format| &format.schema().fields)
            .chain(fields::SHARED)
            .find(|field| field.name.eq_ignore_ascii_case(&clean));
        let plain = known.is_none_or(|field| field.kind == Kind::Str && !field.many);
        let mut name =
            if plain && !is_taken(&clean) && !is(&clean) { clean } else { format!("csv.{clean}") };
        while is(&name) {
            name.push('_');
        }
        let role = known.filter(|_| plain).map_or(Role::Text, |field| field.role);
        let field = FieldDef::new("", Kind::Str, role, "the column of this name, verbatim");
        self.fields.push(FieldDef { name: Cow::Owned(name), ..field });
        Some(self.fields.len() - 1)
    }
}

/// A name that filters can say.
fn cleaned(title: &str, at: usize) -> String {
    let mut name = String::new();
    for c in title.chars() {
        if c.is_alphanumeric() || matches!(c, '_' | '-' | '.') {
            name.push(c);
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    let name = name.trim_matches(['_', '.', '-']);
    if name.is_empty() { format!("column_{}", at + 1) } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_names_that_filters_can_say() {
        for (title, name) in [
            ("Event time", "Event_time"),
            ("cs(User-Agent)", "cs_User-Agent"),
            ("a.b", "a.b"),
            ("  ", "column_3"),
            ("é (%)", "é"),
        ] {
            assert_eq!(cleaned(title, 2), name, "{title}");
        }
    }

    #[test]
    fn a_column_is_a_shared_field_and_one_of_its_own() {
        let sample = [
            "time,Source IP,severity,count,principal,nat,class,status,code".to_owned(),
            "t,192.0.2.1,low,5,al,192.0.2.2,a,b,c".to_owned(),
        ];
        let layout = Layout::of(&sample).unwrap();
        let names: Vec<&str> = layout.schema.fields.iter().map(|field| &*field.name).collect();
        let wanted = [
            "class",
            "outcome",
            "src.ip",
            "severity",
            "principal",
            "code",
            "message",
            "csv.time",
            "Source_IP",
            "csv.severity",
            "csv.count",
            "nat",
            "csv.class",
            "status",
            "csv.code",
        ];
        assert_eq!(names, wanted);
    }
}
