//! Whole numbers in as few bytes as their range needs.

use super::Bits;
use super::bytes::{Blank, Input, Out, Stored};

/// Numbers stored as multiples of a unit above the smallest, in the narrowest width that holds
/// them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbers {
    base: i64,
    /// Above one only where it saves room: times in whole seconds, kept in nanoseconds.
    unit: u64,
    steps: Steps,
}

/// How many units a number is above the smallest.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Steps {
    Zero { len: usize },
    U8(Box<[u8]>),
    U16(Box<[u16]>),
    U32(Box<[u32]>),
    U64(Box<[u64]>),
}

/// A unit that times often have.
const SECOND: u64 = 1_000_000_000;

impl Steps {
    /// The step of each value, of which `most` is the highest.
    #[inline]
    fn of(values: &[i64], most: u64, step: impl Fn(i64) -> u64) -> Self {
        let each = values.iter().map(|value| step(*value));
        match most {
            0 => Self::Zero { len: values.len() },
            1..=0xff => Self::U8(each.map(|steps| steps as u8).collect()),
            0x100..=0xffff => Self::U16(each.map(|steps| steps as u16).collect()),
            0x1_0000..=0xffff_ffff => Self::U32(each.map(|steps| steps as u32).collect()),
            _ => Self::U64(each.collect()),
        }
    }
}

/// Calls the same expression for the steps of each width.
macro_rules! each_width {
    ($steps:expr, $len:ident => $zero:expr, $data:ident => $other:expr) => {
        match $steps {
            Steps::Zero { len } => {
                let $len = *len;
                $zero
            }
            Steps::U8($data) => $other,
            Steps::U16($data) => $other,
            Steps::U32($data) => $other,
            Steps::U64($data) => $other,
        }
    };
}

#[allow(clippy::useless_conversion, reason = "one expression serves every width")]
impl Numbers {
    pub fn pack(values: &[i64]) -> Self {
        let (base, highest) = ends(values);
        let span = highest.abs_diff(base);
        let narrow = u32::try_from(span).is_ok();
        let unit = if narrow { 1 } else { common_unit(values, base) };
        // Nearly all are numbers as such or times in seconds: no division where it is known by what.
        let steps = match unit {
            1 => Steps::of(values, span, |value| value.abs_diff(base)),
            SECOND => Steps::of(values, span / SECOND, |value| value.abs_diff(base) / SECOND),
            _ => Steps::of(values, span / unit, |value| value.abs_diff(base) / unit),
        };
        Self { base, unit, steps }
    }

    /// As many times 0.
    pub fn zeros(len: usize) -> Self {
        Self { base: 0, unit: 1, steps: Steps::Zero { len } }
    }

    pub fn len(&self) -> usize {
        each_width!(&self.steps, len => len, data => data.len())
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn get(&self, row: usize) -> i64 {
        let steps = each_width!(&self.steps, _len => 0, data => u64::from(data[row]));
        self.base.wrapping_add_unsigned(steps.wrapping_mul(self.unit))
    }

    /// The rows whose number lies in `low..=high`.
    pub fn between(&self, low: i64, high: i64) -> Bits {
        if low > high || high < self.base {
            return Bits::none(self.len());
        }
        let (from, to) = (self.steps_to(low), high.abs_diff(self.base) / self.unit);
        let inside = |steps: u64| steps >= from && steps <= to;
        each_width!(
            &self.steps,
            len => if inside(0) { Bits::all(len) } else { Bits::none(len) },
            data => Bits::from_slice(data, |steps| inside(steps.into()))
        )
    }

    /// How many numbers are below `bound`; they must be in ascending order.
    pub fn below(&self, bound: i64) -> usize {
        let to = self.steps_to(bound);
        each_width!(
            &self.steps,
            len => if to > 0 { len } else { 0 },
            data => data.partition_point(|&steps| u64::from(steps) < to)
        )
    }

    /// The fewest steps that lead to `number` or above.
    fn steps_to(&self, number: i64) -> u64 {
        if number <= self.base { 0 } else { number.abs_diff(self.base).div_ceil(self.unit) }
    }
}

impl Stored for Numbers {
    fn write(&self, out: &mut Out) {
        out.number(self.base as u64);
        out.number(self.unit);
        match &self.steps {
            Steps::Zero { .. } => out.byte(0),
            Steps::U8(data) => {
                out.byte(1);
                out.bytes(data);
            }
            Steps::U16(data) => {
                out.byte(2);
                out.array(data, u16::to_le_bytes);
            }
            Steps::U32(data) => {
                out.byte(4);
                out.array(data, u32::to_le_bytes);
            }
            Steps::U64(data) => {
                out.byte(8);
                out.array(data, u64::to_le_bytes);
            }
        }
    }

    fn read(input: &mut Input<'_>, len: usize) -> Option<Self> {
        let base = input.number()? as i64;
        let unit = input.number()?.max(1);
        let steps = match input.byte()? {
            0 => Steps::Zero { len },
            1 => Steps::U8(input.bytes()?.into()),
            2 => Steps::U16(input.array(u16::from_le_bytes)?),
            4 => Steps::U32(input.array(u32::from_le_bytes)?),
            8 => Steps::U64(input.array(u64::from_le_bytes)?),
            _ => return None,
        };
        let numbers = Self { base, unit, steps };
        (numbers.len() == len).then_some(numbers)
    }

    fn heap(&self) -> usize {
        each_width!(&self.steps, _len => 0, data => size_of_val(&**data))
    }
}

impl Blank for Numbers {
    fn blank(len: usize) -> Self {
        Self { base: 0, unit: 1, steps: Steps::Zero { len } }
    }
}

/// The smallest and the largest.
fn ends(values: &[i64]) -> (i64, i64) {
    let Some(first) = values.first() else { return (0, 0) };
    let wider = |(low, high): (i64, i64), value: &i64| (low.min(*value), high.max(*value));
    values.iter().fold((*first, *first), wider)
}

/// The greatest unit that all distances from `base` are multiples of.
fn common_unit(values: &[i64], base: i64) -> u64 {
    let (mut unit, mut last) = (0u64, base);
    for value in values {
        if *value == last {
            continue;
        }
        last = *value;
        let (mut a, mut b) = (unit, value.abs_diff(base));
        // Nearly always a multiple of the unit so far, and this ends after one round.
        while a != 0 {
            (a, b) = (b % a, a);
        }
        unit = b;
        if unit == 1 {
            break;
        }
    }
    unit.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spread() -> impl Strategy<Value = Vec<i64>> {
        let small = proptest::collection::vec(-100i64..100, 0..200);
        let wide = proptest::collection::vec(any::<i64>(), 0..200);
        let middle = proptest::collection::vec(1_000_000i64..1_300_000, 0..200);
        let times = proptest::collection::vec(-1_000_000i64..1_000_000, 0..200)
            .prop_map(|seconds| seconds.into_iter().map(|s| s * 1_000_000_000 + 7).collect());
        prop_oneof![small, wide, middle, times]
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
            for bound in values.iter().flat_map(|&v| [v, v.saturating_add(1)]).chain([low, near]) {
                let range = (low.min(bound), bound);
                let expected =
                    Bits::from_fn(values.len(), |r| (range.0..=range.1).contains(&values[r]));
                prop_assert_eq!(packed.between(range.0, range.1), expected);
                let mut sorted = values.clone();
                sorted.sort_unstable();
                let expected = sorted.partition_point(|&value| value < bound);
                prop_assert_eq!(Numbers::pack(&sorted).below(bound), expected);
            }
        }
    }
}
