//! A table without rows: why there are none, and what to do about it.

use crate::ui::action::Action;
use crate::ui::keymap::Context;
use crate::ui::model::Model;
use crate::ui::pen::Pen;
use crate::ui::theme::Role;
use crate::ui::widget::lanes::grouped;
use ratatui::layout::Rect;

pub(super) fn draw(model: &Model, pen: &mut Pen<'_>, area: Rect) {
    let top = area.y + area.height / 2;
    for (y, text) in (top..area.bottom()).zip(why(model)) {
        pen.text(area.x + 2, y, area.width.saturating_sub(4), &text, Role::Placeholder);
    }
}

/// A line for the reason, and one for each key that helps.
fn why(model: &Model) -> Vec<String> {
    let all = model.snapshot().map_or(0, |snapshot| snapshot.visible());
    let loading = model.load.is_none_or(|load| !load.over);
    let hint = |action, help: &str| {
        let key = model.look.keymap.hint(action, &[Context::Timeline, Context::Global]);
        key.map(|key| format!("{key} {help}"))
    };
    let mut said = Vec::new();
    if loading && all == 0 {
        said.push("loading; rows appear here as they are read".to_owned());
    } else if all == 0 {
        said.push("no events were found".to_owned());
        said.extend(hint(Action::ViewSources, "shows what became of every object"));
    } else {
        said.push(format!("no event matches, of {}", grouped(all as u64)));
        // These keys type while a filter is typed.
        if !model.is_covered {
            said.extend(hint(Action::HistoryBack, "goes back"));
            said.extend(hint(Action::ToggleTerm, "switches terms off"));
        }
    }
    said
}
