//! What came of one sample, and what of that is not as it should be.

use crate::differences::Difference;
use crate::reading::read_file;
use crate::rows::Kept;
use crate::samples::Sample;
use crate::values::{Compared, compare};
use crate::wanted::{self, Depth};
use std::collections::BTreeMap;
use trailcase::event::{Reason, State};

pub(crate) struct Judged {
    pub(crate) kind: String,
    pub(crate) file: String,
    /// Records that are to be read of it: none of what is no log by design.
    pub(crate) records: usize,
    /// Records by what they were read as.
    pub(crate) formats: BTreeMap<String, usize>,
    pub(crate) ends: Vec<(State, Reason)>,
    pub(crate) values: Vec<Compared>,
    /// Why records could not be read, and how many could not be for that.
    pub(crate) reasons: BTreeMap<String, usize>,
}

/// One thing that is not as it should be.
pub(crate) struct Fault {
    pub(crate) kind: String,
    pub(crate) field: String,
    /// The file, or one record of it as `FILE#N`.
    pub(crate) record: String,
    pub(crate) detail: String,
}

impl Judged {
    pub(crate) fn new(sample: &Sample) -> Self {
        let reading = read_file(&sample.path);
        let mut formats = BTreeMap::new();
        let mut reasons = BTreeMap::new();
        for row in &reading.rows {
            let records = row.records.unwrap_or(1) as usize;
            *formats.entry(row.format.clone()).or_default() += records;
            if row.format == "unparsed" {
                *reasons.entry(reason(row)).or_default() += records;
            }
        }
        let is_log = wanted::no_log(&sample.kind).is_none();
        let depth = wanted::formats(&sample.kind, &sample.file).map(|(_, depth)| depth);
        let values = compare(sample, &reading, depth.unwrap_or(Depth::Said));
        Self {
            kind: sample.kind.clone(),
            file: sample.file.clone(),
            records: if is_log { sample.records } else { 0 },
            formats,
            values,
            reasons,
            ends: reading.ends,
        }
    }

    pub(crate) fn got(&self) -> usize {
        self.formats.values().sum()
    }

    pub(crate) fn unparsed(&self) -> usize {
        self.formats.get("unparsed").copied().unwrap_or(0)
    }

    /// Records that were read as what they are.
    pub(crate) fn fine(&self) -> usize {
        let wanted = wanted::formats(&self.kind, &self.file).map_or(&[][..], |(ids, _)| ids);
        let fine = self.formats.iter().filter(|(id, _)| wanted.contains(&id.as_str()));
        fine.map(|(_, count)| count).sum()
    }

    /// All that is not as it should be, whatever the reason.
    pub(crate) fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut fault = |field: &str, detail| {
            let (kind, field) = (self.kind.clone(), field.to_owned());
            faults.push(Fault { kind, field, record: self.file.clone(), detail });
        };
        let (got, unparsed) = (self.got(), self.unparsed());
        if got != self.records {
            fault("records", format!("{got}, not {}", self.records));
        }
        if unparsed > 0 {
            fault("unparsed", format!("{unparsed} of {got}: {:?}", self.reasons));
        }
        if self.fine() < got {
            fault("format", format!("{:?}", self.formats));
        }
        if let Some(detail) = self.state() {
            fault("state", detail);
        }
        for value in self.values.iter().filter(|value| !value.agreed) {
            let Compared { field, record, theirs, ours, .. } = value;
            faults.push(Fault {
                kind: self.kind.clone(),
                field: field.clone(),
                record: format!("{}#{record}", self.file),
                detail: format!("{ours:?}, not {theirs:?}"),
            });
        }
        faults
    }

    /// What is wrong with how the file ended: a log is read to its end, and of what is none it is
    /// said what it is.
    fn state(&self) -> Option<String> {
        let ends: Vec<_> = self.ends.iter().map(|(state, reason)| (*state, reason.kind)).collect();
        let wanted: Vec<_> = wanted::no_log(&self.kind).into_iter().collect();
        (ends != wanted).then(|| format!("{ends:?}, not {wanted:?}"))
    }
}

/// Why a record could not be read, without where in it.
fn reason(row: &Kept) -> String {
    let reason = row.get("reason").unwrap_or("");
    reason.split(" at byte ").next().unwrap_or("").to_owned()
}

impl Fault {
    pub(crate) fn is_covered(&self, differences: &[Difference]) -> bool {
        differences.iter().any(|line| line.covers(&self.kind, &self.field, &self.record))
    }

    /// Whether it is one of a value that somebody else states.
    pub(crate) fn is_of_value(&self) -> bool {
        !matches!(self.field.as_str(), "records" | "unparsed" | "format" | "state")
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}: {} {}", self.kind, self.record, self.field, self.detail)
    }
}
