//! What is said of the incident: a line a fact, and how one is said.

use super::Step;
use super::line::{Asks, Line};
use crate::case::{Facet, What};
use crate::ui::model::Model;
use crate::ui::theme::Role;

/// A line: what it is about, and what was said, if anything was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fact {
    pub(super) facet: Facet,
    pub(super) text: Option<String>,
}

/// Everything that can be said. Of what there can be several, each, and room for one more.
pub(super) fn all(model: &Model) -> Vec<Fact> {
    let said = model.case.state().work().incident();
    let mut facts = Vec::new();
    for facet in Facet::ALL.iter().copied() {
        let own = said.iter().filter(|(known, _)| *known == facet);
        let own: Vec<&String> = own.map(|(_, text)| text).collect();
        let room = facet.is_many() || own.is_empty();
        let texts = own.into_iter().cloned().map(Some).chain(room.then_some(None));
        facts.extend(texts.map(|text| Fact { facet, text }));
    }
    facts
}

impl Fact {
    pub(super) fn line(&self) -> (String, Role) {
        match &self.text {
            Some(text) => (format!("{:<14} {text}", self.facet.as_str()), Role::Text),
            None => (format!("{:<14} -", self.facet.as_str()), Role::Muted),
        }
    }
}

/// How it is written.
fn form(facet: Facet) -> &'static str {
    match facet {
        Facet::Person => "NAME, ROLE, MAIL",
        Facet::Affected => "COUNT KIND, as 1,204 customer addresses",
        Facet::Deadline => "24h WHOM, or TIME WHOM; WHOM, told TIME",
        Facet::Severity => "informational, low, medium, high, critical",
        Facet::Tlp => "clear, green, amber, amber+strict, red",
        Facet::Status => {
            "new, detection-and-analysis, containment-eradication-recovery, post-incident, closed"
        }
        facet if facet.is_time() => "as 2026-03-04T10:42:00Z",
        _ => "",
    }
}

impl Fact {
    /// Asks for it. What can be there once begins with what was said.
    pub(super) fn ask(&self) -> Step {
        let before = self.text.as_deref().filter(|_| !self.facet.is_many()).unwrap_or_default();
        Line::ask(self.facet, before)
    }
}

impl Asks for Facet {
    fn label(&self) -> String {
        match form(*self) {
            "" => self.to_string(),
            form => format!("{self}: {form}"),
        }
    }

    /// Without a text nothing is said.
    fn entry(&self, text: &str, _: &Model) -> Result<Option<What>, String> {
        if text.is_empty() {
            return Ok(None);
        }
        self.checked(text).map(|text| Some(What::Incident { facet: *self, text }))
    }
}
