//! Names of files and archive members as text: bytes that are no UTF-8 become `\xNN`.

use std::fmt::Write;

/// Longest name kept, in bytes: the longest path that Linux knows.
const LONGEST: usize = 4096;

/// The name as text. A name longer than a path can be is cut, so that hostile archives cannot
/// fill the memory with names.
pub(super) fn label(name: &[u8]) -> String {
    let mut text = String::with_capacity(name.len().min(LONGEST));
    for chunk in name[..name.len().min(LONGEST)].utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::label;

    #[test]
    fn keeps_text_and_spells_the_rest() {
        assert_eq!(label("día.log".as_bytes()), "día.log");
        assert_eq!(label(b"a\xff\xc3.log"), "a\\xff\\xc3.log");
        assert_eq!(label(&[b'a'; 5000]).len(), 4096);
    }
}
