//! Which decoder reads a record: the object's own first, then whoever recognises the record, and
//! at the end `unparsed`, so that none is lost.

mod filled;
mod limits;
mod loaded;
mod long;
mod output;
mod piece;
mod rows;
mod unfolding;

use super::detect::{Choice, is_known_tail};
use super::envelope::{Around, ENVELOPES, Fallback, Head, Peeled, peel};
use super::frame::{Item, LONGEST, Record, TOO_LONG, Take, ZEROS};
use super::generic::unparsed;
use super::{Context, DecodeError, Decoded, Match, Probe, formats, may_be, text};
use crate::event::{Frame, Inner, Place, Reason, ReasonKind, Sink, Time};
use filled::Known;
use loaded::Loaded;
use memchr::memmem;
use std::ops::ControlFlow;
use std::sync::{Arc, LazyLock};

use unfolding::Unfolding;

pub use piece::Piece;
pub(super) use piece::{Cutter, Cuttings};

/// Hands the records of one object to decoders.
pub(super) struct Dispatch {
    context: Context,
    choice: Arc<Choice>,
    decoders: Vec<Option<Loaded>>,
    head: Arc<Head>,
    /// What the object's name says.
    key: Fallback,
    records: u64,
    /// The last thing passed over that is no record.
    passed: Option<Reason>,
}

/// What is asked of whoever is offered a text.
#[derive(Clone, Copy)]
struct Ask<'a> {
    /// Of the array that the text is an element of. What is within the text is in no array: who
    /// writes a message must not make it two.
    head: &'a Head,
    fallback: &'a Fallback,
    /// Envelopes that may still be taken off.
    envelopes: usize,
    /// How sure a format has to be.
    least: Match,
}

/// The head of what is in no array.
static NO_HEAD: LazyLock<Arc<Head>> = LazyLock::new(Arc::default);

impl<'a> Ask<'a> {
    fn new(head: &'a Head) -> Self {
        Self { head, fallback: &head.fallback, envelopes: ENVELOPES, least: Match::Maybe }
    }

    fn probe<'t>(&self, text: &'t str) -> Probe<'t> {
        Probe::new(text).timed(self.fallback.time.is_some())
    }
}

/// A record on its way, with where it came from.
#[derive(Clone, Copy)]
struct Whole<'a> {
    frame: Frame,
    raw: &'a [u8],
}

impl Whole<'_> {
    /// With where a record within it is.
    fn inside(self, way: impl FnOnce(Inner) -> Inner) -> Self {
        let frame = Frame { inner: way(self.frame.inner), ..self.frame };
        Self { frame, ..self }
    }
}

/// Takes the records of one object to a sink.
pub(super) struct Taker<'a> {
    pub(super) dispatch: &'a mut Dispatch,
    pub(super) sink: &'a mut dyn Sink,
}

impl Take for Taker<'_> {
    fn take(&mut self, item: Item<'_>) -> ControlFlow<()> {
        self.dispatch.take(&item, self.sink)
    }

    fn read(&mut self, text: &str, offset: u64, place: Place) -> Option<(usize, ControlFlow<()>)> {
        self.dispatch.read(text, offset, place, self.sink)
    }
}

impl Dispatch {
    pub(super) fn new(context: Context, choice: Choice, head: Head) -> Self {
        let decoders = formats().iter().map(|_| None).collect();
        let mut key = super::key::read(&context.key);
        // What a log is by its content is no command's output by its name.
        key.command = key.command.filter(|_| choice.main.is_none());
        let (choice, head) = (Arc::new(choice), Arc::new(head));
        Self { context, choice, decoders, head, key, records: 0, passed: None }
    }

    /// Why the object is no log, if it held nothing but what is no record.
    pub(super) fn no_log(&self) -> Option<Reason> {
        self.passed.clone().filter(|_| self.records == 0)
    }

    /// Says that something in the object is no record.
    fn pass(&mut self, reason: Reason, sink: &mut dyn Sink) -> ControlFlow<()> {
        self.passed = Some(reason.clone());
        sink.remark(reason);
        ControlFlow::Continue(())
    }

    fn take(&mut self, item: &Item<'_>, sink: &mut dyn Sink) -> ControlFlow<()> {
        match item {
            Item::Head(bytes) => {
                self.head = Arc::new(Head::read(bytes));
                if self.head.control {
                    let detail = "CloudWatch Logs sent it to test the subscription";
                    return self.pass(Reason::new(ReasonKind::ControlMessage, detail), sink);
                }
                ControlFlow::Continue(())
            }
            Item::Record(record) if self.passes_over(record) => ControlFlow::Continue(()),
            Item::Record(record) => self.record(record, sink),
            Item::Around { offset, length, members } => {
                sink.remark(beside(*length, members).at(*offset));
                ControlFlow::Continue(())
            }
        }
    }

    /// The object's own format, if records are read by that first and as they stand.
    fn own(&self) -> Option<usize> {
        let is_own = self.choice.bare && !self.head.control && !self.head.stream;
        self.choice.main.filter(|_| is_own)
    }

    /// Reads the record that the text begins with: the object's own format does, or whoever
    /// recognises it.
    fn read(
        &mut self,
        text: &str,
        offset: u64,
        place: Place,
        sink: &mut dyn Sink,
    ) -> Option<(usize, ControlFlow<()>)> {
        let Some(main) = self.own() else { return self.read_any(text, offset, place, sink) };
        let known = Known { envelope: &self.head.fallback, key: &self.key };
        let loaded = loaded(&mut self.decoders, main, &self.context, &self.choice);
        let row = sink.row(&loaded.schema);
        let length = loaded.decode(known, row, |decoder, row| decoder.decode_first(text, row));
        let Some(length) = length.filter(|length| *length <= LONGEST) else {
            sink.abandon(&loaded.schema);
            return None;
        };
        let frame = Frame::new(offset, length as u32, place);
        let flow = sink.commit(&loaded.schema, frame, &text.as_bytes()[..length]);
        self.records += 1;
        Some((length, flow))
    }

    /// Where records are in envelopes, the look at the members of one finds where it ends.
    fn read_any(
        &mut self,
        text: &str,
        offset: u64,
        place: Place,
        sink: &mut dyn Sink,
    ) -> Option<(usize, ControlFlow<()>)> {
        if self.choice.bare || self.head.control {
            return None;
        }
        let probe = Probe::first(text)?;
        let (bytes, length) = (probe.record.as_bytes(), probe.record.len());
        self.leave_head(place);
        let frame = Frame::new(offset, length as u32, place);
        let record = Record { bytes, offset, length: length as u64, place, fault: None };
        let head = self.head();
        let head = head.as_deref().unwrap_or(&NO_HEAD);
        let flow = self.find(probe, &record, head, Whole { frame, raw: bytes }, sink);
        Some((length, flow))
    }

    /// What is around the records, if anything is: most have nothing, and need not be counted
    /// among those who hold it.
    fn head(&self) -> Option<Arc<Head>> {
        (!Arc::ptr_eq(&self.head, &NO_HEAD)).then(|| Arc::clone(&self.head))
    }

    fn passes_over(&self, record: &Record<'_>) -> bool {
        self.head.control && is_control(record)
    }

    /// A record that is no element of an array is in no envelope of many either.
    fn leave_head(&mut self, place: Place) {
        let is_alone = !matches!(place, Place::Index(_)) && self.head.table.is_none();
        if is_alone && !Arc::ptr_eq(&self.head, &NO_HEAD) {
            self.head = Arc::clone(&NO_HEAD);
        }
    }

    fn record(&mut self, record: &Record<'_>, sink: &mut dyn Sink) -> ControlFlow<()> {
        self.leave_head(record.place);
        let length = u32::try_from(record.length).unwrap_or(u32::MAX);
        let frame = Frame::new(record.offset, length, record.place);
        let whole = Whole { frame, raw: record.bytes };
        let whole = if record.is_woven() { whole.inside(Inner::woven) } else { whole };
        if let Some(fault) = record.fault {
            return match no_record(record) {
                Some(reason) => self.pass(reason, sink),
                None if fault == ZEROS => {
                    let fault = format!("{} zero bytes where a record would begin", record.length);
                    // There is nothing to show of them.
                    self.unparsed(&fault, &Fallback::default(), Whole { raw: &[], ..whole }, sink)
                }
                None if fault == TOO_LONG => {
                    let head = Arc::clone(&self.head);
                    self.too_long(fault, &head.fallback, whole, sink)
                }
                None => self.unparsed(fault, &Fallback::default(), whole, sink),
            };
        }
        let text = text::of(record.bytes);
        let head = self.head();
        let head = head.as_deref().unwrap_or(&NO_HEAD);
        if self.key.command.is_some()
            && let Some(flow) = self.output(&text, &head.fallback, whole, sink)
        {
            return flow;
        }
        if let (true, Some(main)) = (self.choice.bare, self.choice.main)
            && let Some(flow) = self.attempt(main, &text, &head.fallback, whole, sink)
        {
            return flow;
        }
        self.find(Probe::new(&text), record, head, whole, sink)
    }

    /// Finds who reads a record, unless it is none.
    fn find(
        &mut self,
        probe: Probe<'_>,
        record: &Record<'_>,
        head: &Head,
        whole: Whole<'_>,
        sink: &mut dyn Sink,
    ) -> ControlFlow<()> {
        if head.table.as_ref().is_some_and(|table| table.is_header(probe.record)) {
            return ControlFlow::Continue(());
        }
        if let Some(reason) = no_record(record) {
            return self.pass(reason, sink);
        }
        let probe = probe.timed(head.fallback.time.is_some());
        self.offer(&probe, Ask::new(head), whole, sink).unwrap_or_else(|| {
            self.unparsed("no format recognises it", &head.fallback, whole, sink)
        })
    }

    /// Finds who reads this text, in as many envelopes as it is. `None`: nobody does.
    fn offer(
        &mut self,
        probe: &Probe<'_>,
        ask: Ask<'_>,
        whole: Whole<'_>,
        sink: &mut dyn Sink,
    ) -> Option<ControlFlow<()>> {
        let text = probe.record;
        if super::no_record::confirms(probe) {
            let detail = "SNS asks to confirm that messages of a topic are wanted, or no more";
            let reason = Reason::new(ReasonKind::ControlMessage, detail).at(whole.frame.offset);
            return Some(self.pass(reason, sink));
        }
        let peeled = match peel(probe, ask.head, ask.fallback) {
            Some(_) if ask.envelopes == 0 => {
                sink.remark(limits::envelopes(whole));
                None
            }
            Some(peeled) => Some(peeled),
            None => {
                if let Some(reason) = limits::packed(probe, whole) {
                    sink.remark(reason);
                }
                None
            }
        };
        let peeled = peeled.filter(|inner| match inner.around {
            Around::Stamp => !self.is_whole(probe, inner),
            Around::Tail => {
                let is_own = || self.choice.main.is_some_and(|main| is_certain(main, probe));
                self.choice.tail || !is_own() && is_known_tail(probe, &inner.payload)
            }
            _ => true,
        });
        let around = peeled.as_ref().map(|inner| inner.around);
        // Of an event that is one itself, what is in it is for those alone who know that.
        let least = if around == Some(Around::Event) { Match::Likely } else { ask.least };
        // A row of a table is no record but of tables: what looks like one is what it holds.
        let is_cell = around == Some(Around::Copy) && ask.head.table.is_some();
        let least = if is_cell { Match::Likely } else { least };
        if let Some(inner) = peeled.as_ref().filter(|inner| inner.around != Around::Copy || is_cell)
            && let Some(flow) = self.open(inner, Ask { least, ..ask }, whole, sink)
        {
            return Some(flow);
        }
        // Most often it is what most records here are.
        if let Some(main) = self.choice.main
            && is_certain(main, probe)
            && let Some(flow) = self.attempt(main, text, ask.fallback, whole, sink)
        {
            return Some(flow);
        }
        let sure = self.sure_of(probe, ask.least);
        if sure.first().is_none_or(|(sure, _)| *sure <= Match::Maybe) {
            if let Some(inner) = peeled.filter(|inner| inner.around == Around::Copy && !is_cell)
                && let ask = (Ask { least: Match::Likely, ..ask })
                && let Some(flow) = self.open(&inner, ask, whole, sink)
            {
                return Some(flow);
            }
            // It may be what most records here are, before it is anything.
            if ask.least <= Match::Maybe
                && let Some(main) = self.choice.main.filter(|_| !self.choice.bare)
                && let Some(flow) = self.attempt(main, text, ask.fallback, whole, sink)
            {
                return Some(flow);
            }
        }
        let mut sure = sure.into_iter();
        sure.find_map(|(_, format)| self.attempt(format, text, ask.fallback, whole, sink))
    }

    /// Whether a format is sure of a line with the time that it begins with, and none without.
    fn is_whole(&self, line: &Probe<'_>, inner: &Peeled<'_>) -> bool {
        let is_known = |probe: &Probe<'_>| !self.sure_of(probe, Match::Likely).is_empty();
        !is_known(&Probe::new(&inner.payload)) && is_known(line)
    }

    /// Offers what was in an envelope.
    fn open(
        &mut self,
        inner: &Peeled<'_>,
        ask: Ask<'_>,
        whole: Whole<'_>,
        sink: &mut dyn Sink,
    ) -> Option<ControlFlow<()>> {
        let whole = if inner.packed { whole.inside(Inner::packed) } else { whole };
        if inner.fallback.command.is_some() {
            let payload = inner.payload.trim_end_matches(['\n', '\r']);
            return self.output(payload, &inner.fallback, whole, sink);
        }
        let payload = trimmed(&inner.payload);
        let envelopes = ask.envelopes - 1;
        let ask = Ask { head: &NO_HEAD, fallback: &inner.fallback, envelopes, ..ask };
        let probe = ask.probe(payload);
        match super::detect::records_member(&probe) {
            Some(member) => Unfolding::new(self, ask, whole, sink).unfold(payload, member),
            None => self.offer(&probe, ask, whole, sink),
        }
    }

    /// The formats that are so sure, the surest first.
    fn sure_of(&self, probe: &Probe<'_>, least: Match) -> Vec<(Match, usize)> {
        let mut sure = Vec::new();
        for (index, format) in may_be(probe) {
            let of = format.probe(probe).max(self.learned(*index));
            if of >= least {
                sure.push((of, *index));
            }
        }
        // Sorting keeps the order of the list among the equally sure.
        sure.sort_by_key(|(sure, _)| std::cmp::Reverse(*sure));
        sure
    }

    /// How sure a format is of whatever comes, because of what it has learned here: a line of a
    /// table says by itself nothing of which table that is. Only among tables: a header that
    /// somebody has put into another log says nothing of the lines after it.
    fn learned(&self, format: usize) -> Match {
        let learned = |format: usize| {
            let loaded = self.decoders[format].as_ref();
            loaded.is_some_and(|loaded| loaded.lessons > 0)
        };
        let believed = || self.choice.most.is_none_or(|most| most == format || learned(most));
        if learned(format) && believed() { Match::Likely } else { Match::No }
    }

    /// Lets one format read the text. `None`: it says that the record is not its own.
    fn attempt(
        &mut self,
        format: usize,
        text: &str,
        fallback: &Fallback,
        whole: Whole<'_>,
        sink: &mut dyn Sink,
    ) -> Option<ControlFlow<()>> {
        let known = Known { envelope: fallback, key: &self.key };
        let loaded = loaded(&mut self.decoders, format, &self.context, &self.choice);
        let row = sink.row(&loaded.schema);
        let decoded = loaded.decode(known, row, |decoder, row| decoder.decode(text, row));
        if let Ok(Decoded::Event) = decoded {
            let flow = sink.commit(&loaded.schema, whole.frame, whole.raw);
            loaded.learn();
            self.records += 1;
            return Some(flow);
        }
        sink.abandon(&loaded.schema);
        loaded.learn();
        match decoded {
            Ok(_) => {
                // What others write may look like a remark or a banner of a format: only where
                // that format is at home is it no record.
                let is_home = self.choice.most == Some(format) || self.learned(format) > Match::No;
                is_home.then_some(ControlFlow::Continue(()))
            }
            Err(DecodeError::Broken { reason, time }) => {
                let fallback = Fallback { time: time.or(fallback.time), ..Fallback::default() };
                Some(self.unparsed(&reason, &fallback, whole, sink))
            }
            Err(DecodeError::Again) => self.attempt(format, text, fallback, whole, sink),
            Err(DecodeError::NotMine) => None,
        }
    }

    fn unparsed(
        &mut self,
        reason: &str,
        fallback: &Fallback,
        whole: Whole<'_>,
        sink: &mut dyn Sink,
    ) -> ControlFlow<()> {
        self.not_read(reason, (fallback.time, false), whole, sink)
    }

    /// Keeps a record that is not read, with its time, and whether that is in an assumed zone.
    fn not_read(
        &mut self,
        reason: &str,
        (time, is_assumed): (Option<Time>, bool),
        whole: Whole<'_>,
        sink: &mut dyn Sink,
    ) -> ControlFlow<()> {
        self.records += 1;
        let schema = super::Format::schema(&unparsed::Unparsed);
        let row = sink.row(schema);
        unparsed::fill(row, reason, whole.raw);
        if let Some(time) = time {
            row.time(time);
        }
        if is_assumed {
            row.zone_assumed();
        }
        sink.commit(schema, whole.frame, whole.raw)
    }
}

/// What is in an envelope, without what ends or precedes it as a text.
pub(super) fn trimmed(payload: &str) -> &str {
    let payload = payload.trim_end_matches(['\n', '\r']);
    let object = payload.trim_start_matches('\u{feff}').trim_start();
    if object.starts_with('{') { object } else { payload }
}

/// The decoder of a format, which begins when it is first asked for.
fn loaded<'a>(
    decoders: &'a mut [Option<Loaded>],
    format: usize,
    context: &Context,
    choice: &Choice,
) -> &'a mut Loaded {
    decoders[format].get_or_insert_with(|| {
        let format = formats()[format];
        Loaded::new(format.start(context, &choice.sample), format.schema())
    })
}

/// Whether a format is certain of the record.
fn is_certain(format: usize, probe: &Probe<'_>) -> bool {
    let mut all = may_be(probe).iter();
    all.any(|(at, it)| *at == format && it.probe(probe) == Match::Certain)
}

/// Whether this is the element of a control message, and nothing that damage brought there.
fn is_control(record: &Record<'_>) -> bool {
    record.fault.is_none()
        && record.length < 1024
        && memmem::find(record.bytes, b"CWL CONTROL MESSAGE").is_some()
}

/// Tells of members that stand beside an envelope's records. They are named as far as a line has
/// room for them.
fn beside(length: u64, members: &[String]) -> Reason {
    let mut names = members.join(", ");
    names.truncate(names.floor_char_boundary(200));
    let detail =
        format!("{length} bytes beside the records that no envelope is known to have: {names}");
    Reason::new(ReasonKind::Envelope, detail)
}

fn no_record(record: &Record<'_>) -> Option<Reason> {
    let (kind, detail) = super::no_record::look(record.bytes)?;
    Some(Reason::new(kind, detail).at(record.offset))
}
