//! What of an OCSF event depends on several members.

use super::class::Kind;
use super::levels as note;
#[allow(clippy::wildcard_imports, reason = "the slots of seventy fields")]
use super::*;
use crate::event::{Outcome, Value};
use crate::format::clock::{self, Stamp};
use crate::format::{members, put_class, put_outcome, web};
use aho_corasick::AhoCorasick;
use memchr::memmem::Finder;
use std::borrow::Cow;

type Values<'r, 'de> = members::Values<'r, 'de, { note::NOTES }>;

/// Milliseconds by the schema; others write seconds, microseconds or text.
pub(super) fn time(values: &Values<'_, '_>) -> Option<Stamp> {
    let stated = [note::TIME, note::TIME_TEXT, note::START, note::LOGGED];
    let mut said = stated.iter().filter_map(|note| values.note(*note));
    said.find_map(|text| clock::any(text).filter(|_| text != "0"))
}

pub(super) fn fill(values: &mut Values<'_, '_>) -> bool {
    let Some(class) = number(values, note::CLASS) else { return false };
    // Classes of extensions stand above those of the schema.
    let class = class % 100_000;
    let kind = Kind {
        number: class,
        category: number(values, note::CATEGORY).unwrap_or(class / 1000),
        activity: number(values, note::ACTIVITY_ID).unwrap_or(0),
    };
    put_event(values, kind);
    put_who(values, kind);
    put_ends(values);
    put_request(values);
    put_amounts(values);
    let text = |note: usize| values.note(note).unwrap_or("");
    let class = kind.class(text(note::CLASS_TITLE), text(note::SERVICE), text(note::OPERATION));
    put_class(values.row, CLASS, class);
    let outcome = outcome(values, kind);
    put_outcome(values.row, OUTCOME, outcome);
    true
}

fn number(values: &Values<'_, '_>, note: usize) -> Option<u32> {
    values.note(note)?.parse().ok()
}

fn put_event(values: &mut Values<'_, '_>, kind: Kind) {
    if kind.is_call() && !kind.is_finding() && values.first_of(&[note::OPERATION]).is_some() {
        values.put_note(EVENT, note::OPERATION);
    } else if values.first_of(&[note::ACTIVITY]).is_some() {
        values.put_note(EVENT, note::ACTIVITY);
    } else {
        let after_class = |name: &str| name.rfind(": ").map(|at| at + 2);
        values.put_rest(EVENT, note::TYPE, after_class);
    }
    values.put_first_of(CODE, &[note::ERROR, note::STATUS_CODE, note::HTTP_CODE, note::RCODE]);
    if values.first_of(&[note::MESSAGE_TEXT]).is_none() {
        values.put_first_of(MESSAGE, &[note::TITLE, note::DETAIL]);
    }
    values.put_first_of(ACCOUNT, &[note::ACCOUNT_UID, note::ACCOUNT_COLUMN]);
    values.put_note(TITLE, note::TITLE);
    if let Some(severity) = severity(values) {
        values.row.put(SEVERITY, Value::Float(severity));
    }
}

fn severity(values: &Values<'_, '_>) -> Option<f64> {
    match number(values, note::SEVERITY_ID) {
        Some(1) => Some(0.0),
        Some(2) => Some(1.0),
        Some(3) => Some(4.0),
        Some(4) => Some(7.0),
        Some(5) => Some(9.0),
        Some(6) => Some(10.0),
        _ => crate::format::findings::severity(values.note(note::SEVERITY)?),
    }
}

/// The best name among uid, the other uid, name and address of mail: an ARN, or what people read.
fn best(values: &Values<'_, '_>, user: [usize; 4]) -> Option<usize> {
    let [uid, other, name, mail] = user;
    let is_arn = |note: &usize| values.note(*note).is_some_and(|text| text.starts_with("arn:"));
    [uid, other].into_iter().find(is_arn).or_else(|| values.first_of(&[name, mail, uid, other]))
}

fn put_who(values: &mut Values<'_, '_>, kind: Kind) {
    let (actor, subject) = (best(values, note::ACTOR), best(values, note::SUBJECT));
    let signs_in = kind.is_sign_in().then_some(subject).flatten();
    let who = signs_in
        .or(actor)
        .or_else(|| best(values, note::WITNESSED))
        .or_else(|| values.first_of(&[note::INVOKER, note::APP]));
    if let Some(who) = who {
        values.put_note(PRINCIPAL, who);
        let kind = principal_kind(values, who);
        values.text(PRINCIPAL_KIND, kind);
        put_session(values, who);
    }
    if let Some(subject) = subject {
        values.put_note(USER, subject);
    }
    let is_role = |issuer: &str| issuer.starts_with("arn:").then_some(0);
    values.put_rest(ROLE, note::ISSUER, is_role);
}

static ROLE_SESSION: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(":assumed-role/"));

/// Session and key. Some producers give the key as the session.
fn put_session(values: &mut Values<'_, '_>, who: usize) {
    let is_key = |text: &str| text.starts_with("AKIA") || text.starts_with("ASIA");
    let key = |values: &Values<'_, '_>, note| values.note(note).is_some_and(is_key);
    if values.first_of(&[note::CREDENTIAL]).is_some() {
        values.put_note(KEY, note::CREDENTIAL);
    } else if key(values, note::SESSION_UID) {
        values.put_note(KEY, note::SESSION_UID);
    }
    let from_arn = |arn: &str| {
        let at = ROLE_SESSION.find(arn.as_bytes())? + ROLE_SESSION.needle().len();
        arn[at..].rfind('/').map(|slash| at + slash + 1)
    };
    let from_id =
        |id: &str| id.starts_with("AROA").then(|| id.find(':')).flatten().map(|at| at + 1);
    if !values.put_rest(SESSION, who, from_arn)
        && !values.put_rest(SESSION, note::ALT, from_id)
        && !key(values, note::SESSION_UID)
    {
        values.put_first_of(SESSION, &[note::SESSION_UID]);
    }
}

fn principal_kind(values: &Values<'_, '_>, who: usize) -> &'static str {
    let kind = match values.note(note::USER_TYPE) {
        Some("Root") => "root",
        Some("IAMUser") => "iam_user",
        Some("AssumedRole" | "Role") => "assumed_role",
        Some("FederatedUser") => "federated_user",
        Some("SAMLUser") => "saml_user",
        Some("WebIdentityUser") => "web_identity",
        Some("IdentityCenterUser") => "identity_center_user",
        Some("AWSAccount") => "aws_account",
        Some("AWSService") => "aws_service",
        Some("Directory") => "directory",
        Some("Windows Account" | "Linux Account") => "os_user",
        _ if who == note::INVOKER => "aws_service",
        _ => "unknown",
    };
    match values.note(who) {
        Some(name) if kind == "unknown" && name.starts_with("system:") => "k8s_user",
        _ => kind,
    }
}

fn put_ends(values: &mut Values<'_, '_>) {
    for (slot, stated, witnessed) in
        [(SRC_IP, note::SRC, note::EVIDENCE_SRC), (DST_IP, note::DST, note::EVIDENCE_DST)]
    {
        if values.first_of(&[stated]).is_none() {
            values.put_note(slot, witnessed);
        }
    }
    let forwarded = values.note(note::FORWARDED).filter(|list| list.contains(','));
    for address in forwarded.map(str::to_owned).iter().flat_map(|list| list.split(',')) {
        values.text(CLIENT_IP, address.trim());
    }
    values.put_note(DOMAIN, note::NAME);
    if values.first_of(&[note::REGION_COLUMN]).is_some() {
        values.put_note(REGION, note::REGION_COLUMN);
    }
}

fn put_request(values: &mut Values<'_, '_>) {
    values.put_first_of(REQUEST, &[note::API_REQUEST, note::HTTP_REQUEST]);
    if values.first_of(&[note::URL]).is_some() {
        values.put_note(URL, note::URL);
        return;
    }
    let Some(path) = values.note(note::PATH) else { return };
    let url = match values.note(note::QUERY) {
        Some(query) if !query.is_empty() => Cow::Owned(format!("{path}?{query}")),
        _ => Cow::Borrowed(path),
    };
    let url = url.into_owned();
    values.text(URL, &url);
}

fn put_amounts(values: &mut Values<'_, '_>) {
    if let Some(millis) = values.note(note::MILLIS).and_then(|text| text.parse::<f64>().ok()) {
        values.row.put(DURATION, Value::Float(millis / 1000.0));
    }
    // What is received or sent is stated for both, or for both together.
    let received = number(values, note::DIRECTION_ID) == Some(1);
    values.put_note(if received { BYTES_IN } else { BYTES_OUT }, note::BYTES);
}

/// What became of it, by what says most: whether it was let through, how the class's own result
/// reads, and then the status, which of a finding says only how far people are with it.
fn outcome(values: &Values<'_, '_>, kind: Kind) -> Outcome {
    const STOPPED: [&str; 6] =
        ["Blocked", "Dropped", "Denied", "Rejected", "Reset", "Unauthorized"];
    let is = |note: usize, words: &[&str]| {
        values
            .note(note)
            .is_some_and(|text| words.iter().any(|word| text.eq_ignore_ascii_case(word)))
    };
    let disposed = number(values, note::DISPOSITION_ID);
    let stopped = matches!(disposed, Some(2 | 6 | 21..=23 | 25 | 26))
        || number(values, note::ACTION_ID) == Some(2)
        || is(note::DISPOSITION, &STOPPED)
        || is(note::ACTION, &STOPPED);
    if stopped {
        return Outcome::Denied;
    }
    let error = values.note(note::ERROR).filter(|text| !text.is_empty());
    if let Some(error) = error.filter(|_| kind.is_call()) {
        return if is_denial(error) { Outcome::Denied } else { Outcome::Failure };
    }
    if kind.is_finding() {
        return match () {
            () if is(note::COMPLIANCE, &["Pass", "PASSED"]) => Outcome::Success,
            () if is(note::COMPLIANCE, &["Fail", "FAILED"]) => Outcome::Failure,
            () => Outcome::Unknown,
        };
    }
    let status = number(values, note::STATUS_ID);
    if status == Some(1) || is(note::STATUS, &["Success"]) {
        return Outcome::Success;
    }
    if status == Some(2) || is(note::STATUS, &["Failure"]) {
        let code = values.note(note::HTTP_CODE).map_or(Outcome::Unknown, web::outcome);
        return if code == Outcome::Denied { code } else { Outcome::Failure };
    }
    let allowed = number(values, note::ACTION_ID) == Some(1) || disposed == Some(1);
    if allowed || is(note::DISPOSITION, &["Allowed"]) {
        return Outcome::Success;
    }
    if let Some(code) = values.note(note::RCODE) {
        let fine = code.eq_ignore_ascii_case("NoError") || code == "0";
        return if fine { Outcome::Success } else { Outcome::Failure };
    }
    values.note(note::HTTP_CODE).map_or(Outcome::Unknown, web::outcome)
}

fn is_denial(error: &str) -> bool {
    static WORDS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
        let words = ["accessdenied", "unauthorized", "forbidden", "notauthorized", "authfailure"];
        AhoCorasick::builder().ascii_case_insensitive(true).build(words).ok()
    });
    WORDS.as_ref().is_some_and(|words| words.is_match(error))
}
