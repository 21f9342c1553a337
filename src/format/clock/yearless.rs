//! Times without a year: what they are depends on when the log was last written to.

use super::{Line, Stamp};
use crate::event::time::Civil;
use crate::event::{Time, Timestamp};

/// A time of which the year is not said, nor the zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::format) struct Yearless {
    /// Its year means nothing.
    civil: Civil,
    digits: u8,
}

impl Yearless {
    /// The instant, where no zone means this many seconds east of UTC: in the year of the log's
    /// last change, or the one before if that would lie more than a day after it.
    pub(in crate::format) fn time(self, modified: Option<Timestamp>, zone: i32) -> Option<Time> {
        let modified = modified?;
        let latest = modified.saturating_add(Timestamp::DAY);
        let year = modified.civil().year;
        // The 29th of February may be up to eight years away.
        let mut times = (0..=8).filter_map(|back| Some(self.in_year(year - back)?.time(zone)));
        times.find(|time| time.at <= latest)
    }

    /// The same time in a year that is said elsewhere.
    pub(in crate::format) fn in_year(self, year: i32) -> Option<Stamp> {
        let at = Timestamp::from_civil(Civil { year, ..self.civil })?;
        Some(Stamp { time: Time::new(at, self.digits), zoned: false, unclear: None })
    }
}

type Found<'a> = Option<(Yearless, &'a str)>;

/// `Mar  4 10:42:02`, the form of old syslog.
pub(in crate::format) fn bsd(text: &str) -> Found<'_> {
    let mut line = Line(text);
    let month = line.month()?;
    line.blanks()?;
    let day = line.number(1..=2)?;
    line.blanks()?;
    line.yearless(month, day)
}

/// `0304 10:42:02.113456`, as the programs of Kubernetes write it behind the letter of a level.
pub(in crate::format) fn klog(text: &str) -> Found<'_> {
    let mut line = Line(text);
    let (month, day) = (line.number(2..=2)?, line.number(2..=2)?);
    line.one_of(b" ")?;
    line.yearless(month, day)
}

impl<'a> Line<'a> {
    fn yearless(mut self, month: i32, day: i32) -> Found<'a> {
        let (hour, minute, second) = self.time_of_day()?;
        let (nanos, digits) = self.fraction()?;
        let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
        // A leap year says whether there is such a day at all.
        let civil = Civil { year: 2024, month, day, hour, minute, second, nanos };
        Timestamp::from_civil(civil)?;
        Some((Yearless { civil, digits }, self.0))
    }
}
