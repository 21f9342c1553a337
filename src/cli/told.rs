//! What is told of a load when it is over: what could not be read, and what was left out.

use super::console::Console;
use super::session::{Origin, Session};
use super::status::Status;
use crate::event::counted;
use crate::event::{ObjectId, ReasonKind, State};
use crate::source::LEADS_OUTSIDE;
use crate::store::Object;
use std::collections::HashSet;

/// Objects told one by one when they could not be read whole.
const TOLD: usize = 10;

impl Session {
    /// Tells what could not be read, and says how the load ended.
    pub(super) fn told(&self, origin: &Origin, console: &Console) -> Status {
        let objects = self.store.ledger().all();
        // An archive is no more than the way to its members.
        let archives: HashSet<ObjectId> = objects.iter().filter_map(|one| one.parent).collect();
        let read = |object: &Object| {
            matches!(object.state, Some(State::Read | State::NotALog | State::Partial))
                && !archives.contains(&object.id)
        };
        let nothing = !objects.iter().any(read);
        let is_missed = |object: &&Object| {
            object.is_missed() || nothing && object.state == Some(State::Skipped)
        };
        let missed: Vec<&Object> = objects.iter().filter(is_missed).collect();
        for object in missed.iter().take(TOLD) {
            let state = object.state.map_or("failed", State::as_str);
            let reason = object.reason.as_ref().map(ToString::to_string).unwrap_or_default();
            console.tell(&format!("{}: {state}: {reason}", object.path));
        }
        if missed.len() > TOLD {
            let more = missed.len() - TOLD;
            console.tell(&format!(
                "{} not read whole; see `coverage`",
                counted(more as u64, "more object was", "more objects were")
            ));
        }
        if !nothing {
            self.tell_left_out(&objects, console);
        }
        if objects.is_empty() {
            console.tell("there is not one file in what was named; check the path");
        }
        let cut_off = origin.is_cut_off();
        if cut_off {
            console.tell("-: the pipe was not read to its end; what came is read from its copy");
        }
        if nothing {
            Status::Nothing
        } else if missed.is_empty() && !cut_off {
            Status::Done
        } else {
            Status::Partial
        }
    }

    /// Tells what is no fault, and may be evidence all the same: a number each, since there can be
    /// thousands of them.
    fn tell_left_out(&self, objects: &[Object], console: &Console) {
        let left = |is_it: &dyn Fn(ReasonKind, &str) -> bool| {
            let reasons = objects
                .iter()
                .filter(|object| object.state == Some(State::Skipped) && object.parent.is_none())
                .filter_map(|object| object.reason.as_ref());
            reasons.filter(|reason| is_it(reason.kind, &reason.detail)).count() as u64
        };
        let outside = left(&|_, detail| detail == LEADS_OUTSIDE);
        let special = left(&|kind, _| kind == ReasonKind::Special);
        let window = left(&|kind, _| kind == ReasonKind::OutsideWindow);
        let unparsed = self.store.ledger().totals().counts.unparsed;
        let told = [
            (
                outside,
                "link leads out of what was named and was not followed; name what it points to",
                "links lead out of what was named and were not followed; name what they point to",
            ),
            (
                special,
                "pipe, socket or device in what was named was not read; name a pipe to read it",
                "pipes, sockets or devices in what was named were not read; name a pipe to read it",
            ),
            (
                window,
                "range of dates outside of the window was not fetched; `coverage` says which",
                "ranges of dates outside of the window were not fetched; `coverage` says which",
            ),
            (
                unparsed,
                "record could not be understood; format:unparsed shows it",
                "records could not be understood; format:unparsed shows them",
            ),
        ];
        for (count, one, many) in told {
            if count > 0 {
                console.tell(&counted(count, one, many));
            }
        }
    }
}
