//! The zone in which times that name none are read: an offset from UTC, as a person types it.

use std::fmt;

/// Seconds east of UTC, in whole minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Zone(i32);

/// Why a text is no zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoZone {
    /// What may be the name of one: where its clocks stand depends on the day.
    Name(String),
    Other(String),
}

impl Zone {
    pub const UTC: Self = Self(0);

    /// Whole minutes are kept, as the written form has no more.
    pub fn of_seconds(seconds: i32) -> Self {
        Self(seconds / 60 * 60)
    }

    pub fn seconds(self) -> i32 {
        self.0
    }

    /// Reads `UTC`, `Z`, and offsets `+02:00`, `-0530`, `+02`, `+2`.
    pub fn parse(text: &str) -> Result<Self, NoZone> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("UTC") || text.eq_ignore_ascii_case("Z") {
            return Ok(Self::UTC);
        }
        if let Some(seconds) = offset(text) {
            return Ok(Self(seconds));
        }
        let is_name = text.starts_with(|c: char| c.is_ascii_alphabetic());
        Err(if is_name { NoZone::Name } else { NoZone::Other }(text.to_owned()))
    }
}

/// Seconds of an offset.
fn offset(text: &str) -> Option<i32> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let rest = &text[1..];
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (hours, minutes) = match rest.split_once(':') {
        Some((hours, minutes)) => (hours, minutes),
        None if is_digits(rest) && rest.len() == 4 => rest.split_at(2),
        None => (rest, "00"),
    };
    if !(1..=2).contains(&hours.len()) || minutes.len() != 2 {
        return None;
    }
    if !is_digits(hours) || !is_digits(minutes) {
        return None;
    }
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 24 && minutes < 60).then(|| sign * (hours * 3600 + minutes * 60))
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::UTC {
            return f.write_str("UTC");
        }
        let sign = if self.0 < 0 { '-' } else { '+' };
        let minutes = self.0.unsigned_abs() / 60;
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

impl fmt::Display for NoZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => {
                write!(f, "give an offset such as +02:00: that of {name:?} depends on the day")
            }
            Self::Other(text) => write!(f, "{text:?} is no zone; write UTC or +01:00"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn offsets_are_read_as_people_type_them() {
        for (text, seconds, printed) in [
            ("UTC", 0, "UTC"),
            ("utc", 0, "UTC"),
            ("z", 0, "UTC"),
            ("+00:00", 0, "UTC"),
            (" +02:00 ", 7200, "+02:00"),
            ("+2:00", 7200, "+02:00"),
            ("+2", 7200, "+02:00"),
            ("+02", 7200, "+02:00"),
            ("-0530", -19_800, "-05:30"),
            ("-00:30", -1800, "-00:30"),
        ] {
            let zone = Zone::parse(text).unwrap();
            assert_eq!((zone.seconds(), zone.to_string().as_str()), (seconds, printed), "{text}");
        }
    }

    #[test]
    fn what_is_no_offset_is_refused_with_what_to_type() {
        for name in ["CET", "Europe/Berlin", "local"] {
            let why = Zone::parse(name).unwrap_err();
            assert!(matches!(why, NoZone::Name(_)), "{name}");
            assert!(why.to_string().starts_with("give an offset"), "{why}");
        }
        for text in
            ["", "+", "2", "01:00", "+99:00", "+1:0", "+12345", "+02:60", "+ 2", "+2:٣٠", "+€"]
        {
            let why = Zone::parse(text).unwrap_err();
            assert!(matches!(why, NoZone::Other(_)), "{text}");
            assert!(why.to_string().ends_with("write UTC or +01:00"), "{why}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_again(minutes in -1439..1440) {
            let zone = Zone::of_seconds(minutes * 60);
            prop_assert_eq!(Zone::parse(&zone.to_string()), Ok(zone));
        }

        #[test]
        fn any_text_is_answered(text in ".*") {
            let _ = Zone::parse(&text);
        }
    }
}
