//! Secrets by what stands before them: the name of a member or of a parameter, the user of an
//! address of the web, or what its maker begins it with.
//!
//! A name says that a secret follows, whatever its length and form; [`values`] says of what follows
//! whether it is one. Names stand before `=`, `:`, `=>`, before a text of SQL, between `<` and `>`,
//! after `--`, and in pairs (`"name": "DB_PASSWORD", "value": …`).

mod marks;
mod names;
mod separators;
mod values;

use super::find::Found;
use super::kinds::Kind;
use aho_corasick::{AhoCorasick, MatchKind};
use names::Class;
use separators::{Between, Opened};
use std::ops::Range;
use std::sync::LazyLock;
use values::Form;

/// What is in every name of a secret.
const STEMS: &[&str] = &[
    "pass",
    "pw",
    "secret",
    "token",
    "authorization",
    "apikey",
    "api_key",
    "api-key",
    "privatekey",
    "private_key",
    "private-key",
    "cookie",
    "connectionstring",
    "connection_string",
    "connection-string",
    "connstr",
    "accountkey",
    "account_key",
    "sharedaccess",
    "bearer",
    "identified by",
];

/// Behind it an address of the web has its user.
const SCHEME_END: &str = "://";

/// Bytes of a name of a secret, at most: longer words are none, such as those of base64.
const LONGEST: usize = 48;

/// The stems, the mark of an address, and what makers begin their tokens with.
static SEARCH: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let marks = marks::MARKS.iter().map(|mark| mark.begins);
    let patterns = STEMS.iter().copied().chain([SCHEME_END]).chain(marks);
    #[allow(clippy::expect_used, reason = "constant, and tests build it")]
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostLongest)
        .build(patterns)
        .expect("patterns of ours")
});

/// How bytes are to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    /// They are as they were written: their quotes are what they look like.
    pub(super) is_plain: bool,
    /// A backslash in them escapes.
    pub(super) is_json: bool,
}

impl Reading {
    pub(super) fn of(bytes: &[u8], is_plain: bool) -> Self {
        let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
        Self { is_plain, is_json: matches!(first, Some(b'{' | b'[')) }
    }
}

/// The secrets in the bytes, as they stand in them; what is found may overlap.
pub(super) fn secrets(bytes: &[u8], reading: Reading) -> Vec<Found> {
    let mut found = Vec::new();
    let mut behind = 0;
    for hit in SEARCH.find_iter(bytes) {
        let number = hit.pattern().as_usize();
        if number > STEMS.len() {
            found.extend(marks::token(bytes, hit.range(), &marks::MARKS[number - STEMS.len() - 1]));
        } else if number == STEMS.len() {
            found.extend(user(bytes, hit.end()));
        } else if hit.end() > behind
            && let Some(name) = word(bytes, hit.range())
        {
            behind = name.end;
            named(bytes, &name, reading, &mut found);
        }
    }
    found
}

/// Whether a member of this name with this text holds a secret, and of which kind.
pub(super) fn of_member(name: &str, text: &str) -> Option<(Kind, Range<usize>)> {
    if name.len() > LONGEST {
        return None;
    }
    let class = names::class(name)?;
    let range = values::secret(text.as_bytes(), class, Form::Quoted)?;
    Some((kind(name, &text.as_bytes()[range.clone()]), range))
}

/// All of the word in which a stem stands.
fn word(bytes: &[u8], stem: Range<usize>) -> Option<Range<usize>> {
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let before = bytes[..stem.start].iter().rev().take(LONGEST).take_while(is_part).count();
    let after = bytes[stem.end..].iter().take(LONGEST).take_while(is_part).count();
    let word = stem.start - before..stem.end + after;
    (word.len() <= LONGEST).then_some(word)
}

/// Adds what follows a name that says that it is secret.
fn named(bytes: &[u8], name: &Range<usize>, reading: Reading, found: &mut Vec<Found>) {
    let Ok(text) = str::from_utf8(&bytes[name.clone()]) else { return };
    let Some(class) = names::class(text) else { return };
    let Some(opened) = separators::opened(bytes, name, class) else { return };
    // `PWD=/home/dana` is a folder.
    if names::folded(text).ends_with("pwd") && matches!(bytes.get(opened.from), Some(b'/' | b'~')) {
        return;
    }
    let mut from = opened.from;
    loop {
        let whole = match opened.quote {
            Some(quote) => values::quoted(bytes, from, quote),
            None if opened.between == Between::Xml => values::until(bytes, from, b"<"),
            None if class.is_line() => values::until(bytes, from, b"\"\r\n"),
            None => values::bare(bytes, from, reading.is_json),
        };
        if !may_be(bytes, (name, &whole), &opened, reading) {
            return;
        }
        if let Some(range) =
            values::secret(&bytes[whole.clone()], class, opened.form(bytes, &whole))
        {
            let range = whole.start + range.start..whole.start + range.end;
            let value = values::said(&bytes[range.clone()], &opened, reading);
            found.push(Found::new(range.clone(), kind(text, &bytes[range]), value));
        }
        // A list has several.
        match opened.quote.filter(|_| opened.is_list) {
            Some(quote) => match separators::next(bytes, whole.end + 1, quote) {
                Some(next) => from = next,
                None => return,
            },
            None => return,
        }
    }
}

/// What stands between two texts is no text: `"a": "…password=", "b": "c"`.
fn may_be(
    bytes: &[u8],
    (name, whole): (&Range<usize>, &Range<usize>),
    opened: &Opened,
    reading: Reading,
) -> bool {
    let Some(quote) = opened.quote else { return true };
    let is_same = opened.is_quoted && bytes.get(name.end) == Some(&quote);
    if reading.is_plain && (is_same || reading.is_json && quote == b'"') {
        return is_same;
    }
    let first = bytes[whole.clone()].iter().find(|byte| !byte.is_ascii_whitespace());
    first.is_some_and(|byte| !b",:}]".contains(byte))
}

/// What is secret in `USER:SECRET@HOST` behind `://`.
fn user(bytes: &[u8], from: usize) -> Option<Found> {
    let is_part = |byte: &&u8| !byte.is_ascii_whitespace() && !b"\"'<>\\`,".contains(byte);
    let length = bytes[from..].iter().take(1024).take_while(is_part).count();
    let text = &bytes[from..from + length];
    let colon =
        text.iter().position(|byte| b":/?#@".contains(byte)).filter(|at| text[*at] == b':')?;
    let rest = &text[colon + 1..];
    let is_path = |byte: &u8| b"/?#".contains(byte);
    let authority = rest.iter().position(is_path).unwrap_or(rest.len());
    let at = rest[..authority].iter().rposition(|byte| *byte == b'@');
    // A secret may have a slash in it; a port has none but digits before one.
    let has_port = rest[..authority].iter().all(u8::is_ascii_digit);
    let at = at.or_else(|| rest.iter().position(|byte| *byte == b'@').filter(|_| !has_port))?;
    let range = values::secret(&rest[..at], Class::Password, Form::Quoted)?;
    let value = values::from_web(&rest[range.clone()]);
    let start = from + colon + 1;
    Some(Found::new(start + range.start..start + range.end, Kind::Secret, value))
}

fn kind(name: &str, value: &[u8]) -> Kind {
    let name = names::folded(name);
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"/+".contains(byte);
    let is_key = name.ends_with("secretkey") || name.ends_with("secretaccesskey");
    if is_key && value.len() == 40 && value.iter().all(is_base64) {
        Kind::SecretKey
    } else if name.ends_with("sessiontoken") || name.ends_with("securitytoken") {
        Kind::SessionToken
    } else {
        Kind::Secret
    }
}

#[cfg(test)]
mod tests;
