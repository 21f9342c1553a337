//! One line of JSON, written member by member.

use super::column::Item;
use crate::event::base64;

/// A flat JSON object under construction.
#[derive(Debug, Default)]
pub(super) struct Line {
    json: Vec<u8>,
}

impl Line {
    /// Begins again, empty.
    pub(super) fn clear(&mut self) {
        self.json.clear();
    }

    pub(super) fn put(&mut self, name: &str, item: &Item<'_>) {
        match item {
            Item::Absent => {}
            Item::Bytes(bytes) => {
                if let Ok(text) = str::from_utf8(bytes) {
                    self.name(name);
                    self.text(text);
                } else {
                    self.name(&format!("{name}_base64"));
                    self.text(&base64::encode(bytes));
                }
            }
            Item::Text(text) => {
                self.name(name);
                self.text(text);
            }
            Item::Name(label) => {
                self.name(name);
                self.text(label);
            }
            Item::Int(number) => self.number(name, number),
            Item::Unsigned(number) => self.number(name, number),
            Item::Float(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
                self.number(name, &(*number as i64));
            }
            Item::Float(number) => self.number(name, number),
            Item::List(items) => {
                self.name(name);
                for (index, item) in items.iter().enumerate() {
                    self.json.push(if index == 0 { b'[' } else { b',' });
                    self.text(item);
                }
                self.json.extend_from_slice(if items.is_empty() { b"[]" } else { b"]" });
            }
        }
    }

    fn name(&mut self, name: &str) {
        self.json.push(if self.json.is_empty() { b'{' } else { b',' });
        self.text(name);
        self.json.push(b':');
    }

    fn number(&mut self, name: &str, number: &impl ToString) {
        self.name(name);
        self.json.extend_from_slice(number.to_string().as_bytes());
    }

    fn text(&mut self, text: &str) {
        // Text and numbers always can be written to memory as JSON.
        let _ = serde_json::to_writer(&mut self.json, text);
    }

    /// The whole object.
    pub(super) fn end(&mut self) -> &[u8] {
        self.json.extend_from_slice(if self.json.is_empty() { b"{}" } else { b"}" });
        &self.json
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::borrow::Cow;

    #[test]
    fn every_kind_of_value_has_its_json() {
        let mut line = Line::default();
        assert_eq!(line.end(), b"{}");
        line.clear();
        line.put("none", &Item::Absent);
        line.put("t", &Item::Text(Cow::Borrowed("a\"\n\u{1b}")));
        line.put("i", &Item::Int(-1));
        line.put("whole", &Item::Float(8.0));
        line.put("f", &Item::Float(0.25));
        line.put("l", &Item::List(vec![Cow::Borrowed("x"), Cow::Borrowed("y")]));
        line.put("e", &Item::List(Vec::new()));
        line.put("raw", &Item::Bytes(b"{}"));
        line.put("raw", &Item::Bytes(b"\xff"));
        let expected = r#"{"t":"a\"\n\u001b","i":-1,"whole":8,"f":0.25,"l":["x","y"],"e":[],"raw":"{}","raw_base64":"/w=="}"#;
        assert_eq!(str::from_utf8(line.end()), Ok(expected));
    }
}
