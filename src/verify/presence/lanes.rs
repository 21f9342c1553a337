//! The lanes: what each format has of each account and Region, gathered in one pass over the
//! rows by the codes of their columns.

use super::cover::Cover;
use super::end::{End, end};
use super::gaps::{Gap, find, usual};
use super::minutes::{Minute, Minutes};
use crate::event::{Cancel, Timestamp};
use crate::format::Delivery;
use crate::store::{Bits, Codes, Column, Entry, Segment, Snapshot};
use std::collections::{BTreeMap, HashMap};

/// Lanes of one format; rows of further accounts and Regions share one. An organization has
/// hundreds of accounts, and no log that is one may make millions.
const MOST: usize = 2_000;

const MINUTES_OF_HOUR: i64 = 60;

/// An account and a Region, as far as rows state them.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    pub account: Option<String>,
    pub region: Option<String>,
}

/// What one format has of one place.
#[derive(Debug, Clone)]
pub struct Lane {
    pub format: String,
    pub place: Place,
    pub events: u64,
    /// Those without a time.
    pub untimed: u64,
    /// Those later than this host's clock.
    pub ahead: u64,
    /// First and last time, in nanoseconds.
    pub span: Option<(i64, i64)>,
    /// Usual distance between minutes with events, in nanoseconds, if there are enough.
    pub usual: Option<i64>,
    /// Hours from the first event's to the last one's: with events, without, and those of the
    /// latter that digests prove to be empty.
    pub hours: u64,
    pub empty_hours: u64,
    pub proven_hours: u64,
    pub gaps: Vec<Gap>,
    pub end: Option<End>,
    pub(super) last_before_now: Option<i64>,
    minutes: Vec<Minute>,
}

impl Lane {
    /// Finds out what its silence means.
    pub(super) fn judge(&mut self, cover: &Cover, delivery: &Delivery, newest: Option<Timestamp>) {
        let minutes = std::mem::take(&mut self.minutes);
        self.usual = usual(&minutes);
        self.gaps = find(&minutes, self.usual, cover);
        self.count_hours(&minutes, cover);
        if let Some(((_, last), newest)) = self.span.zip(newest) {
            self.end = Some(end(last, newest.0, self.usual, (cover, delivery)));
        }
    }

    fn count_hours(&mut self, minutes: &[Minute], cover: &Cover) {
        let mut before: Option<i64> = None;
        for hour in minutes.iter().map(|minute| minute.number.div_euclid(MINUTES_OF_HOUR)) {
            if before == Some(hour) {
                continue;
            }
            self.hours += 1;
            let empty = before.map_or(0..0, |before| before + 1..hour);
            self.empty_hours += (empty.end - empty.start) as u64;
            self.proven_hours += cover.proven_hours(empty);
            before = Some(hour);
        }
    }
}

/// All lanes, by format and place.
pub(super) struct Gathered {
    pub(super) lanes: Vec<Lane>,
    pub(super) crowded: bool,
}

/// A lane while rows come.
#[derive(Default)]
struct Growing {
    minutes: Minutes,
    events: u64,
    untimed: u64,
    ahead: u64,
    last_before_now: Option<i64>,
}

#[derive(Default)]
struct Gathering {
    growing: Vec<Growing>,
    /// Where the lanes of each format and place are.
    known: BTreeMap<String, HashMap<Place, usize>>,
    crowded: bool,
}

/// Goes once through all visible rows; `None` if called off.
pub(super) fn gather(snapshot: &Snapshot, now: Timestamp, cancel: &Cancel) -> Option<Gathered> {
    let mut all = Gathering::default();
    for (segment, overlay) in snapshot.segments.iter().zip(&snapshot.overlays) {
        if cancel.is_cancelled() {
            return None;
        }
        if !segment.is_empty() && segment.schema().id != "unparsed" {
            all.take(&segment.for_a_pass(), overlay.hidden.as_deref(), now.0);
        }
    }
    let mut growing: Vec<Option<Growing>> = all.growing.into_iter().map(Some).collect();
    let mut lanes = Vec::new();
    for (format, places) in all.known {
        let mut places: Vec<(Place, usize)> = places.into_iter().collect();
        places.sort_unstable();
        for (place, at) in places {
            if cancel.is_cancelled() {
                return None;
            }
            let grown = growing.get_mut(at).and_then(Option::take);
            lanes
                .extend(grown.filter(|lane| lane.events > 0).map(|lane| lane.lane(&format, place)));
        }
    }
    Some(Gathered { lanes, crowded: all.crowded })
}

impl Growing {
    fn lane(self, format: &str, place: Place) -> Lane {
        let minutes = self.minutes.finish();
        let span =
            minutes.first().zip(minutes.last()).map(|(first, last)| (first.first, last.last));
        Lane {
            format: format.to_owned(),
            place,
            events: self.events,
            untimed: self.untimed,
            ahead: self.ahead,
            span,
            usual: None,
            hours: 0,
            empty_hours: 0,
            proven_hours: 0,
            gaps: Vec::new(),
            end: None,
            last_before_now: self.last_before_now,
            minutes,
        }
    }
}

impl Gathering {
    fn take(&mut self, segment: &Segment, hidden: Option<&Bits>, now: i64) {
        let account = Coded::new(segment, "account", is_account);
        let region = Coded::new(segment, "region", is_region);
        let timed = segment.timed();
        let mut lanes: HashMap<(u16, u16), usize> = HashMap::new();
        let mut last: Option<((u16, u16), usize)> = None;
        for row in 0..segment.len() {
            if hidden.is_some_and(|hidden| hidden.get(row)) {
                continue;
            }
            let codes = (account.code(row), region.code(row));
            let at = match last {
                Some((known, at)) if known == codes => at,
                _ => *lanes.entry(codes).or_insert_with(|| {
                    let place =
                        Place { account: account.name(codes.0), region: region.name(codes.1) };
                    self.lane(&segment.schema().id, place)
                }),
            };
            last = Some((codes, at));
            let lane = &mut self.growing[at];
            lane.events += 1;
            if row >= timed {
                lane.untimed += 1;
                continue;
            }
            let time = segment.at(row);
            lane.minutes.add(time);
            if time > now {
                lane.ahead += 1;
            } else {
                lane.last_before_now = lane.last_before_now.max(Some(time));
            }
        }
        for at in lanes.into_values() {
            self.growing[at].minutes.run_ended();
        }
    }

    fn lane(&mut self, format: &str, place: Place) -> usize {
        let known = self.known.entry(format.to_owned()).or_default();
        let full = known.len() >= MOST && !known.contains_key(&place);
        self.crowded |= full;
        let place = if full { Place::default() } else { place };
        *known.entry(place).or_insert_with(|| {
            self.growing.push(Growing::default());
            self.growing.len() - 1
        })
    }
}

/// A column of names by its codes.
pub(super) struct Coded<'a> {
    codes: Option<&'a Codes>,
    /// By code; of what is no such name, nothing.
    names: Vec<Option<&'a str>>,
}

impl<'a> Coded<'a> {
    pub(super) fn new(segment: &'a Segment, name: &str, is_name: impl Fn(&str) -> bool) -> Self {
        let slot = segment.schema().slot(name);
        let Some(Column::Dict(dict)) = slot.map(|slot| segment.column(slot)) else {
            return Self { codes: None, names: vec![None] };
        };
        let text = |index| match dict.entry(index) {
            Entry::Text(text) => Some(text).filter(|text| is_name(text)),
            Entry::Ip(_) | Entry::List(_) => None,
        };
        let names = std::iter::once(None).chain((0..dict.distinct()).map(text)).collect();
        Self { codes: Some(&dict.codes), names }
    }

    #[inline]
    pub(super) fn code(&self, row: usize) -> u16 {
        self.codes.map_or(0, |codes| codes.get(row))
    }

    /// How many of these rows have which name.
    pub(super) fn counted(&self, rows: impl Iterator<Item = usize>) -> Vec<(&'a str, u64)> {
        let mut counts = vec![0; self.names.len()];
        for row in rows {
            if let Some(count) = counts.get_mut(usize::from(self.code(row))) {
                *count += 1;
            }
        }
        let named = self.names.iter().zip(counts).filter(|(_, count)| *count > 0);
        named.filter_map(|(name, count)| Some(((*name)?, count))).collect()
    }

    pub(super) fn name(&self, code: u16) -> Option<String> {
        self.names.get(usize::from(code)).copied().flatten().map(str::to_owned)
    }
}

/// Whether this is an account of AWS: whatever else a program calls an account is none.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether this can be a Region, such as `eu-central-1` or `us-gov-west-1`.
pub(super) fn is_region(text: &str) -> bool {
    let mut parts = text.rsplit('-');
    let number = parts.next().unwrap_or_default();
    let is_word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    let words = parts.clone().count();
    text.len() <= 24
        && (1..=2).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && words >= 2
        && parts.all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_places_are_known_from_others() {
        for region in ["eu-central-1", "us-gov-west-1", "ap-southeast-12", "eusc-de-east-1"] {
            assert!(is_region(region), "{region}");
        }
        for other in ["", "eu", "eu-1", "Bavaria-north-1", "eu-central-", "eu--1", "eu-central-123"]
        {
            assert!(!is_region(other), "{other}");
        }
        assert!(is_account("111122223333"));
        for other in ["", "alice", "11112222333", "1111222233334", "11112222333x"] {
            assert!(!is_account(other), "{other}");
        }
    }
}
