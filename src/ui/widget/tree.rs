//! A record as lines: a JSON tree that folds, or labelled fields.

use crate::event::counted;
use serde_json::Value;
use std::collections::BTreeSet;

/// Lines shown of one record, at most; the rest is said.
const MAX_LINES: usize = 20_000;

/// What a line's value is, for its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaf {
    String,
    Number,
    /// true, false, null
    Word,
    /// An object or array: the text says how many members it has.
    Branch,
}

/// One line of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub depth: u16,
    /// Members from the root, joined by `.`; positions in arrays are left out, as in filters.
    pub path: String,
    /// Tells this line from all others: the path with positions.
    pub id: String,
    pub label: String,
    pub text: String,
    pub leaf: Leaf,
    pub folded: bool,
}

/// The lines of a JSON value; `folded` holds the ids of branches that are closed.
pub fn lines(value: &Value, folded: &BTreeSet<String>) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut open: Vec<(u16, String, String, String, &Value)> = Vec::new();
    push_children(&mut open, 0, "", "", value);
    while let Some((depth, path, id, label, value)) = open.pop() {
        if lines.len() >= MAX_LINES {
            let text = format!(
                "{} not shown",
                counted(open.len() as u64 + 1, "more member is", "more members are")
            );
            let (label, leaf) = (String::new(), Leaf::Word);
            lines.push(Line { depth, path, id, label, text, leaf, folded: false });
            break;
        }
        let (text, leaf) = describe(value);
        let is_folded = folded.contains(&id);
        if leaf == Leaf::Branch && !is_folded {
            push_children(&mut open, depth + 1, &path, &id, value);
        }
        lines.push(Line { depth, path, id, label, text, leaf, folded: is_folded });
    }
    lines
}

fn describe(value: &Value) -> (String, Leaf) {
    match value {
        Value::String(text) => (text.clone(), Leaf::String),
        Value::Number(number) => (number.to_string(), Leaf::Number),
        Value::Bool(word) => (word.to_string(), Leaf::Word),
        Value::Null => ("null".to_owned(), Leaf::Word),
        Value::Object(members) => (format!("{{{}}}", members.len()), Leaf::Branch),
        Value::Array(items) => (format!("[{}]", items.len()), Leaf::Branch),
    }
}

/// Puts the children on the stack, the first on top.
fn push_children<'a>(
    open: &mut Vec<(u16, String, String, String, &'a Value)>,
    depth: u16,
    path: &str,
    id: &str,
    value: &'a Value,
) {
    let join = |name: &str| {
        if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
    };
    match value {
        Value::Object(members) => {
            for (name, child) in members.iter().rev() {
                let id = format!("{id}.{name}");
                open.push((depth, join(name), id, name.clone(), child));
            }
        }
        Value::Array(items) => {
            for (index, child) in items.iter().enumerate().rev() {
                let id = format!("{id}[{index}]");
                open.push((depth, path.to_owned(), id, format!("[{index}]"), child));
            }
        }
        scalar => open.push((depth, path.to_owned(), id.to_owned(), String::new(), scalar)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(lines: &[Line]) -> Vec<String> {
        lines
            .iter()
            .map(|l| format!("{}{} {}", " ".repeat(l.depth.into()), l.label, l.text))
            .collect()
    }

    #[test]
    fn folds_and_names_paths_as_filters_do() {
        let json = r#"{"b":{"list":[{"x":1},{"x":2}]},"a":null}"#;
        let value: Value = serde_json::from_str(json).unwrap();
        let all = lines(&value, &BTreeSet::new());
        assert_eq!(
            text(&all),
            ["b {1}", " list [2]", "  [0] {1}", "   x 1", "  [1] {1}", "   x 2", "a null"]
        );
        assert_eq!(all[3].path, "b.list.x");
        assert_eq!(all[5].path, "b.list.x");
        let folded = BTreeSet::from([all[1].id.clone()]);
        assert_eq!(text(&lines(&value, &folded)), ["b {1}", " list [2]", "a null"]);
    }
}
