//! The terminal itself: which file it is, raw mode, the alternate screen, and putting everything
//! back. Nothing here takes a lock, so that any thread may put the terminal back at any time.

use super::TerminalError;
use ratatui::layout::Size;
use rustix::fd::OwnedFd;
use rustix::termios::{OptionalActions, Termios};
use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Alternate screen, bracketed paste, no cursor, plain pen, nothing on it.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?2004h\x1b[?25l\x1b[m\x1b[2J";
/// Whatever frame was open is closed first.
const LEAVE: &[u8] = b"\x1b[?2026l\x1b[m\x1b[?2004l\x1b[?25h\x1b[?1049l";

/// Buttons, the wheel and dragging, with places beyond column 223.
const MOUSE_ON: &[u8] = b"\x1b[?1002h\x1b[?1006h";
const MOUSE_OFF: &[u8] = b"\x1b[?1006l\x1b[?1002l";

pub(super) struct Tty {
    pub(super) input: OwnedFd,
    output: OwnedFd,
    cooked: Termios,
    /// Ours to draw on.
    active: AtomicBool,
    /// An editor has it: interrupts are meant for the editor.
    lent: AtomicBool,
    /// What the mouse does is told to us while the terminal is ours.
    mouse: AtomicBool,
}

impl Tty {
    /// Finds the terminal: standard input and output where they are one, else `/dev/tty`.
    pub(super) fn open() -> Result<Self, TerminalError> {
        let input = own(rustix::stdio::stdin())?;
        let output = own(rustix::stdio::stdout())?;
        let cooked = rustix::termios::tcgetattr(&input).map_err(io::Error::from)?;
        let [active, lent, mouse] = [false; 3].map(AtomicBool::new);
        Ok(Self { input, output, cooked, active, lent, mouse })
    }

    pub(super) fn enter(&self) -> io::Result<()> {
        let mut raw = self.cooked.clone();
        raw.make_raw();
        rustix::termios::tcsetattr(&self.input, OptionalActions::Now, &raw)?;
        self.active.store(true, Ordering::SeqCst);
        self.lent.store(false, Ordering::SeqCst);
        self.write_all(ENTER)?;
        if self.mouse.load(Ordering::SeqCst) { self.write_all(MOUSE_ON) } else { Ok(()) }
    }

    pub(super) fn let_mouse(&self, on: bool) -> io::Result<()> {
        if self.mouse.swap(on, Ordering::SeqCst) == on {
            return Ok(());
        }
        self.write_all(if on { MOUSE_ON } else { MOUSE_OFF })
    }

    /// Puts the terminal back as it was; does nothing the second time, or if it is gone.
    pub(super) fn leave(&self) {
        if self.active.swap(false, Ordering::SeqCst) && rustix::termios::isatty(&self.input) {
            // There is nobody left to tell if this fails.
            if self.mouse.load(Ordering::SeqCst) {
                self.write_all(MOUSE_OFF).ok();
            }
            self.write_all(LEAVE).ok();
            rustix::termios::tcsetattr(&self.input, OptionalActions::Now, &self.cooked).ok();
        }
    }

    pub(super) fn lend(&self) {
        self.lent.store(true, Ordering::SeqCst);
        self.leave();
    }

    pub(super) fn is_lent(&self) -> bool {
        self.lent.load(Ordering::SeqCst)
    }

    /// Columns and rows; 80x24 if the terminal does not know.
    pub(super) fn size(&self) -> Size {
        match rustix::termios::tcgetwinsize(&self.output) {
            Ok(size) if size.ws_col > 0 && size.ws_row > 0 => Size::new(size.ws_col, size.ws_row),
            _ => Size::new(80, 24),
        }
    }

    /// The terminal for a child's input and output.
    pub(super) fn for_child(&self) -> io::Result<(OwnedFd, OwnedFd)> {
        Ok((self.input.try_clone()?, self.output.try_clone()?))
    }

    fn write_all(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match rustix::io::write(&self.output, bytes) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => bytes = &bytes[count..],
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

fn own(standard: rustix::fd::BorrowedFd<'_>) -> Result<OwnedFd, TerminalError> {
    if rustix::termios::isatty(standard) {
        return Ok(rustix::io::dup(standard).map_err(io::Error::from)?);
    }
    let tty = File::options().read(true).write(true).open("/dev/tty");
    tty.map(OwnedFd::from).map_err(|_| TerminalError::NoTerminal)
}

/// Where frames are written; one that comes after leaving is thrown away.
pub(super) struct Output(pub(super) Arc<Tty>);

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.active.load(Ordering::SeqCst) {
            Ok(rustix::io::write(&self.0.output, bytes)?)
        } else {
            Ok(bytes.len())
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
