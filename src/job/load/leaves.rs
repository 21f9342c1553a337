//! What is found in an outermost object becomes rows and ledger entries.

use super::copies::{self, Deep};
use super::parts::Whole;
use super::{Options, Reader, Work};
use crate::event::{ObjectId, Reason, State, Table, Timestamp};
use crate::format::{Context, Feed};
use crate::job::Notice;
use crate::job::direct::Direct;
use crate::job::evidence::{Again, Located};
use crate::job::shelf::Met;
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
    /// How the outermost object's bytes are come by, unless it turns out to be a container.
    direct: Option<Direct>,
    deep: Deep,
    members: u64,
    /// How the members of the outermost object are come by.
    access: Access,
    /// Inflated bytes of the leaves so far.
    passed: u64,
    /// Archives we are in, by label, innermost last.
    archives: Vec<(String, ObjectId)>,
    leaf: Option<Leaf>,
    /// The next leaf is a table.
    is_table: bool,
    /// When its rows were last shown early, and how many bytes had come.
    rested: (Instant, u64),
    /// What the outermost object itself turned out to be.
    state: Option<(State, Reason)>,
    /// Everything met so far.
    family: Vec<Met>,
}

/// The leaf that is being read.
struct Leaf {
    id: ObjectId,
    feed: Feed,
    whole: Whole,
    /// Empty for the outermost object itself.
    label: String,
    /// Bytes that have to be passed to get to it, if it is a member that cannot be sought.
    behind: Option<u64>,
    /// Its next byte.
    offset: u64,
    /// What follows is in a copy.
    is_kept: bool,
    /// It is no container's and in none, and needs no copy.
    is_bare: bool,
    /// It is a stream that somebody watches.
    live: bool,
}

impl<'r, 'a> Leaves<'r, 'a> {
    pub(super) fn new(
        reader: &'r mut Reader<'a>,
        work: &'r Work,
        again: Again,
        direct: Option<Direct>,
    ) -> Self {
        let Options { watched, spool, .. } = &reader.shared.options;
        let deep = Deep::new(*watched, spool.clone(), reader.shared.progress.copied());
        Self {
            reader,
            work,
            again,
            direct,
            deep,
            members: 0,
            access: Access::Front,
            passed: 0,
            archives: Vec::new(),
            leaf: None,
            is_table: false,
            rested: (Instant::now(), 0),
            state: None,
            family: vec![Met { id: work.id, behind: None, is_plain: false }],
        }
    }

    /// Ends the copies, and says what the outermost object itself turned out to be, and all that
    /// was met.
    pub(super) fn finish(
        mut self,
        sha256: Option<[u8; 32]>,
    ) -> (Option<(State, Reason)>, Vec<Met>) {
        let faults = [copies::finish(&self.again, sha256), self.deep.finish(sha256)];
        for fault in faults.into_iter().flatten() {
            self.reader.tell(self.work, fault);
        }
        (self.state.take(), self.family)
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

    /// The same of a leaf that somebody watches, if that was a while ago.
    fn show_early(&mut self) -> ControlFlow<()> {
        if let Some(leaf) = self.leaf.as_mut().filter(|leaf| leaf.live)
            && self.rested.0.elapsed() >= REST
        {
            leaf.feed.hurry(&mut self.reader.batch)?;
            self.reader.leave(&mut leaf.whole, &mut leaf.feed, 0);
            self.show();
        }
        ControlFlow::Continue(())
    }

    /// So many bytes of the leaf have come.
    fn pass(&mut self, count: u64) {
        self.passed += count;
        self.reader.batch.inflated(count);
        self.reader.shared.progress.inflated(count);
    }

    /// Copies the next bytes of the leaf, if they lie deep.
    fn copy(&mut self, bytes: &[u8]) {
        let Some(leaf) = self.leaf.as_mut().filter(|leaf| !leaf.is_bare) else { return };
        let place = (leaf.behind, leaf.offset);
        if let Some(run) = self.deep.take(&leaf.label, place, bytes, leaf.is_kept) {
            leaf.is_kept = true;
            self.reader.shared.evidence.reach(leaf.id, Direct::Run(run));
        }
    }

    /// Opens a ledger entry for a member.
    fn member(&mut self, label: &str) -> (ObjectId, u64, Option<u64>) {
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
        let member = Some(label.into());
        let located = Located { again, outermost, member, behind, direct: None };
        self.reader.shared.evidence.locate(id, located);
        self.family.push(Met { id, behind, is_plain: false });
        (id, order, behind)
    }
}

impl Visit for Leaves<'_, '_> {
    fn archive(&mut self, member: Option<&str>, access: Access) {
        let Some(label) = member else {
            self.access = access;
            return;
        };
        let (id, ..) = self.member(label);
        self.reader.shared.store.ledger().close(id, State::Read, None);
        self.archives.push((label.to_owned(), id));
    }

    fn inflating(&mut self, is_slow: bool) {
        self.direct = None;
        self.deep.inflating(is_slow);
    }

    fn rows(&mut self) {
        self.is_table = true;
    }

    fn begin(&mut self, member: Option<&str>) -> ControlFlow<()> {
        let item = &self.work.item;
        let (id, order, behind, key) = match member {
            None => (self.work.id, self.work.order, None, item.place().into_owned()),
            Some(label) => {
                let (id, order, behind) = self.member(label);
                (id, order, behind, format!("{}!{label}", item.place()))
            }
        };
        let direct = self.direct.take().filter(|_| member.is_none());
        let is_bare = direct.is_some();
        if let Some(direct) = direct {
            self.family[0].is_plain = matches!(direct, Direct::File);
            self.reader.shared.evidence.reach(id, direct);
        }
        let options = &self.reader.shared.options;
        let live = options.watched && item.bytes.is_none() && member.is_none();
        // What comes through a pipe is as new as a file that was just written.
        let modified = item.modified.or_else(|| item.bytes.is_none().then(Timestamp::now));
        let zone = options.zones.of(self.work.source.name());
        let zone_seconds = zone.seconds();
        self.reader.shared.store.ledger().read_in(id, zone);
        let is_table = std::mem::take(&mut self.is_table);
        self.rested = (Instant::now(), self.passed);
        self.reader.batch.begin(id, order);
        let feed = Feed::new(Context { key, modified, zone_seconds, is_table });
        let label = member.unwrap_or_default().to_owned();
        let (offset, is_kept) = (0, false);
        let whole = Whole::new(id, order);
        self.leaf = Some(Leaf { id, feed, whole, label, behind, offset, is_kept, is_bare, live });
        ControlFlow::Continue(())
    }

    fn data(&mut self, bytes: &[u8]) -> ControlFlow<()> {
        self.pass(bytes.len() as u64);
        self.copy(bytes);
        let Some(leaf) = &mut self.leaf else { return ControlFlow::Break(()) };
        let flow = self.reader.feed(&mut leaf.whole, leaf.offset, &mut leaf.feed, bytes);
        leaf.offset += bytes.len() as u64;
        self.reader.notice();
        flow?;
        self.show_early()
    }

    fn table(&mut self, table: &Table<'_>) -> ControlFlow<()> {
        let Some(leaf) = &mut self.leaf else { return ControlFlow::Break(()) };
        let Some(flow) = leaf.feed.table(table, &mut self.reader.batch) else {
            return table.lines(&mut |bytes| self.data(bytes));
        };
        self.pass(table.bytes());
        if self.deep.is_wanted() {
            table.lines(&mut |bytes| {
                self.copy(bytes);
                self.leaf.iter_mut().for_each(|leaf| leaf.offset += bytes.len() as u64);
                ControlFlow::Continue(())
            })?;
        } else {
            self.leaf.iter_mut().for_each(|leaf| leaf.offset += table.bytes());
        }
        self.reader.notice();
        flow?;
        self.show_early()
    }

    fn rest(&mut self) -> ControlFlow<()> {
        if let Some(leaf) = self.leaf.as_mut().filter(|leaf| leaf.live) {
            leaf.feed.rest(&mut self.reader.batch)?;
            self.reader.leave(&mut leaf.whole, &mut leaf.feed, 0);
            self.show();
        }
        ControlFlow::Continue(())
    }

    fn end(&mut self, _inflated: u64, outcome: Option<(State, Reason)>) {
        let Some(Leaf { id, mut feed, whole, .. }) = self.leaf.take() else { return };
        let found = feed.finish(&mut self.reader.batch);
        self.reader.gather(whole, &mut feed);
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
        let (id, ..) = self.member(member);
        self.reader.shared.store.ledger().close(id, state, Some(reason));
    }
}
