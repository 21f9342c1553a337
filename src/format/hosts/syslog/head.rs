//! What stands before the message of a syslog line: time, host, program.

use crate::event::{Time, Timestamp};
use crate::format::clock;

/// A line's parts.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Head<'a> {
    pub(super) priority: Option<u8>,
    pub(super) stamp: Stamp,
    pub(super) host: Option<&'a str>,
    pub(super) process: Option<&'a str>,
    pub(super) pid: Option<&'a str>,
    pub(super) message_id: &'a str,
    pub(super) data: &'a str,
    pub(super) message: &'a str,
}

/// A time as it stands, before it is known which year or zone it means.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) enum Stamp {
    #[default]
    None,
    Full(Time),
    /// No zone is said.
    Local(clock::Stamp),
    /// No year either.
    Yearless(clock::Yearless),
}

impl Stamp {
    /// The time, and whether its zone was assumed.
    pub(super) fn read(self, modified: Option<Timestamp>, zone: i32) -> Option<(Time, bool)> {
        match self {
            Self::None => None,
            Self::Full(time) => Some((time, false)),
            Self::Local(stamp) => Some((stamp.time(zone), !stamp.zoned)),
            Self::Yearless(time) => Some((time.time(modified, zone)?, true)),
        }
    }
}

impl<'a> Head<'a> {
    /// `None`: the line is no syslog line.
    pub(super) fn read(line: &'a str) -> Option<Self> {
        let (priority, rest) = priority(line);
        if let (Some(_), Some(rest)) = (priority, rest.strip_prefix("1 ")) {
            return Self::rfc5424(priority, rest);
        }
        let (stamp, rest) = match rest.as_bytes().first()? {
            b'0'..=b'9' | b'+' | b'-' => iso(rest)?,
            _ => match Self::cisco(priority, rest) {
                Some(head) => return Some(head),
                None => bsd(rest)?,
            },
        };
        let rest = rest.trim_start_matches(' ');
        // A second time is that of a message which CloudWatch Logs exported, and no host.
        if iso_date(rest) {
            return None;
        }
        let (host, rest) = rest.split_once(' ')?;
        // Programs write times of this form too, and go on with a level.
        let is_full = matches!(stamp, Stamp::Full(_));
        if is_full && !is_host(host) {
            return None;
        }
        let head = Self { priority, stamp, host: Some(host), ..Self::default() };
        if let Some(tag) = host.strip_suffix(':') {
            // The relay left the host out.
            let (process, pid) = tag_of(tag);
            return Some(Self { host: None, process: Some(process), pid, message: rest, ..head });
        }
        // A tag may hold blanks, but is short.
        let tag = rest.find(": ").or(rest.ends_with(':').then(|| rest.len() - 1));
        let tag = tag.filter(|end| {
            let tag = &rest[..*end];
            let blanks = if is_full && !tag.ends_with(']') { 0 } else { 2 };
            tag.len() <= 64 && tag.matches(' ').count() <= blanks && !tag.contains('\n')
        });
        let Some(end) = tag else {
            let known = matches!(stamp, Stamp::Local(_) | Stamp::Yearless(_))
                || rest.contains("message repeated");
            return known.then_some(Self { message: rest, ..head });
        };
        let (process, pid) = tag_of(&rest[..end]);
        let message = rest[end + 1..].trim_start_matches(' ');
        Some(Self { process: Some(process), pid, message, ..head })
    }

    /// `*Mar  4 10:42:17.123 UTC: %SEC_LOGIN-5-LOGIN_SUCCESS: ...`; the star says that the clock may
    /// be wrong.
    fn cisco(priority: Option<u8>, line: &'a str) -> Option<Self> {
        let text = line.strip_prefix(['*', '.']).unwrap_or(line);
        let (stamp, rest) = match clock::worded(text) {
            Some((stamp, rest)) => (Stamp::Local(stamp), rest),
            None => clock::bsd(text).map(|(time, rest)| (Stamp::Yearless(time), rest))?,
        };
        let (zone, rest) = rest.split_once(": %")?;
        let is_zone = zone.len() <= 5 && zone.trim().bytes().all(|byte| byte.is_ascii_uppercase());
        let (process, message) = rest.split_once(": ")?;
        let process = Some(process).filter(|name| is_zone && !name.contains(' '))?;
        Some(Self { priority, stamp, process: Some(process), message, ..Self::default() })
    }

    fn rfc5424(priority: Option<u8>, rest: &'a str) -> Option<Self> {
        let mut parts = rest.splitn(6, ' ');
        let mut next = || parts.next();
        let (stamp, host, process) = (next()?, next()?, next()?);
        let (pid, message_id, rest) = (next()?, next()?, next()?);
        let stamp = match stamp {
            "-" => Stamp::None,
            text => Stamp::Full(Time::parse_rfc3339(text)?),
        };
        let (data, message) = data(rest)?;
        let given = |text: &'a str| (text != "-").then_some(text);
        Some(Self {
            priority,
            stamp,
            host: given(host),
            process: given(process),
            pid: given(pid),
            message_id: given(message_id).unwrap_or(""),
            data,
            message: message.trim_start().trim_start_matches('\u{feff}'),
        })
    }
}

/// `<34>`, also behind the octet count that TCP puts before it.
fn priority(line: &str) -> (Option<u8>, &str) {
    if !line.starts_with(|c: char| matches!(c, '<' | ' ') || c.is_ascii_digit()) {
        return (None, line);
    }
    let counted = line.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix(' ');
    let start = counted.filter(|rest| rest.starts_with('<')).unwrap_or(line);
    let number = start.strip_prefix('<').and_then(|rest| rest.split_once('>'));
    match number.and_then(|(number, rest)| Some((number.parse::<u8>().ok()?, rest))) {
        Some((number, rest)) if number < 192 => (Some(number), rest),
        _ => (None, line),
    }
}

/// `Mar  4 10:42:02`, perhaps with the year behind the day or the time.
fn bsd(line: &str) -> Option<(Stamp, &str)> {
    if let Some((stamp, rest)) =
        clock::worded(line).filter(|_| line.get(..8).is_some_and(|day| !day.contains(',')))
    {
        return Some((Stamp::Local(stamp), rest.strip_prefix(' ')?));
    }
    let (time, rest) = clock::bsd(line)?;
    let rest = rest.strip_prefix(' ')?;
    if let Some((year, behind)) = rest.split_once(' ')
        && year.len() == 4
        && let Ok(year @ 1970..2262) = year.parse::<i32>()
        && let Some(stamp) = time.in_year(year)
    {
        return Some((Stamp::Local(stamp), behind));
    }
    Some((Stamp::Yearless(time), rest))
}

fn iso(line: &str) -> Option<(Stamp, &str)> {
    let (stamp, rest) = line.split_once(' ')?;
    let zone = stamp.get(19..).unwrap_or("");
    let zoned = zone.ends_with('Z') || zone.contains(['+', '-']);
    let time = zoned.then(|| Time::parse_rfc3339(stamp)).flatten()?;
    Some((Stamp::Full(time), rest))
}

/// Whether the text begins with a date such as `2026-03-04`.
fn iso_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 10
        && bytes[..10].iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

/// Whether this may be the name of a host or, where the relay left that out, of a program.
fn is_host(text: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '/');
    let name = text.trim_end_matches(':');
    let name = name.split('[').next().unwrap_or(name);
    let is_level = ["TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "ERR", "FATAL"];
    name.chars().all(part)
        && !is_level.iter().any(|level| level.eq_ignore_ascii_case(name))
        && !matches!(name, "stdout" | "stderr" | "-")
}

fn tag_of(tag: &str) -> (&str, Option<&str>) {
    match tag.strip_suffix(']').and_then(|tag| tag.rsplit_once('[')) {
        Some((name, pid)) => (name, Some(pid)),
        None => (tag, None),
    }
}

/// Structured data and what follows it.
fn data(rest: &str) -> Option<(&str, &str)> {
    if let Some(message) = rest.strip_prefix('-') {
        return Some(("", message));
    }
    let bytes = rest.as_bytes();
    let (mut quoted, mut at) = (false, 0);
    if bytes.first() != Some(&b'[') {
        return None;
    }
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' if quoted => at += 1,
            b'"' => quoted = !quoted,
            b']' if !quoted && bytes.get(at + 1) != Some(&b'[') => {
                return Some((&rest[..=at], &rest[at + 1..]));
            }
            _ => {}
        }
        at += 1;
    }
    None
}
