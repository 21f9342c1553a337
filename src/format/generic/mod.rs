//! What takes the records that no other format knows: by their shape, and at the end as bytes.

mod json_lines;
pub(super) mod unparsed;
mod w3c;

use super::Format;

pub(super) static LIST: &[&dyn Format] = &[&w3c::W3c, &json_lines::JsonLines, &unparsed::Unparsed];
