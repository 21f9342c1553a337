//! What a detector says.

use super::curves::Curves;
use crate::detect::sigma::Level;
use crate::event::{Timestamp, noun};
use crate::store::RowRef;

/// What became of a detector.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// Events that it looked at, or findings of verification.
    pub evaluated: u64,
    /// Why it could not find anything, whatever happened.
    pub unable: Option<String>,
    /// What it left out, and why.
    pub left_out: Vec<String>,
    /// What else is to be known of how it looked.
    pub remarks: Vec<String>,
    pub found: Vec<Found>,
}

/// What raises one alarm.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// Who or what it is about: the same of the same evidence, whatever else there is.
    pub who: [String; 2],
    /// Another level than the detector's.
    pub level: Option<Level>,
    /// Where no event is what is found, or not all of it: from when to when it was.
    pub span: Option<(Timestamp, Timestamp)>,
    /// Whom or what it is about, by field, where that is not the first principal of its events.
    pub about: Option<(&'static str, String)>,
    /// What it is about beside what its events name, by field: one of
    /// [`ENTITIES`](crate::detect::ENTITIES).
    pub named: Vec<(&'static str, String)>,
    /// What the detector's questions call by names in braces that are no fields of its events, or that
    /// mean something else than those.
    pub blanks: Vec<(&'static str, String)>,
    pub events: Vec<RowRef>,
    /// Where no event is what is found, and there may come more of it: what each finding is known by.
    pub findings: Vec<String>,
    /// What was counted, against what.
    pub why: String,
    pub curves: Option<Curves>,
}

impl Answer {
    /// Nothing can be found, and this is why.
    pub(super) fn unable(why: impl Into<String>) -> Self {
        Self { unable: Some(why.into()), ..Self::default() }
    }

    /// Says how many were left out, if any were.
    pub(super) fn leave_out(&mut self, number: u64, nouns: (&str, &str), why: &str) {
        if number > 0 {
            let noun = noun(number, nouns.0, nouns.1);
            self.left_out.push(format!("{number} {noun} left out: {why}"));
        }
    }
}
