//! From [`Query`] back to text: what is printed is read as the same filter again.

use super::ast::{Expr, Field, Node, Operand, Pattern, Query, Term, When};
use std::fmt::{self, Display, Formatter, Write};

/// The value as a filter has to spell it so that it is taken to the letter: quoted where a bare
/// word would end or mean something else.
pub fn quote(value: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || "._:/+=-@,;%&#~".contains(c);
    let word = ["and", "or", "not"].iter().any(|word| value.eq_ignore_ascii_case(word));
    let begins = value.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    if begins && !word && value.chars().all(safe) { value.to_owned() } else { quoted(value) }
}

/// The value in quotes, to the letter.
pub(super) fn quoted(value: &str) -> String {
    let mut text = String::with_capacity(value.len() + 2);
    text.push('"');
    escape(&mut text, value);
    text.push('"');
    text
}

/// Writes a value as it stands between quotes.
pub fn escape(into: &mut String, value: &str) {
    for c in value.chars() {
        if matches!(c, '"' | '\\' | '*') {
            into.push('\\');
        }
        into.push(c);
    }
}

impl Query {
    /// The enabled terms as text.
    pub fn print(&self) -> String {
        self.node().to_string()
    }

    /// Tells filters apart by all that decides which rows they let through: their text, which of
    /// the names in it are no columns, and the instants that its times stand for. What lists and
    /// marks say is not in it.
    pub fn identity(&self) -> String {
        let mut text = self.print();
        for field in self.fields() {
            if let Field::Path(name) = field {
                text.extend([" ", &quoted(name)]);
            }
        }
        for term in self.leaves() {
            let Term::When { spans, .. } = term else { continue };
            for When { window, .. } in spans {
                text.extend([" ", &window.from.0.to_string(), "..", &window.to.0.to_string()]);
            }
        }
        text
    }
}

impl Display for Node {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.expr {
            Expr::And(nodes) => join(f, nodes, " ", |node| matches!(node.expr, Expr::Or(_))),
            Expr::Or(nodes) => join(f, nodes, " or ", |_| false),
            Expr::Not(node) => {
                f.write_char('-')?;
                one(f, node, matches!(node.expr, Expr::And(_) | Expr::Or(_)))
            }
            Expr::Term(term) => term.fmt(f),
        }
    }
}

fn join(
    f: &mut Formatter<'_>,
    nodes: &[Node],
    between: &str,
    enclosed: fn(&Node) -> bool,
) -> fmt::Result {
    for (at, node) in nodes.iter().enumerate() {
        if at > 0 {
            f.write_str(between)?;
        }
        one(f, node, enclosed(node))?;
    }
    Ok(())
}

fn one(f: &mut Formatter<'_>, node: &Node, enclosed: bool) -> fmt::Result {
    if enclosed { write!(f, "({node})") } else { node.fmt(f) }
}

impl Display for Term {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is { field, values } => {
                write!(f, "{field}:")?;
                list(f, values)
            }
            Self::Compare { field, op, number } => write!(f, "{field}{op}{}", quote(&number.text)),
            Self::When { field, op, spans } => {
                write!(f, "{field}{op}")?;
                list(f, spans.iter().map(|when| quote(&when.text)))
            }
            Self::Has(fields) => {
                f.write_str("has:")?;
                list(f, fields)
            }
            Self::Text(text) => f.write_str(&free_text(text)),
            Self::Regex(body) => write!(f, "/{body}/"),
        }
    }
}

/// One as it is, several in parentheses.
fn list<T: Display>(f: &mut Formatter<'_>, items: impl IntoIterator<Item = T>) -> fmt::Result {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    match &items[..] {
        [one] => f.write_str(one),
        several => write!(f, "({})", several.join(" or ")),
    }
}

/// Free text is bare only where nothing in it could pass for a field or a comparison.
fn free_text(text: &str) -> String {
    if text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.')) {
        // Bare also needs that no operator follows; terms are set apart by spaces and words.
        quote(text)
    } else {
        quoted(text)
    }
}

impl Display for Operand {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pattern(pattern) => pattern.fmt(f),
            Self::List { name, .. } => write!(f, "@{}", quote(name)),
        }
    }
}

impl Display for Pattern {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(text) = self.as_literal() {
            return f.write_str(&quote(text));
        }
        let bare = |part: &String| part.is_empty() || quote(part) == *part;
        if self.parts.iter().all(bare) {
            return f.write_str(&self.parts.join("*"));
        }
        let mut text = String::from("\"");
        for (at, part) in self.parts.iter().enumerate() {
            if at > 0 {
                text.push('*');
            }
            escape(&mut text, part);
        }
        text.push('"');
        f.write_str(&text)
    }
}

impl Display for Field {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Column(name) | Self::Path(name) => name,
            Self::Role(role) => role.as_str(),
            Self::Bytes => "bytes",
            Self::Any => "any",
            Self::Format => "format",
            Self::Object => "origin.object",
            Self::Time => "time",
            Self::Mark(mark) => mark.as_str(),
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
        let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if begins && name.chars().all(plain) {
            f.write_str(name)
        } else {
            f.write_str(&quoted(name))
        }
    }
}

/// The shell command that shows the same rows. `from` are the arguments that say where the
/// events come from: sources, or `-w` and a workspace's name.
pub fn command(query: &Query, from: &[String]) -> String {
    let mut text = String::from("trailcase query");
    let filter = query.print();
    let filter = (!filter.is_empty()).then_some(filter);
    for argument in from.iter().chain(&filter) {
        text.push(' ');
        text.push_str(&shell(argument));
    }
    text
}

/// The argument as a POSIX shell has to spell it; control characters in the `$'..'` form, so
/// that the command is one line of harmless text. A NUL cannot be in an argument: it is left out.
pub fn shell(argument: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._:/+=-@,%".contains(c);
    if !argument.is_empty() && argument.chars().all(plain) {
        return argument.to_owned();
    }
    if !argument.chars().any(char::is_control) {
        return format!("'{}'", argument.replace('\'', r"'\''"));
    }
    let mut text = String::from("$'");
    for c in argument.chars().filter(|c| *c != '\0') {
        match c {
            '\'' | '\\' => text.extend(['\\', c]),
            c if c.is_control() => {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    // Writing to a string cannot fail.
                    let _ = write!(text, "\\{byte:03o}");
                }
            }
            c => text.push(c),
        }
    }
    text.push('\'');
    text
}
