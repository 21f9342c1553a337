//! What hosts and the programs on them write.

mod audit;
mod syslog;
mod web;

use super::Format;

pub(super) static LIST: &[&dyn Format] =
    &[&audit::Auditd, &web::AccessLog, &web::ErrorLog, &syslog::Syslog];
