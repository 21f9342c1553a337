//! Rules in the language of Sigma: read with the line of whatever is wrong, asked of columns first
//! and of the record where those leave something open.
//!
//! Source: the Sigma specification 2.1 (rules, correlation rules, modifiers, taxonomy). What this engine does where
//! others differ: a member that is absent is null; an object is asked as compact JSON; numbers and
//! `true` are text; any element of an array may fit; case does not count.

mod chain;
mod columns;
mod condition;
mod correlation;
mod head;
mod line;
mod logs;
mod pattern;
mod record;
mod rule;
mod search;
mod taxonomy;
mod words;
mod yaml;

use crate::query::Filter;

pub use correlation::{Burst, Correlation, Hit, Kind};
pub use head::{Head, Level};
pub use line::Line;
pub use record::Record;
pub use rule::{LogSource, Rule};
pub use words::{May, Words};
pub use yaml::Fault;

/// A document of a file of rules.
#[derive(Debug, Clone)]
pub enum Document {
    Rule(Box<Rule>),
    Correlation(Box<Correlation>),
}

/// Reads the documents of a file of rules.
///
/// # Errors
/// The file is no YAML, or a document in it is no rule.
pub fn read(text: &str) -> Result<Vec<Document>, Fault> {
    let documents = yaml::documents(text)?;
    documents
        .iter()
        .map(|document| {
            Ok(if yaml::member(document, "correlation").is_some() {
                Document::Correlation(Box::new(Correlation::read(document)?))
            } else {
                Document::Rule(Box::new(Rule::read(document)?))
            })
        })
        .collect()
}

/// The records that a rule brings: one for which it holds, and one for which it does not.
pub fn examples(text: &str) -> Option<[String; 2]> {
    let documents = yaml::documents(text).ok()?;
    let examples = yaml::member(documents.first()?, "examples")?;
    let of = |name| yaml::member(examples, name).and_then(yaml::text);
    Some([of("holds")?, of("fails")?])
}

/// The log source of a rule, by a number of its own; `None` if no such logs are read here.
pub fn log_source(rule: &Rule) -> Option<usize> {
    rule.logs.map(|(place, _)| place)
}

/// Whether the rule asks records that are JSON.
pub fn asks_json(rule: &Rule) -> bool {
    rule.logs.is_some_and(|(_, logs)| matches!(logs.form, logs::Form::Json { .. }))
}

/// The formats that a rule is for; none if no such logs are read here.
pub fn formats(rule: &Rule) -> Vec<&'static str> {
    rule.logs.map_or(Vec::new(), |(_, logs)| logs.formats())
}

/// The filter of the events of those formats that are of the rule's log source; `None`: all are.
pub fn events(rule: &Rule) -> Option<Filter> {
    let (_, logs) = rule.logs?;
    if logs.is_some() { columns::events(logs) } else { None }
}

/// Members that an event must have for the rule to hold, as far as columns say them where there are
/// events of these formats: their names, and the columns that may.
pub fn wanted<'r>(rule: &'r Rule, formats: &[&str]) -> Vec<(&'r str, Vec<&'r str>)> {
    rule.logs.map_or(Vec::new(), |(_, logs)| columns::wanted(rule, logs, formats))
}

/// The filter that narrows the rows for a rule. `None`: the rule cannot be run, or is for logs that
/// are not read here.
pub fn filter(rule: &Rule) -> Option<Filter> {
    columns::filter(rule, rule.logs?.1)
}

#[cfg(test)]
mod tests;
