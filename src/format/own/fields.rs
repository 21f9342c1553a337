//! The fields of a definition: shared ones by their names, and its own with a kind and a role.

use super::decoder::Use;
use super::definition::{Definition, Field, Said};
use super::moment::Clock;
use super::table::Table;
use crate::event::document::Document;
use crate::event::fields::{self, SHARED};
use crate::event::nearest::did_you_mean;
use crate::event::{Class, FieldDef, Kind, Outcome, Role};
use std::collections::BTreeSet;

/// The fields of the schema, and how they are filled.
#[derive(Default)]
pub(super) struct Fields<'v> {
    pub(super) schema: Vec<FieldDef>,
    /// Where values come from, and what for.
    pub(super) uses: Vec<(Said<'v>, Use)>,
    pub(super) constants: Vec<(usize, String)>,
    pub(super) class: Option<Class>,
    pub(super) outcome: Option<Outcome>,
}

/// Checks all fields. `id` is the format's; `captures` are the names that values may come from, if
/// those are known.
pub(super) fn read<'v>(
    document: &mut Document<'v>,
    definition: &Definition<'v>,
    id: &str,
    captures: Option<&BTreeSet<String>>,
) -> Fields<'v> {
    let mut known: Vec<(usize, &Field<'v>, FieldDef)> = Vec::new();
    for field in &definition.fields {
        if let Some((order, def)) = def(document, field, id) {
            known.push((order, field, def));
        }
    }
    known.sort_by_key(|(order, ..)| *order);
    let mut found = Fields::default();
    found.schema.extend(known.iter().map(|(.., def)| def.clone()));
    for always in [fields::CLASS, fields::OUTCOME] {
        if !found.schema.iter().any(|def| def.name == always.name) {
            found.schema.push(always);
        }
    }
    for (slot, (_, field, def)) in known.iter().enumerate() {
        source(document, field, captures);
        fill(document, field, (slot, def), &mut found);
    }
    found
}

/// What the field is, and its place among those of the schema.
fn def(document: &mut Document<'_>, field: &Field<'_>, id: &str) -> Option<(usize, FieldDef)> {
    let name = &*field.name.text;
    if let Some(at) = SHARED.iter().position(|shared| shared.name == name) {
        for (key, said) in [("kind", &field.kind), ("role", &field.role), ("help", &field.help)] {
            if let Some(said) = said {
                let message =
                    format!("{name:?} is a shared field, and its {key} is known: leave it out");
                document.error(said.span.clone(), message);
            }
        }
        return Some((at, SHARED[at].clone()));
    }
    let is_part = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    let own = name.strip_prefix(id).and_then(|rest| rest.strip_prefix('.'));
    let Some(own) = own.filter(|own| !own.is_empty()) else {
        let message = if name == "time" {
            "the time has a table of its own: [time]".to_owned()
        } else {
            let near = did_you_mean(name, SHARED.iter().map(|shared| &*shared.name));
            format!("unknown field {name:?}{near} (fields of its own begin with \"{id}.\")")
        };
        document.error(field.name.span.clone(), message);
        return None;
    };
    if !own.split('.').all(is_part) || name.len() > 64 {
        let message =
            format!("{name:?} is no name of a field: use a-z, 0-9 and _, at most 64 of them");
        document.error(field.name.span.clone(), message);
    }
    let kind = closed(document, field, "kind", field.kind.as_ref(), Kind::ALL, Kind::as_str);
    let role = closed(document, field, "role", field.role.as_ref(), Role::ALL, Role::as_str);
    let (kind, role) = (kind?, role?);
    if let Some(message) = at_odds(kind, role) {
        let span = field.role.as_ref().map_or(field.name.span.clone(), |role| role.span.clone());
        document.error(span, message);
    }
    let from = field.from.as_ref().map_or("", |from| &from.text);
    let help = field.help.as_ref().map_or_else(|| from.to_owned(), |help| help.text.to_string());
    let (name, help) = (name.to_owned().into(), help.into());
    let def = FieldDef { name, kind, role, many: field.many, revises: false, help };
    Some((SHARED.len() + field.name.span.start, def))
}

/// A word of a closed list, which must be there.
fn closed<T: Copy>(
    document: &mut Document<'_>,
    field: &Field<'_>,
    key: &str,
    said: Option<&Said<'_>>,
    all: &[T],
    text: fn(T) -> &'static str,
) -> Option<T> {
    let Some(said) = said else {
        let known: Vec<&str> = all.iter().map(|word| text(*word)).collect();
        let message =
            format!("`{key}` of {:?} is missing (known: {})", field.name.text, known.join(", "));
        document.error(field.name.span.clone(), message);
        return None;
    };
    word(document, key, said, all, text)
}

/// A word of a closed list.
pub(super) fn word<T: Copy>(
    document: &mut Document<'_>,
    what: &str,
    said: &Said<'_>,
    all: &[T],
    text: fn(T) -> &'static str,
) -> Option<T> {
    let found = all.iter().copied().find(|word| text(*word) == said.text);
    if found.is_none() {
        let known: Vec<&str> = all.iter().map(|word| text(*word)).collect();
        let near = did_you_mean(&said.text, known.iter().copied());
        let message = format!("unknown {what} {:?}{near} (known: {})", said.text, known.join(", "));
        document.error(said.span.clone(), message);
    }
    found
}

/// Why no field has this kind and this role.
fn at_odds(kind: Kind, role: Role) -> Option<String> {
    let wanted = match (kind, role) {
        (Kind::Ip, Role::Ip)
        | (Kind::Int, Role::Bytes | Role::Text)
        | (Kind::Float, Role::Text)
        | (Kind::Time, Role::Time) => return None,
        (Kind::Ip, _) => "ip",
        (Kind::Time, _) => "time",
        (Kind::Int, _) => "text or bytes",
        (Kind::Float, _) => "text",
        (Kind::Str | Kind::Id, Role::Ip) => {
            return Some("the role ip takes the kind address".to_owned());
        }
        (Kind::Str | Kind::Id, Role::Time) => {
            return Some("the role time takes the kind time".to_owned());
        }
        (Kind::Str | Kind::Id, Role::Bytes) => {
            return Some("the role bytes takes the kind integer".to_owned());
        }
        (Kind::Str | Kind::Id, _) => return None,
    };
    Some(format!("the kind {kind} takes the role {wanted}, not {role}"))
}

/// Checks that the field has one source, which is there.
fn source(document: &mut Document<'_>, field: &Field<'_>, captures: Option<&BTreeSet<String>>) {
    match (&field.from, &field.value) {
        (None, None) => {
            let message =
                format!("`from` of {:?} is missing: where its value comes from", field.name.text);
            document.error(field.name.span.clone(), message);
        }
        (Some(_), Some(value)) => {
            document.error(value.span.clone(), "`value` and `from` exclude each other");
        }
        (Some(from), None) => origin(document, from, captures),
        (None, Some(value)) if !field.map.is_empty() => {
            document.error(value.span.clone(), "a `value` that is always the same needs no `map`");
        }
        (None, Some(_)) => {}
    }
}

/// Checks that values can come from there: a group that some pattern names, or a path.
pub(super) fn origin(
    document: &mut Document<'_>,
    from: &Said<'_>,
    captures: Option<&BTreeSet<String>>,
) {
    match captures {
        Some(captures) if !captures.contains(&*from.text) => {
            let near = did_you_mean(&from.text, captures.iter().map(String::as_str));
            let known: Vec<&str> = captures.iter().map(String::as_str).collect();
            let message = format!(
                "no pattern captures {:?}{near} (captured: {})",
                from.text,
                known.join(", ")
            );
            document.error(from.span.clone(), message);
        }
        None if from.text.split('.').any(str::is_empty) => {
            let message =
                format!("{:?} is no path: names of members, with dots between them", from.text);
            document.error(from.span.clone(), message);
        }
        _ => {}
    }
}

/// Says what fills the field.
fn fill<'v>(
    document: &mut Document<'v>,
    field: &Field<'v>,
    (slot, def): (usize, &FieldDef),
    found: &mut Fields<'v>,
) {
    let only = |document: &mut Document<'v>, said: &Option<Said<'v>>, wanted: bool, what: &str| {
        if let (Some(said), false) = (said, wanted) {
            document.error(said.span.clone(), what);
        }
    };
    only(document, &field.format, def.kind == Kind::Time, "only a field of kind time has a format");
    only(document, &field.split, def.many, "only a field that may hold many values is split");
    if field.split.as_ref().is_some_and(|split| split.text.is_empty()) {
        only(document, &field.split, false, "the mark between the values is missing");
    }
    let used = match &*def.name {
        "class" => {
            let read = |document: &mut Document<'v>, said: &Said<'v>| {
                word(document, "class", said, Class::ALL, Class::as_str)
            };
            found.class = field.value.as_ref().and_then(|said| read(document, said));
            let table = Table::of(document, field, read);
            Use::Class(table)
        }
        "outcome" => {
            let read = |document: &mut Document<'v>, said: &Said<'v>| {
                word(document, "outcome", said, Outcome::ALL, Outcome::as_str)
            };
            found.outcome = field.value.as_ref().and_then(|said| read(document, said));
            let table = Table::of(document, field, read);
            Use::Outcome(table)
        }
        _ => {
            if let Some(value) = &field.value
                && let Some(text) = fitting(document, def, value)
            {
                found.constants.push((slot, text));
            }
            let table = Table::of(document, field, |document, said| fitting(document, def, said));
            let clock =
                (def.kind == Kind::Time).then(|| Clock::new(document, field.format.as_ref(), None));
            let split = field.split.as_ref().map(|split| split.text.to_string());
            Use::Field { slot, split, table, clock }
        }
    };
    if let Some(Said { text, span }) = &field.from {
        found.uses.push((Said { text: text.clone(), span: span.clone() }, used));
    }
}

/// A value that a definition gives by itself, if it is one of the field's kind.
fn fitting(document: &mut Document<'_>, def: &FieldDef, said: &Said<'_>) -> Option<String> {
    let text = &*said.text;
    let number = |text: &str| text.parse().ok().filter(|number: &f64| number.is_finite());
    let fits = match def.kind {
        Kind::Str | Kind::Id => !text.is_empty(),
        Kind::Int => text.parse::<i64>().is_ok(),
        Kind::Float if def.name == "severity" => {
            number(text).is_some_and(|number| (0.0..=10.0).contains(&number))
        }
        Kind::Float => number(text).is_some(),
        Kind::Ip => text.parse::<std::net::IpAddr>().is_ok(),
        Kind::Time => crate::event::Time::parse_rfc3339(text).is_some(),
    };
    if !fits {
        let message = if def.name == "severity" {
            format!("{text:?} is no severity: 0 to 10")
        } else {
            format!("{text:?} does not fit the kind {} of {}", def.kind, def.name)
        };
        document.error(said.span.clone(), message);
    }
    fits.then(|| text.to_owned())
}
