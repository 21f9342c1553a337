//! What each member of a notification, an item or an evaluation is for.

#[allow(clippy::wildcard_imports, reason = "the slots of all fields")]
use super::*;
use crate::format::members::Rule::{
    self, Enter, Names, Note, NoteEnter, Put, PutFirst, PutNote, Raw, Skip,
};
use std::borrow::Cow;

// What is kept aside while a record is read.
pub(super) const CAPTURED: usize = 0;
pub(super) const RECORDED: usize = 1;
pub(super) const NOTIFIED: usize = 2;
pub(super) const MESSAGE: usize = 3;
pub(super) const CHANGE_TYPE: usize = 4;
pub(super) const ITEM_STATUS: usize = 5;
pub(super) const COMPLIANCE: usize = 6;
pub(super) const RULE_NAME: usize = 7;
pub(super) const ID: usize = 8;
pub(super) const RESOURCE_TYPE: usize = 9;
pub(super) const ARN: usize = 10;
pub(super) const AWS_REGION: usize = 11;
pub(super) const IN_ZONE: usize = 12;
pub(super) const IN_ACCOUNT: usize = 13;
pub(super) const CONFIGURATION: usize = 14;
pub(super) const OBJECT: usize = 15;
pub(super) const INVOKING: usize = 16;
pub(super) const TAGS_OF: usize = 17;
pub(super) const RULE_ARN: usize = 18;

/// The name with its first letter small, as it is in files and notifications.
fn small(key: &str) -> Cow<'_, str> {
    if !key.starts_with(|c: char| c.is_ascii_uppercase()) {
        return Cow::Borrowed(key);
    }
    let mut name = key.to_owned();
    name[..1].make_ascii_lowercase();
    Cow::Owned(name)
}

/// The outermost level, of a notification as of an item or an evaluation by itself.
pub(super) fn message(key: &str) -> Rule {
    match &*small(key) {
        "messageType" => PutNote(MESSAGE_TYPE, MESSAGE),
        "configurationItem" | "configurationItemSummary" => Enter(item),
        // What a function is called with that is a rule.
        "invokingEvent" => Note(INVOKING),
        "configurationItemDiff" => Enter(|key| match key {
            "changeType" => PutNote(CHANGE, CHANGE_TYPE),
            "changedProperties" => Names(CHANGED),
            _ => Skip,
        }),
        "notificationCreationTime" | "notificationCreateTime" => Note(NOTIFIED),
        "s3DeliverySummary" => Enter(|key| match key {
            "s3BucketLocation" => Put(RESOURCE),
            "errorMessage" => Put(super::MESSAGE),
            _ => Skip,
        }),
        "s3Bucket" => Put(RESOURCE),
        "configRuleARN" | "configRuleArn" => Note(RULE_ARN),
        "s3ObjectKey" => PutNote(RESOURCE, OBJECT),
        "errorMessage" => Put(super::MESSAGE),
        "configSnapshotId" => Put(SNAPSHOT),
        "configRuleName" => Note(RULE_NAME),
        "configRuleNames" => PutFirst(RULES, RULE_NAME),
        "newEvaluationResult" | "compliance" => Enter(evaluation),
        "oldEvaluationResult" => {
            Enter(|key| if key == "complianceType" { Put(BEFORE) } else { Skip })
        }
        "evaluationResultIdentifier" | "complianceType" | "resultRecordedTime" | "annotation" => {
            evaluation(key)
        }
        _ => item(key),
    }
}

fn item(key: &str) -> Rule {
    match &*small(key) {
        "configurationItemCaptureTime" => Note(CAPTURED),
        "configurationItemStatus" => PutNote(STATUS, ITEM_STATUS),
        "configurationStateId" | "configurationStateID" => Put(STATE_ID),
        "awsAccountId" | "accountId" => Note(IN_ACCOUNT),
        "awsRegion" => Note(AWS_REGION),
        "aRN" | "arn" => PutNote(RESOURCE, ARN),
        "resourceType" => PutNote(TYPE, RESOURCE_TYPE),
        "resourceId" => Note(ID),
        "resourceName" => Put(NAME),
        // One letter is wrong in what the service wrote once.
        "availabilityZone" | "availibilityZone" => PutNote(ZONE, IN_ZONE),
        "resourceCreationTime" => Put(CREATED),
        "changeType" => PutNote(CHANGE, CHANGE_TYPE),
        "relatedEvents" => Put(RELATED),
        "tags" => Raw(TAGS_OF),
        "relationships" => Enter(|key| match key {
            "resourceId" | "resourceName" => Put(RESOURCE),
            _ => Skip,
        }),
        "configuration" => NoteEnter(CONFIGURATION, configuration),
        _ => Skip,
    }
}

/// Of the configuration, which is another for each type of resource, what finds it again.
pub(super) fn configuration(key: &str) -> Rule {
    match key {
        "privateIpAddress" | "publicIpAddress" | "publicIp" | "ipv6Address" => Put(ADDRESS),
        "privateIpAddresses" | "ipv6Addresses" | "association" | "networkInterfaces" => {
            Enter(configuration)
        }
        "attachment" => Enter(|key| if key == "instanceId" { Put(INSTANCE) } else { Skip }),
        "complianceType" => PutNote(CODE, COMPLIANCE),
        _ => Skip,
    }
}

fn evaluation(key: &str) -> Rule {
    match &*small(key) {
        "evaluationResultIdentifier" => Enter(|key| match &*small(key) {
            "evaluationResultQualifier" => Enter(|key| match &*small(key) {
                "configRuleName" => Note(RULE_NAME),
                "resourceType" => PutNote(TYPE, RESOURCE_TYPE),
                "resourceId" => Note(ID),
                _ => Skip,
            }),
            _ => Skip,
        }),
        "complianceType" => Note(COMPLIANCE),
        "resultRecordedTime" => Note(RECORDED),
        "annotation" => Put(super::MESSAGE),
        _ => Skip,
    }
}
