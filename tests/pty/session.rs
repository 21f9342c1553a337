//! A program in a terminal of its own: keys in, a screen out, and nothing waited for longer than
//! ten seconds.

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const DEADLINE: Duration = Duration::from_secs(10);

/// Begin of a synchronized frame: counting them counts frames.
pub(crate) const FRAME: &[u8] = b"\x1b[?2026h";

/// What the program sent besides text, colours and movement.
#[derive(Default)]
pub(crate) struct Oddities(pub(crate) Vec<String>);

impl vt100::Callbacks for Oddities {
    fn audible_bell(&mut self, _: &mut vt100::Screen) {
        self.0.push("bell".to_owned());
    }
    fn set_window_title(&mut self, _: &mut vt100::Screen, title: &[u8]) {
        self.0.push(format!("title {}", title.escape_ascii()));
    }
    fn copy_to_clipboard(&mut self, _: &mut vt100::Screen, _: &[u8], data: &[u8]) {
        self.0.push(format!("copy {}", data.escape_ascii()));
    }
    fn paste_from_clipboard(&mut self, _: &mut vt100::Screen, _: &[u8]) {
        self.0.push("read of the clipboard".to_owned());
    }
    fn unhandled_control(&mut self, _: &mut vt100::Screen, b: u8) {
        self.0.push(format!("control {b:#x}"));
    }
    fn unhandled_escape(&mut self, _: &mut vt100::Screen, _: Option<u8>, _: Option<u8>, b: u8) {
        self.0.push(format!("escape {b:#x}"));
    }
    fn unhandled_csi(
        &mut self,
        _: &mut vt100::Screen,
        i1: Option<u8>,
        _: Option<u8>,
        params: &[&[u16]],
        c: char,
    ) {
        // Synchronized output; the terminal of these tests shows frames as they come.
        if (i1, params) != (Some(b'?'), &[&[2026][..]][..]) {
            self.0.push(format!("csi {i1:?} {params:?} {c}"));
        }
    }
    fn unhandled_osc(&mut self, _: &mut vt100::Screen, params: &[&[u8]]) {
        self.0.push(format!("osc {params:?}"));
    }
}

/// A running program and its terminal.
pub(crate) struct Session {
    child: Box<dyn Child + Send + Sync>,
    master: Option<Box<dyn MasterPty + Send>>,
    keys: Option<Box<dyn Write + Send>>,
    output: Receiver<Vec<u8>>,
    closing: Arc<AtomicBool>,
    parser: vt100::Parser<Oddities>,
    log: Vec<u8>,
    home: Rc<TempDir>,
}

/// Columns and rows.
pub(crate) type Size = (u16, u16);

impl Session {
    /// Starts the program with nothing in its environment but a terminal, a locale, an empty home
    /// and what is given.
    pub(crate) fn start(
        program: impl AsRef<Path>,
        args: &[&str],
        environment: &[(&str, &str)],
        size: Size,
    ) -> Self {
        Self::at(&Rc::new(tempfile::tempdir().unwrap()), program, args, environment, size)
    }

    /// As [`Self::start`], in a home that was there before.
    pub(crate) fn at(
        home: &Rc<TempDir>,
        program: impl AsRef<Path>,
        args: &[&str],
        environment: &[(&str, &str)],
        size: Size,
    ) -> Self {
        let home = Rc::clone(home);
        let mut command = CommandBuilder::new(program.as_ref());
        command.args(args);
        command.env_clear();
        command.cwd(home.path());
        let path = std::env::var("PATH").unwrap_or_default();
        let standing = [("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("PATH", path.as_str())];
        for (name, value) in standing {
            command.env(name, value);
        }
        command.env("HOME", home.path());
        for (name, folder) in [
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_CACHE_HOME", "cache"),
        ] {
            command.env(name, home.path().join(folder));
        }
        for (name, value) in environment {
            command.env(name, value);
        }
        let pair = native_pty_system().openpty(pty_size(size)).unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        let closing = Arc::new(AtomicBool::new(false));
        let output = read_all(pair.master.try_clone_reader().unwrap(), Arc::clone(&closing));
        let keys = Some(pair.master.take_writer().unwrap());
        let (rows, columns) = (non_zero(size.1), non_zero(size.0));
        let parser = vt100::Parser::new_with_callbacks(rows, columns, 0, Oddities::default());
        let (master, log) = (Some(pair.master), Vec::new());
        Self { child, master, keys, output, closing, parser, log, home }
    }

    /// The program under test.
    pub(crate) fn trailcase(args: &[&str], environment: &[(&str, &str)], size: Size) -> Self {
        Self::start(env!("CARGO_BIN_EXE_trailcase"), args, environment, size)
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.home.path().to_owned()
    }

    pub(crate) fn send(&mut self, keys: &str) {
        let writer = self.keys.as_mut().expect("still connected");
        writer.write_all(keys.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    pub(crate) fn resize(&mut self, size: Size) {
        self.master.as_ref().expect("still connected").resize(pty_size(size)).unwrap();
        self.parser.set_size(non_zero(size.1), non_zero(size.0));
    }

    /// Closes the terminal under the program. The program must draw when the size changes: the
    /// thread that reads from the terminal lets go of it with the next bytes.
    pub(crate) fn hang_up(&mut self) {
        self.closing.store(true, Ordering::SeqCst);
        self.resize((70, 20));
        self.keys = None;
        self.master = None;
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        signal_to(self.pid(), signal);
    }

    /// Waits until the screen, or what it would show once it is back, holds the text.
    pub(crate) fn wait_for(&mut self, text: &str) {
        self.wait_until(&format!("{text:?}"), |session| session.screen_text().contains(text));
    }

    pub(crate) fn wait_until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let there = self.is_so_before(Instant::now() + DEADLINE, is_so);
        assert!(there, "no {what} within {DEADLINE:?}; {}", self.told());
    }

    /// Whether it comes to be so before this moment.
    pub(crate) fn is_so_before(&mut self, end: Instant, is_so: impl Fn(&Self) -> bool) -> bool {
        while !is_so(self) {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            self.take(left.min(Duration::from_millis(20)));
        }
        true
    }

    /// Waits for the program's end and takes everything it sent; the exit status.
    pub(crate) fn wait_exit(&mut self) -> u32 {
        let end = Instant::now() + DEADLINE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                while self.take(Duration::from_millis(200)) {}
                return status.exit_code();
            }
            assert!(Instant::now() < end, "still running; {}", self.told());
            self.take(Duration::from_millis(20));
        }
    }

    /// What the program sends in this time: nothing, if it is idle.
    pub(crate) fn sent_within(&mut self, time: Duration) -> usize {
        let (before, end) = (self.log.len(), Instant::now() + time);
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            self.take(left);
        }
        self.log.len() - before
    }

    /// Waits until nothing more comes.
    pub(crate) fn settle(&mut self) {
        let end = Instant::now() + DEADLINE;
        while self.sent_within(Duration::from_millis(400)) > 0 {
            assert!(Instant::now() < end, "it never stops sending; {}", self.told());
        }
    }

    /// Takes what has come, waiting for it at most this long; `false` if nothing came.
    fn take(&mut self, limit: Duration) -> bool {
        match self.output.recv_timeout(limit) {
            Ok(bytes) => {
                self.parser.process(&bytes);
                self.log.extend(bytes);
                true
            }
            Err(RecvTimeoutError::Timeout) => false,
            Err(RecvTimeoutError::Disconnected) => {
                // Nothing will come any more; the caller's own limit still has to pass.
                std::thread::park_timeout(limit.min(Duration::from_millis(5)));
                false
            }
        }
    }

    pub(crate) fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    pub(crate) fn screen_text(&self) -> String {
        self.parser.screen().contents()
    }

    /// Every byte the program has sent.
    pub(crate) fn log(&self) -> &[u8] {
        &self.log
    }

    pub(crate) fn frames(&self) -> usize {
        self.log.windows(FRAME.len()).filter(|window| *window == FRAME).count()
    }

    pub(crate) fn oddities(&self) -> &[String] {
        &self.parser.callbacks().0
    }

    /// The terminal is as a shell wants it.
    pub(crate) fn assert_left_clean(&self) {
        let screen = self.screen();
        assert!(!screen.alternate_screen(), "the main screen; {}", self.told());
        assert!(!screen.hide_cursor(), "a cursor");
        assert!(!screen.bracketed_paste(), "no paste brackets");
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        assert_eq!(self.oddities(), [""; 0]);
    }

    fn told(&self) -> String {
        format!("screen:\n{}\nbytes: {}", self.screen_text(), self.log.escape_ascii())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // A failed test must not leave its program behind.
        self.child.kill().ok();
    }
}

pub(crate) fn signal_to(pid: u32, signal: rustix::process::Signal) {
    let pid = rustix::process::Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    rustix::process::kill_process(pid, signal).unwrap();
}

fn read_all(mut reader: Box<dyn Read + Send>, closing: Arc<AtomicBool>) -> Receiver<Vec<u8>> {
    let (sender, output) = channel();
    let read = move || {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(count @ 1..) = reader.read(&mut buffer) {
            if sender.send(buffer[..count].to_vec()).is_err() || closing.load(Ordering::SeqCst) {
                return;
            }
        }
    };
    std::thread::Builder::new().name("terminal".to_owned()).spawn(read).unwrap();
    output
}

const fn pty_size((cols, rows): Size) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

fn non_zero(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).unwrap()
}
