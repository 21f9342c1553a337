//! What common values mean: how it ended, how grave it is, how long it took.

use super::names::Unit;
use crate::event::Outcome;

/// How something ended, by a word or the status of HTTP.
pub(super) fn outcome(said: &str) -> Outcome {
    let said = said.to_ascii_lowercase();
    let is = |words: &[&str]| words.iter().any(|word| said.starts_with(word));
    if is(&["den", "block", "reject", "forbid", "unauth", "not auth", "401", "403", "drop"]) {
        return Outcome::Denied;
    }
    if is(&["succe", "ok", "true", "allow", "accept", "pass", "permit", "complete"]) {
        return Outcome::Success;
    }
    if is(&["fail", "err", "false", "invalid", "abort", "timeout", "reset"]) {
        return Outcome::Failure;
    }
    match said.parse::<u16>() {
        Ok(200..400) => Outcome::Success,
        Ok(400..600) => Outcome::Failure,
        _ => Outcome::Unknown,
    }
}

/// Whether an error is that something was not allowed, as AWS calls it.
pub(super) fn is_denial(error: &str) -> bool {
    let codes = ["AccessDenied", "UnauthorizedOperation", "UnauthorizedAccess", "Forbidden"];
    codes.iter().any(|code| error.contains(code))
}

/// A level by name, or by number as bunyan and pino count (10 to 60).
pub(in crate::format) fn severity(level: &str) -> Option<f64> {
    // Names are short, and most lines have one.
    let mut plain = [0; 16];
    let plain = plain.get_mut(..level.len())?;
    plain.copy_from_slice(level.as_bytes());
    plain.make_ascii_lowercase();
    Some(match std::str::from_utf8(plain).ok()? {
        "trace" | "debug" | "info" | "information" | "informational" | "verbose" | "fine"
        | "finer" | "finest" | "config" | "dbg" | "inf" | "i" | "d" | "10" | "20" | "30" => 0.0,
        "notice" | "low" => 1.0,
        "warn" | "warning" | "medium" | "wrn" | "w" | "40" => 4.0,
        "error" | "err" | "severe" | "e" | "50" => 6.0,
        "high" => 7.0,
        "fatal" | "crit" | "critical" | "alert" | "emergency" | "emerg" | "panic" | "dpanic"
        | "60" => 9.0,
        _ => return None,
    })
}

/// Seconds, as `1.5s`, `250ms` or `1m2.5s` says them; or as a number of this unit.
pub(super) fn seconds(text: &str, unit: Option<Unit>) -> Option<f64> {
    let plain = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
    if let Some(number) = plain(text) {
        return Some(number * per_second(unit?));
    }
    let mut rest = text;
    let mut sum = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(digits);
        let end = tail.find(|c: char| c.is_ascii_digit()).unwrap_or(tail.len());
        let each = match tail[..end].trim() {
            "h" => 3600.0,
            "m" | "min" => 60.0,
            "s" | "sec" => 1.0,
            "ms" => per_second(Unit::Millis),
            "us" | "µs" | "μs" => per_second(Unit::Micros),
            "ns" => per_second(Unit::Nanos),
            _ => return None,
        };
        sum += plain(number)? * each;
        rest = &tail[end..];
    }
    (!text.is_empty()).then_some(sum)
}

fn per_second(unit: Unit) -> f64 {
    match unit {
        Unit::Seconds => 1.0,
        Unit::Millis => 1e-3,
        Unit::Micros => 1e-6,
        Unit::Nanos => 1e-9,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_seconds() {
        assert_eq!(seconds("1.5s", None), Some(1.5));
        assert_eq!(seconds("1m2.5s", None), Some(62.5));
        assert_eq!(seconds("250", Some(Unit::Millis)), Some(0.25));
        for text in ["", "250", "1.2.3s", "soon", "5 apples", "NaN", "-"] {
            assert_eq!(seconds(text, None), None, "{text}");
        }
    }
}
