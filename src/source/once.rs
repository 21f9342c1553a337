//! A source whose listing is made once: for who goes through its objects several times, and means
//! the same ones each time.

use super::{Elsewhere, Input, Item, Listed, Source};
use crate::event::{Cancel, Reason};
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

    fn open(&self, item: &Item, cancel: &Cancel) -> Result<Input, Reason> {
        self.source.open(item, cancel)
    }

    fn reopen(&self, item: &Item) -> Result<Input, Reason> {
        self.source.reopen(item)
    }

    fn refresh(&self, item: &Item) -> Option<Item> {
        self.source.refresh(item)
    }

    fn elsewhere(&self) -> Option<&dyn Elsewhere> {
        self.source.elsewhere()
    }
}
