//! Answers to filters that read records, so that the next session need not read them again: a
//! responder who lost the line comes back to the rows that were on the screen.
//!
//! They stand in one file, `answers`, in the form of an index, which is replaced as a whole. An
//! answer is kept for each segment by its name, so what it says of a segment holds for as long as
//! that is taken over, whatever else comes or goes.

use super::index::{Line, SavedAnswer, SavedPart};
use super::{Place, build};
use crate::query::Query;
use crate::store::{Bits, Segment, Shelved};
use crossbeam_channel::{Receiver, TryRecvError, bounded};
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

/// The file's name in the folder of segments.
const FILE: &str = "answers";

/// Answers that are kept; the oldest goes first.
const MOST: usize = 8;

/// Bytes of the file, at most.
const LARGEST: usize = 32 << 20;

/// Runs of rows in an answer, at most: each takes a few bytes. Answers to rare texts, which take
/// longest to find, have few.
const MOST_RUNS: usize = 2 << 20;

/// Leaving waits for the disk at most this long.
const PATIENCE: Duration = Duration::from_secs(2);

/// Records of fewer bytes are read again sooner than it takes to keep what was found.
const WORTH: u64 = 1 << 20;

/// The answers of earlier sessions and of this one.
pub(in crate::job) struct Answers {
    place: Place,
    /// The newest last; nothing until somebody asks.
    kept: Option<Vec<SavedAnswer>>,
    /// Bytes that were written last.
    written: u64,
    /// Gives a unit when what is being written is; the disk may hang, and filters do not.
    writing: Option<Receiver<()>>,
}

/// What was decided about rows: those of each segment that pass, and those that are still open.
#[derive(Debug)]
pub(in crate::job) struct Answer(HashMap<Shelved, SavedPart>);

impl Answer {
    /// Nothing if the segment was not asked.
    pub(in crate::job) fn of(&self, segment: &Segment) -> Option<(Bits, Option<Bits>)> {
        let part = self.0.get(&segment.shelved()?)?;
        let hits = Bits::from_runs(segment.len(), &part.hits)?;
        let open = Bits::from_runs(segment.len(), &part.open)?;
        Some((hits, open.any().then_some(open)))
    }
}

impl Answers {
    /// Nothing is read or written until somebody asks.
    pub(in crate::job) fn new(place: Place) -> Self {
        Self { place, kept: None, written: 0, writing: None }
    }

    /// What is known of this question.
    pub(in crate::job) fn find(&mut self, query: &Query) -> Option<Answer> {
        let question = query.identity();
        let found = self.kept().iter().find(|answer| answer.question == question)?;
        Some(Answer(found.parts.iter().map(|part| (part.segment, part.clone())).collect()))
    }

    /// Whether an answer for which records of so many bytes were read is worth keeping. What grows
    /// all the time is not written more often than it is read.
    pub(in crate::job) fn want(&self, read: u64) -> bool {
        self.place.writable && read >= WORTH.max(self.written)
    }

    /// Keeps an answer: of each segment the rows that pass, and those that are still open.
    pub(in crate::job) fn keep<'a>(
        &mut self,
        query: &Query,
        parts: impl Iterator<Item = (&'a Segment, &'a Bits, Option<&'a Bits>)> + Clone,
    ) {
        let runs = |(_, hits, open): (&Segment, &Bits, Option<&Bits>)| {
            hits.count_runs() + open.map_or(0, Bits::count_runs)
        };
        if parts.clone().map(runs).sum::<usize>() > MOST_RUNS {
            return;
        }
        let part = |(segment, hits, open): (&Segment, &Bits, Option<&Bits>)| {
            let open = open.map(Bits::runs).unwrap_or_default();
            Some(SavedPart { segment: segment.shelved()?, hits: hits.runs(), open })
        };
        let question = query.identity();
        let kept = self.kept();
        kept.retain(|answer| answer.question != question);
        kept.push(SavedAnswer { question, parts: parts.filter_map(part).collect() });
        kept.drain(..kept.len().saturating_sub(MOST));
        self.write();
    }

    fn kept(&mut self) -> &mut Vec<SavedAnswer> {
        let Self { place, kept, .. } = self;
        kept.get_or_insert_with(|| read(place).unwrap_or_default())
    }

    /// Writes the newest answers, as many as there is room for.
    fn write(&mut self) {
        let mut text = Line::head(&build(), 0).spell().unwrap_or_default();
        for answer in self.kept.iter().flatten().rev() {
            let line = Line::Answer(answer.clone()).spell().unwrap_or_default();
            if text.len() + line.len() <= LARGEST {
                text.push_str(&line);
            }
        }
        self.written = text.len() as u64;
        let goes_on = |writing: &Receiver<()>| writing.try_recv() == Err(TryRecvError::Empty);
        if self.writing.as_ref().is_some_and(goes_on) {
            // The next answer takes these along.
            return;
        }
        let (done, writing) = bounded(1);
        let folder = self.place.folder.clone();
        let write = move || {
            // What is not there next time is read again.
            let _ = replace(&folder, &text);
            let _ = done.send(());
        };
        if std::thread::Builder::new().name("answers".to_owned()).spawn(write).is_ok() {
            self.writing = Some(writing);
        }
    }
}

impl Drop for Answers {
    fn drop(&mut self) {
        if let Some(writing) = self.writing.take() {
            let _ = writing.recv_timeout(PATIENCE);
        }
    }
}

fn replace(folder: &Path, text: &str) -> io::Result<()> {
    let (new, old) = (folder.join("answers.new"), folder.join(FILE));
    let mut options = File::options();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(text.as_bytes())?;
    fs::rename(new, old)
}

/// The answers in the file, the newest last; nothing if another build wrote it.
fn read(place: &Place) -> Option<Vec<SavedAnswer>> {
    let path = super::plain(place.folder.join(FILE))?;
    if fs::metadata(&path).ok()?.len() > LARGEST as u64 {
        return None;
    }
    let mut lines = Line::all(&fs::read(path).ok()?).into_iter();
    lines.next()?.seed_of(&build())?;
    let answer = |line| if let Line::Answer(answer) = line { Some(answer) } else { None };
    let mut answers: Vec<SavedAnswer> = lines.filter_map(answer).collect();
    answers.reverse();
    Some(answers)
}

#[cfg(test)]
mod tests;
