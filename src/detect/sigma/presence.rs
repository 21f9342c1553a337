//! Which members a rule asks for, and whether it can hold at all where some are never there.

use super::condition::Condition;
use super::rule::{Detection, Rule};
use super::search::{Item, Search, Test};
use std::collections::BTreeSet;

/// A member that a rule asks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member {
    pub name: String,
    /// The rule asks whether it is there, be it null or empty; else for a value.
    pub is_bare: bool,
}

/// Every member that the rule asks for, whatever it has to be.
pub fn members(rule: &Rule) -> BTreeSet<Member> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&Search> = rule.detection.iter().flat_map(|it| &it.searches).collect();
    while let Some(search) = open.pop() {
        match search {
            Search::Any(searches) => open.extend(searches),
            Search::All(items) => found.extend(items.iter().flat_map(of_item)),
        }
    }
    found
}

/// A rule for the same logs, which holds where this member is there.
pub fn has(rule: &Rule, member: &Member) -> Rule {
    let (test, is_not) = if member.is_bare {
        (Test::Exists(true), false)
    } else {
        (Test::Is { wanted: Vec::new(), all: false, null: true }, true)
    };
    let item = Item { field: member.name.clone(), test, is_not };
    let searches = vec![Search::All(vec![item])];
    let detection = Detection { searches, condition: Condition::Search(0) };
    Rule { detection: Ok(detection), ..rule.clone() }
}

/// The members for the lack of which the rule cannot hold, where these are never there; `None`: it can,
/// by what is known.
pub fn lacking<'r>(rule: &'r Rule, absent: &BTreeSet<Member>) -> Option<Vec<&'r str>> {
    let detection = rule.detection.as_ref().ok()?;
    let mut lacking = Without { detection, absent }.never(&detection.condition)?;
    lacking.dedup();
    Some(lacking)
}

fn of_item(item: &Item) -> Vec<Member> {
    let named = |name: &String, is_bare| Member { name: name.clone(), is_bare };
    match &item.test {
        _ if item.field.is_empty() => Vec::new(),
        Test::Exists(_) => vec![named(&item.field, true)],
        Test::Is { .. } => vec![named(&item.field, false)],
        Test::Other { field, .. } => vec![named(&item.field, false), named(field, false)],
    }
}

/// What is settled, whatever a record says, where some members are never there; each answer names
/// those that settle it.
struct Without<'a, 'r> {
    detection: &'r Detection,
    absent: &'a BTreeSet<Member>,
}

impl<'r> Without<'_, 'r> {
    fn never(&self, condition: &'r Condition) -> Option<Vec<&'r str>> {
        match condition {
            Condition::Search(at) => self.never_found(&self.detection.searches[*at]),
            Condition::Not(inner) => self.always(inner),
            Condition::All(parts) => parts.iter().find_map(|part| self.never(part)),
            Condition::Any(parts) => every(parts.iter().map(|part| self.never(part))),
        }
    }

    fn always(&self, condition: &'r Condition) -> Option<Vec<&'r str>> {
        match condition {
            Condition::Search(at) => self.always_found(&self.detection.searches[*at]),
            Condition::Not(inner) => self.never(inner),
            Condition::All(parts) => every(parts.iter().map(|part| self.always(part))),
            Condition::Any(parts) => parts.iter().find_map(|part| self.always(part)),
        }
    }

    fn never_found(&self, search: &'r Search) -> Option<Vec<&'r str>> {
        match search {
            Search::All(items) => items.iter().find_map(|item| self.item(item, false)),
            Search::Any(all) => every(all.iter().map(|search| self.never_found(search))),
        }
    }

    fn always_found(&self, search: &'r Search) -> Option<Vec<&'r str>> {
        match search {
            Search::All(items) => every(items.iter().map(|item| self.item(item, true))),
            Search::Any(all) => all.iter().find_map(|search| self.always_found(search)),
        }
    }

    /// The members by which an item holds for every record, or for none.
    fn item(&self, item: &'r Item, holds: bool) -> Option<Vec<&'r str>> {
        if item.field.is_empty() {
            return None;
        }
        let is_by_absence = match &item.test {
            Test::Is { null, .. } => *null,
            Test::Exists(wanted) => !wanted,
            Test::Other { .. } => false,
        };
        if (is_by_absence != item.is_not) != holds {
            return None;
        }
        let asked = of_item(item);
        let gone = asked.iter().position(|member| self.absent.contains(member))?;
        Some(vec![match (&item.test, gone) {
            (Test::Other { field, .. }, 1) => field,
            _ => &item.field,
        }])
    }
}

/// All that settles each part; `None` if one is open, or there is none.
fn every<'r>(parts: impl Iterator<Item = Option<Vec<&'r str>>>) -> Option<Vec<&'r str>> {
    let parts: Vec<Vec<&str>> = parts.collect::<Option<_>>()?;
    (!parts.is_empty()).then(|| parts.concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::sigma::{Document, Record, read};
    use proptest::prelude::*;

    fn rule(detection: &str) -> Rule {
        let text = format!(
            "title: t\nlogsource: {{product: aws, service: cloudtrail}}\ndetection: {detection}\n"
        );
        match read(&text).remove(0).unwrap() {
            Document::Rule(rule) => *rule,
            Document::Correlation(_) => panic!("{text}"),
        }
    }

    fn absent(names: &[&str]) -> BTreeSet<Member> {
        let both =
            |name: &&str| [false, true].map(|is_bare| Member { name: (*name).to_owned(), is_bare });
        names.iter().flat_map(both).collect()
    }

    #[test]
    fn a_rule_cannot_hold_only_where_no_way_is_left() {
        for (detection, wanted) in [
            ("{s: {a: x, z: y}, condition: s}", Some("z")),
            ("{s: {a: x, z|exists: true}, condition: s}", Some("z")),
            ("{s: {a: x, z|fieldref: a}, condition: s}", Some("z")),
            ("{s: {a|fieldref: z}, condition: s}", Some("z")),
            ("{s: {a: x}, o: {z: y}, condition: s or o}", None),
            ("{s: {y: x}, o: {z: y}, condition: s or o}", Some("y z")),
            ("{s: [{a: x}, {z: y}], condition: s}", None),
            ("{s: [{y: x}, {z: y}], condition: s}", Some("y z")),
            ("{s: {a: x}, o: {z: y}, condition: s and not o}", None),
            ("{s: {a: x, z: null}, condition: s}", None),
            ("{s: {a: x, z: [null, y]}, condition: s}", None),
            ("{s: {a: x, z|exists: false}, condition: s}", None),
            ("{s: {a: x, z|neq: y}, condition: s}", None),
            ("{s: {a: x, z|neq: null}, condition: s}", Some("z")),
            ("{s: {a: x}, o: {z: null}, condition: s and not o}", Some("z")),
            ("{s: {a: x}, o: {z: null, a: x}, condition: s and not o}", None),
            ("{s: [one, two], condition: s}", None),
        ] {
            let rule = rule(detection);
            let told = lacking(&rule, &absent(&["y", "z"])).map(|names| names.join(" "));
            assert_eq!(told.as_deref(), wanted, "{detection}");
        }
    }

    #[test]
    fn null_is_there_and_is_no_value() {
        let rule = rule("{s: {a.b: x}, condition: s}");
        let record = |text: &str| Record::new(serde_json::from_str(text).unwrap(), text.to_owned());
        for (text, value, bare) in [
            (r#"{"a":{"b":"c"}}"#, true, true),
            (r#"{"a":{"b":null}}"#, false, true),
            (r#"{"a":{"b":""}}"#, false, true),
            (r#"{"a":{"c":1}}"#, false, false),
            (r#"{"a":[{"b":[1]}]}"#, true, true),
        ] {
            let is = |is_bare| {
                let member = Member { name: "a.b".to_owned(), is_bare };
                has(&rule, &member).matches(&record(text))
            };
            assert_eq!((is(false), is(true)), (value, bare), "{text}");
        }
    }

    proptest! {
        /// What cannot hold without some members holds for no record that has none of them.
        #[test]
        fn nothing_that_can_hold_is_said_to_be_unable(
            fields in prop::collection::vec(("[ab]", prop::sample::select(vec![
                ": x", ": null", ": [x, null]", "|exists: true", "|exists: false", "|neq: x",
                "|neq: null", "|fieldref: a", "|fieldref: b",
            ])), 3),
            condition in prop::sample::select(vec![
                "s0 and s1", "s0 or s1", "s0 and not s1", "not (s0 or s1)", "not (s0 and s1) or s2",
                "1 of them", "all of them", "not 1 of them", "s0 and not (s1 and not s2)",
            ]),
            record in prop::sample::select(vec![
                "{}", r#"{"a":"x"}"#, r#"{"a":"y"}"#, r#"{"b":"x"}"#, r#"{"b":null}"#,
                r#"{"a":"x","b":"x"}"#, r#"{"a":"","b":"z"}"#,
            ]),
        ) {
            let searches: Vec<String> = fields.iter().enumerate()
                .map(|(at, (field, test))| format!("s{at}: {{{field}{test}}}")).collect();
            let rule = rule(&format!("{{{}, condition: {condition}}}", searches.join(", ")));
            prop_assert!(rule.defect().is_none());
            let record = Record::new(serde_json::from_str(record).unwrap(), record.to_owned());
            let gone = members(&rule).into_iter().filter(|one| !has(&rule, one).matches(&record));
            if lacking(&rule, &gone.collect()).is_some() {
                prop_assert!(!rule.matches(&record), "{}", rule.asks());
            }
        }
    }
}
