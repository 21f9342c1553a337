//! What can be printed of an event: its fields by name, where it comes from, and its record.

use super::view::Row;
use crate::cli::error::CliError;
use crate::event::{Paths, Place, Time, unlabel};
use crate::format::{Inside, RecordPaths};
use crate::query::Record;
use crate::query::{Mark, Names, ast};
use crate::store::Cell;
use std::borrow::Cow;

/// One thing printed of every event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Column {
    Time,
    Format,
    Object,
    Offset,
    Length,
    Line,
    Index,
    Sha256,
    /// What is proven of it.
    Standing,
    /// The record itself.
    Raw,
    Field(String),
    /// A member of the record that is no column.
    Path(String),
}

/// Where an event comes from, under the names of the output.
pub(super) const ORIGIN: [Column; 7] = [
    Column::Object,
    Column::Offset,
    Column::Length,
    Column::Line,
    Column::Index,
    Column::Sha256,
    Column::Standing,
];

/// A value as it is printed.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Item<'a> {
    Absent,
    Text(Cow<'a, str>),
    /// What an object is called, as a label.
    Name(&'a str),
    Int(i64),
    Unsigned(u64),
    Float(f64),
    List(Vec<Cow<'a, str>>),
    /// A record, which need not be UTF-8.
    Bytes(&'a [u8]),
}

impl Item<'_> {
    pub(super) fn is_number(&self) -> bool {
        matches!(self, Self::Int(_) | Self::Unsigned(_) | Self::Float(_))
    }

    /// As bytes for a cell; the items of a list are joined by a comma and a space.
    pub(super) fn bytes(&self) -> Cow<'_, [u8]> {
        match self {
            Self::Absent => Cow::Borrowed(b""),
            Self::Text(text) => Cow::Borrowed(text.as_bytes()),
            Self::Name(label) => unlabel(label),
            Self::Int(number) => Cow::Owned(number.to_string().into_bytes()),
            Self::Unsigned(number) => Cow::Owned(number.to_string().into_bytes()),
            Self::Float(number) => Cow::Owned(number.to_string().into_bytes()),
            Self::List(items) => Cow::Owned(items.join(", ").into_bytes()),
            Self::Bytes(bytes) => Cow::Borrowed(bytes),
        }
    }
}

impl Column {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Time => "time",
            Self::Format => "format",
            Self::Object => "origin.object",
            Self::Offset => "origin.offset",
            Self::Length => "origin.length",
            Self::Line => "origin.line",
            Self::Index => "origin.index",
            Self::Sha256 => "origin.sha256",
            Self::Standing => "standing",
            Self::Raw => "raw",
            Self::Field(name) | Self::Path(name) => name,
        }
    }

    pub(super) fn needs_record(&self) -> bool {
        matches!(self, Self::Raw | Self::Path(_))
    }

    pub(super) fn of<'a>(&self, row: &Row<'a>) -> Item<'a> {
        let origin = row.segment.origin(row.at);
        match self {
            Self::Time => text(row.segment.time(row.at).map(Time::to_rfc3339)),
            Self::Format => Item::Text(Cow::Borrowed(&row.segment.schema().id)),
            Self::Object => Item::Name(&row.object.path),
            Self::Offset => Item::Unsigned(origin.offset),
            Self::Length => Item::Unsigned(origin.length.into()),
            Self::Line => match origin.place {
                Place::Line(line) => Item::Unsigned(line),
                Place::Index(_) => Item::Absent,
            },
            Self::Index => match origin.place {
                Place::Index(index) => Item::Unsigned(index),
                Place::Line(_) => Item::Absent,
            },
            Self::Sha256 => row.object.sha256.as_deref().map_or(Item::Absent, borrowed),
            Self::Standing => {
                row.object.standing.map_or(Item::Absent, |standing| borrowed(standing.as_str()))
            }
            Self::Raw => row.record.map_or(Item::Absent, Item::Bytes),
            Self::Field(name) => match row.segment.schema().slot(name) {
                Some(slot) => field(row, slot),
                None if name == "outcome" => borrowed("unknown"),
                None => Item::Absent,
            },
            Self::Path(path) => members(row, path),
        }
    }
}

fn text<'a>(text: Option<String>) -> Item<'a> {
    text.map_or(Item::Absent, |text| Item::Text(Cow::Owned(text)))
}

fn borrowed(text: &str) -> Item<'_> {
    Item::Text(Cow::Borrowed(text))
}

/// What the path reaches in the record: one text, or several as a list.
fn members<'a>(row: &Row<'_>, path: &str) -> Item<'a> {
    let Some(raw) = row.record else { return Item::Absent };
    let mut found = match row.inside {
        None => RecordPaths.at(raw, path),
        Some(Inside { text, around }) => {
            Record { around, ..Record::new(text.as_bytes(), &RecordPaths) }.members(path)
        }
    };
    match found.len() {
        0 | 1 => text(found.pop()),
        _ => Item::List(found.into_iter().map(Cow::Owned).collect()),
    }
}

/// The field in this slot. A field that may hold many values is always a list, and an outcome is
/// always there.
pub(super) fn field<'a>(row: &Row<'a>, slot: usize) -> Item<'a> {
    let definition = &row.segment.schema().fields[slot];
    let item = match row.segment.column(slot).get(row.at) {
        Cell::Absent if definition.name == "outcome" => return borrowed("unknown"),
        Cell::Absent => return Item::Absent,
        Cell::Int(number) => Item::Int(number),
        Cell::Float(number) if number.is_finite() => Item::Float(number),
        Cell::List(items) => Item::List(items.into_iter().map(Cow::Borrowed).collect()),
        Cell::Text(text) => borrowed(text),
        cell => Item::Text(Cow::Owned(cell.to_string())),
    };
    match item {
        Item::Text(text) if definition.many => Item::List(vec![text]),
        item => item,
    }
}

/// The columns of these names.
pub(super) fn all(wanted: &[String], names: &Names) -> Result<Vec<Column>, CliError> {
    wanted.iter().map(|name| one(name.trim(), names)).collect()
}

/// What rows can be counted by: as printed, or all the fields of a role.
pub(super) fn counted(name: &str, names: &Names) -> Result<Column, CliError> {
    let refused = |why: &str| Err(CliError::usage(format!("--by {name}: {why}")));
    match names.resolve(name) {
        Some(ast::Field::Role(role)) => Ok(Column::Field(role.as_str().to_owned())),
        Some(ast::Field::Any) => {
            refused("is every text field; count by one of them, such as event or principal")
        }
        Some(ast::Field::Bytes) => {
            refused("is a sum and has no values to count; name bytes.in or bytes.out")
        }
        Some(ast::Field::Mark(Mark::Verified)) => Ok(Column::Standing),
        Some(ast::Field::Mark(_)) => {
            refused("is what an analyst said; `trailcase workspace show NAME` tells it")
        }
        _ => one(name, names),
    }
}

pub(super) fn one(name: &str, names: &Names) -> Result<Column, CliError> {
    let fixed = [Column::Time, Column::Format, Column::Raw].into_iter().chain(ORIGIN);
    if let Some(column) = fixed.into_iter().find(|column| column.name() == name) {
        return Ok(column);
    }
    if let Some(field) = names.column(name) {
        return Ok(Column::Field(field.name.to_string()));
    }
    if names.resolve(name) == Some(ast::Field::Mark(Mark::Verified)) {
        return Ok(Column::Standing);
    }
    if let Some(ast::Field::Path(path)) = names.resolve(name) {
        return Ok(Column::Path(path));
    }
    let why = match name {
        "ip" => "is several fields; name src.ip, dst.ip or client.ip".to_owned(),
        "bytes" => "is two fields; name bytes.in or bytes.out".to_owned(),
        "any" => "is every text field; name them one by one".to_owned(),
        _ => match names.nearest(name).filter(|near| *near != name) {
            Some(near) => format!("no such field; did you mean {near}?"),
            None => "no such field; `trailcase formats list` names what there is".to_owned(),
        },
    };
    Err(CliError::usage(format!("the field {name:?}: {why}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_looked_up_and_corrected() {
        let names = Names::default();
        for (name, column) in [
            ("time", Column::Time),
            ("origin.line", Column::Line),
            ("raw", Column::Raw),
            ("SRC.ip", Column::Field("src.ip".to_owned())),
            ("principal", Column::Field("principal".to_owned())),
            ("requestParameters.x", Column::Path("requestParameters.x".to_owned())),
        ] {
            assert_eq!(one(name, &names).ok(), Some(column), "{name}");
        }
        for (name, hint) in [("ip", "src.ip"), ("evnt", "event?"), ("zzzzzz", "formats list")] {
            let error = one(name, &names).expect_err("no column");
            assert!(error.to_string().contains(hint), "{error}");
        }
    }
}
