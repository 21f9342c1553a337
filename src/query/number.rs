//! Numbers as people type them: `443`, `1.5`, `10MB`, `4KiB`.

use std::cmp::Ordering;

/// A number that compares exactly with integers as long as it is one.
#[derive(Debug, Clone, Copy)]
pub enum Amount {
    Int(i64),
    /// Never NaN.
    Float(f64),
}

impl PartialEq for Amount {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Amount {}

impl PartialOrd for Amount {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Amount {
    fn cmp(&self, other: &Self) -> Ordering {
        match (*self, *other) {
            (Self::Int(a), Self::Int(b)) => a.cmp(&b),
            (Self::Int(a), Self::Float(b)) => (a as f64).total_cmp(&plain(b)),
            (Self::Float(a), Self::Int(b)) => plain(a).total_cmp(&(b as f64)),
            (Self::Float(a), Self::Float(b)) => plain(a).total_cmp(&plain(b)),
        }
    }
}

/// The total order tells the two zeros apart; people do not.
fn plain(number: f64) -> f64 {
    number + 0.0
}

/// Decimal units are powers of 1,000, binary ones of 1,024; the case does not matter.
const UNITS: &[(&str, i64)] = &[
    ("b", 1),
    ("k", 1_000),
    ("kb", 1_000),
    ("m", 1_000_000),
    ("mb", 1_000_000),
    ("g", 1_000_000_000),
    ("gb", 1_000_000_000),
    ("t", 1_000_000_000_000),
    ("tb", 1_000_000_000_000),
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
    ("tib", 1 << 40),
];

impl Amount {
    /// Reads a plain number. Not a number and infinite are none.
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(number) = text.parse() {
            return Some(Self::Int(number));
        }
        // `inf` and `nan` are words here, not numbers.
        if !text.contains(|c: char| c.is_ascii_digit()) {
            return None;
        }
        Self::float(text.parse().ok()?)
    }

    /// Reads a number of bytes, with a unit or without.
    pub fn parse_size(text: &str) -> Option<Self> {
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit = text[digits.len()..].to_ascii_lowercase();
        if unit.is_empty() {
            return Self::parse(text);
        }
        let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit)?;
        match Self::parse(digits.trim_end())? {
            Self::Int(number) => number
                .checked_mul(*factor)
                .map(Self::Int)
                .or_else(|| Self::float(number as f64 * *factor as f64)),
            Self::Float(number) => Self::float(number * *factor as f64),
        }
    }

    fn float(number: f64) -> Option<Self> {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if !number.is_finite() {
            return None;
        }
        let whole = number.fract() == 0.0 && number.abs() <= EXACT;
        Some(if whole { Self::Int(number as i64) } else { Self::Float(number) })
    }
}

/// Many numbers, one of which another may be equal to.
#[derive(Debug, Clone, Default)]
pub(super) struct Amounts {
    /// Sorted, each kind by itself: the two together have no order in which one could search,
    /// since several whole numbers may be equal to one float.
    whole: Vec<i64>,
    floats: Vec<f64>,
}

impl Amounts {
    pub(super) fn new(all: Vec<Amount>) -> Self {
        let mut numbers = Self::default();
        for amount in all {
            match amount {
                Amount::Int(number) => numbers.whole.push(number),
                Amount::Float(number) => numbers.floats.push(plain(number)),
            }
        }
        numbers.whole.sort_unstable();
        numbers.whole.dedup();
        numbers.floats.sort_unstable_by(f64::total_cmp);
        numbers
    }

    /// All of them, sorted, if they are whole: a large amount with a unit is a float, and may
    /// equal more than one whole number.
    pub(super) fn whole(&self) -> Option<&[i64]> {
        self.floats.is_empty().then_some(&*self.whole)
    }

    pub(super) fn hold(&self, amount: Amount) -> bool {
        let is_float = |number: f64| {
            self.floats.binary_search_by(|float| float.total_cmp(&plain(number))).is_ok()
        };
        match amount {
            Amount::Int(number) => {
                self.whole.binary_search(&number).is_ok() || is_float(number as f64)
            }
            Amount::Float(number) => {
                let at = self.whole.partition_point(|whole| Amount::Int(*whole) < amount);
                self.whole.get(at).is_some_and(|whole| Amount::Int(*whole) == amount)
                    || is_float(number)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn amount() -> impl Strategy<Value = Amount> {
        prop_oneof![
            (-3i64..3).prop_map(Amount::Int),
            (i64::MAX - 3..=i64::MAX).prop_map(Amount::Int),
            prop::sample::select(&[0.0, -0.0, 1.5, 2.0, 9_223_372_036_854_775_807.0][..])
                .prop_map(Amount::Float),
        ]
    }

    proptest! {
        #[test]
        fn searching_says_what_comparing_says(
            all in prop::collection::vec(amount(), 0..8), number in amount(),
        ) {
            prop_assert_eq!(Amounts::new(all.clone()).hold(number), all.contains(&number));
        }
    }

    #[test]
    fn units_are_decimal_or_binary() {
        for (text, expected) in [
            ("10MB", Some(Amount::Int(10_000_000))),
            ("4KiB", Some(Amount::Int(4096))),
            ("1.5kB", Some(Amount::Int(1500))),
            ("1 GiB", Some(Amount::Int(1 << 30))),
            ("443", Some(Amount::Int(443))),
            ("-1", Some(Amount::Int(-1))),
            ("0.5", Some(Amount::Float(0.5))),
            ("9999999TB", Some(Amount::Float(9_999_999e12))),
            ("MB", None),
            ("10XB", None),
            ("nan", None),
            ("inf", None),
            ("", None),
            ("1e999", None),
        ] {
            assert_eq!(Amount::parse_size(text), expected, "{text}");
        }
    }

    #[test]
    fn integers_stay_exact() {
        assert!(Amount::Int(i64::MAX) > Amount::Int(i64::MAX - 1));
        assert!(Amount::Int(2) > Amount::Float(1.5));
        assert_eq!(Amount::Float(-0.0), Amount::Int(0));
    }
}
