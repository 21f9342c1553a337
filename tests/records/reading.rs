//! What people read: nothing is escaped more often than it has to be, and no address is a link.

use crate::fixture::with_texts;
use crate::text;
use serde_json::Value;
use trailcase::record::incident::{Incident, WRITERS};

/// For people; the others are exact.
const READ: [&str; 5] = ["md", "html", "brief", "opsitem", "security-ir"];

/// What is read of this format: of JSON its texts.
fn read(incident: &Incident, id: &str) -> String {
    fn texts(value: &Value, all: &mut String) {
        match value {
            Value::String(text) => all.extend([text, "\n"]),
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

/// What people read.
const PEOPLE: [&str; 5] = ["md", "html", "opsitem", "brief", "security-ir"];

#[test]
fn addresses_of_the_web_are_none_where_people_read_and_exact_elsewhere() {
    let url = "http://evil.example/a.b";
    let safe = "hxxp://evil[.]example/a.b";
    let incident = with_texts(&mut || format!("from {url} it came"));
    for id in PEOPLE {
        let text = read(&incident, id);
        assert!(text.contains(safe) && !text.to_lowercase().contains("http:"), "{id}: {text}");
        assert!(text.contains("written hxxp and"), "{id}");
    }
    for id in ["json", "stix", "ocsf", "csv", "timesketch"] {
        let text = text(&incident, id);
        assert!(text.contains(url) && !text.contains("hxxp"), "{id}: {text}");
    }
    for id in ["md", "html", "brief", "security-ir"] {
        assert!(!text(&crate::fixture::empty(), id).contains("hxxp"), "{id}");
    }
}

#[test]
fn an_address_in_a_note_on_an_alarm_is_found_in_every_format() {
    let mut incident = crate::fixture::full();
    incident.alarms[0].notes[0].text = "She opened http://evil.example/x at 10:40.".to_owned();
    for writer in WRITERS {
        let people = PEOPLE.contains(&writer.id);
        let wanted = if people { "hxxp://evil[.]example/x" } else { "http://evil.example/x" };
        assert!(text(&incident, writer.id).contains(wanted), "{}", writer.id);
    }
}
