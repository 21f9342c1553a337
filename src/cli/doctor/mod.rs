//! `trailcase doctor`: what this host, its disks and the terminal can do, and why trailcase thinks
//! so. What is said of a folder is tried there with a small file that is removed again.

mod disk;
mod filesystem;
mod finding;
mod host;
mod screen;
mod settings;
mod tmux;

use super::args::{Common, Doctor, DoctorFormat};
use super::console::Console;
use super::error::CliError;
use super::home;
use super::status::Status;
use crate::shown::{Mode, Place, show};
use crate::source::aws::policy;
use finding::{Finding, Judgement};
use serde_json::{Value, json};

/// Ends with status 2 where something is bad: a workspace would have no place, or a settings file
/// has a mistake.
pub(super) fn run(
    common: &Common,
    asked: &Doctor,
    console: &mut Console,
) -> Result<Status, CliError> {
    if asked.iam_policy {
        for line in format!("{:#}", policy::document()).lines() {
            console.line(line)?;
        }
        return Ok(Status::Done);
    }
    let findings = findings(common);
    let worst = findings.iter().map(|one| one.judgement).max().unwrap_or(Judgement::Ok);
    match asked.format {
        DoctorFormat::Text => {
            for line in findings.iter().flat_map(Finding::lines) {
                console.line(&line)?;
            }
        }
        DoctorFormat::Json => print_json(&findings, worst, console)?,
    }
    Ok(if worst == Judgement::Bad { Status::Usage } else { Status::Done })
}

fn findings(common: &Common) -> Vec<Finding> {
    let mut findings = vec![Finding::ok("version", env!("CARGO_PKG_VERSION"))];
    findings.extend(screen::findings(common));
    findings.extend(host::findings(common));
    findings.push(match variable("HOME") {
        Some(home) => Finding::ok("home", home),
        None => Finding::ok("home", "HOME is not set"),
    });
    match home::folder(common) {
        Some(folder) => findings.extend(disk::workspaces(&folder)),
        None => findings.push(Finding::bad(
            "workspaces",
            "this account has no home folder to keep them in",
            "set HOME, or name a folder with --workspace-dir",
        )),
    }
    findings.extend(disk::temporary(&std::env::temp_dir()));
    findings.extend(settings::findings(common));
    findings
}

fn print_json(
    findings: &[Finding],
    worst: Judgement,
    console: &mut Console,
) -> Result<(), CliError> {
    let all: Vec<Value> = findings.iter().map(Finding::json).collect();
    let text = json!({"findings": all, "worst": worst.word()}).to_string();
    if console.width().is_some() {
        let shown = show(&text, Mode { place: Place::Detail, glyphs: console.glyphs() });
        return console.exact(shown.as_str().as_bytes());
    }
    console.exact(text.as_bytes())
}

/// A variable of the environment that is set to something.
fn variable(name: &str) -> Option<String> {
    let value = std::env::var_os(name).filter(|value| !value.is_empty())?;
    Some(value.to_string_lossy().into_owned())
}
