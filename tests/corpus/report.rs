//! What came of the corpus, for whoever works on a format: the worst first.

use crate::reading::read_file;
use crate::samples::Sample;
use crate::values::{Compared, compare};
use std::collections::BTreeMap;
use std::fmt;
use trailcase::event::{Reason, State};

/// What came of one sample.
pub(crate) struct Judged {
    pub(crate) kind: String,
    pub(crate) file: String,
    pub(crate) expected: usize,
    /// Records by what they were read as.
    pub(crate) formats: BTreeMap<String, usize>,
    pub(crate) ends: Vec<(State, Reason)>,
    pub(crate) values: Vec<Compared>,
    /// Why records could not be read.
    pub(crate) reasons: Vec<String>,
}

impl Judged {
    pub(crate) fn new(sample: &Sample) -> Self {
        let reading = read_file(&sample.path);
        let mut formats = BTreeMap::new();
        for row in &reading.rows {
            *formats.entry(row.format.clone()).or_default() += 1;
        }
        let unparsed = reading.rows.iter().filter(|row| row.format == "unparsed");
        let reason = |row: &crate::rows::Kept| row.get("reason").unwrap_or("").to_owned();
        Self {
            kind: sample.kind.clone(),
            file: sample.file.clone(),
            expected: sample.records,
            formats,
            values: compare(sample, &reading),
            reasons: unparsed.map(reason).collect(),
            ends: reading.ends,
        }
    }

    pub(crate) fn got(&self) -> usize {
        self.formats.values().sum()
    }

    pub(crate) fn unparsed(&self) -> usize {
        self.formats.get("unparsed").copied().unwrap_or(0)
    }
}

/// What came of all samples of a type.
#[derive(Default)]
pub(crate) struct Tally {
    files: usize,
    expected: usize,
    got: usize,
    /// Records that are too many or too few, of all files.
    off: usize,
    unparsed: usize,
    formats: BTreeMap<String, usize>,
    compared: usize,
    agreed: usize,
    /// Values that differ, by field.
    wrong: BTreeMap<String, usize>,
    ends: Vec<String>,
}

impl Tally {
    fn add(&mut self, judged: &Judged) {
        self.files += 1;
        self.expected += judged.expected;
        self.got += judged.got();
        self.off += judged.expected.abs_diff(judged.got());
        self.unparsed += judged.unparsed();
        for (format, count) in &judged.formats {
            *self.formats.entry(format.clone()).or_default() += count;
        }
        self.compared += judged.values.len();
        self.agreed += judged.values.iter().filter(|value| value.agreed).count();
        for value in judged.values.iter().filter(|value| !value.agreed) {
            *self.wrong.entry(value.field.clone()).or_default() += 1;
        }
        for (state, _) in &judged.ends {
            if !self.ends.contains(&state.to_string()) {
                self.ends.push(state.to_string());
            }
        }
    }

    /// The share of records and of values that are as others say; less is worse.
    fn goodness(&self) -> f64 {
        let share = |part: usize, all: usize| if all == 0 { 1.0 } else { part as f64 / all as f64 };
        let bad = (self.off + self.unparsed).min(self.expected.max(1));
        1.0 - share(bad, self.expected.max(1)) + share(self.agreed, self.compared)
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts: Vec<String> =
            self.formats.iter().map(|(format, count)| format!("{format} {count}")).collect();
        let wrong: Vec<String> =
            self.wrong.iter().map(|(field, count)| format!("{field} {count}")).collect();
        write!(
            f,
            "{:5} {:7} {:7} {:8} {:5}/{:<5} {}",
            self.files,
            self.expected,
            self.got,
            self.unparsed,
            self.agreed,
            self.compared,
            counts.join(", ")
        )?;
        if !self.ends.is_empty() {
            write!(f, " [{}]", self.ends.join(", "))?;
        }
        if !wrong.is_empty() {
            write!(f, "; differ: {}", wrong.join(", "))?;
        }
        Ok(())
    }
}

/// A line for each type of samples.
pub(crate) fn summary(all: &[Judged]) -> String {
    let mut types: BTreeMap<&str, Tally> = BTreeMap::new();
    for judged in all {
        types.entry(&judged.kind).or_default().add(judged);
    }
    let mut types: Vec<(&str, Tally)> = types.into_iter().collect();
    types.sort_by(|(_, a), (_, b)| a.goodness().total_cmp(&b.goodness()));
    let head = format!(
        "{:34} {:>5} {:>7} {:>7} {:>8} {:>5}/{:<5} {}\n",
        "type", "files", "records", "read", "unparsed", "same", "said", "read as"
    );
    let lines = types.iter().map(|(kind, tally)| format!("{kind:34} {tally}\n"));
    std::iter::once(head).chain(lines).collect()
}

/// All that is not as others say of one type, a line for each thing.
pub(crate) fn detail(all: &[Judged], kind: &str) -> String {
    let mut lines = Vec::new();
    for judged in all.iter().filter(|judged| judged.kind == kind) {
        let name = format!("{kind}/{}", judged.file);
        let formats = &judged.formats;
        lines.push(format!("{name}: {} of {} records {formats:?}", judged.got(), judged.expected));
        for (state, reason) in &judged.ends {
            lines.push(format!("  {state}: {reason}"));
        }
        for reason in &judged.reasons {
            lines.push(format!("  unparsed: {reason}"));
        }
        for value in judged.values.iter().filter(|value| !value.agreed) {
            let Compared { field, record, theirs, ours, .. } = value;
            lines.push(format!("  record {record}: {field} {ours:?}, not {theirs:?}"));
        }
    }
    lines.join("\n")
}
