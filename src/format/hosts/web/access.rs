//! Requests to nginx and Apache in the common and the combined form, with what is often put before
//! and behind them: a virtual host, X-Forwarded-For, times.
//!
//! The time is that of the request's arrival (Apache) or of its end (nginx). `src.ip` is the
//! connection's other end, which may be a balancer; `client.ip` is what X-Forwarded-For names.

use super::{address, addresses, is_method, unescaped};
use crate::event::schema::slots;
use crate::event::{Class, FieldDef, Kind, Role, Row, Schema, Value, fields};
use crate::format::cells::Words;
use crate::format::clock::{self, Stamp};
use crate::format::members::{Scalar, put};
use crate::format::text::split_once;
use crate::format::{
    Context, DecodeError, Decoded, Decoder, Format, Match, Probe, Takes, put_class, put_outcome,
    schema, web,
};
use memchr::{memchr_iter, memmem};
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
    PRINCIPAL_KIND = fields::PRINCIPAL_KIND,
    SRC_IP = fields::SRC_IP,
    CLIENT_IP = fields::CLIENT_IP,
    ACCOUNT = fields::ACCOUNT,
    _REGION = fields::REGION,
    BYTES_OUT = fields::BYTES_OUT,
    DURATION = fields::DURATION,
    DOMAIN = fields::DOMAIN,
    URL = fields::URL,
    INSTANCE = fields::INSTANCE,
    AGENT = fields::AGENT,
    REQUEST = fields::REQUEST,
    MESSAGE = fields::MESSAGE,
    HOST_NAME = text("access.client", Role::Host, "name of the client, where it stands for its address"),
    REFERER = text("access.referer", Role::Text, "page that the request came from"),
    PROTOCOL = text("access.protocol", Role::Text, "protocol of the request"),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("access_log", "Web server access", FIELDS));

pub(in crate::format::hosts) struct AccessLog;

impl Format for AccessLog {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Requests to nginx and Apache (common and combined form), also behind a balancer."
    }

    fn limits(&self) -> &'static str {
        "Behind a balancer the address is the balancer's, and X-Forwarded-For is what the client \
         says; a request is logged when it is over, and bodies never are."
    }

    fn takes(&self) -> Takes {
        Takes::Text
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        match Line::read(probe.record) {
            Some(_) if has_request_id(probe.record) => Match::Likely,
            Some(_) => Match::Certain,
            None => Match::No,
        }
    }

    fn start(&self, context: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(Reader { zone_seconds: context.zone_seconds })
    }
}

/// Whether the line ends as those of API Gateway do, which no server's does: with a UUID, or one
/// and another id.
fn has_request_id(line: &str) -> bool {
    let is_uuid = |word: &str| {
        let dash = |at: usize| word.as_bytes()[at] == b'-';
        word.len() == 36 && [8, 13, 18, 23].into_iter().all(dash)
    };
    line.rsplit(' ').take(2).any(is_uuid)
}

/// A line's parts.
#[derive(Debug, Clone)]
struct Line<'a> {
    before: &'a str,
    stamp: Stamp,
    request: &'a str,
    status: &'a str,
    rest: Words<'a>,
}

/// Brackets in which the time is looked for.
const BRACKETS: usize = 16;

impl<'a> Line<'a> {
    fn read(line: &'a str) -> Option<Self> {
        // The name that somebody came with stands before the time, and may hold brackets.
        let brackets = memchr_iter(b'[', line.as_bytes()).take(BRACKETS);
        brackets.map(|at| line.split_at(at)).find_map(|(before, rest)| Self::at(before, &rest[1..]))
    }

    fn at(before: &'a str, rest: &'a str) -> Option<Self> {
        let (stamp, rest) = clock::clf(rest)?;
        // A program behind syslog says what it likes.
        if before.len() > 512
            || !is_host(before)
            || memmem::find(before.as_bytes(), b"]: ").is_some()
        {
            return None;
        }
        // A bucket's log has its owner, of 64 digits, and then a bucket before the time.
        let first = split_once(before, b' ').map_or(before, |(first, _)| first);
        let words = before.as_bytes().split(|byte| *byte == b' ').filter(|word| !word.is_empty());
        if !(1..=12).contains(&words.count()) || first.len() == 64 {
            return None;
        }
        let rest = rest.strip_prefix(']')?;
        let mut request = None;
        let mut words = Words::new(rest);
        // Some put other words before the request; the status stands behind it.
        for _ in 0..4 {
            let quoted = words.rest().starts_with('"');
            let word = words.next()?;
            if is_status(word) && !quoted {
                let request = request?;
                return Some(Self { before, stamp, request, status: word, rest: words });
            }
            request = quoted.then_some(word);
        }
        None
    }
}

/// Whether what the line begins with may be a host: a row of a table has quotes before such a line
/// of its own, and commas part nothing here but addresses.
fn is_host(before: &str) -> bool {
    let first = split_once(before, b' ').map_or(before, |(first, _)| first);
    let is_end = |part: &str| matches!(part, "" | "-" | "unknown") || address(part).is_some();
    !first.contains('"') && (!first.contains(',') || first.split(',').all(is_end))
}

fn is_status(word: &str) -> bool {
    word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_digit())
}

#[derive(Clone, Copy)]
struct Reader {
    zone_seconds: i32,
}

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        let Some(line) = Line::read(record) else {
            return Err(not_whole(record, self.zone_seconds));
        };
        line.stamp.put(row, self.zone_seconds);
        put_ends(row, line.before);
        put_text(row, CODE, line.status);
        put_request(row, line.request);
        put_rest(row, line.rest);
        put_class(row, CLASS, Class::Network);
        put_outcome(row, OUTCOME, web::outcome(line.status));
        Ok(Decoded::Event)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(*self)
    }
}

/// A line that begins like one of these and has no status is broken.
fn not_whole(record: &str, zone_seconds: i32) -> DecodeError {
    let time = record
        .split_once(" [")
        .filter(|(before, _)| {
            before.split(' ').count() == 3
                && address(before.split(' ').next().unwrap_or("")).is_some()
        })
        .and_then(|(_, rest)| clock::clf(rest))
        .filter(|(_, rest)| rest.starts_with("] \""));
    match time {
        Some((stamp, _)) => DecodeError::Broken {
            reason: "a request without a status".to_owned(),
            time: Some(stamp.time(zone_seconds)),
        },
        None => DecodeError::NotMine,
    }
}

/// `[vhost] host [more hosts] ident user`
fn put_ends(row: &mut dyn Row, before: &str) {
    let mut words: Vec<&str> = before.split(' ').filter(|word| !word.is_empty()).collect();
    let is_client = |word: &str| address(word.trim_end_matches(',')).is_some();
    let Some(at) = words.iter().position(|word| is_client(word)).or((words.len() > 2).then_some(0))
    else {
        return;
    };
    for host in &words[..at] {
        let (name, port) = host.rsplit_once(':').unwrap_or((host, ""));
        let name = if port.parse::<u16>().is_ok() { name } else { host };
        if *host != "-" {
            put_text(row, DOMAIN, name);
        }
    }
    // A list of addresses is that of X-Forwarded-For, written in place of the other end.
    let mut hosts = 1;
    while words[at + hosts - 1].ends_with(',') && at + hosts < words.len() {
        hosts += 1;
    }
    match address(words[at].trim_end_matches(',')) {
        Some(ip) => row.put(SRC_IP, Value::Ip(ip)),
        None => put_text(row, HOST_NAME, words[at]),
    }
    if hosts > 1 || words[at].contains(',') {
        for ip in words[at..at + hosts].iter().flat_map(|word| addresses(word)) {
            row.put(CLIENT_IP, Value::Ip(ip));
        }
    }
    words.drain(..at + hosts);
    if words.first().is_some_and(|word| word.starts_with('(')) {
        words.remove(0);
    }
    // Names of users may hold blanks.
    let user = words.get(1..).unwrap_or_default().join(" ");
    if !matches!(user.as_str(), "" | "-" | "\"\"") {
        put_text(row, PRINCIPAL, &unescaped(&user));
        row.put(PRINCIPAL_KIND, Value::Str("os_user"));
    }
}

fn put_request(row: &mut dyn Row, request: &str) {
    let (method, url, protocol) = web::request(request);
    if is_method(method) {
        put_text(row, EVENT, method);
        let (url, protocol) = if protocol.starts_with("HTTP") {
            (url, protocol)
        } else {
            // A request of the oldest kind names no protocol.
            (request[method.len()..].trim(), "")
        };
        put_text(row, URL, &unescaped(url));
        put_text(row, PROTOCOL, protocol);
    } else if !matches!(request, "" | "-") {
        // What is no request of HTTP: TLS that was sent to the wrong port, or a probe.
        put_text(row, MESSAGE, request);
    }
}

/// Size, referer, agent, and whatever else somebody wanted.
fn put_rest(row: &mut dyn Row, mut words: Words<'_>) {
    let mut quoted = 0;
    let mut timed = false;
    let mut at = 0;
    loop {
        let is_quoted = words.rest().starts_with('"');
        let Some(word) = words.next() else { break };
        let given = !matches!(word, "" | "-");
        match (is_quoted, quoted, at) {
            (false, 0, 0) => put_text(row, BYTES_OUT, word),
            (true, 0, _) if given => put_text(row, REFERER, &unescaped(word)),
            (true, 1, _) if given => put_text(row, AGENT, &unescaped(word)),
            (true, 2.., _) => {
                for ip in addresses(word) {
                    row.put(CLIENT_IP, Value::Ip(ip));
                }
            }
            (false, ..) => timed |= put_tail(row, word, timed || quoted < 2),
            _ => {}
        }
        quoted += usize::from(is_quoted);
        at += 1;
    }
}

/// `rt=0.001`, `host=www.example.com`, or a bare `0.226`. Whether it was how long it took.
fn put_tail(row: &mut dyn Row, word: &str, timed: bool) -> bool {
    let (name, value) = word.split_once('=').unwrap_or(("", word));
    let value = value.trim_matches('"');
    match name {
        "rt" | "request_time" | "time" | "duration" => {
            put_text(row, DURATION, value);
            true
        }
        "host" | "vhost" | "server" => {
            put_text(row, DOMAIN, value);
            false
        }
        "xff" | "x_forwarded_for" | "forwarded" => {
            addresses(value).for_each(|ip| row.put(CLIENT_IP, Value::Ip(ip)));
            false
        }
        "rid" | "request_id" | "reqid" => {
            put_text(row, REQUEST, value);
            false
        }
        "" if !timed && value.contains('.') && value.parse::<f64>().is_ok() => {
            put_text(row, DURATION, value);
            true
        }
        _ => false,
    }
}

fn put_text(row: &mut dyn Row, slot: usize, text: &str) {
    put(row, &FIELDS[slot], slot, Scalar::Text(text));
}
