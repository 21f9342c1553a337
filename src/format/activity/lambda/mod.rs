//! Logs of Lambda functions: what the platform writes of each call, as text or as JSON, and what
//! the program writes, with the heads of the common runtimes.
//!
//! Source: the Lambda developer guide, "Working with Lambda function logs", "JSON and plain text
//! log formats" and "Lambda Telemetry API Event schema reference".

mod json;
mod text;

use super::level;
use crate::event::{
    Class, FieldDef, Kind, Outcome, Role, Row, Schema, Value, fields, schema::slots,
};
use crate::format::arn::Arn;
use crate::format::clock::{self, Stamp};
use crate::format::members::{Memo, Values};
use crate::format::{
    Clock, Context, DecodeError, Decoded, Decoder, Delivery, Format, Join, Match, Probe, put_class,
    put_outcome, schema,
};
use std::sync::{Arc, LazyLock};
use text::Line;

const fn text(name: &'static str, role: Role, help: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Str, role, help)
}

const fn number(name: &'static str, help: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Float, Role::Text, help)
}

slots! {
    EVENT = fields::EVENT,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    CODE = fields::CODE,
    ACCOUNT = fields::ACCOUNT,
    REGION = fields::REGION,
    RESOURCE = fields::RESOURCE,
    DURATION = fields::DURATION,
    REQUEST = fields::REQUEST,
    TRACE = fields::TRACE,
    SEVERITY = fields::SEVERITY,
    MESSAGE = fields::MESSAGE,
    VERSION = text("lambda.version", Role::Text, "version of the function"),
    LEVEL = text("lambda.level", Role::Text, "level of the message"),
    STATUS = text("lambda.status", Role::Text, "how a call or a phase ended, such as timeout"),
    PHASE = text("lambda.phase", Role::Text, "the phase that a report is about"),
    RUNTIME = text("lambda.runtime", Role::Text, "runtime and its version"),
    BILLED = number("lambda.billed_ms", "milliseconds that are paid for"),
    INIT = number("lambda.init_ms", "milliseconds that it took to begin"),
    MEMORY = number("lambda.memory_mb", "memory that the function may use"),
    MEMORY_USED = number("lambda.memory_used_mb", "memory that it used at most"),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("lambda", "Lambda functions", FIELDS));

pub(super) struct Lambda;

impl Format for Lambda {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Logs of Lambda functions: lines and JSON events of the platform, messages of the program."
    }

    fn delivery(&self) -> Delivery {
        Delivery {
            cadence: "as functions run, within seconds",
            guarantee: "best effort: what a function writes as it is stopped may be missing",
            clock: Clock::Aws,
            ..Delivery::UNKNOWN
        }
    }

    fn limits(&self) -> &'static str {
        "Of a call there is only what the program chose to write; who called is in CloudTrail, if \
         invocations are recorded. Whoever runs code in a function can write any of these lines."
    }

    fn join(&self) -> Join {
        Join::Begins(text::begins)
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        if !probe.is_object() {
            return match Line::read(probe.record) {
                Some(line) if line.request.is_empty() && line.stamp.is_none() => Match::Likely,
                Some(_) => Match::Certain,
                None => Match::No,
            };
        }
        if probe.has_all(&["time", "type", "record"]) {
            let kind = probe.text("type").unwrap_or_default();
            return Match::certain_if(
                kind.starts_with("platform.") || kind == "function" || kind == "extension",
            );
        }
        let leveled = probe.has_all(&["timestamp", "level"]);
        if leveled && (probe.has("AWSRequestId") || probe.has("function_request_id")) {
            return Match::Certain;
        }
        let named = probe.has("message") || probe.has("errorType");
        if leveled && named && probe.has("requestId") { Match::Likely } else { Match::No }
    }

    fn start(&self, context: &Context, sample: &[String]) -> Box<dyn Decoder> {
        let is_own = |text: &String| Line::read(text).is_some_and(|line| !line.event.is_empty());
        let zone_seconds = context.zone_seconds;
        let (is_own, members) = (sample.iter().any(is_own), Memo::new(json::record));
        Box::new(Reader { is_own, zone_seconds, members })
    }
}

#[derive(Clone)]
struct Reader {
    /// The object is a function's log for certain, so that any text in it is the program's.
    is_own: bool,
    zone_seconds: i32,
    /// Of records that are JSON.
    members: Memo,
}

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        if record.starts_with('{') {
            self.json(record, row)?;
        } else {
            let own = Line { message: record, ..Line::default() };
            let line = Line::read(record).or(self.is_own.then_some(own));
            self.text(&line.ok_or(DecodeError::NotMine)?, row);
        }
        Ok(Decoded::Event)
    }

    fn decode_first(&mut self, text: &str, row: &mut dyn Row) -> Option<usize> {
        let mut values = Values::new(row, FIELDS);
        let length = values.read_first(text, &mut self.members).ok()?;
        self.fill(&mut values).then_some(length)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }
}

impl Reader {
    fn text(&self, line: &Line<'_>, row: &mut dyn Row) {
        if let Some(stamp) = line.stamp {
            stamp.is_utc().put(row, self.zone_seconds);
        }
        let label = |name| line.label(name).unwrap_or_default();
        let arn = label("Runtime Version ARN");
        let region = Arn::read(arn).and_then(|arn| arn.region).unwrap_or_default();
        let status = label("Status");
        let error = if line.error.is_empty() { label("Error Type") } else { line.error };
        for (slot, text) in [
            (EVENT, line.event),
            (REQUEST, line.request),
            (LEVEL, line.level),
            (MESSAGE, if line.labels.is_empty() { line.message } else { line.labels.trim() }),
            (CODE, error),
            (VERSION, label("Version")),
            (RUNTIME, label("Runtime Version")),
            (REGION, region),
            (STATUS, status),
            (PHASE, label("Phase")),
            (TRACE, label("XRAY TraceId")),
        ] {
            if !text.is_empty() {
                row.put(slot, Value::Str(text));
            }
        }
        for (slot, name) in [
            (BILLED, "Billed Duration"),
            (INIT, "Init Duration"),
            (MEMORY, "Memory Size"),
            (MEMORY_USED, "Max Memory Used"),
        ] {
            if let Some(number) = line.number(name) {
                row.put(slot, Value::Float(number));
            }
        }
        put_duration(row, line.number("Duration"));
        put_end(row, !line.event.is_empty(), line.level, (status, !line.error.is_empty()));
    }

    fn json(&mut self, record: &str, row: &mut dyn Row) -> Result<(), DecodeError> {
        let mut values = Values::new(row, FIELDS);
        if let Err(error) = values.read_by(record, &mut self.members) {
            let time = stamp(&values).map(|stamp| stamp.time(self.zone_seconds));
            return Err(DecodeError::Broken { reason: format!("no good JSON: {error}"), time });
        }
        if self.fill(&mut values) { Ok(()) } else { Err(DecodeError::NotMine) }
    }

    /// Puts what an object tells; whether it is of a function.
    fn fill(&self, values: &mut Values<'_, '_>) -> bool {
        let stamp = stamp(values);
        let owned = |note| values.note(note).map(str::to_owned);
        let (kind, inner, level) = (owned(json::TYPE), owned(json::TEXT), owned(json::IN_LEVEL));
        let (status, trace) = (owned(json::IN_STATUS), owned(json::TRACE_HEADER));
        let arn = owned(json::ARN).or(owned(json::RUNTIME_ARN));
        let platform = kind.as_deref().is_some_and(|kind| kind.starts_with("platform."));
        let has = |note| values.note(note).is_some();
        let passed_on = kind.is_some() && inner.is_some();
        if !(platform || passed_on || has(json::REQUEST_ID)) {
            return false;
        }
        let failed = has(json::ERROR);
        let duration = values.note(json::DURATION_MS).and_then(|number| number.parse::<f64>().ok());
        put_duration(values.row, duration);
        values.put_note(MESSAGE, json::MESSAGE_TEXT);
        values.text(EVENT, kind.as_deref().unwrap_or_default());
        values.text(TRACE, root(trace.as_deref().unwrap_or_default()));
        if let Some(arn) = arn.as_deref().and_then(Arn::read) {
            values.text(REGION, arn.region.unwrap_or_default());
            values.text(ACCOUNT, arn.account.unwrap_or_default());
        }
        // What the platform passes on as the program wrote it.
        if let Some(inner) = inner.filter(|_| !platform) {
            let inner = inner.trim_end();
            let own = Line { message: inner, ..Line::default() };
            self.text(&Line::read(inner).unwrap_or(own), values.row);
            values.text(EVENT, kind.as_deref().unwrap_or_default());
        } else {
            let status = status.unwrap_or_default();
            put_end(values.row, platform, &level.unwrap_or_default(), (&status, failed));
        }
        if let Some(stamp) = stamp {
            stamp.put(values.row, self.zone_seconds);
        }
        true
    }
}

fn stamp(values: &Values<'_, '_>) -> Option<Stamp> {
    values.note(json::TIME).and_then(clock::any)
}

/// Milliseconds come with two digits, or with three.
fn put_duration(row: &mut dyn Row, millis: Option<f64>) {
    if let Some(millis) = millis.filter(|number| number.is_finite()) {
        row.put(DURATION, Value::Float((millis * 1e3).round() / 1e6));
    }
}

/// What kind of thing it is, and how it ended.
fn put_end(row: &mut dyn Row, platform: bool, level: &str, (status, failed): (&str, bool)) {
    let failed = failed || level::is_failure(level);
    let outcome = match status {
        "success" if !failed => Outcome::Success,
        "failure" | "error" | "timeout" => Outcome::Failure,
        _ if failed => Outcome::Failure,
        _ => Outcome::Unknown,
    };
    let class = match (outcome, platform) {
        (Outcome::Failure, _) => Class::SystemError,
        (_, true) => Class::Process,
        (_, false) => Class::Other,
    };
    put_class(row, CLASS, class);
    put_outcome(row, OUTCOME, outcome);
    if let Some(severity) = level::severity(level) {
        row.put(SEVERITY, Value::Float(severity));
    }
}

/// The trace's id in what X-Ray sends along: `Root=1-...;Parent=...;Sampled=1`.
fn root(header: &str) -> &str {
    let first = header.split(';').find_map(|part| part.trim().strip_prefix("Root="));
    first.unwrap_or(header)
}
