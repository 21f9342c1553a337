//! Times as people type them, resolved to windows: `10:30..11:10`, `2026-03-04`, `last2h`.

use super::ast::{Now, Op, Window};
use crate::event::{Time, Timestamp};

/// What was expected where something else stood.
const FORMS: &str = "not a time: write 2026-03-04T10:30, 2026-03-04, 10:30, 10:30..11:10 or last2h";

/// An instant as written, up to the end of the unit it is written in: a day, a minute, a second.
struct Moment {
    from: i64,
    to: i64,
    /// The day it names, if it names one.
    day: Option<String>,
}

/// Reads a time or a span of times. A span runs from the beginning of its first moment up to
/// the beginning of its second; either may be missing. A moment alone is the whole of its unit,
/// and comparisons start from that: `time>2026-03-04` is after the end of the day.
pub fn parse(text: &str, op: Op, now: Now) -> Result<Window, String> {
    match text.split_once("..") {
        Some(_) if op != Op::Is => Err(format!("{op} compares with one time, not with a span")),
        Some((from, to)) => span(from.trim(), to.trim(), now),
        None => {
            let Some(moment) = moment(text.trim(), None, now)? else { return Ok(Window::NONE) };
            let (from, to) = match op {
                Op::Is => (moment.from, moment.to),
                Op::Over => (moment.to, i64::MAX),
                Op::From => (moment.from, i64::MAX),
                Op::Under => (i64::MIN, moment.from),
                Op::UpTo => (i64::MIN, moment.to),
            };
            Ok(Window { from: Timestamp(from), to: Timestamp(to) })
        }
    }
}

fn span(from: &str, to: &str, now: Now) -> Result<Window, String> {
    if from.is_empty() && to.is_empty() {
        return Err(FORMS.to_owned());
    }
    let mut window = Window::ALL;
    let mut day = None;
    if !from.is_empty() {
        let Some(moment) = moment(from, None, now)? else { return Ok(Window::NONE) };
        window.from = Timestamp(moment.from);
        day = moment.day;
    }
    if !to.is_empty() {
        let Some(moment) = moment(to, day.as_deref(), now)? else { return Ok(Window::NONE) };
        window.to = Timestamp(moment.from);
    }
    if window.from < window.to {
        Ok(window)
    } else {
        Err("the span ends before it starts; name the days".to_owned())
    }
}

/// One moment; `None` if it is relative to events and there are none yet. A time of day is of
/// `day`, else of the newest event's day.
fn moment(text: &str, day: Option<&str>, now: Now) -> Result<Option<Moment>, String> {
    if let Some(back) = text.strip_prefix("last") {
        let nanos = duration(back).ok_or("not a span of time: write last30m, last2h or last7d")?;
        return Ok(now.newest.map(|newest| Moment {
            from: newest.0.saturating_sub(nanos),
            to: newest.0.saturating_add(1),
            day: None,
        }));
    }
    if text.is_empty() {
        return Err(FORMS.to_owned());
    }
    let (named, clock) = split_day(text);
    let today = now.newest.map(|newest| newest.to_rfc3339(0)[..10].to_owned());
    let known = named.or(day).or(today.as_deref());
    // Without any event the day is unknown, but a wrong time is still wrong.
    let (from, unit) = instant(known.unwrap_or("1970-01-01"), clock).ok_or(FORMS)?;
    Ok(known.map(|_| Moment {
        from: from.0,
        to: from.0.saturating_add(unit),
        day: named.map(str::to_owned),
    }))
}

/// The day in front, if there is one, and the time of day behind it.
fn split_day(text: &str) -> (Option<&str>, &str) {
    let is_day = |day: &str| {
        day.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
    };
    match (text.get(..10), text.get(10..)) {
        (Some(day), Some(clock)) if is_day(day) => {
            (Some(day), clock.strip_prefix(['T', 't', ' ']).unwrap_or(clock))
        }
        _ => (None, text),
    }
}

/// The instant, and how many nanoseconds its unit lasts.
fn instant(day: &str, clock: &str) -> Option<(Timestamp, i64)> {
    if clock.is_empty() {
        let time = Time::parse_rfc3339(&format!("{day}T00:00:00"))?;
        return Some((time.at, Timestamp::DAY));
    }
    let (minutes, rest) = (clock.get(..5)?, clock.get(5..)?);
    if !rest.starts_with(':') {
        let time = Time::parse_rfc3339(&format!("{day}T{minutes}:00{rest}"))?;
        return (time.digits == 0).then_some((time.at, Timestamp::MINUTE));
    }
    let time = Time::parse_rfc3339(&format!("{day}T{clock}"))?;
    Some((time.at, Timestamp::SECOND / 10i64.pow(u32::from(time.digits))))
}

/// `30m`, `2h`: digits and one of `s m h d`, as nanoseconds.
fn duration(text: &str) -> Option<i64> {
    let unit = match text.chars().next_back()? {
        's' => Timestamp::SECOND,
        'm' => Timestamp::MINUTE,
        'h' => Timestamp::HOUR,
        'd' => Timestamp::DAY,
        _ => return None,
    };
    let digits = &text[..text.len() - 1];
    let number: i64 =
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse())?.ok()?;
    Some(number.saturating_mul(unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(text: &str, op: Op) -> Result<(String, String), String> {
        let newest = Time::parse_rfc3339("2026-03-04T12:00:00Z").map(|time| time.at);
        let window = parse(text, op, Now { newest })?;
        Ok((window.from.to_rfc3339(0), window.to.to_rfc3339(0)))
    }

    #[test]
    fn windows_are_half_open() {
        for (text, from, to) in [
            ("10:30..11:10", "2026-03-04T10:30:00Z", "2026-03-04T11:10:00Z"),
            ("10:30", "2026-03-04T10:30:00Z", "2026-03-04T10:31:00Z"),
            ("10:30:05Z", "2026-03-04T10:30:05Z", "2026-03-04T10:30:06Z"),
            ("2026-03-01", "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"),
            ("2026-03-01T23:00..23:30", "2026-03-01T23:00:00Z", "2026-03-01T23:30:00Z"),
            ("2026-03-01 23:00+01:00", "2026-03-01T22:00:00Z", "2026-03-01T22:01:00Z"),
            ("last2h..last1h", "2026-03-04T10:00:00Z", "2026-03-04T11:00:00Z"),
        ] {
            assert_eq!(resolve(text, Op::Is), Ok((from.to_owned(), to.to_owned())), "{text}");
        }
        let newest = Some(Timestamp(5 * Timestamp::HOUR));
        let window = parse("last2h", Op::Is, Now { newest }).unwrap();
        assert_eq!(window.from, Timestamp(3 * Timestamp::HOUR));
        assert_eq!(window.to, Timestamp(5 * Timestamp::HOUR + 1), "the newest event is inside");
    }

    #[test]
    fn comparisons_count_the_whole_unit() {
        let day = "2026-03-01";
        assert_eq!(resolve(day, Op::Over).unwrap().0, "2026-03-02T00:00:00Z");
        assert_eq!(resolve(day, Op::From).unwrap().0, "2026-03-01T00:00:00Z");
        assert_eq!(resolve(day, Op::Under).unwrap().1, "2026-03-01T00:00:00Z");
        assert_eq!(resolve(day, Op::UpTo).unwrap().1, "2026-03-02T00:00:00Z");
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "..",
            "noon",
            "25:00",
            "2026-02-30",
            "last",
            "last2",
            "lasth",
            "last2y",
            "last-2h",
            "11:00..10:00",
            "10:3",
            "10:30.5",
            "2026-03-0é",
            "é",
        ] {
            assert!(resolve(text, Op::Is).is_err(), "{text}");
            let early = parse(text, Op::Is, Now::default());
            assert!(early.is_err() || text == "11:00..10:00", "{text}");
        }
        assert!(resolve("10:00..11:00", Op::Over).is_err());
    }

    #[test]
    fn relative_times_hold_nothing_before_the_first_event() {
        for text in ["last2h", "10:30", "10:30..11:00"] {
            let window = parse(text, Op::Is, Now::default()).unwrap();
            assert!(!window.holds(Timestamp(0)), "{text}");
        }
    }
}
