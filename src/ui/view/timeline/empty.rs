//! A table without rows: why there are none, and what to do about it.

use crate::ui::action::Action;
use crate::ui::keymap::Context;
use crate::ui::model::Model;
use crate::ui::pen::Pen;
use crate::ui::theme::Role;
use crate::ui::widget::lanes::grouped;
use crate::ui::wrap::wrapped;
use ratatui::layout::Rect;

pub(super) fn draw(model: &Model, pen: &mut Pen<'_>, area: Rect) {
    let top = area.y + area.height / 2;
    let width = area.width.saturating_sub(4);
    let problem = model.answer.as_ref().and_then(|answer| answer.problem.as_ref());
    let problem = problem.map(|problem| format!("no answer: {problem}"));
    let wrong = problem.iter().flat_map(|problem| wrapped(problem, usize::from(width)));
    let wrong = wrong.map(|line| (line.to_owned(), Role::Error));
    let lines = wrong.chain(why(model).into_iter().map(|line| (line, Role::Placeholder)));
    for (y, (text, role)) in (top..area.bottom()).zip(lines) {
        pen.text(area.x + 2, y, width, &text, role);
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
        // Zero is an answer, and where there is none nobody knows how many match.
        if model.answer.as_ref().is_some_and(|answer| answer.problem.is_none()) {
            said.push(format!("no event matches, of {}", grouped(all as u64)));
        }
        // These keys type while a filter is typed.
        if !model.is_covered {
            said.extend(hint(Action::HistoryBack, "goes back"));
            said.extend(hint(Action::ToggleTerm, "switches terms off"));
        }
    }
    said
}
