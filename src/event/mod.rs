//! The vocabulary: what every other module speaks, and nothing that knows a file, a format or a
//! screen.
//!
//! A **record** is the unit that a log format's own documentation calls one; an **event** is what
//! a row of the table shows. Decoders write events field by field into a [`Row`]; nothing on the
//! load path builds a tree.

pub mod base64;
pub mod classes;
pub mod code;
pub mod count;
pub mod decimal;
pub mod document;
pub mod fact;
pub mod fields;
pub mod hex;
pub mod label;
pub mod layout;
pub mod moment;
pub mod nearest;
pub mod nested;
pub mod network;
pub mod origin;
pub mod reason;
pub mod row;
pub mod schema;
pub mod scope;
pub mod spans;
mod surrogates;
pub mod table;
pub mod time;
pub mod value;
pub mod verdict;
pub mod wild;
pub mod window;
pub mod zone;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub use classes::{Class, Outcome, Standing};
pub use code::{Code, CodeWanted};
pub use count::{counted, grouped, noun, size};
pub use fact::{Fact, Facts};
pub use label::{label, spell, unescaped, unlabel};
pub use nested::{Name, Nested, Within};
pub use origin::{Inner, ObjectId, Origin, Paths, Place, Records, RecordsError};
pub use reason::{Reason, ReasonKind, State};
pub use row::{Frame, Row, Sink};
pub use schema::{FieldDef, Kind, Role, Schema};
pub use surrogates::paired;
pub use table::{Cell, Cells, Dictionary, Entries, Entry, Table};
pub use time::{Time, Timestamp};
pub use value::Value;
pub use verdict::Verdict;
pub use window::Window;
pub use zone::{NoZone, Zone};

/// A flag that asks long work to stop; cheap to clone and to ask.
///
/// Work looks at it between pieces, never more than a tenth of a second apart.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
