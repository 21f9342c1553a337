//! Reads a sample as the program does: through whatever it is packed in, by content alone.

use crate::rows::{Kept, Rows};
use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;
use trailcase::event::{Cancel, Reason, State, Table, Timestamp};
use trailcase::format::{Context, Feed};
use trailcase::source::{Access, Input, Limits, Outcome, Visit, unpack};

/// What was read of one file, members of archives among it.
#[derive(Default)]
pub(crate) struct Reading {
    pub(crate) rows: Vec<Kept>,
    /// What was not read as a log, or not to its end.
    pub(crate) ends: Vec<(State, Reason)>,
}

pub(crate) fn read_file(path: &Path) -> Reading {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let mut leaves = Leaves { name, leaf: None, is_table: false, reading: Reading::default() };
    let input = Input::File(File::open(path).unwrap());
    let unpacked = unpack(input, &Limits::default(), &Cancel::new(), &mut leaves);
    let mut reading = leaves.reading;
    reading.ends.extend(unpacked.outcome);
    reading
}

struct Leaves {
    name: String,
    leaf: Option<(Feed, Rows)>,
    /// The next leaf is a table.
    is_table: bool,
    reading: Reading,
}

impl Visit for Leaves {
    fn archive(&mut self, _: Option<&str>, _: Access) {}

    fn rows(&mut self) {
        self.is_table = true;
    }

    fn begin(&mut self, member: Option<&str>) -> ControlFlow<()> {
        let context = Context {
            key: member.unwrap_or(&self.name).to_owned(),
            modified: Timestamp::from_seconds(1_750_000_000),
            zone_seconds: 0,
            is_table: std::mem::take(&mut self.is_table),
        };
        self.leaf = Some((Feed::new(context), Rows::default()));
        ControlFlow::Continue(())
    }

    fn data(&mut self, bytes: &[u8]) -> ControlFlow<()> {
        let (feed, rows) = self.leaf.as_mut().unwrap();
        feed.push(bytes, rows)
    }

    fn table(&mut self, table: &Table<'_>) -> ControlFlow<()> {
        let (feed, rows) = self.leaf.as_mut().unwrap();
        if let Some(flow) = feed.table(table, rows) {
            return flow;
        }
        table.lines(&mut |bytes| self.data(bytes))
    }

    fn end(&mut self, _: u64, _: Outcome) {
        let (mut feed, mut rows) = self.leaf.take().unwrap();
        self.reading.ends.extend(feed.finish(&mut rows));
        self.reading.rows.append(&mut rows.kept);
    }

    fn left(&mut self, _: &str, state: State, reason: Reason) {
        self.reading.ends.push((state, reason));
    }
}
