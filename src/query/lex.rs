//! The filter's text cut into tokens. What a token is depends on where it stands: after
//! `field:` a colon is just a character.

use super::ast::{Op, Pattern, Span};
use crate::event::network;

/// Why a text is no filter: where, in words, and perhaps what should stand there instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ParseError {
    pub span: Span,
    pub message: String,
    /// Text to put in place of the span.
    pub suggestion: Option<String>,
}

impl ParseError {
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), suggestion: None }
    }

    #[must_use]
    pub fn suggest(mut self, suggestion: Option<String>) -> Self {
        self.suggestion = suggestion;
        self
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    End,
    Open,
    Close,
    And,
    Or,
    /// The word `not`, or a `-` in front of something.
    Not,
    /// A field's name with the operator behind it.
    Field {
        name: String,
        op: Op,
    },
    Word(Word),
    /// The text between the slashes, as it stands.
    Regex(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) pattern: Pattern,
    pub(super) quoted: bool,
    /// Led by an unquoted `@`, which is not part of the pattern.
    pub(super) list: bool,
}

impl Word {
    /// The word as typed, a `*` being a `*`.
    pub(super) fn text(&self) -> String {
        self.pattern.parts.join("*")
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

type Lexed = Result<(Token, Span), ParseError>;

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The byte behind the last token.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// What is in the quote that opens here and does not close.
    pub(super) fn open_quote(&self) -> Option<String> {
        self.rest().strip_prefix('"').map(|inside| pattern(inside).parts.join("*"))
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn skip_space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    /// Steps over `prefix`, if the text goes on with it.
    fn eat(&mut self, prefix: &str) -> bool {
        let there = self.rest().starts_with(prefix);
        if there {
            self.at += prefix.len();
        }
        there
    }

    /// The next token where a term may begin.
    pub(super) fn term(&mut self) -> Lexed {
        self.skip_space();
        let start = self.at;
        let token = if self.eat("(") {
            Token::Open
        } else if self.eat(")") {
            Token::Close
        } else if self.eat("-") {
            Token::Not
        } else if self.rest().is_empty() {
            Token::End
        } else if self.rest().starts_with('/') {
            self.regex()?
        } else if let Some((name, op)) = self.field()? {
            Token::Field { name, op }
        } else {
            self.word(false)?
        };
        Ok((token, start..self.at))
    }

    /// The next token where a value is expected.
    pub(super) fn value(&mut self) -> Lexed {
        self.skip_space();
        let start = self.at;
        let token = if self.eat("(") {
            Token::Open
        } else if self.eat(")") {
            Token::Close
        } else if self.rest().is_empty() {
            Token::End
        } else {
            let list = self.eat("@");
            self.word(list)?
        };
        Ok((token, start..self.at))
    }

    /// A field's name and operator, or nothing; behind a quoted name the operator is right there.
    fn field(&mut self) -> Result<Option<(String, Op)>, ParseError> {
        let mut ahead = *self;
        let quoted = self.rest().starts_with('"');
        let name = if quoted {
            ahead.quoted()?.parts.join("*")
        } else {
            let rest = self.rest();
            let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
            // A dot is before members of the record itself.
            let first = rest.strip_prefix('.').unwrap_or(rest);
            let begins = first.starts_with(|c: char| c.is_alphabetic() || c == '_');
            if !begins || network::is_v6(&rest[..bare_end(rest)]) {
                return Ok(None);
            }
            ahead.at += end;
            rest[..end].to_owned()
        };
        let colon = ahead.eat(":");
        if !colon && !quoted {
            ahead.skip_space();
        }
        let found = [Op::From, Op::UpTo, Op::Over, Op::Under].into_iter();
        let op = found.into_iter().find(|op| ahead.eat(op.as_str()));
        let Some(op) = op.or(colon.then_some(Op::Is)) else { return Ok(None) };
        *self = ahead;
        Ok(Some((name, op)))
    }

    fn regex(&mut self) -> Result<Token, ParseError> {
        let start = self.at;
        let body = &self.rest()[1..];
        let mut escaped = false;
        let end = body.find(|c| {
            let ends = c == '/' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        let ends_well = |end: usize| {
            let after = body[end + 1..].chars().next();
            after.is_none_or(|c| c.is_whitespace() || c == ')')
        };
        if let Some(end) = end.filter(|end| ends_well(*end)) {
            self.at += end + 2;
            return Ok(Token::Regex(body[..end].to_owned()));
        }
        let word = &self.rest()[..bare_end(self.rest())];
        let span = start..start + word.len();
        let message = "a regular expression ends with `/` and a space; put text in quotes";
        Err(ParseError::new(span, message).suggest(Some(super::print::quoted(word))))
    }

    fn word(&mut self, list: bool) -> Result<Token, ParseError> {
        let start = self.at;
        if self.rest().starts_with('"') {
            let pattern = self.quoted()?;
            return Ok(Token::Word(Word { pattern, quoted: true, list }));
        }
        let end = bare_end(self.rest());
        if end == 0 {
            let message = match self.rest().chars().next() {
                Some('|') => "`|` is not understood in a filter; put it in quotes to look for it",
                _ => "a name is missing here",
            };
            let length = self.rest().chars().next().map_or(0, char::len_utf8);
            return Err(ParseError::new(start..start + length, message));
        }
        let raw = &self.rest()[..end];
        self.at += end;
        Ok(match raw.to_ascii_lowercase().as_str() {
            "and" if !list => Token::And,
            "or" if !list => Token::Or,
            "not" if !list => Token::Not,
            _ => Token::Word(Word { pattern: pattern(raw), quoted: false, list }),
        })
    }

    fn quoted(&mut self) -> Result<Pattern, ParseError> {
        let start = self.at;
        let body = &self.rest()[1..];
        let mut escaped = false;
        let end = body.find(|c| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        let Some(end) = end else {
            let message = "this quote is not closed";
            return Err(ParseError::new(start..self.text.len(), message));
        };
        self.at += end + 2;
        Ok(pattern(&body[..end]))
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '@' | '$' | '[' | ']')
}

/// Where a bare word ends: at a space, a parenthesis, a quote or a bar.
fn bare_end(text: &str) -> usize {
    let mut escaped = false;
    text.find(|c: char| {
        let ends = c.is_whitespace() || matches!(c, '(' | ')' | '|') || c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    })
    .unwrap_or(text.len())
}

/// Splits at `*`. A backslash takes the meaning from `*`, `"` and another backslash; before
/// anything else it is one, as in `C:\Windows`.
pub(super) fn pattern(text: &str) -> Pattern {
    let mut parts = vec![String::new()];
    let mut chars = text.chars().peekable();
    let push = |parts: &mut Vec<String>, c| {
        if let Some(last) = parts.last_mut() {
            last.push(c);
        }
    };
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                let next = chars.next_if(|next| matches!(next, '*' | '"' | '\\'));
                push(&mut parts, next.unwrap_or('\\'));
            }
            // Two stars in a row say no more than one.
            '*' if parts.len() == 1 || parts.last().is_some_and(|last| !last.is_empty()) => {
                parts.push(String::new());
            }
            '*' => {}
            c => push(&mut parts, c),
        }
    }
    Pattern { parts }
}
