//! Correlation rules: the records of what their parts have found say which group each belongs to.

use super::{Left, Record, records};
use crate::detect::sigma::{Burst, Correlation, Hit};
use crate::detect::{BurstOf, Ruleset};
use crate::event::{Cancel, Time};
use crate::job::Evidence;
use crate::store::{Bits, RowRef, Snapshot};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex};

/// What correlations have found, each by its place.
#[derive(Default)]
pub(super) struct Correlated {
    pub(super) bursts: Vec<Vec<BurstOf>>,
    /// Events that belong to no group, by what they lack.
    pub(super) left_out: Vec<BTreeMap<String, u64>>,
    pub(super) left: Left,
}

/// What a correlation wants to know: the rules that it puts together, and of each row that one of
/// them found which.
struct Asked<'a> {
    rule: &'a Correlation,
    parts: Vec<usize>,
    rows: BTreeMap<RowRef, Vec<usize>>,
}

/// What the records of a correlation's rows said.
#[derive(Default)]
struct Said {
    hits: Vec<(RowRef, Hit)>,
    left_out: BTreeMap<String, u64>,
}

/// Finds the bursts of each correlation among what rules have found. A correlation with a part that
/// is not there has none. Each record is read once for all of them.
pub(super) fn find(
    evidence: &Evidence,
    snapshot: &Arc<Snapshot>,
    (rules, found): (&Ruleset, &[Vec<RowRef>]),
    (threads, cancel): (usize, &Cancel),
) -> io::Result<Correlated> {
    let all: Vec<Asked<'_>> =
        rules.correlations.iter().map(|it| Asked::new(&it.rule, rules, found)).collect();
    let said: Mutex<Vec<Said>> = Mutex::new(all.iter().map(|_| Said::default()).collect());
    let take = |at: RowRef, record: &Record| {
        let time = snapshot.segment(at).time(usize::from(at.row));
        for (place, asked) in all.iter().enumerate() {
            let Some(parts) = asked.rows.get(&at) else { continue };
            let (hits, lacks) = asked.hits(rules, parts, time, record);
            if let Ok(mut said) = said.lock() {
                said[place].hits.extend(hits.into_iter().map(|hit| (at, hit)));
                for lack in lacks {
                    *said[place].left_out.entry(lack).or_default() += 1;
                }
            }
        }
    };
    let open = bits(snapshot, all.iter().flat_map(|asked| asked.rows.keys()));
    let left = records(evidence, snapshot, &open, (threads, cancel), &take)?;
    let mut correlated = Correlated { left, ..Correlated::default() };
    for (asked, said) in all.iter().zip(said.into_inner().unwrap_or_default()) {
        correlated.bursts.push(of_hits(snapshot, asked.rule, said.hits));
        correlated.left_out.push(said.left_out);
    }
    Ok(correlated)
}

/// Puts together what belongs together.
fn of_hits(snapshot: &Snapshot, rule: &Correlation, mut hits: Vec<(RowRef, Hit)>) -> Vec<BurstOf> {
    // In whichever order threads have found them.
    hits.sort_by_key(|(at, hit)| (snapshot.segment(*at).key(usize::from(at.row)), *at, hit.rule));
    let (rows, hits): (Vec<RowRef>, Vec<Hit>) = hits.into_iter().unzip();
    let bursts = rule.bursts(&hits).into_iter().map(|Burst { group, hits }| {
        let mut events: Vec<RowRef> = hits.into_iter().map(|place| rows[place]).collect();
        // A row may be a hit of several parts.
        events.dedup();
        BurstOf { group, events }
    });
    bursts.collect()
}

impl<'a> Asked<'a> {
    fn new(rule: &'a Correlation, rules: &Ruleset, found: &[Vec<RowRef>]) -> Self {
        let parts = rules.parts(rule).unwrap_or_default();
        let mut rows: BTreeMap<RowRef, Vec<usize>> = BTreeMap::new();
        for (place, part) in parts.iter().enumerate() {
            for row in &found[*part] {
                rows.entry(*row).or_default().push(place);
            }
        }
        Self { rule, parts, rows }
    }

    /// What a record is to it, for each of its rules that found the record; and what that lacks to
    /// belong to a group.
    fn hits(
        &self,
        rules: &Ruleset,
        parts: &[usize],
        time: Option<Time>,
        record: &Record,
    ) -> (Vec<Hit>, BTreeSet<String>) {
        let (mut hits, mut lacks) = (Vec::new(), BTreeSet::new());
        for place in parts {
            let head = &rules.rules[self.parts[*place]].rule.head;
            let names = [&*self.rule.rules[*place], &*head.name, &*head.id];
            match hit(self.rule, (*place, &names), time, record) {
                Ok(hit) => hits.push(hit),
                Err(lack) => drop(lacks.insert(lack)),
            }
        }
        (hits, lacks)
    }
}

/// What a record is to a correlation; the error is what it lacks to belong to a group of it.
fn hit(
    rule: &Correlation,
    (place, names): (usize, &[&str]),
    time: Option<Time>,
    record: &Record,
) -> Result<Hit, String> {
    let time = time.ok_or("no time")?;
    let member = |name: &String| record.first(rule.member(name, names));
    let of = |name: &String| member(name).ok_or_else(|| format!("no {}", rule.member(name, names)));
    let group = rule.group_by.iter().map(of).collect::<Result<_, String>>()?;
    let value = if rule.field.is_empty() { None } else { member(&rule.field) };
    Ok(Hit { time, rule: place, group, value })
}

fn bits<'a>(snapshot: &Snapshot, rows: impl Iterator<Item = &'a RowRef>) -> Vec<Bits> {
    let mut all: Vec<Bits> =
        snapshot.segments.iter().map(|segment| Bits::none(segment.len())).collect();
    for at in rows {
        all[at.segment as usize].set(usize::from(at.row));
    }
    all
}
