//! The values of a field, or of all address fields, among selected rows; most frequent first.

use crate::event::{FieldDef, Kind, Role, Timestamp};
use crate::store::{Bits, Cell, Codes, Column, Dict, Entry, Segment, Selection};
use foldhash::quality::RandomState;
use std::borrow::Cow;
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

/// Counts the values of the column of this name, of `format`, or of every address column (`ip`);
/// at most `top` are kept. A row counts once for each different value that it has.
///
/// `principal` and `resource` are columns too and are counted as such: who did it and on what, by
/// the best name. All fields of these roles name the same thing in several spellings.
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
            merge(&mut found, Seen::Text(Cow::Borrowed(&segment.schema().id)), &tally, segment);
            continue;
        }
        with += match columns(segment, name)[..] {
            [] => 0,
            [(Column::Dict(dict), addresses)] => selected.coded(dict, addresses, &mut found),
            [(other, _)] => selected.plain(other, &mut found),
            ref several => selected.joined(several, &mut found),
        };
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

/// The columns behind a name that hold anything, each with whether it holds addresses.
fn columns<'a>(segment: &'a Segment, name: &str) -> Vec<(&'a Column, bool)> {
    let wanted =
        |def: &FieldDef| if name == "ip" { def.role == Role::Ip } else { def.name == name };
    let found = segment.fields().filter(|(_, def)| wanted(def));
    found
        .map(|(slot, def)| (segment.column(slot), def.role == Role::Ip || def.kind == Kind::Ip))
        .collect()
}

type Found<'a> = HashMap<Seen<'a>, (usize, Option<(Timestamp, Timestamp)>), RandomState>;

/// A value as the columns have it: text is made of it only when the counting is done.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Seen<'a> {
    Text(Cow<'a, str>),
    Ip(IpAddr),
}

impl fmt::Display for Seen<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Ip(address) => address.fmt(f),
        }
    }
}

impl<'a> Seen<'a> {
    fn item(item: &'a str, address: bool) -> Self {
        let parsed = if address { item.parse().ok() } else { None };
        parsed.map_or(Self::Text(Cow::Borrowed(item)), Self::Ip)
    }
}

/// How often a value was seen in one segment, and its first and last row that has a time. Plain
/// numbers, because this is written for every row.
#[derive(Debug, Clone, Copy)]
struct Tally {
    count: usize,
    /// Above `last` if no row has a time.
    first: u32,
    last: u32,
}

impl Default for Tally {
    fn default() -> Self {
        Self { count: 0, first: u32::MAX, last: 0 }
    }
}

impl Tally {
    #[inline]
    fn add(&mut self, row: usize, timed: bool) {
        self.count += 1;
        if timed {
            self.first = self.first.min(row as u32);
            self.last = row as u32;
        }
    }

    fn join(&mut self, other: Self) {
        self.count += other.count;
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
    }

    fn rows(self) -> Option<(u32, u32)> {
        (self.first <= self.last).then_some((self.first, self.last))
    }
}

fn merge<'a>(found: &mut Found<'a>, value: Seen<'a>, tally: &Tally, segment: &Segment) {
    if tally.count == 0 {
        return;
    }
    let at = |row: u32| Timestamp(segment.at(row as usize));
    let span = tally.rows().map(|(first, last)| (at(first), at(last)));
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
    #[inline]
    fn each(&self, mut row: impl FnMut(usize, bool)) {
        let timed = self.segment.row_at(i64::MAX);
        match self.bits {
            None => (0..self.segment.len()).for_each(|at| row(at, at < timed)),
            Some(bits) => bits.iter().for_each(|at| row(at, at < timed)),
        }
    }

    /// Counts codes, then looks at each distinct value once. Gives the number of rows that have
    /// one. `addresses` says that texts spell addresses.
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
                Entry::Text(text) => {
                    merge(found, Seen::item(text, addresses), tally, self.segment);
                }
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
            merge(found, Seen::Text(Cow::Owned(value)), &tally, self.segment);
        }
        with
    }

    /// Counts what several columns hold together: a value that a row has in more than one of
    /// them is counted once for it. Gives the number of rows that have one.
    fn joined(&self, columns: &[(&'a Column, bool)], found: &mut Found<'a>) -> usize {
        let mut joined = Joined::default();
        let coded: Vec<Vec<Vec<usize>>> =
            columns.iter().map(|&(column, addresses)| joined.codes(column, addresses)).collect();
        let mut with = 0;
        self.each(|row, timed| {
            let mut any = false;
            for ((column, _), values) in columns.iter().zip(&coded) {
                if let Column::Dict(dict) = column {
                    let code = usize::from(dict.codes.get(row));
                    any |= code > 0;
                    values[code].iter().for_each(|&value| joined.add(value, row, timed));
                } else if let cell = column.get(row)
                    && !cell.is_absent()
                {
                    any = true;
                    let value = joined.value(Seen::Text(Cow::Owned(cell.to_string())));
                    joined.add(value, row, timed);
                }
            }
            with += usize::from(any);
        });
        for (value, number) in joined.numbers {
            merge(found, value, &joined.tallies[number].0, self.segment);
        }
        with
    }
}

/// The values of several columns of one segment, numbered, each with its tally and the row that
/// was counted last.
#[derive(Default)]
struct Joined<'a> {
    numbers: HashMap<Seen<'a>, usize, RandomState>,
    tallies: Vec<(Tally, Option<usize>)>,
}

impl<'a> Joined<'a> {
    fn value(&mut self, seen: Seen<'a>) -> usize {
        let tallies = &mut self.tallies;
        *self.numbers.entry(seen).or_insert_with(|| {
            tallies.push((Tally::default(), None));
            tallies.len() - 1
        })
    }

    /// For each code of the column, the numbers of the values that it stands for.
    fn codes(&mut self, column: &'a Column, addresses: bool) -> Vec<Vec<usize>> {
        let Column::Dict(dict) = column else { return Vec::new() };
        let mut codes = vec![Vec::new()];
        codes.extend((0..dict.distinct()).map(|index| match dict.entry(index) {
            Entry::Text(text) => vec![self.value(Seen::item(text, addresses))],
            Entry::Ip(address) => vec![self.value(Seen::Ip(address))],
            Entry::List(items) => {
                items.into_iter().map(|item| self.value(Seen::item(item, addresses))).collect()
            }
        }));
        codes
    }

    fn add(&mut self, value: usize, row: usize, timed: bool) {
        let (tally, last) = &mut self.tallies[value];
        if *last != Some(row) {
            *last = Some(row);
            tally.add(row, timed);
        }
    }
}
