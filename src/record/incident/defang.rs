//! Addresses of the web in what people read: `hxxp://evil[.]example`, so that nobody, and no program
//! that makes links of text, goes there. Files for machines have them as they are.

use super::page::{Block, Cell};
use super::text;
use std::borrow::Cow;

/// What a record says that has some.
pub(super) const TOLD: &str = "Addresses of the web are written hxxp and [.] here, so that nothing \
                               makes links of them; the JSON record has them as they are.";

/// The text with each `t` of such schemes as `x`, and each dot within the host as `[.]`; the same for
/// `www.` without a scheme.
pub fn defanged(text: &str) -> Cow<'_, str> {
    let mut safe = String::new();
    let mut taken = 0;
    while let Some((scheme, host)) = next(text, taken) {
        safe.push_str(&text[taken..scheme]);
        safe.extend(text[scheme..host].chars().map(|c| match c {
            't' => 'x',
            'T' => 'X',
            c => c,
        }));
        let end = text[host..].find(is_end).map_or(text.len(), |at| host + at);
        // What looks like a host may be the scheme of the next.
        let seen = text.get(..end + 2).unwrap_or(&text[..end]);
        let end = next(seen, host.max(scheme + 1)).map_or(end, |(begin, _)| begin.min(end));
        for (at, c) in text[host..end].char_indices() {
            let next = text[host + at + c.len_utf8()..end].chars().next();
            let parts = c == '.' && next.is_some_and(char::is_alphanumeric);
            if parts { safe.push_str("[.]") } else { safe.push(c) }
        }
        taken = end;
    }
    if taken == 0 {
        return Cow::Borrowed(text);
    }
    safe.push_str(&text[taken..]);
    Cow::Owned(safe)
}

/// Where the next address begins, and its host.
fn next(text: &str, from: usize) -> Option<(usize, usize)> {
    const SCHEMES: [&str; 4] = ["http", "https", "ftp", "ftps"];
    let bytes = text.as_bytes();
    (from..bytes.len()).find_map(|at| match bytes[at] {
        b':' if bytes[at..].starts_with(b"://") => {
            let begin = |scheme: &&str| {
                let begin = at.checked_sub(scheme.len()).filter(|begin| *begin >= from)?;
                bytes[begin..at].eq_ignore_ascii_case(scheme.as_bytes()).then_some(begin)
            };
            Some((SCHEMES.iter().find_map(begin)?, at + 3))
        }
        b'w' | b'W' => {
            let is_www = bytes.get(at..at + 4).is_some_and(|it| it.eq_ignore_ascii_case(b"www."));
            let is_first = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
            (is_www && is_first).then_some((at, at))
        }
        _ => None,
    })
}

/// What a host does not have.
fn is_end(c: char) -> bool {
    c.is_whitespace() || "/?#\"'<>()[]{},;|`\\".contains(c)
}

/// As [`text::line`].
pub(super) fn line(text: &str) -> String {
    defanged(&text::line(text)).into_owned()
}

/// As [`text::lines`].
pub(super) fn lines(text: &str) -> impl Iterator<Item = String> {
    text::lines(text).map(|line| defanged(&line).into_owned())
}

/// As [`text::joined`].
pub(super) fn joined(text: &str) -> String {
    defanged(&text::joined(text)).into_owned()
}

/// Whether there is such an address in this part of a page.
pub(super) fn is_in(block: &Block) -> bool {
    let is_web = |text: &str| matches!(defanged(text), Cow::Owned(_));
    let is_said = |cell: &Cell| match cell {
        Cell::Own(text) | Cell::Said(text) | Cell::Words(text) => is_web(text),
        Cell::NotStated => false,
    };
    match block {
        Block::Heading(_, cells, _) | Block::Items(cells) => cells.iter().any(is_said),
        Block::Facts(facts) => facts.iter().any(|(_, cells)| cells.iter().any(is_said)),
        Block::Table(_, rows) => rows.iter().any(|cells| cells.iter().any(is_said)),
        Block::Prose(by, text) => is_web(text) || by.as_deref().is_some_and(is_web),
        Block::Line(text) => is_web(text),
        Block::Record(_, bytes) => is_web(&String::from_utf8_lossy(bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_address_of_the_web_stays_one() {
        for (text, safe) in [
            ("see http://evil.example/a.b?c=d.e.", "see hxxp://evil[.]example/a.b?c=d.e."),
            ("HTTPS://198.51.100.7:8443", "HXXPS://198[.]51[.]100[.]7:8443"),
            ("(ftp://a.b)", "(fxp://a[.]b)"),
            ("http://u:p@a.b.", "hxxp://u:p@a[.]b."),
            ("a=http://b.c,https://d.e", "a=hxxp://b[.]c,hxxps://d[.]e"),
            ("www.evil.example/x", "www[.]evil[.]example/x"),
            ("http://www.evil.example", "hxxp://www[.]evil[.]example"),
            ("http://http://a.b", "hxxp://hxxp://a[.]b"),
            ("www.http://www.a.b", "www.hxxp://www[.]a[.]b"),
            ("http://évil.example", "hxxp://évil[.]example"),
        ] {
            assert_eq!(defanged(text), safe);
        }
        for text in ["", "10.0.0.1", "s3://bucket.of.ours/a.gz", "awww. no", "http:/a.b", "://"] {
            assert_eq!(defanged(text), text);
        }
    }

    proptest! {
        #[test]
        fn a_second_time_changes_nothing(text in "([htps]{3,5}|www|[:/.\\[\\]é a]|://){0,20}") {
            let once = defanged(&text).into_owned();
            prop_assert_eq!(defanged(&once), once.as_str());
            prop_assert!(!once.to_lowercase().contains("http://"), "{}", once);
        }
    }
}
