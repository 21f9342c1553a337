//! What should be there: for every account and Region that rows name, which sources are.

use super::lanes::{Coded, Lane, Place, is_account};
use super::switched::Switched;
use crate::event::classes::words;
use crate::event::{Cancel, Timestamp};
use crate::format::{Delivery, Service};
use crate::store::Snapshot;
use std::collections::{BTreeMap, BTreeSet};

/// What every account should have in every Region; of others it is told where one has it.
const BASELINE: [Service; 4] =
    [Service::CloudTrail, Service::Config, Service::GuardDuty, Service::FlowLogs];

/// Strangers that are counted.
const MOST: usize = 2_000;

words! {
    /// Whether a source is there.
    Standing {
        Present = "present",
        /// Somebody switched it off, not on again, and nothing came since.
        SwitchedOff = "switched_off",
        /// It is here, in events that name no account or no Region, which may be this one.
        Unplaced = "unplaced",
        /// No event of it.
        Absent = "absent",
        /// No format of this program reads it, so that nothing can be said.
        NotRead = "not_read",
    }
}

/// An account and Region, with the sources that it should have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    pub place: Place,
    pub sources: Vec<Found>,
}

/// A source of an account and Region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    pub service: Service,
    pub standing: Standing,
    /// Of exactly this account and Region.
    pub events: u64,
    /// Time of the last of them, in nanoseconds.
    pub last: Option<i64>,
    /// When it was last switched off, or a part of it, and not on again since.
    pub off: Option<i64>,
}

/// An account that principals come from, and of which no log is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stranger {
    pub account: String,
    pub events: u64,
}

pub(super) fn expected(lanes: &[Lane], switched: &[Switched]) -> Vec<Expected> {
    let spoken: Vec<(Service, &Lane)> =
        lanes.iter().filter_map(|lane| Some((Delivery::of(&lane.format).service?, lane))).collect();
    let wanted: Vec<Service> = Service::ALL
        .iter()
        .copied()
        .filter(|service| {
            // Where logs are kept is no source of them.
            let is_one = !matches!(service, Service::LogGroups | Service::Buckets);
            let spoke = spoken.iter().any(|(other, _)| other == service);
            let was_off = switched.iter().any(|other| other.service == *service && other.is_off());
            is_one && (BASELINE.contains(service) || spoke || was_off)
        })
        .collect();
    let mut sources = BTreeMap::new();
    for (service, lane) in &spoken {
        let found: &mut (u64, Option<i64>) =
            sources.entry((*service, &lane.place)).or_insert((0, None));
        found.0 += lane.events;
        found.1 = found.1.max(lane.span.map(|(_, last)| last));
    }
    let source = |service: Service, place: &Place| {
        let (events, last) = sources.get(&(service, place)).copied().unwrap_or((0, None));
        let elsewhere = || {
            let may_be = |lane: &Lane| {
                let account = lane.place.account.as_ref();
                let region = lane.place.region.as_ref();
                account.is_none_or(|it| Some(it) == place.account.as_ref())
                    && region.is_none_or(|it| Some(it) == place.region.as_ref())
            };
            spoken.iter().any(|(other, lane)| *other == service && may_be(lane))
        };
        let off = off(service, place, switched);
        let standing = if off.is_some_and(|off| is_still(off, last)) {
            Standing::SwitchedOff
        } else if events > 0 {
            Standing::Present
        } else if elsewhere() {
            Standing::Unplaced
        } else if service.is_read() {
            Standing::Absent
        } else {
            Standing::NotRead
        };
        Found { service, standing, events, last, off }
    };
    let all = places(lanes).into_iter().map(|place| Expected {
        sources: wanted.iter().map(|&service| source(service, &place)).collect(),
        place,
    });
    all.collect()
}

/// The places that rows name. Rows that name less are of one of the others.
fn places(lanes: &[Lane]) -> BTreeSet<Place> {
    let named: BTreeSet<&Place> = lanes.iter().map(|lane| &lane.place).collect();
    let is_less = |place: &Place| {
        place.account.is_none() && place.region.is_none()
            || place.region.is_none()
                && named.iter().any(|it| it.account == place.account && it.region.is_some())
            || place.account.is_none()
                && named.iter().any(|it| it.region == place.region && it.account.is_some())
    };
    named.iter().filter(|place| !is_less(place)).map(|&place| place.clone()).collect()
}

/// When the source was last switched off there, and not on again.
fn off(service: Service, place: &Place, switched: &[Switched]) -> Option<i64> {
    let mine = switched.iter().filter(|it| it.service == service && it.place == *place);
    mine.filter(|it| it.is_off()).filter_map(|it| it.time).map(|time| time.at.0).max()
}

/// Whether nothing came after it was switched off but what was under way. Where another trail or
/// another flow log goes on, so do events.
fn is_still(off: i64, last: Option<i64>) -> bool {
    const UNDER_WAY: i64 = 15 * Timestamp::MINUTE;
    last.is_none_or(|last| last <= off.saturating_add(UNDER_WAY))
}

/// Accounts of principals of which no row is; `None` if called off.
pub(super) fn strangers(
    snapshot: &Snapshot,
    lanes: &[Lane],
    cancel: &Cancel,
) -> Option<Vec<Stranger>> {
    let own: BTreeSet<&str> =
        lanes.iter().filter_map(|lane| lane.place.account.as_deref()).collect();
    let mut events: BTreeMap<String, u64> = BTreeMap::new();
    for (segment, overlay) in snapshot.segments.iter().zip(&snapshot.overlays) {
        if cancel.is_cancelled() {
            return None;
        }
        if segment.is_empty() || segment.schema().slot("principal.account").is_none() {
            continue;
        }
        let segment = segment.for_a_pass();
        let accounts = Coded::new(&segment, "principal.account", is_account);
        let hidden = overlay.hidden.as_deref();
        let rows = (0..segment.len()).filter(|&row| hidden.is_none_or(|bits| !bits.get(row)));
        for (account, count) in accounts.counted(rows) {
            let room = events.len() < MOST || events.contains_key(account);
            if room && !own.contains(account) {
                *events.entry(account.to_owned()).or_default() += count;
            }
        }
    }
    let mut all: Vec<Stranger> =
        events.into_iter().map(|(account, events)| Stranger { account, events }).collect();
    all.sort_by_key(|stranger| std::cmp::Reverse(stranger.events));
    Some(all)
}
