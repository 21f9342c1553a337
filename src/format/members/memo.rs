//! What the members of a record are for, remembered from the records before it.

use super::row::Column;
use super::{Level, Rule};
use crate::event::Table;
use crate::format::scan::{Broken, Scan};

/// A level of records that mostly have the same members in the same order, each with some left
/// out, such as those of one table: a name is looked up where it stood before.
#[derive(Clone)]
pub(in crate::format) struct Memo {
    level: Level,
    names: Vec<Known>,
    /// Where among them the next name is likely.
    next: usize,
    /// Columns of a table that are for something.
    columns: Vec<Column>,
}

#[derive(Clone)]
struct Known {
    name: String,
    /// As most write it, with the quotes and the colon; empty if there is more to writing it.
    text: String,
    rule: Rule,
}

/// Names that are remembered.
const NAMES: usize = 128;

/// Names that a record may leave out between two others.
const LEFT_OUT: usize = 8;

impl Memo {
    pub(in crate::format) fn new(level: Level) -> Self {
        Self { level, names: Vec::new(), next: 0, columns: Vec::new() }
    }

    pub(super) fn level(&self) -> Level {
        self.level
    }

    /// Looks up what the columns of a table are for, once for all of its rows.
    pub(in crate::format) fn learn(&mut self, table: &Table<'_>) {
        let columns = table.columns().iter().enumerate();
        let columns = columns.filter_map(|(at, cells)| Column::of(at, cells, self.level));
        self.columns = columns.collect();
    }

    pub(super) fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Another record begins.
    pub(super) fn begin(&mut self) {
        self.next = 0;
    }

    /// Goes over the next member's name, and says what the member is for; `None`: the object is
    /// over.
    #[inline]
    pub(super) fn rule(
        &mut self,
        scan: &mut Scan<'_>,
        first: bool,
    ) -> Result<Option<Rule>, Broken> {
        if !scan.more(b'}', first)? {
            return Ok(None);
        }
        scan.peek();
        let is_next = |known: &Known| !known.text.is_empty() && scan.pass(&known.text);
        if let Some((at, rule)) = self.find(is_next) {
            self.next = at + 1;
            return Ok(Some(rule));
        }
        let name = scan.name()?;
        Ok(Some(match self.find(|known| known.name == name) {
            Some((at, rule)) => {
                self.next = at + 1;
                rule
            }
            None => self.look_up(&name),
        }))
    }

    /// The likely name that is so, by its place, and what its member is for.
    #[inline]
    fn find(&self, mut is: impl FnMut(&Known) -> bool) -> Option<(usize, Rule)> {
        let mut likely = self.names.iter().enumerate().skip(self.next).take(LEFT_OUT);
        likely.find(|(_, known)| is(known)).map(|(at, known)| (at, known.rule))
    }

    fn look_up(&mut self, name: &str) -> Rule {
        let rule = (self.level)(name);
        if self.names.len() < NAMES {
            let is_plain = name.bytes().all(|byte| byte >= b' ' && !matches!(byte, b'"' | b'\\'));
            let text = if is_plain { format!("\"{name}\":") } else { String::new() };
            self.names.insert(self.next, Known { name: name.to_owned(), text, rule });
            self.next += 1;
        }
        rule
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn level(name: &str) -> Rule {
        if name.len() == 1 { Rule::Put(usize::from(name.as_bytes()[0])) } else { Rule::Skip }
    }

    fn slots(text: &str, mut next: impl FnMut(&mut Scan<'_>, bool) -> Option<Rule>) -> Vec<usize> {
        let mut scan = Scan::new(text);
        scan.peek();
        let room = scan.open(8).unwrap();
        let mut found = Vec::new();
        let mut first = true;
        while let Some(rule) = next(&mut scan, first) {
            first = false;
            scan.skip(room).unwrap();
            found.push(if let Rule::Put(slot) = rule { slot } else { 0 });
        }
        found
    }

    proptest! {
        #[test]
        fn names_mean_what_the_level_says(
            records in prop::collection::vec(
                prop::collection::vec(("[a-e]{1,2}|\\\\\"|\\\\u0061", " ?:"), 0..20),
                0..20,
            ),
        ) {
            let mut memo = Memo::new(level);
            for record in &records {
                let members: Vec<String> =
                    record.iter().map(|(name, colon)| format!("\"{name}\"{colon}1")).collect();
                let text = format!("{{{}}}", members.join(", "));
                memo.begin();
                let by_memo = slots(&text, |scan, first| memo.rule(scan, first).unwrap());
                let by_level = slots(&text, |scan, first| {
                    scan.key(first).unwrap().map(|name| level(&name))
                });
                prop_assert_eq!(by_memo, by_level, "{}", text);
            }
            prop_assert!(memo.names.len() <= NAMES);
        }
    }
}
