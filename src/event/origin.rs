//! Where a record came from, and the two seams through which its bytes and members are read
//! again.

use std::borrow::Cow;
use std::fmt;

/// An evidence object's number in the ledger of this session. Tomorrow's number may be another:
/// what is kept on disk names objects by path and hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId(pub u32);

impl ObjectId {
    /// An object that is no longer what it was; what was read of it counts no more.
    pub const GONE: Self = Self(u32::MAX);
}

/// The record's place in its object as a person counts it, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// Physical line of the record's first byte, in line formats.
    Line(u64),
    /// Position among the elements of an array, rows or packets.
    Index(u64),
}

/// `line 12` or `record 3`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Index(index) => write!(f, "record {index}"),
        }
    }
}

/// Where a record's bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The innermost object: a file, or a member of an archive.
    pub object: ObjectId,
    /// First byte, counted in the fully inflated object.
    pub offset: u64,
    /// Bytes; for a record in an envelope, those of the envelope's element.
    pub length: u32,
    pub place: Place,
}

/// Reads the bytes of a record again from the evidence.
pub trait Records: Send + Sync {
    fn read(&self, origin: &Origin) -> Result<Vec<u8>, RecordsError>;
}

#[derive(Debug, Clone, thiserror::Error)]
pub enum RecordsError {
    #[error("{object}: changed since it was loaded; its bytes are not shown as the record")]
    Changed { object: String },
    #[error("{object}: {message}")]
    Unreadable { object: String, message: String },
}

/// Reads a nested member of a record, such as `requestParameters.bucketName`.
pub trait Paths: Send + Sync {
    /// Every scalar that the path reaches, as text; a path through an array reaches each element.
    fn at(&self, raw: &[u8], path: &str) -> Vec<String>;

    /// The record out of its envelopes, if it is JSON; an envelope of many records as it is.
    fn innermost(&self, _raw: &[u8]) -> Option<serde_json::Value> {
        None
    }

    /// The record out of its envelopes, as text.
    fn text<'r>(&self, raw: &'r [u8]) -> Cow<'r, str> {
        String::from_utf8_lossy(raw)
    }

    /// Names and values that stand in a text, in their order; a name may come again.
    fn pairs(&self, _text: &str) -> Vec<(String, String)> {
        Vec::new()
    }
}
