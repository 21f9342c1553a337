//! What is usual of whom or what an alarm is about: how much of it there was in an hour before the
//! alarm, from when on, and with what, against the hours of the alarm.
//!
//! Hours are whole ones, from the first event of the alarm to its last. What was before goes back as
//! far as there are logs of the formats that name it at all: of those alone it is known that there
//! was nothing.

mod words;

use crate::detect::Alarm;
use crate::event::Timestamp;
use crate::query::{Filter, Lists, Names, NoMarks, Now, count, parse, quote};
use crate::store::{Bits, Cell, Column, Segment, Selection, Snapshot};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Fields of what is counted, and of what is told how many different ones there are with it.
const FIELDS: [(&str, [&str; 2]); 4] = [
    ("principal", ["event", "src.ip"]),
    ("src.ip", ["event", "principal"]),
    ("key", ["event", "src.ip"]),
    ("resource", ["event", "principal"]),
];

/// Values of a field that are counted.
const VALUES: usize = 2;

/// What is to be counted of an alarm.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub fingerprint: String,
    pub snapshot: Arc<Snapshot>,
    /// Field and value.
    entities: Vec<(&'static str, String)>,
    left: usize,
    hours: (i64, i64),
}

/// What is usual of those that an alarm is about.
#[derive(Debug, Clone)]
pub struct Baselines {
    /// The alarm's.
    pub fingerprint: String,
    /// The version of the store that was counted.
    pub version: u64,
    pub all: Vec<Baseline>,
    /// How many of its entities were not counted.
    pub left: usize,
}

/// What is usual of one principal, address, key or resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Baseline {
    pub field: &'static str,
    pub value: String,
    /// All events of it, and how many of them have no time.
    pub events: u64,
    pub timeless: u64,
    /// When it was seen first and last.
    pub seen: Option<(Timestamp, Timestamp)>,
    /// From when to when the hours of the alarm are.
    pub hours: (Timestamp, Timestamp),
    /// In the hours before those of the alarm; `None` if its logs begin later.
    pub before: Option<Share>,
    pub during: Share,
    pub kinds: Vec<Variety>,
}

/// How much there was in a number of hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    pub hours: u64,
    pub events: Much,
    /// The bytes that were sent, as far as logs say so.
    pub bytes: Much,
}

/// A sum over hours. Hours in which there was nothing count neither for the median nor as `active`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Much {
    pub active: u64,
    pub sum: u64,
    /// The one in the middle, the lower of two.
    pub median: u64,
    pub most: u64,
}

/// How many different values of a field there are in its events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variety {
    pub field: &'static str,
    pub before: usize,
    pub during: usize,
    /// Those in the hours of the alarm that were not there before, most frequent first.
    pub new: Vec<String>,
}

impl Wanted {
    /// What is to be counted; `None` if the alarm has no time, or is about nothing that can be.
    pub fn new(snapshot: &Arc<Snapshot>, alarm: &Alarm) -> Option<Self> {
        let hour = |at: Timestamp| at.0.div_euclid(Timestamp::HOUR) * Timestamp::HOUR;
        let hours = (hour(alarm.first?), hour(alarm.last?).saturating_add(Timestamp::HOUR));
        let (mut entities, mut left) = (Vec::new(), 0);
        for (field, _) in FIELDS {
            let values = alarm.entities.get(field).map_or(&[][..], Vec::as_slice);
            let total = alarm.totals.get(field).copied().unwrap_or(values.len());
            entities.extend(values.iter().take(VALUES).map(|value| (field, value.clone())));
            left += total - values.len().min(VALUES);
        }
        let fingerprint = alarm.fingerprint.clone();
        let wanted = Self { fingerprint, snapshot: Arc::clone(snapshot), entities, left, hours };
        (!wanted.entities.is_empty()).then_some(wanted)
    }

    /// How many there are to count.
    pub fn len(&self) -> usize {
        self.entities.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entities.is_empty()
    }

    /// Counts the one of this number; `None` if there is none, or nobody can ask for it.
    pub fn count(&self, number: usize) -> Option<Baseline> {
        let (field, value) = self.entities.get(number)?;
        let text = format!("{field}:{}", quote(value));
        // It is made of names that every log has, and a quoted value.
        let query = parse(&text, &Names::default(), Now::default()).ok()?;
        let filter = Filter::new(&query, &Lists::default()).ok()?;
        // What is read for it goes with it, where there is no room for more.
        let snapshot = self.snapshot.light().map_or_else(|| Arc::clone(&self.snapshot), Arc::new);
        Some(self.baseline(field, value, &filter.select(&snapshot, &NoMarks)))
    }

    /// What came of it.
    pub fn done(&self, all: Vec<Baseline>) -> Baselines {
        let left = self.left + self.len().saturating_sub(all.len());
        let (fingerprint, version) = (self.fingerprint.clone(), self.snapshot.version);
        Baselines { fingerprint, version, all, left }
    }

    /// All of it at once.
    pub fn counted(&self) -> Baselines {
        self.done((0..self.len()).filter_map(|number| self.count(number)).collect())
    }

    fn baseline(&self, field: &'static str, value: &str, rows: &Selection) -> Baseline {
        let (from, to) = self.hours;
        let hours = Hours::new(rows);
        let begin = self.logs(rows).filter(|begin| *begin < from);
        let kinds = FIELDS.iter().find(|(name, _)| *name == field).map_or(&[][..], |(_, of)| of);
        let kinds = kinds.iter().map(|kind| variety(kind, rows, (from, to)));
        Baseline {
            field,
            value: value.to_owned(),
            events: rows.len() as u64,
            timeless: hours.timeless,
            seen: hours.seen.map(|(first, last)| (Timestamp(first), Timestamp(last))),
            hours: (Timestamp(from), Timestamp(to)),
            before: begin.map(|begin| hours.share(begin, from)),
            during: hours.share(from, to),
            kinds: kinds.collect(),
        }
    }

    /// The hour in which the logs begin that name it, in nanoseconds since 1970.
    fn logs(&self, rows: &Selection) -> Option<i64> {
        let segments = || self.snapshot.segments.iter().enumerate();
        let named = segments().filter(|(number, _)| rows.count_in(*number) > 0);
        let formats: Vec<&str> = named.map(|(_, segment)| &*segment.schema().id).collect();
        let theirs = segments().filter(|(_, segment)| formats.contains(&&*segment.schema().id));
        let first = theirs.filter_map(|(_, segment)| Some(segment.span()?.0)).min()?;
        Some(first.div_euclid(Timestamp::HOUR) * Timestamp::HOUR)
    }
}

/// Events and bytes of each hour in which there were any.
#[derive(Default)]
struct Hours {
    /// By the number of the hour since 1970.
    all: BTreeMap<i64, (u64, u64)>,
    timeless: u64,
    seen: Option<(i64, i64)>,
}

impl Hours {
    fn new(rows: &Selection) -> Self {
        let mut hours = Self::default();
        for (number, segment) in rows.snapshot().segments.iter().enumerate() {
            if rows.count_in(number) > 0 {
                hours.take(rows, number, &segment.for_a_pass());
            }
        }
        hours
    }

    /// Takes in the rows of a segment. They lie in the order of time, so that those of an hour lie
    /// together and need not be looked at one by one, but for their bytes.
    fn take(&mut self, rows: &Selection, number: usize, segment: &Segment) {
        let timed = segment.timed();
        self.timeless += rows.count_rows(number, timed, segment.len()) as u64;
        let sent = segment.schema().slot("bytes.out").map(|slot| segment.column(slot));
        let sent = sent.filter(|column| !matches!(column, Column::Absent { .. }));
        let next = |row: usize, end: usize| {
            let next = rows.bits(number).map_or(Some(row), |bits| bits.next(row));
            next.filter(|row| *row < end)
        };
        let mut at = 0;
        while let Some(first) = next(at, timed) {
            let hour = segment.at(first).div_euclid(Timestamp::HOUR);
            let over = segment.row_at((hour + 1).saturating_mul(Timestamp::HOUR));
            let end = over.clamp(first + 1, timed);
            let (events, bytes) = self.all.entry(hour).or_default();
            *events += rows.count_rows(number, first, end) as u64;
            let mut row = sent.and_then(|_| next(first, end));
            while let (Some(found), Some(column)) = (row, sent) {
                if let Cell::Int(sent) = column.get(found) {
                    *bytes = bytes.saturating_add(u64::try_from(sent).unwrap_or(0));
                }
                row = next(found + 1, end);
            }
            at = end;
        }
        let is_one = |row: &usize| rows.bits(number).is_none_or(|bits| bits.get(*row));
        if let (Some(first), Some(last)) = (next(0, timed), (0..timed).rev().find(is_one)) {
            let (first, last) = (segment.at(first), segment.at(last));
            let seen = self.seen.get_or_insert((first, last));
            *seen = (seen.0.min(first), seen.1.max(last));
        }
    }

    /// How much there was between two hours, in nanoseconds since 1970.
    fn share(&self, from: i64, to: i64) -> Share {
        let (first, end) = (from.div_euclid(Timestamp::HOUR), to.div_euclid(Timestamp::HOUR));
        let all = || self.all.range(first..end.max(first)).map(|(_, hour)| *hour);
        Share {
            hours: u64::try_from(end - first).unwrap_or(0),
            events: Much::of(all().map(|(events, _)| events)),
            bytes: Much::of(all().map(|(_, bytes)| bytes)),
        }
    }
}

impl Much {
    fn of(hours: impl Iterator<Item = u64>) -> Self {
        let mut hours: Vec<u64> = hours.filter(|much| *much > 0).collect();
        hours.sort_unstable();
        Self {
            active: hours.len() as u64,
            sum: hours.iter().fold(0, |sum, much| sum.saturating_add(*much)),
            median: hours.get(hours.len().saturating_sub(1) / 2).copied().unwrap_or(0),
            most: hours.last().copied().unwrap_or(0),
        }
    }
}

/// The different values of a field before and in the hours of the alarm, in one count: a value was
/// there before if its first event was, and in those hours if its last one is in them.
fn variety(field: &'static str, rows: &Selection, (from, to): (i64, i64)) -> Variety {
    let (mut before, mut during, mut new) = (0, 0, Vec::new());
    for value in count(&until(rows, to), field, usize::MAX).top {
        let Some((first, last)) = value.span else { continue };
        before += usize::from(first.0 < from);
        during += usize::from(last.0 >= from);
        if first.0 >= from {
            new.push(value.value);
        }
    }
    Variety { field, before, during, new }
}

/// Those of the rows whose time is before this one.
fn until(rows: &Selection, to: i64) -> Selection {
    let snapshot = rows.snapshot();
    Selection::new(snapshot, |number| {
        let segment = &snapshot.segments[number];
        let range = Bits::range(segment.len(), 0, segment.row_at(to));
        Some(match rows.bits(number) {
            Some(bits) => range.and(bits),
            None => range,
        })
    })
}

#[cfg(test)]
mod tests;
