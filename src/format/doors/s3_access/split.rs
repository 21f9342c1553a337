//! Cutting a line of an S3 access log into its columns.
//!
//! Three columns are in quotes: request, referer and user agent. Quotes within them are not
//! escaped, so that neither the first nor the last quote ends one for certain. The request ends
//! where what follows looks like the six columns behind it; the user agent ends at the line's last
//! quote, since no column behind it has one that is known. A column in quotes that AWS may add ends
//! the line with one; then the user agent ends where what follows looks like the columns behind it.

use crate::format::marks::Marks;
use memchr::{memchr, memchr_iter, memrchr};

/// Columns of a line that are known.
pub(super) const COLUMNS: usize = 27;

/// Where the request is among the columns.
pub(super) const REQUEST: usize = 8;

/// Columns between the request and the referer: status, code and four numbers.
const MEASURES: usize = 6;

/// Why a line could not be cut to its end.
pub(super) type Fault = &'static str;

/// Where in a line the next column begins.
#[derive(Clone)]
struct Cursor<'a> {
    line: &'a str,
    at: usize,
    blanks: Marks<'a>,
}

impl<'a> Cursor<'a> {
    /// The byte that comes next; nothing at the end of the line.
    #[inline]
    fn first(&self) -> Option<u8> {
        self.line.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'a str {
        self.line.get(self.at..).unwrap_or("")
    }

    /// The text up to the next blank.
    #[inline]
    fn word(&mut self) -> &'a str {
        let start = self.at.min(self.line.len());
        let end = self.blanks.next(start);
        self.at = end + 1;
        &self.line[start..end]
    }

    /// A bracket and what stands in it.
    fn bracketed(&mut self) -> &'a str {
        let rest = self.rest();
        let end = memchr(b']', rest.as_bytes()).map_or(rest.len(), |at| at + 1);
        self.at += end + rest[end..].chars().next().map_or(1, char::len_utf8);
        &rest[..end]
    }

    /// The text from this byte up to the line's last quote.
    fn up_to_last_quote(&mut self, from: usize) -> &'a str {
        let text = &self.line[from..];
        let ends_so = text.ends_with('"');
        let before = ends_so
            .then(|| self.quotes(from, b" ").filter(|at| is_tail(&self.line[at + 2..])).last());
        let end = before.flatten().map(|at| at - from);
        let Some(end) = end.or_else(|| memrchr(b'"', text.as_bytes())) else {
            self.at = self.line.len();
            return text;
        };
        let behind = &text[end + 1..];
        self.at = from + end + 1 + usize::from(behind.starts_with(' '));
        &text[..end]
    }

    /// Where quotes stand from this byte on that these bytes follow. There are few quotes in a
    /// line.
    fn quotes<'b>(
        &self,
        from: usize,
        follow: &'b [u8],
    ) -> impl Iterator<Item = usize> + use<'a, 'b> {
        let line = self.line.as_bytes();
        let quotes = memchr_iter(b'"', &line[from..]).map(move |at| from + at);
        quotes.filter(move |at| line[at + 1..].starts_with(follow))
    }
}

/// Fills in the columns, without their quotes; absent ones stay empty. The answer is what stands
/// behind them.
///
/// # Errors
/// What is wrong with the line.
pub(super) fn split<'a>(line: &'a str, columns: &mut [&'a str; COLUMNS]) -> Result<&'a str, Fault> {
    let mut cursor = Cursor { line, at: 0, blanks: Marks::new(line, b' ') };
    for column in &mut columns[..REQUEST] {
        let is_bracket = cursor.first() == Some(b'[');
        *column = if is_bracket { cursor.bracketed() } else { cursor.word() };
    }
    if cursor.first().is_none() {
        return Err("the line ends before the request");
    }
    let Some((request, measures)) = request(&mut cursor) else {
        return Err("the request has no end");
    };
    columns[REQUEST] = request;
    let at = REQUEST + 1 + MEASURES;
    columns[REQUEST + 1..at].copy_from_slice(&measures);
    if cursor.first().is_some() {
        [columns[at], columns[at + 1]] = referer_and_agent(&mut cursor);
        for column in &mut columns[at + 2..] {
            // What is in quotes is none of these.
            if cursor.first() == Some(b'"') {
                break;
            }
            *column = cursor.word();
        }
    }
    Ok(cursor.rest())
}

/// The request, and the columns between it and the referer.
fn request<'a>(cursor: &mut Cursor<'a>) -> Option<(&'a str, [&'a str; MEASURES])> {
    if cursor.first() != Some(b'"') {
        let bare = cursor.word();
        return Some((bare, measures(cursor)?));
    }
    let from = cursor.at + 1;
    let (end, measures, after) = cursor.quotes(from, b" ").find_map(|end| {
        let mut after = Cursor { at: end + 2, ..cursor.clone() };
        Some((end, measures(&mut after)?, after))
    })?;
    *cursor = after;
    Some((&cursor.line[from..end], measures))
}

/// What follows a request, if it is that: a status, a code, sizes and times, and after them, unless
/// the line ends there, a referer.
fn measures<'a>(cursor: &mut Cursor<'a>) -> Option<[&'a str; MEASURES]> {
    let mut found = [""; MEASURES];
    let number = |word: &str| {
        word == "-" || !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
    };
    for (at, found) in found.iter_mut().enumerate() {
        *found = cursor.word();
        let fits = match at {
            0 => *found == "-" || found.len() == 3 && number(found),
            1 => found.bytes().all(|byte| byte == b'-' || byte.is_ascii_alphanumeric()),
            // What is cut off within its last number is still this.
            _ => number(found) || found.is_empty() && cursor.first().is_none(),
        };
        if !fits {
            return None;
        }
    }
    matches!(cursor.first(), None | Some(b'"' | b'-')).then_some(found)
}

/// Whether this is what stands behind a user agent: a version, an id, a signature's version, a cipher
/// and how the request was signed, in no quotes.
fn is_tail(text: &str) -> bool {
    let mut words = text.split(' ');
    let known = |word: &str, names: &[&str]| word == "-" || names.contains(&word);
    let mut next = || words.next().unwrap_or_default();
    let [version, id, signature, cipher, signed] = [(); 5].map(|()| next());
    known(signature, &["SigV2", "SigV4", "SigV4A"])
        && known(signed, &["AuthHeader", "QueryString", "POST"])
        && [version, id, cipher].iter().all(|word| !word.is_empty() && !word.contains('"'))
}

/// Referer and user agent. In rows of batches both may be bare marks.
fn referer_and_agent<'a>(cursor: &mut Cursor<'a>) -> [&'a str; 2] {
    let from = cursor.at + 1;
    if cursor.first() != Some(b'"') {
        let referer = cursor.word();
        let is_quoted = cursor.first() == Some(b'"');
        let agent = if is_quoted { cursor.up_to_last_quote(cursor.at + 1) } else { cursor.word() };
        return [referer, agent];
    }
    let end = cursor.quotes(from, b" \"").next();
    match end {
        Some(end) => [&cursor.line[from..end], cursor.up_to_last_quote(end + 3)],
        None => [cursor.up_to_last_quote(from), cursor.word()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEAD: &str = "o b [06/Mar/2026:00:00:38 +0000] 192.0.2.3 alice 3E57 REST.GET.OBJECT k";

    fn cut(tail: &str) -> (Vec<String>, Option<Fault>) {
        let line = format!("{HEAD} {tail}");
        let mut columns = [""; COLUMNS];
        let fault = split(&line, &mut columns).err();
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
    fn a_column_in_quotes_behind_all_others_is_no_part_of_the_user_agent() {
        let tail = "v h= SigV4 - AuthHeader b.s3.amazonaws.com TLSv1.3 - -";
        for (region, beyond) in
            [("eu-west-1 ", "\"new one\""), ("", "\"-\""), ("eu-west-1 ", "\"a\" \"b\"")]
        {
            for agent in ["curl", "a \"b\" c\"", ""] {
                let text = format!(
                    "\"GET /k HTTP/1.1\" 200 - 1 2 3 4 \"-\" \"{agent}\" {tail} {region}{beyond}"
                );
                let line = format!("{HEAD} {text}");
                let mut columns = [""; COLUMNS];
                assert_eq!(split(&line, &mut columns), Ok(beyond), "{line}");
                assert_eq!(
                    (columns[16], columns[17], columns[22]),
                    (agent, "v", "b.s3.amazonaws.com")
                );
                assert_eq!(columns[26], region.trim_end());
            }
        }
    }

    #[test]
    fn what_is_cut_off_is_a_fault_unless_all_that_matters_is_there() {
        assert_eq!(cut(r#""GET /k HT"#).1, Some("the request has no end"));
        assert_eq!(cut("").1, Some("the line ends before the request"));
        let fault = split("o b [06/Mar", &mut [""; COLUMNS]);
        assert_eq!(fault, Err("the line ends before the request"));
        let (columns, fault) = cut(r#""GET /k HTTP/1.1" 200 - 1"#);
        assert_eq!((columns[1].as_str(), columns[3].as_str(), fault), ("200", "1", None));
    }

    proptest! {
        #[test]
        fn any_line_is_cut(line in r#"[a\[\]" é0-9-]{0,60}"#) {
            let _ = split(&line, &mut [""; COLUMNS]);
            let whole = format!("{HEAD} {line}");
            let mut columns = [""; COLUMNS];
            let _ = split(&whole, &mut columns);
            let length: usize = columns.iter().map(|column| column.len()).sum();
            prop_assert!(length <= whole.len());
        }
    }
}
