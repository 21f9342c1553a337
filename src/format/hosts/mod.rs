//! What hosts and the programs on them write.

mod syslog;

use super::Format;

pub(super) static LIST: &[&dyn Format] = &[&syslog::Syslog];
