//! What stands above a record: its origin, hash and standing, and what the analyst said of it.

use crate::case::hex;
use crate::event::counted;
use crate::store::RowRef;
use crate::ui::model::Model;
use crate::ui::theme::Role;
use crate::ui::widget::table;

/// Origin, hash and standing: what an exhibit needs, always in sight.
pub(super) fn header(model: &Model) -> Vec<(&'static str, String, Role)> {
    let Some((at, segment, row)) = model.read_row() else { return Vec::new() };
    let origin = segment.origin(row);
    let ledger = model.store.ledger();
    let path = ledger.path(origin.object).unwrap_or_default();
    let mut lines = vec![(
        "from",
        format!(
            "{path} {}, byte {}, {}",
            origin.place,
            origin.offset,
            counted(origin.length.into(), "byte", "bytes")
        ),
        Role::Text,
    )];
    if let Some(hash) = ledger.outermost(origin.object).and_then(|object| object.sha256) {
        lines.push(("sha256", hex(&hash), Role::Muted));
    }
    if segment.is_zone_assumed(row) {
        let zone = ledger.get(origin.object).map(|object| object.zone).unwrap_or_default();
        let text = format!("{zone} (assumed); the record names none for certain");
        lines.push(("zone", text, Role::Muted));
    }
    lines.extend(standing(model, at, &path).map(|(text, role)| ("standing", text, role)));
    if let Some(snapshot) = model.snapshot() {
        if snapshot.is_conflict(at) {
            let text = "another record has the same id and other bytes".to_owned();
            lines.push(("conflict", text, Role::Warning));
        }
        if let Some(marked) = model.marks(snapshot, at) {
            let notes = model.case.state().work().notes();
            for note in marked.notes.iter().filter_map(|id| notes.get(id)) {
                let names = std::iter::once("note").chain(std::iter::repeat(""));
                let each = names.zip(note.text.lines());
                lines.extend(each.map(|(name, line)| (name, line.to_owned(), Role::RowMark)));
            }
            if !marked.tags.is_empty() {
                let tags: Vec<&str> = marked.tags.iter().map(String::as_str).collect();
                lines.push(("tags", tags.join(" "), Role::RowMark));
            }
        }
    }
    let record = model.read_record();
    if let Some(Err(problem)) = record.map(|record| &record.raw) {
        lines.push(("problem", problem.clone(), Role::Error));
    }
    lines
}

/// What is proven of a record, and by what.
pub(super) fn standing(model: &Model, at: RowRef, path: &str) -> Option<(String, Role)> {
    let report = model.verified.report.as_ref()?;
    let standing = model.standing(at);
    let judged = report.log(path);
    let fault = judged.and_then(|judged| judged.fault);
    let fault = fault.map_or(String::new(), |fault| format!(": {fault}"));
    let digest = judged.and_then(|judged| report.digests.get(judged.digest?));
    let digest = digest
        .map_or(String::new(), |digest| format!(", by the digest of {}", digest.to.to_rfc3339(0)));
    let role = table::standing(standing).map_or(Role::Muted, |(_, role)| role);
    Some((format!("{standing}{fault}{digest}"), role))
}
