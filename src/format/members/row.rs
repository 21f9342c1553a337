//! The members of a record that is a row of a table.

use super::{Level, Memo, Note, Rule, Scalar, Values, put};
use crate::event::{
    Cell, Cells, Dictionary, Entries, Entry, Kind, Name, Nested, Row, Table, Time, Value,
};
use crate::format::frame::DEEPEST;
use crate::format::scan::{Broken, Scan};
use memchr::memchr;
use std::borrow::Cow;

/// A column of a table that is for something.
#[derive(Clone)]
pub(super) struct Column {
    /// Its place among all.
    at: usize,
    rule: Rule,
    /// What each name within it is for, if its values can be read apart.
    within: Option<Vec<Rule>>,
}

impl Column {
    pub(super) fn of(at: usize, cells: &Cells<'_>, level: Level) -> Option<Self> {
        let rule = named(cells.key, level);
        let within = match cells.entries {
            Entries::Nested(Nested { names, .. }) => within(rule, names),
            Entries::Members { .. } | Entries::Numbers(_) => None,
        };
        let all = within.as_deref().unwrap_or(std::slice::from_ref(&rule));
        let is_any = all.iter().any(|rule| !matches!(rule, Rule::Skip));
        is_any.then_some(Self { at, rule, within })
    }
}

/// What a member is for, by its name as it stands in the text.
fn named(key: &str, level: Level) -> Rule {
    Scan::new(key).name().map_or(Rule::Skip, |name| level(&name))
}

/// What the names within a member are for; `None` if one is for more than the values behind it.
fn within(rule: Rule, names: &[Name]) -> Option<Vec<Rule>> {
    let mut rules: Vec<Rule> = Vec::with_capacity(names.len());
    for Name { key, around } in names {
        let rule = match rules.get(*around as usize) {
            None => rule,
            Some(Rule::Enter(level) | Rule::PutEnter(_, level) | Rule::NoteEnter(_, level)) => {
                named(key, *level)
            }
            Some(_) => Rule::Skip,
        };
        if matches!(rule, Rule::Pairs(_) | Rule::Heads(..) | Rule::Names(_) | Rule::Raw(_)) {
            return None;
        }
        rules.push(rule);
    }
    Some(rules)
}

impl<'de, const N: usize> Values<'_, 'de, N> {
    /// Reads a row of a table whose columns were learned.
    pub(in crate::format) fn read_row(
        &mut self,
        table: &Table<'de>,
        row: usize,
        memo: &Memo,
    ) -> Result<(), Broken> {
        for Column { at, rule, within } in memo.columns() {
            let Some(cells) = table.columns().get(*at) else { continue };
            let place = cells.places.get(row).copied().unwrap_or(Cells::NONE);
            if let (Some(rules), Entries::Nested(nested)) = (within, cells.entries) {
                self.values_within(&nested, place, rules)?;
                continue;
            }
            if self.is_again(*rule, cells.dictionary, place) {
                continue;
            }
            match cells.entry(place) {
                None => {}
                Some(Cell::Number(number)) => self.number(*rule, number),
                Some(Cell::Json(value)) => self.value(value, *rule, cells.dictionary, place)?,
            }
        }
        Ok(())
    }

    /// Puts a value that was put before, if that is all it is for: then it need not be looked at.
    #[inline]
    fn is_again(&mut self, rule: Rule, dictionary: Dictionary, place: u32) -> bool {
        match (rule, dictionary.entry(place)) {
            (Rule::Put(slot), Some(entry)) => self.row.put_again(slot, entry),
            _ => false,
        }
    }

    /// Reads the whole value of a member, which may be an entry of a dictionary, but is not
    /// [put again](Self::is_again).
    #[inline]
    fn value(
        &mut self,
        value: &'de str,
        rule: Rule,
        dictionary: Dictionary,
        place: u32,
    ) -> Result<(), Broken> {
        let entry = dictionary.entry(place);
        let is_text = value.as_bytes().first() == Some(&b'"');
        let (slot, note) = match rule {
            Rule::Put(slot) if is_text => (Some(slot), None),
            Rule::Note(note) if is_text => (None, Some(note)),
            Rule::PutNote(slot, note) if is_text => (Some(slot), Some(note)),
            _ => return self.member(&mut Scan::new(value), rule, DEEPEST - 1),
        };
        let is_plain = |text: &str| dictionary.is_plain || memchr(b'\\', text.as_bytes()).is_none();
        let text = match value.get(1..value.len() - 1) {
            Some(text) if is_plain(text) => Cow::Borrowed(text),
            _ => Scan::new(value).string()?,
        };
        match (slot, entry) {
            (None, _) => {}
            (Some(slot), Some(entry)) if note.is_some() && self.row.put_again(slot, entry) => {}
            (Some(slot), Some(entry)) => {
                let mut row = Entered { row: &mut *self.row, entry };
                put(&mut row, &self.fields[slot], slot, Scalar::Text(&text));
            }
            (Some(slot), None) => self.text(slot, &text),
        }
        if let Some(note) = note {
            self.notes[note] = Some(Note { text, entry });
        }
        Ok(())
    }

    /// Reads the values within a member, and nothing around them.
    fn values_within(
        &mut self,
        nested: &Nested<'de>,
        place: u32,
        rules: &[Rule],
    ) -> Result<(), Broken> {
        for within in nested.values(place) {
            let rule = *rules.get(within.name as usize).unwrap_or(&Rule::Skip);
            if let Rule::Skip = rule {
                continue;
            }
            let (dictionary, place) = (nested.dictionary(within), within.place);
            if self.is_again(rule, dictionary, place) {
                continue;
            }
            let Some(value) = nested.text(within) else { continue };
            self.value(value, rule, dictionary, place)?;
        }
        Ok(())
    }

    /// Takes a number, as if its digits were read.
    fn number(&mut self, rule: Rule, number: i64) {
        if let Rule::Put(slot) = rule
            && self.fields[slot].kind == Kind::Int
        {
            return self.row.put(slot, Value::Int(number));
        }
        let mut room = itoa::Buffer::new();
        let text = room.format(number);
        self.scalar(rule, Scalar::Number(text));
        match rule {
            Rule::Put(_) | Rule::Both(..) => {}
            Rule::Raw(note) => self.notes[note] = Some(Note::from(Cow::Owned(text.to_owned()))),
            rule => self.keep(rule, Cow::Owned(text.to_owned())),
        }
    }
}

/// A row that is told an entry of a dictionary.
pub(super) struct Entered<'r> {
    pub(super) row: &'r mut dyn Row,
    pub(super) entry: Entry,
}

impl Row for Entered<'_> {
    fn time(&mut self, time: Time) {
        self.row.time(time);
    }

    fn put(&mut self, slot: usize, value: Value<'_>) {
        self.row.put_entry(slot, self.entry, value);
    }
}
