//! The thread that ends the program when the terminal or a signal says so, whatever the UI thread
//! is doing: it saves, puts the terminal back and exits. It also turns SIGTSTP into an input.

use super::reader::Input;
use super::tty::Tty;
use crossbeam_channel::Sender;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGSTOP, SIGTERM, SIGTSTP};
use signal_hook::low_level;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::Duration;

/// What saving, and putting the terminal back, may each take.
const LIMIT: Duration = Duration::from_millis(500);
/// Not every system wakes poll(2) for a terminal that hangs up without a signal, so it is asked
/// again now and then.
const PERIOD: Timespec = Timespec { tv_sec: 1, tv_nsec: 0 };
const SIGNALS: [i32; 5] = [SIGHUP, SIGTERM, SIGINT, SIGQUIT, SIGTSTP];

/// Saves what must not be lost. It is called once, on a thread of its own, and waited for half a
/// second.
pub type OnExit = Box<dyn FnOnce() + Send>;

pub(super) struct Warden {
    lost: UnixStream,
}

impl Warden {
    pub(super) fn start(tty: Arc<Tty>, inputs: Sender<Input>, on_exit: OnExit) -> io::Result<Self> {
        let mut pipes = Vec::new();
        for signal in SIGNALS {
            let (read, write) = UnixStream::pair()?;
            low_level::pipe::register(signal, write)?;
            pipes.push((signal, read));
        }
        let (read, lost) = UnixStream::pair()?;
        pipes.push((SIGHUP, read));
        for (_, pipe) in &pipes {
            pipe.set_nonblocking(true)?;
        }
        let watch = move || {
            let signal = wait(&tty, &mut pipes, &inputs);
            end(signal, &tty, on_exit);
        };
        std::thread::Builder::new().name("warden".to_owned()).spawn(watch)?;
        Ok(Self { lost })
    }

    /// The terminal could not be written to: ends the program, as a hangup would.
    pub(super) fn terminal_is_lost(&mut self) {
        // The other end lives as long as the thread, which ends with the program.
        self.lost.write_all(b"x").ok();
    }
}

/// Waits until the program has to end, and says by which signal.
fn wait(tty: &Tty, pipes: &mut [(i32, UnixStream)], inputs: &Sender<Input>) -> i32 {
    loop {
        if is_hung_up(tty, pipes) {
            return SIGHUP;
        }
        for (signal, pipe) in pipes.iter_mut() {
            if !matches!(pipe.read(&mut [0; 64]), Ok(1..)) {
                continue;
            }
            match (*signal, tty.is_lent()) {
                // The editor shares our process group: when it is stopped, so are we.
                (SIGTSTP, true) => drop(low_level::raise(SIGSTOP)),
                (SIGTSTP, false) => drop(inputs.try_send(Input::Suspend)),
                (SIGINT | SIGQUIT, true) => {}
                (signal, _) => return signal,
            }
        }
    }
}

/// Waits for a signal, at most a second; `true` if the terminal is gone.
fn is_hung_up(tty: &Tty, pipes: &[(i32, UnixStream)]) -> bool {
    let mut fds: Vec<PollFd<'_>> = vec![PollFd::new(&tty.input, PollFlags::empty())];
    fds.extend(pipes.iter().map(|(_, pipe)| PollFd::new(pipe, PollFlags::IN)));
    let gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
    match poll(&mut fds, Some(&PERIOD)) {
        // poll(2) knows no terminals on macOS, and says NVAL.
        Ok(_) => cfg!(target_os = "linux") && fds[0].revents().intersects(gone),
        Err(_) => false,
    }
}

fn end(signal: i32, tty: &Arc<Tty>, on_exit: OnExit) {
    bounded(on_exit);
    let tty = Arc::clone(tty);
    bounded(Box::new(move || tty.leave()));
    std::process::exit(128 + signal);
}

/// Runs it on a thread of its own, so that nothing it waits for can keep the program alive.
fn bounded(work: OnExit) {
    let (done, is_done) = crossbeam_channel::bounded::<()>(0);
    let run = move || {
        work();
        drop(done);
    };
    if std::thread::Builder::new().name("last".to_owned()).spawn(run).is_ok() {
        is_done.recv_timeout(LIMIT).ok();
    }
}
