//! A source whose listing is made once: for who goes through its objects several times, and means
//! the same ones each time.

use super::{Input, Item, Listed, News, Past, Source};
use crate::event::{Cancel, Fact, Reason};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

/// Whoever lists while another does waits for what that one finds.
pub struct Once {
    source: Arc<dyn Source>,
    listed: Mutex<Option<Vec<Listed>>>,
}

impl Once {
    pub fn new(source: Arc<dyn Source>) -> Self {
        Self { source, listed: Mutex::default() }
    }
}

impl Source for Once {
    fn name(&self) -> &str {
        self.source.name()
    }

    fn list(&self, cancel: &Cancel, emit: &mut dyn FnMut(Listed) -> ControlFlow<()>) {
        let mut known = self.listed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(listed) = known.clone() {
            drop(known);
            let is_over = |listed| cancel.is_cancelled() || emit(listed).is_break();
            let _ = listed.into_iter().any(is_over);
            return;
        }
        let (mut all, mut is_whole) = (Vec::new(), true);
        self.source.list(cancel, &mut |listed| {
            all.push(listed.clone());
            let went_on = emit(listed);
            is_whole &= went_on.is_continue();
            went_on
        });
        if is_whole && !cancel.is_cancelled() {
            *known = Some(all);
        }
    }

    fn at_hand(&self) -> Vec<Item> {
        self.source.at_hand()
    }

    fn leaves_out(&self, path: &str) -> bool {
        self.source.leaves_out(path)
    }

    fn open(&self, item: &Item, cancel: &Cancel) -> Result<Input, Reason> {
        self.source.open(item, cancel)
    }

    fn ahead(&self, item: &Item, cancel: &Cancel) {
        self.source.ahead(item, cancel);
    }

    fn reopen(&self, item: &Item) -> Result<Input, Reason> {
        self.source.reopen(item)
    }

    fn refresh(&self, item: &Item) -> Option<Item> {
        self.source.refresh(item)
    }

    fn metadata(&self, item: &Item) -> Option<Vec<u8>> {
        self.source.metadata(item)
    }

    fn silence(&self, item: &Item) -> Option<&'static str> {
        self.source.silence(item)
    }

    fn lock(&self, item: &Item) -> Option<String> {
        self.source.lock(item)
    }

    fn former<'a>(&self, item: &'a Item) -> Option<&'a str> {
        self.source.former(item)
    }

    fn past(
        &self,
        cancel: &Cancel,
        emit: &mut dyn FnMut(Past) -> ControlFlow<()>,
    ) -> Result<(), Reason> {
        self.source.past(cancel, emit)
    }

    fn facts(&self, cancel: &Cancel) -> Vec<Fact> {
        self.source.facts(cancel)
    }

    fn is_far(&self) -> bool {
        self.source.is_far()
    }

    fn growing(&self) -> Vec<Item> {
        self.source.growing()
    }

    fn watch(&self, cancel: &Cancel, news: &mut dyn FnMut(News)) -> Result<(), Reason> {
        self.source.watch(cancel, news)
    }
}
