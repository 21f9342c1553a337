//! Asking rules and detectors of the evidence: columns first, and then the records of what those
//! leave open, each read once for all of them.

mod bursts;
mod met;
mod presence;

use super::Evidence;
use super::cutting::{Lost, Take, Wanted, cut};
use super::plan::{Pass, Plan};
use super::threads::on_threads;
use crate::detect::detectors::{Answer, Said};
use crate::detect::sigma::{self, May, Record, Rule, Words};
use crate::detect::{DETECTORS, Findings, Given, Loaded, Ruleset};
use crate::event::Cancel;
use crate::format::Bytes;
use crate::query::NoMarks;
use crate::store::{Bits, RowRef, Selection, Snapshot};
use met::Met;
pub use presence::Absent;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

/// What became of the rules.
#[derive(Debug, Default)]
pub struct Detected {
    pub findings: Findings,
    /// Events of the log source that each rule is for.
    pub evaluated: Vec<u64>,
    /// Events that belong to no group of a correlation, by what they lack; one for each correlation.
    pub left_out: Vec<BTreeMap<String, u64>>,
    /// Rows whose records could not be read again, so that not every rule was asked of them.
    pub unread: Vec<Lost>,
    /// Records that are no good JSON when they are read again, so that nothing was asked of them.
    pub unasked: u64,
}

/// Asks every rule and every detector of every visible row, with up to `threads` threads; 0 means
/// as many as there are processors.
///
/// # Errors
/// Not even one thread could be started.
pub fn detect(
    evidence: &Evidence,
    snapshot: &Arc<Snapshot>,
    (rules, given): (&Ruleset, &Given<'_>),
    threads: usize,
    cancel: &Cancel,
) -> io::Result<Detected> {
    let Narrowed { certain: mut hits, asked, mut open } = Narrowed::new(snapshot, rules);
    let wanted = DETECTORS.iter().filter_map(|one| Some((one, one.wanted(snapshot, given)?)));
    let wanted: Vec<_> = wanted.collect();
    for (_, (rows, _)) in &wanted {
        for (open, rows) in open.iter_mut().zip(rows) {
            *open = open.clone().or(rows);
        }
    }
    let words = Words::new(rules.rules.iter().map(|loaded| &loaded.rule));
    let found: Mutex<(Vec<(usize, RowRef)>, Said)> = Mutex::default();
    let take = |met: &mut Met<'_>| {
        let (at, row) = (met.at, usize::from(met.at.row));
        let asked = asked[at.segment as usize].iter().filter(|(_, rows)| rows.get(row));
        let held = held(rules, &words, asked.map(|(place, _)| *place), met);
        let asking = wanted.iter().filter(|(_, (rows, _))| rows[at.segment as usize].get(row));
        let said = asking
            .filter_map(|(detector, (_, taking))| Some(((detector.id, at), met.taken(taking)?)));
        let said: Vec<_> = said.collect();
        let held: Vec<(usize, RowRef)> = held.into_iter().map(|place| (place, at)).collect();
        if let (false, Ok(mut found)) = (held.is_empty() && said.is_empty(), found.lock()) {
            found.0.extend(held);
            found.1.extend(said);
        }
    };
    let mut left = records(evidence, snapshot, &open, (threads, cancel), &take)?;
    let (held, said) = found.into_inner().unwrap_or_default();
    for (rule, row) in held {
        hits[rule].push(row);
    }
    for rows in &mut hits {
        rows.sort_unstable();
    }
    let answers = answers(snapshot, (given, &said), (threads, cancel))?;
    let found = bursts::find(evidence, snapshot, (rules, &hits), (threads, cancel))?;
    left.add(found.left);
    Ok(Detected {
        findings: Findings { hits, bursts: found.bursts, answers },
        evaluated: evaluated(snapshot, rules),
        left_out: found.left_out,
        unread: left.unread,
        unasked: left.unasked.len() as u64,
    })
}

/// Which of these rules hold for a record. Of text it is looked first which may, by their words.
fn held(
    rules: &Ruleset,
    words: &Words,
    asked: impl Iterator<Item = usize>,
    met: &mut Met<'_>,
) -> Vec<usize> {
    let mut may: Option<May<'_>> = None;
    let mut held = Vec::new();
    for place in asked {
        let rule = &rules.rules[place].rule;
        let is_possible =
            sigma::asks_json(rule) || may.get_or_insert_with(|| met.may_hold(words)).has(place);
        if is_possible && met.of(rule).is_some_and(|record| rule.matches(record)) {
            held.push(place);
        }
    }
    held
}

/// What each detector says.
fn answers(
    snapshot: &Arc<Snapshot>,
    (given, said): (&Given<'_>, &Said),
    (threads, cancel): (usize, &Cancel),
) -> io::Result<Vec<Answer>> {
    let answers: Vec<OnceLock<Answer>> = DETECTORS.iter().map(|_| OnceLock::new()).collect();
    let next = AtomicUsize::new(0);
    on_threads("detect", (threads, DETECTORS.len()), &|| {
        while !cancel.is_cancelled() {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(detector) = DETECTORS.get(place) else { break };
            let _ = answers[place].set(detector.answer(snapshot, (given, said), cancel));
        }
    })?;
    Ok(answers.into_iter().map(|answer| answer.into_inner().unwrap_or_default()).collect())
}

/// What columns say.
struct Narrowed {
    /// Rows for which a rule holds whatever their records say, by the rule's place.
    certain: Vec<Vec<RowRef>>,
    /// Rows of a segment that a rule leaves open: the rule's place, and which.
    asked: Vec<Vec<(usize, Bits)>>,
    /// The same of all rules together.
    open: Vec<Bits>,
}

impl Narrowed {
    fn new(snapshot: &Arc<Snapshot>, rules: &Ruleset) -> Self {
        let mut certain: Vec<Vec<Bits>> = vec![Vec::new(); rules.rules.len()];
        let (mut asked, mut open) = (Vec::new(), Vec::new());
        let formats = rules.rules.iter().map(|loaded| sigma::formats(&loaded.rule));
        let formats: Vec<Vec<&str>> = formats.collect();
        for segment in &snapshot.segments {
            let segment = segment.for_a_pass();
            let mut of_segment = Vec::new();
            let mut any = Bits::none(segment.len());
            for (place, rule) in rules.rules.iter().enumerate() {
                let is_for = |format: &&str| *format == &*segment.schema().id;
                let filter = rule.filter.as_ref().filter(|_| formats[place].iter().any(is_for));
                let Some(filter) = filter else {
                    certain[place].push(Bits::none(segment.len()));
                    continue;
                };
                let bounds = filter.bounds(&segment, &NoMarks);
                let left = bounds.open();
                certain[place].push(bounds.certain);
                if left.any() {
                    any = any.or(&left);
                    of_segment.push((place, left));
                }
            }
            asked.push(of_segment);
            open.push(any);
        }
        let rows = |bits: Vec<Bits>| {
            let selection = Selection::new(snapshot, |number| bits.get(number).cloned());
            selection.window(0, selection.len())
        };
        Self { certain: certain.into_iter().map(rows).collect(), asked, open }
    }
}

/// How many visible events there are of the log source of each rule.
fn evaluated(snapshot: &Arc<Snapshot>, rules: &Ruleset) -> Vec<u64> {
    let mut counts: BTreeMap<usize, u64> = BTreeMap::new();
    let count = |rule: &Rule| {
        let formats = sigma::formats(rule);
        let events = sigma::events(rule);
        let of = |number: usize| {
            let segment = &snapshot.segments[number];
            match &events {
                _ if !formats.contains(&&*segment.schema().id) => Some(Bits::none(segment.len())),
                None => None,
                Some(filter) => Some(filter.bits(&segment.for_a_pass(), &NoMarks)),
            }
        };
        Selection::new(snapshot, of).len() as u64
    };
    let of_rule = |loaded: &Loaded| {
        let source = sigma::log_source(&loaded.rule);
        source.map_or(0, |source| *counts.entry(source).or_insert_with(|| count(&loaded.rule)))
    };
    rules.rules.iter().map(of_rule).collect()
}

/// Takes a row and its record; on any of the threads.
type Taking<'a> = dyn Fn(&mut Met<'_>) + Sync + 'a;

/// Rows that were not asked.
#[derive(Debug, Default)]
struct Left {
    /// Their records could not be read again.
    unread: Vec<Lost>,
    /// Their records are no JSON.
    unasked: BTreeSet<RowRef>,
}

impl Left {
    /// Adds what another look left, with nothing twice.
    fn add(&mut self, other: Self) {
        let known: BTreeSet<RowRef> =
            self.unread.iter().flat_map(|lost| &lost.rows).copied().collect();
        for mut lost in other.unread {
            lost.rows.retain(|row| !known.contains(row));
            if !lost.rows.is_empty() {
                self.unread.push(lost);
            }
        }
        self.unasked.extend(other.unasked);
    }
}

/// Reads the records of these rows of each segment, with several threads. The answer is what could
/// not be asked.
fn records(
    evidence: &Evidence,
    snapshot: &Arc<Snapshot>,
    rows: &[Bits],
    (threads, cancel): (usize, &Cancel),
    take: &Taking<'_>,
) -> io::Result<Left> {
    let plan = Plan::new(evidence, snapshot, |number| rows.get(number), None);
    let (next, left) = (AtomicUsize::new(0), Mutex::default());
    let work = Work { evidence, snapshot, passes: &plan.passes, next, cancel, take, left };
    on_threads("detect", (threads, plan.passes.len()), &|| work.run())?;
    Ok(work.left.into_inner().unwrap_or_default())
}

/// What the threads have in common.
struct Work<'a> {
    evidence: &'a Evidence,
    snapshot: &'a Snapshot,
    passes: &'a [Pass],
    /// The position of the next pass that nobody makes yet.
    next: AtomicUsize,
    cancel: &'a Cancel,
    take: &'a Taking<'a>,
    left: Mutex<Left>,
}

impl Work<'_> {
    fn run(&self) {
        let mut reader = Reader { work: self, left: Left::default() };
        while !self.cancel.is_cancelled() {
            let position = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(pass) = self.passes.get(position) else { break };
            cut(self.evidence, self.snapshot, pass, self.cancel, &mut reader);
        }
        if let Ok(mut left) = self.left.lock() {
            left.unread.append(&mut reader.left.unread);
            left.unasked.append(&mut reader.left.unasked);
        }
    }
}

/// Reads the records of one pass after the other.
struct Reader<'a> {
    work: &'a Work<'a>,
    left: Left,
}

impl Take for Reader<'_> {
    fn record(&mut self, wanted: &Wanted, bytes: &mut Bytes<'_>) {
        let at = wanted.row;
        let inside = bytes.record(wanted.inner);
        let raw = inside.as_ref().map_or(bytes.raw(), |inside| inside.text.as_bytes());
        let mut met = Met::new(at, self.work.snapshot.segment(at), raw);
        (self.work.take)(&mut met);
        if met.lacks_json() {
            self.left.unasked.insert(at);
        }
    }

    fn lost(&mut self, lost: Lost) {
        self.left.unread.push(lost);
    }
}

#[cfg(test)]
mod tests;
