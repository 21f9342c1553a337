//! Asking the rules of the evidence: columns first, and then the records of what those leave
//! open, each read once for all rules.

use super::Evidence;
use super::cutting::{Lost, Take, Wanted, cut};
use super::plan::{Pass, Plan};
use crate::detect::Ruleset;
use crate::detect::sigma::Record;
use crate::event::{Cancel, Paths};
use crate::format::RecordPaths;
use crate::query::NoMarks;
use crate::store::{Bits, RowRef, Selection, Snapshot};
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What became of the rules.
#[derive(Debug, Default)]
pub struct Detected {
    /// The rows for which each rule holds, by its place.
    pub hits: Vec<Vec<RowRef>>,
    /// Events of the formats that each rule is for.
    pub evaluated: Vec<u64>,
    /// Rows whose records could not be read again, so that not every rule was asked of them.
    pub unread: Vec<Lost>,
}

/// Asks every rule of every visible row, with up to `threads` threads; 0 means as many as there are
/// processors.
///
/// # Errors
/// Not even one thread could be started.
pub fn detect(
    evidence: &Evidence,
    snapshot: &Arc<Snapshot>,
    rules: &Ruleset,
    threads: usize,
    cancel: &Cancel,
) -> io::Result<Detected> {
    let narrowed = Narrowed::new(snapshot, rules);
    let plan = Plan::new(evidence, snapshot, |number| narrowed.open.get(number), None);
    let work = Work {
        evidence,
        snapshot,
        rules,
        narrowed: &narrowed,
        passes: &plan.passes,
        next: AtomicUsize::new(0),
        cancel,
        found: Mutex::default(),
    };
    work.run(threads)?;
    let Work { found, .. } = work;
    let Found { mut hits, unread } = found.into_inner().unwrap_or_default();
    let mut all = narrowed.certain;
    for (rule, rows) in &mut hits {
        all[*rule].append(rows);
    }
    for rows in &mut all {
        rows.sort_unstable();
    }
    Ok(Detected { hits: all, evaluated: evaluated(snapshot, rules), unread })
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
    let count = |rule: &crate::detect::Loaded| {
        crate::detect::sigma::formats(&rule.rule).iter().map(of).sum()
    };
    rules.rules.iter().map(count).collect()
}

/// What the threads have in common.
struct Work<'a> {
    evidence: &'a Evidence,
    snapshot: &'a Snapshot,
    rules: &'a Ruleset,
    narrowed: &'a Narrowed,
    passes: &'a [Pass],
    next: AtomicUsize,
    cancel: &'a Cancel,
    found: Mutex<Found>,
}

#[derive(Default)]
struct Found {
    hits: Vec<(usize, Vec<RowRef>)>,
    unread: Vec<Lost>,
}

impl Work<'_> {
    fn run(&self, threads: usize) -> io::Result<()> {
        let processors = || std::thread::available_parallelism().map_or(2, usize::from);
        let threads = if threads == 0 { processors() } else { threads };
        let threads = threads.min(self.passes.len());
        std::thread::scope(|scope| {
            for number in 0..threads {
                let builder = std::thread::Builder::new().name(format!("detect-{number}"));
                match builder.spawn_scoped(scope, || self.work()) {
                    Ok(_) => {}
                    // Fewer threads are slower, and no less right.
                    Err(_) if number > 0 => break,
                    Err(error) => return Err(error),
                }
            }
            Ok(())
        })
    }

    fn work(&self) {
        let mut asking = Asking { work: self, hits: BTreeMap::new(), unread: Vec::new() };
        while !self.cancel.is_cancelled() {
            let position = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(pass) = self.passes.get(position) else { break };
            cut(self.evidence, self.snapshot, pass, self.cancel, &mut asking);
        }
        if let Ok(mut found) = self.found.lock() {
            found.hits.extend(asking.hits);
            found.unread.append(&mut asking.unread);
        }
    }
}

/// Asks the rules of the records of one pass after the other.
struct Asking<'a> {
    work: &'a Work<'a>,
    hits: BTreeMap<usize, Vec<RowRef>>,
    unread: Vec<Lost>,
}

impl Take for Asking<'_> {
    fn record(&mut self, wanted: &Wanted, raw: &[u8]) {
        let at = wanted.row;
        let text = String::from_utf8_lossy(raw).into_owned();
        let record = Record::new(RecordPaths.layers(raw), text);
        for (place, left) in &self.work.narrowed.asked[at.segment as usize] {
            if left.get(usize::from(at.row)) && self.work.rules.rules[*place].rule.matches(&record)
            {
                self.hits.entry(*place).or_default().push(at);
            }
        }
    }

    fn lost(&mut self, lost: Lost) {
        self.unread.push(lost);
    }
}
