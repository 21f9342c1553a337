//! What the flow logs of VPCs and of transit gateways have in common: columns in whatever order
//! the log was made with, named by a header, known by a default layout or told from what stands
//! in them; or the same names as members of JSON.
//!
//! There are more flow records than of anything else, so a column's meaning is looked up once a
//! log, and what stands in it is read without going through anything general.

mod columns;
mod ends;
mod record;
mod table;
mod values;

use crate::event::{FieldDef, Row, Schema, Table};
use crate::format::beyond::{Beyond, Growing};
use crate::format::marks::words;
use crate::format::members::Memo;
use crate::format::names::{ROOM, are_said, bare};
use crate::format::objects::Objects;
use crate::format::{Context, DecodeError, Decoded, Decoder, Probe};
pub(super) use columns::{Column, Layout, begun, separator, split};
use memchr::memmem;
use record::Record;
use regex::bytes::Regex;
use std::marker::PhantomData;
use std::sync::Arc;

/// Declares the columns in the order in which AWS documents them, which is also that of default
/// layouts: `DOCUMENTED`, and `named` for what else they are called.
macro_rules! documented {
    ($($name:literal => $column:expr),* $(,)?; $($other:literal => $meant:expr),* $(,)?) => {
        const DOCUMENTED: &[Column] = &[$($column),*];

        pub(super) fn named(name: &str) -> Option<Column> {
            Some(match name {
                $($name => $column,)*
                $($other => $meant,)*
                _ => return None,
            })
        }
    };
}
pub(super) use documented;

/// One kind of flow log.
pub(super) trait Flows: Copy + Default + Send + 'static {
    const FIELDS: &'static [FieldDef];
    const SLOTS: Slots;
    /// Columns of packets that were lost, and why, the first of which that counts any is the code.
    const LOST: &'static [(usize, &'static str)];
    /// Columns in which bytes may stand as `%XX`.
    const TAGS: &'static [usize];

    /// What its fields are.
    fn schema() -> &'static Arc<Schema>;

    /// The column of this name, which has its letters in small and nothing between its words.
    fn named(name: &str) -> Option<Column>;

    /// Words of which every header has one, in the name of a column.
    fn signs() -> &'static Regex;

    /// Whether this may be a record that tells its layout by its values, in whatever envelope.
    fn tells_layout(record: &[u8]) -> bool;

    /// The columns of a record that is in a default layout.
    fn default_of(record: &str) -> Option<Layout>;

    /// The columns of a record without header in a layout of somebody's own.
    fn guessed(record: &str) -> Option<Layout>;
}

/// Where what depends on several columns goes.
#[derive(Clone, Copy)]
pub(super) struct Slots {
    pub(super) event: usize,
    pub(super) class: usize,
    pub(super) outcome: usize,
    pub(super) code: usize,
    pub(super) account: usize,
    pub(super) source: usize,
    pub(super) target: usize,
    /// The same as the interface saw them, where that is not what the packet says.
    pub(super) seen_source: usize,
    pub(super) seen_target: usize,
    pub(super) received: usize,
    pub(super) sent: usize,
    pub(super) end: usize,
    pub(super) status: usize,
    pub(super) direction: usize,
}

/// Whether a record that is JSON has the members of a flow: both ends, when it began, and what came
/// of it or of the record; or few of which most are known, among them both ends, or one, what came
/// of it and whose it is.
pub(super) fn is_in_json<F: Flows>(probe: &Probe<'_>) -> bool {
    let known = probe.names().iter().filter_map(|name| F::named(bare(name, &mut { ROOM })));
    // Most records have none of them.
    if !known.clone().any(Column::is_end) {
        return false;
    }
    let has = |wanted: Column| known.clone().any(|column| column == wanted);
    let has_ends = record::has_ends(known.clone());
    if has(Column::Foreign) || !(has_ends || record::is_flow(known.clone())) {
        return false;
    }
    let is_owned = || {
        let owners = ["interfaceid", "tgwid", "tgwattachmentid"];
        probe.names().iter().any(|name| owners.contains(&bare(name, &mut { ROOM })))
    };
    let count = known.clone().count();
    has_ends && has(Column::Start) && (has(Column::Action) || has(Column::Status))
        || count >= 3
            && count * 2 >= probe.names().len()
            && (has_ends || is_owned())
            && !are_said(probe.names().iter().map(|name| &**name))
}

/// Whether behind a blank there is an interface, or a time as a column has it.
pub(super) fn has_flow(record: &[u8]) -> bool {
    let is_time = |value: &[u8]| {
        let digits = value.iter().take_while(|byte| byte.is_ascii_digit()).count();
        digits == 10 && matches!(value.get(10), None | Some(b' ' | b'"' | b'\\'))
    };
    memchr::memchr_iter(b' ', record).any(|blank| {
        let value = &record[blank + 1..];
        value.starts_with(b"eni-") || value.starts_with(b"1") && is_time(value)
    })
}

/// Whether there is one of the words that say what became of a flow, or of its record.
pub(super) fn may_be_stated(record: &[u8]) -> bool {
    let states: [&[u8]; 4] = [b"ACCEPT", b"REJECT", b"OK", b"DATA"];
    states.iter().any(|state| memmem::find(record, state).is_some())
}

/// Whether there may be such a record in these bytes, in whatever envelope and however its columns
/// are parted.
pub(super) fn may_have_flow(record: &[u8]) -> bool {
    let is_time = |mark: u8, value: &[u8]| {
        let digits = value.iter().take_while(|byte| byte.is_ascii_digit()).count();
        // A number that is a member of JSON has a blank before it and a comma behind it.
        let ends = |byte: &u8| matches!(byte, b'"' | b'\\') || *byte == mark;
        digits == 10 && value.get(10).is_none_or(ends)
    };
    // Tables of anything have times; those of flows without an interface say what became of each.
    let is_stated = || may_be_stated(record);
    begun(record).any(|(mark, value)| {
        value.starts_with(b"eni-") || value.starts_with(b"1") && is_time(mark, value) && is_stated()
    })
}

/// Reads the records of one log.
#[derive(Clone)]
pub(super) struct Reader<F: Flows> {
    layout: Option<Layout>,
    /// What stands behind the columns of the layout.
    beyond: Beyond,
    lessons: u32,
    objects: Objects,
    /// Of the table that is read, if lines say no more.
    table: Option<table::Columns>,
    kind: PhantomData<F>,
}

impl<F: Flows> Reader<F> {
    pub(super) fn new(context: &Context, sample: &[String]) -> Self {
        let told = |tell: fn(&str) -> Option<Layout>| sample.iter().find_map(|record| tell(record));
        let objects = Objects {
            fields: F::FIELDS,
            level: Memo::new(record::member::<F>),
            time: record::time,
            fill: record::fill::<F>,
            zone_seconds: context.zone_seconds,
        };
        let mut reader = Self {
            layout: None,
            beyond: Beyond::new(F::schema(), 0),
            lessons: 0,
            objects,
            table: None,
            kind: PhantomData,
        };
        if let Some(layout) = told(F::default_of).or_else(|| told(F::guessed)) {
            reader.arrange(layout, "");
        }
        reader
    }

    /// Reads by this layout from now on. What the header calls columns that nobody knows is what
    /// their fields are called.
    fn arrange(&mut self, mut layout: Layout, header: &str) {
        let mut growing = Growing::new(F::schema());
        let mut names = split(header, layout.separator);
        for (nth, column) in layout.columns.iter_mut().enumerate() {
            let name = names.next().unwrap_or("");
            if *column == Column::Other {
                *column = growing.field(name, nth).map_or(Column::Other, Column::Text);
            }
        }
        let schema = growing.schema();
        let fields = schema.as_ref().unwrap_or(F::schema()).fields.len();
        for column in &mut layout.columns {
            if matches!(column, Column::Text(slot) if *slot >= fields) {
                *column = Column::Other;
            }
        }
        self.beyond = Beyond::new(schema.as_ref().unwrap_or(F::schema()), layout.columns.len());
        self.layout = Some(layout);
    }

    fn take_up(&mut self, layout: Layout, header: &str) {
        self.arrange(layout, header);
        self.lessons += 1;
    }

    fn read(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        let Some(layout) = &self.layout else { return Err(DecodeError::NotMine) };
        let beyond = &mut self.beyond;
        match layout.separator {
            b' ' => Self::read_cells(layout, words(record), beyond, row),
            separator => Self::read_cells(layout, split(record, separator), beyond, row),
        }
    }

    #[inline]
    fn read_cells<'a>(
        layout: &Layout,
        mut cells: impl Iterator<Item = &'a str>,
        beyond: &mut Beyond,
        row: &mut dyn Row,
    ) -> Result<Decoded, DecodeError> {
        let mut flow = Record::<F>::default();
        let missing = flow.take_all(&layout.columns, &mut cells, row);
        if !flow.is_one(missing, layout.least) {
            return Err(DecodeError::NotMine);
        }
        flow.finish(row);
        beyond.put(cells, row)?;
        Ok(Decoded::Event)
    }
}

impl<F: Flows> Decoder for Reader<F> {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        if record.starts_with('{') {
            return self.objects.decode(record, row);
        }
        if columns::may_begin_header(record)
            && let Some(layout) = Layout::header::<F>(record)
        {
            self.take_up(layout, record);
            return Ok(Decoded::NotARecord);
        }
        if self.layout.is_none()
            && let Some(layout) = F::default_of(record).or_else(|| F::guessed(record))
        {
            self.take_up(layout, "");
            // The row has no fields yet for what this layout has and the format does not know.
            if !Arc::ptr_eq(self.beyond.schema(), F::schema()) {
                return Err(DecodeError::Again);
            }
        }
        self.read(record, row)
    }

    fn decode_first(&mut self, text: &str, row: &mut dyn Row) -> Option<usize> {
        self.objects.decode_first(text, row)
    }

    fn learn(&mut self, table: &Table<'_>) -> bool {
        self.table = table::Columns::of::<F>(table, self.table.take());
        self.table.is_some() || self.objects.learn(table)
    }

    fn decode_row(&mut self, table: &Table<'_>, at: usize, row: &mut dyn Row) -> bool {
        match &self.table {
            Some(columns) => columns.read::<F>(table, at, row),
            None => self.objects.decode_row(table, at, row),
        }
    }

    fn schema(&self) -> Option<&Arc<Schema>> {
        Some(self.beyond.schema())
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }

    fn may_learn(&self, record: &[u8]) -> bool {
        if self.layout.is_some() {
            columns::may_be_header::<F>(record)
        } else {
            columns::may_be_header::<F>(record) || F::tells_layout(record)
        }
    }

    fn lessons(&self) -> u32 {
        self.lessons
    }
}
