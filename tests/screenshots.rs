//! The pictures show what the program shows: goes the way of `screenshots/shots.toml` through the
//! demo and compares each screen with the text beside its picture.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

#[path = "pty/session.rs"]
#[allow(dead_code, reason = "made for tests/pty, which uses the rest")]
mod session;

use regex::Regex;
use serde::Deserialize;
use session::Session;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const MAKE: &str = "the pictures are older than what they show; take new ones with: \
                    python3 screenshots/make.py";

/// The demo writes and loads its evidence before its first text can be there.
const PATIENCE: Duration = Duration::from_secs(90);

/// The largest picture, in bytes.
const MAX_PICTURE: u64 = 150 * 1000;

/// `screenshots/shots.toml`.
#[derive(Debug, Deserialize)]
struct Plan {
    user: String,
    clock: String,
    instead: String,
    session: Vec<Run>,
    shot: Vec<Shot>,
}

/// One run of the program.
#[derive(Debug, Deserialize)]
struct Run {
    theme: String,
    columns: u16,
    rows: u16,
    shots: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Shot {
    name: String,
    there: Vec<Step>,
    back: Vec<Step>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Step {
    Wait(String),
    Press(String),
}

impl Plan {
    fn read() -> Self {
        toml::from_str(&fs::read_to_string(folder().join("shots.toml")).unwrap()).unwrap()
    }

    fn shots<'a>(&'a self, run: &'a Run) -> impl Iterator<Item = &'a Shot> {
        self.shot.iter().filter(|shot| run.shots.contains(&shot.name))
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("screenshots")
}

fn file_name(shot: &Shot, run: &Run) -> String {
    format!("{}-{}-{}x{}", shot.name, run.theme, run.columns, run.rows)
}

/// Waits until it is so; `false` if that takes too long.
fn comes(session: &mut Session, patience: Duration, is_so: impl Fn(&Session) -> bool) -> bool {
    let end = Instant::now() + patience;
    while !is_so(session) {
        if Instant::now() >= end {
            return false;
        }
        // The session's own limit is shorter than the demo takes to load.
        let slice = Instant::now() + Duration::from_secs(1);
        session.wait_until("a change", |session| is_so(session) || Instant::now() >= slice);
    }
    true
}

/// The steps; an error says which text did not come.
fn walk(session: &mut Session, steps: &[Step]) -> Result<(), String> {
    for step in steps {
        match step {
            Step::Press(keys) => session.send(keys),
            Step::Wait(text) => {
                if !comes(session, PATIENCE, |session| session.screen_text().contains(text)) {
                    let screen = session.screen_text();
                    return Err(format!("no {text:?} on the way through the demo:\n{screen}"));
                }
            }
        }
    }
    Ok(())
}

/// The screen as the texts have it.
fn text(session: &Session, plan: &Plan) -> String {
    let clock = Regex::new(&plan.clock).unwrap();
    let lines: Vec<String> =
        session.screen_text().lines().map(|line| line.trim_end().to_owned()).collect();
    clock.replace_all(lines.join("\n").trim_end(), plan.instead.as_str()).into_owned() + "\n"
}

/// The lines that differ, as `diff` shows them.
fn difference(kept: &str, now: &str) -> String {
    let line = |text: &str, at: usize| text.lines().nth(at).unwrap_or_default().to_owned();
    let lines = (0..kept.lines().count().max(now.lines().count()))
        .filter(|&at| line(kept, at) != line(now, at))
        .map(|at| format!("{}\n< {}\n> {}", at + 1, line(kept, at), line(now, at)));
    lines.collect::<Vec<_>>().join("\n")
}

/// Goes the way of one run; the first difference, if there is one.
fn compare(plan: &Plan, run: &Run) -> Result<(), String> {
    // What the demo writes goes with this folder, however the run ends.
    let folder_of_run = tempfile::tempdir().unwrap();
    let temporary = folder_of_run.path().to_str().unwrap();
    let arguments = ["demo", "--theme", &run.theme];
    let environment = [("USER", plan.user.as_str()), ("TMPDIR", temporary)];
    let mut session = Session::trailcase(&arguments, &environment, (run.columns, run.rows));
    for shot in plan.shots(run) {
        walk(&mut session, &shot.there)?;
        let name = file_name(shot, run);
        let kept = fs::read_to_string(folder().join(format!("{name}.txt"))).unwrap_or_default();
        let same = |session: &Session| text(session, plan) == kept;
        if !comes(&mut session, Duration::from_secs(10), same) {
            return Err(format!("{name}, line {}", difference(&kept, &text(&session, plan))));
        }
        walk(&mut session, &shot.back)?;
    }
    Ok(())
}

#[test]
fn the_pictures_show_what_the_program_shows() {
    let plan = Plan::read();
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let runs: Vec<_> =
            plan.session.iter().map(|run| scope.spawn(|| compare(&plan, run).err())).collect();
        runs.into_iter().filter_map(|run| run.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{MAKE}\n\n{}", wrong.join("\n\n"));
}

#[test]
fn every_shot_has_a_picture_and_every_picture_a_shot() {
    let plan = Plan::read();
    let mut wanted = BTreeSet::new();
    for run in &plan.session {
        assert_eq!(plan.shots(run).count(), run.shots.len(), "unknown shot in {:?}", run.shots);
        wanted.extend(plan.shots(run).map(|shot| file_name(shot, run)));
    }
    for kind in ["png", "txt"] {
        let paths = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
        let paths: Vec<PathBuf> =
            paths.filter(|path| path.extension().is_some_and(|end| end == kind)).collect();
        let stem = |path: &PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
        assert_eq!(paths.iter().map(stem).collect::<BTreeSet<_>>(), wanted, "{kind}; {MAKE}");
        for path in paths {
            let bytes = fs::metadata(&path).unwrap().len();
            assert!(bytes <= MAX_PICTURE, "{} has {bytes} bytes", path.display());
        }
    }
}
