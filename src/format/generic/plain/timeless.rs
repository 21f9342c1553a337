//! Lines that state no time of their own, and that a program wrote nevertheless.

use super::cef::Cef;
use super::head;
use crate::format::moment;

/// Bytes of a line that are looked at.
const SEEN: usize = 160;

/// Whether a program may have written the line: it begins with a level, a program and its process,
/// a category or a zone of the DNS, or it soon names the end of a connection.
pub(super) fn is_logged(line: &str) -> bool {
    head::begins_with_level(line)
        || Cef::read(line).is_some()
        || moment::tagged(line).is_some()
        || is_categorised(line)
        || line[..line.floor_char_boundary(SEEN)].split(' ').any(is_end)
}

/// `rpz: ads.example.com: reload start` and `zone example.com/IN: sending notifies`: what it is
/// about, behind its kind.
fn is_categorised(line: &str) -> bool {
    let mut words = line.split(' ');
    let (Some(first), Some(second)) = (words.next(), words.next()) else { return false };
    let Some(name) = second.strip_suffix(':') else { return false };
    let category = first.strip_suffix(':').is_some_and(|category| {
        category.len() > 1 && category.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
    });
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/');
    let is_name = name.contains(['.', '/']) && name.chars().all(is_part);
    is_name && (category || first == "zone")
}

/// An address with a port.
fn is_end(word: &str) -> bool {
    !head::end(word).1.is_empty()
}

/// Who came from where, and whereto: `client @0x7f08 192.0.2.7#50022 ...`, as BIND says it, or
/// `Connect from 192.0.2.7:50022 to 198.51.100.20:443 ...`.
pub(super) fn ends(message: &str) -> [(&str, &str); 2] {
    let mut words = message.split(' ');
    match words.next() {
        Some("client") => {
            let client = words.find(|word| !word.starts_with("@0x")).unwrap_or("");
            [head::end(client), ("", "")]
        }
        Some("Connect") if words.next() == Some("from") => {
            let source = head::end(words.next().unwrap_or(""));
            let target = words.next().filter(|word| *word == "to").and_then(|_| words.next());
            [source, target.map_or(("", ""), head::end)]
        }
        _ => [("", ""); 2],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_program_wrote_is_told_from_prose() {
        for (line, is) in [
            ("client @0x7f08 192.0.2.7#50022 (example.com): rewritten", true),
            ("transfer of 'example.com/IN' from 192.0.2.53#53: connected", true),
            ("Connect from 192.0.2.7:50022 to 198.51.100.20:443 (web/HTTP)", true),
            ("rpz: ads.example.com: reload start", true),
            ("zone example.com/IN: sending notifies", true),
            ("wall[4711]: [ACCESS] x", true),
            ("0|Acme|Wall|1.0|7|down|3|src=192.0.2.7", true),
            ("ERROR: no space", true),
            ("see README.md: it says how", false),
            ("note: this: is prose", false),
            ("The server at 192.0.2.7 was asked", false),
            ("zone: none", false),
            ("é", false),
            ("", false),
        ] {
            assert_eq!(is_logged(line), is, "{line}");
        }
    }

    #[test]
    fn ends_are_told_where_the_words_say_which_is_which() {
        let none = ("", "");
        for (message, found) in [
            ("client @0x7f08 192.0.2.7#50022 (a): b", [("192.0.2.7", "50022"), none]),
            ("client 2001:db8::7#50022: b", [("2001:db8::7", "50022"), none]),
            ("client hung up", [none, none]),
            (
                "Connect from 192.0.2.7:50022 to 198.51.100.20:443 (web)",
                [("192.0.2.7", "50022"), ("198.51.100.20", "443")],
            ),
            ("Connect from nobody", [none, none]),
            ("transfer from 192.0.2.7#53", [none, none]),
        ] {
            assert_eq!(ends(message), found, "{message}");
        }
    }
}
