//! Correlation rules: the records of what their parts have found say which group each belongs to; of a
//! part that is a correlation itself, its bursts do.

use super::{Left, Met, Record, records};
use crate::detect::sigma::{Burst, Correlation, Hit};
use crate::detect::{BurstOf, Raised, Ruleset};
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
    parts: Vec<Raised>,
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
    let links = rules.links();
    let all = rules.correlations.iter().enumerate();
    let all: Vec<Asked<'_>> = all
        .map(|(place, it)| Asked::new(&it.rule, links.parts(place).unwrap_or_default(), found))
        .collect();
    let said: Mutex<Vec<Said>> = Mutex::new(all.iter().map(|_| Said::default()).collect());
    let take = |met: &mut Met<'_>| {
        let at = met.at;
        let time = snapshot.segment(at).time(usize::from(at.row));
        for (place, asked) in all.iter().enumerate() {
            let Some(parts) = asked.rows.get(&at) else { continue };
            let (hits, lacks) = asked.hits(rules, parts, time, met);
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
    let said = said.into_inner().unwrap_or_default();
    let mut bursts: Vec<Vec<BurstOf>> = all.iter().map(|_| Vec::new()).collect();
    for &place in &links.order {
        let of_records = said[place].hits.iter();
        let mut hits: Vec<(&[RowRef], Hit)> =
            of_records.map(|(at, hit)| (std::slice::from_ref(at), hit.clone())).collect();
        hits.extend(all[place].of_bursts(rules, &bursts));
        bursts[place] = of_hits(snapshot, all[place].rule, hits);
    }
    let left_out = said.into_iter().map(|said| said.left_out).collect();
    Ok(Correlated { bursts, left_out, left })
}

/// Puts together what belongs together: hits, each with its rows.
fn of_hits(
    snapshot: &Snapshot,
    rule: &Correlation,
    mut hits: Vec<(&[RowRef], Hit)>,
) -> Vec<BurstOf> {
    let key = |at: &RowRef| (snapshot.segment(*at).key(usize::from(at.row)), *at);
    // In whichever order threads have found them.
    hits.sort_by_key(|(rows, hit)| (hit.time.at, rows.first().map(key), hit.rule));
    let (rows, hits): (Vec<&[RowRef]>, Vec<Hit>) = hits.into_iter().unzip();
    let bursts = rule.bursts(&hits).into_iter().map(|Burst { group, hits, held }| {
        // A row may be a hit of several parts, and the rows of a burst are those of each of its hits.
        let sets: BTreeSet<&[RowRef]> = hits.into_iter().map(|place| rows[place]).collect();
        let mut events: Vec<RowRef> = sets.into_iter().flatten().copied().collect();
        events.sort_by_key(key);
        events.dedup();
        BurstOf { group, events, held }
    });
    bursts.collect()
}

impl<'a> Asked<'a> {
    fn new(rule: &'a Correlation, parts: &[Raised], found: &[Vec<RowRef>]) -> Self {
        let mut rows: BTreeMap<RowRef, Vec<usize>> = BTreeMap::new();
        for (place, part) in parts.iter().enumerate() {
            let Raised::Rule(part) = part else { continue };
            for row in &found[*part] {
                rows.entry(*row).or_default().push(place);
            }
        }
        Self { rule, parts: parts.to_vec(), rows }
    }

    /// What it is called, wherever this rule says what is meant in the one of this place.
    fn names<'r>(&'r self, rules: &'r Ruleset, place: usize) -> [&'r str; 3] {
        let head = match self.parts[place] {
            Raised::Rule(part) => &rules.rules[part].rule.head,
            Raised::Correlation(part) => &rules.correlations[part].rule.head,
        };
        [&self.rule.rules[place], &head.name, &head.id]
    }

    /// What the bursts of its parts are to it, each with its rows.
    fn of_bursts<'b>(
        &self,
        rules: &Ruleset,
        bursts: &'b [Vec<BurstOf>],
    ) -> Vec<(&'b [RowRef], Hit)> {
        let mut hits = Vec::new();
        for (place, part) in self.parts.iter().enumerate() {
            let Raised::Correlation(part) = part else { continue };
            let (inner, names) = (&rules.correlations[*part].rule, self.names(rules, place));
            let of = |name: &String, burst: &BurstOf| {
                burst.group.get(self.rule.grouped(name, inner, &names)?).cloned()
            };
            for burst in &bursts[*part] {
                let group = self.rule.group_by.iter().filter_map(|name| of(name, burst));
                let group: Vec<String> = group.collect();
                let value = of(&self.rule.field, burst);
                hits.extend(self.rule.counted(&burst.held).iter().map(|time| {
                    let (group, value) = (group.clone(), value.clone());
                    (&*burst.events, Hit { time: *time, rule: place, group, value })
                }));
            }
        }
        hits
    }

    /// What a record is to it, for each of its rules that found the record; and what that lacks to
    /// belong to a group.
    fn hits(
        &self,
        rules: &Ruleset,
        parts: &[usize],
        time: Option<Time>,
        met: &mut Met<'_>,
    ) -> (Vec<Hit>, BTreeSet<String>) {
        let (mut hits, mut lacks) = (Vec::new(), BTreeSet::new());
        for place in parts {
            let Raised::Rule(rule) = self.parts[*place] else { continue };
            let Some(record) = met.of(&rules.rules[rule].rule) else { continue };
            match hit(self.rule, (*place, &self.names(rules, *place)), time, record) {
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
    record: &Record<'_>,
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
