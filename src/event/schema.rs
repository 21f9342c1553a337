//! Fields and schemas: what a format's events have.

use super::classes::words;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

words! {
    /// How a field's values are stored and compared.
    Kind {
        /// Text with few distinct values; stored as codes into a dictionary.
        Str = "text",
        /// Text that is different in nearly every row (ids); UUIDs are stored as numbers.
        Id = "id",
        Int = "integer",
        Float = "number",
        /// An IPv4 or IPv6 address, and nothing else.
        Ip = "address",
        Time = "time",
    }
}

words! {
    /// What a field means, whatever its format calls it: a question about an address asks every
    /// field of role `Ip` of every format.
    Role {
        Time = "time",
        Ip = "ip",
        Principal = "principal",
        Event = "event",
        Outcome = "outcome",
        Resource = "resource",
        Account = "account",
        Region = "region",
        Key = "key",
        Session = "session",
        Request = "request",
        Domain = "domain",
        File = "file",
        Process = "process",
        Host = "host",
        Interface = "interface",
        Agent = "agent",
        Bytes = "bytes",
        Text = "text",
    }
}

/// One field of a schema.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FieldDef {
    /// The name that filters and output use, such as `src.ip` or `vpc.tcp_flags`.
    pub name: Cow<'static, str>,
    pub kind: Kind,
    pub role: Role,
    /// May hold several values in one event; always an array in output.
    pub many: bool,
    /// Records with the same id and another value here are revisions of one thing.
    pub revises: bool,
    /// What it is, in one line, with its unit.
    pub help: Cow<'static, str>,
}

impl FieldDef {
    pub const fn new(name: &'static str, kind: Kind, role: Role, help: &'static str) -> Self {
        let (name, help) = (Cow::Borrowed(name), Cow::Borrowed(help));
        Self { name, kind, role, many: false, revises: false, help }
    }

    /// Whether questions about this role ask the field: interfaces and instances are resources too,
    /// as what flows through them, or happens on them, happened to them.
    pub fn plays(&self, role: Role) -> bool {
        self.role == role
            || role == Role::Resource
                && (self.role == Role::Interface || self.name == super::fields::INSTANCE.name)
    }

    /// The same field, able to hold several values.
    #[must_use]
    pub const fn many(mut self) -> Self {
        self.many = true;
        self
    }

    /// The same field, as the one that tells revisions of one id apart.
    #[must_use]
    pub const fn revises(mut self) -> Self {
        self.revises = true;
        self
    }
}

/// Schemas that are made while reading, at most.
pub const MOST: usize = 1024;

/// What the events of one format look like. Built-in formats have one each; formats that learn
/// their columns from the data (CSV headers) build theirs at run time.
///
/// The event's time is not among the fields: every row has room for one.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Schema {
    /// The format's id, such as `vpc_flow`.
    pub id: Cow<'static, str>,
    /// The format's name for people.
    pub title: Cow<'static, str>,
    pub fields: Vec<FieldDef>,
}

/// Formats of JSON that no other format knows.
pub const OPEN: [&str; 2] = ["json_lines", "aws_event"];

impl Schema {
    /// The position of the field of this name.
    pub fn slot(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    /// Whether records are JSON of any shape, so that a column of another format may be a member of
    /// theirs.
    pub fn is_open(&self) -> bool {
        OPEN.contains(&&*self.id)
    }

    /// The one of such schemas that all share, so that rows of many objects with the same columns
    /// are in the same segments. `None` if there are [`MOST`] others: somebody makes them up.
    pub fn shared(self) -> Option<Arc<Self>> {
        static KNOWN: Mutex<Known> = Mutex::new(Known { number: 0, schemas: BTreeMap::new() });
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        let hash = hasher.finish();
        let mut same = known.schemas.get(&hash).into_iter().flatten();
        if let Some(schema) = same.find(|schema| ***schema == self) {
            return Some(Arc::clone(schema));
        }
        (known.number < MOST).then(|| {
            let schema = Arc::new(self);
            known.number += 1;
            known.schemas.entry(hash).or_default().push(Arc::clone(&schema));
            schema
        })
    }
}

/// The schemas that are shared, by their hash.
struct Known {
    number: usize,
    schemas: BTreeMap<u64, Vec<Arc<Schema>>>,
}

/// Declares a format's fields: a constant slot number each, and `FIELDS` in the same order.
///
/// ```
/// use trailcase::event::{FieldDef, Kind, Role, fields, schema::slots};
/// slots! {
///     EVENT = fields::EVENT,
///     FLAGS = FieldDef::new("vpc.tcp_flags", Kind::Int, Role::Text, "TCP flags, OR-ed"),
/// }
/// assert_eq!(FLAGS, 1);
/// assert_eq!(FIELDS[FLAGS].name, "vpc.tcp_flags");
/// ```
#[macro_export]
macro_rules! __slots {
    ($($slot:ident = $def:expr),* $(,)?) => {
        #[allow(
            dead_code,
            non_camel_case_types,
            clippy::upper_case_acronyms,
            reason = "names of slots, some of which are filled from around the record alone"
        )]
        enum SlotNumber { $($slot),* }
        $(
            #[allow(dead_code, reason = "filled from around the record alone")]
            const $slot: usize = SlotNumber::$slot as usize;
        )*
        const FIELDS: &[$crate::event::FieldDef] = &[$($def),*];
    };
}
pub use crate::__slots as slots;
