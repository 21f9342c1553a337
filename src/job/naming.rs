//! What the events of each source name, and what they cannot. Segments never change, so that what was found out about one is
//! kept: while rows go on coming, only theirs are counted.

use crate::event::ObjectId;
use crate::event::scope::source_of;
use crate::format::formats;
use crate::query::{Named, named};
use crate::store::{Bits, Ledger, Overlay, Segment, Snapshot};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Weak};

/// What the events of one source name: all of them, and those of each format.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OfSource {
    pub all: Named,
    pub formats: BTreeMap<String, Named>,
}

/// The same of every source, at one moment of the store.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OfSources {
    /// That of the snapshot.
    pub version: u64,
    pub sources: BTreeMap<String, OfSource>,
    /// What logs of the formats among them cannot show, by the format's id: who looks for what is
    /// named has to know what no such log names.
    pub limits: BTreeMap<String, &'static str>,
}

/// What was found out so far.
#[derive(Debug, Default)]
pub struct Naming {
    /// By position of the segment.
    known: Vec<Known>,
}

/// What was found out about the rows of a segment, while those that are hidden are these.
#[derive(Debug, Default)]
struct Known {
    segment: Weak<Segment>,
    hidden: Option<Arc<Bits>>,
    named: Vec<(ObjectId, Named)>,
}

impl Known {
    fn is_of(&self, segment: &Arc<Segment>, overlay: &Overlay) -> bool {
        let same = match (&self.hidden, &overlay.hidden) {
            (Some(mine), Some(theirs)) => Arc::ptr_eq(mine, theirs),
            (mine, theirs) => mine.is_none() && theirs.is_none(),
        };
        same && std::ptr::eq(self.segment.as_ptr(), Arc::as_ptr(segment))
    }
}

impl Naming {
    /// Counts what is not counted yet; nothing if that is to stop, which is asked before each segment.
    /// What was counted until then need not be counted again.
    pub fn count(
        &mut self,
        snapshot: &Snapshot,
        ledger: &Ledger,
        sources: &[String],
        mut stop: impl FnMut() -> bool,
    ) -> Option<OfSources> {
        self.known.resize_with(snapshot.segments.len(), Known::default);
        let all = snapshot.segments.iter().zip(&snapshot.overlays);
        for (known, (segment, overlay)) in self.known.iter_mut().zip(all) {
            if !known.is_of(segment, overlay) {
                if stop() {
                    return None;
                }
                *known = Known {
                    segment: Arc::downgrade(segment),
                    hidden: overlay.hidden.clone(),
                    named: named(&segment.for_a_pass(), overlay),
                };
            }
        }
        Some(self.sum(snapshot, ledger, sources))
    }

    fn sum(&self, snapshot: &Snapshot, ledger: &Ledger, sources: &[String]) -> OfSources {
        let none = sources.iter().map(|source| (source.clone(), OfSource::default()));
        let mut found = OfSources {
            version: snapshot.version,
            sources: none.collect(),
            limits: BTreeMap::new(),
        };
        let mut of_object: HashMap<ObjectId, Option<&String>> = HashMap::new();
        for (known, segment) in self.known.iter().zip(&snapshot.segments) {
            for (object, named) in &known.named {
                let source = of_object.entry(*object).or_insert_with(|| {
                    let outermost = ledger.outermost(*object)?;
                    source_of(sources, &outermost.path)
                });
                let Some(source) = source else { continue };
                let of_source = found.sources.entry((*source).clone()).or_default();
                of_source.all.add(named);
                let format = segment.schema().id.to_string();
                of_source.formats.entry(format).or_default().add(named);
            }
        }
        found.limits = limits(&found.sources);
        found
    }
}

/// What is no format's, such as what could not be understood, is no log that could show anything.
fn limits(sources: &BTreeMap<String, OfSource>) -> BTreeMap<String, &'static str> {
    let is_there = |id: &str| sources.values().any(|source| source.formats.contains_key(id));
    let all = formats().iter().map(|format| (&*format.schema().id, format.limits()));
    let known = all.filter(|(id, _)| *id != "unparsed" && is_there(id));
    known.map(|(id, limits)| (id.to_owned(), limits)).collect()
}

#[cfg(test)]
mod tests;
