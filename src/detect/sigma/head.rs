//! What is told of a rule, whatever kind of rule it is.

use super::yaml::{self, Fault, Node, fault};
use crate::event::classes::words;

words! {
    /// How serious a rule is, in the words of Sigma; the least first.
    Level {
        Informational = "informational",
        Low = "low",
        Medium = "medium",
        High = "high",
        Critical = "critical",
    }
}

/// What every rule says of itself. What it leaves out is empty; a rule without a level is a medium
/// one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub title: String,
    pub id: String,
    /// What correlation rules may call it, beside its id.
    pub name: String,
    pub description: String,
    pub author: String,
    /// The licence that it names; Sigma's own rules leave it to their collection.
    pub licence: String,
    /// When it was last changed.
    pub version: String,
    pub level: Level,
    pub tags: Vec<String>,
}

impl Head {
    /// # Errors
    /// It has no title.
    pub(super) fn read(node: &Node<'_>) -> Result<Self, Fault> {
        let title = yaml::said(node, "title");
        if title.is_empty() {
            return Err(fault(node, "a rule needs a `title`"));
        }
        let changed = yaml::said(node, "modified");
        Ok(Self {
            title,
            id: yaml::said(node, "id"),
            name: yaml::said(node, "name"),
            description: yaml::said(node, "description"),
            author: yaml::said(node, "author"),
            licence: yaml::said(node, "license"),
            version: if changed.is_empty() { yaml::said(node, "date") } else { changed },
            level: Level::parse(&yaml::said(node, "level")).unwrap_or(Level::Medium),
            tags: yaml::all_said(node, "tags"),
        })
    }
}
