//! What other products found, as alarms: GuardDuty, Security Hub, Inspector, Macie and the alarms
//! of CloudWatch, as their own records say it.
//!
//! A finding is written again as it changes. What its product says is over, or is to be hidden, raises
//! no alarm; where an earlier record here says that it was not so, there is one that tells both.

use super::sigma::Level;
use crate::event::{Time, noun};
use crate::store::{Bits, Cell, RowRef, Segment, Selection, Snapshot};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Formats whose records are findings, and who makes them.
const PRODUCTS: [(&str, &str); 5] = [
    ("guardduty", "Amazon GuardDuty"),
    ("securityhub", "AWS Security Hub"),
    ("inspector", "Amazon Inspector"),
    ("macie", "Amazon Macie"),
    ("cloudwatch_alarm", "Amazon CloudWatch"),
];

/// What is told of the findings of a product.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Product {
    pub name: &'static str,
    /// Findings of which there are alarms.
    pub raised: u64,
    /// Findings without, by what their product says of them, such as `CLOSED`.
    pub over: BTreeMap<String, u64>,
}

/// Findings of other products that are about one thing.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Group {
    pub(super) product: &'static str,
    /// What kind of finding it is: the same of the same, and of nothing else.
    pub(super) id: String,
    pub(super) title: String,
    pub(super) level: Level,
    /// Whom or what it is about, and the account.
    pub(super) who: [String; 2],
    /// The records that say that something is wrong.
    pub(super) events: Vec<RowRef>,
    /// What the product says of it, in the words of the newest, and what became of it.
    pub(super) why: String,
    /// What the product says that became of all of it.
    pub(super) over: Option<String>,
}

/// A record of a finding.
#[derive(Debug, Clone)]
struct Said {
    at: RowRef,
    /// When this revision was made.
    updated: Option<Time>,
    kind: Kind,
    level: Level,
    message: String,
    /// What the product says, if it says that nothing is wrong any more, or that nobody has to see it.
    over: Option<String>,
}

/// What findings of one alarm have in common: who makes them, what they are called, and whom or what
/// they are about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    product: &'static str,
    id: String,
    title: String,
    who: [String; 2],
}

/// What the findings of other products raise, and what is told of each product that made any.
pub(super) fn findings(snapshot: &Arc<Snapshot>) -> (Vec<Group>, Vec<Product>) {
    let mut products: BTreeMap<&str, Product> = BTreeMap::new();
    let mut groups: BTreeMap<Kind, Vec<Vec<Said>>> = BTreeMap::new();
    for mut records in by_finding(snapshot) {
        // What the last one says, holds.
        records.sort_by_key(|said| (said.updated.map(|time| time.at), said.at));
        let Some(last) = records.last() else { continue };
        let name = last.kind.product;
        let product =
            products.entry(name).or_insert_with(|| Product { name, ..Product::default() });
        match &last.over {
            Some(state) if records.iter().all(|said| said.over.is_some()) => {
                *product.over.entry(state.clone()).or_default() += 1;
            }
            _ => {
                product.raised += 1;
                groups.entry(last.kind.clone()).or_default().push(records);
            }
        }
    }
    let groups = groups.into_iter().filter_map(|(kind, findings)| group(kind, &findings)).collect();
    (groups, products.into_values().collect())
}

/// What is told of each product that made findings.
pub fn products(snapshot: &Arc<Snapshot>) -> Vec<Product> {
    findings(snapshot).1
}

/// The visible records of each finding, in the order of the table.
fn by_finding(snapshot: &Arc<Snapshot>) -> Vec<Vec<Said>> {
    let product = |segment: &Segment| {
        let id = &*segment.schema().id;
        PRODUCTS.iter().find(|(format, _)| *format == id).map(|(_, product)| *product)
    };
    let selection = Selection::new(snapshot, |number| {
        let segment = &snapshot.segments[number];
        Some(match product(segment) {
            Some(_) => Bits::from_fn(segment.len(), |row| is_finding(segment, row)),
            None => Bits::none(segment.len()),
        })
    });
    let mut all: Vec<Vec<Said>> = Vec::new();
    let mut changes: BTreeMap<[String; 3], Vec<Said>> = BTreeMap::new();
    let mut known: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for at in selection.window(0, selection.len()) {
        let (segment, row) = (snapshot.segment(at), usize::from(at.row));
        let Some(product) = product(segment) else { continue };
        let said = said(segment, at, product);
        let id = segment.value(row, "id").to_string();
        if product == "Amazon CloudWatch" {
            let alarm =
                ["rule", "account", "region"].map(|name| text(segment, row, name).to_owned());
            changes.entry(alarm).or_default().push(said);
            continue;
        }
        // One that has no id is known by nothing.
        if id.is_empty() {
            all.push(vec![said]);
            continue;
        }
        match known.get(&(product, id.clone())) {
            Some(place) => all[*place].push(said),
            None => {
                known.insert((product, id), all.len());
                all.push(vec![said]);
            }
        }
    }
    all.extend(changes.into_values().flat_map(of_changes));
    all
}

/// The findings of one alarm of CloudWatch: each change into `ALARM` is one, with the change that took it
/// back, if one did.
fn of_changes(mut changes: Vec<Said>) -> Vec<Vec<Said>> {
    changes.sort_by_key(|said| (said.updated.map(|time| time.at), said.at));
    let (mut all, mut back) = (Vec::new(), None);
    // From the last on, so that what took it back is known.
    for said in changes.into_iter().rev() {
        if said.over.is_some() {
            back = Some(said);
            continue;
        }
        let over = back.iter().map(|back| Said { kind: said.kind.clone(), ..Said::clone(back) });
        let over: Vec<Said> = over.collect();
        all.push([vec![said], over].concat());
    }
    all.reverse();
    all
}

fn group(kind: Kind, findings: &[Vec<Said>]) -> Option<Group> {
    let wrong = || findings.iter().flatten().filter(|said| said.over.is_none());
    let newest = wrong().max_by_key(|said| (said.updated.map(|time| time.at), said.at))?;
    let over: Vec<&Said> = findings
        .iter()
        .filter_map(|records| records.last().filter(|it| it.over.is_some()))
        .collect();
    let (mut why, mut is_over) = (newest.message.clone(), None);
    if let Some(last) = over.last() {
        let states: BTreeSet<&str> = over.iter().filter_map(|said| said.over.as_deref()).collect();
        let states: Vec<&str> = states.into_iter().collect();
        let since =
            last.updated.map_or(String::new(), |time| format!(" since {}", time.to_rfc3339()));
        let number = findings.len() as u64;
        let which = match (over.len(), findings.len()) {
            (some, all) if some < all => {
                format!("{some} of {number} {}: ", noun(number, "finding", "findings"))
            }
            _ => String::new(),
        };
        let said = format!("{}{since}", states.join(", "));
        why = format!("{why} ({which}its product says {said})");
        is_over = (over.len() == findings.len()).then_some(said);
    }
    let level = wrong().map(|said| said.level).max()?;
    let events = wrong().map(|said| said.at).collect();
    let Kind { product, id, title, who } = kind;
    Some(Group { product, id, title, level, who, events, why, over: is_over })
}

fn text<'a>(segment: &'a Segment, row: usize, field: &str) -> &'a str {
    match segment.value(row, field) {
        Cell::Text(text) => text,
        _ => "",
    }
}

/// Of CloudWatch also that an alarm is over.
fn is_finding(segment: &Segment, row: usize) -> bool {
    let is = |field: &str, word: &str| text(segment, row, field) == word;
    match &*segment.schema().id {
        "cloudwatch_alarm" => is("event", "OK") || is("class", "finding") && is("event", "ALARM"),
        _ => is("class", "finding"),
    }
}

fn said(segment: &Segment, at: RowRef, product: &'static str) -> Said {
    let row = usize::from(at.row);
    let format = &*segment.schema().id;
    let severity = match segment.value(row, "severity") {
        Cell::Float(number) => number,
        _ => 0.0,
    };
    let updated = match segment.value(row, &format!("{format}.updated_at")) {
        Cell::Time(time) => Some(time),
        _ => segment.time(row),
    };
    let (id, title) = named(segment, row);
    Said {
        at,
        updated,
        kind: Kind { product, id, title, who: who(segment, row) },
        level: level(severity),
        message: text(segment, row, "message").to_owned(),
        over: over(segment, row).map(str::to_owned),
    }
}

/// What kind of finding it is, and what its alarm is called.
fn named(segment: &Segment, row: usize) -> (String, String) {
    let of = |field: &str| text(segment, row, field);
    let (event, message) = (of("event"), of("message"));
    let both = || format!("{event}: {message}");
    match &*segment.schema().id {
        "cloudwatch_alarm" => {
            let title = format!("alarm {}", of("rule"));
            (title.clone(), title)
        }
        // What is vulnerable is of few kinds, and of many vulnerabilities.
        "inspector" if !message.is_empty() => match of("rule") {
            "" => (both(), message.to_owned()),
            rule => (format!("{event}: {rule}"), message.to_owned()),
        },
        // Whether it is set up as it should be, or could not be checked, and nothing that happened.
        "securityhub" if !of("code").is_empty() => {
            let title = format!("posture: {event}");
            (title.clone(), title)
        }
        // Types of other products than this one are of whole classes of findings.
        "securityhub" if !of("rule").contains(":guardduty:") && !message.is_empty() => {
            (both(), both())
        }
        _ => (event.to_owned(), event.to_owned()),
    }
}

/// What the product says, if it says that the finding is over or is not to be seen.
fn over(segment: &Segment, row: usize) -> Option<&str> {
    let of = |field: &str, words: &[&str]| {
        let text = text(segment, row, field);
        words.iter().any(|word| text.eq_ignore_ascii_case(word)).then_some(text)
    };
    let archived = |field: &str| of(field, &["true"]).map(|_| "archived");
    match &*segment.schema().id {
        "guardduty" => {
            archived("guardduty.archived").or_else(|| of("event", &["NO_THREATS_FOUND"]))
        }
        "cloudwatch_alarm" => of("event", &["OK"]),
        "macie" => archived("macie.archived"),
        "inspector" => of("inspector.status", &["CLOSED", "SUPPRESSED"]),
        "securityhub" => of("securityhub.record_state", &["ARCHIVED"])
            .or_else(|| of("securityhub.workflow_status", &["RESOLVED", "SUPPRESSED"]))
            .or_else(|| of("code", &["PASSED"])),
        _ => None,
    }
}

/// Whom and what a finding is about, and its account. What Macie finds is of a bucket, whoever did it;
/// of what else there is nobody and nothing, the address.
fn who(segment: &Segment, row: usize) -> [String; 2] {
    let account = text(segment, row, "account").to_owned();
    let id = segment.value(row, "id").to_string();
    // Its own name among them makes each finding another thing.
    let is_own = |name: &str| !id.is_empty() && name.strip_suffix(&*id).is_some_and(is_end);
    let mut resources: Vec<&str> = match segment.value(row, "resource") {
        Cell::Text(text) => vec![text],
        Cell::List(items) => items.into_iter().collect(),
        _ => Vec::new(),
    };
    resources.retain(|name| !is_own(name));
    if &*segment.schema().id == "macie"
        && let Some(bucket) = resources.first()
    {
        return [(*bucket).to_owned(), account];
    }
    let instance = text(segment, row, "instance");
    if !instance.is_empty() {
        resources = vec![instance];
    }
    resources.sort_unstable();
    resources.dedup();
    let principal = text(segment, row, "principal");
    let all = [principal].into_iter().filter(|it| !it.is_empty()).chain(resources);
    let mut all: Vec<String> = all.map(str::to_owned).collect();
    if all.is_empty() {
        all.push(segment.value(row, "src.ip").to_string());
    }
    [all.join("\0"), account]
}

/// Whether a name may end here.
fn is_end(before: &str) -> bool {
    before.is_empty() || before.ends_with(['/', ':'])
}

/// The words of severities, which all formats have from 0 to 10.
fn level(severity: f64) -> Level {
    match severity {
        9.0.. => Level::Critical,
        7.0.. => Level::High,
        4.0.. => Level::Medium,
        1.0.. => Level::Low,
        _ => Level::Informational,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_have_the_words_of_the_field() {
        for (severity, word) in [
            (10.0, Level::Critical),
            (8.9, Level::High),
            (4.0, Level::Medium),
            (3.9, Level::Low),
            (0.0, Level::Informational),
        ] {
            assert_eq!(level(severity), word, "{severity}");
        }
    }
}
