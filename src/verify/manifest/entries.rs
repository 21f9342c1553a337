//! What the lines of a manifest say, packed: a manifest of a million lines takes little more memory
//! than its own size.

use super::algorithm::{Algorithm, Algorithms};

/// Bytes that what is kept of one manifest may take. What comes after them is told and not read.
const MOST_BYTES: usize = 512 << 20;

/// Bad lines that are kept with what is wrong with them; others are counted.
const MOST_BAD: usize = 1000;

/// Longest name, as the longest path that Linux knows.
const LONGEST_NAME: usize = 4096;

/// What a line says of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// From 1.
    pub line: u32,
    /// As it stands there, without escapes.
    pub name: &'a [u8],
    pub size: Option<u64>,
    pub algorithms: Algorithms,
    /// Nothing names its algorithm but the length of its hash.
    pub is_guess: bool,
    hashes: &'a [u8],
}

impl<'a> Entry<'a> {
    /// The hashes that it states.
    pub fn hashes(&self) -> impl Iterator<Item = (Algorithm, &'a [u8])> {
        let mut rest = self.hashes;
        self.algorithms.iter().map_while(move |algorithm| {
            let (hash, behind) = rest.split_at_checked(algorithm.size())?;
            rest = behind;
            Some((algorithm, hash))
        })
    }
}

#[derive(Debug, Clone)]
struct Packed {
    at: usize,
    name: u16,
    hashes: u16,
    line: u32,
    algorithms: Algorithms,
    is_guess: bool,
    size: Option<u64>,
}

/// A line that says nothing of a file that could be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bad {
    pub line: u32,
    pub why: &'static str,
}

#[derive(Debug, Clone, Default)]
pub struct Entries {
    bytes: Vec<u8>,
    packed: Vec<Packed>,
    pub bad: Vec<Bad>,
    /// Bad lines beside those.
    pub more_bad: u64,
    /// The first line that was not read because there are too many.
    pub cut: Option<u32>,
}

impl Entries {
    pub fn len(&self) -> usize {
        self.packed.len()
    }

    pub fn is_empty(&self) -> bool {
        self.packed.is_empty()
    }

    pub fn get(&self, at: usize) -> Option<Entry<'_>> {
        let packed = self.packed.get(at)?;
        let (name, rest) = self.bytes.get(packed.at..)?.split_at_checked(packed.name.into())?;
        let hashes = rest.get(..packed.hashes.into())?;
        let Packed { line, size, algorithms, is_guess, .. } = *packed;
        Some(Entry { line, name, size, algorithms, is_guess, hashes })
    }

    pub fn iter(&self) -> impl Iterator<Item = Entry<'_>> {
        (0..self.len()).filter_map(|at| self.get(at))
    }

    /// All algorithms that its lines use.
    pub fn algorithms(&self) -> Algorithms {
        self.packed.iter().fold(Algorithms::default(), |all, one| all.union(one.algorithms))
    }

    pub(super) fn is_full(&self) -> bool {
        self.bytes.len() + self.packed.len() * size_of::<Packed>() >= MOST_BYTES
    }

    /// Adds what a line says; hashes of the same algorithm as an earlier one are left out.
    pub(super) fn add(&mut self, line: u32, said: &Said) {
        if said.name.is_empty() {
            return self.bad(line, "it names no file");
        }
        if said.name.len() > LONGEST_NAME || said.name.contains(&0) {
            return self.bad(line, "it names what cannot be a file");
        }
        let (at, mut algorithms) = (self.bytes.len(), Algorithms::default());
        self.bytes.extend_from_slice(&said.name);
        let behind = self.bytes.len();
        // In the order in which a set of them is gone through.
        for &algorithm in Algorithm::ALL {
            if let Some((_, hash)) = said.hashes.iter().find(|(one, _)| *one == algorithm) {
                algorithms.insert(algorithm);
                self.bytes.extend_from_slice(hash);
            }
        }
        let (name, hashes) = ((behind - at) as u16, (self.bytes.len() - behind) as u16);
        let (is_guess, size) = (said.is_guess, said.size);
        self.packed.push(Packed { at, name, hashes, line, algorithms, is_guess, size });
    }

    pub(super) fn bad(&mut self, line: u32, why: &'static str) {
        if self.bad.len() < MOST_BAD {
            self.bad.push(Bad { line, why });
        } else {
            self.more_bad += 1;
        }
    }
}

/// What a line says of a file. Without a hash it uses only algorithms that are not known here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) name: Vec<u8>,
    pub(super) size: Option<u64>,
    pub(super) hashes: Vec<(Algorithm, Vec<u8>)>,
    pub(super) is_guess: bool,
}

/// The bytes that hexadecimal digits, large or small, stand for.
pub(super) fn unhex(digits: &[u8]) -> Option<Vec<u8>> {
    let (pairs, rest) = digits.as_chunks::<2>();
    let digit = |digit: u8| char::from(digit).to_digit(16);
    let byte = |[high, low]: &[u8; 2]| Some((digit(*high)? << 4 | digit(*low)?) as u8);
    let bytes = pairs.iter().map(byte).collect::<Option<_>>()?;
    if rest.is_empty() { Some(bytes) } else { None }
}
