//! Writing a spool: what is gathered goes to a thread that compresses and writes it, so that
//! whoever loads does not wait for either.

use super::block::{self, Frame};
use super::content::Content;
use crossbeam_channel::{Receiver, Sender, bounded};
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use zstd::bulk::Compressor;

/// Frames ahead of the disk; bounds memory.
const AHEAD: usize = 4;

/// Of what cannot be had a second time, no more than that is lost when the program is killed.
const SAFE_EVERY: Duration = Duration::from_secs(1);

/// Frames between two looks at how much room there is.
const LOOK_EVERY: u64 = 16;

/// Room on the disk that is left for the analyst's own work.
const RESERVE: u64 = 64 << 20;

/// The writing end of a spool.
#[derive(Debug)]
pub(super) struct Writing {
    content: Arc<Content>,
    orders: Option<Sender<Order>>,
    thread: Option<JoinHandle<()>>,
    /// When everything was handed on last.
    safe: Instant,
}

enum Order {
    Block(Arc<Vec<u8>>),
    Leaf { at: u64, from: u64, label: String },
    End([u8; 32]),
}

impl Writing {
    /// `stored` counts the bytes that go to the disk.
    pub(super) fn start(content: Arc<Content>, stored: Arc<AtomicU64>) -> io::Result<Self> {
        let (orders, receiver) = bounded(AHEAD);
        let pen = Pen::new(Arc::clone(&content), stored)?;
        let thread = std::thread::Builder::new().name("copy".to_owned());
        let thread = thread.spawn(move || pen.run(&receiver))?;
        Ok(Self { content, orders: Some(orders), thread: Some(thread), safe: Instant::now() })
    }

    pub(super) fn add(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if let Some(block) = self.content.gather(&mut bytes) {
                self.order(Order::Block(block));
                self.safe = Instant::now();
            }
        }
    }

    /// The answer is where in the content the leaf begins.
    pub(super) fn leaf(&mut self, label: &str, from: u64) -> u64 {
        let at = self.content.length();
        self.order(Order::Leaf { at, from, label: label.to_owned() });
        at
    }

    /// Hands on what is gathered, if that was not done for a second.
    pub(super) fn keep_safe(&mut self) {
        if self.safe.elapsed() >= SAFE_EVERY {
            self.hand_on();
        }
    }

    pub(super) fn hand_on(&mut self) {
        self.safe = Instant::now();
        if let Some(block) = self.content.ready() {
            self.order(Order::Block(block));
        }
    }

    /// Writes the rest and waits until it is written. `sha256` is there if the content is whole;
    /// the answer is whether all of it is on the disk, and that is said there.
    pub(super) fn finish(mut self, sha256: Option<[u8; 32]>) -> bool {
        self.hand_on();
        if let Some(sha256) = sha256 {
            self.order(Order::End(sha256));
        }
        self.join();
        sha256.is_some() && self.content.fault().is_none()
    }

    fn order(&mut self, order: Order) {
        if let Some(orders) = &self.orders {
            // The thread goes on to the end, also when it can write nothing any more.
            let _ = orders.send(order);
        }
    }

    fn join(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            self.content.fail("writing it failed inside trailcase; please report this");
        }
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.hand_on();
        self.join();
    }
}

/// What the thread works with.
struct Pen {
    content: Arc<Content>,
    stored: Arc<AtomicU64>,
    compressor: Compressor<'static>,
    /// Where the next byte goes in the file.
    file: u64,
    /// Where the next frame begins in the content.
    at: u64,
    /// Marks that go out with the next frame.
    held: Vec<u8>,
    frames: u64,
}

impl Pen {
    fn new(content: Arc<Content>, stored: Arc<AtomicU64>) -> io::Result<Self> {
        let mut compressor = Compressor::new(1)?;
        compressor.include_checksum(true)?;
        let held = block::version();
        Ok(Self { content, stored, compressor, file: 0, at: 0, held, frames: 0 })
    }

    fn run(mut self, orders: &Receiver<Order>) {
        for order in orders {
            if self.content.fault().is_some() {
                continue;
            }
            if let Err(error) = self.carry_out(order) {
                self.content.fail(&error.to_string());
            }
        }
        if self.content.fault().is_none()
            && let Err(error) = self.write(None)
        {
            self.content.fail(&error.to_string());
        }
    }

    fn carry_out(&mut self, order: Order) -> io::Result<()> {
        match order {
            Order::Leaf { at, from, label } => {
                block::leaf(&mut self.held, at, from, &label);
                if self.held.len() > block::FRAME { self.write(None) } else { Ok(()) }
            }
            Order::Block(data) => {
                let (file, at) = (self.file, self.at);
                let frame = block::frame(&mut self.held, file, at, &data, &mut self.compressor)?;
                self.at += data.len() as u64;
                self.write(Some(frame))
            }
            Order::End(sha256) => {
                block::end(&mut self.held, self.at, &sha256);
                self.write(None)
            }
        }
    }

    fn write(&mut self, frame: Option<Frame>) -> io::Result<()> {
        if self.frames.is_multiple_of(LOOK_EVERY) {
            self.look_for_room()?;
        }
        self.content.file.write_all_at(&self.held, self.file)?;
        self.file += self.held.len() as u64;
        self.stored.fetch_add(self.held.len() as u64, Ordering::Relaxed);
        self.held.clear();
        if let Some(frame) = frame {
            self.content.written(frame);
            self.frames += 1;
        }
        Ok(())
    }

    fn look_for_room(&self) -> io::Result<()> {
        let about = rustix::fs::fstatvfs(&self.content.file)?;
        // What has no blocks does not say how large it is.
        let room = about.f_bavail.saturating_mul(about.f_frsize);
        if about.f_blocks > 0 && room < RESERVE {
            return Err(io::Error::new(io::ErrorKind::StorageFull, "the disk is nearly full"));
        }
        Ok(())
    }
}
