//! GuardDuty findings, as exported to S3, sent by EventBridge, or answered by the API, whose
//! names begin with capitals.
//!
//! Source: the GuardDuty user guide, "GuardDuty finding format".

use crate::event::{
    Class, FieldDef, Kind, Outcome, Role, Row, Schema, Time, fields, schema::slots,
};
use crate::format::members::Rule::{self, Both, Enter, Note, Put, PutFirst, PutNote, Skip};
use crate::format::members::Values;
use crate::format::{
    Array, Clock, Context, DecodeError, Decoded, Decoder, Delivery, Format, Lag, Match, Probe,
    Service, put_class, put_outcome, schema,
};
use std::sync::{Arc, LazyLock};

const fn text(name: &'static str, role: Role) -> FieldDef {
    FieldDef::new(name, Kind::Str, role, "the member of this name, verbatim")
}

slots! {
    EVENT = fields::EVENT,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    PRINCIPAL = fields::PRINCIPAL,
    KEY = fields::KEY,
    SRC_IP = fields::SRC_IP,
    SRC_PORT = fields::SRC_PORT,
    DST_IP = fields::DST_IP,
    DST_PORT = fields::DST_PORT,
    ACCOUNT = fields::ACCOUNT,
    REGION = fields::REGION,
    RESOURCE = fields::RESOURCE,
    DOMAIN = fields::DOMAIN,
    PROCESS = fields::PROCESS,
    INSTANCE = fields::INSTANCE,
    INTERFACE = fields::INTERFACE,
    AGENT = fields::AGENT,
    SEVERITY = fields::SEVERITY,
    MESSAGE = fields::MESSAGE,
    COUNT = fields::COUNT,
    ID = fields::ID,
    TIME_END = fields::TIME_END,
    DESCRIPTION = text("guardduty.description", Role::Text),
    UPDATED = FieldDef::new("guardduty.updated_at", Kind::Time, Role::Time, "when this revision was made").revises(),
    RESOURCE_TYPE = text("guardduty.resource_type", Role::Text),
    RESOURCE_ROLE = text("guardduty.resource_role", Role::Text),
    DETECTOR = text("guardduty.detector_id", Role::Resource),
    ARCHIVED = text("guardduty.archived", Role::Text),
    ACTION = text("guardduty.action_type", Role::Text),
    API = text("guardduty.api", Role::Event),
    SERVICE = text("guardduty.service_name", Role::Text),
    USER_TYPE = text("guardduty.user_type", Role::Text),
    PRINCIPAL_ID = text("guardduty.principal_id", Role::Principal),
    COUNTRY = text("guardduty.country", Role::Text),
    ORGANIZATION = text("guardduty.asn_org", Role::Text),
    DIRECTION = text("guardduty.connection_direction", Role::Text),
    LOCAL_IP = FieldDef::new("guardduty.private_ip", Kind::Ip, Role::Ip, "addresses of the resource's interfaces").many(),
    REMOTE_IPS = FieldDef::new("guardduty.remote_ip", Kind::Ip, Role::Ip, "every remote address; a port probe has many, the first of which is src.ip").many(),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("guardduty", "GuardDuty findings", FIELDS));

// What is kept aside.
const TYPE: usize = 0;
const FIRST_SEEN: usize = 1;
const UPDATED_AT: usize = 2;
const REMOTE_IP: usize = 3;
const REMOTE_PORT: usize = 4;
const LOCAL_ADDRESS: usize = 5;
const LOCAL_PORT: usize = 6;
const WAY: usize = 7;
const BLOCKED: usize = 8;
const USER: usize = 9;
const USER_ID: usize = 10;
const CREATED_AT: usize = 11;
const SCHEMA_VERSION: usize = 12;
const DETECTOR_ID: usize = 13;
const K8S_USER: usize = 14;

pub(super) struct GuardDuty;

impl Format for GuardDuty {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Findings of Amazon GuardDuty: S3 exports, EventBridge, GetFindings."
    }

    fn delivery(&self) -> Delivery {
        Delivery {
            service: Some(Service::GuardDuty),
            lag: Some(Lag { usual: 5 * 60, longest: 60 * 60 }),
            cadence: "as something is found; what is found again every 15 minutes, hour or 6 hours",
            guarantee: "5 minutes after a finding is made, which is itself later than what it is \
                        about; kept for 90 days by the service",
            clock: Clock::Aws,
        }
    }

    fn limits(&self) -> &'static str {
        "A finding sums up many events from its first to its last, and is written again as \
         it grows; what GuardDuty does not watch or has suppressed is not there."
    }

    fn arrays(&self) -> &'static [Array] {
        &[Array { name: "Findings", beside: &[] }]
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        let record = probe.record;
        let has = |name: &str, other: &str| record.contains(name) || record.contains(other);
        if record.starts_with('{')
            && has("\"detectorId\"", "\"DetectorId\"")
            && has("\"schemaVersion\"", "\"SchemaVersion\"")
            && !record.contains("\"ProductArn\"")
        {
            return Match::Certain;
        }
        Match::No
    }

    fn start(&self, _: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(Reader)
    }
}

struct Reader;

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        if !record.starts_with('{') {
            return Err(DecodeError::NotMine);
        }
        let mut values = Values::new(row, FIELDS);
        if let Err(error) = values.read(record, finding) {
            return Err(DecodeError::Broken {
                reason: format!("no good JSON: {error}"),
                time: time(&values),
            });
        }
        let has = |note| values.note(note).is_some();
        if !has(TYPE) || !(has(SCHEMA_VERSION) && (has(DETECTOR_ID) || has(UPDATED_AT))) {
            return Err(DecodeError::NotMine);
        }
        if let Some(time) = time(&values) {
            values.row.time(time);
        }
        put_ends(&mut values);
        put_who(&mut values);
        put_class(values.row, CLASS, Class::Finding);
        let blocked = values.note(BLOCKED) == Some("true");
        let outcome = if blocked { Outcome::Denied } else { Outcome::Unknown };
        put_outcome(values.row, OUTCOME, outcome);
        Ok(Decoded::Event)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(Self)
    }
}

fn time(values: &Values<'_, '_>) -> Option<Time> {
    [FIRST_SEEN, CREATED_AT, UPDATED_AT]
        .into_iter()
        .find_map(|note| values.note(note).and_then(Time::parse_rfc3339))
}

/// The remote side began unless the connection went out.
fn put_ends(values: &mut Values<'_, '_>) {
    let remote = [REMOTE_IP, REMOTE_PORT];
    let local = [LOCAL_ADDRESS, LOCAL_PORT];
    let out = values.note(WAY) == Some("OUTBOUND");
    let (source, target) = if out { (local, remote) } else { (remote, local) };
    values.put_note(SRC_IP, source[0]);
    values.put_note(SRC_PORT, source[1]);
    values.put_note(DST_IP, target[0]);
    values.put_note(DST_PORT, target[1]);
}

fn put_who(values: &mut Values<'_, '_>) {
    let full = |note: &usize| values.note(*note).is_some_and(|text| !text.is_empty());
    if let Some(best) = [USER, USER_ID, K8S_USER].into_iter().find(full) {
        values.put_note(PRINCIPAL, best);
    }
}

/// The name with its first letter small, as in findings that do not come from the API.
fn camel(key: &str) -> String {
    let mut name = key.to_owned();
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    name
}

fn finding(key: &str) -> Rule {
    match camel(key).as_str() {
        "type" => PutNote(EVENT, TYPE),
        "id" => Put(ID),
        "arn" => Put(RESOURCE),
        "accountId" => Put(ACCOUNT),
        "region" => Put(REGION),
        "severity" => Put(SEVERITY),
        "title" => Put(MESSAGE),
        "description" => Put(DESCRIPTION),
        "schemaVersion" => Note(SCHEMA_VERSION),
        "createdAt" => Note(CREATED_AT),
        "updatedAt" => PutNote(UPDATED, UPDATED_AT),
        "resource" => Enter(resource),
        "service" => Enter(service),
        _ => Skip,
    }
}

fn resource(key: &str) -> Rule {
    match camel(key).as_str() {
        "resourceType" => Put(RESOURCE_TYPE),
        "accessKeyDetails" => Enter(access_key),
        "instanceDetails" => Enter(instance),
        "s3BucketDetails" | "eksClusterDetails" | "ecsClusterDetails" | "rdsDbInstanceDetails" => {
            Enter(named)
        }
        "lambdaDetails" => Enter(named),
        "kubernetesDetails" => Enter(kubernetes),
        "rdsDbUserDetails" => Enter(|key| if camel(key) == "user" { Note(USER) } else { Skip }),
        _ => Skip,
    }
}

fn access_key(key: &str) -> Rule {
    match camel(key).as_str() {
        "accessKeyId" => Put(KEY),
        "principalId" => PutNote(PRINCIPAL_ID, USER_ID),
        "userName" => Note(USER),
        "userType" => Put(USER_TYPE),
        _ => Skip,
    }
}

fn instance(key: &str) -> Rule {
    match camel(key).as_str() {
        "instanceId" => Both(INSTANCE, RESOURCE),
        "networkInterfaces" => Enter(|key| match camel(key).as_str() {
            "networkInterfaceId" => Put(INTERFACE),
            "privateIpAddress" | "publicIp" => Put(LOCAL_IP),
            "vpcId" | "subnetId" => Put(RESOURCE),
            _ => Skip,
        }),
        "iamInstanceProfile" => Enter(named),
        _ => Skip,
    }
}

fn named(key: &str) -> Rule {
    match camel(key).as_str() {
        "arn" | "functionArn" | "dbInstanceArn" => Put(RESOURCE),
        _ => Skip,
    }
}

fn kubernetes(key: &str) -> Rule {
    match camel(key).as_str() {
        "kubernetesUserDetails" => {
            Enter(|key| if camel(key) == "username" { Note(K8S_USER) } else { Skip })
        }
        _ => Skip,
    }
}

fn service(key: &str) -> Rule {
    match camel(key).as_str() {
        "detectorId" => PutNote(DETECTOR, DETECTOR_ID),
        "archived" => Put(ARCHIVED),
        "count" => Put(COUNT),
        "eventFirstSeen" => Note(FIRST_SEEN),
        "eventLastSeen" => Put(TIME_END),
        "resourceRole" => Put(RESOURCE_ROLE),
        "action" => Enter(action),
        "runtimeDetails" => Enter(|key| match camel(key).as_str() {
            "process" => Enter(process),
            _ => Skip,
        }),
        _ => Skip,
    }
}

fn process(key: &str) -> Rule {
    if camel(key) == "executablePath" { Put(PROCESS) } else { Skip }
}

fn action(key: &str) -> Rule {
    match camel(key).as_str() {
        "actionType" => Put(ACTION),
        "awsApiCallAction"
        | "networkConnectionAction"
        | "portProbeAction"
        | "dnsRequestAction"
        | "kubernetesApiCallAction"
        | "rdsLoginAttemptAction" => Enter(act),
        _ => Skip,
    }
}

fn act(key: &str) -> Rule {
    match camel(key).as_str() {
        "api" => Put(API),
        "serviceName" => Put(SERVICE),
        "userAgent" => Put(AGENT),
        "domain" => Put(DOMAIN),
        "blocked" => Note(BLOCKED),
        "connectionDirection" => PutNote(DIRECTION, WAY),
        "remoteIpDetails" => Enter(remote),
        "localIpDetails" => {
            Enter(|key| if camel(key) == "ipAddressV4" { Note(LOCAL_ADDRESS) } else { Skip })
        }
        "remotePortDetails" => {
            Enter(|key| if camel(key) == "port" { Note(REMOTE_PORT) } else { Skip })
        }
        "localPortDetails" => {
            Enter(|key| if camel(key) == "port" { Note(LOCAL_PORT) } else { Skip })
        }
        "portProbeDetails" => Enter(act),
        _ => Skip,
    }
}

fn remote(key: &str) -> Rule {
    match camel(key).as_str() {
        "ipAddressV4" | "ipAddressV6" => PutFirst(REMOTE_IPS, REMOTE_IP),
        "country" => Enter(|key| if camel(key) == "countryName" { Put(COUNTRY) } else { Skip }),
        "organization" => {
            Enter(|key| if camel(key) == "asnOrg" { Put(ORGANIZATION) } else { Skip })
        }
        _ => Skip,
    }
}
