//! The times that MySQL and MariaDB write, from version 5.0 on.

use crate::format::clock::{self, Stamp};

/// `2026-03-04T10:42:02.113057Z`, `2026-03-04  9:42:02`, or `260304 10:42:02` of old versions;
/// and what follows it.
pub(super) fn read(text: &str) -> Option<(Stamp, &str)> {
    if !text.as_bytes().first()?.is_ascii_digit() {
        return None;
    }
    clock::iso(text).or_else(|| short(text))
}

/// `260304  9:42:02`: the century is this one.
fn short(text: &str) -> Option<(Stamp, &str)> {
    let date = text.get(..6).filter(|date| date.bytes().all(|byte| byte.is_ascii_digit()))?;
    if text.as_bytes().get(6) != Some(&b' ') {
        return None;
    }
    let end = text.len().min(16);
    let clock = text.get(6..end)?.trim_start();
    let length = clock.find(|c: char| !c.is_ascii_digit() && c != ':').unwrap_or(clock.len());
    let clock = &clock[..length];
    let (stamp, _) = clock::compact(&format!("20{date} {clock}"))?;
    let at = text[6..].find(clock)? + 6 + length;
    Some((stamp, &text[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_all_versions_are_read() {
        for (text, time, rest) in [
            ("2026-03-04T10:42:02.113057Z\t 7", "2026-03-04T10:42:02.113057Z", "\t 7"),
            ("2026-03-04  9:42:02 7 [Note]", "2026-03-04T09:42:02Z", " 7 [Note]"),
            ("260304 10:42:02\t 7", "2026-03-04T10:42:02Z", "\t 7"),
            ("260304  9:42:02 [Note]", "2026-03-04T09:42:02Z", " [Note]"),
        ] {
            let (stamp, left) = read(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((stamp.time(0).to_rfc3339().as_str(), left), (time, rest));
        }
        for text in ["", "26030", "260304", "260304 é", "260304 10:42:0é", "123456 x", "abc"] {
            assert!(read(text).is_none(), "{text}");
        }
    }
}
