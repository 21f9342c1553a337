//! Where a value ends, and whether it is a secret: what is hidden already, a name for a secret that
//! is kept elsewhere, a placeholder and a plain `true` are none.

use super::super::names::is_token;
use super::super::views::View;
use super::Reading;
use super::names::Class;
use super::separators::{Between, Opened};
use std::ops::Range;

/// How a value stands with its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Between marks of its own.
    Quoted,
    /// In JSON, and no text.
    Bare,
    /// `name=value`, or all that a line has behind `name:`.
    Parameter,
    /// Behind a colon, and more words follow: perhaps a sentence.
    Prose,
}

/// What is said of secrets instead of them, and of their fate.
const WORDS: &[&str] = &[
    "null",
    "none",
    "nil",
    "undefined",
    "true",
    "false",
    "yes",
    "no",
    "ok",
    "empty",
    "missing",
    "required",
    "optional",
    "expired",
    "invalid",
    "incorrect",
    "wrong",
    "failed",
    "denied",
    "rejected",
    "accepted",
    "revoked",
    "valid",
    "unknown",
    "unset",
    "set",
    "changed",
    "rotated",
    "reset",
    "enabled",
    "disabled",
    "unexpected",
    "not",
    "string",
    "n/a",
];

/// What programs write where a secret was.
const HIDDEN: &[&str] = &["hidden", "redacted", "masked", "filtered", "sanitized", "removed"];

/// Schemes of `Authorization` (RFC 9110) that are followed by a secret.
const SCHEMES: &[&str] = &[
    "bearer",
    "basic",
    "token",
    "digest",
    "negotiate",
    "ntlm",
    "apikey",
    "aws4-hmac-sha256",
    "aws4-hmac-sha384",
    "splunk",
    "hawk",
    "sso-key",
];

/// Characters of what a program makes, at least.
const MADE: usize = 16;
const SHORTEST_TOKEN: usize = 4;

/// To the mark at its end, or to the end of what there is.
pub(super) fn quoted(bytes: &[u8], from: usize, quote: u8) -> Range<usize> {
    let mut at = from;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            _ if *byte == quote => break,
            _ => at += 1,
        }
    }
    from..at.min(bytes.len())
}

/// To one of these.
pub(super) fn until(bytes: &[u8], from: usize, ends: &[u8]) -> Range<usize> {
    let rest = bytes.get(from..).unwrap_or_default();
    let mut at = 0;
    while let Some(byte) = rest.get(at).filter(|byte| !ends.contains(byte)) {
        // An escaped quote ends a text within a text.
        let next = &rest[at + 1..];
        if *byte == b'\\' && (matches!(next, [b'n' | b'r', ..]) || escapes_quote(next)) {
            break;
        }
        at += 1;
    }
    from..from + at
}

/// A word, which may have nearly anything in it. In an address of the web it ends before the next
/// parameter.
pub(super) fn bare(bytes: &[u8], from: usize, is_json: bool) -> Range<usize> {
    let mut at = from;
    while let Some(&byte) = bytes.get(at) {
        let rest = &bytes[at + 1..];
        match byte {
            b'"' | b'\'' | b'<' | b'>' | b',' | b';' | b'`' => break,
            _ if byte.is_ascii_whitespace() || byte.is_ascii_control() => break,
            b'&' if is_parameter(rest) => break,
            b'\\' if is_json && escapes_quote(rest) => break,
            b'\\' => match rest.first() {
                Some(b'"' | b'\'') | None => break,
                Some(b'n' | b'r' | b't') if is_json => break,
                Some(b'u') if is_json && rest.starts_with(b"u0026") && is_parameter(&rest[5..]) => {
                    break;
                }
                Some(b'u') if is_json => at += 1,
                Some(_) => at += 2,
            },
            _ => at += 1,
        }
    }
    let mut end = at.min(bytes.len());
    // What a sentence, a bracket or a list ends with.
    while end > from {
        let text = &bytes[from..end];
        let is_open = |open: u8| text.contains(&open);
        let is_end = match text[text.len() - 1] {
            b'.' => true,
            b')' => !is_open(b'('),
            b']' => !is_open(b'['),
            b'}' => !is_open(b'{'),
            _ => false,
        };
        if !is_end {
            break;
        }
        end -= 1;
    }
    from..end
}

/// Whether what a backslash stands before is a quote, perhaps behind more of them.
fn escapes_quote(rest: &[u8]) -> bool {
    let next = rest.iter().find(|byte| **byte != b'\\');
    matches!(next, Some(b'"' | b'\''))
}

/// Whether `name=` follows.
fn is_parameter(rest: &[u8]) -> bool {
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_-.[]%;".contains(byte);
    let length = rest.iter().take(64).take_while(is_part).count();
    length > 0 && rest.get(length) == Some(&b'=')
}

/// The part of a value that is secret.
pub(super) fn secret(value: &[u8], class: Class, form: Form) -> Option<Range<usize>> {
    let text = String::from_utf8_lossy(value);
    let trimmed = text.trim();
    if class == Class::Authorization {
        return authorization(value);
    }
    let is_numeric = trimmed.bytes().all(|byte| byte.is_ascii_digit() || b".-".contains(&byte));
    let is_secret = !is_harmless(trimmed)
        && match class {
            Class::Password => !is_numeric || form != Form::Bare || trimmed.len() >= SHORTEST_TOKEN,
            Class::Token => !is_numeric && trimmed.len() >= SHORTEST_TOKEN,
            Class::Cookie => trimmed.contains('=') || is_made(trimmed),
            Class::Connection => trimmed.contains('=') || trimmed.contains("://"),
            Class::Authorization => false,
        };
    let is_told = match form {
        Form::Quoted => true,
        // An object or an array has members of its own.
        Form::Bare => !trimmed.starts_with(['{', '[']),
        Form::Parameter => !is_code(trimmed),
        Form::Prose => trimmed.bytes().any(|byte| byte.is_ascii_digit()) && !is_code(trimmed),
    };
    (is_secret && is_told).then_some(0..value.len())
}

/// Behind the scheme; without one only what a program made.
fn authorization(value: &[u8]) -> Option<Range<usize>> {
    let text = str::from_utf8(value).ok()?;
    let start = text.len() - text.trim_start().len();
    let (scheme, rest) = text[start..].split_once(' ').unwrap_or((&text[start..], ""));
    let is_scheme = SCHEMES.iter().any(|it| it.eq_ignore_ascii_case(scheme));
    if is_scheme && !rest.trim().is_empty() {
        let from = text.len() - rest.trim_start().len();
        // What is made has no blank in it; where there are parameters all of them count.
        let word = rest.trim_start().split([' ', '\'']).next().unwrap_or_default();
        let rest = if word.contains(['=', ',']) && !word.ends_with('=') {
            text[from..].trim_end()
        } else {
            word
        };
        return (!is_harmless(rest)).then_some(from..from + rest.len());
    }
    let word = scheme.trim_end_matches([',', ';', '}', ')', '\'']);
    (is_made(word) && !is_harmless(word)).then_some(start..start + word.len())
}

/// Long, and with letters and digits in it.
fn is_made(text: &str) -> bool {
    let has = |of: fn(&u8) -> bool| text.bytes().any(|byte| of(&byte));
    text.len() >= MADE
        && !text.contains(' ')
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_alphabetic)
}

fn is_harmless(text: &str) -> bool {
    let lower = text.to_lowercase();
    let is_word = WORDS.contains(&lower.trim_end_matches(['.', '!', ':']));
    // As many of one character as there are, such as `xxxx` and `****`.
    let mut chars = lower.chars();
    let first = chars.next();
    let is_mask = first.is_none_or(|c| "*x•.#-_".contains(c)) && chars.all(|c| Some(c) == first);
    let inner = text.trim_matches(|c: char| !c.is_alphanumeric());
    let is_hidden = text.starts_with("***")
        || HIDDEN.iter().any(|word| inner.eq_ignore_ascii_case(word))
        || inner.chars().all(|c| c.is_ascii_uppercase() || matches!(c, '_' | ' '))
            && HIDDEN.iter().any(|word| lower.contains(word));
    let is_variable = text.strip_prefix('$').is_some_and(|name| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
    });
    let is_place = text.starts_with("{{")
        || text.starts_with("${")
        || text.starts_with("$(")
        || text.starts_with('<') && text.ends_with('>')
        || text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).is_some_and(is_name)
        || text.starts_with('%') && text.len() == 2
        // Windows has words by number, `%%1842`, which read otherwise as an address of the web.
        || text.starts_with('%') && text.chars().any(char::is_control)
        || text.strip_prefix("%%").is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
    // A secret that is kept elsewhere is named by it.
    let is_elsewhere = text.starts_with("arn:");
    is_word || is_mask || is_hidden || is_place || is_variable || is_elsewhere || is_token(text)
}

fn is_name(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
}

/// What a program calls rather than knows: `getpass()`, `self.password`.
fn is_code(text: &str) -> bool {
    text.ends_with("()") || text.starts_with("self.") || text.starts_with("os.")
}

/// What the bytes say, so that a secret is the same one however it is spelled.
pub(super) fn said(bytes: &[u8], opened: &Opened, reading: Reading) -> String {
    if opened.between == Between::Web {
        return from_web(bytes);
    }
    let view = View::plain(bytes);
    let is_escaped = opened.quote.is_some() && opened.is_quoted || reading.is_json;
    let read = if is_escaped { view.unescaped() } else { None };
    lossy(&read.unwrap_or(view).bytes)
}

/// With the octets of an address of the web undone.
pub(super) fn from_web(bytes: &[u8]) -> String {
    let view = View::plain(bytes);
    lossy(&view.decoded().unwrap_or_else(|| view.clone()).bytes)
}

pub(super) fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
