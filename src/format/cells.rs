//! The cells of a line: parted by a mark and quoted as RFC 4180 has it, or parted by blanks and
//! quoted as web servers do.

use super::marks::Marks;
use std::borrow::Cow;

/// The cells of a record of a table. A quote within a quoted cell is doubled; a quote within any
/// other is a character like others; what stands behind a closing quote belongs to the cell.
#[derive(Debug, Clone)]
pub(super) struct Csv<'a> {
    line: &'a str,
    /// Where the next cell begins; beyond the line when the last has been given.
    at: usize,
    marks: Marks<'a>,
}

impl<'a> Csv<'a> {
    /// `mark` is what parts the cells: a comma, a semicolon, a tab or a bar.
    pub(super) fn new(record: &'a str, mark: char) -> Self {
        debug_assert!(mark.is_ascii(), "a mark is one byte");
        Self { line: record, at: 0, marks: Marks::new(record, mark as u8) }
    }

    /// Passes a cell over without making anything of it; whether there was one.
    pub(super) fn pass(&mut self) -> bool {
        self.cut().is_some()
    }

    /// What stands from here on up to the next mark, which is passed.
    #[inline]
    fn up_to_mark(&mut self, from: usize) -> &'a str {
        let end = self.marks.next(from);
        self.at = end + 1;
        &self.line[from..end]
    }

    /// The next cell without its quotes, what stands behind the closing one, and whether quotes
    /// within it are doubled.
    #[inline]
    fn cut(&mut self) -> Option<(&'a str, &'a str, bool)> {
        let start = self.at;
        let Some(quoted) = self.line.get(start..)?.strip_prefix('"') else {
            return Some((self.up_to_mark(start), "", false));
        };
        let mut from = 0;
        let mut doubled = false;
        loop {
            let found = memchr::memchr(b'"', &quoted.as_bytes()[from..]);
            let Some(at) = found.map(|at| from + at) else {
                self.at = self.line.len() + 1;
                return Some((quoted, "", doubled));
            };
            if !quoted[at + 1..].starts_with('"') {
                let tail = self.up_to_mark(start + 1 + at + 1);
                return Some((&quoted[..at], tail, doubled));
            }
            doubled = true;
            from = at + 2;
        }
    }
}

impl<'a> Iterator for Csv<'a> {
    type Item = Cow<'a, str>;

    fn next(&mut self) -> Option<Cow<'a, str>> {
        Some(match self.cut()? {
            (cell, "", false) => Cow::Borrowed(cell),
            (cell, tail, _) => Cow::Owned(cell.replace("\"\"", "\"") + tail),
        })
    }
}

/// A cell without the quotes around it, if there are any.
#[inline]
pub(super) fn unquoted(cell: &str) -> &str {
    match cell.as_bytes() {
        [b'"', inner @ .., b'"'] => &cell[1..=inner.len()],
        _ => cell,
    }
}

/// The words of a line, parted by blanks; in quotes a word may hold blanks, and a backslash there
/// takes its meaning from the next character. A quote that no blank follows is part of the word,
/// as in `"h2","http/1.1"`. The quotes around a word are taken off, escapes are left as they stand.
#[derive(Debug, Clone)]
pub(super) struct Words<'a> {
    line: &'a str,
    /// Where what is left of it begins.
    at: usize,
    blanks: Marks<'a>,
}

impl<'a> Words<'a> {
    pub(super) fn new(line: &'a str) -> Self {
        Self { line, at: 0, blanks: Marks::new(line, b' ') }
    }

    /// What is left of the line.
    #[inline]
    pub(super) fn rest(&self) -> &'a str {
        &self.line[self.start()..]
    }

    /// Where the next word begins.
    #[inline]
    fn start(&self) -> usize {
        let rest = &self.line.as_bytes()[self.at..];
        self.at + rest.iter().take_while(|byte| **byte == b' ').count()
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    #[inline]
    fn next(&mut self) -> Option<&'a str> {
        let start = self.start();
        if *self.line.as_bytes().get(start)? == b'"' {
            let quoted = &self.line[start + 1..];
            let end = closing(quoted);
            self.at = self.line.len().min(start + 1 + end + 1);
            return Some(&quoted[..end]);
        }
        self.at = self.blanks.next(start);
        Some(&self.line[start..self.at])
    }
}

/// Where the quote stands that closes the text, or its end.
fn closing(quoted: &str) -> usize {
    let bytes = quoted.as_bytes();
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
        at += found;
        let escapes = bytes[at] == b'\\';
        if !escapes && matches!(bytes.get(at + 1), None | Some(b' ')) {
            return at;
        }
        at += if escapes { 2 } else { 1 };
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn csv(record: &str) -> Vec<String> {
        Csv::new(record, ',').map(Cow::into_owned).collect()
    }

    #[test]
    fn cells_are_parted_and_unquoted() {
        assert_eq!(csv("a,\"b,\"\"c\"\"\",,d"), ["a", "b,\"c\"", "", "d"]);
        assert_eq!(csv(""), [""]);
        assert_eq!(csv(","), ["", ""]);
        assert_eq!(csv("\"a\"b,c"), ["ab", "c"]);
        assert_eq!(csv("\"open,c"), ["open,c"]);
        assert_eq!(csv("a\"b,c"), ["a\"b", "c"]);
    }

    #[test]
    fn words_may_be_quoted() {
        let words = |line| Words::new(line).collect::<Vec<_>>();
        assert_eq!(words("a  \"b c\" - \"\" d"), ["a", "b c", "-", "", "d"]);
        assert_eq!(words(r#""a \" b" c"#), [r#"a \" b"#, "c"]);
        assert_eq!(
            words(r#""h2","http/1.1" "a "b" c" d"#),
            [r#"h2","http/1.1"#, "a \"b", "c\"", "d"]
        );
        assert_eq!(words("\"open c"), ["open c"]);
        assert_eq!(words(r#""a\"#), [r"a\"]);
        assert_eq!(words(""), [""; 0]);
    }

    proptest! {
        #[test]
        fn what_is_quoted_comes_back(cells in prop::collection::vec("[a,\" é\n]{0,6}", 1..5)) {
            let quoted: Vec<String> =
                cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
            prop_assert_eq!(csv(&quoted.join(",")), cells);
        }

        #[test]
        fn any_line_has_words(line in r#"[a" \\é]{0,20}"#) {
            let length: usize = Words::new(&line).map(str::len).sum();
            prop_assert!(length <= line.len());
        }
    }
}
