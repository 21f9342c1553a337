//! In which zone times that name none are read: one for all sources, and those of single sources
//! for which a person said another.

use crate::event::Zone;
use arc_swap::ArcSwap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Cheap to clone; what is said of a source is said to all clones.
#[derive(Debug, Clone, Default)]
pub struct Zones {
    all: Zone,
    single: Arc<ArcSwap<BTreeMap<String, Zone>>>,
}

impl Zones {
    /// `single` are those of single sources, by name.
    pub fn new(all: Zone, single: BTreeMap<String, Zone>) -> Self {
        Self { all, single: Arc::new(ArcSwap::from_pointee(single)) }
    }

    /// The zone of the source of this name.
    pub fn of(&self, source: &str) -> Zone {
        self.single.load().get(source).copied().unwrap_or(self.all)
    }

    pub(super) fn set(&self, source: &str, zone: Zone) {
        self.single.rcu(|single| {
            let mut single = (**single).clone();
            single.insert(source.to_owned(), zone);
            single
        });
    }

    /// What was said of a source holds as long as it is there.
    pub(super) fn forget(&self, source: &str) {
        self.single.rcu(|single| {
            let mut single = (**single).clone();
            single.remove(source);
            single
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_a_source_goes_before_what_holds_for_all() {
        let [one, two] = ["+01:00", "-02:00"].map(|text| Zone::parse(text).unwrap());
        let zones = Zones::new(one, BTreeMap::from([("/a".to_owned(), two)]));
        assert_eq!((zones.of("/a"), zones.of("/b")), (two, one));
        let same = zones.clone();
        same.set("/b", Zone::UTC);
        zones.forget("/a");
        assert_eq!((same.of("/a"), zones.of("/b")), (one, Zone::UTC));
    }
}
