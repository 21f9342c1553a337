//! What an object is, from its first 64 KiB: whether it is a log at all, how it is cut into
//! records, and which format most of them have. The object's name decides nothing but test files and,
//! of what no format is certain of, whether it is the output of a command.

mod tail;

use super::envelope::{Around, Fallback, Head, Table, begins_export, peel};
use super::frame::{Frames, Item, Join, Json, Octets, ZEROS, are_counted};
use super::names::are_said;
use super::probe::Filter;
use super::{Context, Match, Probe, formats, key, may_be, text};
use crate::event::{Reason, ReasonKind, State};
use std::cell::LazyCell;
use std::ops::ControlFlow;
use std::sync::LazyLock;

pub(super) use tail::is_known_tail;
use tail::is_tail;

/// Records that are looked at: lines may be of many kinds, elements seldom are.
const LINES: usize = 64;
const ELEMENTS: usize = 12;

/// Arrays that hold records, as a member of an envelope.
const MEMBERS: [&str; 13] = [
    "Records",
    "events",
    "logEvents",
    "Events",
    "Messages",
    "hits.hits",
    "results",
    "data",
    "records",
    "QueryResultRows",
    // OpenTelemetry's, one in the other.
    "resourceLogs",
    "scopeLogs",
    "logRecords",
];

pub(super) enum Layout {
    Refused(State, Reason),
    Log { frames: Frames, choice: Choice, head: Box<Head> },
}

/// The format that most of the records have.
#[derive(Default)]
pub(super) struct Choice {
    /// Its place in [`formats`]; `None` if each record is to be looked at by itself.
    pub(super) main: Option<usize>,
    /// The same, however sure it is: whose headers and remarks are believed.
    pub(super) most: Option<usize>,
    /// Most records come without an envelope of their own.
    pub(super) bare: bool,
    /// Its lines are what `aws logs tail` printed, whatever is in them.
    pub(super) tail: bool,
    /// The first records, out of their envelopes.
    pub(super) sample: Vec<String>,
}

/// How many of the first records are of a format.
#[derive(Clone, Copy, Default)]
struct Votes {
    count: usize,
    /// Those in no envelope of their own.
    bare: usize,
    /// How sure the format is of the one it is surest of.
    sure: Option<Match>,
}

pub(super) fn layout(sample: &[u8], whole: bool, context: &Context) -> Layout {
    if !context.is_table
        && let Some((state, kind, detail)) = refuse(sample, context)
    {
        return Layout::Refused(state, Reason::new(kind, detail));
    }
    let head = Head::default();
    if context.is_table {
        let fresh = || Frames::Json(Box::new(Json::rows()));
        let (choice, _) = choose(bare(&records(fresh(), &head, sample, whole), false));
        return Layout::Log { frames: fresh(), choice, head: Box::new(head) };
    }
    if key::read(&context.key).command.is_some() && !is_log(sample, whole) {
        // Its lines are what it wrote, whatever they say.
        let (frames, choice) = (Frames::text(Join::Never), Choice::default());
        return Layout::Log { frames, choice, head: Box::new(head) };
    }
    if is_json(sample) {
        let fresh = || Frames::Json(Box::new(Json::new(records_member_of(&text::of(sample)))));
        let (choice, _) = choose(bare(&records(fresh(), &head, sample, whole), false));
        return Layout::Log { frames: fresh(), choice, head: Box::new(head) };
    }
    if let Some(table) = Table::read(&text::of(first_line(sample))) {
        let (fresh, head) = (|| Frames::text(Join::Quoted), Head::of_table(table));
        let (choice, _) = choose(bare(&records(fresh(), &head, sample, whole), false));
        return Layout::Log {
            frames: fresh(),
            choice: Choice { bare: false, ..choice },
            head: Box::new(head),
        };
    }
    if are_counted(sample, whole) {
        let fresh = || Frames::Octets(Octets::default());
        let (choice, _) = choose(bare(&records(fresh(), &head, sample, whole), false));
        return Layout::Log { frames: fresh(), choice, head: Box::new(head) };
    }
    let lines = records(Frames::text(Join::Never), &head, sample, whole);
    let tail = is_tail(&lines);
    let (mut choice, join) = choose(bare(&lines, tail));
    choice.tail = tail;
    if whole && join.is_none() && is_prose(sample) {
        let detail =
            "text without a time, an address, an id or a pair, such as a licence or a note";
        return Layout::Refused(State::NotALog, Reason::new(ReasonKind::Prose, detail));
    }
    let join = join.unwrap_or_default();
    if !matches!(join, Join::Never) {
        let joined = bare(&records(Frames::text(join.clone()), &head, sample, whole), tail);
        choice.sample = joined.into_iter().map(|(text, _)| text).collect();
    }
    Layout::Log { frames: Frames::text(join), choice, head: Box::new(head) }
}

/// Whether a format is certain of more than half of the records.
fn is_log(sample: &[u8], whole: bool) -> bool {
    let member = is_json(sample).then(|| records_member_of(&text::of(sample)));
    let frames = match member {
        Some(member) => Frames::Json(Box::new(Json::new(member))),
        None => Frames::text(Join::Never),
    };
    let records = bare(&records(frames, &Head::default(), sample, whole), false);
    let is_certain = |(text, _): &&(String, bool)| surest(&Probe::new(text)).0 == Match::Certain;
    records.iter().filter(is_certain).count() * 2 > records.len()
}

fn first_line(sample: &[u8]) -> &[u8] {
    let line = sample.split(|byte| *byte == b'\n').next().unwrap_or(sample);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// The first records, with the head of their envelope.
fn records(mut frames: Frames, head: &Head, sample: &[u8], whole: bool) -> Vec<(String, Head)> {
    let mut found = Vec::new();
    let mut head = head.clone();
    let most = if matches!(frames, Frames::Json(_)) { ELEMENTS } else { LINES };
    let mut take = |item: Item<'_>| {
        match item {
            Item::Head(bytes) => head = Head::read(bytes),
            Item::Record(record) if record.fault == Some(ZEROS) => {}
            Item::Record(record) => {
                found.push((text::of(record.bytes).into_owned(), head.clone()));
            }
            Item::Around { .. } => {}
        }
        if found.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    // What the sample cuts off says little, unless there is nothing else.
    if frames.push(sample, &mut take).is_continue() {
        if whole {
            frames.finish(&mut take);
        } else if let Frames::Weave(weave) = &mut frames {
            // Its records wait for lines of theirs.
            let _ = weave.rest(&mut take);
        }
    }
    found
}

/// Records without their envelopes, and whether they had any.
fn bare(records: &[(String, Head)], tail: bool) -> Vec<(String, bool)> {
    records.iter().map(|(text, head)| out_of_envelopes(text, head, tail)).collect()
}

/// The format that most of the records have, and how lines make such records; `None` if nobody
/// knows one of them.
fn choose(records: Vec<(String, bool)>) -> (Choice, Option<Join>) {
    let enveloped: Vec<bool> = records.iter().map(|(_, enveloped)| *enveloped).collect();
    let sample: Vec<String> = records.into_iter().map(|(text, _)| text).collect();
    let mut votes = vec![Votes::default(); formats().len()];
    for (text, enveloped) in sample.iter().zip(&enveloped) {
        let (sure, index) = surest(&Probe::new(text).among(&sample).timed(*enveloped));
        if sure > Match::No {
            let votes = &mut votes[index];
            votes.count += 1;
            votes.bare += usize::from(!enveloped);
            votes.sure = votes.sure.max(Some(sure));
        }
    }
    // Of as many, the first in the list.
    let most = votes.iter().enumerate().rev().max_by_key(|(_, votes)| votes.count);
    let most = most.filter(|(_, votes)| votes.count > 0);
    if let Some(table) = table(&sample, &enveloped, most.map(|(index, _)| index)) {
        let join = formats()[table].join();
        let main = Some(table);
        return (Choice { main, most: main, bare: true, sample, ..Choice::default() }, Some(join));
    }
    let Some((index, votes)) = most else {
        return (Choice { sample, ..Choice::default() }, None);
    };
    let bare = votes.bare * 2 > votes.count;
    let join = if bare { join(index, &sample) } else { Join::Begins(begins_export) };
    let main = votes.sure.is_some_and(|sure| sure > Match::Maybe).then_some(index);
    let bare = bare && main.is_some();
    (Choice { main, most: Some(index), bare, sample, ..Choice::default() }, Some(join))
}

/// The format of a table, which the header alone shows: its rows might be anybody's.
fn table(sample: &[String], enveloped: &[bool], most: Option<usize>) -> Option<usize> {
    let first = sample.first().filter(|first| !enveloped[0] && !first.starts_with('{'))?;
    let (sure, index) = surest(&Probe::new(first));
    let quotes = |format: usize| matches!(formats()[format].join(), Join::Quoted);
    (sure == Match::Certain && (quotes(index) || most.is_some_and(quotes))).then_some(index)
}

/// How sure the surest format is, and its place.
fn surest(probe: &Probe<'_>) -> (Match, usize) {
    let mut best = (Match::No, 0);
    for (index, format) in may_be(probe) {
        let sure = format.probe(probe);
        if sure > best.0 {
            best = (sure, *index);
        }
    }
    best
}

/// How lines make records of this format. Where an indented line is a record by itself,
/// indentation means nothing; tables that say their columns in a comment do not quote.
fn join(format: usize, sample: &[String]) -> Join {
    let join = formats()[format].join();
    let alone = |text: &&String| surest(&Probe::new(text).among(sample)).0 > Match::Maybe;
    let mut indented = sample.iter().filter(|text| text.starts_with([' ', '\t']));
    let unquoted = || sample.first().is_some_and(|text| text.starts_with('#'));
    if matches!(join, Join::Indented) && indented.any(|text| alone(&text))
        || matches!(join, Join::Quoted) && unquoted()
    {
        Join::Never
    } else {
        join
    }
}

/// A record without its envelopes, and whether it had any.
fn out_of_envelopes(text: &str, head: &Head, tail: bool) -> (String, bool) {
    let mut inner = text.to_owned();
    let mut enveloped = false;
    let mut head = head;
    let outside = Head::default();
    let mut said = Fallback::default();
    for _ in 0..4 {
        let probe = Probe::new(&inner);
        let Some(peeled) = peel(&probe, head, &said) else {
            break;
        };
        let fallback = peeled.fallback;
        let payload = first_record(peeled.payload.into_owned());
        let stays = match peeled.around {
            Around::Transport => false,
            Around::Event => !is_known(&payload),
            // A row of a table is no record but of tables: what looks like one is what it holds.
            Around::Copy if head.table.is_some() => !is_known(&payload),
            Around::Copy => surest(&probe).0 > Match::Maybe || !is_known(&payload),
            Around::Tail => !tail && !is_known_tail(&probe, &payload),
            Around::Stamp => !is_known(&payload) && surest(&probe).0 > Match::Maybe,
        };
        if stays {
            break;
        }
        (inner, enveloped, said) = (payload, true, fallback);
        head = &outside;
    }
    (inner, enveloped)
}

/// The first of the records in a payload that is itself around many, or else the payload.
fn first_record(payload: String) -> String {
    let Some(member) = records_member_of(&payload) else { return payload };
    let frames = Frames::Json(Box::new(Json::new(Some(member))));
    let found = records(frames, &Head::default(), payload.as_bytes(), true);
    found.into_iter().next().map_or(payload, |(record, _)| record)
}

/// Whether a format is sure of this record, or of what is in its envelopes.
fn is_known(text: &str) -> bool {
    let probe = Probe::new(text);
    let inner = || peel(&probe, &Head::default(), &Fallback::default());
    surest(&probe).0 > Match::Maybe
        || inner().is_some_and(|inner| surest(&Probe::new(&inner.payload)).0 > Match::Maybe)
}

/// Whether the object is cut as JSON: it begins so, or most of its lines do.
fn is_json(sample: &[u8]) -> bool {
    let sample = sample.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(sample).trim_ascii_start();
    if begins_json(sample) {
        return true;
    }
    let lines = sample.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let lines: Vec<&[u8]> = lines.filter(|line| !line.is_empty()).take(LINES).collect();
    let json = lines.iter().filter(|line| line.starts_with(b"{") && begins_json(line)).count();
    json * 2 > lines.len()
}

fn begins_json(text: &[u8]) -> bool {
    let Some((first, rest)) = text.split_first() else {
        return false;
    };
    match (first, rest.trim_ascii_start().first()) {
        (b'{', next) => matches!(next, None | Some(b'"' | b'}')),
        (b'[', next) => matches!(next, None | Some(b'{' | b'[' | b'"' | b']')),
        _ => false,
    }
}

/// Members that may be arrays of records, and the first part of each name.
static ARRAYS: LazyLock<(Vec<(&str, &str)>, Filter)> = LazyLock::new(|| {
    let arrays = formats().iter().flat_map(|format| format.arrays()).map(|array| array.name);
    let first = |name: &'static str| (name.split('.').next().unwrap_or(name), name);
    let all: Vec<_> = MEMBERS.into_iter().chain(arrays).map(first).collect();
    let filter = Filter::of(all.iter().map(|(first, _)| *first));
    (all, filter)
});

/// Bytes in which the array of an envelope must begin.
const ENVELOPE: usize = 64 * 1024;

/// The member of the text's first value that holds an array of records.
fn records_member_of(text: &str) -> Option<&'static str> {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    records_member(&Probe::new(&start[..start.floor_char_boundary(ENVELOPE)]))
}

/// Whether an object that holds a list says itself when or what something was: then it is the record,
/// and the list is what it tells of. Deliveries of Firehose have a time, and a number of their own.
fn is_record_with_list(probe: &Probe<'_>) -> bool {
    const TIMES: [&str; 4] = ["time", "timestamp", "ts", "eventTime"];
    let is_delivery = || probe.has("requestId") || probe.has("invocationId");
    are_said(probe.names().iter().map(|name| &**name))
        || TIMES.iter().any(|name| probe.has(name)) && !is_delivery()
}

/// The member of the record that holds an array of records.
pub(super) fn records_member(probe: &Probe<'_>) -> Option<&'static str> {
    let (arrays, filter) = &*ARRAYS;
    if !probe.is_object() || !probe.may_have_any(*filter) {
        return None;
    }
    let is_own = LazyCell::new(|| is_record_with_list(probe));
    let there = arrays.iter().filter(|(first, _)| probe.has(first)).map(|(_, name)| *name);
    let mut there = there.filter(|name| !MEMBERS.contains(name) || !*is_own);
    // The frame itself says whether it finds the array where it is to be.
    there.find(|member| {
        let mut frames = Frames::Json(Box::new(Json::new(Some(member))));
        let mut opened = false;
        let mut first = None;
        let start = probe.record;
        let end = start.floor_char_boundary(ENVELOPE);
        let _ = frames.push(&start.as_bytes()[..end], &mut |item: Item<'_>| match item {
            Item::Head(_) => {
                opened = true;
                ControlFlow::Continue(())
            }
            Item::Around { .. } => ControlFlow::Continue(()),
            // A head that is no good is a record too.
            Item::Record(record) if record.fault.is_some() => ControlFlow::Continue(()),
            Item::Record(record) => {
                first = Some(matches!(record.bytes.first(), Some(b'{' | b'[')));
                ControlFlow::Break(())
            }
        });
        opened && first != Some(false)
    })
}

/// Whether this text, of which no format knows a line, is something that somebody wrote, and no
/// log: there is not one time, address, `name=value`, level or id in it. What has one stays, line
/// by line, as unparsed records.
fn is_prose(sample: &[u8]) -> bool {
    let digit = |at: usize| sample.get(at).is_some_and(u8::is_ascii_digit);
    let is_time = |at: usize| {
        let clock = sample[at] == b':' && at > 0 && digit(at - 1) && digit(at + 1) && digit(at + 2);
        let date = matches!(sample[at], b'-' | b'/')
            && at > 0
            && digit(at - 1)
            && digit(at + 1)
            && digit(at + 2)
            && sample.get(at + 3) == Some(&sample[at]);
        let pair = sample[at] == b'=';
        let dot = |at: usize| sample.get(at) == Some(&b'.') && digit(at + 1);
        let address = dot(at) && at > 0 && digit(at - 1) && (2..5).any(|more| dot(at + more));
        clock || date || pair || address
    };
    let mut run = 0;
    // Ten digits and more may be seconds since 1970.
    let mut is_long = |byte: &u8| {
        run = if byte.is_ascii_digit() { run + 1 } else { 0 };
        run >= 10
    };
    !sample.iter().any(&mut is_long)
        && !(0..sample.len()).any(is_time)
        && !sample.split(|byte| *byte == b'\n').any(is_logged)
}

/// Whether a program may have written this line: it begins with a level, holds a UUID, or a name,
/// a colon and a word with a digit, such as `RequestId: 8f2c` or `Duration: 1.2 ms`.
fn is_logged(line: &[u8]) -> bool {
    const LEVELS: [&str; 9] =
        ["TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "FATAL", "CRITICAL"];
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).peekable();
    let first = words.peek().copied().unwrap_or_default();
    let level = first.strip_prefix(b"[").unwrap_or(first);
    let level = level.split(|byte| !byte.is_ascii_alphabetic()).next().unwrap_or_default();
    let mut named = false;
    let shows = |word: &[u8]| {
        let value = std::mem::replace(&mut named, word.ends_with(b":"));
        value && word.iter().any(u8::is_ascii_digit) || word.windows(36).any(is_uuid)
    };
    LEVELS.iter().any(|name| name.as_bytes() == level) || words.any(shows)
}

pub(super) fn is_uuid(text: &[u8]) -> bool {
    text.len() == 36
        && text.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// What is nothing but zero bytes.
pub(super) fn only_zeros() -> (State, Reason) {
    let detail = "binary data: nothing but zero bytes";
    (State::NotALog, Reason::new(ReasonKind::Binary, detail))
}

type Refusal = (State, ReasonKind, String);

fn refuse(sample: &[u8], context: &Context) -> Option<Refusal> {
    let not_a_log = |kind, detail: &str| Some((State::NotALog, kind, detail.to_owned()));
    if sample.trim_ascii().is_empty() {
        let detail = if sample.is_empty() { "it has no bytes" } else { "it holds only blanks" };
        return not_a_log(ReasonKind::Empty, detail);
    }
    if sample.starts_with(b"\xFF\xFE") || sample.starts_with(b"\xFE\xFF") {
        let detail = "UTF-16 text is not read; convert it to UTF-8 first";
        return Some((State::Skipped, ReasonKind::Unsupported, detail.to_owned()));
    }
    if let Some(name) = binary(sample) {
        return not_a_log(ReasonKind::Binary, &format!("binary data: {name}"));
    }
    let name = context.key.rsplit('/').next().unwrap_or("");
    if name == "ELBAccessLogTestFile" || sample.starts_with(b"Enable AccessLog for ELB") {
        return not_a_log(ReasonKind::TestObject, "written to test the delivery of ELB logs");
    }
    if name == "aws-logs-write-test" {
        return not_a_log(ReasonKind::TestObject, "written to test the export of CloudWatch Logs");
    }
    None
}

/// What binary data this is; `None` if it is text.
fn binary(sample: &[u8]) -> Option<&'static str> {
    const MAGIC: &[(&[u8], &str)] = &[
        (b"\x89PNG", "a PNG picture"),
        (b"\xFF\xD8\xFF", "a JPEG picture"),
        (b"GIF8", "a GIF picture"),
        (b"%PDF", "a PDF document"),
        (b"\x7FELF", "an ELF program"),
        (b"MZ", "a Windows program"),
        (b"ElfFile\0", "a Windows event log (evtx)"),
        (b"SQLite format 3\0", "an SQLite database"),
        (b"\xD4\xC3\xB2\xA1", "a packet capture (pcap)"),
        (b"\xA1\xB2\xC3\xD4", "a packet capture (pcap)"),
        (b"\x4D\x3C\xB2\xA1", "a packet capture (pcap)"),
        (b"\xA1\xB2\x3C\x4D", "a packet capture (pcap)"),
        (b"\x0A\x0D\x0D\x0A", "a packet capture (pcapng)"),
        (b"LPKSHHRH", "a systemd journal"),
        // Behind 32 KiB of zeros.
        (b"\x01CD001", "a disc image (ISO 9660)"),
    ];
    let control =
        |byte: &&u8| **byte < 32 && !matches!(**byte, b'\t' | b'\n' | b'\r' | 0x1B | 0x0C);
    let head = &without_zeros(&sample[..sample.len().min(8192)])[..];
    let controls = head.iter().filter(control).count();
    let garbled: usize =
        head.utf8_chunks().map(|chunk| chunk.invalid().len().min(1)).sum::<usize>() + controls;
    let named = MAGIC.iter().find(|(magic, _)| sample.starts_with(magic)).map(|(_, name)| *name);
    // A few odd bytes make no log binary: an attacker who could put one in would hide it all.
    match named {
        Some(name) if garbled > 0 => Some(name),
        _ => (garbled * 10 > head.len()).then_some("of no kind known here"),
    }
}

/// Without the runs of zero bytes that say nothing of what was written around them: where a line
/// would begin, and as long as a sector.
fn without_zeros(head: &[u8]) -> Vec<u8> {
    const SECTOR: usize = 512;
    let mut kept = Vec::with_capacity(head.len());
    for run in head.chunk_by(|one, next| (*one == 0) == (*next == 0)) {
        let begins_line = kept.last().is_none_or(|byte| *byte == b'\n');
        if run[0] != 0 || !begins_line && run.len() < SECTOR {
            kept.extend_from_slice(run);
        }
    }
    kept
}
