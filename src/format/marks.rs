//! Where a line has a mark, such as a blank. What marks part is short, so a search that begins anew
//! behind each of them costs more than what it finds; here 64 bytes are looked at at once, and
//! remembered.

const BLOCK: usize = 64;

/// The places of one mark, which is one byte, in one line.
#[derive(Debug, Clone)]
pub(super) struct Marks<'a> {
    bytes: &'a [u8],
    mark: u8,
    /// Which of the bytes from `base` on are marks: the lowest bit is the first.
    found: u64,
    base: usize,
}

impl<'a> Marks<'a> {
    #[inline]
    pub(super) fn new(line: &'a str, mark: u8) -> Self {
        debug_assert!(mark.is_ascii(), "a mark is a whole character");
        let bytes = line.as_bytes();
        Self { bytes, mark, found: found(bytes, 0, mark), base: 0 }
    }

    /// The first mark from this byte on, or the end of the line.
    #[inline]
    pub(super) fn next(&mut self, mut at: usize) -> usize {
        loop {
            // Of a byte before the block that is a number beyond it.
            let passed = at.wrapping_sub(self.base);
            if passed < BLOCK {
                let found = self.found >> passed;
                if found != 0 {
                    return at + found.trailing_zeros() as usize;
                }
                at = self.base + BLOCK;
            }
            if at >= self.bytes.len() {
                return self.bytes.len();
            }
            (self.base, self.found) = (at, found(self.bytes, at, self.mark));
        }
    }

    /// The next mark, each of them once, and then the end of the line over and over. Whoever asks
    /// so asks in no other way.
    #[inline]
    fn step(&mut self) -> usize {
        while self.found == 0 {
            if self.bytes.len() - self.base <= BLOCK {
                return self.bytes.len();
            }
            self.base += BLOCK;
            self.found = found(self.bytes, self.base, self.mark);
        }
        let at = self.base + self.found.trailing_zeros() as usize;
        self.found &= self.found - 1;
        at
    }
}

/// What a mark parts: one part more than there are marks.
#[inline]
pub(super) fn parts(line: &str, mark: u8) -> Parts<'_> {
    Parts { line, at: 0, marks: Marks::new(line, mark) }
}

pub(super) struct Parts<'a> {
    line: &'a str,
    /// Where the next part begins; beyond the line when there is none.
    at: usize,
    marks: Marks<'a>,
}

impl Parts<'_> {
    /// Where the next part begins and ends.
    #[inline]
    fn place(&mut self) -> Option<(usize, usize)> {
        if self.at > self.line.len() {
            return None;
        }
        let end = self.marks.step();
        Some((std::mem::replace(&mut self.at, end + 1), end))
    }
}

impl<'a> Iterator for Parts<'a> {
    type Item = &'a str;

    #[inline]
    fn next(&mut self) -> Option<&'a str> {
        self.place().map(|(start, end)| &self.line[start..end])
    }
}

/// The words of a line, which runs of blanks part.
#[inline]
pub(super) fn words(line: &str) -> impl Iterator<Item = &str> {
    let mut parts = parts(line, b' ');
    std::iter::from_fn(move || {
        loop {
            let (start, end) = parts.place()?;
            if start < end {
                return Some(&line[start..end]);
            }
        }
    })
}

/// A bit for each of the 64 bytes from `at` on that is a mark.
#[inline]
fn found(bytes: &[u8], at: usize, mark: u8) -> u64 {
    let rest = bytes.get(at..).unwrap_or_default();
    if let Some(block) = rest.first_chunk() {
        return found_in(block, mark);
    }
    let beyond = (BLOCK - rest.len()) as u32;
    if let Some(block) = bytes.last_chunk() {
        return found_in(block, mark).checked_shr(beyond).unwrap_or(0);
    }
    let mut block = [u8::MAX; BLOCK];
    block[..rest.len()].copy_from_slice(rest);
    found_in(&block, mark)
}

#[inline]
fn found_in(block: &[u8; BLOCK], mark: u8) -> u64 {
    /// Moves the lowest bits of eight bytes into the top byte.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    // Compilers make of this one comparison of many bytes.
    let is_mark = block.map(|byte| u8::from(byte == mark));
    let (eights, _) = is_mark.as_chunks::<8>();
    let places = eights.iter().enumerate();
    places.fold(0, |found, (place, eight)| {
        let bits = u64::from_le_bytes(*eight).wrapping_mul(GATHER) >> 56;
        found | bits << (8 * place)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn words_are_what_blanks_part(line in "[ a!éx]{0,150}") {
            let expected = line.split(' ').filter(|word| !word.is_empty());
            prop_assert_eq!(words(&line).collect::<Vec<_>>(), expected.collect::<Vec<_>>());
        }

        #[test]
        fn parts_are_what_marks_part(line in "[,a\t\u{a0}é]{0,150}") {
            for mark in *b",\t" {
                let expected: Vec<&str> = line.split(char::from(mark)).collect();
                prop_assert_eq!(parts(&line, mark).collect::<Vec<_>>(), expected);
            }
        }

        #[test]
        fn marks_are_where_a_search_finds_them(
            line in "[ !a\u{a0}é\u{20ac}]{0,90}",
            places in prop::collection::vec(0usize..300, 1..20),
        ) {
            let mut blanks = Marks::new(&line, b' ');
            for place in places {
                let at = place.min(line.len());
                let found = line.as_bytes()[at..].iter().position(|byte| *byte == b' ');
                prop_assert_eq!(blanks.next(at), found.map_or(line.len(), |found| at + found));
            }
        }
    }
}
