//! Labels of an archive's members, told apart where the archive repeats a name.

use crate::event::label;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::hash::BuildHasher;

pub(super) struct Names {
    prefix: String,
    /// How often a label was given, by the label's hash: the labels of a million members would
    /// take too much room. Two that collide only gain a needless `#2`.
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
        let mut text = plain.clone();
        loop {
            let hash = FixedState::default().hash_one(&text);
            if let Some(count) = self.given.get(&hash) {
                text = format!("{plain}#{}", count + 1);
                let hash = FixedState::default().hash_one(&plain);
                self.given.entry(hash).and_modify(|count| *count += 1);
            } else {
                self.given.insert(hash, 1);
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
}
