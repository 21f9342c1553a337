//! What a person waits for: the real program in a terminal of 120x36 over generated evidence. Its
//! first frame, the load, the time from a key to the frame that shows what it does, what is sent,
//! the memory that events take, and what is there at once in the next session.
//!
//! `TRAILCASE_BENCH_EVENTS` says of how many events, one million if it does not.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot start has nothing to measure")]
#![allow(clippy::print_stdout, reason = "the figures are what it is for")]

#[path = "../evidence/mod.rs"]
#[allow(dead_code, reason = "the program loads for itself")]
mod evidence;
mod figures;
mod needles;
mod program;

use figures::{Figures, HEAD};
use program::Program;
use std::path::Path;
use std::time::Duration;
use trailcase::cli::demo;

const EVENTS: u64 = 1_000_000;
const SIZE: (u16, u16) = (120, 36);

/// Presses of each key while nothing else goes on.
const PRESSES: usize = 200;

/// Times that the evidence is loaded for each key that is pressed meanwhile.
const LOADS: usize = 3;

const DOWN: [&str; 2] = ["\x1b[B", "\x1b[A"];
const PAGE: [&str; 2] = ["\x1b[6~", "\x1b[5~"];
const FILTER: &str = "event:Get* principal:*orders* ip:192.0.2.0/24";

/// Presses a key as one would go on with it, and adds what that caused.
type Key = fn(&mut Program, &mut Pauses, &mut Figures);

const KEYS: [(&str, Key); 3] =
    [("down, up", step), ("page down, page up", page), ("letter of a filter", letter)];

fn main() {
    // `cargo test --benches` runs it too, and wants no figures.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let events = evidence::size(EVENTS, 0);
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path();
    let at = |name: &str| home.join(name).display().to_string();
    std::fs::create_dir(at("empty")).unwrap();
    demo::write_cloudtrail(Path::new(&at("trail")), events, 5_000).unwrap();
    demo::write_flow(Path::new(&at("flow")), events, 50_000).unwrap();
    demo::write_mixed(Path::new(&at("mixed")), events, 5_000).unwrap();

    let empty = start("empty", &at("empty"), home);
    let nothing = empty.memory("VmRSS:");
    drop(empty);
    let mut trail = start("CloudTrail management events", &at("trail"), home);
    memory(&trail, nothing, events);
    println!("idle: {} bytes in 2 s", trail.sent_within(Duration::from_secs(2)));
    println!("\n{HEAD}");
    let mut pauses = Pauses(0);
    for (name, key) in KEYS {
        println!("{name:<22} {}", idle(&mut trail, &mut pauses, key));
    }
    drop(trail);
    println!("while loading:");
    for (name, key) in KEYS {
        println!("{name:<22} {}", while_loading(&at("trail"), home, &mut pauses, key));
    }
    println!();
    memory(&start("VPC flow records", &at("flow"), home), nothing, events);
    println!("\na workspace of CloudTrail events, flow records and requests to a load balancer:");
    needles::measure(&at("mixed"), home, nothing, events);
}

/// Opens the evidence and tells how long that took.
fn start(what: &str, evidence: &str, home: &Path) -> Program {
    let mut program = open(evidence, home);
    let first = program.until("first frame", |_| true);
    let loaded = program.until("end of the load", Program::is_loaded);
    let (first, loaded) = (first.as_secs_f64() * 1000.0, loaded.as_secs_f64());
    println!("{what}: first frame after {first:.1} ms, loaded after {loaded:.2} s");
    program.settle();
    program
}

fn open(evidence: &str, home: &Path) -> Program {
    Program::start(&["open", evidence], home, SIZE)
}

fn memory(program: &Program, nothing: u64, events: u64) {
    let now = program.memory("VmRSS:");
    let most = program.memory("VmHWM:");
    let each = |bytes: u64| bytes.saturating_sub(nothing) as f64 / events as f64;
    println!(
        "memory: {:.1} MB, {:.1} MB of it without events; {:.1} bytes an event, {:.1} at the most",
        now as f64 / 1e6,
        nothing as f64 / 1e6,
        each(now),
        each(most)
    );
}

/// Times between two keys: no two the same one after the other, so that nothing falls into step.
struct Pauses(u64);

impl Pauses {
    fn next(&mut self) -> Duration {
        self.0 += 1;
        Duration::from_millis(20 + self.0 * 17 % 41)
    }
}

/// Presses a key while nothing else goes on.
fn idle(program: &mut Program, pauses: &mut Pauses, key: Key) -> Figures {
    let mut all = Figures::default();
    while all.0.len() < PRESSES {
        key(program, pauses, &mut all);
    }
    all
}

/// Presses the key as long as the load goes on.
fn while_loading(evidence: &str, home: &Path, pauses: &mut Pauses, key: Key) -> Figures {
    let mut all = Figures::default();
    for _ in 0..LOADS {
        let mut program = open(evidence, home);
        program.until("rows", |program| program.is_loading() && program.position().is_some());
        let mut during = Figures::default();
        while program.is_loading() {
            key(&mut program, pauses, &mut during);
        }
        // The load may have ended before the last key.
        during.0.pop();
        all.0.append(&mut during.0);
    }
    all
}

/// Down and up by turns.
fn step(program: &mut Program, pauses: &mut Pauses, all: &mut Figures) {
    let key = DOWN[all.0.len() % 2];
    let before = program.cursor();
    all.0.push(program.press(key, pauses.next(), |program| program.cursor() != before));
}

/// Page down and page up by turns.
fn page(program: &mut Program, pauses: &mut Pauses, all: &mut Figures) {
    let key = PAGE[all.0.len() % 2];
    let before = program.position().unwrap_or_default();
    let moved = |program: &Program| program.position().is_some_and(|at| at.abs_diff(before) > 5);
    all.0.push(program.press(key, pauses.next(), moved));
}

/// The next letter of a filter; at its end the line is emptied and begun again.
fn letter(program: &mut Program, pauses: &mut Pauses, all: &mut Figures) {
    let at = all.0.len() % FILTER.len();
    if at == 0 {
        // The first key opens the line if need be, the second empties it.
        program.press("/\x15", pauses.next(), |program| program.line(1).starts_with(" / "));
    }
    let typed = &FILTER[..=at];
    let stands = |program: &Program| program.line(1).contains(typed.trim_end());
    all.0.push(program.press(&FILTER[at..=at], pauses.next(), stands));
}
