//! What may stand behind a field's name: values that fit the field, checked while they still
//! have a place to point at.

use super::ast::{Field, Mark, Number, Op, Operand, Sort, Span, Term, When};
use super::lex::{ParseError, Word};
use super::number::Amount;
use super::parse::{Parser, one_of};
use super::window;
use crate::event::network::{Network, NetworkError};
use crate::event::{Class, Kind, Outcome, Role, Standing};
use regex::bytes::{Regex, RegexBuilder};

impl Parser<'_> {
    fn sort(&self, field: &Field) -> Sort {
        match field {
            Field::Bytes => Sort::Size,
            Field::Time => Sort::Time,
            Field::Role(Role::Ip) => Sort::Address,
            Field::Column(name) => match self.names.column(name).map(|def| (def.kind, def.role)) {
                Some((Kind::Int | Kind::Float, Role::Bytes)) => Sort::Size,
                Some((Kind::Int | Kind::Float, _)) => Sort::Number,
                Some((Kind::Ip, _)) => Sort::Address,
                Some((Kind::Time, _)) => Sort::Time,
                Some((_, Role::Domain)) => Sort::Domain,
                Some((_, Role::Key | Role::Host | Role::Account | Role::Region)) => Sort::Word,
                _ => Sort::Text,
            },
            _ => Sort::Text,
        }
    }

    /// The term that compares the field with what comes next in the text.
    pub(super) fn compared(&mut self, field: Field, op: Op) -> Result<Term, ParseError> {
        let words = self.values()?;
        let sort = self.sort(&field);
        if sort == Sort::Time {
            let spans = words.into_iter().map(|(word, span)| self.when(&word, op, span));
            let spans = spans.collect::<Result<_, _>>()?;
            return Ok(Term::When { field, op, spans });
        }
        if op != Op::Is {
            return Self::ordered(field, op, sort, &words);
        }
        for (word, span) in &words {
            check(&field, sort, word, span)?;
        }
        let values = words.into_iter().map(|(word, _)| operand(word, sort)).collect();
        Ok(Term::Is { field, values })
    }

    fn when(&self, word: &Word, op: Op, span: Span) -> Result<When, ParseError> {
        let text = word.text();
        match window::parse(&text, op, self.now) {
            Ok(window) => Ok(When { text, window }),
            Err(message) => Err(ParseError::new(span, message)),
        }
    }

    fn ordered(
        field: Field,
        op: Op,
        sort: Sort,
        words: &[(Word, Span)],
    ) -> Result<Term, ParseError> {
        let [(word, span)] = words else {
            let all = words.first().map_or(0, |first| first.1.start)
                ..words.last().map_or(0, |last| last.1.end);
            return Err(ParseError::new(all, format!("`{op}` compares with one value")));
        };
        let text = word.text();
        let value = match (sort, &field) {
            (Sort::Size, _) => Amount::parse_size(&text),
            (Sort::Number, _) | (_, Field::Path(_)) => Amount::parse(&text),
            _ => {
                let message =
                    format!("`{op}` compares numbers and times; this field holds neither");
                return Err(ParseError::new(span.clone(), message));
            }
        };
        match value {
            Some(value) => Ok(Term::Compare { field, op, number: Number { text, value } }),
            None => Err(ParseError::new(span.clone(), no_number(sort))),
        }
    }
}

fn no_number(sort: Sort) -> &'static str {
    match sort {
        Sort::Size => "not a number of bytes, such as 4096, 10MB or 4KiB",
        _ => "not a number",
    }
}

fn operand(word: Word, sort: Sort) -> Operand {
    if word.list {
        Operand::List { name: word.text(), sort }
    } else {
        Operand::Pattern(word.pattern)
    }
}

/// Says so if no row can ever have this value.
fn check(field: &Field, sort: Sort, word: &Word, span: &Span) -> Result<(), ParseError> {
    let Some(text) = word.pattern.as_literal().filter(|_| !word.list) else { return Ok(()) };
    match sort {
        Sort::Number if Amount::parse(text).is_none() => {
            return Err(ParseError::new(span.clone(), no_number(sort)));
        }
        Sort::Size if Amount::parse_size(text).is_none() => {
            return Err(ParseError::new(span.clone(), no_number(sort)));
        }
        Sort::Address => {
            return Network::parse(text).map(drop).map_err(|error| {
                let slash = text.find('/').filter(|_| !word.quoted);
                let behind = slash.filter(|_| matches!(error, NetworkError::Prefix(_)));
                let start = behind.map_or(span.start, |slash| span.start + slash + 1);
                ParseError::new(start..span.end, error.to_string())
            });
        }
        _ => {}
    }
    match field {
        Field::Column(name) if name == "outcome" => {
            one_of(text, "an outcome", Outcome::ALL.iter().map(|word| word.as_str()), span)
        }
        Field::Column(name) if name == "class" => {
            one_of(text, "a class", Class::ALL.iter().map(|word| word.as_str()), span)
        }
        Field::Mark(Mark::Verified) => {
            let standings = Standing::ALL.iter().map(|word| word.as_str());
            one_of(text, "this", ["yes", "no"].into_iter().chain(standings), span)
        }
        _ => Ok(()),
    }
}

/// The most memory that a compiled expression may take, so that `/(a{999}){999}/` is an error.
const REGEX_BYTES: usize = 1 << 20;

/// Compiles a regular expression over bytes; case counts unless it says `(?i)`.
pub(super) fn regex(body: &str) -> Result<Regex, String> {
    RegexBuilder::new(body).size_limit(REGEX_BYTES).build().map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => "this regular expression is too big".to_owned(),
        other => {
            // The library's message draws its own caret over several lines; the last says why.
            let text = other.to_string();
            let why = text.lines().last().unwrap_or_default();
            why.strip_prefix("error: ").unwrap_or(why).to_owned()
        }
    })
}
