//! A report laid out over time: what is known of any cell of the grid, without a cell being kept.
//! Evidence names the times, so that there may be any number of hours.

use super::state::State;
use crate::event::Timestamp;
use crate::record::integrity::title;
use crate::verify::address::{self, Named, file_name};
use crate::verify::{DigestReport, Finding, Kind, Report, Scope};
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

/// How much time a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Scale {
    #[default]
    Hours,
    Quarters,
    Days,
}

impl Scale {
    pub(super) const ALL: [Self; 3] = [Self::Hours, Self::Quarters, Self::Days];

    pub(super) const fn length(self) -> i64 {
        match self {
            Self::Hours => Timestamp::HOUR,
            Self::Quarters => 6 * Timestamp::HOUR,
            Self::Days => Timestamp::DAY,
        }
    }

    /// What one column is, and several are.
    pub(super) const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Hours => ("hour", "hours"),
            Self::Quarters => ("6 hours", "times of 6 hours"),
            Self::Days => ("day", "days"),
        }
    }
}

/// A time, half open.
pub(super) type Cell = (i64, i64);

/// A scope.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) title: String,
    /// Digests end when they end, not at full hours: how much later than full hours this scope's
    /// begin, or earlier if that is less.
    shift: i64,
    window: Cell,
    /// For each state the times it is known of, in order and apart from each other.
    known: [Vec<Cell>; State::ALL.len()],
    /// Where something begins that somebody should look at.
    pub(super) troubles: Vec<i64>,
}

#[derive(Debug)]
pub(super) struct Chart {
    pub(super) report: Arc<Report>,
    pub(super) rows: Vec<Row>,
    /// For each finding, the scopes and times it is about.
    pub(super) places: Vec<Vec<(usize, Cell)>>,
    /// Where the logs lie that findings name and no digest does, by their keys.
    pub(super) strays: HashMap<Arc<str>, Arc<str>>,
}

impl Chart {
    pub(super) fn new(report: Arc<Report>) -> Self {
        let places = Places::of(&report);
        let places: Vec<Vec<(usize, Cell)>> =
            report.findings.iter().map(|finding| places.find(finding)).collect();
        let mut rows: Vec<Row> =
            (0..report.scopes.len()).map(|number| Row::new(&report, number)).collect();
        for span in &report.coverage {
            if let Some(row) = rows.get_mut(span.scope) {
                row.known[State::of_cover(span.cover) as usize].push((span.from.0, span.to.0));
            }
        }
        for (finding, places) in report.findings.iter().zip(&places) {
            let Some(state) = State::of_finding(finding) else { continue };
            for (number, cell) in places {
                rows[*number].known[state as usize].push(*cell);
            }
        }
        rows.iter_mut().for_each(Row::settle);
        let strays = strays(&report);
        Self { report, rows, places, strays }
    }

    /// The columns from the first to the last of any scope.
    pub(super) fn columns(&self, scale: Scale) -> Range<i64> {
        let ends = self.rows.iter().enumerate().map(|(number, row)| {
            let (from, to) = row.window;
            (self.column(number, scale, from), self.column(number, scale, from.max(to - 1)))
        });
        let ends = ends.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)));
        ends.map_or(0..0, |(first, last)| first..last + 1)
    }

    pub(super) fn column(&self, row: usize, scale: Scale, time: i64) -> i64 {
        time.saturating_sub(self.shift(row, scale)).div_euclid(scale.length())
    }

    pub(super) fn cell(&self, row: usize, scale: Scale, column: i64) -> Cell {
        let from = column.saturating_mul(scale.length()).saturating_add(self.shift(row, scale));
        (from, from.saturating_add(scale.length()))
    }

    fn shift(&self, row: usize, scale: Scale) -> i64 {
        let row = self.rows.get(row).filter(|_| scale == Scale::Hours);
        row.map_or(0, |row| row.shift)
    }

    /// The worst that is known of a time.
    pub(super) fn state(&self, row: usize, cell: Cell) -> Option<State> {
        let row = self.rows.get(row)?;
        State::ALL.iter().copied().find(|state| {
            let known = &row.known[*state as usize];
            let after = known.partition_point(|(_, to)| *to <= cell.0);
            known.get(after).is_some_and(|(from, _)| *from < cell.1)
        })
    }

    /// The states that occur anywhere, for the legend.
    pub(super) fn states(&self) -> impl Iterator<Item = State> + '_ {
        let occurs = |state: &State| self.rows.iter().any(|r| !r.known[*state as usize].is_empty());
        State::ALL.iter().copied().filter(occurs)
    }

    /// Numbers of the findings about a time.
    pub(super) fn findings(&self, row: usize, cell: Cell) -> impl Iterator<Item = usize> + '_ {
        let about = move |places: &Vec<(usize, Cell)>| {
            places.iter().any(|(scope, place)| *scope == row && overlap(*place, cell))
        };
        let places = self.places.iter().enumerate();
        places.filter(move |(_, places)| about(places)).map(|(number, _)| number)
    }

    /// The scope's digests of a time.
    pub(super) fn digests(&self, row: usize, cell: Cell) -> impl Iterator<Item = &DigestReport> {
        let digests = &self.report.digests;
        let first = digests.partition_point(|digest| digest.scope < row);
        let last = digests.partition_point(|digest| digest.scope <= row);
        digests[first..last].iter().filter(move |digest| overlap(time_of(digest), cell))
    }

    /// A scope in few words: what tells it from the others, or all of it where there is room.
    pub(super) fn label(&self, row: usize, whole: bool) -> String {
        let Some(scope) = self.report.scopes.get(row) else { return String::new() };
        let scopes = &self.report.scopes;
        let differs = |of: fn(&Scope) -> &str| scopes.iter().any(|other| of(other) != of(scope));
        let mut label = scope.region.clone();
        if whole || differs(|scope| &scope.account) {
            label.extend([" ", &scope.account]);
        }
        if whole || scopes.len() == 1 || differs(trail) {
            label.extend([" ", trail(scope)]);
        }
        label
    }
}

impl Row {
    fn new(report: &Report, number: usize) -> Self {
        let scope = &report.scopes[number];
        let mut phases: HashMap<i64, usize> = HashMap::new();
        for digest in report.digests.iter().filter(|digest| digest.scope == number) {
            let begins = digest.from.filter(|_| !digest.backfill);
            if let Some(from) = begins {
                *phases.entry(from.0.rem_euclid(Timestamp::HOUR)).or_default() += 1;
            }
        }
        // Of several that are as frequent, always the same.
        let usual = phases.into_iter().max_by_key(|(phase, count)| (*count, *phase));
        let phase = usual.map_or(0, |(phase, _)| phase);
        let late = phase > Timestamp::HOUR / 2;
        Self {
            title: title(scope),
            shift: if late { phase - Timestamp::HOUR } else { phase },
            window: (scope.window.0.0, scope.window.1.0),
            known: std::array::from_fn(|_| Vec::new()),
            troubles: Vec::new(),
        }
    }

    /// Puts times in order, and together what is one.
    fn settle(&mut self) {
        for (state, known) in State::ALL.iter().zip(&mut self.known) {
            known.sort_unstable();
            known.dedup_by(|later, earlier| {
                let joins = later.0 <= earlier.1;
                if joins {
                    earlier.1 = earlier.1.max(later.1);
                }
                joins
            });
            if state.is_trouble() {
                self.troubles.extend(known.iter().map(|(from, _)| *from));
            }
        }
        self.troubles.sort_unstable();
    }
}

pub(super) fn overlap(one: Cell, other: Cell) -> bool {
    one.0 < other.1 && other.0 < one.1
}

fn trail(scope: &Scope) -> &str {
    scope.trail.as_deref().unwrap_or("no trail")
}

/// The time that a digest is about; of one that cannot be read, the hour before its end.
pub(super) fn time_of(digest: &DigestReport) -> Cell {
    let to = digest.to.0;
    (digest.from.map_or(to.saturating_sub(Timestamp::HOUR), |from| from.0), to)
}

/// Where findings belong.
struct Places<'a> {
    report: &'a Report,
    /// Digests by their keys, and those that name a log that a finding is about.
    digests: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Places<'a> {
    fn of(report: &'a Report) -> Self {
        let keys = report.findings.iter().filter_map(|finding| finding.key.as_deref());
        let keys: HashSet<&str> = keys.collect();
        let mut digests: HashMap<&str, Vec<usize>> = HashMap::new();
        for (number, digest) in report.digests.iter().enumerate() {
            let logs = report.logs_of(digest).map(|log| log.key);
            for key in logs.chain([digest.key.clone()]) {
                if let Some(key) = keys.get(key.as_str()) {
                    digests.entry(key).or_default().push(number);
                }
            }
        }
        Self { report, digests }
    }

    fn find(&self, finding: &Finding) -> Vec<(usize, Cell)> {
        let known = |scope: &usize| self.report.scopes.get(*scope);
        if let Some((number, scope)) = finding.scope.and_then(|n| Some((n, known(&n)?))) {
            let (from, to) = finding.span.unwrap_or(scope.window);
            return vec![(number, (from.0, to.0))];
        }
        let Some(key) = finding.key.as_deref() else { return Vec::new() };
        if let Some(numbers) = self.digests.get(key) {
            let digests = numbers.iter().map(|number| &self.report.digests[*number]);
            let places = digests.map(|digest| (digest.scope, time_of(digest)));
            return places.filter(|(scope, _)| known(scope).is_some()).collect();
        }
        let (account, region, trail, time) = match address::read(key).map(|it| it.named) {
            Some(Named::Digest(name)) => {
                let to = name.stamp.0;
                let time = (to.saturating_sub(Timestamp::HOUR), to);
                (name.account, name.region, Some(name.trail), time)
            }
            Some(Named::Log(name)) => {
                let Some((from, to)) = name.stamp else { return Vec::new() };
                (name.account, name.region, None, (from.0, to.0))
            }
            None => return Vec::new(),
        };
        let same = |scope: &Scope| {
            scope.account == account
                && scope.region == region
                && (trail.is_none() || scope.trail.as_deref() == trail)
        };
        let scopes = self.report.scopes.iter().enumerate();
        scopes.filter(|(_, scope)| same(scope)).map(|(number, _)| (number, time)).collect()
    }
}

/// Logs that findings are about and no digest leads to.
fn strays(report: &Report) -> HashMap<Arc<str>, Arc<str>> {
    let stray =
        |kind: Kind| matches!(kind, Kind::LogUnlisted | Kind::LogUnverifiable | Kind::NoDigests);
    let mut paths: HashMap<&str, Vec<&Arc<str>>> = HashMap::new();
    for (path, _) in report.logs().filter(|(_, log)| log.fault.is_some_and(stray)) {
        paths.entry(file_name(path)).or_default().push(path);
    }
    let keys = report.findings.iter().filter(|finding| stray(finding.kind));
    let keys = keys.filter_map(|finding| finding.key.as_ref());
    keys.filter_map(|key| {
        let named = paths.get(file_name(key))?;
        let path = named.iter().filter(|path| path.ends_with(&**key)).min();
        Some((Arc::clone(key), Arc::clone(path.or(named.iter().min())?)))
    })
    .collect()
}
