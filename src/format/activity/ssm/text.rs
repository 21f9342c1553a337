//! Lines that Systems Manager writes as text: those of its agent, and those of a session, which
//! are what stood on the terminal.

use crate::format::activity::level;
use crate::format::clock::{self, Stamp};

/// Bytes of a line that hold its head.
const HEAD: usize = 512;

/// A line of the agent's log.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Line<'a> {
    pub(super) stamp: Stamp,
    pub(super) level: &'a str,
    /// What stands in the brackets before the message.
    pub(super) brackets: &'a str,
    pub(super) message: &'a str,
}

impl<'a> Line<'a> {
    /// `2026-03-04 10:42:02 INFO [ssm-agent-worker] [MessageService] message`, also with more or
    /// without brackets.
    pub(super) fn read(line: &'a str) -> Option<Self> {
        let (stamp, rest) = clock::iso(line)?;
        let (level, rest) = rest.strip_prefix(' ')?.trim_start().split_once(' ')?;
        level::severity(level).filter(|_| level.bytes().all(|byte| byte.is_ascii_uppercase()))?;
        let mut message = rest;
        while let Some((_, after)) = message.strip_prefix('[').and_then(|text| text.split_once(']'))
        {
            message = after.trim_start_matches(' ');
        }
        let brackets = rest[..rest.len() - message.len()].trim_end();
        Some(Self { stamp, level, brackets, message })
    }

    /// The program that wrote it.
    pub(super) fn process(&self) -> &'a str {
        let first = self.brackets.split_once(']').map_or("", |(first, _)| first);
        first.trim_start_matches('[')
    }

    /// The parts in the other brackets.
    pub(super) fn parts(&self) -> impl Iterator<Item = &'a str> {
        self.brackets.split('[').skip(2).map(|part| part.trim_end_matches([']', ' ']))
    }

    /// Whether nobody else writes such a line.
    pub(super) fn is_certain(&self) -> bool {
        let process = self.process();
        process.starts_with("ssm-") || process.starts_with("amazon-ssm")
    }
}

/// The first or the last line of a session, with the time that it states.
pub(super) fn mark(line: &str) -> Option<(&'static str, Option<Stamp>)> {
    const MARKS: [&str; 2] = ["Script started", "Script done"];
    let mark = MARKS.into_iter().find(|mark| line.starts_with(*mark))?;
    let time = line[mark.len()..].strip_prefix(" on ").or(line[mark.len()..].strip_prefix(", "))?;
    let time = time.strip_prefix("file is ").map_or(time, |_| "");
    Some((mark, clock::read(time).map(|(stamp, _)| stamp)))
}

/// The command behind the prompt of a shell.
pub(super) fn command(line: &str) -> Option<&str> {
    let mut text = line.trim_start_matches('\r');
    // What sets the terminal before the prompt: ESC, a bracket, digits, a letter.
    while let Some(rest) = text.strip_prefix("\u{1b}[") {
        let end = rest.find(|c: char| c.is_ascii_alphabetic())?;
        text = &rest[end + 1..];
    }
    let at = text.find("$ ").or_else(|| text.find("# "))?;
    let prompt = &text[..at];
    let known = prompt.starts_with("sh-") || prompt.starts_with("bash-") || prompt.contains('@');
    let command = text[at + 2..].trim();
    (known && at <= 100 && !command.is_empty()).then_some(command)
}

/// Whether a line begins a record: a message of the agent may have several, a terminal's are
/// each by itself.
pub(super) fn begins(so_far: &[u8], line: &[u8]) -> bool {
    let is_head = |line: &[u8]| {
        // A head is short; what comes behind it may be any bytes.
        let line = &line[..line.len().min(HEAD)];
        let end = line.iter().position(|byte| *byte == b'\n').unwrap_or(line.len());
        Line::read(&crate::format::text::of(&line[..end])).is_some()
    };
    !is_head(so_far) || is_head(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_stand_behind_prompts() {
        for (line, expected) in [
            ("sh-4.2$ whoami", Some("whoami")),
            ("\u{1b}[?1034hsh-4.2$ sudo su -\r", Some("sudo su -")),
            ("[root@ip-192-0-2-5 ~]# id; echo $ x", Some("id; echo $ x")),
            ("sh-4.2$ ", None),
            ("costs 5 $ each", None),
            ("\u{1b}[", None),
            ("", None),
        ] {
            let found = command(line);
            assert_eq!(found.is_some(), expected.is_some(), "{line}");
        }
        assert_eq!(command("sh-4.2$ whoami"), Some("whoami"));
        assert_eq!(command("\u{1b}[?1034hsh-4.2$ sudo su -\r"), Some("sudo su -"));
    }

    #[test]
    fn brackets_are_taken_apart() {
        let line = Line::read(
            "2026-03-04 10:42:02 INFO [ssm-session-worker] [alice-0a1b] [Standard] text [x]",
        );
        let line = line.unwrap();
        assert_eq!((line.process(), line.message), ("ssm-session-worker", "text [x]"));
        assert_eq!(line.parts().collect::<Vec<_>>(), ["alice-0a1b", "Standard"]);
        let line = Line::read("2026-03-04 10:42:02 INFO plain").unwrap();
        assert_eq!((line.process(), line.message, line.parts().count()), ("", "plain", 0));
        assert_eq!(Line::read("2026-03-04 10:42:02 hello world"), None);
    }
}
