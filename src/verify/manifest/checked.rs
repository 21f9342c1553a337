//! What checking a manifest came to.

use super::algorithm::Algorithms;
use crate::event::classes::words;
use crate::verify::Verdict;

/// Findings of one manifest that are kept; others are counted.
pub const MOST_FOUND: usize = 10_000;

words! {
    /// What became of a line of a manifest, or of a file that should be in one.
    Outcome {
        /// The file is what the line says.
        Matches = "matches",
        Differs = "differs",
        /// Named, and not there.
        Missing = "missing",
        /// There, and in no manifest that should name it.
        Unnamed = "unnamed",
        /// There, and could not be read.
        Unread = "unread",
        /// Nothing can be said of it: an algorithm that is not known, several files that may be
        /// meant, the manifest itself.
        Unproven = "unproven",
        /// The line could not be understood.
        Unreadable = "unreadable_line",
    }
}

impl Outcome {
    /// Whether something is not as a manifest says.
    pub fn is_wrong(self) -> bool {
        matches!(self, Self::Differs | Self::Missing | Self::Unnamed)
    }
}

/// How often each outcome came up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts([u64; Outcome::ALL.len()]);

impl Counts {
    pub fn of(&self, outcome: Outcome) -> u64 {
        self.0[outcome as usize]
    }
}

/// Something that is not as a manifest says, or that it leaves open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub outcome: Outcome,
    /// Line of the manifest, from 1, if it is about one.
    pub line: Option<u32>,
    /// The name on that line, as a label.
    pub name: Option<String>,
    /// The object that is meant, if there is one.
    pub object: Option<String>,
    /// A sentence for people.
    pub detail: String,
}

/// A manifest, and what it says that is so and is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The manifest's own path.
    pub manifest: String,
    /// How it is written.
    pub form: &'static str,
    pub algorithms: Algorithms,
    pub counts: Counts,
    /// Everything but what matches, in the order of the lines.
    pub found: Vec<Found>,
    /// Findings beside those.
    pub more: u64,
}

impl Checked {
    pub fn new(manifest: &str, form: &'static str, algorithms: Algorithms) -> Self {
        let (counts, found, more) = Default::default();
        Self { manifest: manifest.to_owned(), form, algorithms, counts, found, more }
    }

    pub fn matches(&mut self) {
        self.counts.0[Outcome::Matches as usize] += 1;
    }

    pub fn add(&mut self, found: Found) {
        self.count(found.outcome, 1);
        // What is wrong has room that what is only open cannot take.
        let most = if found.outcome.is_wrong() { MOST_FOUND } else { MOST_FOUND / 2 };
        if self.found.len() < most {
            self.found.push(found);
        } else {
            self.more += 1;
        }
    }

    /// Counts what is not told one by one.
    pub fn count(&mut self, outcome: Outcome, times: u64) {
        self.counts.0[outcome as usize] += times;
    }

    pub fn verdict(&self) -> Verdict {
        let any = |wanted: fn(Outcome) -> bool| {
            let mut all = Outcome::ALL.iter().filter(|one| wanted(**one));
            all.any(|one| self.counts.of(*one) > 0)
        };
        if any(Outcome::is_wrong) {
            Verdict::Invalid
        } else if any(|one| one != Outcome::Matches) {
            Verdict::Incomplete
        } else {
            Verdict::Valid
        }
    }
}

/// The worst of all.
pub fn verdict(all: &[Checked]) -> Verdict {
    all.iter().map(Checked::verdict).max().unwrap_or(Verdict::Valid)
}
