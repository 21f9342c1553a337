//! Fetching the events of one cell, page by page.
//!
//! `FilterLogEvents`: "Amazon CloudWatch Logs API Reference". It gives no bytes as they were, but
//! members of JSON; they are written down one event a line, with the members' names and in their
//! order there, so that the object reads like what `aws logs filter-log-events` prints.

use super::Place;
use super::cells::Cell;
use super::group::Group;
use super::line::Line;
use crate::event::{Reason, ReasonKind, Timestamp};
use crate::source::Item;
use crate::source::aws::policy::FILTER_LOG_EVENTS;
use crate::source::aws::{Asked, Failure};
use crate::source::traffic::OnWay;
use crate::source::vault::{Acquired, full};
use aws_sdk_cloudwatchlogs::types::FilteredLogEvent;
use std::collections::BTreeMap;

/// Cells fetched at one time: an account may ask five to ten times a second in a region.
pub(super) const AT_ONCE: usize = 5;

/// What the index says of how an object came to be.
const FORM: &str = "re-serialised: events of FilterLogEvents, one a line";

/// Brings the events of a cell into the vault.
pub(super) async fn fetch(place: &Place, item: &Item, way: &OnWay) -> Result<(), Reason> {
    let Some(cell) = Cell::of(&item.key) else {
        return Err(Reason::new(ReasonKind::NotFound, "is no part of a log group"));
    };
    let group = place.group().await?;
    // Later events may be missing in it.
    let fetched = Timestamp::now().to_rfc3339(3);
    let mut arrival = place.vault.begin().map_err(|error| full(&error))?;
    let live = place.written_live(cell.from, cell.until);
    let (mut pass, mut next, mut lines) = (live.pass(), None, Vec::new());
    loop {
        let (events, after) = page(place, &group, cell, next.clone()).await?;
        lines.clear();
        for line in events.iter().map(Line::of).filter(|line| pass.is_new(line)) {
            line.write(&mut lines);
        }
        arrival.write(&lines).map_err(|error| full(&error))?;
        way.came(lines.len() as u64);
        match after {
            None => break,
            after if after == next => return Err(same_page()),
            after => next = after,
        }
    }
    let acquired = Acquired {
        address: item.path.to_string(),
        etag: String::new(),
        version: None,
        bytes: 0,
        sha256: String::new(),
        modified: None,
        fetched,
        form: Some(FORM.to_owned()),
        lock: None,
        metadata: BTreeMap::new(),
    };
    place.vault.keep(arrival, acquired).map_err(|error| full(&error))?;
    way.arrived();
    Ok(())
}

/// The service never comes to an end.
pub(super) fn same_page() -> Reason {
    let detail = "it gave the same page again and again: read the source again";
    Reason::new(ReasonKind::Io, detail)
}

/// One page of events, and what the next begins with. Pages may be empty in the middle.
pub(super) async fn page(
    place: &Place,
    group: &Group,
    cell: Cell,
    next: Option<String>,
) -> Result<(Vec<FilteredLogEvent>, Option<String>), Reason> {
    let asked = place.client().await?.filter_log_events();
    let asked = if group.is_arn() {
        asked.log_group_identifier(&group.id)
    } else {
        asked.log_group_name(&group.id)
    };
    let streams = Some(group.streams.clone()).filter(|streams| !streams.is_empty());
    let asked = asked
        .set_log_stream_name_prefix(streams)
        .start_time(cell.from)
        // The service takes the end for part of it.
        .end_time(cell.until - 1)
        .set_next_token(next);
    let page = place.patience.ask(|| asked.clone().send()).await.map_err(|error| {
        Failure::of(&error).reason(Asked { permission: FILTER_LOG_EVENTS, on: &place.name })
    })?;
    Ok((page.events.unwrap_or_default(), page.next_token))
}
