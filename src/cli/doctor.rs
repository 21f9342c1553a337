//! `trailcase doctor`: what this host, terminal and locale can do, and why trailcase thinks so.

use super::args::Common;
use super::console::Console;
use super::error::CliError;
use super::home;
use super::session::size;
use super::status::Status;
use crate::ui::keymap::Keymap;
use crate::ui::settings::{Kind, Places};
use crate::ui::terminal::{self, Capability};
use crate::ui::theme::Theme;
use rustix::fs::{Access, access, statvfs};
use std::path::{Path, PathBuf};
use std::process::Command;

pub(super) fn run(common: &Common, console: &mut Console) -> Result<Status, CliError> {
    let mut findings = vec![("version", env!("CARGO_PKG_VERSION").to_owned())];
    findings.extend(screen(common));
    findings.extend(host());
    findings.push(("home", variable("HOME").unwrap_or_else(|| "HOME is not set".to_owned())));
    findings.extend(workspaces(common));
    let (files, mistakes) = settings(common);
    findings.extend(files);
    for (what, text) in findings {
        console.line(&format!("{what:<11} {text}"))?;
    }
    Ok(if mistakes { Status::Usage } else { Status::Done })
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn screen(common: &Common) -> Vec<(&'static str, String)> {
    let mut found = vec![(
        "terminal",
        variable("TERM").map_or("TERM is not set".to_owned(), |t| format!("TERM={t}")),
    )];
    let glyphs = common.glyphs.map(terminal::Glyphs::from);
    match Capability::of_environment(common.color.depth(), glyphs) {
        None => found.push(("colours", "none: TERM=dumb cannot show a screen".to_owned())),
        Some(can) => {
            let colours = match can.depth.colours() {
                0 => "none".to_owned(),
                number => number.to_string(),
            };
            found.push(("colours", format!("{colours} ({})", can.depth_reason)));
            let glyphs = match can.glyphs {
                terminal::Glyphs::Unicode => "Unicode",
                terminal::Glyphs::Ascii => "ASCII",
            };
            found.push(("glyphs", format!("{glyphs} ({})", can.glyphs_reason)));
        }
    }
    let size = rustix::termios::tcgetwinsize(std::io::stdout())
        .or_else(|_| rustix::termios::tcgetwinsize(std::io::stderr()))
        .or_else(|_| rustix::termios::tcgetwinsize(std::io::stdin()));
    found.push(match size {
        Ok(size) if size.ws_col < 80 || size.ws_row < 24 => (
            "size",
            format!("{}x{}, smaller than the 80x24 that is wanted", size.ws_col, size.ws_row),
        ),
        Ok(size) => ("size", format!("{}x{}", size.ws_col, size.ws_row)),
        Err(_) => ("size", "no terminal here".to_owned()),
    });
    if variable("TMUX").is_some() {
        found.push(("tmux", tmux()));
    }
    found
}

fn tmux() -> String {
    match Command::new("tmux").arg("-V").output() {
        Ok(said) => String::from_utf8_lossy(&said.stdout).trim().to_owned(),
        Err(error) => format!("inside tmux, but `tmux -V` could not be run: {error}"),
    }
}

fn host() -> Vec<(&'static str, String)> {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let all = read("/proc/meminfo").and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("MemTotal:"))?;
        line.split_whitespace().nth(1)?.parse::<u64>().ok()
    });
    let memory = all.map_or("not known".to_owned(), |kib| size(kib * 1024));
    // The limit of this process's own control group, where there is one (cgroup v2, then v1).
    let limit = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
        .into_iter()
        .find_map(|path| read(path)?.trim().parse::<u64>().ok())
        .filter(|&limit| limit < 1 << 60);
    let limit = limit.map_or("no limit".to_owned(), |limit| format!("limited to {}", size(limit)));
    vec![("processors", processors.to_string()), ("memory", format!("{memory}, {limit}"))]
}

fn read(path: &str) -> Option<String> {
    std::fs::read_to_string(path).ok()
}

fn workspaces(common: &Common) -> Vec<(&'static str, String)> {
    let Some(folder) = home::folder(common) else {
        return vec![("workspaces", "no home folder: name one with --workspace-dir".to_owned())];
    };
    let there = nearest(&folder);
    let writable = match access(&there, Access::WRITE_OK | Access::EXEC_OK) {
        Ok(()) if there == folder => "can be written".to_owned(),
        Ok(()) => "can be written, made when needed".to_owned(),
        Err(error) => {
            let error = std::io::Error::from(error);
            let there = there.display();
            format!("{there} cannot be written ({error}); name another with --workspace-dir")
        }
    };
    let free = statvfs(&there).map_or("not known".to_owned(), |about| {
        size(about.f_bavail.saturating_mul(about.f_frsize))
    });
    vec![("workspaces", format!("{}: {writable}", folder.display())), ("free space", free)]
}

/// The folder, or the nearest one above it that is there.
fn nearest(folder: &Path) -> PathBuf {
    let there = folder.ancestors().find(|path| path.is_dir());
    there.unwrap_or(Path::new(".")).to_owned()
}

/// The settings files that are in use beside the built-in ones, and whether one has a mistake.
fn settings(common: &Common) -> (Vec<(&'static str, String)>, bool) {
    let places = Places::of_system();
    let mut found = Vec::new();
    let mut wrong = false;
    for kind in [Kind::Keymap, Kind::Theme] {
        let (what, asked) = match kind {
            Kind::Keymap => ("keymap", common.keymap.clone()),
            Kind::Theme => ("theme", common.theme.clone()),
        };
        let mut names = places.names(kind);
        names.extend(asked.filter(|name| !names.contains(name)).into_iter().collect::<Vec<_>>());
        for name in names {
            let file = places.find(kind, &name, usize::MAX, &mut Vec::new());
            let problems = match kind {
                Kind::Keymap => Keymap::load(&name, &places).1,
                Kind::Theme => {
                    let (depth, glyphs) = (terminal::Depth::Indexed, terminal::Glyphs::Unicode);
                    Theme::load(&name, depth, glyphs, &places).1
                }
            };
            if let Some(file) = file.filter(|file| file.layer > 0) {
                found.push((what, format!("{name} from {}", file.label)));
            }
            for problem in problems {
                wrong |= problem.fatal;
                found.push((what, problem.to_string()));
            }
        }
    }
    if found.is_empty() {
        found.push(("settings", "built in; no files of your own".to_owned()));
    }
    (found, wrong)
}
