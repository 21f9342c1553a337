//! From text to [`Query`]: precedence is not, and, or; terms next to each other are and-ed.

use super::ast::{Expr, Field, Node, Now, Op, Query, Span, Term, TopTerm};
use super::lex::{Lexer, ParseError, Token};
use super::names::Names;
use super::terms;
use crate::event::nearest::nearest;

/// Parentheses and negations may be nested this deep.
const DEEPEST: usize = 64;

/// Reads a filter. Names are resolved against `names`, relative times against `now`.
///
/// # Errors
/// The first place where the text is no filter.
pub fn parse(text: &str, names: &Names, now: Now) -> Result<Query, ParseError> {
    let mut parser = Parser { lexer: Lexer::new(text), names, now, depth: 0 };
    if parser.peek()?.0 == Token::End {
        return Ok(Query { text: text.to_owned(), terms: Vec::new() });
    }
    let node = parser.any_of()?;
    if let (Token::Close, span) = parser.peek()? {
        return Err(ParseError::new(span, "nothing is open that this could close"));
    }
    let nodes = match node.expr {
        Expr::And(nodes) => nodes,
        expr => vec![Node { expr, span: node.span }],
    };
    let terms = nodes.into_iter().map(|node| TopTerm { node, enabled: true }).collect();
    Ok(Query { text: text.to_owned(), terms })
}

pub(super) struct Parser<'a> {
    pub(super) lexer: Lexer<'a>,
    pub(super) names: &'a Names,
    pub(super) now: Now,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Result<(Token, Span), ParseError> {
        let mut ahead = self.lexer;
        ahead.term()
    }

    fn any_of(&mut self) -> Result<Node, ParseError> {
        let mut nodes = vec![self.all_of()?];
        while self.peek()?.0 == Token::Or {
            self.lexer.term()?;
            nodes.push(self.all_of()?);
        }
        Ok(Node::or(nodes))
    }

    fn all_of(&mut self) -> Result<Node, ParseError> {
        let mut nodes = vec![self.one()?];
        loop {
            match self.peek()?.0 {
                Token::End | Token::Close | Token::Or => return Ok(Node::and(nodes)),
                Token::And => {
                    self.lexer.term()?;
                    nodes.push(self.one()?);
                }
                _ => nodes.push(self.one()?),
            }
        }
    }

    fn one(&mut self) -> Result<Node, ParseError> {
        let (token, span) = self.lexer.term()?;
        match token {
            Token::Not => {
                self.deeper(&span)?;
                let node = self.one()?;
                self.depth -= 1;
                let end = node.span.end;
                Ok(Node::not(node, span.start..end))
            }
            Token::Open => {
                self.deeper(&span)?;
                let node = self.any_of()?;
                self.depth -= 1;
                match self.lexer.term()? {
                    (Token::Close, close) => Ok(Node { span: span.start..close.end, ..node }),
                    _ => Err(ParseError::new(span, "this parenthesis is not closed")),
                }
            }
            Token::Field { name, op } => self.field_term(&name, op, span),
            Token::Word(word) => {
                let text = word.text();
                if text.is_empty() {
                    return Err(ParseError::new(span, "there is no text to look for in here"));
                }
                self.check_equals(&text, word.quoted, &span)?;
                Ok(Node::term(Term::Text(text), span))
            }
            Token::Regex(body) => {
                terms::regex(&body).map_err(|message| ParseError::new(span.clone(), message))?;
                Ok(Node::term(Term::Regex(body), span))
            }
            Token::End => Err(ParseError::new(span, "a term is missing here")),
            Token::Close => Err(ParseError::new(span, "a term is missing before this")),
            Token::And | Token::Or => {
                let message = "a term is missing before this word; put it in quotes if it is text";
                Err(ParseError::new(span, message))
            }
        }
    }

    fn deeper(&mut self, span: &Span) -> Result<(), ParseError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            let message = format!("nested more than {DEEPEST} deep");
            return Err(ParseError::new(span.clone(), message));
        }
        Ok(())
    }

    /// `event=X` is free text to the letter, but hardly ever meant so.
    fn check_equals(&self, text: &str, quoted: bool, span: &Span) -> Result<(), ParseError> {
        let Some((name, value)) = text.split_once('=').filter(|_| !quoted) else { return Ok(()) };
        if !matches!(self.names.resolve(name), Some(Field::Path(_)) | None) {
            let message = format!("write `{name}:` to ask for the field, or quotes for the text");
            let suggestion = format!("{name}:{}", super::print::quote(value));
            return Err(ParseError::new(span.clone(), message).suggest(Some(suggestion)));
        }
        Ok(())
    }

    fn field_term(&mut self, name: &str, op: Op, span: Span) -> Result<Node, ParseError> {
        let name_span = span.start..span.end - op.as_str().len();
        let start = span.start;
        let term = if name.eq_ignore_ascii_case("has") && op == Op::Is {
            let words = self.values()?;
            let fields = words.into_iter().map(|(word, at)| self.field(&word.text(), at));
            Term::Has(fields.collect::<Result<_, _>>()?)
        } else {
            let field = self.field(name, name_span)?;
            self.compared(field, op)?
        };
        let end = self.lexer.position();
        Ok(Node::term(term, start..end))
    }

    fn field(&self, name: &str, span: Span) -> Result<Field, ParseError> {
        self.names.resolve(name).ok_or_else(|| {
            let error = ParseError::new(span, format!("there is no field `{name}`"));
            error.suggest(self.names.nearest(name).map(str::to_owned))
        })
    }

    /// One value, or several in parentheses.
    pub(super) fn values(&mut self) -> Result<Vec<(super::lex::Word, Span)>, ParseError> {
        let (token, open) = self.lexer.value()?;
        match token {
            Token::Word(word) => return Ok(vec![(word, open)]),
            Token::Open => {}
            Token::Close | Token::End => {
                return Err(ParseError::new(open, "a value is missing here"));
            }
            _ => return Err(ParseError::new(open, "put this word in quotes to use it as a value")),
        }
        let mut words = Vec::new();
        let mut wanted = true;
        loop {
            let (token, span) = self.lexer.value()?;
            match token {
                Token::Word(word) => {
                    words.push((word, span));
                    wanted = false;
                }
                Token::Or if !wanted => wanted = true,
                Token::Close if !wanted => return Ok(words),
                Token::End => return Err(ParseError::new(open, "this parenthesis is not closed")),
                Token::Close | Token::Or => {
                    return Err(ParseError::new(span, "a value is missing before this"));
                }
                _ => {
                    let message = "only `or` can stand between the values of one field";
                    return Err(ParseError::new(span, message));
                }
            }
        }
    }
}

/// The word of a closed list that was probably meant, or an error that lists them.
pub(super) fn one_of<'a>(
    text: &str,
    what: &str,
    words: impl Iterator<Item = &'a str> + Clone,
    span: &Span,
) -> Result<(), ParseError> {
    if words.clone().any(|word| word.eq_ignore_ascii_case(text)) {
        return Ok(());
    }
    let all: Vec<&str> = words.clone().collect();
    let message = format!("{what} is one of {}", all.join(", "));
    let near = nearest(text, words).map(str::to_owned);
    Err(ParseError::new(span.clone(), message).suggest(near))
}
