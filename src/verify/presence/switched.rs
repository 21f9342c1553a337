//! Who switched a source off, or tried to, when, and whether it was switched on again.

use super::lanes::{Place, is_account, is_region};
use super::switches::{SWITCHES, Switch, Turn};
use crate::event::{Cancel, Outcome, Time};
use crate::format::Service;
use crate::store::{Column, Entry, RowRef, Segment, Snapshot};
use std::collections::HashMap;

/// Calls that are kept; who makes more wants to fill the memory. Of those that changed something
/// as many as of those that did not: attempts cost nothing, and must not hide what succeeded.
const MOST: usize = 20_000;

/// A source was switched off, or may have been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switched {
    /// Where it stands; of several attempts, the first.
    pub at: RowRef,
    pub time: Option<Time>,
    pub place: Place,
    pub service: Service,
    /// The name of the call.
    pub event: &'static str,
    pub turn: Turn,
    /// What it was done to, if the record says.
    pub target: Option<String>,
    pub by: Option<String>,
    /// The address it came from, or the service.
    pub from: Option<String>,
    /// Only what succeeded has changed anything.
    pub outcome: Outcome,
    /// Why it did not succeed.
    pub code: Option<String>,
    /// Attempts of the same principal that ended the same way; one, if it succeeded.
    pub times: u64,
    /// The last of them.
    pub last: Option<Time>,
    /// It was switched on again.
    pub again: Option<Again>,
}

impl Switched {
    /// Whether it switched the source off for as long as the evidence lasts.
    pub fn is_off(&self) -> bool {
        self.turn == Turn::Off && self.outcome == Outcome::Success && self.again.is_none()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Again {
    pub at: RowRef,
    pub time: Option<Time>,
    pub event: &'static str,
    pub by: Option<String>,
}

/// What attempts have in common that stand once: the call, where, on what, by whom, and how it
/// ended.
type Attempt = (&'static str, Place, [Option<String>; 2], Outcome);

/// One call as it was found.
struct Call {
    switch: &'static Switch,
    switched: Switched,
}

/// All such calls, by time, and how many more there are than are kept; `None` if called off.
pub(super) fn find(snapshot: &Snapshot, cancel: &Cancel) -> Option<(Vec<Switched>, u64)> {
    let mut calls = Vec::new();
    let (mut more, mut kept) = (0, [0_usize; 2]);
    for (number, segment) in snapshot.segments.iter().enumerate() {
        if cancel.is_cancelled() {
            return None;
        }
        if segment.schema().id != "cloudtrail" || segment.is_empty() {
            continue;
        }
        let segment = segment.for_a_pass();
        let hidden = snapshot.overlays[number].hidden.as_deref();
        in_segment(&segment, |row, switch| {
            if hidden.is_some_and(|hidden| hidden.get(row)) {
                return;
            }
            let kept = &mut kept[usize::from(segment.outcome(row) == Outcome::Success)];
            if *kept >= MOST {
                more += 1;
                return;
            }
            *kept += 1;
            let at = RowRef { segment: number as u32, row: row as u16 };
            calls.push(Call { switch, switched: read(&segment, at, switch) });
        });
    }
    calls.sort_by_key(|call| (call.switched.time.map(|time| time.at), call.switched.at.segment));
    Some((joined(calls), more))
}

/// Calls with each row that is one of the calls of the table.
fn in_segment(segment: &Segment, mut found: impl FnMut(usize, &'static Switch)) {
    let column = |name: &str| segment.schema().slot(name).map(|slot| segment.column(slot));
    let Some(Column::Dict(events)) = column("event") else { return };
    let named = |entry: Entry<'_>| match entry {
        Entry::Text(text) => SWITCHES.iter().any(|switch| switch.event == text),
        Entry::Ip(_) | Entry::List(_) => false,
    };
    if !(0..events.distinct()).any(|index| named(events.entry(index))) {
        return;
    }
    for row in events.select(named).iter() {
        let (event, at) = (text(segment, row, "event"), text(segment, row, "event.source"));
        let is = |switch: &&Switch| Some(switch.event) == event.as_deref();
        let from = |switch: &&Switch| at.as_deref().is_none_or(|at| at == switch.at);
        if let Some(switch) = SWITCHES.iter().find(|switch| is(switch) && from(switch)) {
            found(row, switch);
        }
    }
}

fn text(segment: &Segment, row: usize, name: &str) -> Option<String> {
    let cell = segment.value(row, name);
    (!cell.is_absent()).then(|| cell.to_string())
}

fn read(segment: &Segment, at: RowRef, switch: &'static Switch) -> Switched {
    let row = usize::from(at.row);
    let field = |name: &str| text(segment, row, name);
    let time = segment.time(row);
    Switched {
        at,
        time,
        place: Place {
            account: field("account").filter(|account| is_account(account)),
            region: field("region").filter(|region| is_region(region)),
        },
        service: switch.service,
        event: switch.event,
        turn: switch.turn,
        target: switch.target.iter().find_map(|name| field(name)),
        by: field("principal"),
        from: field("src.ip").or_else(|| field("sourceIPAddress")),
        outcome: segment.outcome(row),
        code: field("code"),
        times: 1,
        last: time,
        again: None,
    }
}

/// What switches off or changes, each with what switched it on again. Attempts that came to
/// nothing stand once for each who made them.
fn joined(calls: Vec<Call>) -> Vec<Switched> {
    let mut found: Vec<Switched> = Vec::new();
    // Those that are off, by service and place; a call that turns on looks at these alone.
    let mut open: HashMap<(Service, Place), Vec<usize>> = HashMap::new();
    let mut tried: HashMap<Attempt, usize> = HashMap::new();
    for Call { switch, switched } in calls {
        let key = (switched.service, switched.place.clone());
        let done = switched.outcome == Outcome::Success;
        if switch.turn == Turn::On {
            let Some(open) = open.get_mut(&key).filter(|_| done) else { continue };
            open.retain(|&at| {
                let undone = undoes(switch, &switched, &found[at]);
                if undone {
                    found[at].again = Some(Again {
                        at: switched.at,
                        time: switched.time,
                        event: switch.event,
                        by: switched.by.clone(),
                    });
                }
                !undone
            });
            continue;
        }
        if !done {
            let who = [switched.target.clone(), switched.by.clone()];
            let same = (switch.event, switched.place.clone(), who, switched.outcome);
            if let Some(&at) = tried.get(&same) {
                found[at].times += 1;
                found[at].last = switched.last;
                continue;
            }
            tried.insert(same, found.len());
        } else if switch.turn == Turn::Off {
            open.entry(key).or_default().push(found.len());
        }
        found.push(switched);
    }
    found
}

fn undoes(switch: &Switch, on: &Switched, off: &Switched) -> bool {
    let same = match (&on.target, &off.target) {
        (Some(on), Some(off)) => name_of(on) == name_of(off),
        _ => true,
    };
    same && switch.undoes.contains(&off.event)
}

/// A trail is called by its name or by its ARN, which ends in it.
fn name_of(target: &str) -> &str {
    if target.starts_with("arn:") {
        target.rsplit_once('/').map_or(target, |(_, name)| name)
    } else {
        target
    }
}
