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

/// Which record within some bytes is meant. Where an envelope of many stands in another envelope,
/// its records have no bytes of their own in the object: all have those of the outermost envelope.
///
/// It is the way to the record: its position in the envelope of many, and in one within that, for
/// up to three of them; then whether it is packed (base64, gzip), so that its text is not seen in
/// the bytes. Of lines of several records it is those that the first one belongs with. A record that
/// stands in its bytes as it is has the default, which is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Inner(u64);

impl Inner {
    /// Bits of a position.
    const WIDTH: u32 = 20;

    /// The last position that can be told.
    pub const LAST: u64 = (1 << Self::WIDTH) - 1;

    /// Behind all positions.
    const WOVEN: u64 = 1 << 61;

    /// How many envelopes of many the way may lead through.
    pub const DEEPEST: usize = 3;

    /// The record at this position, from 1, of the envelope of many that this is. One that is too
    /// deep or too far to be told is said to be the envelope.
    #[must_use]
    pub fn then(self, position: u64) -> Self {
        if !self.has_room() || position == 0 || position > Self::LAST {
            return self;
        }
        let depth = self.positions().count();
        Self(self.0 & !1 | position << (1 + Self::WIDTH * depth as u32))
    }

    /// What is in the packed payload of this.
    #[must_use]
    pub fn packed(self) -> Self {
        Self(self.0 | 1)
    }

    /// The record at these positions in envelopes of many; the inverse of
    /// [`positions`](Self::positions).
    pub fn at(positions: &[u64]) -> Self {
        positions.iter().fold(Self::default(), |inner, position| inner.then(*position))
    }

    /// Only which record it is, and not how it is come by: what records of the same bytes differ in.
    #[must_use]
    pub fn bare(self) -> Self {
        Self(self.0 & !1 & !Self::WOVEN)
    }

    /// The lines that belong together with the first, where lines of others stand between them.
    #[must_use]
    pub fn woven(self) -> Self {
        Self(self.0 | Self::WOVEN)
    }

    pub fn is_woven(self) -> bool {
        self.0 & Self::WOVEN != 0
    }

    /// Whether the way may lead through another envelope of many.
    pub fn has_room(self) -> bool {
        self.positions().count() < Self::DEEPEST
    }

    pub fn is_packed(self) -> bool {
        self.0 & 1 == 1
    }

    /// The positions in envelopes of many, from the outermost inwards.
    pub fn positions(self) -> impl Iterator<Item = u64> {
        let at = move |depth| self.0 >> (1 + Self::WIDTH * depth) & Self::LAST;
        (0..Self::DEEPEST as u32).map(at).take_while(|position| *position > 0)
    }

    /// As one number, small for the most common.
    pub fn code(self) -> i64 {
        self.0 as i64
    }

    /// The inverse of [`code`](Self::code).
    pub fn of_code(code: i64) -> Self {
        Self(code as u64)
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
    /// Which record in these bytes it is.
    pub inner: Inner,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_within_is_one_number() {
        let way = |positions: &[u64]| {
            positions
                .iter()
                .fold(Inner::default(), |inner, position| inner.packed().then(*position))
        };
        for positions in [&[][..], &[1], &[7, 1], &[(1 << 20) - 1, 3, 9]] {
            let inner = way(positions);
            assert_eq!(inner.positions().collect::<Vec<_>>(), positions);
            assert!(!inner.is_packed() && inner.packed().is_packed() && inner.code() >= 0);
            assert_eq!(inner.packed().positions().collect::<Vec<_>>(), positions);
            assert_eq!(Inner::of_code(inner.packed().code()), inner.packed());
            assert!(inner.woven().is_woven() && !inner.is_woven() && inner.woven().code() > 0);
            assert_eq!(inner.woven().positions().collect::<Vec<_>>(), positions);
        }
        assert_eq!(way(&[1, 2, 3, 4]), way(&[1, 2, 3]).packed());
        assert_eq!(way(&[1 << 20]), Inner::default().packed());
    }
}
