//! What the other parts of a Kubernetes control plane log, and whatever else logs with klog: the
//! API server, the scheduler, the controller managers.
//!
//! The head has neither year nor zone: the year is that of the object's last change, or the one
//! before if that would lie more than a day after it; the zone is the one assumed. Source: the
//! documentation of klog, "Logging header format".

use crate::event::time::Civil;
use crate::event::{
    Class, FieldDef, Kind, Outcome, Role, Row, Schema, Time, Timestamp, Value, fields,
    schema::slots,
};
use crate::format::{
    Clock, Context, DecodeError, Decoded, Decoder, Delivery, Format, Join, Match, Probe, Takes,
    put_class, put_outcome, schema,
};
use std::sync::{Arc, LazyLock};

/// Bytes of a line that hold its head.
const HEAD: usize = 512;

slots! {
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    ACCOUNT = fields::ACCOUNT,
    RESOURCE = fields::RESOURCE,
    SEVERITY = fields::SEVERITY,
    MESSAGE = fields::MESSAGE,
    THREAD = FieldDef::new("k8s.thread", Kind::Int, Role::Text, "thread that wrote it"),
    PLACE = FieldDef::new("k8s.code", Kind::Str, Role::Text, "place in the source code"),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("eks_control", "Kubernetes control plane", FIELDS));

pub(super) struct Control;

impl Format for Control {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "What Kubernetes components log with klog: API server, scheduler, controller managers."
    }

    fn delivery(&self) -> Delivery {
        Delivery {
            cadence: "as there is something to say, within minutes",
            guarantee: "best effort",
            clock: Clock::Aws,
            ..Delivery::UNKNOWN
        }
    }

    fn limits(&self) -> &'static str {
        "These lines are for those who run the cluster, and change with each version; who asked \
         for what is in the audit records. The times have no year and no zone."
    }

    fn join(&self) -> Join {
        // A head is short; what comes behind it may be any bytes.
        Join::Begins(|_, line| {
            Head::read(&crate::format::text::of(&line[..line.len().min(HEAD)])).is_some()
        })
    }

    fn takes(&self) -> Takes {
        Takes::Text
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        Match::certain_if(Head::read(probe.record).is_some())
    }

    fn start(&self, context: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(Reader { modified: context.modified, zone_seconds: context.zone_seconds })
    }
}

#[derive(Clone, Copy)]
struct Reader {
    modified: Option<Timestamp>,
    zone_seconds: i32,
}

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        let head = Head::read(record).ok_or(DecodeError::NotMine)?;
        if let Some(time) = head.time(self.modified, self.zone_seconds) {
            row.time(time);
            row.zone_assumed();
        }
        if !head.message.is_empty() {
            row.put(MESSAGE, Value::Str(head.message));
        }
        row.put(PLACE, Value::Str(head.place));
        row.put(THREAD, Value::Int(head.thread));
        row.put(SEVERITY, Value::Float(head.severity));
        let failed = head.severity > 4.0;
        put_class(row, CLASS, if failed { Class::SystemError } else { Class::Other });
        put_outcome(row, OUTCOME, if failed { Outcome::Failure } else { Outcome::Unknown });
        Ok(Decoded::Event)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(*self)
    }
}

/// `I0304 10:42:02.113000       1 file.go:123] message`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Head<'a> {
    severity: f64,
    /// In a leap year.
    civil: Civil,
    thread: i64,
    place: &'a str,
    message: &'a str,
}

impl<'a> Head<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let bytes = line.as_bytes();
        let severity = match bytes.first()? {
            b'I' => 0.0,
            b'W' => 4.0,
            b'E' => 6.0,
            b'F' => 9.0,
            _ => return None,
        };
        let two = |at: usize| {
            let digits = bytes.get(at..at + 2).filter(|two| two.iter().all(u8::is_ascii_digit))?;
            Some((digits[0] - b'0') * 10 + (digits[1] - b'0'))
        };
        let marks = [(5, b' '), (8, b':'), (11, b':'), (14, b'.'), (21, b' ')];
        if marks.into_iter().any(|(at, mark)| bytes.get(at) != Some(&mark)) {
            return None;
        }
        let micros = &bytes[15..21];
        if !micros.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let micros = micros.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
        let civil = Civil {
            year: 2024,
            month: two(1)?,
            day: two(3)?,
            hour: two(6)?,
            minute: two(9)?,
            second: two(12)?,
            nanos: micros * 1000,
        };
        Timestamp::from_civil(civil)?;
        let (thread, rest) = line[22..].trim_start_matches(' ').split_once(' ')?;
        let (place, message) = rest.split_once(']')?;
        let (_, number) = place.rsplit_once(':')?;
        number.parse::<u32>().ok()?;
        let message = message.strip_prefix(' ').unwrap_or(message);
        Some(Self { severity, civil, thread: thread.parse().ok()?, place, message })
    }

    /// In the year that fits when the object was last changed.
    fn time(&self, modified: Option<Timestamp>, zone_seconds: i32) -> Option<Time> {
        let modified = modified?;
        let latest = modified.saturating_add(Timestamp::DAY);
        let shift = -i64::from(zone_seconds) * Timestamp::SECOND;
        let in_year = |year| {
            Timestamp::from_civil(Civil { year, ..self.civil }).map(|at| at.saturating_add(shift))
        };
        let year = modified.civil().year;
        // The 29th of February may be up to eight years away.
        let at = (0..=8).filter_map(|back| in_year(year - back)).find(|at| *at <= latest)?;
        Some(Time::new(at, 6))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_year_is_the_last_one_that_fits() {
        let head = |line| Head::read(line).unwrap();
        let modified = Time::parse_rfc3339("2026-03-04T12:00:00Z").map(|time| time.at);
        let time = |line, zone| head(line).time(modified, zone).unwrap().to_rfc3339();
        let new = "I0304 10:42:02.113000       1 a.go:1] x";
        assert_eq!(time(new, 0), "2026-03-04T10:42:02.113000Z");
        assert_eq!(time(new, 3600), "2026-03-04T09:42:02.113000Z");
        assert_eq!(time("W1231 23:59:59.000001 7 a.go:1] x", 0), "2025-12-31T23:59:59.000001Z");
        assert_eq!(time("E0229 00:00:00.000000 7 a.go:1] x", 0), "2024-02-29T00:00:00.000000Z");
        assert_eq!(head(new).time(None, 0), None);
    }

    #[test]
    fn what_only_looks_like_a_head_is_none() {
        for line in [
            "I0304",
            "I0304 10:42:02.113000 1 no place",
            "I9904 10:42:02.113000 1 a.go:1] x",
            "Info 10:42:02.113000 1 a.go:1] x",
            "I0304 10:42:02.1130é0 1 a.go:1] x",
            "",
        ] {
            assert_eq!(Head::read(line), None, "{line}");
        }
    }
}
