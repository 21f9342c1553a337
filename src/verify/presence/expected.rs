//! What should be there: for every account and Region that rows name, which sources are.

use super::lanes::{Coded, Lane, Place, is_account};
use super::switched::Switched;
use crate::event::classes::words;
use crate::event::{Cancel, Timestamp};
use crate::format::{Delivery, Service};
use crate::store::Snapshot;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

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

/// A source at a place.
type Key<'a> = (Service, Option<&'a str>, Option<&'a str>);

fn key(service: Service, place: &Place) -> Key<'_> {
    (service, place.account.as_deref(), place.region.as_deref())
}

/// What was heard of sources.
#[derive(Default)]
struct Heard<'a> {
    /// Their events, and the time of the last.
    events: HashMap<Key<'a>, (u64, Option<i64>)>,
    /// When they were last switched off, and not on again.
    off: HashMap<Key<'a>, i64>,
}

impl<'a> Heard<'a> {
    fn new(lanes: &'a [Lane], switched: &'a [Switched]) -> Self {
        let mut heard = Self::default();
        for lane in lanes {
            let Some(service) = Delivery::of(&lane.format).service else { continue };
            let (events, last) = heard.events.entry(key(service, &lane.place)).or_default();
            *events += lane.events;
            *last = (*last).max(lane.span.map(|(_, last)| last));
        }
        for one in switched.iter().filter(|one| one.is_off()) {
            let Some(time) = one.time else { continue };
            let off = heard.off.entry(key(one.service, &one.place)).or_insert(time.at.0);
            *off = time.at.0.max(*off);
        }
        heard
    }

    fn found(&self, service: Service, place: &Place) -> Found {
        let here = key(service, place);
        let (_, account, region) = here;
        let (events, last) = self.events.get(&here).copied().unwrap_or_default();
        let less = [(service, None, None), (service, account, None), (service, None, region)];
        let off = self.off.get(&here).copied();
        let standing = if off.is_some_and(|off| is_still(off, last)) {
            Standing::SwitchedOff
        } else if events > 0 {
            Standing::Present
        } else if less.iter().any(|key| self.events.contains_key(key)) {
            Standing::Unplaced
        } else if service.is_read() {
            Standing::Absent
        } else {
            Standing::NotRead
        };
        Found { service, standing, events, last, off }
    }
}

pub(super) fn expected(lanes: &[Lane], switched: &[Switched]) -> Vec<Expected> {
    let heard = Heard::new(lanes, switched);
    let mut wanted: BTreeSet<Service> = BASELINE.into();
    wanted.extend(heard.events.keys().chain(heard.off.keys()).map(|(service, ..)| *service));
    // Where logs are kept is no source of them.
    wanted.retain(|service| !matches!(service, Service::LogGroups | Service::Buckets));
    let all = places(lanes).into_iter().map(|place| Expected {
        sources: wanted.iter().map(|&service| heard.found(service, place)).collect(),
        place: place.clone(),
    });
    all.collect()
}

/// The places that rows name. Rows that name less are of one of the others.
fn places(lanes: &[Lane]) -> BTreeSet<&Place> {
    let mut named: BTreeSet<&Place> = lanes.iter().map(|lane| &lane.place).collect();
    let whole = |place: &&&Place| place.account.is_some() && place.region.is_some();
    let accounts: HashSet<_> = named.iter().filter(whole).map(|place| &place.account).collect();
    let regions: HashSet<_> = named.iter().filter(whole).map(|place| &place.region).collect();
    named.retain(|place| match (&place.account, &place.region) {
        (Some(_), Some(_)) => true,
        (Some(_), None) => !accounts.contains(&place.account),
        (None, Some(_)) => !regions.contains(&place.region),
        (None, None) => false,
    });
    named
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
