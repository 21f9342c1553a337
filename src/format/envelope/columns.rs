//! Records of AWS whose members a product keeps as columns, and exports as such.
//!
//! Source: the tables `AWSCloudTrail`, `AWSVPCFlow` and `AWSGuardDuty` of Azure Monitor, which are
//! those of Microsoft Sentinel, as its reference of tables names their columns. The portal puts
//! ` [UTC]` behind the names of times.

use crate::format::clock;
use serde_json::{Map, Value};

/// How a cell is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    Text,
    /// A number, a truth value, an object or an array.
    Json,
    Time,
    /// A time that the record has in seconds.
    Seconds,
}
use Cell::{Json, Seconds, Text, Time};

/// A column, the member of the record that it is, and its members, behind dots.
type Column = (&'static str, &'static str, Cell);

struct Kind {
    /// Columns that are there.
    signs: &'static [&'static str],
    columns: &'static [Column],
}

/// Of columns that are for the same member the last that says something counts.
const KINDS: [Kind; 3] = [
    Kind {
        signs: &["TimeGenerated", "EventSource", "EventName", "UserIdentityType"],
        columns: CLOUDTRAIL,
    },
    Kind { signs: &["TimeGenerated", "SrcAddr", "DstAddr", "LogStatus"], columns: FLOWS },
    Kind {
        signs: &["TimeGenerated", "ActivityType", "ResourceDetails", "ServiceDetails"],
        columns: FINDINGS,
    },
];

const CLOUDTRAIL: &[Column] = &[
    ("EventVersion", "eventVersion", Text),
    ("UserIdentityType", "userIdentity.type", Text),
    ("UserIdentityPrincipalid", "userIdentity.principalId", Text),
    ("UserIdentityArn", "userIdentity.arn", Text),
    ("UserIdentityAccountId", "userIdentity.accountId", Text),
    ("UserIdentityAccessKeyId", "userIdentity.accessKeyId", Text),
    ("UserIdentityUserName", "userIdentity.userName", Text),
    ("UserIdentityInvokedBy", "userIdentity.invokedBy", Text),
    ("SessionIssuerType", "userIdentity.sessionContext.sessionIssuer.type", Text),
    ("SessionIssuerPrincipalId", "userIdentity.sessionContext.sessionIssuer.principalId", Text),
    ("SessionIssuerArn", "userIdentity.sessionContext.sessionIssuer.arn", Text),
    ("SessionIssuerAccountId", "userIdentity.sessionContext.sessionIssuer.accountId", Text),
    ("SessionIssuerUserName", "userIdentity.sessionContext.sessionIssuer.userName", Text),
    ("SessionMfaAuthenticated", "userIdentity.sessionContext.attributes.mfaAuthenticated", Text),
    ("SessionCreationDate", "userIdentity.sessionContext.attributes.creationDate", Time),
    ("TimeGenerated", "eventTime", Time),
    ("EventSource", "eventSource", Text),
    ("EventName", "eventName", Text),
    ("AWSRegion", "awsRegion", Text),
    ("SourceIpAddress", "sourceIPAddress", Text),
    ("UserAgent", "userAgent", Text),
    ("ErrorCode", "errorCode", Text),
    ("ErrorMessage", "errorMessage", Text),
    ("RequestParameters", "requestParameters", Json),
    ("ResponseElements", "responseElements", Json),
    ("AdditionalEventData", "additionalEventData", Json),
    ("ServiceEventDetails", "serviceEventDetails", Json),
    ("Resources", "resources", Json),
    ("AwsRequestId", "requestID", Text),
    ("AwsEventId", "eventID", Text),
    ("SharedEventId", "sharedEventID", Text),
    ("EventTypeName", "eventType", Text),
    ("APIVersion", "apiVersion", Text),
    ("ManagementEvent", "managementEvent", Json),
    ("ReadOnly", "readOnly", Json),
    ("RecipientAccountId", "recipientAccountId", Text),
    ("Category", "eventCategory", Text),
    ("VpcEndpointId", "vpcEndpointId", Text),
    ("TlsVersion", "tlsDetails.tlsVersion", Text),
    ("CipherSuite", "tlsDetails.cipherSuite", Text),
    ("ClientProvidedHostHeader", "tlsDetails.clientProvidedHostHeader", Text),
];

const FLOWS: &[Column] = &[
    ("Version", "version", Json),
    ("AccountId", "account-id", Text),
    ("InterfaceId", "interface-id", Text),
    ("SrcAddr", "srcaddr", Text),
    ("DstAddr", "dstaddr", Text),
    ("SrcPort", "srcport", Json),
    ("DstPort", "dstport", Json),
    ("Protocol", "protocol", Json),
    ("Packets", "packets", Json),
    ("Bytes", "bytes", Json),
    ("TimeGenerated", "start", Seconds),
    ("Start", "start", Seconds),
    ("End", "end", Seconds),
    ("Action", "action", Text),
    ("LogStatus", "log-status", Text),
    ("VpcId", "vpc-id", Text),
    ("SubnetId", "subnet-id", Text),
    ("InstanceId", "instance-id", Text),
    ("TcpFlags", "tcp-flags", Json),
    ("TrafficType", "type", Text),
    ("PktSrcAddr", "pkt-srcaddr", Text),
    ("PktDstAddr", "pkt-dstaddr", Text),
    ("Region", "region", Text),
    ("AzId", "az-id", Text),
    ("SublocationType", "sublocation-type", Text),
    ("SublocationId", "sublocation-id", Text),
    ("PktSrcAwsService", "pkt-src-aws-service", Text),
    ("PktDstAwsService", "pkt-dst-aws-service", Text),
    ("FlowDirection", "flow-direction", Text),
    ("TrafficPath", "traffic-path", Json),
];

const FINDINGS: &[Column] = &[
    ("SchemaVersion", "schemaVersion", Text),
    ("AccountId", "accountId", Text),
    ("Region", "region", Text),
    ("Partition", "partition", Text),
    ("Id", "id", Text),
    ("Arn", "arn", Text),
    ("ActivityType", "type", Text),
    ("ResourceDetails", "resource", Json),
    ("ServiceDetails", "service", Json),
    ("Severity", "severity", Json),
    ("TimeGenerated", "createdAt", Time),
    ("TimeCreated", "createdAt", Time),
    ("TimeGenerated", "updatedAt", Time),
    ("Title", "title", Text),
    ("Description", "description", Text),
];

/// Which of a table's columns are which members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns(Vec<(usize, Column)>);

impl Columns {
    /// Those of a header of such a table.
    pub(super) fn of<T: AsRef<str>>(names: &[T]) -> Option<Self> {
        let place = |wanted: &str| {
            let bare = |name: &T| {
                let name = name.as_ref();
                name.strip_suffix(" [UTC]").unwrap_or(name).eq_ignore_ascii_case(wanted)
            };
            names.iter().position(bare)
        };
        let kind = KINDS.iter().find(|kind| kind.signs.iter().all(|sign| place(sign).is_some()))?;
        let columns = kind.columns.iter().filter_map(|column| Some((place(column.0)?, *column)));
        Some(Self(columns.collect()))
    }

    /// The record as its writer wrote it, of what the columns hold.
    pub(super) fn record<T: AsRef<str>>(&self, cells: &[T]) -> String {
        let mut record = Map::new();
        for (at, (_, path, cell)) in &self.0 {
            let text = cells.get(*at).map_or("", AsRef::as_ref);
            if !text.is_empty() {
                put(&mut record, path, value(text, *cell));
            }
        }
        Value::Object(record).to_string()
    }
}

fn put(record: &mut Map<String, Value>, path: &str, value: Value) {
    let Some((outer, rest)) = path.split_once('.') else {
        record.insert(path.to_owned(), value);
        return;
    };
    let inner = record.entry(outer).or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(inner) = inner {
        put(inner, rest, value);
    }
}

/// What a cell holds; text, if it is not what its column is for.
fn value(text: &str, cell: Cell) -> Value {
    let time = || clock::read(text).map(|(stamp, _)| stamp.is_utc().time(0));
    let read = match cell {
        Text => None,
        Json if text.eq_ignore_ascii_case("true") => Some(Value::Bool(true)),
        Json if text.eq_ignore_ascii_case("false") => Some(Value::Bool(false)),
        Json => serde_json::from_str(text).ok(),
        Time => time().map(|time| Value::from(time.to_rfc3339())),
        Seconds => time().map(|time| Value::from(time.at.0 / crate::event::Timestamp::SECOND)),
    };
    read.unwrap_or_else(|| Value::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_the_members_that_they_were() {
        let names = [
            "TimeGenerated [UTC]",
            "EventSource",
            "EventName",
            "UserIdentityType",
            "AwsRegion",
            "SessionIssuerArn",
            "ReadOnly",
            "RequestParameters",
            "Anything",
        ];
        let columns = Columns::of(&names).unwrap();
        let record = columns.record(&[
            "5/6/2026, 1:02:03.000 PM",
            "s3.amazonaws.com",
            "GetObject",
            "AssumedRole",
            "eu-west-3",
            "arn:aws:iam::1:role/r",
            "True",
            r#"{"bucketName":"b"}"#,
            "x",
        ]);
        let expected = serde_json::json!({
            "userIdentity": {
                "type": "AssumedRole",
                "sessionContext": {"sessionIssuer": {"arn": "arn:aws:iam::1:role/r"}},
            },
            "eventTime": "2026-05-06T13:02:03.000Z",
            "eventSource": "s3.amazonaws.com",
            "eventName": "GetObject",
            "awsRegion": "eu-west-3",
            "requestParameters": {"bucketName": "b"},
            "readOnly": true,
        });
        assert_eq!(serde_json::from_str::<Value>(&record).unwrap(), expected);
        // A row that is cut off is what it is.
        assert_eq!(
            columns.record(&["2026-05-06T13:02:03Z"]),
            r#"{"eventTime":"2026-05-06T13:02:03Z"}"#
        );
        assert_eq!(Columns::of(&["TimeGenerated", "EventSource", "EventName"]), None);
    }
}
