//! One CloudTrail record into one event.

use super::levels::{self as note, record};
#[allow(clippy::wildcard_imports, reason = "the slots of a hundred fields")]
use super::*;
use crate::event::{Class, Outcome, Row, Time};
use crate::format::members::{Memo, Values};
use crate::format::{DecodeError, Decoded, clock, put_class, put_outcome};
use std::net::IpAddr;

#[derive(Clone)]
pub(super) struct Reader {
    members: Memo,
}

impl Reader {
    pub(super) fn new() -> Self {
        Self { members: Memo::new(record) }
    }
}

impl Decoder for Reader {
    fn decode(&mut self, text: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        if !text.starts_with('{') {
            return Err(DecodeError::NotMine);
        }
        let mut values = Values::new(row, FIELDS);
        if let Err(error) = values.read_by(text, &mut self.members) {
            let time = values.note(note::TIME).and_then(Time::parse_rfc3339);
            return Err(DecodeError::Broken { reason: format!("no good JSON: {error}"), time });
        }
        if fill(&mut values) { Ok(Decoded::Event) } else { Err(DecodeError::NotMine) }
    }

    fn decode_first(&mut self, text: &str, row: &mut dyn Row) -> Option<usize> {
        let mut values = Values::new(row, FIELDS);
        let length = values.read_first(text, &mut self.members).ok()?;
        fill(&mut values).then_some(length)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }
}

/// Fills what depends on several members; `false`: the record is not of this format.
fn fill(values: &mut Values<'_, '_>) -> bool {
    if !is_mine(values) {
        return false;
    }
    put_time(values);
    put_event(values);
    summary::put(values);
    put_who(values);
    let outcome = outcome(values);
    put_outcome(values.row, OUTCOME, outcome);
    let class = class_of(values);
    put_class(values.row, CLASS, class);
    true
}

/// A record has a time and at least two of the members that every record should have, one of which
/// nothing else has; of a cut excerpt, version and identity are enough, and of what was chosen of one,
/// its name and whatever says who or where.
fn is_mine(values: &Values<'_, '_>) -> bool {
    let has = |note| values.note(note).is_some();
    let timed = has(note::TIME) || has(note::WINDOW_START);
    let own = [note::SOURCE, note::NAME, note::EVENT_ID, note::TYPE, note::IDENTITY_TYPE];
    let own = own.into_iter().filter(|note| has(*note)).count();
    // Sessions of Systems Manager have these too.
    let seen = own + usize::from(has(note::VERSION)) + usize::from(has(note::AWS_REGION));
    let told = [note::IP, note::ARN, note::USER, note::PRINCIPAL_ID, note::RECIPIENT];
    let told = told.into_iter().chain([note::ERROR_CODE, note::USER_ACCOUNT]).any(has);
    let seen = seen + usize::from(has(note::NAME) && told);
    let excerpt = has(note::VERSION) && has(note::IDENTITY_TYPE);
    (timed || excerpt) && own >= 1 && seen >= 2 && values.note(note::SOURCE) != Some("aws:s3")
}

fn put_time(values: &mut Values<'_, '_>) {
    let text = values.note(note::TIME).or(values.note(note::WINDOW_START));
    // Engines of SQL put a blank in it, and leave out that it is UTC.
    let loose = |text| clock::read(text).map(|(stamp, _)| stamp.is_utc().time(0));
    let read = |text| Time::parse_rfc3339(text).or_else(|| loose(text));
    if let Some(time) = text.and_then(read) {
        values.row.time(time);
    }
}

fn put_event(values: &mut Values<'_, '_>) {
    if values.note(note::NAME).is_none() {
        let insight = values.note(note::INSIGHT_NAME).is_some();
        values.put_note(EVENT, if insight { note::INSIGHT_NAME } else { note::TYPE });
        values.put_note(EVENT_SOURCE, note::INSIGHT_SOURCE);
    }
    values.put_note(ERROR_MESSAGE, note::ERROR_TEXT);
    values.put_note(MESSAGE, note::ERROR_TEXT);
    let recipient = values.note(note::RECIPIENT).is_some();
    values.put_note(ACCOUNT, if recipient { note::RECIPIENT } else { note::USER_ACCOUNT });
    if let Some(Ok(address)) = values.note(note::IP).map(str::parse::<IpAddr>) {
        values.row.put(SRC_IP, address.into());
    }
    // Verbatim too: it is what people ask for first, and may be the name of a service.
    values.put_note(SOURCE_IP_ADDRESS, note::IP);
}

fn put_who(values: &mut Values<'_, '_>) {
    let best = [
        note::ARN,
        note::USER,
        note::PRINCIPAL_ID,
        // A user of Identity Center has no other name.
        note::ON_BEHALF,
        note::INVOKED_BY,
        note::USER_ACCOUNT,
    ];
    let full = |note: &&usize| values.note(**note).is_some_and(|text| !text.is_empty());
    if let Some(best) = best.iter().find(full) {
        values.put_note(PRINCIPAL, *best);
    }
    let kind = match values.note(note::IDENTITY_TYPE) {
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
        None if values.note(note::INVOKED_BY).is_some() => "aws_service",
        // Insights and summaries have no identity at all.
        None if values.note(note::ARN).is_none() && values.note(note::PRINCIPAL_ID).is_none() => {
            return;
        }
        _ => "unknown",
    };
    values.text(PRINCIPAL_KIND, kind);
    if kind == "assumed_role" {
        let from_arn = |arn: &str| {
            let at = arn.find(":assumed-role/")? + ":assumed-role/".len();
            arn[at..].rfind('/').map(|slash| at + slash + 1)
        };
        if !values.put_rest(SESSION, note::ARN, from_arn) {
            values.put_rest(SESSION, note::PRINCIPAL_ID, |id| id.find(':').map(|at| at + 1));
        }
    }
}

/// An error code says failure, and denial if it speaks of permission; a sign-in event says itself
/// how it ended. A dry run that would have worked is a success.
fn outcome(values: &Values<'_, '_>) -> Outcome {
    let code = values.note(note::ERROR_CODE).filter(|code| !code.is_empty());
    match (code, values.note(note::SIGN_IN)) {
        (Some("Client.DryRunOperation"), _) | (None, Some("Success")) => Outcome::Success,
        (Some(code), _) if is_denial(code) => Outcome::Denied,
        (Some(_), _) | (None, Some("Failure")) => Outcome::Failure,
        _ if values.note(note::ERROR_TEXT).is_some_and(|text| !text.is_empty()) => Outcome::Failure,
        _ => match values.note(note::TYPE) {
            Some("AwsCloudTrailInsight" | "AwsAggregatedEvent") => Outcome::Unknown,
            // Of what was chosen of a record the error may not be.
            None if code_is_unasked(values) => Outcome::Unknown,
            _ => Outcome::Success,
        },
    }
}

/// Whether nothing says that an error would be here.
fn code_is_unasked(values: &Values<'_, '_>) -> bool {
    values.note(note::ERROR_CODE).is_none() && values.note(note::VERSION).is_none()
}

fn is_denial(code: &str) -> bool {
    let code: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    ["accessdenied", "unauthorized", "forbidden", "notauthorized", "authfailure"]
        .iter()
        .any(|word| code.contains(word))
}

fn class_of(values: &Values<'_, '_>) -> Class {
    let source = values.note(note::SOURCE).or(values.note(note::INSIGHT_SOURCE)).unwrap_or("");
    let name = values.note(note::NAME).or(values.note(note::INSIGHT_NAME)).unwrap_or("");
    match values.note(note::TYPE) {
        Some("AwsCloudTrailInsight") => return Class::Finding,
        Some("AwsAggregatedEvent") => return Class::Other,
        _ => {}
    }
    class::of(source, name, values.note(note::IS_READ_ONLY) == Some("true"))
}
