//! Execution logs of API Gateway: for each request some lines that tell step by step what the
//! gateway did, each with the request's id before it; and what the console's test shows, which
//! has the id once and a time before each line.
//!
//! Source: the API Gateway developer guide, "Set up CloudWatch logging". A body may have lines of
//! its own. Addresses of `X-Forwarded-For` are what clients and proxies say, but for the last.

mod message;

use super::apigw_access::is_id;
use crate::event::{FieldDef, Kind, Role, Row, Schema, Time, Value, fields, schema::slots};
use crate::format::{
    Clock, Context, DecodeError, Decoded, Decoder, Delivery, Format, Join, Match, Probe, Takes,
    clock, schema,
};
use std::sync::{Arc, LazyLock};

slots! {
    EVENT = fields::EVENT,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    CODE = fields::CODE,
    PRINCIPAL = fields::PRINCIPAL,
    CLIENT_IP = fields::CLIENT_IP,
    ACCOUNT = fields::ACCOUNT,
    REGION = fields::REGION,
    RESOURCE = fields::RESOURCE,
    DURATION = fields::DURATION,
    DOMAIN = fields::DOMAIN,
    URL = fields::URL,
    AGENT = fields::AGENT,
    REQUEST = fields::REQUEST,
    TRACE = fields::TRACE,
    MESSAGE = fields::MESSAGE,
    METHOD = FieldDef::new("apigw.http_method", Kind::Str, Role::Text, "method of the request"),
    EXTENDED = FieldDef::new("apigw.extended_request_id", Kind::Id, Role::Request, "x-amz-apigw-id"),
    BACKEND = FieldDef::new("apigw.integration_request_id", Kind::Id, Role::Request, "the request's id at the backend"),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("apigw_execution", "API Gateway execution logs", FIELDS));

pub(super) struct ApigwExecution;

impl Format for ApigwExecution {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "What API Gateway did for each request, step by step: log groups, and the console's test."
    }

    fn delivery(&self) -> Delivery {
        Delivery {
            cadence: "as requests come",
            guarantee: "best effort, as all logs of the service",
            clock: Clock::Aws,
            ..Delivery::UNKNOWN
        }
    }

    fn limits(&self) -> &'static str {
        "Bodies are cut at 1,024 bytes, known secrets are masked and others are not; whether \
         there are more than errors depends on the stage's level."
    }

    fn join(&self) -> Join {
        Join::Begins(begins)
    }

    fn takes(&self) -> Takes {
        Takes::Text
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        let record = probe.record;
        match Line::read(record) {
            Some(line) if message::is_known(line.text) => Match::Certain,
            Some(line) if line.id.is_some() => Match::Likely,
            Some(_) if probe.sample.iter().any(|record| header(record).is_some()) => Match::Likely,
            Some(_) => Match::No,
            None => Match::certain_if(header(record).is_some()),
        }
    }

    fn start(&self, _: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(Reader { id: None, lessons: 0 })
    }
}

/// The id of the request that a test of the console is about.
fn header(line: &str) -> Option<&str> {
    let id = line.strip_prefix("Execution log for request ")?.trim();
    is_id(id).then_some(id)
}

/// Whether a line begins a message.
fn begins(_: &[u8], line: &[u8]) -> bool {
    match line.first() {
        Some(b'(') => line.get(1..37).is_some_and(|id| std::str::from_utf8(id).is_ok_and(is_id)),
        Some(b'A'..=b'Z') => {
            let head = &line[..line.len().min(128)];
            let head = std::str::from_utf8(head).unwrap_or("");
            header(head).is_some() || Line::timed(head).is_some()
        }
        _ => false,
    }
}

/// A message with what stands before it.
#[derive(Clone, Copy)]
struct Line<'a> {
    id: Option<&'a str>,
    time: Option<Time>,
    text: &'a str,
}

impl<'a> Line<'a> {
    fn read(record: &'a str) -> Option<Self> {
        let Some(rest) = record.strip_prefix('(') else { return Self::timed(record) };
        let (id, text) = rest.split_once(") ")?;
        is_id(id).then_some(Self { id: Some(id), time: None, text })
    }

    /// `Sat Mar 05 15:39:57 UTC 2022 : text`
    fn timed(record: &'a str) -> Option<Self> {
        if record.as_bytes().get(3) != Some(&b' ') {
            return None;
        }
        let (stamp, text) = record.split_once(" : ").or_else(|| {
            // An empty text may have lost its blank.
            Some((record.strip_suffix(" :")?, ""))
        })?;
        let (time, year) = stamp.split_once(" UTC ")?;
        let stamp = format!("{time} {year}");
        let (stamp, rest) = clock::ctime(&stamp)?;
        rest.is_empty().then(|| Self { id: None, time: Some(stamp.is_utc().time(0)), text })
    }
}

#[derive(Clone)]
struct Reader {
    /// The request that the lines are about, where they do not say so themselves.
    id: Option<String>,
    lessons: u32,
}

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        if let Some(id) = header(record) {
            self.id = Some(id.to_owned());
            self.lessons += 1;
            return Ok(Decoded::NotARecord);
        }
        let line = Line::read(record).ok_or(DecodeError::NotMine)?;
        if line.id.is_none() && self.id.is_none() && !message::is_known(line.text) {
            return Err(DecodeError::NotMine);
        }
        if let Some(time) = line.time {
            row.time(time);
        }
        if let Some(id) = line.id.or(self.id.as_deref()) {
            row.put(REQUEST, Value::Str(id));
        }
        message::put(row, line.text);
        Ok(Decoded::Event)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }

    fn may_learn(&self, record: &[u8]) -> bool {
        memchr::memmem::find(record, b"Execution log for request ").is_some()
    }

    fn lessons(&self) -> u32 {
        self.lessons
    }
}
