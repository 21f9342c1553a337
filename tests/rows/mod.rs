//! A sink that keeps every row as text, for the tests of formats.
#![allow(dead_code, clippy::unwrap_used, clippy::panic, reason = "shared by several tests")]

use std::ops::ControlFlow;
use std::sync::Arc;
use trailcase::event::{Frame, Kind, Reason, Role, Row, Schema, Sink, State, Time, Value};
use trailcase::format::{Context, Feed};

#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Kept {
    pub(crate) format: String,
    pub(crate) time: Option<String>,
    pub(crate) zone_assumed: bool,
    /// Of how many records it is made, if that is not one.
    pub(crate) records: Option<u32>,
    /// Name and value, in the order of the schema.
    pub(crate) fields: Vec<(String, String)>,
    /// The role of each of them.
    pub(crate) roles: Vec<Role>,
    pub(crate) frame: Option<Frame>,
    pub(crate) raw: Vec<u8>,
}

impl Kept {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// The values of all fields of these roles.
    pub(crate) fn of(&self, roles: &[Role]) -> impl Iterator<Item = &str> {
        let fields = self.fields.iter().zip(&self.roles);
        fields.filter(|(_, role)| roles.contains(role)).map(|((_, value), _)| value.as_str())
    }
}

#[derive(Default)]
pub(crate) struct Rows {
    pub(crate) kept: Vec<Kept>,
    pub(crate) remarks: Vec<Reason>,
    pub(crate) end: Option<(State, Reason)>,
    row: Slots,
}

#[derive(Default)]
struct Slots {
    schema: Option<Arc<Schema>>,
    time: Option<Time>,
    zone_assumed: bool,
    records: Option<u32>,
    values: Vec<(usize, String)>,
}

impl Row for Slots {
    fn time(&mut self, time: Time) {
        self.time = Some(time);
    }

    fn zone_assumed(&mut self) {
        self.zone_assumed = true;
    }

    fn records(&mut self, count: u32) {
        self.records = Some(count).filter(|count| *count != 1);
    }

    fn put(&mut self, slot: usize, value: Value<'_>) {
        let field = &self.schema.as_ref().unwrap().fields[slot];
        let text = match (field.kind, value) {
            (Kind::Str | Kind::Id, Value::Str(text)) => text.to_owned(),
            (Kind::Int, Value::Int(number)) => number.to_string(),
            (Kind::Float, Value::Float(number)) => number.to_string(),
            (Kind::Ip, Value::Ip(address)) => address.to_string(),
            (Kind::Time, Value::Time(time)) => time.to_rfc3339(),
            (kind, value) => panic!("{} is {kind}, got {value:?}", field.name),
        };
        assert!(!text.is_empty(), "{}: empty text", field.name);
        if !field.many {
            self.values.retain(|(other, _)| *other != slot);
        }
        self.values.push((slot, text));
    }
}

impl Sink for Rows {
    fn row(&mut self, schema: &Arc<Schema>) -> &mut dyn Row {
        self.row = Slots { schema: Some(Arc::clone(schema)), ..Slots::default() };
        &mut self.row
    }

    fn commit(&mut self, schema: &Arc<Schema>, frame: Frame, raw: &[u8]) -> ControlFlow<()> {
        let mut row = std::mem::take(&mut self.row);
        assert_eq!(row.schema.as_ref().unwrap().id, schema.id);
        row.values.sort_by_key(|(slot, _)| *slot);
        let name = |slot: usize| schema.fields[slot].name.clone().into_owned();
        self.kept.push(Kept {
            format: schema.id.clone().into_owned(),
            time: row.time.map(Time::to_rfc3339),
            zone_assumed: row.zone_assumed,
            records: row.records,
            roles: row.values.iter().map(|(slot, _)| schema.fields[*slot].role).collect(),
            fields: row.values.into_iter().map(|(slot, value)| (name(slot), value)).collect(),
            frame: Some(frame),
            raw: raw.to_vec(),
        });
        ControlFlow::Continue(())
    }

    fn abandon(&mut self, _: &Arc<Schema>) {
        self.row = Slots::default();
    }

    fn remark(&mut self, reason: Reason) {
        self.remarks.push(reason);
    }
}

/// Reads an object in pieces of these sizes, the last one repeated.
pub(crate) fn read(context: Context, bytes: &[u8], pieces: &[usize]) -> Rows {
    let mut rows = Rows::default();
    let mut feed = Feed::new(context);
    let (mut at, mut turn) = (0, 0);
    while at < bytes.len() {
        let size = pieces.get(turn).or(pieces.last()).copied().unwrap_or(usize::MAX).max(1);
        let end = at.saturating_add(size).min(bytes.len());
        assert!(feed.push(&bytes[at..end], &mut rows).is_continue());
        (at, turn) = (end, turn + 1);
    }
    rows.end = feed.finish(&mut rows);
    rows
}

/// Reads an object of which pieces are decoded apart, the last first. Of each three numbers the
/// first is how many bytes come, the second whether they are cut, the third the size from which
/// on a piece is taken.
pub(crate) fn read_apart(context: Context, bytes: &[u8], steps: &[(usize, bool, usize)]) -> Rows {
    let mut rows = Rows::default();
    let mut feed = Feed::new(context);
    let mut apart = Vec::new();
    let mut at = 0;
    for (size, cut, least) in steps.iter().copied().cycle() {
        if at == bytes.len() {
            break;
        }
        let end = at.saturating_add(size.max(1)).min(bytes.len());
        let next = &bytes[at..end];
        let flow = if cut { feed.cut(next, &mut rows) } else { feed.push(next, &mut rows) };
        assert!(flow.is_continue());
        apart.extend(feed.pieces(least));
        at = end;
    }
    rows.end = feed.finish(&mut rows);
    apart.extend(feed.pieces(0));
    for piece in apart.into_iter().rev() {
        assert!(piece.decode(&mut rows).is_continue());
    }
    // One record may be several rows, which keep their order.
    rows.kept.sort_by_key(|row| row.frame.unwrap().offset);
    rows
}
