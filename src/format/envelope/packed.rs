//! Payloads that are bytes: in base64, and mostly compressed.

use super::kinds;
use crate::event::base64;
use crate::format::LONGEST;
use flate2::read::MultiGzDecoder;
use regex::bytes::Regex;
use std::io::Read;
use std::sync::LazyLock;

/// A member by which an envelope around something packed is known, also where the envelope is
/// itself in quotes; a letter, a digit or a mark of a table that is spelled by its number, which
/// nobody needs to do; and a part of a container's message, which the next line goes on with.
static HIDDEN: LazyLock<Regex> = LazyLock::new(|| {
    // Anything may be called data: it is in base64.
    let signs = kinds::signs_of_packed().filter(|sign| *sign != "data");
    let signs = signs.collect::<Vec<_>>().join("|");
    let data = r#"data[\\"]+\s*:[\s\\"]+[0-9A-Za-z+/=]{16}"#;
    let spelled = r"\\u00(?:09|2[0-589a-dA-DfF]|3[0-9aA]|[4-7])";
    Regex::new(&format!(r#"(?:{signs})[\\"]+\s*:|{data}|{spelled}|std(?:out|err) P "#))
        .expect("constants")
});

/// Whether the record may hold text that is not seen in it.
pub(in crate::format) fn hides(record: &[u8]) -> bool {
    HIDDEN.is_match(record)
}

/// The text in the base64 text, inflated if it is gzip; `None` if it is no such thing, or longer
/// than a record may be.
pub(super) fn unpacked(text: &str) -> Option<String> {
    let bytes = base64::decode(text)?;
    let bytes = if is_gzip(&bytes) { inflated(&bytes).ok()? } else { bytes };
    String::from_utf8(bytes).ok()
}

/// Why something packed does not come out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::format) enum Unsound {
    /// It is longer than a record may be.
    Long,
    Damaged,
}

/// Why the base64 text of something compressed cannot be inflated; `None` if it can, or is no such
/// thing.
pub(super) fn unsound(text: &str) -> Option<Unsound> {
    let bytes = base64::decode(text).filter(|bytes| is_gzip(bytes))?;
    inflated(&bytes).err()
}

fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

fn inflated(bytes: &[u8]) -> Result<Vec<u8>, Unsound> {
    let mut inflated = Vec::new();
    let mut reader = MultiGzDecoder::new(bytes).take(LONGEST as u64 + 1);
    reader.read_to_end(&mut inflated).map_err(|_| Unsound::Damaged)?;
    if inflated.len() > LONGEST { Err(Unsound::Long) } else { Ok(inflated) }
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
    fn what_hides_is_known() {
        for hidden in [
            r#"{"awslogs":{"data":"H4sI"}}"#,
            r#"{"records":[{"data":"H4sIAAAAAAAA/+1Z"}]}"#,
            r#"{"Message":"{\"kinesis\" : {\"data\":\"H4sI\"}}"}"#,
            r#"{"message":"\u0023Fields: a"}"#,
            r#"{"message":"srcaddr\u0020dstadd\u0072"}"#,
            r##"{"message":"#Fields\u003a lineItem\u002fX"}"##,
            "2026-03-04T10:42:02.1Z stdout P #Fie\n2026-03-04T10:42:02.1Z stdout F lds: a",
        ] {
            assert!(hides(hidden.as_bytes()), "{hidden}");
        }
        for open in [
            r#"{"eventSource":"kinesis.amazonaws.com","caf\u00e9":"\u003ca\u003e \u0026 \u001b"}"#,
            r#"{"message":"awslogs, kinesis"}"#,
            r#"{"data":{"a":1},"metadata":"some words of it"}"#,
        ] {
            assert!(!hides(open.as_bytes()), "{open}");
        }
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
