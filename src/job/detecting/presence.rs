//! Which members that rules ask for are never there, in any event of their log source: a rule that
//! cannot do without one could not have fired. Only who asks what became of rules asks this, for what
//! no column says has to be looked for in records, all of them if it is nowhere.

use super::{Narrowed, records};
use crate::detect::sigma::{self, Member, Rule};
use crate::detect::{Loaded, Ruleset};
use crate::event::Cancel;
use crate::job::Evidence;
use crate::store::{Bits, Snapshot};
use aho_corasick::AhoCorasick;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Members that no visible event has, by log source.
#[derive(Debug, Default)]
pub struct Absent(BTreeMap<usize, BTreeSet<Member>>);

impl Absent {
    /// Looks for what these rules ask for, with up to `threads` threads. What lies in records that
    /// cannot be read again may be there.
    ///
    /// # Errors
    /// Not even one thread could be started.
    pub fn new<'r>(
        evidence: &Evidence,
        snapshot: &Arc<Snapshot>,
        rules: impl Iterator<Item = &'r Rule>,
        threads: usize,
    ) -> io::Result<Self> {
        let mut asked: BTreeMap<(usize, Member), Rule> = BTreeMap::new();
        for rule in rules {
            let Some(source) = sigma::log_source(rule) else { continue };
            for member in sigma::members(rule) {
                let has = || sigma::has(rule, &member);
                asked.entry((source, member.clone())).or_insert_with(has);
            }
        }
        let (keys, rules): (Vec<_>, Vec<Rule>) = asked.into_iter().unzip();
        let names: Vec<&str> = keys.iter().map(|(_, member)| member.name.as_str()).collect();
        let found = found(evidence, snapshot, (rules, &names), threads)?;
        let mut absent = Self::default();
        for ((source, member), _) in keys.into_iter().zip(found).filter(|(_, found)| !found) {
            absent.0.entry(source).or_default().insert(member);
        }
        Ok(absent)
    }

    /// The members for the lack of which this rule could not fire; `None`: it could.
    pub fn lacking<'r>(&self, rule: &'r Rule) -> Option<Vec<&'r str>> {
        sigma::lacking(rule, self.0.get(&sigma::log_source(rule)?)?)
    }
}

/// Whether each of these rules holds for any event, each about a member of this name.
fn found(
    evidence: &Evidence,
    snapshot: &Arc<Snapshot>,
    (rules, names): (Vec<Rule>, &[&str]),
    threads: usize,
) -> io::Result<Vec<bool>> {
    let mut asking = Ruleset::default();
    asking.rules.extend(rules.into_iter().map(|rule| {
        let filter = sigma::filter(&rule);
        Loaded { rule, filter, id: String::new(), file: String::new() }
    }));
    let Narrowed { certain, mut asked, .. } = Narrowed::new(snapshot, &asking);
    let found: Vec<AtomicBool> =
        certain.iter().map(|rows| AtomicBool::new(!rows.is_empty())).collect();
    let is_found = |place: usize| found[place].load(Ordering::Relaxed);
    for of_segment in &mut asked {
        of_segment.retain(|(place, _)| !is_found(*place));
    }
    let open: Vec<Bits> = snapshot
        .segments
        .iter()
        .zip(&asked)
        .map(|(segment, asked)| {
            asked.iter().fold(Bits::none(segment.len()), |any, (_, rows)| any.or(rows))
        })
        .collect();
    let places: BTreeSet<usize> = asked.iter().flatten().map(|(place, _)| *place).collect();
    let (left, over) = (AtomicUsize::new(places.len()), Cancel::new());
    let needles = Needles::new(names);
    let unread = records(evidence, snapshot, &open, (threads, &over), &|met| {
        let row = usize::from(met.at.row);
        let written = needles.of(met.raw());
        for (place, rows) in &asked[met.at.segment as usize] {
            let rule = &asking.rules[*place].rule;
            let is_possible = !is_found(*place)
                && rows.get(row)
                && (!sigma::asks_json(rule) || written.has(*place));
            if is_possible
                && met.of(rule).is_some_and(|record| rule.matches(record))
                && !found[*place].swap(true, Ordering::Relaxed)
                && left.fetch_sub(1, Ordering::Relaxed) == 1
            {
                over.cancel();
            }
        }
    })?;
    let may_be = |place| !unread.unread.is_empty() && places.contains(&place);
    Ok((0..found.len()).map(|place| is_found(place) || may_be(place)).collect())
}

/// The names that paths of members are made of, which stand in every record that has the member.
struct Needles {
    find: Option<AhoCorasick>,
    /// The places among `find` of the names of each path.
    of: Vec<BTreeSet<usize>>,
}

impl Needles {
    fn new(paths: &[&str]) -> Self {
        let mut known: BTreeMap<&str, usize> = BTreeMap::new();
        let mut all = Vec::new();
        let mut of = Vec::new();
        for path in paths {
            let places = path.split('.').filter(|part| !part.is_empty()).map(|part| {
                *known.entry(part).or_insert_with(|| {
                    all.push(part);
                    all.len() - 1
                })
            });
            of.push(places.collect());
        }
        Self { find: AhoCorasick::new(&all).ok(), of }
    }

    /// Which of the names stand in this record as those of members end: before a quotation mark, one that is
    /// escaped, or a dot.
    fn of(&self, raw: &[u8]) -> Written<'_> {
        // Where letters are escaped, names may be written in any way.
        let is_escaped = memchr::memmem::find(raw, b"\\u").is_some();
        let Some(find) = self.find.as_ref().filter(|_| !is_escaped) else {
            return Written { of: &self.of, found: None };
        };
        let mut found = vec![false; find.patterns_len()];
        for one in find.find_overlapping_iter(raw) {
            found[one.pattern().as_usize()] |=
                matches!(raw.get(one.end()), Some(b'"' | b'\\' | b'.'));
        }
        Written { of: &self.of, found: Some(found) }
    }
}

/// Which names stand in a record; `None`: any may.
struct Written<'n> {
    of: &'n [BTreeSet<usize>],
    found: Option<Vec<bool>>,
}

impl Written<'_> {
    /// Whether the member at this place may be there.
    fn has(&self, place: usize) -> bool {
        let Some(found) = &self.found else { return true };
        self.of[place].iter().all(|needle| found[*needle])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_with_the_names_of_a_path_may_have_the_member() {
        let needles = Needles::new(&["request.name", "x.y", "a"]);
        let may = |text: &str| {
            let written = needles.of(text.as_bytes());
            [0, 1, 2].map(|place| written.has(place))
        };
        assert_eq!(may(r#"{"request":{"name":1}}"#), [true, false, false]);
        assert_eq!(may(r#"{"request":{"names":1}}"#), [false; 3]);
        assert_eq!(may(r#"{"x.y":1,"A":2}"#), [false, true, false]);
        assert_eq!(may(r#"{"message":"{\"a\":1}"}"#), [false, false, true]);
        assert_eq!(may("{\"\\u0061\":1}"), [true; 3]);
    }
}
