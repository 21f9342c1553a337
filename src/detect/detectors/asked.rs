//! What a detector may look at: the visible events as columns, and what is known beside them.

use super::{Answer, Detector};
use crate::detect::Estate;
use crate::event::{Cancel, Role};
use crate::query::Sought;
use crate::store::{Bits, Cell, Column, Entry, RowRef, Segment, Snapshot};
use crate::verify::presence::Covered;
use crate::verify::{Finding, Scope};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is known beside the events. The default knows nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Given<'a> {
    /// `None`: nobody said what is theirs.
    pub estate: Option<&'a Estate>,
    /// The estate's files of indicators, by their names, as they were read.
    pub lists: &'a [(String, Sought)],
    /// Where the evidence comes from, as somebody named it.
    pub sources: &'a [String],
    /// What is wrong with the digests; `None`: they were not verified.
    pub verified: Option<&'a [Finding]>,
    /// The chains of digests, which findings that are about time name by number.
    pub chains: &'a [Scope],
    /// What digests prove of time, as far as they were verified.
    pub covered: &'a [Covered],
}

/// What records say that columns do not, by the detector's id and the row.
pub type Said = BTreeMap<(&'static str, RowRef), Vec<String>>;

/// The question to one detector.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) detector: &'static Detector,
    pub(super) snapshot: &'a Arc<Snapshot>,
    pub(super) given: &'a Given<'a>,
    pub(super) said: &'a Said,
    pub(super) cancel: &'a Cancel,
}

impl<'a> Asked<'a> {
    /// How the detector is set.
    pub(super) fn number(&self, name: &str) -> f64 {
        match self.given.estate {
            Some(estate) => estate.parameter(self.detector.id, name),
            None => self.detector.parameter(name),
        }
    }

    /// A whole number, as settings have them: not below 0.
    pub(super) fn count(&self, name: &str) -> usize {
        self.number(name) as usize
    }

    /// The visible events, a piece for each segment that is wanted.
    pub(super) fn parts(
        &self,
        wanted: impl Fn(&Segment) -> bool + 'a,
    ) -> impl Iterator<Item = Part> + 'a {
        let cancel = self.cancel;
        parts(self.snapshot, wanted).take_while(move |_| !cancel.is_cancelled())
    }

    /// What a detector says before it has looked at anything: how many events there are of those
    /// that it wants.
    pub(super) fn answer(&self, wanted: impl Fn(&Segment) -> bool + 'a) -> Answer {
        let evaluated = self.parts(wanted).map(|part| part.count() as u64).sum();
        Answer { evaluated, ..Answer::default() }
    }
}

/// The visible events of every segment that is wanted.
pub(in crate::detect) fn parts<'a>(
    snapshot: &'a Snapshot,
    wanted: impl Fn(&Segment) -> bool + 'a,
) -> impl Iterator<Item = Part> + 'a {
    let all = snapshot.segments.iter().zip(&snapshot.overlays).enumerate();
    let some = all.filter(move |(_, (segment, _))| {
        !segment.is_empty() && segment.schema().id != "unparsed" && wanted(segment)
    });
    some.map(|(number, (segment, overlay))| Part {
        number: number as u32,
        segment: segment.for_a_pass(),
        hidden: overlay.hidden.clone(),
    })
}

/// The visible events of a segment.
pub(in crate::detect) struct Part {
    number: u32,
    pub(in crate::detect) segment: Arc<Segment>,
    hidden: Option<Arc<Bits>>,
}

impl Part {
    pub(in crate::detect) fn is_visible(&self, row: usize) -> bool {
        !self.hidden.as_ref().is_some_and(|hidden| hidden.get(row))
    }

    /// Those of these rows that are visible.
    pub(in crate::detect) fn visible(&self, rows: Bits) -> Bits {
        match &self.hidden {
            Some(hidden) => rows.and_not(hidden),
            None => rows,
        }
    }

    fn count(&self) -> usize {
        self.segment.len() - self.hidden.as_ref().map_or(0, |hidden| hidden.count())
    }

    /// Visible rows with a time, and the time of each in nanoseconds.
    pub(super) fn timed(&self) -> impl Iterator<Item = (usize, i64)> + '_ {
        let rows = (0..self.segment.timed()).filter(|row| self.is_visible(*row));
        rows.map(|row| (row, self.segment.at(row)))
    }

    /// Visible rows without a time.
    pub(super) fn timeless(&self) -> impl Iterator<Item = usize> + '_ {
        (self.segment.timed()..self.segment.len()).filter(|row| self.is_visible(*row))
    }

    /// The segment's number.
    pub(super) fn number(&self) -> usize {
        self.number as usize
    }

    pub(super) fn at(&self, row: usize) -> RowRef {
        RowRef { segment: self.number, row: row as u16 }
    }

    pub(super) fn column(&self, name: &str) -> Option<&Column> {
        self.segment.schema().slot(name).map(|slot| self.segment.column(slot))
    }

    /// Each text of a row in this column.
    pub(super) fn each(&self, row: usize, name: &str, take: &mut dyn FnMut(&str)) {
        each(&self.segment, row, name, take);
    }

    /// Rows whose text in this column is one for which the test holds.
    pub(in crate::detect) fn rows(&self, name: &str, mut is: impl FnMut(&str) -> bool) -> Bits {
        match self.column(name) {
            Some(Column::Dict(dict)) => dict.select(|entry| match entry {
                Entry::Text(text) => is(text),
                Entry::Ip(address) => is(&address.to_string()),
                Entry::List(items) => items.into_iter().any(&mut is),
            }),
            _ => Bits::none(self.segment.len()),
        }
    }
}

/// Whether the events of a format are requests: they say what sent them.
pub(super) fn are_requests(segment: &Segment) -> bool {
    segment.schema().fields.iter().any(|field| field.role == Role::Agent)
}

pub(super) fn has_column(segment: &Segment, name: &str) -> bool {
    segment.fields().any(|(_, field)| field.name == name)
}

/// Hands over each text of a row in this column.
pub(super) fn each(segment: &Segment, row: usize, name: &str, take: &mut dyn FnMut(&str)) {
    match segment.value(row, name) {
        Cell::Text(text) => take(text),
        Cell::List(items) => items.into_iter().for_each(take),
        _ => {}
    }
}

/// The first value of a column in a row; empty if there is none. Further ones name the same otherwise, as an
/// ARN does.
pub(super) fn first(segment: &Segment, row: usize, name: &str) -> String {
    match segment.value(row, name) {
        Cell::List(items) => items.into_iter().next().unwrap_or_default().to_owned(),
        cell => cell.to_string(),
    }
}

/// The text of a column in a row; empty if there is none.
pub(super) fn text(segment: &Segment, row: usize, name: &str) -> String {
    segment.value(row, name).to_string()
}
