//! Lines of access logs that are no good JSON: the other forms that the console offers, and JSON
//! whose quotes are not escaped.

use crate::format::cells::{Csv, Words};
use crate::format::clock;
use memchr::memchr_iter;
use std::borrow::Cow;

/// Takes a name as the template has it, and its value.
type Take<'t, 'de> = dyn FnMut(&str, Cow<'de, str>) + 't;

/// The columns of CSV, which are those of the Common Log Format too.
pub(super) const COLUMNS: [&str; 11] = [
    "ip",
    "caller",
    "user",
    "requestTime",
    "httpMethod",
    "resourcePath",
    "protocol",
    "status",
    "responseLength",
    "requestId",
    "extendedRequestId",
];
const REQUEST_TIME: usize = 3;
const REQUEST_ID: usize = 9;

/// How a line of XML begins.
const ELEMENT: &str = "<request id=\"";

pub(super) fn is_line(line: &str) -> bool {
    line.starts_with(ELEMENT) || read_clf(line).is_some() || is_csv(line)
}

/// The columns of a line of CLF or CSV, and those that somebody has put behind them.
pub(super) fn columns(line: &str) -> Option<Vec<Cow<'_, str>>> {
    if let Some((columns, rest)) = read_clf(line) {
        return Some(columns.into_iter().chain(Words::new(rest)).map(Cow::Borrowed).collect());
    }
    is_csv(line).then(|| Csv::new(line, ',').collect())
}

fn give<'de>(name: &str, value: Cow<'de, str>, take: &mut Take<'_, 'de>) {
    if value != "-" {
        take(name, value);
    }
}

/// The form of web servers, with the request's id behind the bytes: no web server has that. Also
/// what stands behind all columns.
fn read_clf(line: &str) -> Option<([&str; COLUMNS.len()], &str)> {
    let mut columns = ["-"; COLUMNS.len()];
    let bracket = memchr_iter(b'[', line.as_bytes()).find(|at| line[..*at].ends_with(' '))?;
    let (who, rest) = (&line[..bracket - 1], &line[bracket + 1..]);
    let mut words = who.splitn(3, ' ');
    for column in &mut columns[..REQUEST_TIME] {
        *column = words.next()?;
    }
    let (time, rest) = rest.split_once("] \"")?;
    columns[REQUEST_TIME] = time;
    // There may be quotes in the request: the one that ends it has these three behind it.
    let (request, mut tail) = rest.match_indices("\" ").find_map(|(at, _)| {
        let mut tail = rest[at + 2..].splitn(4, ' ');
        let [status, length, id] = [tail.next()?, tail.next()?, tail.next()?];
        let is = is_number(status) && is_number(length) && is_id(id);
        is.then(|| {
            columns[7..=REQUEST_ID].copy_from_slice(&[status, length, id]);
            (&rest[..at], tail.next().unwrap_or(""))
        })
    })?;
    let (method, rest) = request.split_once(' ')?;
    let (path, protocol) = rest.rsplit_once(' ').unwrap_or((rest, "-"));
    columns[4..7].copy_from_slice(&[method, path, protocol]);
    // The other id, if that was chosen: it is alone, or looks like one.
    let (next, more) = tail.split_once(' ').unwrap_or((tail, ""));
    if next == "-" || next.ends_with('=') || more.is_empty() && !next.starts_with('"') {
        columns[REQUEST_ID + 1] = if next.is_empty() { "-" } else { next };
        tail = more;
    }
    Some((columns, tail))
}

fn is_number(text: &str) -> bool {
    text == "-" || !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_csv(line: &str) -> bool {
    // The first three columns, and a day of two digits.
    let commas = memchr_iter(b',', line.as_bytes()).count();
    if commas < REQUEST_ID || !line.contains('/') {
        return false;
    }
    let mut cells = Csv::new(line, ',').skip(REQUEST_TIME);
    cells.next().is_some_and(|time| clock::clf(&time).is_some())
        && cells.nth(REQUEST_ID - REQUEST_TIME - 1).is_some_and(|id| is_id(&id))
}

/// Whether this is a GUID, as requests are numbered with; those of HTTP APIs are 16 letters and
/// digits and a `=`.
pub(in crate::format::doors) fn is_id(text: &str) -> bool {
    let guid = |(at, byte): (usize, u8)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    let letters =
        |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    text.len() == 36 && text.bytes().enumerate().all(guid)
        || text.strip_suffix('=').is_some_and(|id| id.len() == 15 && letters(id))
}

/// The elements of one line of XML, and the id that is an attribute. Whether it is such a line.
pub(super) fn elements<'de>(line: &'de str, take: &mut Take<'_, 'de>) -> bool {
    let quoted = line.strip_prefix(ELEMENT).and_then(|rest| rest.split_once('"'));
    let Some((id, mut rest)) = quoted else { return false };
    take("requestId", Cow::Borrowed(id));
    while let Some((_, after)) = rest.split_once('<') {
        let Some((name, inner)) = after.split_once('>') else { break };
        rest = inner;
        if name.starts_with('/') {
            continue;
        }
        let end = inner.find('<').filter(|at| inner[*at + 1..].starts_with('/'));
        if let Some(end) = end {
            give(name, Cow::Borrowed(inner[..end].trim()), take);
            rest = &inner[end..];
        }
    }
    true
}

/// The members of an object whose texts may hold quotes: a text ends at a quote that a comma and
/// the next name follow, or the end of the object. Whether there were some.
pub(super) fn members<'de>(record: &'de str, take: &mut Take<'_, 'de>) -> bool {
    let Some(mut rest) = record.trim().strip_prefix('{').and_then(|rest| rest.strip_suffix('}'))
    else {
        return false;
    };
    let mut found = 0;
    while let Some((name, value)) = named(rest) {
        let (value, after) = match value.strip_prefix('"') {
            Some(quoted) => quoted_value(quoted),
            None => value.split_once(',').unwrap_or((value, "")),
        };
        give(name, Cow::Borrowed(value.trim()), take);
        found += 1;
        rest = after;
    }
    found > 1
}

/// The next name, and what stands behind its colon.
fn named(text: &str) -> Option<(&str, &str)> {
    let (name, rest) =
        text.trim_start_matches([' ', ',', '\t']).strip_prefix('"')?.split_once('"')?;
    Some((name, rest.trim_start().strip_prefix(':')?.trim_start()))
}

/// A text without its quotes, and what follows it.
fn quoted_value(quoted: &str) -> (&str, &str) {
    for (at, _) in quoted.match_indices('"') {
        let after = quoted[at + 1..].trim_start();
        let ends =
            after.is_empty() || after.strip_prefix(',').is_some_and(|after| named(after).is_some());
        if ends {
            return (&quoted[..at], after);
        }
    }
    (quoted, "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(line: &str, read: fn(&str, &mut Take<'_, '_>) -> bool) -> String {
        let mut found = Vec::new();
        read(line, &mut |name, value| found.push(format!("{name}={value}")));
        found.join("|")
    }

    #[test]
    fn quotes_within_texts_end_nothing() {
        fn members(line: &str, take: &mut Take<'_, '_>) -> bool {
            // Lifetimes of the test's closure are its own.
            super::members(line, &mut |name, value| take(name, Cow::Owned(value.into_owned())))
        }
        for (line, expected) in [
            (r#"{ "a":"x "y" z", "b": 1 ,"c":"-"}"#, "a=x \"y\" z|b=1"),
            (r#"{"a":"x", y","b":"{\"c\":1}"}"#, r#"a=x", y|b={\"c\":1}"#),
            (r#"{"a":"","b":"2"}"#, "a=|b=2"),
            (r#"{"a":"x"#, ""),
        ] {
            assert_eq!(all(line, members), expected, "{line}");
        }
    }

    #[test]
    fn ids_are_known() {
        assert!(is_id("48752d0f-c99d-4cfa-a5a7-f3c6834d19e5") && is_id("JKJaXmPLvHcESHA="));
        assert!(!is_id("48752d0f") && !is_id("200") && !is_id("-"));
    }

    proptest! {
        #[test]
        fn any_line_is_survived(line in r#"[a{}"<>/:, \[\]=é-]{0,40}"#) {
            let mut count = 0;
            let _ = columns(&line);
            let _ = elements(&line, &mut |_, _| count += 1);
            let _ = members(&line, &mut |_, _| count += 1);
            prop_assert!(count <= line.len());
        }
    }
}
