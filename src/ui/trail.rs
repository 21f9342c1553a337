//! The way through the investigation: every filter and place, to go back and forward.

use crate::event::Timestamp;
use crate::store::RowRef;

/// Steps kept.
const MAX_STEPS: usize = 1000;

/// Where the analyst was.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Step {
    pub filter: String,
    /// Positions of top-level terms that are switched off.
    pub off: Vec<usize>,
    /// The part of the axis on screen; `None` is all.
    pub window: Option<(Timestamp, Timestamp)>,
    pub cursor: Option<RowRef>,
}

/// Steps and the one we are at.
#[derive(Debug, Clone, Default)]
pub struct Trail {
    steps: Vec<Step>,
    at: usize,
}

impl Trail {
    /// Goes on to a new step; those ahead are forgotten. `here` is how the present one is left.
    pub fn go(&mut self, here: Step, next: Step) {
        self.leave(here);
        self.steps.truncate(self.at + 1);
        self.steps.push(next);
        if self.steps.len() > MAX_STEPS {
            self.steps.remove(0);
        }
        self.at = self.steps.len() - 1;
    }

    /// Back to the step before, if there is one.
    pub fn back(&mut self, here: Step) -> Option<Step> {
        self.leave(here);
        self.at = self.at.checked_sub(1)?;
        self.steps.get(self.at).cloned()
    }

    pub fn forward(&mut self, here: Step) -> Option<Step> {
        self.leave(here);
        if self.at + 1 >= self.steps.len() {
            return None;
        }
        self.at += 1;
        self.steps.get(self.at).cloned()
    }

    /// How many steps lie behind.
    pub fn depth(&self) -> usize {
        self.at
    }

    fn leave(&mut self, here: Step) {
        if self.steps.is_empty() {
            self.steps.push(here);
        } else {
            self.steps[self.at] = here;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(filter: &str) -> Step {
        Step { filter: filter.to_owned(), ..Step::default() }
    }

    #[test]
    fn back_and_forward_give_the_places_as_they_were_left() {
        let mut trail = Trail::default();
        assert_eq!(trail.back(step("")), None);
        trail.go(step(""), step("a"));
        trail.go(step("a'"), step("b"));
        assert_eq!(trail.back(step("b'")), Some(step("a'")));
        assert_eq!(trail.back(step("a'")), Some(step("")));
        assert_eq!(trail.back(step("")), None);
        assert_eq!(trail.forward(step("")), Some(step("a'")));
        assert_eq!(trail.forward(step("a'")), Some(step("b'")));
        assert_eq!(trail.forward(step("b'")), None);
        trail.back(step("b'"));
        trail.go(step("a'"), step("c"));
        assert_eq!(trail.forward(step("c")), None);
    }
}
