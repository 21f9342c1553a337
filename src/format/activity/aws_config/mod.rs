//! AWS Config: configuration items of history files and snapshots, notifications of changes and
//! of compliance, and what the API answers, whose names begin with capitals in part.
//!
//! An item has no id of its own: one resource has many, each as of another time. Source: the AWS
//! Config developer guide, "Components of a configuration item" and "Notifications that AWS
//! Config sends", and its API reference.

mod levels;

use crate::event::layout::is_region;
use crate::event::{Class, FieldDef, Kind, Outcome, Role, Row, Schema, fields, schema::slots};
use crate::format::arn::Arn;
use crate::format::clock::{self, Stamp};
use crate::format::key;
use crate::format::members::{Memo, Values};
use crate::format::scan::Broken;
use crate::format::{
    Array, Clock, Context, DecodeError, Decoded, Decoder, Delivery, Format, Lag, Match, Probe,
    Service, Takes, put_class, put_outcome, schema,
};
use levels as note;
use std::sync::{Arc, LazyLock};

const fn text(name: &'static str, role: Role, help: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Str, role, help)
}

slots! {
    EVENT = fields::EVENT,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    CODE = fields::CODE,
    ACCOUNT = fields::ACCOUNT,
    REGION = fields::REGION,
    RESOURCE = fields::RESOURCE,
    INSTANCE = fields::INSTANCE,
    INTERFACE = fields::INTERFACE,
    RULE = fields::RULE,
    MESSAGE = fields::MESSAGE,
    MESSAGE_TYPE = text("config.message_type", Role::Text, "what kind of notification it is"),
    STATUS = text("config.status", Role::Text, "status of the item, such as ResourceDeleted"),
    CHANGE = text("config.change_type", Role::Text, "CREATE, UPDATE or DELETE"),
    CHANGED = text("config.changed", Role::Text, "paths of what changed").many(),
    TYPE = text("config.resource_type", Role::Text, "such as AWS::EC2::Instance"),
    RESOURCE_ID = text("config.resource_id", Role::Resource, "id of the resource"),
    NAME = text("config.resource_name", Role::Resource, "name of the resource"),
    STATE_ID = text("config.state_id", Role::Text, "id of this state of the resource"),
    ZONE = text("config.availability_zone", Role::Text, "availability zone"),
    CREATED = FieldDef::new("config.resource_created", Kind::Time, Role::Time, "when the resource was created"),
    RELATED = FieldDef::new("config.related_event", Kind::Id, Role::Request, "ids of the CloudTrail events that made the change").many(),
    ADDRESS = FieldDef::new("config.ip", Kind::Ip, Role::Ip, "addresses that the resource has").many(),
    RULES = text("config.rule_name", Role::Text, "rules that are being evaluated").many(),
    BEFORE = text("config.compliance_before", Role::Text, "compliance before the change"),
    SNAPSHOT = text("config.snapshot_id", Role::Text, "snapshot that was delivered"),
    TAGS = text("config.tags", Role::Text, "tags of the resource, as one text"),
}

static SCHEMA: LazyLock<Arc<Schema>> = LazyLock::new(|| schema("aws_config", "AWS Config", FIELDS));

/// Members that stand beside the items of a file, or beside the results of an API call.
const BESIDE: &[&str] = &[
    "fileVersion",
    "requestId",
    "configSnapshotId",
    "conformancePackName",
    "ConformancePackName",
    "unprocessedResourceKeys",
    "unprocessedResourceIdentifiers",
    "UnprocessedResourceIdentifiers",
];

const fn array(name: &'static str) -> Array {
    Array { name, beside: BESIDE }
}

pub(super) struct AwsConfig;

impl Format for AwsConfig {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Configuration items and compliance of AWS Config: history and snapshot files, SNS and \
         EventBridge notifications, answers of the API."
    }

    fn delivery(&self) -> Delivery {
        Delivery {
            service: Some(Service::Config),
            lag: Some(Lag { usual: 6 * 60 * 60, longest: 7 * 60 * 60 }),
            cadence: "history files every 6 hours for each type of resource that changed, \
                      snapshots as asked for, notifications within minutes of a change",
            guarantee: "6 hours between files; an item is made minutes after the change, or once \
                        a day where recording is daily",
            clock: Clock::Aws,
        }
    }

    fn limits(&self) -> &'static str {
        "An item shows what a resource was like some minutes after a change, not who changed it: \
         that is in CloudTrail. Types that are not recorded are not there, and several changes \
         in quick succession may be one item."
    }

    fn arrays(&self) -> &'static [Array] {
        const ARRAYS: &[Array] = &[
            array("configurationItems"),
            array("baseConfigurationItems"),
            array("BaseConfigurationItems"),
            array("EvaluationResults"),
            array("AggregateEvaluationResults"),
            array("ComplianceByConfigRules"),
            array("ComplianceByResources"),
            array("AggregateComplianceByConfigRules"),
            array("conformancePackRuleEvaluationResults"),
            array("ConformancePackRuleEvaluationResults"),
            array("ConformancePackRuleComplianceList"),
        ];
        ARRAYS
    }

    fn takes(&self) -> Takes {
        Takes::Objects
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        let either = |names: [&str; 2]| names.into_iter().any(|name| probe.has(name));
        let mine = probe.has_all(&["configurationItemCaptureTime", "resourceType"])
            || probe.has_all(&["messageType", "recordVersion"])
            || probe.has_all(&["messageType", "configurationItem"])
            || probe.has_all(&["messageType", "configurationItemDiff"])
            || probe.has_all(&["invokingEvent", "configRuleName"])
            || probe.has("ConfigurationItem")
            || either(["evaluationResultIdentifier", "EvaluationResultIdentifier"])
                && either(["complianceType", "ComplianceType"])
            || probe.has_all(&["ConfigRuleName", "Compliance"])
            || probe.has_all(&["ConfigRuleName", "ComplianceType"])
            || probe.has_all(&["ResourceType", "ResourceId", "Compliance"]);
        Match::certain_if(mine)
    }

    fn start(&self, context: &Context, _: &[String]) -> Box<dyn Decoder> {
        let members = Memo::new(note::message);
        Box::new(Reader { zone_seconds: context.zone_seconds, members })
    }
}

#[derive(Clone)]
struct Reader {
    zone_seconds: i32,
    members: Memo,
}

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        if !record.starts_with('{') {
            return Err(DecodeError::NotMine);
        }
        let mut values = Values::new(row, FIELDS);
        if let Err(error) = values.read_by(record, &mut self.members) {
            return Err(broken(&error, &values, self.zone_seconds));
        }
        tell(&mut values, self.zone_seconds)?;
        Ok(Decoded::Event)
    }

    fn decode_first(&mut self, text: &str, row: &mut dyn Row) -> Option<usize> {
        let mut values = Values::new(row, FIELDS);
        let length = values.read_first(text, &mut self.members).ok()?;
        tell(&mut values, self.zone_seconds).ok()?;
        Some(length)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }
}

/// Puts what the record tells, or what a function is handed within it, which is such a record; then
/// it names the rule besides.
fn tell(values: &mut Values<'_, '_>, zone_seconds: i32) -> Result<(), DecodeError> {
    if values.note(note::INVOKING).is_none() {
        return fill(values, zone_seconds);
    }
    let owned = |note| values.note(note).map(str::to_owned).unwrap_or_default();
    let (inner, rule) = (owned(note::INVOKING), owned(note::RULE_ARN));
    let mut within = Values::new(values.row, FIELDS);
    if !inner.starts_with('{') {
        return Err(DecodeError::NotMine);
    }
    if let Err(error) = within.read(&inner, note::message) {
        return Err(broken(&error, &within, zone_seconds));
    }
    fill(&mut within, zone_seconds)?;
    values.text(RESOURCE, &rule);
    Ok(())
}

fn broken(error: &Broken, values: &Values<'_, '_>, zone_seconds: i32) -> DecodeError {
    let time = stamp(values).map(|stamp| stamp.time(zone_seconds));
    DecodeError::Broken { reason: format!("no good JSON: {error}"), time }
}

fn fill(values: &mut Values<'_, '_>, zone_seconds: i32) -> Result<(), DecodeError> {
    let kind = Kinds::of(values).ok_or(DecodeError::NotMine)?;
    if let Some(stamp) = stamp(values) {
        stamp.put(values.row, zone_seconds);
    }
    let inner = read_inner(values);
    put_what(values, kind, inner);
    put_where(values);
    Ok(())
}

/// What a record tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kinds {
    /// The state of a resource.
    Item,
    /// Whether a resource keeps a rule.
    Compliance,
    /// What AWS Config itself is doing.
    Delivery,
}

impl Kinds {
    fn of(values: &Values<'_, '_>) -> Option<Self> {
        let has = |note| values.note(note).is_some();
        if has(note::CAPTURED) && has(note::RESOURCE_TYPE) {
            Some(Self::Item)
        } else if has(note::COMPLIANCE) {
            Some(Self::Compliance)
        } else {
            has(note::MESSAGE).then_some(Self::Delivery)
        }
    }
}

fn stamp(values: &Values<'_, '_>) -> Option<Stamp> {
    [note::CAPTURED, note::RECORDED, note::NOTIFIED]
        .into_iter()
        .find_map(|note| values.note(note).and_then(clock::any))
}

fn put_what(values: &mut Values<'_, '_>, kind: Kinds, inner: Option<Outcome>) {
    let first = |values: &Values<'_, '_>, notes: &[usize]| {
        notes.iter().copied().find(|note| values.note(*note).is_some())
    };
    let names: &[usize] = match kind {
        Kinds::Item => &[note::CHANGE_TYPE, note::ITEM_STATUS],
        Kinds::Compliance => &[note::MESSAGE, note::COMPLIANCE],
        Kinds::Delivery => &[note::MESSAGE],
    };
    if let Some(name) = first(values, names) {
        values.put_note(EVENT, name);
    }
    values.put_note(CODE, note::COMPLIANCE);
    values.put_note(RULE, note::RULE_NAME);
    let class = match kind {
        Kinds::Item => Class::Config,
        Kinds::Compliance => Class::Finding,
        Kinds::Delivery => Class::AuditSystem,
    };
    put_class(values.row, CLASS, class);
    let delivered = values.note(note::MESSAGE).filter(|_| kind == Kinds::Delivery).unwrap_or("");
    let outcome = match compliance(values).or(inner) {
        Some(outcome) => outcome,
        _ if delivered.ends_with("Completed") => Outcome::Success,
        _ if delivered.ends_with("Failed") => Outcome::Failure,
        _ => Outcome::Unknown,
    };
    put_outcome(values.row, OUTCOME, outcome);
}

fn compliance(values: &Values<'_, '_>) -> Option<Outcome> {
    match values.note(note::COMPLIANCE)? {
        "COMPLIANT" => Some(Outcome::Success),
        "NON_COMPLIANT" => Some(Outcome::Failure),
        _ => None,
    }
}

/// The resource, and where it is: its own members say, or its ARN, or the zone that it is in.
fn put_where(values: &mut Values<'_, '_>) {
    let id = values.note(note::ID).map(str::to_owned);
    values.put_note(RESOURCE_ID, note::ID);
    if let Some(tags) = values.note(note::TAGS_OF).filter(|tags| *tags != "{}").map(str::to_owned) {
        values.text(TAGS, &tags);
    }
    if let Some(id) = id {
        values.text(RESOURCE, &id);
        match values.note(note::RESOURCE_TYPE) {
            Some("AWS::EC2::Instance") => values.text(INSTANCE, &id),
            Some("AWS::EC2::NetworkInterface") => values.text(INTERFACE, &id),
            _ => {}
        }
    }
    // What it is about comes first.
    values.put_note(RESOURCE, note::RULE_ARN);
    let arn = values.note(note::ARN).map(str::to_owned).unwrap_or_default();
    let arn = Arn::read(&arn);
    if values.note(note::AWS_REGION).is_some() {
        values.put_note(REGION, note::AWS_REGION);
    } else if let Some(region) = arn.and_then(|arn| arn.region) {
        values.text(REGION, region);
    } else {
        let zone = values.note(note::IN_ZONE).map(str::to_owned).unwrap_or_default();
        let region = zone.trim_end_matches(|c: char| c.is_ascii_lowercase());
        if is_region(region) {
            values.text(REGION, region);
        }
    }
    if values.note(note::IN_ACCOUNT).is_some() {
        values.put_note(ACCOUNT, note::IN_ACCOUNT);
    } else if let Some(account) = arn.and_then(|arn| arn.account) {
        values.text(ACCOUNT, account);
    }
    // A delivery says it in the name of what was delivered alone.
    if let Some(delivered) = values.note(note::OBJECT).map(key::read) {
        for (slot, known) in [(REGION, delivered.region), (ACCOUNT, delivered.account)] {
            values.text(slot, known.as_deref().unwrap_or_default());
        }
    }
}

/// The API gives the configuration as text. The answer is what it says of compliance.
fn read_inner(values: &mut Values<'_, '_>) -> Option<Outcome> {
    let inner = values.note(note::CONFIGURATION)?.to_owned();
    let mut within = Values::new(values.row, FIELDS);
    // What is no good JSON has no members; the record itself is good.
    within.read(&inner, note::configuration).ok().and_then(|()| compliance(&within))
}
