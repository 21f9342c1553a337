//! Records of CloudTrail that a query answered as columns: those of Athena, `CloudTrail` Lake and Logs
//! Insights, and the event history of the console. The names are CloudTrail's, in any case, with
//! dots where a query went deeper; an object is JSON, or what engines of SQL print of one.
//!
//! Sources: the user guides of Athena (the table of CloudTrail logs), CloudTrail (`GetQueryResults`,
//! saved query results, downloads of the event history) and CloudWatch Logs (fields that are found
//! in JSON); how Trino prints rows and maps.

use super::{Peeled, sql};
use crate::format::{Probe, clock};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// The members of a record and of those of its objects whose own members have names, as they are spelled.
const NAMES: [&str; 60] = [
    "eventVersion",
    "userIdentity",
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "errorCode",
    "errorMessage",
    "requestParameters",
    "responseElements",
    "additionalEventData",
    "requestID",
    "eventID",
    "readOnly",
    "resources",
    "eventType",
    "apiVersion",
    "managementEvent",
    "recipientAccountId",
    "serviceEventDetails",
    "sharedEventID",
    "vpcEndpointId",
    "vpcEndpointAccountId",
    "eventCategory",
    "addendum",
    "sessionCredentialFromConsole",
    "tlsDetails",
    "type",
    "principalId",
    "arn",
    "accountId",
    "accessKeyId",
    "userName",
    "invokedBy",
    "identityProvider",
    "credentialId",
    "sessionContext",
    "sessionIssuer",
    "attributes",
    "mfaAuthenticated",
    "creationDate",
    "webIdFederationData",
    "federatedProvider",
    "sourceIdentity",
    "assumedRoot",
    "ec2RoleDelivery",
    "ec2IssuedInVpc",
    "onBehalfOf",
    "userId",
    "identityStoreArn",
    "inScopeOf",
    "tlsVersion",
    "cipherSuite",
    "clientProvidedHostHeader",
    "eventContext",
    "edgeDeviceDetails",
    "insightDetails",
    "reason",
];

/// Members that are objects or arrays, and whether the names in them are of [`NAMES`].
const OBJECTS: [(&str, bool); 9] = [
    ("userIdentity", true),
    ("tlsDetails", true),
    ("resources", false),
    ("addendum", true),
    ("requestParameters", false),
    ("responseElements", false),
    ("additionalEventData", false),
    ("serviceEventDetails", false),
    ("eventContext", false),
];

/// What the console calls them in the event history that it lets one download.
const HISTORY: [(&str, &str); 16] = [
    ("Event name", "eventName"),
    ("Event time", "eventTime"),
    ("Event source", "eventSource"),
    ("User name", "userIdentity.userName"),
    ("AWS access key", "userIdentity.accessKeyId"),
    ("Read-only", "readOnly"),
    ("Read only", "readOnly"),
    ("AWS Region", "awsRegion"),
    ("Source IP address", "sourceIPAddress"),
    ("User agent", "userAgent"),
    ("Error code", "errorCode"),
    ("Resources", "resources"),
    ("Resource type", "resources.resourceType"),
    ("Resource name", "resources.resourceName"),
    ("Request ID", "requestID"),
    ("Event ID", "eventID"),
];

/// What tables of Athena are parted by.
const PARTITIONS: [&str; 8] =
    ["account", "region", "year", "month", "day", "date", "timestamp", "organization"];

/// When CloudWatch Logs has the record from, which is when the call was.
const STAMP: &str = "@timestamp";

/// Which member of a record each column is, behind dots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chosen(Vec<Option<String>>);

impl Chosen {
    /// Those of such an answer: a time, the name of the event, and something that nobody else calls
    /// so. What is counted or computed is no event.
    pub(super) fn of<T: AsRef<str>>(names: &[T]) -> Option<Self> {
        let has = |wanted: &str| names.iter().any(|name| is(name.as_ref(), wanted));
        let from_console = has("AWS access key") && has("Event name") && has("Event source");
        let paths: Vec<_> = names.iter().map(|name| path(name.as_ref(), from_console)).collect();
        let of = |wanted: &str| paths.iter().flatten().any(|path| path == wanted);
        let within = |outer: &str| {
            let mut firsts = paths.iter().flatten().map(|path| path.split('.').next());
            firsts.any(|first| first == Some(outer))
        };
        let own = ["userIdentity", "sourceIPAddress", "requestParameters", "recipientAccountId"];
        let is_own = own.into_iter().any(within) || of("eventSource") && of("awsRegion");
        let is_timed = of("eventTime") || has(STAMP);
        let is_counted = names.iter().any(|name| name.as_ref().contains('('));
        // Of what an engine answers or a partition is called by nothing is said here.
        let is_aside = |name: &str| name.starts_with('@') || PARTITIONS.contains(&name);
        let strange = names.iter().zip(&paths);
        let strange = strange.filter(|(name, path)| path.is_none() && !is_aside(name.as_ref()));
        let is_mostly = strange.count() * 2 < paths.iter().flatten().count();
        (is_own && is_timed && of("eventName") && !is_counted && is_mostly).then_some(Self(paths))
    }

    /// The record, as far as the cells tell it.
    pub(super) fn record<T: AsRef<str>>(&self, names: &[T], cells: &[Value]) -> String {
        let mut record = Map::new();
        for (path, cell) in self.0.iter().zip(cells) {
            if let Some(path) = path
                && let Some(value) = value(path, cell)
            {
                add(&mut record, path, value);
            }
        }
        let stamp = names.iter().position(|name| name.as_ref() == STAMP);
        if let Some(stamp) = stamp.and_then(|at| value("eventTime", cells.get(at)?)) {
            record.entry("eventTime").or_insert(stamp);
        }
        Value::Object(record).to_string()
    }
}

/// Whether two names are one.
fn is(name: &str, wanted: &str) -> bool {
    name.eq_ignore_ascii_case(wanted)
}

/// The member that a column is; `None` for what the service that was asked says of itself.
fn path(name: &str, from_console: bool) -> Option<String> {
    if name.is_empty() || name.starts_with('@') {
        return None;
    }
    let mut history = HISTORY.iter().filter(|_| from_console);
    if let Some((_, path)) = history.find(|(title, _)| is(title, name)) {
        return Some((*path).to_owned());
    }
    // Which element of an array it is: all stand side by side.
    let is_place = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = name.split('.').filter(|part| !is_place(part));
    let first = spelled(parts.next()?);
    let is_named = OBJECTS.contains(&(first, true));
    let rest = parts.map(|part| if is_named { spelled(part) } else { part });
    Some(std::iter::once(first).chain(rest).collect::<Vec<_>>().join("."))
}

/// The name as CloudTrail spells it.
fn spelled(name: &str) -> &str {
    NAMES.into_iter().find(|known| is(known, name)).unwrap_or(name)
}

/// What a cell holds; `None` if that is nothing. That a code of an error was asked for and is empty
/// says that there was none.
fn value(path: &str, cell: &Value) -> Option<Value> {
    let text = match cell {
        Value::Null => "",
        Value::String(text) => text.as_str(),
        other => return Some(other.clone()),
    };
    if matches!(text, "" | "null") {
        return (path == "errorCode").then(|| Value::from(""));
    }
    if path == "eventTime" {
        // None of them but the console names the zone, which is UTC.
        let time = clock::any(text).map(|stamp| stamp.is_utc().time(0).to_rfc3339());
        return Some(Value::from(time.unwrap_or_else(|| text.to_owned())));
    }
    match OBJECTS.iter().find(|(name, _)| *name == path) {
        Some((_, true)) => sql::value(text, spelled),
        Some((_, false)) => sql::value(text, |name| name),
        None => Some(Value::from(text)),
    }
}

/// Adds a member; what is there already stands beside it.
fn add(record: &mut Map<String, Value>, path: &str, value: Value) {
    let (name, value) = match path.split_once('.') {
        Some((outer, rest)) => {
            if let Some(Value::Object(inner)) = record.get_mut(outer) {
                return add(inner, rest, value);
            }
            let mut inner = Map::new();
            add(&mut inner, rest, value);
            (outer, Value::Object(inner))
        }
        None => (path, value),
    };
    let value = match (record.remove(name), value) {
        (None, value) => value,
        (Some(Value::Object(mut one)), Value::Object(other)) => {
            one.extend(other);
            Value::Object(one)
        }
        (Some(Value::Array(mut all)), value) => {
            all.push(value);
            Value::Array(all)
        }
        (Some(one), other) => Value::Array(vec![one, other]),
    };
    record.insert(name.to_owned(), value);
}

/// Makes a record of a row of such an answer, an object whose members are its columns. `None` for a
/// record that is one already.
pub(super) fn peel<'a>(probe: &Probe<'a>) -> Option<Peeled<'a>> {
    let is_lowered = probe.has("eventname");
    if !is_lowered && !probe.has("eventName") {
        return None;
    }
    let is_stamped = || !probe.has("eventTime") && probe.has(STAMP);
    let is_apart = |name: &Cow<'_, str>| {
        let outer = name.split('.').next().unwrap_or(name);
        name.contains('.') && OBJECTS.iter().any(|(known, _)| *known == outer)
    };
    let is_printed =
        |(name, _): &(&str, bool)| probe.raw(name).is_some_and(|raw| raw.starts_with("\"{"));
    let is_row = is_lowered
        || is_stamped()
        || OBJECTS.iter().any(is_printed)
        || probe.names().iter().any(is_apart);
    let chosen = is_row.then(|| Chosen::of(probe.names())).flatten()?;
    let cell = |name: &Cow<'_, str>| serde_json::from_str(probe.raw(name)?).ok();
    let cells: Vec<Value> =
        probe.names().iter().map(|name| cell(name).unwrap_or_default()).collect();
    Some(Peeled::plain(Cow::Owned(chosen.record(probe.names(), &cells))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn record(names: &[&str], cells: &[&str]) -> Value {
        let cells: Vec<Value> = cells.iter().map(|cell| Value::from(*cell)).collect();
        let record = Chosen::of(names).unwrap().record(names, &cells);
        serde_json::from_str(&record).unwrap()
    }

    #[test]
    fn columns_of_a_query_are_the_members_that_they_were() {
        let names = ["eventtime", "eventname", "useridentity", "errorcode", "requestparameters"];
        let user = "{type=AssumedRole, arn=arn:aws:sts::1:assumed-role/r/a=b,c, invokedby=null, \
                    sessioncontext={attributes={mfaauthenticated=false}}}";
        let asked = record(
            &names,
            &["2026-03-04 10:42:02.000", "GetObject", user, "", r#"{"bucketname":"b"}"#],
        );
        let expected = json!({
            "eventTime": "2026-03-04T10:42:02.000Z",
            "eventName": "GetObject",
            "userIdentity": {
                "type": "AssumedRole",
                "arn": "arn:aws:sts::1:assumed-role/r/a=b,c",
                "sessionContext": {"attributes": {"mfaAuthenticated": "false"}},
            },
            "errorCode": "",
            "requestParameters": {"bucketname": "b"},
        });
        assert_eq!(asked, expected);
        let names = [
            "@timestamp",
            "eventName",
            "resources.0.ARN",
            "resources.1.ARN",
            "@ptr",
            "userIdentity.arn",
        ];
        let asked = record(&names, &["2026-03-04 10:42:02", "x", "a", "b", "p", "u"]);
        let expected = json!({
            "eventTime": "2026-03-04T10:42:02Z",
            "eventName": "x",
            "resources": {"ARN": ["a", "b"]},
            "userIdentity": {"arn": "u"},
        });
        assert_eq!(asked, expected);
    }

    #[test]
    fn what_is_counted_or_of_others_is_no_record() {
        for names in [
            &["eventName", "sourceIPAddress", "count(*)", "@timestamp"][..],
            &["eventName", "sourceIPAddress"],
            &["eventTime", "eventName", "user"],
            &["Event time", "Event name", "Source IP address"],
            &["event_time", "event_name", "source_ip_address"],
        ] {
            assert_eq!(Chosen::of(names), None, "{names:?}");
        }
    }
}
