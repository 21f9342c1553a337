//! Correlation rules: the records of what their parts have found say which group each belongs to.

use super::{Detected, Record, records};
use crate::detect::sigma::{Burst, Correlation, Hit};
use crate::detect::{BurstOf, Ruleset};
use crate::event::{Cancel, Time};
use crate::job::Evidence;
use crate::store::{Bits, RowRef, Snapshot};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex};

/// Finds the bursts of each correlation among what rules have found. A correlation with a part that
/// is not there has none.
pub(super) fn find(
    evidence: &Evidence,
    snapshot: &Arc<Snapshot>,
    rules: &Ruleset,
    detected: &mut Detected,
    (threads, cancel): (usize, &Cancel),
) -> io::Result<()> {
    for correlated in &rules.correlations {
        let rule = &correlated.rule;
        let Ok(parts) = rules.parts(rule) else {
            detected.findings.bursts.push(Vec::new());
            detected.left_out.push(BTreeMap::new());
            continue;
        };
        let mut wanted: BTreeMap<RowRef, Vec<usize>> = BTreeMap::new();
        for (place, part) in parts.iter().enumerate() {
            for row in &detected.findings.hits[*part] {
                wanted.entry(*row).or_default().push(place);
            }
        }
        let found = Mutex::new((Vec::new(), BTreeMap::new()));
        let take = |at: RowRef, record: &Record| {
            let time = snapshot.segment(at).time(usize::from(at.row));
            let asked = wanted.get(&at).into_iter().flatten().map(|place| {
                let head = &rules.rules[parts[*place]].rule.head;
                let names = [&*rule.rules[*place], &*head.name, &*head.id];
                hit(rule, (*place, &names), time, record)
            });
            let (mut hits, mut lacks) = (Vec::new(), BTreeSet::new());
            for hit in asked {
                match hit {
                    Ok(hit) => hits.push((at, hit)),
                    Err(lack) => drop(lacks.insert(lack)),
                }
            }
            if let Ok(mut found) = found.lock() {
                found.0.append(&mut hits);
                for lack in lacks {
                    *found.1.entry(lack).or_default() += 1;
                }
            }
        };
        let open = bits(snapshot, wanted.keys());
        let (unread, unasked) = records(evidence, snapshot, &open, (threads, cancel), &take)?;
        detected.unread.extend(unread);
        detected.unasked += unasked;
        let (mut hits, left_out) = found.into_inner().unwrap_or_default();
        detected.left_out.push(left_out);
        // In whichever order threads have found them.
        hits.sort_by_key(|(at, hit)| {
            (snapshot.segment(*at).key(usize::from(at.row)), *at, hit.rule)
        });
        let (rows, hits): (Vec<RowRef>, Vec<Hit>) = hits.into_iter().unzip();
        let bursts = rule.bursts(&hits).into_iter().map(|Burst { group, hits }| {
            let mut events: Vec<RowRef> = hits.into_iter().map(|place| rows[place]).collect();
            // A row may be a hit of several parts.
            events.dedup();
            BurstOf { group, events }
        });
        detected.findings.bursts.push(bursts.collect());
    }
    Ok(())
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
