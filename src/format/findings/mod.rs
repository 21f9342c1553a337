//! What other products found.

mod guardduty;
mod inspector;
mod macie;
mod ocsf;
mod securityhub;

use super::Format;

pub(super) static LIST: &[&dyn Format] = &[
    &guardduty::GuardDuty,
    &ocsf::Ocsf,
    &securityhub::SecurityHub,
    &inspector::Inspector,
    &macie::Macie,
];

/// How bad a finding is, where the product has words for it.
fn severity(word: &str) -> Option<f64> {
    let words = [
        ("informational", 0.0),
        ("info", 0.0),
        ("untriaged", 0.0),
        ("low", 1.0),
        ("medium", 4.0),
        ("high", 7.0),
        ("critical", 9.0),
        ("fatal", 10.0),
    ];
    let word = word.trim();
    words.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map(|(_, severity)| *severity)
}
