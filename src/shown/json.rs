//! JSON that keeps text exact and is harmless to look at: what is hazardous is spelled `\uXXXX`, as
//! JSON allows (RFC 8259, 7).

use super::has_hazard;
use std::fmt::Write;

/// JSON text in which every hazardous character is spelled out. Such characters can only stand
/// within strings, so what it means stays the same.
pub fn spelled(json: String) -> String {
    if json.bytes().all(|byte| byte.is_ascii() && byte != 0x7f) {
        return json;
    }
    let mut safe = String::with_capacity(json.len() + 64);
    for c in json.chars() {
        let mut buffer = [0; 4];
        if c == '\x7f' || (!c.is_ascii() && has_hazard(c.encode_utf8(&mut buffer).as_bytes())) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(c);
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shown::hostile;
    use proptest::prelude::*;

    #[test]
    fn hostile_json_is_spelled_and_means_the_same() {
        for raw in hostile::STRINGS {
            let text = String::from_utf8_lossy(raw).into_owned();
            let json = spelled(serde_json::json!({ &text: &text }).to_string());
            assert!(!has_hazard(json.as_bytes()), "{json}");
            let back: serde_json::Value = serde_json::from_str(&json).unwrap();
            assert_eq!(back[&text], text.as_str());
        }
    }

    proptest! {
        #[test]
        fn spelling_json_changes_nothing_of_it(text: String) {
            let json = spelled(serde_json::to_string(&text).unwrap());
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
    }
}
