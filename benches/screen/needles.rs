//! Texts that occur nowhere, asked for in a workspace: the first time, once more, and in the next
//! session, which begins with what the one before has written down.

use super::program::Program;
use super::{SIZE, memory};
use std::path::Path;

/// What is asked, and how.
const NEEDLES: [(&str, &str); 7] = [
    ("text", "\"AKIAIOSFODNN7NOWHERE\""),
    ("the same text again", "\"AKIAIOSFODNN7NOWHERE\""),
    ("another text", "\"ASIAIOSFODNN7NOWHERE\""),
    ("key:", "key:AKIAIOSFODNN7NOWHERE"),
    ("id:", "id:00000000-0000-4000-8000-00000000abcd"),
    ("ip:", "ip:2001:db8::abcd"),
    ("any:", "any:AKIAIOSFODNN7NOWHERE"),
];

/// Opens the evidence in a workspace, twice.
pub(crate) fn measure(evidence: &str, home: &Path, nothing: u64, events: u64) {
    let (loaded, first) = session(&["open", evidence, "-w", "bench"], home, |program| {
        memory(program, nothing, events);
    });
    let (reopened, next) = session(&["open", "-w", "bench"], home, |program| {
        memory(program, nothing, events);
    });
    println!("{:<22} {:>13} {:>13}", "milliseconds until", "first session", "next session");
    println!("{:<22} {loaded:>13.1} {reopened:>13.1}", "all is there");
    for ((name, _), (first, next)) in NEEDLES.iter().zip(first.into_iter().zip(next)) {
        println!("{name:<22} {first:>13.1} {next:>13.1}");
    }
}

/// The milliseconds until everything is there, and until each answer.
fn session(arguments: &[&str], home: &Path, look: impl Fn(&Program)) -> (f64, Vec<f64>) {
    let mut program = Program::start(arguments, home, SIZE);
    let loaded = program.until("end of the load", Program::is_loaded);
    program.settle();
    look(&program);
    let mut ask = |(_, filter): &(&str, &str)| {
        let taken = program.ask(&format!("/\x15{filter}\r"), none);
        program.ask("C", |program| !none(program));
        taken.as_secs_f64() * 1000.0
    };
    let answers = NEEDLES.iter().map(&mut ask).collect();
    program.quit();
    (loaded.as_secs_f64() * 1000.0, answers)
}

/// Whether it says that no event is left, and that this is so: `0 of 1,000,000 events`, without
/// the sign that more may come.
fn none(program: &Program) -> bool {
    let text = program.text();
    text.match_indices(" 0 of ").any(|(at, found)| {
        let mut words = text[at + found.len()..].split_whitespace();
        words.nth(1).is_some_and(|word| word.starts_with("events"))
    })
}
