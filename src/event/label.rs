//! Bytes as text, and back: names of files and archive members, and records, need not be UTF-8.

use std::borrow::Cow;
use std::fmt::Write;

/// Longest name kept, in bytes: the longest path that Linux knows.
const LONGEST: usize = 4096;

/// The name as text, see [`spell`].
///
/// A name longer than a path can be is cut, so that hostile archives cannot fill the memory with
/// names.
pub fn label(name: &[u8]) -> String {
    spell(&name[..name.len().min(LONGEST)])
}

/// The bytes as text. Those that are no UTF-8 become `\xNN`, and so does a backslash (`\x5c`) that
/// would read as the beginning of one; everything else stands as it is.
pub fn spell(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        let mut rest = chunk.valid();
        while let Some(at) = rest.find('\\') {
            text.push_str(&rest[..at]);
            text.push_str(if spelled(&rest[at..]).is_some() { "\\x5c" } else { "\\" });
            rest = &rest[at + 1..];
        }
        text.push_str(rest);
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

/// The name that one escaped by `sha256sum` and its kin stands for: `\\`, `\n` and `\r` (GNU
/// coreutils manual, "cksum output modes"); `None` if it is not escaped so.
pub fn unescaped(name: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::with_capacity(name.len());
    let mut bytes = name.iter();
    while let Some(byte) = bytes.next() {
        plain.push(match byte {
            b'\\' => match bytes.next()? {
                b'n' => b'\n',
                b'r' => b'\r',
                b'\\' => b'\\',
                _ => return None,
            },
            byte => *byte,
        });
    }
    Some(plain)
}

/// The bytes that a label, or a text with labels in it, or spelled bytes, stand for.
pub fn unlabel(label: &str) -> Cow<'_, [u8]> {
    let mut bytes = Vec::new();
    let (mut kept, mut at) = (0, 0);
    while let Some(next) = label[at..].find('\\') {
        at += next;
        match spelled(&label[at..]) {
            Some(byte) => {
                bytes.extend_from_slice(&label.as_bytes()[kept..at]);
                bytes.push(byte);
                at += 4;
                kept = at;
            }
            None => at += 1,
        }
    }
    if kept == 0 {
        return Cow::Borrowed(label.as_bytes());
    }
    bytes.extend_from_slice(&label.as_bytes()[kept..]);
    Cow::Owned(bytes)
}

/// The byte that this text begins with the spelling of: of those only that labels spell.
fn spelled(text: &str) -> Option<u8> {
    let digits = text.strip_prefix("\\x")?.get(..2)?;
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let byte = u8::from_str_radix(digits, 16).ok()?;
    (digits.bytes().all(is_digit) && (byte >= 0x80 || byte == b'\\')).then_some(byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keeps_text_and_spells_the_rest() {
        assert_eq!(label("día.log".as_bytes()), "día.log");
        assert_eq!(label(b"C:\\temp\\x.log"), "C:\\temp\\x.log");
        assert_eq!(label(b"a\xff\xc3.log"), "a\\xff\\xc3.log");
        assert_eq!(label(b"a\\xff\\x41\\xFF"), "a\\x5cxff\\x41\\xFF");
        assert_eq!(label(&[b'a'; 5000]).len(), 4096);
        assert!(matches!(unlabel("a\\b"), Cow::Borrowed(b"a\\b")));
    }

    proptest! {
        #[test]
        fn every_name_comes_back(name in proptest::collection::vec(
            prop_oneof![Just(b'\\'), Just(b'x'), Just(b'5'), Just(b'c'), Just(b'f'), any::<u8>()],
            0..40,
        )) {
            let text = label(&name);
            prop_assert_eq!(&*unlabel(&text), &name[..], "{}", text);
        }
    }
}
