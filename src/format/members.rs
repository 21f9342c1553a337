//! Walking the members of a JSON record without building a tree: each level of the record is a
//! function from a key to what shall become of its value.

use crate::event::{FieldDef, Kind, Row, Time, Value};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// What the members of one object are for.
pub(super) type Level = fn(&str) -> Rule;

/// What becomes of a member's value. Arrays hand the rule to each of their elements.
#[derive(Clone, Copy)]
pub(super) enum Rule {
    Skip,
    /// Into this field.
    Put(usize),
    Both(usize, usize),
    /// Kept aside, for what depends on several members.
    Note(usize),
    PutNote(usize, usize),
    Enter(Level),
    /// A scalar into the field, an object by its members.
    PutEnter(usize, Level),
    NoteEnter(usize, Level),
}

/// Room for what is kept aside.
pub(super) const NOTES: usize = 32;

/// Where the values of one record go.
pub(super) struct Values<'r, 'de> {
    pub(super) row: &'r mut dyn Row,
    fields: &'static [FieldDef],
    notes: [Option<Cow<'de, str>>; NOTES],
}

impl<'r, 'de> Values<'r, 'de> {
    pub(super) fn new(row: &'r mut dyn Row, fields: &'static [FieldDef]) -> Self {
        Self { row, fields, notes: [const { None }; NOTES] }
    }

    /// Reads one record.
    pub(super) fn read(&mut self, record: &'de str, level: Level) -> serde_json::Result<()> {
        let mut json = serde_json::Deserializer::from_str(record);
        Object { level, values: self }.deserialize(&mut json)?;
        json.end()
    }

    pub(super) fn note(&self, note: usize) -> Option<&str> {
        self.notes[note].as_deref()
    }

    pub(super) fn text(&mut self, slot: usize, text: &str) {
        put(self.row, &self.fields[slot], slot, Scalar::Text(text));
    }

    /// Copies what was kept aside into a field.
    pub(super) fn put_note(&mut self, slot: usize, note: usize) {
        if let Some(text) = &self.notes[note] {
            put(self.row, &self.fields[slot], slot, Scalar::Text(text));
        }
    }

    fn scalar(&mut self, rule: Rule, scalar: Scalar<'_>) {
        let (first, second) = match rule {
            Rule::Put(slot) | Rule::PutNote(slot, _) | Rule::PutEnter(slot, _) => {
                (Some(slot), None)
            }
            Rule::Both(one, other) => (Some(one), Some(other)),
            _ => (None, None),
        };
        for slot in [first, second].into_iter().flatten() {
            put(self.row, &self.fields[slot], slot, scalar);
        }
    }

    fn keep(&mut self, rule: Rule, text: impl FnOnce() -> Cow<'de, str>) {
        if let Rule::Note(note) | Rule::PutNote(_, note) | Rule::NoteEnter(note, _) = rule {
            self.notes[note] = Some(text());
        }
    }
}

#[derive(Clone, Copy)]
pub(super) enum Scalar<'a> {
    Text(&'a str),
    Int(i64),
    Float(f64),
    Bool(bool),
}

/// Puts a scalar into a field in the field's kind. What does not fit it is left out, and so is
/// empty text.
pub(super) fn put(row: &mut dyn Row, field: &FieldDef, slot: usize, scalar: Scalar<'_>) {
    let value = match (field.kind, scalar) {
        (_, Scalar::Text("")) => return,
        (Kind::Str | Kind::Id, Scalar::Text(text)) => Some(Value::Str(text)),
        (Kind::Str | Kind::Id, Scalar::Bool(flag)) => {
            Some(Value::Str(if flag { "true" } else { "false" }))
        }
        (Kind::Str | Kind::Id, Scalar::Int(number)) => {
            return row.put(slot, Value::Str(&number.to_string()));
        }
        (Kind::Str | Kind::Id, Scalar::Float(number)) => {
            return row.put(slot, Value::Str(&number.to_string()));
        }
        (Kind::Int, Scalar::Int(number)) => Some(Value::Int(number)),
        (Kind::Int, Scalar::Float(number)) => Some(Value::Int(number as i64)),
        (Kind::Int, Scalar::Text(text)) => text.parse().ok().map(Value::Int),
        (Kind::Float, Scalar::Int(number)) => Some(Value::Float(number as f64)),
        (Kind::Float, Scalar::Float(number)) => Some(Value::Float(number)),
        (Kind::Float, Scalar::Text(text)) => text.parse().ok().map(Value::Float),
        (Kind::Ip, Scalar::Text(text)) => text.parse().ok().map(Value::Ip),
        (Kind::Time, Scalar::Text(text)) => Time::parse_rfc3339(text).map(Value::Time),
        _ => None,
    };
    if let Some(value) = value {
        row.put(slot, value);
    }
}

/// Reads an object member by member; an array element by element.
struct Object<'v, 'r, 'de> {
    level: Level,
    values: &'v mut Values<'r, 'de>,
}

impl<'de> DeserializeSeed<'de> for Object<'_, '_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// What a value that carries nothing for us does when it is visited.
macro_rules! ignore {
    ($($method:ident($kind:ty)),*) => {
        $(fn $method<E>(self, _: $kind) -> Result<(), E> { Ok(()) })*
        fn visit_unit<E>(self) -> Result<(), E> { Ok(()) }
    };
}

impl<'de> Visitor<'de> for Object<'_, '_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    ignore!(visit_bool(bool), visit_i64(i64), visit_u64(u64), visit_f64(f64), visit_str(&str));

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Key<'de>>()? {
            match (self.level)(&key.0) {
                Rule::Skip => {
                    map.next_value::<IgnoredAny>()?;
                }
                Rule::Enter(level) => {
                    map.next_value_seed(Object { level, values: self.values })?;
                }
                rule => map.next_value_seed(Leaf { rule, values: self.values })?,
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let level = self.level;
        while seq.next_element_seed(Object { level, values: self.values })?.is_some() {}
        Ok(())
    }
}

/// Reads a scalar, or each scalar of an array.
struct Leaf<'v, 'r, 'de> {
    rule: Rule,
    values: &'v mut Values<'r, 'de>,
}

impl<'de> DeserializeSeed<'de> for Leaf<'_, '_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Leaf<'_, '_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<(), E> {
        self.values.scalar(self.rule, Scalar::Text(text));
        self.values.keep(self.rule, || Cow::Borrowed(text));
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.values.scalar(self.rule, Scalar::Text(text));
        self.values.keep(self.rule, || Cow::Owned(text.to_owned()));
        Ok(())
    }

    fn visit_bool<E>(self, flag: bool) -> Result<(), E> {
        self.values.scalar(self.rule, Scalar::Bool(flag));
        self.values.keep(self.rule, || Cow::Borrowed(if flag { "true" } else { "false" }));
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.values.scalar(self.rule, Scalar::Int(number));
        self.values.keep(self.rule, || Cow::Owned(number.to_string()));
        Ok(())
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        let scalar = i64::try_from(number).map_or(Scalar::Float(number as f64), Scalar::Int);
        self.values.scalar(self.rule, scalar);
        self.values.keep(self.rule, || Cow::Owned(number.to_string()));
        Ok(())
    }

    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        self.values.scalar(self.rule, Scalar::Float(number));
        self.values.keep(self.rule, || Cow::Owned(number.to_string()));
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        if let Rule::PutEnter(_, level) | Rule::NoteEnter(_, level) = self.rule {
            return Object { level, values: self.values }.visit_map(map);
        }
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let rule = self.rule;
        while seq.next_element_seed(Leaf { rule, values: self.values })?.is_some() {}
        Ok(())
    }
}

/// A member's name; borrowed unless it holds escapes.
pub(super) struct Key<'de>(pub(super) Cow<'de, str>);

impl<'de> serde::Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Text)
    }
}
