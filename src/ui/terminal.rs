//! The only place that talks to the terminal: setting it up and putting it back, frames out, keys
//! in, signals, and lending it to an editor.

mod capability;
mod clipboard;
mod net;
mod painter;
mod pen;
mod reader;
pub(in crate::ui) mod screen;
mod stats;
mod tty;
mod warden;

use crossbeam_channel::Receiver;
use ratatui::Frame;
use ratatui::layout::Size;
use std::io::{self, Write};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

pub use capability::{Capability, Depth, Glyphs};
pub use net::is_plain;
pub use reader::Input;
pub use stats::{FrameStats, Statistics};
pub use warden::OnExit;

#[derive(Debug, thiserror::Error)]
pub enum TerminalError {
    #[error("there is no terminal to draw on; without one, use `trailcase query`")]
    NoTerminal,
    #[error(
        "TERM=dumb: this terminal cannot show a screen; use `trailcase query`, or set TERM to \
         what it is"
    )]
    Dumb,
    #[error("nobody could bring trailcase back: no shell started it")]
    NoShell,
    #[error("the editor {command:?}: {source}; set VISUAL or EDITOR")]
    Editor { command: String, source: io::Error },
    #[error("the editor {command:?} ended with {status}; what it wrote is kept")]
    EditorFailed { command: String, status: String },
    #[error("{length} bytes are more than the {max} that terminals take; write them to a file",
        max = clipboard::MAX_COPY)]
    TooLong { length: usize },
    #[error("the terminal: {0}")]
    Io(#[from] io::Error),
}

/// The terminal while it is ours. Dropping it puts the terminal back.
pub struct Terminal {
    screen: screen::Screen<tty::Output>,
    tty: Arc<tty::Tty>,
    reader: reader::Reader,
    warden: warden::Warden,
    inputs: Receiver<Input>,
}

impl Terminal {
    /// Takes the terminal. `capability` is [`Capability::of_environment`]'s answer.
    ///
    /// From now on HUP, TERM, INT, QUIT and a terminal that goes away end the program with status
    /// 128 + signal, after `on_exit`, which must not wait for the calling thread. A panic of the
    /// calling thread puts the terminal back before it is told.
    pub fn enter(capability: Option<&Capability>, on_exit: OnExit) -> Result<Self, TerminalError> {
        let capability = capability.ok_or(TerminalError::Dumb)?;
        let tty = Arc::new(tty::Tty::open()?);
        // Colours were reduced by the theme; crossterm must not judge NO_COLOR again.
        crossterm::style::force_color_output(true);
        let (sender, inputs) = crossbeam_channel::bounded(64);
        let size = {
            let tty = Arc::clone(&tty);
            Box::new(move || tty.size())
        };
        let output = tty::Output(Arc::clone(&tty));
        let screen = screen::Screen::new(output, size, capability.glyphs)?;
        let warden = warden::Warden::start(Arc::clone(&tty), sender.clone(), on_exit)?;
        hook_panics(Arc::clone(&tty));
        let started = tty.enter().and_then(|()| reader::Reader::start(sender));
        let reader = started.inspect_err(|_| tty.leave())?;
        Ok(Self { screen, tty, reader, warden, inputs })
    }

    /// What comes from the terminal, in order.
    pub const fn inputs(&self) -> &Receiver<Input> {
        &self.inputs
    }

    /// Draws a frame; sends nothing if nothing changed. If the terminal is gone the program is
    /// ended as by a hangup, and this does not return in time to do anything else.
    pub fn draw(&mut self, view: impl FnOnce(&mut Frame<'_>)) -> Result<FrameStats, TerminalError> {
        match self.screen.draw(view) {
            Ok(stats) => Ok(stats),
            Err(error) => {
                self.warden.terminal_is_lost();
                std::thread::park_timeout(Duration::from_secs(3));
                Err(error.into())
            }
        }
    }

    /// Lets the next frame paint everything.
    pub fn redraw(&mut self) -> Result<(), TerminalError> {
        Ok(self.screen.clear()?)
    }

    pub fn size(&self) -> Size {
        self.tty.size()
    }

    /// Cells that were about to carry something hostile. Anything but 0 is a mistake of ours.
    pub const fn slips(&self) -> u64 {
        self.screen.slips
    }

    pub const fn statistics(&self) -> &Statistics {
        &self.screen.statistics
    }

    /// Asks the terminal to put the text into its clipboard. It never answers.
    pub fn copy(&mut self, text: &str) -> Result<(), TerminalError> {
        if text.len() > clipboard::MAX_COPY {
            return Err(TerminalError::TooLong { length: text.len() });
        }
        Ok(self.screen.painter().send(&clipboard::sequence(text))?)
    }

    /// Asks the terminal for what the mouse does, or leaves it to it.
    pub fn let_mouse(&self, on: bool) -> Result<(), TerminalError> {
        Ok(self.tty.let_mouse(on)?)
    }

    /// Stops the program as ctrl-z does, and returns when it is brought back.
    pub fn suspend(&mut self) -> Result<(), TerminalError> {
        // A session leader has no shell above it, and would stop for ever.
        let own = rustix::process::getpid();
        if rustix::process::getsid(None).is_ok_and(|leader| leader == own) {
            return Err(TerminalError::NoShell);
        }
        self.reader.park();
        self.tty.leave();
        let stopped = signal_hook::low_level::raise(signal_hook::consts::SIGSTOP);
        self.come_back()?;
        Ok(stopped?)
    }

    /// Opens the file in `$VISUAL`, `$EDITOR` or vi, and returns when the editor has ended.
    pub fn edit(&mut self, path: &Path) -> Result<(), TerminalError> {
        let set = |name| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
        let command = set("VISUAL").or_else(|| set("EDITOR")).unwrap_or_else(|| "vi".to_owned());
        let mut words = command.split_whitespace();
        let program = words.next().unwrap_or("vi");
        let (input, output) = self.tty.for_child()?;
        let errors = output.try_clone()?;
        self.reader.park();
        self.tty.lend();
        let status = Command::new(program)
            .args(words)
            .arg(path)
            .stdin(input)
            .stdout(output)
            .stderr(errors)
            .status();
        self.come_back()?;
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(TerminalError::EditorFailed { command, status: status.to_string() }),
            Err(source) => Err(TerminalError::Editor { command, source }),
        }
    }

    fn come_back(&mut self) -> io::Result<()> {
        self.tty.enter()?;
        self.screen.painter().forget();
        self.screen.clear()?;
        self.reader.resume();
        Ok(())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.reader.end();
        self.tty.leave();
    }
}

/// A panic of this thread puts the terminal back and is told without anything that a terminal
/// would obey. Panics of other threads are caught by whoever started them, and say nothing here:
/// the screen is still in use.
fn hook_panics(tty: Arc<tty::Tty>) {
    let drawing = std::thread::current().id();
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().id() != drawing {
            return;
        }
        tty.leave();
        let message: String = info
            .to_string()
            .chars()
            .flat_map(|c| {
                let plain = is_plain(c) || c == '\n';
                let escaped = (!plain).then(|| c.escape_unicode()).into_iter().flatten();
                plain.then_some(c).into_iter().chain(escaped)
            })
            .collect();
        // There is nobody left to tell if this fails.
        writeln!(io::stderr(), "trailcase: a mistake of its own: {message}").ok();
    }));
}
