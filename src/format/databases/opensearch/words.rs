//! What stands in brackets behind names, as slow logs have it: `took[12ms], source[{"a":[1]}]`.

/// What stands in the bracket behind a name. Brackets within it are counted, but not those in
/// JSON text; the bracket of a record that was cut off ends with it.
pub(super) fn value<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let is_apart = |at: usize| at == 0 || text[..at].ends_with([' ', ',']);
    let mut found = text.match_indices(name).map(|(at, _)| at);
    let at = found.find(|at| is_apart(*at) && text[at + name.len()..].starts_with('['))?;
    let inner = &text[at + name.len() + 1..];
    let (mut depth, mut quoted, mut escaped) = (1, false, false);
    for (end, byte) in inner.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'[' if !quoted => depth += 1,
            b']' if !quoted => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(&inner[..end]);
        }
    }
    Some(inner)
}

/// The words in the brackets that a text begins with, and what follows them.
pub(super) fn bracketed(text: &str) -> Option<(&str, &str)> {
    let (word, rest) = text.strip_prefix('[')?.split_once(']')?;
    Some((word.trim(), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_within_brackets_are_counted() {
        let text = r#"took[12ms], stats[], source[{"a":["x]\"["]}], id[7]"#;
        assert_eq!(value(text, "took"), Some("12ms"));
        assert_eq!(value(text, "stats"), Some(""));
        assert_eq!(value(text, "source"), Some(r#"{"a":["x]\"["]}"#));
        assert_eq!(value(text, "id"), Some("7"));
        assert_eq!(value(text, "d"), None);
        assert_eq!(value("source[{\"cut", "source"), Some("{\"cut"));
        assert_eq!(bracketed("[WARN ][x]"), Some(("WARN", "[x]")));
    }
}
