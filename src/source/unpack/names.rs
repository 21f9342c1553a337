//! Labels of an archive's members, told apart where the archive repeats a name.

use crate::event::label;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::hash::BuildHasher;

pub(super) struct Names {
    prefix: String,
    /// The last number that was given to a label, by the label's hash: the labels of a million
    /// members would take too much room. Two that collide only gain a needless `#2`.
    given: HashMap<u64, u32, FixedState>,
}

impl Names {
    /// Names within the archive that is this member of another, or the outermost object.
    pub(super) fn new(archive: Option<&str>) -> Self {
        let prefix = archive.map(|archive| format!("{archive}!")).unwrap_or_default();
        Self { prefix, given: HashMap::default() }
    }

    /// The next member's label: its name, or `name#2` if there was one of this name already.
    pub(super) fn label(&mut self, name: &[u8]) -> String {
        let plain = format!("{}{}", self.prefix, label(name));
        let hash = |text: &str| FixedState::default().hash_one(text);
        let Some(mut count) = self.given.get(&hash(&plain)).copied() else {
            self.given.insert(hash(&plain), 1);
            return plain;
        };
        loop {
            count = count.saturating_add(1);
            let text = format!("{plain}#{count}");
            // A member may be called so.
            if !self.given.contains_key(&hash(&text)) || count == u32::MAX {
                // The next one goes on from here, however many names were passed over.
                self.given.insert(hash(&plain), count);
                self.given.insert(hash(&text), 1);
                return text;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn repeated_names_are_told_apart() {
        let mut names = Names::new(Some("a.tar"));
        let labels = ["b", "b", "b#2", "b", "c"].map(|name| names.label(name.as_bytes()));
        assert_eq!(labels, ["a.tar!b", "a.tar!b#2", "a.tar!b#2#2", "a.tar!b#3", "a.tar!c"]);
    }

    #[test]
    fn a_name_that_is_taken_already_is_passed_over() {
        let mut names = Names::new(None);
        let labels = ["b#2", "b#3", "b", "b", "b", "b#2"].map(|name| names.label(name.as_bytes()));
        assert_eq!(labels, ["b#2", "b#3", "b", "b#4", "b#5", "b#2#2"]);
    }

    #[test]
    fn a_name_taken_a_hundred_thousand_times_is_counted_up_once() {
        let mut names = Names::new(None);
        let count = 100_000;
        for n in 2..=count {
            names.label(format!("b#{n}").as_bytes());
        }
        names.label(b"b");
        for n in 1..=count {
            assert_eq!(names.label(b"b"), format!("b#{}", count + n));
        }
    }
}
