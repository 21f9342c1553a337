//! Reading many objects to hash them: on some threads, while the one that asked hears what they
//! find.

use crate::event::{Cancel, Reason, ReasonKind};
use crate::source::{Input, Item, Source};
use crossbeam_channel::{RecvTimeoutError, bounded, unbounded};
use std::io::{self, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Bytes between two looks at whether to go on.
const PIECE: usize = 1 << 20;

/// Time between two words on how far it has come.
const TICK: Duration = Duration::from_millis(250);

/// How far the reading has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Far {
    pub objects: usize,
    pub of_objects: usize,
    pub bytes: u64,
    /// As listed.
    pub of_bytes: u64,
}

/// Somewhere to count the bytes that are read, and the flag that ends it.
pub(super) struct Meter<'a> {
    cancel: &'a Cancel,
    bytes: AtomicU64,
}

impl Meter<'_> {
    /// Reads an object from its first byte to its last.
    pub(super) fn read(
        &self,
        source: &dyn Source,
        item: &Item,
        mut piece: impl FnMut(&[u8]),
    ) -> Result<(), Reason> {
        let Input::File(file) = source.open(item, self.cancel)? else {
            return Err(Reason::new(ReasonKind::Unsupported, "can be read only once"));
        };
        self.pieces(file, PIECE, &mut piece)
    }

    /// The first bytes of an object, so many at most.
    pub(super) fn head(
        &self,
        source: &dyn Source,
        item: &Item,
        most: usize,
    ) -> Result<Vec<u8>, Reason> {
        let Input::File(file) = source.open(item, self.cancel)? else {
            return Err(Reason::new(ReasonKind::Unsupported, "can be read only once"));
        };
        let mut head = Vec::new();
        let file = file.take(most as u64);
        self.pieces(file, most.min(PIECE), &mut |piece| head.extend_from_slice(piece))?;
        Ok(head)
    }

    fn pieces(
        &self,
        mut input: impl Read,
        size: usize,
        piece: &mut dyn FnMut(&[u8]),
    ) -> Result<(), Reason> {
        let mut buffer = vec![0; size];
        loop {
            if self.cancel.is_cancelled() {
                return Err(Reason::new(ReasonKind::Cancelled, "reading it was called off"));
            }
            match input.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(count) => {
                    self.bytes.fetch_add(count as u64, Ordering::Relaxed);
                    piece(&buffer[..count]);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Reason::new(ReasonKind::Io, error.to_string())),
            }
        }
    }
}

/// Does the work on every task, on as many threads (0: as many as there are processors), and tells
/// each result in the order in which they come; how far it is also while none comes. A task of
/// which a thread fails gives no result.
pub(super) fn each<T: Send, R: Send>(
    tasks: Vec<(T, u64)>,
    threads: usize,
    cancel: &Cancel,
    work: impl Fn(T, &Meter<'_>) -> R + Sync,
    tell: &mut dyn FnMut(Option<R>, Far),
) -> io::Result<()> {
    let meter = Meter { cancel, bytes: AtomicU64::new(0) };
    let of_bytes = tasks.iter().fold(0_u64, |sum, (_, bytes)| sum.saturating_add(*bytes));
    let mut at = Far { of_objects: tasks.len(), of_bytes, ..Far::default() };
    let threads = if threads == 0 {
        std::thread::available_parallelism().map_or(1, usize::from)
    } else {
        threads
    };
    let threads = threads.min(tasks.len());
    let (give, taken) = unbounded();
    for (task, _) in tasks {
        // The other end is in this function.
        let _ = give.send(task);
    }
    drop(give);
    let (answer, answers) = bounded(threads.max(1));
    std::thread::scope(|scope| {
        let mut fault = None;
        for number in 0..threads {
            let (taken, answer, work, meter) = (taken.clone(), answer.clone(), &work, &meter);
            let run = move || {
                // Nobody listens any more once the one that asked is gone.
                taken.iter().map(|task| work(task, meter)).all(|found| answer.send(found).is_ok());
            };
            let name = format!("hash-{number}");
            let started = std::thread::Builder::new().name(name).spawn_scoped(scope, run);
            if let Err(error) = started {
                // Those that run do the work.
                fault = (number == 0).then_some(error);
                break;
            }
        }
        drop((taken, answer));
        loop {
            let next = answers.recv_timeout(TICK);
            at.bytes = meter.bytes.load(Ordering::Relaxed);
            match next {
                Ok(found) => {
                    at.objects += 1;
                    tell(Some(found), at);
                }
                Err(RecvTimeoutError::Timeout) => tell(None, at),
                Err(RecvTimeoutError::Disconnected) => return fault.map_or(Ok(()), Err),
            }
        }
    })
}
