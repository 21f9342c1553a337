//! Where the record under the cursor stands in the evidence.

use crate::event::Place;
use crate::ui::message::Tone;
use crate::ui::model::Model;

pub(super) fn say(model: &mut Model) {
    let Some((segment, row)) = model.row() else { return };
    let origin = segment.origin(row);
    let path = model.store.ledger().path(origin.object).unwrap_or_default();
    let text = format!("{path} {} at byte {}", print_place(origin.place), origin.offset);
    model.say(Tone::Info, text);
}

/// `line 12` or `record 3`.
pub(super) fn print_place(place: Place) -> String {
    match place {
        Place::Line(line) => format!("line {line}"),
        Place::Index(index) => format!("record {index}"),
    }
}
