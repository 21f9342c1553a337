//! What takes the records that no other format knows: by their shape, and at the end as bytes.

mod named;
mod plain;
pub(super) mod unparsed;

use super::Format;

pub(super) use named::severity;

pub(super) static LIST: &[&dyn Format] =
    &[&named::JsonLines, &named::Csv, &named::Logfmt, &plain::Plain, &unparsed::Unparsed];
