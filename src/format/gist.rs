//! What a JSON record says, in one short line: its members by name, from the first one on, for
//! records that have no message of their own.

use super::frame::DEEPEST;
use super::scan::{Broken, Plain, Scan};

/// Characters of a line, with the ellipsis of one that was cut.
const LONGEST: usize = 200;

/// The members as `name=value name=value`, those of objects below their path and each element of
/// an array by itself, as a filter asks for them. `skipped` is an outermost member to leave out.
pub(super) fn of(record: &str, skipped: Option<&str>) -> String {
    let mut gist = Gist { line: String::new(), room: LONGEST, skipped };
    // The line ends where the record does, where it is full, or where the record is damaged.
    let _ = gist.value(&mut Scan::new(record), "", DEEPEST);
    gist.line
}

struct Gist<'a> {
    line: String,
    /// Characters that the line can still take.
    room: usize,
    skipped: Option<&'a str>,
}

impl Gist<'_> {
    fn value(&mut self, scan: &mut Scan<'_>, path: &str, room: usize) -> Result<(), Broken> {
        match scan.peek() {
            Some(b'{') => self.members(scan, path, room),
            Some(b'[') => {
                let room = scan.open(room)?;
                let mut first = true;
                while self.room > 0 && scan.more(b']', first)? {
                    first = false;
                    self.value(scan, path, room)?;
                }
                Ok(())
            }
            Some(b'"') => {
                let text = scan.string()?;
                self.say(path, &text);
                Ok(())
            }
            _ => {
                match scan.plain()? {
                    Plain::Null => self.say(path, "null"),
                    Plain::Bool(flag) => self.say(path, if flag { "true" } else { "false" }),
                    Plain::Number(number) => self.say(path, number),
                }
                Ok(())
            }
        }
    }

    fn members(&mut self, scan: &mut Scan<'_>, path: &str, room: usize) -> Result<(), Broken> {
        let room = scan.open(room)?;
        let mut first = true;
        while self.room > 0
            && let Some(key) = scan.key(first)?
        {
            first = false;
            if !path.is_empty() {
                // No more of a path than the line can take: it is copied for each member below.
                let below = path.chars().chain(['.']).chain(key.chars()).take(LONGEST);
                self.value(scan, &below.collect::<String>(), room)?;
            } else if self.skipped == Some(&*key) {
                scan.skip(room)?;
            } else {
                let path: String = key.chars().take(LONGEST).collect();
                self.value(scan, &path, room)?;
            }
        }
        Ok(())
    }

    fn say(&mut self, path: &str, text: &str) {
        if !self.line.is_empty() {
            self.add(" ");
        }
        self.add(path);
        self.add("=");
        self.add(text);
    }

    /// Adds what fits; the ellipsis takes the last place.
    fn add(&mut self, text: &str) {
        for c in text.chars() {
            match self.room {
                0 => return,
                1 => self.line.push('…'),
                _ => self.line.push(c),
            }
            self.room -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn members_are_named_by_their_paths() {
        for (record, expected) in [
            (r#"{"time":"2026-01-01","m":5}"#, "m=5"),
            (
                r#"{"a":"x y","b":null,"c":[true,{"d":-1.5}],"":""}"#,
                "a=x y b=null c=true c.d=-1.5 =",
            ),
            (r#"{"a":{"b":{"time":1}},"e":{}}"#, "a.b.time=1"),
            (r#"{"x":"\u001b[2J\u202e"}"#, "x=\u{1b}[2J\u{202e}"),
            (r#"{"time":1}"#, ""),
            (r"{}", ""),
        ] {
            assert_eq!(of(record, Some("time")), expected, "{record}");
        }
        assert_eq!(of(r#"{"time":"soon"}"#, None), "time=soon");
    }

    #[test]
    fn a_long_line_is_cut_and_shows_it() {
        let line = |length: usize| of(&format!(r#"{{"a":"{}"}}"#, "é".repeat(length)), None);
        assert_eq!(line(197).chars().count(), 199);
        assert!(line(197).ends_with('é'));
        for length in [199, 5000] {
            assert_eq!(line(length).chars().count(), LONGEST);
            assert!(line(length).ends_with("é…"));
        }
        let many = format!(r#"{{"a":[{}1]}}"#, "1,".repeat(100_000));
        assert_eq!(of(&many, None).chars().count(), LONGEST);
        let deep = "{\"a\":".repeat(100_000);
        assert_eq!(of(&deep, None), "");
        let empty =
            format!("{{\"{}\":{{{}\"b\":1}}}}", "k".repeat(300_000), "\"a\":{},".repeat(300_000));
        assert!(of(&empty, None).ends_with("kk…"));
    }

    proptest! {
        #[test]
        fn any_text_has_a_short_line(record in r#"[\[\]{}:,"\\ua0-9 é]{0,60}"#) {
            prop_assert!(of(&record, None).chars().count() <= LONGEST);
        }
    }
}
