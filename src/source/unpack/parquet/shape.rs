//! How a value of a column is written in JSON.

use super::damaged;
use super::footer::Element;
use super::moments;
use crate::event::{Reason, base64, decimal};

/// How a column's values are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Physical {
    Bool,
    Int32,
    Int64,
    Int96,
    Float,
    Double,
    Bytes,
    /// All of so many bytes.
    Fixed(usize),
}

/// What they mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Bool,
    Int,
    /// Of so many bits.
    Unsigned(u32),
    Decimal(i64),
    Date,
    /// A time of day, with so many digits of fraction.
    Clock(u32),
    /// An instant, or what a clock on some wall showed.
    Moment {
        digits: u32,
        is_utc: bool,
    },
    /// Nanoseconds of a day, and the day as astronomers count them.
    Julian,
    Float,
    Double,
    Half,
    Uuid,
    /// Text, if it is any.
    Bytes,
}

impl Physical {
    pub(super) fn of(element: &Element) -> Result<Self, Reason> {
        Ok(match element.physical {
            Some(0) => Self::Bool,
            Some(1) => Self::Int32,
            Some(2) => Self::Int64,
            Some(3) => Self::Int96,
            Some(4) => Self::Float,
            Some(5) => Self::Double,
            Some(6) => Self::Bytes,
            Some(7) => match usize::try_from(element.length) {
                Ok(length) if length <= 1 << 20 => Self::Fixed(length),
                _ => return Err(damaged("it has values of no good size")),
            },
            _ => return Err(damaged("it has a column of no known type")),
        })
    }

    /// Its number in the format.
    pub(super) fn number(self) -> i64 {
        match self {
            Self::Bool => 0,
            Self::Int32 => 1,
            Self::Int64 => 2,
            Self::Int96 => 3,
            Self::Float => 4,
            Self::Double => 5,
            Self::Bytes => 6,
            Self::Fixed(_) => 7,
        }
    }

    /// Bytes of a value, if all have the same number of them.
    pub(super) fn width(self) -> Option<usize> {
        match self {
            Self::Int32 | Self::Float => Some(4),
            Self::Int64 | Self::Double => Some(8),
            Self::Int96 => Some(12),
            Self::Fixed(width) => Some(width),
            Self::Bool | Self::Bytes => None,
        }
    }
}

impl Shape {
    pub(super) fn of(element: &Element, physical: Physical) -> Self {
        let by_meaning = match physical {
            Physical::Int32 | Physical::Int64 => Self::of_int(element),
            Physical::Bytes | Physical::Fixed(_) => Self::of_bytes(element, physical),
            _ => None,
        };
        by_meaning.unwrap_or(match physical {
            Physical::Bool => Self::Bool,
            Physical::Int32 | Physical::Int64 => Self::Int,
            Physical::Int96 => Self::Julian,
            Physical::Float => Self::Float,
            Physical::Double => Self::Double,
            Physical::Bytes | Physical::Fixed(_) => Self::Bytes,
        })
    }

    fn of_int(element: &Element) -> Option<Self> {
        let logical = element.logical;
        let digits = u32::try_from(logical.unit).ok().filter(|unit| (1..=3).contains(unit));
        let (digits, is_utc) = (digits.map(|unit| unit * 3), logical.is_utc);
        match logical.kind {
            5 => Some(Self::Decimal(logical.scale)),
            6 => Some(Self::Date),
            7 => digits.map(Self::Clock),
            8 => digits.map(|digits| Self::Moment { digits, is_utc }),
            10 if !logical.is_signed => u32::try_from(logical.bits).ok().map(Self::Unsigned),
            10 => Some(Self::Int),
            _ => match element.converted? {
                5 => Some(Self::Decimal(element.scale)),
                6 => Some(Self::Date),
                7 => Some(Self::Clock(3)),
                8 => Some(Self::Clock(6)),
                9 => Some(Self::Moment { digits: 3, is_utc: true }),
                10 => Some(Self::Moment { digits: 6, is_utc: true }),
                unsigned @ 11..=14 => Some(Self::Unsigned(8 << (unsigned - 11))),
                _ => None,
            },
        }
    }

    fn of_bytes(element: &Element, physical: Physical) -> Option<Self> {
        match (element.logical.kind, element.converted) {
            (5, _) => Some(Self::Decimal(element.logical.scale)),
            (0, Some(5)) => Some(Self::Decimal(element.scale)),
            (14, _) if physical == Physical::Fixed(16) => Some(Self::Uuid),
            (15, _) if physical == Physical::Fixed(2) => Some(Self::Half),
            _ => None,
        }
    }

    /// Whether integers are whole numbers, all of which have their place in `i64`.
    pub(super) fn is_whole(self) -> bool {
        matches!(self, Self::Int | Self::Unsigned(0..64))
    }

    /// The number that a stored integer of such a shape is.
    pub(super) fn whole(self, value: i64) -> i64 {
        match self {
            Self::Unsigned(bits @ 0..64) => (value as u64 & ((1 << bits) - 1)) as i64,
            _ => value,
        }
    }

    /// Appends an integer.
    pub(super) fn int(self, value: i64, out: &mut Vec<u8>) {
        match self {
            Self::Unsigned(64..) => decimal::push(value as u64, out),
            Self::Decimal(scale) => scaled(value.into(), scale, out),
            Self::Date => moments::date(value, out),
            Self::Clock(digits) => moments::clock(value, digits, out),
            Self::Moment { digits, is_utc } => moments::moment(value, digits, is_utc, out),
            _ => decimal::push(self.whole(value), out),
        }
    }

    /// Appends bytes; `false` if there is no way to.
    pub(super) fn bytes(self, bytes: &[u8], out: &mut Vec<u8>) -> bool {
        match (self, bytes.len()) {
            (Self::Decimal(scale), 1..=16) => {
                let sign = if bytes[0] & 128 == 0 { 0 } else { -1 };
                let value = bytes.iter().fold(sign, |value, byte| value << 8 | i128::from(*byte));
                scaled(value, scale, out);
            }
            (Self::Uuid, 16) => uuid(bytes, out),
            (Self::Julian, 12) => moments::julian(bytes, out),
            (Self::Half, 2) => return real(half(u16::from_le_bytes([bytes[0], bytes[1]])), out),
            (Self::Bytes, _) if let Ok(text) = std::str::from_utf8(bytes) => quoted(text, out),
            _ => quoted(&base64::encode(bytes), out),
        }
        true
    }
}

/// Appends a number that is not whole, as short as it can be read again; `false` if it is none.
pub(super) fn real<N: serde::Serialize + Copy + Into<f64>>(number: N, out: &mut Vec<u8>) -> bool {
    number.into().is_finite() && serde_json::to_writer(out, &number).is_ok()
}

fn half(bits: u16) -> f32 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f32::from(bits & 1023));
    sign * match exponent {
        0 => fraction * 2f32.powi(-24),
        31 if fraction == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        _ => (1024.0 + fraction) * 2f32.powi(exponent - 25),
    }
}

fn uuid(bytes: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            out.push(b'-');
        }
        out.extend([byte >> 4, byte & 15].map(digit));
    }
    out.push(b'"');
}

fn digit(value: u8) -> u8 {
    b"0123456789abcdef"[usize::from(value & 15)]
}

/// Digits behind the point that are written out; a scale that no writer has is left to the
/// exponent.
const WRITTEN: i64 = 80;

fn scaled(value: i128, scale: i64, out: &mut Vec<u8>) {
    if value < 0 {
        out.push(b'-');
    }
    let digits = value.unsigned_abs().to_string();
    if !(0..=WRITTEN).contains(&scale) {
        out.extend_from_slice(digits.as_bytes());
        if value != 0 {
            out.extend_from_slice(format!("e{}", i128::from(scale).wrapping_neg()).as_bytes());
        }
        return;
    }
    let scale = scale as usize;
    let whole = digits.len().saturating_sub(scale);
    if whole == 0 {
        out.push(b'0');
    }
    out.extend_from_slice(&digits.as_bytes()[..whole]);
    if scale > 0 {
        out.push(b'.');
        out.resize(out.len() + scale.saturating_sub(digits.len()), b'0');
        out.extend_from_slice(&digits.as_bytes()[whole..]);
    }
}

/// Appends text in quotes.
pub(super) fn quoted(text: &str, out: &mut Vec<u8>) {
    let is_odd = |byte: u8| matches!(byte, 0..32 | b'"' | b'\\');
    out.push(b'"');
    let bytes = text.as_bytes();
    // Most has nothing of that, which is found out for many bytes at once.
    if bytes.iter().fold(false, |odd, byte| odd | is_odd(*byte)) {
        escaped(bytes, out);
    } else {
        out.extend_from_slice(bytes);
    }
    out.push(b'"');
}

/// Appends text that has bytes in it that cannot stand in quotes. In that of JSON within JSON every
/// few bytes is one, at no foreseeable place, so nothing is asked for each.
fn escaped(text: &[u8], out: &mut Vec<u8>) {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const LOW: u64 = EACH * 0x7f;
    // The highest bit of each byte that is zero; nothing is carried from one to the next.
    let zeros = |word: u64| !(((word & LOW) + LOW) | word | LOW);
    let is = |word: u64, byte: u8| zeros(word ^ (EACH * u64::from(byte)));
    let (words, rest) = text.as_chunks::<8>();
    for bytes in words {
        let word = u64::from_le_bytes(*bytes);
        if zeros(word & (EACH * 0xe0)) != 0 {
            for byte in bytes {
                escape(*byte, out);
            }
            continue;
        }
        let odd = is(word, b'"') | is(word, b'\\');
        if odd == 0 {
            out.extend_from_slice(bytes);
            continue;
        }
        let (mut room, mut at) = ([0; 16], 0);
        for (index, byte) in bytes.iter().enumerate() {
            room[at & 15] = b'\\';
            at += (odd >> (index * 8 + 7)) as usize & 1;
            room[at & 15] = *byte;
            at += 1;
        }
        let end = out.len() + at;
        out.extend_from_slice(&room);
        out.truncate(end);
    }
    for byte in rest {
        escape(*byte, out);
    }
}

fn escape(byte: u8, out: &mut Vec<u8>) {
    match byte {
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'\t' => out.extend_from_slice(b"\\t"),
        b'"' | b'\\' => out.extend([b'\\', byte]),
        0..32 => {
            out.extend_from_slice(b"\\u00");
            out.extend([byte >> 4, byte & 15].map(digit));
        }
        _ => out.push(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text_of(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn decimals_keep_every_digit() {
        for (value, scale, expected) in [
            (0, 0, "0"),
            (5, 2, "0.05"),
            (-5, 2, "-0.05"),
            (12345, 2, "123.45"),
            (100, 2, "1.00"),
            (-7, 0, "-7"),
            (i128::MIN, 10, "-17014118346046923173168730371.5884105728"),
            (3, -2, "3e2"),
            (3, i64::MIN, "3e9223372036854775808"),
        ] {
            assert_eq!(text_of(|out| scaled(value, scale, out)), expected);
        }
        let bytes = |bytes: &[u8]| text_of(|out| assert!(Shape::Decimal(1).bytes(bytes, out)));
        assert_eq!(bytes(&[0xff, 0x85]), "-12.3");
        assert_eq!(bytes(&[0x00, 0x7b]), "12.3");
    }

    #[test]
    fn text_is_escaped_and_other_bytes_are_base64() {
        let bytes = |bytes: &[u8]| text_of(|out| assert!(Shape::Bytes.bytes(bytes, out)));
        assert_eq!(bytes(b"a\"b\\c\n\x01\xc3\xa9"), "\"a\\\"b\\\\c\\n\\u0001\u{e9}\"");
        assert_eq!(bytes(b"\xff\xfe"), "\"//4=\"");
        assert_eq!(bytes(b""), "\"\"");
    }

    proptest! {
        #[test]
        fn text_in_quotes_is_read_as_it_was(text in "([a-c\"\\\\\u{0}-\u{21}]|é|\u{7f}|\u{10ffff}){0,40}") {
            let written = text_of(|out| quoted(&text, out));
            prop_assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
        }
    }

    #[test]
    fn what_is_no_number_is_not_written() {
        for (number, is_told) in [(1.5, true), (f64::NAN, false), (f64::INFINITY, false)] {
            assert_eq!(text_of(|out| assert_eq!(real(number, out), is_told)).is_empty(), !is_told);
        }
        for (bits, number) in [(0x3c00, 1.0), (0xc000, -2.0), (0x0001, 5.960_464_5e-8)] {
            assert!((half(bits) - number).abs() < f32::EPSILON * number.abs());
        }
        assert!(half(0x7e00).is_nan() && half(0xfc00).is_infinite());
    }

    #[test]
    fn unsigned_numbers_have_no_sign() {
        assert_eq!(text_of(|out| Shape::Unsigned(64).int(-1, out)), "18446744073709551615");
        assert_eq!(text_of(|out| Shape::Unsigned(32).int(-1, out)), "4294967295");
        assert_eq!(text_of(|out| Shape::Int.int(i64::MIN, out)), "-9223372036854775808");
    }
}
