//! General query logs of MySQL and MariaDB: what clients sent, as it came in.
//!
//! Source: the MySQL reference manual, "The General Query Log". Only the line of `Connect` says
//! who it is; the others have the connection's number alone, and are read by what was said of it
//! before. Old versions write a time only where the second changes.

use super::{banner, begins, put_text, said, stamp};
use crate::event::{Class, FieldDef, Kind, Outcome, Role, Row, Schema, fields, schema::slots};
use crate::format::clock::Stamp;
use crate::format::databases::{client, sql};
use crate::format::{
    Context, DecodeError, Decoded, Decoder, Format, Join, Match, Probe, Takes, put_class,
    put_outcome, schema,
};
use memchr::{memchr, memchr_iter, memmem};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

slots! {
    EVENT = fields::EVENT,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    PRINCIPAL = fields::PRINCIPAL,
    PRINCIPAL_KIND = fields::PRINCIPAL_KIND,
    SRC_IP = fields::SRC_IP,
    _ACCOUNT = fields::ACCOUNT,
    _REGION = fields::REGION,
    RESOURCE = fields::RESOURCE,
    _INSTANCE = fields::INSTANCE,
    MESSAGE = fields::MESSAGE,
    DATABASE = super::database(),
    CONNECTION = super::connection(),
    CLIENT = client::named("mysql.client_host"),
    COMMAND = FieldDef::new("mysql.statement_type", Kind::Str, Role::Event, "first word of the statement"),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("mysql_general", "MySQL and MariaDB queries", FIELDS));

pub(in crate::format::databases) struct General;

impl Format for General {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "General query logs of MySQL, MariaDB, RDS and Aurora MySQL."
    }

    fn limits(&self) -> &'static str {
        "A statement is logged as it comes in: nothing says whether it was allowed or ended. Who \
         sent it is known only if the connection's beginning is in the same file."
    }

    fn join(&self) -> Join {
        Join::Begins(begins)
    }

    fn takes(&self) -> Takes {
        Takes::Text
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        if Line::read(probe.record).is_some() {
            return Match::Certain;
        }
        // Slow query logs have the same.
        if banner::is(probe.record) { Match::Likely } else { Match::No }
    }

    fn start(&self, context: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(Reader { zone_seconds: context.zone_seconds, ..Reader::default() })
    }
}

/// Commands of clients by the names that the server gives them.
const COMMANDS: [&str; 37] = [
    "Query",
    "Connect",
    "Quit",
    "Init DB",
    "Prepare",
    "Execute",
    "Close stmt",
    "Reset stmt",
    "Field List",
    "Change user",
    "Reset Connection",
    "Ping",
    "Statistics",
    "Processlist",
    "Kill",
    "Refresh",
    "Shutdown",
    "Create DB",
    "Drop DB",
    "Long Data",
    "Fetch",
    "Set option",
    "Debug",
    "Time",
    "Sleep",
    "Daemon",
    "Error",
    "Binlog Dump",
    "Binlog Dump GTID",
    "Table Dump",
    "Connect Out",
    "Register Slave",
    "Register Replica",
    "Delayed insert",
    "Group Replication Data Stream subscription",
    "Bulk_execute",
    "Slave_worker",
];

#[derive(Debug, PartialEq)]
struct Line<'a> {
    /// `None`: the same as that of the line before.
    stamp: Option<Stamp>,
    connection: &'a str,
    command: &'a str,
    argument: &'a str,
}

impl<'a> Line<'a> {
    fn read(record: &'a str) -> Option<Self> {
        let (stamp, rest) = match record.strip_prefix("\t\t") {
            Some(rest) => (None, rest),
            None => {
                memchr(b'\t', record.as_bytes())?;
                let (stamp, rest) = stamp::read(record)?;
                (Some(stamp), rest.strip_prefix('\t')?)
            }
        };
        let rest = rest.trim_start_matches(' ');
        let (connection, rest) = rest.split_once(' ')?;
        let is_number =
            !connection.is_empty() && connection.bytes().all(|byte| byte.is_ascii_digit());
        // Behind a command without an argument the tab may have been cut off.
        let (command, argument) = rest.split_once('\t').unwrap_or((rest.trim_end(), ""));
        (is_number && COMMANDS.contains(&command)).then_some(Self {
            stamp,
            connection,
            command,
            argument,
        })
    }
}

/// Whether the line begins an entry.
pub(super) fn entry_begins(line: &[u8]) -> bool {
    let head = &line[..line.len().min(128)];
    let valid = head.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    Line::read(valid).is_some()
}

/// Connections that are remembered at once.
const MOST: usize = 4096;

/// Bytes of a name that are remembered: MySQL's own have 32 characters, those of hosts 255.
const NAME: usize = 256;

/// Who has a connection.
#[derive(Debug, Clone)]
struct Client {
    user: Arc<str>,
    host: Arc<str>,
}

#[derive(Clone, Default)]
struct Reader {
    zone_seconds: i32,
    /// By the number of the connection. Readers of later records share it until it changes.
    clients: Arc<BTreeMap<u64, Client>>,
    /// That of the last line which had one, where not every line has.
    time: Option<Stamp>,
    lessons: u32,
}

impl Reader {
    /// Takes note of what later lines leave out.
    fn learn(&mut self, line: &Line<'_>, is_old: bool) {
        if is_old && line.stamp.is_some() && self.time != line.stamp {
            self.time = line.stamp;
            self.lessons += 1;
        }
        let Ok(number) = line.connection.parse() else { return };
        match line.command {
            "Connect" | "Change user" if said::access_denied(line.argument).is_none() => {
                let said = said::connected(line.argument);
                let [user, host] = [said.user, said.host]
                    .map(|name| name[..name.floor_char_boundary(NAME)].into());
                let client = Client { user, host };
                let clients = Arc::make_mut(&mut self.clients);
                clients.insert(number, client);
                if clients.len() > MOST {
                    clients.pop_first();
                }
                self.lessons += 1;
            }
            "Quit" if self.clients.contains_key(&number) => {
                Arc::make_mut(&mut self.clients).remove(&number);
                self.lessons += 1;
            }
            _ => {}
        }
    }
}

/// Whether before this tab there is a time of the versions that write it only where the second
/// changes: `260304 10:42:02`.
fn ends_old(record: &[u8], tab: usize) -> bool {
    tab >= 15 && record[tab - 9] == b' ' && record[tab - 15..tab - 9].iter().all(u8::is_ascii_digit)
}

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        if banner::is(record) {
            return Ok(Decoded::NotARecord);
        }
        let Some(line) = Line::read(record) else { return Err(DecodeError::NotMine) };
        if let Some(stamp) = line.stamp.or(self.time) {
            stamp.put(row, self.zone_seconds);
        }
        let number = line.connection.parse::<u64>().ok();
        let known = number.and_then(|number| self.clients.get(&number)).cloned();
        put_line(row, &line, known.as_ref());
        let is_old = record.as_bytes().get(15) == Some(&b'\t') && ends_old(record.as_bytes(), 15);
        self.learn(&line, is_old);
        Ok(Decoded::Event)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }

    fn may_learn(&self, record: &[u8]) -> bool {
        let has = |name: &str| memmem::find(record, name.as_bytes()).is_some();
        let old = |tab: usize| ends_old(record, tab);
        // Where there is no argument, the tab may have been cut off.
        let connects = |at: usize| {
            let rest = &record[at + " Connect".len()..];
            let next = rest.trim_ascii_start().first();
            rest.starts_with(b"\t") || !next.is_some_and(u8::is_ascii_alphanumeric)
        };
        // In envelopes a tab is a backslash and a letter.
        memchr_iter(b'\t', record).any(old)
            || memmem::find_iter(record, b"\\t").any(old)
            || memmem::find_iter(record, b" Connect").any(connects)
            || has(" Quit")
            || has(" Change user")
    }

    fn lessons(&self) -> u32 {
        self.lessons
    }
}

fn put_line(row: &mut dyn Row, line: &Line<'_>, known: Option<&Client>) {
    let argument = line.argument.trim_end();
    let begins = matches!(line.command, "Connect" | "Change user");
    // Anybody may say so in a query.
    let denied = said::access_denied(argument).filter(|_| begins);
    let said = denied.or_else(|| begins.then(|| said::connected(argument)));
    let known = known.map_or(("", ""), |client| (&*client.user, &*client.host));
    let (user, host) = said.map_or(known, |said| (said.user, said.host));
    client::put_user(row, (PRINCIPAL, PRINCIPAL_KIND), user);
    client::put(row, (SRC_IP, CLIENT), host);
    let database = match line.command {
        "Init DB" | "Create DB" | "Drop DB" => argument,
        _ => said.map_or("", |said| said.database),
    };
    let verb = matches!(line.command, "Query" | "Execute" | "Prepare" | "Bulk_execute")
        .then(|| sql::verb(argument))
        .flatten();
    for (slot, text) in [
        (EVENT, line.command),
        (CONNECTION, line.connection),
        (MESSAGE, argument),
        (DATABASE, database),
        (RESOURCE, database),
        (COMMAND, verb.map_or("", |verb| verb.name)),
    ] {
        put_text(row, slot, text);
    }
    let class = match line.command {
        "Connect" | "Quit" | "Change user" | "Reset Connection" => Class::Auth,
        "Create DB" => Class::Config,
        "Drop DB" => Class::DataDelete,
        "Binlog Dump" | "Binlog Dump GTID" | "Table Dump" => Class::DataRead,
        "Shutdown" => Class::AuditSystem,
        _ => verb.map_or(Class::Other, |verb| verb.class),
    };
    put_class(row, CLASS, class);
    let outcome = match line.command {
        _ if denied.is_some() => Outcome::Denied,
        "Connect" | "Change user" => Outcome::Success,
        _ => Outcome::Unknown,
    };
    put_outcome(row, OUTCOME, outcome);
}
