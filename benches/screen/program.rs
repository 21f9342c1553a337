//! The program in a terminal of its own, watched as a person would: what it sends, when, and what
//! stands on the screen then.

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// The end of a synchronized frame.
const FRAME_END: &[u8] = b"\x1b[?2026l";

/// Longer than anything should take.
const DEADLINE: Duration = Duration::from_mins(5);

/// A key that shows nothing for so long is missed.
const MISSED: Duration = Duration::from_secs(1);

pub(crate) struct Program {
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    output: Receiver<(Instant, Vec<u8>)>,
    screen: vt100::Parser,
    /// The last bytes sent, in which a frame's end may have begun.
    tail: Vec<u8>,
    started: Instant,
    _master: Box<dyn MasterPty + Send>,
}

/// What a key caused.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Press {
    /// Until the end of the first frame that shows what the key does; `None` if none came.
    pub(crate) latency: Option<Duration>,
    /// Sent up to there.
    pub(crate) first: usize,
    /// Sent until the next key, with what was only then known (the record, the answer).
    pub(crate) all: usize,
}

impl Program {
    /// Starts the program with nothing in its environment but a terminal and a home.
    pub(crate) fn start(arguments: &[&str], home: &Path, (columns, rows): (u16, u16)) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_trailcase"));
        command.args(arguments);
        command.env_clear();
        command.cwd(home);
        command.env("HOME", home);
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let started = Instant::now();
        let child = pair.slave.spawn_command(command).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, output) = channel();
        let read = move || {
            let mut buffer = vec![0; 1 << 16];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if sender.send((Instant::now(), buffer[..count].to_vec())).is_err() {
                    return;
                }
            }
        };
        std::thread::Builder::new().name("terminal".to_owned()).spawn(read).unwrap();
        let keys = pair.master.take_writer().unwrap();
        let cells = |number: u16| NonZeroU16::new(number).unwrap();
        let screen = vt100::Parser::new(cells(rows), cells(columns), 0);
        Self { child, keys, output, screen, tail: Vec::new(), started, _master: pair.master }
    }

    /// The time from the start to the end of the first frame that is so.
    pub(crate) fn until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) -> Duration {
        loop {
            let left = DEADLINE.saturating_sub(self.started.elapsed());
            assert!(!left.is_zero(), "no {what}; screen:\n{}", self.text());
            if let Some((at, _, true)) = self.take(left)
                && is_so(self)
            {
                return at.duration_since(self.started);
            }
        }
    }

    /// Presses a key and waits for a frame that is so, and for `pause` after it.
    pub(crate) fn press(
        &mut self,
        key: &str,
        pause: Duration,
        is_so: impl Fn(&Self) -> bool,
    ) -> Press {
        self.sent_within(Duration::ZERO);
        let pressed = self.send(key);
        let (mut latency, mut first) = (None, 0);
        while let Some(left) = MISSED.checked_sub(pressed.elapsed()) {
            let Some((at, bytes, ended)) = self.take(left) else { break };
            first += bytes;
            if ended && is_so(self) {
                latency = Some(at.duration_since(pressed));
                break;
            }
        }
        Press { latency, first, all: first + self.sent_within(pause) }
    }

    /// Presses keys when nothing more comes, and waits for a frame that is so, as long as it takes.
    pub(crate) fn ask(&mut self, keys: &str, is_so: impl Fn(&Self) -> bool) -> Duration {
        self.settle();
        let pressed = self.send(keys);
        loop {
            let left = DEADLINE.saturating_sub(pressed.elapsed());
            assert!(!left.is_zero(), "no answer to {keys:?}; screen:\n{}", self.text());
            if let Some((at, _, true)) = self.take(left)
                && is_so(self)
            {
                return at.duration_since(pressed);
            }
        }
    }

    /// Leaves, and waits for the end.
    pub(crate) fn quit(mut self) {
        self.settle();
        self.send("Q");
        self.child.wait().unwrap();
    }

    fn send(&mut self, keys: &str) -> Instant {
        let pressed = Instant::now();
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
        pressed
    }

    /// The bytes that come in this time.
    pub(crate) fn sent_within(&mut self, time: Duration) -> usize {
        let end = Instant::now() + time;
        let mut sent = 0;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.take(left) {
                Some((_, bytes, _)) => sent += bytes,
                None => return sent,
            }
        }
    }

    /// Waits until nothing more comes.
    pub(crate) fn settle(&mut self) {
        while self.sent_within(Duration::from_millis(500)) > 0 {}
    }

    /// What comes next within this time: when, how much, and whether a frame ended with it.
    fn take(&mut self, limit: Duration) -> Option<(Instant, usize, bool)> {
        let (at, bytes) = self.output.recv_timeout(limit).ok()?;
        self.screen.process(&bytes);
        self.tail.extend_from_slice(&bytes);
        let ended = self.tail.windows(FRAME_END.len()).any(|window| window == FRAME_END);
        let kept = self.tail.len().saturating_sub(FRAME_END.len() - 1);
        self.tail.drain(..kept);
        Some((at, bytes.len(), ended))
    }

    pub(crate) fn text(&self) -> String {
        self.screen.screen().contents()
    }

    /// A line of the screen, counted from the top.
    pub(crate) fn line(&self, number: u16) -> String {
        let (_, columns) = self.screen.screen().size();
        self.screen.screen().rows(0, columns.get()).nth(number.into()).unwrap_or_default()
    }

    /// The line with the cursor of the table.
    pub(crate) fn cursor(&self) -> Option<usize> {
        self.screen.screen().rows(0, 1).position(|cell| cell == "\u{25b6}")
    }

    /// The number in `row 12 of 3,456`.
    pub(crate) fn position(&self) -> Option<u64> {
        let (rows, _) = self.screen.screen().size();
        let line = self.line(rows.get() - 1);
        let (_, position) = line.rsplit_once("row ")?;
        let digits = position.split(' ').next()?;
        digits.replace(',', "").parse().ok()
    }

    pub(crate) fn is_loading(&self) -> bool {
        self.line(0).contains("loading ")
    }

    pub(crate) fn is_loaded(&self) -> bool {
        self.text().contains("loaded; ")
    }

    /// A figure of `/proc/PID/status`, in bytes.
    pub(crate) fn memory(&self, name: &str) -> u64 {
        let id = self.child.process_id().unwrap();
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        let number = line.split_whitespace().next().unwrap();
        number.parse::<u64>().unwrap() * 1024
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
