//! Tables of a definition that say what a value means.

use super::definition::{Field, Said};
use crate::event::document::Document;

/// What a value means, by what it is; the first that fits counts.
#[derive(Debug)]
pub(super) struct Table<T> {
    lines: Vec<(Key, T)>,
    /// For all others.
    pub(super) default: Option<T>,
}

#[derive(Debug)]
struct Key {
    text: String,
    /// A longer value that begins so is meant too.
    begins: bool,
}

impl Key {
    /// Whether this is the value; as filters compare, whatever the case.
    fn fits(&self, value: &str) -> bool {
        let (key, value) = (self.text.as_bytes(), value.as_bytes());
        let same_length = if self.begins { value.get(..key.len()) } else { Some(value) };
        same_length.is_some_and(|value| value.eq_ignore_ascii_case(key))
    }
}

impl<T> Table<T> {
    pub(super) fn find(&self, value: &str) -> Option<&T> {
        let line = self.lines.iter().find(|(key, _)| key.fits(value));
        line.map(|(_, meaning)| meaning).or(self.default.as_ref())
    }

    /// The field's table, if it has one; `read` makes out of a word what it means.
    pub(super) fn of<'v>(
        document: &mut Document<'v>,
        field: &Field<'v>,
        mut read: impl FnMut(&mut Document<'v>, &Said<'v>) -> Option<T>,
    ) -> Option<Self> {
        if field.map.is_empty() && field.default.is_none() {
            return None;
        }
        let mut lines: Vec<(Key, T)> = Vec::new();
        for (key, meaning) in &field.map {
            let begins = key.text.strip_suffix('*');
            if begins.unwrap_or(&key.text).contains('*') {
                document.error(key.span.clone(), "a * stands at the end of a value, for any rest");
            }
            let text = begins.unwrap_or(&key.text).to_owned();
            if let Some(meaning) = read(document, meaning) {
                lines.push((Key { text, begins: begins.is_some() }, meaning));
            }
        }
        // What says more of a value goes before what says less.
        lines.sort_by_key(|(key, _)| (key.begins, std::cmp::Reverse(key.text.len())));
        let default = field.default.as_ref().and_then(|default| read(document, default));
        Some(Self { lines, default })
    }
}
