//! Which records raised which alarms, found by where they lie: that stays the same whatever their
//! rows are called.

use crate::detect::Alarm;
use crate::event::ObjectId;
use crate::store::{RowRef, Snapshot};
use std::collections::HashMap;

/// Texts by which an alarm is asked for: its rule's id and title, how grave it is, and its
/// fingerprint.
type Texts = [String; 4];

#[derive(Debug, Default)]
pub struct Alarmed {
    texts: Vec<Texts>,
    /// Positions in `texts`, by where in an object the record begins.
    by_object: HashMap<ObjectId, HashMap<u64, Vec<u32>>>,
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

    fn put(&mut self, snapshot: &Snapshot, at: RowRef, place: u32) {
        let origin = snapshot.segment(at).origin(usize::from(at.row));
        let records = self.by_object.entry(origin.object).or_default();
        records.entry(origin.offset).or_default().push(place);
    }

    /// Whether a record raised an alarm.
    pub fn has(&self, object: ObjectId, offset: u64) -> bool {
        self.by_object.get(&object).is_some_and(|records| records.contains_key(&offset))
    }

    /// Whether a record raised the alarm at this place.
    pub fn raised(&self, object: ObjectId, offset: u64, place: usize) -> bool {
        let places = self.by_object.get(&object).and_then(|records| records.get(&offset));
        places.is_some_and(|places| places.contains(&(place as u32)))
    }

    /// The texts of the alarms of a record.
    pub(super) fn texts(&self, object: ObjectId, offset: u64) -> impl Iterator<Item = &str> {
        let places = self.by_object.get(&object).and_then(|records| records.get(&offset));
        places.into_iter().flatten().flat_map(|place| &self.texts[*place as usize]).map(|it| &**it)
    }

    /// Where the records of an object begin that raised an alarm with such a text.
    pub(super) fn offsets(&self, object: ObjectId, test: &mut dyn FnMut(&str) -> bool) -> Vec<u64> {
        let records = self.by_object.get(&object).into_iter().flatten();
        let mut known: HashMap<u32, bool> = HashMap::new();
        let mut holds = |place: &u32| {
            *known
                .entry(*place)
                .or_insert_with(|| self.texts[*place as usize].iter().any(|text| test(text)))
        };
        let mut found: Vec<u64> = records
            .filter(|(_, places)| places.iter().any(&mut holds))
            .map(|(offset, _)| *offset)
            .collect();
        found.sort_unstable();
        found
    }
}
