//! Names of columns and members, as many writers as they have: `cs(User-Agent)`, `cs-user-agent`
//! and `cs_user_agent` are one.

/// The longest name that can be made plain; a longer one is none that anybody knows.
const LONGEST: usize = 64;

/// Room for a plain name.
pub(super) type Room = [u8; LONGEST];

pub(super) const ROOM: Room = [0; LONGEST];

/// The name in small letters and digits, with one underscore for whatever else stands between
/// them. Empty if it is too long.
pub(super) fn plain<'a>(name: &str, room: &'a mut Room) -> &'a str {
    let mut length = 0;
    let mut gap = false;
    for byte in name.bytes() {
        let plain = byte.to_ascii_lowercase();
        if !plain.is_ascii_alphanumeric() {
            gap = length > 0;
            continue;
        }
        if length + usize::from(gap) >= LONGEST {
            return "";
        }
        if std::mem::take(&mut gap) {
            room[length] = b'_';
            length += 1;
        }
        room[length] = plain;
        length += 1;
    }
    std::str::from_utf8(&room[..length]).unwrap_or("")
}

/// The letters and digits of the name, the letters small: `sourceIp` and `source_ip` are one.
/// Empty if there are too many.
pub(super) fn bare<'a>(name: &str, room: &'a mut Room) -> &'a str {
    let mut length = 0;
    for byte in name.bytes().filter(u8::is_ascii_alphanumeric) {
        let Some(place) = room.get_mut(length) else { return "" };
        *place = byte.to_ascii_lowercase();
        length += 1;
    }
    std::str::from_utf8(&room[..length]).unwrap_or("")
}

/// Whether what begins within a name may be a column among others: the name of a JSON member has a
/// colon behind it. Of a name longer than any that is known its end is not looked for, since there
/// may be as many beginnings in it as it has letters; it may be anything.
pub(super) fn is_column(rest: &[u8]) -> bool {
    let letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let end = rest.iter().take(LONGEST + 1).take_while(|byte| letter(byte)).count();
    if end > LONGEST {
        return true;
    }
    let behind = rest[end..].iter().find(|byte| !matches!(byte, b'"' | b'\\'));
    behind != Some(&b':')
}

/// Names that programs give to what they say themselves; no log of columns has one of them.
const SAID: [&str; 8] =
    ["msg", "message", "level", "severity", "logger", "user", "username", "@timestamp"];

/// Whether one of the names says that a program wrote this of its own.
pub(super) fn are_said<'a>(mut names: impl Iterator<Item = &'a str>) -> bool {
    names.any(|name| SAID.iter().any(|said| name.eq_ignore_ascii_case(said)))
}

/// How many of these plain names are among the names.
pub(super) fn count<'a>(names: impl Iterator<Item = &'a str>, known: &[&str]) -> usize {
    names.filter(|name| known.contains(&plain(name, &mut { ROOM }))).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_name_are_one() {
        for (name, expected) in [
            ("cs(User-Agent)", "cs_user_agent"),
            ("cs-user-agent", "cs_user_agent"),
            ("target:port_list", "target_port_list"),
            ("timestamp(ms)", "timestamp_ms"),
            ("DistributionId", "distributionid"),
            ("__x__", "x"),
            ("é", ""),
            ("", ""),
        ] {
            assert_eq!(plain(name, &mut { ROOM }), expected, "{name}");
        }
        assert_eq!(plain(&"a".repeat(64), &mut { ROOM }).len(), 64);
        assert_eq!(plain(&"a".repeat(65), &mut { ROOM }), "");
        assert_eq!(bare("identity.sourceIp", &mut { ROOM }), "identitysourceip");
        assert_eq!(bare("source_ip", &mut { ROOM }), "sourceip");
        assert_eq!(bare(&"a".repeat(65), &mut { ROOM }), "");
        assert_eq!(count(["Time", "elb", "x"].into_iter(), &["time", "elb"]), 2);
    }
    #[test]
    fn a_column_has_no_colon_behind_it() {
        for (rest, is) in [
            (&b"start,tgw-id"[..], true),
            (b"start\": 1", false),
            (b"start\\\":1", false),
            (b"start", true),
            (b"", true),
        ] {
            assert_eq!(is_column(rest), is, "{rest:?}");
        }
        // Nobody knows a name that is longer, so that nothing behind it is looked at.
        let long = |letters: usize| [&*b"a".repeat(letters), b"\":"].concat();
        assert!(!is_column(&long(LONGEST)) && is_column(&long(LONGEST + 1)));
    }

    #[test]
    fn a_name_that_never_ends_is_looked_at_for_a_little_only() {
        // Each beginning in it, looked at up to its end, would take hours.
        let name = b"line_item_".repeat(400_000);
        let columns = (0..name.len()).step_by(10).filter(|at| is_column(&name[*at..]));
        assert_eq!(columns.count(), 400_000);
    }
}
