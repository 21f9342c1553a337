//! Tables in the W3C's extended log format that no other format knows: those of IIS and of much
//! else. Columns that have a meaning here go into shared fields by their names; each other one
//! has a field of its own, named after it.
//!
//! Source: the W3C working draft WD-logfile-960323, and Microsoft's "W3C Logging" for IIS. Both
//! state times in UTC, but for columns that are named local.

use crate::event::{Class, FieldDef, Kind, Role, Row, Schema, Value, fields, schema::slots};
use crate::format::cells::Csv;
use crate::format::clock::{self, Stamp};
use crate::format::members::{Scalar, put};
use crate::format::names::{ROOM, plain};
use crate::format::table::mark_of;
use crate::format::w3c::{self, Directive};
use crate::format::{
    Context, DecodeError, Decoded, Decoder, Format, Match, Probe, Takes, may_be, put_class,
    put_outcome, schema, web,
};
use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

const fn text(name: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Str, Role::Text, "the column of this name, verbatim")
}

slots! {
    EVENT = fields::EVENT,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    CODE = fields::CODE,
    PRINCIPAL = fields::PRINCIPAL,
    SRC_IP = fields::SRC_IP,
    SRC_PORT = fields::SRC_PORT,
    DST_IP = fields::DST_IP,
    DST_PORT = fields::DST_PORT,
    CLIENT_IP = fields::CLIENT_IP,
    ACCOUNT = fields::ACCOUNT,
    _REGION = fields::REGION,
    BYTES_IN = fields::BYTES_IN,
    BYTES_OUT = fields::BYTES_OUT,
    DURATION = fields::DURATION,
    DOMAIN = fields::DOMAIN,
    URL = fields::URL,
    HOST = fields::HOST,
    AGENT = fields::AGENT,
    REFERER = text("w3c.referer"),
    SITE = text("w3c.site"),
    VERSION = text("w3c.protocol_version"),
    SUBSTATUS = text("w3c.substatus"),
    SYSTEM_STATUS = text("w3c.win32_status"),
}

static SCHEMA: LazyLock<Arc<Schema>> = LazyLock::new(|| schema("w3c", "W3C extended log", FIELDS));

/// Columns of a table, at most: what has more is made up.
const MOST: usize = 256;

pub(super) struct W3c;

impl Format for W3c {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Tables that begin with #Fields, such as those of IIS; columns by common names."
    }

    fn limits(&self) -> &'static str {
        "What is logged is whatever columns were chosen; a proxy before the server is the client \
         of every request, and requests that the kernel turns away are in other files."
    }

    fn takes(&self) -> Takes {
        Takes::Text
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        let is = w3c::directive(probe.record).is_some() || w3c::is_in(probe, |_| true);
        if is { Match::Likely } else { Match::No }
    }

    fn start(&self, context: &Context, _: &[String]) -> Box<dyn Decoder> {
        let zone_seconds = context.zone_seconds;
        Box::new(Reader { zone_seconds, table: None, date: None, lessons: 0 })
    }
}

#[derive(Clone)]
struct Reader {
    zone_seconds: i32,
    table: Option<Table>,
    /// The day of which a table is that has times without one.
    date: Option<String>,
    lessons: u32,
}

#[derive(Clone)]
struct Table {
    columns: Vec<Column>,
    schema: Arc<Schema>,
    mark: Option<char>,
}

/// What becomes of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Skip,
    Put(usize),
    /// Into a field that was made for it.
    Own(usize),
    Day {
        local: bool,
    },
    Clock {
        local: bool,
    },
    /// Both in one.
    Instant,
    Status,
    Method,
    Stem,
    Query,
    Forwarded,
    /// So many of them are a second.
    Took(u32),
}

/// What depends on several columns.
#[derive(Default)]
struct Line<'a> {
    day: Option<Cow<'a, str>>,
    clock: Option<Cow<'a, str>>,
    instant: Option<Cow<'a, str>>,
    status: Option<Cow<'a, str>>,
    stem: Option<Cow<'a, str>>,
    query: Option<Cow<'a, str>>,
    local: bool,
}

fn column(name: &str) -> Option<Column> {
    Some(match plain(name, &mut { ROOM }) {
        "date" => Column::Day { local: false },
        "date_local" => Column::Day { local: true },
        "time" => Column::Clock { local: false },
        "time_local" => Column::Clock { local: true },
        "date_time" | "datetime" | "timestamp" | "timestamp_ms" | "x_timestamp" => Column::Instant,
        "cs_method" | "method" | "event_id" | "sc_operation" => Column::Method,
        "cs_uri_stem" | "cs_uri" | "cs_url" => Column::Stem,
        "cs_uri_query" => Column::Query,
        "sc_status" | "status" => Column::Status,
        "sc_substatus" => Column::Put(SUBSTATUS),
        "sc_win32_status" => Column::Put(SYSTEM_STATUS),
        "cs_username" | "cs_user_name" | "username" | "sc_authenticated_user" => {
            Column::Put(PRINCIPAL)
        }
        "c_ip" | "client_ip" | "cs_ip" | "c_client_ip" | "original_client_ip" => {
            Column::Put(SRC_IP)
        }
        "c_port" => Column::Put(SRC_PORT),
        "s_ip" | "server_ip" => Column::Put(DST_IP),
        "s_port" => Column::Put(DST_PORT),
        "x_forwarded_for" | "cs_x_forwarded_for" | "c_x_forwarded_for" => Column::Forwarded,
        "cs_bytes" => Column::Put(BYTES_IN),
        "sc_bytes" => Column::Put(BYTES_OUT),
        "time_taken" | "timetakenms" | "timetaken" => Column::Took(1000),
        "cs_host" | "cs_uri_host" => Column::Put(DOMAIN),
        "s_computername" | "s_dns" | "server_hostname" => Column::Put(HOST),
        "cs_user_agent" => Column::Put(AGENT),
        "cs_referer" | "cs_referrer" => Column::Put(REFERER),
        "account" | "account_id" => Column::Put(ACCOUNT),
        "s_sitename" => Column::Put(SITE),
        "cs_version" | "cs_protocol_version" => Column::Put(VERSION),
        _ => return None,
    })
}

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        if let Some(directive) = w3c::directive(record) {
            return self.learn(record, directive);
        }
        let Some(table) = self.table.as_ref().filter(|_| !record.starts_with(['{', '#'])) else {
            return Err(DecodeError::NotMine);
        };
        let width = table.columns.len();
        let mark = table.mark.unwrap_or_else(|| mark_of(record, width));
        let mut line = Line::default();
        let mut count = 0;
        for cell in Csv::new(record, mark) {
            if let (Some(column), false) = (table.columns.get(count), matches!(&*cell, "-" | "")) {
                line.take(*column, cell, row);
            }
            count += 1;
        }
        let time = line.time(self.date.as_deref());
        // What has no time where the table has one, or another number of columns, is no line of it.
        if time.is_none() && (table.is_timed() || count != width) {
            return Err(DecodeError::NotMine);
        }
        if count < width {
            let reason = format!("{count} columns where the header names {width}");
            let time = time.map(|stamp| stamp.time(self.zone_seconds));
            return Err(DecodeError::Broken { reason, time });
        }
        if let Some(stamp) = time {
            stamp.put(row, self.zone_seconds);
        }
        line.finish(row);
        Ok(Decoded::Event)
    }

    fn schema(&self) -> Option<&Arc<Schema>> {
        self.table.as_ref().map(|table| &table.schema)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }

    fn may_learn(&self, record: &[u8]) -> bool {
        w3c::may_direct(record)
    }

    fn lessons(&self) -> u32 {
        self.lessons
    }
}

impl Reader {
    fn learn(&mut self, line: &str, directive: Directive<'_>) -> Result<Decoded, DecodeError> {
        match directive {
            Directive::Fields(fields) => {
                self.lessons += 1;
                self.table = None;
                if is_known_elsewhere(line) {
                    return Err(DecodeError::NotMine);
                }
                self.table = Table::new(fields);
            }
            Directive::Date(date) => {
                // Before there is a table, no line depends on it.
                self.lessons += u32::from(self.table.is_some());
                self.date = date.split([' ', 'T']).next().map(str::to_owned);
            }
            Directive::Other => {}
        }
        Ok(Decoded::NotARecord)
    }
}

/// Whether another format knows this header.
fn is_known_elsewhere(line: &str) -> bool {
    let probe = Probe::new(line);
    may_be(&probe).iter().any(|(_, format)| format.probe(&probe) == Match::Certain)
}

impl Table {
    fn is_timed(&self) -> bool {
        let timed = |column: &Column| matches!(column, Column::Clock { .. } | Column::Instant);
        self.columns.iter().any(timed)
    }

    fn new(fields: &str) -> Option<Self> {
        let (names, mark) = w3c::names(fields);
        let mut all = FIELDS.to_vec();
        let mut columns = Vec::new();
        for name in names.take(MOST) {
            columns.push(column(name).unwrap_or_else(|| own(name, &mut all)));
        }
        let (id, title) = (SCHEMA.id.clone(), SCHEMA.title.clone());
        let own = all.len() > FIELDS.len();
        let made = || Schema { id, title, fields: all }.shared();
        // When there are too many others, what has no meaning here is left to the record.
        let schema =
            if own { made().unwrap_or_else(|| Arc::clone(&SCHEMA)) } else { Arc::clone(&SCHEMA) };
        for column in &mut columns {
            if matches!(column, Column::Own(slot) if *slot >= schema.fields.len()) {
                *column = Column::Skip;
            }
        }
        (!columns.is_empty()).then_some(Self { columns, schema, mark })
    }
}

/// A field for a column that has no meaning here.
fn own(name: &str, fields: &mut Vec<FieldDef>) -> Column {
    let mut room = ROOM;
    let plain = plain(name, &mut room);
    let field = format!("w3c.{plain}");
    if plain.is_empty() || fields.iter().any(|known| known.name == field) {
        return Column::Skip;
    }
    fields.push(FieldDef { name: Cow::Owned(field), ..text("") });
    Column::Own(fields.len() - 1)
}

/// FTP servers write the number of the session before the command: `[2]USER`.
fn without_session(method: &str) -> &str {
    let command = method.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    command.map_or(method, |(_, command)| command)
}

impl<'a> Line<'a> {
    fn take(&mut self, column: Column, cell: Cow<'a, str>, row: &mut dyn Row) {
        match column {
            Column::Skip => {}
            Column::Put(slot @ (SRC_IP | DST_IP)) => web::put_address(row, slot, &cell),
            Column::Put(slot) => put(row, &FIELDS[slot], slot, Scalar::Text(&cell)),
            Column::Own(slot) => row.put(slot, Value::Str(&cell)),
            Column::Day { local } => {
                self.day = Some(cell);
                self.local |= local;
            }
            Column::Clock { local } => {
                self.clock = Some(cell);
                self.local |= local;
            }
            Column::Instant => self.instant = Some(cell),
            Column::Status => {
                row.put(CODE, Value::Str(&cell));
                self.status = Some(cell);
            }
            Column::Method => {
                let method = without_session(&cell);
                if !method.is_empty() {
                    row.put(EVENT, Value::Str(method));
                }
            }
            Column::Stem => self.stem = Some(cell),
            Column::Query => self.query = Some(cell),
            Column::Forwarded => web::put_forwarded(row, CLIENT_IP, &web::decoded(&cell)),
            Column::Took(second) => {
                if let Some(took) = cell.parse::<f64>().ok().filter(|took| took.is_finite()) {
                    // A whole number counts milliseconds, as IIS does; the draft has seconds.
                    let unit = if cell.contains('.') { 1 } else { second };
                    row.put(DURATION, Value::Float(took / f64::from(unit)));
                }
            }
        }
    }

    fn time(&self, date: Option<&str>) -> Option<Stamp> {
        if let Some(instant) = &self.instant {
            return match clock::read(instant) {
                Some((stamp, _)) => Some(stamp.is_utc()),
                None => clock::epoch(instant).map(Stamp::utc),
            };
        }
        // Some have the day within the time.
        let whole = || clock::read(self.clock.as_deref()?).map(|(stamp, _)| stamp);
        if self.day.is_none()
            && let Some(stamp) = whole()
        {
            return Some(if self.local { stamp } else { stamp.is_utc() });
        }
        let day = self.day.as_deref().or(date)?;
        let (stamp, _) = clock::read(&format!("{day} {}", self.clock.as_deref()?))?;
        Some(if self.local { stamp } else { stamp.is_utc() })
    }

    fn finish(&self, row: &mut dyn Row) {
        match (&self.stem, &self.query) {
            (Some(stem), Some(query)) => row.put(URL, Value::Str(&format!("{stem}?{query}"))),
            (Some(url), None) | (None, Some(url)) => row.put(URL, Value::Str(url)),
            (None, None) => {}
        }
        put_class(row, CLASS, Class::Network);
        put_outcome(row, OUTCOME, web::outcome(self.status.as_deref().unwrap_or("")));
    }
}
