//! Whole numbers in decimal digits, as a line of JSON has them.

/// Digits of the longest number.
const LONGEST: usize = 20;

/// The least number of each count of digits, and one that is counted as having none.
const LEAST: [u64; LONGEST] = {
    let mut least = [0; LONGEST];
    let (mut at, mut power) = (1, 1);
    while at < LONGEST {
        power *= 10;
        least[at] = power;
        at += 1;
    }
    least
};

/// Appends a number.
pub fn push(number: impl itoa::Integer, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// The bytes of its text.
#[inline]
pub fn length(number: i64) -> usize {
    let size = number.unsigned_abs();
    // A bit is worth 1233/4096 of a digit, so this is the count of digits or one less.
    let bits = u64::BITS - (size | 1).leading_zeros();
    let fewer = ((bits * 1233) >> 12) as usize;
    fewer + usize::from(size >= LEAST[fewer]) + usize::from(number < 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn agrees(number: i64) {
        let (mut out, expected) = (Vec::new(), number.to_string());
        push(number, &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), expected);
        assert_eq!(length(number), expected.len(), "{number}");
    }

    #[test]
    fn numbers_at_the_edges_of_digits_are_written_and_measured() {
        for power in 0..19 {
            let number = 10i64.pow(power);
            for number in [number - 1, number, number + 1] {
                agrees(number);
                agrees(-number);
            }
        }
        agrees(i64::MIN);
        agrees(i64::MAX);
        let mut out = Vec::new();
        push(u64::MAX, &mut out);
        assert_eq!(out, u64::MAX.to_string().as_bytes());
    }

    proptest! {
        #[test]
        fn numbers_are_written_as_elsewhere(number in any::<i64>(), bits in 0u32..64) {
            agrees(number >> bits);
        }
    }
}
