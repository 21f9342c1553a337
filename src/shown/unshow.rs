//! Shown text back to bytes.

use super::escape::reads_as_escape;

/// The bytes that were shown with [`Mode::DETAIL`](super::Mode::DETAIL). Text that `show` did not
/// make is taken for what it most likely means.
pub fn unshow(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c == '\\' {
            rest = backslashes(rest, &mut bytes);
            continue;
        }
        rest = &rest[c.len_utf8()..];
        match c {
            '\u{2400}'..='\u{241f}' => bytes.push((u32::from(c) - 0x2400) as u8),
            '\u{2421}' => bytes.push(0x7f),
            _ => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    bytes
}

/// A run of backslashes and the escape that it may end in. Only before what reads as an escape
/// are backslashes doubled.
fn backslashes<'a>(text: &'a str, bytes: &mut Vec<u8>) -> &'a str {
    let rest = text.trim_start_matches('\\');
    let count = text.len() - rest.len();
    if !reads_as_escape(rest) {
        bytes.resize(bytes.len() + count, b'\\');
        return rest;
    }
    bytes.resize(bytes.len() + count / 2, b'\\');
    if count.is_multiple_of(2) {
        return rest;
    }
    if let Some((code, rest)) = code(rest) {
        bytes.extend_from_slice(code.encode_utf8(&mut [0; 4]).as_bytes());
        return rest;
    }
    if let Some((byte, rest)) = byte(rest) {
        bytes.push(byte);
        return rest;
    }
    bytes.push(b'\\');
    rest
}

fn code(text: &str) -> Option<(char, &str)> {
    let (digits, rest) = text.strip_prefix("u{")?.split_once('}')?;
    let code = u32::from_str_radix(digits, 16).ok()?;
    Some((char::from_u32(code)?, rest))
}

fn byte(text: &str) -> Option<(u8, &str)> {
    let digits = text.strip_prefix('x')?.get(..2)?;
    Some((u8::from_str_radix(digits, 16).ok()?, &text[3..]))
}
