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

/// The documents of a file. Aliases and nesting have limits, and no name is given twice.
pub(super) fn documents(text: &str) -> Result<Vec<Node<'_>>, Fault> {
    MarkedYaml::load_from_str(text).map_err(|error| {
        let (mark, message) = (error.marker(), error.info().to_owned());
        Fault { line: mark.line(), column: mark.col() + 1, message }
    })
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
