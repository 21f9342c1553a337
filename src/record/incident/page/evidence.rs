//! The last part of a page: where exhibits lie, the evidence manifest, what it covers, and the
//! queries used.

use super::{Block, Cell, heading, own, said, stated, table, time, words};
use crate::event::grouped;
use crate::record::incident::{Exhibit, Incident};

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
    for (nth, it) in incident.exhibits.iter().enumerate() {
        let name = format!("E{}", nth + 1);
        page.extend(
            it.notes.iter().map(|text| Block::Prose(Some(format!("note on {name}")), text.clone())),
        );
        if let Some(raw) = &it.raw {
            let redacted = if it.redacted { ", redacted" } else { "" };
            let title =
                format!("{name}: the record{redacted}, {} bytes", grouped(raw.0.len() as u64));
            page.push(Block::Record(title, raw.0.clone()));
        }
    }
    heading(page, 3, "Objects");
    let rows = incident.evidence.iter().map(|it| {
        vec![
            said(Some(&it.path)),
            said(it.sha256.as_deref()),
            stated(it.bytes.map(grouped)),
            stated(it.standing),
            said(it.state.as_deref()),
            words(it.remark.as_deref()),
        ]
    });
    let head = &["object", "SHA-256 as acquired", "bytes", "integrity", "state", "remark"];
    table(page, head, rows.collect());
    coverage(incident, page);
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

fn coverage(incident: &Incident, page: &mut Vec<Block>) {
    heading(page, 3, "Coverage and gaps");
    let coverage = &incident.coverage;
    let counts =
        coverage.counts.iter().map(|it| vec![said(Some(&it.what)), own(grouped(it.count))]);
    table(page, &["what was read", "count"], counts.collect());
    let spans = coverage.spans.iter().map(|it| {
        let (of, state) = (said(Some(&it.of)), said(Some(&it.state)));
        vec![of, time(it.from), time(it.to), state, words(it.remark.as_deref())]
    });
    table(page, &["of", "from", "to", "state", "remark"], spans.collect());
    if !coverage.remarks.is_empty() {
        page.push(Block::Items(coverage.remarks.iter().cloned().map(Cell::Words).collect()));
    }
    heading(page, 3, "Queries used");
    let rows = incident.queries.iter().map(|it| {
        vec![
            said(Some(&it.text)),
            words(it.purpose.as_deref()),
            stated(it.matched.map(grouped)),
            stated(it.searched.map(grouped)),
        ]
    });
    table(page, &["query", "purpose", "matched", "of"], rows.collect());
}
