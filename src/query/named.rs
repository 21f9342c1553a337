//! What events name: who did it, from where, what, on what, when, and how it ended. It tells how much
//! a source can answer, before a question goes unanswered.

use crate::event::{FieldDef, ObjectId, Outcome, Role, fields};
use crate::store::{Bits, Column, Entry, Overlay, Segment};

/// What an event may name, in the order of [`Named::of`].
pub const ASPECTS: [&str; 6] = ["who", "from where", "what", "on what", "when", "outcome"];

/// How many events name each aspect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Named {
    pub events: u64,
    pub of: [u64; ASPECTS.len()],
}

impl Named {
    pub fn add(&mut self, other: &Self) {
        self.events += other.events;
        for (mine, others) in self.of.iter_mut().zip(other.of) {
            *mine += others;
        }
    }

    /// The share of the events that name an aspect, for people: never all or none of them if that is
    /// not so.
    pub fn share(&self, aspect: usize) -> String {
        let (some, all) = (self.of[aspect], self.events);
        match some.saturating_mul(100).checked_div(all) {
            None => "-".to_owned(),
            Some(0) if some > 0 => "<1%".to_owned(),
            // What is cut off is less than one.
            Some(_) if some < all && some.saturating_mul(100) > all.saturating_mul(99) => {
                ">99%".to_owned()
            }
            Some(share) => format!("{share}%"),
        }
    }
}

/// What the events of each object in a segment name, those that are hidden left out. Only the columns
/// that say it are looked at, and of those only the ones with any value.
pub fn named(segment: &Segment, overlay: &Overlay) -> Vec<(ObjectId, Named)> {
    let len = segment.len();
    let shown = overlay
        .hidden
        .as_deref()
        .map_or_else(|| Bits::all(len), |hidden| Bits::all(len).and_not(hidden));
    let mut found: Vec<(ObjectId, Named)> =
        segment.objects().map(|object| (object, Named::default())).collect();
    for (of, events) in found.iter_mut().zip(segment.count_by_object(&shown)) {
        of.1.events = events;
    }
    for (aspect, rows) in rows(segment).into_iter().enumerate() {
        let Some(rows) = rows else { continue };
        let counts = segment.count_by_object(&rows.and(&shown));
        for (of, count) in found.iter_mut().zip(counts) {
            of.1.of[aspect] = count;
        }
    }
    found.retain(|(_, named)| named.events > 0);
    found
}

/// The rows that name each aspect; nothing where no column could.
fn rows(segment: &Segment) -> [Option<Bits>; ASPECTS.len()] {
    let mut rows: [Option<Bits>; ASPECTS.len()] = Default::default();
    for (slot, field) in segment.fields() {
        let Some(aspect) = aspect(field) else { continue };
        let column = segment.column(slot);
        let present = match (field.role, column) {
            (Role::Outcome, Column::Dict(dict)) => {
                dict.select(|entry| entry != Entry::Text(Outcome::Unknown.as_str()))
            }
            _ => column.present(),
        };
        rows[aspect] = Some(match rows[aspect].take() {
            Some(others) => others.or(&present),
            None => present,
        });
    }
    rows[4] = Some(Bits::range(segment.len(), 0, segment.timed()));
    rows
}

/// What a field is about. Where a connection went to is not where it came from.
fn aspect(field: &FieldDef) -> Option<usize> {
    match field.role {
        Role::Principal => Some(0),
        Role::Ip if field.name != fields::DST_IP.name => Some(1),
        Role::Event => Some(2),
        Role::Resource => Some(3),
        Role::Outcome => Some(5),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_all_or_none_only_if_that_is_so() {
        for (some, events, share) in [
            (0, 0, "-"),
            (0, 12_400, "0%"),
            (1, 12_400, "<1%"),
            (6200, 12_400, "50%"),
            (12_276, 12_400, "99%"),
            (12_399, 12_400, ">99%"),
            (12_400, 12_400, "100%"),
        ] {
            let named = Named { events, of: [some; ASPECTS.len()] };
            assert_eq!(named.share(0), share, "{some} of {events}");
        }
    }
}
