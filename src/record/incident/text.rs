//! Text of logs and of people made harmless for each kind of file.
//!
//! For a reader's eye it goes through `shown` first, so that nothing reorders or hides; then the
//! file's own markup is taken out of it. JSON keeps it exact, with what is hazardous spelled
//! `\uXXXX`, as JSON allows.

use crate::shown::{Mode, show, spelled};
use std::borrow::Cow;

/// One line of whatever it is.
pub(super) fn line(text: &str) -> String {
    show(text, Mode::TABLE).as_str().to_owned()
}

/// Its lines, each harmless. Only line feeds, also behind carriage returns, part lines.
pub(super) fn lines(text: &str) -> impl Iterator<Item = String> {
    text.split('\n').map(|part| line(part.strip_suffix('\r').unwrap_or(part)))
}

/// Several lines as one, for where there is only one.
pub(super) fn joined(text: &str) -> String {
    let lines = lines(text).filter(|line| !line.trim().is_empty());
    lines.collect::<Vec<_>>().join(" / ")
}

/// For between tags and in quoted attributes of HTML.
pub(super) fn html(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// Where something of Markdown stands. In a table a bar ends a cell, also within code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spot {
    Page,
    Table,
}

/// A value as a code span of Markdown, in which nothing is markup and nothing becomes a link.
pub(super) fn code(text: &str, spot: Spot) -> String {
    if text.trim().is_empty() {
        return if text.is_empty() { "(empty)".to_owned() } else { "(blanks)".to_owned() };
    }
    let fence = "`".repeat(longest_run(text, '`') + 1);
    // A blank at both ends is taken away by readers.
    let odd = |c: char| c == '`' || c == ' ';
    let pad = if text.starts_with(odd) || text.ends_with(odd) { " " } else { "" };
    let text = match spot {
        Spot::Page => Cow::Borrowed(text),
        Spot::Table => Cow::Owned(text.replace('|', "\\|")),
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A line of prose as Markdown that reads as the line itself. What some readers make a link of
/// stands as code.
pub(super) fn prose(text: &str, spot: Spot) -> String {
    let mut safe = String::with_capacity(text.len() + 8);
    for (nth, word) in text.split(' ').enumerate() {
        if nth > 0 {
            safe.push(' ');
        }
        if is_link(word) {
            safe.push_str(&code(word, spot));
        } else {
            escaped(word, &mut safe);
        }
    }
    let blanks = safe.len() - safe.trim_start().len();
    let body = safe.split_off(blanks);
    // Blanks at the beginning would make it code, and a mark there a heading or a list.
    let marks = |c: char| matches!(c, '#' | '-' | '+' | '=' | '>' | ':' | '~');
    match body.chars().next() {
        Some(first) if marks(first) => format!("\\{body}"),
        Some(first) if first.is_ascii_digit() => numbered(&body),
        _ => body,
    }
}

/// A number with a dot or a bracket behind it would begin a list.
fn numbered(body: &str) -> String {
    let digits = body.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = body.split_at(digits);
    let mark = rest.starts_with(['.', ')']);
    if mark { format!("{number}\\{rest}") } else { body.to_owned() }
}

fn is_link(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    ["@", "://", "www.", "www[.]", "mailto:", "xmpp:", "javascript:", "data:"]
        .iter()
        .any(|mark| word.contains(mark))
}

fn escaped(word: &str, safe: &mut String) {
    let mut before = ' ';
    let mut rest = word.chars().peekable();
    while let Some(c) = rest.next() {
        let next = rest.peek().copied().unwrap_or(' ');
        let active = match c {
            '*' | '`' | '[' | ']' | '<' | '>' | '|' | '~' | '$' | '{' | '}' => true,
            // Within a word it is only itself.
            '_' => !(before.is_alphanumeric() && next.is_alphanumeric()),
            '&' => next == '#' || next.is_ascii_alphabetic(),
            '\\' => next.is_ascii_punctuation() || next == ' ',
            '!' => next == '[',
            // At the end of a heading it would vanish.
            '#' => before == ' ',
            _ => false,
        };
        if active {
            safe.push('\\');
        }
        safe.push(c);
        before = c;
    }
}

fn longest_run(text: &str, of: char) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == of { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// A value as one line of JSON, a line feed behind it.
pub(in crate::record) fn json_line(value: &serde_json::Value) -> String {
    let mut line = spelled(value.to_string());
    line.push('\n');
    line
}

/// A value as JSON for people too, a line feed behind it.
pub(in crate::record) fn json_pretty(value: &serde_json::Value) -> String {
    let mut text = spelled(format!("{value:#}"));
    text.push('\n');
    text
}

/// A cell of CSV (RFC 4180), always quoted, and whether it is not what it was: what a spreadsheet
/// would calculate begins with `'` (CWE-1236).
pub(super) fn csv(text: &str) -> (String, bool) {
    let shown = show(text, Mode::DETAIL);
    let first = text.trim_start_matches(' ').chars().next();
    let formula = first.is_some_and(|c| "=+-@\t\r\n\0＝＋－＠".contains(c));
    let altered = formula || shown.as_str() != text;
    let mark = if formula { "'" } else { "" };
    (format!("\"{mark}{}\"", shown.as_str().replace('"', "\"\"")), altered)
}

/// The text on one line, or that it is not stated.
pub(super) fn stated(text: Option<&str>) -> Cow<'_, str> {
    text.map_or(Cow::Borrowed(NOT_STATED), |text| Cow::Owned(joined(text)))
}

/// What stands where nothing is known.
pub(super) const NOT_STATED: &str = "not stated";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shown::hostile;

    #[test]
    fn plain_prose_stays_as_it_is() {
        for text in ["Dana did not make key AKIA_1, she says (10:40).", "a_b_c: 50% at 10.0.0.1/8"]
        {
            assert_eq!(prose(text, Spot::Page), text);
        }
    }

    #[test]
    fn markup_in_prose_reads_as_itself() {
        for (text, safe) in [
            ("*a* _b_ `c`", "\\*a\\* \\_b\\_ \\`c\\`"),
            ("![x](http://e)", "`![x](http://e)`"),
            ("[x](y)", "\\[x\\](y)"),
            ("# h", "\\# h"),
            ("  - x", "\\- x"),
            ("12. x", "12\\. x"),
            ("a &lt; b & c", "a \\&lt; b & c"),
            ("dana@example.com", "`dana@example.com`"),
        ] {
            assert_eq!(prose(text, Spot::Table), safe);
        }
    }

    #[test]
    fn code_ends_where_it_should() {
        assert_eq!(code("a`b", Spot::Page), "``a`b``");
        assert_eq!(code("`", Spot::Page), "`` ` ``");
        assert_eq!(code("a|b", Spot::Page), "`a|b`");
        assert_eq!(code("a|b", Spot::Table), "`a\\|b`");
        assert_eq!(code("", Spot::Page), "(empty)");
    }

    #[test]
    fn no_cell_is_a_formula() {
        for raw in hostile::STRINGS {
            let (cell, _) = csv(&String::from_utf8_lossy(raw));
            let inside = cell[1..].trim_start();
            assert!(!inside.starts_with(['=', '+', '-', '@', '＝']), "{cell}");
        }
        assert_eq!(csv("=1+1"), ("\"'=1+1\"".to_owned(), true));
        assert_eq!(csv("a\"b"), ("\"a\"\"b\"".to_owned(), false));
    }
}
