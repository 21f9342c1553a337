//! The last part of a page: where exhibits lie, the evidence manifest, what it covers, and the
//! queries used.

use super::{Block, Cell, heading, own, said, stated, table, time, words};
use crate::event::{counted, grouped};
use crate::record::incident::{Exhibit, Incident, Object};

/// Adds where exhibits lie, their bytes, the manifest, coverage and queries.
pub(super) fn add(incident: &Incident, page: &mut Vec<Block>) {
    heading(page, 3, "Exhibits");
    let rows = incident.exhibits.iter().enumerate().map(|(nth, it)| place(nth, it));
    let head = &[
        "id",
        "object",
        "place",
        "first byte",
        "bytes",
        "SHA-256 of the object",
        "SHA-256 of the record",
    ];
    table(page, head, rows.collect());
    if !incident.exhibits.is_empty() {
        let rows = incident.exhibits.iter().enumerate().map(|(nth, it)| about(nth, it));
        let head =
            &["id", "source", "format", "account", "region", "time read as", "tags", "message"];
        page.push(Block::Table(head, rows.collect()));
    }
    for (nth, it) in incident.exhibits.iter().enumerate() {
        let name = format!("E{}", nth + 1);
        let redacted = if it.redacted { ", redacted" } else { "" };
        if let Some(inside) = &it.inside {
            let title = format!("{name}: the record itself{redacted}, out of what is around it");
            page.push(Block::Record(title, inside.clone().into_bytes()));
        }
        if let Some(raw) = &it.raw {
            let bytes = counted(raw.0.len() as u64, "byte", "bytes");
            let title = format!("{name}: the record{redacted}, {bytes}");
            page.push(Block::Record(title, raw.0.clone()));
        }
    }
    heading(page, 3, "Objects");
    let rows = incident.evidence.iter().map(|it| {
        vec![
            said(Some(&it.path)),
            said(it.sha256.as_deref()),
            stated(it.bytes.map(grouped)),
            read(it),
            stated(it.standing),
            said(it.state.as_deref()),
            words(it.remark.as_deref()),
        ]
    });
    let head = &[
        "object",
        "SHA-256 as acquired",
        "bytes",
        "SHA-256 as read for this record",
        "integrity",
        "state",
        "remark",
    ];
    table(page, head, rows.collect());
    coverage(incident, page);
}

/// What the record was made from.
fn read(it: &Object) -> Cell {
    match (&it.read_sha256, &it.sha256) {
        (Some(other), _) => {
            let bytes = it.read_bytes.map(|bytes| format!(" ({} bytes)", grouped(bytes)));
            Cell::Said(format!("{other}{}", bytes.unwrap_or_default()))
        }
        (None, Some(_)) => own("the same"),
        (None, None) => Cell::NotStated,
    }
}

fn place(nth: usize, it: &Exhibit) -> Vec<Cell> {
    vec![
        own(format!("E{}", nth + 1)),
        said(Some(&it.path())),
        stated(it.place()),
        own(it.offset),
        own(it.length),
        said(it.sha256.as_deref()),
        said(it.record_sha256.as_deref()),
    ]
}

/// What else is known of it.
fn about(nth: usize, it: &Exhibit) -> Vec<Cell> {
    vec![
        own(format!("E{}", nth + 1)),
        said(it.source.as_deref()),
        said(it.format.as_deref()),
        said(it.account.as_deref()),
        said(it.region.as_deref()),
        it.zone.as_ref().map_or(own("its own"), |zone| said(Some(zone))),
        if it.tags.is_empty() { own("none") } else { Cell::Said(it.tags.join(", ")) },
        said(it.message.as_deref()),
    ]
}

fn coverage(incident: &Incident, page: &mut Vec<Block>) {
    heading(page, 3, "Coverage and gaps");
    let coverage = &incident.coverage;
    let counts =
        coverage.counts.iter().map(|it| vec![said(Some(&it.what)), own(grouped(it.count))]);
    table(page, &["what was read", "count"], counts.collect());
    let spans = coverage.spans.iter().map(|it| {
        let (of, state) = (said(Some(&it.of)), said(Some(&it.state)));
        vec![of, time(it.from), time(it.to), state, words(it.meaning.as_deref())]
    });
    table(page, &["of", "from", "to", "state", "what that means"], spans.collect());
    if !coverage.remarks.is_empty() {
        page.push(Block::Items(coverage.remarks.iter().cloned().map(Cell::Words).collect()));
    }
    heading(page, 3, "Queries used");
    let queries = incident.queries.iter().map(|it| Cell::Said(it.text.clone()));
    let queries: Vec<Cell> = queries.collect();
    page.push(Block::Items(if queries.is_empty() { vec![Cell::NotStated] } else { queries }));
}
