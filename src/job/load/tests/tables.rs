//! Parquet files give the same rows by their columns and by their lines.

use super::*;
use crate::event::{Frame, Reason, Row, Schema, Sink, State, Table, Time, Value};
use crate::format::{Context, Feed};
use crate::source::{Access, Visit, unpack};

/// Keeps what it is told, as text.
#[derive(Default)]
struct Told(Vec<String>);

impl Row for Told {
    fn time(&mut self, time: Time) {
        self.0.push(format!("time {time:?}"));
    }

    fn put(&mut self, slot: usize, value: Value<'_>) {
        self.0.push(format!("{slot} {value:?}"));
    }
}

impl Sink for Told {
    fn row(&mut self, _: &Arc<Schema>) -> &mut dyn Row {
        self.0.push("row".to_owned());
        self
    }

    fn commit(&mut self, schema: &Arc<Schema>, frame: Frame, raw: &[u8]) -> ControlFlow<()> {
        let from = self.0.iter().rposition(|told| told == "row").unwrap();
        // In what order fields are filled, and how often the time is said, makes no difference.
        let mut row = self.0.split_off(from);
        row.sort();
        row.dedup();
        let raw = String::from_utf8_lossy(raw);
        self.0.push(format!("{} {frame:?} {raw} {row:?}", schema.id));
        ControlFlow::Continue(())
    }

    fn abandon(&mut self, _: &Arc<Schema>) {
        let from = self.0.iter().rposition(|told| told == "row").unwrap();
        self.0.truncate(from);
    }

    fn remark(&mut self, reason: Reason) {
        self.0.push(format!("{reason:?}"));
    }
}

struct Twice {
    by_columns: bool,
    feed: Feed,
    told: Told,
    /// Tables that were read by their columns.
    read: usize,
}

impl Visit for Twice {
    fn archive(&mut self, _: Option<&str>, _: Access) {}

    fn begin(&mut self, _: Option<&str>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn data(&mut self, bytes: &[u8]) -> ControlFlow<()> {
        self.feed.push(bytes, &mut self.told)
    }

    /// All rows come twice: a small table is over before its format is settled.
    fn table(&mut self, table: &Table<'_>) -> ControlFlow<()> {
        table.lines(&mut |bytes| self.data(bytes))?;
        self.feed.hurry(&mut self.told)?;
        if self.by_columns
            && let Some(flow) = self.feed.table(table, &mut self.told)
        {
            self.read += 1;
            return flow;
        }
        table.lines(&mut |bytes| self.data(bytes))
    }

    fn end(&mut self, _: u64, _: Option<(State, Reason)>) {
        self.feed.finish(&mut self.told);
    }

    fn left(&mut self, _: &str, _: State, _: Reason) {}
}

#[test]
fn fixtures_give_the_same_rows_by_columns_and_by_lines() {
    let folder =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/containers/parquet");
    let (mut files, mut read) = (0, 0);
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "parquet") {
            continue;
        }
        let run = |by_columns| {
            let feed = Feed::new(Context { is_table: true, ..Context::default() });
            let mut twice = Twice { by_columns, feed, told: Told::default(), read: 0 };
            let input = Input::File(std::fs::File::open(&path).unwrap());
            unpack(input, &Limits::default(), &Cancel::new(), &mut twice);
            twice
        };
        let (by_columns, by_lines) = (run(true), run(false));
        assert_eq!(by_columns.told.0, by_lines.told.0, "{}", path.display());
        (files, read) = (files + 1, read + by_columns.read);
    }
    assert!(files > 10 && read > 0, "{files}, {read}");
}
