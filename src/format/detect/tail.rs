//! Whether the lines of an object are what `aws logs tail` printed, or a program's own.

use super::{is_known, surest};
use crate::format::envelope::{Around, Fallback, Head, peel};
use crate::format::{Match, Probe};

/// Whether lines are what `aws logs tail` printed: a format is sure of more of them without what
/// that puts before them than with it.
pub(super) fn is_tail(lines: &[(String, Head)]) -> bool {
    let (mut without, mut with) = (0, 0);
    for (text, head) in lines {
        let probe = Probe::new(text);
        let peeled = peel(&probe, head, &Fallback::default());
        if let Some(peeled) = peeled.filter(|peeled| peeled.around == Around::Tail) {
            if surest(&probe).0 > Match::Maybe && !is_row(&probe, &peeled.payload) {
                with += 1;
            } else {
                without += usize::from(is_message(&probe, &peeled.payload));
            }
        }
    }
    without > with
}

/// Whether the line is one of a table, and the same table's without what is before it.
fn is_row(line: &Probe<'_>, without: &str) -> bool {
    let (sure, with) = surest(line);
    let inner = surest(&Probe::new(without));
    inner.1 == with && inner.0 >= sure
}

/// What `aws logs tail` printed of a record that a format is sure of.
pub(in crate::format) fn is_known_tail(line: &Probe<'_>, message: &str) -> bool {
    is_message(line, message) && (surest(line).0 <= Match::Maybe || is_row(line, message))
}

/// Whether the text is an object of JSON and no more.
fn is_object(text: &str) -> bool {
    Probe::first(text).is_some_and(|object| object.record.len() == text.trim_end().len())
}

/// Whether what stands behind the time may as well be a level or a name that a program wrote.
fn is_behind_word(line: &str) -> bool {
    let word = line.split(' ').nth(1).unwrap_or_default();
    word.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// Whether a format is sure enough of what stands behind the time of a line: most programs print
/// the time alone or to the second, and only this one microseconds of UTC and a name.
fn is_message(line: &Probe<'_>, message: &str) -> bool {
    match line.record.find(' ') {
        Some(32) => is_known(message) || is_object(message) && !is_behind_word(line.record),
        _ => {
            let probe = Probe::new(message);
            let is_certain = |probe: &Probe<'_>| surest(probe).0 == Match::Certain;
            let inner = || peel(&probe, &Head::default(), &Fallback::default());
            is_certain(&probe)
                || inner().is_some_and(|inner| is_certain(&Probe::new(&inner.payload)))
        }
    }
}
