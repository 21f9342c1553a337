//! One event as it is written down: members and names as FilterLogEvents has them.

use aws_sdk_cloudwatchlogs::types::{FilteredLogEvent, LiveTailSessionLogEvent};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::io::{BufRead, BufReader, Read};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Line<'a> {
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(super) log_stream_name: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) timestamp: Option<i64>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(super) message: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ingestion_time: Option<i64>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(super) event_id: Option<Cow<'a, str>>,
}

impl<'a> Line<'a> {
    pub(super) fn of(event: &'a FilteredLogEvent) -> Self {
        Self {
            log_stream_name: event.log_stream_name().map(Cow::Borrowed),
            timestamp: event.timestamp(),
            message: event.message().map(Cow::Borrowed),
            ingestion_time: event.ingestion_time(),
            event_id: event.event_id().map(Cow::Borrowed),
        }
    }

    /// An event of Live Tail, which says less.
    pub(super) fn of_tail(event: &'a LiveTailSessionLogEvent) -> Self {
        Self {
            log_stream_name: event.log_stream_name().map(Cow::Borrowed),
            timestamp: event.timestamp(),
            message: event.message().map(Cow::Borrowed),
            ingestion_time: event.ingestion_time(),
            event_id: None,
        }
    }

    pub(super) fn write(&self, to: &mut Vec<u8>) {
        // Text and numbers are always JSON.
        if serde_json::to_writer(&mut *to, self).is_ok() {
            to.push(b'\n');
        }
    }
}

/// Events that were written down already, by stream, time and text, and how often: a program may
/// say the same thing twice in a millisecond, and the service gives the same event again and
/// again, and not always with its number.
#[derive(Debug, Default)]
pub(super) struct Seen {
    states: [RandomState; 2],
    counts: HashMap<(u64, u64), (u32, i64)>,
}

impl Seen {
    pub(super) fn add(&mut self, line: &Line<'_>) {
        let known = self.counts.entry(self.key(line)).or_default();
        *known = (known.0 + 1, line.timestamp.unwrap_or(i64::MAX));
    }

    /// Those of a file of lines that are of this time or later.
    pub(super) fn add_file(&mut self, file: impl Read, from: i64) {
        let lines = BufReader::new(file).split(b'\n').map_while(Result::ok);
        for bytes in lines {
            // One that was cut off was not written down.
            if let Ok(line) = serde_json::from_slice::<Line<'_>>(&bytes)
                && line.timestamp.is_none_or(|at| at >= from)
            {
                self.add(&line);
            }
        }
    }

    /// Takes one away, if it is there.
    pub(super) fn take(&mut self, line: &Line<'_>) -> bool {
        let known = self.counts.get_mut(&self.key(line));
        let known = known.filter(|(count, _)| *count > 0);
        known.map(|(count, _)| *count -= 1).is_some()
    }

    /// One without events that can be joined with this.
    pub(super) fn empty(&self) -> Self {
        Self { states: self.states.clone(), counts: HashMap::new() }
    }

    /// Adds what another has that was made from this or from the same, and forgets what happened
    /// before this time.
    pub(super) fn join(&mut self, other: Self, before: i64) {
        for (key, (count, at)) in other.counts {
            let known = self.counts.entry(key).or_default();
            *known = (known.0 + count, at);
        }
        self.forget(before);
    }

    /// Forgets what happened before this time.
    pub(super) fn forget(&mut self, before: i64) {
        self.counts.retain(|_, (_, at)| *at >= before);
    }

    /// A look through all events of some time; none is seen more often than it was added.
    pub(super) fn pass(&self) -> Pass<'_> {
        Pass { seen: self, met: HashMap::new() }
    }

    fn key(&self, line: &Line<'_>) -> (u64, u64) {
        let what = (&line.log_stream_name, line.timestamp, &line.message);
        (self.states[0].hash_one(what), self.states[1].hash_one(what))
    }
}

#[derive(Debug)]
pub(super) struct Pass<'a> {
    seen: &'a Seen,
    met: HashMap<(u64, u64), u32>,
}

impl Pass<'_> {
    pub(super) fn is_new(&mut self, line: &Line<'_>) -> bool {
        let key = self.seen.key(line);
        let Some((count, _)) = self.seen.counts.get(&key) else { return true };
        let met = self.met.entry(key).or_default();
        *met += 1;
        *met > *count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(at: i64, message: &str) -> Line<'_> {
        Line {
            log_stream_name: Some("app".into()),
            timestamp: Some(at),
            message: Some(message.into()),
            ingestion_time: None,
            event_id: None,
        }
    }

    #[test]
    fn what_was_written_is_known_again_from_its_file_and_as_often() {
        let mut file = Vec::new();
        for one in [line(1, "a\n\"b\""), line(2, "c"), line(2, "c"), line(3, "d")] {
            one.write(&mut file);
        }
        file.extend(b"{\"timestamp\":4,\"mess");
        let mut seen = Seen::default();
        seen.add_file(&file[..], 2);
        let mut pass = seen.pass();
        let is_new = |line: Line<'_>| pass.is_new(&line);
        let again = [line(1, "a\n\"b\""), line(2, "c"), line(2, "c"), line(2, "c"), line(3, "d")];
        assert_eq!(again.map(is_new), [true, false, false, true, false]);
        assert!(seen.take(&line(3, "d")) && !seen.take(&line(3, "d")));
        let mut more = seen.empty();
        more.add(&line(3, "d"));
        more.add(&line(1, "old"));
        seen.join(more, 2);
        assert!(seen.take(&line(3, "d")) && !seen.take(&line(1, "old")));
        seen.forget(3);
        assert!(!seen.take(&line(2, "c")));
    }
}
