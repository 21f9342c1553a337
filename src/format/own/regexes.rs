//! The regular expressions of a definition. They take time in proportion to a record's length,
//! whatever stands in it, and none may be so large that this is long.

use super::definition::Said;
use crate::event::document::Document;
use regex::{Regex, RegexBuilder, bytes};

/// The largest program that an expression may become, in bytes.
const SIZE: usize = 1 << 20;

/// Memory for what is learned of an expression while it is used.
const LEARNED: usize = 4 << 20;

/// As much of a record as is shown to an expression.
const SHOWN: usize = 256 * 1024;

/// The record, or its beginning.
pub(super) fn shown(record: &str) -> &str {
    &record[..record.floor_char_boundary(SHOWN)]
}

/// The expression. Where records have several lines, `.` matches the ends of lines too.
pub(super) fn compile(
    document: &mut Document<'_>,
    said: &Said<'_>,
    several_lines: bool,
) -> Option<Regex> {
    let regex = RegexBuilder::new(&said.text)
        .size_limit(SIZE)
        .dfa_size_limit(LEARNED)
        .dot_matches_new_line(several_lines)
        .build();
    regex.map_err(|error| tell(document, said, &error)).ok()
}

/// The same for lines that may be no UTF-8.
pub(super) fn compile_bytes(document: &mut Document<'_>, said: &Said<'_>) -> Option<bytes::Regex> {
    let mut builder = bytes::RegexBuilder::new(&said.text);
    let regex = builder.size_limit(SIZE).dfa_size_limit(LEARNED).build();
    regex.map_err(|error| tell(document, said, &error)).ok()
}

/// Whether an expression asks for nothing, and so finds what it looks for in whatever a record is:
/// lines of one letter each, or of none, have nothing in common.
pub(super) fn takes_all(regex: &Regex) -> bool {
    let letters = ["a", "0", " ", "~", "é"];
    regex.is_match("") || letters.iter().all(|letter| regex.is_match(&letter.repeat(400)))
}

/// The same of records that are objects.
pub(super) fn takes_all_objects(regex: &Regex) -> bool {
    ["{}", r#"{"a":0}"#, r#"{ "b": [] }"#].iter().all(|object| regex.is_match(object))
}

fn tell(document: &mut Document<'_>, said: &Said<'_>, error: &regex::Error) {
    let (at, what) = match regex_syntax::parse(&said.text) {
        Err(regex_syntax::Error::Parse(fault)) => {
            (fault.span().start.offset, fault.kind().to_string())
        }
        Err(regex_syntax::Error::Translate(fault)) => {
            (fault.span().start.offset, fault.kind().to_string())
        }
        _ if matches!(error, regex::Error::CompiledTooBig(_)) => {
            (0, "it is too large; repeat fewer times, or write [0-9A-Za-z_] for \\w".to_owned())
        }
        _ => (0, "it is not understood".to_owned()),
    };
    let piece: String =
        said.text.get(at..).unwrap_or("").chars().take(12).take_while(|c| *c != '\n').collect();
    let place = document.within(&said.span, at);
    let near = if piece.is_empty() { "at its end".to_owned() } else { format!("at `{piece}`") };
    document.error(place, format!("the regular expression, {near}: {what}"));
}
