//! What a source says of itself, beyond its objects.

use super::Reason;

/// One thing that was asked: what the answer is, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Such as `versioning`.
    pub name: &'static str,
    pub said: Result<String, Reason>,
}

/// All that one source says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The source as the person gave it.
    pub source: String,
    pub facts: Vec<Fact>,
}

impl std::fmt::Display for Fact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.said {
            Ok(said) => write!(f, "{}: {said}", self.name),
            Err(reason) => write!(f, "{}: not known: {}", self.name, reason.detail),
        }
    }
}
