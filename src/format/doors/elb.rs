//! What the logs of load balancers have in common: how they are delivered, and the shape of their
//! plain lines.

use crate::event::layout::is_region;
use crate::event::{Row, Value};
use crate::format::text::split_once;
use crate::format::{Clock, Delivery, Lag, Probe, Service, web};
use memchr::memrchr;

/// Every log of a balancer goes to S3 every five minutes, or to where its vended delivery leads.
pub(super) const fn delivery(cadence: &'static str) -> Delivery {
    Delivery {
        service: Some(Service::LoadBalancer),
        lag: Some(Lag { usual: 5 * 60, longest: 60 * 60 }),
        cadence,
        guarantee: "best effort, in the end: not meant as an account of every request",
        clock: Clock::Aws,
    }
}

/// How a plain line begins.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head<'a> {
    /// The first columns.
    pub(super) columns: [&'a str; 3],
    /// What parts the columns: blanks, unless its owner has chosen something else for the vended
    /// delivery.
    pub(super) mark: u8,
    /// The columns behind.
    pub(super) rest: &'a str,
}

impl<'a> Head<'a> {
    pub(super) fn read(line: &'a str) -> Option<Self> {
        let is_mark = |byte: &u8| matches!(byte, b' ' | b'\t' | b',' | b';' | b'|');
        let mark = *line.as_bytes().iter().take(48).find(|byte| is_mark(byte))?;
        let (first, rest) = split_once(line, mark)?;
        let (second, rest) = split_once(rest, mark)?;
        let (third, rest) = split_once(rest, mark).unwrap_or((rest, ""));
        let columns = [first, second, third];
        let columns = if line.starts_with('"') {
            columns.map(|column| column.trim_matches('"'))
        } else {
            columns
        };
        Some(Self { columns, mark, rest })
    }

    /// The two columns behind; nothing where the line has ended.
    pub(super) fn next(&self) -> [&'a str; 2] {
        let (first, rest) = split_once(self.rest, self.mark).unwrap_or((self.rest, ""));
        [first, split_once(rest, self.mark).map_or(rest, |(second, _)| second)]
    }
}

/// Whether a JSON object names the balancer that it is of, and that begins so, as those of a kind do.
pub(super) fn is_of(probe: &Probe<'_>, begin: &str) -> bool {
    probe.text("elb").is_some_and(|name| name.starts_with(begin))
}

/// Whether this is a time as balancers write it.
pub(super) fn is_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes[at].is_ascii_digit();
    matches!(bytes.len(), 20..=30)
        && [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')]
            .iter()
            .all(|(at, mark)| bytes[*at] == *mark && digit(at - 1) && digit(at + 1))
        && bytes.last() == Some(&b'Z')
}

/// Whether this may be an address and a port.
pub(super) fn is_end(text: &str) -> bool {
    let Some(colon) = memrchr(b':', text.as_bytes()) else { return false };
    let (host, port) = (&text[..colon], &text[colon + 1..]);
    let address = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':' | b'[' | b']');
    !port.is_empty()
        && port.bytes().all(|byte| byte.is_ascii_digit())
        && host.len() > 1
        && host.bytes().all(address)
}

/// A time that was measured; `-1` means that it was not.
pub(super) fn measured(text: Option<&str>) -> Option<f64> {
    text?.parse().ok().filter(|seconds: &f64| *seconds >= 0.0 && seconds.is_finite())
}

/// Puts what an ARN says of whose the balancer is.
pub(super) fn put_owner(row: &mut dyn Row, account: usize, region: usize, arn: &str) {
    let Some((place, owner)) = web::owner(arn) else { return };
    for (slot, value) in [(region, place), (account, owner)] {
        if !value.is_empty() {
            row.put(slot, Value::Str(value));
        }
    }
}

/// The Region in the name that DNS has of a balancer: `front-1.eu-west-1.elb.amazonaws.com`, or
/// for one of the network `front-1.elb.eu-west-1.amazonaws.com`.
pub(super) fn region_of(host: &str) -> Option<&str> {
    let name = host.strip_suffix(".cn").unwrap_or(host).strip_suffix(".amazonaws.com")?;
    let mut labels = name.rsplit('.');
    let (("elb", region) | (region, "elb")) = (labels.next()?, labels.next()?) else {
        return None;
    };
    is_region(region).then_some(region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_balancers_tell_their_region() {
        for (host, region) in [
            ("front-1.eu-west-1.elb.amazonaws.com", Some("eu-west-1")),
            ("front-1.elb.cn-north-1.amazonaws.com.cn", Some("cn-north-1")),
            ("elb.amazonaws.com", None),
            ("a.elb.example.com", None),
            ("shop.example.com", None),
        ] {
            assert_eq!(region_of(host), region, "{host}");
        }
    }

    #[test]
    fn times_and_ends_are_known_by_their_shape() {
        assert!(is_time("2026-03-04T10:42:11.318204Z") && is_time("2026-03-04T10:42:11Z"));
        assert!(!is_time("2026-03-04T10:42:11") && !is_time("2026-03-04 10:42:11Z"));
        assert!(
            is_end("192.0.2.1:443") && is_end("[2001:db8::1]:443") && is_end("2001:db8::1:443")
        );
        assert!(!is_end("443") && !is_end("front:443") && !is_end("192.0.2.1") && !is_end(":1"));
    }

    #[test]
    fn heads_are_parted_by_whatever_comes_first() {
        for (line, columns, mark, behind) in [
            ("https 2026 app/a b", ["https", "2026", "app/a"], b' ', ["b", ""]),
            ("https\t2026\tapp/a\tb c\td\te", ["https", "2026", "app/a"], b'\t', ["b c", "d"]),
            ("\"https\",\"2026\",\"a\",\"b c\"", ["https", "2026", "a"], b',', ["\"b c\"", ""]),
            ("a b c", ["a", "b", "c"], b' ', ["", ""]),
        ] {
            let head = Head::read(line).unwrap();
            assert_eq!((head.columns, head.mark, head.next()), (columns, mark, behind), "{line}");
        }
        for line in ["https", "https 2026", &"é".repeat(50)] {
            assert_eq!(Head::read(line), None);
        }
    }
}
