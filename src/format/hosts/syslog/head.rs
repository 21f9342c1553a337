//! What stands before the message of a syslog line: time, host, program.

use crate::event::time::Civil;
use crate::event::{Time, Timestamp};

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
    /// No zone, and no year if that is 0.
    Local(Civil),
}

impl Stamp {
    /// The time, and whether its zone was assumed.
    pub(super) fn read(self, modified: Option<Timestamp>, zone: i32) -> Option<(Time, bool)> {
        let civil = match self {
            Self::None => return None,
            Self::Full(time) => return Some((time, false)),
            Self::Local(civil) => civil,
        };
        let shift = -i64::from(zone) * Timestamp::SECOND;
        let in_year = |year| {
            Timestamp::from_civil(Civil { year, ..civil }).map(|at| at.saturating_add(shift))
        };
        let at = if civil.year != 0 {
            in_year(civil.year)?
        } else {
            let modified = modified?;
            let year = modified.civil().year;
            let latest = modified.saturating_add(Timestamp::DAY);
            // The 29th of February may be up to eight years away.
            (0..=8).filter_map(|back| in_year(year - back)).find(|at| *at <= latest)?
        };
        Some((Time::new(at, 0), true))
    }
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl<'a> Head<'a> {
    /// `None`: the line is no syslog line.
    pub(super) fn read(line: &'a str) -> Option<Self> {
        let (priority, rest) = priority(line);
        if let (Some(_), Some(rest)) = (priority, rest.strip_prefix("1 ")) {
            return Self::rfc5424(priority, rest);
        }
        let (stamp, rest) = bsd(rest).or_else(|| iso(rest))?;
        let rest = rest.trim_start_matches(' ');
        // A second time is that of a message which CloudWatch Logs exported, and no host.
        if iso_date(rest) {
            return None;
        }
        let (host, rest) = rest.split_once(' ')?;
        let head = Self { priority, stamp, host: Some(host), ..Self::default() };
        if let Some(tag) = host.strip_suffix(':') {
            // The relay left the host out.
            let (process, pid) = tag_of(tag);
            return Some(Self { host: None, process: Some(process), pid, message: rest, ..head });
        }
        // A tag may hold blanks, but is short.
        let tag = rest.find(": ").or(rest.ends_with(':').then(|| rest.len() - 1));
        let tag = tag.filter(|end| *end <= 64 && rest[..*end].matches(' ').count() <= 2);
        let Some(end) = tag else {
            let known = matches!(stamp, Stamp::Local(_)) || rest.contains("message repeated");
            return known.then_some(Self { message: rest, ..head });
        };
        let (process, pid) = tag_of(&rest[..end]);
        let message = rest[end + 1..].trim_start_matches(' ');
        Some(Self { process: Some(process), pid, message, ..head })
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
    let month = line.get(..3).and_then(|name| MONTHS.iter().position(|month| *month == name))?;
    let rest = line[3..].strip_prefix(' ')?.trim_start_matches(' ');
    let (day, rest) = rest.split_once(' ')?;
    let (mut year, mut rest) = (0, rest.trim_start_matches(' '));
    if let Some((text, after)) = rest.split_once(' ')
        && text.len() == 4
    {
        (year, rest) = (text.parse().ok()?, after);
    }
    let (clock, after) = rest.split_once(' ')?;
    let mut parts = clock.split(':');
    let mut number = || parts.next()?.parse::<u8>().ok();
    let (hour, minute, second) = (number()?, number()?, number()?);
    if let Some((text, behind)) = after.split_once(' ')
        && text.len() == 4
        && year == 0
        && let Ok(number) = text.parse::<i32>()
        && (1970..2262).contains(&number)
    {
        (year, rest) = (number, behind);
    } else {
        rest = after;
    }
    let month = month as u8 + 1;
    let civil = Civil { year, month, day: day.parse().ok()?, hour, minute, second, nanos: 0 };
    // A leap year says whether there is such a day at all.
    let checked = Civil { year: if year == 0 { 2024 } else { year }, ..civil };
    Timestamp::from_civil(checked)?;
    Some((Stamp::Local(civil), rest))
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
