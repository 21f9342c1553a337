//! What is on its way from services elsewhere, and what keeps it: counted by those who fetch, read by
//! those who show it.

use crate::event::{Timestamp, noun};
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// While bytes come, whoever looks on is woken no more often.
const WAKE_EVERY: Duration = Duration::from_millis(250);

/// What comes through one way to a service. Cheap to clone; all clones count together.
#[derive(Clone, Default)]
pub struct Traffic(Arc<Shared>);

#[derive(Default)]
struct Shared {
    waiting: AtomicU64,
    coming: AtomicU64,
    left: AtomicU64,
    objects: AtomicU64,
    bytes: AtomicU64,
    held: Mutex<Vec<Waiting>>,
    /// Numbers of requests that wait.
    next: AtomicU64,
    wake: Mutex<Option<Wake>>,
    woken: Mutex<Option<Instant>>,
}

type Wake = Arc<dyn Fn() + Send + Sync>;

#[derive(Debug, Clone, Copy)]
struct Waiting {
    number: u64,
    service: &'static str,
    why: Why,
    again: Timestamp,
}

/// Traffic at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Transfer {
    /// Objects that wait for their turn, those that are coming, and bytes that both have left.
    pub waiting: u64,
    pub coming: u64,
    pub left: u64,
    /// What came so far: objects that are whole, and bytes of all.
    pub objects: u64,
    pub bytes: u64,
    pub held: Option<Held>,
}

/// Requests that a service does not answer now, and that are made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    pub service: &'static str,
    pub why: Why,
    pub requests: u64,
    /// When the next of them is made.
    pub again: Timestamp,
}

/// Why a request has to be made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The service asks to be asked less often.
    Throttled,
    /// The service fails.
    Failing,
    /// No answer comes, or not all of it.
    Unreached,
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (service, requests) = (self.service, self.requests);
        match self.why {
            Why::Throttled => write!(f, "slowed down by {service}")?,
            Why::Failing => write!(f, "{service} fails")?,
            Why::Unreached => write!(f, "{service} cannot be reached")?,
        }
        let waits = noun(requests, "request waits", "requests wait");
        let again = self.again.to_rfc3339(0);
        let again = again.get(11..19).unwrap_or_default();
        write!(f, ": {requests} {waits}, next attempt {again} UTC")
    }
}

impl fmt::Debug for Traffic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.now().fmt(f)
    }
}

impl Traffic {
    /// Calls this from now on, and nothing else, when something changed.
    pub fn wake(&self, wake: impl Fn() + Send + Sync + 'static) {
        *lock(&self.0.wake) = Some(Arc::new(wake));
    }

    pub fn now(&self) -> Transfer {
        let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Transfer {
            waiting: load(&self.0.waiting),
            coming: load(&self.0.coming),
            left: load(&self.0.left),
            objects: load(&self.0.objects),
            bytes: load(&self.0.bytes),
            held: held(&lock(&self.0.held)),
        }
    }

    /// An object of about so many bytes will be fetched.
    pub(super) fn expect(&self, bytes: Option<u64>) -> OnWay {
        let left = bytes.unwrap_or(0);
        add(&self.0.waiting, 1);
        add(&self.0.left, left);
        let (traffic, left) = (self.clone(), AtomicU64::new(left));
        OnWay { traffic, left, has_begun: AtomicBool::new(false) }
    }

    /// A request waits until it is made again.
    pub(super) fn hold(&self, service: &'static str, why: Why, pause: Duration) -> Hold {
        let number = self.0.next.fetch_add(1, Ordering::Relaxed);
        let again = again(pause);
        lock(&self.0.held).push(Waiting { number, service, why, again });
        self.changed();
        Hold { traffic: self.clone(), number }
    }

    fn changed(&self) {
        // It may ask for what is locked here.
        let wake = lock(&self.0.wake).clone();
        if let Some(wake) = wake {
            wake();
        }
    }

    /// The same for what changes all the time.
    fn flows(&self) {
        let mut woken = lock(&self.0.woken);
        if woken.is_none_or(|at| at.elapsed() >= WAKE_EVERY) {
            *woken = Some(Instant::now());
            drop(woken);
            self.changed();
        }
    }
}

fn again(pause: Duration) -> Timestamp {
    let pause = i64::try_from(pause.as_nanos()).unwrap_or(i64::MAX);
    Timestamp::now().saturating_add(pause)
}

/// Those that most requests wait for.
fn held(waiting: &[Waiting]) -> Option<Held> {
    let like = |one: &Waiting| {
        let alike = || waiting.iter().filter(|it| (it.service, it.why) == (one.service, one.why));
        let again = alike().map(|it| it.again).min().unwrap_or(one.again);
        Held { service: one.service, why: one.why, requests: alike().count() as u64, again }
    };
    waiting.iter().map(like).max_by_key(|held| (held.requests, held.why))
}

/// An object that is asked for, until this is gone.
#[derive(Debug)]
pub(super) struct OnWay {
    traffic: Traffic,
    /// Bytes that were not counted so far.
    left: AtomicU64,
    has_begun: AtomicBool,
}

impl OnWay {
    /// Its turn has come.
    pub(super) fn begin(&self) {
        if !self.has_begun.swap(true, Ordering::Relaxed) {
            let shared = &self.traffic.0;
            shared.waiting.fetch_sub(1, Ordering::Relaxed);
            add(&shared.coming, 1);
        }
    }

    pub(super) fn came(&self, bytes: u64) {
        add(&self.traffic.0.bytes, bytes);
        self.take(bytes);
        self.traffic.flows();
    }

    /// It is whole, and kept.
    pub(super) fn arrived(&self) {
        add(&self.traffic.0.objects, 1);
    }

    fn take(&self, bytes: u64) {
        let less = |left: u64| Some(left - left.min(bytes));
        let left = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        let taken = left.unwrap_or(0).min(bytes);
        self.traffic.0.left.fetch_sub(taken, Ordering::Relaxed);
    }
}

impl Drop for OnWay {
    fn drop(&mut self) {
        self.take(u64::MAX);
        let shared = &self.traffic.0;
        let counter = if *self.has_begun.get_mut() { &shared.coming } else { &shared.waiting };
        counter.fetch_sub(1, Ordering::Relaxed);
        self.traffic.flows();
    }
}

/// A request that waits, until this is gone.
#[derive(Debug)]
pub(super) struct Hold {
    traffic: Traffic,
    number: u64,
}

impl Hold {
    /// It was made once more, in vain.
    pub(super) fn on(&self, why: Why, pause: Duration) {
        let (number, again) = (self.number, again(pause));
        if let Some(mine) = lock(&self.traffic.0.held).iter_mut().find(|one| one.number == number) {
            (mine.why, mine.again) = (why, again);
        }
        self.traffic.changed();
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        lock(&self.traffic.0.held).retain(|one| one.number != self.number);
        self.traffic.changed();
    }
}

fn add(counter: &AtomicU64, count: u64) {
    counter.fetch_add(count, Ordering::Relaxed);
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_counted_until_it_came_or_was_given_up() {
        let traffic = Traffic::default();
        let (one, two) = (traffic.expect(Some(10)), traffic.expect(Some(5)));
        one.begin();
        one.begin();
        one.came(4);
        let now = traffic.now();
        assert_eq!((now.waiting, now.coming, now.left, now.bytes), (1, 1, 11, 4));
        // It was longer than was thought.
        one.came(8);
        one.arrived();
        drop((one, two));
        let wanted = Transfer { objects: 1, bytes: 12, ..Transfer::default() };
        assert_eq!(traffic.now(), wanted);
    }

    #[test]
    fn who_waits_is_told_with_the_next_attempt() {
        let traffic = Traffic::default();
        let woken = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&woken);
        traffic.wake(move || add(&counter, 1));
        let minute = Duration::from_mins(1);
        let away = traffic.hold("CloudWatch Logs", Why::Unreached, minute);
        let slow = [minute * 3, minute * 2].map(|pause| traffic.hold("S3", Why::Throttled, pause));
        let held = traffic.now().held.unwrap();
        assert!(held.to_string().starts_with("slowed down by S3: 2 requests wait, next attempt "));
        assert!(held.again < again(minute * 2 + minute / 2));
        slow[0].on(Why::Failing, minute);
        drop(slow);
        assert!(
            traffic
                .now()
                .held
                .unwrap()
                .to_string()
                .starts_with("CloudWatch Logs cannot be reached: 1 request waits, next attempt ")
        );
        drop(away);
        assert_eq!((traffic.now().held, woken.load(Ordering::Relaxed)), (None, 7));
    }
}
