//! Hash functions that manifests name: which there are, and running several over one file.

use crate::event::classes::words;
use aws_lc_rs::digest::{self, Context};
use md5::{Digest, Md5};

words! {
    Algorithm {
        Md5 = "md5",
        Sha1 = "sha1",
        Sha224 = "sha224",
        Sha256 = "sha256",
        Sha384 = "sha384",
        Sha512 = "sha512",
    }
}

impl Algorithm {
    /// Bytes of a hash.
    pub fn size(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// The one whose hashes have so many hexadecimal digits. Others have as many too, but no tool
    /// that writes names behind bare hashes uses them unless it is asked to.
    pub(super) fn of_digits(digits: usize) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.size() * 2 == digits)
    }

    /// By any of its spellings: `SHA256`, `sha-256`, `SHA2-256`.
    pub(super) fn named(name: &[u8]) -> Option<Self> {
        let plain = |byte: &u8| (*byte != b'-').then(|| char::from(byte.to_ascii_lowercase()));
        let name: String = name.iter().filter_map(plain).collect();
        let name = if name.starts_with("sha2") && name.len() == 7 {
            name.replacen("sha2", "sha", 1)
        } else {
            name
        };
        Self::parse(&name)
    }
}

/// A set of algorithms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Algorithms(u8);

impl Algorithms {
    pub fn insert(&mut self, one: Algorithm) {
        self.0 |= 1 << one as u8;
    }

    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub fn iter(self) -> impl Iterator<Item = Algorithm> {
        Algorithm::ALL.iter().copied().filter(move |one| self.0 & (1 << *one as u8) != 0)
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether SHA-256 is all of it.
    pub fn is_sha256(self) -> bool {
        self.0 == 1 << Algorithm::Sha256 as u8
    }
}

enum State {
    Md5(Box<Md5>),
    Sha(Box<Context>),
}

/// Several hashes of one file, while it is read.
pub struct Running(Vec<(Algorithm, State)>);

impl Running {
    pub fn new(algorithms: Algorithms) -> Self {
        let state = |one: Algorithm| match one {
            Algorithm::Md5 => State::Md5(Box::default()),
            Algorithm::Sha1 => sha(&digest::SHA1_FOR_LEGACY_USE_ONLY),
            Algorithm::Sha224 => sha(&digest::SHA224),
            Algorithm::Sha256 => sha(&digest::SHA256),
            Algorithm::Sha384 => sha(&digest::SHA384),
            Algorithm::Sha512 => sha(&digest::SHA512),
        };
        Self(algorithms.iter().map(|one| (one, state(one))).collect())
    }

    pub fn update(&mut self, bytes: &[u8]) {
        for (_, state) in &mut self.0 {
            match state {
                State::Md5(md5) => md5.update(bytes),
                State::Sha(context) => context.update(bytes),
            }
        }
    }

    pub fn finish(self) -> Hashes {
        let finish = |(one, state)| match state {
            State::Md5(md5) => (one, md5.finalize().to_vec()),
            State::Sha(context) => (one, context.finish().as_ref().to_vec()),
        };
        Hashes(self.0.into_iter().map(finish).collect())
    }
}

fn sha(algorithm: &'static digest::Algorithm) -> State {
    State::Sha(Box::new(Context::new(algorithm)))
}

/// Hashes of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hashes(Vec<(Algorithm, Vec<u8>)>);

impl Hashes {
    /// What is known already.
    pub fn sha256(hash: [u8; 32]) -> Self {
        Self(vec![(Algorithm::Sha256, hash.to_vec())])
    }

    pub fn get(&self, algorithm: Algorithm) -> Option<&[u8]> {
        self.0.iter().find(|(one, _)| *one == algorithm).map(|(_, hash)| &**hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_published_examples() {
        let mut all = Algorithms::default();
        for one in Algorithm::ALL {
            all.insert(*one);
        }
        let mut running = Running::new(all);
        running.update(b"a");
        running.update(b"bc");
        let hashes = running.finish();
        // RFC 1321; FIPS 180-4.
        for (algorithm, begin) in [
            (Algorithm::Md5, [0x90, 0x01, 0x50, 0x98]),
            (Algorithm::Sha1, [0xa9, 0x99, 0x3e, 0x36]),
            (Algorithm::Sha224, [0x23, 0x09, 0x7d, 0x22]),
            (Algorithm::Sha256, [0xba, 0x78, 0x16, 0xbf]),
            (Algorithm::Sha384, [0xcb, 0x00, 0x75, 0x3f]),
            (Algorithm::Sha512, [0xdd, 0xaf, 0x35, 0xa1]),
        ] {
            let hash = hashes.get(algorithm).unwrap();
            assert_eq!((&hash[..4], hash.len()), (&begin[..], algorithm.size()), "{algorithm}");
        }
    }

    #[test]
    fn names_have_many_spellings() {
        for name in ["SHA256", "sha-256", "SHA2-256", "sha256"] {
            assert_eq!(Algorithm::named(name.as_bytes()), Some(Algorithm::Sha256), "{name}");
        }
        for name in ["", "SHA3-256", "BLAKE2b", "tiger", "sha512/256", "\u{e9}"] {
            assert_eq!(Algorithm::named(name.as_bytes()), None, "{name}");
        }
    }
}
