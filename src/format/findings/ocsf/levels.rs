//! What each member of an OCSF event is for, level by level.

#[allow(clippy::wildcard_imports, reason = "the slots of seventy fields")]
use super::*;
use crate::format::members::Rule::{
    self, Enter, Heads, Note, Put, PutEnter, PutFirst, PutNote, Skip,
};

/// Values that are kept aside while a record is read.
pub(super) const NOTES: usize = 64;
pub(super) const CLASS: usize = 0;
pub(super) const CATEGORY: usize = 1;
pub(super) const CLASS_TITLE: usize = 2;
pub(super) const ACTIVITY_ID: usize = 3;
pub(super) const ACTIVITY: usize = 4;
pub(super) const TYPE: usize = 5;
pub(super) const TIME: usize = 6;
pub(super) const TIME_TEXT: usize = 7;
pub(super) const START: usize = 8;
pub(super) const LOGGED: usize = 9;
pub(super) const OPERATION: usize = 10;
pub(super) const SERVICE: usize = 11;
/// The actor's user: uid, the other uid of early versions, name, address of mail.
pub(super) const ACTOR: [usize; 4] = [12, 13, 14, 15];
/// The same of the event's user.
pub(super) const SUBJECT: [usize; 4] = [16, 17, 18, 19];
pub(super) const USER_TYPE: usize = 20;
pub(super) const CREDENTIAL: usize = 21;
pub(super) const SESSION_UID: usize = 22;
pub(super) const ISSUER: usize = 23;
pub(super) const INVOKER: usize = 24;
pub(super) const APP: usize = 25;
pub(super) const SRC: usize = 26;
pub(super) const DST: usize = 27;
pub(super) const EVIDENCE_SRC: usize = 28;
pub(super) const EVIDENCE_DST: usize = 29;
/// The same as [`ACTOR`], in the evidence of a finding.
pub(super) const WITNESSED: [usize; 4] = [30, 31, 32, 33];
pub(super) const STATUS_ID: usize = 34;
pub(super) const STATUS: usize = 35;
pub(super) const DISPOSITION_ID: usize = 36;
pub(super) const DISPOSITION: usize = 37;
pub(super) const ACTION_ID: usize = 38;
pub(super) const ACTION: usize = 39;
pub(super) const ERROR: usize = 40;
pub(super) const STATUS_CODE: usize = 41;
pub(super) const HTTP_CODE: usize = 42;
pub(super) const RCODE: usize = 43;
pub(super) const COMPLIANCE: usize = 44;
pub(super) const SEVERITY_ID: usize = 45;
pub(super) const SEVERITY: usize = 46;
pub(super) const DIRECTION_ID: usize = 47;
pub(super) const BYTES: usize = 48;
pub(super) const MILLIS: usize = 49;
pub(super) const NAME: usize = 50;
pub(super) const URL: usize = 51;
pub(super) const PATH: usize = 52;
pub(super) const QUERY: usize = 53;
pub(super) const API_REQUEST: usize = 54;
pub(super) const HTTP_REQUEST: usize = 55;
pub(super) const FORWARDED: usize = 56;
pub(super) const MESSAGE_TEXT: usize = 57;
pub(super) const TITLE: usize = 58;
pub(super) const DETAIL: usize = 59;
pub(super) const ALT: usize = 60;
pub(super) const ACCOUNT_COLUMN: usize = 61;
pub(super) const REGION_COLUMN: usize = 62;
pub(super) const ACCOUNT_UID: usize = 63;

pub(super) fn event(key: &str) -> Rule {
    match key {
        "class_uid" => PutNote(CLASS_UID, CLASS),
        "class_name" => PutNote(CLASS_NAME, CLASS_TITLE),
        "category_uid" => Note(CATEGORY),
        "activity_id" => Note(ACTIVITY_ID),
        "activity_name" | "activity" => PutNote(super::ACTIVITY, ACTIVITY),
        "type_name" => Note(TYPE),
        "time" => Note(TIME),
        "time_dt" => Note(TIME_TEXT),
        "start_time" | "start_time_dt" => Note(START),
        "end_time" | "end_time_dt" => Put(TIME_END),
        "duration" => Note(MILLIS),
        "count" => Put(COUNT),
        "message" => PutNote(MESSAGE, MESSAGE_TEXT),
        "severity_id" => Note(SEVERITY_ID),
        "severity" => Note(SEVERITY),
        "status_id" => Note(STATUS_ID),
        "status" => PutNote(super::STATUS, STATUS),
        "status_code" => Note(STATUS_CODE),
        "status_detail" => Note(DETAIL),
        "disposition_id" => Note(DISPOSITION_ID),
        "disposition" => PutNote(super::DISPOSITION, DISPOSITION),
        "action_id" => Note(ACTION_ID),
        "action" => Note(ACTION),
        "rcode" => Note(RCODE),
        "http_status" => Note(HTTP_CODE),
        "is_mfa" | "mfa" => Put(MFA),
        "accountid" | "accountId" => Note(ACCOUNT_COLUMN),
        "region" => Note(REGION_COLUMN),
        "metadata" => Enter(metadata),
        "cloud" => Enter(cloud),
        "actor" => Enter(actor),
        "user" => Enter(subject),
        "src_endpoint" => Enter(source),
        "dst_endpoint" => Enter(target),
        "device" => Enter(device),
        "api" => Enter(api),
        _ => more(key),
    }
}

fn more(key: &str) -> Rule {
    match key {
        "http_request" => Enter(http_request),
        "http_response" => Enter(|key| if key == "code" { Note(HTTP_CODE) } else { Skip }),
        "query" => Enter(query),
        "answers" => Enter(|key| match key {
            "rdata" => Rule::Both(ANSWER, ANSWER_IP),
            _ => Skip,
        }),
        "tls" => Enter(|key| if key == "sni" { Note(NAME) } else { Skip }),
        "connection_info" => Enter(connection),
        "traffic" => Enter(traffic),
        "resources" | "resource" | "web_resources" | "databucket" | "database" | "table"
        | "entity" | "entity_result" | "group" | "affected_resources" | "win_resource" => {
            Enter(resource)
        }
        "file" => Enter(file),
        "process" => Enter(process),
        "finding_info" | "finding" => Enter(finding),
        "evidences" => Heads(evidence, witness),
        "observables" => Enter(|key| if key == "value" { Put(OBSERVED_IP) } else { Skip }),
        "firewall_rule" => Enter(|key| if key == "uid" { Put(RULE) } else { Skip }),
        "compliance" => Enter(|key| match key {
            "status" => PutNote(super::COMPLIANCE, COMPLIANCE),
            "control" => Put(RULE),
            _ => Skip,
        }),
        "vulnerabilities" => Enter(|key| match key {
            "cve" => Enter(|key| if key == "uid" { Put(CVE) } else { Skip }),
            _ => Skip,
        }),
        "attacks" => Enter(attack),
        "malware" => Enter(|key| if key == "name" { Put(MALWARE) } else { Skip }),
        _ => Skip,
    }
}

fn metadata(key: &str) -> Rule {
    match key {
        "uid" => Put(ID),
        "logged_time" | "original_time" => Note(LOGGED),
        "product" => Enter(|key| if key == "name" { Put(PRODUCT) } else { Skip }),
        _ => Skip,
    }
}

fn cloud(key: &str) -> Rule {
    match key {
        "account" => Enter(|key| if key == "uid" { Note(ACCOUNT_UID) } else { Skip }),
        "account_uid" => Note(ACCOUNT_UID),
        "region" => Put(REGION),
        _ => Skip,
    }
}

fn actor(key: &str) -> Rule {
    match key {
        "user" => Enter(|key| match key {
            "uid" => Note(ACTOR[0]),
            "uuid" => Note(ACTOR[1]),
            "name" => Note(ACTOR[2]),
            "email_addr" => Note(ACTOR[3]),
            "uid_alt" => PutNote(USER_ALT, ALT),
            "type" | "account_type" => Note(USER_TYPE),
            "credential_uid" => Note(CREDENTIAL),
            "account" => Enter(|key| if key == "uid" { Put(PRINCIPAL_ACCOUNT) } else { Skip }),
            "account_uid" => Put(PRINCIPAL_ACCOUNT),
            _ => Skip,
        }),
        "session" => Enter(|key| match key {
            "uid" => Note(SESSION_UID),
            "credential_uid" => Note(CREDENTIAL),
            "issuer" => Note(ISSUER),
            "is_mfa" | "mfa" => Put(MFA),
            _ => Skip,
        }),
        "process" => Enter(|key| match key {
            "file" => Enter(|key| if key == "path" { Put(PARENT) } else { Skip }),
            _ => Skip,
        }),
        "invoked_by" => PutNote(INVOKED_BY, INVOKER),
        "app_name" => Note(APP),
        _ => Skip,
    }
}

fn subject(key: &str) -> Rule {
    match key {
        "uid" => Note(SUBJECT[0]),
        "uuid" => Note(SUBJECT[1]),
        "name" => Note(SUBJECT[2]),
        "email_addr" => Note(SUBJECT[3]),
        _ => Skip,
    }
}

fn source(key: &str) -> Rule {
    match key {
        "ip" => PutNote(SRC_IP, SRC),
        "port" => Put(SRC_PORT),
        "hostname" | "domain" | "svc_name" => Put(SRC_NAME),
        "instance_uid" => Put(INSTANCE),
        "interface_uid" => Put(INTERFACE),
        "vpc_uid" | "subnet_uid" => Put(RESOURCE),
        "intermediate_ips" => Put(BETWEEN_IP),
        _ => Skip,
    }
}

fn target(key: &str) -> Rule {
    match key {
        "ip" => PutNote(DST_IP, DST),
        "port" => Put(DST_PORT),
        "hostname" | "domain" | "svc_name" => Put(DST_NAME),
        "instance_uid" => Put(INSTANCE),
        "interface_uid" => Put(INTERFACE),
        "vpc_uid" | "subnet_uid" => Put(RESOURCE),
        "intermediate_ips" => Put(BETWEEN_IP),
        _ => Skip,
    }
}

fn device(key: &str) -> Rule {
    match key {
        "hostname" => Put(HOST),
        "ip" => Put(DEVICE_IP),
        "instance_uid" => Put(INSTANCE),
        "interface_uid" => Put(INTERFACE),
        "network_interfaces" => Enter(|key| if key == "ip" { Put(DEVICE_IP) } else { Skip }),
        _ => Skip,
    }
}

fn api(key: &str) -> Rule {
    match key {
        "operation" => Note(OPERATION),
        "service" => Enter(|key| if key == "name" { PutNote(EVENT_SOURCE, SERVICE) } else { Skip }),
        "request" => Enter(|key| if key == "uid" { Note(API_REQUEST) } else { Skip }),
        "response" => Enter(|key| if key == "error" { Note(ERROR) } else { Skip }),
        _ => Skip,
    }
}

fn http_request(key: &str) -> Rule {
    match key {
        "user_agent" => Put(AGENT),
        "uid" => Note(HTTP_REQUEST),
        "x_forwarded_for" => PutNote(CLIENT_IP, FORWARDED),
        "url" => Enter(|key| match key {
            "url_string" | "text" => Note(URL),
            "hostname" => Note(NAME),
            "path" => Note(PATH),
            "query_string" => Note(QUERY),
            _ => Skip,
        }),
        _ => Skip,
    }
}

fn query(key: &str) -> Rule {
    match key {
        "hostname" => Note(NAME),
        "type" => Put(QUERY_TYPE),
        _ => Skip,
    }
}

fn connection(key: &str) -> Rule {
    match key {
        "direction" => Put(DIRECTION),
        "direction_id" => Note(DIRECTION_ID),
        "protocol_name" | "protocol_num" => Put(PROTOCOL),
        _ => Skip,
    }
}

fn traffic(key: &str) -> Rule {
    match key {
        "bytes" => Note(BYTES),
        "bytes_in" => Put(BYTES_IN),
        "bytes_out" => Put(BYTES_OUT),
        "packets" => Put(PACKETS),
        _ => Skip,
    }
}

fn resource(key: &str) -> Rule {
    match key {
        "uid" | "name" => Put(RESOURCE),
        _ => Skip,
    }
}

fn file(key: &str) -> Rule {
    if key == "path" { Put(FILE) } else { Skip }
}

fn process(key: &str) -> Rule {
    match key {
        "file" => Enter(|key| if key == "path" { Put(PROCESS) } else { Skip }),
        "cmd_line" => Put(COMMAND),
        _ => Skip,
    }
}

fn finding(key: &str) -> Rule {
    match key {
        "uid" => Put(FINDING),
        "title" => Note(TITLE),
        "desc" => Put(DESCRIPTION),
        "types" => Put(FINDING_TYPE),
        "first_seen_time" | "first_seen_time_dt" => Put(FIRST_SEEN),
        "last_seen_time" | "last_seen_time_dt" => Put(LAST_SEEN),
        "modified_time" | "modified_time_dt" => Put(MODIFIED),
        "analytic" => Enter(|key| if key == "name" { Put(RULE) } else { Skip }),
        "attacks" => Enter(attack),
        _ => Skip,
    }
}

fn attack(key: &str) -> Rule {
    match key {
        "technique" | "techniques" => Enter(|key| if key == "uid" { Put(TECHNIQUE) } else { Skip }),
        _ => Skip,
    }
}

/// Evidence behind the first: another connection, of which the addresses are found all the same.
fn witness(key: &str) -> Rule {
    match key {
        "src_endpoint" | "dst_endpoint" => {
            Enter(|key| if key == "ip" { Put(EVIDENCE_IP) } else { Skip })
        }
        key => evidence(key),
    }
}

fn evidence(key: &str) -> Rule {
    match key {
        "src_endpoint" => Enter(|key| match key {
            "ip" => PutFirst(EVIDENCE_IP, EVIDENCE_SRC),
            "port" => Put(SRC_PORT),
            _ => Skip,
        }),
        "dst_endpoint" => Enter(|key| match key {
            "ip" => PutFirst(EVIDENCE_IP, EVIDENCE_DST),
            "port" => Put(DST_PORT),
            _ => Skip,
        }),
        "actor" => Enter(|key| match key {
            "user" => Enter(|key| match key {
                "uid" => Note(WITNESSED[0]),
                "uuid" => Note(WITNESSED[1]),
                "name" => Note(WITNESSED[2]),
                "email_addr" => Note(WITNESSED[3]),
                "credential_uid" => Note(CREDENTIAL),
                _ => Skip,
            }),
            _ => Skip,
        }),
        "api" => Enter(api),
        "query" => Enter(query),
        "process" => Enter(process),
        "file" => PutEnter(FILE, file),
        "http_request" => Enter(http_request),
        _ => Skip,
    }
}
