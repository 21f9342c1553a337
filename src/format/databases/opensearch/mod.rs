//! What OpenSearch and Elasticsearch write: audit logs, slow logs, and those of the program.

mod audit;
mod slow;
mod words;

pub(super) use audit::Audit;
pub(super) use slow::Slow;
