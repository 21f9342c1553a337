//! Policies, as far as they say to whom something is given: which statements allow, to whom, what, and
//! under which conditions.
//!
//! Source: the IAM user guide, "Grammar of the IAM JSON policy language", "Principal", "`NotPrincipal`"
//! and "Global condition context keys". What a `Deny` takes away again is not taken off.

mod wide;

use super::sigma::Level;
use crate::event::noun;
use crate::event::paired;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use wide::{is_all, is_all_of_iam, is_every_identity, is_world};

/// JSON within texts within JSON, at most.
const DEEPEST: usize = 3;

/// Names that are told one by one, and characters of a name.
const TOLD: usize = 3;
const LONGEST: usize = 80;

/// To whom something is given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Whom {
    Everybody,
    /// An account by its twelve digits, or what stands for one in lists of S3: a canonical id, or an
    /// address of mail.
    Account(String),
}

/// What a statement gives to one of those that it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grant {
    pub(super) to: Whom,
    /// How grave it would be if that were everybody: less under a condition, and little where that
    /// holds for one organisation or network only.
    pub(super) level: Level,
    /// What may be done, such as `s3:GetObject, if IpAddress aws:SourceIp`.
    pub(super) what: String,
}

/// The statements of a policy that allow something.
#[derive(Debug, Default)]
pub(super) struct Policy(Vec<Statement>);

#[derive(Debug, Default)]
struct Statement {
    to: BTreeSet<Whom>,
    actions: Vec<String>,
    /// Everything but these.
    but_actions: Vec<String>,
    resources: Vec<String>,
    but_resources: Vec<String>,
    conditions: Vec<Condition>,
}

/// What has to hold, such as `StringEquals` of `aws:SourceAccount`.
#[derive(Debug)]
struct Condition {
    operator: String,
    key: String,
    values: Vec<String>,
}

/// What a condition leaves of everybody.
enum Left {
    Everybody,
    /// Those of an organisation or of a network, or a resource of which nothing says whose it is.
    Few,
    Accounts(Vec<String>),
}

impl Policy {
    /// Reads a policy: an object, or a text with one, which may be URL-encoded. `None`: it is none.
    pub(super) fn read(value: &Value) -> Option<Self> {
        let object = object(value, DEEPEST)?;
        let statements: Vec<&Value> = match member(&object, "Statement")? {
            Value::Array(all) => all.iter().collect(),
            one => vec![one],
        };
        Some(Self(statements.into_iter().filter_map(Statement::read).collect()))
    }

    /// What it gives to everybody and to accounts; what services and federated users have is not told.
    pub(super) fn grants(&self) -> Vec<Grant> {
        self.0.iter().flat_map(Statement::grants).collect()
    }

    /// Whether whoever has it may do everything: how grave that is, and what bounds it.
    pub(super) fn everything(&self) -> Option<(Level, String)> {
        // The gravest, and of these the first.
        let all = self.0.iter().rev().filter_map(Statement::everything);
        all.max_by_key(|(level, _)| *level)
    }
}

impl Statement {
    /// `None`: it allows nothing.
    fn read(value: &Value) -> Option<Self> {
        let Value::Object(all) = value else { return None };
        let effect = member(all, "Effect")?.as_str()?;
        let of = |name| member(all, name).map(texts).unwrap_or_default();
        effect.eq_ignore_ascii_case("Allow").then(|| Self {
            to: whom(all),
            actions: of("Action"),
            but_actions: of("NotAction"),
            resources: of("Resource"),
            but_resources: of("NotResource"),
            conditions: member(all, "Condition").map(conditions).unwrap_or_default(),
        })
    }

    fn grants(&self) -> Vec<Grant> {
        // What holds for nearly every address bounds nothing.
        let is_bound = self.conditions.iter().any(|it| !it.is_world());
        let what = match (&self.actions[..], &self.but_actions[..]) {
            ([], []) => "anything".to_owned(),
            ([], but) => format!("all but {}", some(but)),
            (actions, _) => some(actions),
        };
        let (what, level) = match self.under() {
            None => (what, Level::High),
            Some(under) => {
                let level = if is_bound { Level::Medium } else { Level::High };
                (format!("{what}, if {under}"), level)
            }
        };
        let grant = |to: &Whom, level| Grant { to: to.clone(), level, what: what.clone() };
        let mut grants = Vec::new();
        for to in &self.to {
            match (to, self.left()) {
                (Whom::Everybody, Left::Few) => grants.push(grant(to, Level::Low)),
                (Whom::Everybody, Left::Accounts(accounts)) => {
                    let accounts = accounts.into_iter().map(Whom::Account);
                    grants.extend(accounts.map(|account| grant(&account, level)));
                }
                _ => grants.push(grant(to, level)),
            }
        }
        grants
    }

    fn everything(&self) -> Option<(Level, String)> {
        let on_all = self.resources.is_empty() || self.resources.iter().any(|it| is_all(it));
        let mut bounds = Vec::new();
        if !self.actions.iter().any(|action| is_all(action)) {
            // Whoever may do everything with identities gives themselves the rest.
            if let Some(action) = self.actions.iter().find(|action| is_all_of_iam(action)) {
                return self.resources_of_iam().then(|| self.bounded(action.clone(), Vec::new()));
            }
            let is_most = on_all
                && !self.but_actions.is_empty()
                && !self.but_actions.iter().any(|action| is_all(action));
            if !is_most {
                return None;
            }
            bounds.push(format!("but {}", some(&self.but_actions)));
        }
        if !on_all {
            bounds.push(format!("with {}", some(&self.resources)));
        }
        Some(self.bounded("everything".to_owned(), bounds))
    }

    /// How grave it is that this is allowed, and what bounds it.
    fn bounded(&self, what: String, mut bounds: Vec<String>) -> (Level, String) {
        if !self.but_resources.is_empty() {
            bounds.push(format!("but with {}", some(&self.but_resources)));
        }
        let is_bound = !bounds.is_empty() || self.conditions.iter().any(|it| !it.is_world());
        bounds.extend(self.under().map(|under| format!("if {under}")));
        let level = if is_bound { Level::Medium } else { Level::High };
        (level, [vec![what], bounds].concat().join(", "))
    }

    /// Whether every identity of an account is among the resources.
    fn resources_of_iam(&self) -> bool {
        self.resources.is_empty()
            || self.resources.iter().any(|it| is_all(it) || is_every_identity(it))
    }

    /// What has to hold, such as `IpAddress aws:SourceIp`.
    fn under(&self) -> Option<String> {
        let all: Vec<String> =
            self.conditions.iter().map(|it| format!("{} {}", it.operator, it.key)).collect();
        (!all.is_empty()).then(|| some(&all))
    }

    /// All conditions have to hold, so that one is enough that leaves few.
    fn left(&self) -> Left {
        let mut left = Left::Everybody;
        for condition in &self.conditions {
            match condition.left() {
                accounts @ Left::Accounts(_) => return accounts,
                Left::Few => left = Left::Few,
                Left::Everybody => {}
            }
        }
        left
    }
}

/// Keys, small, whose values say which accounts may call, by account or by ARN.
const OF_ACCOUNTS: [&str; 7] = [
    "aws:sourceaccount",
    "aws:sourceowner",
    "aws:principalaccount",
    "aws:vpceaccount",
    "kms:calleraccount",
    "aws:sourcearn",
    "aws:principalarn",
];

/// Keys, small, whose values say from which organisation or network calls may come.
const OF_FEW: [&str; 8] = [
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
    "aws:sourcevpc",
    "aws:sourcevpce",
];

/// Operators, small, of which one of the values has to be there.
const EQUAL: [&str; 5] =
    ["stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"];

impl Condition {
    /// Whether it lets nearly every address pass.
    fn is_world(&self) -> bool {
        let operator = self.operator.to_ascii_lowercase();
        let is_address = operator.trim_start_matches("foranyvalue:").starts_with("ipaddress");
        is_address
            && self.key.eq_ignore_ascii_case("aws:SourceIp")
            && self.values.iter().any(|it| is_world(it))
    }

    fn left(&self) -> Left {
        let operator = self.operator.to_ascii_lowercase();
        let operator = operator.strip_prefix("foranyvalue:").unwrap_or(&operator);
        let key = self.key.to_ascii_lowercase();
        let is_fixed = !self.values.is_empty() && self.values.iter().all(|it| !it.starts_with('*'));
        if !EQUAL.contains(&operator) || !is_fixed {
            return Left::Everybody;
        }
        if OF_FEW.contains(&&*key) {
            return Left::Few;
        }
        if !OF_ACCOUNTS.contains(&&*key) {
            return Left::Everybody;
        }
        let accounts: Vec<Option<&str>> = self.values.iter().map(|it| account(it)).collect();
        if let Some(accounts) = accounts.iter().copied().collect::<Option<Vec<&str>>>() {
            return Left::Accounts(accounts.into_iter().map(str::to_owned).collect());
        }
        // Buckets have no account in their ARNs; `arn:aws:iam::*:role/x` is of any.
        let is_any =
            |value: &String| value.split(':').nth(4).is_some_and(|part| part.contains('*'));
        if self.values.iter().any(is_any) { Left::Everybody } else { Left::Few }
    }
}

/// The account of an ARN, or that is meant by its digits alone.
pub(super) fn account(name: &str) -> Option<&str> {
    let named = if name.starts_with("arn:") { name.split(':').nth(4)? } else { name };
    (named.len() == 12 && named.bytes().all(|byte| byte.is_ascii_digit())).then_some(named)
}

/// Whom a statement names.
fn whom(statement: &Map<String, Value>) -> BTreeSet<Whom> {
    // All but these: everybody else, whoever that is.
    if member(statement, "NotPrincipal").is_some() {
        return BTreeSet::from([Whom::Everybody]);
    }
    let one = |kind: &str, name: String| match kind {
        _ if name == "*" && matches!(kind, "" | "aws") => Some(Whom::Everybody),
        "" | "aws" => account(&name).map(|account| Whom::Account(account.to_owned())),
        "canonicaluser" => Some(Whom::Account(name)),
        _ => None,
    };
    match member(statement, "Principal") {
        Some(Value::Object(kinds)) => kinds
            .iter()
            .flat_map(|(kind, names)| {
                let kind = kind.to_ascii_lowercase();
                texts(names).into_iter().filter_map(move |name| one(&kind, name))
            })
            .collect(),
        Some(names) => texts(names).into_iter().filter_map(|name| one("", name)).collect(),
        None => BTreeSet::new(),
    }
}

fn conditions(value: &Value) -> Vec<Condition> {
    let Value::Object(operators) = value else { return Vec::new() };
    let of = |(operator, keys): (&String, &Value)| {
        let keys = keys.as_object().cloned().unwrap_or_default();
        let operator = operator.clone();
        keys.into_iter().map(move |(key, values)| Condition {
            operator: operator.clone(),
            key,
            values: texts(&values),
        })
    };
    operators.iter().flat_map(of).collect()
}

/// The object that a value is, or that is in its text.
fn object(value: &Value, depth: usize) -> Option<Map<String, Value>> {
    match value {
        Value::Object(members) => Some(members.clone()),
        Value::String(text) if depth > 0 => {
            let read = |text: &str| serde_json::from_str::<Value>(&paired(text)).ok();
            let value = read(text).or_else(|| read(&decoded(text)?))?;
            object(&value, depth - 1)
        }
        _ => None,
    }
}

/// A text that is URL-encoded, as it was; `None`: it is not.
pub(super) fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut parts = text.split('%');
    bytes.extend_from_slice(parts.next()?.as_bytes());
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

/// A member, whatever the case of its name.
pub(super) fn member<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let alike = || members.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    members.get(name).or_else(|| alike().map(|(_, value)| value))
}

/// The texts that a value is, or that are in its list.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(all) => all.iter().flat_map(texts).collect(),
        Value::String(text) => vec![text.clone()],
        Value::Null | Value::Object(_) => Vec::new(),
        other => vec![other.to_string()],
    }
}

/// The first of these names, and how many more there are.
fn some(names: &[String]) -> String {
    let short = |name: &String| name.chars().take(LONGEST).collect::<String>();
    let told = names.iter().take(TOLD).map(short).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(TOLD) {
        0 => told,
        more => format!("{told} and {more} {}", noun(more as u64, "other", "others")),
    }
}

#[cfg(test)]
mod tests;
