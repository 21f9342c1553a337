//! What things cost, and with that what there was and who made it.

use super::Format;

pub(super) static LIST: &[&dyn Format] = &[];
