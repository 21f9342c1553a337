//! One record of the Linux audit system: its kind, when and in which event it was written, and its
//! values, which the kernel writes as hexadecimal digits when they hold what would part them.

use crate::event::{Time, hex};
use crate::format::clock;
use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A record's parts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::format::hosts) struct Record<'a> {
    pub(in crate::format::hosts) node: &'a str,
    pub(in crate::format::hosts) kind: &'a str,
    /// Seconds and serial number, which the records of one event share.
    pub(in crate::format::hosts) event: &'a str,
    pub(in crate::format::hosts) values: &'a str,
}

impl<'a> Record<'a> {
    /// `[node=h ]type=SYSCALL msg=audit(1364481363.243:24287): k=v k="v"`, and without `msg=` as
    /// the kernel gives it to syslog.
    pub(in crate::format::hosts) fn read(line: &'a str) -> Option<Self> {
        let (node, rest) = match line.strip_prefix("node=") {
            Some(rest) => rest.split_once(' ')?,
            None => ("", line),
        };
        let (kind, rest) = rest.strip_prefix("type=")?.split_once(' ')?;
        let rest = rest.strip_prefix("msg=").unwrap_or(rest);
        let (event, values) = rest.strip_prefix("audit(")?.split_once(')')?;
        let (seconds, serial) = event.rsplit_once(':')?;
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let is_time = seconds.split('.').all(digits);
        let values = values.strip_prefix(':').unwrap_or(values).trim_start_matches(' ');
        (is_time && digits(serial)).then_some(Self { node, kind, event, values })
    }

    /// The same as far as the journal has it: `USER_LOGIN pid=1 uid=0 ...` without time and serial.
    pub(in crate::format::hosts) fn bare(text: &'a str) -> Option<Self> {
        let (kind, values) = text.split_once(' ')?;
        let part = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        let is_kind = kind.len() > 2 && kind.bytes().all(part) && values.contains('=');
        let kind = kind.strip_prefix("type=").unwrap_or(kind);
        is_kind.then_some(Self { node: "", kind, event: "", values })
    }

    /// The one that somebody handed on in this message: as auditd writes it, or as the kernel gives
    /// it to syslog, or as the journal has it.
    pub(in crate::format::hosts) fn handed_on(message: &'a str) -> Option<Self> {
        let of = |text| Self::read(text).or_else(|| Self::bare(text));
        of(message).or_else(|| of(message.split_once("audit: ")?.1))
    }

    pub(in crate::format::hosts) fn time(&self) -> Option<Time> {
        clock::epoch(self.event.rsplit_once(':')?.0)
    }

    pub(in crate::format::hosts) fn pairs(&self) -> Pairs<'a> {
        Pairs(self.values)
    }
}

/// A value, with how it stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::format::hosts) struct Value<'a> {
    pub(in crate::format::hosts) text: &'a str,
    quoted: bool,
}

impl<'a> Value<'a> {
    /// The text; `None` if the record says that there is none.
    pub(in crate::format::hosts) fn given(self) -> Option<&'a str> {
        let none = matches!(self.text, "" | "?" | "(null)" | "(none)" | "unset")
            || !self.quoted && matches!(self.text, "-1" | "4294967295");
        (!none).then_some(self.text)
    }

    /// The text of a value that may stand as hexadecimal digits. Zero bytes part arguments.
    pub(in crate::format::hosts) fn decoded(self) -> Option<Cow<'a, str>> {
        let text = self.given()?;
        let is_hex = !self.quoted
            && text.len() >= 2
            && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'F'));
        let bytes = is_hex.then(|| hex::decode(text)).flatten();
        let Some(mut bytes) = bytes else { return Some(Cow::Borrowed(text)) };
        while bytes.last() == Some(&0) {
            bytes.pop();
        }
        bytes.iter_mut().filter(|byte| **byte == 0).for_each(|byte| *byte = b' ');
        let text = crate::format::text::of(&bytes).into_owned();
        (!text.is_empty()).then_some(Cow::Owned(text))
    }
}

/// The pairs of a record, those within `msg='...'` and the ones that name what numbers mean among
/// them.
#[derive(Debug, Clone)]
pub(in crate::format::hosts) struct Pairs<'a>(&'a str);

impl<'a> Iterator for Pairs<'a> {
    type Item = (&'a str, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let rest = self.0.trim_start_matches([' ', '\x1d', '\'', ',', '{', '}']);
            if let Some(inner) = rest.strip_prefix("msg='") {
                self.0 = inner;
                continue;
            }
            let end = rest.find(['=', ' ', '\x1d'])?;
            let (name, after) = rest.split_at(end);
            let Some(after) = after.strip_prefix('=') else {
                self.0 = &after[1..];
                continue;
            };
            let (text, quoted, left) = value(after);
            self.0 = left;
            return Some((name, Value { text, quoted }));
        }
    }
}

fn value(after: &str) -> (&str, bool, &str) {
    if let Some(inner) = after.strip_prefix('"') {
        let end = inner.find('"').unwrap_or(inner.len());
        return (&inner[..end], true, inner.get(end + 1..).unwrap_or(""));
    }
    // Auditd puts names behind the brace that is not closed within the word.
    let end = after.find([' ', '\'', '\x1d']).unwrap_or(after.len());
    (&after[..end], false, &after[end..])
}

/// Address and port of a socket address as the kernel dumps it.
pub(super) fn socket(digits: &str) -> Option<(IpAddr, u16)> {
    let bytes = hex::decode(digits)?;
    let family = u16::from_le_bytes([*bytes.first()?, *bytes.get(1)?]);
    let port = u16::from_be_bytes([*bytes.get(2)?, *bytes.get(3)?]);
    let address = match family {
        2 => Ipv4Addr::from(<[u8; 4]>::try_from(bytes.get(4..8)?).ok()?).into(),
        10 => Ipv6Addr::from(<[u8; 16]>::try_from(bytes.get(8..24)?).ok()?).into(),
        _ => return None,
    };
    Some((address, port))
}

/// The path of a local socket that stands in such an address.
pub(super) fn socket_path(digits: &str) -> Option<String> {
    let bytes = hex::decode(digits).filter(|bytes| bytes.starts_with(&[1, 0]))?;
    let path: Vec<u8> = bytes[2..].iter().copied().take_while(|byte| *byte != 0).collect();
    (!path.is_empty()).then(|| crate::format::text::of(&path).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_stand_in_quotes_as_digits_and_enriched() {
        let line = "node=web-1 type=USER_CMD msg=audit(1772620922.113:90): pid=1 auid=4294967295 \
                    msg='cwd=\"/\" cmd=6C73202D6C terminal=pts/0 res=success'\x1dUID=\"root\" AUID=\"unset\"";
        let record = Record::read(line).unwrap();
        assert_eq!(
            (record.node, record.kind, record.event),
            ("web-1", "USER_CMD", "1772620922.113:90")
        );
        let found: Vec<String> = record
            .pairs()
            .map(|(name, value)| format!("{name}={}", value.decoded().unwrap_or_default()))
            .collect();
        let wanted = "pid=1 auid= cwd=/ cmd=ls -l terminal=pts/0 res=success UID=root AUID=";
        assert_eq!(found.join(" "), wanted);
        assert_eq!(Record::read("type=X msg=audit(a:b): c=d"), None);
    }

    #[test]
    fn socket_addresses_are_read() {
        let four =
            socket("02000035C6336414000000000000000000").map(|(ip, port)| (ip.to_string(), port));
        assert_eq!(four, Some(("198.51.100.20".to_owned(), 53)));
        let six = socket("0A0001BB0000000020010DB800000000000000000000000100000000");
        assert_eq!(
            six.map(|(ip, port)| (ip.to_string(), port)),
            Some(("2001:db8::1".to_owned(), 443))
        );
        assert_eq!(socket("0200"), None);
        assert_eq!(socket_path("01002F72756E2F7800"), Some("/run/x".to_owned()));
    }

    proptest! {
        #[test]
        fn any_record_is_survived(values in r#"[a-z=" '{}\x1d0-9A-Fé]{0,60}"#) {
            let line = format!("type=A msg=audit(1.2:3): {values}");
            for (_, value) in Record::read(&line).unwrap().pairs() {
                let _ = value.decoded();
                let _ = socket(value.text);
                let _ = socket_path(value.text);
            }
        }
    }
}
