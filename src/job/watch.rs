//! The indicators that a case watches for: which rows hold one, asked of every segment once,
//! whatever the filter says.

use super::answer::{Axis, FormatLane, Watched};
use super::lists;
use crate::query::{Filter, Lane, NoMarks, Query, histogram};
use crate::store::{Bits, Selection, Snapshot};
use std::sync::Arc;

pub(super) struct Watch {
    query: Arc<Query>,
    filter: Result<Filter, String>,
    /// The rows of each segment.
    parts: Vec<Bits>,
}

impl Watch {
    /// Reads the lists that the query names; they are not read again.
    pub(super) fn new(query: &Arc<Query>) -> Self {
        let filter = lists::load(query)
            .map_err(|error| error.to_string())
            .and_then(|lists| Filter::new(query, &lists).map_err(|error| error.to_string()));
        Self { query: Arc::clone(query), filter, parts: Vec::new() }
    }

    pub(super) fn is_for(&self, query: &Arc<Query>) -> bool {
        Arc::ptr_eq(&self.query, query)
    }

    /// Those of the selected rows that hold an indicator.
    pub(super) fn of(&mut self, selection: &Selection, axis: Axis) -> Watched {
        let snapshot = selection.snapshot();
        self.see(snapshot);
        let watched = Selection::new(snapshot, |number| {
            let bits = self.parts.get(number);
            let bits =
                bits.map_or_else(|| Bits::none(snapshot.segments[number].len()), Bits::clone);
            Some(match selection.bits(number) {
                Some(selected) => bits.and(selected),
                None => bits,
            })
        });
        let lane = lane(&watched, axis);
        let (doubts, problem) = match &self.filter {
            Ok(filter) => (filter.doubts().cloned().collect(), None),
            Err(problem) => (Vec::new(), Some(problem.clone())),
        };
        Watched { selection: watched, lane, doubts, problem }
    }

    fn see(&mut self, snapshot: &Snapshot) {
        let Ok(filter) = &self.filter else { return };
        let new = snapshot.segments.iter().skip(self.parts.len());
        self.parts.extend(new.map(|segment| filter.bits(&segment.for_a_pass(), &NoMarks)));
    }
}

/// All formats in one lane.
fn lane(watched: &Selection, axis: Axis) -> FormatLane {
    let none = vec![0; axis.buckets];
    let mut lane = Lane { format: "watched".to_owned(), rows: none.clone(), failed: none };
    for other in histogram(watched, axis.from, axis.to, axis.buckets).lanes {
        lane.rows.iter_mut().zip(other.rows).for_each(|(sum, rows)| *sum += rows);
        lane.failed.iter_mut().zip(other.failed).for_each(|(sum, failed)| *sum += failed);
    }
    FormatLane::new(lane, watched.len(), watched.snapshot().span())
}
