//! What the vault has of a log group.

use super::Place;
use super::cells::{self, Cell};
use super::group::{self, Group};
use super::line::Seen;
use super::live::BACK;
use crate::event::{Reason, Time, Timestamp};
use crate::source::vault::{self, Acquired};
use crate::source::{Ending, Input, Item, Locator, Stamp};
use std::sync::Arc;

/// What names of objects begin with that hold what came while somebody followed.
pub(super) const LIVE: &str = "live-";

/// A cell that was fetched so long after its end is whole: what comes later than that is seldom.
const SETTLES: i64 = 3_600_000;

/// What came while somebody followed may have been so late.
const LATE: i64 = 24 * SETTLES;

impl Place {
    /// The object of a cell: as the vault has it if it is whole.
    pub(super) fn item(&self, cell: Cell, group: &Group, now: i64) -> Item {
        let key = cell.key();
        let path: Arc<str> = self.path(&key).into();
        let whole = self.vault.latest(&path).filter(|(about, ..)| is_settled(cell, &about.fetched));
        let modified = Timestamp::from_millis(cell.until.min(now));
        let (bytes, locator) = match whole {
            Some((about, locator)) => (about.bytes, locator),
            None => (group.bytes(cell, now), Locator::Logs),
        };
        Item { key: Ending::of(&path, &key), path, bytes: Some(bytes), modified, locator }
    }

    /// What the vault has of the group, in the order of time; what came while somebody followed is
    /// behind all else.
    pub(super) fn fetched_before(&self) -> Vec<Item> {
        let kept = self.vault.below(&self.path(""));
        kept.into_iter().filter_map(|kept| self.as_kept(kept)).collect()
    }

    /// An object of the vault.
    pub(super) fn as_kept(&self, (about, locator): (Acquired, Locator)) -> Option<Item> {
        let path: Arc<str> = about.address.as_str().into();
        let key = Ending::of(&path, path.strip_prefix(&self.path(""))?);
        let modified = Time::parse_rfc3339(&about.fetched).map(|time| time.at);
        (is_live(&key) || Cell::of(&key).is_some()).then_some(())?;
        Some(Item { path, key, bytes: Some(about.bytes), modified, locator })
    }

    /// What was written down while somebody followed and may be of this part of time: each event
    /// is kept once.
    pub(super) fn written_live(&self, from: i64, until: i64) -> Seen {
        let mut seen = Seen::default();
        let grown = self.vault.grown(&self.path(""));
        for item in grown.into_iter().filter_map(|kept| self.as_kept(kept)) {
            let began = cells::millis(&item.key[LIVE.len()..]).unwrap_or(i64::MIN);
            if until.saturating_add(LATE) > began
                && let Ok(Input::File(file)) = self.open_kept(&item)
            {
                seen.add_file(file, from);
            }
        }
        seen
    }

    /// Up to when nothing is missing, and what is there of the time since, or a little before.
    pub(super) fn caught(&self) -> (i64, Seen) {
        let now = group::now();
        let cell = |item: Item| Some((Cell::of(&item.key)?, item));
        let cells: Vec<_> = self.fetched_before().into_iter().filter_map(cell).collect();
        let open = cells.iter().filter(|(cell, _)| cell.until > now);
        let fetched = open.filter_map(|(_, item)| Some(item.modified?.0 / 1_000_000));
        let Some(caught) = fetched.min() else { return (now, Seen::default()) };
        let since = caught - BACK;
        let mut seen = self.written_live(since, now);
        for (_, item) in cells.iter().filter(|(cell, _)| cell.until > since) {
            if let Ok(Input::File(file)) = self.open_kept(item) {
                seen.add_file(file, since);
            }
        }
        (caught, seen)
    }

    /// Opens an object that is in the vault, also one that grows.
    pub(super) fn open_kept(&self, item: &Item) -> Result<Input, Reason> {
        // One that grows is not what it was when it was listed.
        if let Locator::File { path, stamp } = &item.locator {
            let now = std::fs::symlink_metadata(path).map(|about| Stamp::of(&about));
            return vault::open(path, now.as_ref().unwrap_or(stamp));
        }
        self.vault.open(&item.locator)
    }
}

/// Whether an object of this name holds what came while somebody followed.
pub(super) fn is_live(key: &str) -> bool {
    key.starts_with(LIVE)
}

/// Whether nothing more is to be expected of a cell that was fetched at this time, in RFC 3339.
fn is_settled(cell: Cell, fetched: &str) -> bool {
    let fetched = Time::parse_rfc3339(fetched).map(|time| time.at.0 / 1_000_000);
    fetched.is_some_and(|fetched| fetched >= cell.until.saturating_add(SETTLES))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;
    const NOW: i64 = 1_772_618_400_000;

    #[test]
    fn a_cell_is_whole_when_it_was_fetched_long_after_its_end() {
        let cell = Cell { from: NOW - HOUR, until: NOW };
        let fetched = |millis| Timestamp::from_millis(millis).unwrap().to_rfc3339(3);
        assert!(is_settled(cell, &fetched(NOW + HOUR)));
        assert!(!is_settled(cell, &fetched(NOW + HOUR - 1)));
        assert!(!is_settled(cell, "never"));
    }
}
