//! Where this program differs from what others say on purpose, or they are wrong: a table that
//! gives a reason for each.

use serde::Deserialize;

#[derive(Deserialize)]
struct Table {
    difference: Vec<Difference>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Difference {
    /// The type of samples.
    pub(crate) r#type: String,
    /// What others state, or `records`, `unparsed`, `format` or `state`.
    pub(crate) field: String,
    /// `all`, a file, or one record of it as `FILE#N`.
    pub(crate) record: String,
    /// Who is right, and why.
    pub(crate) reason: String,
}

impl Difference {
    /// Whether it is of this value, which is of a file or of one record of it.
    pub(crate) fn covers(&self, kind: &str, field: &str, record: &str) -> bool {
        let file = record.split('#').next();
        let here = self.record == "all" || self.record == record || Some(&*self.record) == file;
        here && self.r#type == kind && self.field == field
    }
}

pub(crate) fn differences() -> Vec<Difference> {
    let table: Table = toml::from_str(include_str!("../corpus_differences.toml")).unwrap();
    table.difference
}

#[test]
fn a_line_covers_no_more_than_it_names() {
    let line = |record: &str| Difference {
        r#type: "alb".to_owned(),
        field: "time".to_owned(),
        record: record.to_owned(),
        reason: String::new(),
    };
    assert!(line("all").covers("alb", "time", "002.log#3"));
    assert!(line("002.log").covers("alb", "time", "002.log#3"));
    assert!(line("002.log#3").covers("alb", "time", "002.log#3"));
    assert!(!line("002.log#3").covers("alb", "time", "002.log#30"));
    assert!(!line("002.log#3").covers("alb", "time", "002.log"));
    assert!(!line("001.log").covers("alb", "time", "002.log#3"));
    assert!(!line("all").covers("alb", "event", "002.log#3"));
    assert!(!line("all").covers("alb_other", "time", "002.log#3"));
}
