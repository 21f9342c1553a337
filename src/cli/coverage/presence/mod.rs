//! What sources are there and what their silence means, for people.

mod json;
mod kept;
mod lanes;
mod sources;

use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::event::Timestamp;
use crate::store::Ledger;
use crate::verify::presence::{Place, Presence};

pub(super) use json::{document, gaps};

/// What is printed, with what it needs to name things.
pub(super) struct Told<'a> {
    pub(super) presence: &'a Presence,
    pub(super) ledger: &'a Ledger,
    pub(super) snapshot: &'a crate::store::Snapshot,
    /// Objects with times of no zone, and the zones they were read in.
    pub(super) zoneless: (usize, &'a str),
}

pub(super) fn print(told: &Told<'_>, console: &mut Console) -> Result<(), CliError> {
    lanes::print(told.presence, console)?;
    lanes::gaps(told.presence, console)?;
    sources::expected(told.presence, console)?;
    sources::switched(told, console)?;
    kept::retention(told.presence, console)?;
    kept::clock(told, console)
}

/// A heading of a part, after an empty line.
fn heading(text: &str, console: &mut Console) -> Result<(), CliError> {
    console.line("")?;
    console.line(text)
}

/// A time without its fraction.
fn second(nanos: i64) -> String {
    Timestamp(nanos).to_rfc3339(0)
}

/// A length of time for people: its two largest units.
fn length(nanos: i64) -> String {
    const UNITS: [(i64, &str); 4] = [
        (Timestamp::DAY, "d"),
        (Timestamp::HOUR, "h"),
        (Timestamp::MINUTE, "min"),
        (Timestamp::SECOND, "s"),
    ];
    let Some(at) = UNITS.iter().position(|(unit, _)| nanos >= *unit) else {
        return "0 s".to_owned();
    };
    let (unit, name) = UNITS[at];
    let (whole, rest) = (nanos / unit, nanos % unit);
    match UNITS.get(at + 1).map(|(unit, name)| (rest / unit, name)) {
        Some((more, less)) if more > 0 => format!("{whole} {name} {more} {less}"),
        _ => format!("{whole} {name}"),
    }
}

/// `111122223333 eu-central-1`, or what is known of it.
fn place(place: &Place) -> String {
    let account = place.account.as_deref().unwrap_or("-");
    match (&place.account, &place.region) {
        (None, None) => "no account or Region".to_owned(),
        (_, region) => format!("{account} {}", region.as_deref().unwrap_or("-")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_have_two_units() {
        for (seconds, text) in [
            (0, "0 s"),
            (59, "59 s"),
            (61, "1 min 1 s"),
            (3600, "1 h"),
            (3661, "1 h 1 min"),
            (90_000, "1 d 1 h"),
            (86_460, "1 d"),
        ] {
            assert_eq!(length(seconds * Timestamp::SECOND), text);
        }
    }
}
