//! What the members of a function's records are for, where they are JSON: events of the platform,
//! and messages as the runtimes and the Powertools write them.

use super::{
    ACCOUNT, BILLED, CODE, INIT, LEVEL, MEMORY, MEMORY_USED, MESSAGE, PHASE, REGION, REQUEST,
    RESOURCE, RUNTIME, STATUS, VERSION,
};
use crate::format::members::Rule::{self, Enter, Note, NoteEnter, Put, PutNote, Skip};

// What is kept aside.
pub(super) const TIME: usize = 0;
pub(super) const TYPE: usize = 1;
pub(super) const TEXT: usize = 2;
pub(super) const IN_LEVEL: usize = 3;
pub(super) const TRACE_HEADER: usize = 4;
pub(super) const DURATION_MS: usize = 5;
pub(super) const IN_STATUS: usize = 6;
pub(super) const ARN: usize = 7;
pub(super) const ERROR: usize = 8;
pub(super) const REQUEST_ID: usize = 9;
pub(super) const MESSAGE_TEXT: usize = 10;
pub(super) const RUNTIME_ARN: usize = 11;

pub(super) fn record(key: &str) -> Rule {
    match key {
        "time" | "timestamp" => Note(TIME),
        "type" => Note(TYPE),
        "record" => NoteEnter(TEXT, within),
        "level" => PutNote(LEVEL, IN_LEVEL),
        "message" | "msg" => NoteEnter(MESSAGE_TEXT, error),
        "errorMessage" => Put(MESSAGE),
        "errorType" => PutNote(CODE, ERROR),
        "requestId" | "AWSRequestId" | "function_request_id" => PutNote(REQUEST, REQUEST_ID),
        "xray_trace_id" | "traceId" => Note(TRACE_HEADER),
        "function_name" | "functionName" => Put(RESOURCE),
        "function_arn" => Note(ARN),
        "function_memory_size" => Put(MEMORY),
        "functionVersion" => Put(VERSION),
        "aws_account" => Put(ACCOUNT),
        "aws_region" => Put(REGION),
        _ => Skip,
    }
}

/// What an event of the platform tells.
fn within(key: &str) -> Rule {
    match key {
        "requestId" => PutNote(REQUEST, REQUEST_ID),
        "version" | "functionVersion" => Put(VERSION),
        "functionName" => Put(RESOURCE),
        "functionArn" => Note(ARN),
        "status" => PutNote(STATUS, IN_STATUS),
        "errorType" => PutNote(CODE, ERROR),
        "phase" => Put(PHASE),
        "runtimeVersion" => Put(RUNTIME),
        "runtimeVersionArn" => Note(RUNTIME_ARN),
        "reason" => Put(MESSAGE),
        "metrics" => Enter(|key| match key {
            "durationMs" => Note(DURATION_MS),
            "billedDurationMs" => Put(BILLED),
            "memorySizeMB" => Put(MEMORY),
            "maxMemoryUsedMB" => Put(MEMORY_USED),
            "initDurationMs" => Put(INIT),
            _ => Skip,
        }),
        "tracing" => Enter(|key| if key == "value" { Note(TRACE_HEADER) } else { Skip }),
        _ => Skip,
    }
}

/// A message may be an error, taken apart.
fn error(key: &str) -> Rule {
    match key {
        "errorType" => PutNote(CODE, ERROR),
        "errorMessage" | "message" => Put(MESSAGE),
        _ => Skip,
    }
}
