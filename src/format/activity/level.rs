//! The levels that programs give their messages.

/// From 0 to 10; `None`: it is no level.
pub(super) fn severity(level: &str) -> Option<f64> {
    const LEVELS: &[(f64, &[&str])] = &[
        (0.0, &["trace", "debug", "info", "information"]),
        (1.0, &["notice"]),
        (4.0, &["warn", "warning"]),
        (6.0, &["error", "err"]),
        (9.0, &["fatal", "critical", "crit", "panic"]),
    ];
    let is = |name: &&str| name.eq_ignore_ascii_case(level);
    let found = LEVELS.iter().find(|(_, names)| names.iter().any(is));
    found.map(|(severity, _)| *severity)
}

/// Whether a message of this level tells of a failure.
pub(super) fn is_failure(level: &str) -> bool {
    severity(level).is_some_and(|severity| severity >= 6.0)
}
