//! What is kept aside while a record is read, and what becomes of it.

use super::row::Entered;
use super::{Scalar, Values, put};
use crate::event::Entry;
use std::borrow::Cow;

/// What is kept aside.
pub(in crate::format) struct Note<'de> {
    pub(super) text: Cow<'de, str>,
    /// The entry of a dictionary that it is.
    pub(super) entry: Option<Entry>,
}

impl<'de> From<Cow<'de, str>> for Note<'de> {
    fn from(text: Cow<'de, str>) -> Self {
        Self { text, entry: None }
    }
}

impl std::ops::Deref for Note<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl<'de, const N: usize> Values<'_, 'de, N> {
    /// What was kept aside, for good; `None` if it is a mark that says there is nothing.
    pub(in crate::format) fn taken(&mut self, note: usize) -> Option<Cow<'de, str>> {
        let text = self.notes[note].take()?.text;
        Some(text).filter(|text| !matches!(&**text, "" | "-"))
    }

    pub(in crate::format) fn note(&self, note: usize) -> Option<&str> {
        self.notes[note].as_deref()
    }

    /// Copies what was kept aside into a field.
    pub(in crate::format) fn put_note(&mut self, slot: usize, note: usize) {
        let Some(Note { text, entry }) = &self.notes[note] else { return };
        match *entry {
            Some(entry) if self.row.put_again(slot, entry) => {}
            Some(entry) => {
                let mut row = Entered { row: &mut *self.row, entry };
                put(&mut row, &self.fields[slot], slot, Scalar::Text(text));
            }
            None => put(self.row, &self.fields[slot], slot, Scalar::Text(text)),
        }
    }

    /// Copies the end of what was kept aside into a field, from the byte found; whether there was
    /// one.
    pub(in crate::format) fn put_rest(
        &mut self,
        slot: usize,
        note: usize,
        find: impl Fn(&str) -> Option<usize>,
    ) -> bool {
        self.put_part(slot, note, |text| Some(&text[find(text)?..]))
    }

    /// Copies a part of what was kept aside into a field; whether there is one.
    pub(in crate::format) fn put_part(
        &mut self,
        slot: usize,
        note: usize,
        part: impl Fn(&str) -> Option<&str>,
    ) -> bool {
        let Some(part) = self.notes[note].as_deref().and_then(part) else { return false };
        put(self.row, &self.fields[slot], slot, Scalar::Text(part));
        true
    }

    /// The first of these that was kept aside and says something.
    pub(in crate::format) fn first_of(&self, notes: &[usize]) -> Option<usize> {
        let says = |note: &usize| self.note(*note).is_some_and(|text| !matches!(text, "" | "-"));
        notes.iter().copied().find(says)
    }

    /// Copies the first of these that says something into a field.
    pub(in crate::format) fn put_first_of(&mut self, slot: usize, notes: &[usize]) {
        if let Some(note) = self.first_of(notes) {
            self.put_note(slot, note);
        }
    }
}
