//! The rules in force: the product's own and those of whoever brought some.

use super::sigma::{self, Correlation, Document, Fault, Rule};
use crate::query::Filter;

/// Rules, in the order in which they were read.
#[derive(Debug, Default)]
pub struct Ruleset {
    pub rules: Vec<Loaded>,
    pub correlations: Vec<Correlation>,
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
                    self.correlations.push(*rule);
                }
            }
        }
        Ok(())
    }
}
