//! What databases write of those who use them.

mod activity;
mod client;
mod mysql;
mod opensearch;
mod postgresql;
mod redshift;
mod sql;

use super::Format;

pub(super) static LIST: &[&dyn Format] = &[
    &activity::Activity,
    &redshift::Connections,
    &redshift::Users,
    &redshift::Activity,
    &mysql::Audit,
    &mysql::Errors,
    &mysql::Slow,
    &mysql::General,
    &postgresql::Csvlog,
    &postgresql::Text,
    &opensearch::Audit,
    &opensearch::Slow,
];
