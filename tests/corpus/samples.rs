//! The samples of a corpus, and what others say of them.

use std::path::{Path, PathBuf};

/// One file of the corpus.
pub(crate) struct Sample {
    /// The folder it lies in, which says what it is.
    pub(crate) kind: String,
    /// Its name below that.
    pub(crate) file: String,
    pub(crate) path: PathBuf,
    /// How many records it has, as whoever collected it counted them.
    pub(crate) records: usize,
    pub(crate) said: Vec<Said>,
}

/// What a third party says of one record.
pub(crate) struct Said {
    /// Its position among the records, and its first line, from 1.
    pub(crate) record: u64,
    pub(crate) line: u64,
    pub(crate) values: Vec<(String, String)>,
}

/// The samples that the list of their origins names.
pub(crate) fn samples(corpus: &Path) -> Vec<Sample> {
    let list = std::fs::read_to_string(corpus.join("provenance.csv")).unwrap();
    let mut rows = cells(&list).into_iter();
    let head = rows.next().unwrap();
    let column = |name: &str| head.iter().position(|cell| cell == name).unwrap();
    let (file, kind, records) = (column("file"), column("type"), column("records"));
    let sample = |row: Vec<String>| {
        let path = corpus.join(&row[file]);
        let expected = corpus.join(row[file].replacen("raw/", "expected/", 1));
        Sample {
            kind: row[kind].clone(),
            file: path.file_name().unwrap().to_string_lossy().into_owned(),
            records: row[records].parse().unwrap(),
            said: said(&expected.with_extension("json")),
            path,
        }
    };
    rows.map(sample).collect()
}

fn said(path: &Path) -> Vec<Said> {
    let Ok(text) = std::fs::read_to_string(path) else { return Vec::new() };
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let plain = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let of = |record: &serde_json::Value| {
        let members = record.as_object().unwrap().iter();
        let values = members.filter(|(name, _)| !matches!(name.as_str(), "record" | "line"));
        Said {
            record: record["record"].as_u64().unwrap(),
            line: record["line"].as_u64().unwrap(),
            values: values.map(|(name, value)| (name.clone(), plain(value))).collect(),
        }
    };
    json["records"].as_array().unwrap().iter().map(of).collect()
}

/// The cells of a table; those that hold a comma are in quotes.
fn cells(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            '\r' if !quoted => {}
            c => cell.push(c),
        }
    }
    rows
}

#[test]
fn cells_in_quotes_hold_commas_and_quotes() {
    let rows = cells("a,\"b, c\",\n\"d \"\"e\"\"\",f,g\n");
    assert_eq!(rows, [["a", "b, c", ""], ["d \"e\"", "f", "g"]]);
}
