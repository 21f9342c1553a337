//! The rules in force: the product's own and those of whoever brought some.

use super::detectors::detector;
use super::identity::Identities;
use super::links::Links;
use super::own::OWN;
use super::sigma::{self, Correlation, Document, Head, Level, Rule};
use crate::query::Filter;
use std::fmt;
use std::sync::OnceLock;

/// Rules, in the order in which they were read.
#[derive(Debug, Default)]
pub struct Ruleset {
    pub rules: Vec<Loaded>,
    pub correlations: Vec<Correlated>,
    /// What was to be a rule and is none.
    pub refused: Vec<Refused>,
    /// Made when they are first asked for.
    links: OnceLock<Links>,
    identities: Identities,
}

/// A rule about several events, with where it was read.
#[derive(Debug)]
pub struct Correlated {
    pub rule: Correlation,
    /// What it is known by: no other rule has it.
    pub id: String,
    pub file: String,
}

/// A document, or a whole file, that is no rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub file: String,
    /// What it is called, and who wrote it; empty where that cannot be read.
    pub title: String,
    pub author: String,
    /// What is wrong, and where.
    pub why: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.why)
    }
}

/// Which rule raised an alarm, by its place among those of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Raised {
    Rule(usize),
    Correlation(usize),
}

/// What is told of whatever raised an alarm, wherever the alarm is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// What the rule is known by: its id, or what it has instead.
    pub id: String,
    pub title: String,
    /// Who wrote the rule, or the product that found it.
    pub author: String,
    pub licence: String,
    pub version: String,
    pub level: Level,
}

/// A rule, ready to be asked.
#[derive(Debug)]
pub struct Loaded {
    pub rule: Rule,
    /// The rows for which it may hold; `None` if it cannot be run here.
    pub filter: Option<Filter>,
    /// What it is known by: no other rule has it.
    pub id: String,
    /// Where it was read.
    pub file: String,
}

/// The licence of the product's own rules and detectors.
pub(super) const LICENCE: &str = "MIT OR Apache-2.0";

impl Ruleset {
    /// The product's own rules; that each can be read is tested.
    pub fn own() -> Self {
        let mut rules = Self::default();
        for (file, text) in OWN {
            let _ = rules.add(file, text, LICENCE);
        }
        rules
    }

    /// Adds the rules of a file; `licence` is that of their collection.
    ///
    /// # Errors
    /// Documents of it are no rules, and were refused; the others were added.
    pub fn add(&mut self, file: &str, text: &str, licence: &str) -> Result<(), &[Refused]> {
        self.links = OnceLock::new();
        let before = self.refused.len();
        for document in sigma::read(text) {
            match document {
                Ok(Document::Rule(mut rule)) => {
                    credit(&mut rule.head, licence);
                    let filter = sigma::filter(&rule);
                    let id = self.identities.of(&rule.head, file);
                    self.rules.push(Loaded { rule: *rule, filter, id, file: file.to_owned() });
                }
                Ok(Document::Correlation(mut rule)) => {
                    credit(&mut rule.head, licence);
                    let id = self.identities.of(&rule.head, file);
                    self.correlations.push(Correlated { rule: *rule, id, file: file.to_owned() });
                }
                Err(defect) => {
                    let why = defect.to_string();
                    let (title, author) = (defect.title, defect.author);
                    self.refused.push(Refused { file: file.to_owned(), title, author, why });
                }
            }
        }
        let refused = &self.refused[before..];
        if refused.is_empty() { Ok(()) } else { Err(refused) }
    }

    /// Adds a file that cannot be read at all.
    pub fn refuse(&mut self, file: String, why: String) {
        self.refused.push(Refused { file, title: String::new(), author: String::new(), why });
    }

    /// Ids that several rules have, and what the later ones are known by; a line for each of those.
    pub fn repeated(&self) -> &[String] {
        &self.identities.repeated
    }

    /// How correlation rules hang together.
    pub fn links(&self) -> &Links {
        self.links.get_or_init(|| Links::new(self))
    }

    pub fn about(&self, raised: Raised) -> About {
        let (head, id) = match raised {
            Raised::Rule(place) => (&self.rules[place].rule.head, &self.rules[place].id),
            Raised::Correlation(place) => {
                (&self.correlations[place].rule.head, &self.correlations[place].id)
            }
        };
        About {
            id: id.clone(),
            title: head.title.clone(),
            author: head.author.clone(),
            licence: head.licence.clone(),
            version: head.version.clone(),
            level: head.level,
        }
    }

    /// What the rule or detector that is known by this asks whoever looks into its alarms; of a
    /// correlation what its parts ask.
    pub fn questions(&self, id: &str) -> Vec<&str> {
        fn all(loaded: &Loaded) -> impl Iterator<Item = &str> {
            loaded.rule.questions.iter().map(String::as_str)
        }
        if let Some(loaded) = self.rules.iter().find(|it| it.id == id) {
            return all(loaded).collect();
        }
        if let Some(detector) = detector(id) {
            return detector.questions.to_vec();
        }
        let Some(place) = self.correlations.iter().position(|it| it.id == id) else {
            return Vec::new();
        };
        let leaves = self.links().leaves(place).into_iter();
        leaves.flat_map(|leaf| all(&self.rules[leaf])).collect()
    }
}

/// A rule that names no licence is under the one of its collection.
fn credit(head: &mut Head, licence: &str) {
    if head.licence.is_empty() {
        licence.clone_into(&mut head.licence);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_correlation_asks_what_its_parts_do_also_of_rules_that_come_later() {
        let mut rules = Ruleset::default();
        let rule = "title: one\nname: one\nlogsource: {product: aws, service: cloudtrail}\n\
            detection: {s: {eventName: A}, condition: s}\nquestions: ['Who was it']\n";
        let many = |id: &str| {
            format!(
                "title: many\nid: {id}\ncorrelation: {{type: event_count, rules: one, \
                 timespan: 1h, condition: {{gte: 2}}}}\n"
            )
        };
        rules.add("many.yml", &many("m"), "").unwrap();
        assert!(rules.questions("m").is_empty());
        rules.add("one.yml", rule, "").unwrap();
        rules.add("more.yml", &many("n"), "").unwrap();
        assert_eq!(
            (rules.questions("m"), rules.questions("n")),
            (vec!["Who was it"], vec!["Who was it"])
        );
    }
}
