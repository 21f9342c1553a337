//! Asking rules and detectors of the evidence: columns first, and then the records of what those
//! leave open, each read once for all of them.

mod bursts;

use super::Evidence;
use super::cutting::{Lost, Take, Wanted, cut};
use super::plan::{Pass, Plan};
use super::threads::on_threads;
use crate::detect::detectors::{Answer, Said};
use crate::detect::sigma::{self, Record};
use crate::detect::{DETECTORS, Findings, Given, Loaded, Ruleset};
use crate::event::{Cancel, Paths};
use crate::format::RecordPaths;
use crate::query::NoMarks;
use crate::store::{Bits, Cell, RowRef, Selection, Snapshot};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

/// What became of the rules.
#[derive(Debug, Default)]
pub struct Detected {
    pub findings: Findings,
    /// Events of the formats that each rule is for.
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
    for (_, rows) in &wanted {
        for (open, rows) in open.iter_mut().zip(rows) {
            *open = open.clone().or(rows);
        }
    }
    let found: Mutex<(Vec<(usize, RowRef)>, Said)> = Mutex::default();
    let take = |at: RowRef, record: &Record| {
        let row = usize::from(at.row);
        let asked = asked[at.segment as usize].iter().filter(|(_, rows)| rows.get(row));
        let held = asked
            .filter(|(place, _)| rules.rules[*place].rule.matches(record))
            .map(|(place, _)| (*place, at));
        let held: Vec<(usize, RowRef)> = held.collect();
        let asking = wanted.iter().filter(|(_, rows)| rows[at.segment as usize].get(row));
        let said: Vec<_> =
            asking.map(|(detector, _)| ((detector.id, at), detector.take(record))).collect();
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
        for segment in &snapshot.segments {
            let segment = segment.for_a_pass();
            let mut of_segment = Vec::new();
            let mut any = Bits::none(segment.len());
            for (place, rule) in rules.rules.iter().enumerate() {
                let Some(filter) = &rule.filter else {
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

/// How many visible events there are of the formats of each rule.
fn evaluated(snapshot: &Arc<Snapshot>, rules: &Ruleset) -> Vec<u64> {
    let all = Selection::all(snapshot);
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for (number, segment) in snapshot.segments.iter().enumerate() {
        *counts.entry(&segment.schema().id).or_default() += all.count_in(number) as u64;
    }
    let of = |format: &&str| counts.get(*format).copied().unwrap_or(0);
    let count = |rule: &Loaded| sigma::formats(&rule.rule).iter().map(of).sum();
    rules.rules.iter().map(count).collect()
}

/// Takes a row and its record; on any of the threads.
type Taking<'a> = dyn Fn(RowRef, &Record) + Sync + 'a;

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
    fn record(&mut self, wanted: &Wanted, raw: &[u8]) {
        let at = wanted.row;
        let Some(value) = RecordPaths.innermost(raw) else {
            self.left.unasked.insert(at);
            return;
        };
        let id = match self.work.snapshot.segment(at).value(usize::from(at.row), "id") {
            Cell::Id(id) => id.to_string(),
            Cell::Text(text) => text.to_owned(),
            _ => String::new(),
        };
        let value = element(&value, &id).cloned().unwrap_or(value);
        let text = String::from_utf8_lossy(raw).into_owned();
        (self.work.take)(at, &Record::new(value, text));
    }

    fn lost(&mut self, lost: Lost) {
        self.left.unread.push(lost);
    }
}

/// Of many records in one envelope the one with this id.
fn element<'v>(value: &'v Value, id: &str) -> Option<&'v Value> {
    let has_id = |element: &&Value| {
        let members = element.as_object().into_iter().flat_map(|members| members.values());
        members.into_iter().any(|member| member == id)
    };
    let members = value.as_object().filter(|_| !id.is_empty())?.values();
    members.filter_map(Value::as_array).flatten().find(has_id)
}
