//! The rows of records that no decoder could read: nothing is dropped, and the reason is said.

use crate::event::{Class, Outcome, Row, Schema, Value, fields, schema::slots};
use crate::format::{
    Context, DecodeError, Decoded, Decoder, Format, Match, Probe, Takes, put_class, put_outcome,
    schema, text,
};
use std::sync::{Arc, LazyLock};

slots! {
    REASON = fields::REASON,
    MESSAGE = fields::MESSAGE,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("unparsed", "Not understood", FIELDS));

/// Bytes of a record that its row shows.
const SHOWN: usize = 512;

pub(in crate::format) struct Unparsed;

impl Format for Unparsed {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Records that no format recognises or that are damaged, with the reason."
    }

    fn limits(&self) -> &'static str {
        "Nothing is known of these records but their bytes."
    }

    fn takes(&self) -> Takes {
        Takes::Text
    }

    fn probe(&self, _: &Probe<'_>) -> Match {
        Match::No
    }

    fn start(&self, _: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(Reader)
    }
}

/// Fills the row of a record that could not be read.
pub(in crate::format) fn fill(row: &mut dyn Row, reason: &str, record: &[u8]) {
    row.put(REASON, Value::Str(reason));
    let shown = text::of(&record[..record.len().min(SHOWN)]);
    if !shown.is_empty() {
        row.put(MESSAGE, Value::Str(&shown));
    }
    put_class(row, CLASS, Class::Other);
    put_outcome(row, OUTCOME, Outcome::Unknown);
}

struct Reader;

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        fill(row, "no format recognises it", record.as_bytes());
        Ok(Decoded::Event)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(Self)
    }
}
