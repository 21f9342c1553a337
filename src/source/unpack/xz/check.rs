//! What proves that a block of xz came out whole.

use super::{damaged, unknown};
use crc::{CRC_64_XZ, Crc, Digest, Table};
use crc32fast::Hasher;
use sha2::Digest as _;
use sha2::Sha256;
use std::io::{self, Read};

static CRC_64: Crc<u64, Table<16>> = Crc::<u64, Table<16>>::new(&CRC_64_XZ);

pub(super) enum Check {
    None,
    Crc32(Hasher),
    Crc64(Box<Digest<'static, u64, Table<16>>>),
    Sha256(Box<Sha256>),
}

impl Check {
    /// The check that a stream's flags name.
    pub(super) fn new(flags: [u8; 2]) -> io::Result<Self> {
        match flags {
            [0, 0] => Ok(Self::None),
            [0, 1] => Ok(Self::Crc32(Hasher::new())),
            [0, 4] => Ok(Self::Crc64(Box::new(CRC_64.digest()))),
            [0, 10] => Ok(Self::Sha256(Box::default())),
            _ => Err(unknown("an unknown kind of checksum")),
        }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::None => {}
            Self::Crc32(crc) => crc.update(bytes),
            Self::Crc64(crc) => crc.update(bytes),
            Self::Sha256(hash) => hash.update(bytes),
        }
    }

    /// Reads the checksum and compares it; gives its length.
    pub(super) fn verify(self, from: &mut impl Read) -> io::Result<u64> {
        let sum = match self {
            Self::None => Vec::new(),
            Self::Crc32(crc) => crc.finalize().to_le_bytes().to_vec(),
            Self::Crc64(crc) => crc.finalize().to_le_bytes().to_vec(),
            Self::Sha256(hash) => hash.finalize().to_vec(),
        };
        let mut told = vec![0; sum.len()];
        from.read_exact(&mut told)?;
        if told != sum {
            return Err(damaged("a block has a wrong checksum"));
        }
        Ok(sum.len() as u64)
    }
}
