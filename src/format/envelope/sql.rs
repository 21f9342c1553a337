//! Objects as engines of SQL print them into a cell: `{a=1, b={c=null}, d=[x, y]}`. There are no
//! quotes, so that a value ends where the next name begins.
//!
//! Source: what Trino, and so Athena and `CloudTrail` Lake, print of rows, maps and arrays.

use serde_json::{Deserializer, Map, Value};

/// Objects within each other that are read.
const DEEPEST: usize = 16;

/// Reads what a cell holds, as JSON or as it is printed; `None` if it is neither. Names are what
/// `spelled` makes of them. What is null is left out.
pub(super) fn value<'a>(text: &'a str, spelled: fn(&'a str) -> &'a str) -> Option<Value> {
    let mut rest = text.trim();
    let value = Printed { spelled }.value(&mut rest, 0, DEEPEST)?;
    (rest.is_empty() && (value.is_object() || value.is_array())).then_some(value)
}

struct Printed<'a> {
    spelled: fn(&'a str) -> &'a str,
}

impl<'a> Printed<'a> {
    /// Reads a value that the text begins with, which stands in what this byte closes.
    fn value(&self, rest: &mut &'a str, close: u8, room: usize) -> Option<Value> {
        let first = rest.bytes().next();
        if matches!(first, Some(b'{' | b'[')) {
            let mut json = Deserializer::from_str(rest).into_iter::<Value>();
            if let Some(Ok(value)) = json.next() {
                *rest = &rest[json.byte_offset()..];
                return Some(value);
            }
        }
        match first {
            Some(b'{') => self.object(rest, room.checked_sub(1)?),
            Some(b'[') => self.array(rest, room.checked_sub(1)?),
            _ => Some(text(rest, close)),
        }
    }

    fn object(&self, rest: &mut &'a str, room: usize) -> Option<Value> {
        let mut object = Map::new();
        *rest = &rest[1..];
        loop {
            let length = name(rest)?;
            let spelled = (self.spelled)(&rest[..length]);
            *rest = &rest[length + 1..];
            let value = self.value(rest, b'}', room)?;
            if !value.is_null() {
                object.insert(spelled.to_owned(), value);
            }
            if is_over(rest, '}')? {
                return Some(Value::Object(object));
            }
        }
    }

    fn array(&self, rest: &mut &'a str, room: usize) -> Option<Value> {
        let mut array = Vec::new();
        *rest = &rest[1..];
        loop {
            array.push(self.value(rest, b']', room)?);
            if is_over(rest, ']')? {
                return Some(Value::Array(array));
            }
        }
    }
}

/// Goes over what stands behind a value: whether nothing more is in what this closes. `None`: it
/// is something else.
fn is_over(rest: &mut &str, close: char) -> Option<bool> {
    let closed = rest.strip_prefix(close);
    *rest = closed.or_else(|| rest.strip_prefix(", "))?;
    Some(closed.is_some())
}

/// The length of a name, with its sign behind it.
fn name(text: &str) -> Option<usize> {
    const LONGEST: usize = 128;
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.:/".contains(byte);
    let length = text.bytes().take(LONGEST).take_while(|byte| part(byte)).count();
    (length > 0 && text[length..].starts_with('=')).then_some(length)
}

/// A value without parts, up to what parts or closes.
fn text(rest: &mut &str, close: u8) -> Value {
    let ends = |at: usize| match rest.as_bytes()[at] {
        byte if byte == close => true,
        b',' => {
            let next = rest[at..].strip_prefix(", ");
            next.is_some_and(|next| close == b']' || name(next).is_some())
        }
        _ => false,
    };
    let end = (0..rest.len()).find(|at| ends(*at)).unwrap_or(rest.len());
    let (text, after) = rest.split_at(end);
    *rest = after;
    if text == "null" { Value::Null } else { Value::from(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn read(text: &str) -> Option<Value> {
        value(text, |name| name)
    }

    #[test]
    fn what_an_engine_prints_is_an_object_again() {
        for (text, expected) in [
            (
                "{a=1, b={c=null, d=x y}, e=[p, q]}",
                Some(json!({"a":"1","b":{"d":"x y"},"e":["p","q"]})),
            ),
            ("{a=x,y=z, b=a=b}", Some(json!({"a":"x,y=z","b":"a=b"}))),
            ("{a=, b=}", Some(json!({"a":"","b":""}))),
            (r#"{a={"b":[1]}, c=d}"#, Some(json!({"a":{"b":[1]},"c":"d"}))),
            (r#"{"a":1}"#, Some(json!({"a":1}))),
            ("[{a=1}, {a=2}]", Some(json!([{"a":"1"},{"a":"2"}]))),
            ("{}", Some(json!({}))),
            ("{a=1", None),
            ("{a=1}}", None),
            ("{é=1}", None),
            ("text", None),
            ("", None),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        let deep = format!("{}x{}", "{a=".repeat(17), "}".repeat(17));
        assert_eq!(read(&deep), None);
    }

    fn printed(value: &Value) -> String {
        match value {
            Value::Object(object) => {
                let parts: Vec<String> = object
                    .iter()
                    .map(|(name, value)| format!("{name}={}", printed(value)))
                    .collect();
                format!("{{{}}}", parts.join(", "))
            }
            Value::Array(array) => {
                format!("[{}]", array.iter().map(printed).collect::<Vec<_>>().join(", "))
            }
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = "[a-z:/@.=+-]{1,12}".prop_filter("a word of JSON", |text| {
            !matches!(text.as_str(), "null" | "true" | "false")
        });
        leaf.prop_map(Value::from).prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::btree_map("[a-z]{1,8}", inner.clone(), 1..4)
                    .prop_map(|object| Value::Object(object.into_iter().collect())),
                prop::collection::vec(inner, 1..4).prop_map(Value::Array),
            ]
        })
    }

    proptest! {
        #[test]
        fn printing_and_reading_are_inverse(value in values()) {
            prop_assume!(value.is_object() || value.is_array());
            prop_assert_eq!(read(&printed(&value)), Some(value));
        }

        #[test]
        fn no_text_is_too_odd(text in r"[{}\[\]=, a-cé]{0,64}") {
            let _ = read(&text);
        }
    }
}
