//! Documents that are no rules.

use super::yaml::{self, Fault, Node};
use std::fmt;

/// A document of a file of rules that is none, with what can be read of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defect {
    /// The place among the documents of its file, from 1, where there are several.
    pub document: Option<usize>,
    /// What it is called, and who wrote it; empty where that cannot be read.
    pub title: String,
    pub author: String,
    pub fault: Fault,
}

impl Defect {
    pub(super) fn new(document: Option<usize>, node: Option<&Node<'_>>, fault: Fault) -> Self {
        let said = |name| node.map(|node| yaml::said(node, name)).unwrap_or_default();
        Self { document, title: said("title"), author: said("author"), fault }
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(number) = self.document {
            write!(f, "document {number}, ")?;
        }
        self.fault.fmt(f)
    }
}
