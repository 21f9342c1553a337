//! Findings in the AWS Security Finding Format (ASFF): as Security Hub sends them by EventBridge,
//! answers them, and as products hand them in.
//!
//! Source: the Security Hub user guide, "AWS Security Finding Format". The event is what was
//! found: the control that failed or, of other products, the last part of the first type.

use crate::event::{
    Class, FieldDef, Kind, Outcome, Role, Schema, Time, Value, fields, schema::slots,
};
use crate::format::arn::Arn;
use crate::format::clock::Stamp;
use crate::format::members::Rule::{self, Enter, Heads, Note, Put, PutFirst, PutNote, Skip};
use crate::format::members::{Memo, Values};
use crate::format::objects::Objects;
use crate::format::{
    Array, Clock, Context, Decoder, Delivery, Format, Lag, Match, Probe, Service, Takes, put_class,
    put_outcome, schema,
};
use std::sync::{Arc, LazyLock};

const fn text(name: &'static str, role: Role) -> FieldDef {
    FieldDef::new(name, Kind::Str, role, "the member of this name, verbatim")
}

const fn address(name: &'static str, help: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Ip, Role::Ip, help).many()
}

slots! {
    EVENT = fields::EVENT,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    CODE = fields::CODE,
    PRINCIPAL = fields::PRINCIPAL,
    PRINCIPAL_KIND = fields::PRINCIPAL_KIND,
    KEY = fields::KEY,
    SRC_IP = fields::SRC_IP,
    SRC_PORT = fields::SRC_PORT,
    DST_IP = fields::DST_IP,
    DST_PORT = fields::DST_PORT,
    ACCOUNT = fields::ACCOUNT,
    REGION = fields::REGION,
    RESOURCE = fields::RESOURCE,
    DOMAIN = fields::DOMAIN,
    FILE = fields::FILE,
    PROCESS = fields::PROCESS,
    INSTANCE = fields::INSTANCE,
    RULE = fields::RULE,
    SEVERITY = fields::SEVERITY,
    MESSAGE = fields::MESSAGE,
    COUNT = fields::COUNT,
    ID = fields::ID,
    TIME_END = fields::TIME_END,
    UPDATED = FieldDef::new("securityhub.updated_at", Kind::Time, Role::Time, "when this revision was made").revises(),
    DESCRIPTION = text("securityhub.description", Role::Text),
    PRODUCT = text("securityhub.product", Role::Text),
    COMPANY = text("securityhub.company", Role::Text),
    TYPES = text("securityhub.types", Role::Text).many(),
    RESOURCE_TYPE = text("securityhub.resource_type", Role::Text).many(),
    WORKFLOW = text("securityhub.workflow_status", Role::Text),
    RECORD_STATE = text("securityhub.record_state", Role::Text),
    CONTROL = text("securityhub.control", Role::Text),
    SAMPLE = text("securityhub.sample", Role::Text),
    ACTION = text("securityhub.action_type", Role::Text),
    API = text("securityhub.api", Role::Event),
    DIRECTION = text("securityhub.direction", Role::Text),
    PRINCIPAL_ID = text("securityhub.principal_id", Role::Principal),
    CVE = text("securityhub.vulnerability", Role::Text).many(),
    MALWARE = text("securityhub.malware", Role::Text).many(),
    REMOTE_IPS = address("securityhub.remote_ip", "every remote address of the action"),
    RESOURCE_IPS = address("securityhub.resource_ip", "addresses of the resources"),
    INDICATORS = text("securityhub.indicator", Role::Domain).many(),
    INDICATOR_IPS = address("securityhub.indicator_ip", "addresses among the indicators of threats"),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("securityhub", "Security Hub findings", FIELDS));

// What is kept aside.
const FIRST_SEEN: usize = 0;
const CREATED_AT: usize = 1;
const UPDATED_AT: usize = 2;
const FINDING: usize = 3;
const FIRST_TYPE: usize = 4;
const GENERATOR: usize = 5;
const CONTROL_ID: usize = 6;
const STATUS: usize = 7;
const LABEL: usize = 8;
const NORMALIZED: usize = 9;
const PROVIDED_LABEL: usize = 10;
const NAME: usize = 11;
const USER: usize = 12;
const USER_ID: usize = 13;
const USER_TYPE: usize = 14;
const SOURCE: usize = 15;
const TARGET: usize = 16;
const REMOTE: usize = 17;
const LOCAL: usize = 18;
const REMOTE_PORT: usize = 19;
const LOCAL_PORT: usize = 20;
const WAY: usize = 21;
const BLOCKED: usize = 22;
const RESOURCE_ID: usize = 23;
const PRODUCT_ARN: usize = 24;
const FINDING_REGION: usize = 25;
const RESOURCE_REGION: usize = 26;

pub(super) struct SecurityHub;

impl Format for SecurityHub {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Findings that AWS Security Hub collects, in the AWS Security Finding Format: \
         EventBridge, GetFindings."
    }

    fn delivery(&self) -> Delivery {
        Delivery {
            service: Some(Service::SecurityHub),
            lag: Some(Lag { usual: 5 * 60, longest: 60 * 60 }),
            cadence: "as products hand findings in; controls are checked on change, or every 12 \
                      or 24 hours",
            guarantee: "by EventBridge at least once; kept for 90 days after the last change",
            clock: Clock::Aws,
        }
    }

    fn limits(&self) -> &'static str {
        "A finding says what a product made of events that it does not hold, and is written again \
         whenever it changes; controls that are off and products that are not connected say \
         nothing."
    }

    fn arrays(&self) -> &'static [Array] {
        &[
            Array { name: "Findings", beside: &["NextToken"] },
            Array { name: "findings", beside: &["actionName", "actionDescription"] },
        ]
    }

    fn takes(&self) -> Takes {
        Takes::Objects
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        let has = |name| probe.has(name);
        let certain = probe.is_object()
            && has("ProductArn")
            && (has("GeneratorId") || has("SchemaVersion") || has("AwsAccountId"));
        Match::certain_if(certain)
    }

    fn start(&self, context: &Context, _: &[String]) -> Box<dyn Decoder> {
        let zone_seconds = context.zone_seconds;
        Box::new(Objects { fields: FIELDS, level: Memo::new(finding), time, fill, zone_seconds })
    }
}

fn time(values: &Values<'_, '_>) -> Option<Stamp> {
    let stated = [FIRST_SEEN, CREATED_AT, UPDATED_AT];
    let mut said = stated.iter().filter_map(|note| values.note(*note));
    said.find_map(Time::parse_rfc3339).map(Stamp::utc)
}

fn fill(values: &mut Values<'_, '_>) -> bool {
    if values.note(PRODUCT_ARN).is_none() {
        return false;
    }
    if values.first_of(&[CONTROL_ID]).is_some() {
        values.put_note(EVENT, CONTROL_ID);
    } else {
        // Before controls had ids of their own, what generates a finding ended in one.
        let own =
            values.note(PRODUCT_ARN).is_some_and(|arn| arn.ends_with("product/aws/securityhub"));
        let last = |path: &str| path.rfind('/').map_or(0, |at| at + 1);
        let by = if own { GENERATOR } else { FIRST_TYPE };
        if !values.put_rest(EVENT, by, |path| Some(last(path))) {
            values.put_note(EVENT, GENERATOR);
        }
    }
    // Whoever has the product's own record of it knows it by this name.
    values.put_part(RESOURCE, FINDING, |id| id.starts_with("arn:").then_some(id));
    values.put_part(INSTANCE, RESOURCE_ID, |id| {
        let id = id.rsplit('/').next()?;
        id.starts_with("i-").then_some(id)
    });
    if values.note(FINDING_REGION).is_none() {
        values.put_note(REGION, RESOURCE_REGION);
        let product = values.note(PRODUCT_ARN).map(str::to_owned);
        if values.note(RESOURCE_REGION).is_none()
            && let Some(arn) = product.as_deref().and_then(Arn::read)
        {
            values.text(REGION, arn.region.unwrap_or_default());
        }
    }
    put_who(values);
    put_ends(values);
    if let Some(severity) = severity(values) {
        values.row.put(SEVERITY, Value::Float(severity));
    }
    put_class(values.row, CLASS, Class::Finding);
    let outcome = match (values.note(STATUS), values.note(BLOCKED)) {
        (_, Some("true")) => Outcome::Denied,
        (Some("PASSED"), _) => Outcome::Success,
        (Some("FAILED"), _) => Outcome::Failure,
        _ => Outcome::Unknown,
    };
    put_outcome(values.row, OUTCOME, outcome);
    true
}

fn severity(values: &Values<'_, '_>) -> Option<f64> {
    let number = || values.note(NORMALIZED)?.parse::<f64>().ok();
    let label = [LABEL, PROVIDED_LABEL].into_iter().find_map(|note| values.note(note));
    number().map(|number| number / 10.0).or_else(|| super::severity(label?))
}

fn put_who(values: &mut Values<'_, '_>) {
    values.put_first_of(PRINCIPAL, &[NAME, USER, USER_ID]);
    let kind = match values.note(USER_TYPE) {
        Some("Root") => "root",
        Some("IAMUser" | "AwsIamUser") => "iam_user",
        Some("AssumedRole" | "Role" | "AwsIamRole") => "assumed_role",
        Some("FederatedUser") => "federated_user",
        Some("AWSService") => "aws_service",
        Some("AWSAccount") => "aws_account",
        Some(_) => "unknown",
        None => return,
    };
    values.text(PRINCIPAL_KIND, kind);
}

/// What the product says of the ends counts; without it, the remote side of the action began,
/// unless the connection went out.
fn put_ends(values: &mut Values<'_, '_>) {
    let ((remote, remote_port), (local, local_port)) = if values.note(WAY) == Some("OUTBOUND") {
        ((DST_IP, DST_PORT), (SRC_IP, SRC_PORT))
    } else {
        ((SRC_IP, SRC_PORT), (DST_IP, DST_PORT))
    };
    values.put_note(remote, REMOTE);
    values.put_note(remote_port, REMOTE_PORT);
    values.put_note(local, LOCAL);
    values.put_note(local_port, LOCAL_PORT);
    values.put_note(SRC_IP, SOURCE);
    values.put_note(DST_IP, TARGET);
}

fn finding(key: &str) -> Rule {
    match key {
        "Id" => PutNote(ID, FINDING),
        "ProductArn" => Note(PRODUCT_ARN),
        "ProductName" => Put(PRODUCT),
        "CompanyName" => Put(COMPANY),
        "GeneratorId" => PutNote(RULE, GENERATOR),
        "AwsAccountId" => Put(ACCOUNT),
        "Region" => PutNote(REGION, FINDING_REGION),
        "Types" => PutFirst(TYPES, FIRST_TYPE),
        "FirstObservedAt" => Note(FIRST_SEEN),
        "LastObservedAt" => Put(TIME_END),
        "CreatedAt" => Note(CREATED_AT),
        "UpdatedAt" => PutNote(UPDATED, UPDATED_AT),
        "Title" => Put(MESSAGE),
        "Description" => Put(DESCRIPTION),
        "RecordState" => Put(RECORD_STATE),
        "Sample" => Put(SAMPLE),
        "Severity" => Enter(|key| match key {
            "Label" => Note(LABEL),
            "Normalized" => Note(NORMALIZED),
            _ => Skip,
        }),
        "FindingProviderFields" => Enter(provided),
        "Workflow" => Enter(|key| if key == "Status" { Put(WORKFLOW) } else { Skip }),
        "Compliance" => Enter(|key| match key {
            "Status" => PutNote(CODE, STATUS),
            "SecurityControlId" => PutNote(CONTROL, CONTROL_ID),
            _ => Skip,
        }),
        "ProductFields" => Enter(product_field),
        "Resources" => Enter(resource),
        "Action" => Enter(action),
        "Network" => Enter(network),
        "Process" => Enter(|key| if key == "Path" { Put(PROCESS) } else { Skip }),
        "Malware" => Enter(|key| match key {
            "Name" => Put(MALWARE),
            "Path" => Put(FILE),
            _ => Skip,
        }),
        "Threats" => Enter(threat),
        "ThreatIntelIndicators" => Enter(|key| match key {
            "Value" => Rule::Both(INDICATORS, INDICATOR_IPS),
            _ => Skip,
        }),
        "Vulnerabilities" => Enter(|key| if key == "Id" { Put(CVE) } else { Skip }),
        _ => Skip,
    }
}

fn provided(key: &str) -> Rule {
    match key {
        "Severity" => Enter(|key| if key == "Label" { Note(PROVIDED_LABEL) } else { Skip }),
        _ => Skip,
    }
}

/// Names are paths into what the product knows; those of GuardDuty's findings have what ASFF has
/// no members for, or did not have.
fn product_field(key: &str) -> Rule {
    let Some(path) = key.strip_prefix("aws/guardduty/service/") else { return Skip };
    match path.rsplit('/').next() {
        Some("ipAddressV4" | "ipAddressV6") if path.contains("remoteIpDetails") => {
            PutFirst(REMOTE_IPS, REMOTE)
        }
        Some("api") => Put(API),
        Some("actionType") => Put(ACTION),
        Some("blocked") => Note(BLOCKED),
        Some("connectionDirection") => PutNote(DIRECTION, WAY),
        Some("domain") if path.contains("dnsRequestAction") => Put(DOMAIN),
        Some("count") if path == "count" => Put(COUNT),
        _ => Skip,
    }
}

fn resource(key: &str) -> Rule {
    match key {
        "Id" => PutNote(RESOURCE, RESOURCE_ID),
        "Region" => Note(RESOURCE_REGION),
        "Type" => Put(RESOURCE_TYPE),
        "Details" => Enter(|key| match key {
            "AwsIamAccessKey" => Enter(|key| match key {
                "AccessKeyId" => Put(KEY),
                "PrincipalName" => Note(NAME),
                "UserName" => Note(USER),
                "PrincipalId" => PutNote(PRINCIPAL_ID, USER_ID),
                "PrincipalType" => Note(USER_TYPE),
                _ => Skip,
            }),
            "AwsEc2Instance" => Enter(|key| match key {
                "IpV4Addresses" | "IpV6Addresses" => Put(RESOURCE_IPS),
                "VpcId" | "SubnetId" | "IamInstanceProfileArn" => Put(RESOURCE),
                _ => Skip,
            }),
            _ => Skip,
        }),
        _ => Skip,
    }
}

fn action(key: &str) -> Rule {
    match key {
        "ActionType" => Put(ACTION),
        "NetworkConnectionAction" | "AwsApiCallAction" | "DnsRequestAction" | "PortProbeAction" => {
            Enter(act)
        }
        _ => Skip,
    }
}

fn act(key: &str) -> Rule {
    match key {
        "Api" => Put(API),
        "Blocked" => Note(BLOCKED),
        "ConnectionDirection" => PutNote(DIRECTION, WAY),
        "Domain" => Put(DOMAIN),
        "DomainDetails" => Enter(|key| if key == "Domain" { Put(DOMAIN) } else { Skip }),
        "RemoteIpDetails" => {
            Enter(|key| if key == "IpAddressV4" { PutFirst(REMOTE_IPS, REMOTE) } else { Skip })
        }
        "LocalIpDetails" => Enter(|key| if key == "IpAddressV4" { Note(LOCAL) } else { Skip }),
        "RemotePortDetails" => Enter(|key| if key == "Port" { Note(REMOTE_PORT) } else { Skip }),
        "LocalPortDetails" => Enter(|key| if key == "Port" { Note(LOCAL_PORT) } else { Skip }),
        "PortProbeDetails" => Heads(act, probed),
        _ => Skip,
    }
}

/// Of each probe behind the first.
fn probed(key: &str) -> Rule {
    match key {
        "RemoteIpDetails" => Enter(|key| if key == "IpAddressV4" { Put(REMOTE_IPS) } else { Skip }),
        "LocalIpDetails" => {
            Enter(|key| if key == "IpAddressV4" { Put(RESOURCE_IPS) } else { Skip })
        }
        _ => Skip,
    }
}

fn network(key: &str) -> Rule {
    match key {
        "Direction" => Put(DIRECTION),
        "SourceIpV4" | "SourceIpV6" => Note(SOURCE),
        "SourcePort" => Put(SRC_PORT),
        "DestinationIpV4" | "DestinationIpV6" => Note(TARGET),
        "DestinationPort" => Put(DST_PORT),
        "DestinationDomain" => Put(DOMAIN),
        _ => Skip,
    }
}

fn threat(key: &str) -> Rule {
    match key {
        "Name" => Put(MALWARE),
        "FilePaths" => Enter(|key| if key == "FilePath" { Put(FILE) } else { Skip }),
        _ => Skip,
    }
}
