//! Which records raised which alarms, found by where they lie: that stays the same whatever their
//! rows are called.

use crate::detect::Alarm;
use crate::event::{Inner, ObjectId, Origin};
use crate::store::{RowRef, Snapshot};
use std::collections::{HashMap, HashSet};

/// Texts by which an alarm is asked for: its rule's id and title, how grave it is, and its
/// fingerprint.
type Texts = [String; 4];

#[derive(Debug, Default)]
pub struct Alarmed {
    texts: Vec<Texts>,
    /// Positions in `texts`, by where in an object the record is.
    by_object: HashMap<ObjectId, HashMap<Site, Vec<u32>>>,
}

/// The first byte of a record in its object, and which of those there it is, packed or not.
pub type Site = (u64, Inner);

pub fn site(origin: &Origin) -> Site {
    (origin.offset, origin.inner.bare())
}

impl Alarmed {
    /// The records of these alarms, whose events are rows of this snapshot.
    pub fn new(snapshot: &Snapshot, alarms: &[Alarm]) -> Self {
        let mut alarmed = Self::default();
        for (place, alarm) in alarms.iter().enumerate() {
            let about = &alarm.about;
            let level = about.level.as_str().to_owned();
            let texts = [about.id.clone(), about.title.clone(), level, alarm.fingerprint.clone()];
            alarmed.texts.push(texts);
            for at in &alarm.events {
                alarmed.put(snapshot, *at, place as u32);
            }
        }
        alarmed
    }

    /// The records of one alarm of no text.
    #[cfg(test)]
    pub(super) fn of_rows(snapshot: &Snapshot, rows: &[RowRef]) -> Self {
        let mut alarmed = Self { texts: vec![Texts::default()], ..Self::default() };
        for at in rows {
            alarmed.put(snapshot, *at, 0);
        }
        alarmed
    }

    fn put(&mut self, snapshot: &Snapshot, at: RowRef, place: u32) {
        let origin = snapshot.segment(at).origin(usize::from(at.row));
        let records = self.by_object.entry(origin.object).or_default();
        records.entry(site(&origin)).or_default().push(place);
    }

    fn places(&self, origin: &Origin) -> Option<&Vec<u32>> {
        self.by_object.get(&origin.object)?.get(&site(origin))
    }

    /// Whether a record raised an alarm.
    pub fn has(&self, origin: &Origin) -> bool {
        self.places(origin).is_some()
    }

    /// Whether a record raised the alarm at this place.
    pub fn raised(&self, object: ObjectId, site: Site, place: usize) -> bool {
        let places = self.by_object.get(&object).and_then(|records| records.get(&site));
        places.is_some_and(|places| places.contains(&(place as u32)))
    }

    /// The texts of the alarms of a record.
    pub(super) fn texts(&self, origin: &Origin) -> impl Iterator<Item = &str> {
        let places = self.places(origin).into_iter().flatten();
        places.flat_map(|place| &self.texts[*place as usize]).map(|it| &**it)
    }

    /// The records of an object that raised an alarm with such a text.
    pub(super) fn among(&self, object: ObjectId, test: &mut dyn FnMut(&str) -> bool) -> Records {
        let records = self.by_object.get(&object).into_iter().flatten();
        let mut known: HashMap<u32, bool> = HashMap::new();
        let mut holds = |place: &u32| {
            *known
                .entry(*place)
                .or_insert_with(|| self.texts[*place as usize].iter().any(|text| test(text)))
        };
        let found = records.filter(|(_, places)| places.iter().any(&mut holds));
        Records(found.map(|(site, _)| *site).collect())
    }
}

/// Some records of one object.
pub(super) struct Records(HashSet<Site>);

impl Records {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the record, of that object, is one of them.
    pub(super) fn has(&self, origin: &Origin) -> bool {
        self.0.contains(&site(origin))
    }
}
