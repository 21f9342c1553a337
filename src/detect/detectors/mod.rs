//! Detectors: what raises alarms and is no rule, since it counts, compares with what was usual, or
//! knows what is whose. Each reads columns of whatever formats have them; none needs a thread.

mod answer;
mod asked;
mod buckets;
mod canaries;
mod curves;
mod digests;
mod egress;
mod errors;
mod firsts;
mod grants;
mod indicators;
mod meant;
mod names;
mod open;
mod opened;
mod rates;
mod refused;
mod series;
mod shares;
mod silences;
mod sliding;
mod strangers;
mod taking;
mod told;
mod touched;
mod volumes;

pub use answer::{Answer, Found};
pub(super) use asked::parts;
pub use asked::{Given, Said};
pub use curves::{Curves, Steps, highest};
pub use taking::{Taking, Words};

use super::ruleset::{About, LICENCE};
use super::sigma::Level;
use crate::event::Cancel;
use crate::store::{Bits, Snapshot};
use asked::{Asked, Part};
use std::sync::Arc;

/// A number that says how sharp a detector is; `estate.toml` may say another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameter {
    pub name: &'static str,
    pub default: f64,
    /// The least and the most that it may be.
    pub from: f64,
    pub to: f64,
    /// What it is, in one line, with its unit.
    pub help: &'static str,
}

/// What raises alarms of one kind.
#[derive(Debug)]
pub struct Detector {
    pub id: &'static str,
    /// The id of the rule that it was: its alarms, and what is decided of them, go on under that.
    pub rule: Option<&'static str>,
    pub title: &'static str,
    pub description: &'static str,
    pub level: Level,
    /// Of ATT&CK, as rules write them.
    pub tags: &'static [&'static str],
    /// What to ask next, as the rules have it.
    pub questions: &'static [&'static str],
    /// When it was last changed.
    pub version: &'static str,
    pub parameters: &'static [Parameter],
    reads: Option<Reads>,
    run: fn(&Asked<'_>) -> Answer,
}

/// What a detector has to know of records, since no column says it.
#[derive(Debug, Clone, Copy)]
struct Reads {
    /// The rows whose records it needs.
    rows: fn(&Part, &Given<'_>) -> Bits,
    /// What it takes from such a record, by what is known beside it.
    taking: for<'g> fn(&Given<'g>) -> Taking<'g>,
}

/// All detectors, in the order in which they are told.
pub const DETECTORS: &[Detector] = &[
    canaries::DETECTOR,
    indicators::DETECTOR,
    refused::DETECTOR,
    errors::DETECTOR,
    rates::DETECTOR,
    volumes::DETECTOR,
    touched::DETECTOR,
    silences::DETECTOR,
    digests::DETECTOR,
    strangers::DETECTOR,
    shares::DETECTOR,
    opened::BUCKET,
    opened::ROLE,
    opened::ANYTHING,
    opened::POLICY,
    buckets::DETECTOR,
    open::DETECTOR,
    egress::DETECTOR,
    firsts::DETECTOR,
];

/// The detector of this id, or the one whose alarms are known by it.
pub fn detector(id: &str) -> Option<&'static Detector> {
    DETECTORS.iter().find(|detector| detector.id == id || detector.rule == Some(id))
}

impl Detector {
    pub fn about(&self) -> About {
        About {
            id: self.rule.unwrap_or(self.id).to_owned(),
            title: self.title.to_owned(),
            author: "trailcase".to_owned(),
            licence: LICENCE.to_owned(),
            version: self.version.to_owned(),
            level: self.level,
        }
    }

    /// How it is set if nobody says otherwise; 0 of what there is not.
    pub fn parameter(&self, name: &str) -> f64 {
        self.parameters.iter().find(|one| one.name == name).map_or(0.0, |one| one.default)
    }

    /// The rows of each segment whose records it needs, by what is known beside them, and what it takes
    /// from those; `None` if columns are enough.
    pub fn wanted<'g>(
        &self,
        snapshot: &Snapshot,
        given: &Given<'g>,
    ) -> Option<(Vec<Bits>, Taking<'g>)> {
        let reads = self.reads?;
        let mut rows: Vec<Bits> =
            snapshot.segments.iter().map(|segment| Bits::none(segment.len())).collect();
        for part in parts(snapshot, |_| true) {
            rows[part.number()] = part.visible((reads.rows)(&part, given));
        }
        Some((rows, (reads.taking)(given)))
    }

    /// What it finds: the same for the same evidence. `said` is what was taken from records. What
    /// it says once it is called off is worth nothing.
    pub fn answer(
        &'static self,
        snapshot: &Arc<Snapshot>,
        (given, said): (&Given<'_>, &Said),
        cancel: &Cancel,
    ) -> Answer {
        (self.run)(&Asked { detector: self, snapshot, given, said, cancel })
    }
}

#[cfg(test)]
mod tests;
