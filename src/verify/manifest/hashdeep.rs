//! Lines as `hashdeep` writes them: a first line that says what it is, a second that names the
//! columns, remarks behind `##`.
//!
//! Source: hashdeep(1), "File format". The name is the last column and may have commas.

use super::algorithm::Algorithm;
use super::entries::{Said, unhex};
use super::sums::Line;

pub(super) const MAGIC: &[u8] = b"%%%% HASHDEEP-1.";

/// What the columns before the name hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Size,
    Hash(Algorithm),
    Other,
}

/// The columns, once they are known.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns(Option<Vec<Column>>);

impl Columns {
    pub(super) fn line(&mut self, line: &[u8]) -> Line {
        if line.trim_ascii().is_empty() || line.starts_with(b"##") || line.starts_with(MAGIC) {
            return Line::Nothing;
        }
        if let Some(names) = line.strip_prefix(b"%%%% ") {
            self.0 = columns(names);
            let bad = Line::Bad("it names no columns of which the last is the file's name");
            return if self.0.is_some() { Line::Nothing } else { bad };
        }
        let Some(columns) = &self.0 else {
            return Line::Bad("no line before it names the columns");
        };
        row(columns, line)
    }
}

fn columns(names: &[u8]) -> Option<Vec<Column>> {
    let names = names.trim_ascii().strip_suffix(b",filename")?;
    let column = |name: &[u8]| match name {
        b"size" => Column::Size,
        name => Algorithm::named(name).map_or(Column::Other, Column::Hash),
    };
    Some(names.split(|byte| *byte == b',').map(column).collect())
}

fn row(columns: &[Column], mut line: &[u8]) -> Line {
    let mut said = Said::default();
    for column in columns {
        let Some(comma) = memchr::memchr(b',', line) else {
            return Line::Bad("it has fewer columns than were named");
        };
        let (cell, rest) = (&line[..comma], &line[comma + 1..]);
        line = rest;
        match column {
            Column::Size => match std::str::from_utf8(cell).ok().and_then(|size| size.parse().ok())
            {
                Some(size) => said.size = Some(size),
                None => return Line::Bad("its size is no number"),
            },
            Column::Hash(algorithm) => match unhex(cell) {
                Some(hash) if hash.len() == algorithm.size() => {
                    said.hashes.push((*algorithm, hash));
                }
                _ => return Line::Bad("its hash is not one of the algorithm that was named"),
            },
            Column::Other => {}
        }
    }
    said.name = line.to_vec();
    Line::Said(said)
}
