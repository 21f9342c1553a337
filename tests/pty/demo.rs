//! A small program that uses the terminal as the screen does, run by this very test binary, and
//! what can be seen of it from outside.

use crate::session::Session;
use ratatui::style::{Modifier, Style};
use std::fs;
use std::path::PathBuf;
use trailcase::ui::keymap::Key;
use trailcase::ui::terminal::{Capability, Input, Terminal, TerminalError};

const CHILD: &str = "TRAILCASE_PTY_CHILD";

const ARGS: [&str; 4] = ["--exact", "demo::the_child", "--nocapture", "--test-threads=1"];

pub(crate) fn start(environment: &[(&str, &str)]) -> Session {
    let mut all = vec![(CHILD, "1")];
    all.extend(environment);
    let program = std::env::current_exe().unwrap();
    let mut session = Session::start(program, &ARGS, &all, (80, 24));
    session.wait_for("moves 0");
    session
}

/// Below a shell that waits for it, so that it is no session leader.
pub(crate) fn start_below_a_shell() -> Session {
    let program = std::env::current_exe().unwrap();
    let mut args = vec!["-c", "\"$0\" \"$@\"; exit $?", program.to_str().unwrap()];
    args.extend(ARGS);
    let mut session = Session::start("sh", &args, &[(CHILD, "1")], (80, 24));
    session.wait_for("moves 0");
    session
}

#[derive(Default)]
struct Demo {
    moves: u32,
    said: String,
}

impl Demo {
    /// Does what the input says; `false` to leave.
    fn take(&mut self, input: Input, terminal: &mut Terminal) -> bool {
        match input {
            Input::Key(key) => return self.press(key, terminal),
            Input::Paste(text) => self.said = format!("pasted {text:?}"),
            Input::Resize(columns, rows) => self.said = format!("now {columns}x{rows}"),
            Input::Mouse(_) => {}
            Input::Suspend => self.suspend(terminal),
        }
        true
    }

    fn press(&mut self, key: Key, terminal: &mut Terminal) -> bool {
        match key.to_string().as_str() {
            "j" => self.moves += 1,
            "ctrl-z" => self.suspend(terminal),
            "e" => self.said = told(terminal.edit(&PathBuf::from("note.md"))),
            "y" => self.said = told(terminal.copy("ip:192.0.2.1")),
            "w" => {
                let worker = std::thread::Builder::new().spawn(|| panic!("of a worker"));
                self.said = format!("worker failed: {}", worker.unwrap().join().is_err());
            }
            "p" => panic!("on purpose \u{1b}]0;title\u{7}"),
            "ctrl-c" | "Q" => return false,
            _ => {}
        }
        true
    }

    fn suspend(&mut self, terminal: &mut Terminal) {
        self.said = match terminal.suspend() {
            Ok(()) => "back again".to_owned(),
            Err(error) => error.to_string(),
        };
    }
}

fn told(result: Result<(), TerminalError>) -> String {
    match result {
        Ok(()) => format!("done {}", fs::read_to_string("note.md").unwrap_or_default()),
        Err(error) => error.to_string(),
    }
}

/// The program, when it is asked for; else, what it must refuse.
#[test]
fn the_child() {
    if std::env::var(CHILD).is_err() {
        let refused = Terminal::enter(None, Box::new(|| {})).map(drop);
        assert!(matches!(refused, Err(TerminalError::Dumb)));
        return;
    }
    let capability = Capability::of_environment(None, None);
    let save = || {
        fs::write("saved", "everything").ok();
    };
    let mut terminal = Terminal::enter(capability.as_ref(), Box::new(save)).unwrap();
    let mut demo = Demo::default();
    loop {
        let text = format!("moves {}  pid {}", demo.moves, std::process::id());
        terminal
            .draw(|frame| {
                let marked = Style::new().add_modifier(Modifier::REVERSED);
                frame.buffer_mut().set_stringn(0, 0, &text, 80, marked);
                frame.buffer_mut().set_stringn(0, 1, &demo.said, 80, Style::new());
            })
            .unwrap();
        let Ok(input) = terminal.inputs().recv() else { return };
        if !demo.take(input, &mut terminal) {
            return;
        }
    }
}

#[test]
fn a_key_that_changes_nothing_sends_nothing() {
    let mut session = start(&[]);
    let (frames, before) = (session.frames(), session.log().len());
    session.send("xxxxj");
    session.wait_for("moves 1");
    assert_eq!(session.frames(), frames + 1);
    let sent = session.log().len() - before;
    assert!(sent <= 40, "{sent} bytes");
    assert_eq!(session.oddities(), [""; 0]);
}

#[test]
fn a_paste_is_one_text_and_no_keys() {
    let mut session = start(&[]);
    session.send("\x1b[200~Qjj\x07\x1b[201~");
    session.wait_for(r#"pasted "Qjj\u{7}""#);
    session.wait_for("moves 0");
}

#[test]
fn resizes_are_painted_once_they_are_over() {
    let mut session = start(&[]);
    let frames = session.frames();
    for columns in [79, 78, 77, 100] {
        session.resize((columns, 30));
    }
    session.wait_for("now 100x30");
    session.wait_for("moves 0");
    assert!(session.frames() <= frames + 2, "{} frames", session.frames() - frames);
}

#[test]
fn without_colours_weight_is_left() {
    let mut session = start(&[("NO_COLOR", "1")]);
    session.send("j");
    session.wait_for("moves 1");
    assert!(session.screen().cell(0, 0).unwrap().inverse());
}

#[test]
fn a_copy_is_sent_to_the_terminal() {
    let mut session = start(&[]);
    session.send("y");
    session.wait_for("done");
    assert_eq!(session.oddities(), ["copy aXA6MTkyLjAuMi4x"]);
}

#[test]
fn the_editor_has_the_terminal_and_gives_it_back() {
    let editor = "sh editor.sh";
    let mut session = start(&[("VISUAL", ""), ("EDITOR", editor)]);
    let script = session.home().join("editor.sh");
    fs::write(&script, "echo editing; read line; echo \"wrote $line\" > \"$1\"\n").unwrap();
    session.send("e");
    session.wait_for("editing");
    assert!(!session.screen().alternate_screen() && !session.screen().bracketed_paste());
    session.send("jjj\n");
    session.wait_for("done wrote jjj");
    session.wait_for("moves 0");
    session.send("j");
    session.wait_for("moves 1");
    assert!(session.screen().bracketed_paste());
}

#[test]
fn a_missing_editor_is_told() {
    // A folder of the path that this account may not search would make it another error.
    let mut session = start(&[("VISUAL", "no-such-editor"), ("PATH", "/usr/bin:/bin")]);
    session.send("e");
    session.wait_for("No such file or directory (os error 2); set VISUAL");
    session.send("j");
    session.wait_for("moves 1");
}

#[test]
fn nobody_to_come_back_to_is_told() {
    let mut session = start(&[]);
    session.send("\x1a");
    session.wait_for("nobody could bring trailcase back");
}

/// A worker's panic belongs to whoever started it; the screen stays.
#[test]
fn a_workers_panic_does_not_touch_the_screen() {
    let mut session = start(&[]);
    session.send("w");
    session.wait_for("worker failed: true");
    assert!(session.screen().alternate_screen());
    assert!(!session.screen_text().contains("of a worker"));
}
