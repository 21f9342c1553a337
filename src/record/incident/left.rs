//! What a format does not tell: those members of the incident that have a value and that the format
//! does not say that it tells. Whoever adds a member need not think of it for it to be said.

use super::Incident;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Members of which the names are data too.
const MAPS: [&str; 3] = ["alarms.entities", "scrub.counts", "suppressions.about"];

/// Members with a value that are not told.
#[derive(Debug, Default)]
pub(super) struct Untold {
    /// By the incident's own member: which of its members, and whether some are told.
    of: BTreeMap<String, (BTreeSet<String>, bool)>,
}

/// What is not told by a format that tells these members (`title`, `exhibits.tags`) and all that is
/// in them. Records' bytes are not spoken of: those are counted.
pub(super) fn untold(incident: &Incident, tells: &[&str]) -> Untold {
    let mut untold = Untold::default();
    // Plain data with texts as names: there is nothing that could not be written.
    let tree = serde_json::to_value(incident).unwrap_or(Value::Null);
    let mut paths = BTreeSet::new();
    gather(&mut String::new(), &tree, &mut paths);
    for path in paths {
        let is_told = |told: &&str| {
            path.strip_prefix(*told).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let (of, member) = path.split_once('.').unwrap_or((&path, ""));
        let (members, some) = untold.of.entry(of.to_owned()).or_default();
        if tells.iter().any(is_told) {
            *some = true;
        } else {
            members.insert(member.to_owned());
        }
    }
    untold.of.retain(|_, (members, _)| !members.is_empty());
    untold
}

/// Adds the paths of all members below this one that have a value.
fn gather(path: &mut String, value: &Value, paths: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) if !MAPS.contains(&path.as_str()) => {
            for (name, value) in members.iter().filter(|(name, _)| !name.starts_with("raw")) {
                let length = path.len();
                if length > 0 {
                    path.push('.');
                }
                path.push_str(name);
                gather(path, value, paths);
                path.truncate(length);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| gather(path, value, paths)),
        Value::Null | Value::Bool(false) => {}
        // None of what is counted one by one.
        Value::Number(number) if path == "undecided.total" && number.as_u64() == Some(0) => {}
        Value::String(text) if text.is_empty() => {}
        Value::Object(members) if members.is_empty() => {}
        _ => {
            if !paths.contains(path) {
                paths.insert(path.clone());
            }
        }
    }
}

impl Untold {
    /// `evidence`, or `of exhibits: tags, zone`, for each member of the incident.
    pub(super) fn each(&self) -> Vec<String> {
        let each = self.of.iter().map(|(of, (members, some))| {
            if !some {
                return of.clone();
            }
            let members: Vec<&str> = members.iter().map(String::as_str).collect();
            format!("of {of}: {}", members.join(", "))
        });
        each.collect()
    }

    /// The same in few words; nothing if everything is told.
    pub(super) fn line(&self) -> String {
        let some = |wanted: bool| -> Vec<&str> {
            let of = self.of.iter().filter(|(_, (_, some))| *some == wanted);
            of.map(|(of, _)| of.as_str()).collect()
        };
        let (whole, parts) = (some(false).join(", "), some(true).join(", "));
        match (whole.is_empty(), parts.is_empty()) {
            (_, true) => whole,
            (true, false) => format!("parts of {parts}"),
            (false, false) => format!("{whole}; parts of {parts}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::incident::{Exhibit, Query};

    #[test]
    fn what_has_a_value_and_is_not_told_is_named() {
        let exhibit = Exhibit { tags: vec!["x".to_owned()], ..Exhibit::default() };
        let mut incident = Incident {
            title: Some("t".to_owned()),
            exhibits: vec![exhibit],
            queries: vec![Query { text: "ip:1".to_owned() }],
            ..Incident::default()
        };
        let tells = ["title", "exhibits.offset", "exhibits.length", "tool"];
        let left = untold(&incident, &tells);
        assert_eq!(left.each(), ["of exhibits: tags", "queries"]);
        assert_eq!(left.line(), "queries; parts of exhibits");
        incident.exhibits[0].tags.clear();
        incident.queries.clear();
        assert_eq!(untold(&incident, &tells).line(), "");
    }
}
