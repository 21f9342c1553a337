//! What many presses of a key come to, in one line.

use super::program::Press;
use std::fmt;

/// The presses of one kind of key.
#[derive(Debug, Default)]
pub(crate) struct Figures(pub(crate) Vec<Press>);

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.0.iter().filter_map(|press| press.latency);
        let mut millis: Vec<f64> = shown.map(|latency| latency.as_secs_f64() * 1000.0).collect();
        millis.sort_by(f64::total_cmp);
        let missed = self.0.len() - millis.len();
        let Some(max) = millis.last() else { return write!(f, "{missed} keys, nothing shown") };
        let of = |percent| quantile(&millis, percent);
        let (p50, p95, p99) = (of(50), of(95), of(99));
        write!(f, "{:>5}  {p50:>6.2} {p95:>6.2} {p99:>6.2} {max:>6.2}", millis.len())?;
        let bytes = |sent: fn(&Press) -> usize| {
            let mut all: Vec<usize> = self.0.iter().map(sent).collect();
            all.sort_unstable();
            (quantile(&all, 50), all[all.len() - 1])
        };
        let (first, most) = bytes(|press| press.first);
        let (all, most_all) = bytes(|press| press.all);
        write!(f, "  {first:>6} {most:>6}  {all:>6} {most_all:>6}")?;
        if missed > 0 { write!(f, "  ({missed} showed nothing)") } else { Ok(()) }
    }
}

/// The heads of the columns.
pub(crate) const HEAD: &str = concat!(
    "key                    keys  frame ms: 50%    95%    99%    max",
    "  bytes: 50%    max  until rest: 50%    max"
);

/// The value that this percentage is not above.
fn quantile<T: Copy>(sorted: &[T], percent: usize) -> T {
    sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)]
}
