//! How correlation rules hang together: which rules each is made of, and in which order they are asked,
//! since they may be made of each other.

use super::ruleset::{Raised, Ruleset};
use super::sigma::{Correlation, Head};
use std::collections::BTreeSet;

/// What each correlation of a set of rules is made of.
#[derive(Debug)]
pub struct Links {
    /// By place; the error says why it can find nothing.
    parts: Vec<Result<Vec<Raised>, String>>,
    /// Places of the correlations that can find something, each behind those that it is made of.
    pub order: Vec<usize>,
    /// Rules of which nobody is told, since they are parts of others.
    within: BTreeSet<Raised>,
}

impl Links {
    pub fn new(rules: &Ruleset) -> Self {
        let all = rules.correlations.iter().map(|it| parts(rules, &it.rule));
        let mut links = Self { parts: all.collect(), order: Vec::new(), within: BTreeSet::new() };
        links.put_in_order();
        links.refuse_circles(rules);
        links.refuse_what_cannot_run(rules);
        for (place, parts) in links.parts.iter().enumerate() {
            if !rules.correlations[place].rule.generate {
                links.within.extend(parts.iter().flatten());
            }
        }
        links
    }

    /// The rules that a correlation is made of.
    ///
    /// # Errors
    /// It can find nothing, and this is why.
    pub fn parts(&self, place: usize) -> Result<&[Raised], &str> {
        self.parts[place].as_deref().map_err(String::as_str)
    }

    /// Whether a rule raises alarms by itself: what is only part of correlations does not.
    pub fn is_alone(&self, rule: Raised) -> bool {
        !self.within.contains(&rule)
    }

    /// The rules about single events that are asked for a correlation, each once, whatever lies between.
    pub fn leaves(&self, place: usize) -> Vec<usize> {
        let (mut open, mut seen, mut leaves) = (vec![place], BTreeSet::new(), Vec::new());
        while let Some(place) = open.pop() {
            for part in self.parts(place).unwrap_or_default() {
                match part {
                    _ if !seen.insert(*part) => {}
                    Raised::Rule(rule) => leaves.push(*rule),
                    Raised::Correlation(inner) => open.push(*inner),
                }
            }
        }
        leaves
    }

    /// Takes one after the other whose parts are all there.
    fn put_in_order(&mut self) {
        let mut there = BTreeSet::new();
        loop {
            let before = self.order.len();
            for (place, parts) in self.parts.iter().enumerate() {
                let is_there = |part: &Raised| match part {
                    Raised::Rule(_) => true,
                    Raised::Correlation(inner) => there.contains(inner),
                };
                let can = parts.as_ref().map_or(true, |parts| parts.iter().all(is_there));
                if can && there.insert(place) {
                    self.order.push(place);
                }
            }
            if self.order.len() == before {
                return;
            }
        }
    }

    /// What has no place in the order is part of itself, or made of what is.
    fn refuse_circles(&mut self, rules: &Ruleset) {
        let ordered: BTreeSet<usize> = self.order.iter().copied().collect();
        let lost: Vec<usize> = (0..self.parts.len()).filter(|it| !ordered.contains(it)).collect();
        let told: Vec<String> =
            lost.iter().map(|place| self.circle(rules, &ordered, *place)).collect();
        for (place, why) in lost.into_iter().zip(told) {
            self.parts[place] = Err(why);
        }
    }

    /// Goes from part to part that has no place in the order, until one comes again.
    fn circle(&self, rules: &Ruleset, ordered: &BTreeSet<usize>, place: usize) -> String {
        let mut way = vec![place];
        loop {
            let last = way[way.len() - 1];
            let next = self.parts(last).unwrap_or_default().iter().find_map(|part| match part {
                Raised::Correlation(inner) if !ordered.contains(inner) => Some(*inner),
                _ => None,
            });
            let Some(next) = next else { return CANNOT_RUN.to_owned() };
            let first = way.iter().position(|one| *one == next);
            way.push(next);
            if let Some(first) = first {
                let named = way[first..].iter().map(|one| {
                    let head = &rules.correlations[*one].rule.head;
                    format!("{:?}", name_of(head))
                });
                let named = named.collect::<Vec<_>>().join(" of ");
                return match first {
                    0 => format!("a rule cannot be made of itself: {named}"),
                    _ => format!("a rule that it is made of is made of itself: {named}"),
                };
            }
        }
    }

    fn refuse_what_cannot_run(&mut self, rules: &Ruleset) {
        for place in std::mem::take(&mut self.order) {
            let runs = |part: &Raised| match part {
                Raised::Rule(rule) => rules.rules[*rule].filter.is_some(),
                Raised::Correlation(inner) => self.parts[*inner].is_ok(),
            };
            match &self.parts[place] {
                Ok(parts) if parts.iter().all(runs) => self.order.push(place),
                Ok(_) => self.parts[place] = Err(CANNOT_RUN.to_owned()),
                Err(_) => {}
            }
        }
    }
}

const CANNOT_RUN: &str = "a rule that it is made of cannot be run";

fn name_of(head: &Head) -> &str {
    [&head.name, &head.id].into_iter().find(|name| !name.is_empty()).unwrap_or(&head.title)
}

/// The rules that a correlation names.
fn parts(rules: &Ruleset, correlation: &Correlation) -> Result<Vec<Raised>, String> {
    let find = |name: &String| {
        let is = |head: &Head| head.id == *name || head.name == *name;
        let rule = rules.rules.iter().position(|it| is(&it.rule.head)).map(Raised::Rule);
        let inner = || rules.correlations.iter().position(|it| is(&it.rule.head));
        let found = rule.or_else(|| inner().map(Raised::Correlation));
        let found = found.ok_or_else(|| format!("there is no rule {name:?}"))?;
        if let Raised::Correlation(inner) = found {
            let inner = &rules.correlations[inner].rule;
            let called = [name.as_str(), &inner.head.name, &inner.head.id];
            let wanted = correlation.group_by.iter();
            let wanted = wanted.chain(Some(&correlation.field).filter(|field| !field.is_empty()));
            for of in wanted {
                if correlation.grouped(of, inner, &called).is_none() {
                    let member = correlation.member(of, &called);
                    return Err(format!("the rule {name:?} does not group by {member:?}"));
                }
            }
        }
        Ok(found)
    };
    correlation.rules.iter().map(find).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "title: one\nname: one\nlogsource: {product: aws, service: cloudtrail}\n\
        detection: {s: {eventName: A}, condition: s}\n";

    fn correlation(name: &str, of: &str) -> String {
        format!(
            "---\ntitle: {name}\nname: {name}\ncorrelation: {{type: temporal, rules: [{of}], \
             group-by: [user], timespan: 1h}}\n"
        )
    }

    fn links(all: &[(&str, &str)]) -> (Links, Vec<String>) {
        let mut rules = Ruleset::default();
        let text: String = all.iter().map(|(name, of)| correlation(name, of)).collect();
        rules.add("own.yml", &format!("{ONE}{text}"), "").unwrap();
        let links = Links::new(&rules);
        let told = (0..all.len()).map(|place| match links.parts(place) {
            Ok(parts) => format!("{} parts", parts.len()),
            Err(why) => why.to_owned(),
        });
        let told = told.collect();
        (links, told)
    }

    #[test]
    fn each_comes_behind_what_it_is_made_of_and_only_the_outermost_is_alone() {
        let (links, told) = links(&[("c", "b, a"), ("b", "a, one"), ("a", "one")]);
        assert_eq!(told, ["2 parts", "2 parts", "1 parts"]);
        assert_eq!(links.order, [2, 1, 0]);
        assert_eq!(links.leaves(0), [0]);
        let alone: Vec<bool> =
            (0..3).map(|place| links.is_alone(Raised::Correlation(place))).collect();
        assert_eq!((alone, links.is_alone(Raised::Rule(0))), (vec![true, false, false], false));
    }

    #[test]
    fn what_is_made_of_itself_is_refused_and_so_is_what_is_made_of_that() {
        let (links, told) = links(&[
            ("a", "one, b"),
            ("b", "c"),
            ("c", "a"),
            ("d", "d"),
            ("e", "one, a"),
            ("f", "nobody"),
            ("g", "f"),
        ]);
        assert_eq!(
            told,
            [
                r#"a rule cannot be made of itself: "a" of "b" of "c" of "a""#,
                r#"a rule cannot be made of itself: "b" of "c" of "a" of "b""#,
                r#"a rule cannot be made of itself: "c" of "a" of "b" of "c""#,
                r#"a rule cannot be made of itself: "d" of "d""#,
                r#"a rule that it is made of is made of itself: "a" of "b" of "c" of "a""#,
                r#"there is no rule "nobody""#,
                "a rule that it is made of cannot be run",
            ]
        );
        assert!(links.order.is_empty());
        // What cannot be put together is told by itself.
        assert!(links.is_alone(Raised::Rule(0)));
    }

    #[test]
    fn many_ways_to_the_same_rule_are_gone_once() {
        let names: Vec<(String, String)> = (0..60)
            .map(|at| {
                (
                    format!("c{at}"),
                    format!(
                        "{0}, {0}",
                        if at == 59 { "one".to_owned() } else { format!("c{}", at + 1) }
                    ),
                )
            })
            .collect();
        let all: Vec<(&str, &str)> = names.iter().map(|(name, of)| (&**name, &**of)).collect();
        let (links, _) = links(&all);
        assert_eq!((links.order.len(), links.leaves(0)), (60, vec![0]));
    }

    #[test]
    fn a_group_has_to_be_one_of_the_inner_rule_too() {
        let mut rules = Ruleset::default();
        let inner = correlation("inner", "one").replace("[user]", "[ip]");
        rules
            .add("own.yml", &format!("{ONE}{inner}{}", correlation("outer", "inner")), "")
            .unwrap();
        let why = Err("the rule \"inner\" does not group by \"user\"");
        assert_eq!(Links::new(&rules).parts(1), why);
    }
}
