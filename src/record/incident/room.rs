//! Text for where there is little room: whole lines as far as they fit, and a last one that says
//! what was left out.

use super::defang::defanged;
use crate::event::counted;
use crate::shown;

/// How long text is for those who set limits: in units of UTF-16, of which no way of counting
/// characters finds more.
pub(super) fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The shown text in at most so many units, with an ellipsis in the place of what does not fit. No
/// escape is cut in two.
pub(super) fn cut(text: &str, most: usize) -> (String, bool) {
    if length(text) <= most {
        return (text.to_owned(), false);
    }
    let mut left = most.saturating_sub(1);
    let fits = |c: &char| {
        let fits = c.len_utf16() <= left;
        left = left.saturating_sub(c.len_utf16());
        fits
    };
    let end: usize = text.chars().take_while(fits).map(char::len_utf8).sum();
    let mut short = text[..shown::before_escape(text, end)].to_owned();
    if most > 0 {
        short.push('…');
    }
    (short, true)
}

/// The text in at most so many bytes.
pub(super) fn cut_bytes(text: &str, most: usize) -> (String, bool) {
    if text.len() <= most {
        return (text.to_owned(), false);
    }
    let end = text.floor_char_boundary(most.saturating_sub('…'.len_utf8()));
    (format!("{}…", &text[..shown::before_escape(text, end)]), true)
}

/// Units kept for the last line.
const LAST: usize = 260;

/// A text with a limit. It is pasted where links are made of addresses, so those of the web are none
/// on it.
#[derive(Debug)]
pub(super) struct Sheet {
    text: String,
    used: usize,
    most: usize,
    /// What was left out: how many, with the nouns.
    left: Vec<(usize, &'static str, &'static str)>,
    cuts: Vec<&'static str>,
    /// What is told nowhere on it, for the last line.
    never: String,
    /// Some address of the web was made harmless.
    is_defanged: bool,
}

impl Sheet {
    /// Of at most so many units; the last line also says what is told nowhere on it.
    pub(super) fn new(most: usize, never: String) -> Self {
        Self {
            text: String::new(),
            used: 0,
            most,
            left: Vec::new(),
            cuts: Vec::new(),
            never,
            is_defanged: false,
        }
    }

    fn room(&self) -> usize {
        self.most.saturating_sub(self.used + LAST + length(&self.never))
    }

    /// Adds lines, all or none.
    pub(super) fn line(&mut self, line: &str) -> bool {
        let safe = defanged(line);
        let needed = length(&safe) + 1;
        if needed > self.room() {
            return false;
        }
        self.is_defanged |= *safe != *line;
        self.text.push_str(&safe);
        self.text.push('\n');
        self.used += needed;
        true
    }

    /// Adds a line, of at most so many units, cut if it must be; `what` is what is then said to
    /// be cut.
    pub(super) fn part(&mut self, line: &str, most: usize, what: &'static str) {
        let room = self.room().saturating_sub(1).min(most);
        let safe = defanged(line);
        self.is_defanged |= *safe != *line;
        let (short, is_cut) = cut(&safe, room);
        if is_cut && !self.cuts.contains(&what) {
            self.cuts.push(what);
        }
        if room > 0 {
            self.line(&short);
        }
    }

    /// Adds lines while they fit, at most so many; the rest is counted as left out.
    pub(super) fn some<L: AsRef<str>>(
        &mut self,
        lines: impl ExactSizeIterator<Item = L>,
        most: usize,
        (one, many): (&'static str, &'static str),
    ) {
        let all = lines.len();
        let mut told = 0;
        for line in lines.take(most) {
            if !self.line(line.as_ref()) {
                break;
            }
            told += 1;
        }
        self.leave(all - told, one, many);
    }

    /// Says that so many are not told.
    pub(super) fn leave(&mut self, count: usize, one: &'static str, many: &'static str) {
        match self.left.iter_mut().find(|(_, noun, _)| *noun == one) {
            _ if count == 0 => {}
            Some((known, ..)) => *known += count,
            None => self.left.push((count, one, many)),
        }
    }

    /// The text, and what it leaves out.
    pub(super) fn end(mut self) -> (String, Vec<String>) {
        let left = self.left.iter().map(|(count, one, many)| counted(*count as u64, one, many));
        let cuts = self.cuts.iter().map(|what| format!("the end of {what}"));
        let left: Vec<String> = left.chain(cuts).collect();
        let said = [left.join(", "), self.never];
        let said: Vec<String> = said.into_iter().filter(|text| !text.is_empty()).collect();
        let left_out = (!said.is_empty()).then(|| format!("Left out here: {}.", said.join("; ")));
        let web = self.is_defanged.then(|| "Web addresses are written hxxp and [.].".to_owned());
        let last: Vec<String> = web.into_iter().chain(left_out).collect();
        let room = self.most.saturating_sub(self.used);
        self.text.push_str(&cut(&last.join(" "), room).0);
        (self.text.trim_end().to_owned(), left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nothing_is_longer_than_it_may_be(
            lines in proptest::collection::vec(".{0,80}", 0..40),
            most in 0usize..1500,
        ) {
            let mut sheet = Sheet::new(most, String::new());
            sheet.part(&lines.join(" "), 300, "the summary");
            sheet.some(lines.iter(), 30, ("line", "lines"));
            let (text, left) = sheet.end();
            prop_assert!(length(&text) <= most.max(1));
            let all = lines.iter().all(|line| text.contains(line.trim_end()));
            prop_assert!(all || !left.is_empty());
        }

        #[test]
        fn what_is_cut_says_so(text: String, most in 0usize..40) {
            let (short, is_cut) = cut(&text, most);
            prop_assert!(length(&short) <= most);
            prop_assert_eq!(is_cut, short != text);
            let (short, is_cut) = cut_bytes(&text, most.max(3));
            prop_assert!(short.len() <= most.max(3));
            prop_assert_eq!(is_cut, short != text);
        }
    }

    #[test]
    fn the_last_line_counts_what_is_left_out() {
        let mut sheet = Sheet::new(300, String::new());
        sheet.some(["a", "b", "c"].iter(), 2, ("alarm", "alarms"));
        sheet.part(&"x".repeat(500), 20, "the summary");
        let (text, left) = sheet.end();
        assert!(text.ends_with("Left out here: 1 alarm, the end of the summary."), "{text}");
        assert_eq!(left, ["1 alarm", "the end of the summary"]);
    }
}
