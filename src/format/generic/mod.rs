//! What takes the records that no other format knows: by their shape, and at the end as bytes.

mod named;
pub(super) mod unparsed;

use super::Format;

pub(super) static LIST: &[&dyn Format] = &[&named::JsonLines, &unparsed::Unparsed];
