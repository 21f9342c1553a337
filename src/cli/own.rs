//! The user's own formats: read before anything asks which formats there are. A bad definition never
//! stops the program: it is left out, and told.

use crate::format::{self, Format, Own};
use crate::ui::settings::{Places, Problem};

/// Puts them before the formats that are built in. The answer is what keeps some of them out, one
/// mistake for each file.
pub(super) fn install() -> Vec<Problem> {
    let mut problems = Vec::new();
    let files = Places::of_system().formats(&mut problems);
    let mut known: Vec<(String, Own)> = Vec::new();
    for file in files {
        let (own, mistakes) = Own::read(&file.label, &file.text);
        let mut mistakes = mistakes.into_iter().filter(|mistake| mistake.fatal);
        if let Some(mut first) = mistakes.next() {
            let more = mistakes.count();
            let more = if more > 0 { format!("; {more} more") } else { String::new() };
            first.message =
                format!("{}{more}: `trailcase formats check` says all of it", first.message);
            problems.push(first);
        }
        let Some(own) = own else { continue };
        let id = &own.schema().id;
        if let Some((other, _)) = known.iter().find(|(_, known)| known.schema().id == *id) {
            let message =
                format!("{id:?} is the id of the format in {other} too; this one is left out");
            problems.push(Problem::of_file(file.label, message));
        } else {
            known.push((file.label, own));
        }
    }
    let boxed = |(_, own): (String, Own)| -> Box<dyn Format> { Box::new(own) };
    let is_first = format::install(known.into_iter().map(boxed).collect());
    debug_assert!(is_first, "nobody asks for formats before");
    problems
}
