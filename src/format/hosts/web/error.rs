//! Errors of nginx and Apache: who was served, what was asked for, and what went wrong.

use super::refused::{self, Refused};
use super::{address, unescaped};
use crate::event::schema::slots;
use crate::event::{Class, FieldDef, Kind, Outcome, Role, Row, Schema, Value, fields};
use crate::format::clock::{self, Stamp};
use crate::format::generic::severity;
use crate::format::members::{Scalar, put};
use crate::format::{
    Context, DecodeError, Decoded, Decoder, Format, Join, Match, Probe, Takes, moment, put_class,
    put_outcome, schema, web,
};
use memchr::memchr_iter;
use std::sync::{Arc, LazyLock};

const fn text(name: &'static str, role: Role, help: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Str, role, help)
}

slots! {
    EVENT = fields::EVENT,
    EVENT_SOURCE = fields::EVENT_SOURCE,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    CODE = fields::CODE,
    PRINCIPAL = fields::PRINCIPAL,
    PRINCIPAL_KIND = fields::PRINCIPAL_KIND,
    SRC_IP = fields::SRC_IP,
    SRC_PORT = fields::SRC_PORT,
    ACCOUNT = fields::ACCOUNT,
    _REGION = fields::REGION,
    DOMAIN = fields::DOMAIN,
    URL = fields::URL,
    FILE = fields::FILE,
    INSTANCE = fields::INSTANCE,
    REQUEST = fields::REQUEST,
    RULE = fields::RULE,
    SEVERITY = fields::SEVERITY,
    MESSAGE = fields::MESSAGE,
    LEVEL = text("error.level", Role::Text, "level as it stands"),
    PID = FieldDef::new("error.pid", Kind::Int, Role::Text, "process id"),
    CONNECTION = text("error.connection", Role::Text, "number of the connection, of nginx"),
    UPSTREAM = text("error.upstream", Role::Text, "server that the request was handed to"),
    REFERER = text("error.referer", Role::Text, "page that the request came from"),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("error_log", "Web server errors", FIELDS));

pub(in crate::format::hosts) struct ErrorLog;

impl Format for ErrorLog {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Errors of nginx and Apache, ModSecurity among them."
    }

    fn limits(&self) -> &'static str {
        "What is logged depends on the level that was set, and the time has no zone: it is the \
         host's own."
    }

    fn join(&self) -> Join {
        Join::Begins(moment::begins)
    }

    fn takes(&self) -> Takes {
        Takes::Text
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        match Line::read(probe.record) {
            Some(line) if line.stamp.is_some() => Match::Certain,
            Some(_) => Match::Likely,
            None => Match::No,
        }
    }

    fn start(&self, context: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(Reader { zone_seconds: context.zone_seconds })
    }
}

/// A line's parts; what is not said is empty.
#[derive(Debug, Clone, Copy, Default)]
struct Line<'a> {
    stamp: Option<Stamp>,
    module: &'a str,
    level: &'a str,
    pid: &'a str,
    client: &'a str,
    connection: &'a str,
    message: &'a str,
    /// The message of Apache without what the system said before it.
    said: &'a str,
    is_nginx: bool,
}

impl<'a> Line<'a> {
    fn read(line: &'a str) -> Option<Self> {
        if line.starts_with('[') { Self::apache(line) } else { Self::nginx(line) }
    }

    /// `2026/03/04 10:42:02 [error] 7#7: *42 message, client: 192.0.2.1, server: ...`
    fn nginx(line: &'a str) -> Option<Self> {
        let (stamp, rest) = clock::slashed(line)?;
        let (level, rest) = rest.strip_prefix(" [")?.split_once("] ")?;
        let (process, message) = rest.split_once(": ")?;
        let (pid, thread) = process.split_once('#')?;
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(pid) || !digits(thread) {
            return None;
        }
        let (connection, message) = match message.strip_prefix('*').and_then(|m| m.split_once(' '))
        {
            Some((number, rest)) if digits(number) => (number, rest),
            _ => ("", message),
        };
        let stamp = Some(stamp);
        Some(Self { stamp, level, pid, connection, message, is_nginx: true, ..Self::default() })
    }

    /// `[Wed Mar 04 10:42:02.113 2026] [core:error] [pid 7:tid 9] [client 192.0.2.1:5] message`; the
    /// time may be missing.
    fn apache(line: &'a str) -> Option<Self> {
        let mut found = Self::default();
        let mut rest = line;
        if let Some((stamp, after)) = clock::ctime(&line[1..]) {
            found.stamp = Some(stamp);
            rest = after.strip_prefix("] ")?;
        }
        let mut parts = 0;
        while let Some((part, after)) = bracketed(rest) {
            if let Some(pid) = part.strip_prefix("pid ") {
                found.pid = pid.split(':').next().unwrap_or(pid);
            } else if let Some(client) =
                part.strip_prefix("client ").or(part.strip_prefix("remote "))
            {
                found.client = if found.client.is_empty() { client } else { found.client };
            } else if parts == 0 {
                let (module, level) = part.split_once(':').unwrap_or(("", part));
                severity(level.trim_end_matches(|c: char| c.is_ascii_digit()))?;
                (found.module, found.level) = (module, level);
            } else {
                break;
            }
            parts += 1;
            rest = after.trim_start_matches(' ');
        }
        // What the system said stands before whom it was said of, and before the code.
        let behind = after_os_error(rest);
        let client = behind.and_then(bracketed).and_then(|(part, after)| {
            let client = part.strip_prefix("client ").or(part.strip_prefix("remote "))?;
            Some((client, after.trim_start_matches(' ')))
        });
        if let Some((client, _)) = client.filter(|_| found.client.is_empty()) {
            found.client = client;
        }
        found.message = rest;
        found.said = client.map(|(_, said)| said).or(behind).unwrap_or(rest);
        let told = found.stamp.is_some() || !found.client.is_empty() || !found.pid.is_empty();
        (parts > 0 && told && !found.level.is_empty()).then_some(found)
    }
}

/// What stands in the brackets that the text begins with, in which an address may have its own,
/// and what follows them.
fn bracketed(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('[')?;
    let address = inner.find(" [").filter(|at| matches!(&inner[..*at], "client" | "remote"));
    let from =
        address.map_or(Some(0), |at| inner.find(']').filter(|end| *end > at).map(|end| end + 1))?;
    let end = from + inner[from..].find(']')?;
    Some((&inner[..end], &inner[end + 1..]))
}

/// What follows `(13)Permission denied: `.
fn after_os_error(text: &str) -> Option<&str> {
    let (number, rest) = text.strip_prefix('(')?.split_once(')')?;
    let digits = number.strip_prefix('-').unwrap_or(number);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    rest.split_once(": ").filter(|_| is_number).map(|(_, after)| after)
}

#[derive(Clone, Copy)]
struct Reader {
    zone_seconds: i32,
}

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        let Some(line) = Line::read(record) else { return Err(DecodeError::NotMine) };
        if let Some(stamp) = line.stamp {
            stamp.put(row, self.zone_seconds);
        }
        for (slot, value) in [
            (EVENT_SOURCE, line.module),
            (LEVEL, line.level),
            (PID, line.pid),
            (CONNECTION, line.connection),
        ] {
            put_text(row, slot, value);
        }
        if let Some(severity) = severity(line.level) {
            row.put(SEVERITY, Value::Float(severity));
        }
        let mut class = if line.level == "notice" || line.level == "info" {
            Class::Other
        } else {
            Class::SystemError
        };
        let mut outcome = Outcome::Unknown;
        let (message, is_intrusion, who) = if line.is_nginx {
            let message = put_nginx(row, line.message);
            (message, false, refused::by_nginx(message))
        } else {
            put_client(row, line.client);
            let (code, message) = coded(line.said);
            let is_intrusion = put_apache(row, code, message);
            if line.said.len() < line.message.len() {
                put_text(row, MESSAGE, line.message.trim());
            }
            (line.message, is_intrusion, refused::by_apache(code, message))
        };
        if is_intrusion {
            class = Class::Intrusion;
        }
        let refused =
            ["denied by", "access forbidden", "Access denied", "not allowed", "limiting requests"];
        if refused.iter().any(|words| message.contains(words)) {
            outcome = Outcome::Denied;
        } else if class == Class::SystemError
            && matches!(line.level, "error" | "crit" | "alert" | "emerg")
        {
            outcome = Outcome::Failure;
        }
        if let Some(Refused { user, url, outcome: of }) = who {
            (class, outcome) = (Class::Auth, of);
            put_text(row, PRINCIPAL, user);
            put_text(row, PRINCIPAL_KIND, if user.is_empty() { "" } else { "os_user" });
            put_text(row, URL, url);
        }
        put_class(row, CLASS, class);
        put_outcome(row, OUTCOME, outcome);
        Ok(Decoded::Event)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(*self)
    }
}

/// Where in the text the client stands, and whether it is certain that this is the one. Paths before
/// it and requests behind it are whatever somebody has asked for, but they stand in quotes; where
/// they hold quotes themselves, it is certain only if nothing else can be.
fn client_of(text: &str) -> Option<(usize, bool)> {
    let client = |at: usize| text[at + CLIENT.len()..].split(", ").next().unwrap_or("").trim_end();
    let is_client = |at: &usize| {
        let client = client(*at);
        client.starts_with("unix:") || address(client).is_some()
    };
    let is_outside =
        |at: &usize| memchr_iter(b'"', &text.as_bytes()[..*at]).count().is_multiple_of(2);
    let all: Vec<usize> =
        text.match_indices(CLIENT).map(|(at, _)| at).filter(is_client).take(CLIENTS).collect();
    let outside: Vec<usize> = all.iter().copied().filter(is_outside).collect();
    let likely = if outside.is_empty() { all } else { outside };
    let last = *likely.last()?;
    Some((last, likely.iter().all(|at| client(*at) == client(last))))
}

/// Places where a client may stand that are looked at.
const CLIENTS: usize = 64;

const CLIENT: &str = ", client: ";

/// Puts the message, and what nginx puts behind it: `, client: 192.0.2.1, server: x, request:
/// "..."`. The answer is the message.
fn put_nginx<'a>(row: &mut dyn Row, text: &'a str) -> &'a str {
    let (at, is_certain) = client_of(text).unwrap_or((text.len(), false));
    let (message, tail) = text.split_at(at);
    put_text(row, MESSAGE, message.trim());
    put_file(row, message);
    let mut rest = tail.trim_end();
    while let Some((name, after)) = rest.strip_prefix(", ").and_then(|rest| rest.split_once(": ")) {
        let (value, left) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => after.split_at(after.find(", ").unwrap_or(after.len())),
        };
        rest = left;
        match name {
            "client" if is_certain => put_client(row, value),
            "server" if value.contains('.') => put_text(row, DOMAIN, value),
            "host" => put_text(row, DOMAIN, value.rsplit_once(':').map_or(value, |(host, _)| host)),
            "request" => {
                let (method, url, _) = web::request(value);
                put_text(row, EVENT, method);
                put_text(row, URL, &unescaped(url));
            }
            "upstream" => put_text(row, UPSTREAM, value),
            "referrer" => put_text(row, REFERER, value),
            _ => {}
        }
    }
    message
}

/// Apache's code of a message, which may be empty, and what follows it.
fn coded(text: &str) -> (&str, &str) {
    let is_code = |code: &str| {
        let number = code.strip_prefix("AH").filter(|number| number.len() == 5);
        number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
    };
    text.split_once(": ").filter(|(code, _)| is_code(code)).unwrap_or(("", text))
}

/// The code and message of Apache, with what `ModSecurity` puts behind it. Whether it is
/// `ModSecurity`'s.
fn put_apache(row: &mut dyn Row, code: &str, message: &str) -> bool {
    put_text(row, CODE, code);
    put_text(row, MESSAGE, message.trim());
    put_file(row, message);
    if let Some((_, referer)) = message.rsplit_once(", referer: ") {
        put_text(row, REFERER, referer);
    }
    let Some(at) = message.find("ModSecurity: ") else { return false };
    let tagged = |name: &str| {
        let (_, rest) = message[at..].rsplit_once(&format!("[{name} \""))?;
        rest.split_once("\"]").map(|(value, _)| value)
    };
    for (slot, name) in [(RULE, "id"), (URL, "uri"), (DOMAIN, "hostname"), (REQUEST, "unique_id")] {
        put_text(row, slot, tagged(name).unwrap_or(""));
    }
    true
}

fn put_client(row: &mut dyn Row, client: &str) {
    let Some(ip) = address(client) else { return };
    row.put(SRC_IP, Value::Ip(ip));
    if client.parse::<std::net::IpAddr>().is_err()
        && let Some((_, port)) = web::end(client)
    {
        put_text(row, SRC_PORT, port);
    }
}

/// The file that the message is about.
fn put_file(row: &mut dyn Row, message: &str) {
    let named = message.split_once("open() \"").and_then(|(_, rest)| rest.split_once('"'));
    let named = named.map(|(file, _)| file);
    let behind =
        ["File does not exist: ", "server configuration: ", "script not found or unable to stat: "];
    let told = behind.iter().find_map(|mark| message.split_once(mark).map(|(_, rest)| rest));
    let told = told.map(|rest| rest.split(", ").next().unwrap_or(rest).trim());
    put_text(row, FILE, named.or(told).unwrap_or(""));
}

fn put_text(row: &mut dyn Row, slot: usize, text: &str) {
    put(row, &FIELDS[slot], slot, Scalar::Text(text));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_said_hides_neither_client_nor_code() {
        for (text, client, code) in [
            ("[client 192.0.2.7:40] AH01618: x", "192.0.2.7:40", "AH01618"),
            ("(13)Permission denied: [client 192.0.2.7:40] AH00035: x", "192.0.2.7:40", "AH00035"),
            ("(70007)Time: [client [2001:db8::9]:40] AH01102: x", "[2001:db8::9]:40", "AH01102"),
            ("[client [2001:db8::9]:40] AH01102: x", "[2001:db8::9]:40", "AH01102"),
            ("(111)Connection refused: AH00957: x", "", "AH00957"),
            ("(x)y: [client 192.0.2.7:40] AH00035: x", "", ""),
        ] {
            let line = format!("[Wed Mar 04 10:42:02 2026] [core:error] [pid 7] {text}");
            let line = Line::read(&line).unwrap();
            assert_eq!((line.client, coded(line.said).0), (client, code), "{text}");
            assert!(line.message.ends_with(": x"), "{}", line.message);
        }
    }
}
