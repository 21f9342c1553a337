//! Where a line has its blanks. Words are short, so a search that begins anew with each of them
//! costs more than what it finds; here 64 bytes are looked at at once, and remembered.

const BLOCK: usize = 64;

/// The blanks of one line.
#[derive(Debug, Clone)]
pub(super) struct Blanks<'a> {
    bytes: &'a [u8],
    /// Which of the bytes from `base` on are blanks: the lowest bit is the first.
    marks: u64,
    base: usize,
}

impl<'a> Blanks<'a> {
    #[inline]
    pub(super) fn new(line: &'a str) -> Self {
        let bytes = line.as_bytes();
        Self { bytes, marks: marks(bytes, 0), base: 0 }
    }

    /// The first blank from this byte on, or the end of the line.
    #[inline]
    pub(super) fn next(&mut self, mut at: usize) -> usize {
        loop {
            // Of a byte before the block that is a number beyond it.
            let passed = at.wrapping_sub(self.base);
            if passed < BLOCK {
                let marks = self.marks >> passed;
                if marks != 0 {
                    return at + marks.trailing_zeros() as usize;
                }
                at = self.base + BLOCK;
            }
            if at >= self.bytes.len() {
                return self.bytes.len();
            }
            (self.base, self.marks) = (at, marks(self.bytes, at));
        }
    }
}

/// A bit for each of the 64 bytes from `at` on that is a blank.
#[inline]
fn marks(bytes: &[u8], at: usize) -> u64 {
    let rest = bytes.get(at..).unwrap_or_default();
    if let Some(block) = rest.first_chunk::<BLOCK>() {
        return block_marks(block);
    }
    let mut block = [0; BLOCK];
    block[..rest.len()].copy_from_slice(rest);
    block_marks(&block)
}

#[inline]
fn block_marks(block: &[u8; BLOCK]) -> u64 {
    const SEVENS: u64 = u64::from_ne_bytes([0x7f; 8]);
    const BLANK: u64 = u64::from_ne_bytes([b' '; 8]);
    /// Moves the top bits of eight bytes, shifted to the bottoms of theirs, into the top byte.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let (eights, _) = block.as_chunks::<8>();
    let mut marks = 0;
    for (place, eight) in eights.iter().enumerate() {
        let differs = u64::from_le_bytes(*eight) ^ BLANK;
        // The top bit of each byte that is not a blank; no byte carries into the next.
        let others = ((differs & SEVENS) + SEVENS) | differs;
        let tops = (!others & !SEVENS) >> 7;
        marks |= (tops.wrapping_mul(GATHER) >> 56) << (8 * place);
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn blanks_are_where_a_search_finds_them(
            line in "[ !a\u{a0}é\u{20ac}]{0,90}",
            places in prop::collection::vec(0usize..300, 1..20),
        ) {
            let mut blanks = Blanks::new(&line);
            for place in places {
                let at = place.min(line.len());
                let found = line.as_bytes()[at..].iter().position(|byte| *byte == b' ');
                prop_assert_eq!(blanks.next(at), found.map_or(line.len(), |found| at + found));
            }
        }
    }
}
