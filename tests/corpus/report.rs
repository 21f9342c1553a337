//! What came of the corpus, for whoever works on a format: the worst first.

use crate::differences::Difference;
use crate::judged::{Fault, Judged};
use crate::verdict::{Verdict, share};
use crate::wanted::NOT_YET;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What came of all samples of a type.
#[derive(Default)]
struct Tally {
    files: usize,
    records: usize,
    got: usize,
    unparsed: usize,
    /// Records that were read as what they are.
    fine: usize,
    formats: BTreeMap<String, usize>,
    compared: usize,
    agreed: usize,
    /// Values that differ, by field.
    wrong: BTreeMap<String, usize>,
    ends: BTreeSet<String>,
}

impl Tally {
    fn add(&mut self, judged: &Judged) {
        self.files += 1;
        self.records += judged.records;
        self.got += judged.got();
        self.unparsed += judged.unparsed();
        self.fine += judged.fine().min(judged.records);
        for (format, count) in &judged.formats {
            *self.formats.entry(format.clone()).or_default() += count;
        }
        self.compared += judged.values.len();
        for value in &judged.values {
            if value.agreed {
                self.agreed += 1;
            } else {
                *self.wrong.entry(value.field.clone()).or_default() += 1;
            }
        }
        let state = judged.ends.iter().map(|(state, reason)| format!("{state}: {}", reason.kind));
        self.ends.extend(state);
    }

    /// The share of records that are read as what they are, and that of values that are as others
    /// say; what is too much counts as much as what is missing.
    fn goodness(&self) -> f64 {
        share(self.fine, self.records.max(self.got)) + share(self.agreed, self.compared)
    }
}

/// `name 3, other 1`.
fn counts(all: &BTreeMap<String, usize>) -> String {
    let parts: Vec<String> = all.iter().map(|(name, count)| format!("{name} {count}")).collect();
    parts.join(", ")
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:5} {:7} {:7} {:8} {:5}/{:<5} {}",
            self.files,
            self.records,
            self.got,
            self.unparsed,
            self.agreed,
            self.compared,
            counts(&self.formats)
        )?;
        for end in &self.ends {
            write!(f, " [{end}]")?;
        }
        if !self.wrong.is_empty() {
            write!(f, "; differ: {}", counts(&self.wrong))?;
        }
        Ok(())
    }
}

/// A line for each type of samples.
pub(crate) fn summary(all: &[Judged], verdicts: &BTreeMap<&str, Verdict>) -> String {
    let mut types: BTreeMap<&str, Tally> = BTreeMap::new();
    for judged in all {
        types.entry(&judged.kind).or_default().add(judged);
    }
    let mut types: Vec<(&str, Tally)> = types.into_iter().collect();
    types.sort_by(|(_, a), (_, b)| a.goodness().total_cmp(&b.goodness()));
    let head = format!(
        "{:34} {:8} {:>5} {:>7} {:>7} {:>8} {:>5}/{:<5} read as\n",
        "type", "is", "files", "records", "read", "unparsed", "same", "said"
    );
    let is = |kind: &str| match verdicts.get(kind) {
        _ if NOT_YET.contains(&kind) => "not yet",
        Some(verdict) if !verdict.is_good() => "WRONG",
        _ => "good",
    };
    let lines = types.iter().map(|(kind, tally)| format!("{kind:34} {:8} {tally}\n", is(kind)));
    std::iter::once(head).chain(lines).collect()
}

/// All that is not as it should be of one type, and whether that is on purpose.
pub(crate) fn detail(all: &[Judged], kind: &str, differences: &[Difference]) -> String {
    let faults = all.iter().filter(|judged| judged.kind == kind).flat_map(Judged::faults);
    let line = |fault: Fault| {
        let purpose = if fault.is_covered(differences) { " (on purpose)" } else { "" };
        format!("{fault}{purpose}")
    };
    let lines: Vec<String> = faults.map(line).collect();
    if lines.is_empty() { format!("{kind}: as it should be") } else { lines.join("\n") }
}
