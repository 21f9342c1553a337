//! Alarms as they stand: what was raised on the evidence, with what the case says of it.

use super::Found;
use crate::case::{CaseState, Kept, Mode, Opened, Ticket, What};
use crate::cli::args::{AlarmsOf, By, Common, TimeWindow};
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::cli::status::Status;
use crate::cli::{home, journal};
use crate::detect::{Alarm, alarms};
use crate::event::Timestamp;
use crate::event::counted;
use crate::event::nearest::did_you_mean;
use crate::job::baseline::{Baselines, Wanted};
use crate::job::question::Question;
use crate::job::queue::{Line, Told, queue};
use crate::shown::is_blank;
use crate::store::RowRef;
use std::collections::HashSet;
use std::sync::Arc;

/// Alarms told one by one that begin with the same digits.
const TOLD: usize = 10;

pub(super) struct Triaged {
    pub(super) found: Found,
    alarms: Vec<Alarm>,
    told: Vec<Told>,
    /// What comes first at the top.
    pub(super) queue: Vec<Line>,
    pub(super) state: CaseState,
    /// Suppressions and snoozes that end before this are over.
    pub(super) now: Timestamp,
}

impl Triaged {
    /// Reads the evidence, and the case if one is named.
    pub(super) fn read(
        common: &Common,
        of: &AlarmsOf,
        console: &mut Console,
    ) -> Result<Self, CliError> {
        match &of.workspace {
            Some(name) => {
                let (state, status) = read(common, name, console)?;
                let mut all = Self::of(common, of, state, console)?;
                all.found.status = all.found.status.max(status);
                Ok(all)
            }
            None => Self::of(common, of, CaseState::default(), console),
        }
    }

    /// Reads the evidence.
    fn of(
        common: &Common,
        of: &AlarmsOf,
        state: CaseState,
        console: &mut Console,
    ) -> Result<Self, CliError> {
        let found = Found::new(common, of, console)?;
        let alarms = alarms(&found.snapshot, &found.rules, &found.detected.findings);
        let told = alarms.iter().map(|alarm| Told::new(alarm, &found.rules, &found.known));
        let told: Vec<Told> = told.collect();
        let now = Timestamp::now();
        let queue = queue(&told, state.work().alarms(), &found.known, now);
        Ok(Self { found, alarms, told, queue, state, now })
    }

    pub(super) fn alarms(&self) -> &[Alarm] {
        &self.alarms
    }

    /// The alarm as it was raised here, if it was.
    pub(super) fn alarm(&self, line: &Line) -> Option<&Alarm> {
        self.alarms.get(line.raised?)
    }

    pub(super) fn events(&self, line: &Line) -> &[RowRef] {
        self.alarm(line).map_or(&[], |alarm| &alarm.events)
    }

    /// What is usual of whom it is about.
    pub(super) fn baselines(&self, line: &Line) -> Option<Baselines> {
        Some(Wanted::new(&self.found.snapshot, self.alarm(line)?)?.counted())
    }

    /// What its rule asks.
    pub(super) fn questions(&self, line: &Line) -> &[Question] {
        let told = line.raised.and_then(|place| self.told.get(place));
        told.map_or(&[], |told| &told.questions)
    }

    /// What the case says of it.
    pub(super) fn kept(&self, line: &Line) -> Option<&Kept> {
        self.state.work().alarms().get(&line.ticket.fingerprint)
    }

    /// What the alarm with this fingerprint is called.
    pub(super) fn title(&self, fingerprint: &str) -> Option<&str> {
        let line = self.queue.iter().find(|line| line.ticket.fingerprint == fingerprint)?;
        Some(&line.ticket.title)
    }

    /// The alarm with this fingerprint, or the one whose fingerprint begins so.
    pub(super) fn find(&self, text: &str) -> Result<&Line, CliError> {
        find(&self.queue, text).map_err(CliError::Usage)
    }

    /// The alarms that a step is about, each once.
    pub(super) fn find_all(&self, texts: &[String]) -> Result<Vec<&Line>, CliError> {
        let lines = texts.iter().map(|text| self.find(text));
        let mut lines = lines.collect::<Result<Vec<_>, _>>()?;
        let mut known = HashSet::new();
        lines.retain(|line| known.insert(&line.ticket.fingerprint));
        Ok(lines)
    }
}

fn find<'a>(queue: &'a [Line], text: &str) -> Result<&'a Line, String> {
    let text = text.trim().to_lowercase();
    let fits = queue.iter().filter(|line| line.ticket.fingerprint.starts_with(&text));
    let fits: Vec<&Line> = if text.is_empty() { Vec::new() } else { fits.collect() };
    match fits.as_slice() {
        [] => {
            let known = queue.iter().map(|line| line.ticket.fingerprint.as_str());
            let near = did_you_mean(&text, known);
            Err(format!("there is no alarm {text:?} here{near}; `trailcase alarms list` has them"))
        }
        [one] => Ok(one),
        many => {
            let named = many.iter().take(TOLD).map(|line| {
                let Ticket { fingerprint, title, .. } = &*line.ticket;
                format!("{fingerprint} ({title})")
            });
            let named = named.collect::<Vec<_>>().join(", ");
            let more = many.len().saturating_sub(TOLD);
            let more = if more > 0 { format!(", and {more} more") } else { String::new() };
            let count = counted(many.len() as u64, "alarm", "alarms");
            Err(format!("{text} is the beginning of {count}: {named}{more}"))
        }
    }
}

/// The workspace that is named; what is done here is written there, or asked of it.
pub(super) fn name(workspace: Option<&str>) -> Result<&str, CliError> {
    workspace.ok_or_else(|| {
        CliError::usage("what is decided about alarms is kept in a workspace; name it with -w")
    })
}

/// What a workspace says, whoever else writes to it.
pub(super) fn read(
    common: &Common,
    name: &str,
    console: &Console,
) -> Result<(CaseState, Status), CliError> {
    let opened = home::workspaces(common)?.open(name)?;
    for finding in &opened.findings {
        console.tell(&format!("the workspace {name}: {finding}"));
    }
    let is_damaged = *opened.workspace.mode() == Mode::Damaged;
    Ok((opened.state(), if is_damaged { Status::Wrong } else { Status::Done }))
}

/// A case that this process writes to, with its alarms.
pub(super) struct Desk {
    opened: Opened,
    pub(super) all: Triaged,
}

impl Desk {
    /// Nobody else writes to the case from here on, so that what is read is what is decided about.
    pub(super) fn open(
        common: &Common,
        (by, window): (&By, &TimeWindow),
        console: &mut Console,
    ) -> Result<Self, CliError> {
        let name = name(by.workspace.as_deref())?;
        let opened = journal::open(&home::workspaces(common)?, name)?;
        let state = opened.state();
        let all = Triaged::of(common, &by.of(Vec::new(), window), state, console)?;
        Ok(Self { opened, all })
    }

    /// Writes the entry, and says what it did; before it, what the evidence was that it is about.
    pub(super) fn write(mut self, what: What, console: &Console) -> Result<(), CliError> {
        journal::acquire(&mut self.opened, &self.all.found.session.store)?;
        write(&mut self.opened, what, console)
    }
}

/// Writes an entry, and says what it did.
pub(super) fn write(opened: &mut Opened, what: What, console: &Console) -> Result<(), CliError> {
    let said = what.summary();
    journal::write(opened, what)?;
    console.tell(&said);
    Ok(())
}

/// Such as `principal=alice`: a field and its value.
pub(super) fn pair(text: &str) -> Result<(&str, &str), CliError> {
    let parts = text.split_once('=').map(|(field, value)| (field.trim(), value.trim()));
    parts.filter(|(field, value)| !field.is_empty() && !value.is_empty()).ok_or_else(|| {
        CliError::Usage(format!("{text:?} is not FIELD=VALUE, such as principal=alice"))
    })
}

/// A text that may not be left out.
pub(super) fn text(flag: &str, text: &str) -> Result<String, CliError> {
    match text.trim() {
        text if is_blank(text) => {
            Err(CliError::usage(format!("nothing is written without a word of it: {flag} TEXT")))
        }
        text => Ok(text.to_owned()),
    }
}

/// The tickets of these lines, as the journal keeps them.
pub(super) fn tickets(lines: &[&Line]) -> Vec<Arc<Ticket>> {
    lines.iter().map(|line| Arc::clone(&line.ticket)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::State;

    fn line(fingerprint: &str) -> Line {
        let ticket = Ticket { fingerprint: fingerprint.to_owned(), ..Ticket::default() };
        Line {
            ticket: Arc::new(ticket),
            raised: None,
            state: State::New,
            news: 0,
            priority: 3,
            asset: None,
        }
    }

    #[test]
    fn the_beginning_of_a_fingerprint_is_enough_if_it_is_of_one_alone() {
        let all = ["ab12", "ab34", "cd"].map(line);
        let found = |text| find(&all, text).map(|line| line.ticket.fingerprint.as_str());
        assert_eq!(found("c"), Ok("cd"));
        assert_eq!(found(" AB3 "), Ok("ab34"));
        for (text, why) in [
            ("ab", "ab is the beginning of 2 alarms: ab12 (), ab34 ()"),
            ("ab13", "did you mean \"ab12\"?"),
            ("", "there is no alarm \"\" here"),
            ("zzzzzzzz", "here; `trailcase"),
        ] {
            assert!(found(text).is_err_and(|told| told.contains(why)), "{text}: {:?}", found(text));
        }
    }

    #[test]
    fn what_nobody_can_read_is_no_word_of_it() {
        for blank in ["", " \t", "\u{200b}", "\u{feff} \u{2060}\u{ad}", "\u{301}", "\u{3164}"] {
            assert!(text("--reason", blank).is_err(), "{blank:?}");
        }
        assert_eq!(text("--reason", " \u{200b}a ").ok().as_deref(), Some("\u{200b}a"));
    }

    #[test]
    fn there_are_never_too_many_to_be_told() {
        let all: Vec<Line> = (0..30).map(|at| line(&format!("a{at:02}"))).collect();
        let told = find(&all, "a").expect_err("there are 30");
        assert!(told.contains("a09") && !told.contains("a10") && told.ends_with("and 20 more"));
    }
}
