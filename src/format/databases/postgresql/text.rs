//! The lines of a text log, and the records of `jsonlog`.

use super::entry::Entry;
#[allow(clippy::wildcard_imports, reason = "what all three ways of writing share")]
use super::*;
use crate::event::Row;
use crate::format::members::Memo;
use crate::format::{Context, DecodeError, Decoded, Decoder, Format, Join, Match, Probe};

pub(in crate::format::databases) struct Text;

impl Format for Text {
    fn schema(&self) -> &Arc<Schema> {
        &TEXT
    }

    fn help(&self) -> &'static str {
        "Logs of PostgreSQL, RDS and Aurora PostgreSQL: text with the usual prefixes, and jsonlog."
    }

    fn limits(&self) -> &'static str {
        LIMITS
    }

    fn join(&self) -> Join {
        Join::Begins(|_, line| begins(line))
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        if probe.is_object() {
            return Match::certain_if(json::is(probe));
        }
        match prefix::read(probe.record) {
            // The server itself puts two blanks behind a level.
            Some(entry) if is_of_rds(probe.record) || two_blanks(probe.record, entry.message) => {
                Match::Certain
            }
            Some(_) => Match::Likely,
            None => Match::No,
        }
    }

    fn start(&self, context: &Context, sample: &[String]) -> Box<dyn Decoder> {
        let is_own = sample.iter().any(|text| is_of_rds(text) && prefix::read(text).is_some());
        Box::new(Reader { is_own, zone_seconds: context.zone_seconds, members: json::members() })
    }
}

#[derive(Clone)]
struct Reader {
    /// The object is a server's log, so that a line that goes on is one of its messages'.
    is_own: bool,
    zone_seconds: i32,
    /// Of records of `jsonlog`.
    members: Memo,
}

fn begins(line: &[u8]) -> bool {
    let head = &line[..line.len().min(prefix::LONGEST)];
    // What is no UTF-8 is in the message, or in a name that is cut off before it.
    let head = match std::str::from_utf8(head) {
        Ok(head) => head,
        Err(error) => std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or(""),
    };
    is_of_rds(head) || prefix::read(head).is_some()
}

/// Whether a colon stands behind the time and its zone.
fn is_of_rds(line: &str) -> bool {
    prefix::stamp(line).is_some_and(|(_, rest)| rest.starts_with(':'))
}

fn two_blanks(line: &str, message: &str) -> bool {
    let before = &line[..line.len() - message.len()];
    before.ends_with(":  ") || before.ends_with(":\t") || message.is_empty()
}

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        if record.starts_with('{') {
            return json::decode(record, row, self.zone_seconds, &mut self.members);
        }
        if let Some(entry) = prefix::read(record) {
            entry.put(row, self.zone_seconds);
            return Ok(Decoded::Event);
        }
        // Where each line is an event of its own, as in CloudWatch Logs, nothing says of which message
        // it is.
        if self.is_own && record.starts_with('\t') {
            Entry { message: record.trim_start_matches('\t'), ..Entry::default() }.put(row, 0);
            return Ok(Decoded::Event);
        }
        match prefix::stamp(record) {
            Some((stamp, rest)) if rest.starts_with(':') => {
                let reason = "no level such as LOG or ERROR behind the line's prefix".to_owned();
                Err(DecodeError::Broken { reason, time: Some(stamp.time(self.zone_seconds)) })
            }
            _ => Err(DecodeError::NotMine),
        }
    }

    fn decode_first(&mut self, text: &str, row: &mut dyn Row) -> Option<usize> {
        json::decode_first(text, row, self.zone_seconds, &mut self.members)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }
}
