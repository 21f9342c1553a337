//! Whether lines are a table: a header of names, and rows with as many cells.

use crate::format::cells::Csv;
use crate::format::generic::named::names::{self, Name};
use std::collections::BTreeSet;

/// What may part the cells, the likeliest first.
const MARKS: [char; 4] = [',', '\t', ';', '|'];

/// Characters of a column's name.
const LONGEST: usize = 80;

/// Columns that a directive may name.
const COLUMNS: usize = 1024;

/// How the cells of a table are parted, and where its header stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shape {
    pub(super) mark: char,
    /// The names, as they stand.
    pub(super) header: Vec<String>,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The first line is the header.
    Header,
    /// `#fields` of Zeek, whose times are seconds since 1970.
    Zeek,
}

impl Shape {
    /// The shape of the table that these lines begin; `None` if they are none.
    pub(super) fn of(sample: &[String]) -> Option<Self> {
        let first = sample.first()?;
        if first.starts_with('#') {
            return sample.iter().find_map(|line| Self::directive(line));
        }
        let shape = MARKS.into_iter().find_map(|mark| Self::header(first, mark))?;
        let rows = rows(&sample[1..]);
        if shape.header.len() == 2 && !shape.is_timed() {
            return shape.is_pair(first, &rows).then_some(shape);
        }
        if rows.is_empty() {
            return shape.is_sure().then_some(shape);
        }
        let wanted = shape.header.len();
        let fits = |row: &&String| {
            // What is empty at the end is left out by many.
            let count = Csv::new(row, shape.mark).count();
            count == wanted || wanted > 3 && count < wanted && count * 2 > wanted
        };
        let regular = rows.iter().filter(fits).count();
        // The last one may have been cut off.
        let seen = rows.len() - usize::from(rows.len() > 1 && !fits(&&rows[rows.len() - 1]));
        (regular * 3 >= seen * 2).then_some(shape)
    }

    /// The shape that a line says to be that of what follows it.
    pub(super) fn directive(line: &str) -> Option<Self> {
        let names = line.strip_prefix("#fields\t")?;
        let header: Vec<String> = names.split_whitespace().map(str::to_owned).collect();
        let fits = (1..=COLUMNS).contains(&header.len())
            && header.iter().all(|name| name.len() <= LONGEST);
        fits.then_some(Self { mark: '\t', header, kind: Kind::Zeek })
    }

    /// Reads a header whose cells are parted by this mark.
    fn header(line: &str, mark: char) -> Option<Self> {
        // Nearly all that is no table ends here.
        if !line.contains(mark) || line.contains(['{', '=', '<', '>']) {
            return None;
        }
        let header: Vec<String> = Csv::new(line, mark).map(|cell| cell.trim().to_owned()).collect();
        let mut seen = BTreeSet::new();
        let is_new = |name: &String| name.is_empty() || seen.insert(name.to_ascii_lowercase());
        let named = header.iter().filter(|name| !name.is_empty()).count();
        let fits = header.iter().all(|name| name.is_empty() || is_name(name))
            && header.iter().all(is_new)
            && named + 1 >= header.len();
        (fits && header.len() >= 2).then_some(Self { mark, header, kind: Kind::Header })
    }

    fn is_timed(&self) -> bool {
        self.header.iter().any(|name| matches!(names::of(name), Some(Name::Time(_))))
    }

    /// Whether two columns are a table: a line with one comma is nothing unusual. Each row has two
    /// cells, no blank stands where prose has one, and there is a column of nothing but numbers, times
    /// or addresses, or names that many use are above several rows.
    fn is_pair(&self, first: &str, rows: &[String]) -> bool {
        let loose = format!("{} ", self.mark);
        let is_loose = |row: &str| row.contains(&loose);
        let cells: Vec<Vec<_>> =
            rows.iter().map(|row| Csv::new(row, self.mark).collect()).collect();
        if is_loose(first) || rows.is_empty() || cells.iter().any(|row| row.len() != 2) {
            return false;
        }
        let is_typed = |at: usize| {
            let mut values = cells.iter().map(|row| row[at].trim()).filter(|cell| !cell.is_empty());
            values.clone().next().is_some() && values.all(is_value)
        };
        let known = self.header.iter().filter(|name| names::of(name).is_some()).count();
        let is_named = || {
            let bare = self.header.iter().all(|name| !name.contains(' '));
            bare && known > 0 && rows.len() > 1 && !rows.iter().any(|row| is_loose(row))
        };
        is_typed(0) || is_typed(1) || is_named()
    }

    /// Whether the header alone says that it is one: no blanks, or names that many use.
    fn is_sure(&self) -> bool {
        let bare = self.header.iter().all(|name| !name.contains(' '));
        let known = self.header.iter().filter(|name| names::of(name).is_some()).count();
        bare || known >= 2
    }
}

/// Whether this may be the name of a column: a few words that begin with a letter, and no value.
fn is_name(text: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || " _-./:()@#%$[]?*&'+".contains(c);
    text.len() <= LONGEST
        && text.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '@' | '#' | '$'))
        && text.chars().all(part)
        && text.split(' ').count() <= 6
        && !text.ends_with(['.', ':', '?'])
        && crate::format::clock::read(text).is_none()
        && text.parse::<std::net::IpAddr>().is_err()
}

/// A number, a time or an address.
fn is_value(cell: &str) -> bool {
    cell.parse::<f64>().is_ok_and(f64::is_finite)
        || cell.parse::<std::net::IpAddr>().is_ok()
        || matches!(crate::format::clock::read(cell), Some((_, "")))
}

/// Lines joined to rows: a cell in quotes may hold line ends.
fn rows(lines: &[String]) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    let mut open = false;
    for line in lines {
        match rows.last_mut() {
            Some(row) if open => {
                row.push('\n');
                row.push_str(line);
            }
            _ => rows.push(line.clone()),
        }
        open ^= line.matches('"').count() % 2 == 1;
    }
    // What the sample cuts off says nothing.
    if open && rows.len() > 1 {
        rows.pop();
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<(char, usize)> {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        Shape::of(&lines).map(|shape| (shape.mark, shape.header.len()))
    }

    #[test]
    fn tables_are_told_from_prose_and_from_other_logs() {
        for (text, found) in [
            ("time,user,note\n2026-03-04,alice,\"a\nb, c\"\n2026-03-05,bob,x", Some((',', 3))),
            ("Event time;User name;Source IP\n1;2;3", Some((';', 3))),
            ("a\tb\tc", Some(('\t', 3))),
            ("@timestamp,@message\n2026-03-04,x", Some((',', 2))),
            ("#separator x\n#fields\tts\tuid\tid\n1\t2\t3", Some(('\t', 3))),
            ("#Software: x\n#Fields: date time c-ip\n1 2 3", None),
            ("Dear John, thanks, and see you.\nYours, Jane", None),
            ("Dear John, thanks, bye\nI will, of course, come, soon\nJane", None),
            ("one, two words, three\nfour", None),
            ("192.0.2.1,a,b\n192.0.2.2,c,d", None),
            ("2026-03-04 10:42:02,a,b\n", None),
            ("a,a,b\n1,2,3", None),
            ("srcAddr,count(*)\n192.0.2.1,5\n192.0.2.2,6", Some((',', 2))),
            ("user,last_login\nalice,2026-03-04T10:42:02Z\nbob,", Some((',', 2))),
            ("user,seen\nalice,Wed Mar  4 10:42:02 UTC 2026", Some((',', 2))),
            ("user;role\nalice;admin\nbob;guest", Some((';', 2))),
            ("user,role\nalice,admin", None),
            ("colour,shape\nred,round\nblue,square", None),
            ("colour,weight\nred,1\nblue,heavy", None),
            ("srcAddr,count(*)\n192.0.2.1,5\n192.0.2.2,6,7", None),
            ("1,2\n3,4", None),
            ("srcAddr,count(*)", None),
            ("Dear user, good day\nyours, Jane\nbye, all", None),
            ("first, second\n1, 2\n3, 4", None),
            ("Well, yes\nNo, 5", None),
            ("level=info,a,b\n", None),
            ("", None),
        ] {
            assert_eq!(of(text), found, "{text}");
        }
    }
}
