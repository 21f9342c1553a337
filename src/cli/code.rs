//! The code of an MFA device, asked for on the terminal before anything of AWS is.

use super::console::Console;
use crate::event::Code;
use crate::source::Aws;
use rustix::termios::{LocalModes, OptionalActions, isatty, tcgetattr, tcsetattr};
use std::io::Read;

/// Keys that a terminal sends as they are while a code is typed.
const INTERRUPT: u8 = 3;
const END: u8 = 4;
const BACK: u8 = 8;
const DELETE: u8 = 127;

/// More is no code, whatever is pasted.
const LONGEST: usize = 32;

/// Asks for the code, if the profile's role takes one and somebody can be asked. Without it the
/// source says what is missing.
pub(super) fn ask(aws: &Aws, console: &Console) -> Option<Code> {
    if !console.is_watched() || !isatty(std::io::stdin()) {
        return None;
    }
    let device = aws.wants_code()?;
    loop {
        let typed = typed(console, &device);
        console.progress("");
        match Code::parse(&typed?) {
            Ok(code) => return Some(code),
            Err(why) => console.tell(&why),
        }
    }
}

/// What is typed up to Enter, shown as so many stars. `None`: the person gave up.
fn typed(console: &Console, device: &str) -> Option<String> {
    let before = tcgetattr(std::io::stdin()).ok()?;
    let mut hidden = before.clone();
    // Signals too: one would leave the terminal without an echo.
    hidden.local_modes -= LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG;
    tcsetattr(std::io::stdin(), OptionalActions::Now, &hidden).ok()?;
    // Who sees the question may answer at once.
    let show = |stars: usize| {
        console.progress(&format!("code of the MFA device {device}: {}", "*".repeat(stars)));
    };
    show(0);
    let (mut text, mut byte) = (Vec::new(), [0]);
    let whole = loop {
        match std::io::stdin().read(&mut byte) {
            Ok(0) | Err(_) => break false,
            Ok(_) => {}
        }
        match byte[0] {
            b'\r' | b'\n' => break true,
            INTERRUPT | END => break false,
            BACK | DELETE => drop(text.pop()),
            byte if text.len() < LONGEST && !byte.is_ascii_control() => text.push(byte),
            _ => {}
        }
        show(text.len());
    };
    // What cannot be put back now could not be put back by anybody.
    let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &before);
    let text = String::from_utf8_lossy(&text).into_owned();
    (whole && !text.is_empty()).then_some(text)
}
