//! What the members of a record are for, remembered from the records before it.

use super::{Level, Rule};

/// A level of records that mostly have the same members in the same order, each with some left
/// out, such as those of one table: a name is looked up where it stood before.
#[derive(Clone)]
pub(in crate::format) struct Memo {
    level: Level,
    names: Vec<(String, Rule)>,
    /// Where among them the next name is likely.
    next: usize,
}

/// Names that are remembered.
const NAMES: usize = 128;

/// Names that a record may leave out between two others.
const LEFT_OUT: usize = 8;

impl Memo {
    pub(in crate::format) fn new(level: Level) -> Self {
        Self { level, names: Vec::new(), next: 0 }
    }

    pub(super) fn level(&self) -> Level {
        self.level
    }

    /// Another record begins.
    pub(super) fn begin(&mut self) {
        self.next = 0;
    }

    #[inline]
    pub(super) fn rule(&mut self, name: &str) -> Rule {
        let likely = self.names.iter().enumerate().skip(self.next).take(LEFT_OUT);
        match likely.into_iter().find(|(_, (known, _))| known == name) {
            Some((at, (_, rule))) => {
                self.next = at + 1;
                *rule
            }
            None => self.look_up(name),
        }
    }

    fn look_up(&mut self, name: &str) -> Rule {
        let rule = (self.level)(name);
        if self.names.len() < NAMES {
            self.names.insert(self.next, (name.to_owned(), rule));
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

    proptest! {
        #[test]
        fn names_mean_what_the_level_says(
            records in prop::collection::vec(prop::collection::vec("[a-z]{1,2}", 0..20), 0..20),
        ) {
            let mut memo = Memo::new(level);
            for record in &records {
                memo.begin();
                for name in record {
                    let slot = |rule| if let Rule::Put(slot) = rule { Some(slot) } else { None };
                    prop_assert_eq!(slot(memo.rule(name)), slot(level(name)), "{}", name);
                }
            }
            prop_assert!(memo.names.len() <= NAMES);
        }
    }
}
