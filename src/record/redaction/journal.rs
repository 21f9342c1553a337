//! A journal with tokens in it: still to be read, and no chain any more.

use crate::record::incident::text::json_line;
use serde_json::{Value, json};

/// The entries of a journal, one a line.
pub(super) struct Entries {
    pub(super) lines: Vec<Value>,
    /// Lines that are no JSON.
    torn: u64,
}

impl Entries {
    pub(super) fn read(journal: &[u8]) -> Self {
        let (mut lines, mut torn) = (Vec::new(), 0);
        let written = journal.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        for line in written {
            match serde_json::from_slice(line) {
                Ok(line) => lines.push(line),
                Err(_) => torn += 1,
            }
        }
        Self { lines, torn }
    }

    /// The hash of the last line.
    pub(super) fn head(&self) -> Option<String> {
        Some(self.lines.last()?.get("hash")?.as_str()?.to_owned())
    }

    /// The lines as they are now, below one that says what they are.
    pub(super) fn written(&self, head: Option<&str>) -> Vec<u8> {
        let mut text = json_line(&json!({
            "what": "redacted_journal",
            "says": "Tokens stand in the place of some values, so that no line has its hash any \
                     more and the chain cannot be verified from here; prev and hash are those of \
                     the true journal, of which head is the last hash.",
            "head": head,
            "entries": self.lines.len(),
            "lines_left_out": self.torn,
        }));
        for line in &self.lines {
            text.push_str(&json_line(line));
        }
        text.into_bytes()
    }
}
