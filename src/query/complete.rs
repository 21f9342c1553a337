//! What could be typed where the cursor is.

use super::ast::{Op, Span};
use super::lex::{Lexer, Token};
use super::names::Names;
use super::print;

/// What stands at the cursor, and which bytes an accepted candidate replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    pub wanted: Wanted,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// A field's name that begins like this.
    Field { prefix: String },
    /// A value of this field; whoever has counts knows which there are.
    Value { field: String, prefix: String },
    /// Nothing can be offered: a regular expression, or text without a field.
    Nothing,
}

/// Looks at the text up to the cursor (a byte, moved back to the beginning of a character).
pub fn complete(text: &str, cursor: usize) -> Completion {
    let cursor = (0..=cursor.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    let cursor = cursor.unwrap_or(0);
    let mut lexer = Lexer::new(&text[..cursor]);
    let nothing = Completion { wanted: Wanted::Nothing, span: cursor..cursor };
    let mut wanted = Wanted::Field { prefix: String::new() };
    let mut last = cursor..cursor;
    loop {
        let Ok((token, span)) = lexer.term() else { return nothing };
        let ended = span.end < cursor;
        match token {
            Token::End => return Completion { wanted, span: last },
            Token::Field { name, op } if name.eq_ignore_ascii_case("has") && op == Op::Is => {
                let Some((prefix, span)) = value(&mut lexer, cursor) else { continue };
                return Completion { wanted: Wanted::Field { prefix }, span };
            }
            Token::Field { name, .. } => {
                let Some((prefix, span)) = value(&mut lexer, cursor) else { continue };
                return Completion { wanted: Wanted::Value { field: name, prefix }, span };
            }
            Token::Word(word) if !ended && !word.quoted => {
                wanted = Wanted::Field { prefix: word.text() };
                last = span;
            }
            Token::And | Token::Or if !ended => {
                wanted = Wanted::Field { prefix: text[span.clone()].to_owned() };
                last = span;
            }
            Token::Word(_) | Token::Regex(_) | Token::Close if !ended => return nothing,
            _ => {
                wanted = Wanted::Field { prefix: String::new() };
                last = cursor..cursor;
            }
        }
    }
}

/// The beginning of the value that the cursor stands behind, and its place; `None` if the values
/// end before the cursor.
fn value(lexer: &mut Lexer<'_>, cursor: usize) -> Option<(String, Span)> {
    let mut inside = false;
    loop {
        let Ok((token, span)) = lexer.value() else {
            // A quote that is still open; what is accepted brings quotes of its own.
            return Some((lexer.open_quote().unwrap_or_default(), lexer.position()..cursor));
        };
        let here = span.end == cursor;
        match token {
            Token::End => return Some((String::new(), cursor..cursor)),
            Token::Word(word) if here && !word.quoted => return Some((word.text(), span)),
            Token::Open if !inside => inside = true,
            Token::Close if inside => return None,
            _ if inside => {}
            _ => return None,
        }
    }
}

/// The names that fit a prefix: what to insert, and what it is.
pub fn fields<'a>(names: &'a Names, prefix: &str) -> Vec<(String, &'a str)> {
    let found = names.beginning(prefix).into_iter();
    found.map(|(name, help)| (format!("{name}:"), help)).collect()
}

/// What to insert for a value, so that it is taken to the letter.
pub fn insertion(value: &str) -> String {
    print::quote(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(prefix: &str) -> Wanted {
        Wanted::Field { prefix: prefix.to_owned() }
    }

    fn value(field: &str, prefix: &str) -> Wanted {
        Wanted::Value { field: field.to_owned(), prefix: prefix.to_owned() }
    }

    #[test]
    fn what_stands_at_the_end() {
        for (text, wanted, replaced) in [
            ("", field(""), ""),
            ("eve", field("eve"), "eve"),
            ("event:Get* or", field("or"), "or"),
            ("event:Get* ", field(""), ""),
            ("event:", value("event", ""), ""),
            ("event:Get", value("event", "Get"), "Get"),
            ("-(ip:1 event:Get", value("event", "Get"), "Get"),
            ("event:(Put or Ge", value("event", "Ge"), "Ge"),
            ("event:(Put or ", value("event", ""), ""),
            ("event:(Put or Get) pri", field("pri"), "pri"),
            ("principal:\"arn:aws:iam ", value("principal", "arn:aws:iam "), "\"arn:aws:iam "),
            ("has:co", field("co"), "co"),
            ("bytes>1", value("bytes", "1"), "1"),
            ("/re/", Wanted::Nothing, ""),
            ("\"te", Wanted::Nothing, ""),
            ("a | b", Wanted::Nothing, ""),
        ] {
            let completion = complete(text, text.len());
            assert_eq!(completion.wanted, wanted, "{text}");
            assert_eq!(&text[completion.span], replaced, "{text}");
        }
    }

    #[test]
    fn what_is_behind_the_cursor_does_not_count() {
        assert_eq!(complete("ev  event:x", 2).wanted, field("ev"));
        assert_eq!(complete("é", 1).wanted, field(""));
    }

    #[test]
    fn candidates_are_ready_to_insert() {
        let names = Names::default();
        assert!(fields(&names, "princ").iter().any(|(name, _)| name == "principal:"));
        assert_eq!(insertion("a b"), "\"a b\"");
    }
}
