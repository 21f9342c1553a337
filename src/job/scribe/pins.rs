//! The records that a note being typed is about: read once, however often its text is kept.

use super::super::exhibit::Pinner;
use super::{Rows, Subject};
use crate::case::Exhibit;
use std::sync::Arc;

#[derive(Default)]
pub(super) struct Pins {
    last: Option<(Rows, Vec<Arc<Exhibit>>)>,
}

impl Pins {
    /// Whether no record has to be read for this.
    pub(super) fn has(&self, subject: &Subject) -> bool {
        match subject {
            Subject::Rows(rows) => self.known(rows).is_some(),
            Subject::Kept(_) | Subject::Alarms(_) | Subject::Note(_) => true,
        }
    }

    pub(super) fn of(&mut self, subject: &Subject, pinner: &Pinner) -> Vec<Arc<Exhibit>> {
        match subject {
            Subject::Kept(exhibits) => exhibits.clone(),
            Subject::Alarms(_) | Subject::Note(_) => Vec::new(),
            Subject::Rows(rows) => {
                if let Some(exhibits) = self.known(rows) {
                    return exhibits.to_vec();
                }
                let exhibits = pinner.pin(rows);
                self.last = Some((rows.clone(), exhibits.clone()));
                exhibits
            }
        }
    }

    pub(super) fn forget(&mut self) {
        self.last = None;
    }

    fn known(&self, rows: &Rows) -> Option<&[Arc<Exhibit>]> {
        let (last, exhibits) = self.last.as_ref()?;
        let same = Arc::ptr_eq(&last.snapshot, &rows.snapshot) && last.rows == rows.rows;
        same.then_some(exhibits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::Evidence;
    use crate::source::Limits;
    use crate::store::{RowRef, Snapshot, Store};

    #[test]
    fn records_are_read_once_for_one_subject() {
        let store = Arc::new(Store::new());
        let evidence = Arc::new(Evidence::new(Arc::clone(&store), Limits::default()));
        let pinner = Pinner::new(Arc::clone(&store), evidence);
        let subject = |snapshot: &Arc<Snapshot>, rows: Vec<RowRef>| {
            Subject::Rows(Rows { snapshot: Arc::clone(snapshot), rows })
        };
        let snapshot = store.snapshot();
        let (one, two) = (subject(&snapshot, Vec::new()), Arc::new((*snapshot).clone()));
        let mut pins = Pins::default();
        assert!(pins.has(&Subject::Note(1)) && !pins.has(&one));
        pins.of(&one, &pinner);
        assert!(pins.has(&one));
        assert!(!pins.has(&subject(&two, Vec::new())), "of another snapshot");
        assert!(!pins.has(&subject(&snapshot, vec![RowRef { segment: 0, row: 0 }])));
        pins.forget();
        assert!(!pins.has(&one));
    }
}
