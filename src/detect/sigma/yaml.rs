//! The YAML of rules, with the line of whatever is wrong in it.

use saphyr::{LoadableYamlNode, MarkedYaml, Scalar, YamlData};

/// A part of a document.
pub(super) type Node<'a> = MarkedYaml<'a>;

/// What is wrong in a file of rules, and where; the first line is 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct Fault {
    pub line: usize,
    pub column: usize,
    pub message: String,
}

pub(super) fn fault(node: &Node<'_>, message: impl Into<String>) -> Fault {
    let at = node.span.start;
    Fault { line: at.line(), column: at.col() + 1, message: message.into() }
}

/// A document, and how many lines of its file stand before the text that its own lines count in.
pub(super) type Placed<'a> = (usize, Result<Node<'a>, Fault>);

/// The documents of a file. Aliases and nesting have limits, and no name is given twice.
///
/// Where something is wrong, each document is read by itself, so that the others are not lost.
pub(super) fn documents(text: &str) -> Vec<Placed<'_>> {
    if let Ok(all) = load(text) {
        return all.into_iter().map(|node| (0, Ok(node))).collect();
    }
    let each = pieces(text).into_iter().flat_map(|(before, piece)| match load(piece) {
        Ok(nodes) => nodes.into_iter().map(|node| (before, Ok(node))).collect(),
        Err(fault) => vec![(before, Err(fault))],
    });
    each.collect()
}

fn load(text: &str) -> Result<Vec<Node<'_>>, Fault> {
    MarkedYaml::load_from_str(text).map_err(|error| {
        let (mark, message) = (error.marker(), error.info().to_owned());
        Fault { line: mark.line(), column: mark.col() + 1, message }
    })
}

/// The text cut before each line that begins a document and behind each that ends one, whatever
/// stands around it (YAML 1.2.2, 9.1.2: not even text in quotes may have such a line); each piece
/// with how many lines are before it. Pieces of directives and remarks alone are no documents.
fn pieces(text: &str) -> Vec<(usize, &str)> {
    let marks = |line: &str, mark: &str| {
        line.strip_prefix(mark)
            .is_some_and(|rest| rest.trim_start().len() < rest.len() || rest.is_empty())
    };
    let (mut pieces, mut start, mut first, mut at) = (Vec::new(), 0, 0, 0);
    for (nth, line) in text.split_inclusive('\n').enumerate() {
        let end = at + line.len();
        if marks(line, "---") {
            pieces.push((first, &text[start..at]));
            (start, first) = (at, nth);
        } else if marks(line, "...") {
            pieces.push((first, &text[start..at]));
            (start, first) = (end, nth + 1);
        }
        at = end;
    }
    pieces.push((first, &text[start..]));
    let is_void = |line: &str| line.trim().is_empty() || line.starts_with(['%', '#']);
    pieces.retain(|(_, piece)| !piece.lines().all(is_void));
    pieces
}

/// A scalar as text: numbers and `true` as JSON has them.
pub(super) fn text(node: &Node<'_>) -> Option<String> {
    match &node.data {
        YamlData::Value(Scalar::String(text)) => Some(text.to_string()),
        YamlData::Value(Scalar::Integer(number)) => Some(number.to_string()),
        YamlData::Value(Scalar::Boolean(flag)) => Some(flag.to_string()),
        YamlData::Value(Scalar::FloatingPoint(number)) => {
            serde_json::Number::from_f64(number.into_inner()).map(|number| number.to_string())
        }
        _ => None,
    }
}

pub(super) fn is_null(node: &Node<'_>) -> bool {
    matches!(node.data, YamlData::Value(Scalar::Null))
}

/// The elements of a sequence; of anything else, it alone.
pub(super) fn elements<'n, 'a>(node: &'n Node<'a>) -> &'n [Node<'a>] {
    match &node.data {
        YamlData::Sequence(elements) => elements,
        _ => std::slice::from_ref(node),
    }
}

pub(super) fn is_sequence(node: &Node<'_>) -> bool {
    matches!(node.data, YamlData::Sequence(_))
}

/// The members of a mapping, in order.
pub(super) fn members<'n, 'a>(node: &'n Node<'a>) -> Option<Vec<(&'n Node<'a>, &'n Node<'a>)>> {
    match &node.data {
        YamlData::Mapping(members) => Some(members.iter().collect()),
        _ => None,
    }
}

/// The member of this name.
pub(super) fn member<'n, 'a>(node: &'n Node<'a>, name: &str) -> Option<&'n Node<'a>> {
    let is =
        |key: &Node<'_>| matches!(&key.data, YamlData::Value(Scalar::String(text)) if text == name);
    members(node)?.into_iter().find(|(key, _)| is(key)).map(|(_, value)| value)
}

/// The text of a member; empty if there is none.
pub(super) fn said(node: &Node<'_>, name: &str) -> String {
    member(node, name).and_then(text).map(|text| text.trim().to_owned()).unwrap_or_default()
}

/// The texts of a member that is one or many.
pub(super) fn all_said(node: &Node<'_>, name: &str) -> Vec<String> {
    member(node, name).map_or(Vec::new(), |list| elements(list).iter().filter_map(text).collect())
}
