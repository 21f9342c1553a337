//! What is said of all samples of a type, less what is on purpose.

use crate::differences::Difference;
use crate::judged::{Fault, Judged};
use std::collections::{BTreeMap, BTreeSet};

/// The share of records that are to be read as what they are.
const FORMATS: f64 = 0.95;
/// The share of values of a type that are to be as others say.
const VALUES: f64 = 0.90;
/// The same of the values of all types.
pub(crate) const ALL_VALUES: f64 = 0.99;

/// What came of a type; what differs on purpose is not in it.
#[derive(Default)]
pub(crate) struct Verdict {
    /// Of records and states.
    pub(crate) counts: Vec<Fault>,
    /// Of formats, if too many records were read as something else.
    pub(crate) formats: Vec<Fault>,
    /// Of values, however few.
    pub(crate) values: Vec<Fault>,
    pub(crate) compared: usize,
    /// What is as others say in one record at least.
    right: BTreeSet<String>,
}

impl Verdict {
    fn agreement(&self) -> f64 {
        share(self.compared - self.values.len(), self.compared)
    }

    /// Whether values are as others say. A field that never is has something wrong with it, and
    /// is not made up for by others.
    pub(crate) fn has_values(&self) -> bool {
        let mut wrong = self.values.iter();
        self.agreement() >= VALUES && wrong.all(|fault| self.right.contains(&fault.field))
    }

    pub(crate) fn is_good(&self) -> bool {
        self.counts.is_empty() && self.formats.is_empty() && self.has_values()
    }
}

/// Of nothing, all of it.
pub(crate) fn share(part: usize, all: usize) -> f64 {
    if all == 0 { 1.0 } else { part as f64 / all as f64 }
}

/// A verdict for each type.
pub(crate) fn verdicts<'a>(
    all: &'a [Judged],
    differences: &[Difference],
) -> BTreeMap<&'a str, Verdict> {
    let mut verdicts: BTreeMap<&str, Verdict> = BTreeMap::new();
    let mut formats: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for judged in all {
        let verdict = verdicts.entry(&judged.kind).or_default();
        let (fine, read) = formats.entry(&judged.kind).or_default();
        let mut excused = false;
        let mut covered = 0;
        for fault in judged.faults() {
            let is_covered = fault.is_covered(differences);
            covered += usize::from(is_covered && fault.is_of_value());
            match fault.field.as_str() {
                "format" if is_covered => excused = true,
                _ if is_covered => {}
                "format" => verdict.formats.push(fault),
                "records" | "unparsed" | "state" => verdict.counts.push(fault),
                _ => verdict.values.push(fault),
            }
        }
        verdict.compared += judged.values.len() - covered;
        let right = judged.values.iter().filter(|value| value.agreed);
        verdict.right.extend(right.map(|value| value.field.clone()));
        if !excused {
            *fine += judged.fine();
            *read += judged.got();
        }
    }
    for (kind, (fine, read)) in formats {
        if share(fine, read) >= FORMATS {
            verdicts.entry(kind).or_default().formats.clear();
        }
    }
    verdicts
}
