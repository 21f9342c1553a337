//! What each member of a CloudTrail record is for, level by level.

#[allow(clippy::wildcard_imports, reason = "the slots of a hundred fields")]
use super::*;
use crate::format::members::Rule::{self, Both, Enter, Note, Put, PutNote, Raw, Skip};

// What is kept aside while a record is read.
pub(super) const TIME: usize = 0;
pub(super) const NAME: usize = 1;
pub(super) const SOURCE: usize = 2;
pub(super) const ERROR_CODE: usize = 3;
pub(super) const ERROR_TEXT: usize = 4;
pub(super) const IP: usize = 5;
pub(super) const ARN: usize = 6;
pub(super) const USER: usize = 7;
pub(super) const PRINCIPAL_ID: usize = 8;
pub(super) const INVOKED_BY: usize = 9;
pub(super) const USER_ACCOUNT: usize = 10;
pub(super) const RECIPIENT: usize = 11;
pub(super) const IDENTITY_TYPE: usize = 12;
pub(super) const IS_READ_ONLY: usize = 13;
pub(super) const TYPE: usize = 14;
pub(super) const SIGN_IN: usize = 15;
pub(super) const INSIGHT_NAME: usize = 16;
pub(super) const INSIGHT_SOURCE: usize = 17;
pub(super) const VERSION: usize = 18;
pub(super) const EVENT_ID: usize = 19;
pub(super) const AWS_REGION: usize = 20;
pub(super) const WINDOW_START: usize = 21;
pub(super) const ON_BEHALF: usize = 22;
pub(super) const SUMMARY: usize = 23;
pub(super) const ATTRIBUTIONS: usize = 24;

pub(super) fn record(key: &str) -> Rule {
    match key {
        "eventTime" => Note(TIME),
        "eventName" => PutNote(EVENT, NAME),
        "eventSource" => PutNote(EVENT_SOURCE, SOURCE),
        "awsRegion" => PutNote(REGION, AWS_REGION),
        "sourceIPAddress" => Note(IP),
        "userAgent" => Put(AGENT),
        "userIdentity" => Enter(user),
        "errorCode" => PutNote(CODE, ERROR_CODE),
        "errorMessage" => Note(ERROR_TEXT),
        "requestParameters" => Enter(parameters),
        "responseElements" => Enter(response),
        "additionalEventData" => Enter(additional),
        "requestID" => Put(REQUEST),
        "eventID" | "eventId" => PutNote(ID, EVENT_ID),
        "readOnly" => PutNote(READ_ONLY, IS_READ_ONLY),
        "resources" => Enter(resource),
        "eventType" => PutNote(EVENT_TYPE, TYPE),
        "eventCategory" => Put(EVENT_CATEGORY),
        "eventVersion" => PutNote(EVENT_VERSION, VERSION),
        "managementEvent" => Put(MANAGEMENT_EVENT),
        "recipientAccountId" | "accountId" => Note(RECIPIENT),
        "sharedEventID" | "sharedEventId" => Put(SHARED_EVENT_ID),
        "vpcEndpointId" => Put(VPC_ENDPOINT_ID),
        "vpcEndpointAccountId" => Put(VPC_ENDPOINT_ACCOUNT),
        "sessionCredentialFromConsole" => Put(FROM_CONSOLE),
        "serviceEventDetails" => Enter(sign_in),
        "insightDetails" => Enter(insight),
        "addendum" => Enter(addendum),
        "tlsDetails" => Enter(tls),
        "timeWindow" => Enter(window),
        "summary" => Raw(SUMMARY),
        _ => Skip,
    }
}

fn user(key: &str) -> Rule {
    match key {
        "type" => PutNote(USER_TYPE, IDENTITY_TYPE),
        "principalId" => PutNote(USER_PRINCIPAL_ID, PRINCIPAL_ID),
        "arn" => PutNote(USER_ARN, ARN),
        "accountId" => PutNote(PRINCIPAL_ACCOUNT, USER_ACCOUNT),
        "accessKeyId" => Put(KEY),
        "userName" => PutNote(USER_NAME, USER),
        "invokedBy" => PutNote(USER_INVOKED_BY, INVOKED_BY),
        "identityProvider" => Put(USER_PROVIDER),
        "credentialId" => Put(USER_CREDENTIAL),
        "sessionContext" => Enter(session),
        "onBehalfOf" => Enter(behalf),
        _ => Skip,
    }
}

fn behalf(key: &str) -> Rule {
    if key == "userId" { PutNote(USER_BEHALF, ON_BEHALF) } else { Skip }
}

fn session(key: &str) -> Rule {
    match key {
        "sessionIssuer" => Enter(|key| match key {
            "type" => Put(ISSUER_TYPE),
            "arn" => Put(ROLE),
            "userName" => Put(ISSUER_NAME),
            _ => Skip,
        }),
        "attributes" => Enter(|key| match key {
            "creationDate" => Put(SESSION_CREATED),
            "mfaAuthenticated" => Put(SESSION_MFA),
            _ => Skip,
        }),
        "sourceIdentity" => Put(SOURCE_IDENTITY),
        "assumedRoot" => Put(ASSUMED_ROOT),
        "ec2RoleDelivery" => Put(EC2_DELIVERY),
        _ => Skip,
    }
}

fn parameters(key: &str) -> Rule {
    match key {
        "bucketName" => Both(P_BUCKET, RESOURCE),
        "key" => Both(P_OBJECT, RESOURCE),
        "roleArn" => Both(P_ROLE_ARN, RESOURCE),
        "roleName" => Both(P_ROLE_NAME, RESOURCE),
        "roleSessionName" => Put(P_SESSION_NAME),
        "sourceIdentity" => Put(P_SOURCE_IDENTITY),
        "durationSeconds" => Put(P_DURATION),
        "serialNumber" => Put(P_SERIAL),
        "userName" => Both(P_USER, RESOURCE),
        "accessKeyId" => Put(P_ACCESS_KEY),
        "status" => Put(P_STATUS),
        "policyArn" => Both(P_POLICY_ARN, RESOURCE),
        "policyName" => Put(P_POLICY_NAME),
        "policyDocument" => Put(P_POLICY_DOCUMENT),
        "groupId" => Both(P_GROUP_ID, RESOURCE),
        "groupName" => Both(P_GROUP_NAME, RESOURCE),
        "ipPermissions" => Enter(permissions),
        "instanceId" => Both(P_INSTANCE, RESOURCE),
        "instancesSet" => Enter(|key| if key == "items" { Enter(instance) } else { Skip }),
        "instanceType" => Put(P_INSTANCE_TYPE),
        "instanceProfileName" => Both(P_PROFILE, RESOURCE),
        "imageId" => Both(P_IMAGE, RESOURCE),
        "snapshotId" => Both(P_SNAPSHOT, RESOURCE),
        "volumeId" => Both(P_VOLUME, RESOURCE),
        "attributeType" => Put(P_ATTRIBUTE),
        "keyId" => Both(P_KEY_ID, RESOURCE),
        "keyName" => Both(P_KEY_NAME, RESOURCE),
        "functionName" => Both(P_FUNCTION, RESOURCE),
        "secretId" => Both(P_SECRET, RESOURCE),
        "name" => Both(P_NAME, RESOURCE),
        "trailName" => Both(P_TRAIL, RESOURCE),
        "detectorId" => Both(P_DETECTOR, RESOURCE),
        "logGroupName" => Both(P_LOG_GROUP, RESOURCE),
        "dBInstanceIdentifier" => Both(P_DATABASE, RESOURCE),
        "tableName" => Both(P_TABLE, RESOURCE),
        "topicArn" => Both(P_TOPIC, RESOURCE),
        "queueUrl" => Both(P_QUEUE, RESOURCE),
        "stackName" => Both(P_STACK, RESOURCE),
        "documentName" => Both(P_DOCUMENT, RESOURCE),
        key => list(key),
    }
}

/// Headers of S3 with the list of who may use an object or a bucket.
fn list(key: &str) -> Rule {
    match key.strip_prefix("x-amz-") {
        Some("acl") => Put(P_ACL),
        Some(rest) if rest.starts_with("grant-") => Put(GRANTEES),
        _ => Skip,
    }
}

fn instance(key: &str) -> Rule {
    if key == "instanceId" { Both(P_INSTANCES, RESOURCE) } else { Skip }
}

fn permissions(key: &str) -> Rule {
    match key {
        "items" => Enter(permissions),
        "ipRanges" => Enter(ranges),
        _ => Skip,
    }
}

fn ranges(key: &str) -> Rule {
    match key {
        "items" => Enter(ranges),
        "cidrIp" => Put(P_CIDR),
        _ => Skip,
    }
}

fn response(key: &str) -> Rule {
    match key {
        "credentials" => Enter(|key| match key {
            "accessKeyId" => Put(ISSUED_KEY),
            "expiration" => Put(ISSUED_UNTIL),
            _ => Skip,
        }),
        "accessKey" => Enter(|key| match key {
            "accessKeyId" => Put(CREATED_KEY),
            "userName" => Put(CREATED_KEY_USER),
            _ => Skip,
        }),
        "assumedRoleUser" => Enter(|key| match key {
            "arn" => Put(ASSUMED_ROLE_ARN),
            "assumedRoleId" => Put(ASSUMED_ROLE_ID),
            _ => Skip,
        }),
        "federatedUser" => Enter(|key| if key == "arn" { Put(FEDERATED_ARN) } else { Skip }),
        "user" => Enter(|key| if key == "arn" { Both(CREATED_USER, RESOURCE) } else { Skip }),
        "role" => Enter(|key| if key == "arn" { Both(CREATED_ROLE, RESOURCE) } else { Skip }),
        "instancesSet" => Enter(|key| if key == "items" { Enter(created) } else { Skip }),
        _ => sign_in(key),
    }
}

fn created(key: &str) -> Rule {
    if key == "instanceId" { Both(CREATED_INSTANCES, RESOURCE) } else { Skip }
}

/// Sign-in events tell how they ended in a member named like the event.
fn sign_in(key: &str) -> Rule {
    match key {
        "ConsoleLogin"
        | "CheckMfa"
        | "SwitchRole"
        | "ExitRole"
        | "RenewRole"
        | "PasswordUpdated"
        | "GetSigninToken"
        | "UserAuthentication"
        | "CredentialChallenge"
        | "CredentialVerification" => Note(SIGN_IN),
        _ => Skip,
    }
}

fn additional(key: &str) -> Rule {
    match key {
        "MFAUsed" => Put(MFA_USED),
        "LoginTo" => Put(LOGIN_TO),
        "MobileVersion" => Put(MOBILE),
        "AuthenticationMethod" => Put(AUTH_METHOD),
        "bytesTransferredIn" => Put(BYTES_IN),
        "bytesTransferredOut" => Put(BYTES_OUT),
        key => list(key),
    }
}

fn resource(key: &str) -> Rule {
    if matches!(key, "ARN" | "arn" | "ARNPrefix" | "resourceName") { Put(RESOURCE) } else { Skip }
}

fn insight(key: &str) -> Rule {
    match key {
        "eventName" => Note(INSIGHT_NAME),
        "eventSource" => Note(INSIGHT_SOURCE),
        "insightType" => Put(INSIGHT_TYPE),
        "state" => Put(INSIGHT_STATE),
        "errorCode" => Put(INSIGHT_ERROR),
        "insightContext" => Enter(|key| match key {
            "statistics" => Enter(statistics),
            "attributions" => Raw(ATTRIBUTIONS),
            _ => Skip,
        }),
        _ => Skip,
    }
}

fn statistics(key: &str) -> Rule {
    match key {
        "baseline" => Enter(|key| if key == "average" { Put(INSIGHT_BASELINE) } else { Skip }),
        "insight" => Enter(|key| if key == "average" { Put(INSIGHT_AVERAGE) } else { Skip }),
        _ => Skip,
    }
}

fn addendum(key: &str) -> Rule {
    if key == "reason" { Put(ADDENDUM) } else { Skip }
}

fn tls(key: &str) -> Rule {
    match key {
        "clientProvidedHostHeader" => Put(DOMAIN),
        "tlsVersion" => Put(TLS_VERSION),
        _ => Skip,
    }
}

fn window(key: &str) -> Rule {
    match key {
        "windowStart" => Note(WINDOW_START),
        "windowEnd" => Put(TIME_END),
        _ => Skip,
    }
}
