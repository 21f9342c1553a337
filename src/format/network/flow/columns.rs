//! Which column of a flow log holds what, and the line that says it.

use super::Flows;
use crate::format::cells::unquoted;
use crate::format::marks;
use crate::format::names::{ROOM, are_said, bare, is_column};
use memchr::{memchr, memchr3_iter, memmem};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::format::network) enum Column {
    Text(usize),
    Number(usize),
    /// Of interfaces that services make it is `unknown`: the object's name may know better.
    Account,
    Source,
    Target,
    PacketSource,
    PacketTarget,
    Start,
    End,
    Bytes,
    Action,
    Status,
    Direction,
    /// Packets that were lost; the number is a place in [`Flows::LOST`].
    Lost(usize),
    /// Text in which bytes stand as `%XX`; the number is a place in [`Flows::TAGS`].
    Tag(usize),
    /// Such a log has none of this name, and another kind has.
    Foreign,
    /// Not known, or not needed.
    Other,
}

impl Column {
    /// Whether it holds an address.
    pub(super) fn is_end(self) -> bool {
        matches!(self, Self::Source | Self::Target | Self::PacketSource | Self::PacketTarget)
    }

    /// How much a value that is what it should be tells of its record being a flow.
    pub(super) fn weight(self) -> usize {
        match self {
            Self::Start | Self::End | Self::Action => 1,
            Self::Status => 2,
            column => usize::from(column.is_end()),
        }
    }

    /// Whether it holds a number.
    pub(super) fn is_number(self) -> bool {
        matches!(self, Self::Number(_) | Self::Start | Self::End | Self::Bytes | Self::Lost(_))
    }
}

/// The columns of a log, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::format::network) struct Layout {
    pub(in crate::format::network) columns: Vec<Column>,
    /// Runs of blanks part columns, unless it is a comma or a tab.
    pub(in crate::format::network) separator: u8,
    /// The [weight](Column::weight) of a record's values at least, of which those count that are
    /// not there, because a header has named the columns. Nothing has, and only values tell: `None`.
    pub(in crate::format::network) least: Option<usize>,
}

impl Layout {
    /// Reads a header line.
    pub(in crate::format::network) fn header<F: Flows>(line: &str) -> Option<Self> {
        let has_sign = |text: &str| may_be_header::<F>(text.as_bytes());
        if line.starts_with(|c: char| c.is_ascii_digit()) || !has_sign(line) {
            return None;
        }
        let separator = separator(line);
        let names: Vec<&str> = split(line, separator).collect();
        let meant = |name: &&str| F::named(bare(name, &mut { ROOM }));
        let known: Vec<Option<Column>> = names.iter().map(meant).collect();
        let found = known.iter().flatten().count();
        let signed =
            names.iter().zip(&known).any(|(name, column)| column.is_some() && has_sign(name));
        let foreign = known.contains(&Some(Column::Foreign));
        // Logs of other firewalls have some of the names, and say when and by what rule in theirs.
        let is_others =
            |name: &&str| matches!(bare(name, &mut { ROOM }), "time" | "timestamp" | "rule");
        let foreign = foreign
            || found < MANY && (names.iter().any(is_others) || are_said(names.iter().copied()));
        if found < 3 || found * 2 < names.len() || !signed || foreign {
            return None;
        }
        let columns: Vec<Column> =
            known.into_iter().map(|column| column.unwrap_or(Column::Other)).collect();
        let least = least(columns.iter().copied());
        Some(Self { columns, separator, least: Some(least) })
    }

    /// Whether a record has as many columns, or more.
    pub(in crate::format::network) fn fits(&self, record: &str) -> bool {
        split(record, self.separator).count() >= self.columns.len()
    }
}

/// Columns of a flow, of which nobody else has as many.
const MANY: usize = 8;

/// What the values of a record of these columns weigh at least.
pub(super) fn least(columns: impl Iterator<Item = Column>) -> usize {
    columns.map(Column::weight).sum::<usize>().min(ENOUGH)
}

/// What values weigh that tell by themselves that their record is a flow.
pub(super) const ENOUGH: usize = 4;

/// Whether the line's first word may be a name: of what stands in a flow log, little has no digit
/// and no capital.
pub(super) fn may_begin_header(line: &str) -> bool {
    let line = line.trim_start_matches(['"', '\u{feff}']).as_bytes();
    let is_letter = |byte: &u8| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'_' | b'2');
    line.first().is_some_and(u8::is_ascii_lowercase)
        && match line.iter().find(|byte| !is_letter(byte)) {
            Some(end) => matches!(end, b' ' | b',' | b'\t' | b'"'),
            None => true,
        }
}

/// Whether there may be a header in this record, in whatever envelope.
pub(super) fn may_be_header<F: Flows>(record: &[u8]) -> bool {
    F::signs().find_iter(record).any(|sign| is_column(&record[sign.start()..]))
}

/// Where in a record a column may begin, in whatever envelope: the mark before it, and all that
/// follows but quotes.
pub(in crate::format::network) fn begun(record: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let marks = memchr3_iter(b' ', b',', b'\t', record).map(|at| (record[at], at, at + 1));
    // In JSON a tab is a backslash and a letter.
    let spelled = memmem::find_iter(record, b"\\t").map(|at| (b'\t', at, at + 2));
    marks.chain(spelled).map(|(mark, at, from)| {
        let rest = &record[from..];
        // A string that is a member's value is no column.
        let is_value = mark == b' ' && record[..at].ends_with(b":");
        let quotes = rest.iter().take_while(|byte| !is_value && matches!(byte, b'"' | b'\\'));
        (mark, &rest[quotes.count()..])
    })
}

/// What parts the columns of a line.
pub(in crate::format::network) fn separator(line: &str) -> u8 {
    let has = |mark: &u8| memchr(*mark, line.as_bytes()).is_some();
    [b',', b'\t'].into_iter().find(has).unwrap_or(b' ')
}

/// The values of a line, without the quotes that programs for tables put around them.
pub(in crate::format::network) fn split(line: &str, separator: u8) -> impl Iterator<Item = &str> {
    let parts = marks::parts(line, separator);
    parts.filter(move |part| separator != b' ' || !part.is_empty()).map(unquoted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn words_are_what_blanks_part(line in "[ a!éx]{0,40}") {
            let expected: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
            prop_assert_eq!(split(&line, b' ').collect::<Vec<_>>(), expected);
        }

        #[test]
        fn columns_are_what_marks_part(cells in prop::collection::vec("[a é]{0,5}", 1..5)) {
            let quoted: Vec<String> = cells.iter().map(|cell| format!("\"{cell}\"")).collect();
            for line in [cells.join(","), quoted.join(",")] {
                prop_assert_eq!(split(&line, b',').collect::<Vec<_>>(), &cells[..]);
            }
        }
    }
}
