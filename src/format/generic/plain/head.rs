//! What stands between the time of a line and its message: level, thread and logger, in the orders
//! that loggers write them.

use crate::format::generic::named;
use crate::format::web;
use std::net::IpAddr;

#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Head<'a> {
    pub(super) level: Option<&'a str>,
    pub(super) thread: Option<&'a str>,
    pub(super) logger: Option<&'a str>,
    pub(super) message: &'a str,
}

/// Parts of a head that are looked at.
const PARTS: usize = 8;

impl<'a> Head<'a> {
    /// Reads what follows the time of a line.
    pub(super) fn read(text: &'a str) -> Self {
        let mut head = Self::default();
        let mut rest = text.trim_start_matches(['Z', ']', ')', '"', '\'', '>']);
        for _ in 0..PARTS {
            rest = rest.trim_start_matches([' ', '\t', '|', '-', ',', ':', ';']);
            let Some(next) = head.part(rest) else { break };
            rest = next;
        }
        head.message = rest.trim_end();
        head
    }

    /// Takes one part of the head. The answer is what follows it; `None`: the message is here.
    fn part(&mut self, rest: &'a str) -> Option<&'a str> {
        if let Some(inner) = rest.strip_prefix('[') {
            let (inner, after) = inner.split_once(']')?;
            return self.bracket(inner.trim()).then_some(after);
        }
        let end = rest.find([' ', '\t', '|', '[']).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let name = word.trim_end_matches([':', ',', ']', '!']);
        if self.level.is_none() {
            if is_level(name, word) {
                self.level = Some(name);
                return Some(after);
            }
            // `message.LEVEL:` of Monolog and `util.py[DEBUG]:` of cloud-init.
            if let Some((logger, level)) = name.rsplit_once('.').filter(|(_, level)| is_loud(level))
            {
                (self.logger, self.level) = (Some(logger), Some(level));
                return Some(after);
            }
            if let Some((level, behind)) = after.strip_prefix('[').and_then(|t| t.split_once("]:"))
                && is_loud(level)
            {
                (self.logger, self.level) = (Some(name), Some(level));
                return Some(behind);
            }
            // A logger's name before the level.
            let next = after.trim_start_matches([' ', '\t', '-', '|', '[']);
            let next = next.split([' ', '\t', ':', ']', '|']).next().unwrap_or("");
            if is_name(name) && is_loud(next) && self.logger.is_none() {
                self.logger = Some(name);
                return Some(after);
            }
            return None;
        }
        let is_number = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
        if is_number && after.trim_start().starts_with(['-', '[']) {
            return Some(after);
        }
        if self.logger.is_none() && is_name(name) && ends_name(word, name, after) {
            self.logger = Some(name);
            return Some(after);
        }
        None
    }

    /// Takes what stands in brackets; whether it is no part of the message.
    fn bracket(&mut self, inner: &'a str) -> bool {
        if self.level.is_none() && is_level(inner, inner) {
            self.level = Some(inner);
        } else if self.thread.is_none() {
            self.thread = Some(inner).filter(|inner| !inner.is_empty());
        } else if self.logger.is_none() && is_name(inner) {
            self.logger = Some(inner);
        } else {
            return false;
        }
        true
    }
}

/// Whether a line without a time begins with a level in capitals, or with a category and a level.
pub(super) fn begins_with_level(line: &str) -> bool {
    let mut words = line.split(' ');
    let first = words.next().unwrap_or("");
    let word = first.trim_start_matches('[').trim_end_matches([']', ':']);
    if word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return named::severity(word).is_some();
    }
    let level = words.next().and_then(|word| word.strip_suffix(':'));
    first.len() > 1 && first.ends_with(':') && level.is_some_and(is_loud)
}

/// The level that stands before a time.
pub(super) fn level_in(text: &str) -> Option<&str> {
    let words = text.split([' ', '[', ']', '(', '|', ':', ',']);
    words.filter(|word| !word.is_empty()).find(|word| is_loud(word))
}

/// `W0304 10:42:02.113456       1 reflector.go:12] watch ended`, as the programs of Kubernetes
/// write: the level's letter, the time, the thread, where in the source.
pub(super) fn klog<'a>(line: &str, after: &'a str) -> Option<Head<'a>> {
    let level = match line.as_bytes() {
        [b'I', b'0' | b'1', ..] => "INFO",
        [b'W', b'0' | b'1', ..] => "WARNING",
        [b'E', b'0' | b'1', ..] => "ERROR",
        [b'F', b'0' | b'1', ..] => "FATAL",
        _ => return None,
    };
    let (place, message) = after.split_once("] ")?;
    let (thread, place) = place.trim_start().split_once(' ')?;
    let (thread, logger) = (Some(thread), Some(place.trim()));
    Some(Head { level: Some(level), thread, logger, message: message.trim_end() })
}

/// A level in capitals, or one that is marked as such by what follows.
fn is_level(name: &str, word: &str) -> bool {
    let marked = word.len() > name.len() || word.ends_with('!');
    is_loud(name)
        || marked && matches!(name, "I" | "W" | "E" | "D")
        || name.len() > 2 && named::severity(name).is_some() && !is_number(name)
}

fn is_loud(name: &str) -> bool {
    name.len() > 2
        && !is_number(name)
        && (name.bytes().all(|byte| byte.is_ascii_uppercase())
            || name.bytes().all(|byte| byte.is_ascii_lowercase()))
        && named::severity(name).is_some()
}

fn is_number(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_name(name: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || "._$/:-#@".contains(c);
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(part)
}

/// Whether what follows a word says that it was the name of a logger.
fn ends_name(word: &str, name: &str, after: &str) -> bool {
    let qualified = name.contains(['.', '/', '$']) || name.contains("::");
    let spaced = after.trim_start_matches(' ');
    let colon = spaced.len() < after.len() && spaced.starts_with(": ");
    colon || qualified && (word.ends_with(':') || after.starts_with(" - "))
}

/// An address, and the port behind it.
pub(super) fn end(text: &str) -> (&str, &str) {
    let text = text.trim_matches(['/', '"', ',', ';', ')', '(']);
    if text.parse::<IpAddr>().is_ok() {
        return (text, "");
    }
    // BIND parts them with a hash.
    match text.trim_end_matches(':').rsplit_once('#').or_else(|| web::end(text)) {
        Some((host, port)) if host.parse::<IpAddr>().is_ok() => (host, port),
        _ => ("", ""),
    }
}

/// Hands on each `name=value` of a text.
pub(super) fn pairs<'a>(text: &'a str, mut take: impl FnMut(&'a str, &'a str)) {
    let mut from = 0;
    while let Some(found) = memchr::memchr(b'=', &text.as_bytes()[from..]) {
        let at = from + found;
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
        let name = &text[from..at];
        let name = &name[name
            .rfind(|c: char| !is_part(c))
            .map_or(0, |end| end + name[end..].chars().next().map_or(1, char::len_utf8))..];
        let rest = &text[at + 1..];
        let (value, length) = match rest.strip_prefix('"') {
            Some(quoted) => {
                let end = quoted.find('"').unwrap_or(quoted.len());
                (&quoted[..end], end + 1)
            }
            None => {
                let end = rest.find([' ', '\t', ',', ';', ')', ']', '&']).unwrap_or(rest.len());
                (&rest[..end], end)
            }
        };
        if !name.is_empty() && !value.is_empty() {
            take(name, value);
        }
        from = (at + 1 + length).min(text.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_of_many_loggers_are_read() {
        for (text, level, thread, logger, message) in [
            (" INFO [main] com.example.App: up", "INFO", "main", "com.example.App", "up"),
            (" [main] WARN  com.example.App - slow", "WARN", "main", "com.example.App", "slow"),
            ("  INFO 1 --- [main] c.e.App  : up", "INFO", "main", "c.e.App", "up"),
            (
                " INFO [main                 ] Farm          : up: 1",
                "INFO",
                "main",
                "Farm",
                "up: 1",
            ),
            (" - jobs - ERROR - lost", "ERROR", "", "jobs", "lost"),
            (" [INFO] Running: x", "INFO", "", "", "Running: x"),
            ("] production.ERROR: no such user", "ERROR", "", "production", "no such user"),
            (" - util.py[DEBUG]: Running", "DEBUG", "", "util.py", "Running"),
            ("Z I! Loaded", "I", "", "", "Loaded"),
            (" [error] 7#7: x", "error", "", "", "7#7: x"),
            (" queries: info: client 192.0.2.1", "info", "", "queries", "client 192.0.2.1"),
            (" Installed: curl", "", "", "", "Installed: curl"),
            (" Warning about nothing", "Warning", "", "", "about nothing"),
        ] {
            let head = Head::read(text);
            let said = (head.level, head.thread, head.logger).map_none();
            assert_eq!((said, head.message), ((level, thread, logger), message), "{text}");
        }
    }

    trait MapNone<'a> {
        fn map_none(self) -> (&'a str, &'a str, &'a str);
    }

    impl<'a> MapNone<'a> for (Option<&'a str>, Option<&'a str>, Option<&'a str>) {
        fn map_none(self) -> (&'a str, &'a str, &'a str) {
            (self.0.unwrap_or(""), self.1.unwrap_or(""), self.2.unwrap_or(""))
        }
    }

    #[test]
    fn pairs_are_found_in_a_message() {
        let mut found = Vec::new();
        pairs("é=1 user=alice, ip=\"192.0.2.1\" (port=22) x==y q=", |name, value| {
            found.push(format!("{name}>{value}"));
        });
        assert_eq!(found, ["user>alice", "ip>192.0.2.1", "port>22", "x>=y"]);
    }
}
