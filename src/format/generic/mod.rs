//! What takes the records that no other format knows: by their shape, and at the end as bytes.

mod named;
mod plain;
pub(super) mod unparsed;
mod w3c;

use super::Format;

pub(super) use named::{logfmt_values, severity};

pub(super) static LIST: &[&dyn Format] = &[
    &w3c::W3c,
    &named::JsonLines,
    &named::Csv,
    &named::Logfmt,
    &plain::Plain,
    &unparsed::Unparsed,
];
