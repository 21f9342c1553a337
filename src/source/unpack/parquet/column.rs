//! One column of one group of rows: pages in, levels and values out, some rows at a time.

mod again;
mod told;

use super::footer::Chunk;
use super::fragments::Fragments;
use super::hybrid::Hybrid;
use super::page::{Kind, Page};
use super::schema::Leaf;
use super::values::{Values, prefixed};
use super::{Source, damaged};
use crate::event::{Cells, Dictionary, Reason, ReasonKind};
use std::ops::Range;
use std::sync::Arc;

/// Levels that are decoded at a time where a row may have many.
const LEVELS: usize = 1024;

/// Bytes of values beyond which no more rows are decoded for now.
const ENOUGH: usize = 1 << 20;

/// Levels of one row, at most.
const ROW: usize = 1 << 22;

#[derive(Debug)]
pub(super) struct Column {
    codec: i64,
    /// Whether it is in lists: then what is told next is where the last ended. All others have one
    /// level a row.
    is_in_list: bool,
    /// Values (or their absence) in pages that were not read so far, and where the next page is.
    left: u64,
    at: u64,
    page: Vec<u8>,
    in_page: usize,
    repetition: Option<Hybrid>,
    definition: Option<Hybrid>,
    values: Values,
    /// Entries of the dictionary, the first of all fragments, and what tells it from others.
    dictionary: Option<u32>,
    number: u64,
    has_flags: bool,
    fragments: Fragments,
    /// What is decoded: levels, if it has any, and places of values among the fragments.
    repeats: Vec<u32>,
    defines: Vec<u32>,
    places: Vec<u32>,
    /// Of what is told one by one, for each level the place of its value, or its level
    /// upside down if there is none.
    slots: Vec<u32>,
    /// Where the text of each of those stands: looked up for many at once, since one look-up then
    /// does not wait for the one before.
    spans: Vec<Range<u32>>,
    /// Rows that begin in what is decoded and was not told so far.
    begun: usize,
    /// The next level to be told, and the next value of what is [lined up](Self::line_up).
    level: usize,
    value: usize,
    /// Rows that were begun to be told, if it is in lists.
    rows: u32,
    /// Levels of the next row, if it [is the same](Self::is_list_again) as the last.
    again: usize,
    /// Places of the rows that were lined up, of which some are missing.
    row_places: Vec<u32>,
    /// The rows that were lined up are the values from this one on, and none is missing.
    lined: Option<Range<usize>>,
}

impl Column {
    pub(super) fn new(leaf: Arc<Leaf>, chunk: &Chunk) -> Result<Self, Reason> {
        if chunk.physical != leaf.physical.number() {
            return Err(damaged("it is of another type than the schema says"));
        }
        let left =
            u64::try_from(chunk.values).map_err(|_| damaged("it has less than no values"))?;
        Ok(Self {
            codec: chunk.codec,
            is_in_list: leaf.repeated > 0,
            left,
            at: chunk.start()?,
            page: Vec::new(),
            in_page: 0,
            repetition: None,
            definition: None,
            values: Values::none(),
            dictionary: None,
            number: 0,
            has_flags: false,
            fragments: Fragments::new(leaf),
            repeats: Vec::new(),
            defines: Vec::new(),
            places: Vec::new(),
            slots: Vec::new(),
            spans: Vec::new(),
            begun: 0,
            level: 0,
            value: 0,
            rows: 0,
            again: 0,
            row_places: Vec::new(),
            lined: None,
        })
    }

    pub(super) fn leaf(&self) -> &Leaf {
        &self.fragments.leaf
    }

    /// Bytes that are held for it.
    pub(super) fn held(&self) -> usize {
        self.page.capacity() + self.fragments.capacity()
    }

    /// Decodes up to so many rows, and says how many there are: fewer if they are large, none only
    /// at the end.
    /// Before, so many were told.
    pub(super) fn fill(
        &mut self,
        rows: usize,
        told: usize,
        source: &mut Source<'_>,
    ) -> Result<usize, Reason> {
        self.begun = self.begun.saturating_sub(told);
        self.forget();
        while self.whole() < rows && (self.whole() == 0 || self.bytes() < ENOUGH) {
            if self.in_page == 0 {
                if self.left == 0 {
                    break;
                }
                self.load(source)?;
                continue;
            }
            let some = self.in_page.min(if self.is_in_list { LEVELS } else { rows - self.begun });
            self.decode(some)?;
        }
        if self.leaf().is_within {
            self.find();
        }
        Ok(self.whole().min(rows))
    }

    /// Rows that are decoded to their ends.
    fn whole(&self) -> usize {
        let is_open = self.is_in_list && (self.left > 0 || self.in_page > 0);
        self.begun - usize::from(is_open && self.begun > 0)
    }

    /// Bytes of values beside the dictionary.
    fn bytes(&self) -> usize {
        let dictionary = self.dictionary.unwrap_or(0);
        self.fragments.bytes() - self.fragments.bytes_before(dictionary)
    }

    /// Forgets what was told.
    fn forget(&mut self) {
        let dictionary = self.dictionary.unwrap_or(0);
        if self.leaf().is_within {
            self.value = match self.leaf().defined {
                0 => self.level,
                defined => count_of(&self.defines[..self.level.min(self.defines.len())], defined),
            };
        }
        // What is not in the dictionary stands in the order of the values.
        let told = self.places.drain(..self.value.min(self.places.len()));
        let gone = told.filter(|place| *place >= dictionary).count() as u32;
        self.fragments.forget(dictionary, gone);
        for place in &mut self.places {
            if *place >= dictionary {
                *place -= gone;
            }
        }
        for levels in [&mut self.repeats, &mut self.defines] {
            levels.drain(..self.level.min(levels.len()));
        }
        (self.level, self.value) = (0, 0);
    }

    fn decode(&mut self, count: usize) -> Result<(), Reason> {
        let (repeated, defined) = (self.leaf().repeated, self.leaf().defined);
        let mut begun = count;
        if let Some(levels) = &mut self.repetition {
            let is_first = self.repeats.is_empty();
            let new = levels_of(levels, &self.page, count, repeated, &mut self.repeats)?;
            if is_first && new.first() != Some(&0) {
                return Err(damaged("a row begins in the middle"));
            }
            begun = count_of(new, 0);
            if self.begun + begun <= 1 && self.repeats.len() > ROW {
                let detail = format!("a row has more than {ROW} values in it");
                return Err(Reason::new(ReasonKind::Size, detail));
            }
        }
        let mut there = count;
        if let Some(levels) = &mut self.definition {
            let new = levels_of(levels, &self.page, count, defined, &mut self.defines)?;
            there = count_of(new, defined);
        }
        let from = self.places.len();
        self.values.take(&self.page, there, &mut self.fragments, &mut self.places)?;
        let known = self.dictionary.unwrap_or(0);
        if matches!(self.values, Values::Places(_)) && any_from(&self.places[from..], known) {
            return Err(damaged("a value is not in the dictionary"));
        }
        self.in_page -= count;
        self.begun += begun;
        Ok(())
    }

    /// Reads the next page.
    fn load(&mut self, source: &mut Source<'_>) -> Result<(), Reason> {
        source.budget.check_cancel()?;
        let page = Page::read(source.store, self.at, &mut source.room)?;
        source.store.read(self.at + page.head, page.stored, &mut source.room)?;
        self.at += page.head + page.stored;
        if page.crc.is_some_and(|crc| crc != crc32fast::hash(&source.room)) {
            return Err(damaged("a page is not what its checksum says"));
        }
        self.page.clear();
        match page.kind {
            Kind::Other => Ok(()),
            Kind::Dictionary => {
                source.inflate(self.codec, 0, page.inflated, &mut self.page)?;
                self.learn(&page)
            }
            Kind::Data => {
                source.inflate(self.codec, 0, page.inflated, &mut self.page)?;
                self.begin(&page)
            }
            Kind::Data2 => {
                let levels = page.repetition + page.definition;
                let inflated = page.inflated.checked_sub(levels);
                let bytes = source.room.get(..levels);
                let (Some(inflated), Some(bytes)) = (inflated, bytes) else {
                    return Err(damaged("a page is shorter than its levels"));
                };
                self.page.extend_from_slice(bytes);
                let codec = if page.is_compressed { self.codec } else { 0 };
                source.inflate(codec, levels, inflated, &mut self.page)?;
                self.begin(&page)
            }
        }
    }

    fn learn(&mut self, page: &Page) -> Result<(), Reason> {
        if self.dictionary.is_some() || self.fragments.count() > 0 {
            return Err(damaged("it has a second dictionary"));
        }
        if !matches!(page.encoding, 0 | 2) {
            return Err(damaged("its dictionary is written in no known way"));
        }
        let range = 0..self.page.len();
        let mut values = Values::new(0, self.leaf().physical, &self.page, range)?;
        values.take(&self.page, page.values, &mut self.fragments, &mut self.places)?;
        self.places.clear();
        self.end_dictionary();
        Ok(())
    }

    fn begin(&mut self, page: &Page) -> Result<(), Reason> {
        let left = self.left.checked_sub(page.values as u64);
        self.left = left.ok_or_else(|| damaged("its pages have more values than it is said to"))?;
        self.in_page = page.values;
        let levels = [self.leaf().repeated, self.leaf().defined];
        if levels.into_iter().zip(page.is_ancient).any(|(level, is_old)| level > 0 && is_old) {
            let detail = "its levels are packed in an old way that is not read here";
            return Err(Reason::new(ReasonKind::Unsupported, detail));
        }
        let (repetition, definition) = self.leaf().widths();
        let mut rest = 0..self.page.len();
        let lengths = (page.kind == Kind::Data2).then_some((page.repetition, page.definition));
        self.repetition = self.levels(repetition, lengths.map(|(one, _)| one), &mut rest)?;
        self.definition = self.levels(definition, lengths.map(|(_, two)| two), &mut rest)?;
        let values = Values::new(page.encoding, self.leaf().physical, &self.page, rest)?;
        self.values = match values {
            Values::Flags(flags) if self.has_flags()? => Values::Places(flags),
            values => values,
        };
        Ok(())
    }

    /// Whether false and true are its dictionary, as of every column of flags that comes without.
    fn has_flags(&mut self) -> Result<bool, Reason> {
        if self.dictionary.is_none() && self.fragments.count() == 0 {
            for word in [&b"false"[..], b"true"] {
                self.fragments.put(|_, out| out.extend_from_slice(word))?;
            }
            self.fragments.settle();
            self.end_dictionary();
            self.has_flags = true;
        }
        Ok(self.has_flags)
    }

    /// What it has so far is its dictionary.
    fn end_dictionary(&mut self) {
        self.dictionary = Some(self.fragments.count());
        self.number = Dictionary::next_number();
    }

    /// The levels that the page begins with, if there are any; `length` if it is known.
    fn levels(
        &self,
        width: u32,
        length: Option<usize>,
        rest: &mut Range<usize>,
    ) -> Result<Option<Hybrid>, Reason> {
        let range = match length {
            Some(length) => rest.start..rest.start + length,
            None if width == 0 => return Ok(None),
            None => prefixed(&self.page, rest)?,
        };
        rest.start = range.end;
        if width == 0 { Ok(None) } else { Hybrid::new(range, width).map(Some) }
    }

    /// Passes over the next rows of a column that is in no list, and remembers them as
    /// [`cells`](Self::cells).
    pub(super) fn line_up(&mut self, rows: usize) {
        let defined = self.leaf().defined;
        let from = self.value;
        let levels = self.defines.get(self.level..self.level + rows).unwrap_or_default();
        let is_whole = defined == 0 || levels.iter().all(|level| *level == defined);
        self.level += rows;
        if is_whole {
            self.value += rows;
            self.lined = Some(from..self.value);
            return;
        }
        self.lined = None;
        self.row_places.clear();
        for level in levels {
            let is_there = *level == defined;
            let place = self.places.get(self.value).filter(|_| is_there);
            self.row_places.push(place.copied().unwrap_or(Cells::NONE));
            self.value += usize::from(is_there);
        }
    }

    /// The rows that were lined up last.
    pub(super) fn cells(&self) -> Cells<'_> {
        let places = match &self.lined {
            Some(range) => self.places.get(range.clone()).unwrap_or_default(),
            None => &self.row_places,
        };
        let entries = self.fragments.entries();
        Cells { key: &self.leaf().key, entries, dictionary: self.known(), places }
    }

    /// What is known of its values.
    pub(super) fn known(&self) -> Dictionary {
        let (number, entries) = (self.number, self.dictionary.unwrap_or_default());
        Dictionary { number, entries, is_plain: !self.fragments.has_escapes() }
    }
}

/// How many of the numbers are this one.
fn count_of(numbers: &[u32], wanted: u32) -> usize {
    numbers.iter().filter(|number| **number == wanted).count()
}

/// Whether one of the numbers is as high. All are looked at, many at once, which takes less than to
/// ask after each whether to go on.
fn any_from(numbers: &[u32], least: u32) -> bool {
    numbers.iter().fold(0, |any, number| any | u32::from(*number >= least)) != 0
}

/// Appends levels, none of them above the highest; the answer is those.
fn levels_of<'a>(
    levels: &mut Hybrid,
    page: &[u8],
    count: usize,
    highest: u32,
    into: &'a mut Vec<u32>,
) -> Result<&'a [u32], Reason> {
    let from = into.len();
    levels.take(page, count, into)?;
    let new = &into[from..];
    if any_from(new, highest + 1) {
        return Err(damaged("a page has a level that the schema has not"));
    }
    Ok(new)
}
