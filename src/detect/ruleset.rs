//! The rules in force: the product's own and those of whoever brought some.

use super::sigma::{self, Correlation, Document, Fault, Level, Rule};
use crate::query::Filter;

/// Rules, in the order in which they were read.
#[derive(Debug, Default)]
pub struct Ruleset {
    pub rules: Vec<Loaded>,
    pub correlations: Vec<Correlated>,
}

/// A rule about several events, with where it was read.
#[derive(Debug)]
pub struct Correlated {
    pub rule: Correlation,
    pub file: String,
}

/// Which rule raised an alarm, by its place among those of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Raised {
    Rule(usize),
    Correlation(usize),
}

/// What is told of a rule wherever it is shown that it fired.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// Its id; empty if it has none.
    pub id: &'a str,
    pub title: &'a str,
    pub author: &'a str,
    pub licence: &'a str,
    pub version: &'a str,
    pub file: &'a str,
    pub level: Level,
}

/// A rule, ready to be asked.
#[derive(Debug)]
pub struct Loaded {
    pub rule: Rule,
    /// The rows for which it may hold; `None` if it cannot be run here.
    pub filter: Option<Filter>,
    /// Where it was read.
    pub file: String,
}

impl Ruleset {
    /// Adds the rules of a file. Those that name no licence are under the one of their collection.
    ///
    /// # Errors
    /// The file is no file of rules; nothing of it was added.
    pub fn add(&mut self, file: &str, text: &str, licence: &str) -> Result<(), Fault> {
        for document in sigma::read(text)? {
            match document {
                Document::Rule(mut rule) => {
                    if rule.licence.is_empty() {
                        licence.clone_into(&mut rule.licence);
                    }
                    let filter = sigma::filter(&rule);
                    self.rules.push(Loaded { rule: *rule, filter, file: file.to_owned() });
                }
                Document::Correlation(mut rule) => {
                    if rule.licence.is_empty() {
                        licence.clone_into(&mut rule.licence);
                    }
                    self.correlations.push(Correlated { rule: *rule, file: file.to_owned() });
                }
            }
        }
        Ok(())
    }

    pub fn about(&self, raised: Raised) -> About<'_> {
        match raised {
            Raised::Rule(place) => {
                let Loaded { rule, file, .. } = &self.rules[place];
                About {
                    id: &rule.id,
                    title: &rule.title,
                    author: &rule.author,
                    licence: &rule.licence,
                    version: &rule.version,
                    file,
                    level: rule.level,
                }
            }
            Raised::Correlation(place) => {
                let Correlated { rule, file } = &self.correlations[place];
                About {
                    id: &rule.id,
                    title: &rule.title,
                    author: &rule.author,
                    licence: &rule.licence,
                    version: &rule.version,
                    file,
                    level: rule.level,
                }
            }
        }
    }

    /// The rules that a correlation is made of, by their places; the error names one that is not
    /// among these.
    ///
    /// # Errors
    /// There is no such rule.
    pub fn parts(&self, correlation: &Correlation) -> Result<Vec<usize>, String> {
        let find = |name: &String| {
            let is = |loaded: &Loaded| loaded.rule.id == *name || loaded.rule.name == *name;
            self.rules.iter().position(is).ok_or_else(|| format!("there is no rule {name:?}"))
        };
        correlation.rules.iter().map(find).collect()
    }

    /// Whether a rule raises alarms by itself: what is only part of correlations does not.
    pub fn is_alone(&self, place: usize) -> bool {
        let rule = &self.rules[place].rule;
        let names = |name: &String| *name == rule.name || *name == rule.id;
        let mut all = self.correlations.iter().filter(|it| it.rule.rules.iter().any(names));
        all.all(|it| it.rule.generate)
    }
}
