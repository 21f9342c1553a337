//! The names and values of an audit event, as its records have them: for whoever asks for what is no
//! column.

use super::record::Record;
use super::{kinds, syscalls};

/// Names and values of all records of an event, in their order, with nothing as digits that is text;
/// the kind of each record is its `type`. What the records say is not there is left out, of a call that
/// is a number there is the name too, and an argument in parts is one. The text may be a message in which
/// one record was handed on.
pub(in crate::format) fn pairs(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let read = |line| Record::read(line).or_else(|| Record::handed_on(line));
    for record in text.lines().filter_map(read) {
        found.push(("type".to_owned(), kinds::name(record.kind).to_owned()));
        let (mut arch, mut call) = ("", "");
        for (name, value) in record.pairs() {
            match name {
                "arch" => arch = value.text,
                "syscall" => call = value.text,
                _ => {}
            }
            let is_text = record.kind == "EXECVE" && name.starts_with('a') || TEXTS.contains(&name);
            let value = if is_text {
                value.decoded()
            } else {
                value.given().map(std::borrow::Cow::Borrowed)
            };
            let Some(value) = value else { continue };
            // `a1[0]=2F62`
            let part = name.split_once('[').filter(|(_, rest)| rest.ends_with(']'));
            match (part, found.last_mut()) {
                (Some((whole, _)), Some((last, text))) if last == whole => text.push_str(&value),
                (part, _) => {
                    let name = part.map_or(name, |(whole, _)| whole);
                    found.push((name.to_owned(), value.into_owned()));
                }
            }
        }
        if let Some(name) = syscalls::name(arch, call) {
            found.push(("syscall".to_owned(), name.to_owned()));
        }
    }
    found
}

/// Values that stand as digits where they hold what would part them.
const TEXTS: [&str; 10] =
    ["exe", "comm", "name", "cwd", "cmd", "proctitle", "key", "acct", "data", "dir"];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_stands_as_digits_is_read_and_numbers_are_left() {
        let event = "type=SYSCALL msg=audit(1.2:3): arch=c000003e syscall=59 a0=4A pid=12 key=(null)\n\
                     type=EXECVE msg=audit(1.2:3): argc=3 a0=\"ls\" a1=2D6C20 a2_len=6 a2[0]=2F74 a2[1]=\"mp\"\n\
                     type=PATH msg=audit(1.2:3): name=2F746D702F6120 inode=12";
        let found: Vec<String> =
            pairs(event).into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        let wanted = [
            "type=SYSCALL",
            "arch=c000003e",
            "syscall=59",
            "a0=4A",
            "pid=12",
            "syscall=execve",
            "type=EXECVE",
            "argc=3",
            "a0=ls",
            "a1=-l ",
            "a2_len=6",
            "a2=/tmp",
            "type=PATH",
            "name=/tmp/a ",
            "inode=12",
        ];
        assert_eq!(found, wanted);
    }

    #[test]
    fn a_record_that_was_handed_on_says_the_same() {
        for message in [
            "type=1326 msg=audit(1.2:3): pid=7 exe=\"/bin/x\"",
            "audit: type=1326 audit(1.2:3): pid=7 exe=\"/bin/x\"",
            "[   12.345678] audit: type=1326 audit(1.2:3): pid=7 exe=\"/bin/x\"",
            "SECCOMP pid=7 exe=\"/bin/x\"",
        ] {
            let found: Vec<String> =
                pairs(message).into_iter().map(|(name, value)| format!("{name}={value}")).collect();
            assert_eq!(found, ["type=SECCOMP", "pid=7", "exe=/bin/x"], "{message}");
        }
        assert_eq!(pairs("The audit daemon is exiting."), []);
    }

    proptest! {
        #[test]
        fn any_event_is_survived(values in r#"[a-z=" '{}\[\]\x1d0-9A-Fé]{0,60}"#) {
            let _ = pairs(&format!("type=EXECVE msg=audit(1.2:3): {values}"));
        }
    }
}
