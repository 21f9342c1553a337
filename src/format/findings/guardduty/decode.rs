//! What of a finding depends on several members.

use super::levels as note;
#[allow(clippy::wildcard_imports, reason = "the slots of sixty fields")]
use super::*;
use crate::event::{Class, Outcome, Time};
use crate::format::clock::Stamp;
use crate::format::members::Values;
use crate::format::{put_class, put_outcome, web};

pub(super) fn time(values: &Values<'_, '_>) -> Option<Stamp> {
    let stated = [note::FIRST_SEEN, note::CREATED_AT, note::UPDATED_AT];
    let mut said = stated.iter().filter_map(|note| values.note(*note));
    said.find_map(Time::parse_rfc3339).map(Stamp::utc)
}

pub(super) fn fill(values: &mut Values<'_, '_>) -> bool {
    let has = |note| values.note(note).is_some();
    let finding = has(note::TYPE) && (has(note::DETECTOR_ID) || has(note::UPDATED_AT));
    if !has(note::SCHEMA_VERSION) || !(finding || has(note::SCANNED)) {
        return false;
    }
    put_ends(values);
    put_who(values);
    put_class(values.row, CLASS, Class::Finding);
    let outcome = outcome(values);
    put_outcome(values.row, OUTCOME, outcome);
    true
}

/// The remote side began unless the connection went out.
fn put_ends(values: &mut Values<'_, '_>) {
    let local = values.first_of(&[note::LOCAL_ADDRESS, note::LOCAL_V6]);
    let local = [local.unwrap_or(note::LOCAL_ADDRESS), note::LOCAL_PORT];
    let remote = [note::REMOTE_IP, note::REMOTE_PORT];
    let out = values.note(note::WAY) == Some("OUTBOUND");
    let (source, target) = if out { (local, remote) } else { (remote, local) };
    values.put_note(SRC_IP, source[0]);
    values.put_note(SRC_PORT, source[1]);
    values.put_note(DST_IP, target[0]);
    values.put_note(DST_PORT, target[1]);
}

fn put_who(values: &mut Values<'_, '_>) {
    let names = [
        note::USER,
        note::USER_ID,
        note::DB_USER,
        note::K8S_USER,
        note::FIRST_ACTOR,
        note::PROCESS_USER,
    ];
    let Some(best) = values.first_of(&names) else { return };
    values.put_note(PRINCIPAL, best);
    let kind = match (best, values.note(note::KIND_OF_USER)) {
        (note::DB_USER, _) => "db_user",
        (note::K8S_USER, _) => "k8s_user",
        (note::PROCESS_USER, _) => "os_user",
        (_, Some("Root")) => "root",
        (_, Some("IAMUser")) => "iam_user",
        (_, Some("AssumedRole" | "Role")) => "assumed_role",
        (_, Some("FederatedUser")) => "federated_user",
        (_, Some("AWSAccount")) => "aws_account",
        (_, Some("AWSService")) => "aws_service",
        (_, Some("Directory")) => "directory",
        _ => "unknown",
    };
    values.text(PRINCIPAL_KIND, kind);
    values.put_rest(SESSION, note::USER_ID, |id| {
        id.starts_with("AROA").then(|| id.find(':')).flatten().map(|at| at + 1)
    });
}

/// What became of the one thing that it is about, where that is said.
fn outcome(values: &Values<'_, '_>) -> Outcome {
    if values.note(note::BLOCKED) == Some("true") {
        return Outcome::Denied;
    }
    if let Some(code) = values.note(note::ERROR).filter(|code| !code.is_empty()) {
        let code = code.to_ascii_lowercase();
        let denied = ["accessdenied", "unauthorized", "forbidden"];
        let denied = denied.iter().any(|word| code.contains(word));
        return if denied { Outcome::Denied } else { Outcome::Failure };
    }
    if let Some(status) = values.note(note::STATUS) {
        return web::outcome(status);
    }
    let some = |note| values.note(note).is_some_and(|count| count != "0");
    match (some(note::LOGINS), some(note::FAILED_LOGINS)) {
        (true, _) => Outcome::Success,
        (false, true) => Outcome::Failure,
        _ => Outcome::Unknown,
    }
}
