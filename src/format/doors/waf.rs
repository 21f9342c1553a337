//! Requests as AWS WAF saw them, for web ACLs of the current WAF and of the first (Classic).
//!
//! Source: the AWS WAF developer guide, "Log fields for protection pack (web ACL) traffic". The
//! event is the method; what was decided is `waf.action`. Names of headers are in the case in
//! which the client sent them.

use crate::event::{Class, FieldDef, Kind, Outcome, Role, Schema, Value, fields, schema::slots};
use crate::format::clock::{self, Stamp};
use crate::format::members::Rule::{self, Enter, Note, Pairs, Put, PutNote, Skip};
use crate::format::members::{Memo, Values};
use crate::format::objects::Objects;
use crate::format::{
    Clock, Context, Decoder, Delivery, Format, Lag, Match, Probe, Service, Takes, put_class,
    put_outcome, schema,
};
use std::sync::{Arc, LazyLock};

const fn text(name: &'static str, role: Role) -> FieldDef {
    FieldDef::new(name, Kind::Str, role, "the member of this name, verbatim")
}

slots! {
    EVENT = fields::EVENT,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    CODE = fields::CODE,
    SRC_IP = fields::SRC_IP,
    CLIENT_IP = fields::CLIENT_IP,
    ACCOUNT = fields::ACCOUNT,
    REGION = fields::REGION,
    RESOURCE = fields::RESOURCE,
    BYTES_IN = fields::BYTES_IN,
    DOMAIN = fields::DOMAIN,
    URL = fields::URL,
    AGENT = fields::AGENT,
    REQUEST = fields::REQUEST,
    TRACE = fields::TRACE,
    RULE = fields::RULE,
    SEVERITY = fields::SEVERITY,
    ACTION = text("waf.action", Role::Outcome),
    RULE_TYPE = text("waf.rule_type", Role::Text),
    SOURCE = text("waf.source", Role::Text),
    COUNTRY = text("waf.country", Role::Text),
    PROTOCOL = text("waf.http_version", Role::Text),
    SCHEME = text("waf.scheme", Role::Text),
    REFERER = text("waf.referer", Role::Text),
    LABELS = text("waf.label", Role::Text).many(),
    GROUPS = text("waf.rule_group", Role::Text).many(),
    GROUP_RULES = FieldDef::new("waf.group_rule", Kind::Str, Role::Text, "rules of groups that ended the evaluation").many(),
    MATCHED_RULES = FieldDef::new("waf.matched_rule", Kind::Str, Role::Text, "rules that matched and ended nothing, such as those that count").many(),
    EXCLUDED_RULES = text("waf.excluded_rule", Role::Text).many(),
    RATE_RULES = text("waf.rate_rule", Role::Text).many(),
    CONDITIONS = text("waf.condition", Role::Text).many(),
    LOCATIONS = text("waf.match_location", Role::Text).many(),
    MATCHED = text("waf.matched_data", Role::Text).many(),
    CAPTCHA = FieldDef::new("waf.captcha", Kind::Str, Role::Text, "why the answer to a CAPTCHA was not taken"),
    CHALLENGE = FieldDef::new("waf.challenge", Kind::Str, Role::Text, "why the answer to a challenge was not taken"),
    JA3 = text("waf.ja3", Role::Agent),
    JA4 = text("waf.ja4", Role::Agent),
}

static SCHEMA: LazyLock<Arc<Schema>> = LazyLock::new(|| schema("waf", "AWS WAF", FIELDS));

// What is kept aside.
const TIME: usize = 0;
const ACL: usize = 1;
const SOURCE_ID: usize = 2;
const DECIDED: usize = 3;
const ADDRESSES: usize = 4;
const HOST: usize = 5;
const HOST_HEADER: usize = 6;
const URI: usize = 7;
const ARGUMENTS: usize = 8;
const REQUEST_ID: usize = 9;
const ENDED_BY: usize = 10;

pub(super) struct Waf;

impl Format for Waf {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Requests that AWS WAF let through, counted or stopped: S3, log groups and Firehose."
    }

    fn delivery(&self) -> Delivery {
        Delivery {
            service: Some(Service::Firewall),
            lag: Some(Lag { usual: 5 * 60, longest: 60 * 60 }),
            cadence: "a file every 5 minutes while there are requests",
            guarantee: "best effort: at a high load some records may be left out",
            clock: Clock::Aws,
        }
    }

    fn limits(&self) -> &'static str {
        "Logging may keep only some requests, and redact parts of them; what the site answered to \
         a request that was let through is not there, nor is its body."
    }

    fn takes(&self) -> Takes {
        Takes::Objects
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        Match::certain_if(probe.is_object() && probe.has_all(&["webaclId", "terminatingRuleId"]))
    }

    fn start(&self, context: &Context, _: &[String]) -> Box<dyn Decoder> {
        let zone_seconds = context.zone_seconds;
        Box::new(Objects { fields: FIELDS, level: Memo::new(record), time, fill, zone_seconds })
    }
}

fn time(values: &Values<'_, '_>) -> Option<Stamp> {
    values.note(TIME).and_then(clock::any).map(Stamp::is_utc)
}

fn fill(values: &mut Values<'_, '_>) -> bool {
    if values.note(ACL).is_none() || values.note(ENDED_BY).is_none() {
        return false;
    }
    put_owner(values);
    values.put_part(TRACE, REQUEST_ID, |id| id.starts_with("1-").then_some(id));
    let host = values.first_of(&[HOST_HEADER, HOST]).unwrap_or(HOST);
    values.put_part(DOMAIN, host, |host| match host.rsplit_once(':') {
        Some((name, _)) if !name.contains(':') => Some(name),
        _ => Some(host),
    });
    put_url(values);
    let addresses = values.note(ADDRESSES).map(str::to_owned);
    for address in addresses.iter().flat_map(|list| list.split(',')) {
        values.text(CLIENT_IP, address.trim());
    }
    put_class(values.row, CLASS, Class::Network);
    let outcome = match values.note(DECIDED) {
        Some("BLOCK" | "CAPTCHA" | "CHALLENGE") => Outcome::Denied,
        Some("ALLOW" | "COUNT") => Outcome::Success,
        _ => Outcome::Unknown,
    };
    if outcome == Outcome::Denied {
        values.row.put(SEVERITY, Value::Float(4.0));
    }
    put_outcome(values.row, OUTCOME, outcome);
    true
}

/// Account and Region as the ACL's ARN has them. An ACL of the first WAF has only an id; what it
/// protects begins with its account.
fn put_owner(values: &mut Values<'_, '_>) {
    values.put_part(REGION, ACL, |arn| arn.split(':').nth(3));
    if !values.put_part(ACCOUNT, ACL, |arn| arn.split(':').nth(4)) {
        values.put_part(ACCOUNT, SOURCE_ID, |source| {
            let account = source.get(..12)?;
            account.bytes().all(|byte| byte.is_ascii_digit()).then_some(account)
        });
    }
}

fn put_url(values: &mut Values<'_, '_>) {
    match (values.note(URI), values.note(ARGUMENTS)) {
        (Some(path), Some(arguments)) if !arguments.is_empty() => {
            let url = format!("{path}?{arguments}");
            values.text(URL, &url);
        }
        _ => values.put_note(URL, URI),
    }
}

fn record(key: &str) -> Rule {
    match key {
        "timestamp" => Note(TIME),
        "webaclId" => PutNote(RESOURCE, ACL),
        "terminatingRuleId" => PutNote(RULE, ENDED_BY),
        "terminatingRuleType" => Put(RULE_TYPE),
        "action" => PutNote(ACTION, DECIDED),
        "terminatingRuleMatchDetails" => Enter(matched),
        "httpSourceName" => Put(SOURCE),
        "httpSourceId" => PutNote(RESOURCE, SOURCE_ID),
        "ruleGroupList" => Enter(group),
        "rateBasedRuleList" => {
            Enter(|key| if key == "rateBasedRuleName" { Put(RATE_RULES) } else { Skip })
        }
        "nonTerminatingMatchingRules" => Enter(rule),
        "responseCodeSent" => Put(CODE),
        "httpRequest" => Enter(request),
        "labels" => Enter(|key| if key == "name" { Put(LABELS) } else { Skip }),
        "captchaResponse" => Enter(|key| if key == "failureReason" { Put(CAPTCHA) } else { Skip }),
        "challengeResponse" => {
            Enter(|key| if key == "failureReason" { Put(CHALLENGE) } else { Skip })
        }
        "ja3Fingerprint" => Put(JA3),
        "ja4Fingerprint" => Put(JA4),
        "requestBodySize" => Put(BYTES_IN),
        _ => Skip,
    }
}

fn matched(key: &str) -> Rule {
    match key {
        "conditionType" => Put(CONDITIONS),
        "location" => Put(LOCATIONS),
        "matchedData" => Put(MATCHED),
        _ => Skip,
    }
}

/// A rule that matched and did not end the evaluation.
fn rule(key: &str) -> Rule {
    match key {
        "ruleId" => Put(MATCHED_RULES),
        "ruleMatchDetails" => Enter(matched),
        _ => Skip,
    }
}

fn group(key: &str) -> Rule {
    match key {
        "ruleGroupId" => Put(GROUPS),
        "terminatingRule" => Enter(|key| match key {
            "ruleId" => Put(GROUP_RULES),
            "ruleMatchDetails" => Enter(matched),
            _ => Skip,
        }),
        "nonTerminatingMatchingRules" => Enter(rule),
        "excludedRules" => Enter(|key| if key == "ruleId" { Put(EXCLUDED_RULES) } else { Skip }),
        _ => Skip,
    }
}

fn request(key: &str) -> Rule {
    match key {
        "clientIp" => Put(SRC_IP),
        "country" => Put(COUNTRY),
        "headers" => Pairs(header),
        "uri" => Note(URI),
        "args" => Note(ARGUMENTS),
        "httpVersion" => Put(PROTOCOL),
        "httpMethod" => Put(EVENT),
        "requestId" | "requestID" => PutNote(REQUEST, REQUEST_ID),
        "scheme" => Put(SCHEME),
        "host" => Note(HOST),
        _ => Skip,
    }
}

fn header(name: &str) -> Rule {
    let is = |header: &str| name.eq_ignore_ascii_case(header);
    match name.len() {
        4 if is("host") => Note(HOST_HEADER),
        7 if is("referer") => Put(REFERER),
        10 if is("user-agent") => Put(AGENT),
        15 if is("x-forwarded-for") => Note(ADDRESSES),
        _ => Skip,
    }
}
