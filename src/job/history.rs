//! What sources say beyond the objects that they list: what they had, and what they are.

use crate::event::{Cancel, Fact, Facts, counted};
use crate::source::{End, Past, Source};
use std::ops::ControlFlow;
use std::sync::Arc;

/// What all sources say; of those that lie on this host nothing.
#[derive(Debug, Clone, Default)]
pub struct History {
    pub past: Arc<[Past]>,
    pub facts: Arc<[Facts]>,
}

impl History {
    /// Asks each source once. What it does not tell is a fact too, with the reason.
    pub fn ask(sources: &[Arc<dyn Source>], cancel: &Cancel) -> Self {
        let (mut past, mut all) = (Vec::new(), Vec::new());
        for source in sources {
            let Some(far) = source.elsewhere() else { continue };
            let mut facts = far.facts(cancel);
            let before = past.len();
            let told = far.past(cancel, &mut |one| {
                past.push(one);
                ControlFlow::Continue(())
            });
            if !facts.is_empty() || told.is_err() || past.len() > before {
                let said = told.map(|()| ended(&past[before..]));
                facts.push(Fact { name: "former objects", said });
                all.push(Facts { source: source.name().to_owned(), facts });
            }
        }
        Self { past: past.into(), facts: all.into() }
    }

    pub fn is_empty(&self) -> bool {
        self.past.is_empty() && self.facts.is_empty()
    }
}

/// `2 were deleted, 1 was overwritten`.
fn ended(past: &[Past]) -> String {
    let deleted = past.iter().filter(|past| matches!(past.end, End::Deleted(..))).count() as u64;
    let parts = [(deleted, "deleted"), (past.len() as u64 - deleted, "overwritten")];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> =
        parts.map(|(count, what)| format!("{} {what}", counted(count, "was", "were"))).collect();
    if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
}
