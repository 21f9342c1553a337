//! What databases write of those who use them.

mod client;
mod mysql;
mod sql;

use super::Format;

pub(super) static LIST: &[&dyn Format] = &[&mysql::Audit];
