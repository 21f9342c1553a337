//! What databases write of those who use them.

mod client;
mod mysql;
mod postgresql;
mod sql;

use super::Format;

pub(super) static LIST: &[&dyn Format] = &[
    &mysql::Audit,
    &mysql::Errors,
    &mysql::Slow,
    &mysql::General,
    &postgresql::Csvlog,
    &postgresql::Text,
];
