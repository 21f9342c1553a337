//! What a format is shown when it is asked whether a record is its own.

use super::frame::DEEPEST;
use super::scan::Scan;
use std::borrow::Cow;
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
    names: OnceLock<Vec<Cow<'a, str>>>,
}

impl<'a> Probe<'a> {
    pub fn new(record: &'a str) -> Self {
        Self { record, sample: &[], timed: false, names: OnceLock::new() }
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
    pub fn has(&self, name: &str) -> bool {
        self.names().iter().any(|known| known == name)
    }

    /// The same of all of these names.
    pub fn has_all(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.has(name))
    }

    /// The text of an outermost member, if it is text.
    pub fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        let mut scan = Scan::new(self.record);
        if scan.peek() != Some(b'{') {
            return None;
        }
        let room = scan.open(DEEPEST).ok()?;
        let mut first = true;
        while let Some(key) = scan.key(first).ok()? {
            first = false;
            if key == name {
                return if scan.peek() == Some(b'"') { scan.string().ok() } else { None };
            }
            scan.skip(room).ok()?;
        }
        None
    }

    /// The names of the record's outermost members, as far as it is good JSON.
    pub fn names(&self) -> &[Cow<'a, str>] {
        self.names.get_or_init(|| outermost(self.record))
    }
}

/// The names of an object's members, in order, as far as the text is good JSON; that of the member
/// that it breaks off in, too.
pub(super) fn outermost(record: &str) -> Vec<Cow<'_, str>> {
    let mut found = Vec::new();
    let mut scan = Scan::new(record);
    if scan.peek() != Some(b'{') {
        return found;
    }
    let Ok(room) = scan.open(DEEPEST) else { return found };
    while let Ok(Some(name)) = scan.key(found.is_empty()) {
        found.push(name);
        if scan.skip(room).is_err() {
            break;
        }
    }
    found
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
    }
}
