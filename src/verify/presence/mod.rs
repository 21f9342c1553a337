//! Which sources speak, where and when, and what their silence means.
//!
//! A lane is what one format has of one account and Region. Where no event is, one of these holds:
//! a digest proves that there was none; the source usually has one by now (a gap, inferred from
//! its cadence); what happened last is still on its way (not yet delivered); or the source was
//! never there, or was switched off.
//!
//! Pairs of account and Region are those that rows themselves state together. Accounts that only
//! principals come from are told apart: of a stranger's account there are seldom logs.

mod cover;
mod end;
mod expected;
mod gaps;
mod lanes;
mod minutes;
mod retention;
mod switched;
mod switches;
#[cfg(test)]
mod tests;

use crate::event::{Cancel, Timestamp};
use crate::format::Delivery;
use crate::store::Snapshot;
use std::sync::Arc;

pub use cover::{Basis, Covered, Proof, covered};
pub use end::{End, EndState};
pub use expected::{Expected, Found, Standing, Stranger};
pub use gaps::Gap;
pub use lanes::{Lane, Place};
pub use retention::{Period, Reach, Retention};
pub use switched::{Again, Switched};
pub use switches::Turn;

/// What is to be compared with.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// What digests say, of as many accounts and Regions as they were verified of.
    pub covered: &'a [Covered],
    /// How far back logs have to reach.
    pub periods: &'a [Period],
    /// This host's clock: what is later cannot have happened yet.
    pub now: Timestamp,
}

/// What is there and what is not.
#[derive(Debug, Clone, Default)]
pub struct Presence {
    /// By format, account and Region.
    pub lanes: Vec<Lane>,
    /// There are so many accounts and Regions that some share a lane without either.
    pub crowded: bool,
    /// The newest time of all that is not later than now: up to there something was delivered.
    pub newest: Option<Timestamp>,
    pub expected: Vec<Expected>,
    /// Accounts that principals come from, and no row is of; most events first.
    pub strangers: Vec<Stranger>,
    /// What switched a source off, or may have; by time.
    pub switched: Vec<Switched>,
    /// How many more there are than are kept.
    pub more_switched: u64,
    pub retention: Option<Retention>,
}

/// Looks at all visible rows; `None` if called off.
pub fn look(snapshot: &Arc<Snapshot>, given: &Given<'_>, cancel: &Cancel) -> Option<Presence> {
    let gathered = lanes::gather(snapshot, given.now, cancel)?;
    let (switched, more_switched) = switched::find(snapshot, cancel)?;
    let mut lanes = gathered.lanes;
    let newest = newest(&lanes, given.now);
    let covers = cover::Covers::new(given.covered);
    for lane in &mut lanes {
        if cancel.is_cancelled() {
            return None;
        }
        let delivery = Delivery::of(&lane.format);
        lane.judge(&covers.of(lane, &delivery), &delivery, newest);
    }
    let expected = expected::expected(&lanes, &switched);
    let strangers = expected::strangers(snapshot, &lanes, cancel)?;
    let retention = retention::retention(&lanes, given.periods, newest);
    Some(Presence {
        lanes,
        crowded: gathered.crowded,
        newest,
        expected,
        strangers,
        switched,
        more_switched,
        retention,
    })
}

/// A clock that runs ahead must not make everybody else silent; where all times are later than
/// now, it is this host's clock that is wrong.
fn newest(lanes: &[Lane], now: Timestamp) -> Option<Timestamp> {
    let past = lanes.iter().filter_map(|lane| lane.last_before_now).max();
    let any = || lanes.iter().filter_map(|lane| lane.span).map(|(_, last)| last).max();
    let newest = past.or_else(any).map(Timestamp)?;
    debug_assert!(past.is_none() || newest <= now);
    Some(newest)
}
