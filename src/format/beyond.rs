//! Fields for columns that a format does not know. A header names them; what stands behind the last
//! column that is known is called by its place, as `alb.column_35`. They are text, as it stands.

use super::DecodeError;
use super::names::{ROOM, plain};
use crate::event::{FieldDef, Kind, Role, Row, Schema, Value, fields};
use std::borrow::Cow;
use std::sync::Arc;

/// Columns that become fields, at most, unless a format has more; further ones are in the record
/// alone.
const MOST: usize = 64;

/// A schema that grows by fields for columns.
pub(super) struct Growing<'s> {
    base: &'s Arc<Schema>,
    fields: Vec<FieldDef>,
    most: usize,
}

impl<'s> Growing<'s> {
    pub(super) fn new(base: &'s Arc<Schema>) -> Self {
        Self::roomy(base, MOST)
    }

    /// With room for so many fields.
    pub(super) fn roomy(base: &'s Arc<Schema>, most: usize) -> Self {
        Self { base, fields: Vec::new(), most }
    }

    /// The slot of a new field for the column of this name, which is the nth from 0. `None`: there
    /// are too many.
    pub(super) fn field(&mut self, name: &str, nth: usize) -> Option<usize> {
        let mut room = ROOM;
        let name = match plain(name, &mut room) {
            "" => Cow::Owned(format!("column_{}", nth + 1)),
            name => Cow::Borrowed(name),
        };
        let mut name = format!("{}.{name}", prefix(self.base));
        let known = |name: &str| {
            self.base.fields.iter().chain(&self.fields).any(|field| field.name == name)
        };
        while known(&name) {
            name.push('_');
        }
        self.push(name, "a column that the format does not know, verbatim")
    }

    /// The slot of the field of this name, which is there, or new. `None`: there are too many.
    pub(super) fn once(&mut self, name: String, help: &'static str) -> Option<usize> {
        let mut all = self.base.fields.iter().chain(&self.fields);
        match all.position(|field| field.name == name) {
            Some(slot) => Some(slot),
            None => self.push(name, help),
        }
    }

    fn push(&mut self, name: String, help: &'static str) -> Option<usize> {
        if self.fields.len() >= self.most {
            return None;
        }
        let field = FieldDef::new("", Kind::Str, Role::Text, help);
        self.fields.push(FieldDef { name: Cow::Owned(name), ..field });
        Some(self.base.fields.len() + self.fields.len() - 1)
    }

    /// `None` if it has not grown, or if there are too many kinds of logs that have.
    pub(super) fn schema(self) -> Option<Arc<Schema>> {
        if self.fields.is_empty() {
            return None;
        }
        let (id, title) = (self.base.id.clone(), self.base.title.clone());
        let fields = self.base.fields.iter().cloned().chain(self.fields).collect();
        Schema { id, title, fields }.shared()
    }
}

/// What the names of the format's own fields begin with.
fn prefix(schema: &Schema) -> &str {
    let is_own = |name: &&str| fields::SHARED.iter().all(|field| field.name != *name);
    let mut own = schema.fields.iter().map(|field| &*field.name).filter(is_own);
    own.find_map(|name| Some(name.split_once('.')?.0)).unwrap_or(&schema.id)
}

/// What stands in lines behind the columns that are known.
#[derive(Clone)]
pub(super) struct Beyond {
    base: Arc<Schema>,
    /// The same with fields for as many columns as were seen.
    schema: Arc<Schema>,
    /// Columns that are known.
    known: usize,
    /// No more than there are fields already are made.
    is_full: bool,
}

impl Beyond {
    pub(super) fn new(base: &Arc<Schema>, known: usize) -> Self {
        Self { base: Arc::clone(base), schema: Arc::clone(base), known, is_full: false }
    }

    pub(super) fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    /// Puts what the cells behind the last known column say. The answer is how many there are.
    ///
    /// # Errors
    /// [`DecodeError::Again`], if there were no fields for them, and are now.
    #[inline]
    pub(super) fn put<T: AsRef<str>>(
        &mut self,
        mut cells: impl Iterator<Item = T>,
        row: &mut dyn Row,
    ) -> Result<usize, DecodeError> {
        // Nearly every line ends where it should.
        match cells.next() {
            None => Ok(0),
            Some(first) => self.put_some(std::iter::once(first).chain(cells), row),
        }
    }

    #[cold]
    fn put_some<T: AsRef<str>>(
        &mut self,
        cells: impl Iterator<Item = T>,
        row: &mut dyn Row,
    ) -> Result<usize, DecodeError> {
        let (mut count, mut told) = (0, 0);
        let places = self.schema.fields.len() - self.base.fields.len();
        for cell in cells {
            let cell = cell.as_ref().trim();
            if !matches!(cell, "" | "-") {
                if count < places {
                    row.put(self.base.fields.len() + count, Value::Str(cell));
                }
                told = count + 1;
            }
            count += 1;
        }
        let wanted = told.min(MOST);
        if wanted <= places || self.is_full {
            return Ok(count);
        }
        let mut growing = Growing::new(&self.base);
        (0..wanted).for_each(|nth| {
            growing.field("", self.known + nth);
        });
        match growing.schema() {
            Some(schema) => {
                self.schema = schema;
                Err(DecodeError::Again)
            }
            None => {
                self.is_full = true;
                Ok(count)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Time;

    struct Put(Vec<(usize, String)>);

    impl Row for Put {
        fn time(&mut self, _: Time) {}

        fn put(&mut self, slot: usize, value: Value<'_>) {
            let Value::Str(text) = value else { panic!("{value:?}") };
            self.0.push((slot, text.to_owned()));
        }
    }

    fn base() -> Arc<Schema> {
        let own = FieldDef::new("made.a", Kind::Str, Role::Text, "");
        let fields = vec![fields::EVENT, own];
        Arc::new(Schema { id: "made_up".into(), title: "Made up".into(), fields })
    }

    #[test]
    fn names_are_those_of_the_header_once_each() {
        let base = base();
        let mut growing = Growing::new(&base);
        for (nth, (name, slot)) in
            [("A", 2), ("new(Thing)", 3), ("new-thing", 4), ("é", 5)].into_iter().enumerate()
        {
            assert_eq!(growing.field(name, nth), Some(slot), "{name}");
        }
        let schema = growing.schema().unwrap();
        let names: Vec<&str> = schema.fields.iter().map(|field| &*field.name).collect();
        let own = ["made.a_", "made.new_thing", "made.new_thing_", "made.column_4"];
        assert_eq!(names, [&["event", "made.a"], &own[..]].concat());
    }

    #[test]
    fn a_line_is_read_again_when_it_is_wider_than_all_before() {
        let mut beyond = Beyond::new(&base(), 7);
        let mut read = |cells: &[&str]| {
            let mut row = Put(Vec::new());
            let count = beyond.put(cells.iter().copied(), &mut row);
            (count.ok(), row.0, beyond.schema().fields.len())
        };
        assert_eq!(read(&[]), (Some(0), vec![], 2));
        assert_eq!(read(&["-", ""]), (Some(2), vec![], 2));
        assert_eq!(read(&["-", "b", "-"]), (None, vec![], 4));
        assert_eq!(read(&["-", "b", "-"]), (Some(3), vec![(3, "b".to_owned())], 4));
        assert_eq!(read(&["a"]), (Some(1), vec![(2, "a".to_owned())], 4));
        let many = ["x"; 1000];
        assert_eq!(read(&many).0, None);
        let (count, put, fields) = read(&many);
        assert_eq!((count, put.len(), fields), (Some(1000), MOST, 2 + MOST));
        assert_eq!(&*beyond.schema().fields[2].name, "made.column_8");
    }
}
