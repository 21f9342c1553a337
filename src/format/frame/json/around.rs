//! What an envelope has around the array of its records: the head before it, the tail after it.
//!
//! Both are followed like any record. Where one is whole it is passed over, and told if it has
//! members that envelopes are not known to have; where it is damaged, or comes after a damaged
//! record, only known members are passed over, and anything else is a row: so no byte is lost
//! where a record only seems to end its array.

use super::piece::Piece;
use super::{Json, Mode};
use crate::format::formats;
use crate::format::frame::{Item, Record, Take, record};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// Members that stand beside the records: in what CloudWatch Logs sends to a subscription, and in
/// the answers of `FilterLogEvents`, `GetLogEvents`, `LookupEvents` and `GetFindings`, as the AWS
/// API references and the command line's output have them; in what `OpenSearch` and Splunk answer to
/// a search, Logs Insights and `CloudTrail` Lake to a query, and Datadog's API; in what Firehose sends to
/// functions and addresses. Formats know of more.
const KNOWN: [&str; 32] = [
    "messageType",
    "owner",
    "logGroup",
    "logStream",
    "subscriptionFilters",
    "policyLevel",
    "searchedLogStreams",
    "nextToken",
    "NextToken",
    "nextForwardToken",
    "nextBackwardToken",
    "ResponseMetadata",
    "took",
    "timed_out",
    "_shards",
    "_scroll_id",
    "hits",
    "num_reduce_phases",
    "preview",
    "init_offset",
    "post_process_count",
    "highlighted",
    "statistics",
    "encryptionKey",
    "QueryStatus",
    "QueryStatistics",
    "requestId",
    "timestamp",
    "invocationId",
    "deliveryStreamArn",
    "sourceKinesisStreamArn",
    "region",
];

/// Why a head or a tail is a row.
pub(super) const UNKNOWN: &str = "around the records of an envelope, and no known part of it";

/// The members that are not known, if this is a good object.
fn unknown(object: &[u8]) -> Option<Vec<String>> {
    let members: BTreeMap<Cow<'_, str>, &RawValue> = serde_json::from_slice(object).ok()?;
    let arrays = || formats().iter().flat_map(|format| format.arrays());
    let is_known =
        |name: &str| KNOWN.contains(&name) || arrays().any(|array| array.beside.contains(&name));
    let unknown = members.into_keys().filter(|name| !is_known(name));
    Some(unknown.map(Cow::into_owned).collect())
}

/// The unknown members of a good head. It ends with the name of its array, which lies in so many
/// objects, a colon and a bracket.
fn head_members(head: &[u8], member: &str, depth: usize) -> Option<Vec<String>> {
    let before = head.strip_suffix(b"[").and_then(|head| named(head, member))?;
    if before == b"{" {
        return Some(Vec::new());
    }
    // In place of the array another member makes it whole.
    unknown(&[before, b"\"owner\":\"\"", &b"}".repeat(depth)].concat())
}

/// The unknown members of a good tail, which may be nothing but separators.
fn tail_members(tail: &[u8], depth: usize) -> Option<Vec<String>> {
    let separates = |byte: &u8| b" \t\r\n,".contains(byte);
    if tail == b"}" || tail.iter().all(separates) {
        return Some(Vec::new());
    }
    unknown(&[&b"{\"hits\":".repeat(depth - 1), &b"{\"owner\":\"\""[..], tail].concat())
}

/// What stands before this name in quotes and its colon, if the bytes end with them.
fn named<'a>(bytes: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let quoted = bytes.trim_ascii_end().strip_suffix(b":")?.trim_ascii_end();
    quoted.strip_suffix(b"\"")?.strip_suffix(name.as_bytes())?.strip_suffix(b"\"")
}

impl Json {
    /// The bytes of the record in hand before the next byte, the last 64 of them.
    pub(super) fn before(&self, piece: &Piece<'_>) -> ([u8; 64], usize) {
        let mut last = [0; 64];
        let here = &piece.bytes[piece.from..piece.at];
        let mut free = last.len();
        for part in [here, &self.carry.bytes] {
            let count = part.len().min(free);
            last[free - count..free].copy_from_slice(&part[part.len() - count..]);
            free -= count;
        }
        (last, free)
    }

    /// Whether the bracket opens the array of the envelope's records.
    pub(super) fn is_member(&self, piece: &Piece<'_>) -> bool {
        let Some(member) = self.member.filter(|_| self.base == 0) else {
            return false;
        };
        let (last, free) = self.before(piece);
        named(&last[free..], member).is_some()
    }

    /// Goes on behind the bracket that opens the array: what was in hand is the envelope's head.
    pub(super) fn open(&mut self, piece: &mut Piece<'_>, take: &mut dyn Take) -> ControlFlow<()> {
        piece.at += 1;
        let last = &piece.bytes[piece.from..piece.at];
        if !self.carry.is_empty() {
            self.carry.add(last);
        }
        let head = record(&self.carry, last, self.start, None);
        let sound = self.damage.take().is_none() && !self.tail && head.fault.is_none();
        let members = self
            .member
            .filter(|_| sound)
            .and_then(|member| head_members(head.bytes, member, self.depth));
        self.hurt = members.is_none();
        let bytes = head.bytes;
        let mut flow = ControlFlow::Continue(());
        match members {
            Some(members) if members.is_empty() => {}
            Some(members) => flow = take.take(Item::around(&head, members)),
            None => {
                let fault = head.fault.or(Some(UNKNOWN));
                flow = take.take(Item::Record(Record { fault, ..head }));
            }
        }
        if flow.is_continue() {
            flow = take.take(Item::Head(bytes));
        }
        self.carry.clear();
        (self.base, self.mode, self.tail) = (2, Mode::Between, false);
        self.first.clear();
        flow
    }

    /// Passes over what is in hand if it is a good tail.
    pub(super) fn pass_tail(
        &self,
        tail: &Record<'_>,
        take: &mut dyn Take,
    ) -> Option<ControlFlow<()>> {
        let members = tail_members(tail.bytes, self.depth)?;
        if members.is_empty() {
            return Some(ControlFlow::Continue(()));
        }
        // After damage it may as well be the end of a record.
        (!self.hurt && tail.fault.is_none()).then(|| take.take(Item::around(tail, members)))
    }

    /// Goes on after the bracket that ended the records' array: what follows in an envelope is
    /// its tail.
    pub(super) fn end_array(&mut self, piece: &mut Piece<'_>) {
        self.mode = Mode::Between;
        if self.base == 2 {
            self.begin(piece, piece.at);
            (0..self.depth).for_each(|_| self.nesting.open(b'{'));
            (self.mode, self.tail) = (Mode::Record, true);
        }
        (self.base, self.last) = (0, b']');
    }
}
