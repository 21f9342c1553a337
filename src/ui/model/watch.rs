//! The lists of indicators whose events are marked: those of the case, as a question.

use super::Model;
use crate::job::Watched;
use crate::query::{Query, quote};
use crate::ui::message::Tone;
use std::sync::Arc;

/// What the case watches for.
#[derive(Debug, Default)]
pub struct Watch {
    lists: Vec<String>,
    /// Another allocation has the lists read again.
    pub query: Option<Arc<Query>>,
}

impl Model {
    /// Takes up the lists of the case; says whether they are others than before.
    pub fn watch(&mut self) -> bool {
        let lists = self.case.state().work().watched();
        if self.filter.watch.lists == lists {
            return false;
        }
        let lists = lists.to_vec();
        let each: Vec<String> = lists.iter().map(|list| format!("@{}", quote(list))).collect();
        let text = format!("any:({})", each.join(" or "));
        let query = if lists.is_empty() { None } else { self.parse(&text).ok().map(Arc::new) };
        self.filter.watch = Watch { lists, query };
        true
    }

    /// Says what is wrong with the lists, once.
    pub(super) fn say_watched(&mut self, new: Option<&Watched>) {
        let wrong = |watched: Option<&Watched>| {
            watched.map_or_else(Vec::new, |watched| {
                let doubts = watched.doubts.iter().map(ToString::to_string);
                doubts.chain(watched.problem.clone()).collect()
            })
        };
        let before: Vec<String> = wrong(self.answer.as_ref().and_then(|old| old.watched.as_ref()));
        for text in wrong(new).into_iter().filter(|text| !before.contains(text)) {
            self.say(Tone::Warning, format!("watched: {text}"));
        }
    }
}
