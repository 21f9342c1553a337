//! What is put around records for transport: by services that deliver them, and by products that
//! stored and exported them. An envelope gives what the record itself does not say.
//!
//! An envelope is known by the names of its members, by those that only this transport gives, and
//! never by what its payload says: whoever can write into a record must not make a record.

mod chosen;
mod columns;
mod head;
mod kinds;
mod lines;
mod packed;
mod sql;
mod table;
mod telemetry;

use super::Probe;
use crate::event::Time;
use std::borrow::Cow;
use std::ops::Range;

pub(super) use head::Head;
pub(super) use kinds::unsound;
pub(super) use lines::begins_export;
pub(super) use packed::{Unsound, hides};
pub(super) use table::Table;

/// Envelopes within envelopes that are taken off: more than anybody has put around anything, so that
/// what is made to be opened for ever ends.
pub(super) const ENVELOPES: usize = 16;

/// What an envelope, or the object's name, knows of the record in it; used where the record is
/// silent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Fallback {
    pub(super) time: Option<Time>,
    pub(super) account: Option<String>,
    pub(super) region: Option<String>,
    pub(super) instance: Option<String>,
    pub(super) interface: Option<String>,
    pub(super) host: Option<String>,
    pub(super) resource: Option<String>,
    /// It is a line that this command wrote, whatever it says.
    pub(super) command: Option<Box<Command>>,
}

/// A command of Systems Manager, one of whose outputs is at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Command {
    pub(super) id: String,
    /// What of its document ran.
    pub(super) step: String,
    /// `stdout` or `stderr`.
    pub(super) output: String,
}

impl Fallback {
    pub(super) fn is_empty(&self) -> bool {
        let Self { time, account, region, instance, interface, host, resource, command } = self;
        let texts = [account, region, instance, interface, host, resource];
        time.is_none() && command.is_none() && texts.into_iter().all(Option::is_none)
    }

    /// The inner envelope knows better.
    pub(super) fn over(self, outer: &Self) -> Self {
        let or = |inner: Option<String>, outer: &Option<String>| inner.or_else(|| outer.clone());
        Self {
            time: self.time.or(outer.time),
            account: or(self.account, &outer.account),
            region: or(self.region, &outer.region),
            instance: or(self.instance, &outer.instance),
            interface: or(self.interface, &outer.interface),
            host: or(self.host, &outer.host),
            resource: or(self.resource, &outer.resource),
            command: self.command.or_else(|| outer.command.clone()),
        }
    }
}

/// What was in an envelope.
#[derive(Debug)]
pub(super) struct Peeled<'a> {
    pub(super) payload: Cow<'a, str>,
    pub(super) fallback: Fallback,
    pub(super) around: Around,
    /// It was packed: its text is not seen in the envelope.
    pub(super) packed: bool,
    /// Where in the envelope it stands, in whatever form, if that is one place.
    pub(super) at: Option<Range<usize>>,
}

/// What is around a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Around {
    /// Nothing but what transport takes.
    Transport,
    /// An event itself, which says more than what is in it unless a format is sure of that.
    Event,
    /// A record of a product that has read the payload already: it goes first if a format is sure
    /// of it, then the payload if one is sure of that.
    Copy,
    /// What `aws logs tail` prints before a line, where others may print the same: it goes off
    /// where a format is sure of a line of the object without it and of none with it.
    Tail,
    /// A time before a line, which may be the line's own: it stays where a format is sure of the
    /// line with it, and none of the line without.
    Stamp,
}

/// Takes one envelope off the record; `None` if there is none.
pub(super) fn peel<'a>(probe: &Probe<'a>, head: &Head, outer: &Fallback) -> Option<Peeled<'a>> {
    let record = probe.record;
    let peeled = match record.as_bytes().first()? {
        _ if head.table.is_some() => head.table.as_ref()?.peel(record)?,
        b'{' => kinds::peel(probe, head).or_else(|| telemetry::peel(probe))?,
        b'[' => kinds::peel_fields(record)?,
        b'"' => Peeled::plain(kinds::text(record)?),
        _ => lines::peel(record)?,
    };
    let around = match peeled.around {
        // An export puts it there, unless something else has said already when it happened.
        Around::Stamp if outer.time.is_none() => Around::Transport,
        around => around,
    };
    Some(Peeled { fallback: peeled.fallback.over(outer), around, ..peeled })
}

impl<'a> Peeled<'a> {
    fn plain(payload: Cow<'a, str>) -> Self {
        let fallback = Fallback::default();
        Self { payload, fallback, around: Around::Transport, packed: false, at: None }
    }
}
