//! Systems Manager: sessions as they are streamed to CloudWatch Logs, sessions as text, what the agent
//! on a host logs, and what commands wrote, which is known by its place alone.
//!
//! Source: the Systems Manager user guide, "Logging session data using Amazon CloudWatch Logs",
//! "Logging session data using Amazon S3", "Viewing SSM Agent logs" and "Configuring Amazon CloudWatch
//! Logs for Run Command".

mod text;

use super::level;
use crate::event::paired;
use crate::event::{
    Class, FieldDef, Kind, Outcome, Role, Row, Schema, Value, fields, schema::slots,
};
use crate::format::arn::Arn;
use crate::format::clock;
use crate::format::envelope::Command;
use crate::format::members::Rule::{self, Enter, Note, Put, PutNote, Raw, Skip};
use crate::format::members::Values;
use crate::format::{
    Context, DecodeError, Decoded, Decoder, Delivery, Format, Join, Match, Probe, put_class,
    put_outcome, schema,
};
use std::sync::{Arc, LazyLock};
use text::Line;

const fn field(name: &'static str, role: Role, help: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Str, role, help)
}

slots! {
    EVENT = fields::EVENT,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    PRINCIPAL = fields::PRINCIPAL,
    PRINCIPAL_KIND = fields::PRINCIPAL_KIND,
    PRINCIPAL_ACCOUNT = fields::PRINCIPAL_ACCOUNT,
    SESSION = fields::SESSION,
    ACCOUNT = fields::ACCOUNT,
    REGION = fields::REGION,
    RESOURCE = fields::RESOURCE,
    PROCESS = fields::PROCESS,
    INSTANCE = fields::INSTANCE,
    SEVERITY = fields::SEVERITY,
    MESSAGE = fields::MESSAGE,
    SESSION_ID = field("ssm.session_id", Role::Session, "id of the session"),
    RUN_AS = field("ssm.run_as", Role::Principal, "user of the host that the session was"),
    COMMAND_ID = field("ssm.command_id", Role::Request, "id of the command that wrote it"),
    STEP = field("ssm.step", Role::Text, "step of the command's document"),
    OUTPUT_OF = field("ssm.output", Role::Text, "stdout or stderr"),
    COMPONENT = field("ssm.component", Role::Text, "parts of the agent that wrote it").many(),
}

static SCHEMA: LazyLock<Arc<Schema>> = LazyLock::new(|| schema("ssm", "Systems Manager", FIELDS));

// What is kept aside.
const TIME: usize = 0;
const ID: usize = 1;
const ARN: usize = 2;
const TARGET: usize = 3;
const DATA: usize = 4;

/// The schema of what [`put_output`] writes.
pub(in crate::format) static OUTPUT: LazyLock<Arc<Schema>> = LazyLock::new(|| Arc::clone(&SCHEMA));

/// Writes a line of a command's output.
pub(in crate::format) fn put_output(row: &mut dyn Row, command: &Command, line: &str) {
    let Command { id, step, output } = command;
    for (slot, text) in [(MESSAGE, line), (COMMAND_ID, id), (STEP, step), (OUTPUT_OF, output)] {
        if !text.is_empty() {
            row.put(slot, Value::Str(text));
        }
    }
    put_class(row, CLASS, Class::Process);
    put_outcome(row, OUTCOME, Outcome::Unknown);
}

pub(super) struct Ssm;

impl Format for Ssm {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Sessions of Systems Manager, streamed or as text, what its commands wrote, and the log of its \
         agent."
    }

    fn delivery(&self) -> Delivery {
        Delivery {
            cadence: "streamed as a session goes on, as text when it has ended; the agent as it \
                      has something to say",
            guarantee: "nothing: a session that is cut off may leave no text",
            ..Delivery::UNKNOWN
        }
    }

    fn limits(&self) -> &'static str {
        "A session is what stood on the terminal: what was typed without being shown, such as a \
         password, is not there, and whoever typed can have made it show anything. Lines of a \
         session as text, and of what a command wrote into a bucket, have no times."
    }

    fn join(&self) -> Join {
        Join::Begins(text::begins)
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        if probe.is_object() {
            return Match::certain_if(probe.has_all(&["sessionId", "sessionData", "target"]));
        }
        let started = text::mark(probe.record).is_some_and(|(_, stamp)| stamp.is_some());
        Match::certain_if(started || Line::read(probe.record).is_some_and(|line| line.is_certain()))
    }

    fn start(&self, context: &Context, sample: &[String]) -> Box<dyn Decoder> {
        let is_session = sample.iter().any(|line| text::mark(line).is_some());
        Box::new(Reader { is_session, zone_seconds: context.zone_seconds })
    }
}

#[derive(Clone, Copy)]
struct Reader {
    /// The object is a session as text, any line of which stood on the terminal.
    is_session: bool,
    zone_seconds: i32,
}

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        if self.is_session {
            self.terminal(record, row);
        } else if record.starts_with('{') {
            self.streamed(record, row)?;
        } else {
            self.agent(&Line::read(record).ok_or(DecodeError::NotMine)?, row);
        }
        Ok(Decoded::Event)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(*self)
    }
}

impl Reader {
    /// A line that stood on the terminal.
    fn terminal(self, line: &str, row: &mut dyn Row) {
        if let Some((mark, stamp)) = text::mark(line) {
            row.put(EVENT, Value::Str(mark));
            if let Some(stamp) = stamp {
                stamp.put(row, self.zone_seconds);
            }
        }
        if let Some(command) = text::command(line) {
            row.put(PROCESS, Value::Str(command));
        }
        if !line.is_empty() {
            row.put(MESSAGE, Value::Str(line));
        }
        put_class(row, CLASS, Class::Process);
        put_outcome(row, OUTCOME, Outcome::Unknown);
    }

    fn agent(self, line: &Line<'_>, row: &mut dyn Row) {
        line.stamp.put(row, self.zone_seconds);
        for (slot, text) in [(PROCESS, line.process()), (MESSAGE, line.message)] {
            if !text.is_empty() {
                row.put(slot, Value::Str(text));
            }
        }
        for part in line.parts().filter(|part| !part.is_empty()) {
            row.put(COMPONENT, Value::Str(part));
        }
        // What works for one session names it first.
        if let ("ssm-session-worker", Some(id)) = (line.process(), line.parts().next()) {
            row.put(SESSION_ID, Value::Str(id));
        }
        if let Some(severity) = level::severity(line.level) {
            row.put(SEVERITY, Value::Float(severity));
        }
        let failed = level::is_failure(line.level);
        put_class(row, CLASS, if failed { Class::SystemError } else { Class::Other });
        put_outcome(row, OUTCOME, if failed { Outcome::Failure } else { Outcome::Unknown });
    }

    /// Some lines of a session, as they were written.
    fn streamed(self, record: &str, row: &mut dyn Row) -> Result<(), DecodeError> {
        let mut values = Values::new(row, FIELDS);
        let read = values.read(record, session);
        let stamp = values.note(TIME).and_then(clock::any);
        if let Err(error) = read {
            let time = stamp.map(|stamp| stamp.time(self.zone_seconds));
            return Err(DecodeError::Broken { reason: format!("no good JSON: {error}"), time });
        }
        let (Some(_), Some(data)) = (values.note(ID), values.note(DATA)) else {
            return Err(DecodeError::NotMine);
        };
        let data = terminal_text(data);
        if let Some(stamp) = stamp {
            stamp.put(values.row, self.zone_seconds);
        }
        values.text(MESSAGE, &data);
        if let Some(command) = data.lines().find_map(text::command) {
            values.text(PROCESS, command);
        }
        put_who(&mut values);
        if values.note(TARGET).is_some_and(|id| id.starts_with("i-") || id.starts_with("mi-")) {
            values.put_note(INSTANCE, TARGET);
        }
        put_class(values.row, CLASS, Class::Process);
        put_outcome(values.row, OUTCOME, Outcome::Unknown);
        Ok(())
    }
}

/// The lines as one text; what else stands there as it is written.
fn terminal_text(data: &str) -> String {
    let text = |value: serde_json::Value| match value {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    };
    match serde_json::from_str(&paired(data)) {
        Ok(serde_json::Value::Array(lines)) => {
            lines.into_iter().map(text).collect::<Vec<_>>().join("\n")
        }
        Ok(value) => text(value),
        Err(_) => data.to_owned(),
    }
}

fn put_who(values: &mut Values<'_, '_>) {
    let Some(arn) = values.note(ARN).map(str::to_owned) else { return };
    let Some(arn) = Arn::read(&arn) else { return };
    values.text(PRINCIPAL_ACCOUNT, arn.account.unwrap_or_default());
    let mut parts = arn.resource.split('/');
    let kind = match parts.next() {
        Some("assumed-role") => {
            values.text(SESSION, parts.nth(1).unwrap_or_default());
            "assumed_role"
        }
        Some("user") => "iam_user",
        Some("federated-user") => "federated_user",
        Some("root") => "root",
        _ => "unknown",
    };
    values.text(PRINCIPAL_KIND, kind);
}

fn session(key: &str) -> Rule {
    match key {
        "eventTime" => Note(TIME),
        "awsRegion" => Put(REGION),
        "target" => Enter(|key| if key == "id" { PutNote(RESOURCE, TARGET) } else { Skip }),
        "userIdentity" => Enter(|key| if key == "arn" { PutNote(PRINCIPAL, ARN) } else { Skip }),
        "runAsUser" => Put(RUN_AS),
        "sessionId" => PutNote(SESSION_ID, ID),
        "sessionData" => Raw(DATA),
        _ => Skip,
    }
}
