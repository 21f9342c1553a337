//! What bytes mean: one file for each log format, detection by content, and the envelopes and
//! frames that records come in.
//!
//! A format does not know where its bytes come from, and never builds a tree on the load path.
//! Bytes go through four steps: [`detect`] looks at the first 64 KiB, [`frame`] cuts the stream
//! into records, [`envelope`] peels what was put around them for transport, and [`dispatch`]
//! hands each to the decoder of its format.

mod activity;
mod arn;
mod beyond;
mod billing;
mod cells;
mod clock;
mod databases;
mod delivery;
mod detect;
mod dispatch;
mod doors;
mod envelope;
mod feed;
mod findings;
mod frame;
mod generic;
mod gist;
mod hosts;
mod inside;
mod key;
mod list;
mod marks;
mod members;
mod moment;
mod names;
mod network;
mod no_record;
mod numbers;
mod objects;
mod own;
mod paths;
mod probe;
mod scan;
mod shapes;
mod table;
mod text;
mod w3c;
mod web;

use crate::event::{Class, FieldDef, Outcome, Row, Schema, Table, Time, Timestamp, Value};
use std::sync::Arc;

pub use delivery::{Clock, Delivery, Lag, Service};
pub use dispatch::Piece;
pub use feed::Feed;
pub use frame::{Join, LONGEST, Thread};
pub use inside::{Bytes, Inside};
use list::may_be;
pub use list::{editions, formats, install};
pub use own::Own;
pub use paths::RecordPaths;
pub use probe::{Match, Probe};
pub use text::has_spelled;

/// What is known of an object beside its bytes.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// The object's name with all that lies above it: a hint at most.
    pub key: String,
    /// When the object was last changed, or came; gives the year to times that have none.
    pub modified: Option<Timestamp>,
    /// The zone of times that name none, in seconds east of UTC.
    pub zone_seconds: i32,
    /// Its lines are rows of a table, each a JSON object.
    pub is_table: bool,
}

/// One log format.
pub trait Format: Sync {
    /// The fields of its events.
    fn schema(&self) -> &Arc<Schema>;

    /// One sentence on where such logs come from.
    fn help(&self) -> &str;

    /// What such logs do not show, in one or two sentences: what nobody should conclude from a
    /// record that is not there, or from a value that is.
    fn limits(&self) -> &str;

    /// How such logs come to be where they are read, and how late.
    fn delivery(&self) -> Delivery {
        Delivery::UNKNOWN
    }

    /// Arrays that its records come in, each a member of an object that is no record.
    fn arrays(&self) -> &'static [Array] {
        &[]
    }

    /// How its records are cut, where they are lines of text.
    fn join(&self) -> Join {
        Join::Never
    }

    /// Tells it from another definition of the same id; nothing for what is built in, which the
    /// program's own edition tells.
    fn edition(&self) -> Option<&str> {
        None
    }

    /// What its records may be.
    fn takes(&self) -> Takes {
        Takes::Both
    }

    /// Whether this record, which is what it [`takes`](Self::takes), is of this format; looks at
    /// the bytes alone.
    fn probe(&self, probe: &Probe<'_>) -> Match;

    /// A decoder for one object.
    fn start(&self, context: &Context, sample: &[String]) -> Box<dyn Decoder>;
}

/// What the records of a format may be, out of their envelopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// JSON objects.
    Objects,
    /// Text that is none.
    Text,
    Both,
}

/// An array of records in an object around them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Array {
    /// The member that is the array.
    pub name: &'static str,
    /// Members that are known to stand beside it, and that nobody misses.
    pub beside: &'static [&'static str],
}

/// Reads the records of one object, in order, and may keep what it learns (a header).
pub trait Decoder: Send {
    /// Writes the record's event into the row. Bytes that are no UTF-8 stand as `\xNN`.
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError>;

    /// Reads the record that the text begins with, in one pass with finding its end. The answer
    /// is its length; `None`, if it is not good, not whole or not of this format, or if the
    /// decoder cannot tell: then the record is cut first and offered to `decode`.
    fn decode_first(&mut self, _text: &str, _row: &mut dyn Row) -> Option<usize> {
        None
    }

    /// Looks at the columns of a table, some rows of which follow. Whether it can read them: `false`
    /// if it has to have the lines.
    fn learn(&mut self, _table: &Table<'_>) -> bool {
        false
    }

    /// Reads a row of the table that it was shown last, as `decode_first` reads its line. `false` if
    /// it is not good or not of this format, or the decoder cannot tell: then the line is read.
    fn decode_row(&mut self, _table: &Table<'_>, _at: usize, _row: &mut dyn Row) -> bool {
        false
    }

    /// The schema of its events, if that is not the format's own: learned from a header.
    fn schema(&self) -> Option<&Arc<Schema>> {
        None
    }

    /// Another one, which has learned what this one has.
    fn again(&self) -> Box<dyn Decoder>;

    /// Whether later records may be read otherwise because of this one, which may be in its
    /// envelopes still, though in none that hides it.
    fn may_learn(&self, _record: &[u8]) -> bool {
        false
    }

    /// How often it has learned something that later records are read by.
    fn lessons(&self) -> u32 {
        0
    }
}

/// What a record turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decoded {
    Event,
    /// A header, a comment or a banner: part of the format, but no record.
    NotARecord,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    #[error("not a record of this format")]
    NotMine,
    /// There were no fields for some of its columns, and [are now](Decoder::schema).
    #[error("the record has to be read again")]
    Again,
    #[error("{reason}")]
    Broken {
        reason: String,
        /// The record's time, if it was read before what is wrong.
        time: Option<Time>,
    },
}

fn schema(id: &'static str, title: &'static str, fields: &[FieldDef]) -> Arc<Schema> {
    Arc::new(Schema { id: id.into(), title: title.into(), fields: fields.to_vec() })
}

fn put_class(row: &mut dyn Row, slot: usize, class: Class) {
    row.put(slot, Value::Str(class.as_str()));
}

fn put_outcome(row: &mut dyn Row, slot: usize, outcome: Outcome) {
    row.put(slot, Value::Str(outcome.as_str()));
}
