//! Rules as filters over columns: which of a rule's members are columns as they stand. What columns
//! cannot say is left open, for the record to decide.

use super::condition::Condition;
use super::logs::{Form, Logs, one_of};
use super::pattern::{self, Part, Pattern, Wild};
use super::rule::{Detection, Rule};
use super::search::{Item, Search, Test, Wanted};
use super::taxonomy::Cut;
use crate::query::ast;
use crate::query::ast::{Field, Node, Operand, Term, TopTerm};
use crate::query::{Filter, Lists, Query};

/// The filter that lets every row through for which the rule may hold. What columns say for
/// certain is certain; what they leave open the record decides.
pub(super) fn filter(rule: &Rule, logs: &Logs) -> Option<Filter> {
    let detection = rule.detection.as_ref().ok()?;
    let holds = guarded(condition(detection, &detection.condition, logs), logs);
    compiled(logs.node(&holds, &unknown()))
}

/// The filter of the events that are of these logs.
pub(super) fn events(logs: &Logs) -> Option<Filter> {
    let any = Node::and(Vec::new());
    compiled(logs.node(&any, &any))
}

fn compiled(node: Node) -> Option<Filter> {
    let query = Query { text: String::new(), terms: vec![TopTerm { node, enabled: true }] };
    Filter::new(&query, &Lists::default()).ok()
}

fn find(all: &[(&str, &'static str)], member: &str) -> Option<&'static str> {
    all.iter().find(|(of, _)| *of == member).map(|(_, column)| *column)
}

/// Columns of an Insight, or of a sum of events, do not say what its members of those names do:
/// they have other ones. An event without a name has that of its type.
fn guarded(holds: Node, logs: &Logs) -> Node {
    if !matches!(&logs.form, Form::Json { columns, .. } if !columns.is_empty()) {
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
    }
}

/// Any of them; of none, nothing.
fn any(nodes: Vec<Node>) -> Node {
    if nodes.is_empty() { never() } else { Node::or(nodes) }
}

fn item(item: &Item, logs: &Logs) -> Node {
    let node = match &logs.form {
        _ if item.field.is_empty() => unknown(),
        Form::Json { columns, narrows } => {
            let [column, narrow] = [columns, narrows].map(|all| find(all, &item.field));
            match (column, narrow, &item.test) {
                (Some(column), ..) => of_member(item, column),
                (None, Some(column), Test::Is { null: false, .. }) => {
                    Node::and(vec![of_member(item, column), unknown()])
                }
                (None, ..) => unknown(),
            }
        }
        Form::Lines { .. } => of_name(item, &logs.columns(&item.field)),
    };
    if item.is_not { Node::not(node, 0..0) } else { node }
}

/// What the column says of a member of JSON.
fn of_member(item: &Item, column: &str) -> Node {
    let has = || has(&[(column, Cut::Whole)]);
    match &item.test {
        // A member that is there and null is in no column.
        Test::Exists(true) => Node::or(vec![has(), unknown()]),
        Test::Exists(false) => Node::and(vec![Node::not(has(), 0..0), unknown()]),
        Test::Other { .. } => unknown(),
        Test::Is { wanted, all, null } => {
            let fits = fits(wanted, *all, &|pattern| of_pattern(pattern, column, Cut::Whole));
            if *null { Node::or(vec![fits, Node::not(has(), 0..0)]) } else { fits }
        }
    }
}

/// What columns say of what a rule calls so; none of them: only the record may.
fn of_name(item: &Item, columns: &[(&str, Cut)]) -> Node {
    if columns.is_empty() {
        return unknown();
    }
    let is_whole = columns.iter().all(|(_, cut)| cut.is_whole());
    // Of what is there a part need not be.
    let known = |node: Node| {
        if is_whole { node } else { Node::and(vec![node, unknown()]) }
    };
    match &item.test {
        Test::Exists(true) => known(has(columns)),
        Test::Exists(false) => Node::not(known(has(columns)), 0..0),
        Test::Other { .. } => Node::and(vec![has(columns), unknown()]),
        Test::Is { wanted, all, null } => {
            let fits = fits(wanted, *all, &|pattern| {
                let each = columns.iter().map(|(column, cut)| of_pattern(pattern, column, *cut));
                any(each.collect())
            });
            let absent = Node::not(known(has(columns)), 0..0);
            if *null { Node::or(vec![fits, absent]) } else { fits }
        }
    }
}

fn has(columns: &[(&str, Cut)]) -> Node {
    let fields = columns.iter().map(|(column, _)| Field::Column((*column).to_owned()));
    Node::term(Term::Has(fields.collect()), 0..0)
}

/// One of the values fits, or all are fitted by one each.
fn fits(wanted: &[Wanted], all: bool, is: &dyn Fn(&Pattern) -> Node) -> Node {
    let each = wanted.iter().map(|wanted| any(wanted.patterns.iter().map(is).collect()));
    let each: Vec<Node> = each.collect();
    match (all, each.is_empty()) {
        (_, true) => never(),
        (true, false) => Node::and(each),
        (false, false) => Node::or(each),
    }
}

/// What a column says of a pattern that is asked of it, or of a part of it.
fn of_pattern(pattern: &Pattern, column: &str, cut: Cut) -> Node {
    let field = || Field::Column(column.to_owned());
    let is = |value: Operand| Node::term(Term::Is { field: field(), values: vec![value] }, 0..0);
    // Where there is a value, the record is asked.
    let open = || Node::and(vec![has(&[(column, cut)]), unknown()]);
    if let Cut::Said(word) = cut {
        let fits = pattern.clone().ready().is_ok_and(|pattern| pattern.matches(word));
        return if fits { has(&[(column, cut)]) } else { never() };
    }
    match pattern {
        Pattern::Wild(wild) if cut == Cut::Whole => operand(wild).map_or_else(open, is),
        // What a part has, the whole has somewhere.
        Pattern::Wild(wild) => operand(&wild.clone().after_any().before_any())
            .map_or_else(open, |value| Node::and(vec![is(value), unknown()])),
        Pattern::Regex(regex) => match pattern::required(regex.as_str()) {
            // Only where that stands in it, the record is asked.
            Some(text) => {
                let parts = vec![String::new(), text, String::new()];
                Node::and(vec![is(Operand::Pattern(ast::Pattern { parts })), unknown()])
            }
            None => open(),
        },
        Pattern::Network(address, length) if column.rsplit('.').next() == Some("ip") => {
            is(Operand::Pattern(ast::Pattern::literal(format!("{address}/{length}"))))
        }
        Pattern::Network(..) | Pattern::Compare(..) => open(),
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
