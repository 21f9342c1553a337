//! How far a load is: counted by the loading threads, read by the screen.

pub use crate::source::{Held, Transfer, Why};

use super::{Notice, Notify};
use crate::source::aws::PATIENT;
use crate::source::{Aws, Traffic};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Time over which the rate is averaged.
const MEMORY: Duration = Duration::from_secs(4);

/// No estimate before this much time and this share of the bytes.
const EARLY: Duration = Duration::from_secs(2);
const EARLY_SHARE: f64 = 0.03;

/// Counters of one load. Bytes are as stored, not inflated.
#[derive(Debug)]
pub struct Progress {
    started: Instant,
    listed_objects: AtomicU64,
    listed_bytes: AtomicU64,
    done_objects: AtomicU64,
    done_bytes: AtomicU64,
    /// Objects of unknown size that are not read yet.
    streams: AtomicU64,
    inflated: AtomicU64,
    /// Shared with those who write copies.
    copied: Arc<AtomicU64>,
    listing_over: AtomicBool,
    /// Tasks asked for, those that were carried out but for their streams, and how many there
    /// were when everything was over the last time.
    asked: AtomicU64,
    carried_out: AtomicU64,
    over: AtomicU64,
    rate: Mutex<Rate>,
    /// What comes from elsewhere, for this load and all else.
    traffic: Traffic,
}

#[derive(Debug)]
struct Rate {
    at: Instant,
    bytes: u64,
    inflated: u64,
    bytes_per_second: f64,
    inflated_per_second: f64,
}

/// Progress at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Report {
    pub listed_objects: u64,
    pub listed_bytes: u64,
    pub done_objects: u64,
    pub done_bytes: u64,
    pub inflated: u64,
    /// Bytes on the disk of copies of what cannot be read again, or not soon.
    pub copied: u64,
    /// Inflated bytes a second, averaged over the last seconds.
    pub rate: f64,
    /// Time left; `None` while it would be a guess.
    pub left: Option<Duration>,
    pub elapsed: Duration,
    pub listing: bool,
    /// Among what is left is a stream: nobody knows how much that is.
    pub streams: bool,
    pub over: bool,
    /// What is on its way from elsewhere, and what keeps it.
    pub transfer: Transfer,
}

impl Default for Progress {
    fn default() -> Self {
        Self::new(Instant::now(), Traffic::default())
    }
}

impl Progress {
    pub fn new(now: Instant, traffic: Traffic) -> Self {
        let rate = Rate {
            at: now,
            bytes: 0,
            inflated: 0,
            bytes_per_second: 0.0,
            inflated_per_second: 0.0,
        };
        Self {
            started: now,
            listed_objects: AtomicU64::new(0),
            listed_bytes: AtomicU64::new(0),
            done_objects: AtomicU64::new(0),
            done_bytes: AtomicU64::new(0),
            streams: AtomicU64::new(0),
            inflated: AtomicU64::new(0),
            copied: Arc::default(),
            listing_over: AtomicBool::new(false),
            asked: AtomicU64::new(0),
            carried_out: AtomicU64::new(0),
            over: AtomicU64::new(0),
            rate: Mutex::new(rate),
            traffic,
        }
    }

    /// Of a load that may fetch, which tells when something changes in what comes from elsewhere. If
    /// somebody looks on, who sees what keeps it, a service that is away is waited for longer.
    pub(super) fn of(aws: &Aws, watched: bool, notify: &Notify) -> Self {
        if watched {
            aws.wait_at_most(PATIENT);
        }
        let notify = notify.clone();
        aws.traffic().wake(move || notify.tell(Notice::Done));
        Self::new(Instant::now(), aws.traffic().clone())
    }

    /// `None`: nobody knows how much it is.
    pub(super) fn listed(&self, bytes: Option<u64>) {
        self.listed_objects.fetch_add(1, Ordering::Relaxed);
        match bytes {
            Some(bytes) => self.listed_bytes.fetch_add(bytes, Ordering::Relaxed),
            None => self.streams.fetch_add(1, Ordering::Relaxed),
        };
    }

    pub(super) fn listing_over(&self) {
        self.listing_over.store(true, Ordering::Relaxed);
    }

    /// An object is done with that was listed with these bytes.
    pub(super) fn done(&self, bytes: Option<u64>) {
        self.done_objects.fetch_add(1, Ordering::Relaxed);
        match bytes {
            Some(bytes) => self.done_bytes.fetch_add(bytes, Ordering::Relaxed),
            None => self.streams.fetch_sub(1, Ordering::Relaxed),
        };
    }

    pub(super) fn inflated(&self, bytes: u64) {
        self.inflated.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Counts the bytes that copies take on the disk.
    pub(super) fn copied(&self) -> &Arc<AtomicU64> {
        &self.copied
    }

    /// More is to be loaded: one task.
    pub(super) fn begin(&self) {
        self.listing_over.store(false, Ordering::Relaxed);
        self.asked.fetch_add(1, Ordering::Release);
    }

    /// A task was carried out, but for streams, which may never end.
    pub(super) fn carried_out(&self) {
        self.carried_out.fetch_add(1, Ordering::Release);
    }

    /// What was carried out so far is over, with all streams.
    pub(super) fn over(&self) {
        self.over.store(self.carried_out.load(Ordering::Acquire), Ordering::Release);
    }

    /// Whether everything that was asked for has been read, but for streams that go on.
    pub fn is_at_rest(&self) -> bool {
        self.is_all(&self.carried_out)
    }

    pub fn is_over(&self) -> bool {
        self.is_all(&self.over)
    }

    /// How many tasks were asked for so far.
    pub(super) fn tasks(&self) -> u64 {
        self.asked.load(Ordering::Acquire)
    }

    /// Whether it is every task; one that is asked for at this moment is not missed.
    fn is_all(&self, tasks: &AtomicU64) -> bool {
        let tasks = tasks.load(Ordering::Acquire);
        tasks > 0 && tasks == self.asked.load(Ordering::Acquire)
    }

    pub fn report(&self, now: Instant) -> Report {
        let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let mut report = Report {
            listed_objects: load(&self.listed_objects),
            listed_bytes: load(&self.listed_bytes),
            done_objects: load(&self.done_objects),
            done_bytes: load(&self.done_bytes),
            inflated: load(&self.inflated),
            copied: load(&self.copied),
            rate: 0.0,
            left: None,
            elapsed: now.duration_since(self.started),
            listing: !self.listing_over.load(Ordering::Relaxed),
            streams: load(&self.streams) > 0,
            over: self.is_over(),
            transfer: self.traffic.now(),
        };
        let mut rate = self.rate.lock().unwrap_or_else(PoisonError::into_inner);
        rate.see(&report, now);
        report.rate = rate.inflated_per_second;
        let share = report.done_bytes as f64 / report.listed_bytes.max(1) as f64;
        let early = report.elapsed < EARLY || share < EARLY_SHARE;
        if !report.listing
            && !report.streams
            && !report.over
            && !early
            && rate.bytes_per_second > 1.0
        {
            let left = report.listed_bytes.saturating_sub(report.done_bytes) as f64;
            report.left = Duration::try_from_secs_f64(left / rate.bytes_per_second).ok();
        }
        report
    }
}

impl Rate {
    /// An exponential average, so that one slow object does not make the estimate jump.
    fn see(&mut self, report: &Report, now: Instant) {
        let passed = now.duration_since(self.at).as_secs_f64();
        if passed < 0.2 {
            return;
        }
        let weight = 1.0 - (-passed / MEMORY.as_secs_f64()).exp();
        let first = self.bytes_per_second == 0.0;
        let average = |old: f64, new: f64| if first { new } else { old + weight * (new - old) };
        let bytes = report.done_bytes.saturating_sub(self.bytes) as f64 / passed;
        let inflated = report.inflated.saturating_sub(self.inflated) as f64 / passed;
        self.bytes_per_second = average(self.bytes_per_second, bytes);
        self.inflated_per_second = average(self.inflated_per_second, inflated);
        self.bytes = report.done_bytes;
        self.inflated = report.inflated;
        self.at = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_is_given_once_it_is_more_than_a_guess() {
        let start = Instant::now();
        let progress = Progress::new(start, Traffic::default());
        progress.begin();
        progress.listed(Some(1000));
        progress.listing_over();
        progress.done(Some(20));
        assert_eq!(progress.report(start + Duration::from_secs(1)).left, None);
        progress.done(Some(80));
        let report = progress.report(start + Duration::from_secs(10));
        let left = report.left.expect("a tenth is done after ten seconds").as_secs();
        assert!((60..=120).contains(&left), "{left} s");
        progress.carried_out();
        progress.over();
        assert_eq!(progress.report(start + Duration::from_secs(11)).left, None);
    }

    #[test]
    fn nothing_is_over_while_more_is_asked_for() {
        let progress = Progress::default();
        assert!(!progress.is_at_rest() && !progress.is_over());
        progress.begin();
        progress.begin();
        progress.carried_out();
        progress.over();
        assert!(!progress.is_at_rest() && !progress.is_over());
        progress.carried_out();
        assert!(progress.is_at_rest() && !progress.is_over());
        progress.over();
        assert!(progress.is_over());
        progress.begin();
        assert!(!progress.is_at_rest() && !progress.is_over());
    }
}
