//! Whole numbers in as few bytes as their range needs.

use super::Bits;

/// Numbers stored as distances from the smallest, in the narrowest width that holds them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Numbers {
    Const { value: i64, len: usize },
    U8 { base: i64, data: Box<[u8]> },
    U16 { base: i64, data: Box<[u16]> },
    U32 { base: i64, data: Box<[u32]> },
    I64(Box<[i64]>),
}

impl Numbers {
    pub fn pack(values: &[i64]) -> Self {
        let low = values.iter().copied().min().unwrap_or(0);
        let high = values.iter().copied().max().unwrap_or(0);
        let span = high.abs_diff(low);
        let distance = |value: &i64| value.wrapping_sub(low) as u64;
        match span {
            0 => Self::Const { value: low, len: values.len() },
            1..=0xff => {
                Self::U8 { base: low, data: values.iter().map(|v| distance(v) as u8).collect() }
            }
            0x100..=0xffff => {
                Self::U16 { base: low, data: values.iter().map(|v| distance(v) as u16).collect() }
            }
            0x1_0000..=0xffff_ffff => {
                Self::U32 { base: low, data: values.iter().map(|v| distance(v) as u32).collect() }
            }
            _ => Self::I64(values.into()),
        }
    }

    pub fn len(&self) -> usize {
        match self {
            Self::Const { len, .. } => *len,
            Self::U8 { data, .. } => data.len(),
            Self::U16 { data, .. } => data.len(),
            Self::U32 { data, .. } => data.len(),
            Self::I64(data) => data.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn get(&self, row: usize) -> i64 {
        match self {
            Self::Const { value, .. } => *value,
            Self::U8 { base, data } => base.wrapping_add(i64::from(data[row])),
            Self::U16 { base, data } => base.wrapping_add(i64::from(data[row])),
            Self::U32 { base, data } => base.wrapping_add(i64::from(data[row])),
            Self::I64(data) => data[row],
        }
    }

    /// The rows whose number lies in `low..=high`.
    pub fn between(&self, low: i64, high: i64) -> Bits {
        if low > high {
            return Bits::none(self.len());
        }
        let clip = |base: i64, top: u64| {
            let from = low.saturating_sub(base).max(0) as u64;
            let to = if high < base { None } else { Some((high.abs_diff(base)).min(top)) };
            to.filter(|&to| from <= to).map(|to| (from, to))
        };
        match self {
            Self::Const { value, len } => {
                if (low..=high).contains(value) {
                    Bits::all(*len)
                } else {
                    Bits::none(*len)
                }
            }
            Self::U8 { base, data } => clip(*base, 0xff).map_or_else(
                || Bits::none(data.len()),
                |(a, b)| Bits::from_slice(data, |v| u64::from(v) >= a && u64::from(v) <= b),
            ),
            Self::U16 { base, data } => clip(*base, 0xffff).map_or_else(
                || Bits::none(data.len()),
                |(a, b)| Bits::from_slice(data, |v| u64::from(v) >= a && u64::from(v) <= b),
            ),
            Self::U32 { base, data } => clip(*base, 0xffff_ffff).map_or_else(
                || Bits::none(data.len()),
                |(a, b)| Bits::from_slice(data, |v| u64::from(v) >= a && u64::from(v) <= b),
            ),
            Self::I64(data) => Bits::from_slice(data, |v| v >= low && v <= high),
        }
    }

    /// Bytes on the heap.
    pub fn heap(&self) -> usize {
        match self {
            Self::Const { .. } => 0,
            Self::U8 { data, .. } => data.len(),
            Self::U16 { data, .. } => data.len() * 2,
            Self::U32 { data, .. } => data.len() * 4,
            Self::I64(data) => data.len() * 8,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spread() -> impl Strategy<Value = Vec<i64>> {
        let small = proptest::collection::vec(-100i64..100, 0..200);
        let wide = proptest::collection::vec(any::<i64>(), 0..200);
        let middle = proptest::collection::vec(1_000_000i64..1_300_000, 0..200);
        prop_oneof![small, wide, middle]
    }

    proptest! {
        #[test]
        fn keeps_every_number_and_finds_ranges(
            values in spread(), low in any::<i64>(), high in any::<i64>(), near in -200i64..200,
        ) {
            let packed = Numbers::pack(&values);
            prop_assert_eq!(packed.len(), values.len());
            for (row, &value) in values.iter().enumerate() {
                prop_assert_eq!(packed.get(row), value);
            }
            for (low, high) in [(low, high), (near, high), (near, near + 50), (i64::MIN, near)] {
                let expected = Bits::from_fn(values.len(), |r| (low..=high).contains(&values[r]));
                prop_assert_eq!(packed.between(low, high), expected);
            }
        }
    }
}
