//! What is proven about the evidence, and what is missing from it.
//!
//! Source of the formats and of what is hashed and signed: the CloudTrail user guide, "Validating
//! CloudTrail log file integrity", "CloudTrail digest file structure" and "Custom implementations
//! of CloudTrail log file integrity validation". Severities, and everything beyond the guide
//! (unlisted logs, holes, validity of keys), are decisions of this project.
//!
//! An [`Examiner`] reads each object once and keeps hashes, not contents. [`judge`] then answers
//! from memory: where objects lie (`sites`), which digests are authentic (`proofs`), how they hang
//! together (`walk`), what is wrong with them (`faults`), which logs they name (`listed`), and what
//! time they cover (`spans`). **Nothing is opened by a name that a digest states.**

pub mod address;
pub mod content;
mod covered;
pub mod digest;
mod examiner;
mod faults;
mod finding;
mod judge;
pub mod keys;
mod listed;
mod logs;
pub mod manifest;
pub mod metadata;
mod objects;
mod past;
pub mod presence;
mod proofs;
mod report;
mod signed;
pub mod signing;
mod sites;
mod spans;
mod stops;
mod walk;
mod writing;

pub use covered::{Cover, Named, Span};
pub use examiner::{Examiner, concerns};
pub use finding::{Finding, Kind, Severity, Verdict};
pub use judge::{Question, judge};
pub use keys::{Keys, KeysError};
pub use objects::{Object, Objects, Seen};
pub use report::{
    Counts, DigestReport, Judged, LIMITS, Link, LogReport, Match, Proven, Report, Scope, Tally,
};
pub use signed::{Signed, signed};
pub use spans::Length;
pub use stops::{LONGEST as LONGEST_FOR_STOPS, Stop, read as read_stops};

#[cfg(test)]
mod tests;
