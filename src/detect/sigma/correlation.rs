//! Rules about several events: how many, how many different ones, or one after the other, within
//! a time that slides along.
//!
//! Source: the Sigma specification 2.1, "Correlation rules". Events are taken in the order of
//! their times. Where two of them say no more than the same instant, in as many digits as both
//! have, nobody knows which was first, and neither counts as the later one.

use super::chain::Chains;
use super::head::Head;
use super::yaml::{self, Fault, fault};
use crate::event::Time;
use crate::event::classes::words;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

words! {
    Kind {
        EventCount = "event_count",
        ValueCount = "value_count",
        Temporal = "temporal",
        TemporalOrdered = "temporal_ordered",
    }
}

/// Such a rule. What it is made of may be such rules: see [`Self::counted`] for what are events then.
#[derive(Debug, Clone)]
pub struct Correlation {
    pub head: Head,
    pub kind: Kind,
    /// Ids or names of rules.
    pub rules: Vec<String>,
    /// Members that events of one group have in common, or aliases.
    pub group_by: Vec<String>,
    /// What an alias means in each rule.
    pub aliases: BTreeMap<String, BTreeMap<String, String>>,
    /// Nanoseconds.
    pub timespan: i64,
    /// The member whose values are counted.
    pub field: String,
    /// All of them must hold of the count.
    bounds: Vec<(Bound, i64)>,
    /// Whether the rules it is made of raise alarms too.
    pub generate: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    More,
    From,
    Less,
    UpTo,
    Same,
}

/// An event for which one of the rules holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    pub time: Time,
    /// The rule's place in [`Correlation::rules`].
    pub rule: usize,
    pub group: Vec<String>,
    /// The value that is counted, if values are.
    pub value: Option<String>,
}

/// Events that made the rule hold, one after the other as long as it went on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Burst {
    pub group: Vec<String>,
    /// Places of the hits, in the order of time.
    pub hits: Vec<usize>,
    /// When the rule held: each time at which the last event came that it took.
    pub held: Vec<Time>,
}

impl Correlation {
    pub(super) fn read(node: &yaml::Node<'_>) -> Result<Self, Fault> {
        let Some(of) = yaml::member(node, "correlation") else {
            return Err(fault(node, "a correlation rule needs `correlation`"));
        };
        let head = Head::read(node)?;
        let wrong =
            |name: &str, message: String| fault(yaml::member(of, name).unwrap_or(of), message);
        let kind = yaml::said(of, "type");
        let Some(kind) = Kind::parse(&kind) else {
            let known: Vec<&str> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
            return Err(wrong(
                "type",
                format!("{kind:?} is no type (known: {})", known.join(", ")),
            ));
        };
        let rules = yaml::all_said(of, "rules");
        if rules.is_empty() {
            return Err(wrong("rules", "a correlation rule names its `rules`".to_owned()));
        }
        let said = yaml::said(of, "timespan");
        let Some(timespan) = timespan(&said) else {
            return Err(wrong("timespan", format!("{said:?} is no time span, such as 5m or 1h")));
        };
        let (field, bounds) = condition(of)?;
        if bounds.is_empty() && matches!(kind, Kind::EventCount | Kind::ValueCount) {
            return Err(wrong(
                "condition",
                "a count needs a `condition`, such as gte: 10".to_owned(),
            ));
        }
        if kind == Kind::ValueCount && field.is_empty() {
            return Err(wrong(
                "condition",
                "a count of values needs the `field` of them".to_owned(),
            ));
        }
        Ok(Self {
            head,
            kind,
            rules,
            group_by: yaml::all_said(of, "group-by"),
            aliases: aliases(of),
            timespan,
            field,
            bounds,
            generate: yaml::said(of, "generate") == "true",
        })
    }

    /// The member that a name of [`group_by`](Self::group_by) means in one of the rules, which may
    /// be called by any of these names.
    pub fn member<'a>(&'a self, name: &'a str, rule: &[&str]) -> &'a str {
        let alias = self.aliases.get(name);
        let meant = alias.and_then(|of| rule.iter().find_map(|rule| of.get(*rule)));
        meant.map_or(name, String::as_str)
    }

    /// Of the times at which a rule held that it is made of, those that are events of this one: where
    /// events are counted, a burst is one, and else each is, so that what comes within the time span of
    /// any of them is found.
    pub fn counted<'t>(&self, held: &'t [Time]) -> &'t [Time] {
        if self.kind == Kind::EventCount { &held[..held.len().min(1)] } else { held }
    }

    /// Where the rule `inner`, which this one calls by one of these names and is made of, has in its
    /// groups what `name` means in this one.
    pub fn grouped(&self, name: &str, inner: &Self, called: &[&str]) -> Option<usize> {
        let member = self.member(name, called);
        inner.group_by.iter().position(|of| of == member)
    }

    /// What it asks for, in a few words.
    pub fn asks(&self) -> String {
        let seconds = self.timespan / 1_000_000_000;
        let within = match seconds {
            _ if seconds % 3600 == 0 => format!("{} h", seconds / 3600),
            _ if seconds % 60 == 0 => format!("{} min", seconds / 60),
            _ => format!("{seconds} s"),
        };
        let bound = |(bound, number): &(Bound, i64)| {
            let sign = match bound {
                Bound::More => ">",
                Bound::From => ">=",
                Bound::Less => "<",
                Bound::UpTo => "<=",
                Bound::Same => "=",
            };
            format!("{sign} {number}")
        };
        let bounds: Vec<String> = self.bounds.iter().map(bound).collect();
        let (bounds, rules) = (bounds.join(" and "), self.rules.join(", "));
        let what = match self.kind {
            Kind::EventCount => format!("{bounds} events of {rules}"),
            Kind::ValueCount => format!("{bounds} values of {} in events of {rules}", self.field),
            Kind::Temporal => format!("events of {rules}"),
            Kind::TemporalOrdered => format!("events of {rules}, in this order"),
        };
        let by = self.group_by.join(", ");
        let by = if by.is_empty() { by } else { format!(" for each {by}") };
        format!("{what} within {within}{by}")
    }

    fn holds(&self, count: usize) -> bool {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        self.bounds.iter().all(|(bound, wanted)| match bound {
            Bound::More => count > *wanted,
            Bound::From => count >= *wanted,
            Bound::Less => count < *wanted,
            Bound::UpTo => count <= *wanted,
            Bound::Same => count == *wanted,
        })
    }

    /// The bursts among the hits, which come in any order. Of events that go on to make the rule
    /// hold there is one burst.
    pub fn bursts(&self, hits: &[Hit]) -> Vec<Burst> {
        let mut groups: BTreeMap<&[String], Vec<usize>> = BTreeMap::new();
        for (place, hit) in hits.iter().enumerate() {
            groups.entry(&hit.group).or_default().push(place);
        }
        let mut bursts = Vec::new();
        for (group, mut places) in groups {
            places.sort_by_key(|place| (hits[*place].time.at, *place));
            self.of_group(hits, group, &places, &mut bursts);
        }
        bursts.sort_by_key(|burst| burst.hits.last().map(|place| (hits[*place].time.at, *place)));
        bursts
    }

    /// `places` are those of one group, in the order of time. A burst is the windows in which the
    /// rule holds, as long as each reaches into the one before it.
    fn of_group(&self, hits: &[Hit], group: &[String], places: &[usize], bursts: &mut Vec<Burst>) {
        let at = |index: usize| hits[places[index]].time.at.0;
        let is_ordered = self.kind == Kind::TemporalOrdered;
        let mut window = Window::new(is_ordered.then(|| Chains::new(self.rules.len())));
        let (mut from, mut to) = (0, 0);
        let done = |(of, held): (Range<usize>, Vec<Time>)| Burst {
            group: group.to_vec(),
            hits: places[of].to_vec(),
            held,
        };
        let mut burst: Option<(Range<usize>, Vec<Time>)> = None;
        while to < places.len() {
            // What happened at one instant came together.
            let (first, now) = (to, at(to));
            while to < places.len() && at(to) == now {
                window.add(&hits[places[to]]);
                to += 1;
            }
            while at(from) < now.saturating_sub(self.timespan) {
                window.remove(&hits[places[from]]);
                from += 1;
            }
            if !self.window_holds(hits, &places[from..to], &window) {
                continue;
            }
            // As exact as the least exact of them.
            let times = places[first..to].iter().map(|place| hits[*place].time);
            let held = times.min_by_key(|time| time.digits);
            burst = match burst {
                Some((of, mut all)) if of.end > from => {
                    all.extend(held);
                    Some((of.start..to, all))
                }
                before => {
                    bursts.extend(before.map(done));
                    Some((from..to, held.into_iter().collect()))
                }
            };
        }
        bursts.extend(burst.map(done));
    }

    fn window_holds(&self, hits: &[Hit], places: &[usize], window: &Window<'_>) -> bool {
        match self.kind {
            Kind::EventCount => self.holds(places.len()),
            Kind::ValueCount => self.holds(window.values.len()),
            Kind::Temporal if self.bounds.is_empty() => window.rules.len() == self.rules.len(),
            Kind::Temporal => self.holds(window.rules.len()),
            Kind::TemporalOrdered => {
                let last = places.last().map(|place| hits[*place].time.at.0);
                let from = last.map(|last| last.saturating_sub(self.timespan));
                let began = window.chains.as_ref().and_then(Chains::began);
                began.zip(from).is_some_and(|(began, from)| began >= from)
            }
        }
    }
}

/// How often each value, and each rule, is among the events of a window.
struct Window<'a> {
    values: HashMap<&'a str, usize>,
    rules: HashMap<usize, usize>,
    /// Chains up to its end, where the order counts.
    chains: Option<Chains>,
}

impl<'a> Window<'a> {
    fn new(chains: Option<Chains>) -> Self {
        Self { values: HashMap::new(), rules: HashMap::new(), chains }
    }

    fn add(&mut self, hit: &'a Hit) {
        if let Some(chains) = &mut self.chains {
            chains.add(hit);
        }
        *self.rules.entry(hit.rule).or_default() += 1;
        if let Some(value) = &hit.value {
            *self.values.entry(value).or_default() += 1;
        }
    }

    fn remove(&mut self, hit: &'a Hit) {
        fn less<K: std::hash::Hash + Eq>(counts: &mut HashMap<K, usize>, key: K) {
            if let Entry::Occupied(mut count) = counts.entry(key) {
                *count.get_mut() -= 1;
                if *count.get() == 0 {
                    count.remove();
                }
            }
        }
        less(&mut self.rules, hit.rule);
        if let Some(value) = &hit.value {
            less(&mut self.values, value.as_str());
        }
    }
}

/// `15s`, `5m`, `2h`, `1d`
fn timespan(text: &str) -> Option<i64> {
    let at = text.find(|c: char| !c.is_ascii_digit())?;
    let number: i64 = text[..at].parse().ok()?;
    let seconds = match &text[at..] {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        "w" => 604_800,
        _ => return None,
    };
    number.checked_mul(seconds)?.checked_mul(1_000_000_000).filter(|span| *span > 0)
}

fn condition(of: &yaml::Node<'_>) -> Result<(String, Vec<(Bound, i64)>), Fault> {
    let Some(node) = yaml::member(of, "condition") else { return Ok((String::new(), Vec::new())) };
    let Some(members) = yaml::members(node) else {
        return Err(fault(node, "the `condition` of a correlation names bounds, such as gte: 10"));
    };
    let (mut field, mut bounds) = (String::new(), Vec::new());
    for (key, value) in members {
        let name = yaml::text(key).unwrap_or_default();
        let bound = match name.as_str() {
            "field" => {
                field = yaml::text(value).unwrap_or_default();
                continue;
            }
            "gt" => Bound::More,
            "gte" => Bound::From,
            "lt" => Bound::Less,
            "lte" => Bound::UpTo,
            "eq" => Bound::Same,
            _ => return Err(fault(key, format!("{name:?} is no bound (gt, gte, lt, lte, eq)"))),
        };
        let number = yaml::text(value).and_then(|text| text.parse().ok());
        let Some(number) = number else { return Err(fault(value, "a bound is a whole number")) };
        bounds.push((bound, number));
    }
    Ok((field, bounds))
}

fn aliases(of: &yaml::Node<'_>) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    for (alias, rules) in yaml::member(of, "aliases").and_then(yaml::members).unwrap_or_default() {
        let rules = yaml::members(rules).unwrap_or_default().into_iter();
        let meant =
            rules.filter_map(|(rule, member)| Some((yaml::text(rule)?, yaml::text(member)?)));
        if let Some(alias) = yaml::text(alias) {
            found.insert(alias, meant.collect());
        }
    }
    found
}
