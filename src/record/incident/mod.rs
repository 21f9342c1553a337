//! Incident records: one model, and a file for each who wants to read it.
//!
//! [`Incident`] is plain data. A [`Writer`] turns it into the bytes of one format; all of them are
//! in [`WRITERS`]. The same incident gives the same bytes. What a format has no room for is left
//! out and said: in the file where it can be said there, and in [`Written::left_out`].

use std::path::Path;

mod brief;
mod csv;
mod decided;
mod defang;
mod digest;
mod found;
mod html;
mod json;
mod left;
mod markdown;
pub mod means;
mod model;
mod moment;
mod ocsf;
mod opsitem;
mod page;
mod patterns;
mod room;
mod security_ir;
mod stix;
pub(super) mod text;
mod timeline;
mod timesketch;
mod uuid;
mod words;

pub use decided::{Decision, Mention, Mentions, StandIn, Suppression};
pub use defang::defanged;
pub use found::{Alarm, Count, Coverage, Exhibit, Indicator, Object, Position, Query, Rule, Span};
pub use json::SCHEMA;
pub use model::{
    Action, Affected, Clock, Deadline, Incident, Note, Notification, Person, Scope, Scrub, Times,
    Tool, Workspace,
};
pub use words::{IndicatorKind, Severity, Status, Tlp};

/// A format that an incident can be written in.
#[derive(Debug, Clone, Copy)]
pub struct Writer {
    pub id: &'static str,
    /// The file's name in a bundle.
    pub file: &'static str,
    pub help: &'static str,
    pub write: fn(&Incident) -> Written,
}

/// A file's bytes, and what it does not say for want of room or of a place for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    pub bytes: Vec<u8>,
    pub left_out: Vec<String>,
}

pub const WRITERS: &[Writer] = &[
    Writer {
        id: "md",
        file: "record.md",
        help: "Markdown by the phases of NIST SP 800-61",
        write: markdown::write,
    },
    Writer {
        id: "html",
        file: "record.html",
        help: "one page for a browser, also to be printed; it loads nothing",
        write: html::write,
    },
    Writer {
        id: "json",
        file: "record.json",
        help: "everything, by the JSON Schema of this program",
        write: json::write,
    },
    Writer {
        id: "csv",
        file: "record.csv",
        help: "the timeline for a spreadsheet",
        write: csv::write,
    },
    Writer {
        id: "ocsf",
        file: "record.ocsf.jsonl",
        help: "OCSF 1.5: an Incident Finding, and a Detection Finding for each alarm",
        write: ocsf::write,
    },
    Writer { id: "stix", file: "record.stix.json", help: "a STIX 2.1 bundle", write: stix::write },
    Writer {
        id: "timesketch",
        file: "record.timesketch.jsonl",
        help: "the timeline for Timesketch",
        write: timesketch::write,
    },
    Writer {
        id: "opsitem",
        file: "record.opsitem.json",
        help: "what `aws ssm create-ops-item --cli-input-json` takes",
        write: opsitem::write,
    },
    Writer {
        id: "security-ir",
        file: "record.security-ir.json",
        help: "what `aws security-ir create-case --cli-input-json` takes",
        write: security_ir::write,
    },
    Writer {
        id: "brief",
        file: "record.brief.txt",
        help: "at most 1,500 characters, for a chat or a pager",
        write: brief::write,
    },
];

/// The writer whose files end like this one's name: what stands behind `record` in theirs.
pub fn writer_of(path: &Path) -> Option<&'static Writer> {
    let name = path.file_name()?.to_str()?;
    let ends = |writer: &&Writer| {
        let end = writer.file.strip_prefix("record").unwrap_or(writer.file);
        name.ends_with(end)
    };
    // `.stix.json` before `.json`.
    WRITERS.iter().filter(ends).max_by_key(|writer| writer.file.len())
}

/// The writer of this id.
pub fn writer(id: &str) -> Option<&'static Writer> {
    WRITERS.iter().find(|writer| writer.id == id)
}
