//! The generator's dice: `SplitMix64` (Steele, Lea and Flood, "Fast splittable pseudorandom number
//! generators", 2014), seeded by a name, so that every file comes out the same each time.

use std::fmt::Write as _;

const UPPER: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

pub(super) struct Random(u64);

impl Random {
    /// The sequence of this name; the name is folded with FNV-1a.
    pub(super) fn named(name: &str) -> Self {
        let fold = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self(name.bytes().fold(0xcbf2_9ce4_8422_2325, fold))
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`, which must not be 0; slightly uneven, which does not matter here.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }

    pub(super) fn between(&mut self, from: i64, to: i64) -> i64 {
        from + self.below(to.abs_diff(from).max(1)) as i64
    }

    /// Panics on an empty list.
    pub(super) fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u64) as usize]
    }

    /// The position of a weight, as often as it weighs.
    pub(super) fn weighted(&mut self, weights: impl Iterator<Item = u64> + Clone) -> usize {
        let mut left = self.below(weights.clone().sum::<u64>().max(1));
        for (position, weight) in weights.enumerate() {
            if left < weight {
                return position;
            }
            left -= weight;
        }
        0
    }

    pub(super) fn push_hex(&mut self, out: &mut String, digits: usize) {
        let mut left = digits;
        while left > 0 {
            let mut bits = self.next();
            for _ in 0..left.min(16) {
                out.push(char::from(b"0123456789abcdef"[(bits & 15) as usize]));
                bits >>= 4;
            }
            left -= left.min(16);
        }
    }

    pub(super) fn push_upper(&mut self, out: &mut String, letters: usize) {
        let mut left = letters;
        while left > 0 {
            let mut bits = self.next();
            for _ in 0..left.min(12) {
                out.push(char::from(UPPER[(bits & 31) as usize]));
                bits >>= 5;
            }
            left -= left.min(12);
        }
    }

    /// A version 4 UUID.
    pub(super) fn push_uuid(&mut self, out: &mut String) {
        let (a, b) = (self.next(), self.next());
        let (c, d) = (a & 0xfff, (b >> 48) & 0x3fff | 0x8000);
        let _ = write!(
            out,
            "{:08x}-{:04x}-4{c:03x}-{d:04x}-{:012x}",
            a >> 32,
            (a >> 16) & 0xffff,
            b & 0xffff_ffff_ffff
        );
    }

    pub(super) fn hex(&mut self, digits: usize) -> String {
        let mut out = String::with_capacity(digits);
        self.push_hex(&mut out, digits);
        out
    }

    pub(super) fn upper(&mut self, letters: usize) -> String {
        let mut out = String::with_capacity(letters);
        self.push_upper(&mut out, letters);
        out
    }

    pub(super) fn uuid(&mut self) -> String {
        let mut out = String::with_capacity(36);
        self.push_uuid(&mut out);
        out
    }
}
