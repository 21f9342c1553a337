//! Slow logs of OpenSearch and Elasticsearch, and what the program itself writes in the same
//! layout: text with brackets, or JSON.
//!
//! Source: the OpenSearch documentation, "Logs", and the OpenSearch Service developer guide,
//! "Monitoring OpenSearch logs". Times without a zone are those of the node; the service's are UTC,
//! which cannot be told from the line.

use super::words::{bracketed, value};
use crate::event::{
    Class, FieldDef, Kind, Outcome, Role, Row, Schema, Value, fields, schema::slots,
};
use crate::format::clock::{self, Stamp};
use crate::format::members::Rule::{self, Note, Put, PutNote, Skip};
use crate::format::members::{Memo, Scalar, Values, put};
use crate::format::objects::Objects;
use crate::format::{
    Context, DecodeError, Decoded, Decoder, Format, Join, Match, Probe, put_class, put_outcome,
    schema,
};
use std::sync::{Arc, LazyLock};

slots! {
    EVENT = fields::EVENT,
    EVENT_SOURCE = fields::EVENT_SOURCE,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    _ACCOUNT = fields::ACCOUNT,
    _REGION = fields::REGION,
    RESOURCE = fields::RESOURCE,
    DURATION = fields::DURATION,
    HOST = fields::HOST,
    SEVERITY = fields::SEVERITY,
    MESSAGE = fields::MESSAGE,
    LEVEL = FieldDef::new("opensearch.level", Kind::Str, Role::Text, "INFO, WARN …"),
    CLUSTER = FieldDef::new("opensearch.cluster", Kind::Str, Role::Resource, "the member of this name, verbatim"),
    SHARD = FieldDef::new("opensearch.shard", Kind::Str, Role::Text, "shard of the index"),
    SEARCH = FieldDef::new("opensearch.search_type", Kind::Str, Role::Text, "how it searches"),
    HITS = FieldDef::new("opensearch.total_hits", Kind::Str, Role::Text, "how many it found"),
    DOCUMENT = FieldDef::new("opensearch.document_id", Kind::Id, Role::Request, "the document, or the task, verbatim"),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("opensearch_slow", "OpenSearch logs", FIELDS));

pub(in crate::format::databases) struct Slow;

impl Format for Slow {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Slow, error and application logs of OpenSearch and Elasticsearch, as text or JSON."
    }

    fn limits(&self) -> &'static str {
        "Only what took longer than the thresholds of an index is there, by shard: one search may \
         be many records, and none says who searched."
    }

    fn join(&self) -> Join {
        Join::Begins(|_, line| {
            let head = &line[..line.len().min(256)];
            let valid = head.utf8_chunks().next().map_or("", |chunk| chunk.valid());
            Line::read(valid).is_some()
        })
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        if probe.is_object() {
            let is = probe.has_all(&["type", "timestamp", "level", "component", "node.name"])
                || probe.has_all(&["@timestamp", "log.level", "elasticsearch.node.name"]);
            return Match::certain_if(is);
        }
        Match::certain_if(Line::read(probe.record).is_some())
    }

    fn start(&self, context: &Context, _: &[String]) -> Box<dyn Decoder> {
        let zone_seconds = context.zone_seconds;
        let objects =
            Objects { fields: FIELDS, level: Memo::new(member), time, fill, zone_seconds };
        Box::new(Reader { objects })
    }
}

/// `[2026-03-04T10:42:02,113][WARN ][component] [node] message`
struct Line<'a> {
    stamp: Stamp,
    level: &'a str,
    component: &'a str,
    node: &'a str,
    message: &'a str,
}

impl<'a> Line<'a> {
    fn read(record: &'a str) -> Option<Self> {
        let (time, rest) = bracketed(record)?;
        let (stamp, left) = clock::iso(time)?;
        let (level, rest) = bracketed(rest)?;
        let (component, rest) = bracketed(rest)?;
        let is_level = matches!(
            level,
            "TRACE" | "DEBUG" | "INFO" | "WARN" | "ERROR" | "FATAL" | "DEPRECATION" | "CRITICAL"
        );
        if !left.is_empty() || !is_level {
            return None;
        }
        let rest = rest.trim_start();
        // Two brackets next to each other are the index and its shard, and no node.
        let (node, message) = match bracketed(rest) {
            Some((node, rest)) if !rest.starts_with('[') => (node, rest.trim_start()),
            _ => ("", rest),
        };
        Some(Self { stamp, level, component, node, message })
    }
}

#[derive(Clone)]
struct Reader {
    objects: Objects,
}

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        if record.starts_with('{') {
            return self.objects.decode(record, row);
        }
        let Some(line) = Line::read(record) else { return Err(DecodeError::NotMine) };
        line.stamp.put(row, self.objects.zone_seconds);
        let put = |row: &mut dyn Row, slot, text| put(row, &FIELDS[slot], slot, Scalar::Text(text));
        put(row, HOST, line.node);
        put(row, LEVEL, line.level);
        put(row, EVENT_SOURCE, line.component);
        put_severity(row, line.level);
        let message = line.message;
        let millis = value(message, "took_millis").and_then(|millis| millis.parse::<f64>().ok());
        if let Some(millis) = millis {
            row.put(DURATION, Value::Float(millis / 1000.0));
        }
        if millis.is_some() || value(message, "took").is_some() {
            let (index, shard) = index(message);
            let source = value(message, "source").filter(|source| !source.is_empty());
            for (slot, text) in [
                (EVENT, phase(line.component)),
                (RESOURCE, index),
                (SHARD, shard),
                (SEARCH, value(message, "search_type").unwrap_or("")),
                (HITS, value(message, "total_hits").unwrap_or("")),
                (DOCUMENT, value(message, "id").unwrap_or("")),
                (MESSAGE, source.unwrap_or(message)),
            ] {
                put(row, slot, text);
            }
            put_class(row, CLASS, slow_class(line.component));
            put_outcome(row, OUTCOME, Outcome::Success);
        } else {
            put(row, EVENT, line.level);
            put(row, MESSAGE, message);
            put_class(row, CLASS, Class::Other);
            put_outcome(row, OUTCOME, failed(line.level));
        }
        Ok(Decoded::Event)
    }

    fn decode_first(&mut self, text: &str, row: &mut dyn Row) -> Option<usize> {
        self.objects.decode_first(text, row)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }
}

/// `[index][0] took[…]` or `[index/uuid] took[…]`
fn index(message: &str) -> (&str, &str) {
    let Some((index, rest)) = bracketed(message) else { return ("", "") };
    let shard = bracketed(rest).map_or("", |(shard, _)| shard);
    (index.split('/').next().unwrap_or(index), shard)
}

/// The last part of `index.search.slowlog.query`.
fn phase(component: &str) -> &str {
    component.rsplit('.').next().unwrap_or(component)
}

fn slow_class(component: &str) -> Class {
    if component.contains("indexing")
        || component.starts_with("i.i.")
        || component.ends_with("index")
    {
        Class::DataWrite
    } else {
        Class::DataRead
    }
}

fn failed(level: &str) -> Outcome {
    if matches!(level, "ERROR" | "FATAL") { Outcome::Failure } else { Outcome::Unknown }
}

fn put_severity(row: &mut dyn Row, level: &str) {
    let severity = match level {
        "FATAL" | "CRITICAL" => 9.0,
        "ERROR" => 6.0,
        "WARN" => 4.0,
        _ => 0.0,
    };
    row.put(SEVERITY, Value::Float(severity));
}

// What is kept aside.
const TIME: usize = 0;
const LEVEL_OF: usize = 1;
const COMPONENT: usize = 2;
const TEXT: usize = 3;
const MILLIS: usize = 4;
const SOURCE: usize = 5;
const TYPE: usize = 6;

fn time(values: &Values<'_, '_>) -> Option<Stamp> {
    values.note(TIME).and_then(clock::iso).map(|(stamp, _)| stamp)
}

fn fill(values: &mut Values<'_, '_>) -> bool {
    if values.note(LEVEL_OF).is_none() || values.note(TIME).is_none() {
        return false;
    }
    let note = |note| values.note(note).unwrap_or("").to_owned();
    let (level, component, message) = (note(LEVEL_OF), note(COMPONENT), note(TEXT));
    let (millis, source, kind) = (note(MILLIS), note(SOURCE), note(TYPE));
    let level = level.trim();
    put_severity(values.row, level);
    values.text(LEVEL, level);
    if let Some(seconds) = millis.parse::<f64>().ok().filter(|millis| millis.is_finite()) {
        values.row.put(DURATION, Value::Float(seconds / 1000.0));
        let (index, shard) = index(&message);
        values.text(EVENT, phase(&component));
        values.text(RESOURCE, index);
        values.text(SHARD, shard);
        values.text(MESSAGE, if source.is_empty() { &message } else { &source });
        let class = slow_class(if kind.is_empty() { &component } else { &kind });
        put_class(values.row, CLASS, class);
        put_outcome(values.row, OUTCOME, Outcome::Success);
    } else {
        values.text(EVENT, level);
        values.text(MESSAGE, &message);
        put_class(values.row, CLASS, Class::Other);
        put_outcome(values.row, OUTCOME, failed(level));
    }
    true
}

fn member(key: &str) -> Rule {
    match key.strip_prefix("elasticsearch.slowlog.").unwrap_or(key) {
        "timestamp" | "@timestamp" => Note(TIME),
        "level" | "log.level" => Note(LEVEL_OF),
        "component" | "log.logger" => PutNote(EVENT_SOURCE, COMPONENT),
        "message" => Note(TEXT),
        "took_millis" => Note(MILLIS),
        "source" => Note(SOURCE),
        "type" | "event.dataset" => Note(TYPE),
        "cluster.name" | "elasticsearch.cluster.name" => Put(CLUSTER),
        "node.name" | "elasticsearch.node.name" => Put(HOST),
        "search_type" => Put(SEARCH),
        "total_hits" => Put(HITS),
        "id" => Put(DOCUMENT),
        _ => Skip,
    }
}
