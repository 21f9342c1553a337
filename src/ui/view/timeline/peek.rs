//! Three lines about the event under the cursor, where there is no room for a pane beside the
//! table.

use crate::ui::model::Model;
use crate::ui::pen::Pen;
use crate::ui::theme::Role;
use crate::ui::view::note::headline;
use ratatui::layout::Rect;

/// Fields in the order of what a responder asks first.
const FIELDS: &[&str] = &[
    "outcome",
    "code",
    "principal",
    "src.ip",
    "src.port",
    "dst.ip",
    "dst.port",
    "account",
    "region",
    "resource",
    "bytes.in",
    "bytes.out",
    "key",
    "message",
    "agent",
    "url",
    "process",
    "reason",
    "rule",
];

pub(super) fn draw(model: &Model, area: Rect, pen: &mut Pen<'_>) {
    let Some((at, segment, row)) = model.read_row() else { return };
    let title = format!("{} {}", segment.schema().title, segment.value(row, "event"));
    pen.rule(area, title.trim_end(), false);
    if area.height < 2 {
        return;
    }
    let origin = segment.origin(row);
    let path = model.store.ledger().path(origin.object).unwrap_or_default();
    let last = area.bottom() - 1;
    let mut x = area.x + 1;
    let mut y = area.y + 1;
    for name in FIELDS {
        let value = segment.value(row, name).to_string();
        if value.is_empty() {
            continue;
        }
        let width = (name.len() + 1 + value.chars().count()).min(usize::from(area.width)) as u16;
        if x + width > area.right() && x > area.x + 1 {
            x = area.x + 1;
            y += 1;
        }
        if y >= last {
            break;
        }
        x += pen.text(x, y, area.right().saturating_sub(x), name, Role::Muted) + 1;
        x += pen.text(x, y, area.right().saturating_sub(x), &value, Role::Text) + 2;
    }
    let note = model
        .snapshot()
        .and_then(|snapshot| model.marks(snapshot, at))
        .and_then(|marked| marked.notes.first())
        .and_then(|id| model.case.state().work().notes().get(id));
    if let Some(note) = note {
        pen.line(
            area.x + 1,
            last,
            area.width - 2,
            &[("note ", Role::Muted), (&headline(&note.text), Role::RowMark)],
        );
    } else {
        let from = format!("from {path} {}", origin.place);
        pen.named(area.x + 1, last, area.width - 2, &from, Role::Muted);
    }
}
