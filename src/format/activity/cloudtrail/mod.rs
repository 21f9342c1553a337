//! AWS CloudTrail events: management, data, Insights, network activity and aggregated ones.
//!
//! Columns that come from one member carry its JSON path as their name, so that a filter on the
//! path finds the column. Source: the CloudTrail user guide, "CloudTrail record contents".

pub(in crate::format) mod class;
mod decode;
mod levels;
mod summary;

use crate::event::{FieldDef, Kind, Role, Schema, fields, schema::slots};
use crate::format::names::are_said;
use crate::format::{
    Clock, Context, Decoder, Delivery, Format, Lag, Match, Probe, Service, Takes, schema,
};
use std::sync::{Arc, LazyLock};

/// A column named by its path.
const fn at(path: &'static str, kind: Kind, role: Role) -> FieldDef {
    FieldDef::new(path, kind, role, "the member of this path, verbatim")
}

const fn text(path: &'static str) -> FieldDef {
    at(path, Kind::Str, Role::Text)
}

slots! {
    EVENT = fields::EVENT,
    EVENT_SOURCE = fields::EVENT_SOURCE,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    CODE = fields::CODE,
    PRINCIPAL = fields::PRINCIPAL,
    PRINCIPAL_KIND = fields::PRINCIPAL_KIND,
    PRINCIPAL_ACCOUNT = fields::PRINCIPAL_ACCOUNT,
    ROLE = fields::ROLE,
    SESSION = fields::SESSION,
    KEY = fields::KEY,
    SRC_IP = fields::SRC_IP,
    ACCOUNT = fields::ACCOUNT,
    REGION = fields::REGION,
    RESOURCE = fields::RESOURCE,
    BYTES_IN = fields::BYTES_IN,
    BYTES_OUT = fields::BYTES_OUT,
    DOMAIN = fields::DOMAIN,
    AGENT = fields::AGENT,
    MESSAGE = fields::MESSAGE,
    ID = fields::ID,
    REQUEST = fields::REQUEST,
    TIME_END = fields::TIME_END,
    EVENT_TYPE = text("eventType"),
    EVENT_CATEGORY = text("eventCategory"),
    EVENT_VERSION = text("eventVersion"),
    READ_ONLY = text("readOnly"),
    MANAGEMENT_EVENT = text("managementEvent"),
    SHARED_EVENT_ID = at("sharedEventID", Kind::Id, Role::Request),
    VPC_ENDPOINT_ID = text("vpcEndpointId"),
    VPC_ENDPOINT_ACCOUNT = at("vpcEndpointAccountId", Kind::Str, Role::Account),
    SOURCE_IP_ADDRESS = text("sourceIPAddress"),
    ERROR_MESSAGE = text("errorMessage"),
    FROM_CONSOLE = text("sessionCredentialFromConsole"),
    ADDENDUM = text("addendum.reason"),
    TLS_VERSION = text("tlsDetails.tlsVersion"),
    USER_TYPE = text("userIdentity.type"),
    USER_PRINCIPAL_ID = at("userIdentity.principalId", Kind::Str, Role::Principal),
    USER_ARN = at("userIdentity.arn", Kind::Str, Role::Principal),
    USER_NAME = at("userIdentity.userName", Kind::Str, Role::Principal),
    USER_INVOKED_BY = at("userIdentity.invokedBy", Kind::Str, Role::Principal),
    USER_PROVIDER = text("userIdentity.identityProvider"),
    USER_CREDENTIAL = text("userIdentity.credentialId"),
    USER_BEHALF = at("userIdentity.onBehalfOf.userId", Kind::Str, Role::Principal),
    ISSUER_TYPE = text("userIdentity.sessionContext.sessionIssuer.type"),
    ISSUER_NAME = at("userIdentity.sessionContext.sessionIssuer.userName", Kind::Str, Role::Principal),
    SESSION_CREATED = at("userIdentity.sessionContext.attributes.creationDate", Kind::Time, Role::Time),
    SESSION_MFA = text("userIdentity.sessionContext.attributes.mfaAuthenticated"),
    SOURCE_IDENTITY = at("userIdentity.sessionContext.sourceIdentity", Kind::Str, Role::Principal),
    ASSUMED_ROOT = text("userIdentity.sessionContext.assumedRoot"),
    EC2_DELIVERY = text("userIdentity.sessionContext.ec2RoleDelivery"),
    MFA_USED = text("additionalEventData.MFAUsed"),
    LOGIN_TO = text("additionalEventData.LoginTo"),
    MOBILE = text("additionalEventData.MobileVersion"),
    AUTH_METHOD = text("additionalEventData.AuthenticationMethod"),
    ISSUED_KEY = at("responseElements.credentials.accessKeyId", Kind::Str, Role::Key),
    ISSUED_UNTIL = text("responseElements.credentials.expiration"),
    CREATED_KEY = at("responseElements.accessKey.accessKeyId", Kind::Str, Role::Key),
    CREATED_KEY_USER = at("responseElements.accessKey.userName", Kind::Str, Role::Principal),
    ASSUMED_ROLE_ARN = at("responseElements.assumedRoleUser.arn", Kind::Str, Role::Principal),
    ASSUMED_ROLE_ID = at("responseElements.assumedRoleUser.assumedRoleId", Kind::Str, Role::Principal),
    FEDERATED_ARN = at("responseElements.federatedUser.arn", Kind::Str, Role::Principal),
    CREATED_USER = at("responseElements.user.arn", Kind::Str, Role::Principal),
    CREATED_ROLE = at("responseElements.role.arn", Kind::Str, Role::Principal),
    CREATED_INSTANCES = many("responseElements.instancesSet.items.instanceId", Role::Host),
    INSIGHT_TYPE = text("insightDetails.insightType"),
    INSIGHT_STATE = text("insightDetails.state"),
    INSIGHT_ERROR = text("insightDetails.errorCode"),
    INSIGHT_BASELINE = at("insightDetails.insightContext.statistics.baseline.average", Kind::Float, Role::Text),
    INSIGHT_AVERAGE = at("insightDetails.insightContext.statistics.insight.average", Kind::Float, Role::Text),
    COUNT = fields::COUNT,
    SUM_OVER = text("summary.primaryDimension.dimension"),
    SUM_EVENT = sum("summary.event", Kind::Str, Role::Event, "calls that are summed up"),
    SUM_PRINCIPAL = sum("summary.principal", Kind::Str, Role::Principal, "who made calls that are summed up"),
    SUM_IP = sum("summary.ip", Kind::Ip, Role::Ip, "addresses that such calls came from"),
    SUM_AGENT = sum("summary.agent", Kind::Str, Role::Agent, "user agents of such calls"),
    SUM_ERROR = sum("summary.error", Kind::Str, Role::Text, "error codes of such calls"),
    P_BUCKET = at("requestParameters.bucketName", Kind::Str, Role::Resource),
    P_OBJECT = at("requestParameters.key", Kind::Str, Role::Resource),
    P_ROLE_ARN = at("requestParameters.roleArn", Kind::Str, Role::Resource),
    P_ROLE_NAME = at("requestParameters.roleName", Kind::Str, Role::Resource),
    P_SESSION_NAME = at("requestParameters.roleSessionName", Kind::Str, Role::Session),
    P_SOURCE_IDENTITY = at("requestParameters.sourceIdentity", Kind::Str, Role::Principal),
    P_DURATION = text("requestParameters.durationSeconds"),
    P_SERIAL = text("requestParameters.serialNumber"),
    P_USER = at("requestParameters.userName", Kind::Str, Role::Principal),
    P_ACCESS_KEY = at("requestParameters.accessKeyId", Kind::Str, Role::Key),
    P_STATUS = text("requestParameters.status"),
    P_POLICY_ARN = at("requestParameters.policyArn", Kind::Str, Role::Resource),
    P_POLICY_NAME = text("requestParameters.policyName"),
    P_POLICY_DOCUMENT = text("requestParameters.policyDocument"),
    P_GROUP_ID = at("requestParameters.groupId", Kind::Str, Role::Resource),
    P_GROUP_NAME = at("requestParameters.groupName", Kind::Str, Role::Resource),
    P_CIDR = many("requestParameters.ipPermissions.items.ipRanges.items.cidrIp", Role::Text),
    P_INSTANCE = at("requestParameters.instanceId", Kind::Str, Role::Host),
    P_INSTANCES = many("requestParameters.instancesSet.items.instanceId", Role::Host),
    P_INSTANCE_TYPE = text("requestParameters.instanceType"),
    P_PROFILE = at("requestParameters.instanceProfileName", Kind::Str, Role::Resource),
    P_IMAGE = at("requestParameters.imageId", Kind::Str, Role::Resource),
    P_SNAPSHOT = at("requestParameters.snapshotId", Kind::Str, Role::Resource),
    P_VOLUME = at("requestParameters.volumeId", Kind::Str, Role::Resource),
    P_ATTRIBUTE = text("requestParameters.attributeType"),
    P_KEY_ID = at("requestParameters.keyId", Kind::Str, Role::Resource),
    P_KEY_NAME = at("requestParameters.keyName", Kind::Str, Role::Resource),
    P_FUNCTION = at("requestParameters.functionName", Kind::Str, Role::Resource),
    P_SECRET = at("requestParameters.secretId", Kind::Str, Role::Resource),
    P_NAME = at("requestParameters.name", Kind::Str, Role::Resource),
    P_TRAIL = at("requestParameters.trailName", Kind::Str, Role::Resource),
    P_DETECTOR = at("requestParameters.detectorId", Kind::Str, Role::Resource),
    P_LOG_GROUP = at("requestParameters.logGroupName", Kind::Str, Role::Resource),
    P_DATABASE = at("requestParameters.dBInstanceIdentifier", Kind::Str, Role::Resource),
    P_TABLE = at("requestParameters.tableName", Kind::Str, Role::Resource),
    P_TOPIC = at("requestParameters.topicArn", Kind::Str, Role::Resource),
    P_QUEUE = at("requestParameters.queueUrl", Kind::Str, Role::Resource),
    P_STACK = at("requestParameters.stackName", Kind::Str, Role::Resource),
    P_DOCUMENT = at("requestParameters.documentName", Kind::Str, Role::Resource),
    P_ACL = many("requestParameters.x-amz-acl", Role::Text),
    GRANTEES = FieldDef::new("cloudtrail.s3_grantees", Kind::Str, Role::Text, "whom headers x-amz-grant-… of S3 name").many(),
}

/// A column of what stands for many calls.
const fn sum(name: &'static str, kind: Kind, role: Role, help: &'static str) -> FieldDef {
    FieldDef::new(name, kind, role, help).many()
}

const fn many(path: &'static str, role: Role) -> FieldDef {
    at(path, Kind::Str, role).many()
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("cloudtrail", "AWS CloudTrail", FIELDS));

/// Whether there is a member that nobody else calls so.
fn is_chosen(probe: &Probe<'_>) -> bool {
    let own = ["sourceIPAddress", "userIdentity", "requestParameters", "recipientAccountId"];
    let is_own =
        own.into_iter().any(|name| probe.has(name)) || probe.has_all(&["eventSource", "awsRegion"]);
    is_own && !are_said(probe.names().iter().map(|name| &**name))
}

pub(super) struct CloudTrail;

impl Format for CloudTrail {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "API activity of AWS accounts: trail files, log groups, EventBridge, LookupEvents."
    }

    fn delivery(&self) -> Delivery {
        Delivery {
            service: Some(Service::CloudTrail),
            lag: Some(Lag { usual: 5 * 60, longest: 15 * 60 }),
            cadence: "files about every 5 minutes, as calls are made",
            guarantee: "about 5 minutes after the call, not promised; hourly digests prove what \
                        was delivered, also that nothing was",
            clock: Clock::Aws,
        }
    }

    fn limits(&self) -> &'static str {
        "Data events and network activity are recorded only where a trail asks for them, \
         and parameters above 100 KB are left out. The address is that of the last hop that \
         AWS saw: a proxy, a NAT gateway or a service may stand there."
    }

    fn takes(&self) -> Takes {
        Takes::Objects
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        if !probe.is_object() {
            return Match::No;
        }
        // A notification of S3, and a session of Systems Manager, have some of these names too.
        let session = probe.has("sessionData") && !probe.has("eventSource");
        if session || probe.has("s3") && probe.text("eventSource").as_deref() == Some("aws:s3") {
            return Match::No;
        }
        let names = ["eventSource", "awsRegion", "userIdentity", "eventType"];
        let known = names.into_iter().filter(|name| probe.has(name)).count();
        match (probe.has("eventVersion"), known) {
            (true, 2..) => Match::Certain,
            (true, 1) => Match::Likely,
            (false, 3..) if probe.has("eventTime") => Match::Likely,
            // What somebody has chosen of one.
            (false, _) if probe.has_all(&["eventTime", "eventName"]) && is_chosen(probe) => {
                Match::Likely
            }
            _ => Match::No,
        }
    }

    fn start(&self, _: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(decode::Reader::new())
    }
}
