//! Halves of surrogate pairs in JSON. Such an escape is good JSON (RFC 8259, 8.2) and no text:
//! programs that cut a string in the middle of a character write it, and so may anybody who does
//! not want to be read. It stands for U+FFFD, and the rest of the record for what it says.

use memchr::memmem;
use std::borrow::Cow;

/// JSON text in which each escape of half a pair is `\ufffd`, which is as long. Everything else
/// stays, what is no JSON too.
pub fn paired(json: &str) -> Cow<'_, str> {
    let bytes = json.as_bytes();
    let may_have = |start: &[u8]| memmem::find(bytes, start).is_some();
    if !may_have(b"\\ud") && !may_have(b"\\uD") {
        return Cow::Borrowed(json);
    }
    let mut mended: Option<String> = None;
    let mut kept = 0;
    let mut at = 0;
    while let Some(next) = memchr::memchr(b'\\', &bytes[at..]) {
        at += next;
        match escaped(&bytes[at..]) {
            Some(0xD800..0xDC00) if matches!(escaped(&bytes[at + 6..]), Some(0xDC00..0xE000)) => {
                at += 12;
            }
            Some(0xD800..0xE000) => {
                let text = mended.get_or_insert_with(|| String::with_capacity(json.len()));
                text.push_str(&json[kept..at]);
                text.push_str("\\ufffd");
                at += 6;
                kept = at;
            }
            Some(_) => at += 6,
            // Whatever it escapes, a backslash among it, begins no escape itself.
            None => at = (at + 2).min(bytes.len()),
        }
    }
    let Some(mut text) = mended else { return Cow::Borrowed(json) };
    text.push_str(&json[kept..]);
    Cow::Owned(text)
}

/// The number of the `\uXXXX` that the bytes begin with.
fn escaped(bytes: &[u8]) -> Option<u32> {
    let digits = bytes.strip_prefix(b"\\u")?.first_chunk::<4>()?;
    digits.iter().try_fold(0, |number, digit| Some(number * 16 + char::from(*digit).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn halves_are_replaced_and_pairs_are_not() {
        for (json, expected) in [
            (r#""\ud83d""#, "\u{fffd}"),
            (r#""a\uDE00b""#, "a\u{fffd}b"),
            (r#""\ud83d\ude00""#, "\u{1f600}"),
            (r#""\ud83d\ud83d\ude00\ude00""#, "\u{fffd}\u{1f600}\u{fffd}"),
            (r#""\\ud83d""#, r"\ud83d"),
            (r#""\\\ud83dé""#, "\\\u{fffd}é"),
            (r#""\ud83d\n\u0041""#, "\u{fffd}\nA"),
        ] {
            assert_eq!(serde_json::from_str::<String>(&paired(json)).unwrap(), expected, "{json}");
        }
        for text in [r"\", r"\é", r"\ud8", "\\ud83dé", r"\ud83d\"] {
            assert_eq!(paired(text).len(), text.len());
        }
    }

    proptest! {
        #[test]
        fn what_serde_reads_stays(text in r#"([a\\"u]|\\\\|\\u00e9|\\u[dD][89cC]00|é){0,12}"#) {
            let json = format!("\"{text}\"");
            match serde_json::from_str::<String>(&json) {
                Ok(_) => prop_assert_eq!(&*paired(&json), &*json),
                Err(_) => {
                    let is_json = serde_json::from_str::<serde::de::IgnoredAny>(&json).is_ok();
                    let mended = serde_json::from_str::<String>(&paired(&json)).is_ok();
                    prop_assert_eq!(mended, is_json, "{}", json);
                }
            }
        }
    }
}
