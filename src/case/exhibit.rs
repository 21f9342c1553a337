//! An exhibit: one record pinned by where it is and by its own bytes, so that it means the same
//! tomorrow, on another machine, and without the evidence.

use super::{chain, sha256_hex};
use crate::event::base64;
use crate::event::{Inner, Place, Time, Timestamp, Zone};
use crate::shown::spelled;
use serde::{Deserialize, Serialize};

/// Bytes that the exhibits of one entry may take in the journal, so that the rest of the entry has
/// room too.
pub const ROOM: usize = chain::MAX_LINE - (8 << 20);

/// A record as it was when the analyst marked it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exhibit {
    /// The outermost object, as shown: the source's root joined with the key.
    pub object: String,
    /// The way into an archive, levels joined by `!`; absent outside archives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// SHA-256 of the outermost object as acquired, in hexadecimal; absent while it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// First byte of the record in the fully inflated innermost object.
    pub offset: u64,
    /// Bytes; for a record in an envelope, those of the envelope's element.
    pub length: u64,
    /// Which record in these bytes it is: its positions in envelopes of many, from 1, the outermost
    /// first; nothing for one that has its bytes for itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub within: Vec<u64>,
    #[serde(flatten, with = "PlaceWords")]
    pub place: Place,
    /// RFC 3339, in the record's own precision; absent if the record has no time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// The zone that its time was read in, such as `+02:00`; absent if the record says when it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// The format's id, such as `cloudtrail`.
    pub format: String,
    /// SHA-256 of `raw`, in hexadecimal.
    pub record_sha256: String,
    /// The record's bytes.
    #[serde(flatten)]
    pub raw: Raw,
    /// The record itself as text, where its bytes are those of an envelope around many, or packed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inside: Option<String>,
    /// One line for people.
    pub summary: String,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Place", rename_all = "lowercase")]
enum PlaceWords {
    Line(u64),
    Index(u64),
}

impl Exhibit {
    /// When it was, by what is known now of the zone of a record that names none.
    pub fn time_in(&self, zone: Zone) -> Option<Time> {
        let time = Time::parse_rfc3339(self.time.as_deref()?)?;
        let was = self.zone.as_deref().and_then(|was| Zone::parse(was).ok()).unwrap_or(zone);
        let east = i64::from(zone.seconds() - was.seconds());
        let at = time.at.0.saturating_sub(east.saturating_mul(Timestamp::SECOND));
        Some(Time::new(Timestamp(at), time.digits))
    }

    /// Whether the bytes kept are still the bytes that were hashed.
    pub fn is_intact(&self) -> bool {
        sha256_hex(&self.raw.0) == self.record_sha256
    }

    /// Bytes that it takes in the journal; none if it cannot be there.
    pub fn written_size(&self) -> Option<usize> {
        Some(spelled(serde_json::to_string(self).ok()?).len())
    }

    /// The same without the record's bytes, and with the reason for people.
    #[must_use]
    pub fn without_bytes(self, why: &str) -> Self {
        let summary = format!("{} ({why})", self.summary);
        Self { record_sha256: sha256_hex(&[]), raw: Raw(Vec::new()), inside: None, summary, ..self }
    }

    /// What the record is found again by.
    pub fn spot(&self) -> Spot<'_> {
        Spot {
            object: &self.object,
            member: self.member.as_deref(),
            sha256: self.sha256.as_deref(),
            offset: self.offset,
            length: self.length,
            within: Inner::at(&self.within),
        }
    }
}

/// Where a record is, in words that outlive a session. Two spots are the same record if member,
/// offset, length and the way within are equal, and the objects' hashes, or the paths where a hash is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot<'a> {
    pub object: &'a str,
    pub member: Option<&'a str>,
    pub sha256: Option<&'a str>,
    pub offset: u64,
    pub length: u64,
    /// Which record in these bytes, packed or not.
    pub within: Inner,
}

/// A record's bytes; in files `raw` if they are UTF-8, else `raw_base64`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "RawWords", try_from = "RawWords")]
pub struct Raw(pub Vec<u8>);

#[derive(Serialize, Deserialize)]
enum RawWords {
    #[serde(rename = "raw")]
    Text(String),
    #[serde(rename = "raw_base64")]
    Base64(String),
}

impl From<Raw> for RawWords {
    fn from(raw: Raw) -> Self {
        match String::from_utf8(raw.0) {
            Ok(text) => Self::Text(text),
            Err(error) => Self::Base64(base64::encode(error.as_bytes())),
        }
    }
}

impl TryFrom<RawWords> for Raw {
    type Error = &'static str;

    fn try_from(words: RawWords) -> Result<Self, Self::Error> {
        match words {
            RawWords::Text(text) => Ok(Self(text.into_bytes())),
            RawWords::Base64(text) => {
                base64::decode(&text).map(Self).ok_or("raw_base64 is not base64")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::sample;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn reads_back_what_it_wrote(bytes: Vec<u8>, text: String, line: u64, known: bool) {
            let exhibit = Exhibit {
                sha256: known.then(|| sha256_hex(b"object")),
                member: (!known).then(|| text.clone()),
                place: if known { Place::Line(line) } else { Place::Index(line) },
                record_sha256: sha256_hex(&bytes),
                raw: Raw(bytes),
                inside: known.then(|| text.clone()),
                summary: text,
                ..sample::exhibit(1)
            };
            prop_assert!(exhibit.is_intact());
            let json = serde_json::to_string(&exhibit).unwrap();
            prop_assert_eq!(serde_json::from_str::<Exhibit>(&json).unwrap(), exhibit);
        }
    }

    #[test]
    fn its_size_in_the_journal_is_known_beforehand() {
        let exhibit = Exhibit { raw: Raw(b"\x01\"\n\xc2\x9b".to_vec()), ..sample::exhibit(1) };
        let tag =
            |on| sample::journal([crate::case::What::TagAdd { tag: String::new(), on }]).len();
        let with = tag(vec![exhibit.clone().into()]);
        assert_eq!(exhibit.written_size(), Some(with - tag(Vec::new())));
        let bare = exhibit.without_bytes("too long");
        assert!(bare.is_intact() && bare.raw.0.is_empty());
        assert!(bare.summary.ends_with(" (too long)"));
    }

    #[test]
    fn a_time_that_named_no_zone_follows_its_source() {
        let time = |time: &str, zone: Option<&str>, now: &str| {
            let (time, zone) = (Some(time.to_owned()), zone.map(str::to_owned));
            let exhibit = Exhibit { time, zone, ..sample::exhibit(1) };
            exhibit.time_in(Zone::parse(now).unwrap()).map(Time::to_rfc3339)
        };
        let at = "2026-03-04T10:00:00.5Z";
        assert_eq!(time(at, None, "+02:00").as_deref(), Some(at));
        assert_eq!(time(at, Some("+02:00"), "+02:00").as_deref(), Some(at));
        assert_eq!(time(at, Some("UTC"), "+02:00").as_deref(), Some("2026-03-04T08:00:00.5Z"));
        assert_eq!(time(at, Some("+02:00"), "-05:30").as_deref(), Some("2026-03-04T17:30:00.5Z"));
        assert_eq!(time(at, Some("Mars"), "-05:30").as_deref(), Some(at));
        assert_eq!(time("soon", Some("UTC"), "UTC"), None);
    }

    #[test]
    fn is_flat_and_readable_in_the_file() {
        let json = serde_json::to_string(&sample::exhibit(1)).unwrap();
        assert!(json.contains(r#""line":1,"#), "{json}");
        assert!(json.contains(r#""raw":""#), "{json}");
        assert!(!sample::exhibit(1).raw.0.is_empty());
    }
}
