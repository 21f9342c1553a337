//! The values of a field among selected rows, most frequent first.

use crate::event::{Kind, Timestamp};
use crate::store::{Bits, Cell, Codes, Column, Dict, Entry, Segment, Selection};
use foldhash::quality::RandomState;
use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;

/// The values of one field over a selection.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// The most frequent values, most first; those of equal count by their text.
    pub top: Vec<Count>,
    /// How many different values there are, also those not in `top`.
    pub distinct: usize,
    /// Rows without the field.
    pub without: usize,
    /// Rows looked at.
    pub rows: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    pub value: String,
    /// Rows that have the value.
    pub count: usize,
    /// Time of the first and the last of them, if any has one.
    pub span: Option<(Timestamp, Timestamp)>,
}

/// Counts the values of the column of this name, or of `format`; at most `top` are kept. A row
/// with several values counts once for each.
pub fn count(selection: &Selection, name: &str, top: usize) -> Counts {
    let mut found = Found::default();
    let mut counts = Counts { rows: selection.len(), ..Counts::default() };
    let mut with = 0;
    for (number, segment) in selection.snapshot().segments.iter().enumerate() {
        let selected = Rows { segment, bits: selection.bits(number) };
        if selection.count_in(number) == 0 {
            continue;
        }
        if name == "format" {
            let mut tally = Tally::default();
            selected.each(|row, timed| tally.add(row, timed));
            with += tally.count;
            merge(&mut found, Seen::Text(&segment.schema().id), &tally, segment);
        } else if let Some(slot) = segment.schema().slot(name) {
            with += match segment.column(slot) {
                Column::Absent { .. } => 0,
                Column::Dict(dict) => {
                    let addresses = segment.schema().fields[slot].kind == Kind::Ip;
                    selected.coded(dict, addresses, &mut found)
                }
                other => selected.plain(other, &mut found),
            };
        }
    }
    counts.without = counts.rows - with;
    counts.distinct = found.len();
    let mut all: Vec<Count> = found
        .into_iter()
        .map(|(value, (count, span))| Count { value: value.to_string(), count, span })
        .collect();
    let order = |a: &Count, b: &Count| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value));
    if top < all.len() {
        all.select_nth_unstable_by(top, order);
        all.truncate(top);
    }
    all.sort_unstable_by(order);
    counts.top = all;
    counts
}

type Found<'a> = HashMap<Seen<'a>, (usize, Option<(Timestamp, Timestamp)>), RandomState>;

/// A value as the columns have it: text is made of it only when the counting is done.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Seen<'a> {
    Text(&'a str),
    Ip(IpAddr),
    Other(String),
}

impl fmt::Display for Seen<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Ip(address) => address.fmt(f),
            Self::Other(text) => f.write_str(text),
        }
    }
}

impl<'a> Seen<'a> {
    fn item(item: &'a str, address: bool) -> Self {
        let parsed = if address { item.parse().ok() } else { None };
        parsed.map_or(Self::Text(item), Self::Ip)
    }
}

/// How often a value was seen in one segment, and its first and last row that has a time.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    count: usize,
    rows: Option<(u16, u16)>,
}

impl Tally {
    fn add(&mut self, row: usize, timed: bool) {
        self.count += 1;
        if timed {
            let row = row as u16;
            self.rows = Some((self.rows.map_or(row, |(first, _)| first), row));
        }
    }

    fn join(&mut self, other: Self) {
        self.count += other.count;
        self.rows = match (self.rows, other.rows) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
    }
}

fn merge<'a>(found: &mut Found<'a>, value: Seen<'a>, tally: &Tally, segment: &Segment) {
    if tally.count == 0 {
        return;
    }
    let at = |row: u16| Timestamp(segment.times()[usize::from(row)]);
    let span = tally.rows.map(|(first, last)| (at(first), at(last)));
    let (count, known) = found.entry(value).or_insert((0, None));
    *count += tally.count;
    *known = match (*known, span) {
        (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
        (a, b) => a.or(b),
    };
}

/// The selected rows of a segment.
struct Rows<'a> {
    segment: &'a Segment,
    bits: Option<&'a Bits>,
}

impl<'a> Rows<'a> {
    /// Calls with each selected row, and whether it has a time; ascending.
    fn each(&self, mut row: impl FnMut(usize, bool)) {
        let timed = self.segment.row_at(i64::MAX);
        match self.bits {
            None => (0..self.segment.len()).for_each(|at| row(at, at < timed)),
            Some(bits) => bits.iter().for_each(|at| row(at, at < timed)),
        }
    }

    /// Counts codes, then looks at each distinct value once. Gives the number of rows that have
    /// one. Items of lists are text; `addresses` says that they spell addresses.
    fn coded(&self, dict: &'a Dict, addresses: bool, found: &mut Found<'a>) -> usize {
        let mut tallies = vec![Tally::default(); dict.distinct() + 1];
        match &dict.codes {
            Codes::Const { code, .. } => {
                self.each(|row, timed| tallies[usize::from(*code)].add(row, timed));
            }
            Codes::U8(codes) => {
                self.each(|row, timed| tallies[usize::from(codes[row])].add(row, timed));
            }
            Codes::U16(codes) => {
                self.each(|row, timed| tallies[usize::from(codes[row])].add(row, timed));
            }
        }
        let mut items: HashMap<&str, Tally> = HashMap::new();
        let mut with = 0;
        for (index, tally) in tallies[1..].iter().enumerate().filter(|(_, t)| t.count > 0) {
            with += tally.count;
            match dict.entry(index) {
                Entry::Text(text) => merge(found, Seen::Text(text), tally, self.segment),
                Entry::Ip(address) => merge(found, Seen::Ip(address), tally, self.segment),
                Entry::List(list) => {
                    let mut list: Vec<&str> = list.into_iter().collect();
                    list.sort_unstable();
                    list.dedup();
                    for item in list {
                        items.entry(item).or_default().join(*tally);
                    }
                }
            }
        }
        for (item, tally) in items {
            merge(found, Seen::item(item, addresses), &tally, self.segment);
        }
        with
    }

    /// Counts values that have no codes by their text.
    fn plain(&self, column: &Column, found: &mut Found<'a>) -> usize {
        let mut tallies: HashMap<String, Tally> = HashMap::new();
        let mut with = 0;
        self.each(|row, timed| {
            let cell = column.get(row);
            if !matches!(cell, Cell::Absent) {
                with += 1;
                tallies.entry(cell.to_string()).or_default().add(row, timed);
            }
        });
        for (value, tally) in tallies {
            merge(found, Seen::Other(value), &tally, self.segment);
        }
        with
    }
}
