//! From the grid to the rows in the timeline: of an hour, or of one object.

use crate::event::Timestamp;
use crate::job::integrity::Cell;
use crate::query::ast::Pattern;
use crate::query::quote;
use crate::ui::message::Effect;
use crate::ui::model::Model;
use crate::ui::view::{Base, Step};
use crate::verify::Scope;

/// The rows of the scope's account and Region in this time.
pub(super) fn to_time(model: &mut Model, scope: &Scope, cell: Cell) -> Vec<Step> {
    let (from, to) = (Timestamp(cell.0), Timestamp(cell.1));
    let time = format!("time:{}..{}", from.to_rfc3339(0), to.to_rfc3339(0));
    let of = [("account", &scope.account), ("region", &scope.region)];
    let of = of.map(|(field, value)| format!("{field}:{}", quote(value)));
    // Where nothing that is loaded has such a field, it would find nothing.
    let known = |term: &String| model.parse(term).is_ok();
    let terms: Vec<String> = of.into_iter().filter(known).chain([time]).collect();
    show(model, &terms.join(" "), Some(cell))
}

/// The rows of one object.
pub(super) fn to_object(model: &mut Model, path: &str) -> Vec<Step> {
    let filter = format!("origin.object:{}", Pattern::literal(path));
    show(model, &filter, None)
}

fn show(model: &mut Model, filter: &str, window: Option<Cell>) -> Vec<Step> {
    model.set_filter(filter);
    if model.filter.error.is_some() {
        return Vec::new();
    }
    model.time.window = window.map(|(from, to)| (Timestamp(from), Timestamp(to)));
    let ask: Effect = model.ask();
    vec![Step::Show(Base::Timeline), Step::Effect(ask)]
}
