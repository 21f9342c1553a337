//! Counting personal data and secrets in the records of each source, without saying what they are.

use super::Evidence;
use super::cutting::{Lost, Take, Wanted, cut};
use super::plan::{Pass, Plan};
use super::threads::on_threads;
use crate::event::scope::source_of;
use crate::event::{Cancel, ObjectId, Place};
use crate::format::Bytes;
use crate::record::redaction::{Kind, scan_record};
use crate::store::{Bits, Ledger, Snapshot};
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What was found of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfKind {
    /// Records with some of it, and how often it stands in them.
    pub records: u64,
    pub occurrences: u64,
    /// Where it stands first: the object's path, and the place in it.
    pub first: (String, Place),
}

/// What was found in one source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OfSource {
    /// Records that were looked into.
    pub records: u64,
    pub kinds: BTreeMap<Kind, OfKind>,
}

/// What was found, by source.
#[derive(Debug, Default)]
pub struct Scanned {
    pub sources: BTreeMap<String, OfSource>,
    /// Rows whose records could not be read again.
    pub unread: Vec<Lost>,
}

/// Looks into the record of every visible row, with up to `threads` threads; 0 means as many as there
/// are processors. The answer is the same for any number of them.
///
/// # Errors
/// Not even one thread could be started.
pub fn scan_all(
    evidence: &Evidence,
    (snapshot, ledger): (&Snapshot, &Ledger),
    sources: &[String],
    (threads, cancel): (usize, &Cancel),
) -> io::Result<Scanned> {
    let rows: Vec<Bits> = snapshot.segments.iter().map(|it| Bits::all(it.len())).collect();
    let plan = Plan::new(evidence, snapshot, |number| rows.get(number), None);
    let work = Work {
        evidence,
        snapshot,
        passes: &plan.passes,
        next: AtomicUsize::new(0),
        cancel,
        found: Mutex::default(),
    };
    on_threads("scan", (threads, plan.passes.len()), &|| work.run())?;
    let found = work.found.into_inner().unwrap_or_default();
    Ok(summed(found, ledger, sources))
}

/// What was found in the records of one object, and where first, by offset.
#[derive(Debug, Default)]
struct OfObject {
    records: u64,
    kinds: BTreeMap<Kind, (u64, u64, (u64, Place))>,
}

#[derive(Debug, Default)]
struct Counted {
    objects: HashMap<ObjectId, OfObject>,
    unread: Vec<Lost>,
}

/// What the threads have in common.
struct Work<'a> {
    evidence: &'a Evidence,
    snapshot: &'a Snapshot,
    passes: &'a [Pass],
    /// The position of the next pass that nobody makes yet.
    next: AtomicUsize,
    cancel: &'a Cancel,
    found: Mutex<Counted>,
}

impl Work<'_> {
    fn run(&self) {
        let mut reader =
            Reader { snapshot: self.snapshot, last: None, counted: Counted::default() };
        while !self.cancel.is_cancelled() {
            let position = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(pass) = self.passes.get(position) else { break };
            cut(self.evidence, self.snapshot, pass, self.cancel, &mut reader);
        }
        if let Ok(mut found) = self.found.lock() {
            // Large objects are read in several passes.
            for (id, of) in reader.counted.objects {
                found.objects.entry(id).or_default().add(of);
            }
            found.unread.append(&mut reader.counted.unread);
        }
    }
}

impl OfObject {
    fn add(&mut self, other: Self) {
        self.records += other.records;
        for (kind, (records, occurrences, first)) in other.kinds {
            let known = self.kinds.entry(kind).or_insert((0, 0, first));
            known.0 += records;
            known.1 += occurrences;
            if first.0 < known.2.0 {
                known.2 = first;
            }
        }
    }
}

/// Looks into the records of one pass after the other.
struct Reader<'a> {
    snapshot: &'a Snapshot,
    /// Several rows may be of one record, one behind the other.
    last: Option<(ObjectId, u64)>,
    counted: Counted,
}

impl Take for Reader<'_> {
    fn record(&mut self, wanted: &Wanted, bytes: &mut Bytes<'_>) {
        let row = usize::from(wanted.row.row);
        let segment = self.snapshot.segment(wanted.row);
        let origin = segment.origin(row);
        let here = (origin.object, origin.offset);
        let is_again = self.last.replace(here) == Some(here);
        // What is packed is not seen in the bytes around it.
        let inside = bytes.record(origin.inner).map(|inside| inside.text);
        let unseen = inside.filter(|text| !is_seen(bytes.raw(), text));
        if is_again && unseen.is_none() {
            return;
        }
        let format = &segment.schema().id;
        let mut kinds = BTreeMap::new();
        let mut look = |bytes: &[u8]| {
            for (kind, count) in scan_record(bytes, format) {
                *kinds.entry(kind).or_insert(0) += count;
            }
        };
        if !is_again {
            look(bytes.raw());
        }
        if let Some(text) = unseen {
            look(text.as_bytes());
        }
        let kinds = kinds.into_iter();
        let kinds = kinds.map(|(kind, count)| (kind, (1, count, (origin.offset, origin.place))));
        let of = OfObject { records: 1, kinds: kinds.collect() };
        self.counted.objects.entry(origin.object).or_default().add(of);
    }

    fn lost(&mut self, lost: Lost) {
        self.counted.unread.push(lost);
    }
}

/// Whether a record stands in these bytes, however it is escaped there: then its longest word does.
fn is_seen(bytes: &[u8], record: &str) -> bool {
    let words = record.split(|c: char| !c.is_ascii_alphanumeric());
    let longest = words.max_by_key(|word| word.len()).unwrap_or_default();
    memchr::memmem::find(bytes, longest.as_bytes()).is_some()
}

/// Adds up what was found in the objects of each source, in the order in which they were listed.
fn summed(counted: Counted, ledger: &Ledger, sources: &[String]) -> Scanned {
    let none = sources.iter().map(|source| (source.clone(), OfSource::default()));
    let mut sums = Scanned { sources: none.collect(), unread: counted.unread };
    let order = |id: ObjectId| ledger.get(id).map(|object| object.order);
    sums.unread.sort_by_key(|lost| order(lost.object));
    let mut objects: Vec<(ObjectId, OfObject)> = counted.objects.into_iter().collect();
    objects.sort_by_key(|(id, _)| (order(*id), *id));
    for (id, of) in objects {
        let path = ledger.path(id).unwrap_or_default().to_string();
        let outermost = ledger.outermost(id).map(|object| object.path.to_string());
        let source = source_of(sources, outermost.as_deref().unwrap_or(&path));
        let source = source.cloned().unwrap_or_else(|| path.clone());
        let sum = sums.sources.entry(source).or_default();
        sum.records += of.records;
        for (kind, (records, occurrences, (_, place))) in of.kinds {
            let first = || (path.clone(), place);
            let known = sum.kinds.entry(kind).or_insert_with(|| OfKind {
                records: 0,
                occurrences: 0,
                first: first(),
            });
            known.records += records;
            known.occurrences += occurrences;
        }
    }
    sums
}
