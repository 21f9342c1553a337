//! Standard output and standard error. Nothing that came from a log, a file name or an argument
//! reaches either but through [`shown`](crate::shown), save what is exact by contract.

use super::args::Common;
use super::error::CliError;
use crate::event::unlabel;
use crate::shown::{Glyphs, Mode, Place, Shown, show};
use crate::ui::terminal::{self, Capability};
use std::fs::File;
use std::io::{BufWriter, IsTerminal, Write};

/// Cells of a line where a terminal does not say.
const WIDTH: usize = 80;

pub(super) struct Console {
    out: BufWriter<Box<dyn Write>>,
    glyphs: Glyphs,
    /// Cells of a line, if standard output is a terminal.
    width: Option<usize>,
    /// Standard error is a terminal.
    watched: bool,
}

impl Console {
    pub(super) fn new(common: &Common) -> Self {
        Self::with(common.glyphs.map(terminal::Glyphs::from))
    }

    /// For what goes wrong before the arguments are known.
    pub(super) fn plain() -> Self {
        Self::with(None)
    }

    fn with(glyphs: Option<terminal::Glyphs>) -> Self {
        // A dumb terminal is no matter for plain lines.
        let variable =
            |name: &str| std::env::var(name).ok().filter(|value| name != "TERM" || value != "dumb");
        let glyphs = Capability::decide(None, glyphs, variable).map(|found| found.glyphs);
        let out = std::io::stdout();
        let width = out.is_terminal().then(|| {
            let size = rustix::termios::tcgetwinsize(&out).ok();
            let columns = size.map(|size| usize::from(size.ws_col));
            columns.filter(|&columns| columns > 0).unwrap_or(WIDTH)
        });
        Self {
            out: BufWriter::with_capacity(1 << 16, Box::new(out)),
            glyphs: if glyphs == Some(terminal::Glyphs::Unicode) {
                Glyphs::Unicode
            } else {
                Glyphs::Ascii
            },
            width,
            watched: std::io::stderr().is_terminal(),
        }
    }

    /// Data goes to a file instead; nobody watches.
    pub(super) fn file(file: File) -> Self {
        Self {
            out: BufWriter::with_capacity(1 << 16, Box::new(file)),
            glyphs: Glyphs::Unicode,
            width: None,
            watched: false,
        }
    }

    pub(super) fn glyphs(&self) -> Glyphs {
        self.glyphs
    }

    /// Cells of a line, if standard output is a terminal.
    pub(super) fn width(&self) -> Option<usize> {
        self.width
    }

    /// Whether somebody sees progress on standard error.
    pub(super) fn is_watched(&self) -> bool {
        self.watched
    }

    /// How text stands in one line among others.
    pub(super) fn mode(&self) -> Mode {
        Mode { place: Place::Table, glyphs: self.glyphs }
    }

    pub(super) fn show<'a>(&self, text: &'a (impl AsRef<[u8]> + ?Sized)) -> Shown<'a> {
        show(text, self.mode())
    }

    /// Text of ours with names of objects in it, whose bytes are spelled once.
    fn named(&self, text: &str) -> Shown<'static> {
        self.show(&*unlabel(text)).into_owned()
    }

    /// A line of data, made harmless.
    pub(super) fn line(&mut self, text: &str) -> Result<(), CliError> {
        let shown = self.named(text);
        self.exact(shown.as_str().as_bytes())
    }

    /// A line of data whose text is harmless already, or exact by contract.
    pub(super) fn exact(&mut self, line: &[u8]) -> Result<(), CliError> {
        self.out.write_all(line).and_then(|()| self.out.write_all(b"\n")).map_err(CliError::Output)
    }

    /// A line of JSON: exact for programs, and spelled out on a terminal.
    pub(super) fn json(&mut self, line: &[u8]) -> Result<(), CliError> {
        if self.width().is_none() {
            return self.exact(line);
        }
        let mode = Mode { place: Place::Detail, glyphs: self.glyphs() };
        let shown = show(line, mode).into_owned();
        self.exact(shown.as_str().as_bytes())
    }

    /// Where to write data that is harmless already, or exact by contract, piece by piece.
    pub(super) fn writer(&mut self) -> &mut dyn Write {
        &mut self.out
    }

    pub(super) fn flush(&mut self) -> Result<(), CliError> {
        self.out.flush().map_err(CliError::Output)
    }

    /// A message for people, named as ours.
    pub(super) fn tell(&self, message: &str) {
        self.say(&format!("trailcase: {message}"));
    }

    /// A line on standard error. There is nobody left to tell if it cannot be written.
    pub(super) fn say(&self, line: &str) {
        let _ = writeln!(std::io::stderr(), "{}", self.named(line));
    }

    /// A line that the next one replaces; empty to wipe it.
    pub(super) fn progress(&self, line: &str) {
        let _ = write!(std::io::stderr(), "\r{}\x1b[K", self.named(line));
    }
}
