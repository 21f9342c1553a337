//! What the named values of one record say together: several names may give the time, and the end
//! is told in a word, a code or an error.

use super::names::{DATE, Name, TIME, TIMES};
use super::words;
use super::{CODE, DURATION, OUTCOME, SEVERITY};
use crate::event::{Outcome, Row, Time, Value};
use crate::format::clock::{self, Stamp};
use crate::format::put_outcome;

/// Where what is kept aside stands, behind the times.
pub(super) const RESULT: usize = TIMES.len();
pub(super) const STATUS: usize = RESULT + 1;
pub(super) const SUCCESS: usize = RESULT + 2;
pub(super) const ERROR: usize = RESULT + 3;
pub(super) const LEVEL: usize = RESULT + 4;
pub(super) const NOTES: usize = RESULT + 5;

/// Reads a time as text or as a number.
pub(super) fn instant(text: &str) -> Option<Stamp> {
    match clock::epoch(text) {
        Some(time) => Some(Stamp::utc(time)),
        None => clock::read(text).map(|(stamp, _)| stamp),
    }
}

/// The time, with the name that gives it.
pub(super) fn time<'a>(note: impl Fn(usize) -> Option<&'a str>) -> Option<(&'static str, Stamp)> {
    let single = TIMES.iter().enumerate().find_map(|(at, name)| {
        let text = note(at)?;
        // A date alone, written as a number, is no time.
        let stamp = (at != DATE || text.len() > 8).then(|| instant(text)).flatten()?;
        Some((*name, stamp))
    });
    single.or_else(|| {
        let joined = format!("{} {}", note(DATE)?, note(TIME)?);
        Some((TIMES[DATE], clock::read(&joined)?.0))
    })
}

/// How the record says that it ended.
pub(super) fn outcome<'a>(note: impl Fn(usize) -> Option<&'a str>) -> Outcome {
    let said = [RESULT, SUCCESS, STATUS].into_iter().find_map(&note);
    if let Some(said) = said {
        return words::outcome(said);
    }
    match note(ERROR) {
        None | Some("" | "0" | "false" | "-") => Outcome::Unknown,
        Some(error) if words::is_denial(error) => Outcome::Denied,
        Some(_) => Outcome::Failure,
    }
}

/// The named values of one record of text.
#[derive(Default)]
pub(super) struct Told<'a> {
    notes: [Option<&'a str>; NOTES],
    duration: Option<f64>,
}

impl<'a> Told<'a> {
    /// Takes a value. The answer is the field that it belongs into as it stands.
    pub(super) fn take(&mut self, name: Name, value: &'a str) -> Option<usize> {
        let note = match name {
            Name::Field(slot) => return Some(slot),
            Name::Duration(unit) => {
                self.duration = self.duration.or_else(|| words::seconds(value, unit));
                return None;
            }
            Name::Time(at) => at,
            Name::Result => RESULT,
            Name::Status => STATUS,
            Name::Success => SUCCESS,
            Name::Error => ERROR,
            Name::Level => LEVEL,
        };
        self.notes[note].get_or_insert(value);
        matches!(name, Name::Status | Name::Error).then_some(CODE)
    }

    pub(super) fn time(&self, zone_seconds: i32) -> Option<Time> {
        time(|at| self.notes[at]).map(|(_, stamp)| stamp.time(zone_seconds))
    }

    /// Writes what the values say together. A time without zone is UTC where it is known to be;
    /// otherwise `zone_seconds` are assumed. `slot` tells where the row has a field, if it has it.
    pub(super) fn finish(
        &self,
        row: &mut dyn Row,
        zone_seconds: Option<i32>,
        slot: impl Fn(usize) -> Option<usize>,
    ) {
        let note = |at: usize| self.notes[at];
        if let Some((_, stamp)) = time(note) {
            match zone_seconds {
                Some(zone) => stamp.put(row, zone),
                None => stamp.is_utc().put(row, 0),
            }
        }
        let severity = note(LEVEL).and_then(words::severity);
        for (field, value) in [(SEVERITY, severity), (DURATION, self.duration)] {
            if let (Some(slot), Some(value)) = (slot(field), value) {
                row.put(slot, Value::Float(value));
            }
        }
        if let Some(slot) = slot(OUTCOME) {
            put_outcome(row, slot, outcome(note));
        }
    }
}
