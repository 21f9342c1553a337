//! What the doctor says: of what, what was found, what that means, and what to do.

use serde_json::{Value, json};

/// Worse ones are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Judgement {
    Ok,
    /// Works, but less well than it could, or with a danger that a person should know.
    Warn,
    /// Does not work, or work would be lost.
    Bad,
}

impl Judgement {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }

    /// One cell, different without colour.
    const fn glyph(self) -> char {
        match self {
            Self::Ok => '+',
            Self::Warn => '!',
            Self::Bad => 'x',
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    what: &'static str,
    found: String,
    pub(super) judgement: Judgement,
    /// What to do, or why it is no matter.
    advice: Option<String>,
}

impl Finding {
    pub(super) fn ok(what: &'static str, found: impl Into<String>) -> Self {
        Self { what, found: found.into(), judgement: Judgement::Ok, advice: None }
    }

    pub(super) fn warn(what: &'static str, found: impl Into<String>, advice: &str) -> Self {
        Self::ok(what, found).warned(advice)
    }

    pub(super) fn bad(what: &'static str, found: impl Into<String>, advice: &str) -> Self {
        Self { judgement: Judgement::Bad, ..Self::ok(what, found).advise(advice) }
    }

    pub(super) fn warned(self, advice: &str) -> Self {
        Self { judgement: Judgement::Warn, ..self.advise(advice) }
    }

    pub(super) fn advise(mut self, advice: &str) -> Self {
        self.advice = Some(advice.to_owned());
        self
    }

    /// A line, and one more if there is something to do.
    pub(super) fn lines(&self) -> impl Iterator<Item = String> {
        let (glyph, word) = (self.judgement.glyph(), self.judgement.word());
        let first = format!("{glyph} {word:<5} {:<12} {}", self.what, self.found);
        let advice = self.advice.as_ref().map(|advice| format!("{:21}{advice}", ""));
        [Some(first), advice].into_iter().flatten()
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "what": self.what,
            "found": self.found,
            "judgement": self.judgement.word(),
            "advice": self.advice,
        })
    }
}
