//! What the first bytes of an object say it is.

use super::lzma::is_lzma;

/// Bytes to look at: a tar header.
pub(super) const HEAD: usize = 512;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Compressed(Codec),
    Zip,
    Tar,
    Parquet,
    /// A container that is not unpacked: its name, and the command that unpacks it.
    Unsupported(&'static str, &'static str),
    Leaf,
}

/// Compressions that are undone on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Codec {
    Gzip,
    Zstd,
    Bzip2,
    Xz,
    Lzma,
    Snappy,
    Lz4,
}

/// First bytes, and what they mean. bzip2 is asked for its first block's magic too, because
/// text may begin with `BZh`.
const MAGIC: &[(&[u8], Content)] = &[
    (&[0x1f, 0x8b, 8], Content::Compressed(Codec::Gzip)),
    (&[0x28, 0xb5, 0x2f, 0xfd], Content::Compressed(Codec::Zstd)),
    (&[0xfd, b'7', b'z', b'X', b'Z', 0], Content::Compressed(Codec::Xz)),
    (b"\xff\x06\0\0sNaPpY", Content::Compressed(Codec::Snappy)),
    (&[0x04, 0x22, 0x4d, 0x18], Content::Compressed(Codec::Lz4)),
    (b"PK\x03\x04", Content::Zip),
    (b"PK\x05\x06", Content::Zip),
    (&[b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c], Content::Unsupported("7-Zip", "7z x")),
    (b"Rar!\x1a\x07", Content::Unsupported("RAR", "unrar x")),
    (b"LZIP\x01", Content::Unsupported("lzip", "lzip -dk")),
];

pub(super) fn sniff(head: &[u8]) -> Content {
    if let Some((_, content)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return *content;
    }
    if is_parquet(head) {
        return Content::Parquet;
    }
    if is_bzip2(head) {
        return Content::Compressed(Codec::Bzip2);
    }
    if is_lzma(head) {
        return Content::Compressed(Codec::Lzma);
    }
    if is_compress(head) {
        return Content::Unsupported("compress (.Z)", "gzip -dk");
    }
    if is_skippable_zstd(head) {
        return Content::Compressed(Codec::Zstd);
    }
    if is_tar(head) { Content::Tar } else { Content::Leaf }
}

/// `BZh`, a level, and the magic of a block or of the end of the stream.
fn is_bzip2(head: &[u8]) -> bool {
    const BLOCK: &[u8] = &[0x31, 0x41, 0x59, 0x26, 0x53, 0x59];
    const END: &[u8] = &[0x17, 0x72, 0x45, 0x38, 0x50, 0x90];
    head.len() >= 10
        && head.starts_with(b"BZh")
        && matches!(head[3], b'1'..=b'9')
        && (&head[4..10] == BLOCK || &head[4..10] == END)
}

/// `PAR1` and no text behind it, or `PARE` (encrypted) and a length.
fn is_parquet(head: &[u8]) -> bool {
    match head {
        [b'P', b'A', b'R', b'1', next, ..] => *next < b' ' && !next.is_ascii_whitespace(),
        [b'P', b'A', b'R', b'E', length @ ..] => length.iter().take(4).any(|byte| *byte == 0),
        _ => false,
    }
}

/// The magic of `compress`, and its flags: no reserved bits, 9 to 16 bits a code.
fn is_compress(head: &[u8]) -> bool {
    matches!(head, [0x1f, 0x9d, flags, ..] if flags & 0x60 == 0 && matches!(flags & 0x1f, 9..=16))
}

/// RFC 8878, 3.1.2: sixteen magics of frames that hold user data.
pub(super) fn is_skippable_zstd(head: &[u8]) -> bool {
    matches!(head, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}

/// A tar header is recognised by its checksum, which old archives without `ustar` have too.
pub(super) fn is_tar(head: &[u8]) -> bool {
    let Some(block) = head.first_chunk::<512>() else { return false };
    let header = tar::Header::from_byte_slice(block);
    let sum = |bytes: &[u8]| bytes.iter().map(|byte| u32::from(*byte)).sum::<u32>();
    let blanks = 8 * u32::from(b' ');
    header
        .cksum()
        .is_ok_and(|told| told == sum(&block[..148]) + blanks + sum(&block[156..]) && told > blanks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_begins_like_a_container_is_text() {
        for text in [
            "BZh9 is the magic of bzip2",
            "PK and company",
            "PAR1 is the magic of Parquet",
            "PAR1\n",
            "PARENTS",
            "{}",
            "",
            "7z is a program",
        ] {
            assert_eq!(sniff(text.as_bytes()), Content::Leaf, "{text}");
        }
        assert_eq!(
            sniff(&[0x1f, 0x9d, 0x90, 0]),
            Content::Unsupported("compress (.Z)", "gzip -dk")
        );
        assert_eq!(sniff(&[0x1f, 0x9d, 0xff, 0]), Content::Leaf);
        assert_eq!(sniff(&[0x5a, 0x2a, 0x4d, 0x18, 0]), Content::Compressed(Codec::Zstd));
        assert_eq!(sniff(b"PAR1\x15\x04"), Content::Parquet);
        assert_eq!(sniff(b"PARE\x40\0\0\0"), Content::Parquet);
    }
}
