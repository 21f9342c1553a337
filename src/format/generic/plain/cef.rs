//! The Common Event Format of firewalls and their kind: seven parts between bars, then pairs. Some
//! relays take the `CEF:` away that it begins with.
//!
//! Source: "Implementing `ArcSight` Common Event Format (CEF)".

use super::head;
use crate::format::clock::{self, Stamp};

#[derive(Debug, PartialEq)]
pub(super) struct Cef<'a> {
    pub(super) product: &'a str,
    pub(super) name: &'a str,
    pub(super) severity: &'a str,
    pub(super) pairs: &'a str,
}

impl<'a> Cef<'a> {
    /// `None` if the line is no such record.
    pub(super) fn read(line: &'a str) -> Option<Self> {
        let line = line.trim_start();
        let text = line.strip_prefix("CEF:").unwrap_or(line);
        let mut rest = text.strip_prefix("0|").or_else(|| text.strip_prefix("1|"))?;
        let mut parts = [""; 6];
        for part in &mut parts {
            (*part, rest) = rest.split_at(bar(rest)?);
            rest = &rest[1..];
        }
        let [vendor, product, _, _, name, severity] = parts;
        let is = !vendor.is_empty() && !name.is_empty() && rest.contains('=');
        is.then_some(Self { product, name, severity, pairs: rest })
    }

    /// When it happened: as the device counts it, or as its words say.
    pub(super) fn stamp(&self) -> Option<Stamp> {
        let mut counted = None;
        head::pairs(self.pairs, |name, value| {
            if counted.is_none() && name.ends_with("eventtime") {
                counted = clock::epoch(value).map(Stamp::utc);
            }
        });
        let said = || {
            let value = self.value("rt").or_else(|| self.value("start"))?;
            let word = value.split(' ').next().unwrap_or("");
            let stamp = clock::any(word).or_else(|| clock::any(value))?;
            Some(if self.value("dtz").is_some_and(is_utc) { stamp.is_utc() } else { stamp })
        };
        counted.or_else(said)
    }

    /// Of 0 to 10, or in a word.
    pub(super) fn severity(&self) -> Option<f64> {
        let number = self.severity.parse::<u8>().ok().filter(|number| *number <= 10);
        let word = || match self.severity {
            "Very-High" => Some(9.0),
            word => crate::format::generic::named::severity(word),
        };
        number.map(f64::from).or_else(word)
    }

    /// What follows this name, to the end of the record.
    fn value(&self, name: &str) -> Option<&'a str> {
        let mut starts = self.pairs.match_indices(name).filter(|(at, _)| {
            let before = self.pairs.as_bytes()[..*at].last();
            before.is_none_or(|byte| *byte == b' ')
        });
        starts.find_map(|(at, _)| self.pairs[at + name.len()..].strip_prefix('='))
    }
}

fn is_utc(zone: &str) -> bool {
    matches!(zone.split(' ').next(), Some("UTC" | "GMT"))
}

/// Where the next bar stands that no backslash takes for text.
fn bar(text: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + memchr::memchr2(b'|', b'\\', text.as_bytes().get(from..)?)?;
        if text.as_bytes()[at] == b'|' {
            return Some(at);
        }
        from = at + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_times_are_read() {
        for (line, product, name, severity, time) in [
            (
                r"CEF:0|Acme|Wall|1.0|7|a \| b|10|dtz=UTC rt=Mar 04 2026 10:42:02 src=192.0.2.1",
                "Wall",
                r"a \| b",
                Some(10.0),
                Some("2026-03-04T10:42:02Z"),
            ),
            (
                "0|Acme|Wall|1.0|7|b|High|start=1 Xeventtime=1772620922113000000",
                "Wall",
                "b",
                Some(7.0),
                Some("2026-03-04T10:42:02.113000000Z"),
            ),
            ("1|Acme|Wall|1.0|7|b|11|start=x art=1772620922", "Wall", "b", None, None),
        ] {
            let cef = Cef::read(line).unwrap();
            assert_eq!(
                (cef.product, cef.name, cef.severity()),
                (product, name, severity),
                "{line}"
            );
            let stated = cef.stamp().map(|stamp| stamp.time(3600).to_rfc3339());
            assert_eq!(stated.as_deref(), time, "{line}");
        }
        for line in ["CEF:0|a|b", "0|a|b|c|d|e|f|g", "2|a|b|c|d|e|f|g=1", r"0|a\", ""] {
            assert_eq!(Cef::read(line), None, "{line}");
        }
    }
}
