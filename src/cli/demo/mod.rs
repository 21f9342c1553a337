//! The demo's evidence: a made-up incident over many sources, the same bytes each time. Also
//! writes large sets of ordinary events for the benchmarks.

mod attack;
mod cast;
mod findings;
mod flow;
mod host;
mod month;
mod office;
mod plan;
mod proof;
mod random;
mod trail;
mod tree;
mod web;

pub use proof::PUBLIC_KEYS;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// How much of an ordinary day surrounds the incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Ordinary events of all formats together; the incident's come on top.
    pub events: u64,
}

impl Size {
    /// What `trailcase demo` opens.
    pub const DEMO: Self = Self { events: 200_000 };
    /// Enough for tests.
    pub const SMALL: Self = Self { events: 2_000 };
}

/// What has been written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Events for each format's id, a second copy of a file counted again. Those in the file that
    /// ends in the middle are not counted.
    pub events: BTreeMap<&'static str, u64>,
    /// Files on the disk, an archive counted once.
    pub files: u64,
    /// Bytes on the disk.
    pub bytes: u64,
}

impl Summary {
    fn add(&mut self, other: &Self) {
        for (format, events) in &other.events {
            *self.events.entry(format).or_default() += events;
        }
        self.files += other.files;
        self.bytes += other.bytes;
    }
}

/// Writes the demo's evidence below `dir`, which is made if it is not there.
pub fn write(dir: &Path, size: &Size) -> io::Result<Summary> {
    let tree::Written { mut summary, deliveries } =
        tree::write_all(dir, &plan::demo(size.events), true)?;
    let proofs = tree::write_all(dir, &proof::files(deliveries)?, false)?;
    summary.add(&proofs.summary);
    Ok(summary)
}

/// Writes this many ordinary CloudTrail events below `dir`, in files of `per_file` as a trail
/// lays them out in a bucket. For benchmarks.
#[doc(hidden)]
pub fn write_cloudtrail(dir: &Path, events: u64, per_file: u64) -> io::Result<Summary> {
    Ok(tree::write_all(dir, &plan::many_trails(events, per_file), false)?.summary)
}

/// Writes this many ordinary flow records in the default format below `dir`, in files of
/// `per_file`. For benchmarks.
#[doc(hidden)]
pub fn write_flow(dir: &Path, events: u64, per_file: u64) -> io::Result<Summary> {
    Ok(tree::write_all(dir, &plan::many_flows(events, per_file), false)?.summary)
}

/// Writes this many ordinary events below `dir`: CloudTrail in files of `per_file`, flow records
/// and a load balancer's log. For benchmarks.
#[doc(hidden)]
pub fn write_mixed(dir: &Path, events: u64, per_file: u64) -> io::Result<Summary> {
    Ok(tree::write_all(dir, &plan::many_mixed(events, per_file), false)?.summary)
}

/// Writes so many hours of an ordinary account's trail with its digests below `dir`, 28 files an
/// hour. For benchmarks of verification.
#[doc(hidden)]
pub fn write_month(dir: &Path, hours: u32) -> io::Result<Summary> {
    month::write(dir, hours.into())
}

#[cfg(test)]
mod tests;
