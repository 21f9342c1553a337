//! Records of several lines that say themselves which belong together, also where lines of others
//! stand between them.

use super::{Carry, Item, Lines, Record, TOO_LONG, Take, text_of, zeros};
use crate::event::Place;
use std::collections::{HashMap, VecDeque};
use std::ops::ControlFlow;
use std::sync::Arc;

/// What the lines of one record share: two parts of the line. `None`: the line stands by itself.
pub type Thread = fn(&[u8]) -> Option<(&[u8], &[u8])>;

/// Bytes from a record's beginning to the end of a line that still belongs to it, if others stand
/// between. Each record is read again with all that is in this reach, so it is no more than what
/// as many processors as there are write at the same time.
pub(in crate::format) const REACH: u64 = 128 * 1024;

/// Joins lines of one thread. Records come in the order in which they begin.
pub(in crate::format) struct Weave {
    lines: Lines,
    loom: Loom,
}

struct Loom {
    thread: Thread,
    /// Records to which lines may still be added, and what stands by itself between them.
    open: VecDeque<Strand>,
    /// The numbers of those that lines may be added to.
    known: HashMap<Arc<[u8]>, u64>,
    /// The number of the first that is open; they are counted as they begin.
    first: u64,
    /// The one that the last line belongs to.
    last: Option<u64>,
    /// The thread of the line in hand.
    key: Vec<u8>,
    /// Room for what comes next.
    spare: Vec<u8>,
}

/// A record's lines, as far as they have come.
struct Strand {
    key: Option<Arc<[u8]>>,
    lines: Carry,
    offset: u64,
    end: u64,
    place: Place,
    fault: Option<&'static str>,
}

impl Weave {
    pub(in crate::format) fn new(thread: Thread) -> Self {
        let (open, known, key, spare) = Default::default();
        let loom = Loom { thread, open, known, first: 0, last: None, key, spare };
        Self { lines: Lines::new(), loom }
    }

    pub(super) fn push(&mut self, bytes: &[u8], take: &mut dyn Take) -> ControlFlow<()> {
        let Self { lines, loom } = self;
        lines.push(bytes, &mut |item: Item<'_>| loom.add(item, take))
    }

    /// Yields what is there, if a line ends there.
    pub(in crate::format) fn rest(&mut self, take: &mut dyn Take) -> ControlFlow<()> {
        if self.lines.is_within() {
            return ControlFlow::Continue(());
        }
        self.loom.end(take)
    }

    pub(super) fn finish(&mut self, take: &mut dyn Take) {
        let Self { lines, loom } = self;
        lines.finish(&mut |item: Item<'_>| loom.add(item, take));
        // There is nothing to stop: the object is over.
        let _ = loom.end(take);
    }
}

impl Loom {
    fn add(&mut self, item: Item<'_>, take: &mut dyn Take) -> ControlFlow<()> {
        let Item::Record(line) = item else { return ControlFlow::Continue(()) };
        let end = line.offset + line.length;
        let is_thread = line.fault.is_none() && self.read_thread(line.bytes);
        let goes_on = is_thread
            && self
                .last
                .and_then(|last| self.strand(last))
                .is_some_and(|strand| strand.key.as_deref() == Some(&*self.key));
        if !goes_on {
            // Lines that follow each other are one record, however long that is.
            self.end_before(end.saturating_sub(REACH), take)?;
            let known = if is_thread { self.known.get(&*self.key).copied() } else { None };
            self.last = Some(known.unwrap_or_else(|| self.begin(&line, is_thread)));
        }
        let last = self.last.and_then(|last| last.checked_sub(self.first));
        if let Some(strand) = last.and_then(|at| self.open.get_mut(at as usize)) {
            strand.add(&line);
        }
        ControlFlow::Continue(())
    }

    /// Whether the line is of a thread, which then is in `key`.
    fn read_thread(&mut self, line: &[u8]) -> bool {
        let Some((one, other)) = (self.thread)(line) else { return false };
        self.key.clear();
        for part in [one, b"\0", other] {
            self.key.extend_from_slice(part);
        }
        true
    }

    fn strand(&self, number: u64) -> Option<&Strand> {
        self.open.get(number.checked_sub(self.first)? as usize)
    }

    fn begin(&mut self, line: &Record<'_>, is_thread: bool) -> u64 {
        let number = self.first + self.open.len() as u64;
        let key: Option<Arc<[u8]>> = is_thread.then(|| self.key.as_slice().into());
        if let Some(key) = &key {
            self.known.insert(Arc::clone(key), number);
        }
        let lines = Carry { bytes: std::mem::take(&mut self.spare), ..Carry::default() };
        let &Record { offset, place, fault, .. } = line;
        self.open.push_back(Strand { key, lines, offset, end: offset, place, fault });
        number
    }

    fn end(&mut self, take: &mut dyn Take) -> ControlFlow<()> {
        self.end_before(u64::MAX, take)
    }

    /// Yields the records that begin before this.
    fn end_before(&mut self, offset: u64, take: &mut dyn Take) -> ControlFlow<()> {
        while let Some(strand) = self.open.pop_front_if(|strand| strand.offset < offset) {
            self.first += 1;
            if let Some(key) = &strand.key {
                self.known.remove(key);
            }
            let flow = take.take(Item::Record(strand.record()));
            self.spare = strand.lines.bytes;
            self.spare.clear();
            flow?;
        }
        ControlFlow::Continue(())
    }
}

impl Strand {
    fn add(&mut self, line: &Record<'_>) {
        if !self.lines.is_empty() {
            self.lines.add(b"\n");
        }
        self.lines.add(line.bytes);
        self.end = line.offset + line.length;
    }

    fn record(&self) -> Record<'_> {
        let fault = if self.lines.is_whole() { self.fault } else { Some(TOO_LONG) };
        let (bytes, length) = (&*self.lines.bytes, self.end - self.offset);
        Record { bytes, offset: self.offset, length, place: self.place, fault }
    }
}

/// The lines that are of one thread with the first of these; `None` if that is of none.
pub(in crate::format) fn strand(raw: &[u8], thread: Thread) -> Option<Vec<u8>> {
    let end = if raw.contains(&b'\n') { b'\n' } else { b'\r' };
    let lines = raw.split(|byte| *byte == end).map(text_of);
    let mut lines = lines.map(|line| &line[zeros(line)..]);
    let first = lines.next()?;
    let key = thread(first)?;
    let mut own = first.to_vec();
    for line in lines.filter(|line| thread(line) == Some(key)) {
        own.push(b'\n');
        own.extend_from_slice(line);
    }
    Some(own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `a1 ...`: the thread is the letter and the digit.
    fn lettered(line: &[u8]) -> Option<(&[u8], &[u8])> {
        let is_thread = line.len() > 1 && line[0].is_ascii_lowercase() && line[1].is_ascii_digit();
        is_thread.then(|| (&line[..1], &line[1..2]))
    }

    /// Text, offset and length of each record.
    fn woven(text: &[u8], pieces: usize) -> Vec<(String, u64, u64)> {
        let mut found = Vec::new();
        let mut take = |item: Item<'_>| {
            if let Item::Record(Record { bytes, offset, length, .. }) = item {
                found.push((String::from_utf8_lossy(bytes).into_owned(), offset, length));
            }
            ControlFlow::Continue(())
        };
        let mut weave = Weave::new(lettered);
        for piece in text.chunks(pieces.max(1)) {
            assert!(weave.push(piece, &mut take).is_continue());
        }
        weave.finish(&mut take);
        found
    }

    fn texts(text: &str) -> Vec<String> {
        woven(text.as_bytes(), 7).into_iter().map(|(text, ..)| text).collect()
    }

    #[test]
    fn lines_of_one_thread_are_one_record_whatever_stands_between() {
        let text = "a1 x\nb1 x\na1 y\n\nelse\nb1 y\na2 x\nelse\na1 z\n";
        let wanted = ["a1 x\na1 y\na1 z", "b1 x\nb1 y", "else", "a2 x", "else"];
        assert_eq!(texts(text), wanted);
        let placed: Vec<_> =
            woven(text.as_bytes(), 3).into_iter().map(|(_, at, l)| (at, l)).collect();
        assert_eq!(placed, [(0, 40), (5, 20), (16, 4), (26, 4), (31, 4)]);
    }

    #[test]
    fn what_is_out_of_reach_is_another_record() {
        let between = "b1 x\n".repeat(REACH as usize / 5 + 1);
        assert_eq!(texts(&format!("a1 x\n{between}a1 y\n")).len(), 3);
        let between = "b1 x\n".repeat(REACH as usize / 10);
        assert_eq!(texts(&format!("a1 x\n{between}a1 y\n")).len(), 2);
        let alone = "a1 x\n".repeat(REACH as usize);
        assert_eq!(texts(&alone).len(), 1);
    }

    #[test]
    fn what_rests_is_ended() {
        let mut found = 0;
        let mut take = |_: Item<'_>| {
            found += 1;
            ControlFlow::Continue(())
        };
        let mut weave = Weave::new(lettered);
        let _ = weave.push(b"a1 x\nb1 x\na1", &mut take);
        let _ = weave.rest(&mut take);
        let _ = weave.push(b" y\n", &mut take);
        let _ = weave.rest(&mut take);
        let _ = weave.push(b"a1 z\n", &mut take);
        weave.finish(&mut take);
        assert_eq!(found, 3);
    }

    proptest! {
        #[test]
        fn no_line_is_lost_and_each_record_is_found_in_its_bytes(
            text in "([ab][12] [xy]{0,3}\r?\n|[xy]{1,3}\n|\n){0,12}", pieces in 1..9usize,
        ) {
            let whole = woven(text.as_bytes(), usize::MAX);
            prop_assert_eq!(&woven(text.as_bytes(), pieces), &whole);
            let mut lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
            let mut kept: Vec<&str> = whole.iter().flat_map(|(text, ..)| text.lines()).collect();
            lines.sort_unstable();
            kept.sort_unstable();
            prop_assert_eq!(lines, kept);
            for (own, offset, length) in &whole {
                let raw = &text.as_bytes()[*offset as usize..(offset + length) as usize];
                let found = strand(raw, lettered).unwrap_or_else(|| raw.to_vec());
                prop_assert_eq!(String::from_utf8_lossy(&found), own.as_str());
            }
            prop_assert!(whole.is_sorted_by_key(|(_, offset, _)| *offset));
        }
    }
}
