//! The field names a filter may use, and the right word for a wrong one.

use super::ast::{Field, Mark};
use crate::event::nearest::nearest;
use crate::event::{FieldDef, Role, Schema, fields};
use std::collections::BTreeMap;

/// Names that are no column of their own, with what they mean.
pub const PSEUDO: &[(&str, &str)] = &[
    ("time", "when: 10:30..11:10, 2026-03-04, last2h"),
    ("format", "the log format"),
    ("origin.object", "the object it was read from, by its path"),
    ("ip", "any address field"),
    ("principal", "any field that says who"),
    ("resource", "any field that says on what, interfaces and instances too"),
    ("bytes", "bytes in and out together"),
    ("any", "any text field"),
    ("has", "the field is there: has:code"),
    ("verified", "integrity standing: yes, no or a standing"),
    ("alarm", "raised by this rule; yes for any"),
    ("note", "has a note with this text; yes for any"),
    ("tag", "carries this tag; yes for any"),
    ("chain", "is part of this chain; yes for any"),
    ("hazard", "carries this hazard; yes for any"),
];

/// What the documents of the logs call a field that has another name here.
const NATIVE: &[(&str, &str)] = &[
    ("eventname", "event"),
    ("eventsource", "event.source"),
    ("eventtime", "time"),
    ("eventid", "id"),
    ("sourceipaddress", "src.ip"),
    ("sourceip", "src.ip"),
    ("awsregion", "region"),
    ("useragent", "agent"),
    ("errorcode", "code"),
    ("errormessage", "message"),
    ("accesskeyid", "key"),
    ("recipientaccountid", "account"),
    ("srcaddr", "src.ip"),
    ("dstaddr", "dst.ip"),
    ("srcport", "src.port"),
    ("dstport", "dst.port"),
    ("action", "event"),
    ("status", "outcome"),
    ("user", "principal"),
    ("username", "principal"),
    ("who", "principal"),
    ("arn", "resource"),
    ("bucket", "resource"),
    ("addr", "ip"),
    ("address", "ip"),
    ("size", "bytes"),
    ("useridentity", "principal"),
];

/// Every name that stands for a column of what is loaded, or of what any format may have.
#[derive(Debug, Clone)]
pub struct Names {
    columns: BTreeMap<String, FieldDef>,
    /// There may be fields that nobody knows yet.
    is_open: bool,
}

impl Default for Names {
    /// The fields that formats share.
    fn default() -> Self {
        let shared = fields::SHARED.iter();
        let columns = shared.map(|field| (field.name.to_string(), field.clone())).collect();
        Self { columns, is_open: false }
    }
}

impl Names {
    /// Adds the fields of a format. The first definition of a name stays.
    pub fn add(&mut self, schema: &Schema) {
        for field in &schema.fields {
            self.columns.entry(field.name.to_string()).or_insert_with(|| field.clone());
        }
    }

    /// The same before the evidence is read, which may have fields of its own: what is unknown may
    /// be one of them, and stands for a member of the record until then.
    #[must_use]
    pub fn open(&self) -> Self {
        Self { is_open: true, ..self.clone() }
    }

    /// The column of this name; the exact name first, then whatever the case.
    pub fn column(&self, name: &str) -> Option<&FieldDef> {
        self.columns.get(name).or_else(|| {
            self.columns.values().find(|field| field.name.to_lowercase() == name.to_lowercase())
        })
    }

    /// What the name stands for; `None` if it is unknown and has no dot.
    pub fn resolve(&self, name: &str) -> Option<Field> {
        if let Some(mark) = Mark::parse(&name.to_ascii_lowercase()) {
            return Some(Field::Mark(mark));
        }
        // What the column and exports call it.
        if name.eq_ignore_ascii_case("standing") {
            return Some(Field::Mark(Mark::Verified));
        }
        Some(match &*name.to_ascii_lowercase() {
            "time" => Field::Time,
            "format" => Field::Format,
            "origin.object" => Field::Object,
            "ip" => Field::Role(Role::Ip),
            "principal" => Field::Role(Role::Principal),
            "resource" => Field::Role(Role::Resource),
            "bytes" => Field::Bytes,
            "any" => Field::Any,
            "has" => return None,
            _ => match self.column(name) {
                Some(field) => Field::Column(field.name.to_string()),
                None if name.contains('.') || self.is_open => Field::Path(name.to_owned()),
                None => return None,
            },
        })
    }

    /// Names that begin like this, pseudo fields first, with their help.
    pub fn beginning(&self, prefix: &str) -> Vec<(&str, &str)> {
        let prefix = prefix.to_lowercase();
        let columns = self
            .columns
            .values()
            .filter(|field| PSEUDO.iter().all(|(name, _)| *name != field.name))
            .map(|field| (&*field.name, &*field.help));
        let all = PSEUDO.iter().copied().chain(columns);
        all.filter(|(name, _)| name.to_lowercase().starts_with(&prefix)).collect()
    }

    /// The known name that was probably meant.
    pub fn nearest(&self, name: &str) -> Option<&str> {
        let lower = name.to_lowercase();
        if let Some((_, ours)) = NATIVE.iter().find(|(native, _)| *native == lower) {
            return Some(ours);
        }
        let pseudo = PSEUDO.iter().map(|(name, _)| *name);
        nearest(name, pseudo.chain(self.columns.keys().map(String::as_str)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_word_for_a_wrong_one() {
        let names = Names::default();
        for (wrong, right) in [
            ("evnet", Some("event")),
            ("eventName", Some("event")),
            ("sourceIPAddress", Some("src.ip")),
            ("princpal", Some("principal")),
            ("outcom", Some("outcome")),
            ("zzzzzz", None),
        ] {
            assert_eq!(names.nearest(wrong), right, "{wrong}");
        }
    }

    #[test]
    fn names_are_columns_pseudo_fields_or_paths() {
        let names = Names::default();
        assert_eq!(names.resolve("Event"), Some(Field::Column("event".to_owned())));
        assert_eq!(names.resolve("ip"), Some(Field::Role(Role::Ip)));
        assert_eq!(names.resolve("a.b"), Some(Field::Path("a.b".to_owned())));
        assert_eq!(names.resolve("arn"), None);
        assert_eq!(names.resolve("tag"), Some(Field::Mark(Mark::Tag)));
    }

    #[test]
    fn no_format_may_take_a_name_that_means_something_else() {
        for (name, _) in PSEUDO {
            let first = name.split('.').next().unwrap();
            assert!(fields::RESERVED.contains(&first), "{name}");
        }
    }

    #[test]
    fn every_name_is_offered_once() {
        let names = Names::default();
        let mut all: Vec<&str> = names.beginning("").into_iter().map(|(name, _)| name).collect();
        all.sort_unstable();
        assert!(all.windows(2).all(|pair| pair[0] != pair[1]));
        assert!(names.beginning("SRC.").iter().any(|(name, _)| *name == "src.ip"));
    }
}
