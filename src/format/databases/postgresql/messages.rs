//! What messages say: who connected or was refused, which statement ran for how long, and what
//! pgaudit saw.

use crate::event::{Class, Outcome};
use crate::format::cells::Csv;
use crate::format::databases::sql;
use std::borrow::Cow;

/// What a message says; what it does not say is empty.
#[derive(Debug, Clone)]
pub(super) struct Known<'a> {
    pub(super) event: Cow<'a, str>,
    pub(super) class: Class,
    pub(super) outcome: Outcome,
    pub(super) user: &'a str,
    pub(super) database: &'a str,
    pub(super) client: (&'a str, &'a str),
    pub(super) application: &'a str,
    pub(super) object: Cow<'a, str>,
    pub(super) method: &'a str,
    pub(super) identity: &'a str,
    pub(super) tls: &'a str,
    pub(super) audit_type: &'static str,
    pub(super) audit_class: Cow<'a, str>,
    pub(super) object_type: Cow<'a, str>,
    pub(super) duration: Option<f64>,
}

const NOTHING: Known<'static> = Known {
    event: Cow::Borrowed(""),
    class: Class::Other,
    outcome: Outcome::Unknown,
    user: "",
    database: "",
    client: ("", ""),
    application: "",
    object: Cow::Borrowed(""),
    method: "",
    identity: "",
    tls: "",
    audit_type: "",
    audit_class: Cow::Borrowed(""),
    object_type: Cow::Borrowed(""),
    duration: None,
};

pub(super) fn read<'a>(level: &str, message: &'a str) -> Known<'a> {
    let known = match level {
        "LOG" | "INFO" | "NOTICE" => session(message)
            .or_else(|| statement(message))
            .or_else(|| audit(message))
            .or_else(|| server(message)),
        "ERROR" | "FATAL" | "PANIC" | "WARNING" => refused(level, message),
        _ => None,
    };
    known.unwrap_or(NOTHING)
}

/// Connections, from the first byte to the last.
fn session(message: &str) -> Option<Known<'_>> {
    let auth = |event: &'static str, outcome| Known {
        event: Cow::Borrowed(event),
        class: Class::Auth,
        outcome,
        ..NOTHING
    };
    if let Some(rest) = message.strip_prefix("connection received: ") {
        let client = (value(rest, "host="), value(rest, "port="));
        return Some(Known { client, ..auth("connection received", Outcome::Unknown) });
    }
    if let Some(rest) = message.strip_prefix("connection authenticated: ") {
        let identity = quoted(rest, "identity=\"");
        let (user, method) = (quoted(rest, "user=\""), value(rest, "method="));
        let method = method.split(' ').next().unwrap_or("");
        let known = auth("connection authenticated", Outcome::Success);
        return Some(Known { user, method, identity, ..known });
    }
    let replication = message.strip_prefix("replication ").unwrap_or(message);
    if let Some(rest) = replication.strip_prefix("connection authorized: ") {
        let tls = rest.rsplit_once(" (protocol=").map_or("", |(_, rest)| rest);
        let tls = tls.split([',', ')']).next().unwrap_or("");
        let known = auth("connection authorized", Outcome::Success);
        return Some(Known { tls, ..named(known, rest) });
    }
    let rest = message.strip_prefix("disconnection: session time: ")?;
    let duration = clock(rest.split(' ').next().unwrap_or(""));
    let client = (value(rest, "host="), value(rest, "port="));
    let known = Known { client, duration, ..auth("disconnection", Outcome::Success) };
    Some(named(known, rest))
}

fn named<'a>(known: Known<'a>, rest: &'a str) -> Known<'a> {
    let (user, database) = (value(rest, "user="), value(rest, "database="));
    Known { user, database, application: value(rest, "application_name="), ..known }
}

/// `statement: …`, `execute NAME: …`, `duration: 1.5 ms  statement: …`
fn statement(message: &str) -> Option<Known<'_>> {
    let (duration, rest) = match message.strip_prefix("duration: ") {
        Some(rest) => {
            let (number, rest) = rest.split_once(" ms").unwrap_or((rest, ""));
            (number.parse::<f64>().ok().map(|millis| millis / 1000.0), rest.trim_start())
        }
        None => (None, message),
    };
    let kind = ["statement", "execute", "bind", "parse", "fastpath function call", "plan"]
        .into_iter()
        .find(|kind| rest.starts_with(kind));
    let outcome = if duration.is_some() { Outcome::Success } else { Outcome::Unknown };
    let known = Known { outcome, duration, ..NOTHING };
    let Some(kind) = kind else {
        let event = Cow::Borrowed("duration");
        return duration.is_some().then_some(Known { event, ..known });
    };
    let (_, sql) = rest[kind.len()..].split_once(':')?;
    let verb = sql::verb(sql);
    let event = Cow::Borrowed(verb.map_or(kind, |verb| verb.name));
    Some(Known { event, class: verb.map_or(Class::Other, |verb| verb.class), ..known })
}

/// `AUDIT: SESSION,1,1,READ,SELECT,TABLE,public.users,"select …",<not logged>`. It is written
/// before the statement runs.
fn audit(message: &str) -> Option<Known<'_>> {
    let mut cells = Csv::new(message.strip_prefix("AUDIT: ")?, ',');
    let audit_type = match &*cells.next()? {
        "SESSION" => "SESSION",
        "OBJECT" => "OBJECT",
        _ => return None,
    };
    let mut cells = cells.skip(2);
    let (audit_class, command) = (cells.next()?, cells.next()?);
    let (object_type, object) =
        (cells.next().unwrap_or_default(), cells.next().unwrap_or_default());
    let class = match (&*audit_class, sql::class(&command)) {
        ("ROLE", Class::Permission) => Class::Permission,
        ("ROLE", _) => Class::Account,
        ("READ", _) => Class::DataRead,
        ("WRITE", Class::DataDelete) => Class::DataDelete,
        ("WRITE", _) => Class::DataWrite,
        (_, class) => class,
    };
    Some(Known { event: command, class, audit_type, audit_class, object_type, object, ..NOTHING })
}

/// What the server says of itself.
fn server(message: &str) -> Option<Known<'_>> {
    let is = |beginnings: &[&str]| beginnings.iter().any(|begin| message.starts_with(begin));
    let (event, class) = if message.starts_with("parameter \"") && message.contains("\" changed to")
    {
        ("parameter changed", Class::Config)
    } else if is(&["received SIGHUP"]) {
        ("configuration reloaded", Class::Config)
    } else if is(&["database system is ready to accept"]) {
        ("database system is ready", Class::AuditSystem)
    } else if is(&[
        "database system is shut down",
        "received fast shutdown",
        "received smart shutdown",
        "received immediate shutdown",
    ]) {
        ("shutdown", Class::AuditSystem)
    } else if is(&["server process (PID", "terminating any other active"]) {
        ("server process ended", Class::SystemError)
    } else {
        return None;
    };
    Some(Known { event: Cow::Borrowed(event), class, ..NOTHING })
}

/// Who was not let in, and what was not allowed.
fn refused<'a>(level: &str, message: &'a str) -> Option<Known<'a>> {
    let denied = |event: &'static str, class| Known {
        event: Cow::Borrowed(event),
        class,
        outcome: Outcome::Denied,
        ..NOTHING
    };
    // Who sends statements can make errors that say anything, but none that are fatal.
    let is_method = |method: &str| method.len() <= 32 && !method.contains(['"', '\'', ':']);
    if let Some((method, rest)) = message
        .split_once(" authentication failed for user ")
        .filter(|(method, _)| level == "FATAL" && is_method(method))
    {
        let (user, event) = (quoted(rest, "\""), "authentication failed");
        return Some(Known { user, method, ..denied(event, Class::Auth) });
    }
    let no_entry = message.starts_with("no pg_hba.conf entry for ");
    if level == "FATAL" && (no_entry || message.starts_with("pg_hba.conf rejects ")) {
        let event =
            if no_entry { "no pg_hba.conf entry" } else { "pg_hba.conf rejects connection" };
        let client = (quoted(message, "host \""), "");
        let (user, database) = (quoted(message, "user \""), quoted(message, "database \""));
        return Some(Known { user, database, client, ..denied(event, Class::Auth) });
    }
    if let Some(rest) = message.strip_prefix("role \"").filter(|_| level == "FATAL") {
        let user = rest.split('"').next().unwrap_or("");
        let event = if rest.contains("is not permitted") {
            "role is not permitted to log in"
        } else {
            "role does not exist"
        };
        return Some(Known { user, ..denied(event, Class::Auth) });
    }
    if let Some(rest) = message.strip_prefix("permission denied for ") {
        let object = rest.split_once(' ').map_or(rest, |(_, name)| name);
        let object = Cow::Borrowed(object.trim_matches('"'));
        return Some(Known { object, ..denied("permission denied", Class::Other) });
    }
    let kept = ["must be superuser", "must be owner of", "must be member of", "must have "];
    if kept.iter().any(|begin| message.starts_with(begin)) {
        return Some(denied("permission denied", Class::Other));
    }
    (level == "PANIC").then_some(Known { class: Class::SystemError, ..NOTHING })
}

/// Names of values, each of which ends the one before it: a user's name may hold blanks.
const NAMES: [&str; 8] =
    [" user=", " database=", " application_name=", " host=", " port=", " SSL ", " GSS ", " ("];

/// What stands behind a name, up to the next one.
fn value<'a>(text: &'a str, name: &str) -> &'a str {
    let is_apart = |at: &usize| text[..*at].is_empty() || text[..*at].ends_with([' ', '"']);
    let Some(at) = text.match_indices(name).map(|(at, _)| at).find(is_apart) else { return "" };
    let rest = &text[at + name.len()..];
    let end = NAMES.iter().filter_map(|next| rest.find(next)).min();
    rest[..end.unwrap_or(rest.len())].trim_end()
}

/// What stands behind the mark, up to the next quote.
fn quoted<'a>(text: &'a str, mark: &str) -> &'a str {
    text.split_once(mark).map_or("", |(_, rest)| rest.split('"').next().unwrap_or(""))
}

/// Seconds of `1:02:03.456`.
fn clock(text: &str) -> Option<f64> {
    let mut seconds = 0.0;
    for part in text.split(':') {
        seconds = seconds * 60.0 + part.parse::<f64>().ok().filter(|part| part.is_finite())?;
    }
    Some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_say_who_did_what() {
        for (level, message, event, user, outcome) in [
            (
                "LOG",
                "connection authorized: user=al b database=shop application_name=x y SSL enabled (protocol=TLSv1.3, cipher=c, bits=256)",
                "connection authorized",
                "al b",
                Outcome::Success,
            ),
            (
                "FATAL",
                "password authentication failed for user \"al\"",
                "authentication failed",
                "al",
                Outcome::Denied,
            ),
            (
                "FATAL",
                "no pg_hba.conf entry for host \"192.0.2.1\", user \"al\", database \"shop\", no encryption",
                "no pg_hba.conf entry",
                "al",
                Outcome::Denied,
            ),
            (
                "LOG",
                "duration: 1500.000 ms  execute <unnamed>: update a set b = 1",
                "UPDATE",
                "",
                Outcome::Success,
            ),
            ("LOG", "statement: 42", "statement", "", Outcome::Unknown),
            (
                "LOG",
                "AUDIT: OBJECT,1,1,READ,SELECT,TABLE,public.a,\"select \"\"x\"\"\",<none>",
                "SELECT",
                "",
                Outcome::Unknown,
            ),
            ("STATEMENT", "statement: select 1", "", "", Outcome::Unknown),
        ] {
            let known = read(level, message);
            assert_eq!(
                (&*known.event, known.user, known.outcome),
                (event, user, outcome),
                "{message}"
            );
        }
        assert_eq!(
            read("LOG", "disconnection: session time: 1:00:01.500 user=a database=b host=[local]")
                .duration,
            Some(3601.5)
        );
        assert_eq!(read("LOG", "duration: 12.5 ms").duration, Some(0.0125));
    }
}
