//! Cutting a line of an S3 access log into its columns.
//!
//! Three columns are in quotes: request, referer and user agent. Quotes within them are not
//! escaped, so that neither the first nor the last quote ends one for certain. The request ends
//! where what follows looks like the six columns behind it; the user agent ends at the line's last
//! quote, since no column behind it has one.

use memchr::{memchr, memmem, memrchr};

/// Columns of a line, at most; what else stands at its end is left to the record.
pub(super) const COLUMNS: usize = 27;

/// Where the request is among the columns.
pub(super) const REQUEST: usize = 8;

/// Columns between the request and the referer: status, code and four numbers.
const MEASURES: usize = 6;

/// Why a line could not be cut to its end.
pub(super) type Fault = &'static str;

/// The columns, without their quotes; absent ones are empty. Also what is wrong with the line.
pub(super) fn split(line: &str) -> ([&str; COLUMNS], Option<Fault>) {
    let mut columns = [""; COLUMNS];
    let mut rest = line;
    for column in &mut columns[..REQUEST] {
        let end = match rest.as_bytes() {
            [b'[', ..] => memchr(b']', rest.as_bytes()).map_or(rest.len(), |at| at + 1),
            _ => memchr(b' ', rest.as_bytes()).unwrap_or(rest.len()),
        };
        *column = &rest[..end];
        rest = rest.get(end + 1..).unwrap_or("");
    }
    if rest.is_empty() {
        return (columns, Some("the line ends before the request"));
    }
    let Some((request, after)) = request(rest) else {
        return (columns, Some("the request has no end"));
    };
    columns[REQUEST] = request;
    let mut at = REQUEST + 1;
    rest = after;
    for column in &mut columns[at..at + MEASURES] {
        (*column, rest) = word(rest);
    }
    at += MEASURES;
    if rest.is_empty() {
        return (columns, None);
    }
    let (referer, agent, mut tail) = referer_and_agent(rest);
    columns[at] = referer;
    columns[at + 1] = agent;
    for column in &mut columns[at + 2..] {
        (*column, tail) = word(tail);
    }
    (columns, None)
}

fn word(text: &str) -> (&str, &str) {
    let end = memchr(b' ', text.as_bytes()).unwrap_or(text.len());
    (&text[..end], text.get(end + 1..).unwrap_or(""))
}

/// The request, and what follows it.
fn request(rest: &str) -> Option<(&str, &str)> {
    let Some(quoted) = rest.strip_prefix('"') else {
        let (bare, after) = word(rest);
        return measures(after).then_some((bare, after));
    };
    let ends = memmem::find_iter(quoted.as_bytes(), b"\" ");
    ends.map(|at| (&quoted[..at], &quoted[at + 2..])).find(|(_, after)| measures(after))
}

/// Whether the text begins with what follows a request: a status, a code, sizes and times, and
/// after them, unless the line ends there, a referer.
fn measures(text: &str) -> bool {
    let number = |word: &str| {
        word == "-" || !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
    };
    let (status, mut rest) = word(text);
    let is_status = status == "-" || status.len() == 3 && number(status);
    if !is_status {
        return false;
    }
    let (code, after) = word(rest);
    rest = after;
    if !code.bytes().all(|byte| byte == b'-' || byte.is_ascii_alphanumeric()) {
        return false;
    }
    for _ in 2..MEASURES {
        let (measure, after) = word(rest);
        // What is cut off within its last number is still this.
        let cut = measure.is_empty() && after.is_empty();
        if !(cut || number(measure)) {
            return false;
        }
        rest = after;
    }
    matches!(rest.as_bytes().first(), None | Some(b'"' | b'-'))
}

/// Referer, user agent and what follows both. In rows of batches both may be bare marks.
fn referer_and_agent(rest: &str) -> (&str, &str, &str) {
    let Some(quoted) = rest.strip_prefix('"') else {
        let (referer, after) = word(rest);
        let Some(agent) = after.strip_prefix('"') else {
            let (agent, tail) = word(after);
            return (referer, agent, tail);
        };
        let (agent, tail) = to_last_quote(agent);
        return (referer, agent, tail);
    };
    let Some(at) = memmem::find(quoted.as_bytes(), b"\" \"") else {
        let (referer, after) = to_last_quote(quoted);
        let (agent, tail) = word(after);
        return (referer, agent, tail);
    };
    let (agent, tail) = to_last_quote(&quoted[at + 3..]);
    (&quoted[..at], agent, tail)
}

fn to_last_quote(text: &str) -> (&str, &str) {
    match memrchr(b'"', text.as_bytes()) {
        Some(at) => {
            let tail = &text[at + 1..];
            (&text[..at], tail.strip_prefix(' ').unwrap_or(tail))
        }
        None => (text, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEAD: &str = "o b [06/Mar/2026:00:00:38 +0000] 192.0.2.3 alice 3E57 REST.GET.OBJECT k";

    fn cut(tail: &str) -> (Vec<String>, Option<Fault>) {
        let line = format!("{HEAD} {tail}");
        let (columns, fault) = split(&line);
        (columns[REQUEST..].iter().map(|column| (*column).to_owned()).collect(), fault)
    }

    #[test]
    fn quotes_within_quotes_end_nothing() {
        for (tail, request, referer, agent, host) in [
            (
                r#""GET /k HTTP/1.1" 200 - 1 2 3 4 "-" "curl" v h"#,
                "GET /k HTTP/1.1",
                "-",
                "curl",
                "h",
            ),
            (
                r#""GET /" HTTP/1.1" 200 - 1 2 3 4 "-" "a "b" c"" v h"#,
                "GET /\" HTTP/1.1",
                "-",
                "a \"b\" c\"",
                "h",
            ),
            (
                r#""GET /" 200 x" 403 AccessDenied - - 3 - "r" "" v h"#,
                "GET /\" 200 x",
                "r",
                "",
                "h",
            ),
            (r"- 204 - - 1 - - - - v h", "-", "-", "-", "h"),
            (r#"- - - - 7 - - - "S3 Batch" v h"#, "-", "-", "S3 Batch", "h"),
            (r#""PUT /k HTTP/1.1" 200 - 1 2 3 4 "r s" - v h"#, "PUT /k HTTP/1.1", "r s", "-", "h"),
        ] {
            let (columns, fault) = cut(tail);
            assert_eq!(fault, None, "{tail}");
            assert_eq!(
                [&columns[0], &columns[7], &columns[8]],
                [request, referer, agent],
                "{tail}"
            );
            assert_eq!(columns[10], host, "{tail}");
        }
    }

    #[test]
    fn what_is_cut_off_is_a_fault_unless_all_that_matters_is_there() {
        assert_eq!(cut(r#""GET /k HT"#).1, Some("the request has no end"));
        assert_eq!(cut("").1, Some("the line ends before the request"));
        assert_eq!(split("o b [06/Mar").1, Some("the line ends before the request"));
        let (columns, fault) = cut(r#""GET /k HTTP/1.1" 200 - 1"#);
        assert_eq!((columns[1].as_str(), columns[3].as_str(), fault), ("200", "1", None));
    }

    proptest! {
        #[test]
        fn any_line_is_cut(line in r#"[a\[\]" é0-9-]{0,60}"#) {
            let _ = split(&line);
            let whole = format!("{HEAD} {line}");
            let (columns, _) = split(&whole);
            let length: usize = columns.iter().map(|column| column.len()).sum();
            prop_assert!(length <= whole.len());
        }
    }
}
