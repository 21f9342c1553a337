//! What databases write of those who use them.

use super::Format;

pub(super) static LIST: &[&dyn Format] = &[];
