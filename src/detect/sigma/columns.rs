//! Rules as filters over columns: which formats a rule is for, and which of its members are
//! columns as they stand. What columns cannot say is left open, for the record to decide.

use super::condition::Condition;
use super::pattern::{self, Part, Pattern, Wild};
use super::rule::{Detection, LogSource, Rule};
use super::search::{Item, Search, Test};
use crate::query::ast;
use crate::query::ast::{Field, Node, Operand, Term, TopTerm};
use crate::query::{Filter, Lists, Query};

/// What a log source of Sigma is here.
pub(super) struct Logs {
    product: &'static str,
    service: &'static str,
    category: &'static str,
    pub(super) formats: &'static [&'static str],
    /// Members whose values are a column's, as they stand.
    columns: &'static [(&'static str, &'static str)],
    /// Members whose value, where there is one, a column has too; but it may have it from elsewhere.
    narrows: &'static [(&'static str, &'static str)],
}

const CLOUDTRAIL: &[(&str, &str)] = &[
    ("eventName", "event"),
    ("eventSource", "event.source"),
    ("errorCode", "code"),
    ("awsRegion", "region"),
    ("userAgent", "agent"),
    ("eventType", "eventType"),
    ("eventCategory", "eventCategory"),
    ("readOnly", "readOnly"),
    ("errorMessage", "errorMessage"),
    ("sourceIPAddress", "sourceIPAddress"),
    ("userIdentity.type", "userIdentity.type"),
    ("userIdentity.arn", "userIdentity.arn"),
    ("userIdentity.userName", "userIdentity.userName"),
    ("userIdentity.principalId", "userIdentity.principalId"),
    ("userIdentity.invokedBy", "userIdentity.invokedBy"),
    (
        "userIdentity.sessionContext.sessionIssuer.type",
        "userIdentity.sessionContext.sessionIssuer.type",
    ),
    (
        "userIdentity.sessionContext.sessionIssuer.userName",
        "userIdentity.sessionContext.sessionIssuer.userName",
    ),
];

/// What an evaluation says, in each form in which it comes.
const CONFIG: &[(&str, &str)] = &[
    ("newEvaluationResult.complianceType", "code"),
    ("complianceType", "code"),
    ("ComplianceType", "code"),
    ("compliance.complianceType", "code"),
    ("Compliance.ComplianceType", "code"),
    ("configuration.complianceType", "code"),
    ("resourceType", "config.resource_type"),
    ("configurationItem.resourceType", "config.resource_type"),
];

const fn aws(service: &'static str, formats: &'static [&'static str]) -> Logs {
    Logs { product: "aws", service, category: "", formats, columns: &[], narrows: &[] }
}

/// Logs whose records are JSON, so that a rule can ask for any member.
const LOGS: [Logs; 7] = [
    Logs { columns: CLOUDTRAIL, ..aws("cloudtrail", &["cloudtrail"]) },
    aws("guardduty", &["guardduty"]),
    aws("securityhub", &["securityhub"]),
    aws("route53", &["resolver"]),
    aws("waf", &["waf"]),
    Logs { narrows: CONFIG, ..aws("config", &["aws_config"]) },
    aws("eks", &["eks_audit"]),
];

/// What this log source is here; `None`: no such logs are read.
pub(super) fn logs(source: &LogSource) -> Option<&'static Logs> {
    LOGS.iter().find(|logs| {
        logs.category == source.category
            && (logs.product.is_empty() || logs.product == source.product)
            && (logs.service.is_empty() || logs.service == source.service)
    })
}

/// The filter that lets every row through for which the rule may hold. What columns say for
/// certain is certain; what they leave open the record decides.
pub(super) fn filter(rule: &Rule, logs: &Logs) -> Option<Filter> {
    let detection = rule.detection.as_ref().ok()?;
    let formats = one_of(logs.formats);
    let of_logs = Node::term(Term::Is { field: Field::Format, values: formats }, 0..0);
    let holds = condition(detection, &detection.condition, logs);
    let node = Node::and(vec![of_logs, guarded(holds, logs)]);
    let query = Query { text: String::new(), terms: vec![TopTerm { node, enabled: true }] };
    Filter::new(&query, &Lists::default()).ok()
}

/// Members without which the rule cannot hold, and their columns.
pub(super) fn wanted<'r>(rule: &'r Rule, logs: &Logs) -> Vec<(&'r str, &'static str)> {
    let Ok(detection) = &rule.detection else { return Vec::new() };
    let mut open = vec![&detection.condition];
    let mut found = Vec::new();
    while let Some(condition) = open.pop() {
        match condition {
            Condition::All(parts) => open.extend(parts),
            Condition::Any(parts) if parts.len() == 1 => open.extend(parts),
            Condition::Any(_) | Condition::Not(_) => {}
            Condition::Search(at) => {
                let Search::All(items) = &detection.searches[*at] else { continue };
                let is_wanted = |item: &&Item| match &item.test {
                    Test::Is { null, .. } => !null,
                    Test::Exists(wanted) => *wanted,
                    Test::Other { .. } => true,
                };
                for item in items.iter().filter(is_wanted) {
                    let column = logs.columns.iter().find(|(member, _)| *member == item.field);
                    found.extend(column.map(|(_, column)| (item.field.as_str(), *column)));
                }
            }
        }
    }
    found
}

fn one_of(values: &[&str]) -> Vec<Operand> {
    values.iter().map(|value| Operand::Pattern(ast::Pattern::literal(*value))).collect()
}

/// Columns of an Insight, or of a sum of events, do not say what its members of those names do:
/// they have other ones. An event without a name has that of its type.
fn guarded(holds: Node, logs: &Logs) -> Node {
    if logs.columns.is_empty() {
        return holds;
    }
    let is = |column: &str, values: &[&str]| {
        let field = Field::Column(column.to_owned());
        Node::term(Term::Is { field, values: one_of(values) }, 0..0)
    };
    let any = |parts: &[&str]| {
        let parts = parts.iter().map(|part| (*part).to_owned()).collect();
        Operand::Pattern(ast::Pattern { parts })
    };
    let category = Field::Column("eventCategory".to_owned());
    let values = vec![any(&["Insight"]), any(&["Aggregat", ""])];
    let special = Node::or(vec![
        Node::term(Term::Is { field: category, values }, 0..0),
        is("eventType", &["AwsCloudTrailInsight"]),
        Node::term(
            Term::Is { field: Field::Column("event".to_owned()), values: vec![any(&["Aws", ""])] },
            0..0,
        ),
    ]);
    let plain = Node::and(vec![Node::not(special.clone(), 0..0), holds]);
    Node::or(vec![plain, Node::and(vec![special, unknown()])])
}

/// What columns cannot say.
fn unknown() -> Node {
    Node::term(Term::Regex(String::new()), 0..0)
}

/// Nothing.
fn never() -> Node {
    Node::not(Node::and(Vec::new()), 0..0)
}

fn condition(detection: &Detection, wanted: &Condition, logs: &Logs) -> Node {
    let all = |parts: &[Condition]| -> Vec<Node> {
        parts.iter().map(|part| condition(detection, part, logs)).collect()
    };
    match wanted {
        Condition::Search(at) => search(&detection.searches[*at], logs),
        Condition::Not(inner) => Node::not(condition(detection, inner, logs), 0..0),
        Condition::All(parts) => Node::and(all(parts)),
        Condition::Any(parts) => any(all(parts)),
    }
}

fn search(wanted: &Search, logs: &Logs) -> Node {
    match wanted {
        Search::All(items) => Node::and(items.iter().map(|one| item(one, logs)).collect()),
        Search::Any(searches) => any(searches.iter().map(|one| search(one, logs)).collect()),
        Search::Words(..) => unknown(),
    }
}

/// Any of them; of none, nothing.
fn any(nodes: Vec<Node>) -> Node {
    if nodes.is_empty() { never() } else { Node::or(nodes) }
}

fn item(item: &Item, logs: &Logs) -> Node {
    let find = |all: &'static [(&str, &'static str)]| {
        all.iter().find(|(member, _)| *member == item.field).map(|(_, column)| *column)
    };
    match (find(logs.columns), find(logs.narrows), &item.test) {
        (Some(column), ..) => of_column(item, column),
        (None, Some(column), Test::Is { null: false, .. }) => {
            Node::and(vec![of_column(item, column), unknown()])
        }
        (None, ..) => unknown(),
    }
}

fn of_column(item: &Item, column: &'static str) -> Node {
    let field = || Field::Column(column.to_owned());
    let has = || Node::term(Term::Has(vec![field()]), 0..0);
    match &item.test {
        // A member that is there and null is in no column.
        Test::Exists(true) => Node::or(vec![has(), unknown()]),
        Test::Exists(false) => Node::and(vec![Node::not(has(), 0..0), unknown()]),
        Test::Other { .. } => unknown(),
        Test::Is { wanted, all, null } => {
            let is = |pattern: &Pattern| match pattern {
                Pattern::Wild(wild) => match operand(wild) {
                    Some(value) => {
                        Node::term(Term::Is { field: field(), values: vec![value] }, 0..0)
                    }
                    None => unknown(),
                },
                Pattern::Regex(regex) => match pattern::required(regex.as_str()) {
                    // Only where that stands in it, the record is asked.
                    Some(text) => {
                        let parts = vec![String::new(), text, String::new()];
                        let values = vec![Operand::Pattern(ast::Pattern { parts })];
                        let term = Term::Is { field: field(), values };
                        Node::and(vec![Node::term(term, 0..0), unknown()])
                    }
                    None => unknown(),
                },
                _ => unknown(),
            };
            let fits: Vec<Node> =
                wanted.iter().map(|wanted| any(wanted.patterns.iter().map(is).collect())).collect();
            let fits = match (*all, fits.is_empty()) {
                (_, true) => never(),
                (true, false) => Node::and(fits),
                (false, false) => Node::or(fits),
            };
            if *null { Node::or(vec![fits, Node::not(has(), 0..0)]) } else { fits }
        }
    }
}

/// The same wildcards in the filter's words; `None` if it has none for them.
fn operand(wild: &Wild) -> Option<Operand> {
    if wild.is_cased() || wild.parts.contains(&Part::One) {
        return None;
    }
    let mut parts = vec![String::new()];
    for part in &wild.parts {
        match part {
            Part::Star => parts.push(String::new()),
            Part::Text(text) => parts.last_mut()?.push_str(text),
            Part::One => return None,
        }
    }
    Some(Operand::Pattern(ast::Pattern { parts }))
}
