//! What is said of work that the journal did not take when the screen is gone: it is the last time
//! that anybody can read it.

use crate::case::What;
use crate::cli::console::Console;
use crate::cli::status::Status;
use crate::job::{Desk, Ended, Saved};

/// Tells what was not saved, with the text of notes that are nowhere else.
pub(super) fn tell(ended: Ended, desk: &Desk, console: &Console) -> Status {
    let lines = lines(ended, desk);
    for line in &lines {
        console.tell(line);
    }
    if lines.is_empty() { Status::Done } else { Status::Partial }
}

fn lines(ended: Ended, desk: &Desk) -> Vec<String> {
    if ended == Ended::Unknown {
        return vec!["the disk does not answer: what was done last may not be saved".to_owned()];
    }
    let (Saved::No { entries, problem }, true) = (&desk.saved, ended != Ended::Saved) else {
        return Vec::new();
    };
    let all = desk.state.entries().iter().enumerate();
    let ours = all.filter(|(position, _)| desk.state.chain_of(*position) == 0);
    let ours: Vec<&What> = ours.map(|(_, entry)| &entry.what).collect();
    let unsaved = ours.get(ours.len().saturating_sub(*entries)..).unwrap_or_default();
    // That a session began, loaded and ended is no work that anybody would miss.
    let is_work = |what: &&&What| {
        !matches!(what, What::SessionStart { .. } | What::SessionEnd | What::Load(_))
    };
    let work: Vec<&&What> = unsaved.iter().filter(is_work).collect();
    if work.is_empty() {
        return Vec::new();
    }
    let (head, what_of_it) = match ended {
        Ended::Aside => ("set aside: ", "; it lies beside the journal for the next session"),
        _ => ("NOT SAVED: ", ""),
    };
    let mut lines = vec![format!("{head}{problem}{what_of_it}")];
    for what in work {
        lines.push(format!("{head}{}", what.summary()));
        if let (What::NoteAdd { text, .. } | What::NoteEdit { text, .. }, Ended::Lost) =
            (what, ended)
        {
            lines.extend(text.lines().map(|line| format!("  {line}")));
        }
    }
    lines
}
