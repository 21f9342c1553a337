//! How far back the evidence reaches, against how long logs have to be kept.
//!
//! This says what was brought here, not what the services keep. It is counted back from the
//! newest event, so that the same evidence says the same in ten years.

use super::lanes::Lane;
use crate::event::Timestamp;
use crate::event::time::Civil;
use std::collections::BTreeMap;
use std::fmt;

/// How long logs have to be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Period {
    Days(u32),
    Months(u32),
}

impl Period {
    /// What standards ask for: a year, three months of it at hand.
    pub const USUAL: [Self; 2] = [Self::Days(90), Self::Months(12)];

    /// Reads `90d`, `12mo` or `1y`.
    pub fn parse(text: &str) -> Option<Self> {
        let unit = text.find(|c: char| !c.is_ascii_digit())?;
        let number: u32 =
            text[..unit].parse().ok().filter(|number| (1..=36_500).contains(number))?;
        match &text[unit..] {
            "d" => Some(Self::Days(number)),
            "mo" => Some(Self::Months(number)),
            "y" => Some(Self::Months(number * 12)),
            _ => None,
        }
    }

    /// This long before `end`; `None` if that is before there are times.
    pub fn before(self, end: Timestamp) -> Option<Timestamp> {
        let months = match self {
            Self::Days(days) => {
                return i64::from(days)
                    .checked_mul(Timestamp::DAY)
                    .and_then(|nanos| end.0.checked_sub(nanos))
                    .map(Timestamp);
            }
            Self::Months(months) => i64::from(months),
        };
        let civil = end.civil();
        let month = i64::from(civil.year) * 12 + i64::from(civil.month) - 1 - months;
        let (year, month) = (month.div_euclid(12) as i32, month.rem_euclid(12) as u8 + 1);
        // The 31st of a shorter month is its last day.
        (0..4).find_map(|less| {
            let day = civil.day.checked_sub(less)?;
            Timestamp::from_civil(Civil { year, month, day, ..civil })
        })
    }
}

/// `90 d` or `12 mo`.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Days(days) => write!(f, "{days} d"),
            Self::Months(months) => write!(f, "{months} mo"),
        }
    }
}

/// How far back something reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Time of the oldest event, in nanoseconds.
    pub oldest: i64,
    /// For each period, the nanoseconds that are missing at its beginning; 0 if it is reached.
    pub missing: Vec<i64>,
}

/// How far back the evidence reaches from its newest event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    pub newest: Timestamp,
    /// Each with the time at which it begins.
    pub periods: Vec<(Period, Timestamp)>,
    pub whole: Reach,
    pub formats: BTreeMap<String, Reach>,
}

pub(super) fn retention(
    lanes: &[Lane],
    periods: &[Period],
    newest: Option<Timestamp>,
) -> Option<Retention> {
    let newest = newest?;
    let mut oldest: BTreeMap<&str, i64> = BTreeMap::new();
    for lane in lanes {
        let Some((first, _)) = lane.span else { continue };
        let known = oldest.entry(&lane.format).or_insert(first);
        *known = first.min(*known);
    }
    let begins = |period: &Period| period.before(newest).unwrap_or(Timestamp(i64::MIN));
    let periods: Vec<_> = periods.iter().map(|period| (*period, begins(period))).collect();
    let reach = |oldest: i64| Reach {
        oldest,
        missing: periods.iter().map(|(_, from)| oldest.saturating_sub(from.0).max(0)).collect(),
    };
    let whole = reach(oldest.values().copied().min()?);
    let formats = oldest.iter().map(|(format, &oldest)| ((*format).to_owned(), reach(oldest)));
    let formats = formats.collect();
    Some(Retention { newest, periods, whole, formats })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Time;

    #[test]
    fn periods_are_days_or_months_of_the_calendar() {
        let end = Time::parse_rfc3339("2026-03-31T12:00:00Z").unwrap().at;
        for (text, begins) in [
            ("90d", "2025-12-31T12:00:00Z"),
            ("1mo", "2026-02-28T12:00:00Z"),
            ("12mo", "2025-03-31T12:00:00Z"),
            ("1y", "2025-03-31T12:00:00Z"),
        ] {
            let period = Period::parse(text).unwrap();
            let before = period.before(end).map(|time| time.to_rfc3339(0));
            assert_eq!(before.as_deref(), Some(begins), "{text}");
        }
        for text in ["", "d", "90", "0d", "90m", "-1d", "99999999999d", "90 d", "1yy", "é"] {
            assert_eq!(Period::parse(text), None, "{text}");
        }
        assert_eq!(Period::Months(36_500).before(end), None, "there are no such times");
    }
}
