//! Words that a record has to have for a rule to hold: looked for in one go for all rules, so that of
//! a million lines only those are taken apart in which a rule finds one of its own.

use super::condition::Condition;
use super::line::Line;
use super::pattern::{self, Part, Pattern};
use super::rule::{Detection, Rule};
use super::search::{Item, Search, Test, Wanted};
use aho_corasick::AhoCorasick;
use std::collections::HashMap;

/// The words of many rules.
#[derive(Debug, Default)]
pub struct Words {
    /// `None` if there are none.
    find: Option<AhoCorasick>,
    /// The rules of each word, by their places.
    rules: Vec<Vec<usize>>,
    /// Rules that may hold whatever the texts are.
    free: Vec<bool>,
}

impl Words {
    /// Of these rules, by their places.
    pub fn new<'r>(all: impl Iterator<Item = &'r Rule>) -> Self {
        let mut words: Vec<String> = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        let mut found = Self::default();
        for (place, rule) in all.enumerate() {
            let needed = rule.detection.as_ref().ok().and_then(needed);
            found.free.push(needed.is_none());
            for word in needed.unwrap_or_default() {
                let at = *known.entry(word).or_insert_with_key(|word| {
                    words.push(word.clone());
                    found.rules.push(Vec::new());
                    words.len() - 1
                });
                found.rules[at].push(place);
            }
        }
        if !words.is_empty() {
            let find = AhoCorasick::builder().ascii_case_insensitive(true).build(&words);
            match find {
                Ok(find) => found.find = Some(find),
                // So many that nobody can look for them: then every rule is asked.
                Err(_) => found.free.fill(true),
            }
        }
        found
    }

    /// Which rules may hold for a line.
    pub fn may_hold(&self, line: &Line<'_>) -> May<'_> {
        let mut may = self.by_texts();
        line.written(&mut |text| self.look(text, &mut may));
        may
    }

    fn by_texts(&self) -> May<'_> {
        May { free: &self.free, found: Vec::new(), all: false }
    }

    fn look(&self, text: &str, may: &mut May<'_>) {
        let Some(find) = &self.find else { return };
        may.all |= !text.is_ascii() && text.contains(FOLDED);
        for found in find.find_overlapping_iter(text) {
            may.found.extend_from_slice(&self.rules[found.pattern().as_usize()]);
        }
    }
}

/// Letters that are not ASCII and the same as ones that are, but for case.
const FOLDED: [char; 2] = ['\u{17f}', '\u{212a}'];

/// Rules that may hold for a record.
#[derive(Debug)]
pub struct May<'w> {
    /// Those that may hold whatever its texts are.
    free: &'w [bool],
    /// Those of which it has a word.
    found: Vec<usize>,
    all: bool,
}

impl May<'_> {
    /// Whether the rule in this place may.
    pub fn has(&self, place: usize) -> bool {
        self.all || self.free[place] || self.found.contains(&place)
    }
}

/// Words of which a record has one if the rule holds, in small letters; `None`: nothing is known.
fn needed(detection: &Detection) -> Option<Vec<String>> {
    of_condition(detection, &detection.condition)
}

fn of_condition(detection: &Detection, condition: &Condition) -> Option<Vec<String>> {
    match condition {
        Condition::Search(at) => of_search(&detection.searches[*at]),
        Condition::Not(_) => None,
        Condition::All(parts) => best(parts.iter().map(|part| of_condition(detection, part))),
        Condition::Any(parts) => each(parts.iter().map(|part| of_condition(detection, part))),
    }
}

fn of_search(search: &Search) -> Option<Vec<String>> {
    match search {
        Search::All(items) => best(items.iter().map(of_item)),
        Search::Any(searches) => each(searches.iter().map(of_search)),
    }
}

fn of_item(item: &Item) -> Option<Vec<String>> {
    let Test::Is { wanted, all, .. } = &item.test else { return None };
    // What a member says need not stand in the record as it does there.
    if !item.field.is_empty() || item.is_not {
        return None;
    }
    let words = wanted.iter().map(of_wanted);
    if *all { best(words) } else { each(words) }
}

fn of_wanted(wanted: &Wanted) -> Option<Vec<String>> {
    each(wanted.patterns.iter().map(|pattern| {
        let word = match pattern {
            Pattern::Wild(wild) => {
                let texts = wild.parts.iter().filter_map(|part| match part {
                    Part::Text(text) if text.is_ascii() => Some(text.as_str()),
                    _ => None,
                });
                texts.max_by_key(|text| text.len())?.to_owned()
            }
            Pattern::Regex(regex) => pattern::required(regex.as_str())?,
            Pattern::Network(..) | Pattern::Compare(..) => return None,
        };
        (word.is_ascii() && !word.is_empty()).then(|| vec![word.to_ascii_lowercase()])
    }))
}

/// Any of these must be there: the words of all of them, if each has some.
fn each(parts: impl Iterator<Item = Option<Vec<String>>>) -> Option<Vec<String>> {
    parts.collect::<Option<Vec<_>>>().map(|words| words.concat())
}

/// All of these must be there: the words of the one that is the rarest, which is likely that of the
/// longest words.
fn best(parts: impl Iterator<Item = Option<Vec<String>>>) -> Option<Vec<String>> {
    parts.flatten().max_by_key(|words| words.iter().map(String::len).min())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::sigma::{Document, Record, read};
    use proptest::prelude::*;

    fn rule(detection: &str) -> Rule {
        let text = format!("title: t\nlogsource: {{product: linux}}\ndetection: {detection}\n");
        match read(&text).remove(0).unwrap() {
            Document::Rule(rule) => *rule,
            Document::Correlation(_) => panic!("{text}"),
        }
    }

    #[test]
    fn what_a_rule_cannot_do_without_is_known() {
        for (detection, words) in [
            ("{k: [one, 't*wo-longer'], condition: k}", Some("one wo-longer")),
            ("{k: {'|all': [one, longer]}, condition: k}", Some("longer")),
            ("{k: {'|re': 'a(b|c)needle'}, condition: k}", Some("needle")),
            ("{k: {'|re|i': 'Needle'}, condition: k}", Some("needle")),
            ("{a: [one], b: [three], condition: a and b}", Some("three")),
            ("{a: [one], b: [three], condition: a or b}", Some("one three")),
            ("{a: [one], b: [three], condition: a and not b}", Some("one")),
            ("{a: [one], condition: not a}", None),
            ("{a: [one, '*'], condition: a}", None),
            ("{a: [one, é], condition: a}", None),
            ("{a: {x: one}, condition: a}", None),
            ("{a: {x: one, '|contains': two}, condition: a}", Some("two")),
            ("{a: [{x: one}, {'|contains': two}], condition: a}", None),
        ] {
            let rule = rule(detection);
            let found = needed(rule.detection.as_ref().unwrap()).map(|words| words.join(" "));
            assert_eq!(found.as_deref(), words, "{detection}");
        }
    }

    proptest! {
        /// Asking every rule of every text finds the same.
        #[test]
        fn no_rule_that_holds_is_passed_over(
            words in prop::collection::vec(r"[abkKs*?éſ\\]{1,4}", 1..5),
            all in any::<bool>(),
            texts in prop::collection::vec("[abkKsſKéİ ]{0,12}", 1..3),
        ) {
            let list: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
            let list = list.join(", ");
            let rules: Vec<Rule> = ["k", "not k", "1 of them"].iter().map(|condition| {
                let key = if all { "'|all'" } else { "'|contains'" };
                rule(&format!("{{k: {{{key}: [{list}]}}, o: [b], condition: {condition}}}"))
            }).collect();
            let words = Words::new(rules.iter());
            let mut may = words.by_texts();
            for text in &texts {
                words.look(text, &mut may);
            }
            let record = Record::new(texts[1..].into(), texts[0].clone());
            for (place, rule) in rules.iter().enumerate() {
                prop_assert!(rule.defect().is_none());
                prop_assert!(may.has(place) || !rule.matches(&record), "{}", rule.asks());
            }
        }
    }
}
