//! Everything about one alarm, as the sheet of the screen has it.

use super::case::Triaged;
use super::list::{DISPUTED, GONE, OVER, event, line as told};
use super::{baselines, curves};
use crate::case::{Kept, MANUAL, Note, Step};
use crate::cli::args::{Common, SheetFormat, Show as Args};
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::cli::status::Status;
use crate::detect::Asset;
use crate::event::{Time, counted};
use crate::job::exhibit::summary;
use crate::job::queue::Line;
use crate::job::triage::{by, related, span, standing};
use crate::source::typed;
use crate::store::RowRef;
use serde_json::{Map, Value, json};
use std::ffi::OsString;

pub(super) fn run(common: &Common, args: &Args, console: &mut Console) -> Result<Status, CliError> {
    let (sources, fingerprint) = split(&args.words, args.by.workspace.is_some())?;
    let all = Triaged::read(common, &args.by.of(sources, &args.window), console)?;
    let line = all.find(&fingerprint)?;
    match args.format {
        SheetFormat::Text => Sheet { all: &all, line, console }.print()?,
        SheetFormat::Json => console.json(json(&all, line).to_string().as_bytes())?,
    }
    Ok(all.found.status)
}

/// The sources, and the fingerprint, which is the last word; or the first, if that alone looks like one.
fn split(words: &[OsString], workspace: bool) -> Result<(Vec<OsString>, String), CliError> {
    match words {
        [only] if workspace => Ok((Vec::new(), typed(only))),
        [] | [_] => Err(CliError::usage(
            "name sources and then the fingerprint of an alarm, or a workspace with -w and the \
             fingerprint",
        )),
        [..] if workspace => Err(CliError::usage("with -w there is one word, the fingerprint")),
        [first, sources @ ..] if is_digits(first) && !words.last().is_some_and(is_digits) => {
            Ok((sources.to_vec(), typed(first)))
        }
        [sources @ .., last] => Ok((sources.to_vec(), typed(last))),
    }
}

/// Whether it may be the beginning of a fingerprint.
fn is_digits(word: &OsString) -> bool {
    word.to_str().is_some_and(|word| {
        (1..=16).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_hexdigit())
    })
}

struct Sheet<'a> {
    all: &'a Triaged,
    line: &'a Line,
    console: &'a mut Console,
}

impl Sheet<'_> {
    fn print(mut self) -> Result<(), CliError> {
        self.head()?;
        self.entities()?;
        self.rate()?;
        self.checklist()?;
        self.notes()?;
        self.history()?;
        self.usual()?;
        self.related()?;
        self.events()
    }

    fn say(&mut self, text: &str) -> Result<(), CliError> {
        self.console.line(text)
    }

    fn title(&mut self, text: &str) -> Result<(), CliError> {
        self.console.line("")?;
        self.console.line(text)
    }

    fn head(&mut self) -> Result<(), CliError> {
        let (line, kept) = (self.line, self.all.kept(self.line));
        let ticket = &line.ticket;
        self.say(&ticket.title)?;
        self.say(&format!("alarm {}", ticket.fingerprint))?;
        self.say(&format!("{} severity, priority {} of 5", ticket.severity, line.priority))?;
        if let Some(asset) = &line.asset {
            self.say(&format!("  by {}", asset.words()))?;
        }
        self.say(&standing(line, kept))?;
        if let Some((verdict, reason)) = kept.and_then(|kept| kept.verdict.as_ref()) {
            self.say(&format!("{verdict}: {reason}"))?;
        }
        let versions = self.all.state.disputed(&ticket.fingerprint);
        if !versions.is_empty() {
            self.say(DISPUTED)?;
            versions.iter().try_for_each(|it| self.say(&format!("  {}", it.words())))?;
        }
        if line.news > 0 {
            self.say(&format!("{} since it was closed", line.news_text()))?;
        }
        if let Some(into) = kept.and_then(|kept| kept.into.as_ref()) {
            let title = self.all.title(into).map(|title| format!(" ({title})")).unwrap_or_default();
            let why = merged_because(kept).map(|why| format!(": {why}")).unwrap_or_default();
            self.say(&format!("stands for it: alarm {into}{title}{why}"))?;
        }
        if let Some(it) = self.all.state.work().alarms().suppressed(ticket, self.all.now) {
            let until = it.until.to_rfc3339(0);
            self.say(&format!("alarms of {} suppressed until {until}: {}", it.words(), it.reason))?;
        }
        self.say(&format!("why: {}", ticket.why))?;
        if let Some(over) = &ticket.over {
            self.say(&format!("{OVER} {over}"))?;
        }
        self.say(&by(ticket))?;
        self.say(&span(ticket))?;
        if line.raised.is_none() && ticket.rule != MANUAL {
            self.say(GONE)?;
        }
        Ok(())
    }

    /// All that are known here: a ticket keeps a few.
    fn entities(&mut self) -> Result<(), CliError> {
        let alarm = self.all.alarm(self.line);
        let of_alarm = alarm.into_iter().flat_map(|alarm| &alarm.entities);
        let mut all: Vec<(&str, &[String])> =
            of_alarm.map(|(field, values)| (*field, values.as_slice())).collect();
        if alarm.is_none() {
            let kept = self.line.ticket.entities.iter();
            all = kept.map(|(field, values)| (field.as_str(), values.as_slice())).collect();
        }
        if all.is_empty() {
            return Ok(());
        }
        self.title("about")?;
        for (field, values) in all {
            for value in values {
                let label = self.label(value);
                self.say(&format!("  {field:<10} {value}{label}"))?;
            }
            let total = alarm.and_then(|alarm| alarm.totals.get(field));
            if let Some(more) = total.map(|total| total.saturating_sub(values.len())) {
                self.say(&format!("  {field:<10} and {more} more"))?;
            }
        }
        Ok(())
    }

    fn rate(&mut self) -> Result<(), CliError> {
        let alarm = self.all.alarm(self.line);
        let Some(curves) = alarm.and_then(|alarm| alarm.curves.as_ref()) else { return Ok(()) };
        let mut lines = curves::lines(curves).into_iter();
        if let Some(first) = lines.next() {
            self.title(&first)?;
        }
        lines.try_for_each(|line| self.say(&line))
    }

    fn checklist(&mut self) -> Result<(), CliError> {
        let (questions, kept) = (self.all.questions(self.line), self.all.kept(self.line));
        if questions.is_empty() {
            return Ok(());
        }
        self.title("to find out")?;
        for (place, question) in questions.iter().enumerate() {
            let is_ticked = kept.is_some_and(|kept| kept.ticked.contains(&question.text));
            let mark = if is_ticked { 'x' } else { ' ' };
            self.say(&format!("{:>3} [{mark}] {}", place + 1, question.words()))?;
        }
        Ok(())
    }

    fn usual(&mut self) -> Result<(), CliError> {
        let Some(counted) = self.all.baselines(self.line) else { return Ok(()) };
        self.title("what is usual of them")?;
        for one in &counted.all {
            let label = self.label(&one.value);
            self.say(&format!("  {:<10} {}{label}", one.field, one.value))?;
            one.lines().iter().try_for_each(|line| self.say(&format!("    {line}")))?;
        }
        counted.rest().map_or(Ok(()), |rest| self.say(&format!("  {rest}")))
    }

    /// What a value is called, to stand behind it.
    fn label(&self, value: &str) -> String {
        let label = self.all.found.known.names.label(value);
        label.map(|label| format!("  ({label})")).unwrap_or_default()
    }

    fn notes(&mut self) -> Result<(), CliError> {
        let own = notes(self.all, self.line);
        if own.is_empty() {
            return Ok(());
        }
        self.title("notes")?;
        for note in own {
            let created = note.created.to_rfc3339(0);
            self.say(&format!("  note {} by {}, {created}", note.id, note.author))?;
            for text in note.text.split('\n') {
                self.say(&format!("    {text}"))?;
            }
        }
        Ok(())
    }

    fn history(&mut self) -> Result<(), CliError> {
        let history = self.all.kept(self.line).map_or(&[][..], |kept| &kept.history);
        if history.is_empty() {
            return Ok(());
        }
        self.title("history")?;
        for said in history {
            let (at, what) = (said.at.to_rfc3339(0), said.step.summary());
            self.say(&format!("  {at} {}: {what}", said.who))?;
        }
        Ok(())
    }

    fn related(&mut self) -> Result<(), CliError> {
        let all = self.all;
        let found = related(&self.line.ticket, &all.queue);
        if found.is_empty() {
            return Ok(());
        }
        let many = counted(found.len() as u64, "alarm about the same", "alarms about the same");
        self.title(&many)?;
        for (other, field, value) in found {
            let (fingerprint, title) = (&other.ticket.fingerprint, &other.ticket.title);
            self.say(&format!("  {fingerprint} {} {title}  ({field} {value})", other.state))?;
        }
        Ok(())
    }

    fn events(&mut self) -> Result<(), CliError> {
        let all = self.all;
        let events = all.events(self.line);
        if events.is_empty() {
            return Ok(());
        }
        self.title("its events")?;
        for at in events {
            let (time, format) = moment(all, *at);
            let place = place(&event(&all.found, *at));
            let what = summary(&all.found.snapshot, *at);
            self.say(&format!("  {} {format:<10} {what}", time.as_deref().unwrap_or("no time")))?;
            self.say(&format!("    {place}"))?;
        }
        Ok(())
    }
}

/// Why another alarm stands for it, where somebody said so.
fn merged_because(kept: Option<&Kept>) -> Option<&str> {
    let reasons = kept?.history.iter().rev().filter_map(|said| match &said.step {
        Step::Merge { reason, .. } => Some(reason.as_str()),
        _ => None,
    });
    reasons.take(1).find(|reason| !reason.is_empty())
}

/// The time of an event, RFC 3339, and its format.
fn moment(all: &Triaged, at: RowRef) -> (Option<String>, String) {
    let segment = all.found.snapshot.segment(at);
    let time = segment.time(usize::from(at.row)).map(Time::to_rfc3339);
    (time, segment.schema().id.to_string())
}

/// Such as `trail.json, record 3`.
fn place(event: &Map<String, Value>) -> String {
    let object = event.get("object").and_then(Value::as_str).unwrap_or_default();
    match (event.get("line"), event.get("index")) {
        (Some(line), _) => format!("{object}, line {line}"),
        (None, Some(index)) => format!("{object}, record {index}"),
        (None, None) => object.to_owned(),
    }
}

/// Notes on the alarm, in their order.
fn notes<'a>(all: &'a Triaged, line: &Line) -> Vec<&'a Note> {
    let own = all.kept(line).into_iter().flat_map(|kept| &kept.notes);
    own.filter_map(|key| all.state.work().notes().get(key)).collect()
}

/// What a line of `list` has, and the rest.
fn json(all: &Triaged, line: &Line) -> Value {
    let kept = all.kept(line);
    let mut sheet = told(all, line);
    let events = all.events(line).iter().map(|at| {
        let mut event = event(&all.found, *at);
        let (time, format) = moment(all, *at);
        event.insert("time".to_owned(), json!(time));
        event.insert("format".to_owned(), json!(format));
        event.insert("summary".to_owned(), json!(summary(&all.found.snapshot, *at)));
        Value::Object(event)
    });
    sheet["events"] = events.collect();
    sheet["news"] = json!(line.news);
    sheet["asset"] = json!(line.asset.as_ref().map(Asset::words));
    let names = &all.found.known.names;
    let of_ticket = line.ticket.entities.values().flatten();
    let labels = of_ticket.filter_map(|value| Some((value.clone(), json!(names.label(value)?))));
    sheet["labels"] = Value::Object(labels.collect());
    sheet["into"] = json!(kept.and_then(|kept| kept.into.as_ref()));
    sheet["merge_reason"] =
        json!(kept.filter(|kept| kept.into.is_some()).and(merged_because(kept)));
    sheet["until"] = json!(kept.and_then(|kept| kept.until).map(|until| until.to_rfc3339(0)));
    let suppressed = all.state.work().alarms().suppressed(&line.ticket, all.now);
    sheet["suppressed_by"] = json!(suppressed);
    let questions = all.questions(line).iter().map(|question| {
        let answered = kept.is_some_and(|kept| kept.ticked.contains(&question.text));
        json!({"question": question.text, "answered": answered, "lacks": question.lacks})
    });
    sheet["checklist"] = questions.collect();
    let notes = notes(all, line).into_iter().map(|note| {
        let created = note.created.to_rfc3339(0);
        json!({"note": note.id, "author": note.author, "created": created, "text": note.text})
    });
    sheet["notes"] = notes.collect();
    let history = kept.into_iter().flat_map(|kept| &kept.history).map(|said| {
        let at = said.at.to_rfc3339(0);
        json!({"at": at, "who": said.who, "did": said.step, "summary": said.step.summary()})
    });
    sheet["history"] = history.collect();
    let related = related(&line.ticket, &all.queue).into_iter().map(|(other, field, value)| {
        let ticket = &other.ticket;
        json!({
            "fingerprint": ticket.fingerprint, "title": ticket.title,
            "state": other.state.as_str(), "field": field, "value": value,
        })
    });
    sheet["related"] = related.collect();
    let counted = all.baselines(line);
    sheet["baselines"] = counted.map_or(Value::Null, |counted| baselines::json(&counted));
    let curves = all.alarm(line).and_then(|alarm| alarm.curves.as_ref());
    sheet["curves"] = curves.map_or(Value::Null, curves::json);
    sheet
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_is_the_fingerprint_or_the_first_if_that_alone_can_be() {
        let of = |words: &[&str], workspace| {
            let words: Vec<OsString> = words.iter().map(OsString::from).collect();
            let (sources, fingerprint) = split(&words, workspace).ok()?;
            Some((sources.len(), fingerprint))
        };
        assert_eq!(of(&["ab"], true), Some((0, "ab".to_owned())));
        assert_eq!(of(&["x", "y", "ab"], false), Some((2, "ab".to_owned())));
        assert_eq!(of(&["ab", "x", "y"], false), Some((2, "ab".to_owned())));
        assert_eq!(of(&["ab", "cd"], false), Some((1, "cd".to_owned())));
        assert_eq!(of(&["ab"], false), None);
        assert_eq!(of(&["x", "ab"], true), None);
    }
}
