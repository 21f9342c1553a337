//! Staying on the newest event while more come, until the analyst moves away from it.

use super::Model;
use crate::ui::message::{Effect, Tone};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Follow {
    #[default]
    No,
    /// The cursor stays on the last row.
    Newest,
    /// The analyst looks at something else; what comes is counted.
    Paused,
}

impl Model {
    /// Follows from the first row on, wherever the last session ended.
    pub fn begin_to_follow(&mut self) {
        self.follow = Follow::Newest;
        self.cursor.resume = None;
    }

    /// Follows, goes on with it, or stops.
    pub fn toggle_follow(&mut self) -> Vec<Effect> {
        if self.follow == Follow::Newest {
            self.follow = Follow::No;
            self.say(Tone::Info, "the cursor stays where it is, whatever comes");
            return Vec::new();
        }
        self.follow = Follow::Newest;
        let mut effects = self.go_to(usize::MAX);
        effects.push(Effect::Follow);
        effects
    }

    /// Goes to the last row, and follows again if that was paused.
    pub fn go_to_newest(&mut self) -> Vec<Effect> {
        if self.follow == Follow::Paused {
            self.follow = Follow::Newest;
        }
        self.go_to(usize::MAX)
    }

    /// How many rows there are behind the one the analyst looks at, while following is paused.
    pub fn newer(&self) -> Option<usize> {
        let total = self.answer.as_ref()?.selection.len();
        (self.follow == Follow::Paused).then(|| total.saturating_sub(self.cursor.number + 1))
    }
}
