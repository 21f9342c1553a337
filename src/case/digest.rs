//! SHA-256 and hexadecimal, as they stand in the journal: 64 lower-case digits.

use crate::event::hex::decode;
use sha2::{Digest, Sha256};

pub use crate::event::hex::encode as hex;

/// The 32 bytes of 64 hexadecimal digits.
pub fn unhex(text: &str) -> Option<[u8; 32]> {
    decode(text)?.try_into().ok()
}

/// Whether these are digits as [`hex`] writes them.
pub(super) fn is_hex(text: &[u8]) -> bool {
    text.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// SHA-256 (FIPS 180-4) of the bytes, in lower-case hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_is_read_as_it_is_written() {
        let bytes: [u8; 32] = std::array::from_fn(|n| n as u8 * 7);
        assert_eq!(unhex(&hex(&bytes)), Some(bytes));
        assert_eq!(unhex(&hex(&bytes)[1..]), None);
        assert_eq!(unhex(&hex(&bytes).replace('0', "g")), None);
    }

    #[test]
    fn agrees_with_the_published_example() {
        assert_eq!(
            sha256_hex(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
