//! What S3 keeps beside a digest: its signature, in user metadata of the object.
//!
//! On a disk it lies in a file of its own, as `aws s3api head-object` prints it, or as the headers
//! of an answer.

use crate::event::{Time, Timestamp};
use serde_json::Value;

/// A file of metadata that is longer is none.
pub const LONGEST: u64 = 1 << 20;

/// What the name of such a file ends in, behind the name of the object.
const SIDECARS: &[&str] = &[
    ".meta.json",
    ".metadata.json",
    ".head-object.json",
    ".head.json",
    ".headers.json",
    ".meta",
    ".metadata",
];

/// The metadata of a digest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// Hexadecimal digits.
    pub signature: Option<String>,
    pub algorithm: Option<String>,
    /// When a backfill digest was made, as written.
    pub generated: Option<String>,
}

/// Whether a file of this name holds the metadata of another.
pub fn is_sidecar(name: &str) -> bool {
    object_of(name).is_some()
}

/// The path of the object whose metadata the file of this path holds.
pub fn object_of(path: &str) -> Option<&str> {
    SIDECARS.iter().find_map(|ending| path.strip_suffix(ending)).filter(|path| !path.is_empty())
}

impl Metadata {
    /// Reads `{"Metadata": {"signature": …}}`, or the headers `x-amz-meta-signature` and so on at
    /// any of the places where programs put them. What is no such file has no metadata.
    pub fn read(bytes: &[u8]) -> Self {
        let Ok(value) = serde_json::from_slice::<Value>(bytes) else { return Self::default() };
        let places = [
            value.get("Metadata"),
            value.get("metadata"),
            value.get("HTTPHeaders"),
            value.get("headers"),
            value.pointer("/ResponseMetadata/HTTPHeaders"),
            Some(&value),
        ];
        places
            .into_iter()
            .flatten()
            .map(Self::at)
            .find(|found| *found != Self::default())
            .unwrap_or_default()
    }

    fn at(place: &Value) -> Self {
        let Value::Object(members) = place else { return Self::default() };
        let member = |name: &str| {
            let same = |key: &str| {
                let prefix = key.get(..11).filter(|p| p.eq_ignore_ascii_case("x-amz-meta-"));
                key[prefix.map_or(0, str::len)..].eq_ignore_ascii_case(name)
            };
            let found = members.iter().find(|(key, _)| same(key));
            found.and_then(|(_, value)| value.as_str()).map(str::to_owned)
        };
        Self {
            signature: member("signature"),
            algorithm: member("signature-algorithm"),
            generated: member("backfill-generation-timestamp"),
        }
    }

    /// When a backfill digest was made.
    pub fn generated_at(&self) -> Option<Timestamp> {
        Time::parse_rfc3339(self.generated.as_deref()?).map(|time| time.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_found_where_programs_put_it() {
        for text in [
            r#"{"ContentLength":1,"Metadata":{"signature":"ab","signature-algorithm":"x"}}"#,
            r#"{"x-amz-meta-signature":"ab","X-Amz-Meta-Signature-Algorithm":"x"}"#,
            r#"{"ResponseMetadata":{"HTTPHeaders":{"x-amz-meta-signature":"ab","x-amz-meta-signature-algorithm":"x"}}}"#,
            r#"{"signature":"ab","signature-algorithm":"x","é":1}"#,
        ] {
            let found = Metadata::read(text.as_bytes());
            assert_eq!(found.signature.as_deref(), Some("ab"), "{text}");
            assert_eq!(found.algorithm.as_deref(), Some("x"), "{text}");
        }
        for text in ["", "[]", "{", r#"{"Metadata":{"signature":1}}"#, r#"{"Metadata":[]}"#] {
            assert_eq!(Metadata::read(text.as_bytes()), Metadata::default(), "{text}");
        }
    }

    #[test]
    fn a_sidecar_is_named_after_its_object() {
        assert_eq!(object_of("b/x.json.gz.meta.json"), Some("b/x.json.gz"));
        assert_eq!(object_of("x.json.gz.head.json"), Some("x.json.gz"));
        assert_eq!(object_of(".meta"), None);
        assert_eq!(object_of("x.json.gz"), None);
    }
}
