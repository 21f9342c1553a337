//! Payloads that are bytes: in base64, and mostly compressed.

use crate::event::base64;
use crate::format::LONGEST;
use flate2::read::MultiGzDecoder;
use std::io::Read;

/// The text in the base64 text, inflated if it is gzip; `None` if it is no such thing, or longer
/// than a record may be.
pub(super) fn unpacked(text: &str) -> Option<String> {
    let bytes = base64::decode(text)?;
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return String::from_utf8(bytes).ok();
    }
    let mut inflated = String::new();
    let mut reader = MultiGzDecoder::new(&*bytes).take(LONGEST as u64 + 1);
    reader.read_to_string(&mut inflated).ok()?;
    (inflated.len() <= LONGEST).then_some(inflated)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    fn packed(bytes: &[u8]) -> String {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        base64::encode(&encoder.finish().unwrap())
    }

    #[test]
    fn what_is_packed_comes_out() {
        assert_eq!(unpacked(&packed(b"{\"a\":1}")).as_deref(), Some("{\"a\":1}"));
        assert_eq!(unpacked(&base64::encode(b"plain")).as_deref(), Some("plain"));
        assert_eq!(unpacked("no base64"), None);
        assert_eq!(unpacked(&base64::encode(b"\xff\xfe")), None);
        assert_eq!(unpacked(&packed(&vec![b' '; LONGEST + 1])), None);
    }
}
