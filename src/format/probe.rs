//! What a format is shown when it is asked whether a record is its own.

use super::frame::{DEEPEST, LONGEST};
use super::names::{ROOM, plain};
use super::scan::{Broken, Scan};
use std::borrow::Cow;
use std::ops::BitOr;
use std::sync::OnceLock;

/// How sure a format is that a record is its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Match {
    No,
    Maybe,
    Likely,
    Certain,
}

impl Match {
    /// Certain if it is so, otherwise not at all.
    pub fn certain_if(is_so: bool) -> Self {
        if is_so { Self::Certain } else { Self::No }
    }
}

/// One record.
#[derive(Debug)]
pub struct Probe<'a> {
    /// The record, out of its envelopes.
    pub record: &'a str,
    /// Records from the object's beginning, this one among them, if they are at hand.
    pub sample: &'a [String],
    timed: bool,
    members: OnceLock<Members<'a>>,
    /// Of the names made plain.
    plain: OnceLock<Filter>,
}

/// The outermost members of a record, in order.
#[derive(Debug, Default)]
struct Members<'a> {
    names: Vec<Cow<'a, str>>,
    filter: Filter,
    /// As they stand; nothing where the record breaks off.
    values: Vec<&'a str>,
}

/// Tells of most names that they are not among some others: what looks alike in length, first
/// and last letter may be one of them. Every format asks for names, and most of them in vain.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Filter(u128);

impl Filter {
    pub(super) fn of<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        Self(names.into_iter().map(Self::bit).fold(0, BitOr::bitor))
    }

    /// Whether any name may be in both.
    fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    fn may_have(self, name: &str) -> bool {
        self.0 & Self::bit(name) != 0
    }

    #[inline]
    fn bit(name: &str) -> u128 {
        let (first, last) = match name.as_bytes() {
            [] => (0, 0),
            [first, .., last] => (usize::from(*first), usize::from(*last)),
            [only] => (usize::from(*only), 0),
        };
        1 << ((name.len() * 29 + first * 3 + last * 7) % 128)
    }
}

impl<'a> Probe<'a> {
    pub fn new(record: &'a str) -> Self {
        Self { record, sample: &[], timed: false, members: OnceLock::new(), plain: OnceLock::new() }
    }

    /// The object that the text begins with. `None`: what begins there does not end, is broken, or
    /// is longer than a record may be.
    pub(super) fn first(text: &'a str) -> Option<Self> {
        let (members, length) = Members::of(text);
        let record = &text[..length.filter(|length| *length <= LONGEST)?];
        Some(Self { members: OnceLock::from(members), ..Self::new(record) })
    }

    /// The same record, among the first of its object.
    #[must_use]
    pub fn among(self, sample: &'a [String]) -> Self {
        Self { sample, ..self }
    }

    /// The same record, of which an envelope says when it happened.
    #[must_use]
    pub fn timed(self, timed: bool) -> Self {
        Self { timed, ..self }
    }

    /// Whether the record was in an envelope that says when it happened: whatever it is, it is a
    /// message of a log.
    pub fn is_timed(&self) -> bool {
        self.timed
    }

    /// Whether the record is a JSON object.
    pub fn is_object(&self) -> bool {
        self.record.starts_with('{')
    }

    /// Whether the record is a JSON object with a member of this name on its outermost level.
    /// What somebody has put deeper down makes no format.
    #[inline]
    pub fn has(&self, name: &str) -> bool {
        let members = self.members();
        members.filter.may_have(name) && members.names.iter().any(|known| known == name)
    }

    /// The same of all of these names.
    pub fn has_all(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.has(name))
    }

    /// Whether the record has members by at least so many of these names, which are
    /// [plain](plain()).
    pub(super) fn has_alike(&self, known: &[&str], enough: usize) -> bool {
        let filter = self.plain.get_or_init(|| {
            let bit = |name: &Cow<'a, str>| Filter::bit(plain(name, &mut { ROOM }));
            Filter(self.names().iter().map(bit).fold(0, BitOr::bitor))
        });
        let may = || known.iter().filter(|name| filter.may_have(name));
        let has =
            |known: &&&str| self.names().iter().any(|name| plain(name, &mut { ROOM }) == **known);
        may().count() >= enough && may().filter(has).count() >= enough
    }

    /// Whether the record may have a member of the names that the filter is of.
    pub(super) fn may_have_any(&self, filter: Filter) -> bool {
        self.members().filter.meets(filter)
    }

    /// Whether the record may have members of all the names that the filter is of.
    pub(super) fn may_have_all(&self, filter: Filter) -> bool {
        self.members().filter.0 & filter.0 == filter.0
    }

    /// An outermost member as it stands, if it is whole. Of members given twice the last counts.
    pub(super) fn raw(&self, name: &str) -> Option<&'a str> {
        if !self.has(name) {
            return None;
        }
        let members = self.members();
        let mut whole = members.names.iter().zip(&members.values).rev();
        whole.find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    /// The text of an outermost member, if it is text.
    pub fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        let raw = self.raw(name)?;
        if raw.starts_with('"') { Scan::new(raw).string().ok() } else { None }
    }

    /// The names of the record's outermost members, as far as it is good JSON; that of the member
    /// that it breaks off in, too.
    pub fn names(&self) -> &[Cow<'a, str>] {
        &self.members().names
    }

    fn members(&self) -> &Members<'a> {
        self.members.get_or_init(|| Members::of(self.record).0)
    }
}

impl<'a> Members<'a> {
    /// The members of the object that the text begins with, as far as it is good JSON, and its
    /// length if all of it is.
    fn of(text: &'a str) -> (Self, Option<usize>) {
        let mut found = Self::default();
        let mut scan = Scan::new(text);
        if scan.peek() != Some(b'{') {
            return (found, None);
        }
        found.names.reserve(8);
        found.values.reserve(8);
        let is_whole = found.read(&mut scan).is_ok();
        (found, is_whole.then(|| scan.at()))
    }

    fn read(&mut self, scan: &mut Scan<'a>) -> Result<(), Broken> {
        let room = scan.open(DEEPEST)?;
        while let Some(name) = scan.key(self.names.is_empty())? {
            self.filter.0 |= Filter::bit(&name);
            self.names.push(name);
            self.values.push(scan.raw(room)?);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_outermost_members_are_names() {
        let probe = |record| Probe::new(record).names().join(",");
        assert_eq!(probe(r#" {"a":{"b":1},"c":[{"d":2}],"e\u0041":"{\"f\":3}"}"#), "a,c,eA");
        assert_eq!(probe(r#"{"a":1,"b":"cut of"#), "a,b");
        assert_eq!(probe("[1]"), "");
        assert_eq!(probe("{"), "");
        let probe = Probe::new(r#"{"a":{"b":1},"c":2}"#);
        assert!(probe.has_all(&["a", "c"]) && !probe.has("b"));
        let probe = Probe::new(r#"{"a":{"b":"x"},"b":"y","c":2}"#);
        assert_eq!(probe.text("b").as_deref(), Some("y"));
        assert_eq!((probe.text("c"), probe.text("d")), (None, None));
        let probe = Probe::new(r#"{"a":1,"b": [2] ,"a":"3","c":{"d"#);
        assert_eq!((probe.raw("a"), probe.raw("b")), (Some("\"3\""), Some("[2]")));
        assert_eq!((probe.raw("c"), probe.raw("d")), (None, None));
        let probe = Probe::new(r#"{"cs(User-Agent)":1,"cs-user-agent":2,"c-ip":3}"#);
        assert!(probe.has_alike(&["cs_user_agent", "c_ip", "x"], 2));
        assert!(!probe.has_alike(&["cs_user_agent", "x"], 2));
    }
}
