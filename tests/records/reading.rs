//! What people read: nothing is escaped more often than it has to be, and no address is a link.

use crate::fixture::with_texts;
use crate::text;
use serde_json::Value;
use trailcase::record::incident::Incident;

/// For people; the others are exact.
const READ: [&str; 5] = ["md", "html", "brief", "opsitem", "security-ir"];

/// What is read of this format: of JSON its texts.
fn read(incident: &Incident, id: &str) -> String {
    fn texts(value: &Value, all: &mut String) {
        match value {
            Value::String(text) => *all += &format!("{text}\n"),
            Value::Array(values) => values.iter().for_each(|it| texts(it, all)),
            Value::Object(members) => members.values().for_each(|it| texts(it, all)),
            _ => {}
        }
    }
    let text = text(incident, id);
    let Ok(value) = serde_json::from_str(&text) else { return text };
    let mut all = String::new();
    texts(&value, &mut all);
    all
}

#[test]
fn nothing_is_escaped_twice() {
    let incident = with_texts(&mut || "a\u{1b}[31mb\\x1b & c\u{202e}".to_owned());
    for id in READ {
        let text = read(&incident, id);
        // The picture of a control that was taken for text, an entity of an entity, a spelled
        // backslash that is spelled again.
        for twice in ["241b", "amp;amp;", "\\\\\\\\\\\\\\\\x1b"] {
            let found = text.lines().find(|line| line.contains(twice));
            assert_eq!(found, None, "{id}: {twice}");
        }
        assert!(text.contains('␛'), "{id}");
    }
}
