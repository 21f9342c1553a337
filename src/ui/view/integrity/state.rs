//! How the states of an hour look on the grid.

use crate::job::integrity::State;
use crate::ui::theme::{Glyph, Role};

pub(super) const fn glyph(state: State) -> Glyph {
    match state {
        State::Wrong => Glyph::Modified,
        State::Missing => Glyph::LogMissing,
        State::Unlisted => Glyph::Unlisted,
        State::Hole => Glyph::Hole,
        State::Gap => Glyph::Gap,
        State::Unverifiable => Glyph::Unverifiable,
        State::Tail => Glyph::Tail,
        State::Verified => Glyph::Verified,
        State::Empty => Glyph::Empty,
    }
}

pub(super) const fn role(state: State) -> Role {
    match state {
        State::Wrong => Role::StandingModified,
        State::Missing | State::Hole => Role::Error,
        State::Unlisted => Role::StandingUnlisted,
        State::Gap | State::Tail => Role::Warning,
        State::Unverifiable => Role::StandingUnverifiable,
        State::Verified => Role::StandingVerified,
        State::Empty => Role::Muted,
    }
}
