//! From one to the next of the selected rows that failed, or that hold a watched value.

use crate::ui::action::Action;
use crate::ui::keymap::Context;
use crate::ui::message::{Effect, Tone};
use crate::ui::model::Model;

/// To the next of some of the selected rows, or the one before.
pub(super) fn jump(action: Action, model: &mut Model) -> Vec<Effect> {
    let (Some(answer), Some(at)) = (model.answer.clone(), model.cursor.at) else {
        return Vec::new();
    };
    let (some, none) = match (action, &answer.watched) {
        (Action::NextError | Action::PreviousError, _) => {
            (&answer.errors, "no further event that failed or was denied")
        }
        (_, Some(watched)) => (&watched.selection, "no further event with a watched value"),
        (_, None) => {
            let hint = [(Action::WatchList, "watches for the values of a file")];
            let keymap = &model.look.keymap;
            let text = keymap.hinted("nothing is watched for", &[Context::Timeline], &hint);
            model.say(Tone::Info, text);
            return Vec::new();
        }
    };
    let here = some.before(answer.selection.snapshot().segment(at).key(usize::from(at.row)));
    let wanted = match action {
        Action::NextError | Action::NextWatched if some.contains(at) => here + 1,
        Action::NextError | Action::NextWatched => here,
        _ => match here.checked_sub(1) {
            Some(before) => before,
            None => usize::MAX,
        },
    };
    match some.nth(wanted) {
        Some(found) => {
            let number = answer.selection.rank(found);
            model.go_to(number)
        }
        None => {
            model.say(Tone::Info, none);
            Vec::new()
        }
    }
}
