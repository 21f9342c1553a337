//! The log of aws-iam-authenticator, which tells who of AWS became whom in a cluster of EKS.
//!
//! Source: the EKS user guide, "Send control plane logs to CloudWatch Logs", and the
//! documentation of aws-iam-authenticator.

use super::level;
use super::pairs::Pairs;
use crate::event::{
    Class, FieldDef, Kind, Outcome, Role, Row, Schema, Value, fields, schema::slots,
};
use crate::format::arn::Arn;
use crate::format::clock;
use crate::format::web;
use crate::format::{
    Clock, Context, DecodeError, Decoded, Decoder, Delivery, Format, Match, Probe, Takes,
    put_class, put_outcome, schema,
};
use std::sync::{Arc, LazyLock};

const fn text(name: &'static str, role: Role, help: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Str, role, help)
}

slots! {
    EVENT = fields::EVENT,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    CODE = fields::CODE,
    PRINCIPAL = fields::PRINCIPAL,
    PRINCIPAL_ACCOUNT = fields::PRINCIPAL_ACCOUNT,
    SESSION = fields::SESSION,
    KEY = fields::KEY,
    SRC_IP = fields::SRC_IP,
    SRC_PORT = fields::SRC_PORT,
    ACCOUNT = fields::ACCOUNT,
    RESOURCE = fields::RESOURCE,
    REGION = fields::REGION,
    URL = fields::URL,
    SEVERITY = fields::SEVERITY,
    MESSAGE = fields::MESSAGE,
    USER = text("k8s.user", Role::Principal, "user as the cluster calls it"),
    UID = text("k8s.uid", Role::Principal, "id of the user"),
    GROUPS = text("eks.groups", Role::Text, "groups of the user, as written"),
    METHOD = text("eks.method", Role::Text, "method of the request"),
    STS = text("eks.sts", Role::Text, "endpoint of STS that was asked"),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("eks_authenticator", "EKS authenticator", FIELDS));

pub(super) struct Authenticator;

impl Format for Authenticator {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Who of AWS became whom in a cluster of EKS: the authenticator's control plane logs."
    }

    fn delivery(&self) -> Delivery {
        Delivery {
            cadence: "as clients sign in, within minutes",
            guarantee: "best effort",
            clock: Clock::Aws,
            ..Delivery::UNKNOWN
        }
    }

    fn limits(&self) -> &'static str {
        "The client is the API server, not who signed in: the address of that one is in the audit \
         records. Access entries and service accounts do not pass through here."
    }

    fn takes(&self) -> Takes {
        Takes::Text
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        let line = probe.record;
        let signs = [" path=/authenticate", "aws-iam-authenticator", "msg=\"access "];
        let mine = is_line(line) && signs.iter().any(|sign| line.contains(sign));
        Match::certain_if(mine)
    }

    fn start(&self, _: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(Reader)
    }
}

fn is_line(line: &str) -> bool {
    line.starts_with("time=\"") && line.contains(" level=") && line.contains(" msg=")
}

struct Reader;

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        if !is_line(record) {
            return Err(DecodeError::NotMine);
        }
        let mut message = "";
        let mut region = None;
        for (name, value) in Pairs::new(record).filter(|(_, value)| !value.is_empty()) {
            let slot = match name {
                "time" => {
                    if let Some(stamp) = clock::any(value) {
                        stamp.put(row, 0);
                    }
                    continue;
                }
                "level" => {
                    if let Some(severity) = level::severity(value) {
                        row.put(SEVERITY, Value::Float(severity));
                    }
                    continue;
                }
                "msg" => {
                    message = value;
                    MESSAGE
                }
                "arn" => {
                    let account = Arn::read(value).and_then(|arn| arn.account);
                    if let Some(account) = account {
                        row.put(PRINCIPAL_ACCOUNT, Value::Str(account));
                    }
                    PRINCIPAL
                }
                "client" => {
                    put_client(row, value);
                    continue;
                }
                "sts" | "stsendpoint" => {
                    region = value.split('.').nth(1).or(region);
                    STS
                }
                "error" => CODE,
                "accesskeyid" | "accessKeyId" => KEY,
                "session" | "sessionname" => SESSION,
                "username" => USER,
                "uid" => UID,
                "groups" => GROUPS,
                "method" => METHOD,
                "path" => URL,
                _ => continue,
            };
            row.put(slot, Value::Str(value));
        }
        if let Some(region) = region.filter(|region| crate::event::layout::is_region(region)) {
            row.put(REGION, Value::Str(region));
        }
        put_end(row, message);
        Ok(Decoded::Event)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(Self)
    }
}

fn put_client(row: &mut dyn Row, client: &str) {
    let Some((host, port)) = web::end(client) else { return };
    if let Ok(address) = host.parse() {
        row.put(SRC_IP, Value::Ip(address));
    }
    if let Ok(port) = port.parse() {
        row.put(SRC_PORT, Value::Int(port));
    }
}

fn put_end(row: &mut dyn Row, message: &str) {
    let (class, outcome) = match message {
        "access granted" => (Class::Auth, Outcome::Success),
        "access denied" => (Class::Auth, Outcome::Denied),
        "STS response" => (Class::Auth, Outcome::Unknown),
        _ => (Class::Other, Outcome::Unknown),
    };
    if class == Class::Auth {
        row.put(EVENT, Value::Str(message));
    }
    put_class(row, CLASS, class);
    put_outcome(row, OUTCOME, outcome);
}
