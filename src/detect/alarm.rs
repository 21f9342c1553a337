//! Alarms: what rules found, those of one rule and one who together.

use super::detectors::{Answer, Curves, DETECTORS, Found};
use super::findings::{Group, findings};
use super::links::Links;
use super::made::makes;
use super::ruleset::{About, Raised, Ruleset};
use crate::event::{Time, Timestamp, hex};
use crate::store::{Cell, RowRef, Snapshot};
use sha2::{Digest, Sha256};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Fields whose values say what an alarm is about, in the order in which they are shown.
pub const ENTITIES: [&str; 7] =
    ["principal", "src.ip", "key", "account", "region", "event", "resource"];

/// Distinct values of a field that an alarm keeps; how many there are is told beside them.
const VALUES: usize = 50;

/// What a detector names beside events: one of [`ENTITIES`], and its value.
type Named = (&'static str, String);

/// What a rule found of one principal; or, where none is named, of one address, or else of one resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Alarm {
    /// The same for the same rule and the same who, whatever else there is in the evidence.
    pub fingerprint: String,
    pub about: About,
    /// Whom or what it is about, by field, where that is not the first principal of its events.
    pub whom: Option<(&'static str, String)>,
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
    /// Its events, in the order of the table.
    pub events: Vec<RowRef>,
    /// What a detector found where no event says it: what each is known by.
    pub findings: Vec<String>,
    /// What it names, and then values of its events, most frequent first.
    pub entities: BTreeMap<&'static str, Vec<String>>,
    /// Resources that are named only by the calls that made them, so that whoever acts chose the names.
    pub made: BTreeSet<String>,
    /// How many values there are of a field of which not all are kept.
    pub totals: BTreeMap<&'static str, usize>,
    /// What its rule's questions call by names in braces, beside its entities and before them.
    pub blanks: Vec<(&'static str, String)>,
    pub why: String,
    /// What the product that found it says became of it, where that holds for all of it.
    pub over: Option<String>,
    /// The rate that it is about, if it is about one.
    pub curves: Option<Curves>,
}

/// What rules found: rows for which each holds, by its place, and the bursts of each correlation;
/// and what each detector says.
#[derive(Debug, Default)]
pub struct Findings {
    pub hits: Vec<Vec<RowRef>>,
    pub bursts: Vec<Vec<BurstOf>>,
    /// By the place among [`DETECTORS`].
    pub answers: Vec<Answer>,
}

/// The events of a burst, and what they have in common.
#[derive(Debug, Clone, Default)]
pub struct BurstOf {
    pub group: Vec<String>,
    pub events: Vec<RowRef>,
    /// When the rule held.
    pub held: Vec<Time>,
}

/// Alarms of what rules, detectors and other products found: the gravest first, then the earliest.
pub fn alarms(snapshot: &Arc<Snapshot>, rules: &Ruleset, findings: &Findings) -> Vec<Alarm> {
    let links = rules.links();
    let mut found = of_rules(snapshot, (rules, links), findings);
    found.extend(of_correlations(snapshot, (rules, links), findings));
    found.extend(of_detectors(snapshot, findings));
    found.extend(of_products(snapshot));
    found.sort_by(|one, other| {
        let key = |alarm: &Alarm| (Reverse(alarm.about.level), alarm.first);
        key(one).cmp(&key(other)).then_with(|| one.fingerprint.cmp(&other.fingerprint))
    });
    found
}

/// The field that says who, who and of which account, and what they did it to, where that is told apart.
type Whose = (&'static str, [String; 2], Option<String>);

fn of_rules(
    snapshot: &Snapshot,
    (rules, links): (&Ruleset, &Links),
    findings: &Findings,
) -> Vec<Alarm> {
    let mut found = Vec::new();
    let is_alone = |place: usize| links.is_alone(Raised::Rule(place));
    for (place, rows) in findings.hits.iter().enumerate().filter(|(at, _)| is_alone(*at)) {
        let rule = &rules.rules[place].rule;
        let mut groups: BTreeMap<Whose, Vec<RowRef>> = BTreeMap::new();
        for row in rows {
            let (field, who) = who(snapshot, *row);
            let whose = (field, who, apart(snapshot, *row, &rule.apart));
            groups.entry(whose).or_default().push(*row);
        }
        let why = rule.asks();
        for ((field, mut who, apart), events) in groups {
            let about = rules.about(Raised::Rule(place));
            if let Some(what) = apart {
                let whom = ("resource", what.clone());
                who[1] = format!("{}\0{what}", who[1]);
                let named = std::slice::from_ref(&whom);
                let one = alarm(snapshot, about, &who, &why, (events, named));
                found.push(Alarm { whom: Some(whom), ..one });
                continue;
            }
            // Of all resources that its events name, it is about this one.
            let named = (field == "resource").then(|| (field, who[0].clone()));
            found.push(alarm(snapshot, about, &who, &why, (events, named.as_slice())));
        }
    }
    found
}

fn of_correlations(
    snapshot: &Snapshot,
    (rules, links): (&Ruleset, &Links),
    findings: &Findings,
) -> Vec<Alarm> {
    let mut found = Vec::new();
    let is_alone = |place: usize| links.is_alone(Raised::Correlation(place));
    for (place, bursts) in findings.bursts.iter().enumerate().filter(|(at, _)| is_alone(*at)) {
        let why = rules.correlations[place].rule.asks();
        for BurstOf { group, events, .. } in bursts {
            // A burst is told from another of its group by when it began.
            let first = events.first().map(|at| snapshot.segment(*at).at(usize::from(at.row)));
            let who = [group.join("\0"), first.unwrap_or_default().to_string()];
            let about = rules.about(Raised::Correlation(place));
            found.push(alarm(snapshot, about, &who, &why, (events.clone(), &[])));
        }
    }
    found
}

fn of_detectors(snapshot: &Snapshot, findings: &Findings) -> Vec<Alarm> {
    let answers = DETECTORS.iter().zip(&findings.answers);
    let all = answers.flat_map(|(detector, answer)| {
        answer.found.iter().map(move |found| (detector.about(), found))
    });
    all.map(|(mut about, found)| {
        let Found { who, level, span, named, blanks, events, findings, why, curves, .. } = found;
        about.level = level.unwrap_or(about.level);
        let whom = found.about.iter().filter(|(field, _)| ENTITIES.contains(field));
        let named: Vec<Named> = whom.chain(named).cloned().collect();
        let mut alarm = alarm(snapshot, about, who, why, (events.clone(), &named));
        alarm.whom.clone_from(&found.about);
        if let Some((first, last)) = span {
            (alarm.first, alarm.last) = (Some(*first), Some(*last));
        }
        alarm.curves.clone_from(curves);
        alarm.blanks.clone_from(blanks);
        alarm.findings.clone_from(findings);
        alarm
    })
    .collect()
}

/// What products found of one kind and of one who, in the words of the newest.
fn of_products(snapshot: &Arc<Snapshot>) -> Vec<Alarm> {
    let (groups, _) = findings(snapshot);
    let one = |group: Group| {
        let about = About {
            id: group.id,
            title: group.title,
            author: group.product.to_owned(),
            licence: String::new(),
            version: String::new(),
            level: group.level,
        };
        let one = alarm(snapshot, about, &group.who, &group.why, (group.events, &[]));
        Alarm { over: group.over, ..one }
    };
    groups.into_iter().map(one).collect()
}

/// Who is behind an event, with the field that says it, and the account: the principal, or else the
/// address; where nobody is, as in a finding, the first resource.
pub(super) fn who(snapshot: &Snapshot, at: RowRef) -> (&'static str, [String; 2]) {
    let of = |field| values(snapshot, at, field).into_iter().next();
    let named = ["principal", "src.ip", "resource"].into_iter();
    let named = named.filter_map(|field| Some((field, of(field).filter(|it| !it.is_empty())?)));
    let (field, name) = named.into_iter().next().unwrap_or_default();
    (field, [name, of("account").unwrap_or_default()])
}

/// What an event did something to, if one of these fields says so.
fn apart(snapshot: &Snapshot, at: RowRef, fields: &[String]) -> Option<String> {
    let of = |field: &String| values(snapshot, at, field).into_iter().next();
    fields.iter().find_map(|field| of(field).filter(|it| !it.is_empty()))
}

/// The values of a field, as text.
fn values(snapshot: &Snapshot, at: RowRef, field: &str) -> Vec<String> {
    match snapshot.segment(at).value(usize::from(at.row), field) {
        Cell::Text(text) => vec![text.to_owned()],
        Cell::Ip(address) => vec![address.to_string()],
        Cell::List(items) => items.into_iter().map(str::to_owned).collect(),
        Cell::Id(id) => vec![id.to_string()],
        Cell::Int(number) => vec![number.to_string()],
        Cell::Absent | Cell::Float(_) | Cell::Time(_) => Vec::new(),
    }
}

fn alarm(
    snapshot: &Snapshot,
    about: About,
    who: &[String; 2],
    why: &str,
    (mut events, named): (Vec<RowRef>, &[Named]),
) -> Alarm {
    events.sort_by_key(|at| (snapshot.segment(*at).key(usize::from(at.row)), *at));
    let (mut entities, mut totals) = (BTreeMap::new(), BTreeMap::new());
    for field in ENTITIES {
        let mut all = about_field(snapshot, field, &events, named);
        if all.len() > VALUES {
            totals.insert(field, all.len());
            all.truncate(VALUES);
        }
        if !all.is_empty() {
            entities.insert(field, all);
        }
    }
    let times = events.iter().filter_map(|at| snapshot.segment(*at).time(usize::from(at.row)));
    let times: BTreeSet<Timestamp> = times.map(|time| time.at).collect();
    Alarm {
        fingerprint: fingerprint(&about, who),
        about,
        whom: None,
        first: times.first().copied(),
        last: times.last().copied(),
        made: made(snapshot, &events),
        events,
        findings: Vec::new(),
        entities,
        totals,
        blanks: Vec::new(),
        why: why.to_owned(),
        over: None,
        curves: None,
    }
}

fn made(snapshot: &Snapshot, events: &[RowRef]) -> BTreeSet<String> {
    let (mut made, mut there) = (BTreeSet::new(), BTreeSet::new());
    for at in events {
        let event = values(snapshot, *at, "event").into_iter().next().unwrap_or_default();
        for resource in values(snapshot, *at, "resource") {
            let is_made = makes(&event, &resource);
            if is_made { &mut made } else { &mut there }.insert(resource);
        }
    }
    made.retain(|resource| !there.contains(resource));
    made
}

/// The distinct values of a field: those that are named, as they are, and then those of the events,
/// most frequent first.
fn about_field(
    snapshot: &Snapshot,
    field: &str,
    events: &[RowRef],
    named: &[Named],
) -> Vec<String> {
    let named = named.iter().filter(|(of, _)| *of == field).map(|(_, value)| value.as_str());
    let mut known = BTreeSet::new();
    let mut all: Vec<String> =
        named.filter(|value| known.insert(*value)).map(str::to_owned).collect();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for value in events.iter().flat_map(|at| values(snapshot, *at, field)) {
        if !known.contains(value.as_str()) {
            *counts.entry(value).or_default() += 1;
        }
    }
    let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
    counts.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    all.extend(counts.into_iter().map(|(value, _)| value));
    all
}

/// The first 16 digits of the SHA-256 of the rule's id, who wrote it, and who is behind it.
fn fingerprint(about: &About, who: &[String; 2]) -> String {
    let mut hash = Sha256::new();
    for part in [&about.id, &about.author, &who[0], &who[1]] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex::encode(&hash.finalize())[..16].to_owned()
}
