//! A report laid out over time: what is known of any cell of the grid, without a cell being kept.
//! Evidence names the times, so that there may be any number of hours; and there may be a million
//! findings, so that all that takes a look at each is done here, beside the screen.

use super::labels::{Choice, Labels};
use super::places::{Places, strays};
use super::state::State;
use super::times::Times;
use crate::event::{Timestamp, spans};
use crate::record::integrity::{title, weights};
use crate::verify::{DigestReport, Kind, Report, Scope};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// How much time a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Scale {
    #[default]
    Hours,
    Quarters,
    Days,
}

impl Scale {
    pub const ALL: [Self; 3] = [Self::Hours, Self::Quarters, Self::Days];

    pub const fn length(self) -> i64 {
        match self {
            Self::Hours => Timestamp::HOUR,
            Self::Quarters => 6 * Timestamp::HOUR,
            Self::Days => Timestamp::DAY,
        }
    }

    /// What one column is, and several are.
    pub const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Hours => ("hour", "hours"),
            Self::Quarters => ("6 hours", "times of 6 hours"),
            Self::Days => ("day", "days"),
        }
    }
}

/// A time, half open.
pub type Cell = (i64, i64);

/// What is wrong with a digest's key or signature; where there is more than one, the first.
const OF_KEYS: [Kind; 5] = [
    Kind::DigestKeyUnknown,
    Kind::DigestKeyUnreadable,
    Kind::DigestKeyExpired,
    Kind::DigestSignatureInvalid,
    Kind::DigestSignatureUnavailable,
];

/// A scope.
#[derive(Debug)]
pub struct Row {
    pub title: String,
    /// Digests end when they end, not at full hours: how much later than full hours this scope's
    /// begin, or earlier if that is less.
    shift: i64,
    pub window: Cell,
    /// For each state the times it is known of, in order and apart from each other.
    known: [Vec<Cell>; State::ALL.len()],
    /// Where something begins that somebody should look at.
    pub troubles: Vec<i64>,
    /// The times of its findings and digests, by their numbers in the report.
    findings: Times,
    digests: Times,
}

#[derive(Debug)]
pub struct Chart {
    pub report: Arc<Report>,
    pub rows: Vec<Row>,
    /// For each finding, the first scope and time that it is about.
    pub places: Vec<Option<(u32, i64)>>,
    /// Where the logs lie that findings name and no digest does, by their keys.
    pub strays: HashMap<Arc<str>, Arc<str>>,
    /// Errors, warnings and notes, counted.
    pub weights: String,
    /// The worst place of all, or the newest of the first row.
    pub first: (usize, i64),
    /// The states that occur anywhere, the worst first.
    pub states: Vec<State>,
    labels: Choice,
    /// For each digest, what is wrong with its key or signature.
    keys: Vec<Option<Kind>>,
    columns: [Range<i64>; Scale::ALL.len()],
}

impl Chart {
    pub fn new(report: Arc<Report>) -> Self {
        let mut rows = rows(&report);
        for span in &report.coverage {
            if let Some(row) = rows.get_mut(span.scope) {
                row.known[State::of_cover(span.cover) as usize].push((span.from.0, span.to.0));
            }
        }
        let (mut first, mut keys) = (Vec::new(), vec![None; report.digests.len()]);
        let places = Places::of(&report);
        for (number, finding) in (0..).zip(&report.findings) {
            let found = places.find(finding);
            let state = State::of_finding(finding);
            for &(row, cell) in &found {
                rows[row].findings.add(cell, number);
                if let Some(state) = state {
                    rows[row].known[state as usize].push(cell);
                }
            }
            first.push(found.first().map(|&(row, (from, _))| (row as u32, from)));
            let about = OF_KEYS.contains(&finding.kind).then(|| places.digests_of(finding));
            for digest in about.into_iter().flatten() {
                let kept = &mut keys[digest];
                *kept = [*kept, Some(finding.kind)]
                    .into_iter()
                    .flatten()
                    .min_by_key(|kind| precedence(*kind));
            }
        }
        rows.iter_mut().for_each(Row::settle);
        let occurs = |state: &State| rows.iter().any(|row| !row.known[*state as usize].is_empty());
        let states = State::ALL.iter().copied().filter(occurs).collect();
        let (strays, weights) = (strays(&report), weights(&report));
        let (places, columns) = (first, std::array::from_fn(|_| 0..0));
        let (first, labels) = ((0, 0), Choice::of(&report.scopes));
        let mut chart =
            Self { report, rows, places, strays, weights, first, states, labels, keys, columns };
        chart.columns = Scale::ALL.map(|scale| chart.extent(scale));
        chart.first = chart.worst();
        chart
    }

    /// The columns from the first to the last of any scope.
    pub fn columns(&self, scale: Scale) -> Range<i64> {
        self.columns[scale as usize].clone()
    }

    fn extent(&self, scale: Scale) -> Range<i64> {
        let ends = self.rows.iter().enumerate().map(|(number, row)| {
            let (from, to) = row.window;
            (self.column(number, scale, from), self.column(number, scale, from.max(to - 1)))
        });
        let ends = ends.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)));
        ends.map_or(0..0, |(first, last)| first..last + 1)
    }

    fn worst(&self) -> (usize, i64) {
        let troubles = self.rows.iter().enumerate().flat_map(|(row, known)| {
            let state = move |at: &i64| Some((self.state(row, (*at, at + 1))?, row, *at));
            known.troubles.iter().filter_map(state)
        });
        match troubles.min() {
            Some((_, row, at)) => (row, at),
            None => (0, self.columns(Scale::Hours).end.saturating_mul(Scale::Hours.length())),
        }
    }

    pub fn column(&self, row: usize, scale: Scale, time: i64) -> i64 {
        time.saturating_sub(self.shift(row, scale)).div_euclid(scale.length())
    }

    pub fn cell(&self, row: usize, scale: Scale, column: i64) -> Cell {
        let from = column.saturating_mul(scale.length()).saturating_add(self.shift(row, scale));
        (from, from.saturating_add(scale.length()))
    }

    fn shift(&self, row: usize, scale: Scale) -> i64 {
        let row = self.rows.get(row).filter(|_| scale == Scale::Hours);
        row.map_or(0, |row| row.shift)
    }

    /// The worst that is known of a time.
    pub fn state(&self, row: usize, cell: Cell) -> Option<State> {
        let row = self.rows.get(row)?;
        State::ALL.iter().copied().find(|state| {
            let known = &row.known[*state as usize];
            let after = known.partition_point(|(_, to)| *to <= cell.0);
            known.get(after).is_some_and(|(from, _)| *from < cell.1)
        })
    }

    /// Numbers of the findings about a time, the worst first and so many at most; and how many
    /// there are.
    pub fn findings(&self, row: usize, cell: Cell, most: usize) -> (Vec<usize>, usize) {
        self.rows.get(row).map_or((Vec::new(), 0), |row| row.findings.within(cell, most))
    }

    /// The scope's digests of a time, likewise.
    pub fn digests(&self, row: usize, cell: Cell, most: usize) -> (Vec<usize>, usize) {
        self.rows.get(row).map_or((Vec::new(), 0), |row| row.digests.within(cell, most))
    }

    /// What is wrong with the key or the signature of a digest.
    pub fn key(&self, digest: usize) -> Option<Kind> {
        self.keys.get(digest).copied().flatten()
    }

    /// What the scopes are called in so many columns: all of each, or what tells it from the others.
    pub fn labels(&self, room: usize, whole: bool) -> &Labels {
        self.labels.within(room, whole)
    }
}

fn precedence(kind: Kind) -> usize {
    OF_KEYS.iter().position(|one| *one == kind).unwrap_or(OF_KEYS.len())
}

fn rows(report: &Report) -> Vec<Row> {
    let row = |scope: &Scope| Row {
        title: title(scope),
        shift: 0,
        window: (scope.window.0.0, scope.window.1.0),
        known: std::array::from_fn(|_| Vec::new()),
        troubles: Vec::new(),
        findings: Times::default(),
        digests: Times::default(),
    };
    let mut rows: Vec<Row> = report.scopes.iter().map(row).collect();
    let mut phases = vec![HashMap::<i64, usize>::new(); rows.len()];
    for (number, digest) in (0..).zip(&report.digests) {
        let Some(row) = rows.get_mut(digest.scope) else { continue };
        row.digests.add(time_of(digest), number);
        if let Some(from) = digest.from.filter(|_| !digest.backfill) {
            *phases[digest.scope].entry(from.0.rem_euclid(Timestamp::HOUR)).or_default() += 1;
        }
    }
    for (row, phases) in rows.iter_mut().zip(phases) {
        // Of several that are as frequent, always the same.
        let usual = phases.into_iter().max_by_key(|(phase, count)| (*count, *phase));
        let phase = usual.map_or(0, |(phase, _)| phase);
        let late = phase > Timestamp::HOUR / 2;
        row.shift = if late { phase - Timestamp::HOUR } else { phase };
    }
    rows
}

impl Row {
    /// Puts times in order, and together what is one.
    fn settle(&mut self) {
        self.findings.settle();
        self.digests.settle();
        for (state, known) in State::ALL.iter().zip(&mut self.known) {
            spans::join(known);
            if state.is_trouble() {
                self.troubles.extend(known.iter().map(|(from, _)| *from));
            }
        }
        self.troubles.sort_unstable();
    }
}

/// The time that a digest is about; of one that cannot be read, the hour before its end.
pub fn time_of(digest: &DigestReport) -> Cell {
    let to = digest.to.0;
    (digest.from.map_or(to.saturating_sub(Timestamp::HOUR), |from| from.0), to)
}

#[cfg(test)]
mod tests;
