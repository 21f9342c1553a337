//! What is found in an outermost object becomes rows and ledger entries.

use super::{Reader, Work};
use crate::event::{ObjectId, Reason, State};
use crate::format::{Context, Feed};
use crate::job::Notice;
use crate::job::evidence::{Again, Located};
use crate::source::{Access, Visit};
use crate::store::NewObject;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

/// Time after which the rows of a stream are shown, however few.
const REST: Duration = Duration::from_millis(500);

/// Turns the leaves of one outermost object into rows and ledger entries.
pub(super) struct Leaves<'r, 'a> {
    reader: &'r mut Reader<'a>,
    work: &'r Work,
    again: Again,
    members: u64,
    /// How the members of the outermost object are come by.
    access: Access,
    /// Inflated bytes of the leaves so far.
    passed: u64,
    /// Archives we are in, by label, innermost last.
    archives: Vec<(String, ObjectId)>,
    leaf: Option<(ObjectId, Feed)>,
    /// The leaf is a stream that somebody watches.
    live: bool,
    /// When its rows were last shown early, and how many bytes had come.
    rested: (Instant, u64),
    /// What the outermost object itself turned out to be.
    state: Option<(State, Reason)>,
}

impl<'r, 'a> Leaves<'r, 'a> {
    pub(super) fn new(reader: &'r mut Reader<'a>, work: &'r Work, again: Again) -> Self {
        Self {
            reader,
            work,
            again,
            members: 0,
            access: Access::Front,
            passed: 0,
            archives: Vec::new(),
            leaf: None,
            live: false,
            rested: (Instant::now(), 0),
            state: None,
        }
    }

    /// What the outermost object itself turned out to be.
    pub(super) fn state(&mut self) -> Option<(State, Reason)> {
        self.state.take()
    }

    /// Shows what came since the last time.
    fn show(&mut self) {
        let sealed = self.reader.batch.rest();
        let (_, before) = std::mem::replace(&mut self.rested, (Instant::now(), self.passed));
        if sealed || before < self.passed {
            self.reader.noticed = Instant::now();
            self.reader.shared.notify.tell(Notice::Loaded);
        }
    }

    /// Opens a ledger entry for a member.
    fn member(&mut self, label: &str) -> (ObjectId, u64) {
        self.members += 1;
        let order = self.work.order + self.members;
        let inside = |archive: &str| {
            label.len() > archive.len()
                && label.starts_with(archive)
                && label.as_bytes()[archive.len()] == b'!'
        };
        while self.archives.last().is_some_and(|(archive, _)| !inside(archive)) {
            self.archives.pop();
        }
        let parent = self.archives.last().map_or(self.work.id, |&(_, id)| id);
        let path = format!("{}!{label}", self.work.item.path).into();
        let new = NewObject { path, parent: Some(parent), order, bytes: 0 };
        let id = self.reader.shared.store.ledger().open(new);
        let (again, outermost) = (self.again.clone(), self.work.id);
        let behind = (self.access == Access::Front).then_some(self.passed);
        let located = Located { again, outermost, member: Some(label.into()), behind };
        self.reader.shared.evidence.locate(id, located);
        (id, order)
    }
}

impl Visit for Leaves<'_, '_> {
    fn archive(&mut self, member: Option<&str>, access: Access) {
        let Some(label) = member else {
            self.access = access;
            return;
        };
        let (id, _) = self.member(label);
        self.reader.shared.store.ledger().close(id, State::Read, None);
        self.archives.push((label.to_owned(), id));
    }

    fn begin(&mut self, member: Option<&str>) -> ControlFlow<()> {
        let item = &self.work.item;
        let (id, order, key) = match member {
            None => (self.work.id, self.work.order, item.key.clone()),
            Some(label) => {
                let (id, order) = self.member(label);
                (id, order, format!("{}!{label}", item.key))
            }
        };
        self.live = self.reader.shared.options.watched && item.bytes.is_none() && member.is_none();
        self.rested = (Instant::now(), self.passed);
        self.reader.batch.begin(id, order);
        let zone_seconds = self.reader.shared.options.zone_seconds;
        let context = Context { key, modified: item.modified, zone_seconds };
        self.leaf = Some((id, Feed::new(context)));
        ControlFlow::Continue(())
    }

    fn data(&mut self, bytes: &[u8]) -> ControlFlow<()> {
        let Some((_, feed)) = &mut self.leaf else { return ControlFlow::Break(()) };
        let count = bytes.len() as u64;
        self.passed += count;
        self.reader.batch.inflated(count);
        self.reader.shared.progress.inflated(count);
        let flow = feed.push(bytes, &mut self.reader.batch);
        self.reader.notice();
        flow?;
        if self.live && self.rested.0.elapsed() >= REST {
            feed.hurry(&mut self.reader.batch)?;
            self.show();
        }
        ControlFlow::Continue(())
    }

    fn rest(&mut self) -> ControlFlow<()> {
        if let (true, Some((_, feed))) = (self.live, &mut self.leaf) {
            feed.rest(&mut self.reader.batch)?;
            self.show();
        }
        ControlFlow::Continue(())
    }

    fn end(&mut self, _inflated: u64, outcome: Option<(State, Reason)>) {
        let Some((id, mut feed)) = self.leaf.take() else { return };
        let found = feed.finish(&mut self.reader.batch);
        // How far the bytes go matters more than what they were.
        let outcome = outcome.or(found);
        if id == self.work.id {
            self.state = outcome;
            return;
        }
        self.reader.batch.flush_tally();
        let (state, reason) = outcome.map_or((State::Read, None), |(s, r)| (s, Some(r)));
        self.reader.shared.store.ledger().close(id, state, reason);
    }

    fn left(&mut self, member: &str, state: State, reason: Reason) {
        let (id, _) = self.member(member);
        self.reader.shared.store.ledger().close(id, state, Some(reason));
    }
}
