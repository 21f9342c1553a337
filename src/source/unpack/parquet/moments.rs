//! Dates and times of Parquet columns as text, in the precision of the column. What lies in no
//! year of four digits is told as the number that it is.

use crate::event::decimal;

const DAY: i64 = 86_400;

/// 1970-01-01 as astronomers count days.
const EPOCH: i64 = 2_440_588;

/// Days since 1970.
pub(super) fn date(days: i64, out: &mut Vec<u8>) {
    let Some(date) = civil(days) else { return number(days, out) };
    out.push(b'"');
    push_date(date, out);
    out.push(b'"');
}

/// Thousandths, millionths or billionths of a second since midnight.
pub(super) fn clock(value: i64, digits: u32, out: &mut Vec<u8>) {
    let per = 10i64.pow(digits);
    let second = value.div_euclid(per);
    if !(0..DAY).contains(&second) {
        return number(value, out);
    }
    out.push(b'"');
    push_clock(second, value.rem_euclid(per), digits, out);
    out.push(b'"');
}

/// The same since 1970. What a clock on the wall showed has no zone.
pub(super) fn moment(value: i64, digits: u32, is_utc: bool, out: &mut Vec<u8>) {
    let per = 10i64.pow(digits);
    let (second, fraction) = (value.div_euclid(per), value.rem_euclid(per));
    let Some(date) = civil(second.div_euclid(DAY)) else { return number(value, out) };
    push_moment(date, (second.rem_euclid(DAY), fraction), digits, is_utc, out);
}

/// Twelve bytes: nanoseconds since midnight, and the day.
pub(super) fn julian(bytes: &[u8], out: &mut Vec<u8>) {
    const DIGITS: u32 = 9;
    let number = |bytes: &[u8]| bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    let (nanos, day) = (number(&bytes[..8]) as i64, number(&bytes[8..]) as i64);
    let per = 10i64.pow(DIGITS);
    let second = nanos.div_euclid(per);
    let days = day - EPOCH + second.div_euclid(DAY);
    match civil(days) {
        Some(date) => {
            let clock = (second.rem_euclid(DAY), nanos.rem_euclid(per));
            push_moment(date, clock, DIGITS, true, out);
        }
        None => super::shape::quoted(&crate::event::base64::encode(bytes), out),
    }
}

fn push_moment(
    date: (i64, i64, i64),
    (second, fraction): (i64, i64),
    digits: u32,
    is_utc: bool,
    out: &mut Vec<u8>,
) {
    out.push(b'"');
    push_date(date, out);
    out.push(b'T');
    push_clock(second, fraction, digits, out);
    out.extend_from_slice(if is_utc { b"Z\"" } else { b"\"" });
}

fn number(value: i64, out: &mut Vec<u8>) {
    super::shape::Shape::Int.int(value, out);
}

fn push_date((year, month, day): (i64, i64, i64), out: &mut Vec<u8>) {
    padded(year, 4, out);
    out.push(b'-');
    padded(month, 2, out);
    out.push(b'-');
    padded(day, 2, out);
}

fn push_clock(second: i64, fraction: i64, digits: u32, out: &mut Vec<u8>) {
    padded(second / 3600, 2, out);
    out.push(b':');
    padded(second / 60 % 60, 2, out);
    out.push(b':');
    padded(second % 60, 2, out);
    out.push(b'.');
    padded(fraction, digits, out);
}

/// With zeros before it.
fn padded(value: i64, digits: u32, out: &mut Vec<u8>) {
    for place in (1..digits).rev() {
        if value < 10i64.pow(place) {
            out.push(b'0');
        }
    }
    decimal::push(value as u64, out);
}

/// Year, month and day; `None` if the year has not four digits. Years are counted from March, so
/// that the day that some lack is their last.
fn civil(days: i64) -> Option<(i64, i64, i64)> {
    const ERA: i64 = 146_097;
    // From 0000-03-01.
    let days = days.checked_add(719_468)?;
    let (era, of_era) = (days.div_euclid(ERA), days.rem_euclid(ERA));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / (ERA - 1)) / 365;
    let day = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day + 2) / 153;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    let day = day - (153 * from_march + 2) / 5 + 1;
    (0..10_000).contains(&year).then_some((year, month, day))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Timestamp;

    fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn moments_are_what_the_calendar_says() {
        let days = (-100_000..100_000).step_by(61).map(|day| day * DAY * 1_000_000_000);
        for nanos in days.chain([i64::MIN, -1, 0, 1, 951_782_400_000_000_001, i64::MAX]) {
            let expected = format!("\"{}\"", Timestamp(nanos).to_rfc3339(9));
            assert_eq!(text(|out| moment(nanos, 9, true, out)), expected);
        }
    }

    #[test]
    fn precision_and_zone_are_those_of_the_column() {
        assert_eq!(text(|out| moment(1_500, 3, true, out)), "\"1970-01-01T00:00:01.500Z\"");
        assert_eq!(text(|out| moment(-1, 6, false, out)), "\"1969-12-31T23:59:59.999999\"");
        assert_eq!(text(|out| date(-1, out)), "\"1969-12-31\"");
        assert_eq!(text(|out| clock(3_661_001, 3, out)), "\"01:01:01.001\"");
    }

    #[test]
    fn what_no_calendar_has_is_a_number() {
        assert_eq!(text(|out| moment(i64::MAX, 3, true, out)), i64::MAX.to_string());
        assert_eq!(text(|out| date(i64::from(i32::MAX), out)), i32::MAX.to_string());
        assert_eq!(text(|out| clock(-1, 9, out)), "-1");
        assert!(text(|out| julian(&[0xff; 12], out)).starts_with('"'));
    }

    #[test]
    fn days_of_astronomers() {
        let mut bytes = 1_000_000_001u64.to_le_bytes().to_vec();
        bytes.extend(2_440_589u32.to_le_bytes());
        assert_eq!(text(|out| julian(&bytes, out)), "\"1970-01-02T00:00:01.000000001Z\"");
    }
}
