//! A second look at the logs that may say that somebody stopped logging. They are few, and those of
//! one archive are read in one pass.

use crate::event::{Cancel, Reason, State};
use crate::source::{self, Access, Item, Leaves, Limits, Outcome, Source, Visit};
use crate::verify::content::{Content, Reader};
use crate::verify::{LONGEST_FOR_STOPS, Object, Seen, Stop, read_stops};
use std::collections::HashMap;
use std::ops::ControlFlow;

/// Finds the stops in these objects, which are in one outermost object.
pub(super) fn look(
    source: &dyn Source,
    item: &Item,
    (limits, cancel): (&Limits, &Cancel),
    objects: &mut [Object],
) {
    let member = |object: &Object| object.path.get(item.path.len() + 1..).map(str::to_owned);
    let mut wanted = HashMap::new();
    for object in objects.iter() {
        if let Seen::Log { mentions: true, content, .. } = &object.seen
            && content.bytes <= LONGEST_FOR_STOPS
        {
            wanted.insert(member(object), *content);
        }
    }
    if wanted.is_empty() {
        return;
    }
    // One that changed meanwhile says nothing; its gap stays without an explanation.
    let Ok(input) = source.reopen(item) else { return };
    let names: Option<_> = wanted.keys().map(Option::as_deref).collect();
    let leaves = names.map_or(Leaves::Outermost, Leaves::Members);
    let mut again = Again {
        wanted: &wanted,
        found: HashMap::new(),
        current: None,
        held: vec![],
        reader: Reader::default(),
    };
    let _ = source::reread(input, &leaves, limits, cancel, &mut again);
    let mut found = again.found;
    for object in objects {
        let Some(new) = found.remove(&member(object)) else { continue };
        if let Seen::Log { stops, .. } = &mut object.seen {
            *stops = new.into();
        }
    }
}

/// Takes in the content of one log after the other. A log is known by its member label; `None` is
/// the outermost object.
struct Again<'a> {
    wanted: &'a HashMap<Option<String>, Content>,
    found: HashMap<Option<String>, Vec<Stop>>,
    /// The log that is being read.
    current: Option<String>,
    held: Vec<u8>,
    reader: Reader,
}

impl Visit for Again<'_> {
    fn archive(&mut self, _: Option<&str>, _: Access) {}

    fn as_stored(&mut self, member: Option<&str>) -> bool {
        self.wanted.contains_key(&member.map(str::to_owned))
    }

    fn begin(&mut self, member: Option<&str>) -> ControlFlow<()> {
        if !self.as_stored(member) {
            return ControlFlow::Break(());
        }
        self.reader.again();
        self.held.clear();
        self.current = member.map(str::to_owned);
        ControlFlow::Continue(())
    }

    fn data(&mut self, bytes: &[u8]) -> ControlFlow<()> {
        let Self { reader, held, .. } = self;
        reader.feed(bytes, &mut |bytes| {
            if held.len() as u64 <= LONGEST_FOR_STOPS {
                held.extend_from_slice(bytes);
            }
        });
        ControlFlow::Continue(())
    }

    fn end(&mut self, _: u64, _: Outcome) {
        let Self { reader, held, .. } = self;
        reader.finish(&mut |bytes| held.extend_from_slice(bytes));
        let member = self.current.take();
        if let Some(content) = self.wanted.get(&member) {
            self.found.insert(member, read_stops(&self.held, content));
        }
    }

    fn left(&mut self, _: &str, _: State, _: Reason) {}
}
