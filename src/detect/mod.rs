//! What raises alarms: rules that are asked of the evidence, and detectors that count and compare.
//!
//! A rule becomes a filter over columns, which narrows the rows, and the records of what that
//! leaves open are read once for all rules. What holds is put together to alarms. What is whose, and
//! how sharp detectors are, an [`Estate`] says.

mod alarm;
mod asset;
pub mod detectors;
mod estate;
mod findings;
mod identity;
mod links;
mod made;
mod names;
mod own;
mod policy;
mod ruleset;
pub mod sigma;
mod tags;

pub use alarm::{Alarm, BurstOf, ENTITIES, Findings, alarms};
pub use asset::{Asset, Known, Reachability, Sensitivity, priority};
pub use detectors::{Curves, DETECTORS, Given};
pub use estate::Estate;
pub use findings::{Product, products};
pub use links::Links;
pub use made::Made;
pub use names::{Named, Names};
pub use own::OWN;
pub use ruleset::{About, Correlated, Loaded, Raised, Refused, Ruleset};
pub use tags::Tags;
