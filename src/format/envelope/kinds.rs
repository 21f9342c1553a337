//! Envelopes that are JSON objects: by which members each is known, and which of them is the
//! payload.
//!
//! Sources: the documentation of Amazon EventBridge, SNS, SQS, CloudWatch Logs, CloudTrail, Data
//! Firehose (requests to addresses and to functions) and Lambda event sources; of Docker's json-file
//! driver; of the exports of OpenSearch and Elastic, Splunk (search results and the HTTP event
//! collector), Datadog, and Elastic's agents.

use super::packed::{self, Unsound};
use super::{Around, Fallback, Head, Peeled, chosen};
use crate::event::Time;
use crate::event::paired;
use crate::format::frame::DEEPEST;
use crate::format::probe::Filter;
use crate::format::scan::Scan;
use crate::format::{Probe, clock, key};
use serde_json::Value;
use std::borrow::Cow;
use std::sync::LazyLock;

/// How the payload stands in its member.
#[derive(Clone, Copy)]
enum Packing {
    /// As it is, or as a string.
    Plain,
    /// In base64, and compressed or not.
    Base64,
}

struct Kind {
    /// Members that are there.
    signs: &'static [&'static str],
    /// The member that is the payload; behind a dot, a member of it.
    payload: &'static str,
    packing: Packing,
    time: &'static str,
    /// Only within what has the head of a log stream, or names one itself.
    in_stream: bool,
    /// Members that none has: a program that writes in this form itself does.
    unless: &'static [&'static str],
    /// Members of which it may have some, if it may have no others.
    only: &'static [&'static str],
    around: Around,
}

const fn kind(signs: &'static [&'static str], payload: &'static str, time: &'static str) -> Kind {
    Kind {
        signs,
        payload,
        packing: Packing::Plain,
        time,
        in_stream: false,
        unless: &[],
        only: &[],
        around: Around::Transport,
    }
}

const fn base64(signs: &'static [&'static str], payload: &'static str) -> Kind {
    Kind { packing: Packing::Base64, ..kind(signs, payload, "") }
}

const fn copy(signs: &'static [&'static str], payload: &'static str, time: &'static str) -> Kind {
    Kind { around: Around::Copy, ..kind(signs, payload, time) }
}

/// The same, unless the record is of a program that logs so by itself: then its message has its
/// users' text in it.
const fn shipped(signs: &'static [&'static str], payload: &'static str) -> Kind {
    Kind { unless: &LOGGERS, ..copy(signs, payload, "@timestamp") }
}

/// Only if it has nothing but what Datadog's API answers with.
const fn answered(signs: &'static [&'static str], payload: &'static str) -> Kind {
    Kind { only: &ANSWER, ..copy(signs, payload, "timestamp") }
}

/// What the logs of programs have, and what is shipped of other logs has not.
const LOGGERS: [&str; 6] =
    ["level", "levelname", "severity", "logger", "logger_name", "thread_name"];

/// Members of what is sent to Splunk's collector, only the first of which has to be there.
const COLLECTED: [&str; 7] = ["event", "time", "host", "source", "sourcetype", "index", "fields"];

/// Members of Datadog's `LogAttributes`.
const ANSWER: [&str; 7] =
    ["attributes", "host", "message", "service", "status", "tags", "timestamp"];

/// The first that fits is it.
const KINDS: [Kind; 40] = [
    // EventBridge, SNS, SQS, and what Lambda functions are given of them.
    Kind { around: Around::Event, ..kind(&["detail-type", "detail"], "detail", "time") },
    kind(&["TopicArn", "Message"], "Message", "Timestamp"),
    kind(&["EventSource", "EventSubscriptionArn", "Sns"], "Sns", ""),
    kind(&["MessageId", "Body"], "Body", ""),
    kind(&["messageId", "body", "eventSource"], "body", ""),
    base64(&["kinesis", "eventSource"], "kinesis.data"),
    base64(&["awslogs"], "awslogs.data"),
    base64(&["SequenceNumber", "Data"], "Data"),
    base64(&["recordId", "data"], "data"),
    Kind { only: &["data"], ..base64(&["data"], "data") },
    // CloudTrail's LookupEvents, and CloudWatch Logs.
    kind(&["CloudTrailEvent"], "CloudTrailEvent", ""),
    kind(&["eventJson"], "eventJson", ""),
    Kind { in_stream: true, ..kind(&["timestamp", "message"], "message", "timestamp") },
    kind(&["@timestamp", "@message"], "@message", "@timestamp"),
    kind(&["@ptr", "@message"], "@message", ""),
    // Containers.
    kind(&["log", "stream", "time"], "log", "time"),
    kind(&["log", "container_id", "container_name"], "log", ""),
    // Splunk.
    kind(&["result", "preview"], "result", ""),
    kind(&["_raw", "_time"], "_raw", "_time"),
    kind(&["_raw", "_bkt"], "_raw", ""),
    kind(&["_raw", "sourcetype"], "_raw", ""),
    kind(&["event", "sourcetype"], "event", "time"),
    Kind { only: &COLLECTED, ..copy(&["event"], "event", "time") },
    // OpenSearch and Elastic.
    kind(&["_index", "_source"], "_source", ""),
    // The original goes before a message, which may be anything that was made of it.
    copy(&["event.original"], "event.original", "@timestamp"),
    copy(&["@timestamp", "event"], "event.original", "@timestamp"),
    copy(&["event", "message"], "event.original", "@timestamp"),
    copy(&["@timestamp", "message", "agent", "input"], "message", "@timestamp"),
    shipped(&["@timestamp", "@version", "message"], "message"),
    // Fluent Bit and Fluentd.
    kind(&["@timestamp", "log", "stream"], "log", "@timestamp"),
    kind(&["@timestamp", "log", "kubernetes"], "log", "@timestamp"),
    shipped(&["@timestamp", "log"], "log"),
    // Datadog: what its API answers, and its archives.
    kind(&["id", "type", "attributes"], "attributes", ""),
    // Who sends JSON has no message, but members of it.
    copy(&["message", "status", "tags", "timestamp"], "message", "timestamp"),
    copy(&["attributes", "status", "tags", "timestamp"], "attributes", "timestamp"),
    answered(&["attributes", "message", "timestamp"], "message"),
    answered(&["attributes", "timestamp"], "attributes"),
    copy(&["_id", "date", "message", "attributes", "service", "tags"], "message", "date"),
    copy(&["_id", "date", "attributes", "status", "tags"], "attributes", "date"),
    // What pipelines into OpenSearch and Elastic have at least.
    shipped(&["@timestamp", "message"], "message"),
];

impl Kind {
    /// Whether a record has the members of such an envelope.
    fn fits(&self, probe: &Probe<'_>) -> bool {
        let has_others = || probe.names().iter().any(|name| !self.only.contains(&&**name));
        probe.has_all(self.signs)
            && !self.unless.iter().any(|name| probe.has(name))
            && (self.only.is_empty() || !has_others())
    }
}

/// Names of which every envelope around something packed has one.
pub(super) fn signs_of_packed() -> impl Iterator<Item = &'static str> {
    let packed = KINDS.iter().filter(|kind| matches!(kind.packing, Packing::Base64));
    packed.map(|kind| kind.signs[0])
}

/// Names of which every envelope has one.
static SIGNS: LazyLock<Filter> =
    LazyLock::new(|| Filter::of(KINDS.iter().map(|kind| kind.signs[0])));

/// Names of which every envelope around something packed has one.
static PACKED: LazyLock<Filter> = LazyLock::new(|| Filter::of(signs_of_packed()));

/// Why nothing comes out of an envelope that holds something packed, if that is so.
pub(in crate::format) fn unsound(probe: &Probe<'_>) -> Option<Unsound> {
    if !probe.is_object() || !probe.may_have_any(*PACKED) {
        return None;
    }
    let packed = KINDS.iter().filter(|kind| matches!(kind.packing, Packing::Base64));
    let kind = packed.into_iter().find(|kind| kind.fits(probe))?;
    packed::unsound(&text(payload(probe, kind)?)?)
}

/// The payload as it stands in an envelope of this kind.
fn payload<'a>(probe: &Probe<'a>, kind: &Kind) -> Option<&'a str> {
    match kind.payload.split_once('.') {
        Some((outer, inner)) if !kind.signs.contains(&kind.payload) => {
            members(probe.raw(outer)?, [inner])[0]
        }
        _ => probe.raw(kind.payload),
    }
}

/// The names that each envelope has.
static EACH: LazyLock<[Filter; KINDS.len()]> =
    LazyLock::new(|| KINDS.each_ref().map(|kind| Filter::of(kind.signs.iter().copied())));

/// Takes the envelope off that the record is.
pub(super) fn peel<'a>(probe: &Probe<'a>, head: &Head) -> Option<Peeled<'a>> {
    if !probe.may_have_any(*SIGNS) {
        return chosen::peel(probe);
    }
    let in_stream = || head.stream || probe.has("ingestionTime") || probe.has("logStreamName");
    KINDS
        .iter()
        .zip(&*EACH)
        .filter(|(kind, signs)| probe.may_have_all(**signs) && kind.fits(probe))
        .filter(|(kind, _)| !kind.in_stream || in_stream())
        .find_map(|(kind, _)| open(probe, kind))
        .or_else(|| chosen::peel(probe))
}

fn open<'a>(probe: &Probe<'a>, kind: &Kind) -> Option<Peeled<'a>> {
    let names = [
        kind.time,
        "account",
        "region",
        "awsRegion",
        "logStreamName",
        "host",
        "type",
        "extractedFields",
        "@owner",
        "@log",
    ];
    let [time, account, region, lambda_region, stream, host, type_, fields, whose, log] =
        names.map(|name| if name.is_empty() { None } else { probe.raw(name) });
    let payload = payload(probe, kind)?;
    let at = payload.as_ptr().addr().wrapping_sub(probe.record.as_ptr().addr());
    let at = Some(at..at.wrapping_add(payload.len()));
    // What Datadog's API answers says that it is a log; others have such members too.
    if kind.signs.contains(&"type") && type_.and_then(text).as_deref() != Some("log") {
        return None;
    }
    let payload = match kind.packing {
        Packing::Plain => unwrapped(payload)?,
        Packing::Base64 => Cow::Owned(packed::unpacked(&text(payload)?)?),
    };
    if matches!(kind.around, Around::Copy) && payload.is_empty() {
        return None;
    }
    let owned = |raw: Option<&str>| raw.and_then(text).map(Cow::into_owned);
    // Of groups that gather those of other accounts and regions.
    let gathered = fields.map(|fields| members(fields, ["@aws.account", "@aws.region"]));
    let [from_account, from_region] = gathered.unwrap_or_default().map(owned);
    // Of those who keep more of a host than its name.
    let own_name = owned(host.and_then(|host| members(host, ["name"])[0]));
    let said = stream.and_then(text).map(|name| key::read(&name)).unwrap_or_default();
    let fallback = Fallback {
        time: time.and_then(instant),
        account: owned(account)
            .filter(|_| kind.payload == "detail")
            .or(from_account)
            .or(owned(whose).filter(|whose| is_account(whose)))
            .or(log.and_then(text).and_then(|log| owner_of(&log).map(str::to_owned)))
            .or(said.account.clone()),
        region: owned(region)
            .filter(|_| kind.payload == "detail")
            .or(from_region)
            .or(owned(lambda_region)),
        host: owned(host).or(own_name).filter(|host| !host.is_empty()),
        ..said
    };
    let packed = matches!(kind.packing, Packing::Base64);
    Some(Peeled { payload, fallback, around: kind.around, packed, at })
}

/// A row of a Logs Insights answer: `[{"field":"@message","value":"…"}, …]`. Its message, or else
/// its fields as an object; one of `CloudTrail` Lake, too: `[{"eventName":"…"}, …]`.
pub(super) fn peel_fields(record: &str) -> Option<Peeled<'_>> {
    #[derive(serde::Deserialize)]
    struct Cell<'a> {
        #[serde(borrow)]
        field: Cow<'a, str>,
        #[serde(borrow)]
        value: Cow<'a, str>,
    }
    let text = paired(record);
    let Ok(cells) = serde_json::from_str::<Vec<Cell<'_>>>(&text) else {
        return peel_columns(record);
    };
    let find = |name: &str| cells.iter().position(|cell| cell.field == name);
    let fallback = || {
        let stamp = find("@timestamp").and_then(|at| clock::read(&cells[at].value));
        // The service answers in UTC and does not say so.
        let time = stamp.map(|(stamp, _)| stamp.is_utc().time(0));
        let stream = find("@logStream").map(|at| key::read(&cells[at].value)).unwrap_or_default();
        let owner = find("@log").and_then(|at| owner_of(&cells[at].value)).map(str::to_owned);
        Fallback { time, account: owner.or(stream.account.clone()), ..stream }
    };
    let fallback = fallback();
    if let Some(at) = find("@message") {
        let payload = Cow::Owned(cells.into_iter().nth(at)?.value.into_owned());
        return Some(Peeled { fallback, ..Peeled::plain(payload) });
    }
    let fields = cells.iter().filter(|cell| cell.field != "@ptr");
    let object: serde_json::Map<String, Value> = fields
        .map(|cell| (cell.field.to_string(), Value::String(cell.value.to_string())))
        .collect();
    let payload = (!object.is_empty()).then(|| Value::Object(object).to_string())?;
    Some(Peeled { fallback, ..Peeled::plain(Cow::Owned(payload)) })
}

/// A row whose columns are objects of one member each, as an object.
fn peel_columns(record: &str) -> Option<Peeled<'_>> {
    let columns: Vec<serde_json::Map<String, Value>> =
        serde_json::from_str(&paired(record)).ok()?;
    let is_row = !columns.is_empty() && columns.iter().all(|column| column.len() == 1);
    let object = || columns.into_iter().flatten().collect();
    let payload = is_row.then(|| Value::Object(object()).to_string())?;
    Some(Peeled::plain(Cow::Owned(payload)))
}

/// The account in the name of a log group as Logs Insights has it in `@log`: `ACCOUNT:GROUP`.
fn owner_of(log: &str) -> Option<&str> {
    log.split_once(':').map(|(owner, _)| owner).filter(|owner| is_account(owner))
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The values of the members of these names, as they stand, of an object that is good JSON as far
/// as it goes. Of members given twice the last counts.
pub(super) fn members<'a, const N: usize>(
    record: &'a str,
    names: [&str; N],
) -> [Option<&'a str>; N] {
    let mut found = [None; N];
    let mut scan = Scan::new(record);
    if scan.peek() != Some(b'{') {
        return found;
    }
    let Ok(room) = scan.open(DEEPEST) else { return found };
    let mut first = true;
    while let Ok(Some(name)) = scan.key(first) {
        first = false;
        scan.peek();
        let from = scan.at();
        if scan.skip(room).is_err() {
            break;
        }
        if let Some(at) = names.iter().position(|known| !known.is_empty() && *known == name) {
            found[at] = Some(&record[from..scan.at()]);
        }
    }
    found
}

/// A string's text. What has a quote in its middle is none, but a line of a table.
pub(super) fn text(raw: &str) -> Option<Cow<'_, str>> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    if inner.contains('\\') {
        serde_json::from_str(&paired(raw)).ok().map(Cow::Owned)
    } else {
        (!inner.contains('"')).then_some(Cow::Borrowed(inner))
    }
}

/// An object or array as it stands, a string's text.
fn unwrapped(raw: &str) -> Option<Cow<'_, str>> {
    match raw.as_bytes().first()? {
        b'{' | b'[' => Some(Cow::Borrowed(raw)),
        b'"' => text(raw),
        _ => None,
    }
}

/// Text in any form that has date and time, or a number; no zone is UTC, as these services write.
pub(super) fn instant(raw: &str) -> Option<Time> {
    if let Some(time) = clock::epoch(raw) {
        return Some(time);
    }
    let text = text(raw)?;
    clock::epoch(&text).or_else(|| Some(clock::read(&text)?.0.time(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_cells_in_quotes_is_no_string() {
        assert_eq!(text(r#""a b""#).as_deref(), Some("a b"));
        assert_eq!(text(r#""a\"b""#).as_deref(), Some("a\"b"));
        assert_eq!(text(r#""a","b""#), None);
        assert_eq!(text(r#""a\\","b""#), None);
    }
}
