//! Lines of `name=value name="value with blanks"`, as programs write them that log with logrus.

/// The pairs of a line, in order. In quotes a backslash takes its meaning from the next character;
/// values are without their quotes, and escapes as they stand.
#[derive(Debug, Clone)]
pub(super) struct Pairs<'a>(&'a str);

impl<'a> Pairs<'a> {
    pub(super) fn new(line: &'a str) -> Self {
        Self(line)
    }
}

impl<'a> Iterator for Pairs<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let line = self.0.trim_start_matches(' ');
            let end = line.find(['=', ' '])?;
            let (name, rest) = line.split_at(end);
            let Some(rest) = rest.strip_prefix('=') else {
                // A word alone says nothing.
                self.0 = rest;
                continue;
            };
            let (value, rest) = match rest.strip_prefix('"') {
                Some(quoted) => {
                    let end = closing(quoted);
                    (&quoted[..end], quoted.get(end + 1..).unwrap_or(""))
                }
                None => rest.split_at(rest.find(' ').unwrap_or(rest.len())),
            };
            self.0 = rest;
            return Some((name, value));
        }
    }
}

fn closing(quoted: &str) -> usize {
    let mut escaped = false;
    let end = quoted.bytes().position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    });
    end.unwrap_or(quoted.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_told_apart() {
        let pairs = |line| Pairs::new(line).collect::<Vec<_>>();
        assert_eq!(pairs(r#"a=1  b="x \" y" c= d"#), [("a", "1"), ("b", r#"x \" y"#), ("c", "")]);
        assert_eq!(pairs(r#"word a="open é"#), [("a", "open é")]);
        assert_eq!(pairs(""), []);
        assert_eq!(pairs(r#"a="x\"#), [("a", r"x\")]);
    }
}
