//! Detailed billing reports, with resources and tags or without, and the monthly reports beside
//! them: CSV in quotes.
//!
//! Source: the AWS Billing user guide of the time, "Understanding your usage with billing
//! reports". Reports end with sums over an invoice or an account, which have no dates.

use super::table::{Table, cells};
use crate::event::{Row, Schema};
use crate::format::{
    Context, DecodeError, Decoded, Decoder, Delivery, Format, Join, Match, Probe, Takes, schema,
};
use memchr::memmem;
use std::sync::{Arc, LazyLock};

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("billing_dbr", "Detailed billing", super::detailed()));

pub(super) struct Detailed;

impl Format for Detailed {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Detailed billing reports with resources and tags (the older AWS billing CSV), from S3."
    }

    fn limits(&self) -> &'static str {
        "Items are sums over an hour, a day or a month, so that nothing says when within it; what \
         costs nothing may not be there. Reports are written anew until the month is closed."
    }

    fn delivery(&self) -> Delivery {
        super::DELIVERY
    }

    fn join(&self) -> Join {
        Join::Quoted
    }

    fn takes(&self) -> Takes {
        Takes::Text
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        Match::certain_if(is_header(probe.record) || is_note(probe.record))
    }

    fn start(&self, _: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(Reader::default())
    }
}

/// The names that every such header begins with.
fn is_header(record: &str) -> bool {
    let record = record.trim_start_matches('\u{feff}');
    if !record.trim_start_matches('"').starts_with("InvoiceID") {
        return false;
    }
    let names: Vec<_> = cells(record).take(4).collect();
    names == ["InvoiceID", "PayerAccountId", "LinkedAccountId", "RecordType"]
}

/// What cost allocation reports have before their header.
fn is_note(record: &str) -> bool {
    record.trim_start_matches(['\u{feff}', '"']).starts_with("Don't see your tags in the report")
}

#[derive(Clone, Default)]
struct Reader {
    table: Option<Arc<Table>>,
    lessons: u32,
}

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        if is_note(record) {
            return Ok(Decoded::NotARecord);
        }
        if is_header(record) {
            self.table = Some(Arc::new(Table::read(record, &SCHEMA)));
            self.lessons += 1;
            return Ok(Decoded::NotARecord);
        }
        let Some(table) = self.table.as_deref() else { return Err(DecodeError::NotMine) };
        super::decode(table, record, row)
    }

    fn schema(&self) -> Option<&Arc<Schema>> {
        self.table.as_ref().map(|table| &table.schema)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }

    fn may_learn(&self, record: &[u8]) -> bool {
        memmem::find(record, b"InvoiceID").is_some()
    }

    fn lessons(&self) -> u32 {
        self.lessons
    }
}
