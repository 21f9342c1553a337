//! Where the record under the cursor stands in the evidence, in full.

use super::header::standing;
use crate::case::hex;
use crate::ui::action::Action;
use crate::ui::keymap::Context;
use crate::ui::layout::middle;
use crate::ui::model::Model;
use crate::ui::pen::Pen;
use crate::ui::theme::Role;
use crate::ui::view::{Step, View};
use crate::ui::widget::lanes::grouped;
use crate::ui::wrap::wrapped;
use ratatui::layout::Rect;

/// Columns of the names.
const NAME: u16 = 9;

/// A box with the origin of one record.
#[derive(Debug)]
pub(super) struct OriginCard(Vec<(&'static str, String)>);

impl OriginCard {
    /// The origin of the row under the cursor.
    pub(super) fn new(model: &Model) -> Option<Self> {
        let (segment, row) = model.row()?;
        let origin = segment.origin(row);
        let ledger = model.store.ledger();
        let path = ledger.path(origin.object).unwrap_or_default();
        let bytes =
            format!("{} bytes from byte {}", grouped(origin.length.into()), grouped(origin.offset));
        let mut lines =
            vec![("object", path.to_string()), ("record", origin.place.to_string()), ("", bytes)];
        if let Some(object) = ledger.outermost(origin.object) {
            let hash = object.sha256.map_or_else(|| "not read to its end".to_owned(), |h| hex(&h));
            lines.push(("sha256", hash));
            if object.unchecked {
                lines.push(("", "of an earlier session, not re-verified yet".to_owned()));
            }
            if *object.path != *path {
                lines.push(("", format!("of {}", object.path)));
            }
        }
        let standing = standing(model, model.cursor.at?, &path);
        lines.extend(standing.map(|(text, _)| ("standing", text)));
        Some(Self(lines))
    }
}

impl View for OriginCard {
    fn contexts(&self) -> &'static [Context] {
        &[Context::List]
    }

    fn hints(&self) -> &'static [(Action, &'static str)] {
        &[(Action::Escape, "close")]
    }

    fn act(&mut self, action: Action, _: &mut Model) -> Option<Vec<Step>> {
        let closes = matches!(action, Action::Escape | Action::ShowOrigin | Action::Open);
        closes.then(|| vec![Step::Close])
    }

    fn draw(&self, _: &Model, body: Rect, pen: &mut Pen<'_>) {
        let width = body.width.min(110);
        let room = usize::from(width.saturating_sub(NAME + 5)).max(12);
        let lines: Vec<(&str, &str)> = self
            .0
            .iter()
            .flat_map(|(name, text)| {
                let names = std::iter::once(*name).chain(std::iter::repeat(""));
                names.zip(wrapped(text, room))
            })
            .collect();
        let area = middle(body, width, lines.len() as u16 + 2);
        pen.clear(area);
        let inside = pen.frame(area, "where the record stands", true);
        for (row, (name, text)) in lines.into_iter().take(usize::from(inside.height)).enumerate() {
            let y = inside.y + row as u16;
            pen.text(inside.x + 1, y, NAME, name, Role::Muted);
            let room = inside.width.saturating_sub(NAME + 2);
            pen.named(inside.x + 1 + NAME, y, room, text, Role::Text);
        }
    }
}
