//! `csvlog`: 22 columns in old versions, 26 since version 14. Messages and statements hold line
//! ends within their quotes.

use super::entry::Entry;
use super::prefix::stamp;
#[allow(clippy::wildcard_imports, reason = "the slots of forty fields")]
use super::*;
use crate::event::Row;
use crate::format::beyond::Beyond;
use crate::format::cells::Csv;
use crate::format::members::{Scalar, put};
use crate::format::{
    Context, DecodeError, Decoded, Decoder, Format, Join, Match, Probe, Takes, web,
};
use std::borrow::Cow;

pub(in crate::format::databases) struct Csvlog;

impl Format for Csvlog {
    fn schema(&self) -> &Arc<Schema> {
        &CSV
    }

    fn help(&self) -> &'static str {
        "The csvlog of PostgreSQL, RDS and Aurora PostgreSQL: files that end in .csv."
    }

    fn limits(&self) -> &'static str {
        LIMITS
    }

    fn join(&self) -> Join {
        Join::Quoted
    }

    fn takes(&self) -> Takes {
        Takes::Text
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        Match::certain_if(is_csvlog(probe.record))
    }

    fn start(&self, context: &Context, _: &[String]) -> Box<dyn Decoder> {
        let beyond = Beyond::new(&CSV, COLUMNS);
        Box::new(Reader { zone_seconds: context.zone_seconds, beyond })
    }
}

/// Columns before the message, which may be cut off by a line end.
const BEFORE: usize = 13;
const COLUMNS: usize = 26;
/// Of the oldest version that is read.
const LEAST: usize = 22;

fn is_csvlog(record: &str) -> bool {
    if !is_timed(record) {
        return false;
    }
    let mut cells = Csv::new(record, ',').skip(5);
    let session = cells.next().unwrap_or_default();
    let is_hex = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_session = session.split_once('.').is_some_and(|(a, b)| is_hex(a) && is_hex(b));
    let level = cells.nth(5).unwrap_or_default();
    is_session
        && !level.is_empty()
        && level.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && cells.next().is_some_and(|code| code.len() == 5)
}

/// Whether a time and nothing else stands before the first comma.
fn is_timed(record: &str) -> bool {
    let Some((time, _)) = record.get(..record.len().min(64)).unwrap_or(record).split_once(',')
    else {
        return false;
    };
    stamp(time).is_some_and(|(_, rest)| rest.trim_start().len() <= 5 && !rest.contains(['[', ':']))
}

#[derive(Clone)]
struct Reader {
    zone_seconds: i32,
    beyond: Beyond,
}

/// Columns that go into a field as they stand, by their position from 0.
const PLAIN: [(usize, usize); 8] = [
    (14, DETAIL),
    (15, HINT),
    (18, CONTEXT),
    (19, QUERY),
    (21, LOCATION),
    (22, AGENT),
    (23, BACKEND),
    (25, QUERY_ID),
];

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        if !is_timed(record) {
            return Err(DecodeError::NotMine);
        }
        let mut cells = [const { Cow::Borrowed("") }; COLUMNS];
        let mut count = 0;
        let mut values = Csv::new(record, ',');
        for (cell, value) in cells.iter_mut().zip(values.by_ref()) {
            *cell = value;
            count += 1;
        }
        let time = stamp(&cells[0]).map(|(stamp, _)| stamp);
        if count < LEAST {
            if count < BEFORE {
                return Err(DecodeError::NotMine);
            }
            let reason = format!("{count} columns; a csvlog record has at least {LEAST}");
            let time = time.map(|stamp| stamp.time(self.zone_seconds));
            return Err(DecodeError::Broken { reason, time });
        }
        if !is_csvlog(record) {
            return Err(DecodeError::NotMine);
        }
        self.beyond.put(values, row)?;
        let (host, port) = web::end(&cells[4]).unwrap_or((&cells[4], ""));
        let entry = Entry {
            stamp: time,
            user: &cells[1],
            database: &cells[2],
            pid: &cells[3],
            host,
            port,
            session_id: &cells[5],
            line: &cells[6],
            tag: &cells[7],
            session_start: stamp(&cells[8]).map(|(stamp, _)| stamp),
            virtual_xid: &cells[9],
            xid: &cells[10],
            level: &cells[11],
            code: &cells[12],
            message: &cells[13],
            ..Entry::default()
        };
        entry.put(row, self.zone_seconds);
        for (at, slot) in PLAIN {
            put(row, &FIELDS[slot], slot, Scalar::Text(&cells[at]));
        }
        Ok(Decoded::Event)
    }

    fn schema(&self) -> Option<&Arc<Schema>> {
        Some(self.beyond.schema())
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }
}
