//! What stands before the message of a line: the two prefixes that RDS knows, and those of others,
//! as far as they can be told from what stands in them.

use super::entry::Entry;
use crate::format::clock::{self, Stamp};

/// What a line says of its message. Those from `DETAIL` on add to the message before.
const LEVELS: [&str; 18] = [
    "LOG",
    "ERROR",
    "FATAL",
    "PANIC",
    "WARNING",
    "NOTICE",
    "INFO",
    "DEBUG",
    "DEBUG1",
    "DEBUG2",
    "DEBUG3",
    "DEBUG4",
    "DEBUG5",
    "DETAIL",
    "HINT",
    "CONTEXT",
    "STATEMENT",
    "QUERY",
];

/// As much of a line as its prefix may take.
pub(super) const LONGEST: usize = 600;

/// A line's parts; `None` if it has no such prefix.
pub(super) fn read(line: &str) -> Option<Entry<'_>> {
    // Old packages put the time between signs.
    let (stamp, rest) = stamp(line.strip_prefix("< ").unwrap_or(line))?;
    let entry = match rest.strip_prefix(':') {
        Some(rest) => of_rds(rest).or_else(|| of_others(rest)),
        None => of_others(rest),
    };
    let entry = entry.filter(|entry| {
        // Without a process, little else than two blanks tells these lines from others.
        let before = &line[..line.len() - entry.message.len()];
        !entry.pid.is_empty() || before.ends_with(":  ") && has_zone(&line[..before.len()])
    });
    entry.map(|entry| Entry { stamp: Some(stamp), ..entry })
}

/// The time that a line begins with, and what follows its zone. A zone that is no offset and of
/// no known name may be any.
pub(super) fn stamp(line: &str) -> Option<(Stamp, &str)> {
    if !line.as_bytes().first()?.is_ascii_digit() || line.as_bytes().get(10) != Some(&b' ') {
        return None;
    }
    let (stamp, rest) = match offset_end(line) {
        Some(end) => clock::iso(&line[..end]).map(|(stamp, _)| (stamp, &line[end..]))?,
        None => clock::iso(line)?,
    };
    let stamp = stamp.named(american);
    let name = rest.strip_prefix(' ').unwrap_or("");
    let length = name.bytes().take_while(u8::is_ascii_uppercase).count();
    let is_zone = !stamp.zoned
        && (2..=5).contains(&length)
        && !LEVELS.contains(&&name[..length])
        && name[length..].starts_with([' ', ':', ',']);
    Some(if is_zone { (stamp, &name[length..]) } else { (stamp, rest) })
}

/// Where the offset of the time ends, if a colon follows it: the server writes none within an
/// offset, and RDS an address behind it, as in `10:42:02 -03:10.0.0.9(33436):`.
fn offset_end(line: &str) -> Option<usize> {
    let zone =
        11 + line.get(11..)?.find([' ', ':', '[']).filter(|at| line[11 + at..].starts_with(':'))?;
    let blank = zone + line[zone..].find(' ')?;
    let sign = line.get(blank + 1..)?.strip_prefix(['+', '-'])?;
    let digits = sign.bytes().take_while(u8::is_ascii_digit).count();
    let end = blank + 2 + digits;
    let after = line[end..].strip_prefix(':').filter(|_| matches!(digits, 2 | 4))?;
    // Others may write one.
    let minutes = after.bytes().take_while(u8::is_ascii_digit).count() == 2;
    let is_offset = minutes && !after[2..].starts_with(['.', ':', '(']);
    (digits == 4 || !is_offset).then_some(end)
}

/// Hours east of UTC of zones in America whose names are of several zones elsewhere, but of none in
/// the time zone database, from which the server takes what it prints. `CST`, `CDT` and `PST` it prints
/// of Shanghai, Havana and Manila, too, so they say nothing.
///
/// Source: the IANA time zone database, 2025.
fn american(name: &str) -> Option<i64> {
    Some(match name {
        "EDT" => -4,
        "EST" => -5,
        "MDT" => -6,
        "MST" | "PDT" => -7,
        _ => return None,
    })
}

/// `%t:%r:%u@%d:[%p]:`, or `%m:%r:%u@%d:[%p]:%l:%e:%s:%v:%x:%c:%q%a:`, without the time.
/// A name may hold what looks like all of that: who may not connect can choose any. The message
/// that refuses him says the name too, and tells which it is.
fn of_rds(rest: &str) -> Option<Entry<'_>> {
    let mut found = None;
    for (at, _) in rest.match_indices(":[").take(16) {
        let Some((pid, after)) = rest[at + 2..].split_once("]:") else { break };
        if pid.is_empty() || !pid.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        let (host, port, who) = client(&rest[..at]);
        let (user, database) = who.rsplit_once('@').unwrap_or((who, ""));
        let entry = Entry {
            host,
            port,
            user: known(user),
            database: known(database),
            pid,
            ..Entry::default()
        };
        let whole = match level(after) {
            Some((level, message)) => Some(Entry { level, message, ..entry }),
            None => long(&entry, after),
        };
        let Some(entry) = whole else { continue };
        // A name has room for 63 bytes. That of a statement's session holds nothing of the kind.
        let is_name = |name: &str| name.len() <= 63;
        let holds = || entry.user.contains(":[") && is_name(entry.user) && is_name(entry.database);
        let names = || entry.message.contains(&format!("\"{}\"", entry.user));
        if found.is_none() || entry.level == "FATAL" && holds() && names() {
            found = Some(entry);
        }
    }
    found
}

/// What RDS's longer prefix has behind the process.
fn long<'a>(entry: &Entry<'a>, text: &'a str) -> Option<Entry<'a>> {
    let (line, rest) = text.split_once(':')?;
    let (code, rest) = rest.split_once(':')?;
    let (start, rest) = stamp(rest)?;
    let mut parts = rest.strip_prefix(':')?.splitn(4, ':');
    let (virtual_xid, xid, session_id, rest) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let known = code.len() == 5 && line.bytes().all(|byte| byte.is_ascii_digit());
    let session_start = Some(start);
    let entry = Entry { session_id, session_start, line, virtual_xid, xid, code, ..*entry };
    if !known {
        return None;
    }
    // A process that serves no client has no name of a program.
    if let Some((level, message)) = level(rest) {
        return Some(Entry { level, message, ..entry });
    }
    let (application, level, message) = found(rest)?;
    let application = application.strip_suffix(':').unwrap_or(application);
    Some(Entry { application: self::known(application), level, message, ..entry })
}

/// Whether a word in capitals or an offset stands behind the time.
fn has_zone(head: &str) -> bool {
    let word = head.trim_start_matches("< ").split(' ').nth(2).unwrap_or("");
    let letters = word.bytes().all(|byte| byte.is_ascii_uppercase());
    letters && (2..=5).contains(&word.len()) && !LEVELS.contains(&word)
        || word.starts_with(['+', '-'])
}

/// `%m [%p] `, with whatever else somebody put there: `user@database`, `address(port)`,
/// `user=…,db=…,app=…,client=…`.
fn of_others(rest: &str) -> Option<Entry<'_>> {
    let (before, level, message) = found(rest)?;
    let mut entry = Entry { level, message, ..Entry::default() };
    for word in before.split([' ', ',']).map(|word| word.trim_matches([':', ';'])) {
        if let Some((name, value)) = word.split_once('=') {
            match name {
                "user" | "u" => entry.user = known(value),
                "db" | "database" | "d" => entry.database = known(value),
                "app" | "application" | "application_name" => entry.application = known(value),
                "client" | "host" | "h" => (entry.host, entry.port, _) = client(value),
                "pid" | "p" => entry.pid = value,
                _ => {}
            }
        } else if let Some(inner) = word.strip_prefix('[').and_then(|word| word.strip_suffix(']')) {
            let (number, line) = inner.split_once('-').unwrap_or((inner, ""));
            let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
            if is_number && entry.pid.is_empty() {
                (entry.pid, entry.line) = (number, line);
            } else if is_number {
                entry.line = number;
            }
        } else if let Some((user, database)) = word.rsplit_once('@') {
            (entry.user, entry.database) = (known(user), known(database));
        } else if word.ends_with(')') {
            (entry.host, entry.port, _) = client(word);
        }
    }
    Some(entry)
}

/// `address(port):rest`, `[local]:rest` or `address:rest`; addresses may hold colons.
fn client(text: &str) -> (&str, &str, &str) {
    if let Some(rest) = text.strip_prefix("[local]") {
        return ("[local]", "", rest.trim_start_matches(':'));
    }
    let (end, rest) = match text.find("):") {
        Some(at) => (&text[..at], &text[at + 2..]),
        None => match text.strip_suffix(')') {
            Some(end) => (end, ""),
            None => {
                let (host, rest) = text.rsplit_once(':').unwrap_or((text, ""));
                return (host, "", rest);
            }
        },
    };
    let (host, port) = end.rsplit_once('(').unwrap_or((end, ""));
    (host, port, rest)
}

/// What the text begins with, if it is a level with its colon, and the message behind it.
fn level(text: &str) -> Option<(&str, &str)> {
    let (level, message) = text.split_once(':')?;
    LEVELS.contains(&level).then(|| (level, message.trim_start()))
}

/// The first level in the text, what stands before it, and the message behind it.
fn found(text: &str) -> Option<(&str, &str, &str)> {
    for (at, _) in text.match_indices(':').take_while(|(at, _)| *at < LONGEST) {
        let word = text[..at].rfind(|c: char| !c.is_ascii_alphanumeric());
        let begin =
            word.map_or(0, |word| word + text[word..].chars().next().map_or(1, char::len_utf8));
        let apart = text[..begin].ends_with([' ', ':', ']', ',', '>']) || begin == 0;
        if apart && LEVELS.contains(&&text[begin..at]) {
            return Some((text[..begin].trim_end(), &text[begin..at], text[at + 1..].trim_start()));
        }
    }
    None
}

fn known(name: &str) -> &str {
    if name == "[unknown]" { "" } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// User, database, host, port, process and level, with bars between.
    fn parts(line: &str) -> Option<String> {
        let entry = read(line)?;
        assert_eq!(entry.message, "x", "{line}");
        let Entry { user, database, host, port, pid, level, .. } = entry;
        Some([user, database, host, port, pid, level].join("|"))
    }

    #[test]
    fn the_zone_ends_where_the_address_begins() {
        for (zone, rest, expected) in [
            ("-03", "10.0.0.9(33436):al@shop:[2]:LOG:  x", Some("13:42:02")),
            ("+0530", "10.0.0.9(33436):al@shop:[2]:LOG:  x", Some("05:12:02")),
            ("+05", "[local]:al@shop:[2]:LOG:  x", Some("05:42:02")),
            ("-03", "20:db8::1(3):al@shop:[2]:LOG:  x", Some("13:42:02")),
            ("EDT", "10.0.0.9(33436):al@shop:[2]:LOG:  x", Some("14:42:02")),
            ("EST", "@:[2]:LOG:  x", Some("15:42:02")),
            ("PDT", "@:[2]:LOG:  x", Some("17:42:02")),
            ("CEST", "@:[2]:LOG:  x", Some("08:42:02")),
            // These may be any of several, and an unknown one is none.
            ("IST", "@:[2]:LOG:  x", None),
            ("CST", "@:[2]:LOG:  x", None),
            ("PST", "@:[2]:LOG:  x", None),
            ("XYZT", "@:[2]:LOG:  x", None),
        ] {
            let line = format!("2026-03-04 10:42:02 {zone}:{rest}");
            let (stamp, _) = stamp(&line).unwrap();
            assert_eq!(stamp.zoned, expected.is_some(), "{line}");
            let time = stamp.time(0).to_rfc3339();
            assert!(time.contains(expected.unwrap_or("10:42:02")), "{line}: {time}");
            let user = if rest.starts_with('@') { "" } else { "al" };
            assert_eq!(read(&line).unwrap().user, user, "{line}");
        }
        let host =
            read("2026-03-04 10:42:02 -03:10.0.0.9(33436):al@shop:[2]:LOG:  x").unwrap().host;
        assert_eq!(host, "10.0.0.9");
        let (stamp, rest) = stamp("2026-03-04 10:42:02 -03:30 [7] al@shop LOG:  x").unwrap();
        assert_eq!(
            (&*stamp.time(0).to_rfc3339(), rest),
            ("2026-03-04T14:12:02Z", " [7] al@shop LOG:  x")
        );
    }

    #[test]
    fn prefixes_say_who_and_from_where() {
        let long = "3:00000:2026-03-04 10:00:00 UTC:3/12:0:69a8.1b";
        for (line, expected) in [
            ("UTC:192.0.2.1(33436):al@shop:[2]:LOG:  x", "al|shop|192.0.2.1|33436|2|LOG"),
            ("UTC:2001:db8::1(3):a:b@shop:[2]:ERROR: x", "a:b|shop|2001:db8::1|3|2|ERROR"),
            ("UTC::@:[7]:LOG:  x", "||||7|LOG"),
            ("UTC:[local]:[unknown]@[unknown]:[7]:FATAL:  x", "||[local]||7|FATAL"),
            (&format!("UTC:h(1):al@shop:[7]:{long}:a: b:LOG:  x"), "al|shop|h|1|7|LOG"),
            ("PKT [885178] al@shop LOG:  x", "al|shop|||885178|LOG"),
            ("CET [8]: [3-1] user=al,db=shop,app=a,client=h HINT:  x", "al|shop|h||8|HINT"),
        ] {
            let line = format!("2026-03-04 10:42:02 {line}");
            assert_eq!(parts(&line).as_deref(), Some(expected), "{line}");
        }
        for (line, expected) in [
            ("< 2026-03-04 10:42:02.113 UTC >LOG:  x", "|||||LOG"),
            ("2026-03-04 10:42:02 UTC LOG:  x", "|||||LOG"),
        ] {
            assert_eq!(parts(line).as_deref(), Some(expected), "{line}");
        }
        for line in [
            "2026-03-04 10:42:02 ERROR:  no process",
            "2026-03-04 10:42:02 UTC ERROR: no process",
            "2026-03-04T10:42:02Z 7 [Note] x",
            "2026-03-04 10:42:02 UTC",
            "LOG:  x",
            "2026-03-04 10:42:02 UTC:é:[:ü",
        ] {
            assert_eq!(parts(line), None, "{line}");
        }
    }
}
