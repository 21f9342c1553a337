//! Findings of Amazon Macie, as EventBridge sends them and the API answers them, and the results
//! of its jobs in S3.
//!
//! Source: the Amazon Macie user guide and API reference, `Finding`.

use crate::event::{
    Class, FieldDef, Kind, Outcome, Role, Schema, Time, Value, fields, schema::slots,
};
use crate::format::clock::Stamp;
use crate::format::members::Rule::{self, Enter, Note, NoteEnter, Put, PutNote, Skip};
use crate::format::members::{Memo, Values};
use crate::format::objects::Objects;
use crate::format::{
    Array, Clock, Context, Decoder, Delivery, Format, Match, Probe, Takes, put_class, put_outcome,
    schema,
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
    PRINCIPAL_KIND = fields::PRINCIPAL_KIND,
    PRINCIPAL_ACCOUNT = fields::PRINCIPAL_ACCOUNT,
    ROLE = fields::ROLE,
    KEY = fields::KEY,
    SRC_IP = fields::SRC_IP,
    ACCOUNT = fields::ACCOUNT,
    REGION = fields::REGION,
    RESOURCE = fields::RESOURCE,
    SEVERITY = fields::SEVERITY,
    MESSAGE = fields::MESSAGE,
    COUNT = fields::COUNT,
    ID = fields::ID,
    TIME_END = fields::TIME_END,
    UPDATED = FieldDef::new("macie.updated_at", Kind::Time, Role::Time, "when this revision was made").revises(),
    DESCRIPTION = text("macie.description", Role::Text),
    CATEGORY = text("macie.category", Role::Text),
    ARCHIVED = text("macie.archived", Role::Text),
    SAMPLE = text("macie.sample", Role::Text),
    PUBLIC = text("macie.effective_permission", Role::Text),
    JOB = text("macie.job", Role::Resource),
    RESULT = text("macie.result_status", Role::Text),
    DATA_CATEGORY = text("macie.data_category", Role::Text).many(),
    DATA_TYPE = text("macie.data_type", Role::Text).many(),
    API = text("macie.api", Role::Event),
    SERVICE = text("macie.api_service", Role::Text),
    COUNTRY = text("macie.country", Role::Text),
    ORGANIZATION = text("macie.asn_org", Role::Text),
    PRINCIPAL_ID = text("macie.principal_id", Role::Principal),
}

static SCHEMA: LazyLock<Arc<Schema>> = LazyLock::new(|| schema("macie", "Macie findings", FIELDS));

// What is kept aside.
const TYPE: usize = 0;
const KIND: usize = 1;
const CREATED_AT: usize = 2;
const UPDATED_AT: usize = 3;
const FIRST_SEEN: usize = 4;
const LABEL: usize = 5;
const ARN: usize = 6;
const USER: usize = 7;
const USER_ID: usize = 8;
const INVOKER: usize = 9;
const USER_TYPE: usize = 10;
const AFFECTED: usize = 11;
const USER_ACCOUNT: usize = 12;

pub(super) struct Macie;

impl Format for Macie {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Findings of Amazon Macie: EventBridge, GetFindings, and results of discovery jobs in S3."
    }

    fn delivery(&self) -> Delivery {
        Delivery {
            cadence: "as something is found; what is found again every 15 minutes, hour or 6 hours",
            guarantee: "by EventBridge at least once; kept for 90 days by the service",
            clock: Clock::Aws,
            ..Delivery::UNKNOWN
        }
    }

    fn limits(&self) -> &'static str {
        "Macie looks at samples of objects that it can read, so an object without a finding may \
         still hold such data; who has read an object is not there."
    }

    fn arrays(&self) -> &'static [Array] {
        &[Array { name: "findings", beside: &[] }]
    }

    fn takes(&self) -> Takes {
        Takes::Objects
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        let details = || probe.has("classificationDetails") || probe.has("policyDetails");
        if !probe.is_object() {
            Match::No
        } else if probe.has("resourcesAffected") && details() {
            Match::Certain
        } else if probe.has_all(&["accountId", "category", "severity", "type"]) {
            Match::Likely
        } else {
            Match::No
        }
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
    let typed = |kind: &str| kind.starts_with("SensitiveData:") || kind.starts_with("Policy:");
    let is_mine = values.note(TYPE).is_some_and(typed)
        || matches!(values.note(KIND), Some("CLASSIFICATION" | "POLICY"))
        || values.note(AFFECTED).is_some();
    if !is_mine {
        return false;
    }
    values.put_first_of(PRINCIPAL, &[ARN, USER, USER_ID, INVOKER, USER_ACCOUNT]);
    let kind = match values.note(USER_TYPE) {
        Some("Root") => Some("root"),
        Some("IAMUser") => Some("iam_user"),
        Some("AssumedRole") => Some("assumed_role"),
        Some("FederatedUser") => Some("federated_user"),
        Some("AWSAccount") => Some("aws_account"),
        Some("AWSService") => Some("aws_service"),
        Some(_) => Some("unknown"),
        None => None,
    };
    if let Some(kind) = kind {
        values.text(PRINCIPAL_KIND, kind);
    }
    if let Some(severity) = values.note(LABEL).and_then(super::severity) {
        values.row.put(SEVERITY, Value::Float(severity));
    }
    put_class(values.row, CLASS, Class::Finding);
    put_outcome(values.row, OUTCOME, Outcome::Unknown);
    true
}

fn finding(key: &str) -> Rule {
    match key {
        "id" => Put(ID),
        "accountId" => Put(ACCOUNT),
        "region" => Put(REGION),
        "type" => PutNote(EVENT, TYPE),
        "category" => PutNote(CATEGORY, KIND),
        "title" => Put(MESSAGE),
        "description" => Put(DESCRIPTION),
        "severity" => NoteEnter(LABEL, |key| if key == "description" { Note(LABEL) } else { Skip }),
        "createdAt" => Note(CREATED_AT),
        "updatedAt" => PutNote(UPDATED, UPDATED_AT),
        "count" => Put(COUNT),
        "archived" => Put(ARCHIVED),
        "sample" => Put(SAMPLE),
        "resourcesAffected" => Enter(affected),
        "classificationDetails" => Enter(classification),
        "policyDetails" => Enter(policy),
        _ => Skip,
    }
}

fn affected(key: &str) -> Rule {
    match key {
        "s3Bucket" => Enter(|key| match key {
            "arn" => PutNote(RESOURCE, AFFECTED),
            "publicAccess" => {
                Enter(|key| if key == "effectivePermission" { Put(PUBLIC) } else { Skip })
            }
            _ => Skip,
        }),
        "s3Object" => Enter(|key| match key {
            "path" => PutNote(RESOURCE, AFFECTED),
            _ => Skip,
        }),
        _ => Skip,
    }
}

fn classification(key: &str) -> Rule {
    match key {
        "jobArn" => Put(JOB),
        "result" => Enter(|key| match key {
            "status" => Enter(|key| if key == "code" { Put(RESULT) } else { Skip }),
            "sensitiveData" => Enter(|key| match key {
                "category" => Put(DATA_CATEGORY),
                "detections" => Enter(|key| if key == "type" { Put(DATA_TYPE) } else { Skip }),
                _ => Skip,
            }),
            "customDataIdentifiers" => Enter(|key| match key {
                "detections" => Enter(|key| if key == "name" { Put(DATA_TYPE) } else { Skip }),
                _ => Skip,
            }),
            _ => Skip,
        }),
        _ => Skip,
    }
}

fn policy(key: &str) -> Rule {
    match key {
        "action" => Enter(|key| match key {
            "apiCallDetails" => Enter(|key| match key {
                "api" => Put(API),
                "apiServiceName" => Put(SERVICE),
                "firstSeen" => Note(FIRST_SEEN),
                "lastSeen" => Put(TIME_END),
                _ => Skip,
            }),
            _ => Skip,
        }),
        "actor" => Enter(|key| match key {
            "ipAddressDetails" => Enter(address),
            "userIdentity" => Enter(identity),
            _ => Skip,
        }),
        _ => Skip,
    }
}

fn address(key: &str) -> Rule {
    match key {
        "ipAddressV4" => Put(SRC_IP),
        "ipCountry" => Enter(|key| if key == "name" { Put(COUNTRY) } else { Skip }),
        "ipOwner" => Enter(|key| if key == "asnOrg" { Put(ORGANIZATION) } else { Skip }),
        _ => Skip,
    }
}

/// The type says which of the members below there is.
fn identity(key: &str) -> Rule {
    match key {
        "type" => Note(USER_TYPE),
        "iamUser" | "assumedRole" | "root" | "federatedUser" | "awsAccount" | "awsService" => {
            Enter(|key| match key {
                "arn" => Note(ARN),
                "userName" => Note(USER),
                "principalId" => PutNote(PRINCIPAL_ID, USER_ID),
                "accountId" => PutNote(PRINCIPAL_ACCOUNT, USER_ACCOUNT),
                "accessKeyId" => Put(KEY),
                "invokedBy" => Note(INVOKER),
                "sessionContext" => Enter(|key| match key {
                    "sessionIssuer" => Enter(|key| if key == "arn" { Put(ROLE) } else { Skip }),
                    _ => Skip,
                }),
                _ => Skip,
            })
        }
        _ => Skip,
    }
}
