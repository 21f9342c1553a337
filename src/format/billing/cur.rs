//! Cost and Usage Reports, in both versions and as Athena spells them, and FOCUS exports: CSV with
//! a header, or the objects that Parquet becomes.
//!
//! Source: the AWS Data Exports user guide, "Cost and Usage Report" and "FOCUS 1.0". The columns
//! differ from file to file, so each header says what follows it.

use super::item::{Column, Item, Part};
use super::named;
use super::table::{Table, cells};
use crate::event::{self, Row, Schema};
use crate::format::members::Rule::{self, Enter, Note, Put, Skip};
use crate::format::members::{Memo, Values};
use crate::format::names::is_column;
use crate::format::{
    Context, DecodeError, Decoded, Decoder, Delivery, Format, Join, Match, Probe, schema,
};
use memchr::memmem::Finder;
use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("cur", "Cost and Usage Report", super::ALL));

pub(super) struct Usage;

impl Format for Usage {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "AWS Cost and Usage Reports (CUR 1 and 2) and FOCUS exports, from S3, as CSV or Parquet."
    }

    fn limits(&self) -> &'static str {
        "Items are sums over an hour, a day or a month, so that nothing says when within it. Each \
         delivery holds the whole month again: of several, take the newest, or all counts double."
    }

    fn delivery(&self) -> Delivery {
        super::DELIVERY
    }

    fn join(&self) -> Join {
        Join::Quoted
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        if probe.is_object() {
            return Match::certain_if(is_item(probe.names()));
        }
        Match::certain_if(is_header(probe.record))
    }

    fn start(&self, _: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(Reader { table: None, lessons: 0, members: Memo::new(level) })
    }
}

/// Words of which a header has one.
const SIGNS: [&str; 3] = ["lineItem/", "line_item_", "ChargePeriodStart"];

static FINDERS: LazyLock<[Finder<'static>; 3]> = LazyLock::new(|| SIGNS.map(Finder::new));

/// The first of them as some write it within JSON.
static ESCAPED: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("lineItem\\/"));

fn is_header(record: &str) -> bool {
    if !may_be_header(record.as_bytes()) {
        return false;
    }
    let names: Vec<Cow<'_, str>> = cells(record).collect();
    is_item(&names)
}

/// Whether these are the names of a report, of which somebody may have chosen few.
fn is_item(names: &[Cow<'_, str>]) -> bool {
    let begins = |name: &Cow<'_, str>| name.starts_with(SIGNS[0]) || name.starts_with(SIGNS[1]);
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    let known = names.iter().filter(|name| begins(name) && named::column(name) != Column::Skip);
    known.count() >= 2 || has(SIGNS[2]) && (has("BilledCost") || has("EffectiveCost"))
}

/// Whether there may be a header in these bytes: rows seldom begin with a letter and hold a sign.
fn may_be_header(record: &[u8]) -> bool {
    let first = record.iter().find(|byte| !matches!(byte, b'"' | 0xEF | 0xBB | 0xBF));
    first.is_some_and(u8::is_ascii_alphabetic)
        && FINDERS.iter().any(|sign| sign.find(record).is_some())
}

#[derive(Clone)]
struct Reader {
    table: Option<Arc<Table>>,
    lessons: u32,
    /// Those of items that are objects.
    members: Memo,
}

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        if record.starts_with('{') {
            return decode_json(record, &mut self.members, row);
        }
        if is_header(record) {
            self.table = Some(Arc::new(Table::read(record, &SCHEMA)));
            self.lessons += 1;
            return Ok(Decoded::NotARecord);
        }
        let Some(table) = self.table.as_deref() else { return Err(DecodeError::NotMine) };
        super::decode(table, record, row)
    }

    fn learn(&mut self, table: &event::Table<'_>) -> bool {
        self.members.learn(table);
        true
    }

    fn decode_row(&mut self, table: &event::Table<'_>, at: usize, row: &mut dyn Row) -> bool {
        let mut values = Values::new(row, super::ALL);
        if values.read_row(table, at, &self.members).is_err() {
            return false;
        }
        let (row, item) = item(&mut values);
        let is_one = !item.is_empty();
        if is_one {
            item.put(row);
        }
        is_one
    }

    fn schema(&self) -> Option<&Arc<Schema>> {
        self.table.as_ref().map(|table| &table.schema)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }

    fn may_learn(&self, record: &[u8]) -> bool {
        let has = |sign: &Finder<'_>| {
            let mut found = sign.find_iter(record);
            found.any(|at| is_column(&record[at + sign.needle().len()..]))
        };
        may_be_header(record) || FINDERS.iter().chain([&*ESCAPED]).any(has)
    }

    fn lessons(&self) -> u32 {
        self.lessons
    }
}

const PARTS: [Part; 17] = [
    Part::Start,
    Part::End,
    Part::Interval,
    Part::UsageType,
    Part::Zone,
    Part::Region,
    Part::Resource,
    Part::CreatedBy,
    Part::Operation,
    Part::Kind,
    Part::Account,
    Part::Payer,
    Part::Product,
    Part::ProductName,
    Part::Quantity,
    Part::Details,
    Part::Tags,
];

fn decode_json(
    record: &str,
    members: &mut Memo,
    row: &mut dyn Row,
) -> Result<Decoded, DecodeError> {
    let mut values = Values::new(row, super::ALL);
    let read = values.read_by(record, members);
    let (row, item) = item(&mut values);
    if let Err(error) = read {
        let reason = format!("no good JSON: {error}");
        return Err(DecodeError::Broken { reason, time: item.time() });
    }
    if item.is_empty() {
        return Err(DecodeError::NotMine);
    }
    item.put(row);
    Ok(Decoded::Event)
}

/// The row, and what of its item was kept aside.
fn item<'v>(values: &'v mut Values<'_, '_>) -> (&'v mut dyn Row, Item<'v>) {
    let (row, notes) = values.apart();
    let mut item = Item::default();
    for part in PARTS {
        item.keep(part, Cow::Borrowed(notes[part as usize].as_deref().unwrap_or("")));
    }
    (row, item)
}

fn level(key: &str) -> Rule {
    match named::column(key) {
        // These are objects of their own, or text.
        Column::Part(Part::Tags) => Rule::NoteEnter(Part::Tags as usize, tags),
        Column::Part(Part::Details) => Rule::NoteEnter(Part::Details as usize, details),
        Column::Part(part) => Note(part as usize),
        Column::Put(slot) => Put(slot),
        _ if key == "resourceTags" => Enter(tags),
        _ => Skip,
    }
}

fn details(key: &str) -> Rule {
    if key == "product_name" { Note(Part::ProductName as usize) } else { Skip }
}

fn tags(key: &str) -> Rule {
    if matches!(key, "aws:createdBy" | "aws_created_by") {
        Note(Part::CreatedBy as usize)
    } else {
        Skip
    }
}
