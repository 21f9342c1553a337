//! What sources say of themselves, as lines and as JSON.

use crate::event::Facts;
use serde_json::{Value, json};

/// A line for each source, and below it one for each fact.
pub(super) fn lines(all: &[Facts]) -> Vec<String> {
    let of = |facts: &Facts| {
        let below = facts.facts.iter().map(|fact| match &fact.said {
            Ok(said) => format!("  {:<15}{said}", fact.name),
            Err(reason) => format!("  {:<15}not known: {reason}", fact.name),
        });
        std::iter::once(format!("{} says of itself:", facts.source))
            .chain(below)
            .collect::<Vec<_>>()
    };
    all.iter().flat_map(of).collect()
}

/// `[{"source", "facts": [{"name", "value"} or {"name", "refused"}]}]`.
pub(super) fn json(all: &[Facts]) -> Value {
    let of = |facts: &Facts| {
        let told = facts.facts.iter().map(|fact| match &fact.said {
            Ok(said) => json!({ "name": fact.name, "value": said }),
            Err(reason) => json!({ "name": fact.name, "refused": reason.to_string() }),
        });
        json!({ "source": facts.source, "facts": told.collect::<Vec<_>>() })
    };
    all.iter().map(of).collect()
}
