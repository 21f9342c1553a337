//! Findings of Amazon Inspector, as EventBridge sends them, the API answers them and reports hold
//! them, as JSON or as a table, and those of the first Inspector.
//!
//! Source: the Amazon Inspector user guide and API reference, `Finding`. Times are seconds, text
//! that is a number, RFC 3339, or, in EventBridge and tables, as Java writes them in English.

mod report;

use crate::event::{
    Class, FieldDef, Kind, Outcome, Role, Row, Schema, Table, Value, fields, schema::slots,
};
use crate::format::clock::{self, Stamp};
use crate::format::members::Rule::{self, Both, Enter, Note, Put, PutNote, Skip};
use crate::format::members::{Memo, Values};
use crate::format::objects::Objects;
use crate::format::table::Sparse;
use crate::format::{
    Array, Clock, Context, DecodeError, Decoded, Decoder, Delivery, Format, Join, Match, Probe,
    put_class, put_outcome, schema,
};
use report::Report;
use std::sync::{Arc, LazyLock};

const fn text(name: &'static str, role: Role) -> FieldDef {
    FieldDef::new(name, Kind::Str, role, "the member of this name, verbatim")
}

const fn number(name: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Float, Role::Text, "the member of this name")
}

slots! {
    EVENT = fields::EVENT,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    ACCOUNT = fields::ACCOUNT,
    REGION = fields::REGION,
    RESOURCE = fields::RESOURCE,
    FILE = fields::FILE,
    INSTANCE = fields::INSTANCE,
    RULE = fields::RULE,
    SEVERITY = fields::SEVERITY,
    MESSAGE = fields::MESSAGE,
    ID = fields::ID,
    TIME_END = fields::TIME_END,
    UPDATED = FieldDef::new("inspector.updated_at", Kind::Time, Role::Time, "when this revision was made").revises(),
    DESCRIPTION = text("inspector.description", Role::Text),
    STATUS = text("inspector.status", Role::Text),
    SCORE = number("inspector.score"),
    RESOURCE_TYPE = text("inspector.resource_type", Role::Text).many(),
    RESOURCE_IPS = FieldDef::new("inspector.resource_ip", Kind::Ip, Role::Ip, "addresses of the resources").many(),
    PACKAGE = text("inspector.package", Role::Text).many(),
    FIXED_IN = text("inspector.fixed_in_version", Role::Text).many(),
    FIX = text("inspector.fix_available", Role::Text),
    EXPLOIT = text("inspector.exploit_available", Role::Text),
    EPSS = number("inspector.epss"),
    PORT_FROM = number("inspector.open_port_begin"),
    PORT_TO = number("inspector.open_port_end"),
    PROTOCOL = text("inspector.protocol", Role::Text),
    PATH = text("inspector.network_path", Role::Resource).many(),
    DETECTOR = text("inspector.detector", Role::Text),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("inspector", "Inspector findings", FIELDS));

// What is kept aside.
const FIRST_SEEN: usize = 0;
const LAST_SEEN: usize = 1;
const UPDATED_AT: usize = 2;
const ARN: usize = 3;
const LABEL: usize = 4;
const RESOURCE_ID: usize = 5;
const SERVICE: usize = 6;
const PORTS: usize = 7;

pub(super) struct Inspector;

impl Format for Inspector {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Findings of Amazon Inspector: EventBridge, ListFindings, exported reports, and those of \
         Inspector Classic."
    }

    fn delivery(&self) -> Delivery {
        Delivery {
            cadence: "as a resource or what is known of vulnerabilities changes",
            guarantee: "by EventBridge at least once; kept until 30 days after they are closed",
            clock: Clock::Aws,
            ..Delivery::UNKNOWN
        }
    }

    fn limits(&self) -> &'static str {
        "A finding says that something could be attacked, and never that it was; what Inspector \
         does not scan, or cannot, is not there."
    }

    fn arrays(&self) -> &'static [Array] {
        &[Array { name: "findings", beside: &["nextToken", "failedItems"] }]
    }

    fn join(&self) -> Join {
        Join::Quoted
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        if !probe.is_object() {
            return Match::certain_if(report::is_header(probe.record));
        }
        let current = || probe.has_all(&["findingArn", "awsAccountId"]);
        let classic = || probe.has_all(&["arn", "assetAttributes", "serviceAttributes"]);
        Match::certain_if(current() || classic())
    }

    fn start(&self, context: &Context, _: &[String]) -> Box<dyn Decoder> {
        let zone_seconds = context.zone_seconds;
        let level = Memo::new(finding);
        let objects = Objects { fields: FIELDS, level, time, fill, zone_seconds };
        Box::new(Reader { objects, report: None, lessons: 0 })
    }
}

/// Reads findings that are objects, and those of a table whose header came.
#[derive(Clone)]
struct Reader {
    objects: Objects,
    report: Option<Arc<Report>>,
    lessons: u32,
}

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        if record.starts_with('{') {
            return self.objects.decode(record, row);
        }
        if let Some(report) = Report::of(record) {
            self.report = Some(Arc::new(report));
            self.lessons += 1;
            return Ok(Decoded::NotARecord);
        }
        let Some(report) = &self.report else { return Err(DecodeError::NotMine) };
        let mut row = Sparse::new(row);
        let mut values = Values::new(&mut row, FIELDS);
        if let Err(reason) = report.read(record, &mut values) {
            let time = time(&values).map(|stamp| stamp.time(0));
            return Err(DecodeError::Broken { reason, time });
        }
        let is_one = self.objects.finish(&mut values);
        if is_one { Ok(Decoded::Event) } else { Err(DecodeError::NotMine) }
    }

    fn decode_first(&mut self, text: &str, row: &mut dyn Row) -> Option<usize> {
        self.objects.decode_first(text, row)
    }

    fn learn(&mut self, table: &Table<'_>) -> bool {
        self.objects.learn(table)
    }

    fn decode_row(&mut self, table: &Table<'_>, at: usize, row: &mut dyn Row) -> bool {
        self.objects.decode_row(table, at, row)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }

    fn may_learn(&self, record: &[u8]) -> bool {
        record.first() != Some(&b'{') && memchr::memmem::find(record, b"Finding ARN").is_some()
    }

    fn lessons(&self) -> u32 {
        self.lessons
    }
}

fn time(values: &Values<'_, '_>) -> Option<Stamp> {
    [FIRST_SEEN, UPDATED_AT, LAST_SEEN].into_iter().find_map(|note| stamp(values.note(note)?))
}

/// A time in any of the forms that Inspector writes; all are UTC.
fn stamp(text: &str) -> Option<Stamp> {
    clock::any(text).map(Stamp::is_utc)
}

fn fill(values: &mut Values<'_, '_>) -> bool {
    let classic = values.note(SERVICE).is_some_and(|service| service == "Inspector");
    if !classic && values.note(ARN).is_none() {
        return false;
    }
    for (slot, note) in [(TIME_END, LAST_SEEN), (UPDATED, UPDATED_AT)] {
        if let Some(stamp) = values.note(note).and_then(stamp) {
            values.row.put(slot, Value::Time(stamp.time(0)));
        }
    }
    values.put_part(INSTANCE, RESOURCE_ID, |id| {
        let id = id.rsplit('/').next()?;
        id.starts_with("i-").then_some(id)
    });
    values.put_part(REGION, ARN, |arn| arn.split(':').nth(3));
    put_ports(values);
    if classic {
        values.put_part(ACCOUNT, ARN, |arn| arn.split(':').nth(4));
    }
    if let Some(severity) = values.note(LABEL).and_then(super::severity) {
        values.row.put(SEVERITY, Value::Float(severity));
    }
    put_class(values.row, CLASS, Class::Finding);
    put_outcome(values.row, OUTCOME, Outcome::Unknown);
    true
}

/// The first and the last of a range of ports.
fn put_ports(values: &mut Values<'_, '_>) {
    let Some(range) = values.note(PORTS) else { return };
    let ports = range.split(|c: char| !c.is_ascii_digit()).filter_map(|port| port.parse().ok());
    let ports: Vec<u16> = ports.collect();
    let ends = [(PORT_FROM, ports.first()), (PORT_TO, ports.last())];
    for (slot, port) in ends {
        if let Some(port) = port {
            values.row.put(slot, Value::Float(f64::from(*port)));
        }
    }
}

fn finding(key: &str) -> Rule {
    match key {
        "findingArn" | "arn" => PutNote(ID, ARN),
        "awsAccountId" => Put(ACCOUNT),
        "type" | "assetType" => Put(EVENT),
        "severity" => Note(LABEL),
        "inspectorScore" | "numericSeverity" => Put(SCORE),
        "status" => Put(STATUS),
        "title" => Put(MESSAGE),
        "description" => Put(DESCRIPTION),
        "firstObservedAt" | "createdAt" => Note(FIRST_SEEN),
        "lastObservedAt" => Note(LAST_SEEN),
        "updatedAt" => Note(UPDATED_AT),
        "fixAvailable" => Put(FIX),
        "exploitAvailable" => Put(EXPLOIT),
        "epss" => Enter(|key| if key == "score" { Put(EPSS) } else { Skip }),
        "resources" => Enter(resource),
        "packageVulnerabilityDetails" => Enter(package),
        "networkReachabilityDetails" => Enter(network),
        "codeVulnerabilityDetails" => Enter(code),
        // Of the first Inspector.
        "id" => Put(RULE),
        "service" => Note(SERVICE),
        "assetAttributes" => Enter(|key| match key {
            "agentId" => Both(RESOURCE, INSTANCE),
            "ipv4Addresses" => Put(RESOURCE_IPS),
            _ => Skip,
        }),
        _ => Skip,
    }
}

fn resource(key: &str) -> Rule {
    match key {
        "id" => PutNote(RESOURCE, RESOURCE_ID),
        "type" => Put(RESOURCE_TYPE),
        "region" => Put(REGION),
        "details" => Enter(|key| match key {
            "awsEc2Instance" => Enter(|key| match key {
                "ipV4Addresses" | "ipV6Addresses" => Put(RESOURCE_IPS),
                "vpcId" | "subnetId" | "iamInstanceProfileArn" => Put(RESOURCE),
                _ => Skip,
            }),
            "awsEcrContainerImage" => Enter(|key| match key {
                "repositoryName" | "imageHash" => Put(RESOURCE),
                _ => Skip,
            }),
            "awsLambdaFunction" => Enter(|key| match key {
                "functionName" | "executionRoleArn" => Put(RESOURCE),
                _ => Skip,
            }),
            _ => Skip,
        }),
        _ => Skip,
    }
}

fn package(key: &str) -> Rule {
    match key {
        "vulnerabilityId" => Put(RULE),
        "vulnerablePackages" => Enter(|key| match key {
            "name" => Put(PACKAGE),
            "fixedInVersion" => Put(FIXED_IN),
            "filePath" => Put(FILE),
            _ => Skip,
        }),
        _ => Skip,
    }
}

fn network(key: &str) -> Rule {
    match key {
        "openPortRange" => Enter(|key| match key {
            "begin" => Put(PORT_FROM),
            "end" => Put(PORT_TO),
            _ => Skip,
        }),
        "protocol" => Put(PROTOCOL),
        "networkPath" => Enter(|key| match key {
            "steps" => Enter(|key| if key == "componentId" { Put(PATH) } else { Skip }),
            _ => Skip,
        }),
        _ => Skip,
    }
}

fn code(key: &str) -> Rule {
    match key {
        "detectorName" => Put(DETECTOR),
        "ruleId" | "detectorId" => Put(RULE),
        "filePath" => Enter(|key| if key == "filePath" { Put(FILE) } else { Skip }),
        _ => Skip,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_all_their_forms() {
        for (text, expected) in [
            ("Jan 19, 2022, 10:46:15 PM", "2022-01-19T22:46:15Z"),
            ("Wed Jan 19 22:46:15 UTC 2022", "2022-01-19T22:46:15Z"),
            ("Mar 4, 2026, 12:00:09\u{202f}AM", "2026-03-04T00:00:09Z"),
            ("Mar 4, 2026, 12:00:09 PM", "2026-03-04T12:00:09Z"),
            ("1.772625600405E9", "2026-03-04T12:00:00.405000Z"),
            ("1772625600.405", "2026-03-04T12:00:00.405Z"),
            ("2026-03-04T12:00:00Z", "2026-03-04T12:00:00Z"),
        ] {
            let time = stamp(text).map(|stamp| stamp.time(3600).to_rfc3339());
            assert_eq!(time.as_deref(), Some(expected), "{text}");
        }
        for text in ["", "Jan", "Foo 1, 2026, 1:1:1 PM", "Mar 4, 2026, 99:00:00 PM", "Mar 40, 2026"]
        {
            assert!(stamp(text).is_none(), "{text}");
        }
    }
}
