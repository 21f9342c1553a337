//! What is proven about the evidence, and what is missing from it.
//!
//! Source of the formats and of what is hashed and signed: the CloudTrail user guide, "Validating
//! CloudTrail log file integrity", "CloudTrail digest file structure" and "Custom implementations
//! of CloudTrail log file integrity validation". Severities, and everything beyond the guide
//! (unlisted logs, holes, validity of keys), are decisions of this project.

mod finding;
pub mod manifest;

pub use finding::{Finding, Kind, Severity, Verdict};
