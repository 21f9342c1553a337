//! The values of a JSON text, with the names that lead to each and the bytes that it takes.
//!
//! Nothing is built, and nothing recurses but for JSON within a text, which has few levels. What is
//! no JSON has no values.

use super::views::View;
use std::ops::Range;

/// Levels of JSON in texts of JSON that are looked into.
const LEVELS: usize = 3;

/// Brackets whose names lead to a value; those further in have no names.
const DEEPEST: usize = 128;

/// A text, a number or a word of a JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    /// The names that lead to it, joined by dots.
    pub(super) path: String,
    /// Of a text what stands between its quotes.
    pub(super) range: Range<usize>,
    /// What it says.
    pub(super) text: String,
    /// Of what is no text, how deep the JSON is in which it stands.
    pub(super) bare: Option<usize>,
}

/// All of them, in no order.
pub(super) fn members(bytes: &[u8]) -> Vec<Member> {
    let mut all = Vec::new();
    within(&View::plain(bytes), "", 0, &mut all);
    all
}

fn within(view: &View<'_>, before: &str, level: usize, all: &mut Vec<Member>) {
    let bytes = &*view.bytes;
    // Whoever breaks off a record leaves what is no JSON any more, but members all the same.
    let mut walk = Walk { bytes, at: 0, open: Vec::new(), beyond: 0, name: None };
    while let Some((kind, range)) = walk.next() {
        let path = walk.path(before);
        let text = match kind {
            Token::Text => {
                let part = View::plain(&bytes[range.clone()]);
                let read = part.unescaped().unwrap_or_else(|| part.clone());
                let text = String::from_utf8_lossy(&read.bytes).into_owned();
                if level < LEVELS && text.trim_start().starts_with(['{', '[']) {
                    nested(view, &range, &path, level, all);
                }
                text
            }
            Token::Bare => String::from_utf8_lossy(&bytes[range.clone()]).into_owned(),
        };
        let bare = (kind == Token::Bare).then_some(level);
        all.push(Member { path, range: view.back(&range), text, bare });
    }
}

/// Adds what is in a text that is JSON itself.
fn nested(view: &View<'_>, range: &Range<usize>, path: &str, level: usize, all: &mut Vec<Member>) {
    let part = View::plain(&view.bytes[range.clone()]);
    let read = part.unescaped().unwrap_or_else(|| part.clone());
    let mut inner = Vec::new();
    within(&read, path, level + 1, &mut inner);
    let back = |it: Member| {
        let range = range.start + it.range.start..range.start + it.range.end;
        Member { range: view.back(&range), ..it }
    };
    all.extend(inner.into_iter().map(back));
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Text,
    /// A number, `true` or `false`.
    Bare,
}

/// Goes from value to value.
struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The name that leads to each open bracket; elements of an array have none.
    open: Vec<Option<String>>,
    /// Brackets that are open within those.
    beyond: usize,
    /// The name before the value.
    name: Option<String>,
}

impl Walk<'_> {
    /// The names that lead to the value that was told last, with those before.
    fn path(&self, before: &str) -> String {
        let names = self.open.iter().flatten().chain(self.name.as_ref()).map(String::as_str);
        let names = [before].into_iter().filter(|name| !name.is_empty()).chain(names);
        names.collect::<Vec<_>>().join(".")
    }

    /// The next value that is no object and no array.
    fn next(&mut self) -> Option<(Token, Range<usize>)> {
        loop {
            match *self.bytes.get(self.at)? {
                b'{' | b'[' => {
                    let name = self.name.take();
                    if self.open.len() < DEEPEST {
                        self.open.push(name);
                    } else {
                        self.beyond += 1;
                    }
                }
                b'}' | b']' => {
                    self.name = None;
                    if self.beyond == 0 {
                        self.open.pop();
                    }
                    self.beyond = self.beyond.saturating_sub(1);
                }
                b'"' => {
                    let range = self.text();
                    let behind = self.bytes[self.at..].iter().find(|b| !b.is_ascii_whitespace());
                    if behind != Some(&b':') {
                        return Some((Token::Text, range));
                    }
                    let part = View::plain(&self.bytes[range]);
                    let read = part.unescaped().unwrap_or_else(|| part.clone());
                    self.name = Some(String::from_utf8_lossy(&read.bytes).into_owned());
                    continue;
                }
                b'-' | b'0'..=b'9' | b't' | b'f' if !self.open.is_empty() => {
                    let from = self.at;
                    let is_part = |b: &u8| b.is_ascii_alphanumeric() || b"+-.".contains(b);
                    self.at += self.bytes[from..].iter().take_while(|b| is_part(b)).count();
                    return Some((Token::Bare, from..self.at));
                }
                b',' => self.name = None,
                _ => {}
            }
            self.at += 1;
        }
    }

    /// What stands between the quotes; goes behind them.
    fn text(&mut self) -> Range<usize> {
        let from = self.at + 1;
        let mut at = from;
        while let Some(byte) = self.bytes.get(at) {
            match byte {
                b'"' => break,
                b'\\' => at += 2,
                _ => at += 1,
            }
        }
        let end = at.min(self.bytes.len());
        self.at = (end + 1).min(self.bytes.len());
        from..end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<(String, String)> {
        members(text.as_bytes()).into_iter().map(|it| (it.path, it.text)).collect()
    }

    #[test]
    fn every_value_is_told_with_its_names() {
        let text = r#"{"a":{"b":["x",1,{"c":true}],"d":null},"e\"":"f\u00f6"} "#;
        let expected = [("a.b", "x"), ("a.b", "1"), ("a.b.c", "true"), ("e\"", "fö")];
        let expected = expected.map(|(path, text)| (path.to_owned(), text.to_owned()));
        assert_eq!(told(text), expected);
    }

    #[test]
    fn json_within_a_text_is_looked_into() {
        let text = r#"{"m":"{\"n\":{\"o\":7,\"p\":\"\\u00f6\"}}"}"#;
        let all = members(text.as_bytes());
        let of = |path: &str| all.iter().find(|it| it.path == path).unwrap();
        assert_eq!((&text[of("m.n.o").range.clone()], of("m.n.o").bare), ("7", Some(1)));
        assert_eq!((&text[of("m.n.p").range.clone()], &*of("m.n.p").text), (r"\\u00f6", "ö"));
    }

    #[test]
    fn what_breaks_off_or_is_no_json_does_no_harm() {
        for text in
            ["", "{", "{\"a\"", "{\"a\":\"b", "plain 12 text", "[[[\"x\"", "}}\"a\":1", "\"\\"]
        {
            let _ = told(text);
        }
        assert_eq!(told("{\"a\":\"b"), [("a".to_owned(), "b".to_owned())]);
        let _ = told(&"[".repeat(100_000));
    }
}
