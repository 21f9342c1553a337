//! What each member of a finding is for, level by level. Names are looked up with a small first
//! letter, which those of the API have as a capital.

#[allow(clippy::wildcard_imports, reason = "the slots of sixty fields")]
use super::*;
use crate::format::members::Rule::{self, Both, Enter, Heads, Note, Put, PutFirst, PutNote, Skip};
use std::borrow::Cow;

// What is kept aside while a record is read.
pub(super) const TYPE: usize = 0;
pub(super) const FIRST_SEEN: usize = 1;
pub(super) const UPDATED_AT: usize = 2;
pub(super) const REMOTE_IP: usize = 3;
pub(super) const REMOTE_PORT: usize = 4;
pub(super) const LOCAL_ADDRESS: usize = 5;
pub(super) const LOCAL_PORT: usize = 6;
pub(super) const WAY: usize = 7;
pub(super) const BLOCKED: usize = 8;
pub(super) const USER: usize = 9;
pub(super) const USER_ID: usize = 10;
pub(super) const CREATED_AT: usize = 11;
pub(super) const SCHEMA_VERSION: usize = 12;
pub(super) const DETECTOR_ID: usize = 13;
pub(super) const K8S_USER: usize = 14;
pub(super) const DB_USER: usize = 15;
pub(super) const KIND_OF_USER: usize = 16;
pub(super) const FIRST_ACTOR: usize = 17;
pub(super) const PROCESS_USER: usize = 18;
pub(super) const ERROR: usize = 19;
pub(super) const STATUS: usize = 20;
pub(super) const LOGINS: usize = 21;
pub(super) const FAILED_LOGINS: usize = 22;
pub(super) const SCANNED: usize = 23;
pub(super) const LOCAL_V6: usize = 24;

fn small(key: &str) -> Cow<'_, str> {
    if !key.starts_with(|first: char| first.is_ascii_uppercase()) {
        return Cow::Borrowed(key);
    }
    let mut name = key.to_owned();
    name[..1].make_ascii_lowercase();
    Cow::Owned(name)
}

/// A level that is only about one member.
macro_rules! only {
    ($name:literal, $rule:expr) => {
        Enter(|key| if small(key) == $name { $rule } else { Skip })
    };
}

pub(super) fn finding(key: &str) -> Rule {
    match &*small(key) {
        "type" => PutNote(EVENT, TYPE),
        "id" => Put(ID),
        "arn" | "associatedAttackSequenceArn" => Put(RESOURCE),
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
        // Of scans of objects.
        "resourceType" => Put(RESOURCE_TYPE),
        "s3ObjectDetails" => Enter(|key| match &*small(key) {
            "bucketName" | "objectKey" => Put(RESOURCE),
            _ => Skip,
        }),
        "scanResultDetails" => Enter(|key| match &*small(key) {
            "scanResultStatus" => PutNote(EVENT, SCANNED),
            "threats" => only!("name", Put(THREAT)),
            _ => Skip,
        }),
        _ => Skip,
    }
}

fn resource(key: &str) -> Rule {
    match &*small(key) {
        "resourceType" => Put(RESOURCE_TYPE),
        "accessKeyDetails" => Enter(access_key),
        "instanceDetails" => Enter(instance),
        "s3BucketDetails"
        | "eksClusterDetails"
        | "lambdaDetails"
        | "rdsDbInstanceDetails"
        | "rdsLimitlessDbDetails"
        | "ebsVolumeDetails"
        | "ebsSnapshotDetails"
        | "ec2ImageDetails"
        | "recoveryPointDetails" => Enter(named),
        "ecsClusterDetails" => Enter(ecs),
        "containerDetails" => Enter(container),
        "kubernetesDetails" => Enter(kubernetes),
        "rdsDbUserDetails" => Enter(|key| match &*small(key) {
            "user" => Note(DB_USER),
            "application" => Put(APPLICATION),
            "database" => Put(DATABASE),
            _ => Skip,
        }),
        _ => Skip,
    }
}

fn access_key(key: &str) -> Rule {
    match &*small(key) {
        "accessKeyId" => Put(KEY),
        "principalId" => PutNote(PRINCIPAL_ID, USER_ID),
        "userName" => Note(USER),
        "userType" => PutNote(USER_TYPE, KIND_OF_USER),
        _ => Skip,
    }
}

fn instance(key: &str) -> Rule {
    match &*small(key) {
        "instanceId" => Both(INSTANCE, RESOURCE),
        "networkInterfaces" => Enter(|key| match &*small(key) {
            "networkInterfaceId" => Put(INTERFACE),
            "privateIpAddress" | "publicIp" | "ipv6Addresses" => Put(LOCAL_IP),
            "vpcId" | "subnetId" => Put(RESOURCE),
            _ => Skip,
        }),
        "iamInstanceProfile" => Enter(named),
        _ => Skip,
    }
}

/// Resources that have names by which others know them, and what belongs to them.
fn named(key: &str) -> Rule {
    match &*small(key) {
        "arn" | "functionArn" | "dbInstanceArn" | "dbShardGroupArn" | "volumeArn" | "objectArn"
        | "snapshotArn" | "imageArn" | "recoveryPointArn" | "role" => Put(RESOURCE),
        "s3ObjectDetails" | "scannedVolumeDetails" | "skippedVolumeDetails" => Enter(named),
        _ => Skip,
    }
}

fn ecs(key: &str) -> Rule {
    match &*small(key) {
        "arn" => Put(RESOURCE),
        "taskDetails" => Enter(|key| match &*small(key) {
            "arn" | "definitionArn" => Put(RESOURCE),
            "containers" => Enter(container),
            _ => Skip,
        }),
        _ => Skip,
    }
}

fn container(key: &str) -> Rule {
    match &*small(key) {
        "image" => Put(IMAGE),
        "name" | "id" => Put(CONTAINER),
        _ => Skip,
    }
}

fn kubernetes(key: &str) -> Rule {
    match &*small(key) {
        "kubernetesUserDetails" => only!("username", PutNote(super::K8S_USER, K8S_USER)),
        "kubernetesWorkloadDetails" => Enter(|key| match &*small(key) {
            "name" => Put(WORKLOAD),
            "namespace" => Put(NAMESPACE),
            "containers" => Enter(container),
            _ => Skip,
        }),
        _ => Skip,
    }
}

fn service(key: &str) -> Rule {
    match &*small(key) {
        "detectorId" => PutNote(DETECTOR, DETECTOR_ID),
        "archived" => Put(ARCHIVED),
        "count" => Put(COUNT),
        "featureName" => Put(FEATURE),
        "eventFirstSeen" => Note(FIRST_SEEN),
        "eventLastSeen" => Put(TIME_END),
        "resourceRole" => Put(RESOURCE_ROLE),
        "additionalInfo" => Enter(|key| match &*small(key) {
            "sample" => Put(SAMPLE),
            "threatListName" => Put(THREAT_LIST),
            "threatName" => Put(THREAT),
            _ => Skip,
        }),
        "evidence" => only!("threatIntelligenceDetails", Enter(intelligence)),
        "action" => Enter(action),
        "runtimeDetails" => Enter(|key| match &*small(key) {
            "process" => Enter(process),
            "context" => Enter(context),
            _ => Skip,
        }),
        "malwareScanDetails" => only!("threats", Enter(threat)),
        "ebsVolumeScanDetails" => only!("scanDetections", Enter(detections)),
        "detection" => only!("sequence", Enter(sequence)),
        _ => Skip,
    }
}

fn intelligence(key: &str) -> Rule {
    match &*small(key) {
        "threatListName" => Put(THREAT_LIST),
        "threatNames" => Put(THREAT),
        "threatFileSha256" => Put(THREAT_HASH),
        _ => Skip,
    }
}

fn process(key: &str) -> Rule {
    match &*small(key) {
        "executablePath" => Put(PROCESS),
        "executableSha256" => Put(PROCESS_HASH),
        "pid" => Put(PROCESS_ID),
        "user" => PutNote(super::PROCESS_USER, PROCESS_USER),
        "lineage" => only!("executablePath", Put(LINEAGE)),
        _ => Skip,
    }
}

/// What the process did, or did it with.
fn context(key: &str) -> Rule {
    match &*small(key) {
        "modifyingProcess" | "targetProcess" => only!("executablePath", Put(LINEAGE)),
        "scriptPath"
        | "libraryPath"
        | "runcBinaryPath"
        | "releaseAgentPath"
        | "moduleFilePath"
        | "shellHistoryFilePath"
        | "socketPath"
        | "threatFilePath" => Put(FILE),
        "commandLineExample" => Put(COMMAND),
        "moduleSha256" => Put(THREAT_HASH),
        _ => Skip,
    }
}

fn threat(key: &str) -> Rule {
    match &*small(key) {
        "name" => Put(THREAT),
        "itemPaths" => Enter(|key| match &*small(key) {
            "nestedItemPath" => Put(FILE),
            "hash" => Put(THREAT_HASH),
            _ => Skip,
        }),
        _ => Skip,
    }
}

fn detections(key: &str) -> Rule {
    match &*small(key) {
        "threatDetectedByName" => only!("threatNames", Enter(detected)),
        _ => Skip,
    }
}

fn detected(key: &str) -> Rule {
    match &*small(key) {
        "name" => Put(THREAT),
        "filePaths" => Enter(|key| match &*small(key) {
            "filePath" => Put(FILE),
            "hash" => Put(THREAT_HASH),
            "volumeArn" => Put(RESOURCE),
            _ => Skip,
        }),
        _ => Skip,
    }
}

fn sequence(key: &str) -> Rule {
    match &*small(key) {
        "signals" => only!("name", Put(SIGNAL)),
        "actors" => Enter(|key| match &*small(key) {
            "user" => Enter(|key| match &*small(key) {
                "name" => PutFirst(ACTOR, FIRST_ACTOR),
                "uid" => Put(ACTOR),
                "type" => Note(KIND_OF_USER),
                "credentialUid" => Put(KEY),
                _ => Skip,
            }),
            "process" => only!("path", Put(LINEAGE)),
            _ => Skip,
        }),
        "endpoints" => Enter(|key| match &*small(key) {
            "ip" => PutFirst(REMOTE_IPS, REMOTE_IP),
            "domain" => Put(DOMAIN),
            "autonomousSystem" => only!("name", Put(ORGANIZATION)),
            _ => Skip,
        }),
        "resources" => only!("uid", Put(RESOURCE)),
        _ => Skip,
    }
}

fn action(key: &str) -> Rule {
    match &*small(key) {
        "actionType" => Put(ACTION),
        "awsApiCallAction"
        | "networkConnectionAction"
        | "portProbeAction"
        | "dnsRequestAction"
        | "kubernetesApiCallAction"
        | "kubernetesPermissionCheckedDetails"
        | "kubernetesRoleBindingDetails"
        | "kubernetesRoleDetails"
        | "rdsLoginAttemptAction" => Enter(act),
        _ => Skip,
    }
}

fn act(key: &str) -> Rule {
    match &*small(key) {
        "api" | "verb" => Put(API),
        "serviceName" => Put(SERVICE),
        "errorCode" => PutNote(CODE, ERROR),
        "userAgent" => Put(AGENT),
        "domain" => Put(DOMAIN),
        "domainDetails" => only!("domain", Put(DOMAIN)),
        "blocked" => Note(BLOCKED),
        "protocol" => Put(PROTOCOL),
        "connectionDirection" => PutNote(DIRECTION, WAY),
        "localNetworkInterface" => Put(INTERFACE),
        "remoteIpDetails" => Enter(remote),
        "remoteAccountDetails" => only!("accountId", Put(REMOTE_ACCOUNT)),
        "localIpDetails" => Enter(|key| match &*small(key) {
            "ipAddressV4" => Note(LOCAL_ADDRESS),
            "ipAddressV6" => Note(LOCAL_V6),
            _ => Skip,
        }),
        "remotePortDetails" => only!("port", Note(REMOTE_PORT)),
        "localPortDetails" => only!("port", Note(LOCAL_PORT)),
        "portProbeDetails" => Heads(act, probed),
        // Names of types, with what is of that type.
        "affectedResources" => Enter(|_| Put(RESOURCE)),
        "requestUri" => Put(URL),
        "statusCode" => PutNote(CODE, STATUS),
        "sourceIps" | "sourceIPs" => Put(SOURCE_IPS),
        "namespace" => Put(NAMESPACE),
        "resourceName" | "roleRefName" | "name" => Put(RESOURCE),
        "loginAttributes" => Enter(|key| match &*small(key) {
            "user" => Note(DB_USER),
            "application" => Put(APPLICATION),
            "successfulLoginAttempts" => Note(LOGINS),
            "failedLoginAttempts" => Note(FAILED_LOGINS),
            _ => Skip,
        }),
        _ => Skip,
    }
}

/// Of each probe behind the first.
fn probed(key: &str) -> Rule {
    match &*small(key) {
        "remoteIpDetails" => Enter(|key| match &*small(key) {
            "ipAddressV4" | "ipAddressV6" => Put(REMOTE_IPS),
            _ => Skip,
        }),
        "localIpDetails" => Enter(|key| match &*small(key) {
            "ipAddressV4" | "ipAddressV6" => Put(LOCAL_IP),
            _ => Skip,
        }),
        _ => Skip,
    }
}

fn remote(key: &str) -> Rule {
    match &*small(key) {
        "ipAddressV4" | "ipAddressV6" => PutFirst(REMOTE_IPS, REMOTE_IP),
        "country" => only!("countryName", Put(COUNTRY)),
        "organization" => only!("asnOrg", Put(ORGANIZATION)),
        _ => Skip,
    }
}
