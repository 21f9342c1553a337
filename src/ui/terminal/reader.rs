//! The input thread: keys, pastes and resizes, in order. It can be parked, as it would otherwise
//! take keys from an editor.

use crate::ui::keymap::{Code, Key};
use crate::ui::mouse::{Gesture, Mouse};
use crossbeam_channel::{SendTimeoutError, Sender};
use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What comes from the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    Key(Key),
    /// Pasted text, at most 1 MiB, with whatever it holds: control characters too.
    Paste(String),
    /// Only after [`Terminal::let_mouse`](super::Terminal::let_mouse).
    Mouse(Mouse),
    /// The new size, when it has been the same for a while; it is enough to draw again.
    Resize(u16, u16),
    /// Somebody sent SIGTSTP: call [`Terminal::suspend`](super::Terminal::suspend).
    Suspend,
}

const MAX_PASTE: usize = 1024 * 1024;
/// How long the thread may take to notice that it should park.
const BEAT: Duration = Duration::from_millis(40);
/// Dragging a border sends many sizes; only the last is worth a repaint.
const CALM: Duration = Duration::from_millis(50);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Reading,
    AskedToPark,
    Parked,
    Ended,
}

/// The handle of the thread.
#[derive(Clone)]
pub(super) struct Reader(Arc<(Mutex<State>, Condvar)>);

impl Reader {
    pub(super) fn start(inputs: Sender<Input>) -> io::Result<Self> {
        // The first question installs the handler of size changes. It has to be there before the
        // first frame, as a change between the two would otherwise never be told.
        crossterm::event::poll(Duration::ZERO)?;
        let reader = Self(Arc::new((Mutex::new(State::Reading), Condvar::new())));
        let own = reader.clone();
        let run = move || {
            own.read(&inputs);
            own.set(State::Ended);
        };
        std::thread::Builder::new().name("input".to_owned()).spawn(run)?;
        Ok(reader)
    }

    /// Returns when the thread no longer reads.
    pub(super) fn park(&self) {
        let mut state = self.state();
        while matches!(*state, State::Reading | State::AskedToPark) {
            *state = State::AskedToPark;
            state = self.0.1.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub(super) fn resume(&self) {
        let mut state = self.state();
        if *state != State::Ended {
            *state = State::Reading;
            self.0.1.notify_all();
        }
    }

    /// Lets the thread end soon.
    pub(super) fn end(&self) {
        self.set(State::Ended);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, state: State) {
        *self.state() = state;
        self.0.1.notify_all();
    }

    /// Parks for as long as it is asked to; `false` when the thread should end.
    fn goes_on(&self) -> bool {
        let mut state = self.state();
        if *state == State::AskedToPark {
            *state = State::Parked;
            self.0.1.notify_all();
        }
        while *state == State::Parked {
            state = self.0.1.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        *state != State::Ended
    }

    fn read(&self, inputs: &Sender<Input>) {
        let mut resized: Option<(u16, u16, Instant)> = None;
        while self.goes_on() {
            if let Some((columns, rows, at)) = resized
                && at.elapsed() >= CALM
            {
                resized = None;
                if !self.offer(inputs, Input::Resize(columns, rows)) {
                    return;
                }
            }
            // An error means that the terminal is gone, which the warden sees as well.
            let Ok(ready) = crossterm::event::poll(BEAT) else { return };
            if !ready {
                continue;
            }
            let Ok(event) = crossterm::event::read() else { return };
            if let Event::Resize(columns, rows) = event {
                resized = Some((columns, rows, Instant::now()));
            } else if let Some(input) = input_of(event)
                && !self.offer(inputs, input)
            {
                return;
            }
        }
    }

    /// Sends it, parking meanwhile if asked; `false` if nobody will ever take it.
    fn offer(&self, inputs: &Sender<Input>, mut input: Input) -> bool {
        loop {
            match inputs.send_timeout(input, BEAT) {
                Ok(()) => return true,
                Err(SendTimeoutError::Disconnected(_)) => return false,
                Err(SendTimeoutError::Timeout(back)) => input = back,
            }
            if !self.goes_on() {
                return false;
            }
        }
    }
}

fn input_of(event: Event) -> Option<Input> {
    match event {
        Event::Key(key) => key_of(key).map(Input::Key),
        Event::Mouse(mouse) => mouse_of(mouse).map(Input::Mouse),
        Event::Paste(mut text) => {
            let end = text.floor_char_boundary(MAX_PASTE);
            text.truncate(end);
            Some(Input::Paste(text))
        }
        _ => None,
    }
}

fn mouse_of(event: MouseEvent) -> Option<Mouse> {
    let gesture = match event.kind {
        MouseEventKind::Down(MouseButton::Left) => Gesture::Press,
        MouseEventKind::Drag(MouseButton::Left) => Gesture::Drag,
        MouseEventKind::Up(MouseButton::Left) => Gesture::Release,
        MouseEventKind::ScrollUp => Gesture::WheelUp,
        MouseEventKind::ScrollDown => Gesture::WheelDown,
        _ => return None,
    };
    Some(Mouse { gesture, x: event.column, y: event.row })
}

fn key_of(event: KeyEvent) -> Option<Key> {
    if event.kind == KeyEventKind::Release {
        return None;
    }
    let code = match event.code {
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => Code::BackTab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Insert => Code::Insert,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        KeyCode::F(number) => Code::Function(number),
        _ => return None,
    };
    // Characters and the back tab carry their shift in themselves.
    let carries = matches!(code, Code::Char(_) | Code::BackTab);
    Some(Key {
        code,
        ctrl: event.modifiers.contains(KeyModifiers::CONTROL),
        alt: event.modifiers.contains(KeyModifiers::ALT),
        shift: event.modifiers.contains(KeyModifiers::SHIFT) && !carries,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_named_as_keymaps_name_them() {
        let (none, shift) = (KeyModifiers::NONE, KeyModifiers::SHIFT);
        for (code, modifiers, text) in [
            (KeyCode::Char('G'), shift, "G"),
            (KeyCode::Char('d'), KeyModifiers::CONTROL, "ctrl-d"),
            (KeyCode::Char(' '), none, "space"),
            (KeyCode::Char('-'), none, "minus"),
            (KeyCode::BackTab, shift, "backtab"),
            (KeyCode::Up, shift, "shift-up"),
            (KeyCode::Left, KeyModifiers::ALT, "alt-left"),
            (KeyCode::F(4), none, "F4"),
        ] {
            let key = key_of(KeyEvent::new(code, modifiers)).unwrap();
            assert_eq!(key.to_string(), text);
            assert_eq!(text.parse(), Ok(key), "what is pressed can be written in a keymap");
        }
        let release =
            KeyEvent::new_with_kind(KeyCode::Enter, KeyModifiers::NONE, KeyEventKind::Release);
        assert_eq!(key_of(release), None);
    }

    #[test]
    fn a_paste_bomb_is_cut_between_characters() {
        let Some(Input::Paste(text)) = input_of(Event::Paste("é字".repeat(400_000))) else {
            panic!("a paste")
        };
        assert!(text.len() <= MAX_PASTE && text.len() > MAX_PASTE - 4);
    }
}
