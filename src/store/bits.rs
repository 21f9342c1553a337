//! One bit for each row of a segment.

use super::bytes::{Input, Out, Stored};

/// A fixed number of bits; bits beyond `len` are always zero.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bits {
    words: Vec<u64>,
    len: usize,
}

impl Bits {
    pub fn none(len: usize) -> Self {
        Self { words: vec![0; len.div_ceil(64)], len }
    }

    pub fn all(len: usize) -> Self {
        let mut bits = Self { words: vec![u64::MAX; len.div_ceil(64)], len };
        bits.trim();
        bits
    }

    /// The rows of `from..to`; none if that is empty.
    pub fn range(len: usize, from: usize, to: usize) -> Self {
        let (from, to) = (from as u64, to.min(len) as u64);
        let mut bits = Self::none(len);
        for (index, word) in bits.words.iter_mut().enumerate() {
            let first = 64 * index as u64;
            let below = |row: u64| match row.saturating_sub(first) {
                count @ 0..64 => (1 << count) - 1,
                _ => u64::MAX,
            };
            *word = below(to) & !below(from);
        }
        bits
    }

    /// A bit for each row that the test holds for; the test is asked in order.
    pub fn from_fn(len: usize, mut test: impl FnMut(usize) -> bool) -> Self {
        let mut words = Vec::with_capacity(len.div_ceil(64));
        let mut row = 0;
        while row < len {
            let end = (row + 64).min(len);
            let mut word = 0u64;
            for bit in 0..end - row {
                word |= u64::from(test(row + bit)) << bit;
            }
            words.push(word);
            row = end;
        }
        Self { words, len }
    }

    /// Tests a slice, 64 values a step. The tests of a step do not touch the bits, so that compilers
    /// make vector code of them.
    pub fn from_slice<T: Copy>(values: &[T], test: impl Fn(T) -> bool) -> Self {
        let mut words = Vec::with_capacity(values.len().div_ceil(64));
        let (steps, rest) = values.as_chunks::<64>();
        for step in steps {
            words.push(pack(&std::array::from_fn(|bit| u8::from(test(step[bit])))));
        }
        if !rest.is_empty() {
            let flag = |bit| rest.get(bit).map_or(0, |&value| u8::from(test(value)));
            words.push(pack(&std::array::from_fn(flag)));
        }
        Self { words, len: values.len() }
    }

    fn trim(&mut self) {
        let spare = self.words.len() * 64 - self.len;
        if spare > 0
            && let Some(last) = self.words.last_mut()
        {
            *last &= u64::MAX >> spare;
        }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn words(&self) -> &[u64] {
        &self.words
    }

    pub fn get(&self, row: usize) -> bool {
        self.words.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    pub fn set(&mut self, row: usize) {
        self.words[row / 64] |= 1 << (row % 64);
    }

    pub fn clear(&mut self, row: usize) {
        self.words[row / 64] &= !(1 << (row % 64));
    }

    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    pub fn any(&self) -> bool {
        self.words.iter().any(|&word| word != 0)
    }

    /// How many bits are set before `row`.
    pub fn rank(&self, row: usize) -> usize {
        let whole = row / 64;
        let before: usize = self.words[..whole].iter().map(|w| w.count_ones() as usize).sum();
        let rest = row % 64;
        if rest == 0 {
            return before;
        }
        before + (self.words[whole] & ((1 << rest) - 1)).count_ones() as usize
    }

    /// The first set bit at or after `row`.
    pub fn next(&self, row: usize) -> Option<usize> {
        let mut index = row / 64;
        let mut word = self.words.get(index)? & (u64::MAX << (row % 64));
        loop {
            if word != 0 {
                return Some(index * 64 + word.trailing_zeros() as usize);
            }
            index += 1;
            word = *self.words.get(index)?;
        }
    }

    /// The rows whose bits are set, ascending.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(index, &word)| {
            let mut left = word;
            std::iter::from_fn(move || {
                (left != 0).then(|| {
                    let bit = left.trailing_zeros() as usize;
                    left &= left - 1;
                    index * 64 + bit
                })
            })
        })
    }

    /// How many runs of set rows there are.
    pub fn count_runs(&self) -> usize {
        let mut before = 0;
        let begins = |&word: &u64| {
            let first = word & !(word << 1 | before);
            before = word >> 63;
            first.count_ones() as usize
        };
        self.words.iter().map(begins).sum()
    }

    /// Lengths of runs by turns: rows that are clear, rows that are set, and so on up to the last
    /// that is set. [`Bits::from_runs`] is the inverse.
    pub fn runs(&self) -> Vec<u32> {
        let (mut runs, mut end) = (Vec::new(), 0);
        for row in self.iter() {
            match runs.last_mut() {
                Some(run) if end == row => *run += 1,
                _ => runs.extend([(row - end) as u32, 1]),
            }
            end = row + 1;
        }
        runs
    }

    /// The bits of these runs; `None` if there are more rows in them.
    pub fn from_runs(len: usize, runs: &[u32]) -> Option<Self> {
        let mut bits = Self::none(len);
        let (mut from, mut set) = (0usize, false);
        for &run in runs {
            let to = from.checked_add(run as usize).filter(|&to| to <= len)?;
            if set {
                (from..to).for_each(|row| bits.set(row));
            }
            (from, set) = (to, !set);
        }
        Some(bits)
    }

    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a &= b);
        self
    }

    #[must_use]
    pub fn or(mut self, other: &Self) -> Self {
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a |= b);
        self
    }

    #[must_use]
    pub fn and_not(mut self, other: &Self) -> Self {
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a &= !b);
        self
    }

    #[must_use]
    pub fn negate(mut self) -> Self {
        self.words.iter_mut().for_each(|word| *word = !*word);
        self.trim();
        self
    }
}

impl Stored for Bits {
    fn write(&self, out: &mut Out) {
        out.array(&self.words, u64::to_le_bytes);
    }

    fn read(input: &mut Input<'_>, len: usize) -> Option<Self> {
        let words = input.array(u64::from_le_bytes)?.into_vec();
        if words.len() != len.div_ceil(64) {
            return None;
        }
        let mut bits = Self { words, len };
        bits.trim();
        Some(bits)
    }

    fn heap(&self) -> usize {
        size_of_val(&*self.words)
    }
}

/// The lowest bit of each byte, first byte lowest.
fn pack(flags: &[u8; 64]) -> u64 {
    // Eight bytes at a time: the product brings bit 8i to bit 56 + i, and nothing else there.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let (eights, _) = flags.as_chunks::<8>();
    let bytes = eights.iter().map(|&eight| u64::from_le_bytes(eight).wrapping_mul(GATHER) >> 56);
    bytes.enumerate().fold(0, |word, (index, byte)| word | byte << (8 * index))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_a_list_of_booleans(flags in proptest::collection::vec(any::<bool>(), 0..300)) {
            let bits = Bits::from_fn(flags.len(), |row| flags[row]);
            prop_assert_eq!(&bits, &Bits::from_slice(&flags, |flag| flag));
            let rows: Vec<usize> = (0..flags.len()).filter(|&row| flags[row]).collect();
            prop_assert_eq!(bits.iter().collect::<Vec<_>>(), rows.clone());
            prop_assert_eq!(bits.count(), rows.len());
            for row in 0..=flags.len() {
                prop_assert_eq!(bits.rank(row), rows.iter().filter(|&&r| r < row).count());
                prop_assert_eq!(bits.next(row), rows.iter().copied().find(|&r| r >= row));
            }
            prop_assert_eq!(bits.count_runs(), bits.runs().len() / 2);
            prop_assert_eq!(Bits::from_runs(flags.len(), &bits.runs()), Some(bits.clone()));
            let negated = bits.clone().negate();
            prop_assert_eq!(negated.count() + bits.count(), flags.len());
            prop_assert_eq!(bits.clone().or(&negated), Bits::all(flags.len()));
            prop_assert_eq!(bits.clone().and(&negated), Bits::none(flags.len()));
            prop_assert_eq!(bits.clone().and_not(&bits), Bits::none(flags.len()));
        }

        #[test]
        fn runs_of_any_lengths_do_no_harm(
            len in 0usize..200, runs in proptest::collection::vec(any::<u32>(), 0..4),
        ) {
            let fits = runs.iter().map(|&run| u64::from(run)).sum::<u64>() <= len as u64;
            prop_assert_eq!(Bits::from_runs(len, &runs).is_some(), fits);
        }

        #[test]
        fn a_range_holds_its_rows(len in 0usize..300, from in 0usize..310, to in 0usize..310) {
            let rows = Bits::from_fn(len, |row| (from..to).contains(&row));
            prop_assert_eq!(Bits::range(len, from, to), rows);
        }
    }
}
