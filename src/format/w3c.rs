//! Tables in the W3C's extended format: lines that begin with `#` direct how the others are to be
//! read, above all `#Fields:`, which names the columns.

use super::Probe;
use super::cells::Csv;
use super::table::mark_of;
use memchr::memchr_iter;

/// What a line that begins with `#` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Directive<'a> {
    /// The names of the columns.
    Fields(&'a str),
    /// When the table was begun.
    Date(&'a str),
    /// `#Version`, `#Software` and the like.
    Other,
}

const OTHERS: [&str; 6] =
    ["#Version:", "#Software:", "#End-Date:", "#Remark:", "#GMT-Offset:", "#Log-type:"];

pub(super) fn directive(line: &str) -> Option<Directive<'_>> {
    if !line.starts_with('#') {
        return None;
    }
    let after = |name: &str| {
        let begins = line.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name));
        begins.then(|| line[name.len()..].trim())
    };
    if let Some(names) = after("#Fields:") {
        return Some(Directive::Fields(names));
    }
    if let Some(date) = after("#Date:").or_else(|| after("#Start-Date:")) {
        return Some(Directive::Date(date));
    }
    OTHERS.iter().any(|name| after(name).is_some()).then_some(Directive::Other)
}

/// The names of a `#Fields:` line, and the comma if it is what parts them and the columns.
pub(super) fn names(fields: &str) -> (impl Iterator<Item = &str> + Clone, Option<char>) {
    let comma = fields.contains(',') && !fields.contains([' ', '\t']);
    let parts = move |c: char| if comma { c == ',' } else { c == ' ' || c == '\t' };
    (fields.split(parts).filter(|name| !name.is_empty()), comma.then_some(','))
}

/// Whether the record may be a directive that others are read by, in whatever envelope.
pub(super) fn may_direct(record: &[u8]) -> bool {
    let directs = |at: usize| {
        let rest = &record[at + 1..];
        [&b"Fields:"[..], b"Date:", b"Start-Date:"]
            .iter()
            .any(|name| rest.get(..name.len()).is_some_and(|rest| rest.eq_ignore_ascii_case(name)))
    };
    memchr_iter(b'#', record).any(directs)
}

/// Whether the record is part of a table whose columns are `known`: one of its directives, or a
/// line of as many columns as the table in the sample has.
pub(super) fn is_in(probe: &Probe<'_>, known: impl Fn(&str) -> bool) -> bool {
    let own = directive(probe.record);
    let mut lines = probe.sample.iter().filter(|line| line.starts_with('#'));
    let fields = match own {
        Some(Directive::Fields(fields)) => Some(fields),
        _ => lines.find_map(|line| match directive(line) {
            Some(Directive::Fields(fields)) => Some(fields),
            _ => None,
        }),
    };
    let Some(fields) = fields.filter(|fields| known(fields)) else { return false };
    if own.is_some() {
        return true;
    }
    let (names, comma) = names(fields);
    let width = names.count();
    let mark = comma.unwrap_or_else(|| mark_of(probe.record, width));
    !probe.record.starts_with(['{', '#']) && Csv::new(probe.record, mark).count() == width
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_are_told_from_comments() {
        assert_eq!(directive("#Fields: a b"), Some(Directive::Fields("a b")));
        assert_eq!(directive("#fields:a"), Some(Directive::Fields("a")));
        assert_eq!(directive("#Date: 2026-03-04"), Some(Directive::Date("2026-03-04")));
        assert_eq!(directive("#Version: 1.0"), Some(Directive::Other));
        for line in ["# Fields: a", "#fields\ta\tb", "Fields: a", "#", "#é"] {
            assert_eq!(directive(line), None, "{line}");
        }
    }

    #[test]
    fn names_are_parted_by_blanks_or_commas() {
        let all = |fields| names(fields).0.collect::<Vec<_>>();
        assert_eq!(all("  a  b\tc(d-e)"), ["a", "b", "c(d-e)"]);
        assert_eq!(all("a,b"), ["a", "b"]);
        assert_eq!(names("a,b").1, Some(','));
    }

    #[test]
    fn a_directive_is_seen_in_its_envelope() {
        assert!(may_direct(b"#Fields: a"));
        assert!(may_direct(b"2026-03-04T10:00:00.000Z #Fields: a"));
        assert!(may_direct(br##"{"timestamp":1,"message":"#Fields: a"}"##));
        assert!(may_direct(br##"[{"field":"@message","value":"#Fields: a"}]"##));
        let late = format!(r##"{{"a":"{}","message":"#Fields: a"}}"##, "x".repeat(4096));
        assert!(may_direct(late.as_bytes()));
        assert!(!may_direct(br##"{"message":"#1 #Fieldses"}"##));
        assert!(!may_direct(b"GET / 200") && !may_direct(b"2026-03-04 GET /"));
    }
}
