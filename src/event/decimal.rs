//! Whole numbers in decimal digits, as a line of JSON has them.

/// Bytes of the longest number.
pub const LONGEST: usize = 20;

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
pub fn push(number: i64, out: &mut Vec<u8>) {
    out.extend_from_slice(written(number, &mut [0; LONGEST]).as_bytes());
}

/// Appends a number that has no sign.
pub fn push_unsigned(number: u64, out: &mut Vec<u8>) {
    let mut room = [0; LONGEST];
    let at = digits(number, &mut room);
    out.extend_from_slice(&room[at..]);
}

/// The number as text.
pub fn written(number: i64, room: &mut [u8; LONGEST]) -> &str {
    let mut at = digits(number.unsigned_abs(), room);
    if number < 0 {
        at -= 1;
        room[at] = b'-';
    }
    std::str::from_utf8(&room[at..]).unwrap_or_default()
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

/// Writes the digits to the end of the room; the answer is where they begin.
fn digits(mut number: u64, room: &mut [u8; LONGEST]) -> usize {
    let mut at = room.len();
    loop {
        at -= 1;
        room[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            return at;
        }
    }
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
        push_unsigned(u64::MAX, &mut out);
        assert_eq!(out, u64::MAX.to_string().as_bytes());
    }

    proptest! {
        #[test]
        fn numbers_are_written_as_elsewhere(number in any::<i64>(), bits in 0u32..64) {
            agrees(number >> bits);
        }
    }
}
