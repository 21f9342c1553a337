//! Walking the members of a JSON record without building a tree: each level of the record is a
//! function from a key to what shall become of its value.

mod memo;
mod notes;
mod row;

use super::frame::DEEPEST;
use super::scan::{Broken, Plain, Scan};
use super::{clock, numbers};
use crate::event::{FieldDef, Kind, Role, Row, Time, Value};
use std::borrow::Cow;

pub(super) use memo::Memo;
use notes::Note;

/// What the members of one object are for.
pub(super) type Level = fn(&str) -> Rule;

/// What becomes of a member's value. Arrays hand the rule to each of their elements.
#[derive(Clone, Copy)]
pub(super) enum Rule {
    Skip,
    /// Into this field.
    Put(usize),
    Both(usize, usize),
    /// Kept aside, for what depends on several members.
    Note(usize),
    PutNote(usize, usize),
    /// Into the field, and kept aside if nothing is there yet.
    PutFirst(usize, usize),
    Enter(Level),
    /// Of an array the first element by the one level, the others by the other: what is told of one
    /// thing alone is then told of the same.
    Heads(Level, Level),
    /// A scalar into the field, an object by its members.
    PutEnter(usize, Level),
    NoteEnter(usize, Level),
    /// Names and values, such as headers: an array of objects with a member for each of both. The
    /// level is asked for the name, and its rule is for the value.
    Pairs(Level),
    /// The names of an object's members into the field, and nothing of their values.
    Names(usize),
    /// Kept aside as it is written, to be read by whoever knows how.
    Raw(usize),
    /// A column that the format does not know, into a field behind its own.
    More(usize),
}

/// Goes over the next member's name, and says what the member is for.
fn by<'de>(level: Level) -> impl FnMut(&mut Scan<'de>, bool) -> Result<Option<Rule>, Broken> {
    move |scan, first| Ok(scan.key(first)?.map(|name| level(&name)))
}

/// Room for what is kept aside, unless a format needs more.
pub(super) const NOTES: usize = 32;

/// Where the values of one record go.
pub(super) struct Values<'r, 'de, const N: usize = NOTES> {
    pub(super) row: &'r mut dyn Row,
    fields: &'static [FieldDef],
    notes: [Option<Note<'de>>; N],
}

impl<'r> Values<'r, '_> {
    pub(super) fn new(row: &'r mut dyn Row, fields: &'static [FieldDef]) -> Self {
        Self::roomy(row, fields)
    }
}

impl<'r, 'de, const N: usize> Values<'r, 'de, N> {
    /// With room for as many notes as the type says.
    pub(super) fn roomy(row: &'r mut dyn Row, fields: &'static [FieldDef]) -> Self {
        Self { row, fields, notes: [const { None }; N] }
    }

    /// Reads one record.
    pub(super) fn read(&mut self, record: &'de str, level: Level) -> Result<(), Broken> {
        let mut scan = Scan::new(record);
        self.enter(&mut scan, level, DEEPEST)?;
        scan.end()
    }

    /// Reads one record, an object, whose outermost members are remembered.
    pub(super) fn read_by(&mut self, record: &'de str, memo: &mut Memo) -> Result<(), Broken> {
        let mut scan = Scan::new(record);
        self.outermost(&mut scan, memo)?;
        scan.end()
    }

    /// The same of the record that the text begins with. The answer is its length.
    pub(super) fn read_first(&mut self, text: &'de str, memo: &mut Memo) -> Result<usize, Broken> {
        let mut scan = Scan::new(text);
        self.outermost(&mut scan, memo)?;
        Ok(scan.at())
    }

    fn outermost(&mut self, scan: &mut Scan<'de>, memo: &mut Memo) -> Result<(), Broken> {
        if scan.peek() == Some(b'{') {
            memo.begin();
            self.members(scan, DEEPEST, |scan, first| memo.rule(scan, first))
        } else {
            self.enter(scan, memo.level(), DEEPEST)
        }
    }

    /// Takes a value that is no JSON, such as a column of a line.
    #[expect(clippy::inline_always, reason = "as a call it costs a tenth of a line of columns")]
    #[inline(always)]
    pub(super) fn take(&mut self, rule: Rule, text: impl Into<Cow<'de, str>>) {
        let text = text.into();
        match rule {
            // What most rules are, in one step.
            Rule::Put(slot) => self.text(slot, &text),
            Rule::Note(note) => self.notes[note] = Some(text.into()),
            Rule::PutNote(slot, note) => {
                self.text(slot, &text);
                self.notes[note] = Some(text.into());
            }
            rule => {
                self.scalar(rule, Scalar::Text(&text));
                self.keep(rule, text);
            }
        }
    }

    /// Reads an object member by member; an array element by element.
    fn enter(&mut self, scan: &mut Scan<'de>, level: Level, room: usize) -> Result<(), Broken> {
        match scan.peek() {
            Some(b'{') => self.members(scan, room, by(level)),
            Some(b'[') => {
                let room = scan.open(room)?;
                let mut first = true;
                while scan.more(b']', first)? {
                    first = false;
                    self.enter(scan, level, room)?;
                }
                Ok(())
            }
            _ => scan.skip(room),
        }
    }

    fn members(
        &mut self,
        scan: &mut Scan<'de>,
        room: usize,
        mut rule: impl FnMut(&mut Scan<'de>, bool) -> Result<Option<Rule>, Broken>,
    ) -> Result<(), Broken> {
        let room = scan.open(room)?;
        let mut first = true;
        while let Some(rule) = rule(scan, first)? {
            first = false;
            self.member(scan, rule, room)?;
        }
        Ok(())
    }

    /// Reads the value of a member.
    #[inline]
    fn member(&mut self, scan: &mut Scan<'de>, rule: Rule, room: usize) -> Result<(), Broken> {
        match rule {
            Rule::Skip => scan.skip(room),
            Rule::Enter(level) => self.enter(scan, level, room),
            Rule::Heads(first, others) => self.heads(scan, (first, others), room),
            Rule::Pairs(level) => self.pairs(scan, level, room),
            Rule::Names(slot) => self.names(scan, slot, room),
            Rule::Raw(note) => {
                self.notes[note] = Some(Note::from(Cow::Borrowed(scan.raw(room)?)));
                Ok(())
            }
            rule => self.leaf(scan, rule, room),
        }
    }

    fn heads(
        &mut self,
        scan: &mut Scan<'de>,
        (head, others): (Level, Level),
        room: usize,
    ) -> Result<(), Broken> {
        if scan.peek() != Some(b'[') {
            return self.enter(scan, head, room);
        }
        let room = scan.open(room)?;
        let mut first = true;
        while scan.more(b']', first)? {
            self.enter(scan, if first { head } else { others }, room)?;
            first = false;
        }
        Ok(())
    }

    fn names(&mut self, scan: &mut Scan<'de>, slot: usize, room: usize) -> Result<(), Broken> {
        if scan.peek() != Some(b'{') {
            return scan.skip(room);
        }
        let room = scan.open(room)?;
        let mut first = true;
        while let Some(key) = scan.key(first)? {
            first = false;
            self.text(slot, &key);
            scan.skip(room)?;
        }
        Ok(())
    }

    fn pairs(&mut self, scan: &mut Scan<'de>, level: Level, room: usize) -> Result<(), Broken> {
        if scan.peek() != Some(b'[') {
            return scan.skip(room);
        }
        let room = scan.open(room)?;
        let mut first = true;
        while scan.more(b']', first)? {
            first = false;
            if scan.peek() == Some(b'{') {
                self.pair(scan, level, room)?;
            } else {
                scan.skip(room)?;
            }
        }
        Ok(())
    }

    /// Reads a name and its value, in whichever order they come.
    fn pair(&mut self, scan: &mut Scan<'de>, level: Level, room: usize) -> Result<(), Broken> {
        let room = scan.open(room)?;
        let (mut rule, mut value) = (Rule::Skip, None);
        let mut first = true;
        while let Some(key) = scan.key(first)? {
            first = false;
            match &*key {
                "name" | "Name" | "key" | "Key" if scan.peek() == Some(b'"') => {
                    rule = level(&scan.string()?);
                }
                "value" | "Value" => {
                    value = Some(scan.clone());
                    scan.skip(room)?;
                }
                _ => scan.skip(room)?,
            }
        }
        match (rule, value) {
            (Rule::Skip, _) | (_, None) => Ok(()),
            (rule, Some(mut value)) => self.leaf(&mut value, rule, room),
        }
    }

    /// Reads a scalar, or each scalar of an array.
    fn leaf(&mut self, scan: &mut Scan<'de>, rule: Rule, room: usize) -> Result<(), Broken> {
        match scan.peek() {
            Some(b'"') => {
                let text = scan.string()?;
                self.take(rule, text);
            }
            Some(b'{') => match rule {
                Rule::PutEnter(_, level) | Rule::NoteEnter(_, level) => {
                    self.members(scan, room, by(level))?;
                }
                _ => scan.skip(room)?,
            },
            Some(b'[') => {
                let room = scan.open(room)?;
                let mut first = true;
                while scan.more(b']', first)? {
                    first = false;
                    self.leaf(scan, rule, room)?;
                }
            }
            _ => match scan.plain()? {
                Plain::Null => {}
                Plain::Bool(flag) => {
                    self.scalar(rule, Scalar::Bool(flag));
                    self.keep(rule, Cow::Borrowed(if flag { "true" } else { "false" }));
                }
                Plain::Number(number) => {
                    self.scalar(rule, Scalar::Number(number));
                    self.keep(rule, Cow::Borrowed(number));
                }
            },
        }
        Ok(())
    }

    /// Where values go, and what was kept aside.
    pub(super) fn apart(&mut self) -> (&mut dyn Row, &[Option<Note<'de>>; N]) {
        (self.row, &self.notes)
    }

    pub(super) fn text(&mut self, slot: usize, text: &str) {
        put(self.row, &self.fields[slot], slot, Scalar::Text(text));
    }

    fn scalar(&mut self, rule: Rule, scalar: Scalar<'_>) {
        match rule {
            Rule::Put(slot)
            | Rule::PutNote(slot, _)
            | Rule::PutFirst(slot, _)
            | Rule::PutEnter(slot, _) => put(self.row, &self.fields[slot], slot, scalar),
            Rule::Both(one, other) => {
                for slot in [one, other] {
                    put(self.row, &self.fields[slot], slot, scalar);
                }
            }
            Rule::More(slot) => {
                if let Scalar::Text(text) = scalar
                    && !text.is_empty()
                {
                    self.row.put(slot, Value::Str(text));
                }
            }
            _ => {}
        }
    }

    fn keep(&mut self, rule: Rule, text: Cow<'de, str>) {
        if let Rule::Note(note) | Rule::PutNote(_, note) | Rule::NoteEnter(note, _) = rule {
            self.notes[note] = Some(text.into());
        } else if let Rule::PutFirst(_, note) = rule
            && !text.is_empty()
        {
            self.notes[note].get_or_insert(text.into());
        }
    }
}

#[derive(Clone, Copy)]
pub(super) enum Scalar<'a> {
    Text(&'a str),
    /// A number as it is written.
    Number(&'a str),
    Bool(bool),
}

/// Puts a scalar into a field in the field's kind. What does not fit it is left out, and so is
/// empty text. Names of domains stand without the dot of the root, which some logs write.
#[inline]
pub(super) fn put(row: &mut dyn Row, field: &FieldDef, slot: usize, scalar: Scalar<'_>) {
    let value = match (field.kind, scalar) {
        (_, Scalar::Text("")) => return,
        (Kind::Str, Scalar::Text(name)) if matches!(field.role, Role::Domain) => {
            Some(Value::Str(name.strip_suffix('.').unwrap_or(name)))
        }
        (Kind::Str | Kind::Id, Scalar::Text(text) | Scalar::Number(text)) => Some(Value::Str(text)),
        (Kind::Str | Kind::Id, Scalar::Bool(flag)) => {
            Some(Value::Str(if flag { "true" } else { "false" }))
        }
        (Kind::Int, Scalar::Text(text)) => numbers::number(text).map(Value::Int),
        (Kind::Int, Scalar::Number(number)) => whole(number).map(Value::Int),
        (Kind::Float, Scalar::Text(text) | Scalar::Number(text)) => float(text).map(Value::Float),
        // `::ffff:192.0.2.1` is what many sockets call 192.0.2.1, which people ask for.
        (Kind::Ip, Scalar::Text(text)) => {
            numbers::address(text).map(|address| Value::Ip(address.to_canonical()))
        }
        (Kind::Time, Scalar::Text(text)) => Time::parse_rfc3339(text).map(Value::Time),
        (Kind::Time, Scalar::Number(number)) => clock::epoch(number).map(Value::Time),
        _ => None,
    };
    if let Some(value) = value {
        row.put(slot, value);
    }
}

/// A number without its fraction; JSON of other makers writes `63113.0` for a count.
fn whole(number: &str) -> Option<i64> {
    numbers::number(number).or_else(|| float(number).map(|number| number as i64))
}

fn float(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}
