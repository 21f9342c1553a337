//! Changes of CloudWatch alarms: events of EventBridge, messages of SNS, what a function is
//! called with, and `DescribeAlarmHistory`.
//!
//! A message names its Region as people call it, so account and Region are those of the ARN. An item
//! of the history has an ARN only where the alarm itself was changed: the others are about what bears
//! the alarm's name, and an action is in the Region of its alarm, though it may be another account's.
//! Source: the CloudWatch user guide, "Alarm events and `EventBridge`" and "Notifying users on alarm
//! changes", and the API reference, "`AlarmHistoryItem`".

use crate::event::{Class, FieldDef, Kind, Outcome, Role, Schema, Value, fields, schema::slots};
use crate::format::arn::Arn;
use crate::format::clock::{self, Stamp};
use crate::format::members::Rule::{
    self, Both, Enter, Note, Put, PutEnter, PutFirst, PutNote, Skip,
};
use crate::format::members::{Memo, Values};
use crate::format::objects::Objects;
use crate::format::{
    Array, Clock, Context, Decoder, Delivery, Format, Match, Probe, Takes, put_class, put_outcome,
    schema,
};
use std::sync::{Arc, LazyLock};

const fn text(name: &'static str, role: Role, help: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Str, role, help)
}

slots! {
    EVENT = fields::EVENT,
    EVENT_SOURCE = fields::EVENT_SOURCE,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    ACCOUNT = fields::ACCOUNT,
    REGION = fields::REGION,
    RESOURCE = fields::RESOURCE,
    INSTANCE = fields::INSTANCE,
    RULE = fields::RULE,
    SEVERITY = fields::SEVERITY,
    MESSAGE = fields::MESSAGE,
    ID = fields::ID,
    TYPE = text("alarm.type", Role::Text, "what kind of change it is"),
    BEFORE = text("alarm.previous_state", Role::Text, "state before the change"),
    DESCRIPTION = text("alarm.description", Role::Text, "what the alarm is for"),
    METRIC = text("alarm.metric", Role::Text, "metrics that are watched").many(),
    NAMESPACE = text("alarm.namespace", Role::Text, "namespaces of these metrics").many(),
    COMPOSITE = text("alarm.rule", Role::Text, "expression of a composite alarm"),
    SUPPRESSED = text("alarm.suppressed_by", Role::Text, "what keeps the alarm's actions back"),
    ACTIONS = text("alarm.action", Role::Resource, "ARNs of what the alarm sets off").many(),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("cloudwatch_alarm", "CloudWatch alarms", FIELDS));

// What is kept aside.
const STATE: usize = 0;
const STATE_TIME: usize = 1;
const EVENT_TIME: usize = 2;
const ARN: usize = 3;
const ENVELOPE_ACCOUNT: usize = 4;
const ENVELOPE_REGION: usize = 5;
const ITEM_TYPE: usize = 6;
const OPERATION: usize = 7;
const HISTORY: usize = 8;
const DIMENSION: usize = 9;
const DIMENSION_VALUE: usize = 10;
const ACTION_STATE: usize = 11;
const NAME: usize = 12;
const TARGET: usize = 13;

pub(super) struct Alarm;

impl Format for Alarm {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "State changes of CloudWatch alarms: EventBridge events, SNS messages, DescribeAlarmHistory."
    }

    fn delivery(&self) -> Delivery {
        Delivery {
            cadence: "as an alarm changes its state",
            guarantee: "nothing is promised of the delivery; the history is kept for 30 days",
            clock: Clock::Aws,
            ..Delivery::UNKNOWN
        }
    }

    fn limits(&self) -> &'static str {
        "An alarm watches numbers: it says that one crossed a line, not who made it do so. It \
         changes minutes after what it is about, and not again while it lasts."
    }

    fn arrays(&self) -> &'static [Array] {
        &[Array { name: "AlarmHistoryItems", beside: &[] }]
    }

    fn takes(&self) -> Takes {
        Takes::Objects
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        let event = probe.has_all(&["detail-type", "detail"])
            && probe.text("detail-type").is_some_and(|kind| kind.starts_with("CloudWatch Alarm "));
        let mine = event
            || probe.has_all(&["NewStateValue", "OldStateValue"])
            || probe.has_all(&["HistoryItemType", "AlarmName"])
            || probe.has_all(&["alarmArn", "alarmData"]);
        Match::certain_if(mine)
    }

    fn start(&self, _: &Context, _: &[String]) -> Box<dyn Decoder> {
        let level = Memo::new(message);
        Box::new(Objects { fields: FIELDS, level, time: stamp, fill, zone_seconds: 0 })
    }
}

fn fill(values: &mut Values<'_, '_>) -> bool {
    if values.note(NAME).is_none() || values.note(STATE).or(values.note(ITEM_TYPE)).is_none() {
        return false;
    }
    let told = history(values);
    put_where(values, &told);
    put_what(values, told);
    true
}

/// The service's own times are UTC, whether they say so or not.
fn stamp(values: &Values<'_, '_>) -> Option<Stamp> {
    let mut times = [STATE_TIME, EVENT_TIME].into_iter();
    times.find_map(|note| values.note(note).and_then(clock::any)).map(Stamp::is_utc)
}

/// What the text within an item of the history says: the state, and how an action ended.
#[derive(Default)]
struct Told {
    state: Option<String>,
    action: Option<String>,
    arn: Option<String>,
    /// What the action was about.
    target: Option<String>,
}

fn history(values: &mut Values<'_, '_>) -> Told {
    let Some(inner) = values.note(HISTORY).map(str::to_owned) else { return Told::default() };
    let mut within = Values::new(values.row, FIELDS);
    // What is no good JSON says nothing more; the summary is there.
    let _ = within.read(&inner, data);
    let owned = |note| within.note(note).map(str::to_owned);
    let [state, action, arn, target] = [STATE, ACTION_STATE, ARN, TARGET].map(owned);
    Told { state, action, arn, target }
}

fn put_what(values: &mut Values<'_, '_>, told: Told) {
    let item = values.note(ITEM_TYPE).map(str::to_owned);
    let operation = values.note(OPERATION).map(str::to_owned);
    let is_change =
        operation.is_some() || item.as_deref().is_some_and(|item| item != "StateUpdate");
    let state = values.note(STATE).map(str::to_owned).or(told.state).filter(|_| !is_change);
    let event = state.as_deref().or(operation.as_deref()).or(item.as_deref()).unwrap_or_default();
    values.text(EVENT, event);
    let class = match (&state, item.as_deref()) {
        (Some(_), _) | (None, Some("StateUpdate")) => Class::Finding,
        (None, Some("Action")) => Class::Other,
        // Whoever changes an alarm changes what is noticed.
        _ => Class::AuditSystem,
    };
    put_class(values.row, CLASS, class);
    let outcome = match (state.as_deref(), told.action.as_deref()) {
        (Some("ALARM"), _) | (None, Some("Failed")) => Outcome::Failure,
        (Some("OK"), _) | (None, Some("Succeeded")) => Outcome::Success,
        _ => Outcome::Unknown,
    };
    put_outcome(values.row, OUTCOME, outcome);
    if let Some(state) = &state {
        let severity = if state == "ALARM" { 5.0 } else { 0.0 };
        values.row.put(SEVERITY, Value::Float(severity));
    }
}

fn put_where(values: &mut Values<'_, '_>, told: &Told) {
    if values.note(DIMENSION) == Some("InstanceId") {
        values.put_note(INSTANCE, DIMENSION_VALUE);
    }
    values.put_note(ACCOUNT, ENVELOPE_ACCOUNT);
    values.put_note(REGION, ENVELOPE_REGION);
    let own = values.note(ARN).map(str::to_owned);
    match (&own, &told.arn) {
        (None, None) => values.put_note(RESOURCE, NAME),
        (None, Some(arn)) => values.text(RESOURCE, arn),
        (Some(_), _) => {}
    }
    if let Some(arn) = own.as_deref().or(told.arn.as_deref()).and_then(Arn::read) {
        values.text(ACCOUNT, arn.account.unwrap_or_default());
        values.text(REGION, arn.region.unwrap_or_default());
    } else if let Some(target) = told.target.as_deref().and_then(Arn::read) {
        values.text(REGION, target.region.unwrap_or_default());
        // The history names no account. What an alarm acts on is its own account's but for topics
        // and functions that another has opened to it.
        if values.note(ENVELOPE_ACCOUNT).is_none() {
            values.text(ACCOUNT, target.account.unwrap_or_default());
        }
    }
}

/// The outermost level: of an event, of a message, of an item of the history.
fn message(key: &str) -> Rule {
    match key {
        "detail-type" | "AlarmType" => Put(TYPE),
        "source" => Put(EVENT_SOURCE),
        "account" | "accountId" | "AWSAccountId" => Note(ENVELOPE_ACCOUNT),
        "region" => Note(ENVELOPE_REGION),
        "time" => Note(EVENT_TIME),
        "id" => Put(ID),
        "resources" | "AlarmArn" | "alarmArn" => PutFirst(RESOURCE, ARN),
        "detail" | "alarmData" => Enter(detail),
        "AlarmName" => PutNote(RULE, NAME),
        "AlarmDescription" => Put(DESCRIPTION),
        "AlarmRule" => Put(COMPOSITE),
        "NewStateValue" => Note(STATE),
        "NewStateReason" | "HistorySummary" => Put(MESSAGE),
        "StateChangeTime" | "Timestamp" => Note(STATE_TIME),
        "OldStateValue" => Put(BEFORE),
        "ActionsSuppressedBy" => Put(SUPPRESSED),
        "OKActions" | "AlarmActions" | "InsufficientDataActions" => Put(ACTIONS),
        "Trigger" => Enter(trigger),
        "TriggeringChildren" => Enter(|key| if key == "Arn" { Put(RESOURCE) } else { Skip }),
        "HistoryItemType" => PutNote(TYPE, ITEM_TYPE),
        "HistoryData" => Note(HISTORY),
        _ => Skip,
    }
}

fn detail(key: &str) -> Rule {
    match key {
        "alarmName" => PutNote(RULE, NAME),
        "operation" => Note(OPERATION),
        "state" => Enter(|key| match key {
            "value" => Note(STATE),
            "reason" => Put(MESSAGE),
            "timestamp" => Note(STATE_TIME),
            "actionsSuppressedBy" => Put(SUPPRESSED),
            _ => Skip,
        }),
        "previousState" => Enter(|key| if key == "value" { Put(BEFORE) } else { Skip }),
        "configuration" => Enter(configuration),
        _ => Skip,
    }
}

fn configuration(key: &str) -> Rule {
    match key {
        "description" => Put(DESCRIPTION),
        "alarmRule" => Put(COMPOSITE),
        "alarmActions" | "okActions" | "insufficientDataActions" => Put(ACTIONS),
        "metrics" => Enter(metric),
        _ => Skip,
    }
}

/// A metric, also of an expression over several.
fn metric(key: &str) -> Rule {
    match key {
        "metricStat" | "MetricStat" | "Metric" => Enter(metric),
        "metric" => PutEnter(METRIC, metric),
        "name" | "MetricName" => Put(METRIC),
        "namespace" | "Namespace" => Put(NAMESPACE),
        "dimensions" => Enter(|key| match key {
            "InstanceId" => Both(INSTANCE, RESOURCE),
            _ => Put(RESOURCE),
        }),
        "Dimensions" => Enter(dimension),
        _ => Skip,
    }
}

fn trigger(key: &str) -> Rule {
    match key {
        "Metrics" => Enter(metric),
        _ => metric(key),
    }
}

fn dimension(key: &str) -> Rule {
    match key {
        "name" | "Name" => Note(DIMENSION),
        "value" | "Value" => PutNote(RESOURCE, DIMENSION_VALUE),
        _ => Skip,
    }
}

/// The text within an item of the history.
fn data(key: &str) -> Rule {
    match key {
        "oldState" => Enter(|key| if key == "stateValue" { Put(BEFORE) } else { Skip }),
        "newState" => Enter(|key| match key {
            "stateValue" => Note(STATE),
            "stateReason" => Put(MESSAGE),
            _ => Skip,
        }),
        "actionState" => Note(ACTION_STATE),
        "notificationResource" => PutNote(ACTIONS, TARGET),
        "createdAlarm" | "updatedAlarm" | "deletedAlarm" => {
            Enter(|key| if key == "alarmArn" { Note(ARN) } else { Skip })
        }
        _ => Skip,
    }
}
