//! What hosts and the programs on them write.

mod audit;
mod eb_healthd;
mod journald;
mod programs;
mod syslog;
mod web;

pub(super) use audit::pairs as audit_pairs;

use super::Format;

pub(super) static LIST: &[&dyn Format] = &[
    &audit::Auditd,
    &eb_healthd::EbHealthd,
    &journald::Journald,
    &web::AccessLog,
    &web::ErrorLog,
    &syslog::Syslog,
];

/// Severity of the levels of syslog, emergency first.
const SEVERITIES: [f64; 8] = [10.0, 9.0, 8.0, 6.0, 4.0, 3.0, 1.0, 0.0];
