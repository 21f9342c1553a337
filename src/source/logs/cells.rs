//! Time cut into cells, so that a log group can be fetched in parts, each of which is an object of
//! its own: what was fetched once is not asked for again.
//!
//! **Cells never overlap.** New ones fill what those that are there leave open, and lie on a grid
//! of whole minutes that depends on nothing but their length.

use crate::event::{Time, Timestamp};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Lengths that a cell may have.
const LENGTHS: [i64; 9] =
    [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 6 * HOUR, DAY, 7 * DAY, 28 * DAY, 364 * DAY];

/// Bytes that a cell should hold: some requests, so that a broken one does not cost much.
const BYTES: u64 = 8 << 20;

/// Cells of one plan: enough to show something soon and to ask for several at once, and no more
/// requests for nothing than that.
const FEWEST: u64 = 24;
const MOST: u64 = 4_000;

/// A half-open part of time, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cell {
    pub(super) from: i64,
    pub(super) until: i64,
}

impl Cell {
    /// When it begins, as it is written in names.
    pub(super) fn begins(self) -> String {
        stamp(self.from)
    }

    /// What the object is called that holds its events, such as
    /// `20260304T100000Z-20260304T110000Z.jsonl`.
    pub(super) fn key(self) -> String {
        format!("{}-{}.jsonl", stamp(self.from), stamp(self.until))
    }

    /// The cell of this name.
    pub(super) fn of(key: &str) -> Option<Self> {
        let (from, until) = key.strip_suffix(".jsonl")?.split_once('-')?;
        let cell = Self { from: millis(from)?, until: millis(until)? };
        (cell.from < cell.until).then_some(cell)
    }

    pub(super) fn length(self) -> i64 {
        self.until.saturating_sub(self.from)
    }

    fn overlaps(self, other: Self) -> bool {
        self.from < other.until && other.from < self.until
    }

    /// The smallest cell of whole minutes that holds this one.
    pub(super) fn rounded(self) -> Self {
        let until = self.until.saturating_add(MINUTE - 1).div_euclid(MINUTE) * MINUTE;
        Self { from: self.from.div_euclid(MINUTE) * MINUTE, until }
    }
}

/// `20260304T100000Z`, which sorts as time does.
fn stamp(millis: i64) -> String {
    let at = Timestamp::from_millis(millis).unwrap_or(Timestamp(0));
    at.to_rfc3339(0).replace(['-', ':'], "")
}

/// The time that a name states.
pub(super) fn millis(stamp: &str) -> Option<i64> {
    if stamp.len() != 16 || !stamp.is_ascii() {
        return None;
    }
    let text = format!(
        "{}-{}-{}T{}:{}:{}",
        &stamp[..4],
        &stamp[4..6],
        &stamp[6..8],
        &stamp[9..11],
        &stamp[11..13],
        &stamp[13..]
    );
    (stamp.as_bytes()[8] == b'T')
        .then(|| Time::parse_rfc3339(&text))?
        .map(|time| time.at.0 / 1_000_000)
}

/// The cells of a part of time, in its order: those that are there already and touch it, and new
/// ones between. `bytes` is what the whole part may hold.
pub(super) fn plan(range: Cell, bytes: u64, there: &[Cell]) -> Vec<Cell> {
    let range = range.rounded();
    let mut cells: Vec<Cell> = there.iter().copied().filter(|cell| cell.overlaps(range)).collect();
    cells.sort_unstable();
    let length = length(range, bytes);
    let (mut planned, mut at) = (Vec::new(), range.from);
    for cell in cells {
        fill(&mut planned, Cell { from: at, until: cell.from }, length);
        at = at.max(cell.until);
        planned.push(cell);
    }
    fill(&mut planned, Cell { from: at, until: range.until }, length);
    planned
}

/// The shortest length that makes no more cells than there should be.
fn length(range: Cell, bytes: u64) -> i64 {
    let cells = (bytes / BYTES).clamp(FEWEST, MOST);
    let least = range.length() / cells as i64;
    LENGTHS.into_iter().find(|length| *length >= least).unwrap_or(LENGTHS[LENGTHS.len() - 1])
}

fn fill(planned: &mut Vec<Cell>, gap: Cell, length: i64) {
    let mut at = gap.from;
    while at < gap.until {
        let next = (at.div_euclid(length) + 1) * length;
        planned.push(Cell { from: at, until: next.min(gap.until) });
        at = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MARCH: i64 = 1_772_618_400_000; // 2026-03-04T10:00:00Z

    #[test]
    fn names_sort_as_time_does_and_are_read_again() {
        let cell = Cell { from: MARCH, until: MARCH + HOUR };
        assert_eq!(cell.key(), "20260304T100000Z-20260304T110000Z.jsonl");
        assert_eq!(Cell::of(&cell.key()), Some(cell));
        for key in ["", "a.jsonl", "20260304T110000Z-20260304T100000Z.jsonl", "é-é.jsonl"] {
            assert_eq!(Cell::of(key), None, "{key}");
        }
    }

    #[test]
    fn little_is_few_cells_and_much_is_many() {
        let year = Cell { from: MARCH, until: MARCH + 365 * DAY };
        assert!(plan(year, 0, &[]).len() < 20);
        assert!(plan(year, 100 << 30, &[]).len() > 1_000);
        let minutes = Cell { from: MARCH + 1, until: MARCH + 5 * MINUTE };
        assert_eq!(plan(minutes, 0, &[]).len(), 5);
    }

    proptest! {
        #[test]
        fn cells_cover_the_range_and_never_overlap(
            from in 0_i64..400 * DAY,
            length in 1_i64..400 * DAY,
            bytes in 0_u64..1 << 40,
            window in (0_i64..400 * DAY, 1_i64..30 * DAY),
        ) {
            let before = Cell { from: window.0, until: window.0 + window.1 };
            let there = plan(before, bytes / 7, &[]);
            let range = Cell { from, until: from + length };
            let cells = plan(range, bytes, &there);
            prop_assert!(cells.windows(2).all(|pair| pair[0].until <= pair[1].from));
            let mut at = range.from;
            for cell in &cells {
                prop_assert!(cell.from < cell.until);
                prop_assert!(cell.from <= at.max(cell.from));
                if cell.from <= at {
                    at = at.max(cell.until);
                }
            }
            prop_assert!(at >= range.until);
            prop_assert!(cells.len() as u64 <= 2 * MOST + there.len() as u64 + 2);
            // The same again is the same, however much there is by then.
            prop_assert_eq!(plan(range, bytes / 3, &cells), cells);
        }
    }
}
