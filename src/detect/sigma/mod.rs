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
mod defect;
mod head;
mod line;
mod logs;
mod pattern;
mod presence;
mod record;
mod rule;
mod search;
mod taxonomy;
mod words;
mod yaml;

use crate::query::Filter;

pub use correlation::{Burst, Correlation, Hit, Kind};
pub use defect::Defect;
pub use head::{Head, Level};
pub use line::Line;
pub use presence::{Member, has, lacking, members};
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

/// Reads the documents of a file of rules, in order; what is no rule says why, and the others are
/// what they would be without it.
pub fn read(text: &str) -> Vec<Result<Document, Defect>> {
    let documents = yaml::documents(text);
    let is_void = |one: &yaml::Placed<'_>| one.1.as_ref().is_ok_and(yaml::is_null);
    let (several, all_void) = (documents.len() > 1, documents.iter().all(is_void));
    let each = documents.into_iter().enumerate();
    // Nothing between two marks is nothing that could be lost.
    let each = each.filter(|(_, one)| all_void || !is_void(one));
    let each = each.map(|(nth, (before, read))| {
        let defect = |node: Option<&yaml::Node<'_>>, mut fault: Fault| {
            fault.line += before;
            Defect::new(several.then_some(nth + 1), node, fault)
        };
        let node = read.map_err(|fault| defect(None, fault))?;
        document(&node).map_err(|fault| defect(Some(&node), fault))
    });
    each.collect()
}

fn document(node: &yaml::Node<'_>) -> Result<Document, Fault> {
    Ok(if yaml::member(node, "correlation").is_some() {
        Document::Correlation(Box::new(Correlation::read(node)?))
    } else {
        Document::Rule(Box::new(Rule::read(node)?))
    })
}

/// The records that a rule brings: one for which it holds, and one for which it does not.
pub fn examples(text: &str) -> Option<[String; 2]> {
    let (_, document) = yaml::documents(text).into_iter().next()?;
    let document = document.ok()?;
    let examples = yaml::member(&document, "examples")?;
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

/// The filter that narrows the rows for a rule. `None`: the rule cannot be run, or is for logs that
/// are not read here.
pub fn filter(rule: &Rule) -> Option<Filter> {
    columns::filter(rule, rule.logs?.1)
}

#[cfg(test)]
mod tests;
