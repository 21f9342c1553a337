//! What other products found.

mod guardduty;

use super::Format;

pub(super) static LIST: &[&dyn Format] = &[&guardduty::GuardDuty];
