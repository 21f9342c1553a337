//! What raises alarms: rules that are asked of the evidence.
//!
//! A rule becomes a filter over columns, which narrows the rows, and the records of what that
//! leaves open are read once for all rules. What holds is put together to alarms.

mod alarm;
mod asset;
mod findings;
mod own;
mod ruleset;
pub mod sigma;

pub use alarm::{Alarm, BurstOf, ENTITIES, Findings, alarms};
pub use asset::{Asset, Reachability, Sensitivity, priority};
pub use own::OWN;
pub use ruleset::{About, Correlated, Loaded, Raised, Ruleset};
