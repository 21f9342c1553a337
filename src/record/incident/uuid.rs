//! Identifiers that the same thing always gets: UUIDs of version 5 (RFC 9562), made of a namespace
//! and a name by SHA-1.

use crate::event::hex;
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

/// A UUID as its 16 bytes.
pub(super) type Uuid = [u8; 16];

/// The namespace of observables that STIX 2.1 gives in section 2.9:
/// `00abedb4-aa42-466c-9c01-fed23315a9b7`.
pub(super) const OBSERVABLES: Uuid = [
    0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7,
];

/// The namespace of our own objects: the UUID of version 5 of `trailcase` as a name of the DNS.
pub(super) fn own() -> Uuid {
    const DNS: Uuid = [
        0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30,
        0xc8,
    ];
    v5(&DNS, "trailcase")
}

pub(super) fn v5(namespace: &Uuid, name: &str) -> Uuid {
    let mut input = namespace.to_vec();
    input.extend_from_slice(name.as_bytes());
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, &input);
    let mut uuid = [0; 16];
    uuid.copy_from_slice(&hash.as_ref()[..16]);
    uuid[6] = uuid[6] & 0x0f | 0x50;
    uuid[8] = uuid[8] & 0x3f | 0x80;
    uuid
}

pub(super) fn text(uuid: &Uuid) -> String {
    let digits = hex::encode(uuid);
    let parts = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
    parts.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_what_others_make_of_the_same_name() {
        // The example of RFC 9562, A.4.
        let dns = "6ba7b810-9dad-11d1-80b4-00c04fd430c8".replace('-', "");
        let dns: Uuid = hex::decode(&dns).unwrap().try_into().unwrap();
        assert_eq!(text(&v5(&dns, "www.example.com")), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
        assert_eq!(text(&OBSERVABLES), "00abedb4-aa42-466c-9c01-fed23315a9b7");
    }
}
