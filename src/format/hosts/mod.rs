//! What hosts and the programs on them write.

mod audit;
mod syslog;

use super::Format;

pub(super) static LIST: &[&dyn Format] = &[&audit::Auditd, &syslog::Syslog];
