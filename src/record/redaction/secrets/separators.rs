//! What stands between a name and its value, in the languages that logs are written in.

use super::names::Class;
use super::values::Form;
use std::ops::Range;

/// Where a value begins, and how it is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Opened {
    pub(super) from: usize,
    /// The mark at its end.
    pub(super) quote: Option<u8>,
    /// Its name stands in quotes too, as in JSON.
    pub(super) is_quoted: bool,
    pub(super) is_list: bool,
    pub(super) between: Between,
}

/// What a value is, by what stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Between {
    /// The text of an element.
    Xml,
    /// Behind a colon, which may be one of a sentence.
    Colon,
    /// A parameter of an address of the web.
    Web,
    Other,
}

impl Opened {
    pub(super) fn form(&self, bytes: &[u8], whole: &Range<usize>) -> Form {
        if self.quote.is_some() || self.between == Between::Xml {
            return Form::Quoted;
        }
        if self.is_quoted {
            return Form::Bare;
        }
        let after = bytes[whole.end..].iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'.'));
        let is_last = after.is_none_or(|byte| b"\r\n\\\"',;<".contains(byte));
        if self.between == Between::Colon && !is_last { Form::Prose } else { Form::Parameter }
    }
}

/// Where the value of a name begins, if it has one.
pub(super) fn opened(bytes: &[u8], name: &Range<usize>, class: Class) -> Option<Opened> {
    let at = |place: usize| bytes.get(place).copied();
    let mut end = name.end;
    let before = name.start.checked_sub(1).and_then(at);
    let is_web = matches!(before, Some(b'?' | b'&'));
    let mut between = if is_web { Between::Web } else { Between::Other };
    if before == Some(b'<') && at(end) == Some(b'>') {
        return Some(value(bytes, end + 1, false, Between::Xml));
    }
    // `user[password]=`, `cs(Cookie)`.
    if matches!(at(end), Some(b']' | b')')) {
        end += 1;
    }
    let is_quoted = matches!(at(end), Some(b'"' | b'\'')) && before == at(end);
    let behind = blank(bytes, end + usize::from(is_quoted), is_quoted);
    let from = match (at(behind), at(behind + 1)) {
        (Some(b'='), Some(b'=')) | (Some(b':'), Some(b':')) => return None,
        (Some(b'='), Some(b'>')) | (Some(b':'), Some(b'=')) => behind + 2,
        (Some(b'='), _) => behind + 1,
        // `…:secret:NAME` is the ARN of one that is kept elsewhere.
        (Some(b':'), _) if before == Some(b':') => return None,
        (Some(b':'), _) => {
            between = Between::Colon;
            behind + 1
        }
        (Some(b','), _) if is_quoted => pair(bytes, behind + 1)?,
        // `IDENTIFIED BY 'x'`, `PASSWORD 'x'`.
        (Some(b'\''), _) if class == Class::Password && !is_quoted && behind > end => behind,
        // `--password x`, `Bearer x`.
        (Some(_), _) if behind > end && !is_quoted && goes_on(bytes, name) => behind,
        _ => return None,
    };
    Some(value(bytes, from, is_quoted, between))
}

/// Whether a value follows the word with nothing but a blank between.
fn goes_on(bytes: &[u8], name: &Range<usize>) -> bool {
    let word = &bytes[name.clone()];
    // `aws configure set NAME VALUE`.
    let settings = [&b"bearer"[..], b"aws_secret_access_key", b"aws_session_token"];
    word.starts_with(b"--") || settings.iter().any(|setting| word.eq_ignore_ascii_case(setting))
}

fn value(bytes: &[u8], from: usize, is_quoted: bool, between: Between) -> Opened {
    if between == Between::Xml {
        return Opened { from, quote: None, is_quoted, is_list: false, between };
    }
    let mut from = blank(bytes, from, is_quoted);
    let is_list = bytes.get(from) == Some(&b'[');
    let inner = if is_list { blank(bytes, from + 1, true) } else { from };
    let quote = bytes.get(inner).copied().filter(|byte| matches!(byte, b'"' | b'\''));
    if quote.is_some() {
        from = inner + 1;
    }
    Opened { from, quote, is_quoted, is_list, between }
}

/// Where the next text of a list begins.
pub(super) fn next(bytes: &[u8], from: usize, quote: u8) -> Option<usize> {
    let comma = blank(bytes, from, true);
    let next = blank(bytes, comma + 1, true);
    (bytes.get(comma) == Some(&b',') && bytes.get(next) == Some(&quote)).then_some(next + 1)
}

/// In a pair, such as `"name": "X", "value": "x"`, where the value begins.
fn pair(bytes: &[u8], from: usize) -> Option<usize> {
    let from = blank(bytes, from, true);
    let rest = bytes.get(from..)?.strip_prefix(b"\"")?;
    let length = rest.iter().take(32).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let is_value = rest[..length].to_ascii_lowercase().ends_with(b"value");
    let colon = blank(bytes, from + 1 + length + 1, true);
    (is_value && rest.get(length) == Some(&b'"') && bytes.get(colon) == Some(&b':'))
        .then_some(colon + 1)
}

/// Behind blanks; of JSON also behind the ends of lines.
fn blank(bytes: &[u8], from: usize, is_json: bool) -> usize {
    let is_blank =
        |byte: &&u8| matches!(byte, b' ' | b'\t') || is_json && byte.is_ascii_whitespace();
    from + bytes.get(from..).unwrap_or_default().iter().take_while(is_blank).count()
}
