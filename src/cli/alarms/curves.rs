//! The rate that an alarm is about and its averages, in numbers.

use crate::detect::detectors::{Curves, highest};
use crate::event::Timestamp;
use serde_json::{Value, json};

/// Lines of numbers, at most.
const ROWS: usize = 30;

/// What the curves are of, and the highest of each in as many parts as there is room for.
pub(super) fn lines(curves: &Curves) -> Vec<String> {
    let [what, averages, z] = curves.words();
    let minutes = curves.rate.len();
    let rows = minutes.min(ROWS);
    let part = if rows == minutes { "" } else { "  (the highest of the minutes until the next)" };
    let mut lines = vec![what, averages, z];
    lines.push(format!(
        "  {:<20} {:>8} {:>8} {:>8} {:>8}{part}",
        "minute", "count", "fast", "slow", "signal"
    ));
    let columns = curves.each().map(|(_, values)| highest(values, rows));
    for row in 0..rows {
        let at = curves.time(row * minutes / rows).to_rfc3339(0);
        let [count, averages @ ..] = columns.each_ref().map(|values| values[row]);
        let averages: String = averages.map(|value| format!(" {value:>8.2}")).concat();
        lines.push(format!("  {at:<20} {count:>8}{averages}"));
    }
    lines
}

/// Every value, for programs.
pub(super) fn json(curves: &Curves) -> Value {
    json!({
        "of": curves.of,
        "unit": "requests a minute",
        "start": curves.start.to_rfc3339(0),
        "step_seconds": curves.step / Timestamp::SECOND,
        "count": curves.rate,
        "fast": curves.fast,
        "slow": curves.slow,
        "signal": curves.signal,
        "minutes": {
            "fast": curves.steps.fast, "slow": curves.steps.slow, "signal": curves.steps.signal,
        },
        "z": curves.z,
        "z_at": curves.time(curves.peak).to_rfc3339(0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_minute_is_left_out_of_the_numbers() {
        let mut curves = Curves { step: Timestamp::MINUTE, peak: 77, ..Curves::default() };
        let flat = vec![0.5; 100];
        (curves.fast, curves.slow, curves.signal) = (flat.clone(), flat.clone(), flat);
        curves.rate = (0..100).map(|at| if at == 77 { 40.0 } else { 1.0 }).collect();
        let told = lines(&curves);
        assert_eq!(told.len(), 4 + ROWS);
        assert!(told[3].ends_with("(the highest of the minutes until the next)"));
        let high: Vec<&String> = told.iter().filter(|line| line.contains("      40 ")).collect();
        assert_eq!(high, ["  1970-01-01T01:16:00Z       40     0.50     0.50     0.50"]);
        assert_eq!(json(&curves)["count"].as_array().map(Vec::len), Some(100));
        assert_eq!(json(&curves)["z_at"], "1970-01-01T01:17:00Z");
    }
}
