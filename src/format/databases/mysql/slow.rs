//! Slow query logs of MySQL and MariaDB: a block for each statement, of lines that begin with `#`,
//! then `use`, `SET timestamp`, and the statement over as many lines as it has.
//!
//! Source: the MySQL reference manual, "The Slow Query Log". The event's time is when the
//! statement began, as `SET timestamp` says since MySQL 8.0.14 (before, it is the end); `# Time` is
//! when the block was written, and stands in `time_end`.

use super::{banner, begins, put_text, stamp};
use crate::event::{
    Class, FieldDef, Kind, Outcome, Role, Row, Schema, Time, Value, fields, schema::slots,
};
use crate::format::databases::{client, sql};
use crate::format::members::{Scalar, put};
use crate::format::{
    Context, DecodeError, Decoded, Decoder, Format, Join, Match, Probe, Takes, clock, put_class,
    put_outcome, schema,
};
use std::sync::{Arc, LazyLock};

const fn count(name: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Int, Role::Text, "the number of this name")
}

slots! {
    EVENT = fields::EVENT,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    CODE = fields::CODE,
    PRINCIPAL = fields::PRINCIPAL,
    PRINCIPAL_KIND = fields::PRINCIPAL_KIND,
    SRC_IP = fields::SRC_IP,
    _ACCOUNT = fields::ACCOUNT,
    _REGION = fields::REGION,
    RESOURCE = fields::RESOURCE,
    BYTES_IN = fields::BYTES_IN,
    BYTES_OUT = fields::BYTES_OUT,
    DURATION = fields::DURATION,
    _INSTANCE = fields::INSTANCE,
    MESSAGE = fields::MESSAGE,
    TIME_END = fields::TIME_END,
    DATABASE = super::database(),
    CONNECTION = super::connection(),
    CLIENT = client::named("mysql.client_host"),
    LOCK_TIME = FieldDef::new("mysql.lock_time", Kind::Float, Role::Text, "seconds of waiting for locks"),
    ROWS_SENT = count("mysql.rows_sent"),
    ROWS_EXAMINED = count("mysql.rows_examined"),
    ROWS_AFFECTED = count("mysql.rows_affected"),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("mysql_slow", "MySQL and MariaDB slow queries", FIELDS));

pub(in crate::format::databases) struct Slow;

impl Format for Slow {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Slow query logs of MySQL, MariaDB, RDS and Aurora MySQL."
    }

    fn limits(&self) -> &'static str {
        "Only statements that took longer than long_query_time are there, and it may be set for \
         one session. Who sends a statement can put lines into it that look like a block."
    }

    fn join(&self) -> Join {
        Join::Begins(begins)
    }

    fn takes(&self) -> Takes {
        Takes::Text
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        Match::certain_if(is_head(probe.record))
    }

    fn start(&self, context: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(Reader { zone_seconds: context.zone_seconds })
    }
}

fn is_head(line: &str) -> bool {
    line.starts_with("# User@Host: ")
        || line.starts_with("# Query_time: ")
        || line.strip_prefix("# Time: ").is_some_and(|time| stamp::read(time).is_some())
}

/// Whether the line begins a block.
pub(super) fn block_begins(so_far: &[u8], line: &[u8]) -> bool {
    if line.starts_with(b"# User@Host: ") {
        // It goes on with the time, if nothing else came yet.
        return !so_far.starts_with(b"# Time: ") || so_far.contains(&b'\n');
    }
    line.starts_with(b"# Time: ")
}

#[derive(Clone, Copy)]
struct Reader {
    zone_seconds: i32,
}

/// What the lines before a statement say.
#[derive(Default)]
struct Block<'a> {
    written: Option<clock::Stamp>,
    user: &'a str,
    host: &'a str,
    pairs: Vec<(&'a str, &'a str)>,
    database: &'a str,
    timestamp: &'a str,
    statement: &'a str,
}

impl<'a> Block<'a> {
    fn read(record: &'a str) -> Self {
        let mut block = Self::default();
        let mut rest = record;
        while let Some(line) = rest.strip_prefix("# ") {
            if line.starts_with("administrator command: ") {
                rest = line;
                break;
            }
            let (line, after) = line.split_once('\n').unwrap_or((line, ""));
            block.head(line.trim_end());
            rest = after;
        }
        loop {
            let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
            let line = line.trim_end();
            if let Some(name) = first_word(line, "use ").filter(|_| block.timestamp.is_empty()) {
                block.database = name.trim_end_matches(';').trim_matches('`');
            } else if let Some(set) = first_word(line, "set ")
                .filter(|set| block.timestamp.is_empty() && set.contains("timestamp="))
            {
                let value = set.split_once("timestamp=").map_or("", |(_, value)| value);
                block.timestamp = value.split([',', ';']).next().unwrap_or("");
            } else {
                break;
            }
            rest = after;
        }
        block.statement = rest.trim();
        block
    }

    fn head(&mut self, line: &'a str) {
        if let Some(time) = line.strip_prefix("Time: ") {
            self.written = stamp::read(time).map(|(stamp, _)| stamp);
        } else if let Some(who) = line.strip_prefix("User@Host: ") {
            // A name may hold what parts it from the host.
            let (user, rest) = who.rsplit_once(" @ ").unwrap_or((who, ""));
            let inner = user.rsplit_once('[').map(|(_, login)| login.trim_end_matches(']'));
            self.user = inner.filter(|login| !login.is_empty()).unwrap_or(user);
            let (name, rest) = rest.split_once('[').unwrap_or((rest, ""));
            let (address, rest) = rest.split_once(']').unwrap_or((rest, ""));
            self.host = if address.is_empty() { name.trim() } else { address };
            self.add_pairs(rest);
        } else {
            self.add_pairs(line);
        }
    }

    /// `Name: value  Name: value`; a value may be missing.
    fn add_pairs(&mut self, line: &'a str) {
        let mut name = None;
        for word in line.split_ascii_whitespace() {
            match (word.strip_suffix(':'), name.take()) {
                (Some(next), _) => name = Some(next),
                (None, Some(name)) => self.pairs.push((name, word)),
                (None, None) => {}
            }
        }
    }

    fn value(&self, names: &[&str]) -> &'a str {
        let found = self.pairs.iter().find(|(name, _)| names.contains(name));
        found.map_or("", |(_, value)| value)
    }

    fn began(&self, zone_seconds: i32) -> Option<(Time, bool)> {
        let stated = |text: &str| Time::parse_rfc3339(text).map(|time| (time, false));
        stated(self.value(&["Start"]))
            .or_else(|| clock::epoch(self.timestamp).map(|time| (time, false)))
            .or_else(|| self.written.map(|stamp| (stamp.time(zone_seconds), !stamp.zoned)))
    }
}

/// What follows the word at the line's beginning, in letters of any size.
fn first_word<'a>(line: &'a str, word: &str) -> Option<&'a str> {
    let found = line.get(..word.len())?;
    found.eq_ignore_ascii_case(word).then(|| &line[word.len()..])
}

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        if banner::is(record) {
            return Ok(Decoded::NotARecord);
        }
        if !is_head(record) {
            return Err(DecodeError::NotMine);
        }
        let block = Block::read(record);
        if block.user.is_empty() && block.pairs.is_empty() && block.statement.is_empty() {
            if !record.trim_end().contains('\n') {
                // A time, and nothing that happened then.
                return Ok(Decoded::NotARecord);
            }
            let reason = "a block that ends before it says anything".to_owned();
            let time = block.began(self.zone_seconds).map(|(time, _)| time);
            return Err(DecodeError::Broken { reason, time });
        }
        if let Some((time, assumed)) = block.began(self.zone_seconds) {
            row.time(time);
            if assumed {
                row.zone_assumed();
            }
        }
        let written = block.written.map(|stamp| stamp.time(self.zone_seconds));
        if let Some(end) = Time::parse_rfc3339(block.value(&["End"])).or(written) {
            row.put(TIME_END, Value::Time(end));
        }
        client::put_user(row, (PRINCIPAL, PRINCIPAL_KIND), block.user);
        client::put(row, (SRC_IP, CLIENT), block.host);
        let schema = block.value(&["Schema"]);
        let database = if block.database.is_empty() { schema } else { block.database };
        for (slot, text) in [
            (DATABASE, database),
            (RESOURCE, database),
            (CONNECTION, block.value(&["Id", "Thread_id"])),
            (DURATION, block.value(&["Query_time"])),
            (LOCK_TIME, block.value(&["Lock_time"])),
            (ROWS_SENT, block.value(&["Rows_sent"])),
            (ROWS_EXAMINED, block.value(&["Rows_examined"])),
            (ROWS_AFFECTED, block.value(&["Rows_affected"])),
            (BYTES_OUT, block.value(&["Bytes_sent"])),
            (BYTES_IN, block.value(&["Bytes_received"])),
            (MESSAGE, block.statement),
        ] {
            put(row, &FIELDS[slot], slot, Scalar::Text(text));
        }
        let verb = sql::verb(block.statement);
        put_text(row, EVENT, verb.map_or("Query", |verb| verb.name));
        put_class(row, CLASS, verb.map_or(Class::Other, |verb| verb.class));
        let outcome = match block.value(&["Last_errno", "Errno"]) {
            "" => Outcome::Unknown,
            "0" => Outcome::Success,
            code => {
                put_text(row, CODE, code);
                if super::denied(code) { Outcome::Denied } else { Outcome::Failure }
            }
        };
        put_outcome(row, OUTCOME, outcome);
        Ok(Decoded::Event)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(*self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_read_with_their_statement() {
        let block = Block::read(
            "# User@Host: app[al] @ web-1 [192.0.2.1]  Id:  7\n# Thread_id: 7  Schema:  QC_hit: No\nUSE `shop`;\nSET last_insert_id=1,timestamp=1772620922;\nselect '# Time: '\n;",
        );
        assert_eq!((block.user, block.host, block.database), ("al", "192.0.2.1", "shop"));
        assert_eq!(block.timestamp, "1772620922");
        assert_eq!(block.statement, "select '# Time: '\n;");
        let block = Block::read(
            "# User@Host: app[al] @ web-1 [192.0.2.1]\nSET timestamp=2;\nSET timestamp=1;\nselect 1;",
        );
        // What comes behind the server's own is the statement's.
        assert_eq!(block.timestamp, "2");
        assert_eq!(block.statement, "SET timestamp=1;\nselect 1;");
        let block = Block::read("# User@Host: app[al] @ web-1 []\n# Schema:  QC_hit: No\n");
        assert_eq!((block.value(&["Schema"]), block.value(&["QC_hit"])), ("", "No"));
    }
}
