//! What is put around records for transport: EventBridge, SNS, CloudWatch Logs, LookupEvents,
//! container logs. An envelope gives what the record itself does not say.

use crate::event::Time;
use crate::event::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// What an envelope, or the object's name, knows of the record in it; used where the record is
/// silent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Fallback {
    pub(super) time: Option<Time>,
    pub(super) account: Option<String>,
    pub(super) region: Option<String>,
    pub(super) instance: Option<String>,
    pub(super) interface: Option<String>,
}

impl Fallback {
    /// The inner envelope knows better.
    pub(super) fn over(self, outer: &Self) -> Self {
        Self {
            time: self.time.or(outer.time),
            account: self.account.or_else(|| outer.account.clone()),
            region: self.region.or_else(|| outer.region.clone()),
            instance: self.instance.or_else(|| outer.instance.clone()),
            interface: self.interface.or_else(|| outer.interface.clone()),
        }
    }
}

/// The members of an envelope that holds many records, before them.
#[derive(Debug, Clone, Default)]
pub(super) struct Head {
    pub(super) fallback: Fallback,
    /// The records are messages of a log stream.
    pub(super) stream: bool,
    /// A control message of CloudWatch Logs: its elements are no records.
    pub(super) control: bool,
}

/// What was in an envelope.
pub(super) struct Peeled<'a> {
    pub(super) payload: Cow<'a, str>,
    pub(super) fallback: Fallback,
    /// The envelope is an event itself, which says more than what is in it where nobody knows
    /// that: EventBridge's.
    pub(super) is_event: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HeadMembers<'a> {
    #[serde(borrow)]
    message_type: Option<Cow<'a, str>>,
    owner: Option<Cow<'a, str>>,
}

impl Head {
    /// Reads a head that ends with the opening bracket of the records' array.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let mut text = super::text::of(bytes).into_owned();
        let named = text.trim_end_matches('[').trim_end();
        let stream = named.ends_with("\"logEvents\":") || named.ends_with("\"events\":");
        let stream =
            stream || named.ends_with("\"logEvents\" :") || named.ends_with("\"events\" :");
        text.push_str("]}");
        let members = serde_json::from_str::<HeadMembers<'_>>(&text).ok();
        let (kind, owner) =
            members.map_or((None, None), |members| (members.message_type, members.owner));
        let account = owner.map(Cow::into_owned);
        Self {
            fallback: Fallback { account, ..Fallback::default() },
            stream,
            control: kind.as_deref() == Some("CONTROL_MESSAGE"),
        }
    }
}

/// Every member that tells one envelope from another.
#[derive(Deserialize)]
struct Members<'a> {
    #[serde(borrow, rename = "detail-type")]
    detail_type: Option<&'a RawValue>,
    #[serde(borrow)]
    detail: Option<&'a RawValue>,
    #[serde(borrow)]
    account: Option<&'a RawValue>,
    #[serde(borrow)]
    region: Option<&'a RawValue>,
    #[serde(borrow)]
    time: Option<&'a RawValue>,
    #[serde(borrow, rename = "TopicArn")]
    topic: Option<&'a RawValue>,
    #[serde(borrow, rename = "Message")]
    notice: Option<&'a RawValue>,
    #[serde(borrow, rename = "Timestamp")]
    notice_time: Option<&'a RawValue>,
    #[serde(borrow, rename = "EventSource")]
    handed_by: Option<&'a RawValue>,
    #[serde(borrow, rename = "Sns")]
    handed: Option<&'a RawValue>,
    #[serde(borrow, rename = "CloudTrailEvent")]
    trail_event: Option<&'a RawValue>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
    #[serde(borrow)]
    timestamp: Option<&'a RawValue>,
    #[serde(borrow, rename = "ingestionTime")]
    ingested: Option<&'a RawValue>,
    #[serde(borrow, rename = "logStreamName")]
    stream: Option<&'a RawValue>,
    #[serde(borrow)]
    log: Option<&'a RawValue>,
    #[serde(borrow, rename = "stream")]
    output: Option<&'a RawValue>,
}

/// Takes one envelope off the record; `None` if there is none.
pub(super) fn peel<'a>(record: &'a str, head: &Head, outer: &Fallback) -> Option<Peeled<'a>> {
    let mut is_event = false;
    let (payload, fallback) = if record.starts_with('{') {
        let members = serde_json::from_str::<Members<'_>>(record).ok()?;
        is_event = members.detail_type.is_some() && members.detail.is_some();
        peel_json(&members, head)?
    } else if record.starts_with('"') {
        (text(serde_json::from_str(record).ok()?)?, Fallback::default())
    } else {
        peel_export(record)?
    };
    Some(Peeled { payload, fallback: fallback.over(outer), is_event })
}

fn peel_json<'a>(members: &Members<'a>, head: &Head) -> Option<(Cow<'a, str>, Fallback)> {
    let owned = |raw: Option<&'a RawValue>| raw.and_then(text).map(Cow::into_owned);
    if let (Some(_), Some(detail)) = (members.detail_type, members.detail) {
        let fallback = Fallback {
            time: members.time.and_then(instant),
            account: owned(members.account),
            region: owned(members.region),
            ..Fallback::default()
        };
        return Some((Cow::Borrowed(detail.get()), fallback));
    }
    let timed =
        |raw: Option<&RawValue>| Fallback { time: raw.and_then(instant), ..Fallback::default() };
    if let (Some(_), Some(notice)) = (members.topic, members.notice) {
        // Some write the message as JSON in place of text.
        let object = notice.get().starts_with('{').then(|| Cow::Borrowed(notice.get()));
        return Some((text(notice).or(object)?, timed(members.notice_time)));
    }
    // As SNS hands it to a function.
    if let (Some(_), Some(handed)) = (members.handed_by, members.handed) {
        let object = handed.get().starts_with('{');
        return object.then(|| (Cow::Borrowed(handed.get()), Fallback::default()));
    }
    if let Some(event) = members.trail_event {
        return Some((text(event)?, Fallback::default()));
    }
    let in_stream = head.stream || members.ingested.is_some() || members.stream.is_some();
    if let (true, Some(stamp), Some(message)) = (in_stream, members.timestamp, members.message) {
        return Some((text(message)?, timed(Some(stamp))));
    }
    if let (Some(log), Some(_), Some(time)) = (members.log, members.output, members.time) {
        return Some((text(log)?, timed(Some(time))));
    }
    None
}

/// A string's text.
fn text(raw: &RawValue) -> Option<Cow<'_, str>> {
    let raw = raw.get();
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    if inner.contains('\\') {
        serde_json::from_str(raw).ok().map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(inner))
    }
}

/// RFC 3339 text or milliseconds.
fn instant(raw: &RawValue) -> Option<Time> {
    match raw.get().parse::<i64>() {
        Ok(millis) => Timestamp::from_millis(millis).map(|at| Time::new(at, 3)),
        Err(_) => Time::parse_rfc3339(&text(raw)?),
    }
}

/// Whether a line begins a message that CloudWatch Logs exported to S3; the other lines of a
/// message come without its time.
pub(super) fn begins_export(_: &[u8], line: &[u8]) -> bool {
    let stamp = line.get(..25).and_then(|stamp| std::str::from_utf8(stamp).ok());
    stamp.is_some_and(|stamp| peel_export(stamp).is_some())
}

/// A line that CloudWatch Logs exported to S3: milliseconds, `Z`, a blank, the message.
fn peel_export(line: &str) -> Option<(Cow<'_, str>, Fallback)> {
    let (stamp, message) = line.split_once(' ')?;
    if stamp.len() != 24 || !stamp.ends_with('Z') {
        return None;
    }
    let time = Time::parse_rfc3339(stamp)?;
    Some((Cow::Borrowed(message), Fallback { time: Some(time), ..Fallback::default() }))
}
